"""Which figure of a failing relation is the likely wrong one, where several could be: by the digits that one
slip reaches, and by what its row, its column and its other years print.

Belongs here: weighing figures that the relations leave open. Does not belong here: which are open
(standings.py), whether the weight is enough to name one (causes.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from orchestration.reconciliation.context import ReportContext
from orchestration.reconciliation.digits import one_digit_away, shown_digits
from orchestration.reconciliation.standings import Standing
from orchestration.reconciliation.terms import PrintedNumber

#: One error in fifty is no wrong digit but something rarer.
RARE = 0.02
#: A value nearer than this to an end of what is allowed explains nothing.
LEAST_CENTRAL = 0.1
#: How far, in log space, a figure usually moves from one year to the next; no column is held steadier than
#: the second.
YEARLY, STEADIEST = 0.12, 0.05
#: Rows beside its own from which the usual step between two columns is learned.
FEWEST_ROWS = 3


@dataclass(frozen=True)
class Weight:
    """How a figure weighs as the wrong one (log), what it would have to be, and the print that speaks for
    it.
    """

    log: float
    reached: tuple[Decimal, ...]
    witness: PrintedNumber | None = None


@dataclass(frozen=True)
class _Comparison:
    """A figure to compare with: what usually lies between it and ours in log space, and how widely."""

    other: PrintedNumber
    step: float
    spread: float


def weigh(standing: Standing, context: ReportContext) -> Weight:
    """How likely one wrong digit made this figure what it is, among all wrong digits that it could have."""
    number = standing.number
    away = list(one_digit_away(number))
    reached = tuple(value for value in away if _central(value, standing) >= LEAST_CENTRAL)
    central = sum(_central(value, standing) for value in reached)
    chance = math.log(max(central, RARE) / (9 * max(len(shown_digits(number)), 1)))
    told = [_compared(number, value, context) for value in reached or (standing.expected,)]
    gain, witness = max(told, key=lambda one: one[0])
    return Weight(chance + gain, reached, witness)


def _central(value: Decimal, standing: Standing) -> float:
    """1 in the middle of what is allowed, 0 at its ends, where every other rounding must go one way."""
    width = standing.allowed.half_width
    if not standing.allows(value):
        return 0.0
    return 1.0 if not width else 1 - float(abs(value - standing.allowed.centre) / width)


def portions(weights: Sequence[Weight]) -> list[float]:
    """The weights as shares of one."""
    most = max(weight.log for weight in weights)
    odds = [math.exp(weight.log - most) for weight in weights]
    return [one / sum(odds) for one in odds]


def _compared(
    number: PrintedNumber, value: Decimal, context: ReportContext
) -> tuple[float, PrintedNumber | None]:
    """How much better `value` goes with the rest of the report than what is printed, by the comparison that
    says most.
    """
    if value <= 0 or not number.value or number.value <= 0:
        return 0.0, None
    best: tuple[float, PrintedNumber | None] = (0.0, None)
    for one in (*_columns(number, context), *_years(number, context)):
        gain = _fit(value, one, number.unit) - _fit(number.value, one, number.unit)
        if abs(gain) > abs(best[0]):
            best = gain, one.other
    return best


def _fit(value: Decimal, comparison: _Comparison, unit: str) -> float:
    """Log density (Student, three degrees of freedom) of a value beside another; counts also vary by
    chance.
    """
    other = float(comparison.other.value or 1)
    chance = 1 / max(float(value), 0.5) + 1 / other if unit == "nombre" else 0.0
    spread = math.hypot(comparison.spread, math.sqrt(chance))
    distance = (math.log(float(value)) - math.log(other) - comparison.step) / spread
    return -2 * math.log1p(distance**2 / 3) - math.log(spread)


def _years(number: PrintedNumber, context: ReportContext) -> Iterator[_Comparison]:
    """The same figure of other periods."""
    for other in context.same_figure.get((number.indicator, number.members, number.unit), ()):
        if other.place != number.place and other.period != number.period and (other.value or 0) > 0:
            yield _Comparison(other, 0.0, YEARLY)


def _columns(number: PrintedNumber, context: ReportContext) -> Iterator[_Comparison]:
    """The other cell of its row to which its column keeps the steadiest step in the other rows."""
    rows = context.rows.get(number.block, {})
    mine = rows.get(number.line, [])
    at = next((i for i, cell in enumerate(mine) if cell.place == number.place), 0)
    units = [cell.unit for cell in mine]
    others = [row for row in rows.values() if row is not mine and [cell.unit for cell in row] == units]
    found = []
    for rank, mate in enumerate(mine):
        if rank == at or mate.unit != number.unit or mate.nature == "evolution" or (mate.value or 0) <= 0:
            continue
        steps = list(_steps([(row[at].value, row[rank].value) for row in others]))
        if len(steps) >= FEWEST_ROWS:
            middle = median(steps)
            spread = max(1.48 * median(abs(step - middle) for step in steps), STEADIEST)
            found.append(_Comparison(mate, middle, spread))
    yield from sorted(found, key=lambda one: one.spread)[:1]


def _steps(pairs: Sequence[tuple[Decimal | None, Decimal | None]]) -> Iterator[float]:
    for left, right in pairs:
        if left and right and left > 0 and right > 0:
            yield math.log(float(left)) - math.log(float(right))
