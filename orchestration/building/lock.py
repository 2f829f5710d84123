"""One night at a time, and one writer of a clone: advisory locks that the operating system releases, however
their holder ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from orchestration.building.alive import look_at
from orchestration.building.patience import patiently
from orchestration.errors import Busy, NightError, unwritable


def _opened(private: Path) -> int:
    """The lock's file, open, in a folder that only its owner may enter: another account could hold the lock
    and stop every night.
    """
    try:
        private.mkdir(parents=True, exist_ok=True)
        keep_private(private)
        return os.open(private / "night.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        what = private / "night.lock" if private.is_dir() and os.access(private, os.W_OK) else private
        raise NightError(unwritable(what, error)) from error


def keep_private(folder: Path) -> None:
    """Let only its owner enter a folder: what is refused, or only remembered, is not for everybody on the
    machine.
    """
    status = folder.stat()
    if status.st_uid == os.geteuid() and status.st_mode & 0o077:
        folder.chmod(0o700)


@contextmanager
def only_one(folder: Path, waits: Sequence[float]) -> Iterator[None]:
    """Hold a folder against the other processes that hold it so, tried again after each of ``waits``
    (seconds). Raises ``Busy`` when one still does, ``OSError`` when there is no such folder.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        patiently(lambda: _take(descriptor, lambda: f"another process writes in {folder}"), waits)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, otherwise: Callable[[], str]) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Busy(otherwise()) from error


def _another_night(descriptor: int) -> str:
    return f"another night is running ({_holder(descriptor)}): wait for it, nothing was changed"


def _holder(descriptor: int) -> str:
    """The process that said it holds the lock, where it lives: one that ended may have left the lock to a
    child.
    """
    said = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
    process = look_at(int(said)) if said.isdecimal() else None
    if process is None:
        return "a process that did not say its number"
    if process.stopped:
        return f"process {said}, which is stopped: kill -CONT {said} lets it go on, kill {said} ends it"
    return f"process {said}"


@contextmanager
def only_night(private: Path, waits: Sequence[float] = ()) -> Iterator[None]:
    """Hold the lock of the private folder, tried again after each of ``waits`` (seconds).

    Raises ``Busy`` when another process still holds it, ``NightError`` when the folder cannot be written.
    """
    descriptor = _opened(private)
    try:
        patiently(lambda: _take(descriptor, lambda: _another_night(descriptor)), waits)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
