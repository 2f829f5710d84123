"""The committed extracts: nothing is lost, nothing remains to be read, and the documents give them again byte
for byte.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.discovery.complete import Shelf, extract_any
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.documents import Document, read_document
from orchestration.extraction.reports import (
    DIAGNOSES_FILE,
    NUMBERS_FILE,
    RELATIONS_FILE,
    SEAL_FILE,
    Extract,
    Report,
    broken_seal,
    csv_bytes,
    diagnoses,
    list_reports,
    read_extract,
    sealed_diagnoses,
)

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = Path(os.environ.get("OBSERVATOIRE_DOCUMENTS", ROOT / "raw" / "documents"))
REPORTS = [report for report in list_reports(ROOT / "raw") if not report.brouillon]
FIRST_INPUT = {
    "cpam_correze_2021",
    "cpam_herault_2021",
    "cpam_rhone_2020",
    "cpam_var_2021",
    "drsm_occitanie_2019",
}

#: A few figures looked up in the reports by eye: report, line, value, unit, period, indicator.
KNOWN = [
    ("cpam_herault_2021", 405, "3551768297.78", "EUR", "2021", "prestations_versees"),
    ("cpam_herault_2021", 419, "4012303093.75", "EUR", "2021", "prestations_versees"),
    ("cpam_herault_2021", 680, "544155", "nombre", "2021", "appels_recus"),
    ("cpam_rhone_2020", 1557, "41206377", "nombre", "2020", "decomptes"),
    ("cpam_rhone_2020", 1557, "6.6", "%", "2019/2020", "decomptes"),
    ("cpam_rhone_2020", 1858, "-49", "%", "2019/2020", "visites_accueil"),
    ("cpam_rhone_2020", 5142, "306104", "nombre", "2020", "decomptes"),
    ("drsm_occitanie_2019", 1268, "2610", "nombre", "2019", "expertises_medicales"),
    ("drsm_occitanie_2019", 797, "14610000", "EUR", "2019", "economies_maitrise"),
    ("cpam_var_2021", 79, "8051282", "jours", "2021", "jours_indemnises"),
    ("cpam_var_2021", 153, "90.1", "%", "2021-12-31", "taux_comptes_ameli"),
    ("cpam_correze_2021", 88, "46", "%", "2020", "saisines_mediation"),
]


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: r.code)
def test_nothing_remains_to_be_read(report: Report) -> None:
    statuts = Counter(read_extract(report).numbers["statut"])
    assert statuts["a_relever"] == 0
    assert statuts["observation"] > 0
    assert set(statuts) <= {"observation", "ecarte"}


def test_the_first_input_is_whole() -> None:
    assert {report.code for report in REPORTS} >= FIRST_INPUT


@pytest.mark.parametrize(("code", "line", "value", "unit", "period", "indicator"), KNOWN)
def test_known_figures_stand_at_their_lines(
    code: str, line: int, value: str, unit: str, period: str, indicator: str
) -> None:
    report = next(r for r in REPORTS if r.code == code)
    rows = read_extract(report).numbers.filter((pl.col("ligne") == str(line)) & (pl.col("valeur") == value))
    found = set(rows.select("unite", "periode_code", "indicateur_code").rows())
    assert (unit, period, indicator) in found


def document_of(report: Report) -> Document:
    path = DOCUMENTS / report.document
    if not path.is_file():
        pytest.skip("the document is not on this machine")
    return read_document(path, report.encodage)


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: r.code)
def test_the_documents_give_the_committed_extracts_again(report: Report) -> None:
    shelf = Shelf(lambda: load_catalogue(ROOT / "dbt_project" / "seeds"), ROOT / "raw")
    extract = extract_any(report, document_of(report), shelf)
    found = {
        NUMBERS_FILE: extract.numbers,
        RELATIONS_FILE: extract.relations,
        DIAGNOSES_FILE: diagnoses(extract, report.code),
    }
    for name, frame in found.items():
        assert csv_bytes(frame) == (report.folder / name).read_bytes(), (
            f"{report.code}/{name}: run `make extract`"
        )


#: A tokenisation of its own, so that the ledger is not its own witness.
PLAIN_TOKEN = re.compile(r"\d+")


def lost_digits(document: Document, extract: Extract) -> list[tuple[int, str]]:
    """Runs of digits of the document that no number of the extract holds at their line."""
    held: dict[int, Counter[str]] = {}
    for line, printed in extract.numbers.select("ligne", "valeur_imprimee").iter_rows():
        held.setdefault(int(line), Counter()).update(PLAIN_TOKEN.findall(printed))
    lost: list[Any] = []
    for number, text in enumerate(document.lines, 1):
        missing = Counter(PLAIN_TOKEN.findall(text)) - held.get(number, Counter())
        lost.extend((number, digits) for digits in missing.elements())
    return lost


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: r.code)
def test_every_digit_of_print_is_in_the_ledger(report: Report) -> None:
    assert lost_digits(document_of(report), read_extract(report)) == []


def test_a_lost_number_is_noticed(read) -> None:
    text = "12 visites\n34 appels"
    extract = read(text, 'blocs: [{bloc: b, champs: [{lire: "{} visites", indicateur: visites}]}]')
    document = Document("d", text, "")
    assert lost_digits(document, extract) == []
    shorter = Extract(extract.numbers.head(1), extract.relations)
    assert lost_digits(document, shorter) == [(2, "34")]


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: r.code)
def test_the_seal_is_whole(report: Report) -> None:
    assert broken_seal(report) == ""


@pytest.mark.parametrize(
    ("spoil", "clause"),
    [
        (
            lambda folder: (folder / NUMBERS_FILE).write_bytes(
                (folder / NUMBERS_FILE).read_bytes().replace(b"405", b"406", 1)
            ),
            "numbers.csv changed",
        ),
        (lambda folder: (folder / RELATIONS_FILE).write_bytes(b""), "relations.csv changed"),
        (lambda folder: (folder / DIAGNOSES_FILE).write_bytes(b"relation\n"), "diagnostics.csv changed"),
        (lambda folder: (folder / SEAL_FILE).unlink(), "sceau.json is missing"),
        (lambda folder: (folder / SEAL_FILE).write_text("[]"), "sceau.json is missing or damaged"),
    ],
)
def test_a_change_by_hand_breaks_the_seal(
    tmp_path: Path, spoil: Callable[[Path], object], clause: str
) -> None:
    source = next(r for r in REPORTS if r.code == "cpam_herault_2021")
    folder = tmp_path / source.code
    shutil.copytree(source.folder, folder)
    report = source.model_copy(update={"folder": folder})
    assert broken_seal(report) == ""
    assert sealed_diagnoses(report) is not None
    spoil(folder)
    assert clause in broken_seal(report)
    assert sealed_diagnoses(report) is None


def test_the_diagnoses_under_the_seal_are_those_of_today() -> None:
    """Where no document is at hand, a night takes them as they were written."""
    for report in REPORTS:
        kept, extract = sealed_diagnoses(report), read_extract(report)
        assert kept is not None
        assert csv_bytes(kept) == csv_bytes(diagnoses(extract, report.code)), (
            f"{report.code}: run `make extract`"
        )
