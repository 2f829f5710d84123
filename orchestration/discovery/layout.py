"""The shape of a page as text: lines and their kinds, paragraphs put together again, headings above.

Belongs here: what can be told from blanks, punctuation and case alone. Does not belong here: what a number means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from orchestration.extraction.documents import Document

_BULLET = re.compile(r"^\s*(?:[-–—•▪■●◦*>»✓→\uf0b7\uf0a7]+|o(?=\s))\s*(?=\S)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDS_SENTENCE = re.compile(r"[.!?;]\s*$")
_CELL = re.compile(r"(?:^|[\s(])[-+\u2212]?\s?\d[\d\s\u00a0\u202f.,]*(?:%|‰|€|M€|k€|Md€|pts?|points?|jours?|ans)?(?=[\s)/|]|$)")
MAX_HEADING_WORDS = 14


class Kind(Enum):
    """What a line looks like."""

    BLANK = "blank"
    PROSE = "prose"
    BULLET = "bullet"
    HEADING = "heading"
    LABEL = "label"
    NUMBERS = "numbers"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: 1-based ``number``, offset of its first character in the document, its text and kind."""

    number: int
    start: int
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that read as one piece of text: ``text`` joined by blanks, ``starts[i]`` the document offset of its i-th character."""

    text: str
    offsets: tuple[int, ...]
    lines: tuple[Line, ...]


def lines_of(document: Document) -> list[Line]:
    """Every line with its kind."""
    found, start = [], 0
    for number, text in enumerate(document.lines, 1):
        found.append(Line(number, start, text, kind_of(text)))
        start += len(text) + 1
    return found


def kind_of(text: str) -> Kind:
    """Tell a line's kind from its own text."""
    bare = text.strip()
    words = _WORD.findall(bare)
    digits = sum(c.isdigit() for c in bare)
    if not bare:
        return Kind.BLANK
    if digits and not words:
        return Kind.NUMBERS
    if _BULLET.match(text):
        return Kind.BULLET
    if digits and _is_row(bare):
        return Kind.ROW
    letters = [c for c in bare if c.isalpha()]
    upper = sum(c.isupper() for c in letters) / len(letters) if letters else 0
    if upper > 0.8 and len(words) <= MAX_HEADING_WORDS:
        return Kind.HEADING
    if len(words) <= 6 and not _ENDS_SENTENCE.search(bare):
        return Kind.LABEL
    return Kind.PROSE


def _is_row(bare: str) -> bool:
    """A label followed by at least two cells up to the end of the line, or cells between tabs or wide blanks."""
    if re.search(r"\S(?:\t|\s{3,})\s*[-+]?\d", bare):
        return True
    tail = re.search(r"(?:(?:^|\s)[-+\u2212]?\s?\d[\d.,]*\s?(?:%|‰|€)?|\s-)+\s*$", bare)
    return bool(tail) and len(_CELL.findall(tail.group())) >= 1 and len(re.findall(r"\d[\d.,]*", tail.group())) >= 2


def passages(lines: list[Line]) -> Iterator[Passage]:
    """Lines joined into sentences or cells: wrapped prose and bullets together, other lines alone."""
    group: list[Line] = []
    for line in lines:
        if line.kind is Kind.BLANK:
            continue
        if group and not _continues(group[-1], line):
            yield _joined(group)
            group = []
        group.append(line)
    if group:
        yield _joined(group)


def _continues(before: Line, line: Line) -> bool:
    if line.kind in (Kind.BULLET, Kind.HEADING, Kind.NUMBERS) or before.kind in (Kind.HEADING, Kind.NUMBERS):
        return False
    if line.number - before.number > 2:
        return False
    text = before.text.rstrip()
    if text.endswith(("-", "\u00ad")) and text[-2:-1].isalpha():
        return True
    if _ENDS_SENTENCE.search(text) or text.endswith(":"):
        return False
    first = line.text.lstrip()[:1]
    if before.kind in (Kind.PROSE, Kind.BULLET):
        return first.islower() or len(text) >= 60 or (first.isdigit() and len(text) >= 40)
    return first.islower() and line.kind in (Kind.PROSE, Kind.LABEL) and line.number - before.number == 1


def _joined(group: list[Line]) -> Passage:
    pieces: list[str] = []
    offsets: list[int] = []
    for line in group:
        text = line.text.rstrip()
        hyphen = text.endswith(("-", "\u00ad")) and text[-2:-1].isalpha() and line is not group[-1]
        kept = text[:-1] if hyphen else text
        pieces.append(kept)
        offsets.extend(range(line.start, line.start + len(kept)))
        if not hyphen and line is not group[-1]:
            pieces.append(" ")
            offsets.append(line.start + len(text))
    return Passage("".join(pieces), tuple(offsets), tuple(group))


def heading_above(lines: list[Line], number: int, reach: int = 60) -> str:
    """The nearest heading above a line (1-based), or an empty string; two heading lines in a row are read together."""
    for i in range(number - 2, max(-1, number - 2 - reach), -1):
        if lines[i].kind is Kind.HEADING:
            above = lines[i - 1].text.strip() if i and lines[i - 1].kind is Kind.HEADING else ""
            return f"{above} {lines[i].text.strip()}".strip()
    return ""
