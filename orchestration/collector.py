"""Python's collector of rubbish, for processes that import much and live for minutes. Nothing else belongs
here.
"""

import atexit
import gc

#: New objects after which the collector looks through the young ones, and how many of its rounds make one
#: through all: Python's own 700 would search a million imported objects again and again.
YOUNG, OLDER = 100_000, 20


def spare_the_collector() -> None:
    """Let the collector look seldom, and not at all when the process ends: its memory goes with it. A third
    of what a night's imports take.
    """
    gc.set_threshold(YOUNG, OLDER, OLDER)
    atexit.register(gc.freeze)
