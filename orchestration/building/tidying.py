"""What stands in the way of a night in the folders that are its own: folders where files belong, files where
folders belong, and what a kill left half written.

Only names that a night writes itself are touched, and only when they are of the wrong kind; the caller holds
the lock.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.building.engine import steps_of, wal
from orchestration.building.verdict import refusal_by_dbt
from orchestration.building.whole import left_aside
from orchestration.settings import Settings

_FILES = (
    "journal.jsonl",
    "audit.json",
    "night.log",
    "diagnosis.txt",
    "constats.html",
    "suspects.json",
    "failing.json",
    "hold.json",
    "confirmed.json",
)


def clear_the_way(settings: Settings) -> list[Path]:
    """Remove what has the wrong kind from the private folder, the output of dbt and the staged extracts;
    returns what was removed.
    """
    blocking = in_the_way(settings)
    for path in blocking:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return blocking


def in_the_way(settings: Settings) -> list[Path]:
    """What ``clear_the_way`` would remove."""
    builds = [settings.build, steps_of(settings.build)]
    files = [
        *builds,
        *map(wal, builds),
        refusal_by_dbt(settings.build),
        *(settings.private / name for name in _FILES),
    ]
    folders = [settings.staged, settings.data_docs, settings.target, settings.private / "logs"]
    blocking = [path for path in files if path.is_dir() and not path.is_symlink()]
    blocking += [path for path in folders if (path.exists() or path.is_symlink()) and not path.is_dir()]
    if settings.target.is_dir():  # dbt's files have a suffix there, its folders none
        blocking += [path for path in settings.target.iterdir() if path.is_dir() and path.suffix]
    if settings.staged.is_dir():
        blocking += [path for path in settings.staged.iterdir() if path.is_symlink() or not path.is_dir()]
    return [*blocking, *left_aside(settings.private, _FILES)]
