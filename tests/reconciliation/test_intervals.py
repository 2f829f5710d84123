"""Enclosure: the exact result of any values inside the operands lies inside the interval that comes out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.reconciliation.intervals import (
    EmptyQuotient,
    Interval,
    around,
    difference,
    evolution,
    product,
    quotient,
    scaled,
    share,
    truncated,
    weighted_sum,
)

D = Decimal
values = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
widths = st.decimals(min_value=0, max_value=1000, places=3)
intervals = st.builds(around, values, widths)
ratios = st.fractions(min_value=0, max_value=1)


def inside(interval: Interval, where: Fraction) -> Fraction:
    low, high = Fraction(interval.low), Fraction(interval.high)
    return low + (high - low) * where


def encloses(interval: Interval, value: Fraction) -> bool:
    return Fraction(interval.low) <= value <= Fraction(interval.high)


@given(intervals, intervals, ratios, ratios, values)
def test_operations_enclose(
    left: Interval, right: Interval, p: Fraction, q: Fraction, factor: Decimal
) -> None:
    a, b = inside(left, p), inside(right, q)
    assert encloses(difference(left, right), a - b)
    assert encloses(product(left, right), a * b)
    assert encloses(scaled(left, factor), a * Fraction(factor))
    assert encloses(weighted_sum([(factor, left), (D(-1), right)]), a * Fraction(factor) - b)


@given(intervals, intervals, ratios, ratios)
def test_quotients_enclose(left: Interval, right: Interval, p: Fraction, q: Fraction) -> None:
    if right.contains(D(0)):
        with pytest.raises(EmptyQuotient):
            quotient(left, right)
        return
    a, b = inside(left, p), inside(right, q)
    assert encloses(quotient(left, right), a / b)
    assert encloses(share(left, right), 100 * a / b)
    assert encloses(evolution(left, right), 100 * (a - b) / b)


@pytest.mark.parametrize(
    ("value", "half", "low", "high"),
    [
        ("1800000", "50000", "1750000", "1850000"),
        ("-49.0", "0.05", "-49.05", "-48.95"),
        ("3", "0", "3", "3"),
    ],
)
def test_around(value: str, half: str, low: str, high: str) -> None:
    assert around(D(value), D(half)) == Interval(D(low), D(high))


@pytest.mark.parametrize(
    ("value", "half", "low", "high"),
    [
        ("5.15", "0.005", "5.15", "5.16"),
        ("-5.15", "0.005", "-5.16", "-5.15"),
        ("0.0", "0.05", "-0.1", "0.1"),
        ("7", "0", "7", "7"),
    ],
)
def test_truncated_stands_at_the_end_nearest_to_zero(value: str, half: str, low: str, high: str) -> None:
    assert truncated(D(value), D(half)) == Interval(D(low), D(high))


@pytest.mark.parametrize(
    ("left", "right", "meet", "apart"),
    [
        (("1", "2"), ("2", "3"), True, "0"),
        (("1", "2"), ("2.0001", "3"), False, "0.0001"),
        (("5", "6"), ("1", "2"), False, "3"),
        (("1", "9"), ("4", "5"), True, "0"),
    ],
)
def test_meets_at_the_limit(left: tuple[str, str], right: tuple[str, str], meet: bool, apart: str) -> None:
    a, b = Interval(D(left[0]), D(left[1])), Interval(D(right[0]), D(right[1]))
    assert a.meets(b) is meet
    assert b.meets(a) is meet
    assert a.distance(b) == b.distance(a) == D(apart)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Interval(D(2), D(1)),
        lambda: Interval(D("NaN"), D(1)),
        lambda: Interval(D(0), D("Infinity")),
        lambda: around(D(1), D("-0.5")),
    ],
)
def test_impossible_intervals_are_refused(make) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()


def test_empty_sum_is_zero() -> None:
    assert weighted_sum([]) == Interval(D(0), D(0))
