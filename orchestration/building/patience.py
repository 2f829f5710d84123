"""Trying again what may pass by itself: a file that is being copied, a lock, a fault of the disk. Bad input
never passes.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from orchestration.errors import Busy
from orchestration.extraction.errors import StillChanging

#: Seconds before the second, third and fourth attempt.
WAITS = (0.5, 2.0, 8.0)
PASSING = {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ETXTBSY}
Result = TypeVar("Result")


def may_pass(error: Exception) -> bool:
    """Whether the same attempt may succeed a little later."""
    return isinstance(error, (StillChanging, Busy)) or (isinstance(error, OSError) and error.errno in PASSING)


def patiently(attempt: Callable[[], Result], waits: Sequence[float] | None = None) -> Result:
    """What ``attempt`` returns, tried again after each wait while its failure may pass; any other failure is
    raised at once.
    """
    for wait in WAITS if waits is None else waits:
        try:
            return attempt()
        except Exception as error:
            if not may_pass(error):
                raise
            time.sleep(wait)
    return attempt()
