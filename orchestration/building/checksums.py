"""The digests of the files of a release, written beside them: what is no longer as published is damaged."""

from __future__ import annotations

import json
from pathlib import Path

from orchestration.building.inputs import file_digest

CHECKSUMS = "checksums.json"


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 of every file of a release beside them, in ``checksums.json``."""
    sums = {
        str(path.relative_to(folder)): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def damaged_files(release: Path) -> list[str]:
    """The files of a release that are not what was published, those that were added to it too (a stray log
    would be replayed into what readers see); a release without its checksums is damaged as a whole."""
    try:
        sums = json.loads((release / CHECKSUMS).read_text(encoding="utf-8"))
        there = {str(path.relative_to(release)) for path in release.rglob("*") if not path.is_dir()}
        added = there - sums.keys() - {CHECKSUMS}
        return sorted(
            {*added, *(name for name, digest in sums.items() if file_digest(release / name) != digest)}
        )
    except (OSError, ValueError, AttributeError):
        return [CHECKSUMS]
