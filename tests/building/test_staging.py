from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from orchestration.building import staging
from orchestration.building.inputs import undeclared_documents, undeclared_notes
from orchestration.building.staging import (
    Difference,
    compare_with_committed,
    count_differences,
    read_rows,
    stage_report,
)
from orchestration.discovery.complete import Shelf
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import (
    NUMBER_COLUMNS,
    RELATION_COLUMNS,
    Extract,
    Report,
    altered,
    reports_to_read,
    write_extract,
)
from tests.trust.documents import catalogue
from tests.trust.tiny_night import lay_out

DOCUMENT = Document("tiny.txt", "TITRE\nVisites 12\nAppels 30\n", "0" * 64)


def numbers(*rows: tuple[int, str, str]) -> pl.DataFrame:
    """A ledger from (line, printed, status)."""
    cells = [
        {
            **dict.fromkeys(NUMBER_COLUMNS, ""),
            "ligne": str(line),
            "colonne": "8",
            "valeur_imprimee": printed,
            "statut": status,
        }
        for line, printed, status in rows
    ]
    return pl.DataFrame(cells, schema=dict.fromkeys(NUMBER_COLUMNS, pl.String))


def extract(*rows: tuple[int, str, str]) -> Extract:
    return Extract(numbers(*rows), pl.DataFrame(schema=dict.fromkeys(RELATION_COLUMNS, pl.String)))


COMMITTED = extract((2, "12", "observation"), (3, "30", "a_relever"))


@pytest.fixture
def report(tmp_path: Path) -> Report:
    folder = tmp_path / "raw" / "tiny_2021"
    folder.mkdir(parents=True)
    report = Report(
        code="tiny_2021",
        titre="Tiny",
        folder=folder,
        organisme="cpam_x",
        territoire="dep_99",
        periode="2021",
        document="tiny.txt",
    )
    write_extract(report, COMMITTED)
    return report


def stage(report: Report, tmp_path: Path) -> staging.StagedReport:
    return stage_report(report, tmp_path / "documents", tmp_path / "staged", None)  # type: ignore[arg-type]


def test_without_its_document_a_report_is_staged_as_committed(report: Report, tmp_path: Path) -> None:
    staged = stage(report, tmp_path)
    assert not staged.from_document
    assert staged.numbers == {"observation": 1, "ecarte": 0, "a_relever": 1}
    assert not staged.difference
    folder = tmp_path / "staged" / "tiny_2021"
    assert (folder / "numbers.csv").read_bytes() == (report.folder / "numbers.csv").read_bytes()
    assert not (folder / "lines.csv").exists()
    assert json.loads((folder / "report.json").read_text())["document_present"] == "false"


def test_with_its_document_the_fresh_extract_is_staged_and_the_difference_told(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "tiny.txt").write_text(DOCUMENT.text, encoding="utf-8")
    fresh = extract((1, "5", "ecarte"), (2, "13", "observation"))
    monkeypatch.setattr(staging, "extract_any", lambda *_: fresh)
    before = (report.folder / "numbers.csv").read_bytes()
    staged = stage(report, tmp_path)
    assert staged.from_document
    assert staged.difference == "1 numbers added, 1 removed, 1 changed"
    folder = tmp_path / "staged" / "tiny_2021"
    assert (folder / "lines.csv").read_text(encoding="utf-8") == "ligne,texte\n1,TITRE\n2,Visites 12\n"
    assert (report.folder / "numbers.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(2, "12", "observation"), (3, "30", "a_relever")], Difference()),
        ([(3, "30", "a_relever")], Difference(removed=1)),
        ([(2, "12", "observation"), (3, "30", "a_relever"), (9, "1", "ecarte")], Difference(added=1)),
        ([(2, "12", "observation"), (3, "31", "a_relever")], Difference(changed=1)),
    ],
)
def test_numbers_are_compared_by_place(rows: list[tuple[int, str, str]], expected: Difference) -> None:
    assert count_differences(COMMITTED.numbers, numbers(*rows)) == expected


def test_without_a_committed_extract_everything_is_added(report: Report) -> None:
    (report.folder / "numbers.csv").unlink()
    assert compare_with_committed(report, COMMITTED) == Difference(added=2)


@pytest.mark.parametrize(
    ("torn", "said"),
    [
        ("t/somme/x,somme,x,terme,1", "line 3: relation t/somme/x has a term that is neither"),
        ("t/somme/x,somme,x,te", "line 3: relation t/somme/x has a term that is neither"),
        ("t/somme/x,somme,x,terme,1,deux,8,,,", r"relations.csv changed since it was read: .*'deux'"),
    ],
)
def test_relations_that_were_cut_are_told_with_their_line_and_the_cure(
    report: Report, tmp_path: Path, torn: str, said: str
) -> None:
    path = report.folder / "relations.csv"
    path.write_text(f"{','.join(RELATION_COLUMNS)}\nt/somme/x,somme,x,total,1,2,8,,,\n{torn}\n")
    with pytest.raises(
        ExtractionError, match=f"^tiny_2021: .*{said}.*; run `make extract` or restore it from git$"
    ):
        stage(report, tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, ""),
        ("numbers.csv", "numbers.csv changed since it was read"),
        ("sceau.json", "sceau.json is missing"),
    ],
)
def test_a_committed_extract_that_reading_did_not_write_is_told(
    report: Report, change: str | None, said: str
) -> None:
    if change == "sceau.json":
        (report.folder / change).unlink()
    elif change:
        path = report.folder / change
        path.write_text(path.read_text().replace("12", "13"))
    assert said in altered(report) and bool(said) == bool(altered(report))
    assert altered(report.model_copy(update={"brouillon": True})) == ""


def test_a_report_staged_again_forgets_what_was_there(report: Report, tmp_path: Path) -> None:
    old = tmp_path / "staged" / "tiny_2021"
    old.mkdir(parents=True)
    (old / "lines.csv").write_text("ligne,texte\n1,ancienne\n", encoding="utf-8")
    stage(report, tmp_path)
    assert not (old / "lines.csv").exists()


def test_documents_that_no_report_declares_are_named(report: Report, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    assert undeclared_documents(folder, [report.document]) == []
    folder.mkdir()
    for name in ("tiny.txt", "autre.txt", "notes.md"):
        (folder / name).write_text("x", encoding="utf-8")
    assert undeclared_notes(undeclared_documents(folder, [report.document])) == [
        "autre.txt is in the documents folder, and no report declares it"
    ]
    for rank in range(5_000):
        (folder / f"{rank:04d}.pdf").touch()
    assert undeclared_notes(undeclared_documents(folder, [report.document])) == [
        "5001 files in the documents folder are declared by no report: 0000.pdf, 0001.pdf, 0002.pdf, "
        "0003.pdf, 0004.pdf ..."
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_document_saved_in_another_way_gives_the_same_rows_but_for_the_digest_of_its_file(
    tmp_path: Path, encoding: str
) -> None:
    settings = lay_out(tmp_path, reports=1)
    (report,) = reports_to_read(settings.raw)
    data = (settings.documents / report.document).read_bytes()
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    one, other = (
        read_rows(report, saved, Shelf(catalogue, settings.raw))
        for saved in (data, (mark + data.decode()).encode(encoding))
    )
    assert one.extract.numbers.height == 3
    assert one.extract.numbers.equals(other.extract.numbers)
    assert one.extract.relations.equals(other.extract.relations)
    assert one.lines is not None and other.lines is not None
    assert one.lines.equals(other.lines)
    assert one.words == other.words
    assert {name for name, said in one.facts.items() if other.facts[name] != said} == {"document_sha256"}
