"""Rows of a table that are the sums of others, at any depth: sub-totals under their rows or above them,
totals of sub-totals, whatever they are called.

Belongs here: which rows a row may sum, and when arithmetic alone proves it. Each row is part of one sum at
most, so that a table comes out as a tree. Does not belong here: how the cells of a column are summed
(structure.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from orchestration.discovery.figures import Figure
from orchestration.discovery.ties import Tie

#: Powers of ten that a sum must tell apart, its columns together, where words call its row a total, and where
#: none does.
SAID, TELLING = 2, 6

#: The sums of each column of a table, one row the sum of others.
Summed = Callable[[int, Sequence[int]], list[Tie]]


def nested(rows: int, named: Collection[int], summed: Summed) -> Iterator[Tie]:
    """The sums of a table of so many rows, those under their parts first, until no more are found; ``named``
    are the rows that words call a total.
    """
    tops, last = list(range(rows)), 0
    while len(tops) != last:
        last = len(tops)
        for _ in ("under its rows", "above them"):
            found: list[list[Tie]] = []
            tops = list(_tops(tops, named, summed, found))[::-1]
            for ties in found:
                yield from ties


def _tops(order: Iterable[int], named: Collection[int], summed: Summed, found: list[list[Tie]]) -> list[int]:
    """The rows that are part of no other, where a sum comes after its parts; the sums go to ``found``."""
    tops: list[int] = []
    for at in order:
        if best := _best(at, tops, at in named, summed):
            parts, ties = best
            del tops[-parts:]
            found.append(ties)
        tops.append(at)
    return tops


def _best(at: int, tops: Sequence[int], named: bool, summed: Summed) -> tuple[int, list[Tie]] | None:
    """How many of the rows just before a row it sums, and their sums: those that most columns confirm."""
    best, most = None, 0
    for parts in range(2, len(tops) + 1):
        ties = summed(at, sorted(tops[-parts:]))
        holding = sum(tie.holds for tie in ties)
        if holding > most and _proven(ties, named):
            best, most = (parts, ties), holding
    return best


def _proven(ties: Sequence[Tie], named: bool) -> bool:
    """Whether a row is the sum of others: most columns say so and its words do, or all of them, by more
    digits than chance gives.
    """
    holding = [tie for tie in ties if tie.holds]
    enough = 2 * len(holding) > len(ties) if named else len(holding) == len(ties)
    return enough and sum(map(_digits, holding)) >= (SAID if named else TELLING)


def _digits(tie: Tie) -> int:
    """How many powers of ten a sum tells apart at the precision of print; none with less than two parts."""
    parts = [one for one in tie.figures[1:] if one.value]
    if not isinstance(tie.result, Figure) or len(parts) < 2:
        return 0
    unsure = sum((one.half_width for one in tie.figures), Decimal(0)) or Decimal(1)
    return len(str(int(abs(tie.result.value) / unsure))) - 1
