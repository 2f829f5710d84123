"""All reports of a night: those that did not change are kept at once, the others are read by as many
processes as there are cores.

Belongs here: which reports need reading, and who reads them. Does not belong here: how one report is read,
kept or set back (isolation).
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context

from orchestration.building.inputs import MEMBERS, Key, declaration_of, report_inputs
from orchestration.building.isolation import Workplace, stage_or_keep
from orchestration.building.staging import StagedReport
from orchestration.discovery.complete import Shelf
from orchestration.errors import NightError
from orchestration.extraction.catalogue import Catalogue
from orchestration.extraction.reports import Report

#: Fewer reports to read are read in this process: starting another one costs as much as reading these.
WORTH_A_PROCESS = 16

Task = tuple[Report, Mapping[Key, str]]


@dataclass(frozen=True)
class ReportIntake:
    """How one report entered the night, or the ``error`` that refused it; ``seconds`` of wall time since
    ``start`` (ISO 8601, UTC).
    """

    report: Report
    staged: StagedReport | None
    error: Exception | None
    start: str
    seconds: float


def read_all(
    reports: Sequence[Report],
    work: Workplace,
    catalogue: Callable[[], Catalogue],
    processes: int | None = None,
) -> Iterator[ReportIntake]:
    """Stage every report, in their order; a refusal is given, not raised.

    ``catalogue`` is called at most once a process and crosses to others, so it is a function of a module or a
    partial of one. Raises ``NightError`` when a reading process is killed, ``ExtractionError`` when the seeds
    changed and are no catalogue.
    """
    declared = [declaration_of(report.folder, report.document) for report in reports]
    tasks = [
        (report, report_inputs(own, work.documents)) for report, own in zip(reports, declared, strict=True)
    ]
    kept = {report.code for report, own in tasks if work.has(report, {**work.shared, **own})}
    shelf = Shelf(catalogue, reports[0].folder.parent if reports else work.staged)
    members = Key("", MEMBERS)
    if work.published.inputs.get(members, work.shared.get(members)) != work.shared.get(members):
        _ = shelf.catalogue  # an edit that concerns no report must still be a catalogue
    processes = min(processes or os.cpu_count() or 1, (len(tasks) - len(kept)) // WORTH_A_PROCESS)
    if processes < 2:
        yield from (_read(task, work, shelf) for task in tasks)
        return
    with closing(
        _elsewhere(
            [task for task in tasks if task[0].code not in kept],
            work,
            functools.partial(Shelf, catalogue, reports[0].folder.parent),
            processes,
        )
    ) as read:
        for task in tasks:
            yield _read(task, work, shelf) if task[0].code in kept else next(read)


def _read(task: Task, work: Workplace, shelf: Shelf) -> ReportIntake:
    report, own = task
    start, clock = datetime.now(UTC).isoformat(timespec="milliseconds"), time.perf_counter()
    staged, error = None, None
    try:
        staged = stage_or_keep(report, work, shelf, own)
    except Exception as refusal:
        error = refusal
    return ReportIntake(report, staged, error, start, round(time.perf_counter() - clock, 3))


def _elsewhere(
    tasks: Sequence[Task], work: Workplace, shelf: Callable[[], Shelf], processes: int
) -> Generator[ReportIntake, None, None]:
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (work, shelf))
    try:
        yield from pool.map(_read_here, tasks, chunksize=4)
    except BrokenProcessPool as error:
        raise NightError(
            "a process that reads reports was killed (the machine may lack memory): run the night again"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_here: dict[str, tuple[Workplace, Shelf]] = {}


def _begin(work: Workplace, shelf: Callable[[], Shelf]) -> None:
    _here["night"] = (work, shelf())


def _read_here(task: Task) -> ReportIntake:
    return _read(task, *_here["night"])
