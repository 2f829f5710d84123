"""The same number printed again: elsewhere in a report, or for the same time in an earlier report of its
body; what it was decided to mean there.

Does not belong here: what words say (``suggestions``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, read_extract
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Item

#: A number in a unit at a time; an indicator and members by dimension.
TimedNumber = tuple[Decimal, str, str]
Twin = tuple[str, tuple[tuple[str, str], ...]]
#: Digits before the last zeros of a number that two figures of one time hardly share by chance: where words
#: say the same, and where they do not.
FEW_DIGITS, MANY_DIGITS = 3, 5


class Twins:
    """The decided figures of a report and of earlier reports of its body, by number, unit and time."""

    def __init__(self, items: Sequence[Item], earlier: Iterable[Report]) -> None:
        self._items = items
        self._here: dict[TimedNumber, set[Twin]] = defaultdict(set)
        self._earlier: dict[TimedNumber, set[Twin]] = defaultdict(set)
        self._lines: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            if item.table:
                self._lines[item.line].append(item)
            if item.reviewed and _counted_in_full(item):
                self._here[_printed(item)].add(_twin(item.meaning))
        for report in earlier:
            _remember(report, self._earlier)

    def here(self, item: Item, likeliest: Callable[[Item], str]) -> dict[str, str]:
        """The meaning of the one figure of this report with the same number, unit and time, where the words
        of this one name it before any other (``likeliest`` tells). Of the reviewed reports, read as if each
        were the first of its body, 51 such figures of 51 mean the same (58 of 59 where it is among the three
        likeliest); figures that agree only once one is rounded are too few to tell.
        """
        twins = self._here.get(_printed(item), set()) if _counted_in_full(item) else set()
        if len(twins) != 1 or item.table:
            return {}
        told = _meaning(next(iter(twins)))
        return told if likeliest(item) == told["indicateur"] else {}

    def last_year(self, item: Item, likely: Callable[[], Collection[str]]) -> dict[str, str]:
        """The meaning that an earlier report of this body gave to a number that this row prints again for
        that time: two of its table at least, or one of many digits or of words that say the same (that
        name it among ``likely``).
        """
        cells = self._lines[item.line] if item.table else [item]
        labels = {fold_label(cell.label) for cell in cells if cell.meaning["nature"] != "evolution"}
        for cell in cells:
            if _of_one_series(cell, item, labels) and (told := self._again(cell)):
                alike = told["indicateur"] in likely()
                if alike or _digits(cell) >= MANY_DIGITS or self._neighbours_again(cell, told["indicateur"]):
                    return told
        return {}

    def _again(self, cell: Item) -> dict[str, str]:
        twins = self._earlier.get(_printed(cell), set()) if _counted_in_full(cell) else set()
        return _meaning(next(iter(twins))) if len(twins) == 1 else {}

    def _neighbours_again(self, cell: Item, indicator: str) -> bool:
        """Whether another row of a figure's table was printed last year for the same indicator."""
        return any(
            other.table == cell.table != 0
            and other.line != cell.line
            and self._again(other).get("indicateur") == indicator
            for other in self._items
        )


def _digits(item: Item) -> int:
    return len("".join(c for c in item.printed if c.isdigit()).strip("0"))


def _counted_in_full(item: Item) -> bool:
    return item.meaning["nature"] in ("constate", "total") and _digits(item) >= FEW_DIGITS


def _printed(item: Item) -> TimedNumber:
    return item.value, item.meaning["unite"], item.meaning["periode"]


def _twin(meaning: Mapping[str, str]) -> Twin:
    members = ((d, meaning[d]) for d in DIMENSIONS if meaning[d] not in ("", UNSTATED))
    return meaning["indicateur"], tuple(members)


def _meaning(twin: Twin) -> dict[str, str]:
    return {"indicateur": twin[0], **dict(twin[1])}


def _of_one_series(cell: Item, item: Item, labels: Collection[str]) -> bool:
    """Whether two figures of a row measure one thing at several times, or how it changed; ``labels`` are
    those of its counts.
    """
    if item.meaning["nature"] == "evolution":
        return len(labels) == 1
    alike = fold_label(cell.label) == fold_label(item.label)
    return alike and cell.meaning["unite"] == item.meaning["unite"]


def _remember(report: Report, into: dict[TimedNumber, set[Twin]]) -> None:
    """Add what a reviewed report prints, by number, unit and time, to ``into``."""
    try:
        numbers = read_extract(report).numbers
    except ExtractionError:
        return
    counted = pl.col("nature").is_in(["constate", "total"]) & (pl.col("revue") == "true")
    for row in numbers.filter((pl.col("statut") == "observation") & counted).iter_rows(named=True):
        said = {d: row.get(f"{d}_code") or "" for d in DIMENSIONS}
        twin = _twin({"indicateur": row["indicateur_code"], **said})
        into[Decimal(row["valeur"]), row["unite"], row["periode_code"]].add(twin)
