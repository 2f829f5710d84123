"""Columns and rows that say when: the period of each is asked in one form, where several would else say the
same thing; and columns that say what kind of number stands in them (aims, results), whose nature is.

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
#: How the fields begin that say the nature of a column.
NATURE = "sorte_colonnes"


def dates_in(given: Mapping[str, str]) -> bool:
    """Whether a form says the period of a column or a row."""
    return any(key.startswith(FIELD) and words.strip() for key, words in given.items())


def natures_in(given: Mapping[str, str]) -> bool:
    """Whether a form says the nature of a column."""
    return any(key.startswith(NATURE) and said for key, said in given.items())


def told_of_kind(
    decision: Decision, columns: Sequence[Series], given: Mapping[str, str]
) -> tuple[Decision, int]:
    """The decision with the nature that a form says of each column of a table, and of how many it says
    another than is read.
    """
    said = {
        item.key: {"nature": nature}
        for rank, one in enumerate(columns)
        for item in one.items
        if (nature := given.get(f"{NATURE}{rank}", "")) and nature != item.meaning["nature"]
    }
    if not said:
        return decision, 0
    others = sum(any(item.key in said for item in one.items) for one in columns)
    return replace(decision, figures=(), meaning={}, parts=tuple(_split(decision, said))), others


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
    when = {
        key: {"periode": code, **({"role": "total"} if key in totals else {})} for key, code in said.items()
    }
    return replace(decision, figures=(), meaning={}, parts=tuple(_split(decision, when))), named


def _split(decision: Decision, said: Mapping[str, Mapping[str, str]]) -> Iterator[Decision]:
    """The parts of a decision, each cut by what is said of its figures, by their place."""
    for part in decision.parts or (decision,):
        held: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
        for key in part.figures:
            held[tuple(said.get(key, {}).items())].append(key)
        for told, keys in held.items():
            yield replace(part, figures=tuple(keys), parts=(), meaning={**part.meaning, **dict(told)})


@dataclass(frozen=True)
class DatesAsked:
    """The columns and the rows of a table of which a page asks the period, each with what stands written
    beside it; ``alike`` are the ways (``colonnes``, ``lignes``) in which several would say the same thing.
    ``sortes`` are the columns with the nature that all figures of each are read with.
    """

    colonnes: Sequence[tuple[Series, str]] = ()
    lignes: Sequence[tuple[Series, str]] = ()
    alike: Set[str] = frozenset()
    sortes: Sequence[tuple[Series, str]] = ()

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
        [(one, _nature_of(one)) for one in columns_of(items)],
    )


def _nature_of(series: Series) -> str:
    read = {item.meaning["nature"] for item in series.items}
    return read.pop() if len(read) == 1 else ""


def _read_of(series: Series, year: str) -> str:
    """The period that the words of a column or row name; of a total, that which is read."""
    try:
        return period_typed(series.name, year)
    except ExtractionError:
        read = {item.meaning["periode"] for item in series.items}
        return read.pop() if TOTAL.match(fold_label(series.name)) and len(read) == 1 else ""
