"""One night at a time: an advisory lock that the operating system releases, however its holder ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import NightError


@contextmanager
def only_night(private: Path) -> Iterator[None]:
    """Hold the lock of the private folder. Raises ``NightError`` at once when another process holds it."""
    private.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(private / "night.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            raise NightError(f"another night is running (process {holder}): wait for it, nothing was changed") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
