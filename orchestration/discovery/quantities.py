"""What stands around a number gives it: the scale and unit of a heading, the sign of a word."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from orchestration.notation.tokens import Quantity

_FALLS = re.compile(
    r"(?:baiss\w*|diminu\w*|recul\w*|chut\w*|r[ée]du\w*|repli\w*|d[ée]cr\w*|moins|perte|inf[ée]rieur\w*|fl[ée]ch\w*"
    r"|d[ée]gringol\w*|[ée]conomi\w*)"
    r"(?:\s+(?:s'\w+|de|d'\w*|du|des|la|le|les|l'\w*|en|est|sont|ont|a|à|plus|pr[èe]s|environ|quelque|[ée]t[ée]"
    r"|nombre|total\w*|moyenne|marqu\w+|\w+ment)\b|\s*:|\s*\(|'\w*)*\s*$",
    re.IGNORECASE,
)
_INHERITED = re.compile(
    r"(?:\ben\s+|\()(?P<what>milliers?|millions?|milliards?|M€|[kK]€|Md€|%|€|euros?\b|"
    r"(?:jours|minutes|heures|semaines|mois|ans)\)|pourcentages?|points)(?:\s+(?:d'|de\s+|en\s+)?\s?(?P<euros>euros?|€|jours))?",
    re.IGNORECASE,
)
_SCALES = {"millier": 3, "million": 6, "milliard": 9, "md": 9, "m": 6, "k": 3}


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
    if what in ("%", "pourcentage", "pourcentages"):
        return Decimal(1), "%"
    if what in ("jours", "points", "minutes", "heures", "semaines", "mois", "ans"):
        return Decimal(1), what
    money = (
        "€" in what or what.startswith("euro") or (match["euros"] or "").casefold() in ("euros", "euro", "€")
    )
    key = what.rstrip("€").rstrip("s") or "€"
    return Decimal(10) ** _SCALES.get(key, 0), "EUR" if money else "jours" if match["euros"] else "nombre"


def in_terms_of(quantity: Quantity, scale: Decimal, unit: str) -> Quantity:
    """A bare quantity restated in an inherited scale and unit."""
    return replace(
        quantity,
        value=quantity.value * scale,
        half_width=quantity.half_width * scale,
        unit=unit,
        scaled=scale != 1,
        scale=scale,
    )
