"""Tables laid out downwards, one cell a line, as some converters leave them: names of columns, then each
row's name and its cells; or the names of the rows, then each column's name and its cells.

Belongs here: which lines are the cells of one table and which names each has. Does not belong here: what a
name says of a column (``headers``), a number alone under its words (``boxes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestration.discovery import periods
from orchestration.discovery.headers import Header, HeaderColumn, header_of
from orchestration.discovery.layout import Kind, Line
from orchestration.notation.tokens import quantities

#: Characters of a name, lines of one name.
MAX_NAME, MAX_NAME_LINES = 70, 3
_NO_VALUE = re.compile(r"\s*(?:[-–—/]|n\.?\s?[dcs]\.?|n/?a)\s*", re.IGNORECASE)
MAX_NO_VALUE = len("n. d.")
_ARROW = re.compile(r"\s*[▲▼↑↓↗↘⬆⬇]")
_CHANGE = re.compile(r"[ée]vol|\bvar|[ée]cart|tendance|progress|diff|\bn\s?[/-]", re.IGNORECASE)
_YEAR = re.compile(r"\s*(?:19|20)\d\d\s*")


@dataclass(frozen=True, slots=True)
class StackedCell:
    """Where a number that stands alone on its line belongs: its row's name, its column, the header of its
    table.
    """

    label: str
    column: HeaderColumn
    header: Header


@dataclass
class _Group:
    """Names, one a line, and the lines of cells below them."""

    names: list[Line] = field(default_factory=list)
    cells: list[Line] = field(default_factory=list)

    @property
    def lead(self) -> str:
        return " ".join(line.bare for line in self.names)

    @property
    def of_one_name(self) -> bool:
        """Whether its names are the lines of one: no blank line between them."""
        return len(self.names) <= MAX_NAME_LINES and all(
            b.number == a.number + 1 for a, b in zip(self.names, self.names[1:], strict=False)
        )


def stacked_cells(lines: list[Line], year: str) -> dict[int, StackedCell]:
    """By line number, the place of every cell of the tables that are laid out downwards."""
    found: dict[int, StackedCell] = {}
    for groups in _tables(_groups(lines)):
        found |= _placed(groups, year)
    return found


def _groups(lines: list[Line]) -> Iterator[_Group | None]:
    """Names with the cells below them; ``None`` where other text stands between."""
    group = _Group()
    for line in lines:
        if line.kind is Kind.BLANK:
            continue
        cell = _is_cell(line)
        if not cell and group.cells:
            yield group
            group = _Group()
        if cell:
            group.cells.append(line)
        elif _is_name(line):
            group.names.append(line)
        else:
            yield None
            group = _Group() if group.names else group
    if group.cells:
        yield group


def _is_cell(line: Line) -> bool:
    if len(line.bare) <= MAX_NO_VALUE and _NO_VALUE.fullmatch(line.text):
        return True
    if line.kind is not Kind.NUMBERS or _YEAR.fullmatch(line.text):
        return False
    return len(line.cells) == 1 and sum(1 for _ in quantities(line.text)) == 1


def _is_name(line: Line) -> bool:
    if len(line.bare) > MAX_NAME:
        return False
    worded = line.kind in (Kind.LABEL, Kind.HEADING, Kind.PROSE) and not line.bare.endswith(".")
    if not worded and not _YEAR.fullmatch(line.text):
        return False
    return len(line.cells) == 1


def _tables(groups: Iterator[_Group | None]) -> Iterator[list[_Group]]:
    """Groups in a row with as many cells, two at least, each but the first under one name."""
    table: list[_Group] = []
    for group in (*groups, None):
        alike = group is not None and table and len(group.cells) == len(table[0].cells) and group.of_one_name
        if alike and group is not None and group.names:
            table.append(group)
            continue
        if len(table) >= 2:
            yield table
        table = [group] if group is not None and len(group.cells) >= 2 and group.names else []


def _placed(groups: list[_Group], year: str) -> dict[int, StackedCell]:
    """The places of the cells of one table; empty where its first group does not name the others' cells."""
    first, width = groups[0].names, len(groups[0].cells)
    heads, lead = _heads(first, width)
    if not heads or _changes_unnamed(groups, heads):
        return {}
    above = [line.bare for line in first if line not in heads and line not in lead]
    across = [line.bare for line in heads]
    down = [" ".join(line.bare for line in lead), *(group.lead for group in groups[1:])]
    turned = all(periods.of_title(name, year) for name in down)
    header = header_of(down if turned else across, " ".join(above), year)
    if len(above) >= 2:
        header = header._replace(title=" ".join(above[:-1]))  # the last one names the column of names
    return {
        line.number: StackedCell(across[j] if turned else down[i], header.columns[i if turned else j], header)
        for i, group in enumerate(groups)
        for j, line in enumerate(group.cells)
    }


def _changes_unnamed(groups: list[_Group], heads: list[Line]) -> bool:
    """Whether a value behind an arrow stands where no head names a change: it is about the value above."""
    pairs = (pair for group in groups for pair in zip(heads, group.cells, strict=False))
    return any(_ARROW.match(cell.text) and not _CHANGE.search(head.text) for head, cell in pairs)


def _heads(names: list[Line], width: int) -> tuple[list[Line], list[Line]]:
    """Among the names above the first cells, those of the ``width`` cells of every group, and those of the
    first group: years if as many stand together, else the last ones.
    """
    years = [i for i, line in enumerate(names) if _YEAR.fullmatch(line.text)]
    if len(years) == width and years[-1] - years[0] == width - 1 and years[-1] < len(names) - 1:
        return names[years[0] : years[-1] + 1], names[years[-1] + 1 :]
    return (names[-width - 1 : -1], names[-1:]) if len(names) > width else ([], [])
