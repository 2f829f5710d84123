"""Completing an extract: what a draft's template does not read is read without one and enters as not
reviewed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

import polars as pl

from orchestration.discovery import labels
from orchestration.discovery.bodies import Bodies, place_of
from orchestration.discovery.concepts import Concept, concepts_in
from orchestration.discovery.figures import TAKEN_BACK, Figure, Found, address, read_figures
from orchestration.discovery.phrases import (
    UNMAPPED,
    UNSURE_NOTES,
    Phrase,
    PhraseBook,
    habits_of_extract,
    phrases_of_extract,
)
from orchestration.discovery.second import with_second_reading
from orchestration.discovery.suggested import with_structure
from orchestration.discovery.wording import SeenFigure
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, Catalogue
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import (
    NUMBER_COLUMNS,
    Extract,
    Report,
    extract_report,
    place_cells,
    plain_decimal,
    read_extract,
    reports_to_read,
)

BLOCK = "sans_gabarit"
#: How the note of a number begins that a rule set aside without being sure: people look at it.
DOUBT = "écarté sans certitude"
#: Characters of a label.
MAX_LABEL = 120


def phrase_book(catalogue: Catalogue, reports: Iterable[Report], without: str = "") -> PhraseBook:
    """The phrase book of the catalogue and of every committed extract except that of report ``without``."""
    phrases: list[Phrase] = []
    habits: Counter[tuple[str, str]] = Counter()
    for report in reports:
        if report.code == without or report.brouillon or report.fault:
            continue
        try:
            numbers = read_extract(report).numbers
            phrases.extend(phrases_of_extract(numbers, report.code))
            habits += habits_of_extract(numbers)
        except ExtractionError:
            continue
    return PhraseBook(catalogue, phrases, habits)


class Shelf:
    """What reading needs besides a report and its document, made when it is first asked for and once for all
    reports: the members, and the phrase book of the reviewed reports of ``raw``, which drafts are read with.
    """

    def __init__(self, catalogue: Callable[[], Catalogue], raw: Path) -> None:
        self._load, self._raw = catalogue, raw
        self._last: tuple[tuple[Document, str, str, str, bool], Found] | None = None

    @cached_property
    def catalogue(self) -> Catalogue:
        return self._load()

    @cached_property
    def book(self) -> PhraseBook:
        return phrase_book(self.catalogue, reports_to_read(self._raw))

    def figures(self, report: Report, document: Document) -> Found:
        """What is read of a document without its template; that of the last one is kept."""
        key = document, report.periode[:4], report.organisme, report.territoire, report.brouillon
        if self._last is None or self._last[0] != key:
            bodies = bodies_of(report, self.catalogue) if report.brouillon else None
            self._last = key, read_figures(document, report.periode[:4], bodies=bodies)
        return self._last[1]


def extract_any(report: Report, document: Document, shelf: Shelf, extract: Extract | None = None) -> Extract:
    """Extract a report and read it a second time without its template; when it is a draft (``brouillon``),
    complete it with what only that second reading understood; add the relations that its structure suggests.
    ``extract`` is what its template reads, where that is known already.
    """
    extract = extract or extract_report(report, document, shelf.catalogue)
    found = shelf.figures(report, document)
    extract = with_second_reading(extract, report, found.figures)
    if report.brouillon:
        extract = complete(extract, report, document, shelf.catalogue, shelf.book, found)
    extract = Extract(furnished(extract.numbers, document, found), extract.relations)
    return with_structure(extract, found.figures, document.text)


def furnished(numbers: pl.DataFrame, document: Document, found: Found) -> pl.DataFrame:
    """The ledger with what is furniture of its pages set aside: their numbers, the ranks of headings."""
    if "a_relever" not in numbers["statut"]:
        return numbers
    rows = [
        {**row, "statut": "ecarte", "motif": motif} if motif else row
        for row in numbers.iter_rows(named=True)
        for motif in [_furniture(row, document, found)]
    ]
    return pl.DataFrame(rows, schema=numbers.schema, orient="row")


def _furniture(row: dict[str, str], document: Document, found: Found) -> str:
    if row["statut"] != "a_relever":
        return ""
    line, column = address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"])
    return found.aside.get(document.offset(line, column), "")


def complete(
    extract: Extract,
    report: Report,
    document: Document,
    catalogue: Catalogue,
    book: PhraseBook,
    found: Found | None = None,
) -> Extract:
    """``extract`` with every number that remained to be read and that discovery understands, as
    ``revue = false``; what the template sets aside stays set aside.
    """
    found = found or read_figures(document, report.periode[:4], bodies=bodies_of(report, catalogue))
    bound = {
        address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"]): row["valeur"]
        for row in extract.numbers.filter(pl.col("statut") == "observation").iter_rows(named=True)
    }
    free = [f for f in found.figures if address(f.ligne, f.colonne, f.printed) not in bound]
    # What the template reads otherwise (5, then 12 seconds) holds no more ink than it reads.
    inked = [
        f
        for f in found.figures
        if bound.get(address(f.ligne, f.colonne, f.printed), plain_decimal(f.value)) == plain_decimal(f.value)
    ]
    figures = {
        address(f.ligne, f.colonne, f.printed): (f, concept)
        for f, concept in zip(free, concepts_of(free, book, document), strict=True)
    }
    spans = [(f.start, f.end) for f in inked]
    rows = [
        row if settled else _completed(row, document, report, catalogue, found, figures, spans, book)
        for row in extract.numbers.iter_rows(named=True)
        if (settled := row["statut"] == "observation" or _is_aside(row, document, extract))
        or not _within(row, document, inked, spans)
    ]
    rows += [
        {**as_row(f, report, catalogue, concept, book), **place_cells(document, f.start, f.end)}
        for f, concept in _beside_the_ledger(figures, extract, document)
    ]
    placed = [_placed(row, catalogue) for row in rows]
    frame = pl.DataFrame(placed, schema=dict.fromkeys(NUMBER_COLUMNS, pl.String), orient="row")
    return Extract(_in_order(frame), extract.relations)


def _placed(row: dict[str, str], catalogue: Catalogue) -> dict[str, str]:
    """A figure that nobody reviewed with the concept and the domain of its indicator, where it has one."""
    if row["revue"] != "false" or row["indicateur_code"] in ("", UNMAPPED):
        return row
    indicator = catalogue.indicators[row["indicateur_code"]]
    concept = indicator.concept if indicator.concept != UNSTATED else ""
    return {**row, "concept_code": concept, "domaine": indicator.domaine}


def _is_aside(row: dict[str, str], document: Document, extract: Extract) -> bool:
    """Whether the template sets a number aside: a person said so, not a rule that may be wrong."""
    start = document.offset(int(row["ligne"]), int(row["colonne"]))
    return extract.holds_aside(start, start + len(row["valeur_imprimee"]))


def _within(
    row: dict[str, str], document: Document, figures: list[Figure], spans: list[tuple[int, int]]
) -> bool:
    """Whether a number is the ink of a figure that begins before it on its line (``6,2/1000``,
    ``5 minutes et 30 secondes``).
    """
    line, column = address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"])
    offset = document.offset(line, column)
    at = bisect_right(spans, (offset, len(document.text))) - 1
    inside = at >= 0 and spans[at][0] < offset < spans[at][1] and figures[at].ligne == line
    return inside and address(figures[at].ligne, figures[at].colonne, figures[at].printed) != (line, column)


def _beside_the_ledger(
    figures: dict[tuple[int, int], tuple[Figure, Concept]], extract: Extract, document: Document
) -> Iterator[tuple[Figure, Concept]]:
    """Figures that begin no number of the ledger: amounts in letters, and the later ones of a row that blanks
    alone cut, which the ledger holds as one long number."""
    known = set()
    read_spans = []
    for row in extract.numbers.iter_rows(named=True):
        line, column = address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"])
        known.add((line, column))
        if row["statut"] == "observation":
            start = document.offset(int(row["ligne"]), int(row["colonne"]))
            read_spans.append((start, start + len(row["valeur_imprimee"])))
    for place, (figure, concept) in figures.items():
        if place not in known and not any(a < figure.end and figure.start < b for a, b in read_spans):
            yield figure, concept


def _completed(
    row: dict[str, str],
    document: Document,
    report: Report,
    catalogue: Catalogue,
    found: Found,
    figures: dict[tuple[int, int], tuple[Figure, Concept]],
    spans: list[tuple[int, int]],
    book: PhraseBook,
) -> dict[str, str]:
    """A row of the ledger as discovery understands it: a figure, the rest of one, furniture of the page, or
    as it was; what a rule set aside for good stays so, with a note when the rule was not sure."""
    line, column = address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"])
    taken_back = row["statut"] != "ecarte" or row["motif"] in TAKEN_BACK
    if taken_back and (understood := figures.get((line, column))):
        figure, concept = understood
        return {
            **as_row(figure, report, catalogue, concept, book),
            **place_cells(document, figure.start, figure.end),
        }
    offset = document.offset(line, column)
    at = bisect_right(spans, (offset, len(document.text))) - 1
    if taken_back and at >= 0 and spans[at][0] < offset < spans[at][1]:
        return {**row, "statut": "ecarte", "motif": "suite"}
    if row["statut"] == "a_relever" and (motif := found.aside.get(offset)):
        row = {**row, "statut": "ecarte", "motif": motif}
    rule = found.doubtful.get(offset) if row["statut"] == "ecarte" else None
    return {**row, "note": f"{DOUBT} ({rule})"} if rule else row


def bodies_of(report: Report, catalogue: Catalogue) -> Bodies:
    """The bodies of the seeds, seen from the report's own."""
    return Bodies(catalogue, report.organisme, report.territoire)


def concepts_of(figures: Iterable[Figure], book: PhraseBook, document: Document) -> list[Concept]:
    """The concept of each figure of ``document``, told by its label and by what stands around it."""
    seen = tuple(SeenFigure(f.ligne, f.colonne, f.label, f.heading, f.unit, f.nature) for f in figures)
    return list(_kept_concepts(book, seen, document.text))


@lru_cache(maxsize=1)
def _kept_concepts(book: PhraseBook, seen: tuple[SeenFigure, ...], text: str) -> tuple[Concept, ...]:
    """Concepts of the figures asked for last: who drafts a template asks twice for the same."""
    return tuple(concepts_in(book, seen, text))


def as_row(
    figure: Figure, report: Report, catalogue: Catalogue, concept: Concept, book: PhraseBook
) -> dict[str, str]:
    """A figure as a row of ``numbers.csv``: not reviewed, with its confidence and the members that its row
    names by an alias.
    """
    unsure = UNSURE_NOTES[concept.concept != UNSTATED]
    note = "" if concept.indicator != UNMAPPED else f"lu sans gabarit : {unsure}"
    confidence = (
        min(figure.confidence, concept.confidence) if concept.indicator != UNMAPPED else figure.confidence / 2
    )
    own = (report.organisme, report.territoire)
    body, territory = place_of(figure.organisation, figure.territory, own, catalogue)
    row = dict.fromkeys(NUMBER_COLUMNS, "")
    row.update(
        ligne=str(figure.ligne),
        colonne=str(figure.colonne),
        valeur_imprimee=figure.printed,
        statut="observation",
        valeur=plain_decimal(figure.value),
        demi_intervalle=plain_decimal(figure.half_width),
        unite=figure.unit,
        nature=figure.nature,
        role=figure.role,
        indicateur_code=concept.indicator,
        concept_code=concept.concept if concept.concept != UNSTATED else "",
        domaine=concept.domain,
        organisme_code=body,
        territoire_code=territory,
        periode_code=figure.period,
        bloc=BLOCK,
        libelle=labels.within(figure.label, MAX_LABEL, said=figure.layout == "phrase"),
        note=note,
        confiance=f"{max(confidence, 0.05):.2f}",
        revue="false",
        **{f"{d}_code": UNSTATED for d in DIMENSIONS},
    )
    members = book.members_of(figure.row_label, figure.head, figure.heads, concept.indicator)
    return row | {f"{d}_code": code for d, code in members.items()}


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(pl.col("ligne").cast(pl.Int64), pl.col("colonne").cast(pl.Int64))
