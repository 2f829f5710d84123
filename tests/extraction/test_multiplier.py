"""A scale given by a footnote or heading (``multiplicateur``) widens value and half-width alike; beside a
printed one it is refused.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from orchestration.extraction.captures import Capture, MeaningError, capture
from orchestration.extraction.catalogue import DIMENSIONS, Catalogue, Indicator
from orchestration.extraction.documents import fold_document
from orchestration.extraction.templates import Spec

CATALOGUE = Catalogue(
    {
        "montant": Indicator("montant", "", "EUR", "additif", "prestations"),
        "actes": Indicator("actes", "", "nombre", "additif", "prestations"),
    },
    {name: frozenset({"non_precise"}) for name in ("organisme", "territoire", *DIMENSIONS)},
    {},
)


def _capture(text: str, digits: str, indicator: str, multiplier: str | None) -> Capture:
    folded = fold_document(text)
    start = folded.flat.index(digits)
    spec = Spec.model_validate({"indicateur": indicator, "periode": "2019", "multiplicateur": multiplier})
    return capture(folded, (start, start + len(digits)), spec, "b", "i", "", CATALOGUE)


@pytest.mark.parametrize(
    ("digits", "indicator", "multiplier", "value", "half"),
    [
        ("14,61", "montant", "million", "14610000", "5000"),
        ("14,61", "montant", None, "14.61", "0.005"),
        ("7", "montant", "millier", "7000", "500"),
        ("7", "actes", "millier", "7000", "500"),
        ("7", "actes", None, "7", "0"),
        ("1,2", "montant", "milliard", "1200000000", "50000000"),
    ],
)
def test_value_and_half_width_take_the_scale(
    digits: str, indicator: str, multiplier: str | None, value: str, half: str
) -> None:
    number = _capture(f"dépenses {digits} fin", digits, indicator, multiplier).number
    assert (number.value, number.half_width) == (Decimal(value), Decimal(half))


def test_a_printed_multiplier_is_not_applied_twice() -> None:
    assert _capture("dépenses 14,61 millions", "14,61", "montant", None).number.value == Decimal(14_610_000)
    with pytest.raises(MeaningError, match="ôtez `multiplicateur`"):
        _capture("dépenses 14,61 millions", "14,61", "montant", "million")


def test_an_unknown_multiplier_is_refused_at_the_door() -> None:
    with pytest.raises(ValidationError):
        Spec.model_validate({"multiplicateur": "douzaine"})
