"""Rows of tables without a template: the header above, the cells, and where numbers end when only blanks separate them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from orchestration.discovery import periods
from orchestration.discovery.layout import Kind, Line
from orchestration.discovery.quantities import Quantity, in_terms_of, inherited, quantities
from orchestration.extraction.grouping import Column, Reading, readings
from orchestration.extraction.numbers import digits_value, half_width

MAX_ABOVE = 40
_EVOLUTION = re.compile(r"[ée]vol\w*|variation|écart|[ÉE]VOL\w*|progression|\bN/N-1\b", re.IGNORECASE)
_ROW_LABEL = re.compile(r"^(?P<label>.*?[^\d\s+\-\u2212–(].*?|)(?P<gap>[\s:]+)(?=[-+\u2212]?\s?\(?\d)")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above a table: its words, the periods of its columns, whether one is an evolution, a unit for all cells."""

    text: str
    periods: tuple[str, ...]
    has_evolution: bool
    given: tuple[Decimal, str] | None


@dataclass(frozen=True, slots=True)
class RowCell:
    """One cell of a row: its number, period, nature, the words above its column, and how surely it was cut out."""

    quantity: Quantity
    period: str
    nature: str
    header: str
    confidence: float


@dataclass(frozen=True, slots=True)
class RowRead:
    label: str
    cells: tuple[RowCell, ...]


def table_header(lines: list[Line], number: int) -> Header:
    """The nearest line above a row (1-based) that names years, evolutions or units, through rows and short labels."""
    words: list[str] = []
    for i in range(number - 2, max(-1, number - 2 - MAX_ABOVE), -1):
        line = lines[i]
        if line.kind is Kind.BLANK or (line.kind is Kind.ROW and not _only_years(line.text)):
            continue
        if line.kind in (Kind.PROSE, Kind.BULLET) and not _only_years(line.text) and len(line.text) > 60:
            break
        words.insert(0, line.text.strip())
        if periods.of_header(line.text) or _EVOLUTION.search(line.text) or len(words) >= 6:
            break
    text = " ".join(words)
    return Header(text, tuple(periods.of_header(text)), bool(_EVOLUTION.search(text)), inherited(text) or _units_alone(text))


def _only_years(text: str) -> bool:
    bare = re.sub(r"(?:19|20)\d\d", "", text)
    return not any(c.isdigit() for c in bare) and bare != text


def _units_alone(text: str) -> tuple[Decimal, str] | None:
    return (Decimal(1), "EUR") if re.search(r"montants?\b.{0,12}€|\ben\s?€", text, re.IGNORECASE) else None


def read_row(text: str, header: Header, year: str) -> RowRead:
    """Cut a row into its label and cells. Ambiguous blanks are settled by the header's columns and the row's evolution."""
    match = _ROW_LABEL.match(text)
    label = match["label"].strip(" \t-–•:.") if match else ""
    start = match.end() if match else 0
    found = _cut(text, start, header)
    cells = [_cell(q, i, len(found), header, year, label) for i, q in enumerate(found)]
    return RowRead(label, tuple(cells))


def _cut(text: str, start: int, header: Header) -> list[Quantity]:
    greedy = [q for q in quantities(text) if q.start >= start]
    tail = text[start:].rstrip()
    wanted = len(header.periods) + (1 if header.has_evolution else 0)
    if wanted < 2 or len(greedy) >= wanted or "\t" in tail:
        return greedy
    evolving = header.has_evolution and ("%" in tail)
    columns = [Column(may_be_empty=False)] * len(header.periods) + ([Column("%", True, True)] if evolving else [])
    choice = _best(readings(re.sub(r"[()]", " ", tail), columns), evolving)
    if choice is None:
        return greedy
    return [q for cell in choice if cell for q in quantities(text[:start + cell.end]) if q.digits_start >= start + cell.digits_start][:0] or _requantify(text, start, choice)


def _requantify(text: str, start: int, reading: Reading) -> list[Quantity]:
    found = []
    for cell in reading:
        if cell is None:
            continue
        value, decimals = digits_value(cell.digits)
        digits_start = start + cell.digits_start
        found.append(Quantity(
            start + cell.start, start + cell.end, digits_start, digits_start + len(cell.digits), -value if cell.negative else value,
            half_width(decimals), cell.unit, False, cell.signed, decimals, Decimal(1),
        ))
    return found


def _best(found: list[Reading], evolving: bool) -> Reading | None:
    """The reading that the evolution confirms, else the most even one."""
    if not found:
        return None
    if evolving:
        confirmed = [r for r in found if _evolution_holds(r)]
        if len(confirmed) == 1:
            return confirmed[0]
    return min(found, key=lambda r: _unevenness([len(c.digits) for c in r[: len(r) - (1 if evolving else 0)] if c]))


def _unevenness(lengths: list[int]) -> int:
    return max(lengths, default=0) - min(lengths, default=0)


def _evolution_holds(reading: Reading) -> bool:
    *values, shown = reading
    if shown is None or len(values) < 2 or any(v is None for v in values):
        return False
    tolerance = Decimal(1) if "," not in shown.digits else Decimal("0.11")
    for new, old in ((values[0], values[1]), (values[-1], values[-2])):
        if old.value and abs(100 * (new.value - old.value) / old.value - shown.value) <= tolerance:
            return True
    return False


def _cell(quantity: Quantity, index: int, count: int, header: Header, year: str, label: str) -> RowCell:
    last_is_evolution = header.has_evolution and index == count - 1 and count > len(header.periods) >= 1
    evolution = quantity.signed and quantity.unit in ("%", "points") or last_is_evolution and quantity.unit in (None, "%", "points")
    if quantity.unit is None and header.given and not evolution:
        quantity = in_terms_of(quantity, *header.given)
    if evolution:
        return RowCell(quantity, _evolution_period(header, year), "evolution", "évolution", 0.8)
    own = len(header.periods)
    if own and (index < own):
        surely = 0.85 if own in (count, count - 1) else 0.6
        return RowCell(quantity, header.periods[index], "constate", "", surely)
    nature = "objectif" if re.search("objectif", label, re.IGNORECASE) else "constate"
    return RowCell(quantity, year, nature, header.text if not own else "", 0.55)


def _evolution_period(header: Header, year: str) -> str:
    years = sorted({p[:4] for p in header.periods})
    return f"{years[-2]}/{years[-1]}" if len(years) >= 2 else f"{periods.previous(year)}/{year}"
