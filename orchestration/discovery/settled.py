"""Gaps of suggested sums that figures themselves settle: not a doubt about scopes, but an error of print.

Belongs here: a printed total that misses all the months, quarters or halves of its year, each read as that
part of the same thing; a cell of a table that misses by the same both the sum of its row and that of its
column (a total of both only by a slip of digits: what a table leaves out is missing both ways too).
Everything reviewed, as only then somebody says what each figure is. Does not belong here: which figures bind
one another (structure.py), verdicts (reconciliation): what is settled has no `reserve` any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import polars as pl

from orchestration.discovery.structure import PARTS_OF_A_YEAR
from orchestration.extraction.reports import Extract
from orchestration.reconciliation.digits import digit_slips
from orchestration.reconciliation.terms import (
    Address,
    PrintedNumber,
    Relation,
    Term,
    read_numbers,
    read_relations,
)
from orchestration.reconciliation.verdicts import Verdict, judge

_YEAR = re.compile(r"\d{4}")
_COUNTED = frozenset({"constate", "total"})
_SLIPS = frozenset({"chiffre_errone", "chiffres_permutes"})


def settled(extract: Extract) -> Extract:
    """``extract`` without the reserve of sums whose gap is no doubt."""
    sums = extract.relations.filter(pl.col("nature") == "somme")
    if (sums["reserve"] == "").all():
        return extract
    relations = read_relations(read_numbers(extract.numbers), sums)
    reviewed = [r for r in relations if all(t.number is None or t.number.reviewed for t in r.terms)]
    failing = [verdict for verdict in map(judge, reviewed) if not verdict.holds and verdict.gap]
    proven = {v.relation.key for v in failing if _parts_of_its_year(v.relation)} | set(_crossing(failing))
    return Extract(extract.numbers, _without_reserve(extract.relations, proven)) if proven else extract


def _without_reserve(relations: pl.DataFrame, proven: Iterable[str]) -> pl.DataFrame:
    told = pl.when(pl.col("relation").is_in(sorted(proven))).then(pl.lit("")).otherwise(pl.col("reserve"))
    return relations.with_columns(told.alias("reserve"))


def _parts_of_its_year(relation: Relation) -> bool:
    """Whether a sum is that of all the months, quarters or halves of its total's year, of one thing."""
    whole, parts = relation.result.number, [term.number for term in relation.parts]
    if whole is None or not _YEAR.fullmatch(whole.period) or not all(t.weight == 1 for t in relation.parts):
        return False
    periods = sorted(part.period for part in parts if part and _meant(part) == _meant(whole))
    return len(periods) == len(parts) and periods in _partitions(whole.period)


def _partitions(year: str) -> Iterator[list[str]]:
    for letter, size in PARTS_OF_A_YEAR.items():
        yield [f"{year}-{letter}{n:0{1 if letter else 2}}" for n in range(1, size + 1)]


def _meant(number: PrintedNumber) -> tuple[str, ...]:
    """What is counted, of whom and where, without when."""
    nature = "constate" if number.nature in _COUNTED else number.nature
    return number.indicator, number.members, number.unit, nature


def _crossing(failing: Sequence[Verdict]) -> Iterator[str]:
    """Two sums that share one cell of their table, one along its row and one down its column, and that the
    same value of it would make hold."""
    for one, other in combinations(failing, 2):
        met = one.relation.places & other.relation.places
        if len(met) == 1 and _wanted(one, *met) == _wanted(other, *met):
            both = one.relation, other.relation
            if all(r.result.place in met for r in both) and not _is_a_slip(one, _wanted(one, *met)):
                continue
            if _crosses(*both, *met) or _crosses(*both[::-1], *met):
                yield from (relation.key for relation in both)


def _crosses(row: Relation, column: Relation, cell: Address) -> bool:
    """Whether two sums of one table are one along the row of a cell and one down its column."""
    blocks = {term.number.block for r in (row, column) for term in r.terms if term.number}
    along = all(place[0] == cell[0] for place in row.places)
    return along and len(blocks) == 1 and all(p[0] != cell[0] for p in column.places - {cell})


def _is_a_slip(verdict: Verdict, wanted: object) -> bool:
    """Whether one digit, or two neighbours exchanged, make the printed total of what it should be."""
    number = verdict.relation.result.number
    slips = digit_slips(number, _SLIPS) if number else ()
    return any(slip.value == wanted for slip in slips)


def _wanted(verdict: Verdict, cell: Address) -> object:
    """What the cell should be for the sum to hold."""
    term: Term = next(t for t in verdict.relation.terms if t.place == cell)
    if term.value is None or verdict.gap is None:
        return verdict
    down = term is verdict.relation.result
    return term.value - verdict.gap if down else term.value + verdict.gap / term.weight
