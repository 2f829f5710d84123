"""Columns and rows that say when: the period of each is asked in one form, where several would else say the
same thing.

Does not belong here: which words name which period (``times``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from orchestration.discovery.structure import TOTAL
from orchestration.extraction.errors import ExtractionError
from orchestration.notation.folding import fold_label
from orchestration.review.columns import columns_of, lines_of_table, say_the_same
from orchestration.review.decisions import Decision
from orchestration.review.dossier import Item
from orchestration.review.groups import Series
from orchestration.review.times import period_typed

#: How the fields begin that say the period of a column or a row; rows that one form asks at most.
FIELD, MOST_ROWS = "quand_", 40


def dates_in(given: Mapping[str, str]) -> bool:
    """Whether a form says the period of a column or a row."""
    return any(key.startswith(FIELD) and words.strip() for key, words in given.items())


def told_when(
    decision: Decision, ways: Mapping[str, Sequence[Series]], given: Mapping[str, str], year: str
) -> tuple[Decision, int]:
    """The decision with the period that a form says of each column or row of a table, and how many it says; a
    year beside two or more of its parts is their total.
    """
    said: dict[str, str] = {}
    named = 0
    totals: set[str] = set()
    for way, series in ways.items():
        codes = {
            rank: period_typed(words, year)
            for rank in range(len(series))
            if (words := given.get(f"{FIELD}{way}{rank}", "").strip())
        }
        named += len(codes)
        for rank, code in codes.items():
            keys = [item.key for item in series[rank].items]
            said |= dict.fromkeys(keys, code)
            totals |= set(keys) if sum(one.startswith(f"{code}-") for one in codes.values()) > 1 else set()
    if not said:
        return decision, 0
    return replace(decision, figures=(), meaning={}, parts=tuple(_split(decision, said, totals))), named


def _split(decision: Decision, said: Mapping[str, str], totals: Set[str]) -> Iterator[Decision]:
    for part in decision.parts or (decision,):
        held: dict[tuple[str, bool], list[str]] = defaultdict(list)
        for key in part.figures:
            held[said.get(key, ""), key in totals].append(key)
        for (code, total), keys in held.items():
            when = {"periode": code} if code else {}
            role = {"role": "total"} if total else {}
            yield replace(part, figures=tuple(keys), parts=(), meaning={**part.meaning, **when, **role})


@dataclass(frozen=True)
class DatesAsked:
    """The columns and the rows of a table of which a page asks the period, each with what stands written
    beside it; ``alike`` are the ways (``colonnes``, ``lignes``) in which several would say the same thing.
    """

    colonnes: Sequence[tuple[Series, str]] = ()
    lignes: Sequence[tuple[Series, str]] = ()
    alike: Set[str] = frozenset()

    @property
    def ways(self) -> dict[str, list[Series]]:
        return {
            "colonnes": [one for one, _ in self.colonnes],
            "lignes": [one for one, _ in self.lignes],
        }


def dates_asked(items: Sequence[Item], means: Callable[[Item], Mapping[str, str]], year: str) -> DatesAsked:
    """What a page asks of the open figures of a table, that count; ``means`` gives what the page would write
    of each.
    """
    counted = [item for item in items if item.meaning["nature"] != "evolution"]
    columns, rows = columns_of(counted), lines_of_table(counted)
    alike = {
        way
        for way, series, across in (("colonnes", columns, rows), ("lignes", rows, columns))
        if say_the_same(series, across, means)
    }
    return DatesAsked(
        [(one, _read_of(one, year)) for one in columns] if "colonnes" in alike else (),
        [(one, _read_of(one, year)) for one in rows] if "lignes" in alike and len(rows) <= MOST_ROWS else (),
        frozenset(alike),
    )


def _read_of(series: Series, year: str) -> str:
    """The period that the words of a column or row name; of a total, that which is read."""
    try:
        return period_typed(series.name, year)
    except ExtractionError:
        read = {item.meaning["periode"] for item in series.items}
        return read.pop() if TOTAL.match(fold_label(series.name)) and len(read) == 1 else ""
