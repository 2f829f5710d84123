"""The private build: a DuckDB file that holds, as text, what the reports print. dbt and the audit work on it.
The steps of dbt between raw and marts have a file of their own beside it: what is published never held them.

Extracts are staged first, one folder per report under ``Settings.staged`` (``numbers.csv``,
``relations.csv``, ``report.json`` and, where the document is present, ``lines.csv``). A report whose inputs
did not change names the published file that holds its rows instead (``published.txt``), one that Spark read
its folder of Parquet files: loading copies them from there. Reports that follow each other are loaded by one
statement a table.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.building.engine import count_rows, insert, opened, path_literal, steps_of, wal
from orchestration.building.staging import KEPT_FILE
from orchestration.errors import NightError
from orchestration.extraction.corrections import CORRECTION_COLUMNS
from orchestration.extraction.reports import NUMBER_COLUMNS, RELATION_COLUMNS
from orchestration.reconciliation.findings import DIAGNOSTIC_COLUMNS
from orchestration.reconciliation.register import FRAME_COLUMNS as FINDING_COLUMNS

LINE_COLUMNS = ("ligne", "texte")
REPORT_COLUMNS = (
    "code",
    "titre",
    "organisme",
    "territoire",
    "periode",
    "document",
    "document_sha256",
    "nb_lignes",
    "document_present",
    "brouillon",
    "sceau",
    "ecart_extrait",
)

#: Staged file -> table of schema ``raw`` and the columns that the file must have.
TABLES = {
    "numbers.csv": ("nombre", NUMBER_COLUMNS),
    "relations.csv": ("relation", RELATION_COLUMNS),
    "lines.csv": ("ligne", LINE_COLUMNS),
    "diagnostics.csv": ("diagnostic", DIAGNOSTIC_COLUMNS[1:]),
}
#: Every table of schema ``raw`` with its columns, all text.
RAW_COLUMNS = {
    **{table: ("rapport_code", *columns) for table, columns in TABLES.values()},
    "rapport": REPORT_COLUMNS,
    "constat": FINDING_COLUMNS,
    "correction": CORRECTION_COLUMNS,
}


def load_build(
    build: Path,
    staged: Path,
    reports: Sequence[str],
    findings: Iterable[Mapping[str, object]] = (),
    corrections: Iterable[Mapping[str, object]] = (),
) -> dict[str, int]:
    """Start a new private build from the staged extracts of ``reports``; returns the rows of each ``raw``
    table.

    ``findings`` are the entries of the register of accepted findings, keyed by ``FINDING_COLUMNS``;
    ``corrections`` those of readings, by ``CORRECTION_COLUMNS``.

    Raises ``NightError`` when a staged file is missing, lacks a column or is not a table.
    """
    build.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (build, wal(build), steps_of(build), wal(steps_of(build))):
        leftover.unlink(missing_ok=True)
    with opened(build, read_only=False) as connection:
        sources = [
            (source, list(codes))
            for source, codes in itertools.groupby(reports, lambda code: _kept_in(staged / code))
        ]
        held = sorted({path for path, _ in sources if path and not Path(path).is_dir()})
        published = {path: f"publie_{rank}" for rank, path in enumerate(held)}
        for path, name in published.items():
            _attach(connection, path, name)
        connection.execute("begin")
        connection.execute("create schema raw")
        for file_name, (table, columns) in TABLES.items():
            _create(connection, table, ("rapport_code", *columns))
            for path, codes in sources:
                if path in published:
                    _copy(connection, published[path], codes, table, columns)
                elif path:
                    _load_parquet(connection, path, codes, table, columns)
                else:
                    _load(connection, staged, codes, file_name)
        facts = [
            json.loads((staged / report / "report.json").read_text(encoding="utf-8")) for report in reports
        ]
        _insert(connection, "rapport", REPORT_COLUMNS, facts)
        _insert(connection, "constat", FINDING_COLUMNS, findings)
        _insert(connection, "correction", CORRECTION_COLUMNS, corrections)
        connection.execute("commit")
        for name in published.values():
            connection.execute(f"detach {name}")
        return count_rows(connection, "raw")


def _create(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> None:
    connection.execute(f"create table raw.{table} ({', '.join(f'{column} varchar' for column in columns)})")


def _kept_in(folder: Path) -> str:
    """The published file that holds the rows of a staged report; empty when its own files do."""
    pointer = folder / KEPT_FILE
    return pointer.read_text(encoding="utf-8").strip() if pointer.exists() else ""


def _attach(connection: duckdb.DuckDBPyConnection, path: str, name: str) -> None:
    try:
        connection.execute(f"attach '{path_literal(path)}' as {name} (read_only)")
    except duckdb.Error as error:
        raise NightError(
            f"the published file {path} cannot be read any more ({str(error).splitlines()[0]}); run the "
            "night again"
        ) from error


def _copy(
    connection: duckdb.DuckDBPyConnection,
    published: str,
    codes: Sequence[str],
    table: str,
    columns: Sequence[str],
) -> None:
    """Append the rows of published reports in their order; a column that an earlier version did not know is
    empty.

    The rows of a report lie together, as loading wrote them, so reports that follow each other are one range
    of rows.
    """
    known = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where database_name = ? and schema_name = 'raw' and "
            "table_name = ?",
            [published, table],
        ).fetchall()
    }
    spans = {
        code: (first, last)
        for code, first, last in connection.execute(
            f"select rapport_code, min(rowid), max(rowid) from {published}.raw.{table} group by all"
        ).fetchall()
    }
    ranges: list[tuple[int, int]] = []
    for first, last in (spans[code] for code in codes if code in spans):
        if ranges and ranges[-1][1] + 1 == first:
            first = ranges.pop()[0]
        ranges.append((first, last))
    wanted = ", ".join(column if column in known else f"null as {column}" for column in columns)
    for span in ranges:
        connection.execute(
            f"insert into raw.{table} select rapport_code, {wanted} from {published}.raw.{table} where rowid "
            "between ? and ?",
            span,
        )


def _load(connection: duckdb.DuckDBPyConnection, staged: Path, codes: Sequence[str], file_name: str) -> None:
    """Append staged files, every cell as text and an empty cell as NULL. Only ``lines.csv`` may be absent."""
    table, columns = TABLES[file_name]
    paths = []
    for code in codes:
        path = staged / code / file_name
        if not path.exists():
            if table == "ligne":
                continue
            raise NightError(f"{code}: {path.name} is missing; run `make extract` to write it again")
        _check_header(path, columns, code)
        paths.append(str(path))
    if not paths:
        return
    cells = ", ".join(columns)
    try:
        connection.execute(
            f"insert into raw.{table} select split_part(filename, '/', -2), {cells} from {_csv(columns)}",
            [paths],
        )
    except duckdb.Error as error:
        raise _torn(paths, columns) or error from error


def _load_parquet(
    connection: duckdb.DuckDBPyConnection,
    folder: str,
    codes: Sequence[str],
    table: str,
    columns: Sequence[str],
) -> None:
    """Append the rows of reports that Spark read, report by report, each in the order of its print; a table
    without any row has no file.
    """
    files = sorted(map(str, Path(folder, f"tableau={table}").glob("*.parquet")))
    if not files:
        return
    try:
        connection.execute(
            f"insert into raw.{table} select rapport_code, {', '.join(columns)} from read_parquet(?) "
            "where list_contains(?, rapport_code) order by rapport_code, rang",
            [files, list(codes)],
        )
    except duckdb.Error as error:
        raise NightError(
            f"the extracts of {folder} cannot be loaded ({str(error).splitlines()[0]}); run `make spark` "
            "again, or remove the folder"
        ) from error


def _csv(columns: Sequence[str]) -> str:
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    return (
        f"read_csv(?, columns = {{{types}}}, header = true, delim = ',', quote = '\"', escape = '\"', "
        "nullstr = '', "
        "auto_detect = false, strict_mode = true, filename = true)"
    )


def _torn(paths: Sequence[str], columns: Sequence[str]) -> NightError | None:
    """The sentence for the first of these files that is no table of its columns."""
    with duckdb.connect() as connection:
        for path in map(Path, paths):
            try:
                connection.execute(f"select count(columns(*)) from {_csv(columns)}", [[str(path)]])
            except duckdb.Error as error:
                first = str(error).splitlines()[0]
                return NightError(
                    f"{path.parent.name}: {path.name} is not a table of its columns ({first}); run `make "
                    "extract`"
                )
    return None


def _check_header(path: Path, columns: Sequence[str], report: str) -> None:
    with path.open(encoding="utf-8", errors="replace") as file:
        header = file.readline().rstrip("\n").split(",")
    if header == list(columns):
        return
    missing = [column for column in columns if column not in header]
    wrong = (
        f"lacks the column {missing[0]}" if missing else "has its columns in another order, or more of them"
    )
    raise NightError(f"{report}: {path.name} {wrong}; run `make extract` to write it again")


def _insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]],
) -> None:
    """Create a table of text and fill it from mappings; an absent key is NULL."""
    _create(connection, table, columns)
    cells = [[None if row.get(column) is None else str(row[column]) for column in columns] for row in rows]
    insert(connection, f"raw.{table}", cells)
