"""One blocking check per suite of the audit: it fails when any expectation fails, or when none was evaluated.

A suite that only warns fails with the severity of a warning, which stops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import dagster as dg

from expectations.audit import ValidationOutcome

SHOWN = 20


def check_name(suite: str) -> str:
    """A suite's name as Dagster accepts it."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", suite)


def check_specs(asset: dg.AssetKey, suites: Mapping[str, str]) -> list[dg.AssetCheckSpec]:
    """The declared checks of ``asset``, from suite to subject."""
    return [
        dg.AssetCheckSpec(check_name(suite), asset=asset, blocking=True, description=subject)
        for suite, subject in suites.items()
    ]


def check_results(
    asset: dg.AssetKey, suites: Iterable[str], validations: Iterable[ValidationOutcome]
) -> list[dg.AssetCheckResult]:
    """The verdict of each suite."""
    by_suite: dict[str, list[ValidationOutcome]] = {suite: [] for suite in suites}
    for validation in validations:
        by_suite[validation.suite].append(validation)
    return [_result(asset, suite, verdicts) for suite, verdicts in by_suite.items()]


def _result(asset: dg.AssetKey, suite: str, verdicts: list[ValidationOutcome]) -> dg.AssetCheckResult:
    failed = [verdict for verdict in verdicts if not verdict.success]
    warned = [verdict for verdict in verdicts if verdict.warning]
    told, tables = failed or warned, sorted({verdict.table for verdict in verdicts if verdict.table})
    seen = {"what was seen": dg.MetadataValue.md(_table(told))} if told else {}
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=check_name(suite),
        passed=bool(verdicts) and not told,
        severity=dg.AssetCheckSeverity.WARN if verdicts and not failed else dg.AssetCheckSeverity.ERROR,
        description="; ".join(verdict.message or verdict.expectation for verdict in told[:3])
        or (None if verdicts else "no expectation of this suite was evaluated"),
        metadata={
            "expectations": len(verdicts),
            "failed": len(failed),
            "warnings": len(warned),
            "tables": ", ".join(tables),
            **seen,
        },
    )


def _table(failed: list[ValidationOutcome]) -> str:
    rows = [
        f"| {_cell(v.table)} | {_cell(v.expectation)} | {_cell(v.message or v.observed)} |"
        for v in failed[:SHOWN]
    ]
    more = [f"| | | {len(failed) - SHOWN} more |"] if len(failed) > SHOWN else []
    return "\n".join(["| table | expectation | what was seen |", "|---|---|---|", *rows, *more])


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
