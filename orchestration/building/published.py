"""The published state as a source for the next one: what it started from, and the extracts that it holds.

Reading it never fails: a state that is absent, damaged or written by an older version simply offers nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.building.checksums import damaged_files
from orchestration.building.inputs import Inputs, Key, reading_key

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class KeptReport:
    """What a published state says of one of its reports. ``reading`` is the key under which its rows were read.

    A stale report is so since ``since``; ``None`` where the state does not say.
    """

    code: str
    source: str
    reading: str
    stale: bool
    reason: str
    since: datetime | None = None


@dataclass(frozen=True)
class Published:
    """A published state, or the lack of one (``path`` is ``None``)."""

    path: Path | None = None
    inputs: Inputs = field(default_factory=dict)
    reports: dict[str, KeptReport] = field(default_factory=dict)

    @property
    def stale(self) -> list[KeptReport]:
        return [report for report in self.reports.values() if report.stale]

    def holds(self, code: str, inputs: Inputs) -> bool:
        """Whether the rows of ``code`` are those that reading it from ``inputs`` would give."""
        kept = self.reports.get(code)
        return kept is not None and not kept.stale and kept.reading == reading_key(code, inputs)

    def stale_since(self, code: str, now: datetime) -> datetime:
        """When a report that is stale ``now`` first became so."""
        kept = self.reports.get(code)
        return kept.since if kept and kept.stale and kept.since else now

    def only_as_a_resort(self) -> Published:
        """This state with nothing in it that saves reading a report again; it still holds the last good rows."""
        return replace(self, inputs={}, reports={code: replace(kept, reading="") for code, kept in self.reports.items()})

    def frame(self, table: str, code: str) -> pl.DataFrame:
        """The rows of one report in a table of schema ``raw``, in their order, without ``rapport_code``, empty cells as ``""``."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            query = f"select * exclude (rapport_code) from raw.{table} where rapport_code = ? order by rowid"
            return connection.execute(query, [code]).pl().fill_null("")

    def facts(self, code: str) -> dict[str, str | None]:
        """The row of one report in ``raw.rapport``."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            cursor = connection.execute("select * from raw.rapport where code = ?", [code])
            names = [column[0] for column in cursor.description or []]
            return dict(zip(names, cursor.fetchone() or (), strict=False))


def look_whole(warehouse: Path) -> Published:
    """The published state of a warehouse, or nothing when one of its files is not what was published."""
    release = warehouse / "current"
    return Published() if damaged_files(release) else look(release / "observatoire.duckdb")


def look(path: Path) -> Published:
    """The published state at ``path``, as far as it can be read."""
    with _opened(path) as connection:
        if connection is None:
            return Published()
        try:
            inputs = {Key(report, kind): digest for report, kind, digest in connection.execute(
                "select rapport_code, genre, empreinte from audit.entree").fetchall()}
            kept = [KeptReport(*row) for row in connection.execute(
                f"select rapport_code, source, empreinte_lecture, perime, coalesce(motif, ''), {_since(connection)} from audit.rapport order by all"
            ).fetchall()]
        except duckdb.Error:
            return Published()
    return Published(path, inputs, {report.code: report for report in kept})


def _since(connection: duckdb.DuckDBPyConnection) -> str:
    """The column that tells since when a report is stale; states of older versions have none."""
    known = "select 1 from duckdb_columns() where schema_name = 'audit' and table_name = 'rapport' and column_name = 'depuis'"
    return "depuis" if connection.execute(known).fetchone() else "null"


@contextmanager
def _opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    connection = None
    with contextlib.suppress(duckdb.Error):
        connection = duckdb.connect(str(path), read_only=True) if path.is_file() else None
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()
