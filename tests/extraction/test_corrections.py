"""A correction changes a reading, never the print; one that no longer applies is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.corrections import FILE
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import extract_report, load_report, write_extract
from orchestration.review.correcting import write_correction
from orchestration.settings import PROJECT_ROOT
from tests.discovery.scoring import document_of

ENTRY = (
    "corrections:\n  - ligne: 1\n    colonne: {column}\n    avant: {before}\n    apres: {after}\n    "
    "motif: le titre le dit\n    date: '{day}'\n"
)
RIGHT = {
    "column": "0",
    "before": "{valeur: '980'}",
    "after": "{valeur: '980000', unite: EUR}",
    "day": "2026-01-31",
}


def read(folder: Path) -> list[tuple[str, str, str]]:
    catalogue = load_catalogue(PROJECT_ROOT / "dbt_project" / "seeds")
    extract = extract_report(load_report(folder), document_of("980 visites et 12 appels\n"), catalogue)
    write_extract(load_report(folder), extract)
    return [(r["valeur"], r["demi_intervalle"], r["unite"]) for r in extract.numbers.iter_rows(named=True)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "cpam_x_2021"
    place.mkdir()
    (place / "report.yml").write_text(
        "code: cpam_x_2021\ntitre: X\norganisme: cpam_var\nterritoire: dep_83\nperiode: '2021'\ndocument: "
        "x.txt\n",
        encoding="utf-8",
    )
    (place / "template.yml").write_text(
        'blocs: [{bloc: b, champs: [{lire: "{a} visites et {b} appels", a: {indicateur: visites_accueil}, b: '
        "{indicateur: appels_recus}}]}]\n",
        encoding="utf-8",
    )
    return place


def test_value_and_unit_of_one_figure_are_corrected(folder: Path) -> None:
    assert read(folder) == [("980", "0", "nombre"), ("12", "0", "nombre")]
    (folder / FILE).write_text(ENTRY.format(**RIGHT), encoding="utf-8")
    assert read(folder)[0] == ("980000", "0", "EUR")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"before": "{valeur: '981'}"}, "se lit désormais « 980 »"),
        ({"after": "{valeur: '981'}"}, "que l'encre ne permet pas"),
        ({"after": "{valeur: '9800'}"}, "que l'encre ne permet pas"),
        ({"after": "{valeur: beaucoup}"}, "n'est pas une valeur"),
        ({"after": "{unite: euros}"}, "qui n'existe pas"),
        ({"after": "{libelle: x}"}, "libelle ne se corrige pas"),
        ({"after": "{}"}, "rien ne se corrige pas"),
        ({"column": "3"}, "aucun chiffre n'est lu en 1-3"),
        ({"day": "hier"}, "corrections.yml, ligne 2"),
    ],
)
def test_a_correction_that_does_not_hold_fails_the_reading(
    folder: Path, change: dict[str, str], said: str
) -> None:
    (folder / FILE).write_text(ENTRY.format(**{**RIGHT, **change}), encoding="utf-8")
    with pytest.raises(ExtractionError, match=said):
        read(folder)


def test_the_command_writes_what_was_read_before(folder: Path) -> None:
    read(folder)
    write_correction(folder.parent, folder.name, "1-0", {"valeur": "-980"}, "le texte parle d'une baisse")
    assert read(folder)[0][0] == "-980"
    with pytest.raises(ExtractionError, match="se lit déjà ainsi"):
        write_correction(folder.parent, folder.name, "1-0", {"valeur": "-980"}, "le texte parle d'une baisse")
    with pytest.raises(ExtractionError, match="ne dit pas pourquoi"):
        write_correction(folder.parent, folder.name, "1-15", {"valeur": "-12"}, "erreur")
    with pytest.raises(ExtractionError, match="corrigée deux fois"):
        write_correction(folder.parent, folder.name, "1-0", {"unite": "EUR"}, "le texte parle d'euros")
    assert read(folder)[0][0] == "-980"
    with pytest.raises(ExtractionError, match="aucun chiffre n'est lu"):
        write_correction(folder.parent, folder.name, "9-9", {"unite": "EUR"}, "le texte parle d'euros")
