"""The audit as Great Expectations knows it: a ready context for any build, with its suites, validations and a
checkpoint.

`audit_context(build)` is all that a notebook needs: `context.checkpoints.get("nightly").run()`. It is made
from code: a context in files would drop the expectation of this project in silence. Does not belong here:
what is checked (suites), running the audit of a night and telling it (validation.py). Importing this module
imports Great Expectations.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

import great_expectations as gx
import great_expectations.expectations as gxe
import sqlalchemy
import yaml
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import DataContextConfig
from great_expectations.datasource.fluent import SQLDatasource

from expectations.checks import Check
from expectations.data_docs import RESULTS
from expectations.recomputation import recompute_all
from expectations.suites import all_checks
from orchestration.settings import ENGINE_MEMORY

PROJECT = Path(__file__).with_name("great_expectations.yml")
SOURCE, SITE, CHECKPOINT = "construction", "audit", "nightly"
#: The temporary table of a connection that ``recompute_all`` makes: only some suites ask it.
RECOMPUTED = "recalcul"
SHOWN = 5
MOST_ROWS = 200
logging.getLogger("great_expectations").setLevel(logging.ERROR)


class ExplainedRows(gxe.UnexpectedRowsExpectation):
    """Rows that must not exist; the observed value is what they say of themselves, so that Data Docs show it
    too.

    Runs its query once: the rows say how many they are (Great Expectations fetches no more than `MOST_ROWS`).
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        rows = [
            {key: plain_result(value) for key, value in dict(row).items()}
            for row in metrics["unexpected_rows_query.table"]
        ]
        told = " ; ".join(str(row.get("message")) for row in rows[:SHOWN])
        count = f"{len(rows)}" if len(rows) < MOST_ROWS else f"au moins {MOST_ROWS}"
        observed = f"{count} : {told}" if rows else "aucune ligne fautive"
        return {"success": not rows, "result": {"observed_value": observed, "details": {"rows": rows}}}


def plain_result(value: Any) -> Any:
    """A value as a result may keep it."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def audit_context(
    build: Path, checks: Sequence[Check] | None = None, docs_dir: Path | None = None
) -> AbstractDataContext:
    """A context over the build at `build`, read-only: one suite and one validation per subject and table, and
    the checkpoint.

    `checks` are all of the audit by default; those of tables that the build does not hold are left out. With
    `docs_dir` the results are kept there, beside the pages of the site `audit`. Raises FileNotFoundError when
    there is no build.
    """
    if not build.is_file():
        raise FileNotFoundError(f"no build to audit at {build}")
    context = _context(docs_dir)
    source = _source(context, build)
    wanted = all_checks() if checks is None else checks
    if not _listens() and any(RECOMPUTED in check.query for check in wanted):
        sqlalchemy.event.listen(sqlalchemy.pool.Pool, "connect", _recompute)
    definitions = [
        _validation(context, batch, label, group)
        for batch, label, group in _groups(
            source, [check for check in wanted if check.table in tables_of(context)]
        )
    ]
    if definitions:
        context.checkpoints.add(
            gx.Checkpoint(name=CHECKPOINT, validation_definitions=definitions, result_format="SUMMARY")
        )
    return context


def close(context: AbstractDataContext) -> None:
    """Give every connection back, so that the build may be opened for writing."""
    if _listens():
        sqlalchemy.event.remove(sqlalchemy.pool.Pool, "connect", _recompute)
    source = _sql(context)
    source.get_engine().dispose()
    source.get_execution_engine().close()


def tables_of(context: AbstractDataContext) -> frozenset[str]:
    """`schema.table` of every table of the build."""
    return frozenset(
        row[0] for row in rows_of(context, "select schema_name || '.' || table_name from duckdb_tables()")
    )


def rows_of(context: AbstractDataContext, query: str) -> list[Sequence[Any]]:
    """Rows of a query of the audit's own; none when a table that it reads does not exist."""
    try:
        with _sql(context).get_engine().connect() as connection:
            return list(connection.execute(sqlalchemy.text(query)).fetchall())
    except sqlalchemy.exc.DBAPIError:
        return []


def label_of(check: Check) -> str:
    """The suite, and the validation, that a check belongs to."""
    return f"{check.family} {check.table.split('.')[1]}"


def by_label(checks: Sequence[Check]) -> Mapping[str, list[Check]]:
    """The checks of each suite, in their order."""
    ordered = sorted(checks, key=lambda check: (check.table, check.family))
    return {label: list(group) for label, group in groupby(ordered, key=label_of)}


def _sql(context: AbstractDataContext) -> SQLDatasource:
    source = context.data_sources.get(SOURCE)
    assert isinstance(source, SQLDatasource)
    return source


def _groups(
    source: SQLDatasource, checks: Sequence[Check]
) -> Iterator[tuple[BatchDefinition[Any], str, list[Check]]]:
    batches: dict[str, BatchDefinition[Any]] = {}
    for label, group in by_label(checks).items():
        table = group[0].table
        if table not in batches:
            batches[table] = _batch(source, table)
        yield batches[table], label, group


def _validation(
    context: AbstractDataContext, batch: BatchDefinition[Any], label: str, checks: Sequence[Check]
) -> gx.ValidationDefinition:
    expectations = [_expectation(check, rank) for rank, check in enumerate(checks)]
    compiled = context.suites.add(gx.ExpectationSuite(name=label, expectations=expectations))
    return context.validation_definitions.add(gx.ValidationDefinition(name=label, data=batch, suite=compiled))


def _context(docs_dir: Path | None) -> AbstractDataContext:
    settings = yaml.safe_load(PROJECT.read_text(encoding="utf-8"))
    if docs_dir is not None:
        settings["data_docs_sites"] = {SITE: _site(docs_dir)}
        settings["stores"]["validation_results_store"]["store_backend"] = _folder(docs_dir / RESULTS)
    return gx.get_context(project_config=DataContextConfig(**settings), mode="ephemeral")


def _folder(folder: Path) -> dict[str, Any]:
    return {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.absolute())}


def _site(docs_dir: Path) -> dict[str, Any]:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "show_how_to_buttons": False,
        "store_backend": _folder(docs_dir),
    }


def _source(context: AbstractDataContext, build: Path) -> SQLDatasource:
    """The build by SQL. Without autocommit and the pool's silence on return, DuckDB drops results before they
    are read.
    """
    return context.data_sources.add_sql(  # type: ignore[call-arg]
        SOURCE,
        connection_string=f"duckdb:///{build.absolute()}",
        kwargs={
            "connect_args": {"read_only": True, "config": {"memory_limit": ENGINE_MEMORY}},
            "isolation_level": "AUTOCOMMIT",
            "skip_autocommit_rollback": True,
        },
    )


def _listens() -> bool:
    return bool(sqlalchemy.event.contains(sqlalchemy.pool.Pool, "connect", _recompute))


def _recompute(connection: Any, record: Any) -> None:
    """Give a new connection the table of recomputed relations; where it cannot be made, the checks that read
    it fail.
    """
    with contextlib.suppress(Exception):
        recompute_all(connection.cursor())


def _batch(source: SQLDatasource, table: str) -> BatchDefinition[Any]:
    schema, name = table.split(".")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # one source, several schemas
        asset = source.add_table_asset(table, table_name=name, schema_name=schema)
    return asset.add_batch_definition_whole_table("tout")


def _expectation(check: Check, rank: int) -> gxe.Expectation:
    common: dict[str, Any] = {"description": check.title, "meta": {"rank": rank, "domaine": check.domain}}
    if check.query:
        return ExplainedRows(unexpected_rows_query=check.query, **common)
    native: type[gxe.Expectation] = getattr(gxe, check.native)
    return native(**check.arguments, **common)
