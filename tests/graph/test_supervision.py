"""A night in a child process: how it ends is told by the one that was started, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.building.alive import look_at
from orchestration.building.journal import Journal, NightStep
from orchestration.graph.night import BY_HAND, DIAGNOSIS_TAG
from orchestration.graph.supervision import mark_the_run, sentence_of_end, tell_the_end
from orchestration.settings import PROJECT_ROOT, Settings

#: The work of the child, then what the process that was started says of it.
PROGRAM = """
import os, signal, sys, time
from orchestration.graph.supervision import supervised
signal.signal(signal.SIGTERM, signal.default_int_handler)
ended = supervised()
if ended is not None:
    print("ended", ended)
    sys.exit(1)
try:
    {}
except KeyboardInterrupt:
    print("asked to stop")
    sys.exit(4)
"""
WAIT = 'print(os.getpid(), flush=True)\n    time.sleep(600)\n    print("woke")'
#: How long what ends at once may take on a machine that is busy.
SECONDS = 300


def started(work: str, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM.format(work)]
    return subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("work", "said"),
    [
        ("sys.exit(0)", "ended 0"),
        ("sys.exit(3)", "ended 3"),
        ("os.abort()", f"ended {-signal.SIGABRT}"),
        ("os.kill(os.getpid(), signal.SIGKILL)", f"ended {-signal.SIGKILL}"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", f"ended {-signal.SIGSEGV}"),
    ],
)
def test_the_end_of_a_child_is_seen(work: str, said: str) -> None:
    assert started(work).communicate(timeout=SECONDS)[0].split("\n")[-2] == said


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("all_of_them", [False, True], ids=["the one that was started", "its group"])
def test_who_asks_a_night_to_stop_asks_its_child(asked: signal.Signals, all_of_them: bool) -> None:
    process = started(WAIT, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    (os.killpg if all_of_them else os.kill)(process.pid, asked)
    assert process.communicate(timeout=SECONDS)[0].split("\n")[-3:-1] == ["asked to stop", "ended 4"]


def test_a_night_that_is_stopped_at_a_terminal_goes_on_when_it_is_continued() -> None:
    until_told = WAIT.replace("time.sleep(600)", "sys.stdin.readline()")
    process = started(until_told, start_new_session=True, stdin=subprocess.PIPE)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    os.killpg(process.pid, signal.SIGTSTP)
    assert wait_for(lambda: _is_stopped(process.pid) and _is_stopped(child))
    os.killpg(process.pid, signal.SIGCONT)
    assert process.communicate("go on\n", timeout=SECONDS)[0] == "woke\nended 0\n"


def test_a_night_that_somebody_stopped_is_continued_to_hear_that_it_should_end() -> None:
    process = started(WAIT, start_new_session=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    os.kill(child, signal.SIGSTOP)
    assert wait_for(lambda: _is_stopped(child))
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=SECONDS)[0] == "asked to stop\nended 4\n"


def _is_stopped(pid: int) -> bool:
    seen = look_at(pid)
    return seen is not None and seen.stopped


def wait_for(seen: Callable[[], bool]) -> bool:
    for _ in range(20 * SECONDS):
        if seen():
            return True
        time.sleep(0.05)
    return False


def test_a_starter_that_ignores_the_end_of_children_hears_of_it_all_the_same() -> None:
    process = started("os.abort()", preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    assert process.communicate(timeout=SECONDS)[0] == f"ended {-signal.SIGABRT}\n"


def test_a_night_ends_with_the_process_that_was_started() -> None:
    process = started(WAIT)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    assert process.communicate(timeout=SECONDS)[0] == "", "its output ends when the child has ended"


@pytest.mark.parametrize(
    ("number", "clause"),
    [
        (signal.SIGABRT, "a library ended the night after the step load (SIGABRT), most likely because"),
        (signal.SIGKILL, "the night was killed after the step load (by somebody, or by the system for lack"),
        (signal.SIGHUP, "the night was killed after the step load (by SIGHUP)"),
    ],
)
def test_the_sentence_names_the_last_step_of_this_night(
    settings: Settings, number: signal.Signals, clause: str
) -> None:
    began = datetime.now(UTC)
    journal = Journal(settings.private / "journal.jsonl")
    journal.begin()
    journal.tell(NightStep("publish", (began - timedelta(days=1)).isoformat(timespec="milliseconds")))
    assert "before its first step ended" in sentence_of_end(settings, number, began)
    journal.tell(NightStep("load", (began + timedelta(seconds=1)).isoformat(timespec="milliseconds")))
    assert sentence_of_end(settings, number, began).startswith(clause)


@pytest.mark.parametrize("started", [True, False], ids=["that works", "that was only made"])
def test_the_end_is_written_and_shown_on_the_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, started: bool
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    began = datetime.now(UTC) - timedelta(seconds=1)
    diagnosis = tell_the_end(settings, signal.SIGABRT, began)
    assert (settings.private / "diagnosis.txt").read_text() == f"{diagnosis}\n"
    assert diagnosis.startswith("The night failed: a library ended the night")

    @dg.job(name="nightly")
    def nothing() -> None: ...

    with dg.DagsterInstance.get() as instance:
        run, other = (instance.create_run_for_job(nothing, tags=tags) for tags in (BY_HAND, {}))
        if started:
            event = dg.DagsterEvent(event_type_value="PIPELINE_START", job_name="nightly")
            instance.report_dagster_event(event, run_id=run.run_id)
        mark_the_run(settings, diagnosis, datetime.now(UTC) + timedelta(hours=1))
        assert not _found(instance, run).is_finished, "one of another night"
        mark_the_run(settings, diagnosis, began)
        assert _found(instance, run).status == dg.DagsterRunStatus.FAILURE
        assert _found(instance, run).tags[DIAGNOSIS_TAG].startswith("The night failed: a library ended")
        assert not _found(instance, other).is_finished


def _found(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRun:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found
