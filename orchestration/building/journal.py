"""What a night did, step by step: written beside the private build while it works, then into
``audit.execution``.

A step may run in another process than the one that sums up the night, so the journal is a file.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.building.stopping import heard_at_the_end
from orchestration.progress import progress


@dataclass
class NightStep:
    """One step of a night: ``start`` in UTC (ISO 8601), wall time in seconds, rows where they make sense."""

    name: str
    start: str
    seconds: float = 0.0
    rows: int | None = None
    detail: str = ""


class Journal:
    """The steps of one night, in the order in which they ended, and the run that they belong to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, run: str = "") -> None:
        """Forget the previous night; ``run`` is the id of this one, where it has one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({"run": run}) + "\n" if run else "", encoding="utf-8")

    @contextmanager
    def step(self, name: str) -> Iterator[NightStep]:
        """Time a step; what the body sets on the step is written with it, also when the body fails. A step
        that was asked to stop fails, whatever the libraries that it calls make of it.
        """
        step = NightStep(name, datetime.now(UTC).isoformat(timespec="milliseconds"))
        clock = time.perf_counter()
        progress.info("start %s", name)
        outcome = "failed"
        try:
            with heard_at_the_end():
                yield step
            outcome = "done"
        finally:
            step.seconds = round(time.perf_counter() - clock, 3)
            self.tell(step, outcome)

    def tell(self, step: NightStep, outcome: str = "done") -> None:
        """Write a step that was timed elsewhere."""
        self._append(step)
        progress.info("%s %s (%.1f s) %s", outcome, step.name, step.seconds, step.detail)

    def _append(self, step: NightStep) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(step), ensure_ascii=False) + "\n")

    def run(self) -> str:
        """The id of the run that began last; empty where none said so."""
        for line in self._lines()[:1]:
            with suppress(ValueError, TypeError, KeyError):
                return str(json.loads(line)["run"])
        return ""

    def steps(self) -> list[NightStep]:
        """The steps written so far; a line that is torn, or that another program wrote, tells none."""
        return [step for step in map(_step, self._lines()) if step is not None]

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []


def _step(line: str) -> NightStep | None:
    try:
        return NightStep(**json.loads(line))
    except (ValueError, TypeError):
        return None
