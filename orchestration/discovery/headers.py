"""What stands above a table: the columns that a header names, with their periods, natures and units, and its
title.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from orchestration.discovery import periods
from orchestration.discovery.layout import SPEAKS, Kind, Line, days_cut, is_rule
from orchestration.discovery.quantities import inherited, unit_of_line
from orchestration.notation.folding import plain, small_letters
from orchestration.notation.lexicon import alternation
from orchestration.notation.tokens import holds_number

#: How many lines without a cell a table survives before its header is forgotten.
MAX_GAP = 6
_EVOLUTION = re.compile(
    r"[ée]vol\w*|variation|\bvar\.?\b|[ée]carts?\b|progression|\bN\s?/\s?N\s?-\s?1\b|\bdiff[ée]rence|"
    r"tendance",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:parts?|poids|r[ée]partition|proportion|structure)\b|\ben\s%|^\s*\(?%\)?\s*$|%\s+du\b",
    re.IGNORECASE,
)
OBJECTIVE = re.compile(r"(?<!\bsur )\b(?:objectifs?|cibles?|attendus?|seuils?)\b", re.IGNORECASE)
#: The name of a column of what was planned.
_PLANNED = re.compile(r"\W*pr[ée]vu?(?:e?s?|isions?)(?:\s(?:19|20)\d\d)?\W*", re.IGNORECASE)
#: How a column of what was planned begins, and one of what became of it: side by side, one is aimed at.
PLANNED = re.compile(
    r"\W*(?:(?:montants?|credits?|depenses?|charges?|effectifs?|etp|total)\s)?"
    r"(?:prevu|previs|budget|b[pri]\b|eprd\b|alloue|vote|notifie|autorise|inscrit|ouvert|objectif|cible|attendu)"
)
_BECAME = re.compile(
    r"\W*(?:(?:budget|montants?|credits?|depenses?|charges?|effectifs?|etp|total)\s)?"
    r"(?:realis|execut|consomm|constat|depense|mandat|engage|reel(?:le)?s?\b|ca\b|compte administratif)"
)
_MONEY = re.compile(
    r"\bmontants?\b|\bd[ée]penses?\b|\bco[ûu]ts?\b|€|\beuros?\b|\bbudget\b|\bcharges\b|\bproduits\b"
    r"|(?<!de\s)\bremboursements?\b",
    re.IGNORECASE,
)
_RANK = re.compile(r"\b(?:rang|ordre|classement|position)\b", re.IGNORECASE)
_COUNT = re.compile(
    r"\b(?:nombre|nb|effectifs?|volumes?|quantit[ée]s?|dossiers|b[ée]n[ée]ficiaires)\b", re.IGNORECASE
)
_MONTH = "|".join(periods.MONTHS)
_AGE, _DELAY = re.compile(r"^\W*[âa]ge\s", re.IGNORECASE), re.compile(r"^\W*d[ée]lais?\b", re.IGNORECASE)
_HOURS = re.compile(r"^\W*heures?\b", re.IGNORECASE)
_IMPLIED = (
    *((_RANK, "rang"), (_COUNT, "nombre"), (_MONEY, "EUR")),
    *((_AGE, "ans"), (_DELAY, "jours"), (_HOURS, "heures")),
)
#: What is counted, where no other word of a column says that it is money.
_THINGS = re.compile(
    r"\b(?:s[ée]jours|patients|assur[ée]s|actes|lits|visites|appels|demandes|contr[ôo]les|plaintes|entreprises"
    r"|[ée]tablissements|professionnels|m[ée]decins|journ[ée]es|personnes|agents|salari[ée]s)\b",
    re.IGNORECASE,
)
#: Words that name a column of changes.
_CHANGES = (
    *("évolutions?", r"évol\.?", "evolutions?", r"evol\.?"),
    *("variations?", r"var\.", "écarts?", "ecarts?", "progression"),
)
#: Times and words that name a column, in small letters. Each way begins with a letter, which a search is
#: quick to look for; a word begins where ``(?<!\\w.)`` says so after its first letter.
_TOKEN = re.compile(
    alternation(
        (
            *(
                rf"{digit}\d?(?:(?:er)?\s(?:{_MONTH})\.?\s(?:19|20)\d\d(?!\s+(?:19|20)\d\d)|/\d{{1,2}}/(?:20)?\d\d)"
                for digit in "0123456789"
            ),
            *(rf"{age}(?<![\d/]..)\d\d(?:\s?[/-]\s?(?:19|20)?\d\d(?!\d))?" for age in ("19", "20")),
            r"n(?<!\w.)(?:\s?-\s?[12]\b|\b(?!\s?/)|\s?/\s?n\s?-\s?1\b)",
            *(rf"{part}(?<!\w.)[1-4](?:\s20\d\d)?" for part in "st"),
            *(
                rf"{change}(?:\s+(?:en\s(?:%|points?|nombre)|\(?(?:en\s)?(?:%|points?|pts)\)?))?"
                r"(?:\s+(?:n/n-1|(?:20)?\d\d\s?[/-]\s?(?:20)?\d\d))?"
                for change in _CHANGES
            ),
            r"o(?<!\w.)bjectifs?\b",
            r"c(?<!\w.)ibles?\b",
            r"r(?<!\w.)[ée]sultats?\b",
            r"p(?<!\w.)arts?\b(?:\s\(?%\)?)?",
            r"n(?<!\w.)ombres?\b",
            r"m(?<!\w.)ontants?(?:\stota(?:l|ux))?\b(?:\s\(?(?:en\s)?(?:m€|k€|€|euros)\)?)?",
            r"t(?<!\w.)otal\b",
            r"m(?<!\w.)oyennes?\b",
            r"%(?<=\w.)",
            *(rf"{name[0]}(?<!\w.){name[1:]}\b" for name in periods.MONTHS),
        )
    )
)
#: What every header line has: cells apart, a year, or a word that names a column.
#: Read in small letters; each way begins with a letter, which a search is quick to look for.
_MAY_HEAD = re.compile(
    r"\||\t|%|;\S| \s\s+\S|\u00a0\s\s+\S|\u202f\s\s+\S|\u2009\s\s+\S|\r\s\s+\S|\f\s\s+\S|\v\s\s+\S"
    r"|"
    + alternation(
        (
            *(r"19\d\d", r"20\d\d"),
            *(r"n(?<!\wn)(?!\w)", r"s[1-4](?<!\ws.)(?!\w)", r"t[1-4](?<!\wt.)(?!\w)"),
            *("évol", "evol", "vari", r"var\.(?<!\wvar\.)", "écart", "ecart", "progress", "object", "cible"),
            *("résultat", "resultat", r"part(?<!\wpart)", "nombre", "montant", "total", "moyenne", "restre"),
            *("mestre", "janvier", "février", "fevrier", "avril", "juin", "septembre", "octobre"),
        )
    )
)
#: Numbers of a header that are neither years nor counts: marks of notes, days, spans.
_NOT_COUNTED = re.compile(
    alternation(
        (
            r"\(\d\)",
            r"s(?<!\w.)em(?:aine|\.)\s\d{1,2}\b",
            r"s(?<!\w.)ur\s\d{1,2}\sans\b",
            *(
                rf"{digit}(?<!\w.)(?:\d?(?:er)?\s(?:mois|{_MONTH})\b|(?:er|e|ème|nde?)\b"
                r"|\d{0,2}(?:\sans\s(?:et|ou)\s(?:plus|moins)|\s?(?:à|-|–|et)\s?\d{1,3}\s(?:ans|jours|mois)\b))"
                for digit in "0123456789"
            ),
            r"p(?<!\w.)(?:our|ar)\s10{0,2}\s?000\b",
            r"p(?<!\w.)lus\sde\s\d{1,3}\s(?:ans|jours|mois)\b",
            r"m(?<!\w.)oins\sde\s\d{1,3}\s(?:ans|jours|mois)\b",
        )
    )
)
#: The name of a column that holds the whole of its row.
WHOLE = re.compile(r"\W*(?:total|ensemble|cumul|moyenne|ann[ée]e)\b", re.IGNORECASE)
#: The name of a column of times.
_NAMES_TIME = re.compile(
    r"\W*(?:ann[ée]es?|exercices?|p[ée]riodes?|mois|trimestres?|dates?)\b", re.IGNORECASE
)
#: A line below a table that only tells its scale.
_SCALE_BELOW = re.compile(
    r"\W*(?:(?:montants?|d[ée]penses|donn[ée]es|chiffres|sommes)\b[^.;:\d]{0,40}\s)?(?:exprim[ée]e?s?\s)?"
    r"en\s(?:k€|M€|(?:milliers|millions|milliards)\sd['’]\s?euros)\W*",
    re.IGNORECASE,
)
#: Numbers that name a column: a week, a band of days or months.
_BAND = re.compile(
    r"\bsem(?:aine|\.)\s\d{1,2}\b|\b(?:plus|moins)\sde\s\d{1,3}\s(?:jours|mois)\b"
    r"|\b(?:de\s)?\d{1,3}\s?(?:à|-|–|et)\s?\d{1,3}\s(?:jours|mois)\b"
)
FAR_TOO_LONG, LONG_PROSE = 400, 90
#: Words beside those that name columns, in a header that only single blanks part.
MAX_OTHER_WORDS = 10
#: Characters of the name of the rows, words of the name of a column, where single blanks part them.
MAX_STUB, MAX_COLUMN_WORDS = 40, 4
#: Cells from which a long line that wide blanks part is no prose.
MANY_CELLS = 5
_DAY_HINT = re.compile(r"\b(?:au|fin|le|en|mois)\s|^\W*\d", re.IGNORECASE)
_OF_REPORT = re.compile(r"\W*(?:rapport|bilan)\b", re.IGNORECASE)
#: The number that opens the caption of a table, however long it is.
_CAPTION = re.compile(r"tableau\s(?:n\s?°\s?)?(?:\d{1,3}|[IVX]{1,5}|[A-Z])\s?[:.–—-]\s", re.IGNORECASE)
#: A title about what changed, with its scale.
_TITLES_CHANGE = re.compile(
    r"\W*[ée]volutions?\s(?:du|des|de|d['’])[\s\w].*\(en\s[^()]+\)\s*$", re.IGNORECASE
)
_ENDS, _ENDS_CLAUSE = re.compile(r"[.:;,]\s*$"), re.compile(r"[.:;]\s*$")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
_POINTS = re.compile(r"points?|pts", re.IGNORECASE)
#: The name of a column of the points of a contract (``Points possibles``), not of places.
_SCORED = re.compile(
    r"\W*(?:nombre|total)\s(?:maxim\w+\s|total\s)?(?:de\s|des\s)points\b|\W*points\s(?:\w+\s)?(?:possibles?|obtenus?|attribu[ée]s?|maxim\w+|max\b|acquis"
    r"|potentiels?|r[ée]alis[ée]s?|pr[ée]vus?|perdus?|gagn[ée]s?|cpg\b)",
    re.IGNORECASE,
)
#: Over how many years an evolution goes (``évolution sur 5 ans``).
_OVER_YEARS = re.compile(r"\b(?:sur|en)\s(\d{1,2})\sans\b")
#: The scale that a sentence ends with, and a row of words and one number that it holds for.
_SCALE_AT_END = re.compile(r"(?:,|\()\s?(?:exprim[ée]e?s?\s)?en\s[^,.;()\d]{2,30}\)?\s?[.:]?\s*$")
_LABEL_AND_NUMBER = re.compile(r"\W*[^\W\d][^\d.;:]{2,50}[:.\s]\s*[-+]?\d[\d\s.,]*")
#: Words and one number that a single blank parts: a row whose label fills its column.
_TIGHT_ROW = re.compile(r"[^\W\d][^\d.;:]{2,50}\s[-+]?\d[\d\s.,]*")
_SHORT_PAIR = re.compile(r"(?<![\d/])(\d\d)\s?/\s?(\d\d)(?![\d/])")
_ANY_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


#: A time and what leads to it, alone; words that a year follows.
_LEADS_TO_YEAR = re.compile(rf"(?:en|fin|au|a fin|depuis)\s(?:\d{{1,2}}\s)?(?:(?:{_MONTH})\s)?(?:19|20)\d\d")
_CALLS_YEAR = re.compile(rf"(?:\b(?:en|fin|annee|exercice|courant|depuis|debut)|\b(?:{_MONTH}))$")


class HeaderColumn(NamedTuple):
    """What a header says of one column: its words, where it stands on the line, its period, nature, and unit
    with scale.
    """

    text: str
    start: int
    end: int
    period: str | None = None
    nature: str = "constate"
    given: tuple[Decimal, str] | None = None
    #: The unit that its words imply without giving a scale (``Montant``): a scale said elsewhere binds before
    #: it.
    implied: str | None = None
    #: Its rank among the cells of the line, where pipes or tabs cut it.
    rank: int | None = None


class Header(NamedTuple):
    """What stands above a table: its columns from left to right, its title, a unit for all cells, the period
    of its title.
    """

    columns: tuple[HeaderColumn, ...] = ()
    title: str = ""
    given: tuple[Decimal, str] | None = None
    period: str | None = None
    #: Whether a title came after the rows: the unit holds no longer when another header follows.
    scale_ends: bool = False
    #: Whether rows of its table stand between it and the line, and whether a blank line came after them.
    rowed: bool = False
    apart: bool = False
    #: Whether the unit of the heading ended: figures of its own, then a text or another table came since.
    unheaded: bool = False

    def given_to(self, line: Line) -> tuple[Decimal, str] | None:
        """The unit that it gives a line which is no row of cells: none once its table has stood, but to a
        total and to a row that a single blank parts.
        """
        tight = line.kind is Kind.LABEL and _TIGHT_ROW.fullmatch(line.bare) and not SPEAKS.search(line.bare)
        return self.given if not self.rowed or tight or WHOLE.match(line.bare) else None

    def undated(self, year: str) -> Header:
        """It without the period that its own title tells, for the table under another title."""
        told = self.period is not None and self.period == periods.of_title(self.title, year)
        return self._replace(period=None) if told else self

    def given_below(self, words: str) -> tuple[Decimal, str] | None:
        """The unit that it gives a number alone on its line below ``words``: none after its table."""
        return None if self.rowed and self.apart and not WHOLE.match(words) else self.given

    @property
    def heads(self) -> tuple[str, ...]:
        """The words of its columns."""
        return tuple(c.text for c in self.columns)

    @property
    def dated(self) -> int:
        """How many columns are of a period."""
        return sum(1 for c in self.columns if c.period and c.nature != "evolution")

    @property
    def years(self) -> frozenset[str]:
        """The periods of its columns."""
        return frozenset(c.period for c in self.columns if c.period and c.nature != "evolution")

    @property
    def measure(self) -> str:
        """What the name of the rows says is counted (``Effectif au 31 décembre | 2021 | 2022``), where the
        other columns only name periods and changes.
        """
        first, *others = self.columns or (HeaderColumn("", 0, 0),)
        bare = bool(others) and all(c.period or c.nature == "evolution" for c in others)
        bare = bare and not _SCALE_BELOW.fullmatch(first.text)
        counts = first.implied or periods.day_of_years(first.text)
        return _without_day(first.text) if bare and counts and not first.period else ""

    @property
    def corner(self) -> str:
        """What the name of the rows says is measured, where these are years and the columns parts of them."""
        first, *others = self.columns or (HeaderColumn("", 0, 0),)
        wholes = [c for c in others if WHOLE.match(c.text)]
        within = [c for c in others if c.period and len(c.period) > len("2020") and c not in wholes]
        parts = len(within) >= 2 and len(within) + len(wholes) == len(others)
        named = _WORD.search(first.text) and not first.period and not _NAMES_TIME.match(first.text)
        return first.text if parts and named else ""

    @property
    def has_evolution(self) -> bool:
        return any(c.nature == "evolution" for c in self.columns)


#: The header of a line that has none above it.
_NOTHING = Header()


def headers_above(lines: list[Line], year: str) -> list[Header]:
    """For each line, the header that holds for it: kept through rows and short labels, forgotten at prose or
    after a gap.
    """
    found: list[Header] = []
    state = _State(year)
    for i, line in enumerate(lines):
        found.append(state.header)
        if line.kind is Kind.BLANK or _says_nothing(lines, i, state):
            state.part(line)
        elif len(state.header.columns) >= 2 and (section := _only_first_cell(line)):
            state.section(section)
        elif (columns := _header_columns(line, year)) and not _titles_cells(lines, i, columns, year):
            state.head(columns, line)
        elif line.kind in (Kind.ROW, Kind.NUMBERS):
            state.row(line)
        elif line.kind is Kind.HEADING and _is_section(lines, i, state.header):
            state.section(line.bare)
        elif _is_within(lines, i, state.header):
            continue
        elif line.kind is Kind.HEADING or _closes(line, said=bool(state.header.title)):
            below = (other for other in lines[i + 1 : i + 3] if other.kind is not Kind.BLANK)
            state.close(line, next(below, None))
            found[-1] = _NOTHING
        else:
            state.name(line)
    _scaled_below(found, lines)
    return found


def _scaled_below(headers: list[Header], lines: list[Line]) -> None:
    """Give tables the scale that the line right below them tells."""
    for at, line in enumerate(lines):
        worded = line.kind is not Kind.BLANK and not line.numbered
        scaled = worded and ("€" in line.text or "illi" in line.text.lower())
        if scaled and _SCALE_BELOW.fullmatch(line.text):
            _scale_above(headers, lines, at)


def _scale_above(headers: list[Header], lines: list[Line], at: int) -> None:
    """Give the table right above a line that only tells a scale this scale, where nothing else gives one."""
    given, at = inherited(lines[at].text), at - 1
    while at >= 0 and lines[at].kind is Kind.BLANK:
        at -= 1
    columns = headers[at].columns if at >= 0 else ()
    while at >= 0 and lines[at].kind in (Kind.ROW, Kind.NUMBERS) and headers[at].columns == columns:
        if not columns or headers[at].given or any(c.given for c in columns if c.nature == "constate"):
            return
        headers[at] = headers[at]._replace(given=given)
        at -= 1


@dataclass
class _State:
    """What holds at a line while lines are read downwards: the header, the last title; how many lines ago
    the last row stood (0: none since the header), whether a title came since, whether figures came
    since the last heading, the title that stood when a header came last, and
    whether that header is the title of a report.
    """

    year: str
    header: Header = _NOTHING
    title: str = ""
    gap: int = 0
    renamed: bool = False
    filled: bool = False
    headed: str = ""
    reported: bool = False

    def head(self, columns: list[HeaderColumn], line: Line) -> None:
        fresh = self.gap == 0
        if fresh and self.reported and len(self.header.columns) == 1 and self.title != self.headed:
            self.header = Header(period=self.header.columns[0].period)
        if not fresh and _another_table(self.header.columns, columns):
            self.header = Header(unheaded=True)
        if not fresh and self.header.title != self.title:
            self.header = self.header.undated(self.year)
        ended = self.header.unheaded
        merged = _merged(self.header, columns, self.title, self.year, fresh=fresh)
        self.header = merged._replace(unheaded=True) if ended else merged
        self.gap, self.renamed, self.headed = 0, False, self.title
        self.reported = bool(_OF_REPORT.match(line.bare))

    def row(self, line: Line) -> None:
        self.gap, self.renamed, self.filled = 1, False, True
        if line.kind is Kind.ROW and ":" not in line.text and (self.header.apart or not self.header.rowed):
            self.header = self.header._replace(rowed=True, apart=False)

    def part(self, line: Line) -> None:
        """A line without words; a blank one parts the rows from what follows."""
        if line.kind is Kind.BLANK and self.header.rowed and not self.header.apart:
            self.header = self.header._replace(apart=True)

    def section(self, title: str) -> None:
        """A title between the rows of one table."""
        self.title = title
        given = inherited(title) or (None if _implied(title) == "nombre" else self.header.given)
        self.header = self.header._replace(title=title, given=given)

    def close(self, line: Line, below: Line | None) -> None:
        kept = line.kind is Kind.HEADING or line.bare.endswith(":")
        self.title = line.bare if kept else ""
        ended = line.kind is not Kind.HEADING and self.filled
        self.header, self.gap, self.renamed = _titled(self.title, self.year), 0, False
        self.filled = ended
        if ended:
            self.header = self.header._replace(unheaded=True)
        scale = _SCALE_AT_END.search(line.text)
        if (
            scale
            and below is not None
            and (below.kind is Kind.ROW or _LABEL_AND_NUMBER.fullmatch(below.text))
        ):
            self.header = self.header._replace(given=inherited(scale[0]))

    def name(self, line: Line) -> None:
        """A line of words: the title of what follows, unless a sentence ends on it; after rows it ends the
        scale of their table, should a header follow; a sentence ends columns that no row has filled.
        """
        given = inherited(line.bare)
        self.title = "" if _ends_sentence(line) and not given else line.bare
        self.filled = self.filled or line.numbered
        if given and _counts(line.bare):
            given = None
        if self.header.columns and not self.gap and line.kind is Kind.PROSE and SPEAKS.search(line.bare):
            self.header = _NOTHING
        if given or (self.gap and not self.renamed):
            self.header = self._named(line, given)
        self.renamed = bool(self.gap)
        self.gap += 1 if self.gap else 0
        if self.gap > MAX_GAP:
            self.header, self.gap = _NOTHING, 0

    def _named(self, line: Line, given: tuple[Decimal, str] | None) -> Header:
        """The header below a line of words that gives a scale and unit, or that comes after rows."""
        header = self.header
        return header._replace(
            title=self.title if given and not header.columns else header.title,
            given=given or header.given,
            scale_ends=not given and "(suite)" not in line.bare.casefold(),
            rowed=header.rowed and not given,
        )


def _ends_sentence(line: Line) -> bool:
    """Whether a line opens in small letters and ends in a full stop: the last of a paragraph, no title."""
    return line.kind is Kind.PROSE and line.bare[0].islower() and line.bare[-1] == "."


def _titles_cells(lines: list[Line], at: int, columns: list[HeaderColumn], year: str) -> bool:
    """Whether a line of words and a year (``LES AVIS / 2022``) is the title of the cut header below it, or of
    columns that all begin behind its end.
    """
    if columns[0].rank is not None or len(lines[at].cells) > 1:
        return False
    below = next((line for line in lines[at + 1 : at + 3] if line.kind is not Kind.BLANK), None)
    cut = _header_columns(below, year) if below is not None else []
    if len(cut) < 2:
        return False
    aside = len(lines[at].text.rstrip()) < cut[0].start
    return cut[0].rank is not None or (aside and len(_WORD.findall(lines[at].bare)) >= 2)


def _goes_on_with_year(above: Line, line: Line) -> bool:
    """Whether a time opens a line that goes on words right above (``au 31 décembre`` over ``2023``,
    ``bénéficiaires`` over ``en décembre 2023``).
    """
    if above.kind not in (Kind.LABEL, Kind.PROSE) or above.parted or len(line.cells) > 1:
        return False
    called = _CALLS_YEAR.search(plain(above.bare)) and _ANY_YEAR.match(line.bare)
    return bool(called or _LEADS_TO_YEAR.fullmatch(plain(line.bare)))


def _says_nothing(lines: list[Line], at: int, state: _State) -> bool:
    """Whether a line neither titles nor heads what follows: a rule, the name of the column of labels, the
    words of the boxes right above it, or the rest of a time.
    """
    if at and (any(days_cut(lines[at - 1], lines[at])) or _goes_on_with_year(lines[at - 1], lines[at])):
        return True
    return is_rule(lines[at]) or _heads_labels(lines, at, state) or _tells_of_boxes(lines, at, state)


def _tells_of_boxes(lines: list[Line], at: int, state: _State) -> bool:
    """Whether a line has one cell of words for each number of the line right above it, below no columns; of a
    lone number in small letters.
    """
    above, line = lines[at - 1] if at else lines[at], lines[at]
    if len(state.header.columns) > 1 or above.kind is not Kind.NUMBERS:
        return False
    several = len(line.cells) > 1 and not line.numbered
    told = several or (len(line.cells) == 1 and line.bare[:1].islower())
    return told and line.kind in (Kind.LABEL, Kind.PROSE) and len(line.cells) == len(above.cells)


def _heads_labels(lines: list[Line], at: int, state: _State) -> bool:
    """Whether a line names the column of labels halfway down a head of three lines: one cell of a few words,
    in front of what stands right above and below it.
    """
    line = lines[at]
    if line.kind is not Kind.LABEL or line.numbered or state.gap or not state.header.columns:
        return False
    around = lines[at - 1 : at] + lines[at + 1 : at + 2]
    first = min((len(one.text) - len(one.text.lstrip()) for one in around), default=0)
    words = all(one.kind in (Kind.LABEL, Kind.PROSE) and len(one.cells) > 1 for one in around)
    return words and len(around) == 2 and len(line.cells) == 1 and len(line.text.rstrip()) < first


def _only_first_cell(line: Line) -> str:
    """The words of a line whose other cells are all empty, or an empty string."""
    cut = line.ranked
    several = len(cut) >= 3 or (len(cut) == 2 and line.text.count("|") >= 2)
    first, *others = (line.text[a:b].strip() for a, b in cut) if several else ("",)
    return "" if any(others) or _counts(first) else first


def _another_table(before: Sequence[HeaderColumn], columns: Sequence[HeaderColumn]) -> bool:
    """Whether a header names its first column, and by another name than the header before it."""
    first = columns[0]
    return (
        bool(before) and not first.period and bool(_WORD.search(first.text)) and first.text != before[0].text
    )


def _is_section(lines: list[Line], at: int, header: Header) -> bool:
    """Whether a heading only names the rows below it in the table above: they have as many numbers as its
    columns.
    """
    below = next((line for line in lines[at + 1 : at + 4] if line.kind is not Kind.BLANK), None)
    if below is None or below.kind is not Kind.ROW or len(header.columns) < 2:
        return False
    if inherited(lines[at].text) or _counts(lines[at].text):
        return False
    cells = len(below.cells)
    return cells >= 3 and cells in (len(header.columns), len(header.columns) + 1)


def _is_within(lines: list[Line], at: int, header: Header) -> bool:
    """Whether a line of words is one of the table above: cut into as many cells as it has columns, or the
    first words of the label that goes on in small letters on the row below.
    """
    line = lines[at]
    if len(header.columns) < 2 or line.kind not in (Kind.PROSE, Kind.LABEL):
        return False
    if len(line.ranked) in (len(header.columns), len(header.columns) + 1):
        return True
    below = lines[at + 1] if at + 1 < len(lines) else None
    return below is not None and is_continued(line, below)


def is_continued(line: Line, row: Line) -> bool:
    """Whether the label of a row began on the line above it: words alone that end no sentence, and the row
    goes on in small letters or in brackets.
    """
    return row.kind is Kind.ROW and is_wrapped(line, row)


def is_wrapped(line: Line, below: Line) -> bool:
    """Whether words alone that end no sentence go on on the line below, in small letters or in brackets."""
    if line.kind not in (Kind.PROSE, Kind.LABEL):
        return False
    alone = len(line.cells) == 1 and not _counts(line.text)
    opens = below.text.lstrip(" |")[:1]
    return alone and not _ENDS.search(line.text) and (opens.islower() or opens == "(")


def _closes(line: Line, longest: int = 60, *, said: bool = False) -> bool:
    """Whether a line is prose of more characters than a title has; where ``said``, a short sentence too, with
    its verb and its full stop.
    """
    if line.kind not in (Kind.PROSE, Kind.BULLET) or (_CAPTION.match(line.bare) and line.bare[-1] != "."):
        return False
    short = said and line.kind is Kind.PROSE and line.bare.endswith(".")
    return len(line.bare) > longest or (short and bool(SPEAKS.search(line.bare)))


def _titled(title: str, year: str) -> Header:
    """What a title alone gives the rows below it; a line with figures of its own gives nothing."""
    if not title:
        return _NOTHING
    given, period = inherited(title), periods.of_title(title, year)
    if (given or period) and _counts(title):
        return Header((), title)
    return Header((), title, given, period)


def _merged(before: Header, columns: list[HeaderColumn], title: str, year: str, *, fresh: bool) -> Header:
    """A header line below another, with no row between, adds its words to the columns that stand at the same
    places.
    """
    if fresh and before.columns and not _is_dated_title(before.columns, columns):
        columns = _joined_columns(list(before.columns), columns, year)
    named = " ".join(c.text for c in columns)
    given = inherited(named) if not any(c.given for c in columns) else None
    if columns and (first := inherited(columns[0].text)):
        given = first
    return Header(
        tuple(_planned(_beside_money(_at_one_date(columns, title)))),
        title,
        given or inherited(title) or (None if before.scale_ends else before.given),
        periods.of_title(title, year) or before.period,
    )


def _is_dated_title(above: Sequence[HeaderColumn], below: Sequence[HeaderColumn]) -> bool:
    """Whether one name with a year (``Rapport d'activité 2021``) stands above columns that tell their own
    years: a title, no merged head.
    """
    titled = len(above) == 1 and len(above[0].period or "") == len("2021")
    return titled and any(_ANY_YEAR.search(c.text) for c in below)


def _beside_money(columns: list[HeaderColumn]) -> list[HeaderColumn]:
    """Columns that count things where others of the table are said to be money (``Montant | Séjours``)."""
    if not any(c.implied == "EUR" for c in columns):
        return columns
    return [
        c._replace(implied="nombre") if c.implied is None and _THINGS.search(c.text) else c for c in columns
    ]


def _planned(columns: list[HeaderColumn]) -> list[HeaderColumn]:
    """Columns of which those of what was planned (``Budget 2022``) are aimed at, where others say what became
    of it (``Réalisé 2022``); both are in one unit.
    """
    names = [plain(c.text) for c in columns]
    became = [at for at, name in enumerate(names) if _BECAME.match(name)]
    if not became:
        return columns
    aimed = [at for at, name in enumerate(names) if at not in became and PLANNED.match(name)]
    if len(aimed) > 1 and not aimed[0] and not columns[0].period:
        del aimed[0]  # the name of the rows
    found = list(columns)
    for at in aimed:
        if columns[at].nature == "constate":
            found[at] = columns[at]._replace(nature="objectif")
    implied = next((columns[at].implied for at in aimed), None)
    for at in became:
        if columns[at].implied is None:
            found[at] = columns[at]._replace(implied=implied)
    return found


def _at_one_date(columns: list[HeaderColumn], title: str) -> list[HeaderColumn]:
    """Columns of years under a day without one (``Effectifs au 31 décembre | 2021 | 2022``): of that day."""
    first = columns[0]
    own = periods.day_of_years(first.text)
    day = own or periods.day_of_years(title)
    years = [c for c in columns if c.period and len(c.period) == 4]
    if day is None or len(years) < 2:
        return columns
    columns = [first._replace(period=None) if own else first, *columns[1:]]
    return [c._replace(period=f"{c.period}-{day.code}") if c in years else c for c in columns]


def shared_by(column: HeaderColumn | None, count: int) -> list[HeaderColumn | None]:
    """A column for each of ``count`` numbers of one cell: those that its name gives, parted by strokes
    (``Nb / Montant 2021``); the column itself for each where its name does not.
    """
    names = [name.strip() for name in column.text.split("/")] if column else []
    if column is None or count < 2 or len(names) != count or any(not _WORD.search(name) for name in names):
        return [column] * count
    return [
        column._replace(text=name, given=inherited(name) or unit_of_line(name), implied=_implied(name))
        for name in names
    ]


def header_of(names: Sequence[str], title: str, year: str) -> Header:
    """The header of a table whose columns have these names, under this title."""
    columns = _planned([_column(name, 0, 0, year, rank) for rank, name in enumerate(names)])
    return Header(tuple(columns), title, inherited(title), periods.of_title(title, year))


def _joined_columns(above: list[HeaderColumn], below: list[HeaderColumn], year: str) -> list[HeaderColumn]:
    """Two header lines as one: cell below cell, a merged head over several cells, or words that go on in
    fewer cells.
    """
    if all(c.rank is not None for c in (*above, *below)):
        return _joined_by_rank(above, below, year)
    if len(above) == len(below):
        return [
            _column(_both(a.text, b.text), b.start, b.end, year) for a, b in zip(above, below, strict=True)
        ]
    if len(above) > len(below):
        return _completed_columns(above, below, year)
    heads = _repeated(above, below) or _wrapped_heads(above, below) or [_over(above, part) for part in below]
    return [
        _column(_both(head.text, part.text), part.start, part.end, year) if head else part
        for head, part in zip(heads, below, strict=True)
    ]


def _both(above: str, below: str) -> str:
    """The words of a head and those below it; a unit alone is put in brackets, as heads of one line have
    it.
    """
    return f"{above} ({below})" if above and unit_of_line(below) else f"{above} {below}".strip()


def _repeated(above: list[HeaderColumn], below: list[HeaderColumn]) -> list[HeaderColumn | None]:
    """The merged heads over cells that repeat under each of them (``Montant | Part | Montant | Part``); else
    nothing.
    """
    for first in (0, 1):
        each, rest = divmod(len(below) - first, len(above))
        words = [c.text.casefold() for c in below[first:]]
        if each and not rest and words == words[:each] * len(above) and each < len(words):
            return [*([None] * first), *(head for head in above for _ in range(each))]
    return []


def _wrapped_heads(above: list[HeaderColumn], below: list[HeaderColumn]) -> list[HeaderColumn | None]:
    """The first lines of names that go on below in small letters (``Taux de`` over ``recours``), each over
    one name; the other names are whole. Nothing where one stands over several, as a merged head does.
    """
    heads = [[head for head in above if head.start < part.end and part.start < head.end] for part in below]
    over = [head for found in heads for head in found]
    if len(over) != len(above) or any(len(found) > 1 for found in heads):
        return []
    goes_on = (bool(found) == part.text[:1].islower() for found, part in zip(heads, below, strict=True))
    return [found[0] if found else None for found in heads] if all(goes_on) else []


def _joined_by_rank(above: list[HeaderColumn], below: list[HeaderColumn], year: str) -> list[HeaderColumn]:
    """Cells of one rank together; an empty cell of the line above belongs to the merged head at its left."""
    heads: dict[int, str] = {}
    last, reach = "", max((c.rank or 0 for c in below), default=0)
    named = {c.rank or 0: c.text for c in above}
    for rank in range(reach + 1):
        last = named.get(rank, "") or last
        heads[rank] = last
    found = [_column(_both(heads.get(c.rank or 0, ""), c.text), c.start, c.end, year, c.rank) for c in below]
    ranks = {c.rank for c in found}
    return sorted([*found, *(c for c in above if c.rank not in ranks and c.text)], key=lambda c: c.rank or 0)


def _over(above: list[HeaderColumn], part: HeaderColumn) -> HeaderColumn | None:
    """The merged head that stands over a cell: the nearest, unless the cell lies left of all heads by more
    than they are apart.
    """
    gap = min((b.start - a.end for a, b in itertools.pairwise(above)), default=0)
    if part.end + max(gap / 2, 3) < above[0].start:
        return None
    return min(above, key=lambda head: abs(head.start + head.end - part.start - part.end))


def _completed_columns(
    columns: list[HeaderColumn], below: list[HeaderColumn], year: str
) -> list[HeaderColumn]:
    """Columns whose words go on in fewer cells on the next line, each below the column that it stands nearest
    to.
    """
    for part in below:
        at = min(
            range(len(columns)), key=lambda i: abs(columns[i].start + columns[i].end - part.start - part.end)
        )
        columns[at] = _column(_both(columns[at].text, part.text), columns[at].start, columns[at].end, year)
    return columns


def _header_columns(line: Line, year: str) -> list[HeaderColumn]:
    """The columns that a line names when it is a header: cells without counts, or years and words like
    ``Évolution``.
    """
    text = line.text
    if len(text) > FAR_TOO_LONG or not _may_name_columns(line):
        return []
    cut = line.ranked
    if _is_prose(line, len(cut)):
        return []
    if len(cut) < (3 if line.kind is Kind.BULLET else 2):
        return _worded_columns(line, year)
    named = (_column(text[a:b].strip(), a, b, year, rank) for rank, (a, b) in enumerate(cut))
    return [] if _counts(text) else [column for column in named if column.text]


def _worded_columns(line: Line, year: str) -> list[HeaderColumn]:
    """The columns of a line that no strokes part: told by wide blanks, or by the words that name them."""
    text, undated = line.text, _without_day(line.text)
    tokens = list(_TOKEN.finditer(small_letters(undated)))
    apart = _cells_apart(line, tokens)
    alone = not apart and _names_columns_alone(undated, tokens, year)
    spans = [m.span() for m in tokens] if alone else apart or _capitals_apart(text, tokens)
    if not spans or _counts(text):
        return []
    columns = [_column(text[a:b].strip(), a, b, year) for a, b in spans]
    return [*_dated_stub(text, undated, columns), *columns] if alone else columns


def _may_name_columns(line: Line) -> bool:
    """Whether a line has what every header has; long prose in one piece is none."""
    text = line.text
    if _closes(line, LONG_PROSE) and not line.parted:
        return False
    return bool(_MAY_HEAD.search(small_letters(text)))


def _is_prose(line: Line, cells: int) -> bool:
    """Whether a line of so many ruled cells that names columns is prose, and no header."""
    return _closes(line, LONG_PROSE) and cells < 3 and not _few_words_each(line)


def _few_words_each(line: Line) -> bool:
    """Whether wide blanks part a line into many cells of few words, as the months of a year do: no prose,
    however long.
    """
    spans = line.cells
    return len(spans) >= MANY_CELLS and all(
        len(_WORD.findall(line.text[a:b])) <= MAX_COLUMN_WORDS for a, b in spans
    )


def _cells_apart(line: Line, tokens: Sequence[re.Match[str]]) -> list[tuple[int, int]]:
    """The cells that wide blanks part, where no single cell holds several of the numbers of the line; none in
    a bullet.
    """
    spans = line.cells if line.parted and line.kind is not Kind.BULLET else []
    numbers = sum(1 for m in tokens if _DIGIT.search(m[0]))
    if len(spans) < 2 or len(spans) + 1 < numbers:
        return []
    return [part for span in spans for part in _named_apart(line.text, span, tokens)]


def _named_apart(text: str, span: tuple[int, int], tokens: Sequence[re.Match[str]]) -> list[tuple[int, int]]:
    """The columns of a cell that names several and nothing else, each with a capital (``Objectif Résultat``):
    narrow columns stand a single blank apart.
    """
    within = [m.span() for m in tokens if span[0] <= m.start() and m.end() <= span[1]]
    rest = text[span[0] : span[1]]
    for start, end in within:
        rest = rest.replace(text[start:end], "", 1)
    apart = len(within) > 1 and not rest.strip() and all(text[start].isupper() for start, _ in within)
    return within if apart else [span]


def _names_columns_alone(text: str, tokens: Sequence[re.Match[str]], year: str) -> bool:
    """Whether words that name columns (``2020 2021 Évolution``) are all, or nearly all, that a line says."""
    others = len(_WORD.findall(_TOKEN.sub(" ", small_letters(text)))) if tokens else 0
    if others > MAX_OTHER_WORDS or _ENDS_CLAUSE.search(text):
        return False
    if _TITLES_CHANGE.match(text) and sum(bool(_DIGIT.search(m[0])) for m in tokens) < 2:
        return False
    if any(_tells_time(m[0], year) for m in tokens):
        return len(tokens) >= 2 or others <= 3
    return len(tokens) >= 2 and others <= 2


def _tells_time(token: str, year: str) -> bool:
    """Whether a word of a header is a time or compares two."""
    return bool(_DIGIT.search(token) or _EVOLUTION.match(token) or periods.of_month(token, year))


def _dated_stub(text: str, undated: str, columns: list[HeaderColumn]) -> list[HeaderColumn]:
    """The column of the labels, where its name holds the day of the years beside it, or their scale."""
    upto = columns[0].start
    told = undated != text or inherited(text[:upto])
    return [HeaderColumn(text[:upto].strip(), 0, upto)] if told else []


def _capitals_apart(text: str, tokens: Sequence[re.Match[str]]) -> list[tuple[int, int]]:
    """The columns of a line that single blanks separate, each named by a word that begins with a capital, few
    words apart (``Nature de l'aide Nombre Montant en euros``); else nothing.
    """
    begins = [m.start() for m in tokens if text[m.start()].isupper()]
    if len(begins) < 2 or len(begins) < len(tokens) or _ENDS.search(text):
        return []
    spans = list(itertools.pairwise([*begins, len(text.rstrip())]))
    if begins[0] > MAX_STUB or any(len(_WORD.findall(text[a:b])) > MAX_COLUMN_WORDS for a, b in spans):
        return []
    return spans


@lru_cache(maxsize=1024)
def _counts(text: str) -> bool:
    """Whether a line holds a number that is neither a year, a date, a quarter nor the N-1 of a header."""
    if not _DIGIT.search(text):
        return holds_number(text)
    return holds_number(_blanked(_TOKEN, _blanked(_NOT_COUNTED, _without_day(text))))


def _blanked(written: re.Pattern[str], text: str) -> str:
    """``text`` with blanks for what a pattern of small letters matches."""
    pieces: list[str] = []
    done = 0
    for match in written.finditer(small_letters(text)):
        start, end = match.span()
        pieces += text[done:start], " " * (end - start)
        done = end
    return "".join((*pieces, text[done:])) if pieces else text


def band_numbers(lines: list[Line], headers: list[Header]) -> Iterator[tuple[int, int]]:
    """The places in the document of digits that name columns: weeks, bands of days or months (``5 à 10
    jours`` over a column of counts).
    """
    for at, (line, below) in enumerate(itertools.pairwise(lines)):
        heads = headers[at + 1].columns is not headers[at].columns and len(headers[at + 1].columns) >= 2
        if heads and below.kind is Kind.ROW and line.numbered and len(line.cells) >= 2:
            for band in _BAND.finditer(small_letters(line.text)):
                digits = (m for m in re.finditer(r"\d+", band[0]))
                yield from (
                    (line.start + band.start() + m.start(), line.start + band.start() + m.end())
                    for m in digits
                )


def _without_day(text: str) -> str:
    """A header with blanks for the day or month that its years complete (``Effectif au 31/12 2021 2022``)."""
    day = periods.day_of_years(text) if _DAY_HINT.search(text) else None
    return f"{text[: day.start]}{' ' * (day.end - day.start)}{text[day.end :]}" if day else text


def _column(text: str, start: int, end: int, year: str, rank: int | None = None) -> HeaderColumn:
    if _EVOLUTION.search(text):
        unit = _unit_of_change(text)
        given = (Decimal(1), unit) if unit else None
        return HeaderColumn(text, start, end, _years_compared(text, year), "evolution", given, None, rank)
    aimed = OBJECTIVE.search(text) or _PLANNED.fullmatch(text)
    nature = "objectif" if aimed else "part" if _PART.search(text) else "constate"
    given = inherited(text) or unit_of_line(text) or ((Decimal(1), "%") if nature == "part" else None)
    given = given or ((Decimal(1), "points") if _SCORED.match(text) else None)
    return HeaderColumn(text, start, end, _period_named(text, year), nature, given, _implied(text), rank)


def _period_named(text: str, year: str) -> str | None:
    """The period that the words of a column name first; ``N`` is the year of the report."""
    named = periods.mentions(text, year)
    if named:
        return named[0].code
    return periods.of_month(text, year) or (year if text.strip() == "N" else None)


def _years_compared(text: str, year: str) -> str | None:
    """The period of an evolution, where its words tell it: two years, or a number of years until the last."""
    named = periods.mentions(text, year)
    years = sorted({*(m.code[:4] for m in named), *_ANY_YEAR.findall(text), *_short_years(text)})
    last = years[-1] if years else year
    if over := _OVER_YEARS.search(text):
        return f"{int(last) - int(over[1])}/{last}"
    if len(years) >= 2:
        return f"{years[0]}/{last}"
    return next((m.code for m in named if len(m.code) == len("2020/2021")), None)


def _unit_of_change(text: str) -> str | None:
    if _POINTS.search(text):
        return "points"
    return "%" if "%" in text else None


def _short_years(text: str) -> list[str]:
    """The two years that an evolution names by two digits each (``Évol. 22/21``)."""
    match = _SHORT_PAIR.search(text)
    return [f"20{year}" for year in match.groups()] if match else []


def _implied(text: str) -> str | None:
    """The unit that the words of a column imply; the last word that implies one decides (``Nombre | Montant``
    under one head).
    """
    told = [(m.start(), unit) for pattern, unit in _IMPLIED for m in pattern.finditer(text)]
    return max(told)[1] if told else None
