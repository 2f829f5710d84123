"""The audit of a private build: every suite, read-only, and one line in French for whatever it finds.

Light to import: Great Expectations is loaded when the audit runs. Does not belong here: what is checked
(expectations.suites), how Great Expectations is driven (expectations.validation).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.data_docs import clear_site, keep_earlier, make_offline
from expectations.results import CheckResult, Tally
from expectations.suites import SUITES

if TYPE_CHECKING:
    from orchestration.reconciliation.findings import Finding

__all__ = ["SUITES", "ValidationOutcome", "run_audit"]
SHOWN = 3

Explanations = Mapping[tuple[str, str], "Finding"]


@dataclass(frozen=True)
class ValidationOutcome:
    """What one expectation said. `message` is one line in French, empty when there is nothing to say.

    A warning succeeds and still has a message; `domaine` is a domain of the data contract or `tous`. `rows`
    is what every row that it refuses says, or whose rows they are: the message shows some of them.
    """

    suite: str
    domaine: str
    expectation: str
    table: str
    success: bool
    observed: str
    expected: str
    message: str = ""
    warning: bool = False
    rows: str = ""


def run_audit(
    build_path: Path,
    docs_dir: Path | None = None,
    suites: Collection[str] = SUITES.keys(),
    earlier: Path | None = None,
) -> list[ValidationOutcome]:
    """Audit the build at `build_path` and write Data Docs into `docs_dir`, which is replaced, when it is
    given.

    The pages of the nights before are taken over from `earlier`, the Data Docs published last.

    Every one of `suites` (by default all of SUITES) gives at least one outcome. The build is opened read-only
    and closed before returning. Raises FileNotFoundError when there is no build, FileExistsError when
    `docs_dir` holds other files.
    """
    if not build_path.is_file():
        raise FileNotFoundError(f"no build to audit at {build_path}")
    from expectations.suites import all_checks
    from expectations.validation import validate

    if docs_dir is not None:
        clear_site(docs_dir)
        keep_earlier(docs_dir, earlier)
    validation = validate(build_path, [check for check in all_checks() if check.suite in suites], docs_dir)
    if docs_dir is not None:
        make_offline(docs_dir)
    explanations = _explanations(build_path, validation.results)
    return [
        _outcome(result, explanations, validation.tallies, _whose(build_path, result))
        for result in validation.results
    ]


def _whose(build: Path, result: CheckResult) -> str:
    """What every row that a check refuses says; of a form that shows values only, the reports that hold them.

    Empty where the check passed, or where its table knows no reports.
    """
    check, arguments = result.check, result.check.arguments
    if result.success or check.query or not arguments.keys() & {"column", "column_list"}:
        return " ".join(str(row.get("message")) for row in result.rows)
    columns = ", ".join(f'"{name}"' for name in arguments.get("column_list", [arguments.get("column")]))
    rows = f"select rapport_code from {check.table}"
    allowed = list(arguments.get("value_set", ()))
    query = (
        f"{rows} where {columns} not in (select unnest(?))"
        if allowed
        else f"{rows} qualify count(*) over (partition by {columns}) > 1"
    )
    import duckdb

    try:
        with duckdb.connect(str(build), read_only=True) as connection:
            held = connection.execute(query, [allowed] if allowed else []).fetchall()
    except duckdb.Error:
        return ""
    return " ".join(sorted({str(code) for (code,) in held}))


def _outcome(
    result: CheckResult, explanations: Explanations, tallies: Mapping[str, Tally], rows: str
) -> ValidationOutcome:
    check = result.check
    counted = str(tallies.get(check.domain, Tally())) if check.family == "totaux" and result.success else ""
    return ValidationOutcome(
        suite=check.suite,
        domaine=check.domain,
        expectation=check.title,
        table=check.table,
        success=result.success or check.warning,
        observed=counted or result.observed,
        expected="aucune ligne" if check.query else ", ".join(f"{k} {v}" for k, v in check.arguments.items()),
        message="" if result.success else _message(result, explanations),
        warning=check.warning and not result.success,
        rows=rows,
    )


def _message(result: CheckResult, explanations: Explanations) -> str:
    known = explanations if result.check.family == "totaux" else {}
    told = [_told(row, known) for row in result.rows[:SHOWN]] or [result.observed]
    hidden = len(result.rows) - SHOWN
    more = [f"et {hidden} de plus"] if hidden > 0 else []
    return re.sub(r"[ \t\r\n]+", " ", f"{result.check.title} : {' | '.join([*told, *more])}")


def _told(row: Mapping[str, Any], explanations: Explanations) -> str:
    """What the row says, with the likely cause when it is about a relation that fails."""
    finding = explanations.get((str(row.get("rapport_code")), str(row.get("relation"))))
    if finding is None:
        return str(row.get("message"))
    lines = ", ".join(map(str, finding.lines))
    return f"{finding.report}, lignes {lines} : {finding.explanation}"


def _explanations(build: Path, results: Sequence[CheckResult]) -> Explanations:
    """The findings of the reports whose totals fail, by report and relation; looked for only then."""
    failing = [row for result in results if result.check.family == "totaux" for row in result.rows]
    return _find(build, sorted({row["rapport_code"] for row in failing})) if failing else {}


def _find(build: Path, reports: Sequence[str]) -> Explanations:
    import duckdb

    from orchestration.reconciliation.findings import find
    from orchestration.reconciliation.terms import RelationRefused

    found: dict[tuple[str, str], Finding] = {}
    with duckdb.connect(str(build), read_only=True) as connection:
        for report in reports:
            try:
                frames = [_frame(connection, table, report) for table in ("nombre", "relation")]
                found |= {(f.report, f.relation): f for f in find(frames[0], frames[1], report)}
            except (RelationRefused, duckdb.Error):
                continue
    return found


def _frame(connection: Any, table: str, report: str) -> Any:
    return connection.execute(f"select * from raw.{table} where rapport_code = ?", [report]).pl()
