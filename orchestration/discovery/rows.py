"""Rows of tables without a template: the label, the cells, and where numbers end when only blanks separate them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.discovery import periods
from orchestration.discovery.headers import OBJECTIVE, Column, Header
from orchestration.discovery.layout import Kind, Line, cells_of, separator
from orchestration.discovery.quantities import in_terms_of, inherited
from orchestration.extraction.grouping import Column as CutColumn
from orchestration.extraction.grouping import Reading, TooManyReadings, readings
from orchestration.notation.numbers import digits_value, half_width
from orchestration.notation.tokens import Quantity, quantities

_SPENT = re.compile(r"^(?!.*\bnombre).*\b(?:d[ée]penses|co[ûu]ts?|charges|produits|recettes|budget)\b", re.IGNORECASE)
_ROW_LABEL = re.compile(r"^(?P<label>.*?[^\d\s+\-\u2212–(].*?|)(?P<gap>[\s:.…]+)(?=[-+\u2212–]?\s?\(?\d|[-–]\s)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBERS_AT_END = re.compile(r"[^\W\d_]\S*\s+\d[\d\s.,]*\s\d[\d\s.,]*$")
_LABEL_AND_VALUE = re.compile(r"[^\W\d_]\S*\s+[-+]?\d[\d\s.,]*%?\s*$")
_UNITS = re.compile(
    r"(?<=[\d\s])(?:jours?|ans|euros?|points?|pts?|minutes?|mn|min|millions?|milliards?|Mds?|k€|M€|ETP|"
    r"d'euros)(?=\W|$)")


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


def opens_with_value(masked: str) -> bool:
    """Whether a line begins with a number to read and is not cut into cells: a sentence that ends in numbers, not a row."""
    return bool(re.match(r"\s*[•>–-]*\s*\d", masked)) and bool(_WORD.search(masked)) and len(cells_of(masked)) < 2


def spread(masked: str, found: list[Quantity], header: Header) -> bool:
    """Whether a line of numbers alone fills the columns of the header above it."""
    periods_above = header.dated
    if separator(masked) and len(header.columns) >= 2 and len(header.columns) == len(cells_of(masked)):
        return True
    if periods_above >= 2 and len(found) < periods_above <= len(re.findall(r"\d+", masked)):
        return True
    if len(found) >= 2 and len(header.columns) == len(found) and periods_above:
        return True
    return periods_above >= 2 and header.has_evolution and bool(re.search(r"%\s*$", masked)) and len(found) >= 2


def fills(masked: str, header: Header, width: int) -> bool:
    """Whether a line that looks like one number after a label has as many groups of digits as the header above has periods,
    or as the rows around have numbers (``width``)."""
    wanted = header.dated or width
    tail = masked[_label_end(masked):].strip()
    return wanted >= 2 and bool(re.fullmatch(r"[\d\s.,%+-]+", tail)) and len(re.findall(r"\d+", tail)) >= wanted


def widths_of(lines: list[Line]) -> list[int]:
    """For each line of a table, how many numbers its rows have: what most rows of the table show without doubt; 0 elsewhere."""
    widths = [0] * len(lines)
    group: list[tuple[int, int]] = []
    for i, line in enumerate([*lines, None]):
        numbers = line is not None and line.kind is not Kind.NUMBERS and _ends_in_numbers(line.text)
        if line is not None and line.kind in (Kind.BLANK, Kind.LABEL) and group and not numbers:
            continue
        if line is not None and (line.kind is Kind.ROW or numbers):
            group.append((i, sum(1 for _ in quantities(line.text[_label_end(line.text):]))))
            continue
        usual, times = Counter(n for _, n in group).most_common(1)[0] if group else (0, 0)
        for at, _ in group:
            widths[at] = usual if len(group) >= 3 and 2 * times > len(group) else 0
        group = []
    return widths


def _ends_in_numbers(text: str) -> bool:
    return text.rstrip()[-1:].isdigit() and bool(_NUMBERS_AT_END.search(text))


def _label_end(text: str) -> int:
    match = _ROW_LABEL.match(text)
    return match.end() if match else 0


def read_row(text: str, masked: str, header: Header, year: str, heading: str = "", width: int = 0) -> RowRead:
    """Cut a row into its label and cells; ``masked`` is its text with the digits that are set aside hidden.

    Ambiguous blanks are settled by the header's columns, the ``width`` of the rows around, and the row's evolution.
    """
    spans = cells_of(masked)
    numeric = [(a, b) for a, b in spans if not _WORD.search(_UNITS.sub("", masked[a:b])) and any(map(str.isdigit, masked[a:b]))]
    separated = separator(text) is not None
    own_cell = spans[0] not in numeric and not _LABEL_AND_VALUE.search(masked[slice(*spans[0])])
    if len(spans) >= 2 and numeric and (separated or own_cell):
        return _separated_row(text, masked, spans, numeric, header, year, heading)
    end = _label_end(masked)
    label = text[:end].strip(" \t-–•:.…")
    found = _cut(masked, end, header, width)
    columns = _columns_for(found, header)
    return RowRead(label, tuple(_cell(q, c, found, header, year, label, heading) for q, c in zip(found, columns, strict=True)))


def _separated_row(
    text: str, masked: str, spans: list[tuple[int, int]], numeric: list[tuple[int, int]], header: Header, year: str, heading: str
) -> RowRead:
    first = spans.index(numeric[0])
    labels = [text[a:b].strip(" :.…•") for a, b in spans[:first] or spans if (a, b) not in numeric]
    label = " ".join(found for found in labels if _WORD.search(found))
    by_index = separator(text) is not None
    values: list[tuple[Quantity, Column | None]] = []
    for i, (a, b) in enumerate(spans):
        within = [_shifted(q, a) for q in quantities(masked[a:b])]
        if (a, b) in numeric and len(spans) == 2 and len(header.columns) > 2:
            found = _cut(masked, a, header, 0)
            values.extend(zip(found, _columns_for(found, header), strict=True))
        elif (a, b) in numeric or (within and i):
            column = _column_at(header, i, len(spans), (a, b), len(numeric), by_index)
            values.extend((q, column) for q in within)
    found = [q for q, _ in values]
    told = label or text[slice(*spans[0])].strip()
    return RowRead(label, tuple(_cell(q, c, found, header, year, told, heading) for q, c in values))


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


def _cut(text: str, start: int, header: Header, width: int) -> list[Quantity]:
    greedy = [q for q in quantities(text) if q.digits_start >= start]
    tail = text[start:].rstrip()
    years = [c for c in header.columns if c.period and c.nature != "evolution"]
    evolving = bool(re.search(r"%\)?$", tail)) and (header.has_evolution or not years)
    wanted = len(years) + (1 if header.has_evolution else 0) if len(years) >= 2 else max(width, 3 if evolving else 0)
    if wanted < 2 or len(greedy) >= wanted or "\t" in tail:
        return greedy
    counts = len(years) if len(years) >= 2 else wanted - evolving
    columns = [CutColumn()] * counts + ([CutColumn("%", True, True)] if evolving else [])
    try:
        choice = _best([r for r in readings(re.sub(r"[()]", " ", tail), columns) if _natural(r)], evolving)
    except TooManyReadings:
        return greedy
    return greedy if choice is None else _requantify(start, choice)


def _natural(reading: Reading) -> bool:
    """Whether no cell of a reading begins with a zero that nothing explains."""
    return not any(c and len(c.digits) > 1 and c.digits[0] == "0" and c.digits[1] not in ",." for c in reading)


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
    if quantity.signed and quantity.unit is None and _unit_of_difference(quantity, row):
        return _evolution_cell(quantity, None, row, header, year)
    if nature == "evolution" or (quantity.signed and quantity.unit in ("%", "points")):
        return _evolution_cell(quantity, column, row, header, year)
    quantity = _with_unit(quantity, column, header, label, heading)
    period = (column.period if column else None) or header.period or periods.of_title(label, year) or periods.of_title(heading, year) or year
    if nature == "constate" and OBJECTIVE.search(label):
        nature = "objectif"
    surely = 0.85 if column and (column.period or column.given) else 0.7 if column else 0.55
    return RowCell(quantity, period, nature, column.text if column and not column.period else "", surely)


def _with_unit(quantity: Quantity, column: Column | None, header: Header, label: str, heading: str) -> Quantity:
    """The unit that the row, its column, the table or the heading gives a bare number, the nearest first."""
    if quantity.unit is not None:
        return quantity
    cents = (Decimal(1), "EUR") if quantity.decimals == 2 and quantity.value >= 1000 else None
    columns_own = column.given if column else None
    given = inherited(label) or _told_by(label) or columns_own or cents or header.given or inherited(heading)
    if given is None and quantity.value >= 1000 and _SPENT.search(label):
        given = (Decimal(1), "EUR")
    if given is None or given == (Decimal(1), "nombre") or (given[1] == "%" and quantity.value > 100):
        return quantity
    return in_terms_of(quantity, *given)


def _told_by(label: str) -> tuple[Decimal, str] | None:
    """The unit that the first words of a row imply: an amount is money, a delay is days."""
    if re.search(r"\bmontants?\b", label, re.IGNORECASE):
        return Decimal(1), "EUR"
    return (Decimal(1), "jours") if re.match(r"\W*d[ée]lais?\s(?:moyen|m[ée]dian|maxim|de\s)", label, re.IGNORECASE) else None


def _evolution_cell(quantity: Quantity, column: Column | None, row: list[Quantity], header: Header, year: str) -> RowCell:
    if quantity.unit is None and column and column.given:
        quantity = replace(quantity, unit=column.given[1])
    elif quantity.unit is None and (unit := _unit_of_evolution(quantity, row)):
        scaled = unit == "nombre" and header.given is not None
        quantity = in_terms_of(quantity, *header.given) if scaled and header.given else replace(quantity, unit=unit)
    years = sorted({c.period[:4] for c in header.columns if c.period and c.nature != "evolution"})
    usual = f"{years[-2]}/{years[-1]}" if len(years) >= 2 else f"{periods.previous(years[-1] if years else year)}/{years[-1] if years else year}"
    own = column.period if column else None
    if own and len(own) == 4:
        own = f"{periods.previous(own)}/{own}"
    return RowCell(quantity, own or usual, "evolution", "évolution", 0.8)


def _unit_of_evolution(quantity: Quantity, row: list[Quantity]) -> str | None:
    """Whether a bare evolution is the difference of the two numbers before it, or a percentage."""
    return _unit_of_difference(quantity, row) or ("%" if quantity.decimals else quantity.unit)


def _unit_of_difference(quantity: Quantity, row: list[Quantity]) -> str | None:
    """The unit of a number that is the difference of the two before it: points for rates, else theirs; ``None`` when it is not."""
    at = row.index(quantity) if quantity in row else -1
    if at < 2:
        return None
    first, second = row[at - 2], row[at - 1]
    if quantity.value not in (first.value - second.value, second.value - first.value):
        return None
    return "points" if first.unit == "%" else first.unit or "nombre"
