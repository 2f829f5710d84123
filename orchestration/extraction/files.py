"""The door: bytes of files that people and programs put into folders, read whole, unchanged, and from that
folder only.

What enters is a regular file that lies within the folder (a link may rename it, never lead out), of a bounded
size, and that nobody was writing while it was read. Nothing here knows what the bytes mean.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from orchestration.extraction.errors import ExtractionError, StillChanging


def read_within(path: Path, limit: int, folder: Path | None = None) -> bytes:
    """The bytes of ``path``, which must lie within ``folder`` (by default its own), at most ``limit`` of
    them.

    Raises ``StillChanging`` when the file changes while it is read, ``ExtractionError`` for every other
    refusal.
    """
    refuse_outside(path, folder or path.parent)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _read(path, descriptor, limit)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ExtractionError(f"{path.name}: cannot be read ({error.strerror})") from error


def refuse_outside(path: Path, folder: Path) -> None:
    """Raise ``ExtractionError`` when ``path`` leads out of ``folder`` through a link or a name such as
    ``..``.
    """
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise ExtractionError(
            f"{path.name}: its links cannot be followed; put the file itself into {folder}"
        ) from error
    if not inside:
        raise ExtractionError(f"{path.name}: leads out of {folder}; put the file itself there, not a link")


def _read(path: Path, descriptor: int, limit: int) -> bytes:
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        raise ExtractionError(f"{path.name}: is not a file; put a document there")
    if before.st_size > limit:
        raise ExtractionError(f"{path.name}: {before.st_size} bytes, the limit is {limit}; split the file")
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        data = stream.read(limit + 1)
    if (
        _identity(before) != _identity(os.fstat(descriptor))
        or _identity(before) != _identity(path.stat())
        or len(data) != before.st_size
    ):
        raise StillChanging(f"{path.name}: changed while it was read; run again once it is copied whole")
    return data


def _identity(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
