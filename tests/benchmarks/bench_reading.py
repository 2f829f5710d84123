"""Processor time of reading all documents with their templates, after imports. Prints; asserts nothing.

OBSERVATOIRE_DOCUMENTS=... python -m tests.benchmarks.bench_reading
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.documents import read_document
from orchestration.extraction.reports import extract_report, list_reports

ROOT = Path(__file__).resolve().parents[2]


def spent(action) -> float:
    """Processor seconds of this process while ``action`` runs."""
    started = time.process_time()
    action()
    return time.process_time() - started


def yardstick() -> float:
    """Processor seconds of a fixed piece of work, so that machines and loads can be told apart."""
    return spent(lambda: sum(i * i for i in range(5_000_000)))


def main() -> None:
    documents = Path(os.environ.get("OBSERVATOIRE_DOCUMENTS", ROOT / "raw" / "documents"))
    catalogue = load_catalogue(ROOT / "dbt_project" / "seeds")
    unit, total = yardstick(), 0.0
    for report in list_reports(ROOT / "raw"):
        path = documents / report.document
        if not path.is_file():
            print(f"{report.code:<22} the document is not on this machine")
            continue
        seconds = spent(
            lambda report=report, path=path: extract_report(
                report, read_document(path, report.encodage), catalogue
            )
        )
        total += seconds
        print(f"{report.code:<22} {seconds:6.2f} s  {path.stat().st_size / 1e6 / seconds:6.2f} MB/s")
    print(f"{'all':<22} {total:6.2f} s  {total / unit:6.2f} x the yardstick ({unit:.2f} s)")


if __name__ == "__main__":
    main()
