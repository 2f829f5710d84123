"""What a weighted mean may be when its values and its weights are known to the precision of print.

Belongs here: the enclosure of `sum(base x terme) / sum(base)`, where the same base stands above and below the
line. Does not belong here: whether a printed mean agrees with it (verdicts.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from orchestration.reconciliation.intervals import EmptyQuotient, Interval, around, weighted_sum
from orchestration.reconciliation.terms import Term

_ZERO = Decimal(0)
_DOWN = Context(prec=60, rounding=ROUND_FLOOR)
_UP = Context(prec=60, rounding=ROUND_CEILING)
_MOST_STEPS = 60


@dataclass(frozen=True)
class _Mean:
    """Pairs of a value and its weight; what is added above the line alone, and below it alone."""

    pairs: tuple[tuple[Interval, Interval], ...]
    above: Interval
    below: Interval


def weighted_mean(parts: Iterable[Term], widen: Callable[[Term], Interval]) -> Interval:
    """`(sum(base x terme) over pairs + other terms) / sum(base)`, tight.

    Raises EmptyQuotient when a base may be negative, or all of them zero.

    A mean rises with a weight exactly when the value is above the mean: each end is found by turning the
    weights until nothing turns any more (Dinkelbach, On nonlinear fractional programming, 1967).
    """
    parts = tuple(parts)
    mean = _read(parts, widen)
    if _least_weight(mean) <= 0 or any(widen(part).low < 0 for part in parts if part.role == "base"):
        raise EmptyQuotient("the weights may be zero or negative")
    return Interval(_end(mean, -1), _end(mean, 1))


def _read(parts: tuple[Term, ...], widen: Callable[[Term], Interval]) -> _Mean:
    bases = {part.pair: part for part in parts if part.role == "base" and part.pair}
    terms = [part for part in parts if part.role == "terme"]
    paired = [(widen(term), widen(bases[term.pair])) for term in terms if term.pair in bases]
    alone = [(term.weight, widen(term)) for term in terms if term.pair not in bases]
    below = [(part.weight, widen(part)) for part in parts if part.role == "base" and not part.pair]
    return _Mean(tuple(paired), weighted_sum(alone), weighted_sum(below) if below else around(_ZERO))


def _least_weight(mean: _Mean) -> Decimal:
    return sum((weight.low for _, weight in mean.pairs), mean.below.low)


def _end(mean: _Mean, side: int) -> Decimal:
    """The greatest (`side` 1) or the least (-1) mean."""
    up = side > 0
    context = _UP if up else _DOWN
    values = [(value.high if up else value.low, weight) for value, weight in mean.pairs]
    above = mean.above.high if up else mean.above.low
    at = _ratio(above, mean.below.low, [(value, weight.low) for value, weight in values], context)
    for _ in range(_MOST_STEPS):
        chosen = [(value, weight.high if (value > at) == up else weight.low) for value, weight in values]
        below = mean.below.low if (at > 0) == up else mean.below.high
        new = _ratio(above, below, chosen, context)
        if new == at:
            break
        at = new
    return at


def _ratio(above: Decimal, below: Decimal, pairs: list[tuple[Decimal, Decimal]], context: Context) -> Decimal:
    over = context.add(above, sum((context.multiply(value, weight) for value, weight in pairs), _ZERO))
    under = sum((weight for _, weight in pairs), below)
    if not under:
        raise EmptyQuotient("the weights may be zero")
    return context.divide(over, under)
