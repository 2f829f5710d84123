"""A correction changes a reading, never the print; one that no longer applies is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.corrections import FILE, correction_rows, load_corrections
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import extract_report, load_report, write_extract
from orchestration.review.correcting import Corrected, write_correction
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
        ({"after": "{valeur: nan}"}, "n'est pas une valeur"),
        ({"after": "{unite: euros}"}, "ligne 2 : apres : « euros » n'est pas une valeur de « unite »"),
        ({"after": "{periode: '0'}"}, "ligne 2 : apres : « 0 » n'est pas une valeur de « periode »"),
        ({"after": "{nature: vrai}"}, "n'est pas une valeur de « nature »"),
        ({"after": "{indicateur: nexiste}"}, "« nexiste » n'est pas un code de « indicateur »"),
        ({"after": "{risque: zzz}"}, "« zzz » n'est pas un code de « risque »"),
        ({"column": "x"}, "colonne : ce n'est pas un entier"),
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


CATALOGUE = load_catalogue(PROJECT_ROOT / "dbt_project" / "seeds")
REASON = "le texte parle d'une baisse"


def correct(folder: Path, place: str, reason: str = REASON, **given: str) -> Corrected:
    return write_correction(folder.parent, folder.name, place, given, reason, CATALOGUE, folder.parent)


def test_the_command_writes_what_was_read_before(folder: Path) -> None:
    read(folder)
    first = correct(folder, "1-0", valeur="-980")
    assert not first.replaced and first.waits_for == "x.txt"  # nothing reads it until the document is there
    assert read(folder)[0][0] == "-980"
    (folder.parent / "x.txt").write_text("980 visites et 12 appels\n", encoding="utf-8")
    second = correct(folder, "1-0", "le texte parle d'euros", unite="EUR")
    assert second.replaced and not second.waits_for
    (both,) = load_corrections(folder).values()
    assert both.avant == {"valeur": "980", "unite": "nombre"} and both.apres == {
        "valeur": "-980",
        "unite": "EUR",
    }
    assert read(folder)[0] == ("-980", "0", "EUR")
    told = [tuple(row.values()) for row in correction_rows([folder, folder.parent])]
    assert [row[:6] for row in told] == [
        ("cpam_x_2021", "1", "0", "valeur", "980", "-980"),
        ("cpam_x_2021", "1", "0", "unite", "nombre", "EUR"),
    ]
    assert {row[6] for row in told} == {"le texte parle d'euros"}
    (folder / FILE).write_text("corrections: [", encoding="utf-8")  # reading the report says what is wrong
    assert not list(correction_rows([folder]))


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"organisme": "assurance_maladie"}, "france"),
        ({"organisme": "assurance_maladie", "territoire": "dep_83"}, "dep_83"),
    ],
)
def test_another_body_brings_its_place_along(folder: Path, given: dict[str, str], place: str) -> None:
    read(folder)
    correct(folder, "1-0", **given)
    (one,) = load_corrections(folder).values()
    assert one.apres == {"organisme": "assurance_maladie", "territoire": place}


@pytest.mark.parametrize("here", [True, False], ids=["with the document", "without"])
@pytest.mark.parametrize(
    ("place", "given", "reason", "said"),
    [
        ("1-0", {"valeur": "980"}, REASON, "se lit déjà ainsi"),
        ("1-0", {"valeur": "abc"}, REASON, "n'est pas une valeur"),
        ("1-0", {"valeur": "nan"}, REASON, "n'est pas une valeur"),
        ("1-0", {"valeur": "551"}, REASON, "que l'encre ne permet pas"),
        ("1-0", {"valeur": "…"}, REASON, "dites après « valeur= »"),
        ("1-0", {"periode": "0"}, REASON, "^« 0 » n'est pas une valeur de « periode »$"),
        ("1-0", {"indicateur": "nexiste"}, REASON, "« nexiste » n'est pas un code"),
        ("1-0", {"valeur": "-980"}, "erreur", "ne dit pas pourquoi"),
        ("1-0", {"valeur": "-980"}, "", "dites pourquoi"),
        ("9-9", {"unite": "EUR"}, REASON, "aucun chiffre n'est lu"),
        ("9", {"unite": "EUR"}, REASON, "ne désigne pas un chiffre"),
    ],
)
def test_a_correction_that_would_not_read_is_not_written(
    folder: Path, place: str, given: dict[str, str], reason: str, said: str, here: bool
) -> None:
    read(folder)
    if here:
        (folder.parent / "x.txt").write_text("980 visites et 12 appels\n", encoding="utf-8")
    with pytest.raises(ExtractionError, match=said):
        correct(folder, place, reason, **given)
    assert not (folder / FILE).exists()


def test_what_the_document_alone_refuses_is_not_written_either(folder: Path) -> None:
    read(folder)
    (folder.parent / "x.txt").write_text("981 visites et 12 appels\n", encoding="utf-8")
    with pytest.raises(ExtractionError, match="se lit désormais « 981 »"):
        correct(folder, "1-0", valeur="-980")
    assert not (folder / FILE).exists()
