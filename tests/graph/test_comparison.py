"""The first step of a night under Dagster: where nothing changed, nothing else runs, whoever started it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from orchestration.building.published import Published
from orchestration.graph import resources
from orchestration.graph.assets import comparison
from orchestration.graph.assets.comparison import COMPARISON_KEY, comparison_asset
from orchestration.graph.night import UnchangedState
from orchestration.graph.resources import Night
from orchestration.settings import Settings, read_settings

#: The instance of the module: Dagster keeps only a weak reference to it.
KEPT: list[dg.DagsterInstance] = []


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation whose published state is that of the day, unless a night in full is asked for."""
    settings = read_settings({}, tmp_path)
    monkeypatch.setattr(resources, "read_settings", lambda: settings)
    monkeypatch.setattr(
        comparison, "without_work", lambda seen: None if seen.full else UnchangedState(Published())
    )
    return settings


@pytest.fixture(scope="module", autouse=True)
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        KEPT.append(instance)
        yield instance
        KEPT.clear()


def run(
    selection: list[dg.AssetKey] | None = None, refusal: str = "", **tags: str
) -> dg.ExecuteInProcessResult:
    """A night of three steps: the comparison, one that reads, one that publishes."""

    @dg.asset(deps=[COMPARISON_KEY])
    def read(night: Night) -> None: ...

    @dg.asset(deps=[read], check_specs=[dg.AssetCheckSpec("good", asset="published")])
    def published() -> dg.MaterializeResult:
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])

    job = dg.define_asset_job("nightly", executor_def=dg.in_process_executor)
    defs = dg.Definitions(
        [comparison_asset(refusal), read, published], jobs=[job], resources={"night": Night()}
    )
    return defs.resolve_job_def("nightly").execute_in_process(
        instance=KEPT[0], asset_selection=selection, tags=tags, raise_on_error=False
    )


def done(result: dg.ExecuteInProcessResult) -> list[str]:
    return [event.materialization.asset_key.path[-1] for event in result.get_asset_materialization_events()]


def test_a_night_without_work_ends_with_its_first_step(settings: Settings) -> None:
    result = run()
    assert result.success
    assert done(result) == []
    assert [event.step_key for event in result.all_events if event.is_step_skipped] == ["read", "published"]


@pytest.mark.parametrize("repeats", [True, False])
def test_a_run_that_repeats_another_does_not_show_why_that_one_failed(
    settings: Settings, repeats: bool
) -> None:
    of_another = dict.fromkeys(("diagnosis", "reports", "lines", "failing", "ended", "launched_by"), "x")
    own = {"full": "true"}
    if repeats:
        own |= {f"dagster/{name}_run_id": "0" for name in ("parent", "root")}
    done = KEPT[0].get_run_by_id(run(None, "", **of_another, **own).run_id)
    assert done is not None and done.status == dg.DagsterRunStatus.SUCCESS
    shown = {name: value for name, value in done.tags.items() if not name.startswith(".dagster/")}
    assert shown == (own if repeats else of_another | own)
    listed = [each.run_id for each in KEPT[0].get_runs(dg.RunsFilter(tags={"launched_by": "x"}))]
    assert (done.run_id in listed) is not repeats


@pytest.mark.parametrize("selection", [["read"], ["published"], ["read", "published"]])
def test_chosen_steps_do_their_work(settings: Settings, selection: list[str]) -> None:
    assert done(run([dg.AssetKey(name) for name in selection])) == selection


@pytest.mark.parametrize(
    ("tag", "works"),
    [("true", True), ("1", True), ("oui", True), ("false", False), ("", False), ("0", False)],
)
def test_a_run_tagged_full_does_its_work(settings: Settings, tag: str, works: bool) -> None:
    assert done(run(full=tag)) == (["comparison", "read", "published"] if works else [])


def test_an_installation_that_is_told_to_work_in_full_does(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "read_settings", lambda: replace(settings, full=True))
    assert done(run()) == ["comparison", "read", "published"]


def test_reports_that_cannot_be_listed_stop_the_first_step_with_their_sentence(settings: Settings) -> None:
    result = run(refusal="cpam_x: report.yml declares code 'y'")
    (failed,) = result.get_step_failure_events()
    assert failed.step_failure_data.user_failure_data is not None
    assert failed.step_failure_data.user_failure_data.description == "cpam_x: report.yml declares code 'y'"


@pytest.mark.parametrize("variable", ["OBSERVATOIRE_TOLERANCE", "OBSERVATOIRE_VOLUME", "OBSERVATOIRE_KEPT"])
def test_a_wrong_setting_stops_every_run_with_its_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setattr(resources, "read_settings", lambda: read_settings({variable: "wrong"}, settings.root))
    result = run([dg.AssetKey("read")])
    assert not result.success
    assert f"{variable} is 'wrong'" in str(result.all_events)
