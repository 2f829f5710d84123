"""The scale of reading without a template: documents of 100 kB in one run on two processes.

``python tests/benchmarks/bench_discovery.py [--documents N] [--kilobytes K]`` writes N invented documents
into a temporary folder, reads them, and prints the throughput beside that of one plain regular expression
over the same text in the same run, and the peak memory of each process after a tenth of the documents and at
the end: flat when the two are alike.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from pathlib import Path

from orchestration.discovery.bulk import documents_of, scan_documents
from tests.discovery.scoring import excerpts

#: What stands between figures in a report: about nine tenths of its characters.
PROSE = (
    "Les équipes se sont mobilisées auprès des assurés et des partenaires du territoire pour simplifier les "
    "démarches,\n"
    "mieux orienter les publics fragiles et garantir la continuité du service, avec l'appui des "
    "professionnels de santé\n"
    "et des collectivités. Cette dynamique se poursuit avec le nouveau projet de la caisse, construit avec "
    "les agents.\n\n"
)
PLAIN_SCAN = re.compile(r"[-+]?\d{1,3}(?:[ \u00a0\u202f]\d{3})*(?:,\d+)?\s?(?:%|€|millions?|euros?)?")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--kilobytes", type=int, default=100)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = _written(Path(folder), options.documents, options.kilobytes * 1000)
        megabytes = sum(path.stat().st_size for path in paths) / 1e6
        plain, hits = _plain_scan(paths)
        _measure(paths, megabytes, options.processes)
        print(
            f"plain regular expression, one process: {hits} hits, {plain:.1f} s, {megabytes / plain:.1f} MB/s"
        )


def _written(folder: Path, count: int, size: int) -> list[Path]:
    """``count`` documents of about ``size`` bytes; each begins elsewhere in the corpus, so that no two are
    alike.
    """
    texts = [e.text for e in excerpts()]
    for n in range(count):
        pieces, length, i = [], 0, n
        while length < size:
            pieces.append(PROSE * 2 + texts[i % len(texts)].replace("12", str(10 + (n + i) % 89)))
            length += len(pieces[-1].encode())
            i += 1
        (folder / f"rapport_{n:05}_2022.txt").write_text("\n".join(pieces), encoding="utf-8")
    return documents_of(folder)


def _plain_scan(paths: list[Path]) -> tuple[float, int]:
    start = time.perf_counter()
    hits = sum(1 for path in paths for _ in PLAIN_SCAN.finditer(path.read_text(encoding="utf-8")))
    return time.perf_counter() - start, hits


def _measure(paths: list[Path], megabytes: float, processes: int) -> None:
    start, figures, early = time.perf_counter(), 0, 0
    for n, result in enumerate(scan_documents(paths, processes), 1):
        figures += result.figures
        if n == max(1, len(paths) // 10):
            early = _peak()
    seconds = time.perf_counter() - start
    print(
        f"{len(paths)} documents, {megabytes:.0f} MB, {figures} figures, {processes} processes: "
        f"{seconds:.1f} s, {megabytes / seconds:.2f} MB/s"
    )
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"peak memory of the parent: {early} MB after a tenth, {_peak()} MB at the end; largest worker "
        f"{workers} MB"
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
