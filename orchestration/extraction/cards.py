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
from itertools import chain, pairwise
from math import inf
from typing import TYPE_CHECKING

from orchestration.extraction.glyphs import Glyph
from orchestration.extraction.ruling import Bounds

if TYPE_CHECKING:
    from orchestration.extraction.sheets import TextSegment

#: How many times the size of its words the number of a card has; characters of a card at most, letters at
#: least; cards of a page at least.
LARGER, MOST_CHARACTERS, LEAST_LETTERS, LEAST_CARDS = 1.25, 160, 3, 2
#: In sizes of a number: how far at its right its words begin at most.
BESIDE = 6
#: Numbers of a card at most.
MOST_NUMBERS = 4
#: In sizes of the font: the leading between lines of words in a card; how far below each other its lines are
#: read, and the gap that is left below it.
LEADING, ASCENT, BETWEEN = 1.6, 1.1, 3.0
#: In sizes of the font: how far ink goes below and above its baseline, the gap within a card without a frame.
DESCENT, RISE, TIGHT = 0.2, 0.8, 0.8
#: In sizes of a number: the gap above it from which on its row stands apart.
ROW = 0.9
_NUMBER = re.compile(r"[-+\u2212–]?\s?\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: A day or a month of a year.
_DAY = re.compile(
    r"\b(?:(?:\d{1,2}|1er)\s)?(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre"
    r"|d[ée]cembre)(?:\s20\d\d)?",
    re.IGNORECASE,
)
#: A number that only counts sections or years, by the words beside it.
_ORDINAL = re.compile(r"\d{1,2}[.)]?|(?:19|20)\d\d")


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
    """Whether what stands in an area is one number, on one line, and words printed smaller; or a few of them
    below each other.
    """
    digits = [g for g in glyphs if g.text.isdecimal()]
    most = max((g.size for g in digits), default=0.0)
    levels = list(_levels([g for g in glyphs if g.size * LARGER > most]))
    if not digits or len(levels) > MOST_NUMBERS or len(glyphs) > len(levels) * MOST_CHARACTERS:
        return False
    letters = sum(g.text.isalpha() for g in glyphs if g.size * LARGER <= most)
    return letters >= LEAST_LETTERS * len(levels) and (len(levels) == 1 or all(map(_is_number, levels)))


def _levels(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs printed large, line by line."""
    level: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda g: -g.t):
        if level and level[0].t - glyph.t > 0.3 * glyph.size:
            yield level
            level = []
        level.append(glyph)
    if level:
        yield level


def _is_number(level: Sequence[Glyph]) -> bool:
    """Whether the glyphs of a line are one number, without a gap."""
    ordered = sorted(level, key=lambda g: g.s0)
    close = all(after.s0 - before.s1 <= 0.8 * after.size for before, after in pairwise(ordered))
    return close and any(g.text.isdecimal() for g in level)


def _holds(card: Bounds, s: float, t: float) -> bool:
    return card[0] - 1 <= s <= card[2] + 1 and card[1] - 1 <= t <= card[3] + 1


def _overlap(one: Bounds, other: Bounds) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    )


def cards_unframed(cells: Sequence[TextSegment]) -> list[Bounds]:
    """The cards that stand side by side without a frame, where the words of one at least stand above its
    number, or right above the number of another: others are read well where they are.
    """
    usual = sorted(c.size for c in cells)[len(cells) // 2] if cells else 0.0
    numbers = [c for c in cells if c.size >= LARGER * usual and _NUMBER.match(c.text)]
    words = [c for c in cells if c.lettered and c.size < LARGER * usual]
    if len(numbers) < LEAST_CARDS or not words:
        return []
    if tight := _tight(numbers, [c for c in cells if c.size < LARGER * usual]):
        return tight
    led = {_around(group): group[0].t < max(c.t for c in group) for group in _groups(numbers, words)}
    rows = (row for row in _rows(list(led)) if len(row) > 1 and any(map(led.__getitem__, row)))
    return list(chain.from_iterable(rows))


def _tight(numbers: Sequence[TextSegment], words: Sequence[TextSegment]) -> list[Bounds]:
    """The cards of a grid whose words stand below their numbers, and right above those of the next row: no
    words stand above a number of the first row. Nothing where a card lies otherwise.
    """
    ordered = sorted(numbers, key=lambda c: -c.t)
    found: list[Bounds] = []
    hugged = 0
    for number in ordered:
        own = [c for c in words if _in_column(c, number)]
        lower = (c.t for c in ordered if c.t < number.t - number.size and _in_column(c, number))
        under = max(lower, default=-inf)
        above = any(c.t > number.t and _free(c, number) <= ROW * number.size for c in own)
        if above and number.t > ordered[0].t - number.size:
            return []
        hugged += above
        group = [number]
        for cell in sorted((c for c in own if under < c.t < number.t), key=lambda c: -c.t):
            group += [cell] if _hugs(group[-1], cell) else []
        if len(group) == 1:
            return []
        found.append(_around(group))
    return found if hugged else []


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
    return _free(cell, other) <= TIGHT * min(cell.size, other.size)


def _free(cell: TextSegment, other: TextSegment) -> float:
    """The height that two cells below each other leave free."""
    upper, lower = (cell, other) if cell.t > other.t else (other, cell)
    return (upper.t - DESCENT * upper.size) - (lower.t + RISE * lower.size)


def _around(group: Sequence[TextSegment]) -> Bounds:
    return (
        min(c.s0 for c in group),
        min(c.t - DESCENT * c.size for c in group),
        max(c.s1 for c in group),
        max(c.t + RISE * c.size for c in group),
    )


def beside_words(cells: Sequence[TextSegment]) -> list[TextSegment]:
    """The cells of a page, a large number and the smaller words at its right, in front of whose middle it
    stands, as one line: where a page has several such lines.
    """
    usual = sorted(c.size for c in cells)[len(cells) // 2] if cells else 0.0
    numbers = [c for c in cells if c.size >= LARGER * usual and _NUMBER.match(c.text) and c.words <= 2]
    told = [(number, words) for number in numbers if (words := _words_beside(number, cells, numbers))]
    if len(told) < LEAST_CARDS:
        return list(cells)
    lines = {id(number): _joined([number, *words], size=words[0].size) for number, words in told}
    gone = {id(c) for _, words in told for c in words}
    return [lines.get(id(c), c) for c in cells if id(c) not in gone]


def _words_beside(
    number: TextSegment, cells: Sequence[TextSegment], numbers: Sequence[TextSegment]
) -> list[TextSegment]:
    """The lines of words at the right of a number, around its middle, from top to bottom; nothing where the
    number is the head of a section, or other cells stand there.
    """
    reach = ASCENT * number.size
    near = [c for c in cells if abs(_middle(c) - _middle(number)) <= reach and c.s0 > number.s1]
    left = min((c.s0 for c in near), default=0.0)
    words = sorted((c for c in near if abs(c.s0 - left) <= 1), key=lambda c: -c.t)
    if not words or not all(c.lettered and c.size * LARGER <= number.size for c in words):
        return []
    others = [c for c in near if c not in words]
    return words if _are_beyond(others, words, numbers) and _are_beside(number, words) else []


def _are_beyond(
    others: Sequence[TextSegment], words: Sequence[TextSegment], numbers: Sequence[TextSegment]
) -> bool:
    """Whether other cells, if any, stand at the right of all words and begin with another number."""
    right = max(c.s1 for c in words)
    return not others or (all(c.s0 > right for c in others) and any(c in numbers for c in others))


def _are_beside(number: TextSegment, words: Sequence[TextSegment]) -> bool:
    """Whether lines of words stand close at the right of a number, around its middle; words on its own line
    read well as they are, and a title is what its number counts.
    """
    first, last = words[0], words[-1]
    if len(words) == 1 and abs(first.t - number.t) < 0.1 * first.size:
        return False
    if _ORDINAL.fullmatch(number.text.strip()) and first.text[:2].istitle():
        return False
    centred = abs((_middle(first) + _middle(last)) / 2 - _middle(number)) <= 0.3 * number.size
    tight = all(_hugs(a, b) for a, b in pairwise(words)) and first.s0 - number.s1 <= BESIDE * number.size
    return centred and tight


def _middle(cell: TextSegment) -> float:
    """The height of the middle of the small letters of a cell."""
    return cell.t + 0.3 * cell.size


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
        told = _YEAR.fullmatch(cell.text.strip()) or (_is_words(cell) and words and _is_words(words[-1]))
        if words and not (told and words[-1].lettered and _goes_on(words[-1], cell)):
            yield _joined(words)
            words = []
        words.append(cell)
    if words:
        yield _joined(words)


def _is_words(cell: TextSegment) -> bool:
    """Whether a cell has words and no digits but those of a day."""
    return cell.lettered and not any(map(str.isdigit, _DAY.sub("", cell.text)))


def _goes_on(words: TextSegment, cell: TextSegment) -> bool:
    return abs(words.size - cell.size) < 0.1 * cell.size and words.t - cell.t <= LEADING * cell.size


def _joined(words: Sequence[TextSegment], size: float | None = None) -> TextSegment:
    """Lines of words as one, a blank between."""
    characters = list(words[0].characters)
    for cell in words[1:]:
        characters.extend([(" ", None), *cell.characters])
    return replace(words[0], characters=tuple(characters), size=size or words[0].size)
