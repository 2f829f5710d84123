"""A night that works in a child of the process that was started, so that somebody is left to say how it
ended: killed, or given up by a library that found no memory.

Does not belong here: nights of the daemon, whose sensors look for the dead (``graph.dead_runs``).
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestration.dbt.processes import end_with
from orchestration.graph.dead_runs import GIVEN_UP, told_of_signal

if TYPE_CHECKING:
    from orchestration.settings import Settings

#: What asks a night to stop, and is passed on to the process that works.
ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def supervised() -> int | None:
    """Go on in a child process, where ``None`` is returned. Here, how the child ended is returned: its exit
    status, or the number of the signal that ended it, negative.

    The child has a process group of its own, so that what a terminal or ``timeout`` sends to all reaches it
    once, through this process. Where the system knows no such waiting, or refuses another process, there is
    no child and ``None``.
    """
    if not hasattr(signal, "sigwaitinfo"):
        return None
    waited = {*ASKED, signal.SIGTSTP, signal.SIGCHLD}
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # a starter that ignores it would take the end away
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    parent, child = os.getpid(), -1
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        with contextlib.suppress(OSError):
            child = os.fork()
        return _end_of(child, waited) if child > 0 else None
    finally:
        if child == 0:
            _work_apart(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work_apart(parent: int) -> None:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # its steps are told on the terminal all the same
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()


def _end_of(child: int, waited: set[signal.Signals]) -> int:
    with contextlib.suppress(OSError):
        os.setpgid(child, child)
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        told = signal.sigwaitinfo(waited).si_signo
        if told in ASKED:
            os.kill(child, told)
            os.killpg(child, signal.SIGCONT)  # one that somebody stopped would never hear of it
        elif told == signal.SIGTSTP:
            os.killpg(child, signal.SIGSTOP)
            os.kill(os.getpid(), signal.SIGSTOP)
            os.killpg(child, signal.SIGCONT)  # this process was continued


def tell_the_end(settings: Settings, number: int, began: datetime) -> str:
    """Write and tell the diagnosis of a night that began at ``began`` and that a signal ended; returns it."""
    from orchestration.graph.night import record_failure

    return record_failure(settings, [sentence_of_end(settings, number, began)], None)


def mark_the_run(settings: Settings, diagnosis: str, began: datetime) -> None:
    """Mark the run of a night that began at ``began`` as failed, with its diagnosis. What is only shown fails
    nothing.
    """
    with contextlib.suppress(Exception):
        import dagster as dg

        from orchestration.graph.dead_runs import bury_own
        from orchestration.graph.home import home_of
        from orchestration.graph.night import BY_HAND, show_diagnosis

        home_of(settings)
        with dg.DagsterInstance.get() as instance:
            for run_id in bury_own(instance, settings, began, BY_HAND):
                show_diagnosis(instance, run_id, diagnosis)


def sentence_of_end(settings: Settings, number: int, began: datetime) -> str:
    """How a signal ended the night that began at ``began``, after which step, and what to do."""
    from orchestration.building.journal import Journal

    since = began.astimezone(UTC).isoformat(timespec="milliseconds")
    steps = [s.name for s in Journal(settings.private / "journal.jsonl").steps() if s.start >= since]
    where = f"after the step {steps[-1]}" if steps else "before its first step ended"
    told = told_of_signal(number, where)
    return told if number in GIVEN_UP else f"{told}: run it again"
