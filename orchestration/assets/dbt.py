"""The dbt models as assets, their tests as asset checks. One dbt process builds them all."""

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, DbtCliResource, dbt_assets
from dagster_dbt.compat import DBT_PYTHON_VERSION
from packaging.version import Version

from orchestration.assets.audit import warm_audit
from orchestration.assets.manifest import dbt_environment, dbt_executable
from orchestration.assets.night import Night
from orchestration.settings import Settings

progress = logging.getLogger("observatoire.night")


class LeanDbt(DbtCliResource):
    """dbt as a subprocess, without two seconds-long preparations that this project has no use for.

    The stock resource runs ``dbt --version`` (which asks the package registry) and builds a second adapter in this process
    (only for row counts and column metadata, which ``row_counts`` reads from the build itself). Both are private methods:
    the version of dagster-dbt is pinned, and a test counts the events that still arrive.
    """

    @cached_property
    def _cli_version(self) -> Version:
        assert DBT_PYTHON_VERSION is not None
        return DBT_PYTHON_VERSION

    def _initialize_dbt_core_adapter(self, args: object) -> None:  # type: ignore[override]
        return None


class Layers(DagsterDbtTranslator):
    """How dbt nodes are shown: keys from the schema, groups from the layer (and the subject inside the marts)."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders = dbt_resource_props["fqn"][1:-1]
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return "_".join(folders[:2]) if folders else None

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> None:
        return None


def dbt_resource(settings: Settings) -> LeanDbt:
    return LeanDbt(
        project_dir=str(settings.dbt_project),
        profiles_dir=str(settings.dbt_project),
        dbt_executable=dbt_executable(),
        global_config_flags=["--no-use-colors", "--no-write-json", "--log-level-file", "none"],
    )


@dataclass
class DbtResults:
    """What one dbt process told: the status of each node, its error messages, its exit status."""

    finished: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    succeeded: bool = False

    def failing(self) -> list[str]:
        return sorted(node for node, status in self.finished.items() if status in ("fail", "error", "runtime error"))

    def summary(self) -> str:
        tests = sum(node.startswith("test.") for node in self.finished)
        return f"{len(self.finished) - tests} models and seeds, {tests} tests, {len(self.failing())} failed"

    def complaint(self) -> str:
        """One paragraph: what failed, in dbt's words."""
        names = [node.split(".")[2] for node in self.failing()]
        told = "; ".join(dict.fromkeys(" ".join(error.split()) for error in self.errors))
        return f"dbt build failed at {', '.join(names) or 'start'}: {told[:2000]}"


def follow(invocation: DbtCliInvocation, results: DbtResults) -> Iterator[Any]:
    """The Dagster events of each node as it finishes, so that they are stored while dbt builds the next one.

    Fills ``results``; dbt's own log lines go to standard output.
    """
    for event in invocation.stream_raw_events():
        info, data = event.raw_event["info"], event.raw_event["data"]
        if info["level"] == "error":
            results.errors.append(info["msg"])
        if not event.is_result_event:
            continue
        node = data["node_info"]
        results.finished[node["unique_id"]] = node["node_status"].lower()
        progress.debug("dbt %s of %s: %s", data.get("index"), data.get("total"), node["node_name"])
        yield from event.to_default_asset_events(
            manifest=invocation.manifest,
            dagster_dbt_translator=invocation.dagster_dbt_translator,
            context=invocation.context,
            target_path=invocation.target_path,
        )
    results.succeeded = invocation.process.wait() == 0


def warehouse_assets(manifest: Path) -> dg.AssetsDefinition:
    """Every model and seed of the dbt project."""

    @dbt_assets(manifest=manifest, name="dbt_build", dagster_dbt_translator=Layers())
    def dbt_build(context: dg.AssetExecutionContext, dbt: LeanDbt, night: Night) -> Iterator[Any]:
        target, results = night.settings.dbt_project / "target", DbtResults()
        os.environ.update(dbt_environment(night.settings))
        with night.journal.step("dbt build") as step:
            invocation = dbt.cli(["build"], context=context, target_path=target, raise_on_error=False)
            warm_audit()
            yield from follow(invocation, results)
            step.rows, step.detail = len(results.finished), results.summary()
        if not results.succeeded:
            raise dg.Failure(description=results.complaint(), allow_retries=False)

    return dbt_build
