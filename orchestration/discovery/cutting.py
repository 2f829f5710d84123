"""Where the numbers of a row end when single blanks separate them: the columns above, the row's arithmetic,
the table's total.

``306 104 280 936 8,96`` can be cut in several ways. A cut that arithmetic refutes is never taken while
another one holds; what nothing settles is cut as evenly as it can be, and said to be unsure. Belongs here:
choosing among cuts. Does not belong here: what a grammar allows as a number (``extraction.grouping``), what a
column means (``headers``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod

from orchestration.discovery.headers import Header, HeaderColumn
from orchestration.extraction.grouping import Cell, Reading, TooManyReadings, readings
from orchestration.extraction.grouping import ColumnSpec as CutColumn
from orchestration.notation.numbers import digits_value, half_width
from orchestration.notation.tokens import Quantity, quantities
from orchestration.reconciliation.intervals import EmptyQuotient, Interval, around, evolution, weighted_sum

#: Combinations of cuts of a table that are tried against its total.
MOST_COMBINATIONS = 4_000
#: Rows of one table that are settled together.
MOST_ROWS = 60
_POINT_GROUP = re.compile(r"(?<![\d.,])\d{1,3}\.\d{3}(?![\d,])")
_BLANK_GROUP = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009](?=\d{3}(?!\d))")
#: Groups of three with blanks, then a point and three digits: two ways to group at once, or decimals.
_MIXED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+\.\d{3}(?![\d.,])")
_TOTAL = re.compile(r"\W*(?:sous[- ])?(?:totaux|total\w*|ensemble)\b", re.IGNORECASE)
#: Confidence in a cut: by itself, confirmed by arithmetic, refuted by it, undecided.
PLAIN, CONFIRMED, REFUTED, UNDECIDED = 1.0, 1.1, 0.4, 0.7


@dataclass(frozen=True, slots=True)
class Cut:
    """The numbers of a row, and how surely they were cut apart (a factor of confidence)."""

    found: tuple[Quantity, ...]
    surely: float = PLAIN


def one_way(text: str) -> str:
    """``text`` where blanks group digits or do not, character for character: in a row that groups by points
    they do not.
    """
    return _BLANK_GROUP.sub("\t", text) if _POINT_GROUP.search(text) else text


def cut_numbers(text: str, start: int, header: Header, width: int, settled: Reading | None = None) -> Cut:
    """Cut the numbers of ``text`` from ``start`` on, as many as the header's columns or the rows around
    (``width``) have.
    """
    if settled is not None:
        return Cut(tuple(_quantified(start, settled)), CONFIRMED)
    return _mixed(text, start, header, width) or _among_ways(one_way(text), start, header, width)


def _among_ways(text: str, start: int, header: Header, width: int) -> Cut:
    """The obvious cut of a row that groups in one way, else the one of its possible cuts that arithmetic or
    evenness prefers.
    """
    greedy = [q for q in quantities(text) if q.digits_start >= start]
    tail = text[start:].rstrip()
    columns = expected(header, tail, width)
    if (
        len(columns) < 2
        or "\t" in tail
        or (len(greedy) >= len(columns) and not _refuted_greedy(greedy, columns))
    ):
        return Cut(tuple(greedy))
    found = candidates(tail, columns)
    if not found:
        return Cut(tuple(greedy), PLAIN if len(greedy) >= len(columns) else UNDECIDED)
    confirmed = [r for r in found if holds(r, columns) is True]
    if len(confirmed) == 1:
        return Cut(tuple(_quantified(start, confirmed[0])), CONFIRMED)
    possible = confirmed or [r for r in found if holds(r, columns) is None] or found
    best = min(possible, key=lambda r: _unevenness(r, columns))
    surely = PLAIN if len(found) == 1 else REFUTED if holds(best, columns) is False else UNDECIDED
    return Cut(tuple(_quantified(start, best)), surely)


def _mixed(text: str, start: int, header: Header, width: int) -> Cut | None:
    """A row whose numbers group by blanks and end in a point and three digits (``1 200.500``), as many as
    its columns: decimals, surely where its evolution confirms them; else nothing.
    """
    decimal = _MIXED.sub(lambda m: m[0].replace(".", ","), text)
    if decimal == text:
        return None
    found = [q for q in quantities(decimal) if q.digits_start >= start]
    columns = expected(header, text[start:].rstrip(), width)
    if len(found) < len(columns):  # a row may leave its evolution out
        columns = [c for c in columns if c.nature != "evolution"]
    if len(columns) < 2 or len(found) != len(columns):
        return None
    told = [_compare(*(_around(found[i]) for i in places)) for places in _evolving_pairs(columns)]
    return Cut(tuple(found), REFUTED if False in told else CONFIRMED if True in told else UNDECIDED)


def candidates(tail: str, columns: Sequence[HeaderColumn]) -> list[Reading]:
    """Every natural way to cut ``tail`` into ``columns``; empty where there is none, or more than anybody
    could choose from.
    """
    percent = bool(re.search(r"%\)?$", tail))
    wanted = [_as_cut(c, last=c is columns[-1], percent=percent) for c in columns]
    try:
        return [r for r in readings(re.sub(r"[()]", " ", tail), wanted) if _natural(r)]
    except TooManyReadings:
        return []


def _as_cut(column: HeaderColumn, *, last: bool, percent: bool) -> CutColumn:
    if column.nature == "evolution":
        return CutColumn("%", True, True) if percent and last else CutColumn(None, True, True)
    return CutColumn()


def expected(header: Header, tail: str, width: int) -> list[HeaderColumn]:
    """The columns that the numbers of ``tail`` fill: those of a period with the evolution, else as many as
    rows around have.
    """
    years = [c for c in header.columns if c.period and c.nature != "evolution"]
    told = [c for c in header.columns if c.period or c.nature != "constate" or c.given]
    evolving = bool(re.search(r"%\)?$", tail)) and (header.has_evolution or not years)
    if len(years) >= 2:
        return told if len(told) >= len(years) else years
    anonymous = HeaderColumn("", 0, 0)
    wanted = max(width, 3 if evolving else 0)
    return [anonymous] * (wanted - evolving) + [HeaderColumn("", 0, 0, None, "evolution")] * evolving


def _refuted_greedy(greedy: Sequence[Quantity], columns: Sequence[HeaderColumn]) -> bool:
    """Whether the obvious cut contradicts its own evolution."""
    if len(greedy) != len(columns):
        return False
    pairs = _evolving_pairs(columns)
    return any(_compare(*(_around(greedy[i]) for i in places)) is False for places in pairs)


def _around(quantity: Quantity) -> Interval:
    return around(quantity.value, quantity.half_width)


def _evolving_pairs(columns: Sequence[HeaderColumn]) -> Iterator[tuple[int, int, int]]:
    """Places (evolution, new, old) of each evolution whose two years stand in the row."""
    dated = {c.period: i for i, c in enumerate(columns) if c.period and c.nature == "constate"}
    for place, column in enumerate(columns):
        if column.nature != "evolution":
            continue
        told = (column.period or "").split("/")
        before = sorted((p for p in dated if p), key=str)
        old, new = (told[0], told[-1]) if len(told) == 2 else (before[-2:] if len(before) >= 2 else ("", ""))
        if old in dated and new in dated:
            yield place, dated[new], dated[old]
        elif not dated and place >= 2:
            yield place, place - 2, place - 1


def holds(reading: Reading, columns: Sequence[HeaderColumn]) -> bool | None:
    """Whether the evolutions of a reading agree with their years; ``None`` where nothing can be compared."""
    told = [
        verdict
        for places in _evolving_pairs(columns)
        if (verdict := _evolution_holds(reading, places)) is not None
    ]
    return all(told) if told else None


def _evolution_holds(reading: Reading, places: tuple[int, int, int]) -> bool | None:
    shown, new, old = (reading[i] for i in places)
    if shown is None or new is None or old is None:
        return None
    told = _compare(_interval(shown), _interval(new), _interval(old))
    if told is False and _anonymous_order(places):
        return _compare(_interval(shown), _interval(old), _interval(new))
    return told


def _anonymous_order(places: tuple[int, int, int]) -> bool:
    """Whether nothing said which of the two numbers is the newer one."""
    shown, new, old = places
    return shown == old + 1 and old == new + 1


def _interval(cell: Cell) -> Interval:
    _, decimals = digits_value(cell.digits)
    return around(cell.value, half_width(decimals))


def _compare(shown: Interval, new: Interval, old: Interval) -> bool | None:
    """Whether a printed evolution (%, or a difference) agrees with its years; a sign that print leaves out is
    forgiven.
    """
    try:
        enclosure = evolution(new, old)
    except EmptyQuotient:
        return None
    mirrored = Interval(-shown.high, -shown.low)
    difference = Interval(new.low - old.high, new.high - old.low)
    return any(side.meets(truth) for side in (shown, mirrored) for truth in (enclosure, difference))


def _natural(reading: Reading) -> bool:
    """Whether no cell of a reading begins with a zero that nothing explains."""
    return not any(
        c and len(c.digits) > 1 and c.digits[0] == "0" and c.digits[1] not in ",." for c in reading
    )


def _unevenness(reading: Reading, columns: Sequence[HeaderColumn]) -> int:
    lengths = [
        len(c.digits)
        for c, column in zip(reading, columns, strict=True)
        if c and column.nature != "evolution"
    ]
    return max(lengths, default=0) - min(lengths, default=0)


def _quantified(start: int, reading: Reading) -> Iterator[Quantity]:
    for cell in reading:
        if cell is None:
            continue
        value, decimals = digits_value(cell.digits)
        digits_start = start + cell.digits_start
        yield Quantity(
            start + cell.start,
            start + cell.end,
            digits_start,
            digits_start + len(cell.digits),
            -value if cell.negative else value,
            half_width(decimals),
            cell.unit,
            False,
            cell.signed,
            decimals,
            Decimal(1),
        )


def is_total(label: str) -> bool:
    """Whether a row says that it is the sum of those above."""
    return bool(_TOTAL.match(label))


def settled_by_total(
    rows: Sequence[Sequence[Reading]], totals: Sequence[Reading], columns: Sequence[HeaderColumn]
) -> list[Reading]:
    """The one combination of cuts whose rows add up to the total in every column, rows first, the total last.

    Empty when none or several do, when nothing was in doubt, or when there are too many to try.
    """
    ways = prod(map(len, (*rows, totals)))
    if not 1 < ways <= MOST_COMBINATIONS or len(rows) > MOST_ROWS:
        return []
    summed = [i for i, c in enumerate(columns) if c.nature not in ("evolution", "part")]
    found = [
        list(combination)
        for combination in itertools.product(*rows, totals)
        if summed and all(_adds_up(combination, i) for i in summed)
    ]
    return found[0] if len(found) == 1 else []


def _adds_up(combination: Sequence[Reading], column: int) -> bool:
    *parts, total = (reading[column] for reading in combination)
    if total is None or all(part is None for part in parts):
        return False
    enclosure = weighted_sum((Decimal(1), _interval(part)) for part in parts if part is not None)
    return enclosure.meets(_interval(total))
