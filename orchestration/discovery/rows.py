"""Rows of tables without a template: the header above, the cells, and where numbers end when only blanks separate them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.discovery import periods
from orchestration.discovery.layout import Kind, Line, cells_of
from orchestration.discovery.quantities import Quantity, in_terms_of, inherited, quantities
from orchestration.extraction.grouping import Column as CutColumn
from orchestration.extraction.grouping import Reading, readings
from orchestration.extraction.numbers import digits_value, half_width

#: How many lines without a cell a table survives before its header is forgotten.
MAX_GAP = 6
_EVOLUTION = re.compile(r"[ée]vol\w*|variation|\bvar\.?\b|[ée]carts?\b|progression|\bN\s?/\s?N\s?-\s?1\b|\bdiff[ée]rence|tendance", re.IGNORECASE)
_PART = re.compile(r"\b(?:parts?|poids|r[ée]partition|proportion|structure)\b|\ben\s%|^\s*\(?%\)?\s*$|%\s+du\b", re.IGNORECASE)
_OBJECTIVE = re.compile(r"\b(?:objectifs?|cibles?|attendus?|seuils?)\b", re.IGNORECASE)
_MONEY = re.compile(r"\bmontants?\b|\bd[ée]penses?\b|\bco[ûu]ts?\b|€|\beuros?\b|\bbudget\b|\bcharges\b|\bproduits\b", re.IGNORECASE)
_COUNT = re.compile(r"\b(?:nombre|nb|effectifs?|volumes?|quantit[ée]s?|dossiers|b[ée]n[ée]ficiaires)\b", re.IGNORECASE)
_TOKEN = re.compile(
    r"\d{1,2}/\d{1,2}/(?:20)?\d\d|(?<![\d/])(?:19|20)\d\d(?:\s?[/-]\s?(?:19|20)?\d\d(?!\d))?|\bN\s?-\s?[12]\b|\bN\b(?!\s?/)|\bN\s?/\s?N\s?-\s?1\b|\b[ST][1-4](?:\s20\d\d)?"
    r"|(?:[ée]volutions?|[ée]vol\.?|variations?|var\.|[ée]carts?|progression)(?:\s+(?:en\s(?:%|points?|nombre)|\(?(?:en\s)?(?:%|points?|pts)\)?|n/n-1|(?:20\d\d\s?[/-]\s?20\d\d)))?"
    r"|\bobjectifs?\b|\bcibles?\b|\br[ée]sultats?\b|\bparts?\b(?:\s\(?%\)?)?|\bnombres?\b|\bmontants?\b(?:\s\(?(?:en\s)?(?:M€|k€|€|euros)\)?)?|\btotal\b|\bmoyennes?\b|\b%",
    re.IGNORECASE,
)
_ROW_LABEL = re.compile(r"^(?P<label>.*?[^\d\s+\-\u2212–(].*?|)(?P<gap>[\s:.…]+)(?=[-+\u2212–]?\s?\(?\d|[-–]\s)")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Column:
    """What a header says of one column: its words, where it stands on the line, its period, nature, and unit with scale."""

    text: str
    start: int
    end: int
    period: str | None = None
    nature: str = "constate"
    given: tuple[Decimal, str] | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above a table: its columns from left to right, its title, a unit for all cells, the period of its title."""

    columns: tuple[Column, ...] = ()
    title: str = ""
    given: tuple[Decimal, str] | None = None
    period: str | None = None

    @property
    def has_evolution(self) -> bool:
        return any(c.nature == "evolution" for c in self.columns)


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


def headers_above(lines: list[Line], year: str) -> list[Header]:
    """For each line, the header that holds for it: kept through rows and short labels, forgotten at prose or after a gap."""
    found: list[Header] = []
    current, title, gap = Header(), "", 0
    for line in lines:
        found.append(current)
        if line.kind is Kind.BLANK:
            continue
        if columns := _header_columns(line, year):
            current, gap = _merged(current, columns, title, year, fresh=gap == 0), 0
            continue
        if line.kind in (Kind.ROW, Kind.NUMBERS):
            gap = 1
        elif line.kind is Kind.HEADING or _closes(line):
            current, gap = Header(), 0
            title = line.text.strip()
            found[-1] = current
            current = _titled(title, year)
        else:
            title = line.text.strip()
            if given := inherited(title):
                current = replace(current, given=given)
            gap += 1 if gap else 0
            if gap > MAX_GAP:
                current, gap = Header(), 0
    return found


def _closes(line: Line) -> bool:
    return line.kind in (Kind.PROSE, Kind.BULLET) and len(line.text.strip()) > 60


def _titled(title: str, year: str) -> Header:
    """What a title alone gives the rows below it."""
    return Header((), title, inherited(title), periods.of_title(title, year))


def _merged(before: Header, columns: list[Column], title: str, year: str, *, fresh: bool) -> Header:
    """A header line below another, with no row between, adds its words to the columns that stand at the same places."""
    if fresh and before.columns and len(before.columns) == len(columns):
        columns = [_column(f"{a.text} {b.text}", b.start, b.end, year) for a, b in zip(before.columns, columns, strict=True)]
    named = " ".join(c.text for c in columns)
    given = inherited(named) if not any(c.given for c in columns) else None
    if columns and (first := inherited(columns[0].text)):
        given = first
    return Header(tuple(columns), title, given or inherited(title) or before.given, periods.of_title(title, year) or before.period)


def _header_columns(line: Line, year: str) -> list[Column]:
    """The columns that a line names when it is a header: cells without counts, or years and words like ``Évolution``."""
    text = line.text
    if line.kind in (Kind.PROSE, Kind.BULLET) and len(text.strip()) > 90 or any(True for _ in _counts(text)):
        return []
    spans = cells_of(text)
    if len(spans) >= 2 and line.kind is not Kind.BULLET:
        return [_column(text[a:b].strip(), a, b, year) for a, b in spans]
    tokens = [m for m in _TOKEN.finditer(text)]
    strong = [m for m in tokens if any(map(str.isdigit, m[0])) or _EVOLUTION.match(m[0])]
    words = _WORD.findall(_TOKEN.sub(" ", text))
    if (len(tokens) >= 2 and (strong or len(words) <= 2) or strong and len(words) <= 3) and len(words) <= 10 and not re.search(r"[.:;]\s*$", text):
        return [_column(m[0], m.start(), m.end(), year) for m in tokens]
    return []


def _counts(text: str) -> Iterator[Quantity]:
    """The numbers of a line that are neither years, dates, quarters nor the N-1 of a header."""
    bare = _TOKEN.sub(lambda m: " " * len(m[0]), text)
    return quantities(re.sub(r"\(\d\)|\d{1,2}\s(?:mois|d[ée]cembre|janvier)|\b\d(?:er|e|ème)\b", lambda m: " " * len(m[0]), bare))


def _column(text: str, start: int, end: int, year: str) -> Column:
    named = periods.mentions(text, year)
    if _EVOLUTION.search(text):
        unit = "points" if re.search(r"points?|pts", text, re.IGNORECASE) else "%" if "%" in text else None
        years = sorted({m.code[:4] for m in named})
        period = f"{years[0]}/{years[-1]}" if len(years) >= 2 else next((m.code for m in named if len(m.code) == 9), None)
        return Column(text, start, end, period, "evolution", (Decimal(1), unit) if unit else None)
    period = named[0].code if named else year if re.fullmatch(r"\s*N\s*", text) else None
    nature = "objectif" if _OBJECTIVE.search(text) else "part" if _PART.search(text) else "constate"
    given = inherited(text)
    if given is None and nature == "part":
        given = (Decimal(1), "%")
    if given is None and _COUNT.search(text):
        given = (Decimal(1), "nombre")
    if given is None and _MONEY.search(text):
        given = (Decimal(1), "EUR")
    return Column(text, start, end, period, nature, given)


def read_row(text: str, header: Header, year: str, heading: str = "") -> RowRead:
    """Cut a row into its label and cells. Ambiguous blanks are settled by the header's columns and the row's evolution."""
    spans = cells_of(text)
    numeric = [(a, b) for a, b in spans if not _WORD.search(re.sub(r"[\d\s.,]+(?:jours?|ans|euros?|points?|pts?|minutes?|millions?|milliards?|Md|k€|M€)\b", "", text[a:b]))]
    if len(spans) >= 2 and numeric and ("|" in text or "\t" in text.strip() or len(numeric) >= 1 and spans[0] not in numeric):
        return _separated_row(text, spans, numeric, header, year, heading)
    match = _ROW_LABEL.match(text)
    label = match["label"].strip(" \t-–•:.…") if match else ""
    found = _cut(text, match.end() if match else 0, header)
    columns = _columns_for(found, header)
    return RowRead(label, tuple(_cell(q, c, found, header, year, label, heading) for q, c in zip(found, columns, strict=True)))


def _separated_row(text: str, spans: list[tuple[int, int]], numeric: list[tuple[int, int]], header: Header, year: str, heading: str) -> RowRead:
    labels = [text[a:b].strip(" :.…•") for a, b in spans if (a, b) not in numeric]
    label = labels[0] if labels else ""
    by_index = "|" in text or "\t" in text.strip()
    values: list[tuple[Quantity, Column | None]] = []
    for i, (a, b) in enumerate(spans):
        if (a, b) in numeric:
            column = _column_at(header, i, len(spans), (a, b), len(numeric), by_index)
            values.extend((_shifted(q, a), column) for q in _in_cell(text[a:b]))
    found = [q for q, _ in values]
    return RowRead(label, tuple(_cell(q, c, found, header, year, label, heading) for q, c in values))


def _in_cell(cell: str) -> list[Quantity]:
    return list(quantities(cell))


def _shifted(quantity: Quantity, by: int) -> Quantity:
    return replace(quantity, start=quantity.start + by, end=quantity.end + by, digits_start=quantity.digits_start + by, digits_end=quantity.digits_end + by)


def _column_at(header: Header, index: int, cells: int, span: tuple[int, int], numeric: int, by_index: bool) -> Column | None:
    """The column of a cell: by rank from the right where cells are told apart, else by the place on the line."""
    columns = header.columns
    if not columns:
        return None
    if len(columns) in (cells, cells - 1, numeric):
        rank = index - cells
        return columns[rank] if len(columns) >= -rank else None
    if by_index:
        return columns[index] if index < len(columns) else None
    middle = (span[0] + span[1]) / 2
    return min(columns, key=lambda c: abs((c.start + c.end) / 2 - middle))


def _columns_for(found: list[Quantity], header: Header) -> list[Column | None]:
    """The columns of the numbers of a row that only single blanks separate."""
    columns = [c for c in header.columns if c.period or c.nature != "constate" or c.given]
    columns = columns if len(columns) == len(found) or len(header.columns) != len(found) else list(header.columns)
    if len(columns) > len(found) and len([c for c in columns if c.period]) == len(found):
        columns = [c for c in columns if c.period]
    if len(columns) == len(found) + 1 and not columns[0].period and columns[0].nature == "constate":
        columns = columns[1:]
    return [columns[i] if i < len(columns) else None for i in range(len(found))]


def _cut(text: str, start: int, header: Header) -> list[Quantity]:
    greedy = [q for q in quantities(text) if q.digits_start >= start]
    tail = text[start:].rstrip()
    years = [c for c in header.columns if c.period and c.nature != "evolution"]
    wanted = len(years) + (1 if header.has_evolution else 0)
    if wanted < 2 or len(greedy) >= wanted or "\t" in tail:
        return greedy
    evolving = header.has_evolution and "%" in tail
    columns = [CutColumn()] * len(years) + ([CutColumn("%", True, True)] if evolving else [])
    choice = _best(readings(re.sub(r"[()]", " ", tail), columns), evolving)
    return greedy if choice is None else _requantify(start, choice)


def _requantify(start: int, reading: Reading) -> list[Quantity]:
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
        if new and old and old.value and abs(100 * (new.value - old.value) / old.value - shown.value) <= tolerance:
            return True
    return False


def _cell(quantity: Quantity, column: Column | None, row: list[Quantity], header: Header, year: str, label: str, heading: str) -> RowCell:
    nature = column.nature if column else "constate"
    if nature == "evolution" or (quantity.signed and quantity.unit in ("%", "points")):
        return _evolution_cell(quantity, column, row, header, year)
    quantity = _with_unit(quantity, column, header, label, heading)
    period = (column.period if column else None) or header.period or periods.of_title(label, year) or periods.of_title(heading, year) or year
    if nature == "constate" and _OBJECTIVE.search(label):
        nature = "objectif"
    surely = 0.85 if column and (column.period or column.given) else 0.7 if column else 0.55
    return RowCell(quantity, period, nature, column.text if column and not column.period else "", surely)


def _with_unit(quantity: Quantity, column: Column | None, header: Header, label: str, heading: str) -> Quantity:
    """The unit that the row, its column, the table or the heading gives a bare number, the nearest first."""
    if quantity.unit is not None:
        return quantity
    by_label = inherited(label) or ((Decimal(1), "EUR") if re.search(r"\bmontants?\b", label, re.IGNORECASE) else None)
    cents = quantity.decimals == 2 and quantity.value >= 1000
    of_heading = inherited(heading)
    given = by_label or (column.given if column else None) or header.given or of_heading or ((Decimal(1), "EUR") if cents else None)
    if given == (Decimal(1), "nombre") or given is None:
        return quantity
    if given[1] == "%" and quantity.value > 100 and not quantity.decimals:
        return quantity
    return in_terms_of(quantity, *given)


def _evolution_cell(quantity: Quantity, column: Column | None, row: list[Quantity], header: Header, year: str) -> RowCell:
    if quantity.unit is None and column and column.given:
        quantity = replace(quantity, unit=column.given[1])
    elif quantity.unit is None:
        quantity = replace(quantity, unit=_unit_of_evolution(quantity, row))
    years = sorted({c.period[:4] for c in header.columns if c.period and c.nature != "evolution"})
    usual = f"{years[-2]}/{years[-1]}" if len(years) >= 2 else f"{periods.previous(years[-1] if years else year)}/{years[-1] if years else year}"
    return RowCell(quantity, (column.period if column else None) or usual, "evolution", "évolution", 0.8)


def _unit_of_evolution(quantity: Quantity, row: list[Quantity]) -> str | None:
    """Whether a bare evolution is the difference of the two numbers before it, or a percentage."""
    at = row.index(quantity) if quantity in row else -1
    if at < 2:
        return "%" if quantity.decimals else quantity.unit
    first, second = row[at - 2], row[at - 1]
    for old, new in ((first, second), (second, first)):
        if new.value - old.value == quantity.value:
            return "points" if new.unit == "%" else new.unit
    return "%" if quantity.decimals else quantity.unit
