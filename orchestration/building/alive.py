"""Whether a process lives, and since when: what Linux says of it. Elsewhere nothing is known of any."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Alive:
    """A process that has not ended: the second since 1970 at which it began, and whether it is stopped
    (``SIGSTOP``, Ctrl-Z)."""

    began: float
    stopped: bool


def look_at(pid: int) -> Alive | None:
    """The process of that number; ``None`` when there is none, or it only waits for its parent to notice its
    end.
    """
    try:
        said = (PROCESSES / str(pid) / "stat").read_text(errors="replace").rsplit(")", 1)[1].split()
        if said[0] in "ZX":
            return None
        return Alive(_booted() + int(said[19]) / os.sysconf("SC_CLK_TCK"), said[0] in "Tt")
    except (OSError, ValueError, IndexError):
        return None


def _booted() -> float:
    lines = (PROCESSES / "stat").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("btime")))
