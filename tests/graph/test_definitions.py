"""The graph of a night, as Dagster sees it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from orchestration.building.verdict import NOT_BUILT, refusal_by_dbt, refuse_by_dbt, refuse_what_dbt_refused
from orchestration.dbt.manifest import FINGERPRINT, current_manifest, fingerprint
from orchestration.definitions import NIGHTLY, build_definitions
from orchestration.errors import NightError
from orchestration.extraction.reports import list_reports
from orchestration.graph import resources
from orchestration.graph.assets import dbt
from orchestration.settings import Settings, read_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation of its own whose project was parsed: the module of the definitions has done so."""
    settings = read_settings({"OBSERVATOIRE_WAREHOUSE": str(tmp_path_factory.mktemp("warehouse"))})
    parsed = current_manifest(read_settings({}))
    settings.target.mkdir(parents=True)
    for path in (parsed, parsed.with_name(FINGERPRINT)):
        shutil.copy(path, settings.target)
    return settings


@pytest.fixture(scope="module")
def definitions(settings: Settings) -> dg.Definitions:
    return build_definitions(settings)


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> dg.AssetGraph:
    return definitions.resolve_asset_graph()


def key(path: str) -> dg.AssetKey:
    return dg.AssetKey(path.split("/"))


def test_every_report_is_an_asset_that_the_raw_tables_wait_for(
    graph: dg.AssetGraph, settings: Settings
) -> None:
    reports = {key(f"extraction/{report.code}") for report in list_reports(settings.raw)}
    assert len(reports) == 5
    assert graph.get(key("raw/nombre")).parent_keys == reports


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        ("staging/stg_nombre", "raw/nombre"),
        ("audit/validation", "marts/fct_observation"),
        ("audit/validation", "marts/fct_controle"),
        ("publication/site", "audit/validation"),
        ("publication/observatoire", "audit/validation"),
        ("publication/observatoire", "publication/site"),
    ],
)
def test_what_waits_for_what(graph: dg.AssetGraph, child: str, parent: str) -> None:
    assert key(parent) in graph.get(key(child)).parent_keys


def test_everything_that_is_published_was_audited(graph: dg.AssetGraph) -> None:
    """The audit waits for every dbt model, and only the audited build and its pages are published."""
    models = {
        asset
        for asset in graph.get_all_asset_keys()
        if asset.path[0] in ("staging", "intermediate", "marts", "audit")
    }
    assert models - {key("audit/validation")} == graph.get(key("audit/validation")).parent_keys
    assert graph.get(key("publication/observatoire")).parent_keys == {
        key("audit/validation"),
        key("publication/site"),
    }
    assert graph.get(key("publication/site")).parent_keys == {key("audit/validation")}


def test_the_marts_have_their_dbt_tests_as_checks(graph: dg.AssetGraph) -> None:
    tested = {check.asset_key.to_user_string() for check in graph.asset_check_keys}
    assert {"marts/fct_observation", "audit/validation"} <= tested


def test_the_nightly_job_runs_everything_at_two_in_paris(
    definitions: dg.Definitions, graph: dg.AssetGraph
) -> None:
    job = definitions.resolve_job_def(NIGHTLY)
    assert job.asset_layer.executable_asset_keys == graph.executable_asset_keys
    (schedule,) = definitions.schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Europe/Paris")


def test_volume_and_freshness_are_checks_where_an_engineer_looks(
    definitions: dg.Definitions, graph: dg.AssetGraph, settings: Settings
) -> None:
    reports = {
        dg.AssetCheckKey(key(f"extraction/{report.code}"), "fresh") for report in list_reports(settings.raw)
    }
    volume, freshness = (
        dg.AssetCheckKey(key("audit/validation"), "volume"),
        dg.AssetCheckKey(key("publication/observatoire"), "freshness"),
    )
    assert reports | {volume, freshness} <= graph.asset_check_keys
    nightly = definitions.resolve_job_def(NIGHTLY).asset_layer.asset_graph.asset_check_keys
    assert reports | {volume} <= nightly
    assert freshness not in nightly  # a night that fails must not hide the verdict of the watch
    assert graph.get(volume).blocking
    assert not graph.get(freshness).blocking
    (watch,) = (sensor for sensor in definitions.sensors or [] if sensor.name == "watch")
    assert watch.default_status == dg.DefaultSensorStatus.RUNNING


def test_there_are_few_groups_and_everything_has_an_owner(graph: dg.AssetGraph) -> None:
    nodes = [graph.get(asset) for asset in graph.executable_asset_keys]
    assert {node.group_name for node in nodes} == {
        "reading",
        "members",
        "preparation",
        "marts",
        "views",
        "controls",
        "publication",
    }
    assert [node.key for node in nodes if not node.owners] == []


@pytest.mark.parametrize(
    ("asset", "file"),
    [
        ("extraction/cpam_var_2021", "template.yml"),
        ("marts/fct_observation", "fct_observation.sql"),
        ("seeds/risques", "risques.csv"),
    ],
)
def test_an_asset_leads_to_the_file_that_decides_it(graph: dg.AssetGraph, asset: str, file: str) -> None:
    (found,) = [
        node
        for node in map(graph.get, graph.executable_asset_keys)
        if node.key.path[-1] == asset.split("/")[1]
    ]
    (reference,) = found.metadata["dagster/code_references"].code_references
    assert Path(reference.file_path).name == file
    assert Path(reference.file_path).is_file()


@pytest.mark.parametrize(
    "chosen", ["raw/nombre", "extraction/cpam_var_2021", "marts/fct_observation", "publication/observatoire"]
)
def test_one_asset_can_be_run_alone(definitions: dg.Definitions, chosen: str) -> None:
    job = definitions.resolve_implicit_global_asset_job_def().get_subset(asset_selection={key(chosen)})
    assert key(chosen) in job.asset_layer.selected_asset_keys


GONE = {
    "OBSERVATOIRE_DOCUMENTS": "/gone",
    "OBSERVATOIRE_CRON": "garbage",
    "OBSERVATOIRE_TOLERANCE": "all",
    "OBSERVATOIRE_RAW": "/gone",
}


def test_the_schedule_and_the_alarm_live_whatever_is_wrong(settings: Settings) -> None:
    """A share that is gone, a setting that cannot be taken, declarations that cannot be listed: a night tells
    them, once it is started.
    """
    wrong = read_settings({**GONE, "OBSERVATOIRE_WAREHOUSE": str(settings.warehouse)})
    definitions = build_definitions(wrong)
    (schedule,) = definitions.schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert schedule.cron_schedule == "0 2 * * *"
    assert "OBSERVATOIRE_CRON is 'garbage'" in (schedule.description or "")
    assert {sensor.name for sensor in definitions.sensors or []} == {"documents", "alarm", "watch"}
    assert key("extraction/comparison") in definitions.resolve_asset_graph().get_all_asset_keys()


def test_one_process_runs_a_night(definitions: dg.Definitions) -> None:
    assert definitions.executor is dg.in_process_executor
    assert definitions.resolve_job_def(NIGHTLY).executor_def is dg.in_process_executor


def test_the_manifest_is_parsed_again_only_when_the_project_has_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = current_manifest(settings)
    monkeypatch.setattr("orchestration.dbt.manifest.run_dbt", lambda *_: pytest.fail("parsed again"))
    assert current_manifest(settings) == path


def test_the_fingerprint_is_that_of_the_contents_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.sql").write_text("select 1", encoding="utf-8")
    first = fingerprint(tmp_path)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / ".user.yml").write_text("x", encoding="utf-8")
    assert fingerprint(tmp_path) == first
    (tmp_path / "models" / "a.sql").write_text("select 2", encoding="utf-8")
    assert fingerprint(tmp_path) != first
    copy = shutil.copytree(tmp_path, tmp_path.with_name("copy"))
    assert fingerprint(copy) != fingerprint(tmp_path), "what was parsed there names the old place"


WHOLE, ONE_MODEL = None, ["marts/dim_risque"]


@pytest.mark.parametrize(
    ("chosen", "refused_before", "ends", "refused_after"),
    [
        (WHOLE, False, "well", False),
        (WHOLE, True, "well", False),
        (WHOLE, False, "killed", True),
        (WHOLE, False, "refused", True),
        (ONE_MODEL, False, "well", False),
        (ONE_MODEL, True, "well", True),
        (ONE_MODEL, False, "killed", True),
        (ONE_MODEL, False, "refused", True),
    ],
)
def test_a_build_that_dbt_has_not_ended_is_not_audited_whoever_asked_for_dbt(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    chosen: list[str] | None,
    refused_before: bool,
    ends: str,
    refused_after: bool,
) -> None:
    """dbt alone, or one model, after a night whose build stands: what a kill in its middle leaves is half of
    another build. A single model takes back what it noted itself, never what was refused before it.
    """
    own = read_settings({"OBSERVATOIRE_WAREHOUSE": str(tmp_path)})
    own.private.mkdir(parents=True)
    if refused_before:
        refuse_by_dbt(own.build)

    def work(_: object, results: dbt.DbtResults, build: Path) -> Iterator[dg.Output[None]]:
        with pytest.raises(NightError, match="is not audited: "):
            refuse_what_dbt_refused(build)
        if ends == "killed":
            raise KeyboardInterrupt
        results.succeeded = ends == "well"
        yield from ()

    for name, value in {
        "follow": work,
        "start": lambda *_: SimpleNamespace(process=None),
        "stop": lambda *_: None,
        "warm_audit": lambda: None,
        "write_comments": lambda *_: None,
        "blame": lambda *_: None,
    }.items():
        monkeypatch.setattr(dbt, name, value)
    monkeypatch.setattr(resources, "read_settings", lambda: own)
    assets = dbt.warehouse_assets(settings.target / "manifest.json", settings.dbt_project)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [assets],
            instance=instance,
            resources={"night": resources.Night()},
            selection=None if chosen is None else [key(path) for path in chosen],
            raise_on_error=False,
        )
    assert result.success is (ends == "well")
    assert refusal_by_dbt(own.build).exists() is refused_after
    if ends == "killed":
        assert NOT_BUILT in refusal_by_dbt(own.build).read_text()
