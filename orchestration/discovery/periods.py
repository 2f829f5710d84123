"""Which period a figure speaks of: from its phrase, its column header, its heading, else the report's year."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_YEAR = r"(?:19|20)\d\d"
MONTHS = {
    "janvier": 1, "février": 2, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "août": 8, "aout": 8,
    "septembre": 9, "octobre": 10, "novembre": 11, "décembre": 12, "decembre": 12,
}
_MONTH = "|".join(MONTHS)
_DATE = re.compile(rf"\b(?P<day>\d{{1,2}})(?:er)?\s(?P<month>{_MONTH})\s(?P<year>{_YEAR})\b", re.IGNORECASE)
_SLASHED = re.compile(rf"\b(?P<day>\d\d)[/.](?P<month>\d\d)[/.](?P<year>{_YEAR})\b")
_IN_MONTH = re.compile(rf"\b(?:en|fin|d[ée]but|à fin|mi-)\s?(?P<month>{_MONTH})\s(?P<year>{_YEAR})\b", re.IGNORECASE)
_CAMPAIGN = re.compile(rf"\b(?P<first>{_YEAR})\s?[/\-–]\s?(?P<second>{_YEAR})\b")
_ANY_YEAR = re.compile(rf"(?<![\d/.,-])({_YEAR})(?![\d,.]\d|\d|\s?[%€]|\sP\d)")
_LAST_YEAR = re.compile(
    r"l['’]an (?:pass[ée]|dernier)|l['’]ann[ée]e (?:pr[ée]c[ée]dente|derni[èe]re|pass[ée]e)|\b[nN]\s?-\s?1\b|un an (?:plus t[ôo]t|auparavant)",
)
_COMPARES = re.compile(r"\b(?:contre|versus|vs|au lieu de|apr[èe]s|face [àa])\s*:?\s*$", re.IGNORECASE)
_SINCE = re.compile(r"(?:par rapport [àa]|vs|depuis|compar[ée]\w* [àa]|entre|contre|/)\s*(?:l['’]ann[ée]e\s+)?$", re.IGNORECASE)
_BREAK = re.compile(r"[;.](?=\s)|\bcontre\b|\bversus\b|\bet\s+de\b|\)|\(")
_END_OF_YEAR = re.compile(rf"\b(?:fin|à la fin de l['’]ann[ée]e|au 31 d[ée]cembre)\s(?P<year>{_YEAR})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """A period code and how surely it was told (0 to 1)."""

    code: str
    confidence: float


def main_year(text: str, name: str = "") -> str:
    """The year a report speaks of: the one in its file name, else the one that it prints most (ties: the latest)."""
    named = re.findall(rf"(?<!\d){_YEAR}(?!\d)", name)
    if named:
        return named[-1]
    counted = Counter(_ANY_YEAR.findall(text))
    return max(counted, key=lambda y: (counted[y], y)) if counted else "2000"


def previous(year: str) -> str:
    return str(int(year) - 1)


def of_phrase(text: str, start: int, end: int, year: str, evolution: bool) -> Period:
    """The period of the number at ``text[start:end]`` of a sentence, given the report's ``year``.

    What follows within its own clause binds most (``contre 21 en 2023``), then what precedes, then the sentence's opening.
    """
    after = _clause_after(text, end)
    before = text[:start]
    if evolution:
        return _evolution(before, after, year)
    if found := _explicit(after[:60], year):
        return Period(found, 0.95)
    if _LAST_YEAR.search(after[:40]) and not _SINCE.search(after[:(_LAST_YEAR.search(after).start())]):
        return Period(previous(year), 0.9)
    compared = _COMPARES.search(before[-25:])
    if compared:
        return Period(_before_comparison(before[:len(before) - len(compared.group())], year), 0.7)
    clause = re.split(r"[;.](?=\s)", before)[-1]
    if found := _explicit_last(clause, year):
        return Period(found, 0.85)
    return Period(year, 0.6)


def _clause_after(text: str, end: int) -> str:
    rest = text[end:end + 140]
    stop = re.search(r"[;.](?=\s|$)|\b(?:contre|versus)\b|\d[\d\s]*(?:%|€)|\bet \d", rest)
    return rest[:stop.start()] if stop else rest


def _explicit(text: str, year: str) -> str | None:
    """The first date, month, campaign or year of ``text`` that is not what something is compared with."""
    for pattern, reader in ((_DATE, _date), (_SLASHED, _slashed), (_IN_MONTH, _month), (_CAMPAIGN, _campaign)):
        if (match := pattern.search(text)) and not _SINCE.search(text[:match.start()]):
            return reader(match)
    for match in _ANY_YEAR.finditer(text):
        if not _SINCE.search(text[:match.start()]):
            return match[1]
    return None


def _explicit_last(clause: str, year: str) -> str | None:
    """The period last named before a number in its own clause."""
    found = [(m.start(), reader(m)) for pattern, reader in ((_DATE, _date), (_SLASHED, _slashed), (_IN_MONTH, _month), (_CAMPAIGN, _campaign)) for m in pattern.finditer(clause)]
    taken = {at for at, _ in found}
    found += [
        (m.start(), m[1]) for m in _ANY_YEAR.finditer(clause)
        if not _SINCE.search(clause[:m.start()]) and not any(abs(m.start() - at) < 20 for at in taken)
    ]
    return max(found)[1] if found else None


def _before_comparison(before: str, year: str) -> str:
    named = _explicit_last(re.split(r"[;.](?=\s)", before)[-1], year)
    return previous(named if named and re.fullmatch(_YEAR, named) else year)


def _evolution(before: str, after: str, year: str) -> Period:
    near = after[:70]
    between = re.search(rf"\bentre\s(?:[\w\s]{{0,20}}?)({_YEAR})\s(?:et|à)\s(?:[\w\s]{{0,20}}?)({_YEAR})", f"{before[-80:]}|{near}")
    if between:
        return Period(f"{between[1]}/{between[2]}", 0.95)
    if campaign := _CAMPAIGN.search(near) or _CAMPAIGN.search(before[-60:]):
        return Period(f"{campaign['first']}/{campaign['second']}", 0.9)
    since = re.search(rf"(?:par rapport à|vs|depuis|contre|compar\w+ à)\s(?:l['’]ann[ée]e\s)?({_YEAR})", near) or re.search(rf"(?:par rapport à|depuis)\s({_YEAR})[^.;]{{0,40}}$", before[-80:])
    named = _explicit(near, year) if not since else None
    current = named or _explicit_last(re.split(r"[;.](?=\s)", before)[-1], year) or year
    current = current[:4] if re.match(_YEAR, current) else year
    if since:
        base = since[1]
        return Period(f"{base}/{current if current > base else year}", 0.9)
    return Period(f"{previous(current)}/{current}", 0.75)


def _date(match: re.Match[str]) -> str:
    return f"{match['year']}-{MONTHS[match['month'].casefold()]:02d}-{int(match['day']):02d}"


def _slashed(match: re.Match[str]) -> str:
    month, day = int(match["month"]), int(match["day"])
    return f"{match['year']}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else match["year"]


def _month(match: re.Match[str]) -> str:
    return f"{match['year']}-{MONTHS[match['month'].casefold()]:02d}"


def _campaign(match: re.Match[str]) -> str:
    return f"{match['first']}/{match['second']}"


def of_header(header: str) -> list[str]:
    """The years or dates that a table header names, from left to right."""
    found = [(m.start(), _date(m)) for m in _DATE.finditer(header)] + [(m.start(), _slashed(m)) for m in _SLASHED.finditer(header)]
    dated = [(at, at + 20) for at, _ in found]
    found += [(m.start(), m[1]) for m in _ANY_YEAR.finditer(header) if not any(a <= m.start() < b for a, b in dated)]
    return [code for _, code in sorted(found)]
