"""Every figure of a document without any template.

The rules of the ledger set aside what is not a figure; each remaining number gets a value, a unit, a sign, a period, a label and
a confidence from its passage: a sentence, a bullet, a table row, or a key-figure box.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.discovery import labels, periods
from orchestration.discovery.layout import Kind, Line, Passage, heading_above, lines_of, passages
from orchestration.discovery.quantities import Quantity, falls, in_terms_of, inherited, quantities
from orchestration.discovery.rows import read_row, table_header
from orchestration.extraction.documents import Document
from orchestration.extraction.ledger import Entry, remaining_entries

_EVOLUTION_WORDS = re.compile(
    r"(?:[ée]volu\w*|progress\w*|hausse|augment\w*|baiss\w*|diminu\w*|recul\w*|chut\w*|croiss\w*|repli\w*|accru\w*|accroiss\w*|gagn\w*|perd\w*|bond\w*|supérieur\w*|inférieur\w*)"
    r"[^.;:()]{0,40}$", re.IGNORECASE,
)
_RATE_NAMES = re.compile(r"\b(?:taux|part|pourcentage|proportion)\b[^.;]{0,80}$", re.IGNORECASE)
_OBJECTIVE = re.compile(r"\bobjectif\w*\b[^.;]{0,40}$|\bcible\b[^.;]{0,20}$", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:contre|versus|vs)\s*:?\s*$", re.IGNORECASE)
_REACH = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure found without a template. Addresses are those of the document; ``confidence`` lies between 0 and 1."""

    ligne: int
    colonne: int
    start: int
    end: int
    printed: str
    value: Decimal
    half_width: Decimal
    unit: str
    nature: str
    period: str
    label: str
    heading: str
    layout: str
    confidence: float
    organisation: str = ""
    row_label: str = ""
    column: int = 0


def discover(document: Document, year: str | None = None) -> list[Figure]:
    """Read every figure of ``document``; ``year`` is the report's (default: told from name and text)."""
    year = year or periods.main_year(document.text, document.name)
    wanted = _wanted_offsets(document)
    lines = lines_of(document)
    found: list[Figure] = []
    for passage in passages(lines):
        if any(offset in wanted for offset in passage.offsets):
            found.extend(_of_passage(document, lines, passage, wanted, year))
    return sorted(_without_doubles(found), key=lambda f: (f.ligne, f.colonne))


def _wanted_offsets(document: Document) -> frozenset[int]:
    """Document offsets of the digits that no rule sets aside."""
    folded = document.folded
    left: list[Entry] = [e for e in remaining_entries(document, [], []) if e.statut == "a_relever"]
    return frozenset(folded.offsets[i] for e in left for i in range(e.start, e.end) if folded.flat[i].isdigit())


def _without_doubles(figures: list[Figure]) -> Iterator[Figure]:
    seen: set[tuple[int, int]] = set()
    for figure in figures:
        if (figure.ligne, figure.colonne) not in seen:
            seen.add((figure.ligne, figure.colonne))
            yield figure


def _of_passage(document: Document, lines: list[Line], passage: Passage, wanted: frozenset[int], year: str) -> Iterator[Figure]:
    first = passage.lines[0]
    heading = heading_above(lines, first.number)
    if first.kind is Kind.ROW and len(passage.lines) == 1:
        yield from _of_row(document, lines, first, heading, wanted, year)
        return
    text = passage.text
    previous: Quantity | None = None
    before: Figure | None = None
    for quantity in quantities(text):
        offsets = passage.offsets[quantity.digits_start:quantity.digits_end]
        if not any(o in wanted for o in offsets):
            continue
        quantity = _completed(text, quantity, previous, heading)
        previous = quantity
        if first.kind is Kind.NUMBERS or _alone(text, quantity):
            yield _of_box(document, lines, passage, quantity, heading, year)
        else:
            figure = _of_phrase(document, passage, quantity, heading, year)
            if before and _COMPARED.search(text[max(0, quantity.start - 12):quantity.start]) and before.unit == figure.unit:
                figure = replace(figure, label=before.label)
            before = figure
            yield figure


def _completed(text: str, quantity: Quantity, previous: Quantity | None, heading: str) -> Quantity:
    """Unit and scale that the phrase leaves out: of the number it is compared with, or of the heading."""
    before = text[max(0, quantity.start - 25):quantity.start]
    if quantity.unit is None and previous and re.search(r"\b(?:contre|versus|vs|à|et|puis|à)\s*$", before) and previous.unit:
        if previous.scaled and abs(quantity.value) < 10_000:
            return in_terms_of(quantity, previous.scale, previous.unit)
        if previous.unit != "EUR" and re.search(r"\b(?:contre|versus|vs)\s*$", before):
            return in_terms_of(quantity, Decimal(1), previous.unit)
        if previous.unit == "EUR" and re.search(r"\b(?:contre|versus|vs)\s*$", before):
            return in_terms_of(quantity, Decimal(1), "EUR")
    if quantity.unit is None and not re.match(r"\s*[a-zà-ÿ]{4,}", text[quantity.end:]) and (given := inherited(heading)):
        return in_terms_of(quantity, *given)
    return quantity


def _alone(text: str, quantity: Quantity) -> bool:
    rest = text[:quantity.start] + text[quantity.end:]
    return not re.search(r"[^\W\d_]{2,}", rest)


def _of_phrase(document: Document, passage: Passage, quantity: Quantity, heading: str, year: str) -> Figure:
    text = passage.text
    before = text[:quantity.start]
    sentence = re.split(r"(?<=[.!?;])\s", before)[-1]
    nature, value = _nature(sentence, text[quantity.end:quantity.end + 40], quantity)
    period = periods.of_phrase(text, quantity.start, quantity.end, year, nature == "evolution")
    label = labels.of_phrase(text, quantity.start, quantity.end, heading)
    confidence = 0.45 + 0.35 * period.confidence + (0.15 if label else 0)
    return _figure(document, passage.offsets, quantity, value, nature, period.code, label, heading, "phrase", confidence)


def _nature(before: str, after: str, quantity: Quantity) -> tuple[str, Decimal]:
    percent = quantity.unit in ("%", "points")
    rate_named = _RATE_NAMES.search(before[-110:])
    evolves = percent and (
        quantity.signed or quantity.unit == "points"
        or (_EVOLUTION_WORDS.search(before[-60:]) and not (rate_named and re.search(r"\b(?:est|de|à|atteint)\s*$", before) and not re.search(r"\bde\s*\+?$", before)))
        or re.match(r"\s*(?:de plus|de moins|par rapport|d['’]augmentation|de hausse|de baisse)", after)
    )
    value = quantity.value
    if evolves:
        if value > 0 and not quantity.signed and (falls(before) or re.match(r"\s*(?:de moins|de baisse)", after)):
            value = -value
        return "evolution", value
    if _OBJECTIVE.search(before[-60:]):
        return "objectif", value
    if percent and not rate_named and re.match(r"\s*(?:des?\b|d['’]|du\b)", after):
        return "part", value
    return "constate", abs(value) if not quantity.signed else value


def _of_box(document: Document, lines: list[Line], passage: Passage, quantity: Quantity, heading: str, year: str) -> Figure:
    """A number that stands alone: its words are on the lines around it."""
    number = passage.lines[0].number
    above, below = _neighbour(lines, number, -1), _neighbour(lines, passage.lines[-1].number, 1)
    text = f"{below} {above}"
    nature, value = _nature(above, below, quantity)
    unit = quantity.unit
    if unit is None and (word := re.match(r"(jours|ans|minutes|euros|points)\b", below)):
        quantity = replace(quantity, unit={"euros": "EUR"}.get(word[1], word[1]))
    named = periods.of_header(text)
    period = named[0] if len(named) == 1 else year
    if nature == "evolution":
        period = f"{periods.previous(year)}/{year}"
    label = labels.joined(below, above) or labels.joined(heading)
    return _figure(document, passage.offsets, quantity, value, nature, period, label, heading, "encadre", 0.6 if label else 0.4)


def _neighbour(lines: list[Line], number: int, step: int) -> str:
    """The label lines next to a number (1-based), at most ``_REACH`` lines away, in reading order."""
    words: list[str] = []
    blanks = 0
    i = number - 1 + step
    while 0 <= i < len(lines) and len(words) < 3:
        line = lines[i]
        if line.kind is Kind.BLANK:
            blanks += 1
            if words or blanks > _REACH - 1:
                break
        elif line.kind in (Kind.NUMBERS, Kind.ROW):
            break
        else:
            words.append(line.text.strip())
        i += step
    return " ".join(words if step > 0 else reversed(words))


def _of_row(document: Document, lines: list[Line], line: Line, heading: str, wanted: frozenset[int], year: str) -> Iterator[Figure]:
    header = table_header(lines, line.number)
    row = read_row(line.text, header, year)
    for column, cell in enumerate(row.cells):
        offsets = tuple(range(line.start, line.start + len(line.text)))
        if not any(line.start + i in wanted for i in range(cell.quantity.digits_start, cell.quantity.digits_end)):
            continue
        label = labels.joined(row.label or _neighbour(lines, line.number, -1), cell.header) or labels.joined(heading)
        figure = _figure(document, offsets, cell.quantity, cell.quantity.value, cell.nature, cell.period, label, heading, "tableau", cell.confidence)
        yield replace(figure, row_label=row.label, column=column + 1)


def _figure(
    document: Document, offsets: tuple[int, ...], quantity: Quantity, value: Decimal, nature: str, period: str, label: str, heading: str,
    layout: str, confidence: float,
) -> Figure:
    begin, stop = offsets[quantity.start], offsets[quantity.end - 1] + 1
    ligne, colonne = document.locate(begin)
    unit = quantity.unit or "nombre"
    width = quantity.half_width
    if unit == "nombre" and not quantity.decimals and not quantity.scaled and width == Decimal("0.5"):
        width = Decimal(0)
    return Figure(
        ligne, colonne, begin, stop, " ".join(document.text[begin:stop].split()), value, width, unit, nature, period, label, heading,
        layout, round(min(confidence, 0.95), 2),
    )
