"""One night at a time: an advisory lock that the operating system releases, however its holder ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from orchestration.building.patience import patiently
from orchestration.errors import Busy, NightError


def _opened(private: Path) -> int:
    try:
        private.mkdir(parents=True, exist_ok=True)
        return os.open(private / "night.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        what = private / "night.lock" if private.is_dir() and os.access(private, os.W_OK) else private
        raise NightError(f"{what} cannot be written ({error.strerror}): give it to the user of the night; nothing was changed") from error


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        raise Busy(f"another night is running (process {holder}): wait for it, nothing was changed") from error


@contextmanager
def only_night(private: Path, waits: Sequence[float] = ()) -> Iterator[None]:
    """Hold the lock of the private folder, tried again after each of ``waits`` (seconds).

    Raises ``Busy`` when another process still holds it, ``NightError`` when the folder cannot be written.
    """
    descriptor = _opened(private)
    try:
        patiently(lambda: _take(descriptor), waits)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
