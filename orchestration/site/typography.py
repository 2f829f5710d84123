"""French as a reader expects it in print: numbers, units, periods and dates in words, narrow blanks before
tall punctuation.

Belongs here: how a value is written on a page. Does not belong here: what is worth saying, markup, and the
ink of a report, which is shown as printed.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from markupsafe import Markup, escape

THIN, HARD, MINUS = "\u202f", "\u00a0", "\u2212"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
#: How a unit is written after a number; a unit that is absent here is written as it is, and these two are not
#: written at all.
UNITS = {
    "EUR": "€", "pour_mille": "‰", "km2": "km²", "m2": "m²", "m3": "m³", "minutes": "min", "secondes": "s",
    "heures": "h", "par_10000": "pour 10 000",
}  # fmt: skip
UNWRITTEN = ("nombre", "autre", "rang", "ratio", "")
#: Large numbers in charts: scale, decimals that stay, word.
SCALES = ((Decimal(10) ** 9, "Md"), (Decimal(10) ** 6, "M"))

_TALL = re.compile(r"[ \u00a0]+([;!?%‰€»])")
_COLON = re.compile(r"[ \u00a0]+:(?=\s|$)")
_OPENING = re.compile(r"«[ \u00a0]+")
_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))")
_NEGATIVE = re.compile(r"(?:(?<=^)|(?<=[\s(«\u202f]))-[ \u00a0\u202f]?(?=\d)")


def french(text: object) -> str:
    """``text`` with typographic apostrophes, narrow no-break blanks and the minus sign where French print has
    them.
    """
    return _in_french(str(text))


@lru_cache(maxsize=16_384)
def _in_french(text: str) -> str:
    told = text.replace("'", "’")
    told = _COLON.sub(f"{HARD}:", _TALL.sub(rf"{THIN}\1", _OPENING.sub(f"«{THIN}", told)))
    return _NEGATIVE.sub(MINUS, _THOUSANDS.sub(THIN, told)).replace(f"{HARD}:", f"{THIN}:")


def number(value: Decimal | float | None, unit: str = "", decimals: int | None = None) -> str:
    """A value with its unit, such as ``3 995 068 262 €`` or ``−49,0 %``; an em dash for none.

    ``decimals`` rounds; without it trailing zeros are left out.
    """
    if value is None:
        return "—"
    exact = Decimal(value)
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{abs(exact):,f}"
    if "." in text and decimals is None:
        text = text.rstrip("0").rstrip(".")
    text = text.replace(",", THIN).replace(".", ",")
    sign = MINUS if exact < 0 and text.strip("0,") else ""
    return f"{sign}{text}{suffix(unit)}"


def suffix(unit: str) -> str:
    """What follows a number in ``unit``, its blank included."""
    return "" if unit in UNWRITTEN else f"{THIN}{UNITS.get(unit, unit)}"


def short_value(value: Decimal | float | None, unit: str = "") -> str:
    """A value short enough for a chart: three significant digits, ``3,99 Md €``."""
    if value is None:
        return "—"
    exact = Decimal(value)
    for scale, word in SCALES:
        if abs(exact) >= scale:
            return f"{_significant(exact / scale)}{THIN}{word}{suffix(unit)}"
    return f"{_significant(exact) if abs(exact) < 1000 else number(exact, '', 0)}{suffix(unit)}"


def _significant(value: Decimal) -> str:
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    text = number(value, "", decimals)
    return text.rstrip("0").rstrip(",") if "," in text else text


def counted_words(count: int, one: str, several: str = "") -> str:
    """``1 ligne``, ``1 204 lignes``; ``several`` where an s is not enough."""
    word = one if count < 2 else several or f"{one}s"
    return f"{number(count)}{HARD}{word}"


@lru_cache(maxsize=4096)
def period(code: str) -> str:
    """A period in words: ``décembre 2020``, ``1er semestre 2020``, ``31 décembre 2020``, ``de 2019
    à 2020``.
    """
    if "/" in code:
        return _span(*map(period, code.split("/", 1)))
    parts = code.split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        return day(date(int(parts[0]), int(parts[1]), int(parts[2])))
    if len(parts) == 2 and len(parts[1]) == 4:
        return f"{parts[0]}–{parts[1]}"
    if len(parts) == 2 and parts[1][:1] in ("S", "T"):
        rank = int(parts[1][1:])
        return (
            f"{rank}{'er' if rank == 1 else 'e'} {'semestre' if parts[1][0] == 'S' else 'trimestre'} "
            f"{parts[0]}"
        )
    if len(parts) == 2 and parts[1].isdecimal():
        return f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return {"non_precise": "période non précisée", "ensemble": "toutes périodes"}.get(code, code)


def _span(start: str, end: str) -> str:
    """From one period to another: years and months take no article."""
    if start.startswith(MONTHS):
        return f"d’{start} à {end}" if start[0] in "ao" else f"de {start} à {end}"
    return f"de {start} à {end}" if start.isdecimal() else f"du {start} au {end}"


def day(moment: date) -> str:
    """A date in words: ``1er mai 2021``."""
    return f"{moment.day}{'er' if moment.day == 1 else ''}{HARD}{MONTHS[moment.month - 1]} {moment.year}"


def instant(moment: datetime) -> str:
    """A moment in words: ``28 novembre 2026 à 2 h 05``."""
    return f"{day(moment)} à {moment.hour}{HARD}h{HARD}{moment.minute:02d}"


def capital(text: str) -> str:
    """``text`` with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


def prose(text: object) -> Markup:
    """Escaped French prose, with ``code`` between backticks marked."""
    pieces = str(text or "").split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if i % 2 and i < len(pieces) - 1 else escape(french(piece))
        for i, piece in enumerate(pieces)
    )
