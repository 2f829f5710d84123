"""A report as a web of relations: what a correction of one number would restore, and what it would break.

Belongs here: indexes over the numbers and relations of one report, solving a relation for one of its terms,
and the effect of a correction. Does not belong here: which corrections are worth trying (hypotheses.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from orchestration.reconciliation.intervals import (
    HUNDRED,
    EmptyQuotient,
    Interval,
    around,
    difference,
    product,
    quotient,
    scaled,
    weighted_sum,
)
from orchestration.reconciliation.terms import (
    BOUNDS,
    MEANS,
    READINGS,
    SUMS,
    Address,
    PrintedNumber,
    Relation,
    Term,
)
from orchestration.reconciliation.verdicts import Verdict, enclose, judge, printed_alike, rounded
from orchestration.reconciliation.wording import at_print

#: More than any report prints.
BOUNDLESS = Decimal("1e15")


@dataclass(frozen=True)
class Effect:
    """What a correction does to the other relations (their keys).

    `echoed`: broken only because a wrong result was used further on. `repeated`: addresses where the same
    figure stands again and was corrected along with it.
    """

    restored: tuple[str, ...]
    kept: tuple[str, ...]
    broken: tuple[str, ...]
    echoed: tuple[str, ...] = ()
    repeated: tuple[Address, ...] = ()


@dataclass(frozen=True)
class RowShift:
    """A number in whose place the relation wants the number `step` rows further in the same column."""

    number: PrintedNumber
    step: int
    other: PrintedNumber


@dataclass(frozen=True)
class ReportContext:
    """The numbers, relations and verdicts of one report."""

    numbers: Mapping[Address, PrintedNumber]
    verdicts: tuple[Verdict, ...]

    @cached_property
    def by_place(self) -> Mapping[Address, list[Verdict]]:
        """The verdicts of the relations that say something of the number at an address."""
        index: dict[Address, list[Verdict]] = defaultdict(list)
        for verdict in self.verdicts:
            if verdict.relation.nature in READINGS or verdict.relation.of_heading:
                continue
            for place in verdict.relation.places:
                index[place].append(verdict)
        return index

    @cached_property
    def by_block(self) -> Mapping[str, list[PrintedNumber]]:
        """The numbers with a value of each template block, in the order of print."""
        index: dict[str, list[PrintedNumber]] = defaultdict(list)
        for place in sorted(self.numbers):
            number = self.numbers[place]
            if number.value is not None:
                index[number.block].append(number)
        return index

    @cached_property
    def columns(self) -> Mapping[tuple[str, ...], list[PrintedNumber]]:
        """Numbers of a block that could stand in one column (see `column_of`), in the order of print."""
        index: dict[tuple[str, ...], list[PrintedNumber]] = defaultdict(list)
        for numbers in self.by_block.values():
            for number in numbers:
                index[column_of(number)].append(number)
        return index

    @cached_property
    def _alike(self) -> Mapping[tuple[str, str], list[PrintedNumber]]:
        """The numbers with a value of one block and unit, in the order of print."""
        index: dict[tuple[str, str], list[PrintedNumber]] = defaultdict(list)
        for block, numbers in self.by_block.items():
            for number in numbers:
                index[block, number.unit].append(number)
        return index

    @cached_property
    def _ranks(self) -> Mapping[Address, int]:
        """Where a number stands in its column, by its address."""
        return {n.place: rank for column in self.columns.values() for rank, n in enumerate(column)}

    @cached_property
    def rows(self) -> Mapping[str, Mapping[int, list[PrintedNumber]]]:
        """By block, then by line: the numbers with a value that stand on one line, from left to right."""
        index: dict[str, dict[int, list[PrintedNumber]]] = defaultdict(lambda: defaultdict(list))
        for block, numbers in self.by_block.items():
            for number in numbers:
                index[block][number.line].append(number)
        return index

    @cached_property
    def same_figure(self) -> Mapping[tuple[str, str, str], list[PrintedNumber]]:
        """Numbers of one indicator, members and unit: what a figure is in other periods. No evolutions."""
        index: dict[tuple[str, str, str], list[PrintedNumber]] = defaultdict(list)
        for numbers in self.by_block.values():
            for number in numbers:
                if number.indicator and number.nature != "evolution":
                    index[number.indicator, number.members, number.unit].append(number)
        return index

    @cached_property
    def _suspects(self) -> dict[str, list[tuple[PrintedNumber, Interval]]]:
        return {}

    def suspects(self, verdict: Verdict) -> list[tuple[PrintedNumber, Interval]]:
        """What `suspects` says of one of the verdicts of this report, computed once."""
        key = verdict.relation.key
        if key not in self._suspects:
            self._suspects[key] = suspects(verdict.relation)
        return self._suspects[key]

    @cached_property
    def row_shifts(self) -> Mapping[str, list[RowShift]]:
        """By key of a failing relation: the terms for which it wants what stands one row above or below."""
        return {verdict.relation.key: list(self._shifts(verdict)) for verdict in self.failing}

    def _shifts(self, verdict: Verdict) -> Iterator[RowShift]:
        for number, wanted in self.suspects(verdict):
            column, at = self.columns[column_of(number)], self._ranks[number.place]
            for step in (-1, 1):
                if 0 <= at + step < len(column) and wanted.meets(_as_printed(column[at + step], number)):
                    yield RowShift(number, step, column[at + step])

    @cached_property
    def failing(self) -> tuple[Verdict, ...]:
        """The verdicts of the relations that do not hold."""
        return tuple(verdict for verdict in self.verdicts if verdict.fails)

    def printing(self, values: Mapping[Address, Decimal]) -> ReportContext:
        """The report, had it printed other values at some addresses; what they do not touch keeps its
        verdict.
        """
        numbers = {
            **self.numbers,
            **{place: self.numbers[place].with_value(value) for place, value in values.items()},
        }
        touched = (
            v if v.relation.places.isdisjoint(values) else judge(v.relation.substituted(values))
            for v in self.verdicts
        )
        return ReportContext(numbers, tuple(touched))

    def neighbours(self, number: PrintedNumber) -> list[PrintedNumber]:
        """Other numbers of the same block with the same unit."""
        return [n for n in self._alike[number.block, number.unit] if n.place != number.place]

    def beside(self, number: PrintedNumber) -> list[PrintedNumber]:
        """The numbers one row above and below in the same column."""
        column, at = self.columns[column_of(number)], self._ranks[number.place]
        return column[max(at - 1, 0) : at] + column[at + 1 : at + 2]

    def effect(self, corrections: Mapping[Address, Decimal], verdict: Verdict) -> Effect:
        """What the corrections that repair `verdict` do to the other relations."""
        followed = self._followed(corrections)
        touched = {old.relation.key: old for place in followed for old in self.by_place.get(place, ())}
        touched.pop(verdict.relation.key, None)
        after = {key: judge(old.relation.substituted(followed)) for key, old in touched.items()}
        broken = [old for key, old in touched.items() if old.holds and after[key].fails]
        result = verdict.relation.result.place
        echoed = {old.relation.key for old in broken if _uses(old.relation, result, followed)}
        return Effect(
            restored=tuple(key for key, old in touched.items() if old.fails and after[key].holds),
            kept=tuple(key for key, old in touched.items() if old.holds and after[key].holds),
            broken=tuple(old.relation.key for old in broken if old.relation.key not in echoed),
            echoed=tuple(sorted(echoed)),
            repeated=tuple(place for place in followed if place not in corrections),
        )

    def _followed(self, corrections: Mapping[Address, Decimal]) -> dict[Address, Decimal]:
        """The corrections, and the same for prints that repeat a corrected figure with the same error."""
        followed = dict(corrections)
        for place, value in corrections.items():
            for old in self.by_place.get(place, ()):
                if old.relation.nature != "repetition" or not old.holds:
                    continue
                if judge(old.relation.substituted(corrections)).holds:
                    continue
                for other in old.relation.places - corrections.keys():
                    if other in self.numbers:
                        followed[other] = at_print(value, self.numbers[other])
        return followed


def _uses(relation: Relation, result: Address | None, corrections: Mapping[Address, Decimal]) -> bool:
    """Whether `relation` is broken by one corrected number only, a result that it takes up as a term."""
    changed = relation.places & corrections.keys()
    return result is not None and changed == {result} and relation.result.place != result


def column_of(number: PrintedNumber) -> tuple[str, ...]:
    """What numbers of one printed column share."""
    return number.block, number.unit, number.nature, number.period


def _as_printed(other: PrintedNumber, number: PrintedNumber) -> Interval:
    """The value of `other` at the precision of `number`."""
    return around(other.value or Decimal(0), number.half_width)


def suspects(relation: Relation) -> list[tuple[PrintedNumber, Interval]]:
    """The printed terms that the relation can be solved for, with what each would have to be."""
    found = []
    for term in relation.terms:
        wanted = required(relation, term) if term.number is not None else None
        if term.number is not None and wanted is not None:
            found.append((term.number, wanted))
    return found


def printable(relation: Relation, number: PrintedNumber, wanted: Interval) -> Interval:
    """What can be printed in the place of a number that would have to be `wanted`: as precise as print, and
    nothing but the other print where both show one figure alike.
    """
    if printed_alike(relation):
        return Interval(wanted.centre, wanted.centre)
    return difference(wanted, around(Decimal(0), number.half_width))


def required(relation: Relation, term: Term) -> Interval | None:
    """What `term` would have to be for the relation to hold; None when it cannot be solved for.

    `term` must be one of the relation's own terms; a number that stands in it twice cannot be solved for.
    """
    if sum(1 for other in relation.terms if other.place == term.place) > 1:
        return None
    try:
        if relation.nature in BOUNDS:
            return _within_bounds(relation) if term is relation.result else _bounding(relation, term)
        if term is relation.result:
            return enclose(relation)
        if relation.nature in MEANS and term.role == "base":
            return None
        if relation.nature in MEANS:
            return _mean_term(relation, term)
        if relation.nature in SUMS:
            return _part(rounded(relation.result), relation.parts, term)
        return _term(relation, term) if term.role == "terme" else _base(relation, term)
    except EmptyQuotient:
        return None


def _within_bounds(relation: Relation) -> Interval:
    """What the bounds allow; where nothing bounds, anything that can be printed."""
    allowed = enclose(relation)
    low = allowed.low if relation.having("minimum") else min(allowed.low, -BOUNDLESS)
    high = allowed.high if relation.having("maximum") else max(allowed.high, BOUNDLESS)
    return Interval(low, high)


def _bounding(relation: Relation, term: Term) -> Interval | None:
    """What a bound would have to be for the result to lie within: anything, where another one allows it."""
    result, upper = rounded(relation.result), term.role == "maximum"
    alone = [part for part in relation.having(term.role) if part.pair == term.pair]
    others = [part for part in relation.having(term.role) if part.pair != term.pair]
    if term.weight <= 0 or term.number is None:
        return None
    for pair in {part.pair for part in others}:
        reach = weighted_sum((part.weight, rounded(part)) for part in others if part.pair == pair)
        if reach.high >= result.low if upper else reach.low <= result.high:
            return Interval(-BOUNDLESS, BOUNDLESS)
    nearest = _part(result, tuple(alone), term)
    return (
        Interval(min(nearest.low, BOUNDLESS), BOUNDLESS)
        if upper
        else Interval(-BOUNDLESS, max(nearest.high, -BOUNDLESS))
    )


def _part(total: Interval, parts: tuple[Term, ...], term: Term) -> Interval:
    """`(total - sum of the other parts) / weight`."""
    others = weighted_sum((part.weight, rounded(part)) for part in parts if part is not term)
    return quotient(difference(total, others), around(term.weight))


def _term(relation: Relation, term: Term) -> Interval:
    base = weighted_sum((part.weight, rounded(part)) for part in relation.having("base"))
    wanted = _linear_in_base(relation, base)
    return _part(wanted, relation.having("terme"), term)


def _mean_term(relation: Relation, term: Term) -> Interval:
    """`(mean x sum(base) - what the other terms weigh) / its own base`."""
    bases = {part.pair: rounded(part) for part in relation.having("base")}
    below = weighted_sum((Decimal(1), base) for base in bases.values())
    unit = around(Decimal(1))
    others = [
        (Decimal(1), product(rounded(part), bases.get(part.pair, unit) if part.pair else unit))
        for part in relation.having("terme")
        if part is not term
    ]
    wanted = difference(product(rounded(relation.result), below), weighted_sum(others))
    return quotient(wanted, bases.get(term.pair, unit) if term.pair else unit)


def _linear_in_base(relation: Relation, base: Interval) -> Interval:
    """What the sum of the terms must be, given the base and the printed result."""
    result = rounded(relation.result)
    if relation.nature in ("part", "atteinte"):
        return scaled(product(result, base), Decimal("0.01"))
    if relation.nature == "ratio":
        return quotient(product(result, base), around(relation.result.weight))
    if relation.is_percentage:
        return product(base, _growth(result))
    return weighted_sum([(Decimal(1), base), (Decimal(1), result)])


def _base(relation: Relation, term: Term) -> Interval:
    result = rounded(relation.result)
    total = weighted_sum((part.weight, rounded(part)) for part in relation.having("terme"))
    if relation.nature in ("part", "atteinte"):
        wanted = quotient(scaled(total, HUNDRED), result)
    elif relation.nature == "ratio":
        wanted = quotient(scaled(total, relation.result.weight), result)
    elif relation.is_percentage:
        wanted = quotient(total, _growth(result))
    else:
        wanted = difference(total, result)
    return _part(wanted, relation.having("base"), term)


def _growth(percentage: Interval) -> Interval:
    """`1 + percentage / 100`."""
    return weighted_sum([(Decimal("0.01"), percentage), (Decimal(1), around(Decimal(1)))])
