"""Runs that a kill or a power cut left unfinished in the history: found by their process, marked as failed.

Left alone, one would occupy the only place of the run queue for ever. Does not belong here: the lock, which
the operating system releases by itself.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from orchestration.building.alive import PROCESSES, look_at
from orchestration.building.lock import only_night
from orchestration.errors import GIVE_MEMORY, NightError
from orchestration.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun, RunRecord

#: Seconds that a run may take to hold the lock once it left the queue: a slow machine, and all waits for
#: another night's lock (``graph.resources.WAITS``). Who is known to have ended is not waited for.
JUST_LAUNCHED = 600.0
#: Seconds by which clocks and rounding may set the start of a process after what it wrote.
SLACK = 3.0
WITHOUT_A_WORD = (
    "the process of this night ended without a word (killed, by somebody or for lack of memory, or the "
    "machine stopped)"
)
#: How a library ends the process that it works in, mostly where it finds no memory.
GIVEN_UP = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
#: What Dagster's code server says of the process of a run that crashed.
_CRASH = re.compile(
    r"Run execution process for \S+ (?:was terminated by signal (\d+)|unexpectedly exited with code \d+)"
)
#: Tag of a run that ended without a word: nobody told its failure yet. It names the run, for one that repeats
#: it gets a copy.
ENDED = "ended"


def unfinished(instance: DagsterInstance) -> list[RunRecord]:
    """The runs that the history takes for running: nights, and runs of chosen steps."""
    from dagster import DagsterRunStatus as Status
    from dagster import RunsFilter

    statuses = [Status.NOT_STARTED, Status.STARTED, Status.STARTING, Status.CANCELING]
    return list(instance.get_run_records(RunsFilter(statuses=statuses)))


def process_of(instance: DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """The process that last said it works on a run, and when it said so (seconds since 1970)."""
    from dagster import DagsterEventType

    for entry in reversed(instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT)):
        event = entry.dagster_event
        said = event.engine_event_data.metadata.get("pid") if event else None
        if said is not None and str(said.value).isdecimal():
            return int(str(said.value)), entry.timestamp
    return None


def is_dead(instance: DagsterInstance, record: RunRecord, before: float) -> bool:
    """Whether nobody works on a run any more, while no night holds the lock.

    A process that is gone, or whose number another one took since, is told at once. A run that names none, or
    whose process lives without the lock, is dead when its status has not changed since ``before``.
    """
    if record.update_timestamp.timestamp() < before:
        return True
    said = process_of(instance, record.dagster_run.run_id) if PROCESSES.is_dir() else None
    if said is None:
        return False
    process = look_at(said[0])
    return process is None or process.began > said[1] + SLACK


def dead_runs(instance: DagsterInstance, older_than: float = JUST_LAUNCHED) -> list[str]:
    """The unfinished nights on which nobody works any more, by id; asked while no night holds the lock."""
    before = time.time() - older_than
    return [r.dagster_run.run_id for r in unfinished(instance) if is_dead(instance, r, before)]


def bury_dead_runs(instance: DagsterInstance, older_than: float = JUST_LAUNCHED) -> list[str]:
    """Mark dead nights as failed; call it when no night can hold the lock. Returns their ids.

    A run whose process lives is spared for ``older_than`` seconds after its status changed: it may have
    waited in the queue for long, and begin just now.
    """
    return [run_id for run_id in dead_runs(instance, older_than) if _bury(instance, run_id)]


def _bury(instance: DagsterInstance, run_id: str) -> bool:
    """Mark one run, unless it ended properly while it was looked at."""
    now = instance.get_run_by_id(run_id)
    if now is None or now.is_finished:
        return False
    instance.add_run_tags(run_id, _buried(run_id))
    instance.report_run_failed(now, WITHOUT_A_WORD)
    return True


def bury_when_idle(
    instance: DagsterInstance, settings: Settings, older_than: float = JUST_LAUNCHED
) -> list[str]:
    """Mark dead nights as failed while no night holds the lock; the lock is asked for only where there are
    unfinished ones.
    """
    if not unfinished(instance):
        return []
    try:
        with only_night(settings.private):
            return bury_dead_runs(instance, older_than)
    except (NightError, OSError):
        return []


def bury_own(
    instance: DagsterInstance, settings: Settings, began: datetime, tags: Mapping[str, str]
) -> list[str]:
    """Mark the unfinished runs with ``tags`` that were made since ``began``, whose process is known to have
    ended, unless another night works. Returns their ids.
    """
    with only_night(settings.private):
        own = [
            record.dagster_run.run_id
            for record in unfinished(instance)
            if record.create_timestamp >= began
            and tags.items() <= dict(record.dagster_run.tags).items()
            and not repeats(record.dagster_run)
        ]
        return [run_id for run_id in own if _bury(instance, run_id)]


def told_of_signal(number: int, where: str = "") -> str:
    """What a signal that ended a night says of it; ``where`` names how far it had come."""
    name, where = signal.Signals(number).name, f" {where}" if where else ""
    if number in GIVEN_UP:
        return (
            f"a library ended the night{where} ({name}), most likely because there is too little memory: "
            f"{GIVE_MEMORY}"
        )
    by = "by somebody, or by the system for lack of memory" if number == signal.SIGKILL else f"by {name}"
    return f"the night was killed{where} ({by})"


def crash_of(messages: Iterable[str]) -> str:
    """How the process of a run of the daemon ended, where Dagster itself saw it end; empty where it did not
    crash.
    """
    found = [match for match in map(_CRASH.search, messages) if match]
    if not found:
        return ""
    number = int(found[-1][1] or 0)
    return told_of_signal(number) if number in set(signal.Signals) else WITHOUT_A_WORD


def was_buried(run: DagsterRun) -> bool:
    """Whether a run failed because its process ended without a word."""
    return _buried(run.run_id).items() <= dict(run.tags).items()


def _buried(run_id: str) -> dict[str, str]:
    return {ENDED: f"without a word ({run_id[:8]})"}


def repeats(run: DagsterRun) -> bool:
    """Whether somebody had another run executed again, in the UI: Dagster copies the tags of that one."""
    return bool(run.parent_run_id or run.get_parent_run_id())
