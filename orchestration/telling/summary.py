"""The one screen that a person reads after a night: reports, controls, what was published, how
long it took.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building.engine import opened
from orchestration.building.journal import NightStep
from orchestration.building.vanished import vanished
from orchestration.errors import NightError
from orchestration.reconciliation.verdicts import GAP, VERDICTS

#: Reports that one screen has room for: the stale ones first, then those with numbers left to read.
SHOWN = 30
_LEDGER = """
    select rapport_code, count(*), count(*) filter (statut = 'observation'),
        count(*) filter (statut = 'ecarte'), count(*) filter (statut = 'a_relever'),
        (select any_value(document_present) = 'true' from raw.rapport where code = rapport_code)
    from audit.nombre group by rapport_code order by rapport_code
"""
_STALE = "select rapport_code from audit.rapport where perime"
_VERDICTS = """
    select verdict, count(*), count(*) filter (constat_code is not null and constat_code <> '')
    from marts.fct_controle where nature not in ('plausibilite', 'seconde_lecture') group by verdict
"""
_USUAL = """
    select count(*), count(*) filter (verdict = 'a_verifier')
    from marts.fct_controle where nature = 'plausibilite'
"""
_TWICE = """
    select rapport_code, count(*), count(*) filter (verdict in ('exact', 'arrondi'))
    from marts.fct_controle where nature = 'seconde_lecture' group by rapport_code
"""


@dataclass(frozen=True)
class ReportLine:
    """One report of the summary: printed numbers, and what became of them."""

    code: str
    printed: int
    read: int
    set_aside: int
    left: int
    from_document: bool
    stale: bool = False
    twice: int = 0
    alike: int = 0

    @property
    def agreement(self) -> str:
        """How often the reader without a template agrees; empty where it read nothing."""
        return f"{100 * self.alike / self.twice:.1f} %" if self.twice else ""

    @property
    def source(self) -> str:
        """Where its rows come from, for people."""
        return "kept, STALE" if self.stale else "document" if self.from_document else "committed extract"


@dataclass(frozen=True)
class BuildOverview:
    """What a build holds, as far as it was built."""

    reports: list[ReportLine] = field(default_factory=list)
    controls: dict[str, int] = field(default_factory=dict)
    registered: int = 0
    compared: int = 0
    unusual: int = 0
    expectations: int = 0
    failed: int = 0
    freed: list[str] = field(default_factory=list)


def picture(build: Path | None) -> BuildOverview:
    """Look at a build. A build that stopped early, is torn or is held gives an emptier picture, never an
    error.
    """
    try:
        return _seen(build) if build is not None and build.exists() else BuildOverview()
    except (NightError, duckdb.Error):
        return BuildOverview()


def _seen(build: Path) -> BuildOverview:
    with opened(build, read_only=True) as connection:
        stale = {code for (code,) in _rows(connection, _STALE)}
        again = {code: {"twice": n, "alike": same} for code, n, same in _rows(connection, _TWICE)}
        reports = [
            replace(ReportLine(*row), stale=row[0] in stale, **again.get(row[0], {}))
            for row in _rows(connection, _LEDGER)
        ]
        verdicts = _rows(connection, _VERDICTS)
        usual = _rows(connection, _USUAL)
        freed = _freed(connection)
        said = _rows(connection, "select count(*), count(*) filter (not succes) from audit.validation")
    return BuildOverview(
        reports=reports,
        controls={verdict: count for verdict, count, _ in verdicts},
        registered=sum(registered for verdict, _, registered in verdicts if verdict == "ecart"),
        compared=usual[0][0] if usual else 0,
        unusual=usual[0][1] if usual else 0,
        expectations=said[0][0] if said else 0,
        failed=said[0][1] if said else 0,
        freed=freed,
    )


def _freed(connection: duckdb.DuckDBPyConnection) -> list[str]:
    try:
        return vanished(connection)
    except duckdb.CatalogException:  # a build that stopped before its audit
        return []


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    try:
        return connection.execute(query).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return []


def render_summary(
    seen: BuildOverview,
    steps: Sequence[NightStep],
    seconds: float,
    published: Sequence[str],
    following: str,
    notes: Iterable[str] = (),
) -> str:
    """The summary as text, at most a screen."""
    lines = ["", *_report_table(seen.reports), ""]
    if seen.controls:
        gaps = seen.controls.get("ecart", 0)
        known = f" ({seen.registered} registered as findings)" if gaps else ""
        found = (verdict for verdict in VERDICTS if seen.controls.get(verdict) or verdict == GAP)
        counts = ", ".join(f"{seen.controls.get(verdict, 0)} {verdict}" for verdict in found)
        lines.append(f"controls   {sum(seen.controls.values())} relations: {counts}{known}")
    if seen.compared:
        lines.append(
            f"usual      {seen.compared} figures compared with the usual, {seen.unusual} lie outside it"
        )
    lines += [f"           {sentence}" for sentence in seen.freed]
    if seen.expectations:
        lines.append(f"audit      {seen.expectations} expectations, {seen.failed} failed")
    lines += [
        f"published  {line}" if not index else f"           {line}" for index, line in enumerate(published)
    ]
    lines.append(f"time       {seconds:.1f} s: {shares(steps, seconds)}")
    lines += [f"note       {note}" for note in notes]
    lines.append(f"next       {following}")
    return "\n".join(lines)


def _report_table(reports: Sequence[ReportLine]) -> list[str]:
    if not reports:
        return []
    width = max(len("report"), *(len(report.code) for report in reports))
    rows = [
        f"{'report':{width}}  {'printed':>8} {'read':>8} {'set aside':>10} {'left':>6} {'twice':>7}"
        f" {'alike':>8}  source"
    ]
    shown = sorted(reports, key=lambda r: (not r.stale, not r.left))[:SHOWN]
    for r in sorted(shown, key=lambda r: r.code):
        rows.append(
            f"{r.code:{width}}  {r.printed:>8} {r.read:>8} {r.set_aside:>10} {r.left:>6} {r.twice:>7} "
            f"{r.agreement:>8}  {r.source}"
        )
    rows += [f"{len(reports) - SHOWN} more"] if len(reports) > SHOWN else []
    names = ("printed", "read", "set_aside", "left", "twice", "alike")
    printed, read, aside, left, twice, alike = (sum(getattr(r, name) for r in reports) for name in names)
    whole = ReportLine("all", printed, read, aside, left, False, twice=twice, alike=alike)
    return [
        *rows,
        f"{'all':{width}}  {printed:>8} {read:>8} {aside:>10} {left:>6} {twice:>7} {whole.agreement:>8}",
    ]


def shares(steps: Sequence[NightStep], seconds: float) -> str:
    """Each step with its seconds by the clock and its share of the night; what no step accounts for is the
    start and the bookkeeping.
    """
    grouped: dict[str, list[NightStep]] = {}
    for step in steps:
        grouped.setdefault("read" if step.name.startswith("read ") else step.name, []).append(step)
    spent = {name: _by_the_clock(group) for name, group in grouped.items()}
    spent["start and bookkeeping"] = max(0.0, seconds - sum(spent.values()))
    return ", ".join(f"{name} {took:.1f} s ({100 * took / seconds:.0f} %)" for name, took in spent.items())


def _by_the_clock(steps: Sequence[NightStep]) -> float:
    """Seconds in which at least one of the steps ran: reports are read side by side."""
    spent = until = 0.0
    for start, took in sorted(
        (datetime.fromisoformat(step.start).timestamp(), step.seconds) for step in steps
    ):
        spent += max(0.0, start + took - max(start, until))
        until = max(until, start + took)
    return spent
