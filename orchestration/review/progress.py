"""How far the review of a draft has come: told by its page, in a terminal, and beside the asset of the
report.

Belongs here: counting what is decided and what waits. Does not belong here: what a figure means
(``dossier``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orchestration.discovery.complete import BLOCK
from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, read_extract
from orchestration.reconciliation.wording import count_words
from orchestration.review.dossier import DOUBTFUL
from orchestration.review.trail import Trail


@dataclass(frozen=True)
class ReviewProgress:
    """Figures of a draft and how many of them are reviewed or doubtful, numbers that nothing reads and their
    ``places`` (``12-0``), decisions, forms that were sent and minutes of work so far.
    """

    figures: int
    reviewed: int
    doubtful: int
    left: int
    decisions: int
    sent: int
    minutes: int
    places: frozenset[str] = frozenset()

    @property
    def told(self) -> str:
        """One line for a terminal."""
        return (
            f"{count_words(self.reviewed, 'relu')} sur {count_words(self.figures, 'chiffre')}, "
            f"{count_words(self.doubtful, 'douteux', 'douteux')}, {self.left} que rien ne lit ; "
            f"{count_words(self.decisions, 'décision')} en {count_words(self.sent, 'envoi')} et "
            f"{count_words(self.minutes, 'minute')}"
        )


def trail_of(warehouse: Path, report: Report) -> Trail:
    """The decisions of a report, kept beside the warehouse."""
    return Trail(warehouse / ".revue" / f"{report.code}.jsonl", report.folder)


def progress_of(report: Report, warehouse: Path) -> ReviewProgress | None:
    """The progress of a draft as its extract has it; ``None`` for a report that is no draft or has no
    extract.
    """
    if not report.brouillon:
        return None
    try:
        numbers = read_extract(report).numbers
    except ExtractionError:
        return None
    return counted(numbers, trail_of(warehouse, report))


def counted(numbers: pl.DataFrame, trail: Trail) -> ReviewProgress:
    """The progress that the rows of an extract and a trail tell. What only the second reading understood
    waits to be taken up: it is left, not a figure to review.
    """
    beyond = pl.col("bloc") == BLOCK
    observed = numbers.filter((pl.col("statut") == "observation") & ~beyond)
    waiting = observed.filter(pl.col("revue") == "false")
    unsure = pl.col("confiance").cast(pl.Float64, strict=False) < float(DOUBTFUL)
    left = numbers.filter((pl.col("statut") == "a_relever") | beyond).select("ligne", "colonne")
    return ReviewProgress(
        observed.height,
        observed.height - waiting.height,
        waiting.filter((pl.col("indicateur_code") == UNMAPPED) | unsure).height,
        left.height,
        trail.decisions(),
        trail.sent(),
        trail.minutes(),
        frozenset(f"{line}-{column}" for line, column in left.iter_rows()),
    )
