"""Rows of tables without a template: the label, the cells, and where numbers end when only blanks separate
them.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from orchestration.discovery import periods
from orchestration.discovery.cutting import candidates, cut_numbers, expected, is_total, settled_by_total
from orchestration.discovery.headers import (
    OBJECTIVE,
    PLANNED,
    Header,
    HeaderColumn,
    is_wrapped,
    shared_by,
)
from orchestration.discovery.layout import Kind, Line, cells_of, is_bullet, is_rule, ranked_cells, separator
from orchestration.discovery.quantities import in_terms_of, inherited, scale_of_line, unit_of_line
from orchestration.extraction.grouping import Reading
from orchestration.notation.folding import plain
from orchestration.notation.tokens import Quantity, quantities

#: Kinds of lines whose last numbers may be the cells of a row.
_MAY_FILL = (Kind.PROSE, Kind.BULLET, Kind.LABEL)
#: Lines that one cell may wrap over.
MAX_CELL_LINES = 6
_DIGIT = re.compile(r"\d")
_SPENT = re.compile(
    r"^(?!.*\bnombre).*\b(?:d[ée]penses|co[ûu]ts?|charges|produits(?! et prest| de sant)|recettes|budget)\b",
    re.IGNORECASE,
)
_ROW_LABEL = re.compile(
    r"^(?P<label>.*?[^\d\s+\-\u2212–(].*?|)(?P<gap>[\s:.…]+)(?=[-+\u2212–]?\s?\(?\d|[-–]\s)"
)
#: What a row must hold for its label to end.
_BEFORE_CELLS = re.compile(r"\d|[-–]\s")
#: The most that a bare number of a unit can be that only words around it give.
_MOST = {"%": Decimal(100), "jours": Decimal(400)}
#: The most that is attained of an aim.
_MOST_OF_A_WHOLE = Decimal(200)
_WORD = re.compile(r"[^\W\d_]{2,}")
_OPENS_WITH_NUMBER, _DASH = re.compile(r"\s*[•>–-]*\s*\d"), re.compile(r"\s*[-\u2212–]\s*")
_NAMED = re.compile(r"[^\W\d_]{2,}|[A-Z]\d+[A-Z]")
_LONE_YEAR = re.compile(r"(?:19|20)\d\d")
#: A year that opens its row, set aside as every year is.
_HIDDEN_YEAR = re.compile(r"\s*#{4}\s*:?\s*")
#: What names a column of units or values, never the column of the labels.
_FIRST_OF_VALUES = re.compile(r"\bunit[ée]s?\b|\bann[ée]e|nombre|montant|total", re.IGNORECASE)
_NUMBERS_AT_END = re.compile(r"[^\W\d_]\S*\s+\d[\d\s.,]*\s\d[\d\s.,]*$")
_LABEL_AND_VALUE = re.compile(r"[^\W\d_]\S*\s+[-+]?\d[\d\s.,]*%?\s*$")
_UNITS = re.compile(
    r"(?<=[\d\s])(?:jours?|ans|euros?|points?|pts?|minutes?|mn|min|millions?|milliards?|Mds?|k€|M€|ETP|"
    r"d'euros)(?=\W|$)"
)


#: A bound in the words of a label (``en moins de 48 h``, ``de plus de 2 000 €``, ``70 ans et plus``).
_BOUND = re.compile(
    r"(?:\b(?:(?:moins|plus|au-dela|a partir|a compter|inferieure?s? a|superieure?s? a)\s(?:de\s|d')?|sous\s"
    r"|en\s|dans les\s|jusqu'a\s|d'ici\s)|[<>≤≥]\s?)\d{1,3}(?:[\s.]?\d{3})*(?:,\d+)?\s?"
    r"(?:h|heures?|j|jours?|mois|ans(?:\s(?:et|ou)\s(?:plus|moins))?|min|mn|minutes?|semaines?|secondes?|[km]?€"
    r"|euros?|km|%)(?![\w²])|(?<![\d,]\s)(?<!\d)\d{1,3}\sans\s(?:et|ou)\s(?:plus|moins)(?!\w)"
)


class RowCell(NamedTuple):
    """One cell of a row: its number, period, nature, the words above its column, and how surely it was cut
    out.
    """

    quantity: Quantity
    period: str
    nature: str
    header: str
    confidence: float
    #: Words of a cell of names between the numbers of the row: those of another table at its right.
    own: str = ""


class RowRead(NamedTuple):
    label: str
    cells: tuple[RowCell, ...]


def opens_with_value(masked: str) -> bool:
    """Whether a line begins with a number to read and is not cut into cells: a sentence that ends in numbers,
    not a row.
    """
    return bool(_OPENS_WITH_NUMBER.match(masked)) and bool(_WORD.search(masked)) and len(cells_of(masked)) < 2


def spread(masked: str, found: list[Quantity], header: Header) -> bool:
    """Whether a line of numbers alone fills the columns of the header above it."""
    periods_above, cells = header.dated, cells_of(masked)
    of_year = bool(_HIDDEN_YEAR.fullmatch(masked[slice(*cells[0])]))
    if of_year and len(header.columns) in (len(cells), len(cells) - 1) and len(cells) >= 2:
        return True
    if separator(masked) and len(header.columns) >= 2 and len(header.columns) - len(cells) in (0, 1):
        return True
    if periods_above >= 2 and len(found) < periods_above <= len(re.findall(r"\d+", masked)):
        return True
    if periods_above and _one_each(found, header):
        return True
    return (
        periods_above >= 2 and header.has_evolution and bool(re.search(r"%\s*$", masked)) and len(found) >= 2
    )


def amid_its_label(lines: list[Line], line: Line, found: list[Quantity], header: Header) -> bool:
    """Whether a line of as many numbers as there are columns stands halfway down a label that wraps over the
    lines right above and below, in front of the first number.
    """
    at = line.number - 1
    around = [lines[i] for i in (at - 1, at + 1) if 0 <= i < len(lines)]
    if len(found) < 2 or len(around) < 2 or len(header.columns) not in (len(found), len(found) + 1):
        return False
    return all(
        one.kind in (Kind.LABEL, Kind.PROSE) and not one.numbered and len(one.text.rstrip()) < found[0].start
        for one in around
    )


def _one_each(found: list[Quantity], header: Header) -> bool:
    """Whether numbers of one kind are as many as the columns; those of several units are boxes."""
    alike = header.has_evolution or len({q.unit for q in found if q.unit}) <= 1
    return alike and len(found) >= 2 and len(header.columns) in (len(found), len(found) + 1)


#: A column of gaps.
_GAP_NAMED = re.compile(r"\W*[ée]carts?\b", re.IGNORECASE)


def fills(masked: str, header: Header, width: int) -> bool:
    """Whether a line that looks like one number after a label has as many groups of digits as the header
    above has periods, or as the rows around have numbers (``width``)."""
    wanted = header.dated or width
    if wanted < 2 or not _DIGIT.search(masked):
        return False
    tail = masked[_label_end(masked) :].strip()
    return bool(re.fullmatch(r"[\d\s.,%+-]+", tail)) and len(re.findall(r"\d+", tail)) >= wanted


@dataclass
class _Written:
    """How the rows of a table are written: cut by strokes or tabs all of them, with a colon after the label
    or behind a bullet any of them.
    """

    rows: int = 0
    ruled: bool = True
    told: bool = False
    bulleted: bool = False

    def add(self, row: Line) -> None:
        self.rows += 1
        self.ruled = self.ruled and separator(row.text) is not None
        self.told = self.told or _is_told(row)
        self.bulleted = self.bulleted or is_bullet(row.text)

    def unlike(self, line: Line, *, goes_on: bool, begins: bool) -> bool:
        """Whether a line is written as no row: not cut where all are, or, where blanks part their numbers and
        no row ``goes_on`` below, with a colon, or as a bullet of a list that a blank line ``begins``.
        """
        if not self.rows or is_total(line.bare):
            return False
        if self.ruled and separator(line.text) is None:
            return True
        if goes_on:
            return False
        return not self.told if _is_told(line) else begins and is_bullet(line.text) and not self.bulleted


def apart_from_tables(lines: list[Line], headers: list[Header], widths: list[int]) -> frozenset[int]:
    """The numbers of the lines that stand below the rows of a table and are none of them: lines that give one
    thing its value (``heures de formation : 11 986``) or bullets, where no row is written so.
    """
    found: set[int] = set()
    rows = _Written()
    columns: tuple[HeaderColumn, ...] = ()
    for at, line in enumerate(lines):
        ends = not columns and line.kind in (Kind.PROSE, Kind.HEADING)
        if ends or headers[at].columns is not columns:
            rows, columns = _Written() if rows.rows else rows, headers[at].columns
        if line.kind is Kind.ROW:
            rows.add(line)
        elif line.numbered and line.kind in _MAY_FILL and max(headers[at].dated, widths[at]) >= 2:
            begins = at > 0 and (lines[at - 1].kind is Kind.BLANK or at in found)
            if rows.unlike(line, goes_on=_goes_on(lines, at, headers), begins=begins):
                found.add(line.number)
    return frozenset(found)


def _goes_on(lines: list[Line], at: int, headers: list[Header]) -> bool:
    """Whether the next line that is not blank is a row of the same table."""
    below = next((i for i in range(at + 1, len(lines)) if lines[i].kind is not Kind.BLANK), None)
    if below is None or lines[below].kind is not Kind.ROW:
        return False
    return below + 1 == len(lines) or headers[below + 1].columns is headers[below].columns


def _is_told(line: Line) -> bool:
    """Whether a colon ends the label before the numbers of a line."""
    return ":" in line.text and line.text[: _label_end(line.text)].rstrip().endswith(":")


def widths_of(lines: list[Line]) -> list[int]:
    """For each line of a table, how many numbers its rows have: what most rows of the table show without
    doubt; 0 elsewhere.
    """
    widths = [0] * len(lines)
    for table in _tables(lines):
        usual, times = Counter(table.values()).most_common(1)[0]
        if len(table) >= 3 and 2 * times > len(table):
            for at in table:
                widths[at] = usual
    return widths


def _tables(lines: list[Line]) -> Iterator[dict[int, int]]:
    """The rows of each table by their place, with how many numbers each has; blank lines and labels may stand
    between rows.
    """
    rows: dict[int, int] = {}
    for at, line in enumerate(lines):
        may_end = line.numbered and line.kind is not Kind.NUMBERS
        is_row = line.kind is Kind.ROW or (may_end and _ends_in_numbers(line))
        if is_row:
            rows[at] = len(quantities(line.text[_label_end(line.text) :]))
        elif rows and line.kind not in (Kind.BLANK, Kind.LABEL):
            yield rows
            rows = {}
    if rows:
        yield rows


def wrapped_labels(lines: list[Line], headers: list[Header]) -> dict[int, tuple[str, str]]:
    """By line number of a row, the words of its label that stand on the lines above and below it in its cell.

    A cell of several lines is a block between blank lines, below a header, with one line of numbers and
    otherwise words alone.
    """
    found: dict[int, tuple[str, str]] = {}
    block: list[Line] = []
    for i, line in enumerate([*lines, None]):
        ends = line is None or not line.bare
        heads = line is not None and i + 1 < len(lines) and headers[i + 1].columns is not headers[i].columns
        if line is not None and not ends and not heads:
            block.append(line)
            continue
        if block and headers[block[0].number - 1].columns:
            found |= _one_row(block)
        block = []
    return found


def continued_labels(lines: list[Line]) -> dict[int, tuple[str, str]]:
    """By line number of a row, the words of its label that stand on the lines above it, where it goes on in
    small letters.
    """
    found: dict[int, tuple[str, str]] = {}
    for at, (above, row) in enumerate(itertools.pairwise(lines)):
        if row.kind is Kind.ROW and is_wrapped(above, row):
            first = at
            while first and at - first < MAX_CELL_LINES - 1 and is_wrapped(lines[first - 1], lines[first]):
                first -= 1
            words = (line.text.strip(" •–-") for line in lines[first : at + 1])
            found[row.number] = (" ".join(words), "")
    return found


def shared_labels(lines: list[Line]) -> dict[int, tuple[str, str]]:
    """By line number of a row, the words of the merged cell at its left: an empty first cell before one of
    words belongs to the cell above it.
    """
    found: dict[int, tuple[str, str]] = {}
    shared, column = "", 0
    for line in lines:
        if line.kind is Kind.BLANK or is_rule(line):
            continue
        cut = line.kind is Kind.ROW or (
            line.kind is Kind.NUMBERS and line.parted and separator(line.text) is not None
        )
        named = _named_cells(line) if cut else []
        if len(named) >= 2:
            (shared, _), (_, column) = named[:2]
        elif named and shared and named[0][1] >= column:
            found[line.number] = (shared, "")
        else:
            shared = ""
    return found


def _named_cells(line: Line) -> list[tuple[str, int]]:
    """The words of the cells before the first number of a row, each with its rank, or its place where blanks
    part the cells.
    """
    ranked = line.ranked
    if ranked and len(ranked) < 3:
        return []
    spans = list(enumerate(ranked)) if ranked else [(a, (a, b)) for a, b in line.cells]
    texts = [(line.text[slice(*span)].strip(), at) for at, span in spans]
    named = itertools.takewhile(
        lambda cell: _LONE_YEAR.fullmatch(cell[0]) or not _DIGIT.search(cell[0]), texts
    )
    return [(text, at) for text, at in named if _WORD.search(text) or _LONE_YEAR.fullmatch(text)]


def _one_row(block: list[Line]) -> dict[int, tuple[str, str]]:
    numeric = [i for i, line in enumerate(block) if line.kind in (Kind.ROW, Kind.NUMBERS)]
    others = [line for line in block if line.kind not in (Kind.ROW, Kind.NUMBERS)]
    words_alone = all(line.kind in (Kind.LABEL, Kind.PROSE) and not line.numbered for line in others)
    if len(numeric) != 1 or not others or not words_alone or len(block) > MAX_CELL_LINES:
        return {}
    at = numeric[0]
    above = " ".join(line.bare for line in block[:at])
    below = " ".join(line.bare for line in block[at + 1 :])
    return {block[at].number: (above, below)}


def settled_rows(
    lines: list[Line], masked: list[str], headers: list[Header], widths: list[int]
) -> dict[int, Reading]:
    """By line number, the cut of the rows of each table whose total settles what its rows leave in doubt.

    ``masked`` holds the text of each line with the digits that are set aside hidden.
    """
    found: dict[int, Reading] = {}
    table: list[int] = []
    for i, line in enumerate(lines):
        is_row = line.kind is Kind.ROW or (bool(masked[i]) and fills(masked[i], headers[i], widths[i]))
        if not is_row or separator(line.text):
            table = table if line.kind is Kind.BLANK else []
            continue
        table = [at for at in table if headers[at].columns == headers[i].columns]
        label = line.text[: _label_end(masked[i])]
        if table and is_total(label):
            found |= _settled_table(lines, masked, headers[i], widths[i], [*table, i])
            table = []
        else:
            table.append(i)
    return found


def _settled_table(
    lines: list[Line], masked: list[str], header: Header, width: int, places: list[int]
) -> dict[int, Reading]:
    tails = [masked[i][_label_end(masked[i]) :].rstrip() for i in places]
    columns = expected(header, tails[-1], width)
    if len(columns) < 2 or any("\t" in tail for tail in tails):
        return {}
    ways = [candidates(tail, columns) for tail in tails]
    return {
        lines[i].number: reading
        for i, reading in zip(places, settled_by_total(ways[:-1], ways[-1], columns), strict=False)
    }


def bounds_of_rows(lines: list[Line], headers: list[Header]) -> Iterator[tuple[int, int]]:
    """The places in the document of numbers that bound what a row or a box counts: in its label, before as
    many numbers as its header dates columns, or beside a rate alone on its line.
    """
    for at, (line, header) in enumerate(zip(lines, headers, strict=True)):
        if not line.numbered:
            continue
        boxed = line.kind is Kind.LABEL and _is_beside_rate(lines, at)
        if boxed or (line.kind not in (Kind.PROSE, Kind.NUMBERS) and header.dated >= 2):
            end = _end_of_bound(line.text, header.dated, boxed=boxed)
            runs = re.finditer(r"\d+", line.text[:end])
            yield from ((line.start + run.start(), line.start + run.end()) for run in runs)


def _end_of_bound(text: str, columns: int, *, boxed: bool) -> int:
    """Where the first number of a label ends that bounds what the label counts: before a number for each of
    the dated columns or, in the words of a box, before none; 0 where none does.
    """
    match = _BOUND.search(plain(text))
    if match is None or _DIGIT.search(text, 0, match.start()):
        return 0
    cells = len(re.findall(r"\d+(?:,\d+)?", text[match.end() :]))
    return match.end() if (columns >= 2 and cells >= columns) or (boxed and not cells) else 0


def _is_beside_rate(lines: list[Line], at: int) -> bool:
    """Whether a rate stands alone on the line right above or below one."""
    beside = (lines[i] for i in (at - 1, at + 1) if 0 <= i < len(lines))
    return any(line.kind is Kind.NUMBERS and line.bare.endswith("%") for line in beside)


def _ends_in_numbers(line: Line) -> bool:
    return line.bare[-1:].isdigit() and bool(_NUMBERS_AT_END.search(line.text))


def _label_end(text: str) -> int:
    match = _ROW_LABEL.match(text) if _BEFORE_CELLS.search(text) else None
    return match.end() if match else 0


def read_row(
    line: Line,
    masked: str,
    header: Header,
    year: str,
    heading: str = "",
    width: int = 0,
    settled: Reading | None = None,
    wrapped: tuple[str, str] = ("", ""),
) -> RowRead:
    """Cut a row into its label and cells; ``masked`` is its text with the digits that are set aside hidden.

    Ambiguous blanks are settled by the header's columns, the ``width`` of the rows around, the row's
    evolution, or by the table's total, which gave ``settled``.
    """
    text, row = line.text, _CutRow.of(line, masked)
    if row.told_apart():
        return _separated_row(row, header, year, heading, wrapped)
    end = _label_end(masked)
    label = _whole(text[:end].strip(" \t-–•:.…"), wrapped)
    done = cut_numbers(masked, end, header, width, settled)
    found = list(done.found)
    columns = _columns_for(found, header)
    cells = (cell_in(q, c, found, header, year, label, heading) for q, c in zip(found, columns, strict=True))
    return RowRead(
        label, tuple(cell._replace(confidence=min(0.95, cell.confidence * done.surely)) for cell in cells)
    )


@dataclass(frozen=True, slots=True)
class _CutRow:
    """A row as the cells that stand on its line: where each begins and ends, and those that hold a number.

    ``masked`` is the text of the line with the digits that are set aside hidden.
    """

    line: Line
    masked: str
    spans: list[tuple[int, int]]
    numeric: list[tuple[int, int]]

    @classmethod
    def of(cls, line: Line, masked: str) -> _CutRow:
        spans = cells_of(masked)
        return cls(line, masked, spans, [span for span in spans if _is_value(masked[slice(*span)])])

    @property
    def separated(self) -> bool:
        return separator(self.line.text) is not None

    def told_apart(self) -> bool:
        """Whether no cell holds the label together with a number."""
        if len(self.spans) < 2 or not self.numeric:
            return False
        first, nameless = self.spans[0], len(self.spans) == len(self.numeric)
        own_cell = first not in self.numeric and not _LABEL_AND_VALUE.search(self.masked[slice(*first)])
        return self.separated or nameless or own_cell

    def units(self) -> dict[tuple[int, int], tuple[Decimal, str]]:
        """The cells after the first that only name the unit of the row."""
        words = (span for span in self.spans[1:] if span not in self.numeric)
        texts = ((span, self.line.text[slice(*span)]) for span in words)
        return {span: unit for span, text in texts if (unit := unit_of_line(text) or scale_of_line(text))}

    def label(self) -> str:
        """The words of the cells before the first number."""
        before = self.spans[: self.spans.index(self.numeric[0])] or self.spans
        units = self.units()
        kept = (span for span in before if span not in self.numeric and span not in units)
        words = (self.line.text[slice(*span)].strip(" :.…•") for span in kept)
        return " ".join(text for text in words if _NAMED.search(text))

    def name_before(self, quantity: Quantity) -> str:
        """The words of the nearest cell of names between the first number of the row and a later one."""
        between = self.spans[self.spans.index(self.numeric[0]) + 1 :]
        names = [s for s in between if s not in self.numeric and s[1] <= quantity.digits_start]
        words = self.line.text[slice(*names[-1])].strip(" :.…•") if names and not self.separated else ""
        return "" if unit_of_line(words) or _DIGIT.search(words) or not _WORD.search(words) else words

    def year(self) -> str:
        """The year that stands in a cell of its own before the first number, or an empty string."""
        before = self.spans[: self.spans.index(self.numeric[0])]
        cells = (self.line.text[slice(*span)].strip() for span in before)
        return next((text for text in cells if _LONE_YEAR.fullmatch(text)), "")

    def values(self, header: Header) -> Iterator[tuple[Quantity, HeaderColumn | None]]:
        """The numbers of the cells, each with the column that it stands in."""
        one_cell = len(self.spans) == 2 and len(header.columns) > 2
        ranks = _ranks(self.masked, self.spans, header, bounded=self.line.bounded)
        for i, (a, b) in enumerate(self.spans):
            holds_value = (a, b) in self.numeric
            if holds_value and one_cell:
                found = list(cut_numbers(self.masked, a, header, 0).found)
                yield from zip(found, _columns_for(found, header), strict=True)
            elif holds_value or i:
                text, column = self.masked[a:b], self._column(header, i, ranks)
                found = [_shifted(_of_own_sign(q, text), a) for q in quantities(text)]
                yield from zip(found, shared_by(column, len(found)), strict=True)

    def _under(self, header: Header) -> dict[tuple[int, int], HeaderColumn]:
        """The columns that the numbers stand under, each under one of its own, where no column stands over
        the label: a cell of the row is missing. Else nothing.
        """
        first = self.spans[0]
        named = first[0] + len(self.masked[slice(*first)].rstrip())
        if self.separated or first in self.numeric or header.columns[0].start < named:
            return {}
        over = {(a, b): [c for c in header.columns if c.start < b and a < c.end] for a, b in self.numeric}
        found = {span: columns[0] for span, columns in over.items() if len(columns) == 1}
        return found if len(set(found.values())) == len(self.numeric) else {}

    def _column(self, header: Header, i: int, ranks: list[int]) -> HeaderColumn | None:
        """The column of the ``i``-th cell."""
        if ranks:
            return next((column for column in header.columns if column.rank == ranks[i]), None)
        if len(header.columns) == len(self.spans) and (under := self._under(header)):
            return under.get(self.spans[i])
        return _column_at(header, i, len(self.spans), self.spans[i], len(self.numeric), self.separated)


def _is_value(cell: str) -> bool:
    """Whether a cell holds digits, and no words but those of a unit."""
    return bool(_DIGIT.search(cell)) and not _WORD.search(_UNITS.sub("", cell))


def _separated_row(
    row: _CutRow, header: Header, year: str, heading: str, wrapped: tuple[str, str]
) -> RowRead:
    label, unit = _whole(row.label(), wrapped), next(iter(row.units().values()), None)
    values = [
        (q if q.unit or unit is None else in_terms_of(q, *unit), column) for q, column in row.values(header)
    ]
    found = [q for q, _ in values]
    told = f"{label} {row.year()}".strip() or row.line.text[slice(*row.spans[0])].strip()
    cells = (cell_in(q, c, found, header, year, told, heading) for q, c in values)
    return RowRead(label, tuple(cell._replace(own=row.name_before(cell.quantity)) for cell in cells))


def _of_own_sign(quantity: Quantity, cell: str) -> Quantity:
    """A number that a dash opens, in a cell of its own (``- 4 510``), is negative, as accounts have it."""
    if quantity.signed or not _DASH.fullmatch(cell, 0, quantity.digits_start):
        return quantity
    opens = len(cell) - len(cell.lstrip())
    return quantity._replace(start=opens, value=-quantity.value, signed=True)


def _whole(label: str, wrapped: tuple[str, str]) -> str:
    """A label with the words that its cell holds on the lines above and below."""
    return " ".join(filter(None, (wrapped[0], label, wrapped[1])))


def _ranks(text: str, spans: list[tuple[int, int]], header: Header, *, bounded: bool) -> list[int]:
    """The rank in the header of each cell; empty where ranks do not tell.

    A header that leaves out the name of the first column is one cell short of its rows, whose ranks move by
    one.
    """
    cut = ranked_cells(text, bounded=bounded)
    if not cut or not header.columns or any(c.rank is None for c in header.columns):
        return []
    filled = max((rank for rank, (a, b) in enumerate(cut) if text[a:b].strip()), default=0)
    last = max(c.rank or 0 for c in header.columns)
    shift = 1 if filled == last + 1 and _begins_with_values(header.columns[0]) else 0
    return [_rank_at(cut, begin) - shift for begin, _ in spans]


def _begins_with_values(first: HeaderColumn) -> bool:
    """Whether the first column that a header names is one of values, not that of the labels."""
    return bool(first.period or first.given or first.rank != 0 or _FIRST_OF_VALUES.search(first.text))


def _rank_at(cut: list[tuple[int, int]], place: int) -> int:
    """The rank of the cell that holds a place of the line; the last cell where none does."""
    return next((rank for rank, (a, b) in enumerate(cut) if a <= place <= b), len(cut) - 1)


def _shifted(quantity: Quantity, by: int) -> Quantity:
    return quantity._replace(
        start=quantity.start + by,
        end=quantity.end + by,
        digits_start=quantity.digits_start + by,
        digits_end=quantity.digits_end + by,
    )


def _column_at(
    header: Header, index: int, cells: int, span: tuple[int, int], numeric: int, by_index: bool
) -> HeaderColumn | None:
    """The column of a cell: by rank from the right where cells are told apart, else by the place
    on the line.
    """
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


def _columns_for(found: list[Quantity], header: Header) -> list[HeaderColumn | None]:
    """The columns of the numbers of a row that only single blanks separate."""
    columns = [c for c in header.columns if c.period or c.nature != "constate" or c.given]
    columns = (
        columns if len(columns) == len(found) or len(header.columns) != len(found) else list(header.columns)
    )
    if len(columns) > len(found) and len([c for c in columns if c.period]) == len(found):
        columns = [c for c in columns if c.period]
    if len(columns) == len(found) + 1 and not columns[0].period and columns[0].nature == "constate":
        columns = columns[1:]
    return [columns[i] if i < len(columns) else None for i in range(len(found))]


def cell_in(
    quantity: Quantity,
    column: HeaderColumn | None,
    row: list[Quantity],
    header: Header,
    year: str,
    label: str,
    heading: str,
) -> RowCell:
    """What a number of a ``row`` says in its column, below its header, beside its label."""
    nature = column.nature if column else "constate"
    if quantity.signed and quantity.unit is None and _unit_of_difference(quantity, row):
        told = column if _is_gap(column) or (column and nature == "evolution" and column.given) else None
        return _evolution_cell(quantity, told, row, header, year, label)
    if nature == "evolution" or (quantity.signed and quantity.unit in ("%", "points")):
        return _evolution_cell(quantity, column, row, header, year, label)
    quantity = _with_unit(quantity, column, header, label, heading)
    if nature == "constate" and OBJECTIVE.search(label):
        nature = "objectif"
    period = _period_of_cell(column, header, (label, heading), year)
    words = periods.without(column.text, year) if column else ""
    return RowCell(quantity, period, nature, words, _surely(column))


def _period_of_cell(column: HeaderColumn | None, header: Header, titles: tuple[str, str], year: str) -> str:
    """The period of a cell, the nearest that is told: by its column, the table, the row, the heading."""
    told = (column.period if column else None) or header.period
    if column and column.period and (own := _LONE_YEAR.fullmatch(titles[0].strip())):
        told = periods.in_year(column.period, own[0], column.text)
    if told and len(told) == len("2020"):
        return periods.within_year(titles[0], told) or told
    told = told or periods.of_month(titles[0], year)
    return told or next(filter(None, (periods.of_title(title, year) for title in titles)), year)


def _surely(column: HeaderColumn | None) -> float:
    """How surely a cell is read: by what its column tells."""
    if column is None:
        return 0.55
    return 0.85 if column.period or column.given else 0.7


def _with_unit(
    quantity: Quantity, column: HeaderColumn | None, header: Header, label: str, heading: str
) -> Quantity:
    """The unit that the row, its column, the table or the heading gives a bare number, the nearest first."""
    given = _unit_told(quantity, column, header, label, heading) if quantity.unit is None else None
    if given is None or given == (Decimal(1), "nombre"):
        return quantity
    if quantity.value > _MOST.get(given[1], quantity.value) and not _above_all(quantity, given[1]):
        return quantity
    return in_terms_of(quantity, *given)


def _above_all(quantity: Quantity, unit: str) -> bool:
    """Whether a number with a decimal is a rate of more than the whole (``101,2``): no count has any."""
    return unit == "%" and quantity.decimals > 0 and quantity.value < _MOST_OF_A_WHOLE


def _unit_told(
    quantity: Quantity, column: HeaderColumn | None, header: Header, label: str, heading: str
) -> tuple[Decimal, str] | None:
    """The scale and unit of a number without one; a large number with cents, or of spending, is money."""
    large, money = quantity.value >= 1000, (Decimal(1), "EUR")
    return (
        _unit_of_names(column, label)
        or _scaled(column, header.given, label)
        or (money if large and quantity.decimals == 2 else None)
        or (None if header.unheaded else inherited(heading))
        or (money if large and _SPENT.search(label) else None)
    )


def _unit_of_names(column: HeaderColumn | None, label: str) -> tuple[Decimal, str] | None:
    """The scale and unit that the names of column and row give: of the column before the row, unless it only
    names a time.
    """
    if column is None:
        return inherited(label)
    told = unit_of_line(column.text) or (None if column.period else column.given)
    return told or inherited(label) or column.given


def _scaled(
    column: HeaderColumn | None, table: tuple[Decimal, str] | None, label: str
) -> tuple[Decimal, str] | None:
    """What column or row imply (money, a count, days) in the scale that the table's title gives; a count has
    no scale of money.
    """
    of_column = (Decimal(1), column.implied) if column and column.implied else None
    told = _told_by(label)
    counted = of_column is not None and of_column[1] == "nombre" and told is not None and told[1] == "jours"
    implied = of_column if counted else told or of_column
    if table is None or implied is None:
        return implied or table
    if table[1] == "nombre":
        return table[0], implied[1]
    return table if implied[1] == table[1] else implied


def _told_by(label: str) -> tuple[Decimal, str] | None:
    """The unit that the first words of a row imply: an amount is money, a delay is days."""
    if re.search(r"\bmontants?\b", label, re.IGNORECASE):
        return Decimal(1), "EUR"
    return (
        (Decimal(1), "jours")
        if re.match(r"\W*d[ée]lais?\s(?:moyen|m[ée]dian|maxim|de\s)", label, re.IGNORECASE)
        else None
    )


def _evolution_cell(
    quantity: Quantity,
    column: HeaderColumn | None,
    row: list[Quantity],
    header: Header,
    year: str,
    label: str,
) -> RowCell:
    own = column.period if column else None
    if own and len(own) == 4:
        own = f"{periods.previous(own)}/{own}"
    evolution = _evolution_with_unit(quantity, column, row, header, label)
    words = periods.without(column.text, year) if column and column.nature != "evolution" else ""
    if _of_a_plan(column, header):
        at = own or next(iter(header.years), None) or header.period or year
        return RowCell(evolution, at, "constate", column.text if column else "", 0.8)
    named = words if _WORD.search(words) else "évolution"
    return RowCell(evolution, own or _years_of(header, year), "evolution", named, 0.8)


def _of_a_plan(column: HeaderColumn | None, header: Header) -> bool:
    """Whether a gap stands beside what was planned and what became of it, no two years."""
    return (
        _is_gap(column)
        and len(header.years) < 2
        and any(PLANNED.match(plain(other.text)) for other in header.columns)
    )


def _is_gap(column: HeaderColumn | None) -> bool:
    return column is not None and bool(_GAP_NAMED.match(column.text))


def _evolution_with_unit(
    quantity: Quantity, column: HeaderColumn | None, row: list[Quantity], header: Header, label: str
) -> Quantity:
    """An evolution in the unit that its column gives, or that the numbers before it or the row tell."""
    if quantity.unit is not None:
        return quantity
    if column and column.given:
        return quantity._replace(unit=column.given[1])
    unit = _unit_of_evolution(quantity, row)
    if unit == "nombre" and (given := inherited(label) or header.given) is not None:
        return in_terms_of(quantity, *given)
    return quantity._replace(unit=unit)


def _years_of(header: Header, year: str) -> str:
    """The two years that an evolution compares: the last two of the columns beside it."""
    years = sorted({c.period[:4] for c in header.columns if c.period and c.nature != "evolution"})
    last = years[-1] if years else year
    return f"{years[-2] if len(years) >= 2 else periods.previous(last)}/{last}"


def _unit_of_evolution(quantity: Quantity, row: list[Quantity]) -> str | None:
    """Whether a bare evolution is the difference of the two numbers before it, or a percentage."""
    return _unit_of_difference(quantity, row) or ("%" if quantity.decimals else quantity.unit)


def _unit_of_difference(quantity: Quantity, row: list[Quantity]) -> str | None:
    """The unit of a number that is the difference of the two before it: points for rates, else theirs;
    ``None`` when it is not.
    """
    at = row.index(quantity) if quantity in row else -1
    if at < 2:
        return None
    first, second = row[at - 2], row[at - 1]
    if quantity.value not in (first.value - second.value, second.value - first.value):
        return None
    return "points" if first.unit == "%" else first.unit or "nombre"
