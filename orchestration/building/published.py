"""The published state as a source for the next one: what it started from, and the extracts that it holds.

Reading it never fails: a state that is absent, damaged or written by an older version simply offers nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path

import duckdb

from orchestration.building.checksums import damaged_files
from orchestration.building.engine import read_apart
from orchestration.building.inputs import MEMBERS, READER, UNSETTLED, Inputs, Key
from orchestration.building.verdict import distrust


@dataclass(frozen=True)
class KeptReport:
    """What a published state says of one of its reports. ``reading`` is the key under which its rows were
    read.

    A stale report is so since ``since``; ``words`` are those of its document, ``members`` the digest of the
    rows of the seeds that concerned it (``building.members``). ``None`` where the state does not say.
    """

    code: str
    source: str
    reading: str
    stale: bool
    reason: str
    since: datetime | None = None
    words: str | None = None
    members: str | None = None


@dataclass(frozen=True)
class Holding:
    """What a published state holds of one report: its row in ``raw.rapport``, its numbers by status, its
    relations.
    """

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

    def holds(self, code: str, inputs: Inputs, concerned: Callable[[str], str]) -> bool:
        """Whether the rows of ``code`` are those that reading it from ``inputs`` would give.

        ``concerned`` gives the digest of the rows of the seeds that concern a report with these words
        (``building.members``).
        """
        kept = self.reports.get(code)
        if kept is None or kept.stale or not kept.reading:
            return False
        own = {key: digest for key, digest in inputs.items() if key.report == code or key == Key("", READER)}
        if any(digest == UNSETTLED or self.inputs.get(key) != digest for key, digest in own.items()):
            return False
        members = Key("", MEMBERS)
        return self.inputs.get(members) == inputs.get(members) or (
            kept.words is not None and kept.members == concerned(kept.words)
        )

    def stale_since(self, code: str, now: datetime) -> datetime:
        """When a report that is stale ``now`` first became so."""
        kept = self.reports.get(code)
        return kept.since if kept and kept.stale and kept.since else now

    def only_as_a_resort(self) -> Published:
        """This state with nothing in it that saves reading a report again; it still holds the last
        good rows.
        """
        return replace(
            self, inputs={}, reports={code: replace(kept, reading="") for code, kept in self.reports.items()}
        )

    @cached_property
    def holdings(self) -> dict[str, Holding]:
        """What this state holds of each report, counted once for all of them. Raises ``duckdb.Error`` where
        it cannot be read.
        """
        with read_apart(Path(str(self.path))) as connection:
            cursor = connection.execute("select * from raw.rapport")
            names = [column[0] for column in cursor.description or []]
            facts = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            relations = dict(
                connection.execute(
                    "select rapport_code, count(distinct relation) from raw.relation group by all"
                ).fetchall()
            )
            numbers: dict[str, dict[str, int]] = {}
            for code, status, count in connection.execute(
                "select rapport_code, statut, count(*) from raw.nombre group by all"
            ).fetchall():
                numbers.setdefault(code, {})[status] = count
        return {
            str(f["code"]): Holding(f, numbers.get(str(f["code"]), {}), relations.get(f["code"], 0))
            for f in facts
        }


def look_whole(warehouse: Path) -> Published:
    """The published state of a warehouse, or nothing when one of its files is not what was published, or its
    audit not green.
    """
    release = warehouse / "current"
    return (
        Published() if damaged_files(release) or distrust(release) else look(release / "observatoire.duckdb")
    )


def look(path: Path) -> Published:
    """The published state at ``path``, as far as it can be read."""
    try:
        seen = path.stat()
        true = path.resolve()
        return replace(
            _read(true, (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)), path=path
        )
    except (OSError, duckdb.Error):
        return Published()


@lru_cache(maxsize=8)
def _read(path: Path, _stamp: tuple[int, ...]) -> Published:
    """What a published file says, which nobody writes any more: read again where its stamp is another."""
    with read_apart(path) as connection:
        inputs = {
            Key(report, kind): digest
            for report, kind, digest in connection.execute(
                "select rapport_code, genre, empreinte from audit.entree"
            ).fetchall()
        }
        kept = [
            KeptReport(*row)
            for row in connection.execute(
                "select rapport_code, source, empreinte_lecture, perime, coalesce(motif, ''), "
                f"{_later(connection)} from audit.rapport order by 1"
            ).fetchall()
        ]
    return Published(path, inputs, {report.code: report for report in kept})


def _later(connection: duckdb.DuckDBPyConnection) -> str:
    """The columns that states of older versions do not have: since when a report is stale, its words, its
    members.
    """
    known = "select column_name from duckdb_columns() where schema_name = 'audit' and table_name = 'rapport'"
    names = {name for (name,) in connection.execute(known).fetchall()}
    return ", ".join(name if name in names else "null" for name in ("depuis", "mots", "empreinte_membres"))
