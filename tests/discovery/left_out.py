"""One body left out: the phrase book without its phrases and without the indicators that only it prints,
its figures as a stranger meets them, and their right meaning.

The text of a report is at hand only where its document is; elsewhere the labels and block names of its
extract stand at their lines, which is all that the committed files tell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from orchestration.discovery.figures import discover
from orchestration.discovery.phrases import Phrase, PhraseBook, phrases_of_extract
from orchestration.discovery.wording import SeenFigure
from orchestration.extraction.catalogue import Catalogue, load_catalogue
from orchestration.extraction.documents import read_document
from orchestration.extraction.reports import Report, list_reports, read_extract
from tests.discovery.conftest import DOCUMENTS, ROOT


@dataclass(frozen=True)
class Known:
    """A figure with its right meaning: its indicator, the sense of the book (``None`` when the book cannot
    know it) and the domain."""

    seen: SeenFigure
    indicator: str
    sense: str | None
    domain: str


@dataclass(frozen=True)
class Body:
    """A report as others see it: its code, its text, its figures, and those that the reading did not find."""

    code: str
    text: str
    rows: tuple[tuple[SeenFigure, str], ...]
    unread: int = 0


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "dbt_project" / "seeds")


@lru_cache(maxsize=1)
def reports() -> tuple[Report, ...]:
    return tuple(r for r in list_reports(ROOT / "raw") if not r.brouillon)


@lru_cache(maxsize=8)
def observations(code: str) -> pl.DataFrame:
    report = next(r for r in reports() if r.code == code)
    return read_extract(report).numbers.filter(pl.col("statut") == "observation")


@lru_cache(maxsize=8)
def _phrases(code: str) -> tuple[Phrase, ...]:
    return tuple(phrases_of_extract(observations(code), code))


@lru_cache(maxsize=32)
def book_without(codes: frozenset[str]) -> PhraseBook:
    """The phrase book of a world where these reports and the indicators that only they print do not exist."""
    users: dict[str, set[str]] = defaultdict(set)
    for report in reports():
        for indicator in observations(report.code)["indicateur_code"].unique():
            users[indicator].add(report.code)
    own = frozenset(i for i, by in users.items() if by <= codes)
    phrases = (p for r in reports() if r.code not in codes for p in _phrases(r.code))
    return PhraseBook(catalogue(), phrases, without=own)


def known(body: Body, book: PhraseBook) -> list[Known]:
    """The figures of a body with the meaning that ``book`` could give them."""
    return [Known(seen, i, book.sense_of.get(i) or _core(i), _domain(i)) for seen, i in body.rows]


def _core(indicator: str) -> str | None:
    concept = catalogue().indicators[indicator].concept
    return concept if concept in catalogue().concepts else None


def _domain(indicator: str) -> str:
    return catalogue().indicators[indicator].domaine


@lru_cache(maxsize=8)
def as_extracted(code: str) -> Body:
    """A body from its extract alone: labels at their lines under the names of their blocks."""
    rows = observations(code).sort(pl.col("ligne").cast(pl.Int64), pl.col("colonne").cast(pl.Int64))
    lines: dict[int, dict[str, None]] = defaultdict(dict)
    block = ""
    for row in rows.iter_rows(named=True):
        line = int(row["ligne"])
        if row["bloc"] != block:
            block = row["bloc"]
            lines[line - 1].setdefault(block.replace("_", " "))
        lines[line].setdefault(row["libelle"])
    text = "\n".join(" ".join(lines.get(n, ())) for n in range(1, max(lines) + 1))
    return Body(code, text, tuple(_rows_of(rows)))


def _rows_of(rows: pl.DataFrame) -> Iterator[tuple[SeenFigure, str]]:
    columns = ("ligne", "libelle", "bloc", "unite", "nature", "indicateur_code")
    for line, label, block, unit, nature, indicator in rows.select(columns).iter_rows():
        yield SeenFigure(int(line), 0, label, block.replace("_", " "), unit, nature), indicator


@lru_cache(maxsize=8)
def as_printed(code: str) -> Body | None:
    """A body as discovery reads its document; ``None`` where that is not at hand."""
    report = next(r for r in reports() if r.code == code)
    path = DOCUMENTS / report.document
    if not path.is_file():
        return None
    document = read_document(path)
    truth = {
        _at(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"]): row["indicateur_code"]
        for row in observations(code).iter_rows(named=True)
    }
    rows = tuple(
        (SeenFigure(f.ligne, f.colonne, f.label, f.heading, f.unit, f.nature), truth[place])
        for f in discover(document, report.periode[:4])
        if (place := _at(f.ligne, f.colonne, f.printed)) in truth
    )
    return Body(code, document.text, rows, len(truth) - len(rows))


def _at(line: int, column: int, printed: str) -> tuple[int, int]:
    match = re.search(r"\d", printed)
    return line, column + (match.start() if match else 0)


def coverage_at(answers: Iterable[tuple[float, bool]], precision: float) -> float:
    """The largest share of answers, the surest first, of which at least ``precision`` are right."""
    ordered = sorted(answers, key=lambda a: -a[0])
    right, best = 0, 0
    for count, (_, good) in enumerate(ordered, 1):
        right += good
        if right >= precision * count:
            best = count
    return best / max(1, len(ordered))
