"""A number and what belongs to it: decimals, multiplier, unit, sign, in the often damaged print of converted documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from orchestration.extraction.numbers import NotANumber, digits_value, half_width, rounding_of_zeros

_B = r"[ \u00a0\u202f\u2009]"
_GROUPED = rf"\d{{1,3}}(?:{_B}\d{{3}}(?!\d))+|\d{{1,3}}(?:\.\d{{3}}(?!\d))+|\d+"
#: As in a sentence, where two or three blanks may stand inside a number.
_LOOSE = rf"\d{{1,3}}(?:{_B}{{1,3}}\d{{3}}(?!\d))+|\d{{1,3}}(?:\.\d{{3}}(?!\d))+|\d+"
_BLANKS = re.compile(rf"{_B}+")
_SUFFIX = (
    r"(?P<suffix>\s*(?:"
    r"(?P<multiplier>milliers?|millions?|milliards?|mille(?!\s\d)|Mds?|M(?!')|[kK])(?![a-zà-ÿA-Z]))?"
    r"(?:\s*(?:d'\s*|de\s+)?(?P<unit>%|‰|€|euros?(?!p)|pour\s?cent\b|pour\smille\b|points?\b|pts?\b|jours?\b"
        r"|ans\b|années?\b|minutes?\b|mn\b|min\b"
    r"|secondes?\b|km2?\b|km²|m²|m2\b|kms\b|kg\b|tonnes?\b|heures?\b|litres?\b|[kMG]Wh\b|mois\b|semaines?\b))?)"
)
_SIGN = rf"(?P<sign>(?:[-+\u2212–]{_B}?))?"


def _pattern(digits: str) -> re.Pattern[str]:
    return re.compile(rf"{_SIGN}(?<![\d])(?P<digits>(?:{digits})(?:,\d+|\.\d+)?){_SUFFIX}")


QUANTITY, LOOSE_QUANTITY = _pattern(_GROUPED), _pattern(_LOOSE)
_SCALES = {"mille": 3, "millier": 3, "million": 6, "milliard": 9, "md": 9, "m": 6, "k": 3}
_UNITS = {
    "%": "%", "pour cent": "%", "pourcent": "%", "‰": "pour_mille", "pour mille": "pour_mille", "€": "EUR", "euro": "EUR", "point": "points",
    "pt": "points", "jour": "jours", "an": "ans", "année": "ans", "minute": "minutes", "mn": "minutes", "min": "minutes", "seconde": "minutes",
}
_SECONDS_AFTER = re.compile(r"\s*(?:et\s+)?(\d{1,2})\s?(?:secondes?|s|sec)\b")
_FALLS = re.compile(
    r"(?:baiss\w*|diminu\w*|recul\w*|chut\w*|r[ée]du\w*|repli\w*|d[ée]cr\w*|moins|perte|inf[ée]rieur\w*|fl[ée]ch\w*"
        r"|d[ée]gringol\w*|[ée]conomi\w*)"
    r"(?:\s+(?:s'\w+|de|d'\w*|du|des|la|le|les|l'\w*|en|est|sont|ont|a|à|plus|pr[èe]s|environ|quelque|[ée]t[ée]"
        r"|nombre|total\w*|moyenne|marqu\w+|\w+ment)\b|\s*:|\s*\(|'\w*)*\s*$",
    re.IGNORECASE,
)
_APPROXIMATE = re.compile(r"(?:pr[èe]s de|environ|quelque|plus de|moins de|autour de|de l'ordre de)\s*$", re.IGNORECASE)
_INHERITED = re.compile(
    r"(?:\ben\s+|\()(?P<what>milliers?|millions?|milliards?|M€|[kK]€|Md€|%|€|euros?\b|jours\)|"
        r"pourcentages?|points)(?:\s+(?:d'|de\s+|en\s+)?\s?(?P<euros>euros?|€|jours))?",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[^\W\d]$(?<!\bx)")
_TIMES = re.compile(r"(?:\bx|×|(?:multipli|divis)\w+\s+par|facteur(?:\s+de)?)\s*$", re.IGNORECASE)
_FOLD = re.compile(r"\s*fois\s(?:plus|moins|sup[ée]rieur|inf[ée]rieur)")
#: After a short multiplier, things that are counted and not paid (``1,2 M d'assurés``).
_COUNTED = re.compile(
    r"\s*d(?:'|es?\s)\s*(?!euros?|€|prestation|d[ée]pense|remboursement|indu|frais|budget|charge|"
    r"cotisation|soin|recette|cr[ée]ance|travaux|pr[ée]judice|perte|gain|[ée]conomie|participation)[a-zà-ÿ]")


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


def quantities(text: str, loose: bool = False) -> Iterator[Quantity]:
    """Every number of ``text`` with its suffix; what is glued to letters before it (``C2S``) is not one.

    ``loose`` reads two or three blanks inside a number, as sentences of converted documents have them.
    """
    done = 0
    for match in (LOOSE_QUANTITY if loose else QUANTITY).finditer(text):
        begin = match.start("digits")
        if begin < done or (begin and not match["sign"] and _GLUED.search(text[max(0, begin - 2):begin])):
            continue
        if found := _quantity(text, match):
            done = found.end
            yield found


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    try:
        value, decimals = _digits(match["digits"])
    except NotANumber:
        return None
    unit, scale, end = _unit(text, match), Decimal(1), match.end()
    if match["multiplier"]:
        scale = Decimal(10) ** _SCALES[_key(match["multiplier"])]
    elif not match["unit"]:
        end = match.end("digits")
    width = _width(text, match.start("digits"), value, decimals)
    if unit == "minutes":
        value, width, end = _minutes(text, match, value, width)
    sign = _sign(text, match, unit)
    start = match.start("sign") if sign else match.start("digits")
    return Quantity(
        start, end, match.start("digits"), match.end("digits"), -value * scale if sign == "-" else value * scale, width * scale,
        unit, bool(match["multiplier"]), bool(sign), decimals, scale,
    )


@lru_cache(maxsize=8192)
def _digits(printed: str) -> tuple[Decimal, int]:
    return digits_value(_BLANKS.sub(" ", printed))


def _unit(text: str, match: re.Match[str]) -> str | None:
    if match["unit"]:
        return _UNITS.get(_key(" ".join(match["unit"].split())), "autre")
    if match["multiplier"] and len(match["multiplier"]) <= 3:
        short = match["multiplier"] in ("M", "k", "K")
        return None if short and _COUNTED.match(text, match.end()) else "EUR"
    if _FOLD.match(text, match.end("digits")) or _TIMES.search(text[max(0, match.start("digits") - 25):match.start("digits")]):
        return "ratio"
    return None


def _width(text: str, begin: int, value: Decimal, decimals: int) -> Decimal:
    approximate = _APPROXIMATE.search(text[max(0, begin - 20):begin])
    return rounding_of_zeros(value) if approximate and value and not decimals else half_width(decimals)


def _minutes(text: str, match: re.Match[str], value: Decimal, width: Decimal) -> tuple[Decimal, Decimal, int]:
    """Minutes and seconds together, in minutes: ``8 minutes et 49 secondes`` -> 8.8167."""
    if match["unit"].startswith("seconde"):
        return (value / 60).quantize(Decimal("0.0001")), Decimal("0.0083"), match.end()
    if seconds := _SECONDS_AFTER.match(text, match.end()):
        return value + (Decimal(seconds[1]) / 60).quantize(Decimal("0.0001")), Decimal("0.0083"), seconds.end()
    return value, width, match.end()


def _key(word: str) -> str:
    low = word.casefold()
    return low if low in _SCALES or low in _UNITS else low.rstrip("s")


def _sign(text: str, match: re.Match[str], unit: str | None) -> str:
    """``+``, ``-`` or nothing: a dash that begins a bullet, or stands between words or numbers, is not a sign."""
    printed = match["sign"] or ""
    if not printed:
        return ""
    if printed[0] in "+\u2212":
        return "+" if printed[0] == "+" else "-"
    at = match.start("sign")
    glued, relative = len(printed) == 1, unit in ("%", "points")
    before = text[:at].rstrip()
    if text[at - 1:at].isalnum() and at:
        return ""
    if not before:
        alone = not any(map(str.isalpha, text[match.end():]))
        return "-" if (relative and (glued or alone)) or (alone and glued) else ""
    if before[-1] in "(:;/" or before[-1].isalnum() or before[-1] in "%€)":
        return "-" if relative or (glued and before[-1] != ";") else ""
    return "-" if relative and glued else ""


def falls(before: str) -> bool:
    """Whether the words just before a number say that something decreased by it."""
    return bool(_FALLS.search(before[-70:]))


@lru_cache(maxsize=4096)
def inherited(text: str) -> tuple[Decimal, str] | None:
    """Scale and unit that a header gives its cells (``en milliers d'euros``, ``(en %)``), or ``None``."""
    match = _INHERITED.search(text)
    if not match:
        return None
    what = match["what"].casefold().rstrip(")")
    if what in ("%", "pourcentage", "pourcentages", "jours", "points"):
        return Decimal(1), what if what in ("jours", "points") else "%"
    money = "€" in what or what.startswith("euro") or (match["euros"] or "").casefold() in ("euros", "euro", "€")
    key = what.rstrip("€").rstrip("s") or "€"
    return Decimal(10) ** _SCALES.get(key, 0), "EUR" if money else "jours" if match["euros"] else "nombre"


def in_terms_of(quantity: Quantity, scale: Decimal, unit: str) -> Quantity:
    """A bare quantity restated in an inherited scale and unit."""
    return replace(quantity, value=quantity.value * scale, half_width=quantity.half_width * scale, unit=unit, scaled=scale != 1, scale=scale)
