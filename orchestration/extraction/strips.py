"""Strips: the pieces of a line that read without a wide gap, with their words told apart and raised marks
kept from the digits.

Belongs here: what glyphs on one baseline say. Does not belong here: what stands beside or below what
(sheets).
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from orchestration.extraction.glyphs import Glyph

#: In sizes of the font: baselines that are one, a gap between words, a gap between columns; one between the
#: words, and between the numbers, of two text objects.
SAME_BASELINE, WORD_GAP, COLUMN_GAP, OBJECTS_GAP, NUMBERS_GAP = 0.2, 0.17, 1.1, 0.8, 0.6
#: How many times as wide as a gap between words one between cells is.
NARROWER = 1.8
#: A mark is smaller than its line by this factor, raised or lowered by at most so much, and hugs what it
#: marks.
MARK_SIZE, RAISED, LOWERED, HUGS, BESIDE = 0.85, 0.8, 0.35, 0.22, 0.5
#: By how much glyphs of two text objects overlap when one is printed over the other.
OVERLAP = 0.3
_SUPERSCRIPTS = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
_MARK = re.compile(r"[(\[]?\d{1,2}(?:\s?[,;]\s?\d{1,2})*[)\]]?[*]?")
_SHORT_WORD = 6


@dataclass(frozen=True)
class Strip:
    """Glyphs on one baseline without a wide gap, in order; places as those of ``Glyph``."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def inked(self) -> list[Glyph]:
        return [g for g in self.glyphs if not g.blank]

    @cached_property
    def s0(self) -> float:
        return min(g.s0 for g in self.inked)

    @cached_property
    def s1(self) -> float:
        return max(g.s1 for g in self.inked)

    @cached_property
    def size(self) -> float:
        return max(g.size for g in self.inked if not g.raised)

    @cached_property
    def t(self) -> float:
        return next(g.t for g in self.inked if not g.raised)

    @property
    def top(self) -> float:
        return self.t + 0.8 * self.size

    @property
    def bottom(self) -> float:
        return self.t - 0.2 * self.size

    @cached_property
    def characters(self) -> list[tuple[str, Glyph | None]]:
        """Each character of the text with the glyph that printed it (``None`` for a blank between words)."""
        found: list[tuple[str, Glyph | None]] = []
        spacing = _letter_spacing(self.glyphs)
        marks: list[tuple[str, Glyph | None]] = []
        before: Glyph | None = None
        for glyph in self.glyphs:
            if glyph.blank:
                _blank(found, glyph.text)
                continue
            if before and _starts_word(before, glyph, spacing):
                _blank(found, " ")
            printed = glyph.text.translate(_SUPERSCRIPTS) if glyph.raised else glyph.text
            (marks if _is_mark(glyph, found, begun=bool(marks)) else found).append((printed, glyph))
            before = glyph
        while found and found[-1][0].isspace():
            found.pop()
        return [*found, *([(" ", None)] if marks else []), *marks]

    @cached_property
    def text(self) -> str:
        return "".join(character for character, _ in self.characters)


def _starts_word(before: Glyph, glyph: Glyph, spacing: Mapping[int, float]) -> bool:
    """Whether the gap before a glyph is one between words, beyond the space that its text puts between
    letters.
    """
    spaced = spacing.get(glyph.run, 0.0) if glyph.run == before.run else 0.0
    return glyph.s0 - before.s1 > WORD_GAP * max(glyph.size, before.size) + spaced


def _is_mark(glyph: Glyph, found: list[tuple[str, Glyph | None]], *, begun: bool) -> bool:
    """Whether a raised glyph calls a note, after a number or in brackets, or goes on in a call that has
    begun.
    """
    if not glyph.raised:
        return False
    if glyph.text.isdecimal():
        return begun or _ends_in_digit(found)
    return glyph.text in ("()[],;" if begun else "([")


def _blank(found: list[tuple[str, Glyph | None]], text: str) -> None:
    if found and not found[-1][0].isspace():
        found.append((text, None))


def _ends_in_digit(found: list[tuple[str, Glyph | None]]) -> bool:
    words = "".join(c for c, _ in found[-3:]).rstrip()
    return words[-1:].isdecimal() or words[-1:] in ("%", "€")


def _letter_spacing(glyphs: Sequence[Glyph]) -> dict[int, float]:
    """The space that a text object puts between all of its letters, in points; one as wide as between columns
    parts cells of one character.
    """
    gaps: dict[int, list[float]] = defaultdict(list)
    for a, b in itertools.pairwise(glyphs):
        if a.run == b.run and not a.blank and not b.blank:
            gaps[a.run].append((b.s0 - a.s1) / max(a.size, b.size, 1.0) if b.s0 - a.s1 > 0 else 0.0)
    usual = {run: sorted(found)[len(found) // 10] for run, found in gaps.items() if len(found) >= 3}
    sizes = {g.run: max(g.size, 1.0) for g in glyphs}
    return {run: em * sizes[run] for run, em in usual.items() if em <= COLUMN_GAP}


def strips_of(
    glyphs: Iterable[Glyph], bounds: Sequence[tuple[float, float, float, float]] = ()
) -> list[Strip]:
    """The strips of glyphs of one direction, from top to bottom and left to right, each glyph in exactly one.

    ``bounds`` are cells (s0, bottom, s1, top) that no strip crosses.
    """
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (-g.t, g.s0)):
        if lines and lines[-1][0].t - glyph.t <= SAME_BASELINE * min(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    strips = [
        Strip(tuple(part)) for line in lines for layer in _layers(line) for part in _parts(layer, bounds)
    ]
    strips.sort(key=lambda s: (-s.glyphs[0].t, s.glyphs[0].s0))
    return _marked([strip for strip in strips if strip.inked])


def _layers(line: list[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs of one baseline in order; text printed over other text (cells that overflow) is a layer of its
    own.
    """
    ordered = sorted(line, key=lambda g: g.s0)
    if not any(
        a.run != b.run and _overlap(a, b) for a, b in itertools.pairwise(ordered) if not (a.blank or b.blank)
    ):
        yield ordered
        return
    layers: list[list[Glyph]] = []
    for piece in sorted(_pieces(ordered), key=lambda p: p[0].s0):
        layer = next((found for found in layers if not _overlap(found[-1], piece[0])), None)
        if layer is None:
            layers.append(piece)
        else:
            layer.extend(piece)
    yield from layers


def _overlap(before: Glyph, after: Glyph) -> bool:
    return before.s1 - after.s0 > OVERLAP * min(before.size, after.size)


def _pieces(ordered: list[Glyph]) -> Iterator[list[Glyph]]:
    """The glyphs of each text object, cut where it leaves a gap."""
    by_run: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in ordered:
        by_run[glyph.run].append(glyph)
    for glyphs in by_run.values():
        piece = [glyphs[0]]
        for before, glyph in itertools.pairwise(glyphs):
            if glyph.s0 - before.s1 > BESIDE * glyph.size:
                yield piece
                piece = []
            piece.append(glyph)
        yield piece


def _parts(line: list[Glyph], bounds: Sequence[tuple[float, float, float, float]]) -> Iterator[list[Glyph]]:
    """A line cut at its wide gaps and at the walls of cells."""
    spacing = _letter_spacing(line)
    part: list[Glyph] = []
    last: Glyph | None = None
    for glyph in line:
        if not glyph.blank:
            wide = last is not None and glyph.s0 - last.s1 > COLUMN_GAP * max(glyph.size, last.size) + (
                spacing.get(glyph.run, 0.0) if glyph.run == last.run else 0.0
            )
            wide = wide or (last is not None and _are_cells(last, glyph, line))
            if last is not None and (wide or (bounds and cell_of(glyph, bounds) != cell_of(last, bounds))):
                yield part
                part = []
            last = glyph
        part.append(glyph)
    if part:
        yield part


def _are_cells(last: Glyph, glyph: Glyph, line: list[Glyph]) -> bool:
    """Whether one cell ends and another begins, each in a text object of its own: those of two narrow columns
    are further apart than words, and numbers further than groups of digits. The words of a line that
    justified print stretches are all as far apart.
    """
    if last.run == glyph.run:
        return False
    numbers = last.text.isdecimal() and glyph.text.isdecimal()
    gap, size = glyph.s0 - last.s1, max(glyph.size, last.size)
    if gap <= (NUMBERS_GAP if numbers else OBJECTS_GAP) * size:
        return False
    inked = [g for g in line if not g.blank]
    others = [b.s0 - a.s1 for a, b in itertools.pairwise(inked) if b is not glyph]
    words = [other for other in others if other > WORD_GAP * size]
    return bool(words) and NARROWER * min(words) < gap


def cell_of(glyph: Glyph, bounds: Sequence[tuple[float, float, float, float]]) -> int:
    """The index of the cell that holds the middle of a glyph, or -1."""
    s, t = (glyph.s0 + glyph.s1) / 2, glyph.t + 0.3 * glyph.size
    return next((i for i, (s0, low, s1, high) in enumerate(bounds) if s0 <= s <= s1 and low <= t <= high), -1)


def _marked(strips: list[Strip]) -> list[Strip]:
    """Small strips that stand raised or lowered against a larger one become part of it."""
    kept: list[Strip] = []
    hosts = list(strips)
    sizes = sorted({round(s.size) for s in strips})
    if len(sizes) < 2:
        return strips
    joined: dict[int, list[Glyph]] = {}
    for i, strip in enumerate(strips):
        host = next((j for j, other in enumerate(hosts) if j != i and _marks(strip, other)), None)
        if host is None:
            continue
        raised = strip.t > hosts[host].t + SAME_BASELINE * strip.size and _is_note(strip)
        joined.setdefault(host, []).extend(replace(g, raised=raised) for g in strip.glyphs)
        joined.setdefault(i, [])
    gone = {i for i, glyphs in joined.items() if not glyphs}
    for i, strip in enumerate(strips):
        if i in gone and not joined[i]:
            continue
        more = joined.get(i)
        kept.append(Strip(tuple(sorted((*strip.glyphs, *more), key=lambda g: g.s0))) if more else strip)
    return _rejoined(kept)


def _is_note(strip: Strip) -> bool:
    return bool(_MARK.fullmatch("".join(g.text for g in strip.inked)))


def _marks(strip: Strip, host: Strip) -> bool:
    """Whether ``strip`` is a mark, a unit or an ending set small at the side of ``host``."""
    if (
        strip.size > MARK_SIZE * host.size
        or not -LOWERED * host.size <= strip.t - host.t <= RAISED * host.size
    ):
        return False
    words = "".join(g.text for g in strip.inked)
    reach = HUGS if any(map(str.isdigit, words)) else BESIDE
    if not (_is_note(strip) or len(words) <= _SHORT_WORD) or (
        strip.t < host.t and words[:1].isdigit() and host.inked[-1].text.isdigit()
    ):
        return False
    return any(-0.1 * host.size <= strip.s0 - g.s1 <= reach * host.size for g in host.inked)


def _rejoined(strips: list[Strip]) -> list[Strip]:
    """Strips of one line whose gap a mark has filled become one."""
    found: list[Strip] = []
    for strip in strips:
        last = found[-1] if found else None
        if (
            last
            and any(g.raised or g.size <= MARK_SIZE * last.size for g in last.inked)
            and abs(last.t - strip.t) <= SAME_BASELINE * min(last.size, strip.size)
            and (0 <= strip.s0 - last.s1 <= COLUMN_GAP * max(last.size, strip.size))
        ):
            found[-1] = Strip((*last.glyphs, *strip.glyphs))
        else:
            found.append(strip)
    return found
