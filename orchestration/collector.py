"""Python's collector of rubbish, for processes that import much and live for minutes, and for reading, which
makes many small objects and no rubbish. Nothing else belongs here.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New objects after which the collector looks through the young ones, and how many of its rounds make one
#: through all: Python's own 700 would search a million imported objects again and again.
YOUNG, OLDER = 100_000, 20


def spare_the_collector() -> None:
    """Let the collector look seldom, and not at all when the process ends: its memory goes with it. A third
    of what a night's imports take.
    """
    gc.set_threshold(YOUNG, OLDER, OLDER)
    atexit.register(gc.freeze)


@contextmanager
def looking_seldom() -> Iterator[None]:
    """While a document is read the collector looks seldom, whatever the process that reads it: a tenth of the
    reading. Its thresholds are put back afterwards.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], YOUNG), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
