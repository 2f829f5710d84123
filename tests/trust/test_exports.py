"""What leaves the project for a spreadsheet or a browser: no cell is executed, no label becomes a tag."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.extraction.spreadsheets import inert, inert_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|x",
        "\t=1",
        " =1",
        "\r=1",
        "＝1",
        "--1",
        '=HYPERLINK("http://x")',
    ],
)
def test_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert inert_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "visites", "12", "- 49,0 %", "+ 8,96 %", "-3", "−1 012,5 €", "l'accueil = visites", "a@b"]
)
def test_numbers_and_words_stay(text: str) -> None:
    assert inert_cell(text) == text


def test_only_text_is_looked_at() -> None:
    frame = pl.DataFrame({"libelle": ["=1", None, "ok"], "ligne": [1, 2, 3]})
    assert inert(frame).rows() == [("'=1", 1), (None, 2), ("ok", 3)]
