"""A number and what belongs to it: decimals, multiplier, unit, sign, in the often damaged print of converted documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.extraction.numbers import NotANumber, digits_value, half_width, rounding_of_zeros

_B = r"[ \u00a0\u202f\u2009]"
_GROUPED = rf"\d{{1,3}}(?:{_B}\d{{3}}(?!\d))+|\d{{1,3}}(?:\.\d{{3}}(?!\d))+|\d+"
QUANTITY = re.compile(
    rf"(?P<sign>[-+\u2212–]{_B}?)?(?<![\d])(?P<digits>(?:{_GROUPED})(?:,\d+|\.\d+)?)"
    rf"(?P<suffix>\s*(?:\?\s*)?(?:"
    r"(?P<multiplier>milliers?|millions?|milliards?|Md|Mds|M|k)(?![a-zà-ÿA-Z]))?"
    r"(?:\s*(?:d['’]\s*|de\s+)?(?P<unit>%|‰|€|euros?\b|points?\b|pts?\b|jours?\b|ans\b|années?\b|minutes?\b|mn\b|min\b))?)"
)
_SCALES = {"millier": 3, "million": 6, "milliard": 9, "md": 9, "m": 6, "k": 3}
_UNITS = {
    "%": "%", "‰": "pour_mille", "€": "EUR", "euro": "EUR", "point": "points", "pt": "points", "jour": "jours", "an": "ans",
    "année": "ans", "minute": "minutes", "mn": "minutes", "min": "minutes",
}
_FALLS = re.compile(
    r"(?:baiss\w*|diminu\w*|recul\w*|chut\w*|r[ée]du\w*|repli\w*|d[ée]cr\w*|moins|perte|inf[ée]rieur\w*|fl[ée]ch\w*|d[ée]gringol\w*|[ée]conomi\w*)"
    r"(?:\s+(?:s['’]\w+|de|d['’]\w*|du|des|la|le|les|l['’]\w*|en|est|sont|ont|a|à|plus|pr[èe]s|environ|quelque|[ée]t[ée]|nombre|total\w*|moyenne|\w+ment)\b|\s*:|\s*\(|['’]\w*)*\s*$",
    re.IGNORECASE,
)
_APPROXIMATE = re.compile(r"(?:pr[èe]s de|environ|quelque|plus de|moins de|autour de|de l['’]ordre de)\s*$", re.IGNORECASE)
_INHERITED = re.compile(r"\(?\s*en\s+(?P<what>milliers?|millions?|milliards?|M€|k€|Md€|%|€|euros?|jours|pourcentage)(?:\s+d['’]\s?(?P<euros>euros?|€))?", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"[\wÀ-ÿ]$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number read in a passage: span of sign, digits and suffix; ``value`` and ``half_width`` in base units."""

    start: int
    end: int
    digits_start: int
    digits_end: int
    value: Decimal
    half_width: Decimal
    unit: str | None
    scaled: bool
    signed: bool
    decimals: int
    scale: Decimal


def quantities(text: str) -> Iterator[Quantity]:
    """Every number of ``text`` with its suffix; what is glued to letters before it (``C2S``) is not one."""
    for match in QUANTITY.finditer(text):
        begin = match.start("digits")
        if begin and _WORD_BEFORE.match(text[begin - 1]) and not match["sign"]:
            continue
        if found := _quantity(text, match):
            yield found


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    try:
        value, decimals = digits_value(match["digits"])
    except NotANumber:
        return None
    scale = Decimal(10) ** _SCALES[_key(match["multiplier"])] if match["multiplier"] else Decimal(1)
    unit = _UNITS[_key(match["unit"])] if match["unit"] else None
    if match["multiplier"] and len(match["multiplier"]) <= 3 and unit is None:
        unit = "EUR"
    begin = match.start("digits")
    sign = _sign(text, match)
    approximate = _APPROXIMATE.search(text[max(0, begin - 20):begin])
    width = rounding_of_zeros(value) if approximate and value and not decimals else half_width(decimals)
    end = match.end() if match["multiplier"] or match["unit"] else match.end("digits")
    return Quantity(
        match.start("sign") if sign else begin, end, begin, match.end("digits"), -value * scale if sign == "-" else value * scale,
        width * scale, unit, bool(match["multiplier"]), bool(sign), decimals, scale,
    )


def _key(word: str) -> str:
    low = word.casefold()
    return low if low in _SCALES or low in _UNITS else low.rstrip("s")


def _sign(text: str, match: re.Match[str]) -> str:
    """``+``, ``-`` or nothing: a dash that begins a bullet, or stands between two numbers or words, is not a sign."""
    printed = (match["sign"] or "").strip()
    if not printed:
        return ""
    before = text[:match.start("sign")].rstrip()
    if printed == "+":
        return "+"
    if not before or before[-1] in ":;•>" or before[-1].isalnum() or text[match.start("sign") - 1:match.start("sign")].isalnum():
        percent_cell = match["unit"] in ("%", "points", "pts", "pt") and before and (before[-1].isdigit() or before[-1] == "%")
        return "-" if percent_cell else ""
    return "-"


def falls(before: str) -> bool:
    """Whether the words just before a number say that something decreased by it."""
    return bool(_FALLS.search(before[-70:]))


def inherited(text: str) -> tuple[Decimal, str] | None:
    """Scale and unit that a header gives its cells (``en milliers d'euros``, ``(en %)``), or ``None``."""
    match = _INHERITED.search(text)
    if not match:
        return None
    what = match["what"].casefold()
    if what in ("%", "pourcentage"):
        return Decimal(1), "%"
    if what == "jours":
        return Decimal(1), "jours"
    key = what.rstrip("€").rstrip("s") or "€"
    scale = Decimal(10) ** _SCALES.get(key, 0)
    money = "€" in what or what.startswith("euro") or bool(match["euros"])
    return scale, "EUR" if money else "nombre"


def in_terms_of(quantity: Quantity, scale: Decimal, unit: str) -> Quantity:
    """A bare quantity restated in an inherited scale and unit."""
    return replace(quantity, value=quantity.value * scale, half_width=quantity.half_width * scale, unit=unit, scaled=scale != 1, scale=scale)
