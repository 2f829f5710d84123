"""What a page carries beside its content: page numbers, running titles, summaries, ticks of charts, numbers
of lists and notes.

Belongs here: numbers that only their place on the page betrays. What a pattern of words betrays is in
``extraction/rules.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise

from orchestration.discovery.layout import Kind, Line, days_cut
from orchestration.notation.folding import NOTE_MARK
from orchestration.notation.tokens import quantities

MIN_TICKS = 4
#: Pages that a text without blank lines around its page numbers must show, and lines of one at least.
MIN_EDGES, MIN_PAGE = 4, 5
_DIGIT = re.compile(r"\d")
MAX_PAGE, MAX_LONE_PAGE = 999, 300
#: Words of a running title at most.
MAX_RUNNING = 14
_YEAR, _DIGITS_OF_PAGE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)"), re.compile(r"\d+")
#: A line that ends a sentence or titles a section; the name of a thing counted has no article.
_SECTION = re.compile(
    r"[.!?]$|^(?:les?|la|l['’]|nos|notre|une?|des)\b|^(?:faits "
    r"marquants|introduction|conclusion|annexes?|[ée]dito\w*|avant-propos|perspectives|gouvernance|pilotage"
    r"|organisation|pr[ée]vention|communication|sommaire|qualit[ée]|innovation|strat[ée]gie)\b",
    re.IGNORECASE,
)
_NUMBERED_TITLE = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,4}\.|[A-Z]\.)\s+[A-ZÉÈÀÎ]")
_ENDS = (".", "!", "?", ";")
_LONE = re.compile(r"^\s*(\d{1,3})\s*$")
_PAGE_MARK = re.compile(
    r"^\s*(?:(?:page|p\.?)\s*\|?\s*\d{1,3}(?:\s*(?:/|sur)\s*\d{1,3})?|[-–—|]\s*\d{1,3}\s*[-–—|]?|\d{1,3}\s*/\s*(?!100\s*$)\d{1,3}"
    r"|\d{1,3}\s*\|)\s*$",
    re.IGNORECASE,
)
#: What a browser prints at the edges of each page beside the title: when, from where, which page of how many.
_MARKS = tuple(
    re.compile(rf"^(?:{text})(?=\s|$)|(?<=\s)(?:{text})$", re.IGNORECASE)
    for text in (
        r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}[/.-]\d{1,2}[/.-]\d{1,2})\s?,?\s+(?:(?:à|at)\s)?"
        r"\d{1,2}[:h]\d{2}(?::\d{2})?(?:\s?[AP]\.?M\.?)?",
        r"(?:file:///?|https?://|about:blank|blob:)\S*",
        r"(?:page\s)?\d{1,3}\s?(?:/|sur|of)\s?\d{1,3}",
    )
)
_MAY_BE_MARK = re.compile(r"\d[/.-]\d|://|\d of \d", re.IGNORECASE)
_RUNNING = re.compile(
    r"rapports?\s+(?:annuels?\s+)?d'activit[ée]s?|bilan d'activit[ée]|rapport annuel|www\.|©"
    r"|^\W*\d{1,3}\s*[|•·–—]\s*rapport\s20\d\d\W*$|^\W*rapport\s20\d\d\s*[|•·–—]\s*\d{1,3}\W*$",
    re.IGNORECASE,
)
_EDGE_NUMBER = re.compile(
    r"^\s*\d{1,3}(?:\s?(?:/|sur)\s?\d{1,3})?(?=\s*[-–|•·\s]\s*\D)"
    r"|(?<=[\s|–-])\d{1,3}(?:\s?(?:/|sur)\s?\d{1,3})?\s*$"
)
_SUMMARY = re.compile(r"^\s*(?:sommaire|table des mati[èe]res|plan du rapport)\s*$", re.IGNORECASE)
_LEADER = re.compile(r"(?:\.\s?){4,}\s*(\d{1,3})\s*$|…+\s*(\d{1,3})\s*$")
_ENTRY = re.compile(
    r"^\s*(?P<first>0?\d{1,3})\s+\D{3,}$|^\D.*?\s(?P<last>\d{1,3})\s*$|^\s*(?P<lone>\d{1,3})\s*$"
    r"|^\s*\d+(?:[.)]\d*)*\s.*\D(?P<after>\d{1,3})\s*$"
)
_ORDINAL = re.compile(
    r"^\s*(?:(?:[A-Z]|[IVX]{1,4})\.\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|\d{1,2}(?:\.\d{1,2}){1,3}\.?|\d{1,2}\s?[.)\]°/]|\d{1,2}\s[-–])(?=\s+[^\W_]|[A-ZÉÈÀÎ])(?!\s*(?:%"
    r"|€|million|milliard|Md|M€|k€|ans\b|jours?\b|points?\b|pts?\b|minutes?\b|fois\b))"
)
_KEY = re.compile(r"^\s*(0?\d{1,2})\s*(?:\t|\||\s{3,})\s*\S")
_CODED = re.compile(r"[^\W\d_]\s+(\d{2})\s*$")
_NOTE = re.compile(
    r"^\s*[(\[]?\d{1,2}[)\]]?\s*(?=(?:sources?|hors|y compris|p[ée]rim[èe]tre|champ|donn[ée]es|cf|voir|"
    r"note|dont|il s'agit|selon)\b)",
    re.IGNORECASE,
)
_NOTE_LINE = re.compile(r"^\s*\(?(\d)\)?\s*(?=[A-ZÉÈÀÎÔ])")
_CALLED_NOTE = re.compile(r"^\s*[(\[]?(\d{1,2})[)\]]?[.:]?\s*(?=[A-ZÉÈÀÎÔ][a-zà-ÿ']|[LlDd]['’])")
#: A further note on the line of the one before it.
_NEXT_NOTE = re.compile(r"[.;]\s+[(\[]?(\d{1,2})[)\].:]+\s(?=[^\W\d])")
_YEARS_OF_TWO = re.compile(
    r"\b(?:[ée]vol\w*|var(?:iation)?|[ée]cart)\.?\s*(?P<years>\d\d\s?/\s?\d\d)(?![\d/,])", re.IGNORECASE
)
_CALL = re.compile(r"\d(?<=[a-zà-ÿ)]{3}.)(?![\w,.%])")


@dataclass(frozen=True, slots=True)
class Aside:
    """Digits set aside by their place: offsets in the document and the reason (``motif`` of the ledger)."""

    start: int
    end: int
    motif: str


def set_aside(lines: list[Line], marks: list[Line], printed: str = "") -> dict[int, str]:
    """The offsets of digits that are furniture, each with its reason; the first finder that claims a digit
    wins. ``marks`` are the lines that a browser adds; ``printed`` is the text of the document, whose raised
    marks call notes.
    """
    reasons = {at: "page" for line in marks for at in range(line.start, line.start + len(line.text))}
    numbered = [line for line in lines if line.numbered]
    called: Callable[[list[Line]], Iterable[Aside]] = partial(_called_notes, printed=printed)
    for finder in (called, *_FINDERS):
        for aside in finder(numbered if finder in (called, *_OF_NUMBERED) else lines):
            for at in range(aside.start, aside.end):
                reasons.setdefault(at, aside.motif)
    return reasons


def _span(line: Line, match: re.Match[str], motif: str, group: int | str = 0) -> Aside:
    return Aside(line.start + match.start(group), line.start + match.end(group), motif)


def _page_marks(lines: list[Line]) -> Iterator[Aside]:
    """Page numbers that say what they are, and those at the edge of a running title."""
    for line in lines:
        if match := _PAGE_MARK.match(line.text):
            yield _span(line, match, "page")
        elif _runs(line.text) and _EDGE_NUMBER.search(line.text):
            yield from (_span(line, m, "page") for m in _EDGE_NUMBER.finditer(line.text))


def _repeated_titles(lines: list[Line]) -> Iterator[Aside]:
    """Pages at the edge of the same words on three lines or more, where they grow as pages do."""
    titled: dict[str, list[tuple[int, re.Match[str]]]] = {}
    for line in lines:
        words = line.text.split()
        if 2 < len(words) <= MAX_RUNNING and (edge := _EDGE_NUMBER.search(line.text)):
            rest = f"{line.text[: edge.start()]} {line.text[edge.end() :]}"
            if any(map(str.isalpha, rest)) and not any(map(str.isdigit, _YEAR.sub("", rest))):
                titled.setdefault(" ".join(rest.split()), []).append((line.number, edge))
    for found in titled.values():
        numbers = [(at, int(_DIGITS_OF_PAGE.findall(edge[0])[0])) for at, edge in found]
        paged = set(_longest_growing(numbers)) if len(numbers) >= 3 else set()
        if len(paged) == len(numbers):
            by_number = {line.number: line for line in lines} if paged else {}
            yield from (_span(by_number[at], edge, "page") for at, edge in found)


def _runs(text: str) -> bool:
    """Whether a line is a running title of few words."""
    small = text.lower()
    named = any(words in small for words in ("activit", "rapport annuel", "rapport 20", "www.", "©"))
    return named and bool(_RUNNING.search(text)) and len(text.split()) <= MAX_RUNNING


def browser_marks(lines: list[Line]) -> list[Line]:
    """What a browser adds to each page that it prints: lines of nothing but a moment, an address, a page and
    how many there are, two of them at least; beside them, or on several pages, one with the title.
    """
    found: list[Line] = []
    titled: dict[tuple[bool, str], list[Line]] = {}
    for line in filter(_may_be_mark, lines):
        moment, address, pages, title = _of_browser(line.text)
        if not title and moment + address + pages >= 2:
            found.append(line)
        elif moment or (address and title):
            titled.setdefault((moment, title), []).append(line)
    alone = bool(found) and sum(len(group) for (moment, _), group in titled.items() if moment) == 1
    for (moment, _), group in titled.items():
        found += group if len(group) > 1 or (moment and alone) else []
    return found


def _may_be_mark(line: Line) -> bool:
    return (line.numbered or "://" in line.text) and bool(_MAY_BE_MARK.search(line.text))


def _of_browser(text: str) -> tuple[bool, bool, bool, str]:
    """Whether the edges of a line hold a moment, an address, a page of pages; and what is left of it."""
    left, held = " ".join(text.split()), []
    for mark in _MARKS:
        left, times = mark.subn("", left, count=1)
        held.append(bool(times))
        left = left.strip(" |–-")
    return held[0], held[1], held[2], left


def without_marks(lines: list[Line], marks: list[Line]) -> list[Line]:
    """The lines, those that a browser adds as if they were blank: they part no table and name nothing."""
    left = list(lines)
    for line in marks:
        left[line.number - 1] = line._replace(text="", kind=Kind.BLANK, bare="", numbered=False)
    return left


def _lone_pages(lines: list[Line]) -> Iterator[Aside]:
    """Numbers alone between blank lines that grow with the document, or that stand at its edge or beside a
    running title.
    """
    lone = [
        (i, int(m[1]))
        for i, line in enumerate(lines)
        if line.kind is Kind.NUMBERS and (m := _LONE.match(line.text)) and _isolated(lines, i)
    ]
    chain = set(_longest_growing(lone)) if len(lone) >= 3 else set()
    edges = [
        (i, int(lines[i].text))
        for i, line in enumerate(lines)
        if line.numbered and _LONE.match(line.text) and _at_edge(lines, i)
    ]
    if len(edges) >= MIN_EDGES:
        paged = _longest_growing(edges, least=2, apart=MIN_PAGE)
        chain |= set(paged) if len(paged) >= max(MIN_EDGES, 0.6 * len(edges)) else set()
        lone = sorted({*lone, *chain})
    for i, value in lone:
        if (i, value) in chain or _beside_edge(lines, i):
            match = _LONE.match(lines[i].text)
            assert match
            yield _span(lines[i], match, "page", 1)


def _page_between_texts(lines: list[Line]) -> Iterator[Aside]:
    """A small number between a title or sentence and the sentence after it, far from any other number that
    stands alone.
    """
    lone = [
        i
        for i, line in enumerate(lines)
        if line.kind is Kind.NUMBERS
        and (m := _LONE.match(line.text))
        and int(m[1]) <= MAX_LONE_PAGE
        and _isolated(lines, i)
    ]
    for i in lone:
        above = next((x for x in reversed(lines[max(0, i - 4) : i]) if x.kind is not Kind.BLANK), None)
        below = next((x for x in lines[i + 1 : i + 5] if x.kind is not Kind.BLANK), None)
        apart = all(j == i or abs(j - i) > 12 for j in lone)
        if above and below and _parts_pages(above, below, apart=apart):
            match = _LONE.match(lines[i].text)
            assert match
            yield _span(lines[i], match, "page", 1)


def _parts_pages(above: Line, below: Line, *, apart: bool) -> bool:
    """Whether a number between two lines ends a page: what goes on overleaf says so, else a text ends and
    another begins.
    """
    if "(suite)" in below.text.casefold():
        return True
    ends = apart and bool(_SECTION.search(above.bare))
    return ends and not _LONE.match(below.text) and _speaks(below)


def unsure_pages(lines: list[Line]) -> dict[int, str]:
    """The offsets of numbers that are taken for pages by their place alone, which another reader may see
    otherwise.
    """
    return {aside.start: "page_entre_deux_textes" for aside in _page_between_texts(lines)}


def _speaks(line: Line) -> bool:
    """Whether a line begins a text of its own: a sentence, a title, words with a number of their own."""
    return line.bare[:1].isupper() and not line.bare.endswith(":")


def _isolated(lines: list[Line], i: int) -> bool:
    above = i == 0 or lines[i - 1].kind is Kind.BLANK
    return above and (i + 1 >= len(lines) or lines[i + 1].kind is Kind.BLANK)


def _texts_around(lines: list[Line], i: int) -> tuple[Line | None, Line | None]:
    """The nearest lines of text above and below one."""
    above = next((x for x in reversed(lines[max(0, i - 4) : i]) if x.kind is not Kind.BLANK), None)
    return above, next((x for x in lines[i + 1 : i + 5] if x.kind is not Kind.BLANK), None)


def _beside_edge(lines: list[Line], i: int) -> bool:
    above, below = _texts_around(lines, i)
    at_edge = all(x.kind is Kind.BLANK for x in lines[:i]) or all(
        x.kind is Kind.BLANK for x in lines[i + 1 :]
    )
    running = any(x is not None and _runs(x.text) for x in (above, below))
    return running or (at_edge and not _in_box(above, below))


def _in_box(above: Line | None, below: Line | None) -> bool:
    """Whether a number alone has its words above it, or right below it in small letters, or stands below
    another.
    """
    labelled = above is not None and above.kind is Kind.LABEL and len(above.text.split()) <= 6
    stacked = above is not None and bool(_LONE.match(above.text))
    named = below is not None and below.kind is Kind.LABEL and below.bare[:1].islower()
    return labelled or stacked or named


def _at_edge(lines: list[Line], i: int) -> bool:
    """Whether a number alone on its line may be a page without a blank line on both sides: it stands above a
    running title, above a title or a sentence that goes on below it, or below the end of a text; a box has
    its words right there.
    """
    opens, closes = _is_blank(lines, i - 1), _is_blank(lines, i + 1)
    if opens and closes:
        return not _in_box(*_texts_around(lines, i))
    if opens:
        below = lines[i + 1]
        return _runs(below.text) or _begins_page(below, goes_on=not _is_blank(lines, i + 2))
    above = lines[i - 1]
    return closes and (above.kind is Kind.ROW or above.bare.endswith(_ENDS))


def _is_blank(lines: list[Line], i: int) -> bool:
    """Whether nothing stands on a line, or no such line is there."""
    return not 0 <= i < len(lines) or lines[i].kind is Kind.BLANK


def _begins_page(line: Line, *, goes_on: bool) -> bool:
    """Whether a line is a title of a text that goes on below it, or a sentence."""
    titled = _speaks(line) or bool(_NUMBERED_TITLE.match(line.text))
    return titled and (goes_on or line.kind is Kind.PROSE)


def _longest_growing(lone: list[tuple[int, int]], least: int = 6, apart: int = 0) -> list[tuple[int, int]]:
    """The longest run of numbers that grow page by page: ``least`` to 200 lines for each step of one, and so
    many lines ``apart``.
    """
    best: list[list[tuple[int, int]]] = []
    for i, (line, value) in enumerate(lone):
        before = [
            b
            for (at, v), b in zip(lone[:i], best, strict=True)
            if value > v and least <= (line - at) / (value - v) <= 200 and line - at >= apart
        ]
        best.append([*max(before, key=len, default=[]), (line, value)])
    longest = max(best, key=len, default=[])
    return longest if len(longest) >= 3 else []


def _chapter_numbers(lines: list[Line]) -> Iterator[Aside]:
    """Digits alone between blank lines that count one by one through the document: the numbers of its
    chapters.
    """
    lone = [
        (line, int(m[1]))
        for i, line in enumerate(lines)
        if line.kind is Kind.NUMBERS
        and (m := _LONE.match(line.text))
        and int(m[1]) < 20
        and _isolated(lines, i)
    ]
    best: list[list[tuple[Line, int]]] = []
    for i, (line, value) in enumerate(lone):
        before = [b for (_, v), b in zip(lone[:i], best, strict=True) if value == v + 1]
        best.append([*max(before, key=len, default=[]), (line, value)])
    longest = max(best, key=len, default=[])
    if len(longest) >= 3:
        yield from (Aside(line.start, line.start + len(line.text), "rang_de_liste") for line, _ in longest)


def _row_keys(lines: list[Line]) -> Iterator[Aside]:
    """Small whole numbers that grow down the first column of a table: departments, weeks, ranks. Codes after
    names in headings too.
    """
    for run in _growing_keys(lines):
        if len(run) >= 3:
            yield from (_span(line, m, "libelle", 1) for line, m in run)
    titles = (line for line in lines if line.numbered and line.kind is Kind.HEADING)
    coded = [(line, m) for line in titles if (m := _CODED.search(line.text))]
    if len({m[1] for _, m in coded}) >= 3:
        yield from (_span(line, m, "libelle", 1) for line, m in coded)


def _growing_keys(lines: list[Line]) -> Iterator[list[tuple[Line, re.Match[str]]]]:
    """The numbers that open lines below each other, blank lines aside, as far as they grow."""
    run: list[tuple[Line, re.Match[str]]] = []
    for line in lines:
        if line.kind is Kind.BLANK:
            continue
        match = _KEY.match(line.text) if line.numbered else None
        if run and not (match and int(match[1]) > int(run[-1][1][1])):
            yield run
            run = []
        if match:
            run.append((line, match))
    yield run


def _ticks(lines: list[Line]) -> Iterator[Aside]:
    """Numbers alone on lines near each other, or on one line, that count by one round step: the axis of a
    chart.
    """
    run: list[tuple[Line, Decimal]] = []
    for line in lines:
        if line.kind is Kind.BLANK:
            continue
        found = list(quantities(line.text)) if line.kind is Kind.NUMBERS else []
        if line.kind is Kind.NUMBERS and len(found) >= MIN_TICKS and _even([q.value for q in found]):
            yield Aside(line.start, line.start + len(line.text), "graduation")
        elif line.kind is Kind.NUMBERS and len(found) == 1:
            run.append((line, found[0].value))
        elif run and (len(run) == 1 or len(line.text.split()) > 3):
            yield from _ticks_of(run)
            run = []
    yield from _ticks_of(run)


def _even(values: list[Decimal]) -> bool:
    steps = {b - a for a, b in pairwise(values)}
    return len(steps) == 1 and steps != {Decimal(0)} and _round(abs(next(iter(steps))))


def _round(step: Decimal) -> bool:
    return bool(step) and step.normalize().as_tuple().digits in ((1,), (2,), (5,), (2, 5), (4,), (3,), (1, 5))


def _ticks_of(run: list[tuple[Line, Decimal]]) -> Iterator[Aside]:
    if len(run) < MIN_TICKS:
        return
    values = sorted({v for _, v in run})
    ticks: set[Decimal] = set()
    for step in {b - a for a, b in pairwise(values) if _round(b - a)}:
        chain: list[Decimal] = []
        for value in values:
            if value % step:
                continue
            chain = [*chain, value] if chain and value - chain[-1] == step else [value]
            if len(chain) >= MIN_TICKS:
                ticks.update(chain)
    yield from (
        Aside(line.start, line.start + len(line.text), "graduation") for line, value in run if value in ticks
    )


def _summaries(lines: list[Line]) -> Iterator[Aside]:
    """Pages and chapter numbers of a table of contents: dotted leaders that grow, or entries under
    its title.
    """
    run: list[tuple[Line, re.Match[str]]] = []
    for line in lines:
        leads = line.numbered and line.bare[-1:].isdigit() and ("…" in line.text or line.text.count(".") >= 4)
        if leads and (match := _LEADER.search(line.text)):
            run.append((line, match))
        elif run and line.kind is not Kind.BLANK:
            yield from _leaders_of(run)
            run = []
    yield from _leaders_of(run)
    for i, line in enumerate(lines):
        if line.kind in (Kind.LABEL, Kind.HEADING) and _SUMMARY.match(line.text):
            yield from _entries(lines[i + 1 : i + 120])


def _leaders_of(run: list[tuple[Line, re.Match[str]]]) -> Iterator[Aside]:
    pages = [int(m[1] or m[2]) for _, m in run]
    if len(pages) >= 3 and pages == sorted(pages):
        for line, _ in run:
            yield Aside(line.start, line.start + len(line.text), "page")


def _entries(lines: list[Line]) -> Iterator[Aside]:
    last = 0
    for line in lines:
        if not line.numbered:
            continue
        match = _LEADER.search(line.text) or _ENTRY.match(line.text)
        page = int(next((g for g in match.groups() if g), "0")) if match else 0
        if not match or page < last or page > MAX_PAGE or page > last + 60:
            return
        last = page
        yield Aside(line.start, line.start + len(line.text), "page")


def _ordinals(lines: list[Line]) -> Iterator[Aside]:
    """Numbers of chapters and of list items at the beginning of a line, followed by words."""
    for line in lines:
        if match := _ORDINAL.match(line.text):
            yield _span(line, match, "rang_de_liste")
            yield from _counted_on(line, match)


def _counted_on(line: Line, first: re.Match[str]) -> Iterator[Aside]:
    """The ordinals that count on by one within a line that opens with one (``1. Hors Alsace. 2. Voir``)."""
    last = int(_DIGITS_OF_PAGE.findall(first[0])[-1])
    for more in _NEXT_NOTE.finditer(line.text, first.end()):
        if int(more[1]) == last + 1:
            yield _span(line, more, "rang_de_liste", 1)
            last += 1


def _notes(lines: list[Line]) -> Iterator[Aside]:
    """Marks of footnotes: at the foot by their opening words, or because a word above carries the
    same digit.
    """
    marked = [
        (line, mark)
        for line in lines
        if line.kind is not Kind.HEADING and (mark := _NOTE_LINE.match(line.text))
    ]
    called = {m[0] for line in lines for m in _CALL.finditer(line.text)} if marked else set()
    yield from (_span(line, mark, "note") for line, mark in marked if mark[1] in called)
    yield from (_span(line, m, "note") for line in lines if (m := _NOTE.match(line.text)))


def _called_notes(lines: list[Line], printed: str) -> Iterator[Aside]:
    """The numbers of notes that a raised mark calls above them."""
    first: dict[str, int] = {}
    for mark in NOTE_MARK.finditer(printed):
        for number in re.findall(r"\d+", unicodedata.normalize("NFKC", mark[0])):
            first.setdefault(number, mark.start())
    for line in lines if first else ():
        match = _CALLED_NOTE.match(line.text)
        if match and first.get(match[1], line.start) < line.start and line.kind is not Kind.ROW:
            yield _span(line, match, "note", 1)
            last = int(match[1])
            for more in _NEXT_NOTE.finditer(line.text, match.end()):
                if more[1] in first and int(more[1]) == last + 1:
                    yield _span(line, more, "note", 1)
                    last += 1


def _short_years(lines: list[Line]) -> Iterator[Aside]:
    """The years of two digits that the head of a column of evolutions names (``Évol. 22/21``)."""
    for line in lines:
        if "/" in line.text:
            yield from (_span(line, match, "annee", "years") for match in _YEARS_OF_TWO.finditer(line.text))


def _days_cut(lines: list[Line]) -> Iterator[Aside]:
    """The days whose month goes on in the same cell on the line below."""
    for above, below in pairwise(lines):
        yield from (Aside(above.start + a, above.start + b, "date") for a, b in days_cut(above, below))


_FINDERS: tuple[Callable[[list[Line]], Iterable[Aside]], ...] = (
    _page_marks,
    _repeated_titles,
    _short_years,
    _days_cut,
    _summaries,
    _ticks,
    _row_keys,
    _ordinals,
    _notes,
    _lone_pages,
    _page_between_texts,
    _chapter_numbers,
)
#: Those that look at lines with a digit only.
_OF_NUMBERED = (_page_marks, _repeated_titles, _short_years, _ordinals, _notes)
