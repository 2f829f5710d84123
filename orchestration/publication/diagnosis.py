"""Why a night failed, in one paragraph: which report, which lines, which numbers, and the likely cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publication.build import opened

SHOWN = 5
_GAPS = """
    select c.rapport_code, c.lignes, c.formule, c.valeur_imprimee, c.valeur_recalculee, c.ecart, d.cause, d.preuve
    from marts.fct_controle as c
    left join raw.diagnostic as d using (rapport_code, relation)
    where c.verdict = 'ecart' and coalesce(c.constat_code, '') = ''
    order by c.rapport_code, c.lignes
"""
_FAILED = "select suite, attente, coalesce(message, observe, '') from audit.validation where not succes order by all"


@dataclass(frozen=True)
class Gap:
    """A relation that does not hold and that nobody accepted as a finding; values in base units."""

    report: str
    lines: Sequence[int]
    formula: str
    printed: object
    recomputed: object
    difference: object
    cause: str | None = None
    evidence: str | None = None

    def __str__(self) -> str:
        place = f"{self.report}, line{'s' if len(self.lines) > 1 else ''} {', '.join(map(str, self.lines))}"
        why = f"; likely cause: {self.cause}" + (f" ({self.evidence})" if self.evidence else "") if self.cause else ""
        return (
            f"{place}: {self.formula}: {self.printed} printed, {self.recomputed} recomputed, "
            f"gap {self.difference}{why}"
        )


def diagnose(sentences: Sequence[str], build: Path, published: str | None) -> str:
    """One paragraph from the refusals of the night and from what its private build shows."""
    gaps, failed = _look(build)
    parts = ["The night failed:", *(sentence.rstrip(".") + "." for sentence in sentences)]
    if gaps:
        parts.append(f"{_count(len(gaps), 'printed relation')} fail{'s' if len(gaps) == 1 else ''} without being registered:")
        parts.append("; ".join(map(str, gaps[:SHOWN])) + ("; and others." if len(gaps) > SHOWN else "."))
    if failed and not gaps:
        told = "; ".join(f"{suite}, {expectation}: {message}" for suite, expectation, message in failed[:SHOWN])
        parts.append(f"{_count(len(failed), 'expectation')} of the audit failed: {told}.")
    if build.exists():
        parts.append(f"The private build is kept for inspection at {build}.")
    parts.append(f"Readers keep release {published}." if published else "Nothing was published before, and nothing is now.")
    return " ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _look(build: Path) -> tuple[list[Gap], list[tuple]]:
    if not build.exists():
        return [], []
    try:
        with opened(build, read_only=True) as connection:
            return [Gap(*row) for row in _rows(connection, _GAPS)], _rows(connection, _FAILED)
    except duckdb.Error:
        return [], []


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    try:
        return connection.execute(query).fetchall()
    except duckdb.CatalogException:
        return []
