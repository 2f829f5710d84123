"""Key-figure boxes: a number alone on its line, whose words are on the lines above or below."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from orchestration.discovery import periods
from orchestration.discovery.headers import Header
from orchestration.discovery.layout import Kind, Line, cells_of
from orchestration.discovery.quantities import in_terms_of
from orchestration.notation.tokens import Quantity

_REACH = 2
_MAX_LABEL_LINES = 3
_LONE_YEAR = re.compile(r"^\s*[•>–-]?\s*((?:19|20)\d\d)\s*:?\s*$")
_OWN_YEAR = re.compile(r"^\s*[•>*–-]*\s*((?:19|20)\d\d)\s*[:\s–-]\s*(?=\S)")
_UNIT_BELOW = re.compile(r"(jours|ans|ann[ée]es|minutes|euros|points|%|€)\b")
_UNITS = {"euros": "EUR", "€": "EUR", "années": "ans", "annees": "ans"}
_ASIDE = re.compile(r"\([^)]*\d[^)]*\)?")


@dataclass(frozen=True, slots=True)
class Words:
    """The words around a box and the period that its place gives it."""

    above: str
    below: str
    period: str | None = None

    @property
    def text(self) -> str:
        return f"{self.below} {self.above}"


def around(lines: list[Line], line: Line, index: int, count: int, header: Header) -> Words:
    """The words of the ``index``-th of ``count`` numbers that stand alone on ``line``."""
    at = line.number - 1
    if own := _OWN_YEAR.match(line.text):
        return Words(_series_title(lines, at), "", own[1])
    if period := _year_of_column(lines, at):
        return Words(_series_title(lines, at), "", period)
    if count >= 2 and (cell := _cell_words(lines, at, index, count)):
        column = header.columns[index].text if len(header.columns) == count else ""
        return Words(column, cell)
    above, above_near = _neighbour(lines, at, -1)
    below, below_near = _neighbour(lines, at, 1)
    if (below_near and not above_near) or (above_near and below_near and below[:1].islower()):
        kept = above if above_near and not above.rstrip().endswith((".", ":")) and len(above.split()) <= 6 else ""
        return Words(kept, below)
    if (above_near and not below_near) or above.rstrip().endswith(":"):
        return Words(above, "")
    return Words(above, below)


def _neighbour(lines: list[Line], at: int, step: int) -> tuple[str, bool]:
    """The words of the label lines next to a line and whether no blank line lies between."""
    words: list[str] = []
    blanks, i = 0, at + step
    while 0 <= i < len(lines) and len(words) < _MAX_LABEL_LINES:
        line = lines[i]
        if line.kind is Kind.BLANK:
            blanks += 1
            if words or blanks > _REACH:
                break
        elif line.kind in (Kind.NUMBERS, Kind.ROW) or (line.kind is Kind.BULLET and words):
            break
        elif text := _ASIDE.sub("", line.text).strip():
            words.append(text)
        i += step
    near = 0 <= at + step < len(lines) and lines[at + step].kind not in (Kind.BLANK, Kind.NUMBERS, Kind.ROW)
    return " ".join(words if step > 0 else reversed(words)), near


def _series_title(lines: list[Line], at: int) -> str:
    """The words above a series of numbers: the first line upwards that is not itself of numbers."""
    for line in reversed(lines[max(0, at - 30):at]):
        if line.kind not in (Kind.BLANK, Kind.NUMBERS):
            return line.text.strip()
    return ""


def _year_of_column(lines: list[Line], at: int) -> str | None:
    """Cells broken on lines: as many numbers as there are years on lines of their own just above, in the same order."""
    rank, i = 0, at - 1
    while i >= 0 and lines[i].kind in (Kind.NUMBERS, Kind.BLANK) and not _LONE_YEAR.match(lines[i].text):
        rank += lines[i].kind is Kind.NUMBERS
        i -= 1
    years: list[str] = []
    while i >= 0 and (lines[i].kind is Kind.BLANK or _LONE_YEAR.match(lines[i].text)):
        if match := _LONE_YEAR.match(lines[i].text):
            years.insert(0, match[1])
        i -= 1
    return years[rank] if len(years) >= 2 and rank < len(years) else None


def _cell_words(lines: list[Line], at: int, index: int, count: int) -> str:
    """The words of the cell below (or above) at the same rank, when that line has as many cells as this one has numbers."""
    for step in (1, -1):
        i = at + step
        while 0 <= i < len(lines) and lines[i].kind is Kind.BLANK and abs(i - at) <= _REACH:
            i += step
        if 0 <= i < len(lines) and lines[i].kind not in (Kind.NUMBERS, Kind.ROW):
            spans = cells_of(lines[i].text)
            if len(spans) == count:
                return lines[i].text[slice(*spans[index])].strip()
    return ""


def with_unit(quantity: Quantity, words: Words, header: Header) -> Quantity:
    """The unit on the line below, or the one that the title above gives."""
    if quantity.unit is not None:
        return quantity
    if match := _UNIT_BELOW.match(words.below):
        return replace(quantity, unit=_UNITS.get(match[1], match[1]))
    titled = words.above.rstrip(" :").casefold().startswith(("montant", "coût", "budget"))
    if header.given and header.given[1] != "nombre" and (words.period or not words.below):
        return in_terms_of(quantity, *header.given)
    return replace(quantity, unit="EUR") if titled else quantity


def period_of(words: Words, year: str) -> str | None:
    return words.period or periods.of_title(words.text, year)
