"""One figure printed in several places: the print that the others contradict is the one that fails."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from orchestration.extraction.captures import Capture, Stated
from orchestration.extraction.catalogue import Catalogue, Indicator
from orchestration.extraction.implied import implied as bounds_of
from orchestration.extraction.reader import of_two_rows
from orchestration.extraction.relations import derived
from orchestration.extraction.templates import Spec
from orchestration.notation.numbers import Number

CATALOGUE = Catalogue({"avis": Indicator("avis", "Avis", "nombre", "additif", "d")}, {}, {})
SPEC = Spec(indicateur="avis", organisme="o", territoire="t", periode="2019", nature="constate", role="total")


def _prints(*values: str) -> list[Capture]:
    return [
        Capture(i, i + 1, Number(Decimal(v), 0, Decimal(0)), "nombre", SPEC, "b", f"n{i}", "")
        for i, v in enumerate(values)
    ]


def _compared(*values: str) -> list[tuple[Decimal, Decimal]]:
    return [
        (first.number.value, second.number.value)
        for r in derived(_prints(*values))
        if (first := r.termes[0].capture) and (second := r.termes[1].capture)
    ]


def test_the_lonely_print_is_compared_with_the_common_one() -> None:
    assert _compared("162062", "162051", "162051") == [
        (Decimal(162051), Decimal(162051)),
        (Decimal(162062), Decimal(162051)),
    ]


def test_of_two_prints_the_first_is_the_reference() -> None:
    assert _compared("162062", "162051") == [(Decimal(162051), Decimal(162062))]


def test_one_print_alone_repeats_nothing() -> None:
    assert _compared("162062") == []


@pytest.mark.parametrize(("implied", "told"), [(((4, "salaries"),), [("repetition", True)]), ((), [])])
def test_a_member_that_the_indicator_says_already_tells_no_figure_apart(
    implied: Stated, told: list[tuple[str, bool]]
) -> None:
    said, unsaid = _prints("194", "197")
    said = replace(said, spec=SPEC.but(acteur="salaries"))
    prints = [replace(one, implied=implied) for one in (said, unsaid)]
    kinds = [(r.nature, not r.reserve) for r in derived(prints)]
    bounds = [r.nature for r in bounds_of(prints, CATALOGUE, frozenset())]
    assert (kinds, bounds) == (told, [] if implied else ["borne"])


@pytest.mark.parametrize(
    ("labels", "reviewed", "two"),
    [
        (("Indépendants | Part", "Régime général | Part"), False, True),
        (("Indépendants | Part", "Régime général | Part"), True, False),
        (("Indépendants | Part", "Indépendants | Effectif"), False, False),
        (("Indépendants | Part", "Indépendants | Part"), False, False),
        (("Indépendants", "Régime général"), False, False),  # no title says that they are rows of one table
    ],
)
def test_two_rows_of_a_column_are_not_one_figure(labels: tuple[str, str], reviewed: bool, two: bool) -> None:
    prints = [
        replace(one, libelle=label, revue=reviewed)
        for one, label in zip(_prints("809", "109"), labels, strict=True)
    ]
    assert [of_two_rows(relation) for relation in derived(prints)] == [two]
