"""What starts a night: looks at a folder one by one, then a true daemon with a schedule of one minute."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest
from dagster._core.events import EngineEventData
from dagster._core.storage.runs.schema import RunsTable
from dagster._utils import get_run_crash_explanation
from dagster._utils.schedules import cron_string_iterator

from expectations.audit import ValidationOutcome
from orchestration.building import inputs
from orchestration.building.alive import Alive, look_at
from orchestration.building.checksums import write_checksums
from orchestration.building.inputs import all_inputs, declared_reports
from orchestration.building.journal import Journal, NightStep
from orchestration.building.lock import only_night
from orchestration.building.records import write_states
from orchestration.cron import next_tick
from orchestration.errors import Busy
from orchestration.extraction.documents import MAX_BYTES
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import list_reports, reports_to_read
from orchestration.graph import dead_runs, sensors
from orchestration.graph.assets import audit
from orchestration.graph.dead_runs import JUST_LAUNCHED, bury_when_idle
from orchestration.graph.night import DIAGNOSIS_TAG, last_build, refusals
from orchestration.graph.resources import WAITS
from orchestration.graph.sensors import evaluate, nightly_schedule
from orchestration.publication.freshness import DIAGNOSIS, FAILING, UNCHANGED, Confirmation
from orchestration.settings import EVERY_NIGHT, PROJECT_ROOT, TIME_ZONE, Settings, read_settings
from orchestration.telling import notification
from tests.publication.tiny_build import audited
from tests.trust.bounded import bounded

DECLARED = (
    "code: cpam_x_2021\ntitre: X\norganisme: cpam_x\nterritoire: dep_00\nperiode: 2021\ndocument: x.txt\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for folder in ("raw/cpam_x_2021", "documents", "warehouse"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "raw/cpam_x_2021/report.yml").write_text(DECLARED)
    return read_settings(
        {"OBSERVATOIRE_DOCUMENTS": str(tmp_path / "documents"), "OBSERVATOIRE_CRON": "* * * * *"}, tmp_path
    )


def publish_inputs(settings: Settings) -> None:
    """A published state that was read from the documents as they are."""
    settings.warehouse.joinpath("current").mkdir(exist_ok=True)
    held = settings.warehouse / "current" / settings.published.name
    held.unlink(missing_ok=True)
    duckdb.connect(str(held)).close()
    if not settings.published.is_symlink():
        settings.published.symlink_to(Path("current") / held.name)
    write_states(held, all_inputs(settings, declared_reports(settings.raw)), [])
    audited(held)
    (held.parent / "checksums.json").unlink(missing_ok=True)
    write_checksums(held.parent)


def published_before(settings: Settings, path: Path, look: Looks) -> str | None:
    """The last document is published, then it disappears."""
    path.write_text("13 visites")
    publish_inputs(settings)
    path.unlink()
    return look.cursor


class Looks:
    """Successive looks at one folder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cursor: str | None = None

    def __call__(self) -> str:
        result = evaluate(self.settings, ["x.txt"], self.cursor)
        self.keys = [request.run_key for request in result.run_requests or []]
        self.cursor = result.cursor or self.cursor
        return (
            "night"
            if result.run_requests
            else str(result.skip_reason.skip_message if result.skip_reason else "")
        )


def test_a_document_that_appears_changes_or_disappears_starts_one_night(settings: Settings) -> None:
    look, path = Looks(settings), settings.documents / "x.txt"
    publish_inputs(settings)
    assert "was read from these" in look()
    for change in (lambda: path.write_text("12 visites"), lambda: path.write_text("13 visites"), path.unlink):
        change()
        look.cursor = look.cursor if path.exists() else published_before(settings, path, look)
        assert "waiting until stable" in look()
        assert look() == "night"
        assert "nothing changed since" in look()


def test_a_document_being_copied_is_waited_for(settings: Settings) -> None:
    look, path = Looks(settings), settings.documents / "x.txt"
    publish_inputs(settings)
    look()
    for length in (1, 2, 3):
        path.write_text("12 visites\n" * length)
        assert "waiting until stable: x.txt" in look()
    assert look() == "night"


def test_a_rename_over_a_document_is_seen_whatever_the_clock_says(settings: Settings) -> None:
    look, path = Looks(settings), settings.documents / "x.txt"
    path.write_text("12 visites")
    publish_inputs(settings)
    look()
    assert "was read from these" in look()
    fresh = settings.documents / ".new"
    fresh.write_text("99 visites")
    os.utime(fresh, (0, 0))
    os.replace(fresh, path)
    look()
    assert look() == "night"


def test_touching_a_document_starts_nothing(settings: Settings) -> None:
    look, path = Looks(settings), settings.documents / "x.txt"
    path.write_text("12 visites")
    publish_inputs(settings)
    look()
    look()
    os.utime(path, (1, 1))
    look()
    assert look() != "night"


def test_a_broken_cursor_is_forgotten(settings: Settings) -> None:
    publish_inputs(settings)
    assert evaluate(settings, ["x.txt"], "{nonsense").skip_reason is not None


def put(path: Path, text: str) -> None:
    """Replace a document as a copy that keeps its times does (``rsync -t``): same size, same time."""
    fresh = path.with_name(".fresh")
    fresh.write_text(text)
    os.utime(fresh, (1_700_000_000, 1_700_000_000))
    os.replace(fresh, path)


def test_a_document_that_comes_back_to_what_was_refused_is_answered_each_time(settings: Settings) -> None:
    """A is published, B is refused; A, then B again: Dagster would drop a second run of the same key without
    a word.
    """
    look, path, keys = Looks(settings), settings.documents / "x.txt", []
    put(path, "12 visites")
    publish_inputs(settings)
    look(), look()
    for text, answer in (
        ("13 visites", "night"),
        ("12 visites", "was read from these"),
        ("13 visites", "night"),
        ("12 visites", "was read"),
        ("13 visites", "night"),
    ):
        put(path, text)
        assert "waiting until stable: x.txt" in look(), "although size and time are the same"
        assert answer in look()
        keys += look.keys
        assert "nothing changed since" in look()
    assert len(keys) == len(set(keys)) == 3


def test_a_failure_whose_cause_was_taken_back_is_told_no_more(settings: Settings) -> None:
    """A document is replaced, its night fails, and the document of before comes back: no night is needed."""
    look, path = Looks(settings), settings.documents / "x.txt"
    put(path, "12 visites")
    publish_inputs(settings)
    (settings.warehouse / "current").rename(settings.warehouse / "releases")
    (settings.warehouse / "current").symlink_to("releases")
    assert [look(), look()][1].startswith("the published state")
    put(path, "13 visites")
    assert [look(), look()][1] == "night"
    told = settings.private / "diagnosis.txt"
    told.parent.mkdir(exist_ok=True)
    told.write_text("The night failed: 13 is refused.")
    look()
    assert told.exists()
    put(path, "12 visites")
    assert [look(), look()][1].startswith("the published state")
    assert not told.exists()


def test_documents_whose_stamps_are_known_are_not_read_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, path, read = Looks(settings), settings.documents / "x.txt", []
    digest = sensors.document_digest

    def counted(path: Path) -> str:
        read.append(path)
        return digest(path)

    monkeypatch.setattr(sensors, "document_digest", counted)
    put(path, "12 visites")
    publish_inputs(settings)
    for _ in range(5):
        look()
    assert read == [path]
    (settings.warehouse / "current").rename(settings.warehouse / "releases")
    (settings.warehouse / "current").symlink_to("releases")
    assert "was read from these" in look(), "another release is compared with what is known of the documents"
    assert read == [path]
    put(path, "13 visites")
    assert [look() for _ in range(3)][1] == "night"
    assert read == [path, path]


def test_a_document_over_the_limit_is_never_read_for_its_digest(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = settings.documents / "x.txt"
    with path.open("wb") as file:
        file.truncate(inputs.MOST_BYTES + 1)
    monkeypatch.setattr(inputs, "file_digest", lambda _: pytest.fail("read"))
    first = inputs.document_digest(path)
    assert first.startswith("trop-grand-")
    os.utime(path, (1, 1))
    assert inputs.document_digest(path) != first
    assert inputs.MOST_BYTES == MAX_BYTES


def test_a_folder_that_goes_away_is_told_once_and_so_is_its_return(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(sensors, "notify", lambda subject, text: told.append(subject))
    look, path = Looks(settings), settings.documents / "x.txt"
    path.write_text("12 visites")
    publish_inputs(settings)
    look()
    assert "was read from these" in look()
    settings.documents.rename(settings.documents.with_name("gone"))
    assert [look(), look(), look()] == [settings.documents_away()] * 3, "no night is started for it"
    assert told == ["Observatoire: the documents cannot be read"]
    settings.documents.with_name("gone").rename(settings.documents)
    assert "nothing changed since" in look()
    assert told[1:] == ["Observatoire: the documents can be read again"]
    look()
    assert len(told) == 2


def test_a_state_that_was_given_back_is_not_replaced_for_old_documents(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Looks(settings)
    publish_inputs(settings)
    (settings.documents / "x.txt").write_text("12 visites")
    look()
    monkeypatch.setattr(sensors, "held", lambda _: "release 1 was given back")
    assert look() == "release 1 was given back"
    monkeypatch.setattr(sensors, "held", lambda _: "")
    assert look() == "night"


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefgh")
)
#: What is wrong with a declaration, and the document that it names all the same.
NOT_PLAIN = {
    "a bomb": (BOMB + DECLARED.replace("x.txt", "*h"), ""),
    "a bomb of merges": ("a: &a {k: 1}\nb: &b {<<: [*a, *a]}\n" + DECLARED, ""),
    "a code that is not the folder's": (DECLARED.replace("cpam_x_2021", "cpam_x_2020"), "x.txt"),
    "a code that is a list": (DECLARED.replace("code: cpam_x_2021", "code: [cpam_x_2021]"), "x.txt"),
    "no document": (DECLARED.replace("document: x.txt\n", ""), ""),
    "a key given twice": (DECLARED + "document: y.txt\n", ""),
    "another encoding": (DECLARED.replace("titre: X", "titre: Hérault").encode("cp1252"), ""),
    "a document that is a number": (DECLARED.replace("x.txt", "12"), ""),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("content", "document"), NOT_PLAIN.values(), ids=NOT_PLAIN.keys())
def test_a_declaration_that_cannot_be_taken_is_left_to_the_night_at_once(
    settings: Settings, content: str | bytes, document: str
) -> None:
    folder = settings.raw / "cpam_x_2021"
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "report.yml").write_bytes(data)
    said = str([inputs.Declared("cpam_x_2021", folder, document)])
    assert bounded(lambda: str(declared_reports(settings.raw)), seconds=10)[0] == said
    with pytest.raises(ExtractionError):
        list_reports(settings.raw)
    (report,) = reports_to_read(settings.raw)
    assert (report.code, bool(report.fault)) == ("cpam_x_2021", True)


def test_a_declaration_is_parsed_once_until_its_stamp_is_another(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written just now is parsed at each look: it could be written again under the same stamp."""
    parsed: list[Path] = []
    plain = inputs.load_yaml

    def counted(path: Path) -> Any:
        parsed.append(path)
        return plain(path)

    monkeypatch.setattr(inputs, "load_yaml", counted)
    path = settings.raw / "cpam_x_2021" / "report.yml"
    clock = time.time_ns()
    monkeypatch.setattr(inputs.time, "time_ns", lambda: clock)
    for _ in range(2):
        assert [report.document for report in declared_reports(settings.raw)] == ["x.txt"]
    assert parsed == [path, path]
    clock += 10 * inputs.SETTLED
    for _ in range(3):
        declared_reports(settings.raw)
    assert parsed == [path] * 3
    put(path, DECLARED.replace("x.txt", "y.txt"))
    assert [report.document for report in declared_reports(settings.raw)] == ["y.txt"]


def test_a_report_that_was_declared_since_asks_for_a_reload(settings: Settings) -> None:
    publish_inputs(settings)
    for known, said in (
        (["cpam_x_2021"], False),
        ([], True),
        (["cpam_x_2021", "cpam_x_1999"], True),
        (None, False),
    ):
        sensor = sensors.documents_sensor(job(), settings, known)  # type: ignore[arg-type]
        with (
            dg.DagsterInstance.ephemeral() as instance,
            dg.build_sensor_context(instance=instance) as context,
        ):
            assert ("reload definitions" in str(sensor.evaluate_tick(context).skip_message)) is said


def job() -> object:
    return dg.define_asset_job("nightly", selection="*")


def test_the_schedule_skips_a_night_without_work(settings: Settings) -> None:
    schedule = nightly_schedule(job(), settings)  # type: ignore[arg-type]
    with dg.DagsterInstance.local_temp(str(settings.warehouse)) as instance:
        context = dg.build_schedule_context(instance=instance)
        assert isinstance(schedule(context), dg.RunRequest)
        publish_inputs(settings)
        assert isinstance(schedule(context), dg.SkipReason)
        (settings.documents / "x.txt").write_text("12 visites")
        assert isinstance(schedule(context), dg.RunRequest)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (datetime(2027, 3, 28), "01:00"),  # 02:00 does not exist: the clock goes from 02:00 to 03:00
        (datetime(2026, 10, 25), "01:00"),  # 02:00 comes twice: the second is meant
        (datetime(2026, 11, 28), "01:00"),
        (datetime(2026, 7, 14), "00:00"),
    ],
)
def test_the_clock_of_paris_gives_each_day_one_night(day: datetime, utc: str) -> None:
    begin = day.replace(tzinfo=ZoneInfo(TIME_ZONE)).timestamp()
    end = (day + timedelta(days=1)).replace(tzinfo=ZoneInfo(TIME_ZONE)).timestamp()
    ticks = list(islice(cron_string_iterator(begin, EVERY_NIGHT, TIME_ZONE), 3))
    night = [tick for tick in ticks if tick.timestamp() < end]
    assert [f"{tick.astimezone(UTC):%H:%M}" for tick in night] == [utc]
    assert next_tick(EVERY_NIGHT, day.replace(tzinfo=ZoneInfo(TIME_ZONE)), TIME_ZONE) == night[0]


def _status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


@pytest.mark.parametrize("job", ["nightly", "__ASSET_JOB"], ids=["a night", "chosen steps"])
def test_dead_runs_leave_the_queue_once_no_night_is_alive(settings: Settings, job: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(_empty_job(job))
        instance.report_engine_event("start", run)
        instance.report_dagster_event(_started(run), run_id=run.run_id)
        with only_night(settings.private):
            bury_when_idle(instance, settings, older_than=0)
            assert _status(instance, run) == dg.DagsterRunStatus.STARTED
        bury_when_idle(instance, settings, older_than=600)
        assert _status(instance, run) == dg.DagsterRunStatus.STARTED
        bury_when_idle(instance, settings, older_than=-5)
        assert _status(instance, run) == dg.DagsterRunStatus.FAILURE


def test_a_night_that_waited_in_the_queue_is_not_dead_when_it_begins(settings: Settings) -> None:
    """Created an hour ago, it left the queue just now and does not hold the lock yet."""
    assert sum(WAITS) < JUST_LAUNCHED
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(dg.Definitions(jobs=[_empty_job()]).resolve_job_def("nightly"))
        instance.report_dagster_event(_started(run), run_id=run.run_id)
        storage = instance.run_storage
        with storage.connect() as connection:  # type: ignore[attr-defined]
            connection.execute(RunsTable.update().values(create_timestamp=datetime(2020, 1, 1)))
        bury_when_idle(instance, settings)
        assert _status(instance, run) == dg.DagsterRunStatus.STARTED


def _ended() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("pid", "began", "dead"),
    [
        (_ended, None, True),
        (os.getpid, None, False),
        (os.getpid, 3600.0, True),
        (None, None, False),
    ],
    ids=["killed", "at work", "its number is another's", "named none"],
)
def test_a_night_whose_process_is_gone_is_dead_at_the_next_look(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    pid: Callable[[], int] | None,
    began: float | None,
    dead: bool,
) -> None:
    if began:
        monkeypatch.setattr(dead_runs, "look_at", lambda _: Alive(time.time() + began, False))
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(dg.Definitions(jobs=[_empty_job()]).resolve_job_def("nightly"))
        instance.report_dagster_event(_started(run), run_id=run.run_id)
        if pid is not None:
            instance.report_engine_event("works", run, EngineEventData.in_process(pid()))
        assert dead_runs.dead_runs(instance) == ([run.run_id] if dead else [])
        assert bury_when_idle(instance, settings) == ([run.run_id] if dead else [])
        assert bury_when_idle(instance, settings) == [], "said once"
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        assert dead_runs.was_buried(found) is dead
        told = [entry.dagster_event for entry in instance.all_logs(run.run_id) if entry.dagster_event]
        assert refusals(told) == ([dead_runs.WITHOUT_A_WORD] if dead else [])


@pytest.mark.parametrize(("by", "told"), [("command line", 1), ("schedule", 0)])
def test_a_night_of_the_command_line_that_was_killed_is_told_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, by: str, told: int
) -> None:
    """One of the daemon is told by the alarm, which hears of no other."""
    subjects: list[str] = []
    monkeypatch.setattr(notification, "notify", lambda subject, _: subjects.append(subject))
    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions(jobs=[_empty_job()]).resolve_job_def("nightly")
        run = instance.create_run_for_job(job, tags={"launched_by": by})
        instance.report_dagster_event(_started(run), run_id=run.run_id)
        instance.report_engine_event("works", run, EngineEventData.in_process(_ended()))
        for _ in range(2):
            sensors.bury_and_tell(instance, settings)
        assert len(subjects) == told
        assert (settings.private / "diagnosis.txt").exists() is bool(told)


@pytest.mark.parametrize(
    ("by", "killed", "again"),
    [
        ("documents", True, True),
        ("schedule", True, True),
        ("second attempt", True, True),
        ("documents", False, False),
        (sensors.AFTER_A_KILL, True, False),
        ("somebody in the UI", True, False),
    ],
)
def test_a_night_without_hands_that_was_killed_begins_again_once(
    settings: Settings, by: str, killed: bool, again: bool
) -> None:
    """The look at the documents has been answered already: it would wait for the schedule."""
    settings.private.mkdir(parents=True, exist_ok=True)
    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions(jobs=[_empty_job()]).resolve_job_def("nightly")
        run = instance.create_run_for_job(job, tags={"launched_by": by})
        instance.report_dagster_event(_started(run), run_id=run.run_id)
        if killed:
            instance.report_engine_event("works", run, EngineEventData.in_process(_ended()))
            assert bury_when_idle(instance, settings) == [run.run_id]
        else:
            instance.report_run_failed(run)
        failed = instance.get_run_by_id(run.run_id)
        assert failed is not None
        answer = sensors.answer_failure(instance, failed, settings)
        assert isinstance(answer, dg.RunRequest) is again
        if isinstance(answer, dg.RunRequest):
            assert answer.tags["launched_by"] == sensors.AFTER_A_KILL
        told = (settings.private / "diagnosis.txt").read_text()
        assert ("It begins again at once" in told) is again
        assert (dead_runs.WITHOUT_A_WORD in told) is killed


@pytest.mark.parametrize("by", ["documents", "command line"])
@pytest.mark.parametrize("killed", [False, True], ids=["refused", "killed"])
def test_a_run_that_repeats_one_that_was_killed_answers_for_itself(
    settings: Settings, by: str, killed: bool
) -> None:
    """Somebody clicks in the UI, and Dagster copies the tags."""
    settings.private.mkdir(parents=True, exist_ok=True)
    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions(jobs=[_empty_job()]).resolve_job_def("nightly")
        first = instance.create_run_for_job(job, tags={"launched_by": by})
        instance.report_engine_event("works", first, EngineEventData.in_process(_ended()))
        assert bury_when_idle(instance, settings) == [first.run_id]
        copied = instance.get_run_by_id(first.run_id)
        assert copied is not None and dead_runs.was_buried(copied)
        again = {f"dagster/{name}_run_id": first.run_id for name in ("parent", "root")}
        run = instance.create_run_for_job(job, tags={**copied.tags, **again})
        if killed:
            instance.report_engine_event("works", run, EngineEventData.in_process(_ended()))
            assert bury_when_idle(instance, settings) == [run.run_id]
        else:
            instance.report_run_failed(run, "x.txt is refused")
        failed = instance.get_run_by_id(run.run_id)
        assert failed is not None and dead_runs.was_buried(failed) is killed
        assert sensors.answer_failure(instance, failed, settings) is None
    told = (settings.private / "diagnosis.txt").read_text()
    assert "It begins again" not in told
    assert (dead_runs.WITHOUT_A_WORD if killed else "x.txt is refused") in told


@pytest.mark.parametrize(("seconds", "told"), [(60, False), (-60, True)], ids=["since", "before"])
def test_a_failure_after_which_a_night_confirmed_is_shown_and_not_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, seconds: int, told: bool
) -> None:
    """The alarm looks every 30 seconds: a later night may have succeeded by then."""
    subjects: list[str] = []
    monkeypatch.setattr(notification, "notify", lambda subject, _: subjects.append(subject))
    settings.private.mkdir(parents=True, exist_ok=True)
    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions(jobs=[_empty_job()]).resolve_job_def("nightly")
        run = instance.create_run_for_job(job, tags={"launched_by": "documents"})
        instance.report_dagster_event(_started(run), run_id=run.run_id)
        instance.report_run_failed(run, "x.txt is refused")
        record = instance.get_run_record_by_id(run.run_id)
        assert record is not None and record.end_time is not None
        at = datetime.fromtimestamp(record.end_time, UTC) + timedelta(seconds=seconds)
        confirmed = Confirmation("000002", at, UNCHANGED)
        monkeypatch.setattr(sensors, "last_confirmation", lambda _: confirmed)
        answer = sensors.answer_failure(instance, run, settings)
        found = instance.get_run_by_id(run.run_id)
    assert isinstance(answer, dg.SkipReason) is not told
    assert found is not None and "x.txt is refused" in found.tags[DIAGNOSIS_TAG]
    assert bool(subjects) is told
    for name in (DIAGNOSIS, FAILING):
        assert (settings.private / name).exists() is told


@pytest.mark.parametrize(
    ("exit_code", "said"),
    [
        (-signal.SIGKILL, "the night was killed (by somebody, or by the system for lack of memory)."),
        (-signal.SIGABRT, "a library ended the night (SIGABRT), most likely because there is too little"),
        (-signal.SIGUSR1, "the night was killed (by SIGUSR1)."),
        (7, dead_runs.WITHOUT_A_WORD),
    ],
)
def test_a_crash_that_dagster_itself_saw_is_told_in_our_words_and_begins_again(
    settings: Settings, exit_code: int, said: str
) -> None:
    """Its code server marks the run within a second, before any look of ours."""
    settings.private.mkdir(parents=True, exist_ok=True)
    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions(jobs=[_empty_job()]).resolve_job_def("nightly")
        run = instance.create_run_for_job(job, tags={"launched_by": "documents"})
        instance.report_dagster_event(_started(run), run_id=run.run_id)
        told = get_run_crash_explanation(f"Run execution process for {run.run_id}", exit_code)
        instance.report_engine_event(told, run)
        instance.report_run_failed(run)
        assert isinstance(sensors.answer_failure(instance, run, settings), dg.RunRequest)
        assert f"The night failed: {said}" in (settings.private / "diagnosis.txt").read_text()


@pytest.mark.parametrize("another", [False, True], ids=["at once", "after another run began"])
def test_a_failure_is_told_by_what_its_own_run_found(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, another: bool
) -> None:
    """The alarm looks every 30 seconds: the private build may be that of another run by then."""

    found = "1 printed relation fails. cpam_x_2019, line 3: it is off."
    monkeypatch.setattr(audit, "found_in", lambda build: found)
    refused = ValidationOutcome("totaux", "tous", "e", "t", False, "", "")

    @dg.op
    def step() -> None:
        raise audit._refusal([refused], settings.build)

    @dg.job(name="nightly")
    def nightly() -> None:
        step()

    journal = Journal(settings.private / "journal.jsonl")
    with dg.DagsterInstance.ephemeral() as instance:
        result = nightly.execute_in_process(instance=instance, raise_on_error=False)
        journal.begin("another run" if another else result.run_id)
        journal.tell(NightStep("load", "2021"))
        assert last_build(settings) == settings.build
        failed = instance.get_run_by_id(result.run_id)
        assert failed is not None
        sensors.answer_failure(instance, failed, settings)
    told = (settings.private / "diagnosis.txt").read_text()
    assert "the audit refused the build at totaux. 1 printed relation fails. cpam_x_2019, line 3" in told
    assert ("The private build is kept for inspection" in told) is not another


def test_a_night_that_is_stopped_lives_and_is_told_as_such(settings: Settings) -> None:
    script = (
        "import sys, time; from pathlib import Path; from orchestration.building.lock import only_night\n"
        "with only_night(Path(sys.argv[1])): print('holds', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", script, str(settings.private)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT_ROOT) as holder:
        assert holder.stdout is not None and holder.stdout.readline()
        for act, stopped in ((signal.SIGSTOP, True), (signal.SIGCONT, False)):
            holder.send_signal(act)
            assert wait_for(lambda: _stopped(holder.pid) is stopped)  # noqa: B023
            with pytest.raises(Busy) as refused, only_night(settings.private):
                pass
            assert f"process {holder.pid}" in str(refused.value)
            assert ("which is stopped" in str(refused.value)) is stopped
        holder.kill()
    with only_night(settings.private):
        pass


def _stopped(pid: int) -> bool:
    process = look_at(pid)
    return process is not None and process.stopped


def _empty_job(name: str = "nightly") -> dg.JobDefinition:
    @dg.op
    def nothing() -> None: ...

    @dg.job(name=name)
    def nightly() -> None:
        nothing()

    return nightly


def _started(run: dg.DagsterRun) -> dg.DagsterEvent:
    return dg.DagsterEvent(event_type_value="PIPELINE_START", job_name=run.job_name)


@pytest.fixture
def daemon(settings: Settings, tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """The daemon on the fast project, with an instance of its own."""
    home = tmp_path / "home"
    home.mkdir()
    configuration = (PROJECT_ROOT / "dagster.yaml").read_text().replace("DAGSTER_HOME/", f"{home}/")
    (home / "dagster.yaml").write_text(configuration)
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "OBSERVATOIRE_TEST_ROOT": str(tmp_path),
        "OBSERVATOIRE_CRON": "* * * * *",
        "OBSERVATOIRE_DOCUMENTS": str(settings.documents),
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    command = [
        sys.executable,
        "-m",
        "orchestration.graph.daemon",
        "run",
        "-f",
        str(PROJECT_ROOT / "tests/trust/daemon_project.py"),
    ]
    dg.DagsterInstance.from_config(
        str(home)
    ).dispose()  # two processes that make the same history at once may both fail
    log = (tmp_path / "daemon.log").open("wb")
    process = subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            yield instance
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(300)
        log.close()


def wait_for(seen: Callable[[], bool]) -> bool:
    """Whether it is seen before a time that no machine needs."""
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        if seen():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.slow
def test_the_daemon_ticks_watches_the_documents_and_tells_failures(
    daemon: dg.DagsterInstance, settings: Settings, tmp_path: Path
) -> None:
    def runs(launcher: str, status: dg.DagsterRunStatus) -> bool:
        return any(
            run.tags.get("launched_by") == launcher and run.status == status for run in daemon.get_runs()
        )

    def judged(check: dg.AssetCheckKey) -> str:
        found = daemon.get_latest_asset_check_evaluation_record(check)
        return found.status.value if found else ""

    publish_inputs(settings)
    assert wait_for(lambda: bool(daemon.all_instigator_state())), (tmp_path / "daemon.log").read_text()[
        -2000:
    ]
    (settings.documents / "x.txt").write_text("12 visites")
    assert wait_for(lambda: runs("schedule", dg.DagsterRunStatus.SUCCESS)), (
        tmp_path / "daemon.log"
    ).read_text()[-2000:]
    assert wait_for(lambda: runs("documents", dg.DagsterRunStatus.SUCCESS))
    fresh = dg.AssetCheckKey(dg.AssetKey("night"), "freshness")
    assert wait_for(lambda: judged(fresh) == "FAILED"), "the watch looks although no night published"
    (settings.documents / "x.txt").write_text("suspect")
    assert wait_for(lambda: runs("second attempt", dg.DagsterRunStatus.SUCCESS)), (
        tmp_path / "daemon.log"
    ).read_text()[-2000:]
    (settings.documents / "x.txt").write_text("refuse")
    note = settings.private / "diagnosis.txt"
    assert wait_for(lambda: note.exists() and "x.txt is refused" in note.read_text())
