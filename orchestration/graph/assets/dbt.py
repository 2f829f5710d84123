"""The dbt models as assets, their tests as asset checks. One dbt process builds them all."""

import contextlib
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import orjson

from orchestration.building.comments import write_comments
from orchestration.building.engine import count_rows, opened
from orchestration.building.hearing import defects_refused, reports_refused, reports_without
from orchestration.building.suspects import Complaint
from orchestration.building.verdict import forget_refusal_by_dbt, refusal_by_dbt, refuse_by_dbt
from orchestration.dbt.manifest import dbt_environment
from orchestration.dbt.processes import stop
from orchestration.dbt.warm import lowered, take
from orchestration.graph.assets.audit import heard_before_its_turn, warm_audit
from orchestration.graph.dagster_internals import dbt_version, without_dbt
from orchestration.graph.resources import WAREHOUSE_OWNER, Night, code_reference
from orchestration.progress import moment
from orchestration.settings import Settings

with without_dbt():
    from dagster_dbt.asset_decorator import dbt_assets
    from dagster_dbt.core.dbt_cli_invocation import DbtCliInvocation
    from dagster_dbt.dagster_dbt_translator import DagsterDbtTranslator

#: Seconds that dbt gets to stop.
PATIENCE = 10.0
#: How many defects of the rows that a test refuses are told.
SHOWN_DEFECTS = 5
#: DuckDB's kinds of errors that no row explains.
OF_THE_MACHINE = ("IO Error", "Out of Memory Error", "FATAL Error", "INTERNAL Error", "Permission Error")


class Layers(DagsterDbtTranslator):
    """How dbt nodes are shown: keys from the schema, few groups by what they are for, a link to
    their source.
    """

    def __init__(self, project: Path | None = None) -> None:
        super().__init__()
        self._project = project

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        if dbt_resource_props["resource_type"] == "seed":
            return "members"
        layer, *subject = dbt_resource_props["fqn"][1:-1] or ["marts"]
        if layer in ("staging", "intermediate"):
            return "preparation"
        return {"vues": "views", "controles": "controls"}.get(
            subject[0] if subject else "", "controls" if layer == "audit" else "marts"
        )

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return [WAREHOUSE_OWNER]

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        metadata = dict(super().get_metadata(dbt_resource_props))
        if self._project is not None:
            path = self._project / dbt_resource_props["original_file_path"]
            metadata |= code_reference(
                path, f"{dbt_resource_props['name']} ({path.suffix.removeprefix('.')})"
            )
        return metadata


@dataclass
class DbtResults:
    """What one dbt process told: the status of each node, how many rows a test refuses, of which reports and
    for which defects, whose rows leave a model empty where it may not be, its error messages, its exit
    status.
    """

    finished: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    reports: Mapping[str, frozenset[str]] = field(default_factory=dict)
    defects: Mapping[str, list[str]] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    errors: list[str] = field(default_factory=list)
    succeeded: bool = False

    def failing(self) -> list[str]:
        return sorted(
            node for node, status in self.finished.items() if status in ("fail", "error", "runtime error")
        )

    def rows_to_blame(self) -> bool:
        """Whether rows can be the reason: a test or a model failed, and not because the machine refused
        something.
        """
        return bool(self.failing()) and not any(
            trouble in error for error in self.errors for trouble in OF_THE_MACHINE
        )

    def tests_only(self) -> bool:
        """Whether every model stands although a test refuses rows."""
        return bool(self.failing()) and not self.errors

    def complaints(self) -> list[Complaint]:
        """One for each test that refuses rows, or all of what dbt said."""
        refused = [node for node in self.failing() if node in self.rows]
        each = [Complaint(f"dbt build failed at {self._refused(node)}") for node in refused]
        return [*each, *([Complaint(self.complaint(), " ".join(self.empty))] if self.errors else [])]

    def _refused(self, node: str) -> str:
        codes = sorted(self.reports.get(node, ()))
        whose = f" of {', '.join(codes)}" if codes else ""
        first = self.defects.get(node, [])[:SHOWN_DEFECTS]
        why = f" ({', '.join(first)})" if first else ""
        return f"{node.split('.')[2]}: {self.rows[node]} rows{whose} are refused{why}"

    def summary(self) -> str:
        tests = sum(node.startswith("test.") for node in self.finished)
        return f"{len(self.finished) - tests} models and seeds, {tests} tests, {len(self.failing())} failed"

    def complaint(self) -> str:
        """One paragraph: what failed, in dbt's words."""
        names = [node.split(".")[2] for node in self.failing()]
        where = (
            f"at {', '.join(names) or 'start'}"
            if names or not self.finished
            else f"after {len(self.finished)} of its nodes"
        )
        refused = [self._refused(node) for node in self.failing() if node in self.rows]
        if self.empty:
            refused.append(f"rows of {', '.join(sorted(self.empty))} leave it empty")
        told = "; ".join(dict.fromkeys([*refused, *filter(None, map(without_trace, self.errors))]))
        return (
            f"dbt build failed {where}: "
            f"{told[:2000] or 'dbt ended without a word (killed, or short of memory)'}"
        )


def without_trace(error: str) -> str:
    """What an error of dbt says on one line, without the trace that it may carry."""
    return " ".join(error.partition("Traceback (most recent call last)")[0].split())


def follow(invocation: DbtCliInvocation, results: DbtResults, build: Path) -> Iterator[Any]:
    """The Dagster events of each node as it finishes, so that they are stored while dbt builds the next one.

    Fills ``results``; dbt's own log lines go to standard output. The first model that is a table, and what
    follows it, come last, when dbt has let go of the build and rows can be counted (Dagster wants what a
    model depends on before the model).
    """
    tables: list[dg.Output[None]] = []
    for event in invocation.stream_raw_events():
        info, data = event.raw_event["info"], event.raw_event["data"]
        if info["level"] == "error":
            results.errors.append(info["msg"])
        if not event.is_result_event:
            continue
        node = data["node_info"]
        if node["node_status"] == "warn" and lowered(invocation.manifest["nodes"][node["unique_id"]]):
            node["node_status"] = "fail"
            results.rows[node["unique_id"]] = data["num_failures"]
        results.finished[node["unique_id"]] = node["node_status"].lower()
        moment.debug("dbt %s of %s: %s", data.get("index"), data.get("total"), node["node_name"])
        for told in event.to_default_asset_events(
            manifest=invocation.manifest,
            dagster_dbt_translator=invocation.dagster_dbt_translator,
            context=invocation.context,
            target_path=invocation.target_path,
        ):
            if isinstance(told, dg.Output) and (tables or node.get("materialized") not in ("view", "seed")):
                tables.append(told)
            elif isinstance(told, dg.Output) and node.get("materialized") == "seed":
                yield with_rows(told, seed_rows(invocation.project_dir / "seeds" / node["node_path"]))
            else:
                yield told
    results.succeeded = invocation.process.wait() == 0 and not results.failing()
    yield from with_row_counts(tables, build)


def with_row_counts(tables: Sequence[dg.Output[None]], build: Path) -> Iterator[dg.Output[None]]:
    """The materializations of tables, each with its rows."""
    if not tables:
        return
    with opened(build, read_only=True) as connection:
        schemas = sorted({table.output_name.partition("__")[0] for table in tables})
        rows = {name.replace(".", "__"): count for name, count in count_rows(connection, *schemas).items()}
    yield from (with_rows(table, rows.get(table.output_name)) for table in tables)


def with_rows(told: dg.Output[None], rows: int | None) -> dg.Output[None]:
    """A materialization with the rows of its table; unchanged where they are not known (a view)."""
    counted = {} if rows is None else {"dagster/row_count": dg.MetadataValue.int(rows)}
    return dg.Output(None, output_name=told.output_name, metadata={**told.metadata, **counted})


def seed_rows(path: Path) -> int | None:
    """The members that a seed holds, by its file."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return sum(1 for row in csv.reader(file) if row) - 1
    except (OSError, ValueError, csv.Error):
        return None


def start(
    context: dg.AssetExecutionContext, settings: Settings, manifest: Mapping[str, Any]
) -> DbtCliInvocation:
    """A dbt process that builds what the run selects, followed as dagster-dbt follows its own.

    ``DbtCliResource.cli`` would first run ``dbt --version`` (which asks the package registry) and build a
    second adapter in this process: seconds that serve only metadata which nothing here reads.
    """
    environment = dbt_environment(settings)
    selected = [] if not context.is_subset else selected_nodes(context, manifest)
    return DbtCliInvocation(
        process=take(settings.dbt_project, environment, selected),
        manifest=manifest,
        dagster_dbt_translator=Layers(),
        project_dir=settings.dbt_project,
        target_path=settings.target,
        raise_on_error=False,
        context=context,
        cli_version=dbt_version(),
    )


def selected_nodes(context: dg.AssetExecutionContext, manifest: Mapping[str, Any]) -> list[str]:
    """The fully qualified names of the models and seeds that a partial run asks for."""
    wanted = context.selected_asset_keys
    nodes = (node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed"))
    return sorted("fqn:" + ".".join(node["fqn"]) for node in nodes if Layers().get_asset_key(node) in wanted)


def blame(night: Night, run: str, results: DbtResults, nodes: Mapping[str, Any]) -> None:
    """Say whose rows dbt refuses, and remember those reports with all that the audit would refuse next."""
    settings = night.settings
    compiled = settings.target / "compiled"
    results.reports = reports_refused(settings.build, nodes, results.rows, compiled)
    results.defects = defects_refused(settings.build, nodes, results.rows, compiled)
    if results.rows_to_blame():
        said = " ".join(results.errors)
        results.empty = reports_without(settings.build, nodes, results.failing(), said, compiled)
        later = heard_before_its_turn(night) if settings.tolerance and results.tests_only() else []
        night.accuse(run, [*results.complaints(), *later])


def warehouse_assets(path: Path, project: Path) -> dg.AssetsDefinition:
    """Every model and seed of the dbt ``project`` whose manifest is at ``path``."""
    manifest = orjson.loads(path.read_bytes())

    @dbt_assets(manifest=manifest, name="dbt_build", dagster_dbt_translator=Layers(project))
    def dbt_build(context: dg.AssetExecutionContext, night: Night) -> Iterator[Any]:
        results = DbtResults()
        build = night.settings.build
        with night.journal.step("dbt build") as step:
            if stood := not refusal_by_dbt(build).exists():
                refuse_by_dbt(build)  # a run of this step only: a kill in its middle is no build either
            invocation = start(context, night.settings, manifest)
            warm_audit()
            try:
                yield from follow(invocation, results, night.settings.build)
            finally:
                stop(
                    invocation.process, PATIENCE
                )  # a night that was asked to stop: its dbt would hold the build
            if results.succeeded:
                write_comments(night.settings.build, manifest)
                if stood or not context.is_subset:
                    forget_refusal_by_dbt(build)
            step.rows, step.detail = len(results.finished), results.summary()
        if not results.succeeded:
            with contextlib.suppress(OSError):  # a disk that is full now: what loading noted stands
                refuse_by_dbt(night.settings.build, results.complaint())
            blame(night, context.run_id, results, manifest["nodes"])
            raise dg.Failure(description=results.complaint(), allow_retries=False)

    return dbt_build
