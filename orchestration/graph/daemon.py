"""Dagster's daemon under a clock that somebody corrects, and after a history that began anew.

A tick that a wrong clock dated years ahead would let schedule, sensors and alarm wait for that year, without
a word. So ticks of the future are forgotten when the daemon starts, and it starts again by itself when the
clock is set back; a night that works meanwhile goes on. Does not belong here: what ticks do (``sensors``).
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

from dagster import DagsterInstance

from orchestration.graph.dagster_internals import (
    InstigatorState,
    RunStatusSensorCursor,
    SensorInstigatorData,
    run_daemon,
    ticks_forgotten,
)
from orchestration.publication.freshness import SKEW

#: Seconds between two looks at the clock.
EVERY = 5.0
log = logging.getLogger("observatoire.night")


def forget_the_future(instance: DagsterInstance, now: datetime | None = None) -> int:
    """Forget the ticks that are dated later than the clock, and what schedule and sensors remember of them;
    returns how many were forgotten.

    Clocks are corrected by seconds all the time: up to ``SKEW`` ahead nothing is touched.
    """
    now = now or datetime.now(UTC)
    for state in instance.all_instigator_state():
        instance.update_instigator_state(_until(state, now.timestamp()))
    return ticks_forgotten(instance, now + SKEW)


def _until(state: InstigatorState, now: float) -> InstigatorState:
    data, limit = state.instigator_data, now + SKEW.total_seconds()
    if data is None:
        return state
    said = {name: getattr(data, name) for name in data._fields}
    mended: dict[str, Any] = {
        name: now for name, value in said.items() if name.endswith("timestamp") and (value or 0) > limit
    }
    return state.with_data(data._replace(**mended)) if mended else state


def hear_again(instance: DagsterInstance) -> list[str]:
    """Let sensors of runs hear a history that began anew: what they remember is the number of an event of the
    one before, and they would hear nothing until the new numbers reach it. Returns their names.

    They hear the new history from its beginning: what failed since it began is told.
    """
    newest, deaf = instance.event_log_storage.get_maximum_record_id() or 0, []
    for state in instance.all_instigator_state():
        data = state.instigator_data
        if not isinstance(data, SensorInstigatorData) or not RunStatusSensorCursor.is_valid(
            data.cursor or ""
        ):
            continue
        last = RunStatusSensorCursor.from_json(data.cursor or "")
        if last.record_id > newest:
            first = last._replace(record_id=0, record_timestamp=None).to_json()
            instance.update_instigator_state(state.with_data(data._replace(cursor=first)))
            deaf.append(state.instigator_name)
    return deaf


def set_back(before: float, now: float) -> bool:
    """Whether the clock was set back between two looks, each the seconds of the clock less those since the
    machine started."""
    return now < before - SKEW.total_seconds()


def _watch_the_clock(command: list[str]) -> None:
    before = time.time() - time.monotonic()
    while True:
        time.sleep(EVERY)
        now = time.time() - time.monotonic()
        if set_back(before, now):
            log.warning("the clock was set back by %d s: the daemon starts again", before - now)
            os.execv(command[0], command)
        before = now


def main() -> None:
    with DagsterInstance.get() as instance:
        if forgotten := forget_the_future(instance):
            log.warning("%d ticks are dated later than the clock: they are forgotten", forgotten)
        for name in hear_again(instance):
            log.warning("the history of runs began anew: %s hears it from its beginning", name)
    command = [sys.executable, "-m", "orchestration.graph.daemon", *sys.argv[1:]]
    threading.Thread(target=_watch_the_clock, args=(command,), daemon=True).start()
    run_daemon()


if __name__ == "__main__":
    main()
