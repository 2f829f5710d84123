"""Whether a figure lies where last year's value of its series lets one expect it."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from orchestration.discovery.plausible import LastValues
from orchestration.extraction.reports import NUMBER_COLUMNS

MEANT = {"indicateur": "effectif_salaries", "nature": "constate", "periode": "2022"}


def _last(value: str, unit: str, delta: int = 1, **more: str) -> LastValues:
    row = dict.fromkeys(NUMBER_COLUMNS, "") | {
        "statut": "observation",
        "revue": "true",
        "valeur": value,
        "unite": unit,
        "indicateur_code": "effectif_salaries",
        "nature": "constate",
        "periode_code": "2021",
        "sexe_code": "non_precise",
    }
    return LastValues(pl.DataFrame([row | more]), delta)


@pytest.mark.parametrize(
    ("then", "now", "unit", "backed", "doubted"),
    [
        ("312", "606189", "nombre", False, True),
        ("312", "606189", "nombre", True, True),
        ("312", "623", "nombre", False, False),
        ("312", "625", "nombre", False, True),
        ("312", "625", "nombre", True, False),
        ("312", "150", "nombre", False, True),
        ("3", "19", "nombre", False, False),
        ("3", "21", "nombre", False, True),
        ("3", "7", "jours", False, True),
        ("93.1", "84", "%", False, False),
        ("93.1", "82", "%", False, True),
        ("93.1", "82", "%", True, False),
        ("4.1", "8.4", "%", False, True),
        ("0.4", "1.2", "%", False, False),
        ("-512", "498", "EUR", False, True),
        ("0", "40", "nombre", False, True),
    ],
)
def test_a_value_far_from_last_years_is_doubted(
    then: str, now: str, unit: str, backed: bool, doubted: bool
) -> None:
    assert bool(_last(then, unit).doubt(MEANT, unit, Decimal(now), backed)) == doubted


@pytest.mark.parametrize(
    ("said", "more", "delta", "doubted"),
    [
        ({}, {}, 1, True),
        ({"nature": "total"}, {}, 1, True),
        ({"nature": "objectif"}, {}, 1, False),
        ({"nature": "evolution"}, {"nature": "evolution"}, 1, False),
        ({"indicateur": "embauches"}, {}, 1, False),
        ({"sexe": "femmes"}, {}, 1, False),
        ({}, {"revue": "false"}, 1, False),
        ({}, {}, 2, False),
        ({"periode": "2023"}, {}, 2, True),
        ({"periode": "2022-12-31"}, {"periode_code": "2021-12-31"}, 1, True),
        ({"periode": "2021"}, {}, 1, True),
    ],
)
def test_only_a_value_of_the_same_series_speaks_against_one(
    said: dict[str, str], more: dict[str, str], delta: int, doubted: bool
) -> None:
    told = _last("312", "nombre", delta, **more).doubt(MEANT | said, "nombre", Decimal(606189), backed=False)
    assert told == ("l'an passé 312, ici 606\u202f189" if doubted else "")
