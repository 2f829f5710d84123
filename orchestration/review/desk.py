"""What the pages of the review work on: one installation, and the reports of it that are open.

Does not belong here: what a page shows or a form decides (``application``).
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.building.lock import only_one
from orchestration.discovery.complete import Shelf
from orchestration.errors import Busy
from orchestration.extraction.documents import Document, read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, load_report, outdated, read_extract, sound_reports
from orchestration.reconciliation.register import REGISTER
from orchestration.review.decisions import Stale
from orchestration.review.dossier import Dossier, document_of, open_dossier, state_of
from orchestration.review.finishing import write_reading
from orchestration.review.guard import TokenGuard
from orchestration.review.progress import ReviewProgress, counted, trail_of
from orchestration.review.recovering import recover
from orchestration.review.refusals import catalogue_of
from orchestration.review.seeds import is_under_way, known_of
from orchestration.review.suggestions import Suggester
from orchestration.review.trail import Trail
from orchestration.settings import Settings

#: Seconds between attempts to be the one that reads and writes in a clone.
WAITS = (0.05,) * 20 + (0.5,) * 40
#: A seed as it stands: its name, its size and when it was written.
SeedStamp = tuple[str, int, int]


@contextlib.contextmanager
def alone(raw: Path) -> Iterator[None]:
    """Read and write the reports and the seeds of a clone while no other process of a review does: what a
    decision was checked against still stands when it is written.

    Raises ``Stale`` when another one does not let go.
    """
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(only_one(raw, WAITS))
        except Busy as error:
            raise Stale(
                "une autre relecture de ce clone écrit depuis longtemps, ou est suspendue : arrêtez-la ou "
                "reprenez-la, puis recommencez ; rien n'a été écrit"
            ) from error
        yield


@dataclass
class Desk:
    """What the pages work on: one installation, the dossiers that are open, one decision at a time, whichever
    process takes it.
    """

    settings: Settings
    guard: TokenGuard
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    suggesters: dict[str, tuple[str, Suggester]] = field(default_factory=dict)
    shelves: list[Shelf] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    seen: frozenset[SeedStamp] = frozenset()
    recovered: bool = False

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else reads or writes meanwhile; what others changed in the seeds before is read again."""
        with self.lock, alone(self.settings.raw):
            if not self.recovered or is_under_way(self.settings.seeds):
                recover(self.settings)
                self.recovered = True
            if self.seen != (found := self._seeds()):
                self.forget()
                self.seen = found
            try:
                yield
            finally:
                self.seen = self._seeds()

    def _seeds(self) -> frozenset[SeedStamp]:
        found = ((path.name, path.stat()) for path in self.settings.seeds.glob("*.csv"))
        return frozenset((name, told.st_size, told.st_mtime_ns) for name, told in found)

    @property
    def register(self) -> Path | None:
        """The register of findings; ``None`` where the installation has none."""
        path = self.settings.root / "expectations" / REGISTER.name
        return path if path.is_file() else None

    def reports(self) -> list[Report]:
        return sound_reports(self.settings.raw)

    def dossier(self, code: str) -> Dossier:
        """The dossier of a report, opened again when its files changed, its extract read again where it is
        older than them.
        """
        report = load_report(self._folder(code))
        trail = self.trail(report)
        trail.steps()
        held = self.dossiers.get(code)
        if held is None or held.state != state_of(report):
            self.dossiers[code] = open_dossier(
                report, self.document(report), catalogue_of(self.settings.seeds)
            )
            if held is not None or outdated(report):  # what is counted is what is read
                write_reading(self.dossiers[code], self.settings.raw, self.shelf())
        return self.dossiers[code]

    def document(self, report: Report) -> Document:
        """The document of a report; that which is read already where its bytes are the same."""
        path = document_of(report, self.settings.documents)
        key = report.document, report.encodage
        held = self.documents.get(key)
        if held is None or held.sha256 != hashlib.sha256(path.read_bytes()).hexdigest():
            self.documents[key] = read_document(path, report.encodage)
        return self.documents[key]

    def has(self, code: str) -> bool:
        """Whether there is a report of that code, whether it can be read or not."""
        with contextlib.suppress(ExtractionError):
            self._folder(code)
            return True
        return False

    def decided(self, code: str) -> bool:
        """Whether a decision tells what the files of a report should hold."""
        return bool(self.trail(load_report(self._folder(code))).steps())

    def restore(self, code: str) -> list[str]:
        """Put the files of a report back as its last decision left them; returns their names."""
        return self.trail(load_report(self._folder(code))).restore()

    def keep(self, after: Dossier, trail: Trail) -> None:
        """Write the reading of a report whose decision was just recorded; where that fails the decision is
        none.
        """
        try:
            write_reading(after, self.settings.raw, self.shelf())
        except (ExtractionError, OSError):
            trail.undo()
            raise
        self.dossiers[after.report.code] = after

    def progress(self, dossier: Dossier) -> ReviewProgress:
        """How far a review has come, counted as in a terminal and beside the asset: from its extract, or from
        its reading where it has none yet.
        """
        try:
            numbers = read_extract(dossier.report).numbers
        except ExtractionError:
            numbers = dossier.numbers
        return counted(numbers, self.trail(dossier.report))

    def trail(self, report: Report) -> Trail:
        return trail_of(self.settings.warehouse, report)

    def suggester(self, dossier: Dossier) -> Suggester:
        """What proposes meanings for a report as it stands."""
        code, state = dossier.report.code, dossier.state
        if self.suggesters.get(code, ("", None))[0] != state:
            known = known_of(self.settings.seeds)
            self.suggesters[code] = state, Suggester(dossier.catalogue, self.reports(), dossier, known)
        return self.suggesters[code][1]

    def shelf(self) -> Shelf:
        """What reading a draft needs of the other reports, made once."""
        self.shelves = self.shelves or [Shelf(lambda: catalogue_of(self.settings.seeds), self.settings.raw)]
        return self.shelves[0]

    def forget(self) -> None:
        """Open every dossier anew: the seeds changed, or which reports are reviewed."""
        self.dossiers.clear()
        self.suggesters.clear()
        self.shelves.clear()

    def _folder(self, code: str) -> Path:
        folder = self.settings.raw / code
        if folder.parent != self.settings.raw or not (folder / "report.yml").is_file():
            raise ExtractionError(f"aucun rapport ne se nomme « {code} »")
        return folder
