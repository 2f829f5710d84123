"""The strict number grammar of French print.

A printed number is an optional sign, digits in groups of exactly three with one kind of separator, a decimal comma (or a
point where it cannot be a group), an optional multiplier and unit. It becomes a ``Decimal`` with the decimals shown and the
rounding half-width; what the grammar refuses, it refuses with a reason. Nothing here knows documents or templates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

#: Blanks that print uses inside a number; tabs and line ends never are.
BLANKS = " \u00a0\u202f\u2009"
SIGNS = "-\u2212+"
#: What the warehouse stores exactly; no report prints half of it.
MAX_DIGITS = 18

MULTIPLIERS: dict[str, tuple[Decimal, str | None]] = {
    "millier": (Decimal(10**3), None),
    "million": (Decimal(10**6), None),
    "milliard": (Decimal(10**9), None),
    "k€": (Decimal(10**3), "EUR"),
    "M€": (Decimal(10**6), "EUR"),
    "Md€": (Decimal(10**9), "EUR"),
}

#: Printed unit signs and the unit of the data contract.
UNIT_SIGNS: dict[str, str] = {
    "%": "%", "‰": "pour_mille", "€": "EUR", "euros": "EUR", "euro": "EUR",
    "points": "points", "point": "points", "pts": "points", "pt": "points",
    "jours": "jours", "jour": "jours", "ans": "ans", "minutes": "minutes", "minute": "minutes",
}

#: One printed number without sign or unit: grouped by one separator, or plain digits, then decimals.
NUMBER = (
    r"(?:\d{1,3}(?:(?: \d{3})+|(?:\u00a0\d{3})+|(?:\u202f\d{3})+|(?:\u2009\d{3})+|(?:\.\d{3})+)|\d+)"
    r"(?:,\d+|\.(?!\d{3}(?!\d))\d+)?"
)
_NUMBER = re.compile(NUMBER)
_SHAPE = re.compile(
    rf"(?P<sign>[{SIGNS}]?)[{BLANKS}]*(?P<digits>[\d.,{BLANKS}]*\d)", re.ASCII
)
#: What may follow a number and belong to it: multiplier words, then a unit sign.
SUFFIX = re.compile(
    r"\s*(?P<multiplier>(?:milliers?|millions?|milliards?)(?!\w)|k€|M€|Md€)?"
    r"(?:\s*(?:d['’]\s*)?(?P<unit>%|‰|€|euros?(?!\w)))?"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as understood: ``value`` and ``half_width`` in base units, ``unit`` when the print shows it."""

    value: Decimal
    decimals: int
    half_width: Decimal
    unit: str | None = None


class NotANumber(ValueError):
    """The text is not a number of the grammar; ``str(error)`` is the reason."""


def digits_value(text: str) -> tuple[Decimal, int]:
    """Read unsigned digits (``1 816,5``) as ``(value, decimals shown)``.

    Raises ``NotANumber`` with the reason when groups, separators or decimals break the grammar.
    """
    if not _NUMBER.fullmatch(text):
        raise NotANumber(_why_not(text))
    whole, _, decimals = _split_decimals(text)
    if len(text) > MAX_DIGITS and sum(map(str.isdigit, text)) > MAX_DIGITS:
        raise NotANumber(f"{text[:MAX_DIGITS]!r}... has more than {MAX_DIGITS} digits")
    return Decimal("".join(c for c in whole if c.isdigit()) + (f".{decimals}" if decimals else "")), len(decimals)


def _split_decimals(text: str) -> tuple[str, str, str]:
    if "," in text:
        return text.partition(",")
    head, point, tail = text.rpartition(".")
    is_group = len(tail) == 3 and "," not in text and _NUMBER.fullmatch(head or "x") and not any(b in head for b in BLANKS)
    if not point or is_group:
        return text, "", ""
    return head, point, tail


def _why_not(text: str) -> str:
    if not any(c.isdigit() for c in text):
        return f"{text!r} holds no digit"
    blanks = {c for c in text if c in BLANKS}
    if len(blanks) > 1 or (blanks and "." in text.rpartition(",")[0]):
        return f"{text!r} mixes separators of thousands"
    if text.count(",") > 1:
        return f"{text!r} has two decimal commas"
    return f"« {text} » n'est pas en groupes de trois chiffres avec au plus une partie décimale"


def parse_number(text: str) -> Number:
    """Parse a signed number with its multiplier and unit (``- 49,0 %``, ``1,8 million``) into base units.

    The half-width is half a unit of the last digit shown, times the multiplier. Raises ``NotANumber`` with the reason.
    """
    match = _SHAPE.match(text.strip())
    if not match:
        raise NotANumber(_why_not(text))
    value, decimals = digits_value(match["digits"])
    suffix = text.strip()[match.end():]
    scale, unit = read_suffix(suffix)
    if match["sign"] and match["sign"] in "-\u2212":
        value = -value
    return Number(value * scale, decimals, half_width(decimals) * scale, unit)


def read_suffix(suffix: str) -> tuple[Decimal, str | None]:
    """Read ``millions d'euros``, ``%``, ``k€`` ... as ``(scale, unit)``; raises ``NotANumber`` on anything else."""
    match = SUFFIX.fullmatch(suffix.rstrip())
    if match:
        return _scale_and_unit(match["multiplier"], match["unit"])
    word = suffix.strip()
    if word in UNIT_SIGNS:
        return Decimal(1), UNIT_SIGNS[word]
    raise NotANumber(f"{word!r} is neither a multiplier nor a unit")


def _scale_and_unit(multiplier: str | None, unit: str | None) -> tuple[Decimal, str | None]:
    sign = UNIT_SIGNS[unit] if unit else None
    if not multiplier:
        return Decimal(1), sign
    key = multiplier if multiplier in MULTIPLIERS else multiplier.rstrip("s")
    scale, implied = MULTIPLIERS[key]
    return scale, sign or implied


def half_width(decimals: int) -> Decimal:
    """Half a unit of the last digit shown: ``0`` decimals -> ``0.5``, ``2`` -> ``0.005``."""
    return Decimal(5).scaleb(-decimals - 1)


def rounding_of_zeros(value: Decimal) -> Decimal:
    """Half the place of the last non-zero digit: ``194000`` -> ``500``; the width of a number printed as approximate."""
    step = Decimal(1)
    while value and value % (step * 10) == 0:
        step *= 10
    return step / 2
