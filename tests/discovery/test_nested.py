"""Tables with sub-totals: which rows are the sums of which, and what an extract then states."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.discovery.test_structure import extract_of_text, found

UNDER = """Poste | 2020 | 2021
Consultations | 4 120 | 4 532
Actes infirmiers | 3 015 | 2 910
Sous-total soins courants | 7 135 | 7 442
Pharmacie | 1 244 | 1 377
Optique | 816 | 790
Sous-total remèdes | 2 060 | 2 167
Total en nature | 9 195 | 9 609
Arrêts | 2 406 | 2 518
Rentes | 611 | 640
Total en espèces | 3 017 | 3 158
Total général | 12 212 | {all}"""
ABOVE = """Acteur | 2020 | 2021
Total | 11 561 | {all}
Offreurs | 7 135 | 7 442
Médecins | 4 120 | 4 532
Taxis | 3 015 | 2 910
Particuliers | 2 020 | 2 167
Droits | 1 204 | 1 377
Arrêts | 816 | 790
Entreprises | 2 406 | 2 518"""
NO_WORD = """Acteur | 2021
Offreurs | {sum}
Médecins | {one}
Taxis | {other}
Entreprises | 2 518"""
SUMS = {
    "7 442": "4 532 2 910",
    "2 167": "1 377 790",
    "9 609": "7 442 2 167",
    "3 158": "2 518 640",
    "12 767": "9 609 3 158",
}
OF_ACTORS = {"7 442": "4 532 2 910", "2 167": "1 377 790", "12 127": "7 442 2 167 2 518"}


def sums(text: str, folder: Path) -> dict[str, set[str]]:
    """Each printed sum that holds, with the ways in which it is made."""
    told: dict[str, set[str]] = {}
    for tie in found(text, folder):
        if tie.nature == "somme" and tie.holds:
            whole, *parts = (figure.printed for figure in tie.figures)
            told.setdefault(whole, set()).add(" ".join(parts))
    return told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (UNDER.format(all="12 767"), SUMS),
        (UNDER.format(all="12 768"), {whole: parts for whole, parts in SUMS.items() if whole != "12 767"}),
        (ABOVE.format(all="12 127"), OF_ACTORS),
        (ABOVE.format(all="12 167"), {k: parts for k, parts in OF_ACTORS.items() if k != "12 127"}),
        (NO_WORD.format(sum="7 442 310", one="4 532 110", other="2 910 200"),
         {"7 442 310": "4 532 110 2 910 200"}),
    ],
)  # fmt: skip
def test_a_table_is_a_tree_of_sums(text: str, told: dict[str, str], tmp_path: Path) -> None:
    there = sums(text, tmp_path)
    assert {whole: parts for whole, parts in told.items() if parts in there.get(whole, ())} == told
    assert {"12 767", "12 768", "12 127", "12 167"} & set(there) <= set(told)


@pytest.mark.parametrize(
    ("whole", "one", "other"), [("74", "45", "29"), ("7 442 311", "4 532 110", "2 910 200")]
)
def test_a_row_that_no_word_calls_a_total_is_one_only_beyond_chance(
    whole: str, one: str, other: str, tmp_path: Path
) -> None:
    assert sums(NO_WORD.format(sum=whole, one=one, other=other), tmp_path) == {}


SUBTOTALS = """Poste | 2021
Consultations | 4 532
Actes infirmiers | 2 910
Sous-total soins | {sum}
Arrêts | 2 518
Total | 9 960"""
ONE = {"indicateur_code": ["charges"] * 5, "periode_code": ["2021"] * 5}


@pytest.mark.parametrize(
    ("text", "cells", "stated"),
    [
        (SUBTOTALS.format(sum="7 442"), ONE, {True}),
        (SUBTOTALS.format(sum="7 442"), ONE | {"revue": [*["true"] * 4, "false"]}, {True, False}),
        (SUBTOTALS.format(sum="7 442"), ONE | {"revue": ["false"] * 5}, {False}),
        (SUBTOTALS.format(sum="7 442"), ONE | {"periode_code": ["2020", *["2021"] * 4]}, {True, False}),
        (
            SUBTOTALS.format(sum="7 442"),
            ONE | {"indicateur_code": ["aides", *["charges"] * 4]},
            {True, False},
        ),
        (SUBTOTALS.format(sum="7 452"), ONE, {True, False}),
    ],
)
def test_print_states_a_sum_of_figures_that_were_read_as_one_thing(
    text: str, cells: dict[str, list[str]], stated: set[bool], tmp_path: Path
) -> None:
    """A sum without a reserve is what the facts go by: its parts enter them, and it does not."""
    _, extract = extract_of_text(text, tmp_path, **cells)
    told = extract.relations.filter(extract.relations["nature"] == "somme")
    assert {reserve == "" for reserve in told["reserve"]} == stated
