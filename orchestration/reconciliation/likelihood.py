"""Which figure of a failing relation is the likely wrong one, where several could be: by the digits that one
slip reaches, by how round and how large figures are, and by what its row, its column, its block and its other
years print.

Belongs here: weighing figures that the relations leave open. Does not belong here: which are open
(standings.py), whether the weight is enough to name one (causes.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from orchestration.reconciliation.context import ReportContext, column_of
from orchestration.reconciliation.digits import one_digit_away, shown_digits
from orchestration.reconciliation.standings import Standing
from orchestration.reconciliation.terms import Address, PrintedNumber

#: One error in fifty is no wrong digit but something rarer.
RARE = 0.02
#: A value nearer than this to an end of what is allowed explains nothing.
LEAST_CENTRAL = 0.1
#: How far, in log space, a figure usually moves from one year to the next; no column is held steadier than
#: the second.
YEARLY, STEADIEST = 0.12, 0.05
#: No evidence of likeness is surer than this (log).
MOST_GAIN = 20.0
#: Rows beside its own from which the usual step between two columns is learned; cells from which the usual
#: size of a column is.
FEWEST_ROWS, FEWEST_CELLS = 3, 4
#: By the zeros at its end, how much likelier a figure is than chance has it (log): amounts are often round.
ROUNDNESS = (0.0, 0.2, 1.0, 2.0)
#: Small figures are commoner than large ones (the law of first digits), but not in every column.
SMALLNESS = 0.5
#: Nothing at all is printed about as often as this figure.
RARE_ZERO = 100.0
#: Two prints of one figure are one figure: what speaks for its one value is counted at both.
SHARED = 0.25
#: What a column says of the size of a figure counts for less than its own row and years do.
OF_COLUMN = 0.3


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
    weight: float = 1.0


def weigh(standing: Standing, context: ReportContext, *, repeated: bool = False) -> Weight:
    """How likely one wrong digit made this figure what it is, among all wrong digits that it could have;
    `repeated` where it is weighed against another print of itself.
    """
    number = standing.number
    reached = tuple(value for value in one_digit_away(number) if _central(value, standing) >= LEAST_CENTRAL)
    counted = SHARED if repeated else 1.0
    total, witness, strongest = 0.0, None, 0.0
    for value in reached or (standing.expected,):
        gain, strength, speaks = _gain(number, value, context)
        total += max(_central(value, standing) if reached else 0.0, RARE) * math.exp(counted * gain)
        if strength > strongest:
            strongest, witness = strength, speaks
    return Weight(math.log(total) - math.log(9 * max(len(shown_digits(number)), 1)), reached, witness)


def _gain(
    number: PrintedNumber, value: Decimal, context: ReportContext
) -> tuple[float, float, PrintedNumber | None]:
    """How much likelier `value` is than what is printed (log); the print that speaks most for it, and how
    much.
    """
    gain = _roundness(number.with_value(value)) - _roundness(number)
    gain += SMALLNESS * (_size(number, number.value) - _size(number, value))
    strongest, witness = 0.0, None
    for one, told in _compared(number, value, context):
        gain += told
        if told > strongest and one.weight == 1:
            strongest, witness = told, one.other
    return max(-MOST_GAIN, min(MOST_GAIN, gain)), strongest, witness


def _roundness(number: PrintedNumber) -> float:
    digits = shown_digits(number)
    zeros = len(digits) - len(digits.rstrip("0")) if len(digits) > 1 else 0
    return ROUNDNESS[min(zeros, len(ROUNDNESS) - 1)]


def _size(number: PrintedNumber, value: Decimal | None) -> float:
    """How large a count or an amount is (log); a rate has no size to speak of."""
    return math.log(abs(float(value)) if value else RARE_ZERO) if number.unit in ("nombre", "EUR") else 0.0


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
) -> Iterator[tuple[_Comparison, float]]:
    """How much better `value` goes with other prints of the report than what is printed; each print once.

    Nothing at all goes with any print as well as what is usual beside it.
    """
    if value <= 0 or number.value is None or number.value < 0:
        return
    told: dict[Address, tuple[_Comparison, float]] = {}
    for one in (*_columns(number, context), *_years(number, context), *_column(number, context)):
        usual = number.value or Decimal(math.exp(math.log(float(one.other.value or 1)) + one.step))
        gain = one.weight * (_fit(value, one, number.unit) - _fit(usual, one, number.unit))
        before = told.get(one.other.place)
        if before is None or abs(gain) > abs(before[1]):
            told[one.other.place] = one, gain
    yield from told.values()


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
    """The cells of its row beside which it keeps the steadiest step in the other rows, or that keep theirs
    beside it: what two columns say of each other counts for both.
    """
    rows = context.rows.get(number.block, {})
    mine = rows.get(number.line, [])
    at = next((i for i, cell in enumerate(mine) if cell.place == number.place), 0)
    units = [cell.unit for cell in mine]
    others = [row for row in rows.values() if row is not mine and [cell.unit for cell in row] == units]
    if len(others) < FEWEST_ROWS:
        return
    steadiest = _steadiest(mine, others, at)
    for rank, cell in enumerate(mine):
        back = _steadiest(mine, others, rank) if rank != at and cell.unit == number.unit else None
        if steadiest is not None and rank == steadiest[0]:
            yield _Comparison(cell, steadiest[1], steadiest[2])
        elif back is not None and back[0] == at and _comparable(cell, number):
            yield _Comparison(cell, -back[1], back[2])


def _steadiest(
    mine: Sequence[PrintedNumber], others: Sequence[Sequence[PrintedNumber]], at: int
) -> tuple[int, float, float] | None:
    """The rank of the cell to which the cell at a rank keeps the steadiest step in other rows, the step and
    how widely it varies.
    """
    found = []
    for rank, mate in enumerate(mine):
        if rank == at or not _comparable(mate, mine[at]):
            continue
        steps = list(_steps([(row[at].value, row[rank].value) for row in others]))
        if len(steps) >= FEWEST_ROWS:
            middle = median(steps)
            spread = max(1.48 * median(abs(step - middle) for step in steps), STEADIEST)
            found.append((rank, middle, spread))
    return min(found, key=lambda one: one[2], default=None)


def _comparable(mate: PrintedNumber, number: PrintedNumber) -> bool:
    return mate.unit == number.unit and mate.nature != "evolution" and (mate.value or 0) > 0


def _column(number: PrintedNumber, context: ReportContext) -> Iterator[_Comparison]:
    """The cell of its column that is in the middle of the others by size; evolutions have no usual size."""
    cells = [
        (math.log(float(other.value)), other)
        for other in context.columns.get(column_of(number), ())
        if other.place != number.place and other.value is not None and other.value > 0
    ]
    if len(cells) < FEWEST_CELLS or number.nature == "evolution":
        return
    middle = median(size for size, _ in cells)
    spread = max(1.48 * median(abs(size - middle) for size, _ in cells), 2 * STEADIEST)
    size, nearest = min(cells, key=lambda cell: (abs(cell[0] - middle), cell[1].place))
    yield _Comparison(nearest, middle - size, spread, OF_COLUMN)


def _steps(pairs: Sequence[tuple[Decimal | None, Decimal | None]]) -> Iterator[float]:
    for left, right in pairs:
        if left and right and left > 0 and right > 0:
            yield math.log(float(left)) - math.log(float(right))
