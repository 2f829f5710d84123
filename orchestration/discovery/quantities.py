"""What stands around a number gives it: the scale and unit of a heading, the sign of a word."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from orchestration.notation.tokens import Quantity, quantities

#: Characters of a line that only names a unit.
MAX_UNIT = 24
_IN_BRACKETS = re.compile(r"\((?:en\s+)?([^()\d]{1,24})\)")
_INHERITED = re.compile(
    r"(?:\ben\s+|\()(?P<what>milliers?|millions?|milliards?|M€|[kK]€|Md€|%|€|euros?\b|"
    r"(?:jours|minutes|heures|semaines|mois|ans)(?:\)|\s*$)|pourcentages?|points)(?:\s+(?:d'|de\s+|en\s+)?\s?(?P<euros>euros?|€|jours))?",
    re.IGNORECASE,
)
#: Rates by thousands (``pour 100 000 habitants``).
_PER = re.compile(r"\b(?:pour|par)\s(10{0,2})\s?000\b")
_RATES = {"1": "pour_mille", "10": "par_10000", "100": "par_100000"}
_SCALE_ALONE = re.compile(r"milliers?|millions?|milliards?", re.IGNORECASE)
_SCALES = {"millier": 3, "million": 6, "milliard": 9, "md": 9, "m": 6, "k": 3}


#: One period: what is counted in it, or how many of them, is said in the plural.
_ONE_PERIOD = frozenset({"année", "annee", "semaine", "trimestre", "semestre"})


@lru_cache(maxsize=4096)
def inherited(text: str) -> tuple[Decimal, str] | None:
    """Scale and unit that a header gives its cells (``en milliers d'euros``, ``(en %)``), or ``None``."""
    if "(" not in text and "en" not in text.lower():
        return rate_of(text)
    match = _INHERITED.search(text)
    if not match:
        return rate_of(text) or next(filter(None, map(unit_of_line, _IN_BRACKETS.findall(text))), None)
    what = match["what"].casefold().rstrip(") ")
    if what in ("%", "pourcentage", "pourcentages"):
        return Decimal(1), "%"
    if what in ("jours", "points", "minutes", "heures", "semaines", "mois", "ans"):
        return Decimal(1), what
    money = (
        "€" in what or what.startswith("euro") or (match["euros"] or "").casefold() in ("euros", "euro", "€")
    )
    key = what.rstrip("€").rstrip("s") or "€"
    return Decimal(10) ** _SCALES.get(key, 0), "EUR" if money else "jours" if match["euros"] else "nombre"


def rate_of(text: str) -> tuple[Decimal, str] | None:
    """The unit of a rate by thousands (``pour 100 000 habitants``)."""
    rate = _PER.search(text) if "000" in text else None
    return (Decimal(1), _RATES[rate[1]]) if rate else None


def in_terms_of(quantity: Quantity, scale: Decimal, unit: str) -> Quantity:
    """A bare quantity restated in an inherited scale and unit."""
    return quantity._replace(
        value=quantity.value * scale,
        half_width=quantity.half_width * scale,
        unit=unit,
        scaled=scale != 1,
        scale=scale,
    )


@lru_cache(maxsize=4096)
def unit_of_line(text: str) -> tuple[Decimal, str] | None:
    """Scale and unit of a line that holds nothing else (``M€``, ``jours``), or ``None``; one period, as the
    year beside its months (``Année``), is no unit.
    """
    bare = text.strip()
    if not bare or bare.casefold() in _ONE_PERIOD or len(bare) > MAX_UNIT or any(map(str.isdecimal, bare)):
        return None
    found = next(iter(quantities(f"1 {bare}")), None)
    if found is None or found.unit is None or found.end != len(bare) + 2:
        return None
    return found.scale, found.unit


def scale_of_line(text: str) -> tuple[Decimal, str] | None:
    """The scale of counts that a line holds and nothing else (``milliers``), or ``None``."""
    return inherited(f"en {text.strip()}") if _SCALE_ALONE.fullmatch(text.strip()) else None
