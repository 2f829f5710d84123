"""The scene of a number in a sentence: its words on both sides, the figures around, what stands above. Rules
look at it only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Generic, TypeVar

from orchestration.discovery.layout import Kind, Line, holds_digit
from orchestration.notation.folding import plain
from orchestration.notation.tokens import Quantity

_SENTENCE_END = re.compile(r"\s(?<=[.!?;]\s)")
_STOP = re.compile(r"[;.!?](?=\s|$)")
_ANY_YEAR = re.compile(r"(?:19|20)\d\d")
_LEADERS = re.compile(r"(?:\.\s?){3,}|…")
_TOWARDS = re.compile(
    r"\s*(?:%|€|jours?|ans|points?|m€|millions?(?: d'euros)?|minutes?)?\s*(?:a|puis)\s+"
    r"(?!(?:19|20)\d\d(?:\s?[,.;)]|\s(?:et|mais)\b|$))[+\d]"
)
#: A title that only names a time, and a line of words and their value below it.
_DATED_LEAD = re.compile(r"(?:[^\W\d]+\s){0,2}(?:19|20)\d\d\s*:?", re.IGNORECASE)
_NAMED_VALUE = re.compile(r"[^\d:]{2,50}:\s*[-+]?\d")
_RUN = re.compile(r"\d+")
_LIST_DASH = re.compile(r"\s*[-–—]\s*$")


S = TypeVar("S")
T = TypeVar("T")


class once(Generic[S, T]):
    """A property that is computed when it is first asked for, and then an attribute like others: what
    ``functools.cached_property`` is, without the lock that it takes before Python 3.12.
    """

    def __init__(self, compute: Callable[[S], T]) -> None:
        self._compute, self._name, self.__doc__ = compute, compute.__name__, compute.__doc__

    def __get__(self, owner: S, _: type[S]) -> T:
        value = owner.__dict__[self._name] = self._compute(owner)
        return value


@dataclass(frozen=True)
class Scene:
    """One number of a passage. ``text`` as it stands, ``words`` the same places in plain letters; ``others``
    are the spans of the other numbers; ``heading`` and ``lead`` stand above (the line that opens the list of
    a bullet); ``given`` is the scale and unit that the title above gives."""

    text: str
    quantity: Quantity
    spans: tuple[tuple[int, int], ...]
    year: str
    heading: str = ""
    lead: str = ""
    context: str | None = None
    previous: Quantity | None = None
    following: Quantity | None = None
    given: tuple[Decimal, str] | None = None
    #: The same where no header stands between: the scale that the sentence above a list ends with.
    listed: tuple[Decimal, str] | None = None

    @once
    def words(self) -> str:
        return _words(self.text)

    @once
    def others(self) -> list[tuple[int, int]]:
        return [s for s in self.spans if s[0] != self.quantity.start]

    @once
    def bounds(self) -> tuple[int, int]:
        """Where the sentence of the number begins and ends."""
        begin = max((m.end() for m in _STOP.finditer(self.words, 0, self.quantity.start)), default=0)
        stop = _STOP.search(self.words, self.quantity.end)
        return begin, stop.start() if stop else len(self.words)

    @once
    def before(self) -> str:
        """The plain words of the sentence before the number."""
        return _SENTENCE_END.split(self.words[: self.quantity.start])[-1]

    @once
    def quiet(self) -> str:
        """The plain words with every digit that is of no figure as ``x``: a year or an age between words."""
        return _quiet(self.words, self.spans)

    @once
    def after(self) -> str:
        """The plain words after the number, sixty characters of them."""
        return self.words[self.quantity.end : self.quantity.end + 60]

    @once
    def passes(self) -> bool:
        """``de 21 à 14``: the number is where a passage from one level to another begins; a percentage is no
        beginning of an amount (``bondissent de 27 % à 204 650``), points are none of a rate.
        """
        if not _TOWARDS.match(self.after):
            return False
        then = self.following
        other = then is not None and (then.unit not in ("%", None) or abs(then.value) > 100)
        if self.quantity.unit == "points":
            return then is not None and then.unit == "points"
        return not (self.quantity.unit == "%" and other)

    @once
    def opens_list(self) -> bool:
        """Whether the number opens its line behind a dash that may be a bullet or a sign."""
        return bool(_LIST_DASH.fullmatch(self.words[: self.quantity.start]))

    @once
    def above(self) -> str:
        """The plain words of what stands above."""
        return plain(self.lead or self.heading)


@lru_cache(maxsize=256)
def _words(text: str) -> str:
    words = plain(text)
    return (
        _LEADERS.sub(lambda m: " " * len(m[0]), words)
        if ".." in words or ". ." in words or "…" in words
        else words
    )


@lru_cache(maxsize=256)
def _quiet(words: str, spans: tuple[tuple[int, int], ...]) -> str:
    return _RUN.sub(lambda m: m[0] if any(a <= m.start() < b for a, b in spans) else "x" * len(m[0]), words)


def leads_of(lines: list[Line]) -> list[str]:
    """For each line, the line without a number right above it or above its list: the title of a list, a dated
    title of a text.
    """
    found, lead, dated = [], "", False
    for i, line in enumerate(lines):
        found.append(lead)
        if line.kind is Kind.BLANK:
            lead = (
                "" if i and lines[i - 1].kind is not Kind.LABEL and not lead.rstrip().endswith(":") else lead
            )
        elif _titles(line):
            lead = line.bare
            dated = bool(_DATED_LEAD.fullmatch(lead))
        elif lead and dated and _NAMED_VALUE.match(line.bare):
            continue
        elif line.kind not in (Kind.BULLET, Kind.NUMBERS) and not _LIST_DASH.match(line.text[:3]):
            lead = ""
    return found


def _titles(line: Line) -> bool:
    bare = line.bare
    short = (
        line.kind in (Kind.LABEL, Kind.HEADING)
        or (bare.endswith(":") and len(bare) < 90)
        or _dated_title(bare)
    )
    if not short or line.kind is Kind.BULLET:
        return False
    return not (line.numbered and holds_digit(_ANY_YEAR.sub("", bare)))


def _dated_title(bare: str) -> bool:
    return bare[:1].isupper() and not bare.endswith((".", ";", ",")) and len(bare.split()) <= 9
