"""Freshness as Dagster shows it: the check of the nights, the watch that turns it without a run, the check of
each report.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from orchestration.building.published import Published
from orchestration.graph import night, sensors
from orchestration.graph.assets.publication import PUBLICATION_KEY
from orchestration.graph.checks.freshness import FRESHNESS, fresh_result, freshness_check, report_freshness
from orchestration.graph.sensors import tell_turn, watch_sensor
from orchestration.publication.freshness import PUBLISHED, UNCHANGED, Freshness, confirm, judge_freshness
from orchestration.publication.publish import current_release, publish
from orchestration.publication.retention import roll_back
from orchestration.settings import Settings, read_settings
from tests.publication.tiny_build import write_build

KEY = dg.AssetCheckKey(PUBLICATION_KEY, FRESHNESS)
NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = read_settings({}, tmp_path)
    for number in (1, 2):
        build = write_build(tmp_path / str(number) / "observatoire.duckdb")
        publish(build, settings.warehouse, f"{number:06d}-{NOW - timedelta(days=9 - number):%Y%m%dT%H%M%SZ}")
    settings.private.mkdir()
    return settings


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subjects of what people were told."""
    subjects: list[str] = []
    monkeypatch.setattr(sensors, "notify", lambda subject, _: subjects.append(subject))
    return subjects


class Watch:
    """Successive looks at one installation, as the daemon makes them."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings, self.instance = settings, instance
        self.cursor: str | None = None

    def __call__(self) -> str:
        sensor = watch_sensor(PUBLICATION_KEY, self.settings)
        with dg.build_sensor_context(instance=self.instance, cursor=self.cursor) as context:
            result = sensor.evaluate_tick(context)
        self.cursor = result.cursor
        assert not result.run_requests
        return result.skip_message or ""

    def shown(self) -> list[bool]:
        """The verdicts in the history, the oldest first."""
        records = self.instance.event_log_storage.get_asset_check_execution_history(KEY, limit=100)
        return [record.status.value == "SUCCEEDED" for record in reversed(records)]


def test_the_watch_turns_the_check_and_tells_each_turn_once(settings: Settings, told: list[str]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        watch = Watch(settings, instance)
        confirm(settings, PUBLISHED, NOW)
        assert "the next night has until" in watch()
        watch()
        assert (watch.shown(), told) == ([True], [])
        confirm(settings, PUBLISHED, NOW - timedelta(days=3))
        assert "should have confirmed it" in watch()
        watch()
        assert (watch.shown(), told) == ([True, False], ["Observatoire: no night confirms what readers have"])
        confirm(settings, UNCHANGED, NOW)
        assert "nothing changed" in watch()
        watch()
        assert (watch.shown(), told[1:]) == ([True, False, True], ["Observatoire: fresh again"])


def test_a_state_given_back_turns_the_check(settings: Settings, told: list[str]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        watch = Watch(settings, instance)
        confirm(settings, PUBLISHED, NOW)
        watch()
        roll_back(settings.warehouse)
        assert "given back" in watch()
        assert (watch.shown(), len(told)) == ([True, False], 1)


def test_a_night_that_confirmed_by_itself_is_not_shown_twice(settings: Settings) -> None:
    confirm(settings, PUBLISHED, NOW)
    with dg.DagsterInstance.ephemeral() as instance:
        seen = judge_freshness(settings, NOW)
        assert report_freshness(instance, PUBLICATION_KEY, seen)
        assert not report_freshness(instance, PUBLICATION_KEY, seen)
        confirm(settings, UNCHANGED, NOW)
        assert report_freshness(instance, PUBLICATION_KEY, judge_freshness(settings, NOW))
        record = instance.get_latest_asset_check_evaluation_record(KEY)
        assert record is not None
        assert record.evaluation is not None
        assert record.evaluation.metadata["how"].value == UNCHANGED


def test_a_verdict_is_about_the_last_materialization_or_the_ui_would_hide_it(settings: Settings) -> None:
    @dg.asset(key=PUBLICATION_KEY)
    def publication() -> None: ...

    confirm(settings, PUBLISHED, NOW)
    seen = judge_freshness(settings, NOW)
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            dg.materialize([publication], instance=instance)
            assert report_freshness(instance, PUBLICATION_KEY, seen)
            assert not report_freshness(instance, PUBLICATION_KEY, seen)
            record = instance.get_latest_asset_check_evaluation_record(KEY)
            assert record is not None
            assert record.evaluation is not None
            (last,) = instance.fetch_materializations(PUBLICATION_KEY, limit=1).records
            target = record.evaluation.target_materialization_data
            assert target is not None
            assert target.storage_id == last.storage_id


@pytest.mark.parametrize(
    ("fresh", "before", "confirmed", "verdict", "tells"),
    [
        (True, None, True, "fresh", False),
        (False, None, True, "late", True),
        (False, None, False, "late", False),
        (False, "fresh", False, "late", True),
        (False, "late", True, "late", False),
        (True, "late", True, "fresh", True),
        (True, "fresh", True, "fresh", False),
    ],
)
def test_only_a_turn_is_told(
    told: list[str],
    settings: Settings,
    fresh: bool,
    before: str | None,
    confirmed: bool,
    verdict: str,
    tells: bool,
) -> None:
    confirm(settings, PUBLISHED, NOW)
    known = judge_freshness(settings, NOW).confirmed if confirmed else None
    assert tell_turn(Freshness(fresh, "why", known), before) == verdict
    assert bool(told) is tells


def skip_of_the_schedule(settings: Settings, work: bool) -> None:
    schedule = sensors.nightly_schedule(dg.define_asset_job("nightly", selection="*"), settings)
    with dg.DagsterInstance.local_temp(str(settings.warehouse)) as instance:
        assert isinstance(
            schedule(dg.build_schedule_context(instance=instance)), dg.RunRequest if work else dg.SkipReason
        )


@pytest.mark.parametrize("work", [False, True], ids=["nothing to do", "work to do"])
def test_the_schedule_confirms_when_it_has_nothing_to_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, work: bool
) -> None:
    monkeypatch.setattr(
        sensors, "without_work", lambda _: None if work else night.UnchangedState(Published())
    )
    confirm(settings, PUBLISHED, NOW - timedelta(days=3))
    skip_of_the_schedule(settings, work)
    assert judge_freshness(settings, datetime.now(UTC)).fresh is not work


def test_the_command_line_confirms_when_it_finds_nothing_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night, "without_work", lambda _: night.UnchangedState(Published()))
    confirm(settings, PUBLISHED, NOW - timedelta(days=3))
    assert night.run_night(settings).unchanged
    seen = judge_freshness(settings, datetime.now(UTC))
    assert (seen.fresh, seen.confirmed and seen.confirmed.how) == (True, UNCHANGED)


@pytest.mark.parametrize("published", [True, False])
def test_a_request_to_stop_after_the_publication_refuses_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, published: bool
) -> None:
    before = current_release(settings.warehouse)

    def stopped(_: Settings) -> SimpleNamespace:
        if published:
            publish(tmp_build, settings.warehouse, "000003")
        return SimpleNamespace(success=False, all_events=[], run_id="a run")

    tmp_build = write_build(settings.root / "3" / "observatoire.duckdb")
    monkeypatch.setattr(night, "_attempts", stopped)
    monkeypatch.setattr(night, "refusals", lambda events: ["asked to stop"])
    monkeypatch.setattr(night, "_show", lambda run, diagnosis: None)
    monkeypatch.setattr(night, "without_work", lambda _: None)
    outcome = night.run_night(settings)
    assert (outcome.release, bool(outcome.refusals)) == (("000003", False) if published else (before, True))
    assert (settings.private / "diagnosis.txt").exists() is not published


def test_the_check_can_be_run_by_hand_and_belongs_to_no_night(settings: Settings) -> None:
    @dg.asset(key=PUBLICATION_KEY)
    def publication() -> None: ...

    check = freshness_check(PUBLICATION_KEY, settings)
    for at, passed in ((NOW, True), (NOW - timedelta(days=3), False)):
        confirm(settings, PUBLISHED, at)
        done = dg.materialize([publication, check], selection=dg.AssetSelection.checks(check))
        (evaluation,) = done.get_asset_check_evaluations()
        assert (evaluation.passed, evaluation.blocking) == (passed, False)


@pytest.mark.parametrize(
    ("reason", "since", "description"),
    [
        ("", NOW, None),
        (
            "line 3 is gone",
            datetime(2025, 6, 2, 0, 0, tzinfo=UTC),
            "stale since 2025-06-02 02:00 CEST: line 3 is gone",
        ),
        ("line 3 is gone", None, "stale: line 3 is gone"),
    ],
)
def test_a_stale_report_warns_with_its_reason_and_since_when(
    reason: str, since: datetime | None, description: str | None
) -> None:
    shown = fresh_result(dg.AssetKey(["extraction", "cpam_x_2021"]), reason, since)
    assert (shown.passed, shown.description) == (not reason, description)
    if reason:
        assert shown.severity == dg.AssetCheckSeverity.WARN
