"""Whether the private build still holds what the published state held: rows of each report in each table,
before and after.

Only a loss against the published state is judged, never a count by itself: there is no number to paste here
when reports change. A report that only one of the two states holds was added or removed by its declaration, a
table by its model: they are told, not judged. Facts are counted, views over them are not: they would say the
same again, and some are lists of work that must be able to empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from expectations.audit import ValidationOutcome
from orchestration.building.engine import opened, read_apart

SUITE = "volume"
SUBJECT = "Aucun rapport ne perd ses lignes d'une nuit à l'autre"
#: Share of change, up or down, above which a night warns.
NOTICED = 0.1
#: Rows that a fact must lose before a night is refused for it.
FEW = 10
#: Changes that a sentence names.
SHOWN = 3
#: Said before the changes, so that no cut of a long list hides it.
REMEDY = "si elle est voulue, relever OBSERVATOIRE_VOLUME pour une nuit --full, 1 accepte tout"
_RAW = {
    "raw.nombre": "raw.nombre",
    "raw.nombre (observation)": "raw.nombre where statut = 'observation'",
    "raw.relation": "raw.relation",
}
#: The definitions are searched because ``duckdb_columns()`` would bind every view of the build first, ten
#: times slower.
_FACTS = """
    select table_name from duckdb_tables()
    where schema_name = 'marts' and table_name like 'fct\\_%' escape '\\' and regexp_matches(sql,
        '[(,] *"?rapport_code"? ')
    order by all
"""


class Change(NamedTuple):
    """The rows of one report in one table, in the published state and in the build."""

    report: str
    table: str
    before: int
    after: int

    @property
    def share(self) -> float:
        """The change as a share of what was there: -1 when all is lost, infinite where there was nothing."""
        if self.before == self.after:
            return 0.0
        return (self.after - self.before) / self.before if self.before else float("inf")

    @property
    def lost(self) -> int:
        return self.before - self.after

    @property
    def percent(self) -> str:
        return f"{self.share:+.0%}" if self.before else "nouveau" if self.after else "0%"

    def __str__(self) -> str:
        return (
            f"{self.report} a {self.after} lignes dans {self.table} au lieu de {self.before} ({self.percent})"
        )


class Counted(NamedTuple):
    """What one state holds: its reports, its tables, and the rows of each pair of them that has any."""

    reports: frozenset[str]
    tables: tuple[str, ...]
    rows: dict[tuple[str, str], int]


@dataclass(frozen=True)
class Volume:
    """A build beside the published ``release`` (``None``: there was nothing to compare with); ``allowed`` is
    a share of rows.
    """

    release: str | None
    allowed: float
    changes: Sequence[Change] = ()
    added: Sequence[str] = ()
    removed: Sequence[str] = ()
    tables_removed: Sequence[str] = ()

    @property
    def refused(self) -> list[Change]:
        """The losses above the share that is allowed, the gravest first. A share of 1 allows them all.

        A fact must have lost ``FEW`` rows besides: a correction of a template moves some from one fact to
        another.
        """
        lost = [change for change in self.changes if change.lost > self.allowed * change.before]
        lost = [change for change in lost if change.lost >= FEW or not change.table.startswith("marts.")]
        return sorted(lost, key=lambda change: (change.share, change.after - change.before))

    @property
    def noticed(self) -> list[Change]:
        """The other changes worth a look, losses first."""
        refused = set(self.refused)
        return sorted(
            (c for c in self.changes if abs(c.share) > NOTICED and c not in refused),
            key=lambda change: change.share,
        )

    @property
    def refusal(self) -> str:
        """One line for people: what was lost and what to do; empty when the build is not refused."""
        if not self.refused:
            return ""
        return f"perte de plus de {self.allowed:.0%} depuis {self.release} ({REMEDY}) : {_told(self.refused)}"

    @property
    def notice(self) -> str:
        """One line about what changed by more than a little; empty when nothing did."""
        return (
            f"plus de {NOTICED:.0%} d'écart depuis {self.release} : {_told(self.noticed)}"
            if self.noticed
            else ""
        )

    @property
    def summary(self) -> str:
        """What was compared."""
        if self.release is None:
            return "aucun état publié avec lequel comparer"
        return (
            f"{len({c.report for c in self.changes})} rapports, {len({c.table for c in self.changes})} "
            f"tables comparés à {self.release}"
        )


def _told(changes: Sequence[Change]) -> str:
    more = [f"et {len(changes) - SHOWN} de plus"] if len(changes) > SHOWN else []
    return ", ".join([*map(str, changes[:SHOWN]), *more])


def measure(build: Path, published: Path | None, release: str | None, allowed: float) -> Volume:
    """Compare a build with the published file, each read once; a published file that cannot be read compares
    with nothing.
    """
    before = _published(published) if published and release else None
    if before is None:
        return Volume(None, allowed)
    with opened(build, read_only=True) as connection:
        return compare(before, count(connection), release, allowed)


def compare(before: Counted, after: Counted, release: str | None, allowed: float) -> Volume:
    """Pair the rows of the reports and tables that both states hold."""
    tables = [table for table in before.tables if table in after.tables]
    pairs = [(report, table) for report in sorted(before.reports & after.reports) for table in tables]
    changes = [Change(*pair, before.rows.get(pair, 0), after.rows.get(pair, 0)) for pair in pairs]
    added, removed = sorted(after.reports - before.reports), sorted(before.reports - after.reports)
    return Volume(
        release, allowed, changes, added, removed, [table for table in before.tables if table not in tables]
    )


def count(connection: duckdb.DuckDBPyConnection) -> Counted:
    """The rows of every report in every table that is judged, in one query."""
    sources = _RAW | {f"marts.{name}": f'marts."{name}"' for (name,) in connection.execute(_FACTS).fetchall()}
    every = " union all ".join(
        f"select rapport_code, '{table}' as named from {source}" for table, source in sources.items()
    )
    rows = connection.execute(f"select rapport_code, named, count(*) from ({every}) group by all").fetchall()
    reports = frozenset(code for (code,) in connection.execute("select code from raw.rapport").fetchall())
    return Counted(reports, tuple(sources), {(report, table): lines for report, table, lines in rows})


def _published(path: Path) -> Counted | None:
    try:
        with read_apart(path) as connection:
            return count(connection)
    except duckdb.Error:
        return None


def outcomes(volume: Volume) -> list[ValidationOutcome]:
    """The verdict as ``audit.validation`` keeps it: a loss that refuses the build, and what is only worth a
    look.
    """

    def outcome(title: str, expected: str, message: str, warning: bool) -> ValidationOutcome:
        return ValidationOutcome(
            SUITE,
            "tous",
            title,
            "",
            warning or not message,
            volume.summary,
            expected,
            message,
            warning and bool(message),
        )

    lost = f"perte d'au plus {volume.allowed:.0%} des lignes d'un rapport dans une table"
    return [
        outcome("aucun rapport ne perd ses lignes", lost, volume.refusal, False),
        outcome("le volume reste stable", f"écart d'au plus {NOTICED:.0%}", volume.notice, True),
    ]
