"""Fragments with holes: matching a report's own words on folded text.

A fragment matches with its blanks and line breaks folded; ``…`` skips up to ``MAX_GAP`` characters; ``{}``
holds a number of the strict grammar on one line, ``{x~}`` tolerates a wide or broken separator, ``{x:duree}``
reads minutes and seconds.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from orchestration.extraction.documents import Folded
from orchestration.extraction.templates import GAP, HOLE
from orchestration.notation.folding import MENDED
from orchestration.notation.numbers import BROKEN, DURATION, STRICT

MAX_GAP = 400
MAX_BLANKS = 40
#: Every repetition is bounded and every gap settles on the nearest place where its next words stand: the time
#: of a search
#: grows with the length of the text, whatever fragment and text are.
_NUMBERS = {
    kind: re.compile(number) for kind, number in ((None, STRICT), ("~", BROKEN), (":duree", DURATION))
}
_SIGNED_START = re.compile(r"(?P<sign>[-\u2212+] ?)?(?<!\d)(?<!\d[,.])(?=\d)")
_NOT_AFTER = re.compile(r"[,.]?\d")
_SHORTER = re.compile(r"[ .\v\n]\d{3}(?:[,.]\d+|O)?\Z")
_UNIT = re.compile(r"[ \v\t\n]?[%‰€]")
BLANKS = rf"[ \v\t\n]{{1,{MAX_BLANKS}}}"
_BLANK_RUN = re.compile(BLANKS)

Span = tuple[int, int]
#: What a stretch matched: where it ends, the digits of its holes, whether an unmentioned sign stands before
#: each.
Held = tuple[int, tuple[Span, ...], tuple[bool, ...]]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a fragment matched: its span in folded text, the span of each hole's digits in order, and whether
    a sign that the fragment does not mention stands before each."""

    start: int
    end: int
    holes: tuple[Span, ...]
    signs: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a number; ``kind`` is ``None``, ``~`` or ``:duree``."""

    kind: str | None


FragmentPart = str | Hole
Stretch = tuple[FragmentPart, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A fragment taken apart: stretches of words and holes between gaps, the longest words (by which places
    are found quickly), and how far before those words a match can begin."""

    stretches: tuple[Stretch, ...]
    anchor: str
    reach: int


@lru_cache(maxsize=16384)
def compile_fragment(fragment: str) -> Pattern:
    """Take a fragment apart: ``{}`` are holes, blanks match any blanks, ``…`` is a gap."""
    stretches = tuple(_stretch(text) for text in GAP.split(fragment))
    words = [piece.strip() for stretch in stretches for piece in stretch if isinstance(piece, str)]
    reach = 2 * len(fragment) + 40 * (len(words) + 1) + MAX_GAP * (len(stretches) - 1)
    return Pattern(stretches, max(words, key=len, default=""), reach)


def _stretch(text: str) -> Stretch:
    pieces: list[FragmentPart] = []
    cursor = 0
    for hole in HOLE.finditer(text):
        pieces += [_words(text[cursor : hole.start()]), Hole(hole[2])]
        cursor = hole.end()
    return tuple(piece for piece in [*pieces, _words(text[cursor:])] if piece)


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text.translate(MENDED))


def find_all(folded: Folded, fragment: str, start: int, end: int) -> list[Match]:
    """Every non-overlapping match of ``fragment`` that begins and ends within ``[start, end)`` of folded
    text.
    """
    key = fragment, start, end
    if (kept := folded.matches.get(key)) is None:
        kept = folded.matches[key] = tuple(find_each(folded, fragment, start, end))
    return list(kept)


def find_each(folded: Folded, fragment: str, start: int, end: int) -> Iterator[Match]:
    """The matches of ``find_all`` from left to right, each looked for when it is asked for."""
    pattern = compile_fragment(fragment)
    cursor = start
    for low, high in _windows(folded, pattern, start, end):
        for at in _places(folded, pattern.stretches[0], max(low, cursor), high):
            if at >= cursor and (match := _match(folded, pattern.stretches, at, high)):
                yield match
                cursor = max(match.end, match.start + 1)


def _places(folded: Folded, stretch: Stretch, low: int, high: int) -> Iterator[int]:
    """Where ``stretch`` may begin within ``[low, high)``, from left to right."""
    if not stretch:
        yield low
        return
    if isinstance(stretch[0], Hole):
        yield from (m.start() for m in _SIGNED_START.finditer(folded.text, low, high))
        return
    first = stretch[0].split(" ")[0] or " "
    at = folded.flat.find(first, low, high)
    while at >= 0:
        yield at
        at = folded.flat.find(first, at + 1, high)


def _match(folded: Folded, stretches: tuple[Stretch, ...], at: int, end: int) -> Match | None:
    for first in _ways(folded, stretches[0], at, end):
        if held := _after_gaps(folded, stretches[1:], first, end):
            return Match(at, *held)
    return None


def _after_gaps(folded: Folded, stretches: tuple[Stretch, ...], held: Held, end: int) -> Held | None:
    """What follows the first stretch: each gap settles on the nearest place where its stretch stands."""
    for stretch in stretches:
        stop, holes, signs = held
        ways = (
            way
            for at in _places(folded, stretch, stop, min(end, stop + MAX_GAP))
            for way in _ways(folded, stretch, at, end)
        )
        way = next(ways, None)
        if way is None:
            return None
        held = way[0], holes + way[1], signs + way[2]
    return held


def _ways(folded: Folded, pieces: Stretch, at: int, end: int) -> Iterator[Held]:
    """Every way to lay ``pieces`` at ``at``, the longest numbers first."""
    if not pieces:
        yield at, (), ()
        return
    head, rest = pieces[0], pieces[1:]
    if isinstance(head, str):
        stop = _words_end(folded, head, at, end)
        if stop >= 0:
            yield from _ways(folded, rest, stop, end)
        return
    begin = _SIGNED_START.match(folded.text, at, end)
    if begin is None:
        return
    for stop in _number_ends(folded.text, head.kind, begin.end(), end):
        for after in _after_number(folded.text, stop, end):
            for tail_end, holes, signs in _ways(folded, rest, after, end):
                yield tail_end, ((begin.end(), stop), *holes), (bool(begin["sign"]), *signs)


def _words_end(folded: Folded, words: str, at: int, end: int) -> int:
    """Where ``words`` end when they stand at ``at`` with any blanks between them, else -1."""
    stop = at + len(words)
    if stop <= end and folded.flat.startswith(words, at):
        run = _BLANK_RUN.match(folded.text, stop - 1, end) if words[-1] == " " else None
        return run.end() if run else stop
    first, *others = words.split(" ")
    if not folded.flat.startswith(first, at):
        return -1
    at += len(first)
    for word in others:
        run = _BLANK_RUN.match(folded.text, at, end)
        if run is None or not folded.flat.startswith(word, run.end()):
            return -1
        at = run.end() + len(word)
    return at if at <= end else -1


def _number_ends(text: str, kind: str | None, at: int, end: int) -> Iterator[int]:
    """Where a number that begins at ``at`` may end: at its last group first, then at each group before."""
    match = _NUMBERS[kind].match(text, at, end)
    number = match.group() if match else ""
    while number:
        stop = at + len(number)
        if not _NOT_AFTER.match(text, stop):
            yield stop
        shorter = _SHORTER.search(number) if kind != ":duree" else None
        number = number[: shorter.start()] if shorter else ""


def _after_number(text: str, stop: int, end: int) -> Iterator[int]:
    """Where what follows a number may begin: after its unit sign, or right after its digits."""
    if unit := _UNIT.match(text, stop, end):
        yield unit.end()
    yield stop


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
    """The one match of ``fragment`` (or its ``rank``-th); otherwise a clause that says what is wrong, with
    the nearest text.
    """
    found = find_all(folded, fragment, start, end)
    if rank is not None:
        return (
            found[rank - 1]
            if len(found) >= rank
            else f"est trouvé {len(found)} fois, et `rang` demande le numéro {rank}"
        )
    if len(found) == 1:
        return found[0]
    if found:
        return f"est trouvé {len(found)} fois ; allongez-le, bornez son bloc ou donnez `rang`"
    return (
        f"n'est pas dans son bloc ; texte le plus proche : « {nearest_text(folded, fragment, start, end)} »"
    )


def nearest_text(folded: Folded, fragment: str, start: int, end: int) -> str:
    """The part of the scope that looks most like the fragment, for an error message."""
    wanted = re.sub(r"\s+", " ", HOLE.sub("0", fragment))[:80]
    text = folded.flat[start : min(end, start + 200_000)]
    step = max(8, len(wanted) // 3)
    windows = [text[i : i + len(wanted) + 10] for i in range(0, max(1, len(text) - len(wanted) + 1), step)]
    words = set(wanted.casefold().split())
    best = sorted(windows, key=lambda w: -len(words & set(w.casefold().split())))[:40]
    return max(best, key=lambda w: difflib.SequenceMatcher(None, wanted, w).ratio(), default="")
