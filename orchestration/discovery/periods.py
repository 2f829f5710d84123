"""Which period a figure speaks of: from its phrase, its column header, its heading, else the
report's year.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from orchestration.discovery.deciding import Conclusion, DecisionRule, decided
from orchestration.discovery.scene import Scene, once
from orchestration.notation.folding import plain
from orchestration.notation.lexicon import hinted, lexicon, meaning, pattern, words
from orchestration.notation.tokens import spelled_value

_YEAR = r"(?:19|20)\d\d"
#: The months by their names, with and without accents.
MONTHS: dict[str, int] = {
    name: int(e.sens or 0) for e in lexicon()["mois"] for m in e.mots for name in (m, plain(m))
}
#: The months whose names begin with three letters or more.
_BEGINNINGS: dict[str, set[int]] = {}
for _name, _number in MONTHS.items():
    for _length in range(3, len(_name) + 1):
        _BEGINNINGS.setdefault(_name[:_length], set()).add(_number)
_MONTH = words("mois")
_COUNT = rf"(?:\d{{1,2}}|{words('lettres')})"
_DAY = r"(?P<{0}day>\d{{1,2}})(?:\s?er)?(?:\s(?P<{0}month>MONTH))?(?:\s(?P<{0}year>YEAR))?"
_ANY_YEAR = re.compile(r"([12](?<![\d/.,-].)(?:(?<=1)9|(?<=2)0)\d\d)(?![\d,.]\d|\d|\s?[%€]|\sp\d|-\d)")
_LAST_YEAR = hinted(
    "l'an|un an|l'exercice|saison|n-|n -|n\t-",
    r"l'an (?:passe|dernier)|(?:l'annee|la saison) (?:precedente|derniere|passee)|\bn\s?-\s?1\b"
    r"|un an (?:plus tot|auparavant)|l'exercice precedent",
)
_COMPARES = re.compile(
    r"\b(?:contre|versus|vs|au lieu de|apres|face a)\s*:?\s*(?:pres\s+de\s+|environ\s+)?$|\(pour\s$"
)
#: Words before a date that make it what something is compared with.
_BASE = re.compile(
    r"(?:\bdepuis\s(?:[^\s\d]+\s){1,6}en|a compter|a partir|des|par rapport "
    r"(?:a|aux?)|\b(?:celui|celles?|ceux)\s(?:de|du|d')|\bvs\.?|\bdepuis|comparee?s? (?:a|aux?)|\bcontre"
    r"|\bdess(?:us|ous) d(?:[eu]|es)(?:\s[^\W\d]+){0,2}|\b(?:super|infer)ieure?s?\s(?:d[e'][^.;()]{1,20}\s)?a"
    r"|\bfois\s(?:l[ea]s?|cel\w+)\s(?:[^\W\d]+\s)?d[e']\s?"
    r"|\bniveau\sd[e']\s?|\bqu'en|\bqu'(?:au|a)|\bqu'|\bque|versus|\bsur(?!\sla\s)|face a)\s*"
    r"(?:du\s+|l'annee\s+|l'exercice\s+|le\s+|la\s+|fin\s+|en\s+|au\s+|celui de\s+|celle de\s+|ceux de\s+)*$"
)
#: Words before a date that name a plan or a law, not when something was counted.
_NAMED = re.compile(
    r"\b(?:cog|cpg|p?lfss|cop|plan|programme|projet|schema|convention|avenant|rapport d'activites?|"
    r"loi|edition|reforme|horizon|objectif|d'ici(?: a)?|avant|jusqu'en|jusqu'a|pour)\s*(?:(?:n\s?°\s?\d+"
    r"|d'entreprise|regional|local|fin|de|du|le|l'annee|\w+)\s){0,2}$"
)
#: Words before a date that make it the date of something else than the count.
_EVENT = re.compile(r"\b(?:le|du|des le|a compter du|depuis le|a partir du|en date du)\s*$")
_OTHER_EVENT = re.compile(
    r"[(,]\s*(?:[^\W\d]+[\s'-]){0,4}?(?:conclue?s?|signee?s?|ouverte?s?|creee?s?|lancee?s?|adoptee?s?"
    r"|publiee?s?|instauree?s?|nee?s?|entree?s? en vigueur"
    r"|decret|loi|accord|arrete|ordonnance|avenant|inauguree?s?|installee?s?|demarree?s?|mise?s? en "
    r"place)\s(?:[^\W\d]+\s){0,3}?(?:en|le|de|du|d')?\s?$"
    r"|\bapres (?:l'|(?:les?|la|une?|ce|cette)\s)[^\W\d]+\s(?:[^\W\d]+\s)?(?:de|d'|en)\s?$"
)
#: A participle between commas or in brackets, closed right after its date (``, livré en 2016,``).
_ASIDE_EVENT = re.compile(r"[(,]\s*(?:[^\W\d]+\s){0,3}?[^\W\d]{2,}(?:e|i|u|t)e?s?\s(?:en|le|depuis|de)?\s?$")
_CLOSED = re.compile(r"\s*[,)]")
_OF_A_NUMBER = r"(?:%|€|jours?|ans|m€|millions?(?: d'euros)?|points?|minutes?)?"
#: A passage from a date on, or from place to place, is none from the year before.
_FROM_THEN_ON = re.compile(r"\ba (?:compter|partir) d|\bselon l|\ben fonction d|\bd'une? \w+ a l'autre")
_FROM = re.compile(rf"\bde\s[\d\s.,]+{_OF_A_NUMBER}\s*a\s*$")
_PASSES = pattern(
    r"\b(?:pass(?:e|ee|es|ees|ant|ent|ait|aient|er)|(?:ramen|tomb|descend|remont|revien)\w+|{baisse}|{hausse}|{change})(?:\s\w+){0,2},?\sde\s$"
)
#: A passage before another one that leaves its verb out.
_PASSED_BEFORE = re.compile(
    r"\bpass(?:e|ee|es|ees|ent|ait|aient)\sde\s[\d ]+[^.;\d]{0,20}\sa\s[\d ]+.*\bet\s"
)
_AIMED = hinted("d'ici", rf"\bd'ici\s(?:a\s)?(?:la\s)?(?:fin\s)?(?:de\s|l'annee\s)*({_YEAR})\b[^.;]*$")
_FOR_OPENING = re.compile(rf"\W*(?:pour|au titre de)\s(?:l'annee\s|l'exercice\s|fin\s)?({_YEAR})\b\s?,")
_AIMED_AFTER = hinted(
    "d'ici", rf"[^.;:()\d]{{0,35}}\bd'ici\s(?:a\s)?(?:la\s)?(?:fin\s)?(?:de\s|l'annee\s)*({_YEAR})\b"
)
_BETWEEN = re.compile(
    rf"\b(?:entre|de)\s(?:fin\s|l'annee\s)?({_YEAR})\s(?:et|a)\s(?:fin\s|l'annee\s)?({_YEAR})"
)
#: Words that lead to where something stands at the end of a time.
_REACHED = hinted(
    "attei|etabli|elev|pass|port|culmin|retomb|desormais|compt",
    r"\b(?:attei|s'etabli|s'elev|pass|port|culmin|retomb|desormais|compt)\w*\b[^.;]*$",
)
_THAT_OF = hinted(
    "cel",
    rf"\bcel(?:ui|les?)\s(?:de|pour)\s({_YEAR})\s(?:est|sera|serait|etait|s'etabli\w+|atteint|devrait|ressort|s'eleve)"
    r"\b[^.;\d]{0,40}$",
)
_FOR_YEAR = re.compile(
    rf"(?:[^.;()]{{0,40}}?\b(?:pour|au titre de|sur)\s(?:l'annee|l'exercice|la campagne|la saison)"
    rf"|[^.,;()]{{0,25}}?\bpour)\s({_YEAR})\b(?!\s?[/-]\s?\d)"
)
_YEARS_IN_ROW = re.compile(rf"[^.;\d]{{0,60}}?\ben\s{_YEAR}(?:,\s{_YEAR})*\set\s(?:en\s)?{_YEAR}\b")
_YEARS_BEFORE = re.compile(rf"\ben\s{_YEAR}(?:,\s{_YEAR})*\set\s(?:en\s)?{_YEAR}\b")
_JOINED = re.compile(r"\s?(?:,|et|puis)\s(?:[^\W\d]+\s)?")
_OF_WHAT = re.compile(r"\s(?:de|d')\s?[^\W\d]")
_OTHER_THING = re.compile(
    r"\s*(?:par|pour|sur|au|aux|chez|dans|a la|a l'|en|une?(?=\s(?:jour|mois|semaine|journee)\s[^\W\d]))"
    r"\s(?!(?:l'an|l'annee|un "
    r"an|20|19|n-1|fin\b|moyenne|(?:la|le) meme)\b)[^\W\d]"
)
_IN_YEARS = re.compile(rf"\b(?:en|sur)\s({_COUNT})\sans\b")
_OPENS_IN_YEARS = re.compile(rf"\W*(?:en|sur)\s({_COUNT})\sans,")
#: Words right after a number that make it one of the present.
_AT_PRESENT = re.compile(r"\s*(?:actuellement|aujourd'hui|a ce jour|a l'heure actuelle)\b")
_FROM_YEAR_TO_YEAR = re.compile(
    rf"\bde\s[\d\s.,]+[^.;\d]{{0,30}}\ben\s({_YEAR})\s[^.;\d]{{0,12}}\ba\s[\d\s.,]+(?:[^.;\d]{{0,30}}\ben\s({_YEAR})\b)?"
)
_ONE_YEAR = re.compile(r"\s*(?:[^\W\d]+\s){0,3}?(?:sur|en)\sun\san\b")
#: Before the figure of a change, whose change it is: of a year, of the year before, of a year of comparison.
_CHANGE_OF_YEAR = pattern(
    rf"(?:{{noms_de_variation}}|\bcel(?:ui|le)|\bceux)\s(?:de|en)\s(?:l'annee\s)?({_YEAR})\s?[(]\s?"
    rf"|\b({_YEAR}),?\s(?:la\s|l'|une\s)?{{noms_de_variation}}\s(?:etait|avait ete|fut|est)\s(?:de\s|d')?"
    r"|(?<!de )(?<!en )\b(?:moins|plus|vite|rythme|moindre|fort\w*|marque\w*|soutenu\w*|rapide\w*|lente\w*)"
    rf"\squ'en\s({_YEAR})\s?[(]\s?"
    r"|\b(?:annee|exercice|periode) (?:precedente?|passee)\s?[(]\s?"
)
#: A change that another one comes after: its year is its own.
_AFTER_CHANGE = pattern(
    r"\b(?:(?:apres|suite a|malgre)\s(?:une?\s|la\s|le\s)(?:{noms_de_variation}|chute)"
    r"|apres\s(?:avoir|s'etre)\s(?:\w+\s){1,2}|(?:apres|contre)\sune?\s(?:excedent|deficit|resultat|solde|perte|benefice|niveau|taux|total|montant))\s?"
    r"(?:de\s|d')(?:{approche}\s?)?$"
)
_CHANGE_SINCE = pattern(r"\b{noms_de_variation}\s(?:n\s?/\s?)?$")
_HAD_THEN = re.compile(r"\b\w+(?:ait|aient|ions)\b[^.;]*\bsoit\b")
#: What a change says behind the level that it starts from.
_SO_CHANGED = re.compile(
    r"\)?\s?,?\s?(?:soit|en)\s(?:une?\s)?(?:(?:hausse|baisse|recul|repli|progression|augmentation|diminution"
    r"|evolution|croissance)\s(?:de\s)?)?"
)
_AGAINST = re.compile(r"\bcontre\s[^.;]{1,60}$")
_PAIR_OF = pattern(r"{noms_de_variation}\s?(?:\w+\s)?\(?$")
#: Words that come to the present, and those before a number that say that it is over.
_NOW = re.compile(
    r"\b(?:desormais|maintenant|aujourd'hui|a present|cette annee|atteint|atteignent"
    r"|s'etabli(?:t|ssent)|s'eleve(?:nt)?|(?:redescend|retomb|revien|remont)\w*"
    r"|(?:ils?|elles?|on) (?:est|sont|passe|passent|compte|a donc|ont donc))\b"
)
_WAS = re.compile(r"\b\w+(?:ait|aient)\s(?:[^\W\d]+\s|d')?$")
_PASSED_TO = re.compile(r"\s?a\s(?:pres de\s|environ\s|plus de\s)?")
_COMPARED_ALSO = re.compile(
    r"\b(?:contre|versus|vs|au lieu de|apres(?= \d))\b"
    r"[^.;()]{0,70}(?:,|\bet|\bpuis)\s(?:pres de\s|environ\s)?$"
)
_TWO_YEARS = re.compile(rf"{_YEAR}/{_YEAR}")
_DAY_CODE = re.compile(rf"{_YEAR}-\d\d-\d\d")
_SAME_SPAN = re.compile(
    r"\b(?:sur|pendant|durant|dans) (?:la|cette|le) meme (?:periode|temps|intervalle|duree)\b"
)
_COMPARED_NEAR = re.compile(r"\b(?:contre|versus|vs|apres)\b[^.;]{0,40}$")
_SENTENCE = re.compile(r"[;.!?](?=\s)")
_OPENING = re.compile(r"^[\s•>–—-]*(?:(?:\w+,\s)?)$")
#: Words before a number of four digits that make it a year, and the plural after it that makes it a count.
_DATING = pattern(
    r"(?:^|[\s(’'])(?:en|depuis|fin|debut|courant|annees?|exercices?|entre|a|au|des|de|du|pour|sur|vs|contre|apres|avant|{mois}"
    r"|campagne|saison|cog|cpg|hiver|ete|rapport|bilan|edition|janv|l'an|et de|ou)\s?$|[/(–-]\s?$|\d\s?et\s$"
)
_COUNTED = re.compile(
    r" (?!(?:les|des|ses|nos|vos|mes|dans|sans|plus|mais|alors|puis|des|vers|apres|tres|ces|leurs|tous"
    r"|toutes|certains|plusieurs|nous|vous|ils"
    r"|elles|pas|moins|sous|ans|jours|mois|fois|cas|temps|selon|trois|deux|six|dix|aux|lors|chez|hors)\b)[^\W\d_]{3,}(?:s|x)\b"
)


#: A year right behind a number, in brackets or not.
_BEHIND = re.compile(
    rf"\s?\(\s?(?:en\s)?({_YEAR})\s?\)|\s?(?:en|fin)\s({_YEAR})(?=\s?(?:[;,.|]|et\s|$))", re.M
)
#: Where the title of a report is looked for, in characters, and the year that ends it.
_TITLE = 2000
_TITLED = re.compile(rf"^\W*(?:rapport|bilan)\b[^.;\d]{{0,60}}?\s({_YEAR})\W*$", re.MULTILINE)


class Mention(NamedTuple):
    """A time named in a text: its span, its code, and whether something is compared with it (``base``) or it
    only dates an event; a ``pair`` is the two years of an evolution."""

    start: int
    end: int
    code: str
    base: bool
    event: bool = False
    pair: bool = False


def counts_like_a_year(flat: str, start: int, end: int) -> bool:
    """Whether four digits that could be a year count things: words before them on their line, none of time,
    and a plural in small letters after (``et 1998 dossiers``)."""
    if (
        end - start != 4
        or flat[start : start + 2] not in ("19", "20")
        or not flat[end + 1 : end + 2].islower()
    ):
        return False
    around = plain(flat[max(0, start - 30) : end + 30])
    at = min(start, 30)
    opens = not flat[flat.rfind("\n", 0, start) + 1 : start].strip(" \v\t•-–—*>")
    return not opens and not _DATING.search(around, 0, at) and bool(_COUNTED.match(around, at + 4))


def main_year(text: str, name: str = "") -> str | None:
    """The year a report speaks of: the one in its file name, else the one that it prints most (ties: the
    latest); ``None`` when no year stands in either."""
    named = re.findall(rf"(?<!\d){_YEAR}(?!\d)", name)
    if named:
        return str(named[-1])
    counted = Counter(
        m[1] for m in _ANY_YEAR.finditer(plain(text)) if not counts_like_a_year(text, *m.span(1))
    )
    return max(counted, key=lambda y: (counted[y], y)) if counted else None


def stated_year(text: str, name: str = "") -> str | None:
    """The year that a report says it is of: the one in its file name, else that of its title, else the latest
    of those that it prints most as its own, not as a comparison, in brackets, or as the date of a plan;
    ``None`` when it prints none so, for then one has to ask."""
    told = year_of_name(name) or year_of_title(text)
    if told:
        return told
    flat = plain(text)
    own = Counter(m[1] for m in _ANY_YEAR.finditer(flat) if _is_own(text, flat, m))
    return max(own, key=lambda y: (own[y], y)) if own else None


def year_of_name(name: str) -> str | None:
    """The last year in the name of a file."""
    named = re.findall(rf"(?<!\d){_YEAR}(?!\d)", name)
    return str(named[-1]) if named else None


def year_of_title(text: str) -> str | None:
    """The one year that lines of a title give (``Rapport d'activité 2023``)."""
    titled = {match[1] for match in _TITLED.finditer(plain(text[:_TITLE]))}
    return titled.pop() if len(titled) == 1 else None


#: Where a title or a paragraph ends: its words name no year of the next one.
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def _is_own(text: str, flat: str, match: re.Match[str]) -> bool:
    before = _PARAGRAPH.split(flat[max(0, match.start() - 60) : match.start()])[-1]
    opened = flat.rfind("(", 0, match.start())
    bracketed = opened >= 0 and ")" not in flat[opened : match.start()]
    compared = (
        _BASE.search(before)
        or _COMPARED_NEAR.search(before)
        or _OTHER_EVENT.search(before)
        or _NAMED.search(before)
    )
    return not bracketed and not compared and not counts_like_a_year(text, *match.span(1))


def right_behind(text: str, end: int) -> str | None:
    """The year that stands alone behind the number which ends at ``end``: ``(2021)``, ``en 2021``."""
    match = _BEHIND.match(text, end)
    return match[1] or match[2] if match else None


def previous(year: str) -> str:
    return str(int(year) - 1)


def of_measure(code: str) -> str:
    """The code of a measure: two years that follow are a campaign (``2019-2020``), a longer span goes from
    first to last day.
    """
    if not _TWO_YEARS.fullmatch(code):
        return code
    first, last = code.split("/")
    return f"{first}-{last}" if int(last) == int(first) + 1 else f"{first}-01-01/{last}-12-31"


def _range(match: re.Match[str], year: str) -> str | None:
    last_year = match["byear"] or year
    last_month = match["bmonth"]
    if not last_month:
        return None
    first_month = _month_number(match["amonth"] or last_month)
    first = f"{match['ayear'] or last_year}-{first_month}-{int(match['aday']):02d}"
    return f"{first}/{last_year}-{_month_number(last_month)}-{int(match['bday']):02d}"


def _month_range(match: re.Match[str], year: str) -> str:
    last = match["byear"] or year
    return (
        f"{match['ayear'] or last}-{_month_number(match['amonth'])}/{last}-{_month_number(match['bmonth'])}"
    )


def _some_months(match: re.Match[str], year: str) -> str | None:
    """``les huit premiers mois de 2023``, ``les trois derniers mois``."""
    count = _counted(match["count"])
    if not 1 <= count <= 11:
        return None
    in_year = match["year"] or year
    first, last = (1, count) if match["which"].startswith("premier") else (13 - count, 12)
    return f"{in_year}-{first:02d}/{in_year}-{last:02d}"


def _counted(printed: str) -> int:
    return int(printed) if printed.isdigit() else int(spelled_value(printed))


def _month_number(word: str) -> str:
    return f"{int(meaning('mois', word) or 0):02d}"


def _date(match: re.Match[str], year: str) -> str:
    return f"{match['year']}-{_month_number(match['month'])}-{int(match['day']):02d}"


def _day_of_year(match: re.Match[str], year: str) -> str:
    return f"{year}-{_month_number(match['month'])}-{int(match['day']):02d}"


def _slashed(match: re.Match[str], year: str) -> str:
    month, day = int(match["month"]), int(match["day"])
    full = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
    return f"{full}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else full


def _in_month(match: re.Match[str], year: str) -> str:
    return f"{match['year'] or year}-{_month_number(match['month'])}"


def _campaign(match: re.Match[str], year: str) -> str | None:
    """``2020/2021``, ``campagne 2019-20``; written newest first (``évolution 2023/2022``) it is the same
    pair.
    """
    first, second = match["first"], match["second"]
    second = second if len(second) == 4 else first[:2] + second
    if int(first) == int(second) + 1 and len(match["second"]) == 4:
        return f"{second}/{first}"
    season = match["season"] or int(second) == int(first) + 1
    return f"{first}/{second}" if season else None


_RANKS = {"premier": 1, "second": 2, "deuxieme": 2, "troisieme": 3, "quatrieme": 4, "dernier": 0}


#: A rank without its half-year or quarter (``; au second, 1 377``); levels of years ago.
_RANK_ALONE = re.compile(rf"\bau\s(?P<rank>{'|'.join(_RANKS)})(?=\s?[,;.:)]|\s\d|$)")
_PART_CODE = re.compile(rf"{_YEAR}-[ST]\d")
_YEARS_AGO = hinted("il y a", rf"\bcel(?:ui|les?)\sd'(il y a (?P<count>{_COUNT})\sans)\b")


def _part(match: re.Match[str], year: str) -> str:
    rank = match["rank"]
    number = int(rank[0]) if rank[0].isdigit() else _RANKS[rank]
    quarter = match["part"].startswith("tri")
    return f"{match['year'] or year}-{'T' if quarter else 'S'}{number or (4 if quarter else 2)}"


def _short_part(match: re.Match[str], year: str) -> str:
    return f"{match['year'] or match['before'] or year}-{match['part'].upper()}"


def _day(name: str) -> str:
    return _DAY.format(name).replace("MONTH", _MONTH).replace("YEAR", _YEAR)


_CAMPAIGN = re.compile(
    r"\b(?P<season>campagne|saison|hiver|annee "
    rf"scolaire|sur la periode)?\s?(?P<first>{_YEAR})\s?[/\-–]\s?(?P<second>{_YEAR}|\d\d)(?![\d/])"
)
#: A day or a month whose years are the columns beside it: none follows, or several do.
_NO_YEAR = rf"(?!\.?\s{_YEAR}\b(?!\s+{_YEAR}))(?![/.]\d)"
_DAY_OF_ANY_YEAR = re.compile(
    rf"(?:\b(?:au|fin|le)|^|\()\s?(?P<day>\d{{1,2}})(?:\s?er)?\s(?P<month>{_MONTH})\b{_NO_YEAR}"
    rf"|\bau\s(?P<numbered_day>\d{{1,2}})[/.](?P<numbered_month>0?[1-9]|1[0-2])(?!\d){_NO_YEAR}"
)
_MONTH_OF_ANY_YEAR = re.compile(rf"\b(?:en|fin|mois de|mois d')\s?(?P<month>{_MONTH})\b{_NO_YEAR}")
_DATED = re.compile(rf"\b(?P<day>\d{{1,2}})(?:\s?er)?\s(?P<month>{_MONTH})\.?\s(?P<year>{_YEAR})\b")
_SLASHED = re.compile(rf"(?<!\d)(?P<day>\d\d?)[/.](?P<month>\d\d)[/.](?P<year>{_YEAR}|\d\d)(?!\d)")
_IN_MONTH = re.compile(
    rf"\b(?:en|fin|debut|courant|mois de|mois d')\s?(?P<month>{_MONTH})\b(?:\s(?P<year>{_YEAR}))?"
)
_MONTH_OF = re.compile(rf"\b(?P<month>{_MONTH})\s(?P<year>{_YEAR})\b")
#: What the names of months begin with.
_OF_MONTHS = tuple(sorted({plain(m)[:3] for e in lexicon()["mois"] for m in e.mots}))
#: The forms of a time, each with what a text must hold of it and what reads it.
_READERS: tuple[tuple[re.Pattern[str], tuple[str, ...], Callable[[re.Match[str], str], str | None]], ...] = (
    (
        re.compile(rf"\b(?:du|entre le|de)\s{_day('a')}\s(?:au|et le|a)\s{_day('b')}\b"),
        ("du", "de", "entre"),
        _range,
    ),
    (
        re.compile(
            rf"\b(?:de|entre)\s(?P<amonth>{_MONTH})(?:\s(?P<ayear>{_YEAR}))?\s(?:a|et)\s(?P<bmonth>{_MONTH})(?:\s(?P<byear>{_YEAR}))?"
        ),
        _OF_MONTHS,
        _month_range,
    ),
    (
        re.compile(
            rf"\b(?:les|des)\s(?P<count>{_COUNT})\s(?P<which>premiers|derniers)\smois(?:\s(?:de\s(?:l'annee\s)?)?(?P<year>{_YEAR}))?"
        ),
        ("mois",),
        _some_months,
    ),
    (_DATED, _OF_MONTHS, _date),
    (
        re.compile(rf"\bau\s(?P<day>\d{{1,2}})(?:\s?er)?\s(?P<month>{_MONTH})(?!\s{_YEAR})"),
        _OF_MONTHS,
        _day_of_year,
    ),
    (_SLASHED, ("/", "."), _slashed),
    (_CAMPAIGN, ("/", "-", "–"), _campaign),
    (
        re.compile(
            rf"\b(?P<rank>premier|second|deuxieme|troisieme|quatrieme|dernier|[1-4]\s?(?:er?|eme|nde?|e)?)\s(?P<part>semestre"
            rf"|trimestre|trim\b\.?)(?:\s(?:de\s(?:l'annee\s)?)?(?P<year>{_YEAR}))?"
        ),
        ("mestre", "trim"),
        _part,
    ),
    (
        re.compile(rf"\b(?:(?P<before>{_YEAR})[\s-])?(?P<part>[st][1-4])\b(?:\s(?P<year>{_YEAR}))?"),
        tuple(f"{part}{rank}" for part in "st" for rank in "1234"),
        _short_part,
    ),
    (_IN_MONTH, _OF_MONTHS, _in_month),
    (_MONTH_OF, _OF_MONTHS, _in_month),
)
_CUT_BY_POINT = "|".join(rf"{digit}[/.]\d" for digit in "0123456789")
#: What a text must hold to name a time; each way begins with a letter of its own, for speed.
_HINT = re.compile(
    rf"19\d\d|20\d\d|trim|semestre|s[1-4](?<!\ws.)\b|t[1-4](?<!\wt.)\b|{_MONTH[3:-1]}|{_CUT_BY_POINT}"
    r"|annee|l'an\b|n\s?-\s?1|un an|exercice|mois|saison"
)
#: The same without a digit: what to ask of a text first.
_TIME_WORDS = (*_OF_MONTHS, "mois", "mestre", "trim", "annee", "saison", "l'an", "un an", "exercice")
_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=4096)
def mentions(printed: str, year: str) -> tuple[Mention, ...]:
    """Every time that a text names, in order; ``year`` completes those that leave it out."""
    text = plain(printed)
    if not _may_tell(text):
        return ()
    found: list[Mention] = []
    taken: list[tuple[int, int]] = []
    for match, written, reader in _written(text):
        if _overlaps(match, taken):
            continue
        code = reader(match, year)
        if code or written is _CAMPAIGN:
            taken.append(match.span())
        season = written is _CAMPAIGN and match["season"]
        if code and (season or not _is_of_a_name(text, match.start())):
            found.append(_mention(text, *match.span(), code, written in (_DATED, _SLASHED)))
    for match in _ANY_YEAR.finditer(text):
        counted = _overlaps(match, taken) or counts_like_a_year(printed, *match.span(1))
        if not counted and not _is_of_a_name(text, match.start()):
            found.append(_mention(text, *match.span(), match[1], False))
    found += [*_years_before(text, year), *_parts_by_rank(text, found)]
    return tuple(sorted(found, key=lambda m: m.start))


def _may_tell(text: str) -> bool:
    """Whether plain words may name a time."""
    worded = bool(_DIGIT.search(text)) or any(map(text.__contains__, _TIME_WORDS))
    return worded and bool(_HINT.search(text))


def _written(
    text: str,
) -> Iterator[tuple[re.Match[str], re.Pattern[str], Callable[[re.Match[str], str], str | None]]]:
    """What looks like a time, form by form, with its form and its reader."""
    told: dict[tuple[str, ...], bool] = {}
    for written, needed, reader in _READERS:
        if needed not in told:
            told[needed] = any(map(text.__contains__, needed))
        if told[needed]:
            yield from ((match, written, reader) for match in written.finditer(text))


def _overlaps(match: re.Match[str], taken: Sequence[tuple[int, int]]) -> bool:
    return any(a < match.end() and match.start() < b for a, b in taken)


def _is_of_a_name(text: str, at: int) -> bool:
    """Whether the words before a time make it part of a name (``loi de 2019``) or of a limit."""
    return bool(_NAMED.search(text[max(0, at - 45) : at]))


def _years_before(text: str, year: str) -> Iterator[Mention]:
    """Where a text says the year before without its number; ``évolution N-1`` compares with it."""
    for match in _YEARS_AGO.finditer(text):
        yield _mention(text, *match.span(1), str(int(year[:4]) - _counted(match["count"])), False)
    for match in _LAST_YEAR.finditer(text):
        told = _mention(text, match.start(), match.end(), previous(year), False)
        yield told._replace(base=True) if _CHANGE_SINCE.search(text, 0, match.start()) else told


def _parts_by_rank(text: str, found: Sequence[Mention]) -> Iterator[Mention]:
    """``au premier semestre, ... ; au second``: a rank alone goes on the halves or quarters named before."""
    for match in _RANK_ALONE.finditer(text) if found else ():
        before = [m for m in found if m.end <= match.start() and _PART_CODE.fullmatch(m.code)]
        if before:
            part, rank = before[-1].code[5], _RANKS[match["rank"]]
            code = f"{before[-1].code[:4]}-{part}{rank or (4 if part == 'T' else 2)}"
            yield _mention(text, *match.span(), code, False)


def _mention(text: str, start: int, end: int, code: str, dated: bool) -> Mention:
    before = text[max(0, start - 60) : start]
    opens = _OPENING.match(_SENTENCE.split(text[:start])[-1].removesuffix("le "))
    aside = bool(_ASIDE_EVENT.search(before)) and bool(_CLOSED.match(text, end))
    event = (
        (dated and bool(_EVENT.search(before)) and not opens) or aside or bool(_OTHER_EVENT.search(before))
    )
    base = bool(_BASE.search(before)) and len(code) < len("2020-01/2020-02")
    return Mention(start, end, code, base, event, _is_pair(code) and bool(_PAIR_OF.search(before)))


@dataclass(frozen=True)
class Times:
    """The scene of a number with the times that its sentence names: what rules of periods look at."""

    scene: Scene
    evolves: bool
    named: tuple[Mention, ...]
    elsewhere: bool = False

    @property
    def year(self) -> str:
        return self.scene.year

    @property
    def usual(self) -> str:
        """The period that holds when the sentence names none: of the heading, else of the report."""
        return self.scene.context or self.scene.year

    @once
    def _own(self) -> list[Mention]:
        """The times that can be the number's: the two years of an evolution are only an evolution's."""
        return [m for m in self.named if self.evolves or not m.pair]

    @once
    def main(self) -> Mention | None:
        """The time that holds for the number from before it: not a base, not one that another number took
        after it.
        """
        start = self.scene.quantity.start
        usable = [
            m for m in self._own if m.end <= start and not m.base and not m.event and not self._bound(m)
        ]
        return usable[-1] if usable else None

    @once
    def after(self) -> Mention | None:
        """The first time after the number within its own clause, without a number of its own."""
        return next(
            (
                m
                for m in self._own
                if m.start >= self.scene.quantity.end and not m.base and not self.separated(m)
                if not self._opens_bracket(m)
            ),
            None,
        )

    def _opens_bracket(self, mention: Mention) -> bool:
        """Whether a time in another clause has a number of its own (``, après la perte de 2020 (- 9 %)``,
        ``5,9 % (2021 : 5,2 %)``).
        """
        words = self.scene.words
        between = words[self.scene.quantity.end : mention.start]
        if _OPENS.search(between):
            return _TOLD_AFTER.match(words, mention.end) is not None
        return "," in between and _BRACKETED.match(words, mention.end) is not None

    def separated(self, mention: Mention) -> bool:
        return _separated(self.scene.words, self.scene.quantity.end, mention.start, self.scene.others)

    def _bound(self, mention: Mention) -> bool:
        return (
            _bound(self.scene.words, mention, self.scene.others)
            or self._of_another_stock(mention)
            or self._superseded(mention)
        )

    def _superseded(self, mention: Mention) -> bool:
        """``de 74 % en 2020 à 79 %``, ``74 % en 2020, il est désormais de 79 %``: an earlier year of another
        number is over once the text comes to the present.
        """
        words, (begin, _), start = self.scene.words, self.scene.bounds, self.scene.quantity.start
        if mention.end > start or mention.code[:4] >= self.year[:4]:
            return False
        owners = [s for s in self.scene.others if begin <= s[0] < start and mention.start - s[1] < 30]
        places = [*(a for a, _ in owners if a >= mention.end), start]
        return any(_overtakes(words, mention, owners, at) for at in places)

    def _of_another_stock(self, mention: Mention) -> bool:
        """``1 140 au 31 décembre, malgré 27 600 entrées``: the day of a stock holds for its own number."""
        words, start = self.scene.words, self.scene.quantity.start
        day = "au" in words[max(0, mention.start - 3) : mention.start + 3].split()
        begin = self.scene.bounds[0]
        counted = any(begin <= a and 0 <= mention.start - b < 30 for a, b in self.scene.others)
        return day and counted and mention.end < start and bool(_DAY_CODE.fullmatch(mention.code))

    @once
    def later(self) -> list[Mention]:
        """Times after the number that no other number takes."""
        end = self.scene.quantity.end
        found = (m for m in self._own if m.start >= end and not m.base and not m.event)
        return [m for m in found if not self._bound(m) and not self._of_what_was(m)]

    def _of_what_was(self, mention: Mention) -> bool:
        """``de 22 jours, il était de 25 en 2021``: a time is that of the number that tells how it was."""
        end = self.scene.quantity.end
        before = [(a, b) for a, b in self.scene.others if end <= a and 0 <= mention.start - b < 30]
        return bool(before) and bool(_WAS.search(self.scene.words, end, before[-1][0]))

    @once
    def near(self) -> str:
        """The plain words right before the number, within its sentence."""
        start = self.scene.quantity.start
        return self.scene.words[max(self.scene.bounds[0], start - 30) : start]


def of_scene(scene: Scene, evolves: bool, *, elsewhere: bool = False) -> Conclusion[str]:
    """The period of a number; ``evolves`` when it is an evolution, whose period is ``before/now``;
    ``elsewhere`` when it is of another body than the report's.
    """
    begin, stop = scene.bounds
    named = tuple(m for m in mentions(scene.text, scene.year) if begin <= m.start < stop)
    times = Times(scene, evolves, named, elsewhere)
    if not evolves:
        return decided(LEVELS, times, times.usual)
    usual = times.usual
    return decided(EVOLUTIONS, times, usual if _is_pair(usual) else f"{previous(usual[:4])}/{usual[:4]}")


def _own_years(times: Times) -> str | None:
    """``4 980 et 6 120 visites en 2021 et 2022``: as many years as figures, in the same order."""
    if len(times.scene.spans) < 2:
        return None
    words, start = times.scene.words, times.scene.quantity.start
    row = _row_of_numbers(words, start, times.scene.spans)
    match = _YEARS_IN_ROW.match(words, row[-1][1]) if len(row) >= 2 else None
    if match is None and len(row) >= 2 and "respectivement" in times.scene.before:
        match = _YEARS_BEFORE.search(words, times.scene.bounds[0], row[0][0])
    years = re.findall(_YEAR, match[0]) if match else []
    at = next((i for i, span in enumerate(row) if span[0] == start), -1)
    return years[at] if len(years) == len(row) else None


def _row_of_numbers(words: str, start: int, spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """The numbers joined to the one at ``start`` by commas and ``et``, it included, in order."""
    row: list[tuple[int, int]] = []
    for span in spans:
        if row and _JOINED.fullmatch(words[row[-1][1] : span[0]]):
            row.append(span)
        elif any(s[0] == start for s in row):
            break
        else:
            row = [span]
    return row if any(s[0] == start for s in row) else []


def _for_the_year(times: Times) -> str | None:
    """``pour l'année 2019`` right after the number, before any other."""
    words, end = times.scene.words, times.scene.quantity.end
    near = words[end : end + 60]
    if not ("pour" in near or "titre" in near or "sur" in near):
        return None
    stop = min(
        (a for a, _ in times.scene.others if a >= end and not re.fullmatch(_YEAR, words[a : a + 4])),
        default=len(words),
    )
    match = _FOR_YEAR.match(words, end, stop)
    return match[1] if match else None


def _passing(times: Times) -> str | None:
    """``de 21 à 14 jours entre 2021 et 2022``: the first number belongs to the first year."""
    words, start = times.scene.words, times.scene.quantity.start
    between = _BETWEEN.search(words, *times.scene.bounds) if "19" in words or "20" in words else None
    if not between:
        return None
    if times.scene.passes and re.search(r"\b(?:de|d')\s*$", words[:start]):
        return between[1]
    return between[2] if _FROM.search(words[:start]) else None


def _passing_since(times: Times) -> str | None:
    """``recule de 34,1 à 33,4``: the first number belongs to the year before."""
    words, (start, end) = times.scene.words, (times.scene.quantity.start, times.scene.quantity.end)
    if words[max(0, start - 3) : start - 1] != "de":
        return None
    passes = _PASSES.search(words[max(0, start - 60) : start]) or (
        words[:start].endswith(" de ") and _PASSED_BEFORE.search(words, times.scene.bounds[0], start)
    )
    if not (passes and times.scene.passes):
        return None
    if _FROM_THEN_ON.search(words, end, times.scene.bounds[1]):
        return None
    return previous((times.main.code if times.main else times.usual)[:4])


def _aimed(times: Times) -> str | None:
    scene = times.scene
    begin, start = scene.bounds[0], scene.quantity.start
    opens = _FOR_OPENING.match(scene.words, begin, start)
    match = _AIMED.search(scene.words, begin, start) or _AIMED_AFTER.match(scene.after) or opens
    return match[1] if match else None


def _elsewhere(times: Times) -> str | None:
    """A figure of another body is of the same year as the report's own, unless only another year is named."""
    if not times.elsewhere:
        return None
    return (
        times.year
        if any(m.code == times.year for m in times.named)
        else times.main.code
        if times.main
        else times.usual
    )


def _beside(times: Times) -> str | None:
    """``9 jours contre 16 jours par courrier``: two things of one year, no comparison with the
    year before.
    """
    if not _COMPARES.search(times.near) or not _OTHER_THING.match(times.scene.after):
        return None
    return times.main.code if times.main else times.usual


def _lasted(times: Times) -> bool:
    """``après 33 jours d'instruction``: a time that passed, no time before."""
    lasted = times.scene.quantity.unit in ("jours", "mois", "semaines", "ans")
    return lasted and times.near.endswith("apres ") and bool(_OF_WHAT.match(times.scene.after))


def _compared(times: Times) -> str | None:
    start = times.scene.quantity.start
    bracket = times.scene.words[max(0, start - 30) : start].rstrip(" (") + " "
    if not (_COMPARES.search(times.near) or _COMPARES.search(bracket)) or _lasted(times):
        return None
    return previous((times.main.code if times.main else times.usual)[:4])


def _in_bracket_of_base(times: Times) -> str | None:
    """``par rapport à 2020 (1,07 milliard)``: what stands in brackets right after a year of comparison is of
    it.
    """
    start = times.scene.quantity.start
    base = next((m for m in reversed(times.named) if m.base and m.end <= start), None)
    return base.code if base and times.scene.words[base.end : start].strip() == "(" else None


def _that_of_year(times: Times) -> str | None:
    """``et celui de 2023 est estimé à 32,0``: the figure is that year's, no comparison with it."""
    match = _THAT_OF.search(times.scene.words, times.scene.bounds[0], times.scene.quantity.start)
    return match[1] if match and match.end() == times.scene.quantity.start else None


def _only_later(times: Times) -> str | None:
    later = [m for m in times.later if not _BRACKETED.match(times.scene.words, m.end)]
    if not later or len({m.code for m in later}) > 1:
        return None
    between = times.scene.words[times.scene.quantity.end : later[0].start].removeprefix(")")
    return None if between.count("(") != between.count(")") else later[0].code


def _over_span(times: Times) -> str | None:
    """``412 dossiers ouverts entre 2019 et 2022``: a count of all the years together; a rate is of one."""
    words, quantity = times.scene.words, times.scene.quantity
    near = times.after or times.main
    if quantity.unit not in ("EUR", None) or near is None:
        return None
    if times.scene.passes or _FROM.search(words[: quantity.start]) or _REACHED.search(times.scene.before):
        return None
    match = _BETWEEN.search(words, *times.scene.bounds)
    spans = match and match.start() <= near.start < match.end()
    return f"{match[1]}/{match[2]}" if match and spans and match[1] < match[2] else None


LEVELS: tuple[DecisionRule[Times, str], ...] = (
    DecisionRule("annees_des_chiffres", 0.9, _own_years),
    DecisionRule("pour_l_annee", 0.9, _for_the_year),
    DecisionRule("entre_deux_annees", 0.85, _passing),
    DecisionRule("de_a", 0.75, _passing_since),
    DecisionRule("a_present", 0.9, lambda t: t.year if _AT_PRESENT.match(t.scene.after) else None),
    DecisionRule("d_ici", 0.75, _aimed),
    DecisionRule("celui_de_l_annee", 0.9, _that_of_year),
    DecisionRule("sur_l_intervalle", 0.85, _over_span),
    DecisionRule("dit_apres", 0.95, lambda t: t.after.code if t.after else None),
    DecisionRule("base_entre_parentheses", 0.9, _in_bracket_of_base),
    DecisionRule("autre_organisme", 0.7, _elsewhere),
    DecisionRule("autre_chose", 0.7, _beside),
    DecisionRule("comparaison", 0.75, _compared),
    DecisionRule("dit_avant", 0.85, lambda t: t.main.code if t.main else None),
    DecisionRule("dit_plus_loin", 0.7, _only_later),
    DecisionRule("titre", 0.65, lambda t: t.scene.context),
)


def _over_years(times: Times) -> str | None:
    end = times.scene.quantity.end
    stop = min([a for a, _ in times.scene.others if a >= end], default=end + 60)
    over = _IN_YEARS.search(times.scene.words[end : min(stop + 3, end + 60)]) or _OPENS_IN_YEARS.match(
        times.scene.words, times.scene.bounds[0]
    )
    return f"{int(times.usual[:4]) - _counted(over[1])}/{times.usual[:4]}" if over else None


def _over_one_year(times: Times) -> str | None:
    """``-5 400 sur un an``: a year, whatever other years the paragraph names."""
    return (
        _year_before(times, times.usual)
        if _ONE_YEAR.match(times.scene.after) and times.main is None
        else None
    )


def _between(times: Times) -> str | None:
    """``entre 2019 et 2021`` in the number's own clause; in a bracket, only for the numbers of
    that bracket.
    """
    scene = times.scene
    for match in _BETWEEN.finditer(scene.words, *scene.bounds):
        opened = scene.words.rfind("(", 0, match.start())
        own_bracket = opened >= 0 and ")" not in scene.words[opened : match.start()]
        if not own_bracket or (
            opened <= scene.quantity.start < match.end() + 60
            and scene.words.find(")", opened) >= scene.quantity.end
        ):
            return f"{match[1]}/{match[2]}"
    return None


def _of_its_year(times: Times) -> str | None:
    """``après le recul de 2020 (- 14 %)``: brackets after a change of a year hold that change; ``(+ 2 % en
    2019)``: so does a change with its year.
    """
    start = times.scene.quantity.start
    match = _CHANGE_OF_YEAR.search(times.scene.words, times.scene.bounds[0], start)
    after = times.after
    if match and match.end() == start:
        year = next(filter(None, match.groups()), None) or previous(times.year)
    elif after and len(after.code) == 4 and after.start - times.scene.quantity.end <= 4 and not after.base:
        year = after.code
    else:
        return None
    return f"{previous(year)}/{year}"


def _after_another(times: Times) -> str | None:
    """``+ 1,1 % après + 8,4 %``: the signed rate after another is of the year before."""
    scene, last = times.scene, times.scene.previous
    signed = scene.quantity.signed and last is not None and last.signed and last.unit == scene.quantity.unit
    if not signed or last is None or scene.words[last.end : scene.quantity.start].strip(" ,") != "apres":
        return None
    year = previous((times.main.code if times.main else times.usual)[:4])
    return f"{previous(year)}/{year}"


def _since_then(times: Times) -> str | None:
    """``en 2020, nous avions 101 405 comptes, soit une progression de 14 %``, ``contre 1,5 M€ en 2020, soit
    + 2 %``: from then to now.
    """
    main = times.main
    if main is None or main.code >= times.year or len(main.code) != 4:
        return None
    words, start = times.scene.words, times.scene.quantity.start
    between = words[main.end : start]
    compared = _SO_CHANGED.fullmatch(between) and _AGAINST.search(words, times.scene.bounds[0], main.start)
    return f"{main.code}/{times.year}" if compared or _HAD_THEN.search(between) else None


def _same_span(times: Times) -> str | None:
    """``Sur la même période``: the two years that the sentences before name."""
    words, (begin, stop) = times.scene.words, times.scene.bounds
    if not _SAME_SPAN.search(words, begin, stop):
        return None
    before = list(_BETWEEN.finditer(words, 0, begin))
    return f"{before[-1][1]}/{before[-1][2]}" if before else None


def _passed(times: Times) -> str | None:
    """``passé de 12 en 2019 à 31 en 2022, soit + 158 %``: the two years of the passage."""
    begin, start = times.scene.bounds[0], times.scene.quantity.start
    match = _FROM_YEAR_TO_YEAR.search(times.scene.words, begin, start)
    return f"{match[1]}/{match[2] or times.year}" if match else None


def _base(times: Times) -> Mention | None:
    """The time that a change is compared with: near after the number, else before it."""
    start, end = times.scene.quantity.start, times.scene.quantity.end
    after = next((m for m in times.named if m.base and m.start >= end and m.start - end < 90), None)
    return after or next((m for m in reversed(times.named) if m.base and m.end <= start), None)


def _since_base(times: Times) -> str | None:
    base, end = _base(times), times.scene.quantity.end
    if base is None:
        return None
    now = _now(times) or next((m for m in times.named if not m.base and m.start >= end), None)
    last, then = (now.code if now else times.usual)[:4], base.code[:4]
    if now and _is_pair(now.code):
        return now.code
    if now is None and then >= times.year[:4]:
        return None
    return f"{then}/{last if last > then else max(times.year, str(int(then) + 1))}"


def _now(times: Times) -> Mention | None:
    return times.after or times.main


def _is_pair(code: str) -> bool:
    return "/" in code and len(code) == 9


def _year_before(times: Times, code: str) -> str:
    return f"{previous(code[:4])}/{code[:4]}"


def _pair_named(times: Times) -> str | None:
    now = _now(times)
    return now.code if now and _is_pair(now.code) else None


EVOLUTIONS: tuple[DecisionRule[Times, str], ...] = (
    DecisionRule("sur_des_annees", 0.85, _over_years),
    DecisionRule("sur_un_an", 0.85, _over_one_year),
    DecisionRule("variation_d_une_annee", 0.9, _of_its_year),
    DecisionRule("apres_une_autre", 0.85, _after_another),
    DecisionRule("entre_deux_annees", 0.95, _between),
    DecisionRule("meme_periode", 0.85, _same_span),
    DecisionRule("depuis_lors", 0.85, _since_then),
    DecisionRule("deux_annees", 0.9, _pair_named),
    DecisionRule("passe_de_a", 0.9, _passed),
    DecisionRule("depuis", 0.9, _since_base),
    DecisionRule("annee_avant", 0.8, lambda t: _year_before(t, now.code) if (now := _now(t)) else None),
)


def _overtakes(words: str, mention: Mention, owners: list[tuple[int, int]], at: int) -> bool:
    """Whether the number at ``at`` is of the present where one of ``owners`` before it took ``mention``."""
    before = [s for s in owners if s[1] <= at and s[0] != at]
    if not before:
        return False
    a, b = before[-1]
    between = words[max(b, mention.end) : at]
    if (
        b <= mention.start
        and _PASSED_TO.fullmatch(between)
        and words[max(0, a - 30) : a].rstrip().endswith("de")
    ):
        return True
    was = b <= mention.start and bool(_WAS.search(words[max(0, a - 40) : a]))
    return bool(_NOW.search(between)) or was


def _separated(text: str, end: int, at: int, others: list[tuple[int, int]]) -> bool:
    """Whether another number, a bracket or a comparison stands between a number and a time after it."""
    between = text[end:at]
    if any(end <= a < at for a, _ in others):
        return True
    if "(" in between and ")" not in between:
        return (
            bool(
                re.search(
                    r"\w",
                    between[between.rindex("(") + 1 :].replace("en", "").replace("fin", "").replace("au", ""),
                )
            )
            or at - end > 60
        )
    return at - end > 90 or bool(
        re.search(r"\b(?:contre|versus|tandis|alors que|quand|lorsque|dont|apres)\b|\bque?\s*$", between)
    )


def _bound(text: str, mention: Mention, others: list[tuple[int, int]]) -> bool:
    """Whether a time belongs to a number just before it within brackets or a comparison (``(73 en 2020)``,
    ``contre 21 en 2022``).
    """
    before = [(a, b) for a, b in others if b <= mention.start and mention.start - b < 30]
    if not before:
        return False
    a, _ = before[-1]
    opened = text.rfind("(", 0, a)
    return (opened >= 0 and ")" not in text[opened : mention.start]) or bool(
        _COMPARES.search(text[max(0, a - 30) : a])
        or _COMPARED_ALSO.search(text[max(0, a - 90) : a])
        or _AFTER_CHANGE.search(text[max(0, a - 60) : a])
    )


def of_month(header: str, year: str) -> str | None:
    """The month that a header is the name of (``Janvier``, ``fév.``), in the report's ``year``."""
    word = plain(header.strip().rstrip("."))
    found = _BEGINNINGS.get(word, ())
    return f"{year}-{next(iter(found)):02d}" if len(found) == 1 else None


def of_title(title: str, year: str) -> str | None:
    """The one period that a heading or title names, or ``None`` when it names none or several."""
    found: Iterator[str] = iter({m.code for m in mentions(title, year) if not m.base and not m.event})
    first = next(found, None)
    return first if next(found, None) is None else None


#: What leads to a time, and what stands between two of them.
_LEADS_TO = re.compile(
    r"\b(?:jusqu'(?:en|au?)|depuis|entre|d'ici(?:\sa)?|(?:a|en) (?:partir|compter) d[ue])\s+"
    r"(?:(?:le|la|l'annee|fin|debut|du|au)\s+)*$"
)
_BRACKETED = re.compile(
    r"\s?\(\s?[-+\u2212]?\s?\d[\d\s.,]*\s?(?:%|points?|(?:millions?|milliards?)(?: d'euros)?|[mk]?€|md€|euros"
    r"|jours?|minutes?)?\s?\)"
)
_OPENS = re.compile(r"\(\s?(?:en\s|fin\s)?$")
_TOLD_AFTER = re.compile(r"\s?[:=]\s?[-+\u2212]?\s?\d")
_BETWEEN_TIMES = re.compile(r"\s*(?:et|à|au|puis|ou)\s*")


@dataclass(frozen=True, slots=True)
class DayOfYears:
    """A day or a month of any year and where a text names it: ``au 31 décembre`` is ``12-31``."""

    start: int
    end: int
    code: str


def within_year(label: str, year: str) -> str | None:
    """The month, quarter, half-year or day of ``year`` that the name of a row is (``Janvier``, ``T2``)."""
    named = of_month(label, year) or of_title(label, year)
    return named if named and named.startswith(f"{year}-") and "/" not in named else None


def in_year(code: str, year: str, named: str) -> str:
    """A part of a year (``T2``, ``mars``) in another year, unless the words that name it tell their own."""
    part = len(code) > len(year) and "/" not in code and not _ANY_YEAR.search(plain(named))
    return f"{year}{code[len(year) :]}" if part else code


def day_of_years(text: str) -> DayOfYears | None:
    """The day or the month that a text names without the year, or before several years; else ``None``."""
    flat = plain(text)
    if match := _DAY_OF_ANY_YEAR.search(flat):
        month = MONTHS[match["month"]] if match["month"] else int(match["numbered_month"])
        return DayOfYears(*match.span(), f"{month:02d}-{int(match['day'] or match['numbered_day']):02d}")
    if match := _MONTH_OF_ANY_YEAR.search(flat):
        return DayOfYears(*match.span(), f"{MONTHS[match['month']]:02d}")
    return None


def without(text: str, year: str) -> str:
    """``text`` with the times that it names blanked out, and what leads to them (``jusqu'en``), character
    for character."""
    named, last = mentions(text, year), 0
    for mention in named:
        led = _LEADS_TO.search(plain(text), last, mention.start)
        start = led.start() if led else mention.start
        if last and _BETWEEN_TIMES.fullmatch(text, last, start):
            start = last
        text = f"{text[:start]}{' ' * (mention.end - start)}{text[mention.end :]}"
        last = mention.end
    return text
