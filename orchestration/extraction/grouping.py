"""Telling where numbers end when only spaces separate them.

``306 104 280 936 + 8,96 %`` can be cut in several ways. This module lists every reading that the grammar and
the declared columns allow, keeps those that the row's own arithmetic confirms, and never guesses: none or
several left is the caller's error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from orchestration.notation.lexicon import meaning, words
from orchestration.notation.numbers import NotANumber, digits_value

_SIGN = re.compile(r"[-\u2212+](?=\s?\d)\s?")
_HEAD = re.compile(r"\d{1,3}(?!\d)|\d+")
_GROUP = re.compile(r"( |\u00a0|\u202f|\u2009|\.)(\d{3})(?!\d)")
_DECIMALS = re.compile(r",\d+|\.(?!\d{3}(?!\d))\d+")
_DECIMALS_AFTER_BLANK = re.compile(r",\d+|\.\d+")
_SUFFIX = re.compile(rf"\s?{words('unites')}", re.IGNORECASE)
_EMPTY = re.compile(r"[-–](?!\s?\d)")
_GAP = re.compile(r"[\s/]+|$")
_BETWEEN_GROUPS = re.compile(r"[ \u00a0.]")
#: A cell of more groups than this is no number, whatever it is.
MAX_GROUPS = 8
MAX_READINGS = 5_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A number found in a run of text: ``start`` and ``end`` bound sign, digits and unit sign, ``digits`` the
    digits alone (they begin at ``digits_start``); ``value`` is theirs with the sign: digits that have none
    make no cell."""

    start: int
    digits_start: int
    end: int
    digits: str
    negative: bool
    signed: bool
    unit: str | None
    value: Decimal


Reading = tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """What is known of a column before reading: its unit sign if print shows one, and whether a sign belongs
    to it.
    """

    unit: str | None = None
    signed: bool = False
    may_be_empty: bool = False


class TooManyReadings(ValueError):
    """A row can be cut in more ways than anybody could choose from."""


def readings(text: str, columns: Sequence[ColumnSpec], groups: Sequence[int] = ()) -> list[Reading]:
    """Every way to read ``text`` as exactly ``columns``, in order; a dash stands for an empty cell where it
    may be empty.

    ``groups`` pins the number of digit groups of each cell that is not empty. Raises ``TooManyReadings``
    beyond ``MAX_READINGS``: only cuts that reach the end are followed, so the work is bounded as well.
    """
    cuts = _Cuts(text, tuple(columns), tuple(groups))
    found: dict[Reading, None] = {}
    for reading in cuts.from_place(0, 0, 0):
        found[reading] = None
        if len(found) > MAX_READINGS:
            raise TooManyReadings(f"peut se couper de plus de {MAX_READINGS} façons")
    return list(found)


class _Cuts:
    """The ways to cut one text into columns; remembers from which places the end can be reached."""

    def __init__(self, text: str, columns: tuple[ColumnSpec, ...], groups: tuple[int, ...]) -> None:
        self._text = text
        self._columns = columns
        self._groups = groups
        self._reaches: dict[tuple[int, int, int], bool] = {}

    def from_place(self, at: int, column: int, cells: int) -> Iterator[Reading]:
        """Readings of the columns from ``column`` on, after ``cells`` cells that are not empty."""
        if column == len(self._columns):
            if self._at_end(at, cells):
                yield ()
            return
        for cell, end in self._choices(at, column, cells):
            after = (end, column + 1, cells + (cell is not None))
            if self._reaches_end(*after):
                yield from ((cell, *tail) for tail in self.from_place(*after))

    def _at_end(self, at: int, cells: int) -> bool:
        return _skip(self._text, at) == len(self._text) and (not self._groups or cells == len(self._groups))

    def _reaches_end(self, at: int, column: int, cells: int) -> bool:
        key = (at, column, cells)
        if key not in self._reaches:
            self._reaches[key] = (
                self._at_end(at, cells)
                if column == len(self._columns)
                else any(
                    self._reaches_end(end, column + 1, cells + (cell is not None))
                    for cell, end in self._choices(at, column, cells)
                )
            )
        return self._reaches[key]

    def _choices(self, at: int, column: int, cells: int) -> Iterator[tuple[Cell | None, int]]:
        expected = self._columns[column]
        start = _skip(self._text, at)
        for cell in _cells_at(self._text, start):
            if _fits(cell, expected) and _GAP.match(self._text, cell.end) and self._pinned(cell, cells):
                yield cell, cell.end
        if expected.may_be_empty and (dash := _EMPTY.match(self._text, start)):
            yield None, dash.end()
        elif expected.may_be_empty and start == len(self._text):
            yield None, start

    def _pinned(self, cell: Cell, cells: int) -> bool:
        return not self._groups or (cells < len(self._groups) and group_count(cell) == self._groups[cells])


def group_count(cell: Cell) -> int:
    """The number of digit groups before the decimals: ``306 104`` has two."""
    return len(_BETWEEN_GROUPS.split(cell.digits.split(",")[0]))


def _skip(text: str, at: int) -> int:
    while at < len(text) and (text[at].isspace() or text[at] in "/:;"):
        at += 1
    return at


def _fits(cell: Cell, column: ColumnSpec) -> bool:
    if cell.signed and not column.signed:
        return False
    percent_expected = column.unit == "%"
    return (cell.unit == "%") == percent_expected if cell.unit or percent_expected else True


@lru_cache(maxsize=65536)
def _cells_at(text: str, start: int) -> tuple[Cell, ...]:
    """Every number that begins at ``start``, longest first."""
    sign = _SIGN.match(text, start)
    begin = sign.end() if sign else start
    ends = _ends(text, begin)
    negative = sign is not None and sign.group()[0] in "-\u2212"
    cells = (_cell(text, start, begin, end, bool(sign), negative) for end in reversed(ends))
    return tuple(cell for cell in cells if cell is not None)


def _ends(text: str, begin: int) -> list[int]:
    head = _HEAD.match(text, begin)
    if not head:
        return []
    if text[begin] == "0" and len(head.group()) == 3:
        return []
    stops = [head.end()]
    separator = None
    at = head.end()
    while (
        len(head.group()) <= 3
        and len(stops) < MAX_GROUPS
        and (group := _GROUP.match(text, at))
        and separator in (None, group[1])
    ):
        separator, at = group[1], group.end()
        stops.append(at)
    ends = []
    for stop in stops:
        decimals = (_DECIMALS if stop == head.end() else _DECIMALS_AFTER_BLANK).match(text, stop)
        if decimals and not (decimals.group()[0] == "." and separator == "."):
            ends.append(decimals.end())
        elif not re.match(r"[.,]?\d", text[stop : stop + 2]):
            ends.append(stop)
    return ends


def _cell(text: str, start: int, begin: int, end: int, signed: bool, negative: bool) -> Cell | None:
    try:
        value, _ = digits_value(text[begin:end])
    except NotANumber:
        return None
    suffix = _SUFFIX.match(text, end)
    unit = str(meaning("unites", suffix.group().strip())) if suffix else None
    return Cell(
        start,
        begin,
        suffix.end() if suffix else end,
        text[begin:end],
        negative,
        signed,
        unit,
        -value if negative else value,
    )


def confirmed(found: list[Reading], tests: Sequence[Callable[[Reading], bool]]) -> list[Reading]:
    """Of several readings, those that every arithmetic test of the row accepts; a single reading needs no
    confirmation.
    """
    if len(found) < 2:
        return found
    return [reading for reading in found if all(test(reading) for test in tests)]


def describe_reading(reading: Reading) -> str:
    """A reading for an error message: ``306 104 | 280 936 | + 8,96``."""
    return " | ".join(
        "(vide)" if cell is None else ("-" if cell.negative else "") + cell.digits for cell in reading
    )
