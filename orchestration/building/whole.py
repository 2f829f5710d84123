"""Small files that are there whole, or as they were: a kill or a full disk in the middle leaves the one
before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from orchestration.building.alive import PROCESSES, look_at

_ASIDE = re.compile(r"\.(?P<name>.+)\.(?P<process>\d+)")


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` aside (UTF-8) and put it in its place. Raises ``OSError`` when the disk refuses."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def left_aside(folder: Path, names: Iterable[str]) -> list[Path]:
    """What processes that ended in the middle of writing one of ``names`` left in ``folder``."""
    found = ((path, _ASIDE.fullmatch(path.name)) for path in sorted(folder.glob(".*")))
    known = set(names) if PROCESSES.is_dir() else set()  # elsewhere nobody knows who still writes
    return [
        path for path, said in found if said and said["name"] in known and not look_at(int(said["process"]))
    ]
