"""The private build: a DuckDB file that holds, as text, what the reports print. dbt and the audit work on it.

Extracts are staged first, one folder per report under ``Settings.staged`` (``numbers.csv``, ``relations.csv``, ``report.json``
and, where the document is present, ``lines.csv``); loading reads nothing but staged files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import Busy, NightError
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
)

#: Staged file -> table of schema ``raw`` and the columns that the file must have.
TABLES = {
    "numbers.csv": ("nombre", NUMBER_COLUMNS),
    "relations.csv": ("relation", RELATION_COLUMNS),
    "lines.csv": ("ligne", LINE_COLUMNS),
    "diagnostics.csv": ("diagnostic", DIAGNOSTIC_COLUMNS[1:]),
}


def wal(path: Path) -> Path:
    """The write-ahead log that DuckDB keeps beside a file which is, or was, open for writing."""
    return path.with_name(path.name + ".wal")


@contextmanager
def opened(path: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a build; refuses with one sentence where another process holds the file."""
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        first = str(error).splitlines()[0]
        if "lock" in first:
            raise Busy(f"{path.name} cannot be opened ({first}): close the program that holds it") from error
        raise NightError(f"{path.name} cannot be opened ({first}): it is damaged, or its folder cannot be written; run the night again") from error
    try:
        yield connection
    finally:
        connection.close()


def load_build(
    build: Path, staged: Path, reports: Sequence[str], findings: Iterable[Mapping[str, object]] = ()
) -> dict[str, int]:
    """Start a new private build from the staged extracts of ``reports``; returns the rows of each ``raw`` table.

    ``findings`` are the entries of the register of accepted findings, keyed by ``FINDING_COLUMNS``.

    Raises ``NightError`` when a staged file is missing, lacks a column or is not a table.
    """
    build.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (build, wal(build)):
        leftover.unlink(missing_ok=True)
    with opened(build, read_only=False) as connection:
        connection.execute("begin")
        connection.execute("create schema raw")
        for file_name, (table, columns) in TABLES.items():
            _create(connection, table, ("rapport_code", *columns))
            for report in reports:
                _load(connection, staged / report / file_name, table, columns, report)
        facts = [json.loads((staged / report / "report.json").read_text(encoding="utf-8")) for report in reports]
        _insert(connection, "rapport", REPORT_COLUMNS, facts)
        _insert(connection, "constat", FINDING_COLUMNS, findings)
        connection.execute("commit")
        return count_rows(connection, "raw")


def _create(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> None:
    connection.execute(f"create table raw.{table} ({', '.join(f'{column} varchar' for column in columns)})")


def _load(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, columns: Sequence[str], report: str
) -> None:
    """Append one staged file, every cell as text and an empty cell as NULL. Only ``lines.csv`` may be absent."""
    if not path.exists():
        if table == "ligne":
            return
        raise NightError(f"{report}: {path.name} is missing; run `make extract` to write it again")
    _check_header(path, columns, report)
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    try:
        connection.execute(
            f"insert into raw.{table} select ?, * from read_csv(?, columns = {{{types}}}, header = true, delim = ',', "
            "quote = '\"', escape = '\"', nullstr = '', auto_detect = false, strict_mode = true)",
            [report, str(path)],
        )
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise NightError(f"{report}: {path.name} is not a table of its columns ({first}); run `make extract`") from error


def _check_header(path: Path, columns: Sequence[str], report: str) -> None:
    with path.open(encoding="utf-8", errors="replace") as file:
        header = file.readline().rstrip("\n").split(",")
    if header == list(columns):
        return
    missing = [column for column in columns if column not in header]
    wrong = f"lacks the column {missing[0]}" if missing else "has its columns in another order, or more of them"
    raise NightError(f"{report}: {path.name} {wrong}; run `make extract` to write it again")


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> None:
    """Create a table of text and fill it from mappings; an absent key is NULL."""
    _create(connection, table, columns)
    cells = [[None if row.get(column) is None else str(row[column]) for column in columns] for row in rows]
    if cells:
        connection.executemany(f"insert into raw.{table} values ({', '.join('?' * len(columns))})", cells)


def count_rows(connection: duckdb.DuckDBPyConnection, *schemas: str) -> dict[str, int]:
    """Rows of every table of the given schemas, keyed ``schema.table``, sorted by name."""
    names = connection.execute(
        "select schema_name, table_name from duckdb_tables() where list_contains(?, schema_name) order by all",
        [list(schemas)],
    ).fetchall()
    counts = {}
    for schema, table in names:
        row = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone()
        counts[f"{schema}.{table}"] = row[0] if row else 0
    return counts
