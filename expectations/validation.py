"""The audit of one build run and told: the checkpoint, each outcome in the order of the checks, the pages of
the last nights.

The build is opened read-only by SQL and closed again. Does not belong here: what is checked (suites), how the
context is made (context.py), what the pages look like (data_docs.py). Importing this module imports Great
Expectations, which takes seconds.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.resource_identifiers import ExpectationSuiteIdentifier

from expectations.checks import Check
from expectations.context import (
    CHECKPOINT,
    SHOWN,
    SITE,
    audit_context,
    by_label,
    close,
    plain_result,
    rows_of,
    tables_of,
)
from expectations.recomputation import TALLY
from expectations.results import CheckResult, Tally, Validation


def validate(build: Path, checks: Sequence[Check], docs_dir: Path | None = None) -> Validation:
    """Run the checks on the build, read-only, and write Data Docs when `docs_dir` is given.

    A table that does not exist fails its checks; a query that cannot run fails its check.
    """
    context = audit_context(build, checks, docs_dir)
    try:
        results = _run_all(context, checks, docs_dir is not None)
        tallies = {row[0]: Tally(*row[1:]) for row in rows_of(context, TALLY)}
    finally:
        close(context)
    order = {id(check): rank for rank, check in enumerate(checks)}
    return Validation(sorted(results, key=lambda result: order[id(result.check)]), tallies)


def _run_all(context: AbstractDataContext, checks: Sequence[Check], pages: bool) -> list[CheckResult]:
    present = tables_of(context)
    results = [_absent(check) for check in checks if check.table not in present]
    groups = by_label([check for check in checks if check.table in present])
    if not groups:
        return results
    seen = context.checkpoints.get(CHECKPOINT).run(run_id=gx.RunIdentifier(run_name="audit"))
    for suite in seen.run_results.values():
        group = groups[str(suite.suite_name)]
        results += [_result(group[_rank(result)], result) for result in suite.results]
    if pages:
        _write_pages(context, list(seen.run_results))
    return results


def _write_pages(context: AbstractDataContext, keys: Sequence[Any]) -> None:
    """Pages of this run alone: those of earlier nights are there already, and the index names them all."""
    _escape_results(context, keys)
    suites = [ExpectationSuiteIdentifier(name=suite.name) for suite in context.suites.all()]
    context.build_data_docs(site_names=[SITE], resource_identifiers=[*keys, *suites])


def _escape_results(context: AbstractDataContext, keys: Sequence[Any]) -> None:
    """Make what was seen plain text before the pages show it: Great Expectations would take markup in a label
    for its own.
    """
    store = context.validation_results_store
    for key in keys:
        suite = store.get(key)
        assert suite is not None
        for result in suite.results:
            result.result = _escaped(result.result)
        store.set(key, suite)


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value, quote=False)
    if isinstance(value, Mapping):
        return {name: _escaped(part) for name, part in value.items()}
    return [_escaped(part) for part in value] if isinstance(value, (list, tuple)) else value


def _absent(check: Check) -> CheckResult:
    return CheckResult(check, success=False, observed=f"la table {check.table} n'existe pas")


def _rank(result: ExpectationValidationResult) -> int:
    """Which of the checks the result is of: Great Expectations returns them in an order of its own."""
    config = result.expectation_config
    if config is None or not config.meta:
        raise ValueError("a result without its expectation")
    return int(config.meta["rank"])


def _result(check: Check, result: ExpectationValidationResult) -> CheckResult:
    crash = _crash(result)
    if crash:
        return CheckResult(check, success=False, observed=f"la vérification n'a pas pu s'exécuter : {crash}")
    seen = result.result
    if check.query:
        return CheckResult(
            check, bool(result.success), seen["observed_value"], tuple(seen["details"]["rows"])
        )
    return CheckResult(check, bool(result.success), _tellers.get(check.native, _told_count)(check, seen))


def _crash(result: ExpectationValidationResult) -> str:
    """The first line of the exception that a check ended with, empty when it ran."""
    info = result.exception_info or {}
    nested = [info, *(value for value in info.values() if isinstance(value, dict))]
    for one in nested:
        if one.get("raised_exception"):
            return str(one.get("exception_message")).strip().splitlines()[0]
    return "" if result.result else "aucun résultat"


def _told_columns(check: Check, seen: Mapping[str, Any]) -> str:
    missing = seen.get("details", {}).get("mismatched", {}).get("missing", [])
    return (
        f"colonnes absentes : {', '.join(missing)}" if missing else f"{len(seen['observed_value'])} colonnes"
    )


def _told_rows(check: Check, seen: Mapping[str, Any]) -> str:
    return f"{seen['observed_value']} lignes"


def _told_count(check: Check, seen: Mapping[str, Any]) -> str:
    count = seen.get("unexpected_count", 0)
    if not count:
        return f"{seen.get('element_count', 0)} lignes conformes"
    values = ", ".join(str(plain_result(value)) for value in seen.get("partial_unexpected_list", [])[:SHOWN])
    return f"{count} lignes sur {seen['element_count']} : {values}"


_tellers: Mapping[str, Callable[[Check, Mapping[str, Any]], str]] = {
    "ExpectTableColumnsToMatchSet": _told_columns,
    "ExpectTableRowCountToBeBetween": _told_rows,
}
