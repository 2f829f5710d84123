"""The columns and rows of a table as they are printed, and whether two of them would say the same thing.

Does not belong here: which figures are decided together (``groups``), what they mean (``suggestions``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from orchestration.notation.folding import fold_label
from orchestration.review.dossier import MEANINGS, Item
from orchestration.review.groups import Series, row_of, title_of

#: What tells two figures apart: how they are written does not.
_APART = tuple(key for key in MEANINGS if key not in ("multiplicateur", "signe"))


def columns_of(items: Sequence[Item]) -> list[Series]:
    """The columns of a table from left to right, by the row that has most figures; a figure of a shorter row
    that stands under none of these, or under two, is left out. Empty where there is one column alone.
    """
    ordered = sorted((item for item in items if item.table), key=lambda item: (item.line, item.column))
    rows = [list(row) for _, row in groupby(ordered, key=lambda item: item.line)]
    model = max(rows, key=len, default=[])
    columns: list[list[Item]] = [[] for _ in model]
    for row in rows:
        for rank, item in enumerate(row):
            place = rank if len(row) == len(model) else _place(item, model)
            if place is not None:
                columns[place].append(item)
    names = _apart([_named(column, f"colonne {rank}") for rank, column in enumerate(columns, 1)], "colonne")
    found = [Series(name, tuple(column)) for name, column in zip(names, columns, strict=True)]
    return found if len(found) > 1 else []


def lines_of_table(items: Sequence[Item]) -> list[Series]:
    """The rows of a table from top to bottom; empty where there is one alone."""
    held: dict[int, list[Item]] = defaultdict(list)
    for item in sorted((item for item in items if item.table), key=lambda item: (item.line, item.column)):
        held[item.line].append(item)
    names = _apart([row_of(row[0]) or f"ligne {line}" for line, row in held.items()], "rang")
    found = [Series(name, tuple(row)) for name, row in zip(names, held.values(), strict=True)]
    return found if len(found) > 1 else []


def _place(item: Item, model: Sequence[Item]) -> int | None:
    """The rank of the one figure of a row that a figure stands under, or whose column has its title."""
    under = [
        rank
        for rank, other in enumerate(model)
        if item.column < other.column + other.end and other.column < item.column + item.end
    ]
    title = _title(item)
    titled = [rank for rank, other in enumerate(model) if title and _title(other) == title]
    found = titled if len(titled) == 1 else under
    return found[0] if len(found) == 1 else None


def _title(item: Item) -> str:
    title = title_of(item)
    return "" if fold_label(title) == fold_label(item.heading) else title


def _named(column: Sequence[Item], otherwise: str) -> str:
    return next(filter(None, map(_title, column)), otherwise)


def _apart(names: Sequence[str], what: str) -> list[str]:
    """Names of which those that are told several times say their rank."""
    told = Counter(names)
    return [f"{name} ({what} {n})" if told[name] > 1 else name for n, name in enumerate(names, 1)]


def say_the_same(
    series: Sequence[Series], across: Sequence[Series], means: Callable[[Item], Mapping[str, str]]
) -> bool:
    """Whether figures of two of ``series`` (columns, or rows) that stand in one of those ``across`` mean the
    same and are printed otherwise: the night would refuse one of them.
    """
    places = {item.key: rank for rank, one in enumerate(across) for item in one.items}
    printed: dict[tuple[object, ...], str] = {}
    for item in (item for one in series for item in one.items):
        meant = means(item)
        said = (places.get(item.key, -1), *(meant[key] for key in _APART))
        if printed.setdefault(said, item.printed) != item.printed:
            return True
    return False


def ticked_together(items: Sequence[Item]) -> dict[str, list[tuple[str, str]]]:
    """By ``colonne`` and ``ligne``, the name of each with the places of its figures, where that is not all of
    a group or one figure: what a click ticks.
    """
    ways = {"colonne": columns_of(items), "ligne": lines_of_table(items)}
    return {
        way: [(one.name, " ".join(item.key for item in one.items)) for one in series]
        for way, series in ways.items()
        if any(len(one.items) > 1 for one in series)
    }
