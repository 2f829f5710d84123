"""The engine that the files of a night are opened with: which files there are, who holds one open, how its
tables are counted.

Does not belong here: what the tables mean, and files that people open (``publication.query``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType

import duckdb

from orchestration.errors import Busy, NightError
from orchestration.settings import ENGINE_MEMORY

#: What dbt attaches the file of its inner models as.
STEPS = "etapes"
#: The files that this thread holds open, by their true path: an engine takes longer to start than most
#: questions to answer.
_HELD: ContextVar[Mapping[Path, duckdb.DuckDBPyConnection]] = ContextVar("held", default=MappingProxyType({}))


def wal(path: Path) -> Path:
    """The write-ahead log that DuckDB keeps beside a file which is, or was, open for writing."""
    return path.with_name(path.name + ".wal")


def steps_of(build: Path) -> Path:
    """The file of a build's staging and intermediate models, as ``dbt_project/profiles.yml`` names it."""
    return build.with_name(f"{build.name}.{STEPS}")


@contextmanager
def _held(
    path: Path, connect: Callable[[], duckdb.DuckDBPyConnection]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to ``path``, which ``connect`` opens unless a block around this one holds it."""
    true, before = path.resolve(), _HELD.get()
    connection = before[true].cursor() if true in before else connect()
    if true not in before:
        _HELD.set({**before, true: connection})
    try:
        yield connection
    finally:
        _HELD.set(before)
        connection.close()


@contextmanager
def opened(path: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a build, with its steps attached, for reading, where they are at hand; refuses with
    one sentence where another process holds the file. Blocks within each other share one engine, which the
    outer one closes: it must write if one of them does.
    """
    with _held(path, lambda: _connect(path, read_only)) as connection:
        yield connection


@contextmanager
def written_at_once(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a build whose statements reach the disk together, or not at all: alone, each of them
    would wait for it.
    """
    with opened(path, read_only=False) as connection:
        connection.begin()
        yield connection
        connection.commit()


@contextmanager
def read_apart(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads a published file in an engine of its own: a damaged one cannot harm the build.
    Raises ``duckdb.Error`` where it cannot be opened.
    """
    with _held(path, lambda: duckdb.connect(str(path), read_only=True)) as connection:
        yield connection


@contextmanager
def kept_apart(path: Path) -> Iterator[None]:
    """Hold a published file open for all that reads it within (``read_apart``), where it can be opened."""
    with ExitStack() as stack:
        with suppress(duckdb.Error):
            stack.enter_context(read_apart(path))
        yield


def _connect(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
        connection.execute(f"set memory_limit = '{ENGINE_MEMORY}'")
        if (steps := steps_of(path)).exists():
            connection.execute(f"attach '{path_literal(steps)}' as {STEPS} (read_only)")
    except duckdb.IOException as error:
        first = str(error).splitlines()[0]
        if "lock" in first:
            raise Busy(f"{path.name} cannot be opened ({first}): close the program that holds it") from error
        raise NightError(
            f"{path.name} cannot be opened ({first}): it is damaged, or its folder cannot be written; run "
            "the night again"
        ) from error
    return connection


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Append rows to a table by one statement: one for each row takes a hundred times as long."""
    if cells := list(zip(*rows, strict=True)):
        values = ", ".join(["unnest(?)"] * len(cells))
        connection.execute(f"insert into {table} select {values}", [list(column) for column in cells])


def path_literal(path: Path | str) -> str:
    """A path as it stands between the quotes of a statement."""
    return str(path).replace("'", "''")


def count_rows(connection: duckdb.DuckDBPyConnection, *schemas: str) -> dict[str, int]:
    """Rows of every table of the given schemas, keyed ``schema.table``, sorted by name; those of the steps
    too, where they are attached.
    """
    names = connection.execute(
        "select schema_name, table_name, database_name from duckdb_tables() where list_contains(?, "
        "schema_name) order by all",
        [list(schemas)],
    ).fetchall()
    counts = {}
    for schema, table, database in names:
        row = connection.execute(f'select count(*) from "{database}"."{schema}"."{table}"').fetchone()
        counts[f"{schema}.{table}"] = row[0] if row else 0
    return counts
