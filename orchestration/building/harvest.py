"""Extracts that many machines read: a folder of Parquet files, which a night loads instead of reading those
documents again.

Belongs here: one document as rows (``Harvester``, which Spark calls), and what a folder holds (``Harvest``).
Does not belong here: Spark (building.spark), loading the rows (building.build). The folder holds one table
per folder ``tableau=<table of raw>``, all text; ``rapport`` has a row for every document, which says why
where it could not be read. A report is taken from it only where reading it now would give the same rows: the
reading keys are equal.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from orchestration.building.build import REPORT_COLUMNS, TABLES
from orchestration.building.inputs import (
    ABSENT,
    DOCUMENT,
    Inputs,
    Key,
    declaration_of,
    declared_reports,
    reading_key,
    report_inputs,
    shared_inputs,
)
from orchestration.building.staging import STATUSES, ReportRows, StagedReport, read_rows, summarize
from orchestration.discovery.complete import Shelf
from orchestration.errors import NightError
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import NUMBER_COLUMNS, RELATION_COLUMNS, load_report
from orchestration.reconciliation.terms import RelationRefused
from orchestration.settings import Settings

TABLE, REPORT, RANK = "tableau", "rapport_code", "rang"
#: What the row of a document says beside its row in ``raw.rapport``: its name, why it was not read (empty
#: where it was), the key under which it was read, its words, and its numbers by status.
STATED = ("nom", "refus", "lecture", "mots", "relations", *STATUSES)
_COLUMNS = {
    **{table: tuple(columns) for table, columns in TABLES.values()},
    "rapport": (*REPORT_COLUMNS, *STATED),
}
#: Every column of a row, whichever table it is of; beside them ``RANK``, its place in the table of its
#: report.
WIDE = (TABLE, REPORT, *dict.fromkeys(name for columns in _COLUMNS.values() for name in columns))


@dataclass(frozen=True)
class Harvester:
    """Reads documents by their names: ``codes`` holds the report that declares each. Crosses to other
    processes; the folders must be there.
    """

    raw: Path
    seeds: Path
    shared: Inputs
    codes: Mapping[str, str]

    @functools.cached_property
    def _shelf(self) -> Shelf:
        return Shelf(functools.partial(load_catalogue, self.seeds), self.raw)

    def read(self, name: str, data: bytes) -> pl.DataFrame:
        """The rows of one document, or one row that says why it has none: columns ``WIDE`` and ``RANK``."""
        code = self.codes.get(name)
        if code is None:
            return _refusal("", name, f"{name}: no report declares this document")
        try:
            report = load_report(self.raw / code)
            rows = read_rows(report, data, self._shelf)
        except (ExtractionError, NightError, RelationRefused) as error:
            return _refusal(code, name, " ".join(str(error).split()))
        except Exception as error:  # a fault of the reader is told by its document, and stops no other
            return _refusal(code, name, f"{code}: reading it broke ({type(error).__name__}: {error})"[:300])
        own = {
            **report_inputs(declaration_of(report.folder, report.document), self.raw / ABSENT),
            Key(code, DOCUMENT): rows.facts["document_sha256"] or ABSENT,
        }
        return _wide(code, name, rows, reading_key(code, {**self.shared, **own}))


def harvester_of(settings: Settings) -> Harvester:
    """What reads the documents of an installation."""
    codes = {report.document: report.code for report in declared_reports(settings.raw)}
    return Harvester(settings.raw, settings.seeds, shared_inputs(settings), codes)


def _refusal(code: str, name: str, why: str) -> pl.DataFrame:
    return _widened("rapport", code, pl.DataFrame({"nom": [name], "refus": [why]}))


def _wide(code: str, name: str, rows: ReportRows, reading: str) -> pl.DataFrame:
    counted = dict(rows.extract.numbers["statut"].value_counts().iter_rows())
    stated: dict[str, str | None] = {
        **rows.facts,
        "nom": name,
        "lecture": reading,
        "mots": rows.words,
        "relations": str(rows.extract.relations["relation"].n_unique()),
        **{status: str(counted.get(status, 0)) for status in STATUSES},
    }
    frames = {
        "nombre": rows.extract.numbers,
        "relation": rows.extract.relations,
        "diagnostic": rows.diagnostics,
        "ligne": rows.lines,
        "rapport": pl.DataFrame({column: [cell] for column, cell in stated.items()}),
    }
    return pl.concat([_widened(table, code, frame) for table, frame in frames.items() if frame is not None])


def _widened(table: str, code: str, frame: pl.DataFrame) -> pl.DataFrame:
    absent = (
        pl.lit(None, pl.String).alias(column)
        for column in WIDE
        if column not in (TABLE, REPORT, *frame.columns)
    )
    texts = pl.col(frame.columns).cast(pl.String).replace("", None)
    named = (pl.lit(table).alias(TABLE), pl.lit(code).alias(REPORT))
    whole = frame.with_columns(texts).with_columns(*named, *absent)
    return whole.select(*WIDE, pl.int_range(pl.len()).alias(RANK))


@dataclass(frozen=True)
class Harvest:
    """What a folder of extracts holds: the row of each report that was read, by its code."""

    folder: Path | None = None
    reports: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)

    def holds(self, code: str, reading: str) -> bool:
        """Whether reading the report now, under this key, would give the rows of the folder."""
        return code in self.reports and self.reports[code]["lecture"] == reading

    def staged(self, code: str) -> StagedReport:
        """What staging the report gives."""
        row = self.reports[code]
        counted = {status: int(row[status] or 0) for status in STATUSES}
        relations, difference = int(row["relations"] or 0), row["ecart_extrait"] or ""
        return summarize(code, counted, relations, row, difference, words=row["mots"] or "")

    def facts(self, code: str) -> dict[str, str | None]:
        """The row of the report in ``raw.rapport``."""
        return {column: self.reports[code][column] for column in REPORT_COLUMNS}


def look_harvest(folder: Path) -> Harvest:
    """What ``folder`` holds; nothing where it is absent or cannot be read. Without the documents that were
    refused: the night reads them, and says why it cannot.
    """
    files = table_files(folder, "rapport")
    if not folder.is_dir():
        return Harvest()
    try:
        with duckdb.connect() as connection:
            cursor = connection.execute("from read_parquet(?) where refus is null", [files])
            names = [column[0] for column in cursor.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except duckdb.Error:
        return Harvest()
    return Harvest(folder, {str(row[REPORT]): row for row in rows})


def refused_documents(folder: Path) -> list[str]:
    """The sentence of each document that could not be read, sorted. Raises ``duckdb.Error``."""
    with duckdb.connect() as connection:
        query = "select refus from read_parquet(?) where refus is not null order by nom"
        return [str(why) for (why,) in connection.execute(query, [table_files(folder, "rapport")]).fetchall()]


def harvested_frames(folder: Path, code: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The numbers and the terms of relations of one report, as its extract holds them."""
    return _frame(folder, "nombre", NUMBER_COLUMNS, code), _frame(folder, "relation", RELATION_COLUMNS, code)


def _frame(folder: Path, table: str, columns: Sequence[str], code: str) -> pl.DataFrame:
    if not any(folder.glob(f"{TABLE}={table}/*.parquet")):
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    rows = pl.scan_parquet(table_files(folder, table)).filter(pl.col(REPORT) == code).sort(RANK)
    return rows.select(pl.col(columns).fill_null("")).collect()


def table_files(folder: Path, table: str) -> str:
    """The pattern of the files that hold one table."""
    return f"{folder}/{TABLE}={table}/*.parquet"
