"""Reading many documents at once: a pool of processes, results as they come, memory that does not grow with
their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from orchestration.discovery.figures import discover
from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.formats import SUFFIXES

#: A worker is replaced after this many documents, so that what libraries keep never adds up.
DOCUMENTS_PER_WORKER = 500


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one document gave: its characters and figures, how many of them have a label, or why it was
    refused.
    """

    name: str
    characters: int = 0
    figures: int = 0
    labelled: int = 0
    refusal: str = ""

    def __str__(self) -> str:
        return (
            self.refusal
            or f"{self.name} : {self.figures} chiffres en {self.characters} caractères, {self.labelled} avec "
            "un libellé"
        )


def documents_of(folder: Path) -> list[Path]:
    """The documents of a folder that have a known format, by name; raises ``ExtractionError`` when there is
    none.
    """
    if not folder.is_dir():
        raise ExtractionError(f"{folder} : ce dossier n'existe pas")
    found = sorted(path for path in folder.iterdir() if path.suffix.casefold() in SUFFIXES and path.is_file())
    if not found:
        raise ExtractionError(f"{folder} : aucun document {', '.join(SUFFIXES)} ne s'y trouve")
    return found


def scan_documents(paths: Iterable[Path], processes: int = 2) -> Iterator[Scanned]:
    """Read each document and yield its counts in order; one that cannot be read gives its refusal and stops
    nothing.
    """
    if processes <= 1:
        yield from map(scan_one, paths)
        return
    with get_context("spawn").Pool(processes, maxtasksperchild=DOCUMENTS_PER_WORKER) as pool:
        yield from pool.imap(scan_one, paths, chunksize=4)


def scan_one(path: Path) -> Scanned:
    try:
        document = read_document(path)
        figures = discover(document)
    except ExtractionError as error:
        return Scanned(path.name, refusal=str(error))
    return Scanned(path.name, len(document.text), len(figures), sum(1 for f in figures if f.label))
