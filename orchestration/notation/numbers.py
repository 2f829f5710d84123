"""The strict number grammar of French print.

A printed number is an optional sign, digits in groups of exactly three with one kind of separator, a decimal
comma (or a point where it cannot be a group), an optional multiplier and unit. It becomes a ``Decimal`` with
the decimals shown and the rounding half-width; what the grammar refuses, it refuses with a reason.
``tokens.py`` finds numbers in running text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from orchestration.notation.folding import BLANKS
from orchestration.notation.lexicon import meaning, words

SIGNS = "-\u2212+"
#: What the warehouse stores exactly; no report prints half of it.
MAX_DIGITS = 18

#: Multipliers by the names that templates use, with the unit in them.
MULTIPLIERS: dict[str, tuple[Decimal, str | None]] = {
    "millier": (Decimal(10**3), None),
    "million": (Decimal(10**6), None),
    "milliard": (Decimal(10**9), None),
    "k€": (Decimal(10**3), "EUR"),
    "M€": (Decimal(10**6), "EUR"),
    "Md€": (Decimal(10**9), "EUR"),
}


def digits(separators: str, most: str = "") -> str:
    """The pattern of unsigned digits: groups of three with one of ``separators`` (patterns, ``|`` apart),
    else plain digits, then decimals. ``most`` bounds the groups (``{1,8}``; default: one or more)."""
    groups = "|".join(rf"(?:{separator}\d{{3}}){most or '+'}" for separator in separators.split("|"))
    whole, part = (r"\d{1,24}", r"\d{1,12}") if most else (r"\d+", r"\d+")
    return rf"(?:\d{{1,3}}(?:{groups})|{whole})(?:,{part}|\.(?!\d{{3}}(?!\d)){part})?"


#: One printed number without sign or unit, on text as it stands; on folded text, where every single blank is
#: a space; and
#: with the wide, broken or doubled separators of damaged text (a letter O for a zero included).
NUMBER = digits(r" |\u00a0|\u202f|\u2009|\.|['\u2019]")
STRICT = digits(r" |\.|'", "{1,8}")
BROKEN = (
    r"(?:\d{1,3}(?:[ \v\n]\d{3}){1,8}|\d{1,24}(?:\.\d{3}){0,8})(?:[ \v\n]?,[ \v\n]?\d{1,12}|\.\d{1,12}|O)?"
)
DURATION = r"\d{1,3} ?minutes? et \d{1,2} ?secondes?"
_NUMBER = re.compile(NUMBER)
_SHAPE = re.compile(rf"(?P<sign>[{SIGNS}]?)[{BLANKS}]*(?P<digits>[\d.,'\u2019{BLANKS}]*\d)", re.ASCII)
#: What may follow a number and belong to it: multiplier words, then a unit sign.
SUFFIX = re.compile(
    r"\s*(?P<multiplier>(?:milliers?|millions?|milliards?)(?!\w)|(?:k|mds?|mrds?|m)(?=\s?(?:€|eur(?!\w))))?"
    rf"(?:\s*(?:d['’]\s*)?(?P<unit>{words('unites', attached=True)}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as understood: ``value`` and ``half_width`` in base units, ``unit`` when the print
    shows it.
    """

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
    return Decimal("".join(c for c in whole if c.isdigit()) + (f".{decimals}" if decimals else "")), len(
        decimals
    )


def _split_decimals(text: str) -> tuple[str, str, str]:
    if "," in text:
        return text.partition(",")
    head, point, tail = text.rpartition(".")
    is_group = (
        len(tail) == 3
        and "," not in text
        and _NUMBER.fullmatch(head or "x")
        and not any(b in head for b in BLANKS)
    )
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

    The half-width is half a unit of the last digit shown, times the multiplier. Raises ``NotANumber`` with
    the reason.
    """
    match = _SHAPE.match(text.strip())
    if not match:
        raise NotANumber(_why_not(text))
    value, decimals = digits_value(match["digits"])
    suffix = text.strip()[match.end() :]
    scale, unit = read_suffix(suffix)
    if match["sign"] and match["sign"] in "-\u2212":
        value = -value
    return Number(value * scale, decimals, half_width(decimals) * scale, unit)


def read_suffix(suffix: str) -> tuple[Decimal, str | None]:
    """Read ``millions d'euros``, ``%``, ``k€`` ... as ``(scale, unit)``; raises ``NotANumber`` on anything
    else.
    """
    match = SUFFIX.fullmatch(suffix.rstrip())
    if match:
        return _scale_and_unit(match["multiplier"], match["unit"])
    word = suffix.strip()
    if unit := meaning("unites", word):
        return Decimal(1), str(unit)
    raise NotANumber(f"{word!r} is neither a multiplier nor a unit")


def _scale_and_unit(multiplier: str | None, unit: str | None) -> tuple[Decimal, str | None]:
    sign = str(meaning("unites", unit)) if unit else None
    return (power(multiplier) if multiplier else Decimal(1)), sign


@lru_cache(maxsize=256)
def power(multiplier: str) -> Decimal:
    """What a multiplier of the lexicon is worth: ``Mrd`` -> 1 000 000 000."""
    return Decimal(10) ** int(meaning("multiplicateurs", multiplier) or 0)


@lru_cache(maxsize=64)
def half_width(decimals: int) -> Decimal:
    """Half a unit of the last digit shown: ``0`` decimals -> ``0.5``, ``2`` -> ``0.005``."""
    return Decimal(5).scaleb(-decimals - 1)


def rounding_of_zeros(value: Decimal) -> Decimal:
    """Half the place of the last non-zero digit: ``194000`` -> ``500``; the width of a number printed as
    approximate.
    """
    step = Decimal(1)
    while value and value % (step * 10) == 0:
        step *= 10
    return step / 2
