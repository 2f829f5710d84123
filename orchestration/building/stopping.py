"""A request to stop (Ctrl-C, SIGTERM) that a library swallowed: heard at the end of the step all the same.

Does not belong here: who is asked, and passes it on (``graph.supervision``).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ASKED = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def heard_at_the_end() -> Iterator[None]:
    """Raise at the end of the body, in place of whatever ended it, what the handler of a signal raised in it.

    DuckDB's first query with parameters imports modules and swallows what is raised meanwhile; a query that
    is interrupted raises an error of its own. Elsewhere than in the main thread nothing is done.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    heard: list[BaseException] = []

    def hear(number: int, frame: FrameType | None) -> None:
        try:
            handler(number, frame)
        except BaseException as error:
            heard.append(error)
            raise

    before = {number: signal.getsignal(number) for number in ASKED}
    for number, known in before.items():
        if known is handler:
            signal.signal(number, hear)
    try:
        yield
    except Exception as error:
        if heard:
            raise heard[0] from error
        raise
    finally:
        for number, known in before.items():
            if signal.getsignal(number) is hear:  # Dagster puts its own back between the events of a step
                signal.signal(number, known)
    if heard:
        raise heard[0]
