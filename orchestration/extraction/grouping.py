"""Telling where numbers end when only spaces separate them.

``306 104 280 936 + 8,96 %`` can be cut in several ways. This module lists every reading that the grammar and the declared
columns allow, keeps those that the row's own arithmetic confirms, and never guesses: none or several left is the caller's error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from orchestration.extraction.numbers import UNIT_SIGNS, digits_value

_UNITS = "|".join(sorted((re.escape(u) + (r"(?!\w)" if u[-1].isalpha() else "") for u in UNIT_SIGNS), key=len, reverse=True))
_SIGN = re.compile(r"[-\u2212+](?=\s?\d)\s?")
_HEAD = re.compile(r"\d{1,3}(?!\d)|\d+")
_GROUP = re.compile(r"( |\u00a0|\u202f|\u2009|\.)(\d{3})(?!\d)")
_DECIMALS = re.compile(r",\d+|\.(?!\d{3}(?!\d))\d+")
_DECIMALS_AFTER_BLANK = re.compile(r",\d+|\.\d+")
_SUFFIX = re.compile(rf"\s?(?:{_UNITS})")
_EMPTY = re.compile(r"[-–](?!\s?\d)")
_GAP = re.compile(r"[\s/]+|$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A number found in a run of text: ``start`` and ``end`` bound sign, digits and unit sign, ``digits`` the digits alone
    (they begin at ``digits_start``)."""

    start: int
    digits_start: int
    end: int
    digits: str
    negative: bool
    signed: bool
    unit: str | None

    @property
    def value(self) -> Decimal:
        value, _ = digits_value(self.digits)
        return -value if self.negative else value


Reading = tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of a column before reading: its unit sign if print shows one, and whether a sign belongs to it."""

    unit: str | None = None
    signed: bool = False
    may_be_empty: bool = False


def readings(text: str, columns: Sequence[Column]) -> list[Reading]:
    """Every way to read ``text`` as exactly ``columns``, in order; a dash stands for an empty cell where it may be empty."""
    return list(dict.fromkeys(_read(text, 0, tuple(columns))))


def _read(text: str, at: int, columns: tuple[Column, ...]) -> list[Reading]:
    start = _skip(text, at)
    if not columns:
        return [()] if start == len(text) else []
    found: list[Reading] = []
    column, rest = columns[0], columns[1:]
    for cell in _cells_at(text, start):
        if _fits(cell, column) and _GAP.match(text, cell.end):
            found.extend((cell, *tail) for tail in _read(text, cell.end, rest))
    if column.may_be_empty and (dash := _EMPTY.match(text, start)):
        found.extend((None, *tail) for tail in _read(text, dash.end(), rest))
    elif column.may_be_empty and start == len(text):
        found.extend((None, *tail) for tail in _read(text, start, rest))
    return found


def _skip(text: str, at: int) -> int:
    while at < len(text) and (text[at].isspace() or text[at] in "/:;"):
        at += 1
    return at


def _fits(cell: Cell, column: Column) -> bool:
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
    negative = bool(sign) and sign.group()[0] in "-\u2212"
    return tuple(_cell(text, start, begin, end, bool(sign), negative) for end in reversed(ends))


def _ends(text: str, begin: int) -> list[int]:
    head = _HEAD.match(text, begin)
    if not head:
        return []
    if text[begin] == "0" and len(head.group()) == 3:
        return []
    stops = [head.end()]
    separator = None
    at = head.end()
    while len(head.group()) <= 3 and (group := _GROUP.match(text, at)) and separator in (None, group[1]):
        separator, at = group[1], group.end()
        stops.append(at)
    ends = []
    for stop in stops:
        decimals = (_DECIMALS if stop == head.end() else _DECIMALS_AFTER_BLANK).match(text, stop)
        if decimals and not (decimals.group()[0] == "." and separator == "."):
            ends.append(decimals.end())
        elif not re.match(r"[.,]?\d", text[stop:stop + 2]):
            ends.append(stop)
    return ends


def _cell(text: str, start: int, begin: int, end: int, signed: bool, negative: bool) -> Cell:
    suffix = _SUFFIX.match(text, end)
    unit = UNIT_SIGNS[suffix.group().strip()] if suffix else None
    return Cell(start, begin, suffix.end() if suffix else end, text[begin:end], negative, signed, unit)


def confirmed(found: list[Reading], tests: Sequence[Callable[[Reading], bool]]) -> list[Reading]:
    """Of several readings, those that every arithmetic test of the row accepts; a single reading needs no confirmation."""
    if len(found) < 2:
        return found
    return [reading for reading in found if all(test(reading) for test in tests)]


def describe(reading: Reading) -> str:
    """A reading for an error message: ``306 104 | 280 936 | + 8,96``."""
    return " | ".join("(vide)" if cell is None else ("-" if cell.negative else "") + cell.digits for cell in reading)
