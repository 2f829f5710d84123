"""Closed intervals of Decimal: what a printed number allows its true value to be.

Belongs here: arithmetic that encloses (every bound is rounded outwards, so that a true value is never lost).
Does not belong here: what a relation means, what a report prints, any tolerance that is not the precision of
print.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

_DIGITS = 60
_DOWN = Context(prec=_DIGITS, rounding=ROUND_FLOOR)
_UP = Context(prec=_DIGITS, rounding=ROUND_CEILING)
_ZERO = Decimal(0)
HUNDRED = Decimal(100)


class EmptyQuotient(ZeroDivisionError):
    """The divisor may be zero: the quotient encloses nothing that a check could use."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All values between `low` and `high`, both included."""

    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not (self.low.is_finite() and self.high.is_finite()):
            raise ValueError("the bounds of an interval must be finite")
        if self.low > self.high:
            raise ValueError(f"the interval [{self.low}, {self.high}] is empty")

    @property
    def centre(self) -> Decimal:
        """Midpoint of the bounds."""
        return _DOWN.divide(_DOWN.add(self.low, self.high), Decimal(2))

    @property
    def half_width(self) -> Decimal:
        """Half the distance between the bounds."""
        return _UP.divide(_UP.subtract(self.high, self.low), Decimal(2))

    def contains(self, value: Decimal) -> bool:
        """Whether `value` lies between the bounds, bounds included."""
        return self.low <= value <= self.high

    def meets(self, other: Interval) -> bool:
        """Whether the two intervals share at least one value."""
        return self.low <= other.high and other.low <= self.high

    def distance(self, other: Interval) -> Decimal:
        """How far apart the two intervals are; 0 when they meet."""
        return max(_ZERO, _UP.subtract(self.low, other.high), _UP.subtract(other.low, self.high))


def around(value: Decimal, half_width: Decimal = _ZERO) -> Interval:
    """The interval of a printed value and its rounding half-width (both in base units).

    Raises ValueError when the half-width is negative.
    """
    if half_width < 0:
        raise ValueError(f"a rounding half-width cannot be negative: {half_width}")
    return Interval(_DOWN.subtract(value, half_width), _UP.add(value, half_width))


def truncated(value: Decimal, half_width: Decimal) -> Interval:
    """The interval of a value whose further decimals were cut off instead of rounded.

    A value cut at a unit of `2 x half_width` stands at the end nearest to zero of what it may be.
    """
    unit = 2 * half_width
    low = value - unit if value <= 0 else value
    high = value + unit if value >= 0 else value
    return Interval(low, high)


def scaled(interval: Interval, factor: Decimal) -> Interval:
    """`factor x interval`, for a factor of either sign."""
    ends = (interval.low, interval.high) if factor >= 0 else (interval.high, interval.low)
    return Interval(_DOWN.multiply(factor, ends[0]), _UP.multiply(factor, ends[1]))


def weighted_sum(terms: Iterable[tuple[Decimal, Interval]]) -> Interval:
    """`sum(weight x interval)`; the empty sum is [0, 0]."""
    low = high = _ZERO
    for weight, interval in terms:
        part = interval if weight == 1 else scaled(interval, weight)
        low, high = _DOWN.add(low, part.low), _UP.add(high, part.high)
    return Interval(low, high)


def difference(left: Interval, right: Interval) -> Interval:
    """`left - right` for independent values."""
    return Interval(_DOWN.subtract(left.low, right.high), _UP.subtract(left.high, right.low))


def product(left: Interval, right: Interval) -> Interval:
    """`left x right`: the extremes stand at the corners."""
    if left.low >= 0 and right.low >= 0:
        return Interval(_DOWN.multiply(left.low, right.low), _UP.multiply(left.high, right.high))
    corners = [(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Interval(
        min(_DOWN.multiply(a, b) for a, b in corners),
        max(_UP.multiply(a, b) for a, b in corners),
    )


def quotient(left: Interval, right: Interval) -> Interval:
    """`left / right` at the corners.

    Raises EmptyQuotient when the divisor may be zero.
    """
    if right.contains(_ZERO):
        raise EmptyQuotient("the divisor may be zero")
    if right.low > 0:
        least, most = left.low, left.high
        return Interval(
            _DOWN.divide(least, right.high if least >= 0 else right.low),
            _UP.divide(most, right.low if most >= 0 else right.high),
        )
    corners = [(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Interval(
        min(_DOWN.divide(a, b) for a, b in corners),
        max(_UP.divide(a, b) for a, b in corners),
    )


def share(term: Interval, base: Interval) -> Interval:
    """`100 x term / base`, in per cent. Raises EmptyQuotient when the base may be zero."""
    return scaled(quotient(term, base), HUNDRED)


def evolution(term: Interval, base: Interval) -> Interval:
    """`100 x (term - base) / base`, in per cent; raises EmptyQuotient when the base may be zero.

    Written as `100 x term / base - 100`, so that the base counts once and the enclosure is tight.
    """
    index = share(term, base)
    return Interval(_DOWN.subtract(index.low, HUNDRED), _UP.subtract(index.high, HUNDRED))
