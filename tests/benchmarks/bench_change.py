"""What a night costs in proportion to what changed: nothing, one report of all, everything; beside a bare
``dbt build``.

Works in an installation of its own, with the documents of ``OBSERVATOIRE_DOCUMENTS`` (required). Prints
medians, ratios and the peak memory of each (the sum over its processes of what they hold at one moment).

    python tests/benchmarks/bench_change.py [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.bench_nightly import ROOT, Measure, measure

KINDS = ("full night", "one changed", "nothing changed", "dbt build")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    documents = os.environ.get("OBSERVATOIRE_DOCUMENTS")
    if not documents:
        sys.exit("OBSERVATOIRE_DOCUMENTS is not set: there is nothing to change")
    with tempfile.TemporaryDirectory() as scratch:
        report(run(Path(scratch), Path(documents), rounds))


def run(scratch: Path, documents: Path, rounds: int) -> dict[str, list[Measure]]:
    """Alternate the kinds of nights, so that a machine that slows down slows them all."""
    shutil.copytree(documents, scratch / "documents")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "OBSERVATOIRE_DOCUMENTS": str(scratch / "documents"),
        "OBSERVATOIRE_WAREHOUSE": str(scratch / "warehouse"),
        "OBSERVATOIRE_BUILD": str(scratch / "warehouse/.build/observatoire.duckdb"),
        "DBT_TARGET_PATH": str(scratch / "warehouse/.build/target"),
        "DAGSTER_HOME": str(scratch / "home"),
        "PYTHONPATH": str(ROOT),
    }
    changed = min((scratch / "documents").iterdir(), key=lambda path: path.stat().st_size)

    def night(*options: str) -> Measure:
        return measure([sys.executable, "-m", "orchestration", "nightly", *options], ROOT, environment)

    def one_changed() -> Measure:
        changed.chmod(0o644)
        changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        return night()

    build = [str(Path(sys.executable).parent / "dbt"), "build", "--profiles-dir", str(ROOT / "dbt_project")]
    steps: dict[str, Callable[[], Measure]] = {
        "full night": lambda: night("--full"),
        "one changed": one_changed,
        "nothing changed": night,
        "dbt build": lambda: measure(build, ROOT / "dbt_project", environment),
    }
    night("--full")
    found: dict[str, list[Measure]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            found[kind].append(steps[kind]())
    assert all("nothing changed" in night.output for night in found["nothing changed"]), found[
        "nothing changed"
    ][0].output
    return found


def report(found: dict[str, list[Measure]]) -> None:
    wall = {kind: statistics.median(m.wall for m in found[kind]) for kind in KINDS}
    for kind in KINDS:
        shown = ", ".join(f"{m.wall:.1f}" for m in found[kind])
        print(
            f"{kind:16} median {wall[kind]:6.1f} s wall ({shown}), peak "
            f"{max(m.peak for m in found[kind]):6.0f} MiB"
        )
    for name, goal in (("nothing changed", 0.35), ("one changed", None)):
        print(
            f"ratio {name} / full night: "
            f"{wall[name] / wall['full night']:.2f}{f' (at most {goal})' if goal else ''}"
        )
    print(f"ratio full night / bare dbt build: {wall['full night'] / wall['dbt build']:.2f} (at most 2)")


if __name__ == "__main__":
    main()
