"""The trail of decisions of one report: written before the template changes, so that a kill loses nothing and
each can be undone.

One JSON object a line: when, what was decided for which figures, and the text of each file before and after;
then a line that says that the files hold it. A decision without that line was cut short by a kill. The trail
lies beside the warehouse, not in git: git has the template, and tells who decided.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.building.whole import write_whole
from orchestration.extraction.errors import ExtractionError


@dataclass(frozen=True)
class ReviewStep:
    """One decision; ``before`` and ``after`` hold the text of each file of the report that it changes, by its
    relative name. ``choices`` is how many things were decided by it; ``members`` are the codes that it added
    to the seed of each dimension; ``written`` says whether the files were written after it.
    """

    at: datetime
    said: str
    figures: int
    before: dict[str, str]
    after: dict[str, str]
    choices: int = 1
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    written: bool = False


#: Seconds without a decision after which a reviewer is taken to do something else.
PAUSE = 300
#: What follows a decision once the files hold it.
_WRITTEN = '{"written": true}'


class Trail:
    """The decisions of a report, oldest first."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._folder = path, folder
        self._heal()

    def steps(self) -> list[ReviewStep]:
        """Every decision that stands: what git put back is none any more."""
        steps = [_step(told) for told in self._told()]
        return steps[: self._standing(steps)]

    def _standing(self, steps: Sequence[ReviewStep]) -> int:
        """How many decisions stand, from the first on: a file that is as it was before one of them takes it
        back, and those after it. One that was edited by hand, as no decision left it, takes none back.
        """
        standing = len(steps)
        for name in {name for step in steps for name in step.after}:
            text, later = self._read(name), len(steps)
            for rank in (n for n in range(len(steps) - 1, -1, -1) if name in steps[n].after):
                if text == steps[rank].after[name]:
                    standing = min(standing, later)
                    break
                if text == steps[rank].before[name]:
                    standing = min(standing, rank)
                    break
                later = rank
        return standing

    def _told(self) -> list[list[str]]:
        """The lines of each decision; a line cut short was never a decision."""
        try:
            lines = self._path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return []
        found: list[list[str]] = []
        for line in lines[:-1]:
            if line == _WRITTEN and found:
                found[-1].append(line)
            else:
                found.append([line])
        return found

    def _cut(self) -> bool:
        """Whether the last line was cut short by a kill."""
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return False
        return bool(text) and not text.endswith(b"\n")

    def minutes(self) -> int:
        """Minutes of work: a pause of more than ``PAUSE`` between two decisions is none."""
        times = [step.at for step in self.steps()]
        gaps = [(after - before).total_seconds() for before, after in itertools.pairwise(times)]
        return round(sum(gap for gap in gaps if gap <= PAUSE) / 60)

    def decisions(self) -> int:
        """How many things were decided: a form that says what each of four rows means is four decisions."""
        return sum(step.choices for step in self.steps())

    def sent(self) -> int:
        """How many forms that decided something were sent."""
        return sum(step.choices > 0 for step in self.steps())

    def changes(self, after: Mapping[str, str]) -> bool:
        """Whether a decision would leave a file otherwise than it is."""
        return any(self._read(name) != text for name, text in after.items())

    def record(
        self,
        said: str,
        figures: int,
        after: dict[str, str],
        choices: int = 1,
        members: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Write a decision down, then the files that it changes.

        Raises ``OSError`` when a file cannot be written; the decision is none then.
        """
        before = {name: self._read(name) for name in after}
        told = self._told()[: len(self.steps())]
        if self._cut() or len(told) < len(self._told()):
            self._keep(told)
        entry = {
            "at": datetime.now(UTC).isoformat(),
            "said": said,
            "figures": figures,
            "choices": choices,
            "members": members or {},
            "before": before,
            "after": after,
        }
        line = json.dumps(entry, ensure_ascii=False)
        self._append(line)
        try:
            self._write(after)
            self._append(_WRITTEN)
        except OSError:
            with contextlib.suppress(OSError):
                self._write(before)
            self._keep(told)
            raise

    def undo(self) -> ReviewStep:
        """Take the last decision back and return it; one whose files somebody put back already is only
        forgotten.

        Raises ``ExtractionError`` when there is none, or a file was changed since.
        """
        steps = self.steps()
        if not steps:
            raise ExtractionError("il n'y a pas de décision à annuler")
        last = steps[-1]
        changed = [
            name for name in last.after if self._read(name) not in (last.before[name], last.after[name])
        ]
        if changed:
            raise ExtractionError(
                f"{', '.join(changed)} a changé depuis : annulez cette décision à la main, ou par git"
            )
        self._write(last.before)
        self._keep(self._told()[: len(steps) - 1])
        return last

    def restore(self) -> list[str]:
        """Write the files as the last decision that changed each of them left it; what stood there instead
        is kept beside the trail. Returns the names of those written; raises ``ExtractionError`` for none.
        """
        last = {name: text for step in self.steps() for name, text in step.after.items()}
        changed = [name for name, text in last.items() if self._read(name) != text]
        if not changed:
            raise ExtractionError(
                "les fichiers sont tels que la dernière décision les a écrits : reprenez-les dans git"
            )
        for name in changed:
            path = self._folder / name
            if path.is_file():
                kept = self._path.with_name(f"{self._path.stem}.{name.replace('/', '_')}.abime")
                kept.write_bytes(path.read_bytes())
            write_whole(path, last[name])
        return changed

    def _heal(self) -> None:
        """Finish the last decision where a kill fell before its files were written; one that was written and
        put back since, by git or by hand, stays put back.
        """
        steps = [_step(told) for told in self._told()]
        if not steps or steps[-1].written:
            return
        last = steps[-1]
        if all(self._read(name) in (last.before[name], text) for name, text in last.after.items()):
            self._write(last.after)

    def _append(self, line: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _keep(self, told: Sequence[Sequence[str]]) -> None:
        """Write the trail anew with these decisions, by rename."""
        write_whole(self._path, "".join(line + "\n" for lines in told for line in lines))

    def _read(self, name: str) -> str:
        try:
            return (self._folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def _write(self, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            path = self._folder / name
            if self._read(name) != text:
                write_whole(path, text)


def _step(told: Sequence[str]) -> ReviewStep:
    entry: dict[str, Any] = json.loads(told[0])
    return ReviewStep(
        datetime.fromisoformat(entry["at"]),
        entry["said"],
        entry["figures"],
        entry["before"],
        entry["after"],
        entry.get("choices", 1),
        entry.get("members", {}),
        len(told) > 1,
    )
