"""A night at the command line: how it ends does not depend on who reads its lines."""

from __future__ import annotations

import errno
import io
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.commands import nights
from orchestration.graph import night
from orchestration.graph.night import Outcome
from orchestration.progress import progress
from orchestration.settings import PROJECT_ROOT, Settings

FULL = Path("/dev/full")
REFUSED = Outcome([], 1.0, None, "000001", ["x is wrong"], "The night failed: x is wrong.")
STALE = Outcome([], 1.0, None, "000001", unchanged=True, stale=["cpam_x_2019: x is gone"])
GOOD = Outcome([], 1.0, None, "000001", unchanged=True)


class Nobody(io.StringIO):
    """A stream that nobody reads any more."""

    def write(self, _: str) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def flush(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize("broken", ["stdout", "stderr"])
@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [(REFUSED, 1, "The night failed: x is wrong."), (STALE, 3, "WARNING stale: cpam_x_2019"), (GOOD, 0, "")],
    ids=["refused", "stale", "good"],
)
def test_a_night_ends_the_same_and_says_what_is_wrong_where_somebody_reads(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    outcome: Outcome,
    status: int,
    told: str,
    broken: str,
) -> None:
    monkeypatch.setattr(night, "run_night", lambda _: outcome)
    monkeypatch.setattr(sys, broken, Nobody())
    try:
        nights._night(settings)
        ended = 0
    except SystemExit as end:
        ended = int(str(end.code))
    assert ended == status
    said = capsys.readouterr()
    assert (told if broken == "stdout" else "000001") in (said.err if broken == "stdout" else said.out)


def test_a_night_that_was_killed_is_marked_although_nobody_reads_why(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[str] = []
    monkeypatch.setattr(nights, "mark_the_run", lambda _, diagnosis, began: marked.append(diagnosis))
    monkeypatch.setattr(sys, "stderr", Nobody())
    assert nights._ended_by(settings, signal.SIGKILL, datetime.now(UTC)) == 1
    assert "the night was killed" in marked[0]


def test_steps_that_nobody_reads_stop_no_night() -> None:
    read = io.StringIO()
    with night._telling(Nobody()), night._telling(read):
        progress.info("done load (1.0 s) 5 tables")
    assert "done load" in read.getvalue()


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_python_itself_says_nothing_at_the_end_of_a_night_that_nobody_reads() -> None:
    program = (
        "import sys; from orchestration.commands.nights import _say\n"
        "_say('stdout', lambda: print('published'))\n"
        "sys.exit(3)"
    )
    with FULL.open("w") as nobody:
        ended = subprocess.run(
            [sys.executable, "-c", program],
            cwd=PROJECT_ROOT,
            stdout=nobody,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (3, b"")
