"""Whose a figure is in reports that speak of several bodies: chapters, boxes, tables, sentences of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from orchestration.discovery.bodies import Bodies, place_of
from orchestration.discovery.figures import read_figures
from orchestration.extraction.catalogue import Catalogue, load_catalogue
from tests.discovery.scoring import document_of

CASES = Path(__file__).parent / "bodies"
SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(SEEDS)


def _cases() -> Iterator[tuple[str, str, str, list[str]]]:
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield case["cas"], case["organisme"], case["texte"], case["chiffres"]


@pytest.mark.parametrize(
    ("name", "own", "text", "answers"), list(_cases()), ids=lambda value: str(value)[:40]
)
def test_a_figure_has_the_body_that_its_words_or_its_chapter_say(
    catalogue: Catalogue, name: str, own: str, text: str, answers: list[str]
) -> None:
    home = (own, catalogue.territories[own])
    found = read_figures(document_of(text), "2022", bodies=Bodies(catalogue, *home)).figures
    at = {next((i for i in range(f.start, f.end) if text[i].isdigit()), f.start): f for f in found}
    cursor, wrong = 0, []
    for answer in answers:
        printed, _, expected = answer.partition(" => ")
        match = re.compile(rf"(?<!\d){re.escape(printed)}(?!\d)").search(text, cursor)
        assert match is not None, f"{printed!r} does not stand in the excerpt after the figure before it"
        cursor = match.end()
        figure = at[match.start()]
        body, territory = place_of(figure.organisation, figure.territory, home, catalogue)
        if not any(_agrees(want, body, territory) for want in expected.split("|")):
            wrong.append(f"{printed}: {body} in {territory}, not {expected}")
    assert wrong == []


def _agrees(want: str, body: str, territory: str) -> bool:
    code, _, place = want.partition("@")
    return body == code and place in ("", territory)


def test_without_the_body_of_the_report_a_chapter_says_nothing(catalogue: Catalogue) -> None:
    text = "CPAM DE LA MARNE\n\nLa caisse a reçu 48 210 visiteurs.\n"
    (figure,) = read_figures(document_of(text), "2022").figures
    assert figure.organisation == ""
