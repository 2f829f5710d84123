"""French for numbers and places: `4 012,5 %`, « 4 012 » (ligne 12).

Belongs here: how a value, an address and a list are written for readers. Does not belong here: what is worth
saying.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from orchestration.reconciliation.digits import print_unit
from orchestration.reconciliation.terms import PrintedNumber, Term

THIN_SPACE = "\u202f"
SIGNS = {
    "EUR": "€",
    "%": "%",
    "points": "points",
    "jours": "jours",
    "minutes": "min",
    "ans": "ans",
    "pour_mille": "‰",
}
_READABLE = Context(prec=40, rounding=ROUND_HALF_EVEN)


def french_value(value: Decimal, unit: str = "") -> str:
    """A value as French print writes it: thin spaces, decimal comma, the sign of its unit."""
    text = f"{value.normalize(_READABLE):,f}".replace(",", THIN_SPACE).replace(".", ",")
    sign = SIGNS.get(unit, "")
    return f"{text}{THIN_SPACE}{sign}" if sign else text


def at_print(value: Decimal, number: PrintedNumber) -> Decimal:
    """`value` at the last digit that the print of `number` shows."""
    unit = print_unit(number.value or Decimal(0), number.half_width)
    steps = _READABLE.divide(value, unit).to_integral_value(ROUND_HALF_EVEN)
    return _READABLE.multiply(steps, unit)


def readable(value: Decimal, digits: int = 8) -> Decimal:
    """`value` without the digits that nobody reads: at most `digits` after the comma."""
    return _READABLE.quantize(value, Decimal(1).scaleb(-digits)).normalize(_READABLE) + 0


def where(number: PrintedNumber) -> str:
    """« what is printed » (ligne n)."""
    return f"« {number.printed} » (ligne {number.line})"


def where_term(term: Term) -> str:
    """The same for a term, which may be a constant."""
    return where(term.number) if term.number else term.printed


def listed(items: Sequence[str], limit: int = 8) -> str:
    """`a, b et c`; beyond `limit` items the middle is left out."""
    if len(items) > limit:
        hidden = len(items) - limit
        return f"{', '.join(items[:limit])} et {count_words(hidden, 'autre')}"
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} et {items[-1]}"


def count_words(count: int, one: str, several: str = "") -> str:
    """`1 ligne`, `3 lignes`; `several` where an s is not enough."""
    return f"{count} {one}" if count < 2 else f"{count} {several or one + 's'}"
