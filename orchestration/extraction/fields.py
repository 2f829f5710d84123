"""Fragments with holes: matching a report's own words on folded text.

A fragment matches with its blanks and line breaks folded; ``…`` skips up to ``MAX_GAP`` characters; ``{}`` holds a number of
the strict grammar on one line, ``{x~}`` tolerates a wide or broken separator, ``{x:duree}`` reads minutes and seconds.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from orchestration.extraction.documents import Folded
from orchestration.extraction.templates import GAP, HOLE

MAX_GAP = 400
#: Every repetition is bounded and every gap settles on the nearest place where its next words stand: the time of a search
#: grows with the length of the text, whatever fragment and text are.
TOLERANT = r"(?:\d{1,3}(?:[ \v\n]\d{3}){1,8}|\d{1,24}(?:\.\d{3}){0,8})(?:[ \v\n]?,[ \v\n]?\d{1,12}|\.\d{1,12}|O)?"
DURATION = r"\d{1,3} ?minutes? et \d{1,2} ?secondes?"
#: The number grammar on folded text, where every single blank is a space.
STRICT = r"(?:\d{1,3}(?:(?: \d{3}){1,8}|(?:\.\d{3}){1,8})|\d{1,24})(?:,\d{1,12}|\.(?!\d{3}(?!\d))\d{1,12})?"
_KINDS = {None: STRICT, "~": TOLERANT, ":duree": DURATION}
_QUOTES = str.maketrans({"’": "'", "‘": "'", "\u2010": "-", "\u2011": "-", "\u00a0": " "})
_BLANK = r"[ \v\t\n]"
BLANKS = rf"{_BLANK}{{1,40}}"


@dataclass(frozen=True, slots=True)
class Match:
    """Where a fragment matched: its span in folded text, the span of each hole's digits in order, and whether a sign that
    the fragment does not mention stands before each."""

    start: int
    end: int
    holes: tuple[tuple[int, int], ...]
    signs: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A compiled fragment: its regular expression, the longest literal (by which places are found quickly), and how far
    before that literal a match can begin."""

    regex: re.Pattern[str]
    anchor: str
    reach: int


@lru_cache(maxsize=16384)
def compile_fragment(fragment: str) -> Pattern:
    """Compile a fragment; holes become groups, blanks any blanks, ``…`` a bounded gap that ends where the words after it are
    first found and is never tried longer."""
    literals: list[str] = []
    stretches = [_stretch(stretch, literals) for stretch in GAP.split(fragment)]
    regex = stretches[0] + "".join(rf"(?>[\s\S]{{0,{MAX_GAP}}}?{stretch})" for stretch in stretches[1:])
    reach = 2 * len(fragment) + 40 * len(literals) + MAX_GAP * (len(stretches) - 1)
    return Pattern(re.compile(regex), max(literals, key=len, default=""), reach)


def _stretch(text: str, literals: list[str]) -> str:
    """The regular expression of what stands between two gaps: words and holes."""
    pieces: list[str] = []
    cursor = 0
    for hole in HOLE.finditer(text):
        pieces.append(_literal(text[cursor:hole.start()], literals))
        number = _KINDS[hole[2]]
        pieces.append(rf"([-\u2212+] ?)?(?<![\d])(?<!\d[,.])({number})(?!\d)(?![,.]\d)(?:{_BLANK}?[%‰€])?")
        cursor = hole.end()
    return "".join([*pieces, _literal(text[cursor:], literals)])


def _literal(text: str, literals: list[str]) -> str:
    flat = re.sub(r"\s+", " ", text.translate(_QUOTES))
    literals.append(flat.strip())
    return re.sub(r"(?:\\ | )+", lambda _: BLANKS, re.escape(flat))


def find_all(folded: Folded, fragment: str, start: int, end: int) -> list[Match]:
    """Every non-overlapping match of ``fragment`` that begins and ends within ``[start, end)`` of folded text."""
    pattern = compile_fragment(fragment)
    found: list[Match] = []
    cursor = start
    for low, high in _windows(folded, pattern, start, end):
        while match := pattern.regex.search(folded.text, max(low, cursor), high):
            found.append(_found(match))
            cursor = max(match.end(), match.start() + 1)
    return found


def _found(match: re.Match[str]) -> Match:
    groups = range(1, (match.re.groups or 0) + 1, 2)
    return Match(match.start(), match.end(), tuple(match.span(i + 1) for i in groups), tuple(bool(match[i]) for i in groups))


def _windows(folded: Folded, pattern: Pattern, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where matches may lie: around each occurrence of the anchor, neighbouring windows merged."""
    if not pattern.anchor:
        yield start, end
        return
    low = high = -1
    at = folded.flat.find(pattern.anchor, start, end)
    while at >= 0:
        left, right = max(start, at - pattern.reach), min(end, at + len(pattern.anchor) + pattern.reach)
        if high >= left:
            high = right
        else:
            if high >= 0:
                yield low, high
            low, high = left, right
        at = folded.flat.find(pattern.anchor, at + 1, end)
    if high >= 0:
        yield low, high


def find_once(folded: Folded, fragment: str, start: int, end: int, rank: int | None) -> Match | str:
    """The one match of ``fragment`` (or its ``rank``-th); otherwise a clause that says what is wrong, with the nearest text."""
    found = find_all(folded, fragment, start, end)
    if rank is not None:
        return found[rank - 1] if len(found) >= rank else f"matches {len(found)} times, `rang` asks for number {rank}"
    if len(found) == 1:
        return found[0]
    if found:
        return f"matches {len(found)} times; make it longer, bound its block, or give `rang`"
    return f"is not in its block; nearest text: {nearest(folded, fragment, start, end)!r}"


def nearest(folded: Folded, fragment: str, start: int, end: int) -> str:
    """The part of the scope that looks most like the fragment, for an error message."""
    wanted = re.sub(r"\s+", " ", HOLE.sub("0", fragment))[:80]
    text = folded.flat[start:min(end, start + 200_000)]
    step = max(8, len(wanted) // 3)
    windows = [text[i:i + len(wanted) + 10] for i in range(0, max(1, len(text) - len(wanted) + 1), step)]
    words = set(wanted.casefold().split())
    best = sorted(windows, key=lambda w: -len(words & set(w.casefold().split())))[:40]
    return max(best, key=lambda w: difflib.SequenceMatcher(None, wanted, w).ratio(), default="")
