"""How many published states are kept, and going back to one of them."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

from orchestration.building.checksums import damaged_files
from orchestration.building.inputs import UNSETTLED, Inputs
from orchestration.building.published import look
from orchestration.building.verdict import distrust
from orchestration.errors import NightError
from orchestration.publication.publish import INCOMPLETE, current_release, switch

KEPT = 7
NAME = re.compile(r"[0-9]{6}-[0-9]{8}T[0-9]{6}Z")


def list_releases(warehouse: Path) -> list[str]:
    """Names of the complete releases, oldest first: a name starts with a number that only grows, whatever the
    clock says.
    """
    folder = warehouse / "releases"
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and NAME.fullmatch(path.name))


def next_release(warehouse: Path, moment: datetime) -> str:
    """A name after all others, such as ``000042-20250131T020000Z`` for a moment in UTC."""
    numbers = [int(name.split("-")[0]) for name in list_releases(warehouse)]
    return f"{max(numbers, default=0) + 1:06d}-{moment:%Y%m%dT%H%M%SZ}"


def remove_old_releases(warehouse: Path, kept: int = KEPT, most_bytes: int | None = None) -> list[str]:
    """Remove all but the newest ``kept`` states, and the oldest of them while all together take more than
    ``most_bytes``.

    The published one always stays, and the newest of the others, so that there is a state to go back to.
    Returns the names removed.

    Releases are kept for going back: of those that say the same, the newest is enough, so that nights without
    news evict no state. A release that this user may not remove is no reason to fail: it is only no longer
    listed, or stays.
    """
    current = current_release(warehouse)
    newest: dict[str, str] = {}
    for name in list_releases(warehouse):
        newest[_state(warehouse / "releases" / name)] = name
    if current:
        newest[_state(warehouse / "releases" / current)] = current
    others = sorted(name for name in newest.values() if name != current)
    stay = others[max(0, len(others) - (kept - 1)) :]
    sizes = (
        {name: size_of(warehouse / "releases" / name) for name in [*stay, *([current] if current else [])]}
        if most_bytes
        else {}
    )
    while len(stay) > 1 and most_bytes and sum(sizes.values()) > most_bytes:
        del sizes[stay.pop(0)]
    surplus = {*list_releases(warehouse), *others} - {*stay, current}
    return [name for name in sorted(surplus) if _remove(warehouse / "releases" / name)]


def size_of(release: Path) -> int:
    """Bytes that removing a release would free: files that it shares with others (``publication.revisions``)
    are not counted.
    """
    stats = [path.stat() for path in release.rglob("*") if path.is_file()]
    return sum(stat.st_size for stat in stats if stat.st_nlink == 1)


def _state(release: Path) -> str:
    """What tells a release from one that says the same: the sources, and what the rows of each report were
    read from.
    """
    seen = look(release / "observatoire.duckdb")
    if not seen.inputs:  # damaged, or of a version that did not say: like no other
        return release.name
    shared = [f"{key.kind} {digest}" for key, digest in sorted(seen.inputs.items()) if not key.report]
    unsettled = [release.name] if any(said.endswith(f" {UNSETTLED}") for said in shared) else []
    rows = [
        f"{code} {kept.reading or _inputs_of(code, kept.source, seen.inputs)}"
        for code, kept in sorted(seen.reports.items())
    ]
    return "\n".join([*shared, *rows, *unsettled])


def _inputs_of(code: str, source: str, inputs: Inputs) -> str:
    return f"{source} {[digest for key, digest in sorted(inputs.items()) if key.report == code]}"


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
    if reason := distrust(warehouse / "releases" / release):
        raise NightError(f"release {release} should never have been published, {reason}: choose another one")
    switch(warehouse, warehouse / "releases" / release)
    return release
