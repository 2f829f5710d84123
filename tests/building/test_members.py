"""What an edit of a seed makes be read again: the reports in which the member occurs, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.building.members import Members, words_of

DOCUMENT = "Accueil physique\nŒuvres d'assu-\nrance, lieu de soins\nCPAM de l'Hérault 12 visites"
SEED = "code,libelle,parent_code,alias\nagde,Agde,,\n"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "raw" / "cpam_x_2021"
    (folder / "template").mkdir(parents=True)
    (folder / "report.yml").write_text("code: cpam_x_2021\norganisme: cpam_x\n", encoding="utf-8")
    (folder / "template" / "a.yml").write_text(
        "blocs: [{bloc: b, commun: {indicateur: visites}}]\n", encoding="utf-8"
    )
    return folder


def digest(tmp_path: Path, report: Path, seed: str, text: str = DOCUMENT, draft: bool = False) -> str:
    seeds = tmp_path / f"seeds{len(list(tmp_path.iterdir()))}"
    seeds.mkdir()
    (seeds / "sites.csv").write_text(seed, encoding="utf-8")
    return Members(seeds, seed).digest(report, draft, words_of(text) if text else "")


@pytest.mark.parametrize(
    ("row", "concerns"),
    [
        ("beziers,Béziers,,", False),
        ("accueil,ACCUEIL,,", True),
        ("cpam_y,Autre nom,,CPAM HERAULT|inconnu", True),
        ("cpam_y,Autre nom,,CPAM du Gers", False),
        ("soins,Œuvres de soins,,", True),
        ("assurance,Assurance,,", True),
        ("visites,Entrevues,,", True),
        ("cpam_x,Nom jamais imprimé,,", True),
        ("template,Gabarit,,", False),
        ("vide,,,…", True),
    ],
    ids=[
        "elsewhere",
        "case",
        "words apart",
        "one word missing",
        "ligature",
        "cut by a hyphen",
        "code of a template",
        "code of the declaration",
        "name of a folder",
        "no word",
    ],
)
def test_a_new_row_concerns_the_reports_in_which_it_occurs(
    tmp_path: Path, report: Path, row: str, concerns: bool
) -> None:
    assert (digest(tmp_path, report, SEED) != digest(tmp_path, report, f"{SEED}{row}\n")) is concerns


@pytest.mark.parametrize(("indicator", "concerns"), [("visites", True), ("appels", False)])
def test_a_member_that_an_indicator_says_concerns_the_reports_of_the_indicator(
    tmp_path: Path, report: Path, indicator: str, concerns: bool
) -> None:
    seed = "indicateur_code,dimension,membre_code\n"
    told = f"{seed}{indicator},canal,guichet\n"
    assert (digest(tmp_path, report, seed) != digest(tmp_path, report, told)) is concerns


def test_another_name_territory_or_parent_of_a_member_that_occurs_concerns_it(
    tmp_path: Path, report: Path
) -> None:
    before = digest(tmp_path, report, f"{SEED}accueil,Accueil,,\n")
    assert before != digest(tmp_path, report, f"{SEED}accueil,Accueil,agde,\n")
    assert before == digest(
        tmp_path, report, f"{SEED}accueil,Accueil,,\n".replace("agde,Agde", "agde,Agde-Plage")
    )


def test_every_row_concerns_a_draft_and_none_a_report_without_its_document(
    tmp_path: Path, report: Path
) -> None:
    elsewhere = f"{SEED}beziers,Béziers,,\n"
    assert digest(tmp_path, report, SEED, draft=True) != digest(tmp_path, report, elsewhere, draft=True)
    assert (
        digest(tmp_path, report, SEED, text="")
        == digest(tmp_path, report, f"{SEED}accueil,Accueil,,\n", text="")
        == ""
    )


def test_a_row_that_only_collides_costs_one_reading_in_many(tmp_path: Path, report: Path) -> None:
    """A long document sets a twentieth of the bitmap: so many of the words that it does not hold look as if
    it did.
    """
    text = " ".join(f"mot{n}x" for n in range(4000))
    rows = [f"code{n},absent{n} jamais{n},,\n" for n in range(400)]
    nothing = digest(tmp_path, report, SEED, text)
    assert sum(digest(tmp_path, report, SEED + row, text) != nothing for row in rows) < 40
