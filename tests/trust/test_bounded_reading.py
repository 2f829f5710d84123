"""Texts and templates made to make the reader explode: its time and memory stay bounded, and it says what is
wrong.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.grouping import MAX_READINGS, ColumnSpec, TooManyReadings, readings
from orchestration.extraction.reports import MAX_NUMBERS
from orchestration.notation.numbers import MAX_DIGITS, NotANumber, parse_number
from tests.trust.bounded import GIBIBYTE, Exploded, bounded
from tests.trust.documents import BLOCK, extract_of

TABLE = (
    "blocs: [{bloc: b, commun: {indicateur: visites}, tableau: {%s colonnes: [%s], lignes: [{libelle: "
    "'a'}]}}]\n"
)
MANY = "blocs: [{bloc: b, commun: {indicateur: visites}, %s: [%s]}]\n"
LINE = 150_000
MANY_GAPS = "a…b…a…b…a…b…a…b…{}"
COLUMNS = ", ".join(f"{{id: c{i}}}" for i in range(20))


def outcome(folder: Path, text: str, template: str) -> str:
    try:
        return f"{extract_of(folder, text, template).numbers.height} numbers"
    except ExtractionError as error:
        return str(error)


def test_the_proof_notices_an_explosion() -> None:
    with pytest.raises(Exploded):
        bounded(lambda: str(re.match(r"(a+)+b", "a" * 60)), seconds=1)


@pytest.mark.parametrize(
    ("text", "template", "said"),
    [
        ("ab " * 20_000, BLOCK % MANY_GAPS, "n'est pas dans son bloc"),
        ("1 2 " * 20_000, BLOCK % "{}…{}…{}…{}…{}…{}…{}…{}zz", "n'est pas dans son bloc"),
        ("111 " * 20_000 + "a", BLOCK % "{~} b", "n'est pas dans son bloc"),
        ("1" * 1_000_000, BLOCK % "{} a", "n'est pas dans son bloc"),
        (("a" + "\t" * 100) * 5_000, BLOCK % "a… b {}", "n'est pas dans son bloc"),
        ("12 visites\n" + "'" * LINE + "5", BLOCK % "{} visites", "2 numbers"),
        ("12 visites\n" + "1." * 50_000, BLOCK % "{} visites", "numbers"),
        ("12 visites\n" + "article L1 et " * 20_000, BLOCK % "{} visites", "20001 numbers"),
        ("a " + "111 " * 60, TABLE % ("", COLUMNS), "peut se couper de plus de"),
        ("a " + "111 " * 5_000 + "€", TABLE % ("multiligne: true,", COLUMNS), "ne se lit pas en 20 cellules"),
        ("\t" * LINE + "\na 1", TABLE % ("dimension: site,", "{}"), "1 numbers"),
        ("\tx" * (LINE // 2) + "\na 1", TABLE % ("dimension: site,", "{}"), "1 numbers"),
        ("-" * LINE + "\na 1", TABLE % ("dimension: site,", "{}"), "1 numbers"),
        ("1 " * (MAX_NUMBERS + 1), BLOCK % "{} visites", f"the limit is {MAX_NUMBERS}"),
        (
            "x",
            MANY % ("champs", ", ".join("{lire: 'a {n}'}" for _ in range(6_000))),
            "plus de 5000 fragments, lignes et relations",
        ),
        (
            "x",
            MANY % ("tableaux", ", ".join("{colonnes: [{}]}" for _ in range(6_000))),
            "plus de 5000 fragments, lignes et relations",
        ),
        ("x", MANY % ("champs", ", ".join("{lire: 'a {n}'}" for _ in range(100_000))), "bytes, the limit is"),
        (
            "12 visites\n" * 5_000,
            MANY % ("champs", ", ".join(f"{{lire: 'a{n} {{}}'}}" for n in range(4_900))),
            "encore 60 problèmes",
        ),
        ("x", MANY % ("controles", "'a = " + "a + " * 1_000 + "a'"), "trop long (2000 au plus)"),
        ("x", BLOCK % ("a…" * 9 + "{}"), "plus de 8 ellipses"),
        ("x", TABLE % ("", ", ".join(["{}"] * 61)), "trop long (60 au plus)"),
    ],
    ids=map(str, range(1, 22)),
)
def test_work_is_bounded(tmp_path: Path, text: str, template: str, said: str) -> None:
    told, held = bounded(lambda: outcome(tmp_path, text, template))
    assert said in told
    assert held < GIBIBYTE


def test_the_largest_ledger_fits_in_memory(tmp_path: Path) -> None:
    text = "12 visites\n" + "1 " * (MAX_NUMBERS - 1)
    told, held = bounded(lambda: outcome(tmp_path, text, BLOCK % "{} visites"))
    assert told == f"{MAX_NUMBERS} numbers"
    assert held < GIBIBYTE


def test_only_cuts_that_reach_the_end_are_followed() -> None:
    assert len(readings("1 111 111 111", [ColumnSpec()] * 2)) == 3
    assert readings("111 " * 400 + "%", [ColumnSpec()] * 12) == []
    with pytest.raises(TooManyReadings, match=str(MAX_READINGS)):
        readings("111 " * 40, [ColumnSpec()] * 10)
    assert len(readings("111 " * 24, [ColumnSpec()] * 12, [2] * 12)) == 1


def test_a_gap_ends_at_the_nearest_place(tmp_path: Path) -> None:
    text = "accueil physique 12 visites puis 34 visites\n"
    found = extract_of(tmp_path, text, BLOCK % "accueil…{} visites").numbers
    assert found["valeur"].to_list() == ["12", ""]


@pytest.mark.parametrize("text", ["1" * (MAX_DIGITS + 1), "1 000" + " 000" * 9, "0," + "3" * 40])
def test_numbers_that_no_column_holds_are_refused(text: str) -> None:
    with pytest.raises(NotANumber, match=f"more than {MAX_DIGITS} digits"):
        parse_number(text)
    assert parse_number("9" * MAX_DIGITS).value == int("9" * MAX_DIGITS)
