"""The rows that pages are made of: each query is a file of SQL beside this module, read once and grouped by
its first column.

Works on the private build or on a published file, read-only. Does not belong here: words and markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import NightError
from orchestration.settings import DATABASE

QUERIES = Path(__file__).with_name("queries")
FETCHED = 4096

Row = Mapping[str, Any]


class Rows:
    """The queries over one build."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute(read_query("chiffre"))

    def stream(self, name: str) -> Iterator[Row]:
        """The rows of a query in its order; several may be read side by side."""
        cursor = self._connection.cursor().execute(f"use {DATABASE}").execute(read_query(name))
        columns = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(FETCHED):
            for row in rows:
                yield dict(zip(columns, row, strict=True))

    def all(self, name: str) -> list[Row]:
        """All rows of a query whose number does not grow with the number of figures."""
        return list(self.stream(name))

    def groups(self, name: str) -> Iterator[tuple[str, list[Row]]]:
        """The rows of a query by its first column, one group after another."""
        for key, rows in groupby(self.stream(name), lambda row: next(iter(row.values()))):
            yield str(key), list(rows)


@cache
def read_query(name: str) -> str:
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def open_rows(build: Path) -> Iterator[Rows]:
    """The rows of a build or a published file, which nothing here writes to.

    The file is attached to a base in memory: pages read several queries side by side, and a temporary table
    would belong to one cursor alone. Raises ``NightError`` when the file cannot be read.
    """
    with duckdb.connect() as connection:
        try:
            # The views of a private build name their catalog.
            connection.execute(
                f"attach '{str(build).replace(chr(39), chr(39) * 2)}' as {DATABASE} (read_only)"
            )
        except duckdb.Error as error:
            raise NightError(
                f"{build.name} cannot be read for the pages ({str(error).splitlines()[0]}): run the night "
                "again"
            ) from error
        connection.execute(f"attach ':memory:' as site; use {DATABASE}")
        yield Rows(connection)


class Aligned:
    """Groups of one query handed out by key, in ascending order of the keys; a key without rows has none."""

    def __init__(self, groups: Iterator[tuple[str, list[Row]]]) -> None:
        self._groups = groups
        self._held: tuple[str, list[Row]] | None = next(groups, None)

    def of(self, key: str) -> Sequence[Row]:
        while self._held is not None and self._held[0] < key:
            self._held = next(self._groups, None)
        return self._held[1] if self._held is not None and self._held[0] == key else []
