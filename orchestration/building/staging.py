"""The extracts of this night: read again where the document is present, taken as committed where it is not.

A staged report is a folder that ``build.load_build`` loads without asking where it came from.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from orchestration.building.lines import printed_lines
from orchestration.building.members import words_of
from orchestration.discovery.complete import Shelf, extract_any
from orchestration.extraction.documents import MAX_BYTES, Document, document_from
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.files import read_within
from orchestration.extraction.reports import (
    NUMBERS_FILE,
    RELATIONS_FILE,
    RESTORE,
    Extract,
    Report,
    broken_seal,
    csv_bytes,
    diagnoses,
    outdated,
    read_extract,
    sealed_diagnoses,
    write_extract,
)

LINES_FILE, FACTS_FILE = "lines.csv", "report.json"
#: Names what holds the rows of a staged report: the published file where its inputs did not change, the
#: folder of Parquet files where Spark read it.
KEPT_FILE = "published.txt"
STATUSES = ("observation", "ecarte", "a_relever")


@dataclass(frozen=True)
class Difference:
    """How a fresh extract differs from the committed one: printed numbers by place, and terms of
    relations.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    relations: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.relations)

    def __str__(self) -> str:
        numbers = f"{self.added} numbers added, {self.removed} removed, {self.changed} changed"
        return numbers + (", relations changed" if self.relations else "")


@dataclass(frozen=True)
class StagedReport:
    """What the staging of one report gave. ``numbers`` counts its printed numbers by status; ``difference``
    tells how they differ from the committed extract (empty where they do not), ``words`` are those of its
    document (``building.members``); ``outdated`` says that its committed extract, taken without the document,
    was read with another template or other corrections."""

    code: str
    from_document: bool
    numbers: dict[str, int]
    relations: int
    difference: str = ""
    document_sha256: str | None = None
    kept: bool = False
    stale: str = ""
    words: str = ""
    outdated: str = ""

    def with_reason(self, reason: str) -> StagedReport:
        """This report, marked stale for ``reason``."""
        return replace(self, stale=reason)

    @property
    def printed(self) -> int:
        return sum(self.numbers.values())


@dataclass(frozen=True)
class ReportRows:
    """What a report prints: its rows in ``raw.nombre``, ``relation``, ``diagnostic`` and ``ligne`` (``None``
    without its document), all text and without the column that names the report; ``facts`` is its row in
    ``raw.rapport``, ``words`` those of its document (``building.members``)."""

    extract: Extract
    diagnostics: pl.DataFrame
    lines: pl.DataFrame | None
    facts: dict[str, str | None]
    words: str = ""


def read_rows(report: Report, data: bytes | None, shelf: Shelf) -> ReportRows:
    """The rows of a report out of the bytes of its document, or out of its committed extract without them.

    Whoever reads many documents calls this: a night, its processes, Spark. Nothing is written. Raises
    ``ExtractionError`` or ``RelationRefused`` when the document, its template or its extract cannot be taken
    as it is.
    """
    document = None if data is None else document_from(report.document, data, report.encodage)
    if document is None:
        extract, difference = read_extract(report), ""
    else:
        extract = extract_any(report, document, shelf)
        difference = str(compare_with_committed(report, extract) or "")
    known = None if report.brouillon or difference else sealed_diagnoses(report)
    try:
        found = diagnoses(extract, report.code) if known is None else known
    except ValueError as error:  # a relation refused, or a place that is no number
        if document is not None:
            raise
        raise _changed_since(report, error) from error
    return ReportRows(
        extract,
        found,
        None if document is None else printed_lines(document.lines, extract.numbers),
        {**_facts(report, document), "ecart_extrait": difference},
        words_of(document.text) if document else "",
    )


def stage_report(report: Report, documents: Path, staged: Path, shelf: Shelf) -> StagedReport:
    """Stage one report under ``staged/<code>``.

    Raises ``ExtractionError`` when its document, its template or its committed extract cannot be taken as it
    is.
    """
    folder = staged / report.code
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = documents / report.document
    data = read_within(path, MAX_BYTES) if path.exists() or path.is_symlink() else None
    rows = read_rows(report, data, shelf)
    write_extract(report, rows.extract, folder, rows.diagnostics)
    if rows.lines is not None:
        (folder / LINES_FILE).write_bytes(csv_bytes(rows.lines))
    write_facts(folder, rows.facts)
    counted = dict(rows.extract.numbers["statut"].value_counts().iter_rows())
    related, difference = rows.extract.relations["relation"].n_unique(), rows.facts["ecart_extrait"] or ""
    staged_report = summarize(report.code, counted, related, rows.facts, difference, words=rows.words)
    return staged_report if data is not None else replace(staged_report, outdated=outdated(report))


def _changed_since(report: Report, error: ValueError) -> ExtractionError:
    """The refusal of a committed extract whose relations cannot be judged, with the line of one of them."""
    path = report.folder / RELATIONS_FILE
    keys = [line.partition(",")[0].strip('"') for line in path.read_text(encoding="utf-8").splitlines()]
    named = [rank for rank, key in enumerate(keys, 1) if key and f"relation {key} " in f"{error} "]
    where = f"{RELATIONS_FILE}, line {named[-1]}" if named else broken_seal(report) or RELATIONS_FILE
    return ExtractionError(
        f"{report.code}: {where}: {str(error).removeprefix(f'{report.code}: ')}; {RESTORE}"
    )


def write_facts(folder: Path, facts: Mapping[str, str | None]) -> None:
    """Write the row of a report in ``raw.rapport`` beside its rows."""
    (folder / FACTS_FILE).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _facts(report: Report, document: Document | None) -> dict[str, str | None]:
    return {
        **{
            name: str(getattr(report, name))
            for name in ("code", "titre", "organisme", "territoire", "periode", "document")
        },
        "document_sha256": document.sha256 if document else None,
        "nb_lignes": str(len(document.lines)) if document else None,
        "document_present": "true" if document else "false",
        "brouillon": str(report.brouillon).lower(),
        "sceau": "" if report.brouillon else broken_seal(report),
    }


def summarize(
    code: str,
    counted: Mapping[str, int],
    relations: int,
    facts: Mapping[str, str | None],
    difference: str,
    *,
    kept: bool = False,
    stale: str = "",
    words: str = "",
) -> StagedReport:
    """What staging gave, from the numbers by status, the relations and the facts of the report
    (``report.json``).
    """
    numbers = {status: int(counted.get(status, 0)) for status in STATUSES}
    present = facts.get("document_present") == "true"
    return StagedReport(
        code, present, numbers, relations, difference, facts.get("document_sha256"), kept, stale, words
    )


def compare_with_committed(report: Report, fresh: Extract) -> Difference:
    """Compare with the committed extract; without one, every number counts as added."""
    places = fresh.numbers.height
    if not (report.folder / NUMBERS_FILE).exists():
        return Difference(added=places, relations=not fresh.relations.is_empty())
    same_numbers = (report.folder / NUMBERS_FILE).read_bytes() == csv_bytes(fresh.numbers)
    relations = report.folder / RELATIONS_FILE
    same_relations = relations.exists() and relations.read_bytes() == csv_bytes(fresh.relations)
    if same_numbers:
        return Difference(relations=not same_relations)
    return count_differences(read_extract(report).numbers, fresh.numbers, relations=not same_relations)


def count_differences(old: pl.DataFrame, new: pl.DataFrame, relations: bool = False) -> Difference:
    """Count the printed numbers (by ``ligne``, ``colonne``) that are only in one frame, or differ between
    both.
    """
    before = {row[:2]: row for row in old.iter_rows()}
    after = {row[:2]: row for row in new.iter_rows()}
    common = before.keys() & after.keys()
    return Difference(
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        changed=sum(before[place] != after[place] for place in common),
        relations=relations,
    )


def remove_foreign_reports(staged: Path, codes: Iterable[str]) -> None:
    """Remove staged reports that no folder declares any more."""
    known = set(codes)
    if staged.is_dir():
        for folder in staged.iterdir():
            if folder.name not in known:
                shutil.rmtree(folder)
