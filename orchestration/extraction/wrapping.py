"""Wrapping: what the narrow cells of a table print over several lines, as one: numbers, and the names of its
columns.

Belongs here: which pieces of text stand in one cell. Does not belong here: labels of several lines beside
values (sheets), what a number means.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.extraction.sheets import TextSegment

#: In sizes of the font: the leading within a cell at most, a blank, how far down a table goes.
LEADING, BLANK, TABLE = 1.5, 0.25, 40
#: By how much of that leading the next row is further away.
FURTHER = 0.15
#: In points: how far the edges of the cells of a column are apart.
EDGE = 1.0
#: In sizes of the font: by how much middles differ, how far below its head a table begins.
LEVEL, NEAR = 0.3, 5
#: Words of a line of a name, lines of a name at most, names at least.
HEAD_WORDS, HEAD_LINES, LEAST_HEADS = 4, 5, 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_FIRST_GROUPS = re.compile(r"[-+\u2212–]?\s?\d{1,3}(?:\s\d{3})*")
_LAST_GROUPS = re.compile(r"\d{3}(?:\s\d{3})*(?:\s?(?:€|k€|M€))?")


def whole_numbers(cells: Sequence[TextSegment]) -> list[TextSegment]:
    """The cells of a page, each number that its cell wraps as one cell, at the height of its row."""
    lower = {id(low): (high, low) for high, low in _halves(cells)}
    if not lower:
        return list(cells)
    joined = {id(high): _whole(high, low, cells) for high, low in lower.values()}
    return [joined.get(id(c), c) for c in cells if id(c) not in lower]


def _halves(cells: Sequence[TextSegment]) -> Iterator[tuple[TextSegment, TextSegment]]:
    """The first and the last groups of each number that wraps."""
    lasts = [c for c in cells if _LAST_GROUPS.fullmatch(c.text.strip())]
    firsts = [c for c in cells if lasts and _FIRST_GROUPS.fullmatch(c.text.strip())]
    for low in lasts:
        for high in firsts:
            near = 0 < high.t - low.t <= LEADING * high.size and _in_column(high, low)
            if near and _is_wrapped(high, low, cells):
                yield high, low


def _in_column(one: TextSegment, other: TextSegment) -> bool:
    """Whether two cells begin, end or have their middle at one place."""
    left, right = one.s0 - other.s0, one.s1 - other.s1
    return abs(one.size - other.size) < 0.1 and min(abs(left), abs(right), abs(left + right) / 2) <= EDGE


def _is_wrapped(high: TextSegment, low: TextSegment, cells: Sequence[TextSegment]) -> bool:
    """Whether the number does not fit in its column on one line, the rows of its table stand further apart
    than its lines, and a cell of its row has no second line.
    """
    pitch = high.t - low.t
    column = [c for c in cells if c is not high and c is not low and c.s0 < high.s1 and high.s0 < c.s1]
    near = [c for c in column if low.t - pitch * (1 + FURTHER) < c.t < high.t + pitch * (1 + FURTHER)]
    values = (c for c in column if abs(c.t - high.t) < TABLE * high.size and not c.lettered)
    fits = any(c.width >= high.width + BLANK * high.size + low.width for c in values)
    return not near and not fits and any(_of_one_line(c, high, low, cells) for c in cells)


def _of_one_line(
    cell: TextSegment, high: TextSegment, low: TextSegment, cells: Sequence[TextSegment]
) -> bool:
    """Whether a cell stands beside the two lines at their middle, or beside the first with nothing below."""
    if not (cell.s1 <= min(high.s0, low.s0) or cell.s0 >= max(high.s1, low.s1)):
        return False
    if abs(cell.t - (high.t + low.t) / 2) <= 0.1 * cell.size:
        return True
    below = (c for c in cells if abs(c.t - low.t) < 1 and c.s0 < cell.s1 and cell.s0 < c.s1)
    return abs(cell.t - high.t) < 1 and any(map(str.isdigit, cell.text)) and not any(below)


def _whole(high: TextSegment, low: TextSegment, cells: Sequence[TextSegment]) -> TextSegment:
    """The two halves as one cell, at the middle of its row where others stand there."""
    middle = (high.t + low.t) / 2
    beside = (c.t for c in cells if abs(c.t - middle) <= 0.1 * c.size)
    return replace(
        high,
        characters=(*high.characters, (" ", None), *low.characters),
        s0=min(high.s0, low.s0),
        s1=max(high.s1, low.s1),
        t=next(beside, high.t),
    )


def whole_heads(cells: Sequence[TextSegment]) -> list[TextSegment]:
    """The cells of a page, the names of the columns of a table that are of one line, of two and of more, all
    around one middle, each on one line.
    """
    stacks = _stacks(sorted((c for c in cells if _names(c)), key=lambda c: -c.t))
    joined: dict[int, TextSegment] = {}
    gone: set[int] = set()
    for tall in sorted((s for s in stacks if len(s) > 1), key=len, reverse=True):
        row = [] if id(tall[0]) in joined else _level_with(tall, stacks, cells)
        if row and _stands_over_values(tall[-1], cells):
            middle = (tall[0].t + tall[-1].t) / 2
            joined |= {id(stack[0]): _of_lines(stack, middle) for stack in row}
            gone.update(id(c) for stack in row for c in stack[1:])
    return [joined.get(id(c), c) for c in cells if id(c) not in gone]


def _names(cell: TextSegment) -> bool:
    """Whether a cell may be a part of the name of a column: a few words, or a year."""
    return bool(_YEAR.fullmatch(cell.text.strip())) or (cell.lettered and cell.words <= HEAD_WORDS)


def _stacks(cells: Sequence[TextSegment]) -> list[list[TextSegment]]:
    """Cells that follow each other as the lines of one, each over one other cell and below one."""
    below: dict[int, list[TextSegment]] = {}
    above: Counter[int] = Counter()
    for i, cell in enumerate(cells):
        within = itertools.takewhile(lambda c: cell.t - c.t <= LEADING * cell.size, cells[i + 1 :])  # noqa: B023
        found = [c for c in within if c.t < cell.t - 0.5 * cell.size and _over(cell, c)]
        below[id(cell)] = found
        above.update(map(id, found))
    stacks: list[list[TextSegment]] = []
    done: set[int] = set()
    for cell in cells:
        if id(cell) not in done:
            stack = [cell]
            while len(under := below[id(stack[-1])]) == 1 and above[id(under[0])] == 1:
                stack.append(under[0])
            done.update(map(id, stack))
            stacks.append(stack)
    return stacks


def _over(one: TextSegment, other: TextSegment) -> bool:
    return one.s0 < other.s1 and other.s0 < one.s1 and abs(one.size - other.size) < 0.1


def _level_with(
    tall: list[TextSegment], stacks: list[list[TextSegment]], cells: Sequence[TextSegment]
) -> list[list[TextSegment]]:
    """The names of columns around the middle of the tallest, from left to right; nothing where another cell
    stands at their height.
    """
    size = tall[0].size
    high, low = tall[0].t + LEVEL * size, tall[-1].t - LEVEL * size
    row = sorted((s for s in stacks if any(low <= c.t <= high for c in s)), key=lambda s: s[0].s0)
    level = all(abs(s[0].t + s[-1].t - tall[0].t - tall[-1].t) <= 2 * LEVEL * size for s in row)
    apart = all(max(c.s1 for c in a) < min(c.s0 for c in b) for a, b in itertools.pairwise(row))
    lengths = {len(s) for s in row}
    if len(row) < LEAST_HEADS or len(lengths) < 2 or max(lengths) > HEAD_LINES or not (level and apart):
        return []
    return row if sum(map(len, row)) == sum(low <= c.t <= high for c in cells) else []


def _stands_over_values(head: TextSegment, cells: Sequence[TextSegment]) -> bool:
    """Whether values printed as large stand on one line not far below a head."""
    reach = head.t - NEAR * head.size
    below = Counter(
        round(c.t)
        for c in cells
        if reach < c.t < head.t and not c.lettered and 0.8 < c.size / head.size < 1.25
    )
    return max(below.values(), default=0) >= 2


def _of_lines(stack: list[TextSegment], middle: float) -> TextSegment:
    """The lines of one cell as one, a blank between."""
    characters = list(stack[0].characters)
    for cell in stack[1:]:
        characters.extend([(" ", None), *cell.characters])
    left, right = min(c.s0 for c in stack), max(c.s1 for c in stack)
    return replace(stack[0], characters=tuple(characters), s0=left, s1=right, t=middle)
