"""The findings in a terminal: what the reports themselves get wrong, the gravest first."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.building.engine import opened
from orchestration.errors import NightError
from orchestration.reconciliation.findings import SEVERITIES

#: From the most severe; one that nobody weighed comes last.
GRAVITIES = (*reversed(SEVERITIES), "a_evaluer")
_FINDINGS = """
    select c.gravite, c.rapport_code, c.lignes, coalesce(d.constat, c.explication), c.explication, c.statut
    from marts.dim_constat as c
    left join raw.diagnostic as d using (rapport_code, relation)
    order by list_position($1, c.gravite), c.rapport_code, c.lignes
"""


@dataclass(frozen=True)
class FindingLine:
    """One finding: where it is printed, what is printed, and what is known of it, in French."""

    gravity: str
    report: str
    lines: Sequence[int] | None
    statement: str
    explanation: str
    status: str


def list_findings(warehouse: Path) -> list[FindingLine]:
    """The findings of a build or of a published file. Raises ``NightError`` when it holds none of their
    tables.
    """
    with opened(warehouse, read_only=True) as connection:
        try:
            rows = connection.execute(_FINDINGS, [list(GRAVITIES)]).fetchall()
        except duckdb.CatalogException as error:
            raise NightError(
                f"{warehouse.name} holds no findings: run `make nightly` to the end first"
            ) from error
    return [FindingLine(*row) for row in rows]


def render_findings(findings: Sequence[FindingLine], width: int) -> str:
    """The findings as paragraphs of at most ``width`` characters, and their count by gravity."""
    if not findings:
        return "aucun constat"
    counts = Counter(finding.gravity for finding in findings)
    told = ", ".join(f"{counts[gravity]} {gravity}" for gravity in GRAVITIES if counts[gravity])
    return "\n\n".join(
        [*(_paragraph(finding, width) for finding in findings), f"{len(findings)} constats : {told}"]
    )


def _paragraph(finding: FindingLine, width: int) -> str:
    lines = ", ".join(map(str, finding.lines or []))
    head = f"[{finding.gravity}] {finding.report}, ligne(s) {lines} ({finding.status})"
    said = (
        [finding.statement]
        if finding.statement == finding.explanation
        else [finding.statement, finding.explanation]
    )
    body = [
        textwrap.fill(text, width, initial_indent="    ", subsequent_indent="    ") for text in said if text
    ]
    return "\n".join([head, *body])
