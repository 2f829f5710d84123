"""How long a warm night takes beside a bare ``dbt build`` of the same project, on the same machine, in the
same minute.

Prints the median wall time of each, their ratio, the share of each step of a night, and the peak memory of
each (the sum over its processes of what they hold at one moment). Nights and builds alternate, so that a
machine that slows down slows both.

    python tests/benchmarks/bench_nightly.py [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Measure:
    """Wall and processor time in seconds, peak resident memory in MiB, and what the command printed."""

    wall: float
    cpu: float
    peak: float
    output: str


def measure(command: list[str], cwd: Path, environment: dict[str, str]) -> Measure:
    """Run a command to its end. Raises ``SystemExit`` with its output when it fails."""
    before, clock = os.times(), time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT)
        peak = _watch(process)
        wall, after = time.perf_counter() - clock, os.times()
        output.seek(0)
        text = output.read()
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{text}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measure(wall, cpu, peak, text)


def _watch(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process; the most memory that it and its descendants held at once, in MiB."""
    done, peak = threading.Event(), [0.0]

    def sample() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], resident(process.pid))

    watcher = threading.Thread(target=sample)
    watcher.start()
    process.wait()
    done.set()
    watcher.join()
    return peak[0]


def resident(pid: int) -> float:
    """Resident memory of a process and its descendants, in MiB; pages they share count for each."""
    pages, waiting = 0, [pid]
    while waiting:
        current = waiting.pop()
        try:
            pages += int(Path(f"/proc/{current}/statm").read_text().split()[1])
            for task in Path(f"/proc/{current}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError):
            continue
    return pages * PAGE / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    night_command = [sys.executable, "-m", "orchestration", "nightly", "--full"]
    build_command = [str(Path(sys.executable).parent / "dbt"), "build"]
    project = ROOT / "dbt_project"
    measure(night_command, ROOT, environment)  # warm: bytecode, parsed project
    nights, builds = [], []
    for _ in range(rounds):
        builds.append(measure(build_command, project, environment))
        nights.append(measure(night_command, ROOT, environment))
    report(nights, builds)


def report(nights: list[Measure], builds: list[Measure]) -> None:
    for name, measures in (("night", nights), ("dbt build", builds)):
        walls = ", ".join(f"{m.wall:.1f}" for m in measures)
        print(
            f"{name:10} median {_median(measures, 'wall'):6.1f} s wall ({walls}), "
            f"{_median(measures, 'cpu'):6.1f} s cpu, peak {max(m.peak for m in measures):6.0f} MiB"
        )
    for kind in ("wall", "cpu"):
        print(f"ratio {kind}: {_median(nights, kind) / _median(builds, kind):.2f}")
    typical = sorted(nights, key=lambda m: m.wall)[len(nights) // 2]
    shares = re.search(r"^time +(.*)$", typical.output, re.MULTILINE)
    print(f"shares of the median night: {shares.group(1) if shares else 'not told'}")


def _median(measures: list[Measure], what: str) -> float:
    return statistics.median(getattr(measure, what) for measure in measures)


if __name__ == "__main__":
    main()
