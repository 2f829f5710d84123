"""Last year's template on this year's document."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.discovery.inherit import inherit
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.documents import read_document
from orchestration.extraction.reports import load_report
from tests.discovery.conftest import ROOT

TEMPLATE = """\
blocs:
  - bloc: soins
    champs:
      - {lire: "Hospitalisation publique | {} |", indicateur: soins_ville_montant, unite: EUR}
      - {lire: "Hospitalisation privée | {} |", indicateur: soins_ville_montant, unite: EUR}
"""
PAGE = "CPAM du Gers\n\nSOINS\n\n{first} | 412 |\nHospitalisation privée | 118 |\n"


@pytest.mark.parametrize(
    ("first", "read"),
    [("Hospitalisation publique", 2), ("Hospitalisation publ.", 2), ("Hôpitaux", 1)],
)
def test_a_row_in_other_words_never_reads_the_ink_of_another(tmp_path: Path, first: str, read: int) -> None:
    folder = tmp_path / "cpam_gers_2021"
    folder.mkdir()
    (folder / "template.yml").write_text(TEMPLATE, encoding="utf-8")
    (folder / "report.yml").write_text(
        "code: cpam_gers_2021\ntitre: CPAM du Gers\norganisme: cpam_gers\nterritoire: dep_32\n"
        'periode: "2021"\ndocument: rapport.txt\n',
        encoding="utf-8",
    )
    path = tmp_path / "rapport.txt"
    path.write_text(PAGE.format(first=first), encoding="utf-8")
    older = load_report(folder)
    found = inherit(older, read_document(path), older, load_catalogue(ROOT / "dbt_project" / "seeds"))
    fragments = [form["lire"] for block in found.blocks for form in block["champs"]]
    assert len(fragments) == read and len(set(fragments)) == read
