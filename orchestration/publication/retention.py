"""How many published states are kept, and going back to one of them."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

from orchestration.building.checksums import damaged_files
from orchestration.errors import NightError
from orchestration.publication.publish import INCOMPLETE, current_release, switch

KEPT = 7
NAME = re.compile(r"[0-9]{6}-[0-9]{8}T[0-9]{6}Z")


def list_releases(warehouse: Path) -> list[str]:
    """Names of the complete releases, oldest first: a name starts with a number that only grows, whatever the clock says."""
    folder = warehouse / "releases"
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and NAME.fullmatch(path.name))


def next_release(warehouse: Path, moment: datetime) -> str:
    """A name after all others, such as ``000042-20250131T020000Z`` for a moment in UTC."""
    numbers = [int(name.split("-")[0]) for name in list_releases(warehouse)]
    return f"{max(numbers, default=0) + 1:06d}-{moment:%Y%m%dT%H%M%SZ}"


def remove_old_releases(warehouse: Path, kept: int = KEPT) -> list[str]:
    """Remove all but the newest ``kept`` releases, never the published one; returns the names removed.

    A release that this user may not remove is no reason to fail: it is only no longer listed, or stays.
    """
    current = current_release(warehouse)
    others = [name for name in list_releases(warehouse) if name != current]
    surplus = others[: max(0, len(others) - (kept - 1))]
    return [name for name in surplus if _remove(warehouse / "releases" / name)]


def _remove(release: Path) -> bool:
    """Take a release off the list in one rename, then remove it as far as possible."""
    doomed = release.with_name(f"{INCOMPLETE}{release.name}")
    try:
        release.rename(doomed)
    except OSError:
        return False
    shutil.rmtree(doomed, ignore_errors=True)
    return not doomed.exists()


def roll_back(warehouse: Path, release: str | None = None) -> str:
    """Publish an earlier release again (by default the one before the current); returns its name."""
    names = list_releases(warehouse)
    current = current_release(warehouse)
    if release is None:
        earlier = [name for name in names if current is None or name < current]
        if not earlier:
            raise NightError("there is no earlier release to go back to")
        release = earlier[-1]
    if release not in names:
        raise NightError(f"there is no release {release}; kept are: {', '.join(names) or 'none'}")
    if damaged := damaged_files(warehouse / "releases" / release):
        raise NightError(f"release {release} is damaged ({', '.join(damaged[:3])}): choose another one")
    switch(warehouse, warehouse / "releases" / release)
    return release
