"""Key-figure boxes: a number alone on its line, whose words are on the lines above or below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestration.discovery.headers import OBJECTIVE, Header
from orchestration.discovery.layout import HANGS, Kind, Line
from orchestration.discovery.quantities import in_terms_of, inherited, rate_of, scale_of_line, unit_of_line
from orchestration.notation.tokens import Quantity, quantities

_REACH = 2
#: Lines of one card at most: its name, its number, what was aimed at.
_CARD_LINES = 5
_DIGIT = re.compile(r"\d")
#: A line below a number that goes on about it: what it is compared with, what was aimed at.
_ABOUT = re.compile(
    r"\W*(?:contre|soit|dont|vs|versus|\d[\d\s.,]*(?:%|€|pts?|points?|j|jours?)?\s?(?:en|vs|par rapport)"
    r"|(?:objectifs?|cibles?|r[ée]gion|france|national|r[ée]seau)\b[^\d]{0,12}(?=\d))"
    r"\b.*\d",
    re.IGNORECASE,
)
_MAX_LABEL_LINES = 3
_LONE_YEAR = re.compile(r"^\s*[•>–-]?\s*((?:19|20)\d\d)\s*:?\s*$")
_OWN_YEAR = re.compile(r"^\s*[•>*–-]*\s*((?:19|20)\d\d)\s*[:\s–-]\s*(?=\S)")
_UNIT_BELOW = re.compile(
    r"(jours|ans|ann[ée]es|minutes|euros|points(?!\s(?:d['’]|de\s(?!plus|moins|pour|base)))|%|€)\b"
)
#: The scale that opens the words below a number, and what ties it to them.
_SCALE_BELOW = re.compile(r"(?:milliers?|millions?|milliards?|mds?|mrds?|[mk](?=\s?€))(?!\w)", re.IGNORECASE)
_TIED = re.compile(r"\A\s*(?:de\s|d['’]|des\s)?", re.IGNORECASE)
_UNITS = {"euros": "EUR", "€": "EUR", "années": "ans", "annees": "ans"}
#: A day, or its month and year, that goes on the words of a box.
_DAY_ALONE = re.compile(
    r"(?:(?:\d{1,2}|1er)\s)?(?:(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre"
    r"|d[ée]cembre)\b)?\s?(?:(?:19|20)\d\d)?",
    re.IGNORECASE,
)
#: What another number in the words of a box is compared with or was, and the time behind it.
_OF_ANOTHER = re.compile(
    r"\b(?:contre|vs|versus|au lieu de)\s(?:pr[eè]s\sde\s|environ\s)?[-+]?(?!(?:19|20)\d\d\b)\d[^.;]*"
    r"|(?<![\d.,])(?!(?:19|20)\d\d\s)\d[\d\s.,]*(?:%|[kM]?€|jours?\b|ans\b|points?\b)?\s?(?:en|fin)\s(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_OUT_OF = re.compile(r"\s?(?:/|sur)\s?")
_OPENS_WITH_NUMBER = re.compile(r"\W*\d")
_ASIDE = re.compile(r"\((?!pour\s10{0,2}\s?000)[^)]*\d[^)]*\)?")


@dataclass(frozen=True, slots=True)
class Words:
    """The words around a box and the period that its place gives it."""

    above: str
    below: str
    period: str | None = None
    #: Scale and unit that a line of its own gives.
    given: tuple[Decimal, str] | None = None

    @property
    def text(self) -> str:
        return f"{self.below} {self.above}"


def ranks_of(line: Line, found: list[Quantity]) -> tuple[list[int], int]:
    """The rank of the box of each number of a line and how many boxes it has: a grade and what it is out of
    share one (``8,1/10``); so has a cell whose digits are set aside.
    """
    text, cells = line.text, line.cells
    if len(cells) > len(found) and all(_DIGIT.search(text[slice(*span)]) for span in cells):
        return [next(i for i, (_, b) in enumerate(cells) if q.digits_start < b) for q in found], len(cells)
    ranks: list[int] = []
    for before, quantity in zip((None, *found), found, strict=False):
        graded = before is not None and _OUT_OF.fullmatch(text, before.end, quantity.start)
        ranks.append(ranks[-1] + (not graded) if ranks else 0)
    return ranks, max(ranks, default=-1) + 1


def told_of(words: Words) -> str:
    """The words of a box without the times that another number among them has (``contre 13 en 2022``)."""
    return _OF_ANOTHER.sub(" ", words.text)


def is_box(lines: list[Line], line: Line, found: list[Quantity]) -> bool:
    """Whether a line of one bare number, or of several, stands apart above the words of each in small
    letters: a box below a table is no row of it, however many groups of digits it has.
    """
    above, below = line.number - 2, line.number
    apart = above >= 0 and lines[above].kind is Kind.BLANK
    if not apart or below >= len(lines) or lines[below].kind not in (Kind.LABEL, Kind.PROSE):
        return False
    words = [text for _, _, text in _ink(lines[below].text, lines[below].cells)]
    bare = len(found) == 1 and found[0].unit is None
    return (bare or len(words) == len(found) > 1) and all(text[:1].islower() for text in words[: len(found)])


def words_over(lines: list[Line], line: Line, begin: int, stop: int) -> str:
    """The words right above a part of a line in its own column, where columns stand side by side."""
    found: list[str] = []
    beside = False
    for above in reversed(lines[max(0, line.number - 1 - _CARD_LINES) : line.number - 1]):
        if above.kind is Kind.BLANK and not found:
            continue
        cells = _ink(above.text, above.cells) if above.kind is not Kind.BLANK else []
        own = next((text for a, b, text in cells if abs(a - begin) <= 2 or (a < stop and begin < b)), "")
        beside = beside or len(cells) > 1
        if own and not _DIGIT.search(own) and above.kind is not Kind.HEADING:
            found.insert(0, own)
        elif found or own:
            break
    return " ".join(found) if beside else _words_of_lone_card(lines, line)


def _words_of_lone_card(lines: list[Line], line: Line) -> str:
    """The words of the card that a line ends: those around the one number above it, no blank line between."""
    words: list[str] = []
    numbers = 0
    for above in reversed(lines[max(0, line.number - 1 - _CARD_LINES) : line.number - 1]):
        if above.kind in (Kind.BLANK, Kind.HEADING):
            break
        if above.kind is Kind.NUMBERS:
            numbers += sum(1 for _ in quantities(above.text))
        elif above.numbered or len(above.cells) > 1:
            return ""
        else:
            words.insert(0, above.bare)
    return " ".join(words) if numbers == 1 else ""


def words_around(lines: list[Line], line: Line, index: int, count: int, header: Header) -> Words:
    """The words of the ``index``-th of ``count`` numbers that stand alone on ``line``."""
    at = line.number - 1
    if own := _OWN_YEAR.match(line.text):
        return Words(_series_title(lines, at), "", own[1])
    if (stack := _stack(lines, at)) is not None:
        return stack
    if placed := _in_card(lines, line, index, count) or _after_own_year(lines, at):
        return placed
    if period := _year_of_column(lines, at):
        return Words(_series_title(lines, at), "", period)
    if count >= 2 and (beside := _ranked_words(lines, at, index, count, header)):
        return beside
    if (unit := _below(lines, at)) and (given := unit_of_line(unit.text)):
        words = _around(lines, at, unit.number - 1)
        kept = "" if words.below[:1].islower() else words.above
        return replace(words, above=kept, given=given)
    return _around(lines, at, at)


def _in_card(lines: list[Line], line: Line, index: int, count: int) -> Words | None:
    """The words above a number in its own column, where the line below goes on about it."""
    below = lines[line.number] if line.number < len(lines) else line
    named = below.kind is Kind.LABEL and below.text[:1].islower()
    if not _ABOUT.match(below.text) and (count > 1 or named):
        return None
    cells = _ink(line.text, line.cells)
    begin, stop, _ = cells[index] if len(cells) == count else (0, len(line.text), "")
    over = words_over(lines, line, begin, stop)
    return Words(over, "") if over else None


def _around(lines: list[Line], first: int, last: int) -> Words:
    """The words above the line at index ``first`` and below the one at ``last``: a number, and perhaps its
    unit below it.
    """
    above, above_near = _neighbour(lines, first, -1)
    below, below_near = _neighbour(lines, last, 1)
    if (below_near and not above_near) or (above_near and below_near and below[:1].islower()):
        kept = (
            above
            if above_near and not above.rstrip().endswith((".", ":")) and len(above.split()) <= 6
            else ""
        )
        return Words(kept, below)
    if (above_near and not below_near) or above.rstrip().endswith(":"):
        return Words(above, "")
    return Words(above, below)


def _after_own_year(lines: list[Line], at: int) -> Words | None:
    """A table laid out downwards in pairs, each number below its year, under the line that names them."""
    above = [line for line in lines[max(0, at - 40) : at] if line.kind is not Kind.BLANK]
    if not above or not (own := _LONE_YEAR.match(above[-1].text)):
        return None
    while len(above) >= 2 and _LONE_YEAR.match(above[-1].text):
        above.pop()
        if not _lone(above[-1]):
            break
        above.pop()
    title = above[-1] if above else None
    if title is None or title.kind in (Kind.NUMBERS, Kind.ROW):
        return None
    return Words(title.bare, "", own[1])


def _below(lines: list[Line], at: int) -> Line | None:
    """The next line, one blank line passed over."""
    return next((line for line in lines[at + 1 : at + 3] if line.kind is not Kind.BLANK), None)


def _stack(lines: list[Line], at: int) -> Words | None:
    """A table laid out downwards: lone numbers under the line of their unit, under the line that
    names them.
    """
    i = at - 1
    while i >= 0 and (lines[i].kind is Kind.BLANK or _lone(lines[i])):
        i -= 1
    given = unit_of_line(lines[i].text) if i >= 0 else None
    if given is None:
        return None
    i -= 1
    while i >= 0 and lines[i].kind is Kind.BLANK:
        i -= 1
    if i < 0 or lines[i].kind in (Kind.NUMBERS, Kind.ROW):
        return None  # the unit belongs to the number above it
    return Words(lines[i].bare, "", given=given)


def _lone(line: Line) -> bool:
    return line.kind is Kind.NUMBERS and not _LONE_YEAR.match(line.text)


def _neighbour(lines: list[Line], at: int, step: int) -> tuple[str, bool]:
    """The words of the label lines next to a line and whether no blank line lies between."""
    words: list[str] = []
    blanks, i = 0, at + step
    while 0 <= i < len(lines) and len(words) < _MAX_LABEL_LINES:
        line = lines[i]
        if line.kind is Kind.BLANK:
            blanks += 1
            if words or blanks > _REACH:
                break
        elif _ends_words(line, bool(words)) or (step > 0 and _tells_more(line, bool(words))):
            break
        elif text := _ASIDE.sub("", line.text).strip():
            words.append(text)
        i += step
    near = 0 <= at + step < len(lines) and lines[at + step].kind not in (Kind.BLANK, Kind.NUMBERS, Kind.ROW)
    return " ".join(words if step > 0 else reversed(words)), near


def _ends_words(line: Line, found: bool) -> bool:
    """Whether a line is none of the words of a box; a bullet may open them."""
    return line.kind in (Kind.NUMBERS, Kind.ROW) or (line.kind is Kind.BULLET and found)


def _tells_more(line: Line, found: bool) -> bool:
    """Whether a line below a number goes on about it in figures of its own: after its words, one that opens
    with a number (``702 en 2021``) too.
    """
    return bool(_ABOUT.match(line.text)) or (
        found and line.numbered and bool(_OPENS_WITH_NUMBER.match(line.text))
    )


def _series_title(lines: list[Line], at: int) -> str:
    """The words above a series of numbers: the first line upwards that is not itself of numbers."""
    for line in reversed(lines[max(0, at - 30) : at]):
        if line.kind not in (Kind.BLANK, Kind.NUMBERS):
            return line.bare
    return ""


def _year_of_column(lines: list[Line], at: int) -> str | None:
    """Cells broken on lines: as many numbers as there are years on lines of their own just above, in the same
    order.
    """
    rank, i = 0, at - 1
    while i >= 0 and lines[i].kind in (Kind.NUMBERS, Kind.BLANK) and not _LONE_YEAR.match(lines[i].text):
        rank += lines[i].kind is Kind.NUMBERS
        i -= 1
    years: list[str] = []
    while i >= 0 and (lines[i].kind is Kind.BLANK or _LONE_YEAR.match(lines[i].text)):
        if match := _LONE_YEAR.match(lines[i].text):
            years.insert(0, match[1])
        i -= 1
    return years[rank] if len(years) >= 2 and rank < len(years) else None


def _ranked_words(lines: list[Line], at: int, index: int, count: int, header: Header) -> Words | None:
    """The words of the ``index``-th of several boxes of a line; of one whose cell below only tells its unit,
    those above.
    """
    cell = _cell_words(lines, at, index, count)
    if given := unit_of_line(cell) or scale_of_line(cell):
        return Words(_cell_words(lines, at, index, count, (-1,)), "", given=given)
    column = header.columns[index] if len(header.columns) == count and not header.rowed else None
    over = column.text if column and (column.period or column.given) else ""
    return Words(over, cell) if cell else None


def _cell_words(lines: list[Line], at: int, index: int, count: int, steps: tuple[int, ...] = (1, -1)) -> str:
    """The words of the cell below (or above) at the same rank, when that line has as many cells as this one
    has numbers.
    """
    for step in steps:
        i = at + step
        while 0 <= i < len(lines) and lines[i].kind is Kind.BLANK and abs(i - at) <= _REACH:
            i += step
        if 0 <= i < len(lines) and lines[i].kind not in (Kind.NUMBERS, Kind.ROW):
            spans = lines[i].cells
            if len(spans) == count and not _aims(lines[i].text):
                words = [lines[i].text[slice(*spans[index])].strip()]
                return " ".join([*words, *(_wrapped_below(lines, i, spans, index) if step > 0 else ())])
    return ""


def _aims(text: str) -> bool:
    """Whether a line says what is aimed at in figures, and not what the figures above it are."""
    return bool(OBJECTIVE.search(text) and _DIGIT.search(text))


def _wrapped_below(lines: list[Line], at: int, spans: list[tuple[int, int]], index: int) -> Iterator[str]:
    """What the cell at ``index`` of a line of words goes on with on the lines right below, where it begins in
    the same column.
    """
    first = last = _ink(lines[at].text, spans)[index]
    for line in lines[at + 1 : at + _MAX_LABEL_LINES + 1]:
        beside = line.kind is Kind.PROSE and len(line.cells) > 1
        if not (beside or line.kind in (Kind.LABEL, Kind.NUMBERS)):
            return
        for cell in _ink(line.text, line.cells):
            if _DIGIT.search(cell[2]) and not _DAY_ALONE.fullmatch(cell[2]):
                return
            if abs(cell[0] - first[0]) > 1 and not (cell[0] < first[1] and first[0] < cell[1]):
                continue
            if not cell[2][:1].islower() and not HANGS.search(last[2]) and not _DAY_ALONE.fullmatch(cell[2]):
                return
            last = cell
            yield cell[2]


def _ink(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Where the words of each cell begin and end, and the words."""
    pieces = ((start, text[start:stop]) for start, stop in spans)
    return [(a + len(t) - len(t.lstrip()), a + len(t.rstrip()), t.strip()) for a, t in pieces]


def scaled_below(quantity: Quantity, words: Words) -> tuple[Quantity, Words]:
    """A bare number whose words below open with its scale (``4,6`` over ``millions d'euros de soins``)
    and the words that are left.
    """
    if quantity.unit is not None or quantity.scaled or not _SCALE_BELOW.match(words.below):
        return quantity, words
    told = next(iter(quantities(f"1 {words.below}")), None)
    if told is None or not told.scaled or told.start:
        return quantity, words
    rest = words.below[told.end - len("1 ") :]
    scaled = in_terms_of(quantity, told.scale, told.unit or "nombre")
    return scaled, replace(words, below=_TIED.sub("", rest))


def with_unit(quantity: Quantity, words: Words, header: Header, *, alone: bool) -> Quantity:
    """The unit on the line below, or the one that the title above gives; whether it is alone on its line."""
    if quantity.unit is not None:
        return quantity
    if words.given is not None:
        return in_terms_of(quantity, *words.given)
    if match := _UNIT_BELOW.match(words.below):
        return quantity._replace(unit=_UNITS.get(match[1], match[1]))
    if rate := rate_of(words.below):
        return in_terms_of(quantity, *rate)
    titled = words.above.rstrip(" :").casefold().startswith(("montant", "coût", "budget"))
    given = inherited(words.above) or (header.given_below(words.above) if alone else header.given)
    if given and given != (Decimal(1), "nombre") and (words.period or not words.below):
        return in_terms_of(quantity, *given)
    return quantity._replace(unit="EUR") if titled else quantity
