"""Whether a relation holds at the precision of print: `exact`, `arrondi`, `ecart` or `non_verifiable`.

The tolerance is learned from print only: a relation holds when what the result may be meets what its terms may give.
A result whose further decimals were cut off instead of rounded is told apart (`Verdict.truncated`).
Does not belong here: why a relation fails (causes.py), how it is told (findings.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Context, Decimal

from orchestration.reconciliation.intervals import (
    EmptyQuotient,
    Interval,
    around,
    difference,
    evolution,
    quotient,
    scaled,
    share,
    truncated,
    weighted_sum,
)
from orchestration.reconciliation.terms import SUMS, Relation, Term

EXACT, ROUNDED, GAP, UNVERIFIABLE = "exact", "arrondi", "ecart", "non_verifiable"
VERDICTS = (EXACT, ROUNDED, GAP, UNVERIFIABLE)
TRUNCATABLE = frozenset({"part", "evolution", "ratio", "repetition"})
_NEAREST = Context(prec=60)

Widen = Callable[[Term], Interval]


@dataclass(frozen=True)
class Verdict:
    """What checking one relation gave; numbers in base units of the result.

    `enclosure` is what the terms allow the result to be; `tolerance` is the largest |gap| that print could explain.
    """

    relation: Relation
    verdict: str
    truncated: bool = False
    recomputed: Decimal | None = None
    enclosure: Interval | None = None
    tolerance: Decimal | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether print and arithmetic agree (a relation that could not be checked does not hold)."""
        return self.verdict in (EXACT, ROUNDED)

    @property
    def fails(self) -> bool:
        """Whether print and arithmetic contradict each other."""
        return self.verdict == GAP

    @property
    def gap(self) -> Decimal | None:
        """Printed minus recomputed, None when nothing could be recomputed."""
        printed = self.relation.result.value
        return None if printed is None or self.recomputed is None else _NEAREST.subtract(printed, self.recomputed)


def judge(relation: Relation) -> Verdict:
    """The verdict on one relation; never raises for a relation that terms.read_relations accepted."""
    if relation.missing:
        places = ", ".join(term.printed for term in relation.missing)
        return Verdict(relation, UNVERIFIABLE, reason=f"terme sans valeur : {places}")
    try:
        enclosure, centre = enclose(relation, rounded), recompute(relation)
    except EmptyQuotient:
        return Verdict(relation, UNVERIFIABLE, reason="la base peut être nulle")
    verdict, cut = _compare(relation, enclosure, centre)
    return Verdict(relation, verdict, cut, centre, enclosure, _tolerance(relation, enclosure, centre))


def judge_all(relations: Iterable[Relation]) -> list[Verdict]:
    """The verdicts, in the order of the relations."""
    return [judge(relation) for relation in relations]


def _compare(relation: Relation, enclosure: Interval, centre: Decimal) -> tuple[str, bool]:
    if _is_exact(relation, centre):
        return EXACT, False
    if enclosure.meets(rounded(relation.result)):
        return ROUNDED, False
    if relation.nature in TRUNCATABLE and _holds_truncated(relation):
        return ROUNDED, True
    return GAP, False


def _holds_truncated(relation: Relation) -> bool:
    widen = cut if relation.nature == "repetition" else rounded
    return enclose(relation, widen).meets(cut(relation.result))


def rounded(term: Term) -> Interval:
    """What the true value may be when print was rounded."""
    if term.interval is None:
        raise ValueError(f"the term {term.printed} has no value")
    return term.interval


def cut(term: Term) -> Interval:
    """What the true value may be when the further decimals were cut off."""
    if term.number is None or term.value is None:
        return rounded(term)
    return truncated(term.value, term.number.half_width)


def enclose(relation: Relation, widen: Widen = rounded) -> Interval:
    """What the parts allow the result to be, each part widened by `widen`.

    Raises EmptyQuotient when a base may be zero.
    """
    if relation.nature in SUMS:
        return total(relation.parts, widen)
    term, base = total(relation.having("terme"), widen), total(relation.having("base"), widen)
    if relation.nature == "part":
        return share(term, base)
    if relation.nature == "ratio":
        return scaled(quotient(term, base), relation.result.weight)
    return evolution(term, base) if relation.is_percentage else difference(term, base)


def recompute(relation: Relation) -> Decimal:
    """The result that the central values of the parts give. Raises EmptyQuotient when the base is zero."""
    return enclose(relation, lambda term: around(rounded(term).centre)).centre


def total(terms: tuple[Term, ...], widen: Widen = rounded) -> Interval:
    """`sum(weight x term)`, each term widened by `widen`."""
    return weighted_sum((term.weight, widen(term)) for term in terms)


def _is_exact(relation: Relation, centre: Decimal) -> bool:
    """Equality without the last digit that a division leaves behind."""
    printed = relation.result.value
    if printed is None:
        return False
    scale = max(abs(printed), Decimal(1))
    return abs(_NEAREST.subtract(printed, centre)) <= scale * Decimal("1e-40")


def _tolerance(relation: Relation, enclosure: Interval, centre: Decimal) -> Decimal:
    """The half-width of print plus the room that the terms leave on the side of the printed result."""
    result = rounded(relation.result)
    printed = result.centre
    room = enclosure.high - centre if printed >= centre else centre - enclosure.low
    return _NEAREST.add(room, result.half_width)
