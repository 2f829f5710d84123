"""Great Expectations over a build: compile the checks, run one validation per suite and table, tell each outcome.

The build is opened read-only by SQL and closed again. Does not belong here: what is checked (suites), Data Docs pages
(data_docs.py). Importing this module imports Great Expectations, which takes seconds.
"""

from __future__ import annotations

import contextlib
import html
import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

import great_expectations as gx
import great_expectations.expectations as gxe
import sqlalchemy
import yaml
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import DataContextConfig
from great_expectations.datasource.fluent import SQLDatasource

from expectations.checks import Check
from expectations.recomputation import CREATE, TALLY
from expectations.results import CheckResult, Tally, Validation

PROJECT = Path(__file__).with_name("great_expectations.yml")
SITE = "audit"
SHOWN = 5
MOST_ROWS = 200
logging.getLogger("great_expectations").setLevel(logging.ERROR)


class ExplainedRows(gxe.UnexpectedRowsExpectation):
    """Rows that must not exist; the observed value is what they say of themselves, so that Data Docs show it too.

    Runs its query once: the rows say how many they are (Great Expectations fetches no more than `MOST_ROWS`).
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        rows = [{key: _plain(value) for key, value in dict(row).items()} for row in metrics["unexpected_rows_query.table"]]
        told = " ; ".join(str(row.get("message")) for row in rows[:SHOWN])
        count = f"{len(rows)}" if len(rows) < MOST_ROWS else f"au moins {MOST_ROWS}"
        observed = f"{count} : {told}" if rows else "aucune ligne fautive"
        return {"success": not rows, "result": {"observed_value": observed, "details": {"rows": rows}}}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def validate(build: Path, checks: Sequence[Check], docs_dir: Path | None = None) -> Validation:
    """Run the checks on the build, read-only, and write Data Docs when `docs_dir` is given.

    A table that does not exist fails its checks; a query that cannot run fails its check.
    """
    context = _context(docs_dir)
    source = _source(context, build)
    sqlalchemy.event.listen(sqlalchemy.pool.Pool, "connect", _recompute)
    try:
        results = _run_all(context, source, checks)
        tallies = {row[0]: Tally(*row[1:]) for row in _rows(source, TALLY)}
        if docs_dir is not None:
            _escape_results(context)
            context.build_data_docs(site_names=[SITE])
    finally:
        sqlalchemy.event.remove(sqlalchemy.pool.Pool, "connect", _recompute)
        _close(source)
    order = {id(check): rank for rank, check in enumerate(checks)}
    return Validation(sorted(results, key=lambda result: order[id(result.check)]), tallies)


def _escape_results(context: AbstractDataContext) -> None:
    """Make what was seen plain text before the pages show it: Great Expectations would take markup in a label for its own."""
    store = context.validation_results_store
    for key in store.list_keys():
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


def _run_all(context: AbstractDataContext, source: SQLDatasource, checks: Sequence[Check]) -> list[CheckResult]:
    present = {row[0] for row in _rows(source, "select schema_name || '.' || table_name from duckdb_tables()")}
    results = [_absent(check) for check in checks if check.table not in present]
    runnable = sorted((check for check in checks if check.table in present), key=_table_then_family)
    run_id = gx.RunIdentifier(run_name="audit")
    for table, of_table in groupby(runnable, key=lambda check: check.table):
        batch = _batch(source, table)
        for family, group in groupby(of_table, key=lambda check: check.family):
            results += _run(context, batch, f"{family} {table.split('.')[1]}", list(group), run_id)
    return results


def _context(docs_dir: Path | None) -> AbstractDataContext:
    settings = yaml.safe_load(PROJECT.read_text(encoding="utf-8"))
    if docs_dir is not None:
        settings["data_docs_sites"] = {SITE: _site(docs_dir)}
    return gx.get_context(project_config=DataContextConfig(**settings), mode="ephemeral")


def _site(docs_dir: Path) -> dict[str, Any]:
    backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs_dir.absolute())}
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "show_how_to_buttons": False,
        "store_backend": backend,
    }


def _source(context: AbstractDataContext, build: Path) -> SQLDatasource:
    """The build by SQL. Without autocommit and the pool's silence on return, DuckDB drops results before they are read."""
    return context.data_sources.add_sql(  # type: ignore[call-arg]
        "construction",
        connection_string=f"duckdb:///{build.absolute()}",
        kwargs={
            "connect_args": {"read_only": True, "config": {"threads": 1}},
            "isolation_level": "AUTOCOMMIT",
            "skip_autocommit_rollback": True,
        },
    )


def _recompute(connection: Any, record: Any) -> None:
    """Give a new connection the table of recomputed relations; where it cannot be made, the checks that read it fail."""
    with contextlib.suppress(Exception):
        connection.cursor().execute(CREATE)


def _rows(source: SQLDatasource, query: str) -> list[Sequence[Any]]:
    """Rows of a query of the audit's own; none when a table that it reads does not exist."""
    try:
        with source.get_engine().connect() as connection:
            return list(connection.execute(sqlalchemy.text(query)).fetchall())
    except sqlalchemy.exc.DBAPIError:
        return []


def _absent(check: Check) -> CheckResult:
    return CheckResult(check, success=False, observed=f"la table {check.table} n'existe pas")


def _table_then_family(check: Check) -> tuple[str, str]:
    return check.table, check.family


def _batch(source: SQLDatasource, table: str) -> BatchDefinition[Any]:
    schema, name = table.split(".")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # one source, several schemas
        asset = source.add_table_asset(table, table_name=name, schema_name=schema)
    return asset.add_batch_definition_whole_table("tout")


def _close(source: SQLDatasource) -> None:
    """Give every connection back, so that the caller may open the build for writing."""
    source.get_engine().dispose()
    source.get_execution_engine().close()


def _run(
    context: AbstractDataContext, batch: BatchDefinition[Any], label: str, checks: list[Check], run_id: gx.RunIdentifier
) -> list[CheckResult]:
    expectations = [_expectation(check, rank) for rank, check in enumerate(checks)]
    compiled = context.suites.add(gx.ExpectationSuite(name=label, expectations=expectations))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=label, data=batch, suite=compiled))
    found = definition.run(result_format="SUMMARY", run_id=run_id).results
    return [_result(checks[_rank(result)], result) for result in found]


def _rank(result: ExpectationValidationResult) -> int:
    """Which of the checks the result is of: Great Expectations returns them in an order of its own."""
    config = result.expectation_config
    if config is None or not config.meta:
        raise ValueError("a result without its expectation")
    return int(config.meta["rank"])


def _expectation(check: Check, rank: int) -> gxe.Expectation:
    common: dict[str, Any] = {"description": check.title, "meta": {"rank": rank, "domaine": check.domain}}
    if check.query:
        return ExplainedRows(unexpected_rows_query=check.query, **common)
    return getattr(gxe, check.native)(**check.arguments, **common)


def _result(check: Check, result: ExpectationValidationResult) -> CheckResult:
    crash = _crash(result)
    if crash:
        return CheckResult(check, success=False, observed=f"la vérification n'a pas pu s'exécuter : {crash}", crashed=True)
    seen = result.result
    if check.query:
        return CheckResult(check, bool(result.success), seen["observed_value"], tuple(seen["details"]["rows"]))
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
    return f"colonnes absentes : {', '.join(missing)}" if missing else f"{len(seen['observed_value'])} colonnes"


def _told_rows(check: Check, seen: Mapping[str, Any]) -> str:
    return f"{seen['observed_value']} lignes"


def _told_count(check: Check, seen: Mapping[str, Any]) -> str:
    count = seen.get("unexpected_count", 0)
    if not count:
        return f"{seen.get('element_count', 0)} lignes conformes"
    values = ", ".join(str(_plain(value)) for value in seen.get("partial_unexpected_list", [])[:SHOWN])
    return f"{count} lignes sur {seen['element_count']} : {values}"


_tellers: Mapping[str, Callable[[Check, Mapping[str, Any]], str]] = {
    "ExpectTableColumnsToMatchSet": _told_columns,
    "ExpectTableRowCountToBeBetween": _told_rows,
}
