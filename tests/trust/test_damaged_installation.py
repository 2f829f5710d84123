"""An installation that somebody, or a power cut, damaged: what a night mends by itself, what it tells, and
what the doctor sees.
"""

from __future__ import annotations

import errno
import io
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
import sqlalchemy.exc
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from orchestration.building.inputs import undeclared_documents
from orchestration.building.lock import only_night
from orchestration.building.tidying import clear_the_way, in_the_way
from orchestration.building.verdict import refusal_by_dbt
from orchestration.building.whole import write_whole
from orchestration.commands import doctor, nights
from orchestration.dbt import manifest
from orchestration.dbt.processes import stop
from orchestration.errors import Busy, NightError
from orchestration.extraction.errors import ExtractionError
from orchestration.graph import home, night
from orchestration.publication.publish import current_release, misplaced
from orchestration.publication.retention import list_releases, roll_back
from orchestration.settings import PROJECT_ROOT, Settings, read_settings
from orchestration.telling.diagnosis import explain_refusal
from tests.trust.tiny_night import run, settings_of, write_document


@pytest.fixture
def root(tmp_path: Path, first_night: Callable[[Path], Settings]) -> Path:
    first_night(tmp_path)
    return tmp_path


def file_in_place_of(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("garbage")


def folder_in_place_of(path: Path) -> None:
    path.unlink(missing_ok=True)
    (path / "garbage").mkdir(parents=True)


#: A number above those that Linux gives to processes.
NOBODY = 2**22 + 1

RUBBISH: dict[str, Callable[[Settings], object]] = {
    "a folder for the build": lambda s: folder_in_place_of(s.build),
    "a folder for its log": lambda s: folder_in_place_of(s.build.with_name(s.build.name + ".wal")),
    "a folder for the journal": lambda s: folder_in_place_of(s.private / "journal.jsonl"),
    "a folder for the diagnosis": lambda s: folder_in_place_of(s.private / "diagnosis.txt"),
    "a folder for what dbt refused": lambda s: folder_in_place_of(refusal_by_dbt(s.build)),
    "a file half written": lambda s: (s.private / f".failing.json.{NOBODY}").write_text("{"),
    "a file for the extracts": lambda s: file_in_place_of(s.staged),
    "a file among the extracts": lambda s: file_in_place_of(s.staged / "garbage"),
    "a file for the pages": lambda s: file_in_place_of(s.data_docs),
    "a file for the output of dbt": lambda s: file_in_place_of(s.target),
    "a folder for the manifest": lambda s: folder_in_place_of(s.target / "manifest.json"),
    "a folder for its mark": lambda s: folder_in_place_of(s.target / manifest.FINGERPRINT),
}


@pytest.mark.parametrize("spoil", RUBBISH.values(), ids=RUBBISH.keys())
def test_what_stands_in_the_way_of_a_night_is_removed_and_nothing_else(
    root: Path, spoil: Callable[[Settings], object]
) -> None:
    settings = settings_of(root)
    assert in_the_way(settings) == []
    spoil(settings)
    write_document(root, 0, 13)
    assert any("not of the kind" in finding.text for finding in doctor._leftovers(settings))
    clear_the_way(settings)
    assert in_the_way(settings) == []
    assert "published 000002" in run(settings)


def test_what_a_process_writes_at_this_moment_is_left_to_it(root: Path) -> None:
    settings = settings_of(root)
    for name in (f".failing.json.{os.getpid()}", f".of-somebody-else.{NOBODY}", ".failing.json", ".hidden"):
        (settings.private / name).write_text("{")
    assert in_the_way(settings) == []


LOST: dict[str, Callable[[Path], object]] = {
    "removed": lambda warehouse: (warehouse / "observatoire.duckdb").unlink(),
    "replaced by a copy": lambda warehouse: shutil.copy(
        _unlinked(warehouse / "observatoire.duckdb"), warehouse / "observatoire.duckdb"
    ),
    "a loop": lambda warehouse: os.symlink("parquet", _unlinked(warehouse / "parquet").parent / "parquet"),
    "leads elsewhere": lambda warehouse: _unlinked(warehouse / "parquet").symlink_to("/"),
}


def _unlinked(link: Path) -> Path:
    target = link.resolve()
    link.unlink()
    return target if target.is_file() else link


@pytest.mark.parametrize("lose", LOST.values(), ids=LOST.keys())
def test_a_night_without_work_gives_readers_their_names_back(
    root: Path, lose: Callable[[Path], None]
) -> None:
    settings = settings_of(root)
    lose(settings.warehouse)
    assert misplaced(settings.warehouse)
    assert any(
        finding.level == doctor.WRONG and "do not lead to release" in finding.text
        for finding in doctor._published(settings)
    )
    assert run(settings) == "nothing changed, 0 stale"
    assert misplaced(settings.warehouse) == []
    assert current_release(settings.warehouse) == "000001" + str(current_release(settings.warehouse))[6:]


def test_going_back_needs_no_current_link(root: Path) -> None:
    (root / "warehouse" / "current").unlink()
    assert roll_back(root / "warehouse").startswith("000001")


@pytest.mark.parametrize("content", ["", "{}", '{"nodes": '])
def test_a_manifest_that_is_not_what_dbt_wrote_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    settings, parsed = read_settings({}, tmp_path), []
    (tmp_path / "dbt_project").mkdir()
    settings.target.mkdir(parents=True)

    def parse(settings: Settings, *arguments: str) -> str:
        parsed.append(arguments)
        (settings.target / "manifest.json").write_text('{"nodes": {"model.x": {}}}')
        return ""

    monkeypatch.setattr(manifest, "run_dbt", parse)
    path = manifest.current_manifest(settings)
    manifest.current_manifest(settings)
    path.write_text('{"nodes": {"model.x": {}}, "metadata": "of a dbt build by hand"}')
    manifest.current_manifest(settings)
    assert parsed == [("parse",)]
    path.write_text(content)
    (settings.target / "partial_parse.msgpack").write_text("torn too")
    assert manifest.current_manifest(settings).read_text() == '{"nodes": {"model.x": {}}}'
    assert len(parsed) == 2
    assert not (settings.target / "partial_parse.msgpack").exists()


def test_processes_that_meet_at_a_fresh_clone_parse_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A UI and its daemon start together: one would read the half that the other has written."""
    settings, parsed = read_settings({}, tmp_path), []
    (tmp_path / "dbt_project").mkdir()
    met = threading.Barrier(4)

    def parse(settings: Settings, *_: str) -> str:
        parsed.append(1)
        for part in ('{"nodes": ', '{"model.x": {}}}'):
            with (settings.target / "manifest.json").open("a" if part != '{"nodes": ' else "w") as file:
                file.write(part)
            time.sleep(0.02)
        return ""

    def look(_: int) -> str:
        met.wait()
        return manifest.current_manifest(settings).read_text()

    monkeypatch.setattr(manifest, "run_dbt", parse)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(look, range(4))) == {'{"nodes": {"model.x": {}}}'}
    assert len(parsed) == 1


def test_what_was_parsed_in_another_place_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copied installation: dbt would read the seeds of the original, or miss them once that is gone."""
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "dbt_project").mkdir(parents=True)
    parsed: list[bool] = []

    def parse(settings: Settings, *_: str) -> str:
        settings.target.mkdir(exist_ok=True)
        parsed.append((settings.target / "partial_parse.msgpack").exists())
        for name in ("manifest.json", "partial_parse.msgpack"):
            (settings.target / name).write_text('{"nodes": {"model.x": {}}}')
        return ""

    monkeypatch.setattr(manifest, "run_dbt", parse)
    manifest.current_manifest(read_settings({}, here))
    shutil.copytree(here, there)
    for place in (here, there, there):
        manifest.current_manifest(read_settings({}, place))
    assert parsed == [False, False], "once in each place, and nothing kept of the first"


def sound(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "create table runs as select range as id from (with recursive r(range) as (select 1 union all "
            "select range + 1 from r where range < 5000) select * from r)"
        )
    connection.close()


def zeros_inside(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)


@pytest.mark.parametrize("name", home.DATABASES)
def test_a_history_that_is_no_database_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    for each in home.DATABASES:
        sound(tmp_path / "home" / each)
    assert home.damaged_databases(home.prepare_home(read_settings({}, tmp_path)), thoroughly=True) == []
    (tmp_path / "home" / name).write_text("garbage\n" * 100)
    home.prepare_home(read_settings({}, tmp_path))
    assert not (tmp_path / "home" / name).exists()
    assert (tmp_path / "home" / name.replace("/", ".damaged-1/", 1)).read_text().startswith("garbage")


def test_a_history_that_turns_out_damaged_on_the_way_is_set_aside_once(tmp_path: Path) -> None:
    attempts = []

    def attempt() -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise sqlalchemy.exc.DatabaseError(
                "select", {}, sqlite3.DatabaseError("database disk image is malformed")
            )
        return "done"

    for name in home.DATABASES:
        sound(tmp_path / name)
    zeros_inside(tmp_path / "history/runs/index.db")
    assert home.damaged_databases(tmp_path, thoroughly=True) == ["history/runs/index.db"]
    assert home.on_a_sound_history(tmp_path, attempt) == "done"
    assert (tmp_path / "history.damaged-1").is_dir()
    assert (tmp_path / "schedules").is_dir()


@pytest.mark.parametrize(
    ("reason", "room", "said"),
    [
        (
            "attempt to write a readonly database",
            True,
            "cannot be written .attempt to write a readonly",
        ),
        ("disk I/O error", True, "cannot be written .disk I/O error.: check its disk"),
        ("disk I/O error", False, "the disk is full .the history of runs in .*: disk I/O error.: make room"),
        ("database or disk is full", True, "the disk is full .the history of runs in "),
    ],
)
def test_a_history_that_cannot_be_written_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str, room: bool, said: str
) -> None:
    """SQLite says "disk I/O error" where a disk is full."""
    monkeypatch.setattr(home, "room_left", lambda _: room)

    def attempt() -> None:
        raise sqlalchemy.exc.OperationalError("insert", {}, sqlite3.OperationalError(reason))

    with pytest.raises(NightError, match=said):
        home.on_a_sound_history(tmp_path, attempt)


@pytest.mark.parametrize(
    ("blocks", "files", "free", "room"),
    [(10_000, 100, 5, True), (255, 100, 5, False), (10_000, 100, 0, False), (10_000, 0, 0, True)],
    ids=["room", "no room", "no file more", "a disk that counts no files"],
)
def test_a_disk_takes_another_file_where_it_has_blocks_and_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int, files: int, free: int, room: bool
) -> None:
    disk = SimpleNamespace(f_bavail=blocks, f_frsize=4096, f_files=files, f_favail=free)
    monkeypatch.setattr(home.os, "statvfs", lambda _: disk)
    assert home.room_left(tmp_path) is room


def test_a_small_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    """A full disk let an earlier version begin it anew and leave it empty."""
    path = tmp_path / "failing.json"
    write_whole(path, "before")
    size, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
        with pytest.raises(OSError, match="File too large"):
            write_whole(path, "after" * 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["failing.json"]


@pytest.mark.parametrize(
    "spoil", [folder_in_place_of, lambda path: path.write_bytes(b"torn" * 5000)], ids=["a folder", "torn"]
)
def test_a_diagnosis_does_without_a_build_that_cannot_be_opened(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / "observatoire.duckdb")
    assert explain_refusal(["x is wrong"], tmp_path / "observatoire.duckdb", "000001").startswith(
        "The night failed: x is wrong."
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            NightError("dbt parse failed: a model is broken"),
            "The night failed: dbt parse failed: a model is broken.",
        ),
        (KeyError("nodes"), "broke in a way that nobody foresaw (KeyError: 'nodes'); the trace is in"),
    ],
)
def test_what_fails_before_the_first_step_is_diagnosed_and_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(_: Settings) -> None:
        raise error

    told: list[str] = []
    monkeypatch.setattr(night, "_attempts", fail)
    monkeypatch.setattr("orchestration.telling.notification.notify", lambda subject, text: told.append(text))
    write_document(root, 0, 13)
    outcome = night.run_night(settings_of(root), io.StringIO())
    assert said in outcome.diagnosis
    assert outcome.refusals
    assert told == [outcome.diagnosis] == [(root / "warehouse/.build/diagnosis.txt").read_text().rstrip("\n")]
    assert (root / "warehouse/.build/trace.txt").exists() is isinstance(error, KeyError)


def test_a_lock_that_cannot_be_taken_is_told_without_what_an_earlier_night_left(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("orchestration.telling.notification.notify", lambda subject, text: told.append(text))
    (root / "warehouse/.build/journal.jsonl").write_text('{"name": "load", "start": "2021"}\ntorn')
    folder_in_place_of(root / "warehouse/.build/night.lock")
    outcome = night.run_night(settings_of(root), io.StringIO())
    assert (outcome.steps, outcome.build) == ([], None)
    assert "night.lock cannot be written" in told[0]
    assert "private build" not in told[0]


def test_what_a_night_keeps_for_itself_is_for_nobody_else(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused build says what was refused, and whoever may open the lock may hold it."""
    private = settings_of(root).private
    assert private.stat().st_mode & 0o777 == 0o700
    private.chmod(0o755)
    with only_night(private):
        assert private.stat().st_mode & 0o777 == 0o700
        assert (private / "night.lock").stat().st_mode & 0o077 == 0
    (root / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(root / "home"))
    (root / "home").mkdir(0o755)
    assert home.prepare_home(settings_of(root)).stat().st_mode & 0o777 == 0o700


def test_a_history_named_relative_to_the_project_is_found(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", "history")
    assert home.prepare_home(settings_of(root)) == root / "history"
    assert os.environ["DAGSTER_HOME"] == str(root / "history"), "for every process that is started"


@pytest.mark.parametrize(
    ("said", "level", "told"),
    [
        (
            "event_log_storage: {module: a.module.of.before, class: X, config: {}}\n",
            doctor.ODD,
            "another version",
        ),
        ("telemetry: {enabled: false}\n", doctor.ODD, "does not tick"),
    ],
)
def test_the_doctor_looks_at_an_installation_that_was_upgraded(
    root: Path, monkeypatch: pytest.MonkeyPatch, said: str, level: str, told: str
) -> None:
    """The configuration beside the history names what the version before had."""
    (root / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", "history")
    (home.prepare_home(settings_of(root)) / "dagster.yaml").write_text(said)
    (seen,) = doctor._daemon(settings_of(root))
    assert (seen.level, told in seen.text) == (level, True), seen


@pytest.mark.parametrize(
    ("alive", "level", "told"),
    [(True, doctor.GOOD, "one works at a time"), (False, doctor.ODD, "only the daemon begins them")],
)
def test_the_doctor_tells_the_runs_that_wait(
    root: Path, monkeypatch: pytest.MonkeyPatch, alive: bool, level: str, told: str
) -> None:
    """Launched in the UI while no daemon runs, a run waits without a word."""
    (root / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", "history")
    monkeypatch.setattr("orchestration.graph.dagster_internals.daemons_healthy", lambda _: alive)
    with dg.DagsterInstance.from_config(str(home.prepare_home(settings_of(root)))) as instance:
        job = RemoteJobOrigin(RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("x"), "r"), "nightly")
        for run_id in ("11111111", "22222222"):
            queued = dg.DagsterRunStatus.QUEUED
            instance.add_run(dg.DagsterRun("nightly", run_id, status=queued, remote_job_origin=job))
    seen = doctor._daemon(settings_of(root))
    waiting = [finding for finding in seen if "wait in the queue" in finding.text]
    (finding,) = waiting
    assert finding == doctor.HealthCheck(level, f"2 runs wait in the queue, the first is 11111111: {told}")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("", "a process that did not say its number"),
        ("4194999", "a process that did not"),
        (None, "process "),
    ],
)
def test_a_process_that_is_named_is_alive(root: Path, said: str | None, told: str) -> None:
    private = settings_of(root).private
    with only_night(private):
        if said is not None:
            (private / "night.lock").write_text(said)
        with (
            pytest.raises(Busy, match=told + (str(os.getpid()) if said is None else "")),
            only_night(private),
        ):
            pass


def test_since_when_nights_fail_is_told_until_one_confirms(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(root)
    told: list[str] = []
    monkeypatch.setattr("orchestration.telling.notification.notify", lambda subject, text: told.append(text))
    for _ in range(3):
        night.record_failure(settings, ["x is wrong"], None)
    assert "Nights fail since" not in told[0]
    assert "2 in a row" in told[1]
    assert "3 in a row" in told[2]
    assert run(settings) == "nothing changed, 0 stale"
    assert not (settings.private / "diagnosis.txt").exists(), "whichever way the success came"
    night.record_failure(settings, ["x is wrong"], None)
    assert "in a row" not in told[3]


def test_another_night_at_work_is_no_failure_to_tell(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("orchestration.telling.notification.notify", lambda subject, text: told.append(text))
    with only_night(settings_of(root).private), pytest.raises(Busy):
        night.run_night(settings_of(root), io.StringIO())
    assert told == []


def test_a_folder_under_a_published_name_leaves_no_release_behind(root: Path) -> None:
    folder_in_place_of(root / "warehouse" / "parquet")
    write_document(root, 0, 13)
    with pytest.raises(NightError, match="a folder that this project did not write"):
        run(settings_of(root))
    assert [path.name[:6] for path in (root / "warehouse" / "releases").iterdir()] == ["000001"]


def test_an_old_release_that_cannot_be_removed_does_not_fail_the_night(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = shutil.rmtree

    def rmtree(path: Path, ignore_errors: bool = False) -> None:
        if "releases" in str(path) and not ignore_errors:
            raise PermissionError(13, "Permission denied", str(path))
        if "releases" not in str(path):
            refused(path, ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", rmtree)
    settings = replace(settings_of(root), kept=2)
    for visits in (13, 14, 15):
        write_document(root, 0, visits)
        assert "published" in run(settings)
    assert current_release(settings.warehouse) == list_releases(settings.warehouse)[-1]
    assert len(list_releases(settings.warehouse)) == 2


def test_a_documents_folder_that_cannot_be_listed_only_hides_what_nobody_declared(tmp_path: Path) -> None:
    assert undeclared_documents(tmp_path / "gone", []) == []
    (tmp_path / os.fsdecode(b"\xff.pdf")).write_text("x")
    assert undeclared_documents(tmp_path, []) == [os.fsdecode(b"\xff.pdf")]


def test_a_name_that_is_not_utf_8_is_printed_all_the_same(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.pdf")).write_text("x")
    environment = {
        **os.environ,
        "OBSERVATOIRE_DOCUMENTS": str(tmp_path),
        "PYTHONIOENCODING": "utf-8:strict",
        "OBSERVATOIRE_WAREHOUSE": str(tmp_path / "w"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "orchestration", "doctor"],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "\\udcff.pdf is in the documents folder" in done.stdout
    assert "Traceback" not in done.stderr


def test_readers_can_enter_a_release_whatever_the_umask(root: Path) -> None:
    settings = settings_of(root)
    write_document(root, 0, 13)
    before = os.umask(0o077)
    try:
        run(settings)
    finally:
        os.umask(before)
    folders = [
        settings.warehouse / "releases",
        *(path for path in (settings.warehouse / "releases").rglob("*") if path.is_dir()),
    ]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o755}
    (settings.warehouse / "current" / "parquet").chmod(0o700)
    assert run(settings) == "nothing changed, 0 stale"
    assert (settings.warehouse / "current" / "parquet").stat().st_mode & 0o777 == 0o755


def test_a_tolerance_that_was_lowered_is_asked_again(root: Path) -> None:
    (root / "documents/cpam_x_2020.txt").write_text("rien\n")
    assert "1 stale" in run(settings_of(root, "0.4"))
    assert run(settings_of(root, "0.4")) == "nothing changed, 1 stale"
    with pytest.raises(ExtractionError, match="cpam_x_2020"):
        run(settings_of(root))


class Refusing(io.StringIO):
    """A log on a disk that has become full."""

    def close(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full_when_the_log_is_closed_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "open", lambda *_, **__: Refusing())
    with night._quiet(tmp_path / "night.log"):
        print("what dbt says")


@pytest.mark.parametrize(
    ("on_terminate", "ended_by"),
    [("signal.SIG_IGN", -signal.SIGKILL), ("signal.SIG_DFL", -signal.SIGTERM), ("lambda *_: exit(0)", 0)],
)
def test_a_night_asked_to_stop_lets_go_of_its_dbt(on_terminate: str, ended_by: int) -> None:
    program = (
        f"import signal, time; signal.signal(signal.SIGTERM, {on_terminate}); print('ready', "
        "flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        stop(process, 0.2 if ended_by == -signal.SIGKILL else 30)
        assert process.returncode == ended_by
        stop(process, 0)


def test_the_history_keeps_its_last_runs_only() -> None:
    @dg.op
    def nothing() -> None: ...

    @dg.job
    def job() -> None:
        nothing()

    with dg.DagsterInstance.local_temp() as instance:
        runs = [job.execute_in_process(instance=instance).run_id for _ in range(5)]
        unfinished = instance.create_run_for_job(job).run_id
        assert night.forget_old_runs(instance, kept=4, at_once=10) == [runs[1], runs[0]]
        assert {run.run_id for run in instance.get_runs()} == {*runs[2:], unfinished}
        assert night.forget_old_runs(instance, kept=4, at_once=10) == []
        assert night.forget_old_runs(instance, kept=0, at_once=2) == [runs[4]]


def test_the_history_keeps_no_more_than_its_bytes(tmp_path: Path) -> None:
    @dg.op
    def nothing() -> None: ...

    @dg.job
    def job() -> None:
        nothing()

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        runs = [job.execute_in_process(instance=instance).run_id for _ in range(4)]
        files = {run: tmp_path / "history" / "runs" / f"{run}.db" for run in runs}
        each = max(path.stat().st_size for path in files.values())
        assert night.forget_old_runs(instance, most_bytes=10 * each) == []
        assert night.forget_old_runs(instance, most_bytes=2 * each) == [runs[1], runs[0]]
        assert [run for run, path in files.items() if path.exists()] == runs[2:]
        assert night.forget_old_runs(instance, most_bytes=1) == [runs[2]]


def test_a_ui_that_cannot_begin_says_so_to_whoever_started_it(tmp_path: Path) -> None:
    with (
        pytest.raises(subprocess.TimeoutExpired),
        nights._stopped_at_the_end(
            [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path
        ) as process,
    ):
        process.wait(0.1)
    assert process.returncode == -signal.SIGTERM
    with nights._stopped_at_the_end([sys.executable, "-c", "exit(7)"], tmp_path) as process:
        assert process.wait() == 7


def test_a_night_started_in_the_background_can_still_be_stopped() -> None:
    """A script starts it with SIGINT ignored; after a run, Dagster gives both signals back as it found the
    first.
    """
    program = (
        "import signal, sys; from orchestration.commands import cli; from dagster._utils.interrupts import "
        "capture_interrupts\n"
        "def command(*_, **__):\n"
        "    with capture_interrupts(): pass\n"
        "    print(signal.getsignal(signal.SIGTERM) is signal.SIG_IGN)\n"
        "cli.cli.main = command; cli.main()"
    )
    command = ["env", "--ignore-signal=INT", sys.executable, "-c", program]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_doctor_tells_a_lock_that_cannot_be_taken_from_a_night_at_work(root: Path) -> None:
    settings = settings_of(root)
    with only_night(settings.private):
        assert [finding.level for finding in doctor._lock(settings)] == [doctor.ODD]
    assert [finding.level for finding in doctor._lock(settings)] == [doctor.GOOD]
    folder_in_place_of(settings.private / "night.lock")
    (finding,) = doctor._lock(settings)
    assert finding.level == doctor.WRONG
    assert "night.lock cannot be written" in finding.text


def test_the_doctor_sees_a_python_that_services_cannot_start(tmp_path: Path) -> None:
    program = tmp_path / "pyenv" / "bin" / "python3.11"
    program.parent.mkdir(parents=True)
    program.touch()
    for folder in program.parents:
        if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
            folder.chmod(0o755)
    assert doctor._closed_to_others(program) is None
    (tmp_path / "pyenv").chmod(0o700)
    assert doctor._closed_to_others(program) == tmp_path / "pyenv"


def test_the_doctor_of_a_clone_says_so_where_services_are_installed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "INSTALLED", root / "environment")
    assert list(doctor._place(settings_of(root))) == []
    (root / "environment").touch()
    (finding,) = doctor._place(settings_of(root))
    assert "run `sudo observatoire doctor`" in finding.text
    monkeypatch.setenv("OBSERVATOIRE_WAREHOUSE", str(root / "warehouse"))
    assert list(doctor._place(settings_of(root))) == []


def test_the_doctor_sees_a_folder_in_place_of_the_current_link(root: Path) -> None:
    folder_in_place_of(root / "warehouse" / "current")
    assert [finding.level for finding in doctor._published(settings_of(root))] == [doctor.WRONG]
