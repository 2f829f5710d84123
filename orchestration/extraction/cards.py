"""Cards: the areas of a page that hold one large number and its words, read one after the other.

What a card says stands in it, above or below its number, whatever the cards beside it have at the same
height. Belongs here: which areas are cards, and the place at which each is read. Does not belong here: what
draws an area (ruling), what the words mean.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from orchestration.extraction.glyphs import Glyph
from orchestration.extraction.ruling import Bounds

if TYPE_CHECKING:
    from orchestration.extraction.sheets import TextSegment

#: How many times the size of its words the number of a card has; characters of a card at most, letters at
#: least; cards of a page at least.
LARGER, MOST_CHARACTERS, LEAST_LETTERS, LEAST_CARDS = 1.25, 160, 3, 2
#: In sizes of the font: the leading between lines of words in a card; how far below each other its lines are
#: read, and the gap that is left below it.
LEADING, ASCENT, BETWEEN = 1.6, 1.1, 3.0
#: In sizes of the font: how far ink goes below and above its baseline, the gap within a card without a frame.
DESCENT, RISE, TIGHT = 0.2, 0.8, 0.8
_NUMBER = re.compile(r"[-+\u2212–]?\s?\d")


def cards_among(areas: Sequence[Bounds], glyphs: Sequence[Glyph]) -> list[Bounds]:
    """The areas that are cards, as (s0, bottom, s1, top) in the frame of the glyphs, smallest first."""
    inked = [g for g in glyphs if not g.blank]
    large = LARGER * min((g.size for g in inked), default=0.0)
    numbers = [g for g in inked if g.size >= large and g.text.isdecimal()]
    found: list[Bounds] = []
    for x0, y0, x1, y1 in sorted(set(areas), key=lambda a: (a[2] - a[0]) * (a[3] - a[1])):
        card = (x0, -y1, x1, -y0)
        held = any(map(partial(_stands_in, card), numbers)) and not any(_overlap(card, c) for c in found)
        if held and _is_card(list(filter(partial(_stands_in, card), inked))):
            found.append(card)
    return found if len(found) >= LEAST_CARDS else []


def _stands_in(card: Bounds, glyph: Glyph) -> bool:
    return _holds(card, (glyph.s0 + glyph.s1) / 2, glyph.t)


def _is_card(glyphs: Sequence[Glyph]) -> bool:
    """Whether what stands in an area is one number, on one line, and words printed smaller."""
    digits = [g for g in glyphs if g.text.isdecimal()]
    if not digits or len(glyphs) > MOST_CHARACTERS:
        return False
    most = max(g.size for g in digits)
    large = [g for g in glyphs if g.size * LARGER > most]
    letters = sum(g.text.isalpha() for g in glyphs if g.size * LARGER <= most)
    level = max(g.t for g in large) - min(g.t for g in large) <= 0.3 * most
    return level and letters >= LEAST_LETTERS


def _holds(card: Bounds, s: float, t: float) -> bool:
    return card[0] - 1 <= s <= card[2] + 1 and card[1] - 1 <= t <= card[3] + 1


def _overlap(one: Bounds, other: Bounds) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    )


def cards_unframed(cells: Sequence[TextSegment]) -> list[Bounds]:
    """The cards that stand side by side without a frame, where the words of one at least stand above its
    number: those whose words all stand below are read well where they are.
    """
    usual = sorted(c.size for c in cells)[len(cells) // 2] if cells else 0.0
    numbers = [c for c in cells if c.size >= LARGER * usual and _NUMBER.match(c.text)]
    words = [c for c in cells if c.lettered and c.size < LARGER * usual]
    if len(numbers) < LEAST_CARDS or not words:
        return []
    led = {_around(group): group[0].t < max(c.t for c in group) for group in _groups(numbers, words)}
    rows = (row for row in _rows(list(led)) if len(row) > 1 and any(map(led.__getitem__, row)))
    return list(chain.from_iterable(rows))


def _groups(numbers: Sequence[TextSegment], words: Sequence[TextSegment]) -> Iterator[list[TextSegment]]:
    """Each number with its words, where it has some that are of no other."""
    groups = [_group_of(number, words) for number in numbers]
    times = Counter(id(c) for group in groups for c in group)
    yield from (group for group in groups if len(group) > 1 and all(times[id(c)] == 1 for c in group))


def _group_of(number: TextSegment, words: Sequence[TextSegment]) -> list[TextSegment]:
    """A number and the words above and below it in its column, without a gap between them."""
    group = [number]
    column = [c for c in words if _in_column(c, number)]
    while more := [c for c in column if c not in group and any(_hugs(c, other) for other in group)]:
        group.extend(more)
    return group


def _in_column(cell: TextSegment, number: TextSegment) -> bool:
    """Whether a cell begins, or has its middle, where a number does."""
    off = abs(cell.s0 + cell.s1 - number.s0 - number.s1) / 2
    return min(off, abs(cell.s0 - number.s0)) <= cell.size


def _hugs(cell: TextSegment, other: TextSegment) -> bool:
    """Whether less than a line is free between two cells below each other."""
    upper, lower = (cell, other) if cell.t > other.t else (other, cell)
    free = (upper.t - DESCENT * upper.size) - (lower.t + RISE * lower.size)
    return free <= TIGHT * min(cell.size, other.size)


def _around(group: Sequence[TextSegment]) -> Bounds:
    return (
        min(c.s0 for c in group),
        min(c.t - DESCENT * c.size for c in group),
        max(c.s1 for c in group),
        max(c.t + RISE * c.size for c in group),
    )


def one_by_one(cells: Sequence[TextSegment], cards: Sequence[Bounds]) -> list[TextSegment]:
    """The cells of a page, those of cards side by side below each other instead, card after card, and what
    stands below them further down. Cards with other text beside them are left as they are.
    """
    found: list[TextSegment] = []
    left = list(cells)
    down = 0.0
    for row in _rows(cards):
        low, high = min(c[1] for c in row), max(c[3] for c in row)
        held = [[c for c in left if _holds(card, (c.s0 + c.s1) / 2, c.t)] for card in row]
        inside = set(map(id, chain.from_iterable(held)))
        beside = [c for c in left if low < c.t < high and id(c) not in inside]
        if beside or not all(held):
            continue
        found.extend(replace(c, t=c.t - down) for c in left if c.t >= high)
        lines = list(_below_each_other(held, row[0][0], high - down))
        found.extend(lines)
        left = [c for c in left if c.t < high and id(c) not in inside]
        down = low - lines[-1].t + BETWEEN * lines[-1].size
    return [*found, *(replace(c, t=c.t - down) for c in left)]


def _below_each_other(
    held: Sequence[Sequence[TextSegment]], left: float, top: float
) -> Iterator[TextSegment]:
    """The lines of cards, card after card from the top down, with a wide gap between two cards."""
    for of_card in held:
        top -= BETWEEN * max(c.size for c in of_card)
        for cell in _with_whole_words(of_card):
            top -= ASCENT * cell.size
            yield replace(cell, s0=left, s1=left + cell.width, t=top)


def _rows(cards: Sequence[Bounds]) -> Iterator[list[Bounds]]:
    """Cards side by side, from left to right, from the top of the page to its foot."""
    row: list[Bounds] = []
    for card in sorted(cards, key=lambda c: -c[3]):
        if row and min(row[0][3], card[3]) - max(row[0][1], card[1]) < 0.5 * (card[3] - card[1]):
            yield sorted(row)
            row = []
        row.append(card)
    if row:
        yield sorted(row)


def _with_whole_words(cells: Sequence[TextSegment]) -> Iterator[TextSegment]:
    """The cells of a card from top to bottom, lines of words that follow each other as one."""
    words: list[TextSegment] = []
    for cell in sorted(cells, key=lambda c: (-c.t, c.s0)):
        if words and not (_is_words(cell) and _goes_on(words[-1], cell)):
            yield _joined(words)
            words = []
        if _is_words(cell):
            words.append(cell)
        else:
            yield cell
    if words:
        yield _joined(words)


def _is_words(cell: TextSegment) -> bool:
    return cell.lettered and not any(map(str.isdigit, cell.text))


def _goes_on(words: TextSegment, cell: TextSegment) -> bool:
    return abs(words.size - cell.size) < 0.1 * cell.size and words.t - cell.t <= LEADING * cell.size


def _joined(words: Sequence[TextSegment]) -> TextSegment:
    """Lines of words as one, a blank between."""
    characters = list(words[0].characters)
    for cell in words[1:]:
        characters.extend([(" ", None), *cell.characters])
    return replace(words[0], characters=tuple(characters))
