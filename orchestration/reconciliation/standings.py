"""What the rest of a report says of each figure of a failing relation: accused by others that fail, cleared
by those that hold.

Belongs here: one figure at a time, the values that repair every relation it can repair, and the relations
that forbid them. Does not belong here: which slip of a hand made the error (hypotheses.py), which figure is
named in the end (causes.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from orchestration.reconciliation.context import ReportContext, printable, required
from orchestration.reconciliation.digits import print_unit
from orchestration.reconciliation.intervals import Interval, around
from orchestration.reconciliation.terms import BOUNDS, Address, PrintedNumber, Relation
from orchestration.reconciliation.verdicts import TO_RECONCILE, Verdict, judge
from orchestration.reconciliation.wording import at_print


@dataclass(frozen=True)
class Standing:
    """One figure under suspicion: what it may have been, the failing relations this repairs, the holding ones
    it breaks, the holding ones that it keeps (bounds keep nearly anything, and are not told).

    `unrepaired` are failing relations of the figure that no such value repairs; `bounded` tells that only
    bounds accuse it, which say that it is wrong and never what it should be.
    """

    number: PrintedNumber
    allowed: Interval
    restored: tuple[str, ...]
    kept: tuple[str, ...]
    broken: tuple[str, ...]
    signed: bool = False
    unrepaired: tuple[str, ...] = ()
    bounded: bool = False

    @property
    def possible(self) -> bool:
        """Whether nothing printed clears the figure, and what it should be can be printed: a count is never
        negative.
        """
        return not self.broken and (self.signed or self.allowed.high >= 0)

    @property
    def expected(self) -> Decimal:
        """What should be printed: the middle of what is allowed, at the precision of print."""
        return at_print(self.allowed.centre, self.number)

    @property
    def nearest(self) -> Decimal:
        """The value that can be printed and is allowed, nearest to what is."""
        step = print_unit(self.number.value or Decimal(0), self.number.half_width)
        if (self.number.value or Decimal(0)) > self.allowed.high:
            return (self.allowed.high / step).to_integral_value(ROUND_FLOOR) * step
        return (self.allowed.low / step).to_integral_value(ROUND_CEILING) * step

    def allows(self, value: Decimal) -> bool:
        """Whether `value` could have been printed in the figure's place."""
        return self.allowed.contains(value)


def standings(verdict: Verdict, context: ReportContext) -> list[Standing]:
    """The standing of every figure of a failing relation that can be solved for."""
    return [_standing(number, wanted, verdict, context) for number, wanted in context.suspects(verdict)]


def _standing(number: PrintedNumber, wanted: Interval, verdict: Verdict, context: ReportContext) -> Standing:
    allowed = printable(verdict.relation, number, wanted)
    found: dict[str, list[str]] = {
        "restored": [verdict.relation.key],
        "kept": [],
        "broken": [],
        "unrepaired": [],
    }
    bounded = verdict.relation.nature in BOUNDS
    for other, place in _others(number, verdict, context):
        room = _room(other.relation, place)
        if room is None:
            continue
        common = _common(allowed, room)
        if common is None and other.truncated and _still_cut_off(other.relation, place, allowed, number):
            found["kept"].append(other.relation.key)
            continue
        allowed = common or allowed
        said = _says(other, number, room, repairs=common is not None)
        if _counts(other, said):
            found[said].append(other.relation.key)
            bounded &= said != "restored" or other.relation.nature in BOUNDS
    evolves = verdict.relation.nature == "evolution" and number.place == verdict.relation.result.place
    signed = number.nature == "evolution" or evolves or (number.value or 0) < 0
    told = {name: tuple(keys) for name, keys in found.items()}
    return Standing(
        number, allowed, told["restored"], told["kept"], told["broken"], signed, told["unrepaired"], bounded
    )


def _counts(other: Verdict, said: str) -> bool:
    """Whether what a relation says is told: bounds keep nearly anything, and a gap between scopes that print
    does not settle speaks for what mends it alone.
    """
    if other.verdict == TO_RECONCILE:
        return said == "restored"
    return said != "kept" or other.relation.nature not in BOUNDS


def _says(other: Verdict, number: PrintedNumber, room: Interval, *, repairs: bool) -> str:
    """What another relation says of a correction: it holds as well, or breaks; a print that differs by a last
    digit confirms.
    """
    if repairs:
        return "kept" if other.holds else "restored"
    step = 2 * print_unit(number.value or Decimal(0), number.half_width)
    near = other.relation.nature == "repetition" and room.distance(around(number.value or Decimal(0))) <= step
    return "broken" if other.holds or near else "unrepaired"


def _others(number: PrintedNumber, verdict: Verdict, context: ReportContext) -> list[tuple[Verdict, Address]]:
    """The other relations that speak of the figure, those that fail first; with the place where each prints
    it.

    A print that repeats the figure and is accused itself repeats the error: it confirms nothing, and what
    accuses it counts.
    """
    found: dict[str, tuple[Verdict, Address]] = {}
    for other in context.by_place.get(number.place, ()):
        twins = _accused_twins(other, number, context)
        for twin in twins:
            found.update({v.relation.key: (v, twin) for v in context.by_place[twin] if v.fails})
        if not twins and (other.holds or other.fails or other.verdict == TO_RECONCILE):
            found[other.relation.key] = (other, number.place)
    found.pop(verdict.relation.key, None)
    return sorted(found.values(), key=lambda one: (one[0].holds, not one[0].fails))


def _accused_twins(other: Verdict, number: PrintedNumber, context: ReportContext) -> list[Address]:
    if other.relation.nature != "repetition" or not other.holds:
        return []
    twins = sorted(other.relation.places - {number.place})
    return [twin for twin in twins if any(verdict.fails for verdict in context.by_place.get(twin, ()))]


def _room(relation: Relation, place: Address) -> Interval | None:
    """What could be printed at an address for the relation to hold; None when it says nothing of it."""
    term = next(term for term in relation.terms if term.place == place)
    wanted = required(relation, term)
    return None if wanted is None or term.number is None else printable(relation, term.number, wanted)


def _still_cut_off(relation: Relation, place: Address, allowed: Interval, number: PrintedNumber) -> bool:
    """Whether a relation that holds by decimals cut off holds so with what is allowed, too."""
    return judge(relation.substituted({place: at_print(allowed.centre, number)})).holds


def _common(left: Interval, right: Interval) -> Interval | None:
    return Interval(max(left.low, right.low), min(left.high, right.high)) if left.meets(right) else None
