"""Which period a figure speaks of: from its phrase, its column header, its heading, else the report's year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_YEAR = r"(?:19|20)\d\d"
MONTHS = {
    "janvier": 1, "février": 2, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "août": 8, "aout": 8,
    "septembre": 9, "octobre": 10, "novembre": 11, "décembre": 12, "decembre": 12,
}
_MONTH = "|".join(MONTHS)
_DAY = rf"(?P<{{0}}day>\d{{{{1,2}}}})(?:\s?er)?(?:\s(?P<{{0}}month>{_MONTH}))?(?:\s(?P<{{0}}year>{_YEAR}))?"
_ANY_YEAR = re.compile(rf"(?<![\d/.,-])({_YEAR})(?![\d,.]\d|\d|\s?[%€]|\sP\d|-\d)")
_LAST_YEAR = re.compile(
    r"l'an (?:pass[ée]|dernier)|l'ann[ée]e (?:pr[ée]c[ée]dente|derni[èe]re|pass[ée]e)|\bN\s?-\s?1\b|\bn-1\b"
        r"|un an (?:plus t[ôo]t|auparavant)"
    r"|l'exercice pr[ée]c[ée]dent", re.IGNORECASE,
)
_COMPARES = re.compile(r"\b(?:contre|versus|vs|au lieu de|apr[èe]s|face [àa])\s*:?\s*(?:pr[èe]s\s+de\s+|environ\s+)?$", re.IGNORECASE)
#: Words before a date that make it what something is compared with.
_BASE = re.compile(
    r"(?:\bdepuis\s(?:[^\s\d]+\s){1,6}en|à compter|à partir|dès|par rapport (?:à|au?x?)|\bvs\.?|\bdepuis|compar[ée]\w* (?:à|au?x?)|\bcontre"
        r"|\bqu'en|\bqu'(?:au|à)|\bque|versus|\bsur|face à)\s*(?:du\s+|l'ann[ée]e\s+|l'exercice\s+|le\s+|la\s+"
        r"|fin\s+|en\s+|au\s+|celui de\s+|celle de\s+|ceux de\s+)*$",
    re.IGNORECASE,
)
#: Words before a date that name a plan or a law, not when something was counted.
_NAMED = re.compile(
    r"\b(?:COG|CPG|P?LFSS|COP|plan|programme|projet|sch[ée]ma|convention|avenant|rapport d'activit[ée]s?|"
    r"loi|[ée]dition|r[ée]forme|horizon|objectif|d'ici(?: à)?|avant|jusqu'en|jusqu'à|pour)\s*(?:(?:n\s?°\s?\d+"
    r"|d'entreprise|r[ée]gional|local|fin|de|du|le|l'ann[ée]e|\w+)\s){0,2}$", re.IGNORECASE)
_EVENT = re.compile(r"\b(?:le|du|d[èe]s le|à compter du|depuis le|à partir du|en date du)\s*$", re.IGNORECASE)
_OF_A_NUMBER = r"(?:%|€|jours?|ans|M€|millions?(?: d'euros)?|points?|minutes?)?"
_THEN = re.compile(rf"\s*{_OF_A_NUMBER}\s*(?:à|puis)\s+[+\d]")
_FROM = re.compile(rf"\bde\s[\d\s.,]+{_OF_A_NUMBER}\s*à\s*$")
_PASSES = re.compile(
    r"\b(?:passée?s?|recul\w*|progress\w*|augment\w*|baiss\w*|diminu\w*|[ée]volu\w*|chut\w*)\s(?:\w+\s)?de\s$", re.IGNORECASE)
_AIMED = re.compile(rf"\bd'ici\s(?:à\s)?(?:la\s)?(?:fin\s)?(?:de\s|l'ann[ée]e\s)*({_YEAR})\b[^.;]*$", re.IGNORECASE)
_SENTENCE = re.compile(r"[;.!?](?=\s)")
_OPENING = re.compile(r"^[\s•>–—-]*(?:(?:\w+,\s)?)$")


@dataclass(frozen=True, slots=True)
class Period:
    """A period code and how surely it was told (0 to 1)."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A time named in a text: its span, its code, and whether something is compared with it (``base``) or it only dates an event."""

    start: int
    end: int
    code: str
    base: bool
    event: bool = False


def main_year(text: str, name: str = "") -> str:
    """The year a report speaks of: the one in its file name, else the one that it prints most (ties: the latest)."""
    named = re.findall(rf"(?<!\d){_YEAR}(?!\d)", name)
    if named:
        return named[-1]
    counted = Counter(_ANY_YEAR.findall(text))
    return max(counted, key=lambda y: (counted[y], y)) if counted else "2000"


def previous(year: str) -> str:
    return str(int(year) - 1)


def of_measure(code: str) -> str:
    """The code of a measure: two years that follow are a campaign (``2019-2020``), a longer span goes from first to last day."""
    if not re.fullmatch(rf"{_YEAR}/{_YEAR}", code):
        return code
    first, last = code.split("/")
    return f"{first}-{last}" if int(last) == int(first) + 1 else f"{first}-01-01/{last}-12-31"


def _range(match: re.Match[str], year: str) -> str | None:
    last_year = match["byear"] or year
    last_month = match["bmonth"]
    if not last_month:
        return None
    first = f"{match['ayear'] or last_year}-{_month_number(match['amonth'] or last_month)}-{int(match['aday']):02d}"
    return f"{first}/{last_year}-{_month_number(last_month)}-{int(match['bday']):02d}"


def _month_range(match: re.Match[str], year: str) -> str:
    last = match["byear"] or year
    return f"{match['ayear'] or last}-{_month_number(match['amonth'])}/{last}-{_month_number(match['bmonth'])}"


def _month_number(word: str) -> str:
    return f"{MONTHS[word.casefold()]:02d}"


def _date(match: re.Match[str], year: str) -> str:
    return f"{match['year']}-{_month_number(match['month'])}-{int(match['day']):02d}"


def _slashed(match: re.Match[str], year: str) -> str:
    month, day = int(match["month"]), int(match["day"])
    full = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
    return f"{full}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else full


def _in_month(match: re.Match[str], year: str) -> str:
    return f"{match['year'] or year}-{_month_number(match['month'])}"


def _campaign(match: re.Match[str], year: str) -> str | None:
    first, second = match["first"], match["second"]
    second = second if len(second) == 4 else first[:2] + second
    season = match["season"] or int(second) == int(first) + 1
    return f"{first}/{second}" if season else None


_RANKS = {"premier": 1, "second": 2, "deuxième": 2, "troisième": 3, "quatrième": 4, "dernier": 0}


def _part(match: re.Match[str], year: str) -> str:
    rank = match["rank"].casefold()
    number = int(rank[0]) if rank[0].isdigit() else _RANKS[rank]
    quarter = match["part"].casefold().startswith("tri")
    return f"{match['year'] or year}-{'T' if quarter else 'S'}{number or (4 if quarter else 2)}"


def _short_part(match: re.Match[str], year: str) -> str:
    return f"{match['year'] or match['before'] or year}-{match['part'].upper()}"


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str | None]], ...] = (
    (re.compile(rf"\b(?:du|entre le|de)\s{_DAY.format('a')}\s(?:au|et le|à)\s{_DAY.format('b')}\b", re.IGNORECASE), _range),
    (re.compile(
        rf"\b(?:de|entre)\s(?P<amonth>{_MONTH})(?:\s(?P<ayear>{_YEAR}))?\s(?:à|et)\s(?P<bmonth>{_MONTH})(?:\s(?P<byear>{_YEAR}))?",
        re.IGNORECASE), _month_range),
    (re.compile(rf"\b(?P<day>\d{{1,2}})(?:\s?er)?\s(?P<month>{_MONTH})\s(?P<year>{_YEAR})\b", re.IGNORECASE), _date),
    (re.compile(rf"(?<!\d)(?P<day>\d\d?)[/.](?P<month>\d\d)[/.](?P<year>{_YEAR}|\d\d)(?!\d)"), _slashed),
    (re.compile(
        rf"\b(?P<season>campagne|saison|hiver|ann[ée]e scolaire)?\s?(?P<first>{_YEAR})\s?[/\-–]\s?(?P<second>{_YEAR}"
        rf"|\d\d)(?![\d/])", re.IGNORECASE), _campaign),
    (re.compile(
        rf"\b(?P<rank>premier|second|deuxième|troisième|quatrième|dernier|[1-4]\s?(?:er?|[èe]me|nde?|e|è)?)\s(?P<part>semestre"
            rf"|trimestre)(?:\s(?:de\s(?:l'ann[ée]e\s)?)?(?P<year>{_YEAR}))?",
        re.IGNORECASE), _part),
    (re.compile(rf"\b(?:(?P<before>{_YEAR})[\s-])?(?P<part>[ST][1-4])\b(?:\s(?P<year>{_YEAR}))?"), _short_part),
    (re.compile(rf"\b(?:en|fin|d[ée]but|courant|mois de|mois d')\s?(?P<month>{_MONTH})\b(?:\s(?P<year>{_YEAR}))?", re.IGNORECASE), _in_month),
    (re.compile(rf"\b(?P<month>{_MONTH})\s(?P<year>{_YEAR})\b", re.IGNORECASE), _in_month),
)
_HINT = re.compile(
    rf"{_YEAR}|trimestre|semestre|\b[ST][1-4]\b|{_MONTH}|\d[/.]\d|ann[ée]e|l'an\b|N\s?-\s?1|n-1|un an|"
    rf"exercice", re.IGNORECASE)


@lru_cache(maxsize=4096)
def mentions(text: str, year: str) -> tuple[Mention, ...]:
    """Every time that ``text`` names, in order; ``year`` completes those that leave it out."""
    if not _HINT.search(text):
        return ()
    found: list[Mention] = []
    taken: list[tuple[int, int]] = []
    for pattern, reader in _READERS:
        for match in pattern.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            code = reader(match, year)
            taken.append(match.span()) if code or pattern is _READERS[4][0] else None
            if code and not _NAMED.search(text[max(0, match.start() - 45):match.start()]):
                dated = pattern in (_READERS[2][0], _READERS[3][0])
                found.append(_mention(text, match.start(), match.end(), code, dated))
    for match in _ANY_YEAR.finditer(text):
        if not any(a < match.end() and match.start() < b for a, b in taken) and not _NAMED.search(text[max(0, match.start() - 45):match.start()]):
            found.append(_mention(text, match.start(), match.end(), match[1], False))
    for match in _LAST_YEAR.finditer(text):
        found.append(_mention(text, match.start(), match.end(), previous(year), False))
    return tuple(sorted(found, key=lambda m: m.start))


def _mention(text: str, start: int, end: int, code: str, dated: bool) -> Mention:
    before = text[max(0, start - 40):start]
    event = dated and bool(_EVENT.search(before)) and not _OPENING.match(_SENTENCE.split(text[:start])[-1].removesuffix("Le ").removesuffix("le "))
    return Mention(start, end, code, bool(_BASE.search(before)), event)


def of_phrase(
    text: str, start: int, end: int, year: str, evolution: bool, others: list[tuple[int, int]], context: str | None = None,
    elsewhere: bool = False,
) -> Period:
    """The period of the number at ``text[start:end]``, given the spans of the ``others`` numbers of its text and the report's ``year``.

    What follows within its own clause binds most (``contre 21 en 2023``), then what precedes it, then the sentence's opening,
    then ``context`` (the period of the heading). A comparison is with the year before, unless it is with another body (``elsewhere``).
    """
    begin, stop = _sentence_bounds(text, start, end)
    named = [m for m in mentions(text, year) if begin <= m.start < stop]
    if evolution:
        return _of_evolution(text, start, end, year, named, others, context)
    if passing := _passing(text, start, end, named) or _passing_since(text, start, end, named, others, context or year):
        return passing
    if aimed := _AIMED.search(text, begin, start):
        return Period(aimed[1], 0.75)
    after = [m for m in named if m.start >= end and not m.base and not _separated(text, end, m.start, others)]
    if after:
        return Period(after[0].code, 0.95)
    if elsewhere:
        main = _before(text, start, named, others)
        own = any(m.code == year for m in named)
        return Period(year if own else main.code if main else context or year, 0.7)
    if _COMPARES.search(text[max(begin, start - 30):start]) or _COMPARES.search(text[max(0, start - 30):start].rstrip(" (") + " "):
        main = _before(text, start, named, others)
        return Period(previous((main.code if main else context or year)[:4]), 0.75)
    if main := _before(text, start, named, others):
        return Period(main.code, 0.85)
    later = [m for m in named if m.start >= end and not m.base and not m.event and not _bound(text, m, others)]
    if later and len({m.code for m in later}) == 1 and "(" not in text[end:later[0].start]:
        return Period(later[0].code, 0.7)
    return Period(context or year, 0.65 if context else 0.6)


def _sentence_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    begin = max((m.end() for m in _SENTENCE.finditer(text, 0, start)), default=0)
    after = _SENTENCE.search(text, end)
    return begin, after.start() if after else len(text)


def _separated(text: str, end: int, at: int, others: list[tuple[int, int]]) -> bool:
    """Whether another number, a bracket or a comparison stands between a number and a time after it."""
    between = text[end:at]
    if any(end <= a < at for a, _ in others):
        return True
    if "(" in between and ")" not in between:
        return bool(re.search(r"\w", between[between.rindex("(") + 1:].replace("en", "").replace("fin", "").replace("au", ""))) or at - end > 60
    return at - end > 90 or bool(re.search(r"\b(?:contre|versus|tandis|alors que|dont)\b", between))


def _before(text: str, start: int, named: list[Mention], others: list[tuple[int, int]]) -> Mention | None:
    """The time that holds for a number from before it: not a base, not one that another number took after it."""
    usable = [m for m in named if m.end <= start and not m.base and not m.event and not _bound(text, m, others)]
    return usable[-1] if usable else None


def _bound(text: str, mention: Mention, others: list[tuple[int, int]]) -> bool:
    """Whether a time belongs to a number just before it within brackets or a comparison (``(73 en 2020)``, ``contre 21 en 2022``)."""
    before = [(a, b) for a, b in others if b <= mention.start and mention.start - b < 30]
    if not before:
        return False
    a, _ = before[-1]
    opened = text.rfind("(", 0, a)
    return (opened >= 0 and ")" not in text[opened:mention.start]) or bool(_COMPARES.search(text[max(0, a - 30):a]))


def _passing(text: str, start: int, end: int, named: list[Mention]) -> Period | None:
    """``de 21 à 14 jours entre 2021 et 2022``: the first number belongs to the first year."""
    between = re.search(rf"\b(?:entre|de)\s({_YEAR})\s(?:et|à)\s({_YEAR})", text)
    if not between:
        return None
    if _THEN.match(text[end:end + 30]) and re.search(r"\b(?:de|d')\s*$", text[:start]):
        return Period(between[1], 0.85)
    return Period(between[2], 0.85) if _FROM.search(text[:start]) else None


def _passing_since(
    text: str, start: int, end: int, named: list[Mention], others: list[tuple[int, int]], year: str
) -> Period | None:
    """``recule de 34,1 à 33,4``: the first number belongs to the year before."""
    if not (_PASSES.search(text[max(0, start - 60):start]) and _THEN.match(text[end:end + 30])):
        return None
    main = _before(text, start, named, others)
    return Period(previous((main.code if main else year)[:4]), 0.75)


def _of_evolution(text: str, start: int, end: int, year: str, named: list[Mention], others: list[tuple[int, int]], context: str | None) -> Period:
    stop = min([a for a, _ in others if a >= end], default=end + 60)
    if over := re.search(r"\b(?:en|sur)\s(\d{1,2})\sans\b", text[end:min(stop, end + 60)]):
        now = (context or year)[:4]
        return Period(f"{int(now) - int(over[1])}/{now}", 0.85)
    if between := re.search(rf"\b(?:entre|de)\s(?:fin\s|l'ann[ée]e\s)?({_YEAR})\s(?:et|à)\s(?:fin\s|l'ann[ée]e\s)?({_YEAR})", text):
        return Period(f"{between[1]}/{between[2]}", 0.95)
    base = next((m for m in named if m.base and (m.start >= end and m.start - end < 90)), None)
    base = base or next((m for m in reversed(named) if m.base and m.end <= start), None)
    current = next((m for m in named if not m.base and m.start >= end and not _separated(text, end, m.start, others)), None)
    current = current or _before(text, start, named, others)
    if current is None and base is not None:
        current = next((m for m in named if not m.base and m.start >= end), None)
    if current and "/" in current.code and len(current.code) == 9:
        return Period(current.code, 0.9)
    now = (current.code if current else context or year)[:4]
    if base:
        then = base.code[:4]
        return Period(f"{then}/{now if now > then else max(year, str(int(then) + 1))}", 0.9)
    return Period(f"{previous(now)}/{now}", 0.8)


def of_header(header: str, year: str = "2000") -> list[str]:
    """The periods that a table header names, from left to right."""
    return [m.code for m in mentions(header, year)]


def of_month(header: str, year: str) -> str | None:
    """The month that a header is the name of (``Janvier``, ``fév.``), in the report's ``year``."""
    word = header.strip().rstrip(".").casefold()
    found = [number for name, number in MONTHS.items() if len(word) >= 3 and name.startswith(word)]
    return f"{year}-{found[0]:02d}" if len(set(found)) == 1 else None


def of_title(title: str, year: str) -> str | None:
    """The one period that a heading or title names, or ``None`` when it names none or several."""
    found: Iterator[str] = iter({m.code for m in mentions(title, year) if not m.base and not m.event})
    first = next(found, None)
    return first if next(found, None) is None else None


def without(text: str, year: str) -> str:
    """``text`` with the times that it names blanked out, character for character."""
    for mention in mentions(text, year):
        text = f"{text[:mention.start]}{' ' * (mention.end - mention.start)}{text[mention.end:]}"
    return text
