"""Completing an extract: what a draft's template does not read is read without one and enters as not reviewed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from orchestration.discovery.concepts import UNMAPPED, Concept, PhraseBook, phrases_of_catalogue, phrases_of_extract
from orchestration.discovery.figures import Figure, discover
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, Catalogue
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import NUMBER_COLUMNS, Extract, Report, extract_report, list_reports, plain, read_extract

BLOCK = "sans_gabarit"
_DIGIT = re.compile(r"\d")


def phrase_book(catalogue: Catalogue, reports: Iterable[Report], without: str = "") -> PhraseBook:
    """The phrase book of the catalogue and of every committed extract except that of report ``without``."""
    phrases = phrases_of_catalogue(catalogue)
    for report in reports:
        if report.code == without or report.brouillon:
            continue
        try:
            phrases.extend(phrases_of_extract(read_extract(report).numbers, report.code))
        except ExtractionError:
            continue
    return PhraseBook(catalogue, phrases)


def extract_any(report: Report, document: Document, catalogue: Catalogue, raw: Path) -> Extract:
    """Extract a report; when it is a draft (``brouillon``), complete it with what is read without a template."""
    extract = extract_report(report, document, catalogue)
    if not report.brouillon:
        return extract
    return complete(extract, report, document, phrase_book(catalogue, list_reports(raw), without=report.code))


def complete(extract: Extract, report: Report, document: Document, book: PhraseBook) -> Extract:
    """``extract`` with every number that remained to be read and that discovery understands, as ``revue = false``."""
    figures = {_address(f.ligne, f.colonne, f.printed): f for f in discover(document, report.periode[:4])}
    rows: list[dict[str, str]] = []
    for row in extract.numbers.iter_rows(named=True):
        if row["statut"] != "a_relever":
            rows.append(row)
            continue
        figure = figures.pop(_address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"]), None)
        rows.append(as_row(figure, report, concept_of(figure, book)) if figure else row)
    frame = pl.DataFrame(rows, schema={c: pl.String for c in NUMBER_COLUMNS}, orient="row")
    return Extract(_in_order(frame), extract.relations)


def concept_of(figure: Figure, book: PhraseBook) -> Concept:
    return book.best(figure.label, figure.heading, figure.unit, figure.nature)


def _address(line: int, column: int, printed: str) -> tuple[int, int]:
    """Line and column of a number's first digit, however much of its sign was printed with it."""
    match = _DIGIT.search(printed)
    return line, column + (match.start() if match else 0)


def as_row(figure: Figure, report: Report, concept: Concept) -> dict[str, str]:
    """A figure as a row of ``numbers.csv``: not reviewed, with its confidence, members not stated."""
    note = "" if concept.indicator != UNMAPPED else "lu sans gabarit : concept non reconnu"
    confidence = min(figure.confidence, concept.confidence) if concept.indicator != UNMAPPED else figure.confidence / 2
    row = dict.fromkeys(NUMBER_COLUMNS, "")
    row.update(
        ligne=str(figure.ligne), colonne=str(figure.colonne), valeur_imprimee=figure.printed, statut="observation",
        valeur=plain(figure.value), demi_intervalle=plain(figure.half_width), unite=figure.unit, nature=figure.nature, role="feuille",
        indicateur_code=concept.indicator, organisme_code=report.organisme, territoire_code=report.territoire, periode_code=figure.period,
        bloc=BLOCK, libelle=figure.label[:120], note=note, confiance=f"{max(confidence, 0.05):.2f}", revue="false",
        **{f"{d}_code": UNSTATED for d in DIMENSIONS},
    )
    return row


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(pl.col("ligne").cast(pl.Int64), pl.col("colonne").cast(pl.Int64))


def reading_rate(extract: Extract) -> Iterator[tuple[str, int]]:
    """How many numbers have each outcome: reviewed, not reviewed, set aside, left."""
    for statut, revue, count in extract.numbers.group_by("statut", "revue").len().sort("statut", "revue").iter_rows():
        yield f"{statut} {'revue' if revue == 'true' else 'non revue' if revue == 'false' else ''}".strip(), count
