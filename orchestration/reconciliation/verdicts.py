"""Whether a relation holds at the precision of print.

The tolerance is learned from print only: a relation holds when what the result may be meets what its terms
may give: `exact`, `arrondi`, or `tronque` where further decimals were cut off instead of rounded. Else it is
an `ecart`, unless the relation can only ask for a look: `a_rapprocher` (the print does not settle that both
scopes are one), `a_verifier` (out of the ordinary, read twice otherwise, or read by nobody yet).
`non_verifiable` when a term is missing. Does not belong here: why a relation fails (causes.py), how it is
told (findings.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cached_property

from orchestration.reconciliation.intervals import (
    HUNDRED,
    EmptyQuotient,
    Interval,
    difference,
    evolution,
    quotient,
    scaled,
    share,
    truncated,
    weighted_sum,
)
from orchestration.reconciliation.means import weighted_mean
from orchestration.reconciliation.terms import BOUNDS, MEANS, ONLY_MARKS, QUOTIENTS, SUMS, Relation, Term

EXACT, ROUNDED, TRUNCATED, GAP, UNVERIFIABLE = "exact", "arrondi", "tronque", "ecart", "non_verifiable"
TO_RECONCILE, TO_LOOK_AT = "a_rapprocher", "a_verifier"
VERDICTS = (EXACT, ROUNDED, TRUNCATED, GAP, TO_RECONCILE, TO_LOOK_AT, UNVERIFIABLE)
TRUNCATABLE = QUOTIENTS | MEANS | {"repetition"}
_NEAREST = Context(prec=60)

Widen = Callable[[Term], Interval]


@dataclass(frozen=True)
class Verdict:
    """What checking one relation gave; numbers in base units of the result."""

    relation: Relation
    verdict: str
    recomputed: Decimal | None = None
    reason: str = ""

    @cached_property
    def enclosure(self) -> Interval | None:
        """What the terms allow the result to be; None when nothing could be recomputed."""
        return None if self.recomputed is None else enclose(self.relation, rounded)

    @cached_property
    def tolerance(self) -> Decimal | None:
        """The largest |gap| that print could explain; None when nothing could be recomputed."""
        if self.recomputed is None or self.enclosure is None:
            return None
        return _tolerance(self.relation, self.enclosure, self.recomputed)

    @property
    def holds(self) -> bool:
        """Whether print and arithmetic agree (a relation that could not be checked does not hold)."""
        return self.verdict in (EXACT, ROUNDED, TRUNCATED)

    @property
    def fails(self) -> bool:
        """Whether print and arithmetic contradict each other."""
        return self.verdict == GAP

    @property
    def truncated(self) -> bool:
        """Whether the relation holds because further decimals were cut off."""
        return self.verdict == TRUNCATED

    @property
    def gap(self) -> Decimal | None:
        """Printed minus recomputed, None when nothing could be recomputed."""
        printed = self.relation.result.value
        return (
            None
            if printed is None or self.recomputed is None
            else _NEAREST.subtract(printed, self.recomputed)
        )


def judge(relation: Relation) -> Verdict:
    """The verdict on one relation; never raises for a relation that terms.read_relations accepted."""
    if missing := relation.missing:
        places = ", ".join(term.printed for term in missing)
        return Verdict(relation, UNVERIFIABLE, reason=f"terme sans valeur : {places}")
    try:
        centre = recompute(relation)
        verdict = _compare(relation, centre)
    except EmptyQuotient:
        reason = "ses bornes se contredisent" if relation.nature in BOUNDS else "la base peut être nulle"
        return Verdict(relation, UNVERIFIABLE, reason=reason)
    return Verdict(relation, verdict, centre)


def judge_all(relations: Iterable[Relation]) -> list[Verdict]:
    """The verdicts, in the order of the relations."""
    return [judge(relation) for relation in relations]


def _compare(relation: Relation, centre: Decimal) -> str:
    """Sums and bounds that hold exactly need no interval; a quotient does, which may be empty."""
    if relation.nature == "seconde_lecture" and relation.scopes:
        return TO_LOOK_AT
    exact = _is_exact(relation, centre)
    if exact and relation.nature in SUMS | BOUNDS:
        return EXACT
    enclosure = enclose(relation, rounded)
    if exact:
        return EXACT
    if not printed_alike(relation):
        if enclosure.meets(rounded(relation.result)):
            return ROUNDED
        if relation.nature in TRUNCATABLE and _holds_truncated(relation):
            return TRUNCATED
    return _contradiction(relation)


def printed_alike(relation: Relation) -> bool:
    """Whether two prints of one figure show it at the same precision: they are then equal or contradict each
    other.
    """
    parts = [term.number for term in relation.parts]
    return (
        relation.nature == "repetition"
        and len(parts) == 1
        and relation.result.number is not None
        and parts[0] is not None
        and parts[0].half_width == relation.result.number.half_width
    )


def _contradiction(relation: Relation) -> str:
    """What a relation that does not hold asks for: a look where nobody read the figures, a finding
    elsewhere.
    """
    if relation.nature in ONLY_MARKS or any(
        term.number and not term.number.reviewed for term in relation.terms
    ):
        return TO_LOOK_AT
    return TO_RECONCILE if relation.scopes else GAP


def _holds_truncated(relation: Relation) -> bool:
    widen = cut_off if relation.nature == "repetition" else rounded
    return enclose(relation, widen).meets(cut_off(relation.result))


def rounded(term: Term) -> Interval:
    """What the true value may be when print was rounded."""
    if term.interval is None:
        raise ValueError(f"the term {term.printed} has no value")
    return term.interval


def cut_off(term: Term) -> Interval:
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
    if relation.nature in BOUNDS:
        return _allowed(relation, widen)
    if relation.nature in MEANS:
        return weighted_mean(relation.parts, widen)
    term, base = total(relation.having("terme"), widen), total(relation.having("base"), widen)
    if relation.nature in ("part", "atteinte"):
        return share(term, base)
    if relation.nature == "ratio":
        return scaled(quotient(term, base), relation.result.weight)
    return evolution(term, base) if relation.is_percentage else difference(term, base)


def _allowed(relation: Relation, widen: Widen) -> Interval:
    """What lies between the least minimum and the greatest maximum; an end that nothing bounds is the
    result's own.

    Terms of one pair are summed: the parts that a whole is never less than.
    """
    result = widen(relation.result)
    lows = [bound.low for bound in _bounds(relation, "minimum", widen)]
    highs = [bound.high for bound in _bounds(relation, "maximum", widen)]
    low = min(lows) if lows else min(result.low, *highs)
    high = max(highs) if highs else max(result.high, *lows)
    if low > high:
        raise EmptyQuotient("the bounds contradict each other")
    return Interval(low, high)


def _bounds(relation: Relation, role: str, widen: Widen) -> list[Interval]:
    terms = relation.having(role)
    return [
        total(tuple(t for t in terms if t.pair == pair), widen) for pair in sorted({t.pair for t in terms})
    ]


def recompute(relation: Relation) -> Decimal:
    """The result that the central values of the parts give; for bounds, the nearest that they allow.

    Raises EmptyQuotient when the base is zero.
    """
    if relation.nature in SUMS:
        return _weighed(relation.parts)
    if relation.nature in BOUNDS:
        return _nearest_allowed(relation)
    if relation.nature in MEANS:
        enclosure = weighted_mean(relation.parts, _centre)
        return enclosure.low if enclosure.low == enclosure.high else enclosure.centre
    term, base = _weighed(relation.having("terme")), _weighed(relation.having("base"))
    if relation.nature == "evolution" and not relation.is_percentage:
        return _NEAREST.subtract(term, base)
    if not base:
        raise EmptyQuotient("the base is zero")
    factor = relation.result.weight if relation.nature == "ratio" else HUNDRED
    found = _NEAREST.divide(_NEAREST.multiply(factor, term), base)
    return _NEAREST.subtract(found, HUNDRED) if relation.nature == "evolution" else found


def _weighed(terms: Iterable[Term]) -> Decimal:
    """`sum(weight x term)` of the central values."""
    found = Decimal(0)
    for term in terms:
        found = _NEAREST.fma(term.weight, _value(term), found)
    return found


def _nearest_allowed(relation: Relation) -> Decimal:
    """What the bounds allow that is nearest to the printed result."""
    result = _value(relation.result)
    lows, highs = _limits(relation, "minimum"), _limits(relation, "maximum")
    low = min(lows) if lows else min(result, *highs)
    high = max(highs) if highs else max(result, *lows)
    if low > high:
        raise EmptyQuotient("the bounds contradict each other")
    return min(max(result, low), high)


def _limits(relation: Relation, role: str) -> list[Decimal]:
    """The central values of the bounds of one role; terms of one pair are one bound."""
    terms = relation.having(role)
    if len(terms) < 2:
        return [_weighed(terms)] if terms else []
    return [_weighed(t for t in terms if t.pair == pair) for pair in {t.pair for t in terms}]


def _centre(term: Term) -> Interval:
    value = _value(term)
    return Interval(value, value)


def _value(term: Term) -> Decimal:
    value = term.value
    if value is None:
        raise ValueError(f"the term {term.printed} has no value")
    return value


def total(terms: tuple[Term, ...], widen: Widen = rounded) -> Interval:
    """`sum(weight x term)`, each term widened by `widen`."""
    return weighted_sum((term.weight, widen(term)) for term in terms)


def _is_exact(relation: Relation, centre: Decimal) -> bool:
    """Equality without the last digit that a division leaves behind."""
    printed = relation.result.value
    if printed is None or printed == centre:
        return printed is not None
    scale = max(abs(printed), Decimal(1))
    return abs(_NEAREST.subtract(printed, centre)) <= scale * Decimal("1e-40")


def _tolerance(relation: Relation, enclosure: Interval, centre: Decimal) -> Decimal:
    """The half-width of print plus the room that the terms leave on the side of the printed result."""
    result = rounded(relation.result)
    printed = result.centre
    room = enclosure.high - centre if printed >= centre else centre - enclosure.low
    return _NEAREST.add(room, result.half_width)
