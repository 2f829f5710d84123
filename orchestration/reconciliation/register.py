"""The register of accepted findings (constats.yml): read, checked against what the extracts say today,
drafted.

`.venv/bin/observatoire register` checks it; `--propose` prints draft entries for discrepancies that nobody
registered. An entry is reviewed data: it carries a reason and an expected gap, and it is refused when it
matches nothing. Does not belong here: judging relations (orchestration.reconciliation), the audit of a build
(expectations.audit).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from orchestration.reconciliation.causes import PRIOR, report_context
from orchestration.reconciliation.findings import SEVERITIES, Finding, register_gap

REGISTER = Path(__file__).resolve().parents[2] / "expectations" / "constats.yml"
FIELDS = ("cle", "rapport", "relation", "ecart", "explication", "cause", "gravite", "date")
FRAME_COLUMNS = ("cle", "rapport_code", "relation", "ecart", "explication", "cause", "gravite", "date")
UNEXPLAINED = "À EXPLIQUER"
SHORTEST_REASON = 20


class RegisterRefused(ValueError):
    """The register cannot be used; the text lists every problem, one per line, each a sentence for people."""


@dataclass(frozen=True)
class RegisterEntry:
    """One accepted finding; `gap` is printed minus recomputed in base units."""

    key: str
    report: str
    relation: str
    gap: Decimal
    reason: str
    cause: str
    severity: str
    reviewed: date


def read_register(path: Path = REGISTER) -> list[RegisterEntry]:
    """The entries of the register, in the order of the file.

    Raises RegisterRefused for a file that is not a register, an incomplete entry, a missing reason or a
    duplicate.
    """
    rows = _rows(path)
    problems = [problem for i, row in enumerate(rows, 1) for problem in _row_problems(row, i)]
    if not problems:
        problems = list(_duplicates(rows))
    if problems:
        raise RegisterRefused("\n".join(f"{path.name}: {problem}" for problem in problems))
    return [_entry(row) for row in rows]


def entries_by_report(path: Path = REGISTER) -> dict[str, list[RegisterEntry]]:
    """The entries of the register by report. Raises RegisterRefused."""
    found: dict[str, list[RegisterEntry]] = {}
    for entry in read_register(path):
        found.setdefault(entry.report, []).append(entry)
    return found


def _rows(path: Path) -> list[Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RegisterRefused(f"{path.name} cannot be read: {' '.join(str(error).split())}") from error
    rows = document.get("constats") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise RegisterRefused(f"{path.name}: needs one key 'constats' with a list of entries")
    return rows


def _row_problems(row: Any, rank: int) -> Iterator[str]:
    if not isinstance(row, dict):
        yield f"entry {rank} is not a mapping"
        return
    what = f"entry {rank} ({row.get('cle', 'without key')})"
    unknown, lacking = sorted(set(row) - set(FIELDS)), [name for name in FIELDS if not row.get(name)]
    if unknown:
        yield f"{what} has the unknown field '{unknown[0]}'"
    if lacking:
        yield f"{what} lacks '{lacking[0]}'"
        return
    yield from _field_problems(row, what)


def _field_problems(row: dict[str, str], what: str) -> Iterator[str]:
    try:
        Decimal(row["ecart"])
    except InvalidOperation:
        yield f"{what}: the gap '{row['ecart']}' is not a number"
    try:
        date.fromisoformat(row["date"])
    except ValueError:
        yield f"{what}: the date '{row['date']}' is not written like 2021-12-31"
    if UNEXPLAINED in row["explication"] or len(row["explication"].strip()) < SHORTEST_REASON:
        yield f"{what} lacks a reason: explain in French why the print is wrong"
    if row["gravite"] not in SEVERITIES:
        yield f"{what}: the severity '{row['gravite']}' is none of {', '.join(SEVERITIES)}"
    if row["cause"] not in PRIOR:
        yield f"{what}: the cause '{row['cause']}' is none of {', '.join(PRIOR)}"


def _duplicates(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    for key, count in Counter(row["cle"] for row in rows).items():
        if count > 1:
            yield f"the key '{key}' stands {count} times"
    for (report, relation), count in Counter((row["rapport"], row["relation"]) for row in rows).items():
        if count > 1:
            yield f"the relation {relation} of {report} is registered {count} times"


def _entry(row: dict[str, str]) -> RegisterEntry:
    return RegisterEntry(
        key=row["cle"],
        report=row["rapport"],
        relation=row["relation"],
        gap=Decimal(row["ecart"]),
        reason=" ".join(row["explication"].split()),
        cause=row["cause"],
        severity=row["gravite"],
        reviewed=date.fromisoformat(row["date"]),
    )


def register_rows(path: Path = REGISTER) -> list[dict[str, str]]:
    """The entries as text, keyed by FRAME_COLUMNS. Raises RegisterRefused."""
    return [
        {
            "cle": entry.key,
            "rapport_code": entry.report,
            "relation": entry.relation,
            "ecart": f"{entry.gap:f}",
            "explication": entry.reason,
            "cause": entry.cause,
            "gravite": entry.severity,
            "date": entry.reviewed.isoformat(),
        }
        for entry in read_register(path)
    ]


def register_frame(path: Path = REGISTER) -> pl.DataFrame:
    """The table raw.constat: one row per entry, columns FRAME_COLUMNS, all text. Raises RegisterRefused."""
    rows = register_rows(path)
    cells = {name: [row[name] for row in rows] for name in FRAME_COLUMNS}
    return pl.DataFrame(cells, schema=dict.fromkeys(FRAME_COLUMNS, pl.String))


def check_register(entries: Iterable[RegisterEntry], findings: Iterable[Finding]) -> list[str]:
    """What is wrong between the register and the discrepancies of today, one sentence each; empty when they
    agree.
    """
    open_findings = {(finding.report, finding.relation): finding for finding in findings}
    problems = []
    for entry in entries:
        finding = open_findings.pop((entry.report, entry.relation), None)
        if finding is None:
            problems.append(
                f"{entry.key}: registered, but relation {entry.relation} of {entry.report} does not fail"
            )
        elif finding.gap != entry.gap:
            problems.append(f"{entry.key}: registered with gap {entry.gap}, the gap is {finding.gap}")
    for finding in open_findings.values():
        lines = ", ".join(map(str, finding.lines))
        problems.append(
            f"{finding.report}, line{'s' if len(finding.lines) > 1 else ''} {lines}: not registered: "
            f"{finding.explanation}"
        )
    return problems


def agrees(
    entries: Iterable[RegisterEntry], numbers: pl.DataFrame, relations: pl.DataFrame, report: str
) -> bool:
    """Whether the relations of one report that fail are those of its entries, with their gaps: judged, not
    diagnosed.
    """
    expected = {entry.relation: entry.gap for entry in entries}
    return expected == {
        verdict.relation.key: register_gap(verdict)
        for verdict in report_context(numbers, relations, report, readings=False).failing
    }


def propose(entries: Iterable[RegisterEntry], findings: Iterable[Finding], today: date) -> str:
    """Draft entries, as YAML, for the findings that no entry covers; empty when all are covered.

    A draft whose cause is unknown asks for an explanation and is refused until somebody gives one.
    """
    known = {(entry.report, entry.relation) for entry in entries}
    drafts = [
        draft(finding, today) for finding in findings if (finding.report, finding.relation) not in known
    ]
    return "".join(map(_as_item, drafts))


def rewritten(text: str, added: Iterable[dict[str, str]], gone: Collection[str]) -> str:
    """The text of a register without the entries of the keys ``gone`` and with others at its end; what stays
    keeps its writing.

    Raises RegisterRefused for a text whose entries do not begin their lines.
    """
    head, *items = re.split(r"(?m)^(?=- )", text)
    rows = yaml.load(text, Loader=yaml.CBaseLoader)["constats"] or []
    if len(items) != len(rows):
        raise RegisterRefused("constats.yml: its entries do not begin their lines; write there by hand")
    kept = [item for item, row in zip(items, rows, strict=True) if row["cle"] not in gone]
    kept += map(_as_item, added)
    bare = re.sub(r"(?m)^constats:.*$", "constats:" if kept else "constats: []", head)
    return "".join([bare, *(item if item.endswith("\n") else f"{item}\n" for item in kept)])


def _as_item(entry: dict[str, str]) -> str:
    return "- " + _as_yaml(entry).replace("\n", "\n  ").rstrip() + "\n"


def _as_yaml(entry: dict[str, str]) -> str:
    return yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=110)


def draft(finding: Finding, today: date) -> dict[str, str]:
    """The entry of a finding, its reason still to be given where the cause is unknown."""
    known = finding.cause != "inconnue"
    reason = finding.explanation if known else f"{UNEXPLAINED} : {finding.statement}"
    return {
        "cle": f"{finding.report}:{finding.relation}",
        "rapport": finding.report,
        "relation": finding.relation,
        "ecart": f"{finding.gap:f}",
        "explication": reason,
        "cause": finding.cause,
        "gravite": finding.severity,
        "date": today.isoformat(),
    }
