"""Which printed lines enter the build: numbers with their surroundings, headings above, and no name of a
person.
"""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.building.lines import HIDDEN, printed_lines, without_names


def ledger(*rows: tuple[int, int, str, str, str]) -> pl.DataFrame:
    columns = ["ligne", "colonne", "valeur_imprimee", "statut", "motif"]
    cells = [
        (str(line), str(column), printed, status, reason) for line, column, printed, status, reason in rows
    ]
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")


PAGE = [
    "LES CHIFFRES DE L'ANNÉE",
    "Une phrase sans aucun nombre, que personne ne charge.",
    "   Visites   1 204",
    "La caisse a fêté ses agents les plus anciens, et la photographie de page 12 montre l'équipe entière "
    "devant le siège.",
    "Rendez-vous au 14 rue des Lilas",
]


def test_lines_with_numbers_and_the_heading_above_are_kept_in_place() -> None:
    kept = dict(printed_lines(PAGE, ledger((3, 13, "1 204", "observation", ""))).iter_rows())
    assert kept == {"1": PAGE[0], "3": PAGE[2]}


def test_of_a_line_without_observation_only_the_surroundings_of_its_numbers_are_kept() -> None:
    column = PAGE[3].index("12")
    text = dict(printed_lines(PAGE, ledger((4, column, "12", "ecarte", "page"))).iter_rows())["4"]
    assert text[column : column + 2] == "12" and "page 12 montre" in text
    assert "caisse" not in text and "siège" not in text and HIDDEN in text


def test_of_an_address_only_the_number_is_kept() -> None:
    text = dict(printed_lines(PAGE, ledger((5, 15, "14", "ecarte", "adresse"))).iter_rows())["5"]
    assert text.replace(HIDDEN, "").split() == ["14"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("piloté par le Dr Jeanne-Marie Untel depuis 2019", "Jeanne-Marie Untel"),
        ("Mme Dupond, 3 ans", "Dupond"),
        ("M. Le Testeur reçoit 12 personnes", "Le Testeur"),
        ("avec le docteur Testeur et 3 agents", ""),
        ("Budget ASS 1 204 euros", ""),
        ("Point CPG : 12 sur 20", ""),
        ("Programme PRADO (12)", ""),
        ("12 M. € versés", ""),
    ],
)
def test_names_of_persons_are_written_over_and_nothing_else(text: str, hidden: str) -> None:
    told = without_names(text)
    assert len(told) == len(text)
    assert told == (
        text.replace(hidden, "".join(c if c.isspace() else HIDDEN for c in hidden)) if hidden else text
    )


def test_a_surname_in_capitals_is_written_over_where_no_observation_needs_its_label() -> None:
    text = "Suppléant : Paul DURANDEAU (4)"
    seen = {
        status: dict(printed_lines([text], ledger((1, 28, "4", status, ""))).iter_rows())["1"]
        for status in ("ecarte", "observation")
    }
    assert "DURANDEAU" not in seen["ecarte"] and seen["observation"] == text
