"""Last year's template on this year's document."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.discovery.inherit import inherit, latest_of_body
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.documents import Document, read_document
from orchestration.extraction.reports import Report, load_report
from tests.discovery.conftest import ROOT

TEMPLATE = """\
blocs:
  - bloc: soins
    champs:
      - {lire: "Hospitalisation publique | {} |", indicateur: soins_ville_montant, unite: EUR}
      - {lire: "Hospitalisation privée | {} |", indicateur: soins_ville_montant, unite: EUR}
"""
PAGE = "CPAM du Gers\n\nSOINS\n\n{first} | 412 |\nHospitalisation privée | 118 |\n"


def _declared(root: Path, template: str, more: str = "") -> Report:
    folder = root / "cpam_gers_2021"
    folder.mkdir()
    (folder / "template.yml").write_text(template, encoding="utf-8")
    (folder / "report.yml").write_text(
        "code: cpam_gers_2021\ntitre: CPAM du Gers\norganisme: cpam_gers\nterritoire: dep_32\n"
        f'periode: "2021"\ndocument: rapport.txt\n{more}',
        encoding="utf-8",
    )
    return load_report(folder)


def _printed(root: Path, text: str) -> Document:
    path = root / "rapport.txt"
    path.write_text(text, encoding="utf-8")
    return read_document(path)


@pytest.mark.parametrize(
    ("first", "read"),
    [("Hospitalisation publique", 2), ("Hospitalisation publ.", 2), ("Hôpitaux", 1)],
)
def test_a_row_in_other_words_never_reads_the_ink_of_another(tmp_path: Path, first: str, read: int) -> None:
    older, document = _declared(tmp_path, TEMPLATE), _printed(tmp_path, PAGE.format(first=first))
    found = inherit(older, document, older, load_catalogue(ROOT / "dbt_project" / "seeds"))
    fragments = [form["lire"] for block in found.blocks for form in block["champs"]]
    assert len(fragments) == read and len(set(fragments)) == read


DRAFT = """\
blocs:
  - bloc: soins
    revue: false
    champs:
      - {{lire: "Hospitalisation publique | {{}} |", valeurs: [{first}]}}
      - {{lire: "Hospitalisation privée | {{}} |", valeurs: [{{indicateur: soins_ville_montant}}]}}
"""
MEANT = "{indicateur: soins_ville_montant, unite: EUR, revue: true}"


@pytest.mark.parametrize(
    ("first", "kept"),
    [(MEANT, 1), ("{ecarter: anecdote}", 1), (MEANT.replace(", revue: true", ""), 0)],
)
def test_a_draft_hands_on_what_somebody_decided_and_nothing_else(
    tmp_path: Path, first: str, kept: int
) -> None:
    older = _declared(tmp_path, DRAFT.format(first=first), "brouillon: true\n")
    document = _printed(tmp_path, PAGE.format(first="Hospitalisation publique"))
    newer = older.model_copy(update={"code": "cpam_gers_2022", "periode": "2022"})
    assert latest_of_body(newer, [older]) == older
    assert latest_of_body(newer, [older, older.model_copy(update={"code": "x", "brouillon": False})]) != older
    assert inherit(newer, document, older, load_catalogue(ROOT / "dbt_project" / "seeds")).kept == kept


GROWN = """\
blocs:
  - bloc: soins
    champs:
      - {lire: "Hospitalisation privée | {} | +{} %",
         valeurs: [{indicateur: soins_ville_montant, unite: EUR},
                   {indicateur: soins_ville_montant, unite: "%", nature: NATURE, periode: 2020/2021}]}
"""


@pytest.mark.parametrize(
    ("nature", "printed", "kept"),
    [
        ("evolution", "+3,1", ["Hospitalisation privée | {} | +{} %"]),
        ("evolution", "-3,1", ["Hospitalisation privée | {} | -{} %"]),
        ("evolution", "- 3,1", ["Hospitalisation privée | {} | - {} %"]),
        ("evolution", "3,1", ["Hospitalisation privée | {} | {} %"]),
        ("part", "-3,1", []),
    ],
)
def test_what_grew_last_year_may_fall(tmp_path: Path, nature: str, printed: str, kept: list[str]) -> None:
    older = _declared(tmp_path, GROWN.replace("NATURE", nature))
    document = _printed(tmp_path, f"CPAM du Gers\n\nSOINS\n\nHospitalisation privée | 412 | {printed} %\n")
    found = inherit(older, document, older, load_catalogue(ROOT / "dbt_project" / "seeds"))
    same = [block for block in found.blocks if block["bloc"] == "soins"]
    assert [form["lire"] for block in same for form in block["champs"]] == kept
