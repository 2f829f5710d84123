"""The published state as a source for the next one: what it started from, and the extracts that it holds.

Reading it never fails: a state that is absent, damaged or written by an older version simply offers nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

import duckdb

from orchestration.building.checksums import damaged_files
from orchestration.building.inputs import Inputs, Key, reading_key
from orchestration.building.verdict import distrust


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
class Holding:
    """What a published state holds of one report: its row in ``raw.rapport``, its numbers by status, its relations."""

    facts: dict[str, str | None]
    numbers: dict[str, int]
    relations: int


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

    @cached_property
    def holdings(self) -> dict[str, Holding]:
        """What this state holds of each report, counted once for all of them. Raises ``duckdb.Error`` where it cannot be read."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            cursor = connection.execute("select * from raw.rapport")
            names = [column[0] for column in cursor.description or []]
            facts = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            relations = dict(connection.execute("select rapport_code, count(distinct relation) from raw.relation group by all").fetchall())
            numbers: dict[str, dict[str, int]] = {}
            for code, status, count in connection.execute("select rapport_code, statut, count(*) from raw.nombre group by all").fetchall():
                numbers.setdefault(code, {})[status] = count
        return {str(f["code"]): Holding(f, numbers.get(str(f["code"]), {}), relations.get(f["code"], 0)) for f in facts}


def look_whole(warehouse: Path) -> Published:
    """The published state of a warehouse, or nothing when one of its files is not what was published, or its audit not green."""
    release = warehouse / "current"
    return Published() if damaged_files(release) or distrust(release) else look(release / "observatoire.duckdb")


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
