"""The second reader: where both readings of one print differ, both are told; where they agree, nothing is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from orchestration.discovery.figures import discover
from orchestration.discovery.second import NATURE, agreement, with_second_reading
from orchestration.extraction.documents import Document
from orchestration.extraction.reports import RELATION_COLUMNS, Extract, Report
from orchestration.reconciliation.terms import read_numbers, read_relations
from orchestration.reconciliation.verdicts import judge_all

TEXT = (
    "Au 31 décembre 2021, la caisse compte 412 agents.\n"
    "Le taux de réponse atteint 91,5 % en 2021.\n"
    "Les appels reçus baissent de 7,2 % en 2021.\n"
    "L'aide versée s'élève à 1,8 million d'euros en 2021.\n"
    "En 2019, 530 visites avaient eu lieu.\n"
)
REPORT = Report(
    code="cpam_x_2021", titre="X", organisme="cpam_x", territoire="dep_01", periode="2021", document="x.txt",
    folder=Path("cpam_x_2021"),
)  # fmt: skip

#: What stands in print, and how the template read it: value, unit, period, and a word of the warning.
AGREED = [
    ("412", "412", "nombre", "2021-12-31"),
    ("91,5 %", "91.5", "%", "2021"),
    ("7,2 %", "-7.2", "%", "2020/2021"),
    ("1,8 million", "1800000", "EUR", "2021"),
    ("530", "530", "nombre", "2019"),
]
DISAGREED = [
    ("412", "472", "nombre", "2021-12-31"),
    ("91,5 %", "915", "%", "2021"),
    ("91,5 %", "91.5", "ans", "2021"),
    ("7,2 %", "7.2", "%", "2020/2021"),
    ("1,8 million", "1.8", "EUR", "2021"),
    ("530", "530", "nombre", "2021"),
]


def reread(printed: str, value: str, unit: str, period: str, revue: str = "true") -> Extract:
    """The extract of TEXT of which a template read one figure, read a second time."""
    line = next(i for i, row in enumerate(TEXT.split("\n"), 1) if printed in row)
    column = TEXT.split("\n")[line - 1].index(printed)
    numbers = pl.DataFrame(
        {
            "ligne": [str(line)], "colonne": [str(column)], "valeur_imprimee": [printed],
            "statut": ["observation"], "valeur": [value], "demi_intervalle": ["0"], "unite": [unit],
            "periode_code": [period], "bloc": ["b"], "revue": [revue],
        }
    )  # fmt: skip
    document = Document("x.txt", TEXT, "")
    empty = pl.DataFrame(schema=dict.fromkeys(RELATION_COLUMNS, pl.String))
    return with_second_reading(Extract(numbers, empty), REPORT, discover(document, "2021"))


def verdict(extract: Extract) -> str:
    numbers = read_numbers(extract.numbers)
    (judged,) = judge_all(read_relations(numbers, extract.relations))
    assert judged.relation.nature == NATURE
    return judged.verdict


@pytest.mark.parametrize(("printed", "value", "unit", "period"), AGREED)
def test_what_both_read_alike_is_exact(printed: str, value: str, unit: str, period: str) -> None:
    extract = reread(printed, value, unit, period)
    assert verdict(extract) == "exact"
    assert agreement(extract.relations) == (1, 1)


@pytest.mark.parametrize(("printed", "value", "unit", "period"), DISAGREED)
def test_a_disagreement_is_marked_with_both_readings(
    printed: str, value: str, unit: str, period: str
) -> None:
    extract = reread(printed, value, unit, period)
    assert verdict(extract) == "a_verifier"
    assert agreement(extract.relations) == (1, 0)
    told = extract.relations["reserve"][0]
    assert told.startswith("gabarit : ")
    assert " ; sans gabarit : " in told


def test_a_digit_changed_after_the_reading_is_marked() -> None:
    """The rows of the relation keep what the second reader saw."""
    extract = reread(*AGREED[0])
    changed = extract.numbers.with_columns(valeur=pl.lit("612"))
    assert verdict(replace(extract, numbers=changed)) == "a_verifier"


def test_what_nobody_reviewed_has_no_second_reading() -> None:
    assert reread(*AGREED[0], revue="false").relations.is_empty()
