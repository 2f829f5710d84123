"""Sheets: from the strips of a page to lines of text in the order in which a person reads them.

Columns of prose are read one after the other, turned heads stand above their columns, a row whose cells have
several lines is one line, and cells keep their columns: in the text they stand below one another as they do
in print. Does not belong here: what a number or a header means (discovery).
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import fmean

from orchestration.extraction.cards import beside_words, cards_among, cards_unframed, one_by_one
from orchestration.extraction.glyphs import Glyph, in_frame
from orchestration.extraction.ruling import Bounds
from orchestration.extraction.strips import SAME_BASELINE, Strip, cell_of, strips_of
from orchestration.extraction.wrapping import whole_heads, whole_numbers

Character = tuple[str, Glyph | None]
WALL = " | "
#: Blanks between two cells of a line; blanks of an indent at most; characters to which a cell of a ruled
#: table is padded at most.
GAP, MAX_INDENT, MAX_PAD = 3, 8, 60
#: In sizes of the font: a gap that parts paragraphs (beyond the line itself), one that ends a table, the
#: leading within a cell.
PARAGRAPH, APART, LEADING = 0.9, 5.0, 1.6
#: By how much the gaps between the words of a stretched line differ, in sizes of the font.
EVEN = 0.1
#: What makes a column of prose: lines, share of letters, words of a usual line, share of lines that fill the
#: column.
PROSE_LINES, PROSE_LETTERS, PROSE_WORDS, PROSE_FILL = 3, 0.6, 3, 0.6
#: How many times the size of the text that of a title, or of the number of a box, is.
LARGER = 1.12
MAX_CELL_LINES, MAX_LABEL_WORDS, MAX_CELL_WORDS = 4, 25, 60
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class TextSegment:
    """A piece of text with its place (as that of ``Glyph``); ``rows`` are those of a ruled table that stands
    here instead.
    """

    characters: tuple[Character, ...]
    s0: float
    s1: float
    t: float
    size: float
    rows: tuple[tuple[tuple[Character, ...], ...], ...] = field(default=(), repr=False)

    @cached_property
    def text(self) -> str:
        return "".join(character for character, _ in self.characters)

    @cached_property
    def words(self) -> int:
        return len(_WORD.findall(self.text))

    @property
    def width(self) -> float:
        return self.s1 - self.s0

    @property
    def lettered(self) -> bool:
        return self.words > 0


def text_lines(
    glyphs: Sequence[Glyph],
    tables: Sequence[Sequence[Sequence[Bounds | None]]] = (),
    areas: Sequence[Bounds] = (),
) -> list[list[Character]]:
    """A page as lines of characters. ``tables`` are the cells of ruled tables by row, ``areas`` what drawn
    shapes cover: (x0, y0, x1, y1) from the top left.
    """
    if not glyphs:
        return []
    by_angle = Counter(g.angle for g in glyphs if not g.blank)
    main = by_angle.most_common(1)[0][0] if by_angle else 0
    upright = [g for g in glyphs if g.angle == main]
    cards = cards_among(areas, upright) if main == 0 else []
    cells = _unstretched(list(_with_tables(upright, tables if main == 0 else (), cards)))
    cells = beside_words(whole_heads(whole_numbers(cells)))
    cells = one_by_one(cells, cards or cards_unframed(cells))
    rest: list[list[TextSegment]] = []
    for angle in sorted(by_angle.keys() - {main}):
        strips = strips_of([g for g in glyphs if g.angle == angle])
        heads = _heads(strips, cells, main) if (angle - main) % 180 == 90 else []
        cells.extend(heads)
        if not heads:
            rest.append(list(map(_cell, strips)))
    lines = _lines_of(cells)
    for others in rest:
        lines += [[], *_lines_of(others)]
    return lines


def _cell(strip: Strip) -> TextSegment:
    return TextSegment(tuple(strip.characters), strip.s0, strip.s1, strip.t, strip.size)


def _with_tables(
    glyphs: Sequence[Glyph], tables: Sequence[Sequence[Sequence[Bounds | None]]], cards: Sequence[Bounds]
) -> Iterator[TextSegment]:
    """The cells of upright text, none over the edge of a card; each ruled table that holds is one cell."""
    free = list(glyphs)
    for table in tables:
        bounds = [(x0, -y1, x1, -y0) for row in table for cell in row if cell for x0, y0, x1, y1 in [cell]]
        within = [g for g in free if cell_of(g, bounds) >= 0]
        if found := _ruled(within, table, bounds):
            yield found
            gone = set(map(id, within))
            free = [g for g in free if id(g) not in gone]
    yield from map(_cell, strips_of(free, cards))


def _ruled(
    glyphs: list[Glyph], table: Sequence[Sequence[Bounds | None]], bounds: list[Bounds]
) -> TextSegment | None:
    """A ruled table as rows of cells; ``None`` when its rules part something else than the rows and columns
    of figures.
    """
    strips = strips_of(glyphs, bounds)
    held: dict[int, list[Strip]] = {}
    for strip in strips:
        held.setdefault(cell_of(strip.inked[0], bounds), []).append(strip)
    if not strips or not _holds_rows(held):
        return None
    rows, index = [], 0
    for row in table:
        cells: list[tuple[Character, ...]] = []
        for cell in row:
            cells.append(_joined(map(_cell, held.get(index, []))) if cell else ())
            index += cell is not None
        rows.append(tuple(cells))
    if sum(1 for row in rows if sum(map(bool, row)) >= 2) < 2:
        return None
    size = max(s.size for s in strips)
    top, left, right = max(b[3] for b in bounds), min(b[0] for b in bounds), max(b[2] for b in bounds)
    return TextSegment((), left, right, top - size, size, tuple(rows))


def _holds_rows(held: dict[int, list[Strip]]) -> bool:
    for strips in held.values():
        if len({round(s.t / (0.5 * s.size)) for s in strips}) < len(strips):  # columns that no rule parts
            return False
        numbers = {round(s.t) for s in strips if any(map(str.isdigit, s.text)) and not _WORD.search(s.text)}
        if len(numbers) > 1 or len(" ".join(s.text for s in strips).split()) > MAX_CELL_WORDS:
            return False
    return any(any(map(str.isdigit, s.text)) for strips in held.values() for s in strips)


def _unstretched(cells: list[TextSegment]) -> list[TextSegment]:
    """Cells where the words of a line that justified print stretches are one cell: they stand apart by one
    and the same gap, from edge to edge of lines of prose that are not stretched.
    """
    full = Counter((round(c.s0), round(c.s1)) for c in cells if c.words >= PROSE_WORDS)
    edges = [edge for edge, count in full.items() if count >= PROSE_LINES - 1]
    if not edges:
        return cells
    joined: dict[int, TextSegment] = {}
    gone: set[int] = set()
    for line in _baselines(cells):
        for left, right in edges if len(line) > PROSE_LINES - 1 else ():
            words = [c for c in line if left - 1 <= c.s0 and c.s1 <= right + 1]
            if _is_stretched(words, left, right):
                joined[id(words[0])] = replace(words[0], characters=_joined(words), s1=words[-1].s1)
                gone.update(map(id, words[1:]))
    return [joined.get(id(c), c) for c in cells if id(c) not in gone]


def _is_stretched(words: list[TextSegment], left: float, right: float) -> bool:
    """Whether cells from left to right are the words of one stretched line between two edges."""
    if len(words) < PROSE_LINES or abs(words[0].s0 - left) > 1 or abs(words[-1].s1 - right) > 1:
        return False
    gaps = [after.s0 - before.s1 for before, after in itertools.pairwise(words)]
    return max(gaps) - min(gaps) <= EVEN * words[0].size and sum(map(bool, (c.words for c in words))) >= 2


def _joined(cells: Iterable[TextSegment]) -> tuple[Character, ...]:
    """Cells one after the other, a blank between."""
    found: list[Character] = []
    for cell in cells:
        if found:
            found.append((" ", None))
        found.extend(cell.characters)
    return tuple(found)


def _heads(strips: list[Strip], cells: list[TextSegment], main: int) -> list[TextSegment]:
    """Turned strips as the heads of the columns below them, on one line; none when most of them have nothing
    below.
    """
    heads = [_turned(strip, main) for strip in strips]
    over_cells = [head for head in heads if any(_stands_over(head, cell) for cell in cells)]
    if 2 * len(over_cells) < len(heads) or not heads:
        return []
    base = min(head.t for head in over_cells)
    clockwise = (strips[0].inked[0].angle - main) % 360 == 270
    return [replace(head, t=base) for head in _whole_heads(heads, clockwise=clockwise)]


def _turned(strip: Strip, main: int) -> TextSegment:
    """A turned strip with its place in the frame of the upright text."""
    placed = [in_frame(g, main) for g in strip.inked]
    left, right = min(g.s0 for g in placed), max(g.s1 for g in placed)
    return TextSegment(tuple(strip.characters), left, right, min(g.t for g in placed), strip.size)


def _stands_over(head: TextSegment, cell: TextSegment) -> bool:
    """Whether a cell lies below a head, no further than some lines."""
    beside = head.s1 <= cell.s0 - head.size or cell.s1 <= head.s0 - head.size
    return not beside and 0 < head.t - cell.t < 6 * head.size


def _whole_heads(heads: Iterable[TextSegment], *, clockwise: bool) -> list[TextSegment]:
    """Heads from left to right, those of several turned lines each as one."""
    joined: list[TextSegment] = []
    for head in sorted(heads, key=lambda h: h.s0):
        last = joined[-1] if joined else None
        if last and head.s0 - last.s1 < 0.6 * head.size:
            pair = (head, last) if clockwise else (last, head)
            joined[-1] = replace(last, characters=_joined(pair), s1=max(last.s1, head.s1))
        else:
            joined.append(head)
    return joined


def _lines_of(cells: list[TextSegment]) -> list[list[Character]]:
    lines: list[list[Character]] = []
    for region in _regions(cells):
        bottom: float | None = None
        for block in _blocks(_wrapped(_level(_baselines(region)))):
            texts = list(_aligned(block))
            for row, rendered in zip(block, texts, strict=True):
                size = max(c.size for c in row)
                if bottom is not None and bottom - max(c.t + 0.8 * c.size for c in row) > PARAGRAPH * size:
                    lines.append([])
                bottom = min(c.t - 0.2 * c.size for c in row)
                lines.extend(rendered)
        if bottom is not None:
            lines.append([])
    return lines[:-1]


def _baselines(cells: Iterable[TextSegment]) -> list[list[TextSegment]]:
    """Cells by baseline, from top to bottom, each line from left to right; a ruled table is a line of its
    own.
    """
    lines: list[list[TextSegment]] = []
    for cell in sorted(cells, key=lambda c: (-c.t, c.s0)):
        ruled = bool(cell.rows or (lines and lines[-1][0].rows))
        if (
            lines
            and not ruled
            and lines[-1][0].t - cell.t <= SAME_BASELINE * 1.5 * min(cell.size, lines[-1][0].size)
        ):
            lines[-1].append(cell)
        else:
            lines.append([cell])
    return [sorted(line, key=lambda c: c.s0) for line in lines]


def _regions(cells: list[TextSegment]) -> Iterator[list[TextSegment]]:
    """The parts of a page that are read one after the other: what stands above columns of prose, each column,
    what stands below.
    """
    lines = _baselines(cells)
    columns = _columns_of_prose(lines, _gutters(cells))
    if columns is None:
        yield from [cells] if cells else []
        return
    first, last, gutter = columns
    left, right = _parted(lines[first:last], gutter)
    for part in (_cells_of(lines[:first]), left, right, _cells_of(lines[last:])):
        yield from _regions(part)


def _columns_of_prose(
    lines: list[list[TextSegment]], gutters: Iterable[float]
) -> tuple[int, int, float] | None:
    """The largest run of lines that a gutter parts into two columns of prose: its first line, the line after
    its last, the gutter; ``None`` where there is none.
    """
    most, best = 0, None
    for gutter in gutters:
        for first, last in _runs(lines, gutter):
            last = first + _without_titles(lines[first:last])
            count = sum(map(len, lines[first:last]))
            if count > most and _are_columns(*_parted(lines[first:last], gutter)):
                most, best = count, (first, last, gutter)
    return best


def _without_titles(lines: Sequence[list[TextSegment]]) -> int:
    """How many of these lines are left without the titles at their end: those are of what follows."""
    sizes = sorted(c.size for line in lines for c in line)
    large, count = LARGER * sizes[len(sizes) // 2], len(lines)
    while count > PROSE_LINES and all(c.lettered and c.size >= large for c in lines[count - 1]):
        count -= 1
    return count


def _are_columns(left: list[TextSegment], right: list[TextSegment]) -> bool:
    """Whether what stands at both sides of a gutter is read one after the other: prose beside prose, or boxes
    beside prose.
    """
    prose = _is_prose(left), _is_prose(right)
    if all(prose) or not any(prose):
        return all(prose)
    return _are_boxes(right, left) if prose[0] else _are_boxes(left, right)


def _are_boxes(cells: list[TextSegment], prose: list[TextSegment]) -> bool:
    """Whether cells beside prose are boxes: numbers printed larger than the text, each with its words, on
    lines of their own. The cells of a table stand on the lines of what they are about.
    """
    usual = sorted(c.size for c in prose)[len(prose) // 2]
    large = [c for c in cells if c.size >= LARGER * usual and any(map(str.isdigit, c.text))]
    lettered = sum(c.lettered for c in cells)
    shared = sum(
        any(abs(c.t - other.t) <= SAME_BASELINE * 1.5 * min(c.size, other.size) for other in prose)
        for c in cells
    )
    return bool(large) and 2 * lettered >= len(cells) and 2 * shared < len(cells)


def _cells_of(lines: Iterable[list[TextSegment]]) -> list[TextSegment]:
    return [cell for line in lines for cell in line]


def _parted(lines: Iterable[list[TextSegment]], gutter: float) -> tuple[list[TextSegment], list[TextSegment]]:
    """The cells at the left and at the right of a gutter."""
    cells = _cells_of(lines)
    return [c for c in cells if c.s1 <= gutter], [c for c in cells if c.s0 >= gutter]


def _gutters(cells: list[TextSegment]) -> list[float]:
    """Places left of which nothing crosses into a common left edge of several cells."""
    edges = Counter(round(c.s0 / 2) for c in cells)
    left = min((c.s0 for c in cells), default=0.0)
    size = min((c.size for c in cells), default=1.0)
    return [
        2 * edge - 1 - 0.2 * size
        for edge, count in sorted(edges.items())
        if count >= PROSE_LINES and 2 * edge > left + 5 * size
    ]


def _runs(lines: list[list[TextSegment]], gutter: float) -> Iterator[tuple[int, int]]:
    """Runs of lines that no cell crosses at ``gutter`` and that no wide gap parts."""
    first = 0
    for i, line in enumerate(lines):
        if any(c.s0 < gutter < c.s1 or c.rows for c in line) or _heads_both(lines, i, gutter):
            if i - first >= PROSE_LINES:
                yield first, i
            first = i + 1
        elif i > first and lines[i - 1][0].t - line[0].t > APART * max(c.size for c in line):
            if i - first >= PROSE_LINES:
                yield first, i
            first = i
    if len(lines) - first >= PROSE_LINES:
        yield first, len(lines)


def _heads_both(lines: list[list[TextSegment]], at: int, gutter: float) -> bool:
    """Whether a title at the left of a gutter stands above both columns: the right one leaves free the
    whole height that the title takes from the left one, and goes on below.
    """
    title = lines[at][0]
    if len(lines[at]) > 1 or title.s0 >= gutter or not title.lettered:
        return False
    left, right = _parted(lines, gutter)
    here = left.index(title) if title in left else 0
    if not 0 < here < len(left) - 1 or title.size < LARGER * left[here - 1].size:
        return False
    below = left[here + 1]
    goes_on = next((c for c in right if c.t < title.t), None)
    level = goes_on is not None and abs(goes_on.t - below.t) <= LEADING * below.size
    return level and right[0].t > title.t and not any(_reaches(c, title) for c in right)


def _reaches(cell: TextSegment, title: TextSegment) -> bool:
    """Whether a cell stands at the height of a title or hardly above or below it."""
    high, low = title.t + title.size, title.t - 0.5 * title.size
    return cell.t - cell.size <= high and low <= cell.t + 0.8 * cell.size


def _is_prose(cells: list[TextSegment]) -> bool:
    if len(cells) < PROSE_LINES:
        return False
    text = "".join(c.text for c in cells).replace(" ", "")
    if sum(map(str.isalpha, text)) < PROSE_LETTERS * len(text):
        return False
    return sum(not c.lettered for c in cells) <= 0.15 * len(cells) and _is_filled(cells)


def _is_filled(cells: list[TextSegment]) -> bool:
    """Whether most lines of a column have several words and reach its edge, titles and ends of sentences
    aside.
    """
    large = LARGER * sorted(c.size for c in cells)[len(cells) // 2]
    body = [c for c in cells if c.size < large and not c.text.endswith(".")]
    if len(body) < 2 - any(c.lettered and c.size >= large for c in cells):
        return False
    words, widths = sorted(c.words for c in body), sorted(c.width for c in body)
    full = widths[int(0.9 * (len(widths) - 1))]
    filled = sum(1 for w in widths if w >= 0.6 * full)
    return words[len(words) // 2] >= PROSE_WORDS and filled >= PROSE_FILL * len(widths)


def _level(lines: list[list[TextSegment]]) -> list[list[TextSegment]]:
    """Lines where the names of columns that stand at half height beside a merged head (between its line and
    that of its parts) stand on the line of the parts.
    """
    found = [*lines[:1]]
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        worded = all(c.lettered and not any(map(str.isdigit, c.text)) for c in (*above, *line))
        near = max(above[0].t - line[0].t, line[0].t - below[0].t) <= LEADING * min(c.size for c in line)
        free = all(c.s1 <= other.s0 or other.s1 <= c.s0 for c in line for other in (*above, *below))
        if worded and near and free and len(below) > 1:
            found.append([replace(c, t=below[0].t) for c in line])
        else:
            found.append(line)
    found += lines[len(found) :]
    return _baselines(_cells_of(found))


def _wrapped(lines: list[list[TextSegment]]) -> list[list[TextSegment]]:
    """Lines where a label of several lines and the one line of values at its side are one row."""
    cells = _cells_of(lines)
    left = min(c.s0 for c in cells)
    labels = [c for c in cells if c.s0 <= left + 2.5 * c.size and not c.rows]
    others = [c for c in cells if not c.s0 <= left + 2.5 * c.size and not c.rows]
    merged: dict[int, TextSegment] = {}
    gone: set[int] = set()
    for group in _stacked(labels):
        if row := _row_beside(group, others):
            label = TextSegment(
                _joined(group), min(c.s0 for c in group), max(c.s1 for c in group), row[0].t, group[0].size
            )
            merged[id(group[0])] = label
            gone.update(map(id, group[1:]))
    if not merged:
        return lines
    return _baselines(merged.get(id(c), c) for c in cells if id(c) not in gone)


def _stacked(labels: list[TextSegment]) -> Iterator[list[TextSegment]]:
    """Labels that follow each other as the lines of one cell, two to ``MAX_CELL_LINES`` of them."""
    group: list[TextSegment] = []
    for label in [*sorted(labels, key=lambda c: -c.t), None]:
        if (
            label
            and group
            and group[-1].t - label.t <= LEADING * group[-1].size
            and abs(group[-1].size - label.size) < 0.1 * label.size
        ):
            group.append(label)
            continue
        if 2 <= len(group) <= MAX_CELL_LINES and sum(c.words for c in group) <= MAX_LABEL_WORDS:
            yield group
        group = [label] if label else []


def _row_beside(group: list[TextSegment], others: list[TextSegment]) -> list[TextSegment]:
    """The values on the one line beside a label of several lines, when they stand at its middle, or at its
    first line with words that go on below."""
    low, high = group[-1].t - 0.3 * group[-1].size, group[0].t + 0.3 * group[0].size
    beside = [c for c in others if low <= c.t <= high]
    if not beside or max(c.t for c in beside) - min(c.t for c in beside) > SAME_BASELINE * beside[0].size:
        return []
    if not any(any(map(str.isdigit, c.text)) for c in beside) or any(map(_ends_in_value, group, group[1:])):
        return []
    at = beside[0].t
    first, last = abs(at - group[0].t) < 0.2 * beside[0].size, abs(at - group[-1].t) < 0.2 * beside[0].size
    if last or (first and not all(c.text[:1].islower() or c.text[:1] == "(" for c in group[1:])):
        return []
    return beside


def _ends_in_value(label: TextSegment, below: TextSegment) -> bool:
    """Whether a line of a label ends in a number and does not go on in small letters."""
    return any(map(str.isdigit, label.text[-3:])) and not below.text[:1].islower()


def _blocks(lines: list[list[TextSegment]]) -> Iterator[list[list[TextSegment]]]:
    """Lines whose cells belong to the same columns: cut at prose, at ruled tables and at wide gaps."""
    cells = _cells_of(lines)
    width = max((c.s1 for c in cells), default=0) - min((c.s0 for c in cells), default=0)
    block: list[list[TextSegment]] = []
    for line in lines:
        alone = _stands_alone(line, width)
        far = bool(block) and block[-1][0].t - line[0].t > APART * max(c.size for c in line)
        if block and (alone or far):
            yield block
            block = []
        if alone:
            yield [line]
        else:
            block.append(line)
    if block:
        yield block


def _stands_alone(line: list[TextSegment], width: float) -> bool:
    """Whether a line is no row of cells: a ruled table, or one piece of prose as wide as the text."""
    first = line[0]
    return len(line) == 1 and (bool(first.rows) or first.words > 8 or first.width > 0.6 * width)


@dataclass
class _Column:
    s0: float
    s1: float
    cells: list[TextSegment]
    start: int = 0

    @property
    def width(self) -> int:
        return max(len(c.text) for c in self.cells)

    @property
    def right(self) -> bool:
        """Whether the cells end at one place rather than begin at one."""
        return _spread([c.s1 for c in self.cells]) < _spread([c.s0 for c in self.cells]) - 0.5


def _spread(places: list[float]) -> float:
    """The mean distance of places from their mean, in points."""
    middle = fmean(places)
    return fmean(abs(place - middle) for place in places)


def _aligned(block: list[list[TextSegment]]) -> Iterator[list[list[Character]]]:
    """Each line of a block as text (a ruled table as several), its cells below those of the same column."""
    if len(block) == 1 and block[0][0].rows:
        yield _walled(block[0][0])
        return
    columns = _columns_of(block)
    for line in block:
        text: list[Character] = []
        for cell in line:
            at = _start_of(cell, columns) if columns else 0
            at = max(at, len(text) + GAP) if text else at
            text.extend([(" ", None)] * (at - len(text)))
            text.extend(cell.characters)
        yield [text]


def _columns_of(block: list[list[TextSegment]]) -> list[_Column]:
    """The columns of a block, found from its narrow cells to its wide ones; a cell over several columns makes
    none.
    """
    cells = sorted((c for line in block if len(line) > 1 for c in line), key=lambda c: (c.width, c.s0, -c.t))
    columns: list[_Column] = []
    for cell in cells:
        over = [c for c in columns if c.s0 < cell.s1 and cell.s0 < c.s1]
        if not over:
            columns.append(_Column(cell.s0, cell.s1, [cell]))
        elif len(over) == 1:
            over[0].s0, over[0].s1 = min(over[0].s0, cell.s0), max(over[0].s1, cell.s1)
            over[0].cells.append(cell)
        elif len(over) == 2 and not _side_by_side(block, over[0], over[1]):
            over[0].s0 = min(over[0].s0, over[1].s0, cell.s0)
            over[0].s1 = max(over[0].s1, over[1].s1, cell.s1)
            over[0].cells += [*over[1].cells, cell]
            columns.remove(over[1])
    columns.sort(key=lambda c: c.s0)
    start = 0
    for column in columns:
        column.start = start
        start += column.width + GAP
    return columns


def _side_by_side(block: list[list[TextSegment]], one: _Column, other: _Column) -> bool:
    """Whether two columns have cells on one line: else they are parts of one, such as a head at the middle of
    labels that begin at the left.
    """
    ids, others = set(map(id, one.cells)), set(map(id, other.cells))
    return any(any(id(c) in ids for c in line) and any(id(c) in others for c in line) for line in block)


def _start_of(cell: TextSegment, columns: list[_Column]) -> int:
    """The character at which a cell begins: in its column, or at the middle of those that it stands over."""
    over = [c for c in columns if c.s0 < cell.s1 and cell.s0 < c.s1]
    if not over:
        return max((c.start + c.width + GAP for c in columns if c.s1 <= cell.s0), default=0)
    first, last = over[0], over[-1]
    if len(over) > 1:
        middle = (first.start + last.start + last.width) // 2
        return (
            max(first.start if first is not columns[0] else 0, middle - len(cell.text) // 2)
            if first is not columns[0]
            else 0
        )
    if first.right:
        return max(0, first.start + first.width - len(cell.text))
    indent = int((cell.s0 - first.s0) / (0.5 * cell.size)) if first is columns[0] else 0
    return first.start + min(indent, MAX_INDENT)


def _walled(table: TextSegment) -> list[list[Character]]:
    """A ruled table as lines, a wall between its cells."""
    count = max(map(len, table.rows))
    widths = [
        min(MAX_PAD, max((len(row[i]) for row in table.rows if i < len(row)), default=0))
        for i in range(count)
    ]
    return [list(walled_characters(row, widths)) for row in table.rows if any(row)]


def walled_characters(row: Sequence[Sequence[Character]], widths: Sequence[int]) -> Iterator[Character]:
    """The cells of one row padded to ``widths``, with walls between them."""
    for i, cell in enumerate(row):
        if i:
            yield from ((character, None) for character in WALL)
        yield from cell
        if i < len(row) - 1:
            yield from [(" ", None)] * (widths[i] - len(cell))
