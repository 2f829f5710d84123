"""The trail of decisions of one report: written before the template changes, so that a kill loses nothing and
each can be undone.

One JSON object a line: when, what was decided for which figures, and the text of each file before and after.
The trail lies beside the warehouse, not in git: git has the template, and tells who decided.
"""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.extraction.errors import ExtractionError


@dataclass(frozen=True)
class ReviewStep:
    """One decision; ``before`` and ``after`` hold the text of each file of the report that it changes, by its
    relative name. ``choices`` is how many things were decided by it.
    """

    at: datetime
    said: str
    figures: int
    before: dict[str, str]
    after: dict[str, str]
    choices: int = 1


class Trail:
    """The decisions of a report, oldest first."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._folder = path, folder
        self._heal()

    def steps(self) -> list[ReviewStep]:
        """Every decision that stands."""
        try:
            lines = self._path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return []
        found = [_step(json.loads(line)) for line in lines if line.endswith("}")]
        return found

    def minutes(self) -> int:
        """Minutes of work: gaps of more than ten minutes between decisions count as breaks."""
        times = [step.at for step in self.steps()]
        gaps = [(after - before).total_seconds() for before, after in itertools.pairwise(times)]
        return round(sum(gap for gap in gaps if gap < 600) / 60)

    def decisions(self) -> int:
        """How many things were decided: a form that says what each of four rows means is four decisions."""
        return sum(step.choices for step in self.steps())

    def record(self, said: str, figures: int, after: dict[str, str], choices: int = 1) -> None:
        """Write a decision down, then the files that it changes."""
        before = {name: self._read(name) for name in after}
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        entry = {
            "at": datetime.now(UTC).isoformat(),
            "said": said,
            "figures": figures,
            "choices": choices,
            "before": before,
            "after": after,
        }
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        self._write(after)

    def undo(self) -> str:
        """Take the last decision back; returns what it said.

        Raises ``ExtractionError`` when there is none, or a file was changed since.
        """
        steps = self.steps()
        if not steps:
            raise ExtractionError("il n'y a pas de décision à annuler")
        last = steps[-1]
        changed = [name for name, text in last.after.items() if self._read(name) != text]
        if changed:
            raise ExtractionError(
                f"{', '.join(changed)} a changé depuis : annulez cette décision à la main, ou par git"
            )
        self._write(last.before)
        self._rewrite(len(steps) - 1)
        return last.said

    def _heal(self) -> None:
        """Finish the last decision where a kill fell between its files; a line cut short was never a
        decision.
        """
        steps = self.steps()
        if steps and all(self._read(n) in (steps[-1].before[n], text) for n, text in steps[-1].after.items()):
            self._write(steps[-1].after)

    def _rewrite(self, kept: int) -> None:
        lines = self._path.read_text(encoding="utf-8").split("\n")
        partial = self._path.with_suffix(".partial")
        partial.write_text("".join(line + "\n" for line in lines[:kept]), encoding="utf-8")
        os.replace(partial, self._path)

    def _read(self, name: str) -> str:
        try:
            return (self._folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _write(self, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            path = self._folder / name
            if self._read(name) != text:
                partial = path.with_name(f".{path.name}.partial")
                partial.write_text(text, encoding="utf-8")
                os.replace(partial, path)


def _step(entry: dict[str, Any]) -> ReviewStep:
    return ReviewStep(
        datetime.fromisoformat(entry["at"]),
        entry["said"],
        entry["figures"],
        entry["before"],
        entry["after"],
        entry.get("choices", 1),
    )
