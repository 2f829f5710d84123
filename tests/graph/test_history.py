"""The storage of the history asks once for what never changes."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.graph.checks.freshness import fresh_result, fresh_spec, told_at_once
from orchestration.graph.dagster_internals import SqliteEventLogStorage
from orchestration.graph.history import SteadyEventLog


def test_a_table_that_was_found_is_not_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    there = {"event_logs"}

    def has_table(self: SteadyEventLog, name: str) -> bool:
        asked.append(name)
        return name in there

    monkeypatch.setattr(SqliteEventLogStorage, "has_table", has_table)
    log = SteadyEventLog(str(tmp_path))
    del asked[:]
    assert [log.has_table("event_logs"), log.has_table("event_logs"), log.has_table("later")] == [
        True,
        True,
        False,
    ]
    there.add("later")
    assert log.has_table("later")
    assert asked == ["event_logs", "later", "later"]
    log.dispose()


KEYS = [dg.AssetKey(["extraction", name]) for name in ("un", "deux")]


@dg.multi_asset(
    specs=[dg.AssetSpec(key) for key in KEYS], check_specs=[fresh_spec(key) for key in KEYS], can_subset=True
)
def reports(
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult | dg.Output[None] | dg.AssetCheckEvaluation]:
    for rank, key in enumerate(KEYS):
        yield dg.MaterializeResult(asset_key=key)
        yield from told_at_once(context, fresh_result(key, "old" if rank else "", None))


@pytest.mark.parametrize(("steady", "checked"), [(True, True), (False, True), (True, False)])
def test_a_verdict_is_told_of_what_was_just_materialized(tmp_path: Path, steady: bool, checked: bool) -> None:
    storage = {"module": "orchestration.graph.history", "class": "SteadyEventLog"}
    overrides = {"event_log_storage": {**storage, "config": {"base_dir": str(tmp_path / "runs")}}}
    assets = dg.AssetSelection.assets(*KEYS)
    selection = assets if checked else assets.without_checks()
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides if steady else {}) as instance:
        for _ in range(2):
            assert dg.materialize([reports], instance=instance, selection=selection).success
            told = [
                instance.get_latest_asset_check_evaluation_record(dg.AssetCheckKey(key, "fresh"))
                for key in KEYS
            ]
            shown = [record.evaluation for record in told if record and record.evaluation]
            stored = [instance.fetch_materializations(key, limit=1).records[0].storage_id for key in KEYS]
            assert [(_target(one), one.passed, one.severity.value) for one in shown] == (
                [(stored[0], True, "ERROR"), (stored[1], False, "WARN")] if checked else []
            )


def _target(verdict: dg.AssetCheckEvaluation) -> int | None:
    target = verdict.target_materialization_data
    return target.storage_id if target else None
