"""What was half done when a process of the review was killed, or a disk was full: completed, or put back.

Does not belong here: a decision itself between its trail and its template (``trail`` heals that).
"""

from __future__ import annotations

import contextlib

from orchestration.building.whole import left_aside
from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import outdated, sound_reports
from orchestration.review.dossier import document_of, open_dossier
from orchestration.review.finishing import write_reading
from orchestration.review.progress import trail_of
from orchestration.review.refusals import catalogue_of
from orchestration.review.seeds import settle
from orchestration.settings import Settings


def recover(settings: Settings) -> None:
    """Complete the last decision of each report, read again what is older than its template where the
    document is at hand, take out of the seeds what a decision that never came added, and remove files that
    were being written. What cannot be read or written stays as it is: its page says why.
    """
    seeds = settings.seeds
    for folder in (*settings.raw.glob("*/"), seeds, settings.warehouse / ".revue"):
        names = [path.name for path in folder.glob("*.*")]
        for left in left_aside(folder, names):
            left.unlink(missing_ok=True)
    for report in sound_reports(settings.raw):
        if not (settings.warehouse / ".revue" / f"{report.code}.jsonl").exists():
            continue
        with contextlib.suppress(ExtractionError, OSError):
            trail_of(settings.warehouse, report).steps()
            if outdated(report):
                document = read_document(document_of(report, settings.documents), report.encodage)
                write_reading(open_dossier(report, document, catalogue_of(seeds)), settings.raw)
    with contextlib.suppress(ExtractionError, OSError):
        settle(seeds, settings.raw)
