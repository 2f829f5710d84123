"""Columns and rows that say when: asked in one form where they would else say the same thing."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from orchestration.review.columns import columns_of
from orchestration.review.dossier import Dossier
from orchestration.review.groups import groups_of
from tests.review.conftest import CODE, lay_out, serving
from tests.review.test_groups import CHANNELS, group_of, send
from tests.review.test_requests import COOKIE, ask

VISITS = "CPAM du Gers\nRapport d'activité 2022\n\nACCUEIL\n\n{rows}\n"
ACROSS = """\
Visites | Hiver | Printemps | Été | Automne | Total
Auch | 1 210 | 1 340 | 900 | 1 000 | 4 450
Condom | 410 | 395 | 300 | 310 | 1 415
Mirande | 207 | 188 | 150 | 160 | 705"""
DOWN = """\
Visites | Auch | Condom | Total
Hiver | 1 210 | 410 | 1 620
Printemps | 1 340 | 395 | 1 735
Automne | 1 000 | 310 | 1 310"""
QUARTERS = ("T1", "2e trimestre", "T3 2022", "4e trim.", "2022")


def named(series: str, member: str, words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(f"{key}{n}", word) for n, word in enumerate(words) for key in (series, member)]


@pytest.mark.parametrize(
    ("rows", "first", "said", "status", "periods", "decisions"),
    [
        (ACROSS, "1 210", [], 422, set(), 0),  # what the page warns of
        (
            ACROSS,
            "1 210",
            [(f"quand_colonnes{n}", words) for n, words in enumerate(QUARTERS)],
            303,
            {("1 340", "2022-T2", "feuille"), ("160", "2022-T4", "feuille"), ("4 450", "2022", "total")},
            5,
        ),
        (ACROSS, "1 210", [("quand_colonnes0", "en hiver")], 422, set(), 0),
        (
            DOWN,
            "1 210",
            [(f"quand_lignes{n}", words) for n, words in enumerate(("T1 2021", "T2 2021", "T4 2021"))],
            303,
            {("1 210", "2021-T1", "feuille"), ("395", "2021-T2", "feuille"), ("1 310", "2021-T4", "total")},
            3,
        ),
    ],
)
def test_a_form_says_when_each_column_or_row_is_of(
    tmp_path: Path,
    rows: str,
    first: str,
    said: list[tuple[str, str]],
    status: int,
    periods: set[tuple[str, str, str]],
    decisions: int,
) -> None:
    house = lay_out(tmp_path, VISITS.format(rows=rows))
    code = group_of(house.dossier(), first)
    sites = ("Auch", "Condom", "Mirande")
    members = [("lignes", "site"), *named("ligne", "membre", sites)]
    if rows == DOWN:
        members = [("colonnes", "site"), *named("colonne", "membre_colonne", sites[:2])]
    form = [("groupe", code), ("indicateur", "visites_accueil"), *members, *said]
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={code}", COOKIE)[1]
        assert "lisent pareil" in page and "confirme tout ce tableau" not in page
        answered, page = send(house, host, "tableau", *form)
    after = house.dossier()
    read = {(i.printed, i.meaning["periode"], i.meaning["role"]) for i in after.items if i.reviewed}
    assert answered == status and periods <= read and (status == 303) == bool(read)
    assert house.trail().decisions() == decisions
    for name, words in said if status == 422 else ():  # what was typed stands there still
        assert f'name="{name}" value="{words}"' in html.unescape(page)


def test_a_table_whose_rows_and_columns_say_other_things_is_confirmed_as_a_whole(tmp_path: Path) -> None:
    house = lay_out(tmp_path, CHANNELS.format(rate="+6,8 %"))
    code = group_of(house.dossier(), "41 237")
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={code}", COOKIE)[1]
    assert "confirme tout ce tableau" in page and "lisent pareil" not in page
    assert not re.search("quand_", page)


def of_table(dossier: Dossier, printed: str) -> list[tuple[str, list[str]]]:
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, printed))
    there = [item for item in dossier.items if item.table == group.items[0].table]
    return [(one.name, [item.printed for item in one.items]) for one in columns_of(there)]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (DOWN, [("Auch", 3), ("Condom", 3), ("Total", 3)]),
        (DOWN.replace("1 340 | 395 | 1 735", "1 340 | | 1 340"), [("Auch", 3), ("Condom", 2), ("Total", 3)]),
        ("Visites | Auch\nHiver | 1 210\nPrintemps | 1 340", []),
    ],
)
def test_columns_are_those_of_the_print(tmp_path: Path, rows: str, columns: list[tuple[str, int]]) -> None:
    found = of_table(lay_out(tmp_path, VISITS.format(rows=rows)).dossier(), "1 210")
    assert [(name, len(printed)) for name, printed in found] == columns
