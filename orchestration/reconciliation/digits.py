"""Slips of a hand that types digits: what a printed number may have been before one of them.

Works on the digits that are shown (the mantissa at the unit of print), never on digits that print hides.
Does not belong here: whether the other number would make a relation hold.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache

from orchestration.reconciliation.intervals import Interval
from orchestration.reconciliation.terms import PrintedNumber

TEN = Decimal(10)


@dataclass(frozen=True, slots=True)
class Slip:
    """A value that the printed one may stand for, and the slip that separates them."""

    kind: str
    value: Decimal


def print_unit(value: Decimal, half_width: Decimal) -> Decimal:
    """The value of one step of the last digit shown, in base units (`1,8 million` steps by 100 000)."""
    step = _step(half_width)
    if step is not None:
        return step
    exponent = value.normalize().as_tuple().exponent
    return TEN ** min(int(exponent), 0)


@lru_cache(maxsize=256)  # few precisions are printed
def _step(half_width: Decimal) -> Decimal | None:
    """Twice a half-width where that is a step of the last digit; None where print has no such precision."""
    step = 2 * half_width
    return step if half_width > 0 and step.normalize().as_tuple().digits == (1,) else None


def shown_digits(number: PrintedNumber) -> str:
    """The digits shown, without sign, separators or multiplier; empty when the number has no value."""
    return "" if number.value is None else digits_of(number.value, number.half_width)


@lru_cache(maxsize=4096)  # the same figures are asked for by every cause
def digits_of(value: Decimal, half_width: Decimal) -> str:
    """The digits that a value shows at a precision of print."""
    return str(abs(int(value / print_unit(value, half_width))))


def slips(number: PrintedNumber, allowed: Interval | None = None) -> Iterator[Slip]:
    """Every number that one slip turns into `number`, none twice for a kind; of those among the digits, only
    what is `allowed` where that is known.
    """
    if number.value is None:
        return
    yield from digit_slips(number, _DIGIT_SLIPS, allowed)
    if number.value:
        yield Slip("signe", -number.value)
    for power in (1, 2, 3):
        yield Slip("echelle", number.value * TEN**power)
        yield Slip("echelle", number.value / TEN**power)


def digit_slips(
    number: PrintedNumber, kinds: Container[str], allowed: Interval | None = None
) -> Iterator[Slip]:
    """Every number that one slip of these kinds among the digits turns into `number`, and that is `allowed`
    where that is known.
    """
    if number.value is None:
        return
    digits, unit = shown_digits(number), print_unit(number.value, number.half_width)
    sign = -1 if number.value < 0 else 1
    least, most = (0, None) if allowed is None else _steps(allowed, sign * unit)
    if most is not None and most < least:
        return
    for kind, others in _DIGIT_SLIPS.items():
        found = set(others(digits)) - {digits, ""} if kind in kinds else ()
        if unit == 1:  # a count never begins with 0
            found = {other for other in found if other == "0" or other[0] != "0"}
        for other in sorted(found if most is None else (o for o in found if least <= int(o) <= most)):
            yield Slip(kind, sign * int(other) * unit)


def _steps(allowed: Interval, unit: Decimal) -> tuple[int, int]:
    """The least and the greatest number of steps of a unit, which may be negative, that an interval holds."""
    ends = allowed.low.scaleb(-unit.adjusted()), allowed.high.scaleb(-unit.adjusted())
    low, high = ends if unit > 0 else (-ends[1], -ends[0])
    return int(low.to_integral_value(ROUND_CEILING)), int(high.to_integral_value(ROUND_FLOOR))


def one_digit_away(number: PrintedNumber) -> Iterator[Decimal]:
    """Every value that one other digit makes of a figure; the first digit of several never becomes 0."""
    digits, unit = shown_digits(number), print_unit(number.value or Decimal(0), number.half_width)
    sign = -1 if (number.value or 0) < 0 else 1
    for i, digit in enumerate(digits):
        for other in "0123456789":
            if other != digit and not (other == "0" and i == 0 and len(digits) > 1):
                yield sign * int(digits[:i] + other + digits[i + 1 :]) * unit


def _neighbours_swapped(digits: str) -> Iterator[str]:
    for i in range(len(digits) - 1):
        yield digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]


def _far_swapped(digits: str) -> Iterator[str]:
    for i in range(len(digits)):
        for j in range(i + 2, len(digits)):
            yield digits[:i] + digits[j] + digits[i + 1 : j] + digits[i] + digits[j + 1 :]


def _one_mistyped(digits: str) -> Iterator[str]:
    if len(digits) < 2:
        return
    for i in range(len(digits)):
        for digit in "0123456789":
            yield digits[:i] + digit + digits[i + 1 :]


def _one_lost(digits: str) -> Iterator[str]:
    if len(digits) < 2:
        return
    for i in range(len(digits) + 1):
        for digit in "0123456789":
            yield digits[:i] + digit + digits[i:]


def _one_too_many(digits: str) -> Iterator[str]:
    if len(digits) < 3:
        return
    for i in range(len(digits)):
        yield digits[:i] + digits[i + 1 :]


def _glued(digits: str) -> Iterator[str]:
    if len(digits) < 4:
        return
    for i in range(1, len(digits)):
        yield digits[:i]
        yield digits[i:]


_DIGIT_SLIPS = {
    "chiffres_permutes": _neighbours_swapped,
    "chiffre_errone": _one_mistyped,
    "chiffre_perdu": _one_lost,
    "chiffre_en_trop": _one_too_many,
    "cellules_collees": _glued,
    "chiffres_echanges": _far_swapped,
}
