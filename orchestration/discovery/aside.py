"""Writing a report aside and putting it in place at the end: whole, or not at all, however the writing ends.

Belongs here: the folder in which a report is written before it counts, and the renames that make it count.
Does not belong here: what is written.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.extraction.errors import ExtractionError

#: Below ``raw``, deeper than reports are looked for: what a killed run leaves there is no report.
ASIDE = ".en_cours"


@dataclass
class Workbench:
    """Copies to write into: ``seeds`` whole, and in ``folder`` those of reports."""

    folder: Path
    seeds: Path
    copied: dict[Path, set[Path]] = field(default_factory=dict)

    def copy_of(self, report: Path) -> Path:
        """The copy of a report's folder, empty when there is none yet."""
        copy = self.folder / report.name
        if report.is_dir():
            shutil.copytree(report, copy)
        else:
            copy.mkdir()
        self.copied[report] = _files(copy)
        return copy


@contextmanager
def written_aside(raw: Path, seeds: Path) -> Iterator[Workbench]:
    """Copies of ``seeds`` and of the reports that are asked for; they are put in place when the block ends.

    When the block raises, nothing is; leftovers of a run that was killed are removed first. Raises
    ``ExtractionError`` while another run writes.
    """
    raw.mkdir(parents=True, exist_ok=True)
    held, aside = os.open(raw, os.O_RDONLY), raw / ASIDE
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExtractionError(f"un autre rapport s'écrit dans {raw} : attendez qu'il le soit") from error
        shutil.rmtree(aside, ignore_errors=True)
        try:
            copies = Workbench(aside, aside / "seeds")
            shutil.copytree(seeds, copies.seeds)
            yield copies
            _put_in_place(copies, seeds)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    finally:
        os.close(held)


def _put_in_place(copies: Workbench, seeds: Path) -> None:
    """Members first, the report that needs them last. A new folder appears in one rename; in one that is
    there file after file is replaced, so that no night finds the report missing.
    """
    _replace_files(copies.seeds, seeds)
    for report, before in copies.copied.items():
        copy = copies.folder / report.name
        if not report.is_dir():
            os.rename(copy, report)
            continue
        gone = before - _files(copy)
        _replace_files(copy, report)
        for name in gone:
            (report / name).unlink(missing_ok=True)


def _replace_files(fresh: Path, target: Path) -> None:
    """Put the files of ``fresh`` into ``target``, touching only those that differ."""
    for name in sorted(_files(fresh)):
        if not (target / name).is_file() or (target / name).read_bytes() != (fresh / name).read_bytes():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(fresh / name, target / name)


def _files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
