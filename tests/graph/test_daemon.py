"""A clock that was wrong for a moment: schedule, sensors and alarm go on when it is set right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_status_sensor_definition import RunStatusSensorCursor
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickData,
    TickStatus,
)

from orchestration.graph.daemon import forget_the_future, hear_again, set_back
from orchestration.graph.home import prepare_home
from orchestration.settings import PROJECT_ROOT, read_settings

NOW = datetime(2027, 11, 1, 1, tzinfo=UTC)
WRONG = datetime(2037, 1, 1, 1, tzinfo=UTC)


def origin(name: str) -> RemoteInstigatorOrigin:
    return RemoteInstigatorOrigin(RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("x"), "r"), name)


def cursor_of(at: datetime) -> str:
    """What the alarm remembers of the last event: its number decides what it hears next, no clock."""
    return RunStatusSensorCursor(1, record_timestamp=at.isoformat()).to_json()


def remember(instance: dg.DagsterInstance, name: str, at: datetime) -> None:
    """What schedule and sensors of one name keep of a tick."""
    cursor = cursor_of(at)
    for kind, data in (
        (InstigatorType.SCHEDULE, ScheduleInstigatorData("0 2 * * *", 1.0, at.timestamp())),
        (
            InstigatorType.SENSOR,
            SensorInstigatorData(at.timestamp(), cursor=cursor, last_tick_start_timestamp=at.timestamp()),
        ),
    ):
        own = origin(f"{name}_{kind.value}".lower())
        instance.add_instigator_state(InstigatorState(own, kind, InstigatorStatus.RUNNING, data))
        selector = own.get_selector().get_id()
        tick = TickData(own.get_id(), name, kind, TickStatus.SKIPPED, at.timestamp(), selector_id=selector)
        instance.create_tick(tick)


def remembered(instance: dg.DagsterInstance) -> dict[str, object]:
    return {
        state.instigator_name: (
            state.instigator_data,
            [tick.timestamp for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)],
        )
        for state in instance.all_instigator_state()
    }


def test_ticks_of_the_future_are_forgotten_and_those_of_now_are_kept(tmp_path: Path) -> None:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        remember(instance, "now", NOW + timedelta(minutes=2))
        before = remembered(instance)
        assert forget_the_future(instance, NOW) == 0
        assert remembered(instance) == before
        remember(instance, "wrong", WRONG)
        assert forget_the_future(instance, NOW) == 2
        after = remembered(instance)
        assert {name: after[name] for name in before} == before
        assert after["wrong_schedule"] == (ScheduleInstigatorData("0 2 * * *", 1.0, NOW.timestamp()), [])
        assert after["wrong_sensor"] == (
            SensorInstigatorData(
                NOW.timestamp(), cursor=cursor_of(WRONG), last_tick_start_timestamp=NOW.timestamp()
            ),
            [],
        )


def fail_one(instance: dg.DagsterInstance, job: dg.JobDefinition) -> str:
    run = instance.create_run_for_job(job)
    instance.report_run_failed(run)
    return run.run_id


def test_the_alarm_hears_what_fails_after_a_damaged_history_was_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    (tmp_path / "dagster.yaml").write_text((PROJECT_ROOT / "dagster.yaml").read_text())
    settings, heard = read_settings({}, tmp_path), []

    @dg.job(name="nightly")
    def nightly() -> None: ...

    @dg.run_failure_sensor(name="alarm", monitored_jobs=[nightly])
    def alarm(context: dg.RunFailureSensorContext) -> None:
        heard.append(context.dagster_run.run_id)

    def tick(instance: dg.DagsterInstance) -> None:
        """A tick as the daemon's: what it remembers is kept beside the history."""
        known = [s for s in instance.all_instigator_state() if s.instigator_name == "alarm"]
        before = known[0].instigator_data.cursor if known else None  # type: ignore[union-attr]
        with dg.build_sensor_context(
            instance, before, repository_def=dg.Definitions(jobs=[nightly]).get_repository_def()
        ) as context:
            cursor = alarm.evaluate_tick(context).cursor
        data = SensorInstigatorData(cursor=cursor)
        if known:
            instance.update_instigator_state(known[0].with_data(data))
        else:
            state = InstigatorState(origin("alarm"), InstigatorType.SENSOR, InstigatorStatus.RUNNING, data)
            instance.add_instigator_state(state)

    with dg.DagsterInstance.from_config(str(prepare_home(settings))) as instance:
        tick(instance)
        before = [fail_one(instance, nightly) for _ in range(4)]
        tick(instance)
        assert heard == before
        assert hear_again(instance) == [], "nothing began anew"
        tick(instance)
        assert heard == before
    (home / "history/runs/index.db").write_text("garbage\n" * 100)
    with dg.DagsterInstance.from_config(str(prepare_home(settings))) as instance:
        after = [fail_one(instance, nightly)]
        assert hear_again(instance) == ["alarm"]
        tick(instance)
        assert heard == before + after
        assert hear_again(instance) == []


@pytest.mark.parametrize(("seconds", "told"), [(0, False), (-60, False), (-3600, True), (86_400, False)])
def test_a_clock_that_is_corrected_by_seconds_or_set_forward_is_not_set_back(
    seconds: int, told: bool
) -> None:
    assert set_back(1_000_000.0, 1_000_000.0 + seconds) is told
