"""The names of Dagster that its makers call private, in one place, each with why this house needs it.

Dagster is pinned; ``tests/graph/test_dagster_internals.py`` says at an upgrade which of them changed. All
else in this room asks here. Does not belong here: what these names are used for.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Set
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, wraps
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from importlib.util import find_spec, module_from_spec
from types import ModuleType

from dagster import AssetKey, AssetsDefinition, DagsterInstance
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as CheckedMaterialization,
)
from dagster._core.definitions.run_status_sensor_definition import RunStatusSensorCursor
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition as UnresolvedJob,
)
from dagster._core.execution.context.system import StepExecutionContext
from dagster._core.scheduler.instigation import InstigatorState, SensorInstigatorData
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.runs import SqlRunStorage
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable
from dagster._core.storage.schedules.schema import JobTickTable
from dagster._core.storage.schedules.sql_schedule_storage import SqlScheduleStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData, serialize_value
from dagster._utils.error import SerializableErrorInfo
from packaging.version import Version

__all__ = [
    "INDEX_SHARD_NAME",  # history: the database of all runs
    "SQLITE_BUSY_TIMEOUT_SECONDS",  # history: how long a writer waits
    "CheckedMaterialization",  # freshness: a verdict without a run says of which materialization it speaks
    "ConfigurableClassData",  # history: how dagster.yaml makes a storage
    "InstigatorState",  # daemon: what is remembered of a schedule or a sensor
    "RunStatusSensorCursor",  # daemon: the last event that a sensor of runs heard
    "SensorInstigatorData",  # daemon: what is remembered of a sensor
    "SerializableErrorInfo",  # night: the error of a step, for the diagnosis
    "SqliteEventLogStorage",  # history: the storage that keeps its engines
    "UnresolvedJob",  # sensors: the type of a job before its assets are known
    "ask_outputs_once",
    "daemons_healthy",
    "dbt_version",
    "run_daemon",
    "tags_removed",
    "ticks_forgotten",
    "without_dbt",
]


#: Seconds without a word (one comes every thirty) after which a daemon is taken for dead; Dagster waits for
#: half an hour.
SILENT = 300.0


@contextmanager
def without_dbt() -> Iterator[None]:
    """Import parts of dagster-dbt as where dbt is not installed, which it supports: it then imports nothing
    of it. What chooses all nodes, as here, needs none of them.

    Nor runs the first file of the package, which imports a client of dbt's hosted service and a second way to
    declare assets. Half of a night's start would be both, in a process that never calls dbt
    (``orchestration.dbt`` runs it in one of its own).
    """
    package = sys.modules.get("dagster_dbt") or module_from_spec(_spec("dagster_dbt"))
    with _hidden("dbt.version", None), _hidden("dagster_dbt", package):
        yield


def ask_outputs_once() -> None:
    """Let a step be asked once which assets its outputs are. Dagster asks at each output, for each output,
    and lists all of them to answer: the cube of the number of reports, most of a night of two thousand.
    """
    asked = StepExecutionContext.get_output_asset_keys
    if hasattr(asked, "__wrapped__"):
        return

    @wraps(asked)
    def once(step: StepExecutionContext) -> Set[AssetKey]:
        if "_asked_outputs" not in vars(step):
            vars(step)["_asked_outputs"] = asked(step)
        return vars(step)["_asked_outputs"]  # type: ignore[no-any-return]

    listed = cached_property(lambda assets: frozenset(assets.keys) | frozenset(assets.check_keys))
    listed.__set_name__(AssetsDefinition, "asset_and_check_keys")
    StepExecutionContext.get_output_asset_keys = once  # type: ignore[assignment, method-assign]
    AssetsDefinition.asset_and_check_keys = listed  # type: ignore[assignment, method-assign]


def _spec(name: str) -> ModuleSpec:
    found = find_spec(name)
    assert found is not None  # declared in pyproject.toml
    return found


@contextmanager
def _hidden(name: str, instead: ModuleType | None) -> Iterator[None]:
    """Let Python find something else instead of a module; nothing is a module that cannot be imported."""
    known = sys.modules.get(name)
    sys.modules[name] = instead  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
        if known is not None:
            sys.modules[name] = known


def daemons_healthy(instance: DagsterInstance) -> bool:
    """Whether every daemon of ``instance`` ticks."""
    from dagster._daemon.controller import all_daemons_healthy  # only the doctor asks, and it takes long

    return all_daemons_healthy(instance, heartbeat_tolerance_seconds=SILENT)


def run_daemon() -> None:
    """Run the daemon in this process until it is stopped; its arguments are those of the process."""
    from dagster._daemon.cli import main  # only the daemon asks, and it takes long

    main()


def ticks_forgotten(instance: DagsterInstance, after: datetime) -> int:
    """Remove the ticks of schedules and sensors that are dated ``after`` a moment; how many there were."""
    storage = instance.schedule_storage
    if not isinstance(storage, SqlScheduleStorage):
        return 0
    moment = after.astimezone(UTC).replace(tzinfo=None)
    with storage.connect() as connection:
        return int(
            connection.execute(JobTickTable.delete().where(JobTickTable.c.timestamp > moment)).rowcount
        )


def tags_removed(instance: DagsterInstance, run_id: str, names: Collection[str]) -> None:
    """Remove tags of a run; Dagster itself only adds them."""
    storage, run = instance.run_storage, instance.get_run_by_id(run_id)
    if run is None or not isinstance(storage, SqlRunStorage):
        return
    body = serialize_value(run.with_tags({n: value for n, value in run.tags.items() if n not in names}))
    own = RunTagsTable.c.run_id == run_id
    with storage.connect() as connection:
        connection.execute(RunsTable.update().where(RunsTable.c.run_id == run_id).values(run_body=body))
        connection.execute(RunTagsTable.delete().where(own & RunTagsTable.c.key.in_(names)))


def dbt_version() -> Version:
    """The version of the dbt that the invocations belong to."""
    return Version(version("dbt-core"))
