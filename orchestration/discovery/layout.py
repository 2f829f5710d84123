"""The shape of a page as text: lines and their kinds, cells side by side, paragraphs put together again,
headings above.

Belongs here: what can be told from blanks, punctuation, case and the size of print. Does not belong here:
what a number means.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from orchestration.extraction.documents import Document
from orchestration.notation.folding import NOTE_MARK, RAISED, mended

_BULLET = re.compile(
    r"^\s*(?:[–—•▪■●◦*>»✓✔→➔➢►▶■□❖·\uf0b7\uf0a7]+\s*(?=\S)|-+\s*(?=[^\W\d])|-\s+(?=\d)|o\s+(?=\S))"
)
#: A band of ages before the cells of its row.
_BAND = re.compile(r"\d{1,3}\s?(?:[-–]|à|et)\s?\d{1,3}\s?ans\b(?=\s*(?:\||\t|;|\s{2,}|\s[-+]?\d))")
#: An age before the cells of its row, and rows of ages that make a table.
_AGE, _LEAST_AGES = re.compile(r"\s*(\d{1,3})\s?ans(?=\s*[|\t]|\s{2})"), 3
_WORD = re.compile(r"[^\W\d_]{2,}")
#: What a card aims at, below its number.
_AIMED = re.compile(r"\W*(?:objectifs?|cibles?)\b[^\d]{0,12}\d", re.IGNORECASE)
#: Words that belong to a number and do not make its line a text.
_UNIT_WORD = re.compile(
    r"(?<=[\d\s])(?:millions?|milliards?|milliers?|Mds?|M|[kK])?\s?(?:d'\s?)?(?:€|euros?|ans|années?|"
    r"jours?|minutes?|min|mn|points?|pts?|ETP|secondes?|sur(?=\s\d))?(?=[\s).,+-]|$)",
    re.IGNORECASE,
)
#: The letters that such words may run together: a line with another word has a text.
_UNIT_LETTERS = re.compile(
    r"(?:millions?|milliards?|milliers?|Mds?|M|k)?d?(?:euros?|ans|années?|jours?|minutes?|min|mn|points?|pts?"
    r"|ETP|secondes?|sur)?",
    re.IGNORECASE,
)
_ENDS_OF_SENTENCES = (".", "!", "?", ";")
#: Where a sentence ends within a line and another begins.
_ANOTHER_SENTENCE = re.compile(r"(?:\d|[^\W\d]{4})[.!?]\s[A-ZÀ-Ý][^\W\d]+\s[^\W\d]")
#: A hyphen and a soft one, at the end of a line.
_HYPHENS = frozenset("-\u00ad")
_ENDS_OF_TEXTS = (*_ENDS_OF_SENTENCES, ":")
#: Words that call for those of the next line.
HANGS = re.compile(r"\b(?:de|des|du|à|aux?|par|pour|et|les?|la|une?|sur|dont|contre|plus de|près de|soit)$")
#: The sign of a number on the next line.
_SIGN_LAST = re.compile(r"[^\W\d]\s[(]?[-+\u2212]$")
#: A label that ends in a colon and the first group of its number.
_TOLD_FIRST = re.compile(r":\s\d{1,3}$")
#: A line of a card that compares its number with another.
_COMPARES = re.compile(r"\W*(?:contre|vs\.?|versus|objectifs?|cibles?)\b[^\d]{0,24}\d", re.IGNORECASE)
#: A line that gives one thing its value (``agents en poste : 687``, ``versés en un an : 1,57 milliards €``):
#: the next of its kind does not go on it.
_TOLD = re.compile(
    r"\W*[^\W\d](?:[^:;.\d]|(?<!\d)\d\d?(?!\d)){1,60}:\s?(?:[^\W\d]+\s){0,2}[-+\u2212–(≈~]?\s?\d[^:]{0,40}"
)
#: A number that opens its line, with what it counts.
_COUNTS_FIRST = re.compile(r"[-+\u2212]?\d[\d\s.,]*(?:%|[kM]?€)?\s?[^\W\d](?:['’]|[^\W\d])")
#: Lines of a list that are looked at, and how many times as long as a line that is full another is.
_FEW_LINES, _MUCH_LONGER = 6, 1.4
#: The unit of the number that ends the line above.
_UNIT_FIRST = re.compile(r"(?:[kM]|Md)?€(?=[\s.,;)]|$)")
#: The same of the name of a body or of a place.
_ENDS_OF_NAMES = (" de", " la", "région", "CPAM", "DRSM", "ELSM", "CGSS")
_OPEN_NAME = re.compile(r"\b(?:ex-région|CPAM|DRSM|ELSM|CGSS|(?:la|l'|ex-)(?:CPAM|DRSM|ELSM) de(?: la)?)$")
_SEPARATED_CELL = re.compile(r"\S(?:\t|\s{3,}|\s*\|)\s*[-+\u2212(]?\s?\d|[^\s;];[-+]?\d")
_TRAILING_NUMBERS = re.compile(
    r"(?:(?:(?<=\s)|^)[-+\u2212(]?\s?\d[\d.,]*\s?(?:%|‰|€|k€|M€|pts?)?\)?(?:\s+|$)|(?:(?<=\s)|^)[-–]\s+){2,}$"
)
#: Figures listed in a line, each after its words (``reçus : 310 ; traités : 268 (86 %)``).
_LISTED = re.compile(r"\d\s?;\s[^\W\d]")
_DIGIT = re.compile(r"\d")
#: What ``str.isdigit`` calls digits beside: raised, lowered and circled ones.
_RAISED_DIGIT = re.compile(
    "[\u00b2\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490"
    "\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\U00010a40-\U00010a43\U00010e60-\U00010e68"
    "\U00011052-\U0001105a\U0001f100-\U0001f10a]"
)
_ENDS_OF_NUMBERS = ".,%‰€)ts"
#: What such numbers are made of.
_OF_NUMBERS = re.compile(r"[-+\u2212–(\d.,\s%‰€kMpts)]+")
_GROUPED = re.compile(r"\d{1,3}(?:[\s.]\d{3}(?!\d))*(?:,\d+)?")
#: Blanks lost as question marks (``40?%``, ``1?204``), between what belongs together.
_LOST_BLANK = re.compile(
    r"\?(?:(?<=\d.)(?=\d{3}(?!\d)|\s?[%€]|\s?(?:k€|M€|Md|million|milli))|(?<=\w.)(?=\s?:))"
)
#: Form feeds, and bullets of symbol fonts that became characters of their own.
_DEBRIS = re.compile("[\x0c\ufffd\uf000-\uf0ff]")
#: Marks of bold print, of no meaning.
_BOLD = re.compile(r"\*\*(?:(?=\S)|(?<=\S..))")
_PIPE, _TAB = re.compile(r"\s*\|\s*"), re.compile(r"[^\S\t]*\t[^\S\t]*")
_TABS = re.compile(r"\t{2,}")
_SEMICOLON, _SPOKEN_SEMICOLON = re.compile(r";"), re.compile(r";\s|\s;|^[^;]*;$")
#: A line that opens with a percentage: its words, if any, tell whose it is, not what it measures.
_VALUE_FIRST = re.compile(r"[-+\u2212]?\d+(?:[,.]\d+)?\s?%")
#: A label and one amount of thousands in brackets.
_ACCOUNT = re.compile(
    r"\s*[^\W\d][^\d();:]{3,80} (?P<amount>\(\d{1,3}(?:[ \xa0\u202f.]\d{3})+(?:,\d+)?\))\s*"
)
_GAP = re.compile(r"\s{2,}")
_WIDE, _THREE_BLANKS = re.compile(r"\t+|\s{3,}"), re.compile(r"\s\s\s")
#: A line that only rules a table off (``---|---``).
_RULE = re.compile(r"[\s|:+=_–—-]*(?:[-=_–—]{2,}|\|)[\s|:+=_–—-]*")
_DRAWN = frozenset("|:+=_–—-")
MAX_HEADING_WORDS = 14
#: Where the second of two columns of prose may begin at the earliest, and how much its lines may differ.
_GUTTER, _RAGGED = 24, 4
#: Narrow columns side by side at least.
_LEAST_COLUMNS = 3
#: A number that a line end cuts between two groups (``54`` / ``000 cartes``).
_CUT_NUMBER, _LAST_GROUPS = re.compile(r"(?<![\d,.])\d{1,3}$"), re.compile(r"\d{3}(?!\d|,\d)")
_LAST_GROUPS_ALONE = re.compile(r"\d{3}(?:\s\d{3})*")
#: The first group of a number that a word before it calls for.
_GOVERNED = re.compile(r"(?:\b(?:pour|de|à|dont|soit|par|sur|contre|avec|environ)\s|['’(])\d{1,3}$")
#: Characters of a line from which on it may be one of a sentence that goes on in brackets on the next.
_SENTENCE = 36
#: The scale with which a title ends.
_SCALE_ENDS = re.compile(r"\(en\s[^()]{1,30}\)$")
#: A cell that is nothing but an aside.
_BRACKETS = re.compile(r"\s*\((?=[^()]*[^\W\d_]{2})[^()]*\)\s*")
#: A day that ends its cell, and the month that opens the line below.
_DAY_LAST = re.compile(r"\b(?:au|le|du|dès le)\s(?P<day>0?[1-9]|[12]\d|3[01]|1er)\s*$", re.IGNORECASE)
_MONTH = re.compile(
    r"\s*(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre)\b",
    re.IGNORECASE,
)
#: A short line that tells what somebody did: a sentence has begun, no label stands there.
SPEAKS = re.compile(
    r"\b(?:a|ont|avons|avait|avaient)\s+(?:\w+\s)?\w+(?:é|i|u|is|it|ert)e?s?\b|\bnous\s\w+ons\b"
    r"|\b(?:est|sont|était|étaient|s['’]élève(?:nt)?|atteint|compte(?:nt)?|représente(?:nt)?)\b",
    re.IGNORECASE,
)


class Kind(Enum):
    """What a line looks like."""

    BLANK = "blank"
    PROSE = "prose"
    BULLET = "bullet"
    HEADING = "heading"
    LABEL = "label"
    NUMBERS = "numbers"
    ROW = "row"


class Line(NamedTuple):
    """One line: 1-based ``number``, offset of its first character in the document, its cleaned text (same
    length) and kind.

    ``bare`` is the text without the blanks around it; ``numbered`` tells whether a digit stands in it,
    ``parted`` whether anything does that may part it into cells. ``bounded`` is false where a pipe opens the
    line as the wall of an empty first cell: other rows of its table open without one.
    """

    number: int
    start: int
    text: str
    kind: Kind
    bare: str
    numbered: bool
    parted: bool
    bounded: bool = True

    @classmethod
    def of(cls, number: int, start: int, text: str) -> Line:
        """The line of a text, with what its characters alone tell of it."""
        bare = text.strip()
        if not bare:
            return cls(number, start, text, Kind.BLANK, bare, False, False)
        numbered, parted = holds_digit(bare), "|" in bare or ";" in bare or is_wide(text)
        return cls(number, start, text, _kind(text, bare, numbered), bare, numbered, parted)

    @property
    def cells(self) -> list[tuple[int, int]]:
        """The spans of its cells (``cells_of``): most lines are one."""
        return cells_of(self.text) if self.parted or not self.bare else [(0, len(self.text))]

    @property
    def ranked(self) -> list[tuple[int, int]]:
        """The spans of its cells with the empty ones (``ranked_cells``): most lines have none."""
        return ranked_cells(self.text, bounded=self.bounded) if self.parted else []


class Passage(NamedTuple):
    """Lines that read as one piece of text: ``text`` joined by blanks, ``places`` where each line begins in
    it and what to add to a place in it for one in the document; ``is_column`` where it is a column of prose
    beside another.
    """

    text: str
    places: tuple[tuple[int, int], ...]
    lines: tuple[Line, ...]
    is_column: bool = False

    def offset(self, at: int) -> int:
        """The document offset of a character of the text."""
        shift = self.places[0][1]
        for begin, further in self.places:
            if begin > at:
                break
            shift = further
        return at + shift


def _as_bullet(match: re.Match[str]) -> str:
    return " " if match[0] == "\x0c" else "•"


def cleaned(text: str) -> str:
    """The text with debris of conversion mended, character for character: quotes, bullets of symbol fonts,
    lost blanks.
    """
    text = _DEBRIS.sub(_as_bullet, mended(text))
    if RAISED.search(text):
        text = NOTE_MARK.sub(lambda mark: " " * len(mark[0]), text)
    text = _BOLD.sub("  ", text) if "**" in text else text
    return _LOST_BLANK.sub(" ", text) if "?" in text else text


def lines_of(document: Document) -> list[Line]:
    """Every line with its kind; where characters have a size, a title is also what is printed larger than the
    text.
    """
    found: list[Line] = []
    start = 0
    whole = cleaned(document.text)
    texts = whole.split("\n")
    for number, text in enumerate(_even_tabs(texts) if "\t" in whole else texts, 1):
        found.append(Line.of(number, start, text))
        start += len(text) + 1
    for number in document.large:
        line = found[number - 1]
        beside = {found[at].kind for at in (number - 2, number) if 0 <= at < len(found)}
        if _may_be_title(line) and Kind.NUMBERS not in beside:
            found[number - 1] = line._replace(kind=Kind.HEADING)
    return _with_ages(_with_accounts(_walled(found)))


def _may_be_title(line: Line) -> bool:
    """Whether a line has the words of a title: a few, more than its digits, no end of a sentence, no figure
    that it tells of.
    """
    words = _WORD.findall(line.text)
    return (
        line.kind in (Kind.LABEL, Kind.PROSE)
        and 0 < len(words) <= MAX_HEADING_WORDS
        and not line.bare.endswith(_ENDS_OF_SENTENCES)
        and not (line.parted and is_wide(line.bare))
        and not _ANOTHER_SENTENCE.search(line.bare)
        and not (line.numbered and SPEAKS.search(line.bare))
        and sum(map(str.isdigit, line.text)) <= sum(map(str.isalpha, line.text))
    )


def _even_tabs(texts: list[str]) -> Iterator[str]:
    """Lines where each tab parts two cells: where lines that follow each other have as many tabs they are
    kept, else a run of tabs aligns one cell, and its others become blanks.
    """
    for _, group in itertools.groupby(texts, key=lambda text: "\t" in text):
        block = list(group)
        even = len({text.count("\t") for text in block}) == 1 < len(block)
        yield from block if even else (_TABS.sub(lambda m: "\t".ljust(len(m[0])), text) for text in block)


def _walled(lines: list[Line]) -> list[Line]:
    """Lines whose opening pipe is the wall of an empty first cell, told by the rows of their table that open
    without one.
    """
    found = list(lines)
    for i, line in enumerate(lines):
        if line.parted and line.bare.startswith("|") and not is_rule(line):
            around = (_opens_with_cell(lines, i, step) for step in (-1, 1))
            found[i] = line._replace(bounded=not any(around))
    return found


def _with_accounts(lines: list[Line]) -> list[Line]:
    """Lines of an account whose long label leaves one blank before its negative amount
    (``Résultat courant (1 114)``) as rows, where a row stands beside them.
    """
    found = list(lines)
    for i, line in enumerate(lines):
        ends = line.numbered and line.kind in (Kind.LABEL, Kind.PROSE) and line.bare.endswith(")")
        match = _ACCOUNT.fullmatch(line.text) if ends else None
        if match and Kind.ROW in {lines[at].kind for at in (i - 1, i + 1) if 0 <= at < len(lines)}:
            blank = match.start("amount") - 1
            text = f"{line.text[:blank]}\t{line.text[blank + 1 :]}"
            found[i] = line._replace(text=text, bare=text.strip(), kind=Kind.ROW, parted=True)
    return found


def _with_ages(lines: list[Line]) -> list[Line]:
    """Lines that an age opens before their cells as rows, where ages grow downwards on three of them or more
    (``3 ans``, ``6 ans``, ``9 ans``).
    """
    found, run, last = lines, [], -1
    for i, line in enumerate([*lines, None]):
        match = _AGE.match(line.text) if line and line.kind is Kind.NUMBERS and line.parted else None
        if match and int(match[1]) > last:
            run.append(i)
            last = int(match[1])
        elif match or line is None or line.kind is not Kind.BLANK:
            if len(run) >= _LEAST_AGES:
                found = [one._replace(kind=Kind.ROW) if j in run else one for j, one in enumerate(found)]
            run, last = ([i], int(match[1])) if match else ([], -1)
    return found


def _opens_with_cell(lines: list[Line], at: int, step: int) -> bool:
    """Whether the next line of a table, in the direction of ``step``, that opens with no pipe stands in the
    same table.
    """
    i = at + step
    while 0 <= i < len(lines) and lines[i].bare.startswith("|"):
        i += step
    return 0 <= i < len(lines) and lines[i].text.count("|") >= 2


def kind_of(text: str) -> Kind:
    """Tell a line's kind from its own text."""
    bare = text.strip()
    return _kind(text, bare, holds_digit(bare))


def holds_digit(text: str) -> bool:
    """Whether a digit stands in a text, a raised one too."""
    return bool(_DIGIT.search(text)) or (not text.isascii() and bool(_RAISED_DIGIT.search(text)))


def _kind(text: str, bare: str, numbered: bool) -> Kind:
    if not bare:
        return Kind.BLANK
    words = _WORD.findall(bare)
    if numbered:
        if _BAND.match(bare):
            return Kind.ROW
        if not words or (_UNIT_LETTERS.fullmatch(words[0]) and not _WORD.search(_UNIT_WORD.sub(" ", bare))):
            return Kind.NUMBERS
        parted = "|" in bare or ";" in bare or is_wide(bare)
        if (parted and _SEPARATED_CELL.search(bare)) or _ends_in_cells(bare):
            return Kind.ROW
    if _BULLET.match(text):
        return Kind.BULLET
    return _kind_of_words(bare, words)


def _kind_of_words(bare: str, words: list[str]) -> Kind:
    if len(words) <= MAX_HEADING_WORDS and not bare[1:].islower():
        letters = sum(map(str.isalpha, bare))
        if letters and sum(map(str.isupper, bare)) > 0.8 * letters:
            return Kind.HEADING
    if len(words) <= 6 and not bare.endswith(_ENDS_OF_SENTENCES) and not _ANOTHER_SENTENCE.search(bare):
        return Kind.LABEL
    return Kind.PROSE


def _ends_in_cells(bare: str) -> bool:
    """A label followed by at least two numbers up to the end of the line, or by more groups of digits than
    one number has.
    """
    if not (bare[-1].isdigit() or bare[-1] in _ENDS_OF_NUMBERS) or _opens_aside(bare):
        return False
    longest = _OF_NUMBERS.match(bare[::-1])
    tail = _TRAILING_NUMBERS.search(bare, len(bare) - len(longest[0])) if longest else None
    if not tail or len(_WORD.findall(bare[: tail.start()])) > 12 or _LISTED.search(bare, 0, tail.start()):
        return False
    numbers = _GROUPED.findall(tail.group())
    return len(numbers) >= 2 or any(len(re.findall(r"\d+", n.partition(",")[0])) >= 4 for n in numbers)


def _opens_aside(text: str) -> bool:
    """Whether a line ends within brackets that it opens: they go on below (``(1,38`` / ``% en 2023)``)."""
    return text.rfind("(") > text.rfind(")")


def separator(text: str) -> re.Pattern[str] | None:
    """What separates the cells of a line when a character does: pipes, tabs, or semicolons without a blank;
    else ``None``.
    """
    if "|" in text:
        return _PIPE
    if "\t" in text.strip():
        return _TAB
    return _SEMICOLON if ";" in text and not _SPOKEN_SEMICOLON.search(text) else None


def cells_of(text: str) -> list[tuple[int, int]]:
    """The spans of the pieces of a line that stand side by side: between pipes, else tabs, else wide blanks.

    Where one gap is wide, two blanks are a gap as well: tables laid out as text leave two after their longest
    cells.
    """
    cut = separator(text)
    wide = is_wide(text)
    if cut is None and not wide:
        return [(0, len(text))] if text and not text.isspace() else []
    cut = cut or (_GAP if wide and is_wide(text.strip()) else _WIDE)
    spans, cursor = [], 0
    for gap in cut.finditer(text):
        spans.append((cursor, gap.start()))
        cursor = gap.end()
    spans.append((cursor, len(text)))
    while spans and not text[slice(*spans[0])].strip():
        spans.pop(0)
    while spans and not text[slice(*spans[-1])].strip():
        spans.pop()
    return spans


def is_wide(text: str) -> bool:
    """Whether a tab or three blanks in a row stand in a text. One that can be printed has no blanks but plain
    ones, which are quicker to look for."""
    if text.isprintable():
        return "   " in text
    return "\t" in text or bool(_THREE_BLANKS.search(text))


def is_bullet(text: str) -> bool:
    """Whether the mark of a list opens a text."""
    return bool(_BULLET.match(text))


def is_rule(line: Line) -> bool:
    """Whether a line only draws the rule of a table."""
    return line.bare[:1] in _DRAWN and bool(_RULE.fullmatch(line.text))


def ranked_cells(text: str, *, bounded: bool = True) -> list[tuple[int, int]]:
    """The spans of the cells of a line that pipes, tabs or semicolons cut, empty ones too, so that ranks
    agree between lines.

    A pipe that opens (unless it is said not to be ``bounded``) or closes the line bounds it and makes no
    cell. Empty where blanks alone separate.
    """
    cut = separator(text)
    if cut is None:
        return []
    begin, stop = 0, len(text)
    if cut is _PIPE:
        begin = len(text) - len(text.lstrip()) + text.lstrip().startswith("|") if bounded else 0
        bare = text.rstrip()
        stop = len(bare) - (bare.endswith("|") and len(bare) > begin)
    spans, cursor = [], begin
    for gap in cut.finditer(text, begin, stop):
        spans.append((cursor, gap.start()))
        cursor = gap.end()
    return [*spans, (cursor, stop)]


def passages(lines: list[Line]) -> Iterator[Passage]:
    """Lines joined into sentences or cells: wrapped prose and bullets together, key figures side by side
    apart, others alone.
    """
    group: list[Line] = []
    columns = _prose_columns(lines)
    for line in lines:
        if line.number in columns:
            yield from columns[line.number]
        if line.kind is Kind.BLANK or line.number in columns:
            continue
        if group and (not _continues(group, line) or _ends_early(lines, group[-1], line)):
            yield from _joined(group)
            group = []
        group.append(line)
    if group:
        yield from _joined(group)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a line holds of a column of prose."""

    line: Line
    begin: int
    stop: int

    @property
    def text(self) -> str:
        return self.line.text[self.begin : self.stop]


def _prose_columns(lines: list[Line]) -> dict[int, list[Passage]]:
    """By the number of a line, the passages of the columns of prose that begin on it; none for the other
    lines of these columns.
    """
    found: dict[int, list[Passage]] = {}
    for _, block in itertools.groupby(lines, key=lambda line: line.kind in (Kind.BLANK, Kind.HEADING)):
        group = list(block)
        columns = _two_columns(group) or _several_columns(group)
        if columns:
            found |= {line.number: [] for line in group}
            found[group[0].number] = [_column_of(column) for column in columns]
    return found


def _two_columns(lines: list[Line]) -> list[list[_Piece]]:
    """The pieces of the two columns of prose that stand side by side on these lines, where all of them do;
    else nothing. Lines of the two columns may stand at different heights.
    """
    wide = (is_wide(line.text) for line in lines if line.parted)
    if len(lines) < 2 or not any(wide):
        return []
    left: list[_Piece] = []
    right: list[_Piece] = []
    for line in lines:
        pieces = _halves(line)
        if not pieces:
            return []
        for piece in pieces:
            (right if piece.begin >= _GUTTER else left).append(piece)
    if min(len(left), len(right)) < 2 or not (_run_on(left) and _run_on(right)):
        return []
    starts = [piece.begin for piece in right]
    apart = max(p.stop for p in left) <= min(starts) + _RAGGED and max(starts) - min(starts) <= _RAGGED
    return [left, right] if apart else []


def _halves(line: Line) -> list[_Piece]:
    """The one or two pieces of prose that stand on a line; nothing where it is cut otherwise."""
    if line.kind is Kind.BULLET or (line.parted and separator(line.text) is not None):
        return []
    pieces = _pieces(line)
    return pieces if len(pieces) <= 2 else []


def _pieces(line: Line) -> list[_Piece]:
    """The cells of a line that are not empty, from ink to ink."""
    return [
        _Piece(line, a + len(line.text[a:b]) - len(line.text[a:b].lstrip()), a + len(line.text[a:b].rstrip()))
        for a, b in line.cells
        if line.text[a:b].strip()
    ]


def _several_columns(lines: list[Line]) -> list[list[_Piece]]:
    """The pieces of three narrow columns or more, such as the steps of a year, that stand side by side on
    these lines: words in each, which go on in small letters, and a number in one; else nothing.
    """
    if len(lines) < 2 or any(line.kind in (Kind.BULLET, Kind.ROW, Kind.NUMBERS) for line in lines):
        return []
    rows = [_pieces(line) if line.parted and separator(line.text) is None else [] for line in lines]
    columns = [list(column) for column in zip(*rows, strict=False)]
    even = len({len(row) for row in rows}) == 1 and len(columns) >= _LEAST_COLUMNS
    numbered = any(line.numbered for line in lines[1:])
    return columns if even and numbered and all(map(_is_narrow, columns)) else []


def _is_narrow(column: list[_Piece]) -> bool:
    """Whether lines of words begin at one place and go on in small letters."""
    starts = [piece.begin for piece in column]
    goes_on = sum(piece.text[:1].islower() for piece in column[1:])
    worded = all(_WORD.search(piece.text) for piece in column)
    return worded and max(starts) - min(starts) <= 1 and 2 * goes_on >= len(column) - 1


def _run_on(column: list[_Piece]) -> bool:
    """Whether a column is prose: its lines go on in small letters, and have several words each."""
    words = sum(len(_WORD.findall(piece.text)) for piece in column)
    goes_on = sum(piece.text[:1].islower() or piece.text[:1].isdigit() for piece in column[1:])
    return words >= 3 * len(column) - 2 and 2 * goes_on >= len(column) - 1


def _column_of(column: list[_Piece]) -> Passage:
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    length = 0
    for piece in column:
        pieces.append(f"{piece.text} ")
        places.append((length, piece.line.start + piece.begin - length))
        length += len(pieces[-1])
    return Passage("".join(pieces), tuple(places), tuple(piece.line for piece in column), True)


def _continues(group: list[Line], line: Line) -> bool:
    before = group[-1]
    if line.kind in (Kind.BULLET, Kind.HEADING) or before.kind in (Kind.HEADING, Kind.NUMBERS, Kind.ROW):
        return False
    text, first = before.text.rstrip(), line.bare[:1]
    if line.number - before.number > 2:
        return False
    if (text[-1:] in _HYPHENS and text[-2:-1].isalpha()) or _goes_on_alone(text, line):
        return True
    if text.endswith(_ENDS_OF_TEXTS) or _stands_apart(line) or _tells_of_its_own(group, line):
        return False
    if _hangs(text, first, line.number - before.number):
        return True
    if before.kind in (Kind.PROSE, Kind.BULLET):
        return _runs_on(text, line.text.lstrip())
    return line.number - before.number == 1 and _goes_on(group, line)


def _goes_on_alone(text: str, line: Line) -> bool:
    """Whether a line holds nothing but the last groups of the number that ends the line above, or the number
    that ends the sentence of the line above, which calls for it.
    """
    if line.kind is not Kind.NUMBERS:
        return False
    if _LAST_GROUPS_ALONE.fullmatch(line.bare):
        return bool(_TOLD_FIRST.search(text))
    return line.bare[-1:] == "." and len(text) >= _SENTENCE and bool(HANGS.search(text))


def _tells_of_its_own(group: list[Line], line: Line) -> bool:
    """Whether a line gives something else its value than the line above, or compares the number of a card
    whose words that line is.
    """
    if _each_told(group[-1], line) or _each_counts(group, line):
        return True
    compares = _COMPARES.match(line.text) and group[-1].kind is Kind.LABEL
    return bool(compares) and not any(one.numbered for one in group)


def _each_told(before: Line, line: Line) -> bool:
    """Whether two lines each give one thing its value; the first may be a row of a table, which ends in a
    number.
    """
    if ":" not in line.text or not _TOLD.fullmatch(line.text):
        return False
    if HANGS.search(before.bare) or _opens_aside(before.bare):
        return False
    in_table = before.kind is Kind.LABEL and before.bare[-1:].isdigit() and not SPEAKS.search(before.text)
    return in_table or bool(_TOLD.fullmatch(before.text))


def _each_counts(group: list[Line], line: Line) -> bool:
    """Whether a line, below a blank one, opens with a number and what it counts, as the first of ``group``
    does.
    """
    apart = line.number - group[-1].number == 2 and not HANGS.search(group[-1].bare)
    return apart and bool(_COUNTS_FIRST.match(group[0].bare) and _COUNTS_FIRST.match(line.bare))


def _goes_on(group: list[Line], line: Line) -> bool:
    """Whether a short line that ends no sentence goes on in the line just below it; ``group`` holds the
    lines of its sentence: in a narrow column its verb stands in one of them.
    """
    before, text = group[-1].text.rstrip(), line.text.lstrip()
    cut = _cuts_a_number(before, text)
    told = (cut or text[:1] == "(") and SPEAKS.search(" ".join(one.bare for one in group))
    if told or (cut and _GOVERNED.search(before)):
        return True
    aside = text[:1] in "%€‰" and _opens_aside(before)
    unit = before[-1:].isdigit() and _UNIT_FIRST.match(text)
    return bool(text[:1].islower() or aside or unit) and line.kind in (Kind.PROSE, Kind.LABEL)


def _stands_apart(line: Line) -> bool:
    """Whether a line is one of a table or of boxes: it never goes on a sentence."""
    if not line.parted:
        return line.kind is Kind.NUMBERS
    cut = line.kind is Kind.ROW and separator(line.text) is not None
    return line.kind is Kind.NUMBERS or cut or is_wide(line.bare)


def _runs_on(before: str, text: str) -> bool:
    """Whether a line of prose that ends no sentence goes on: in small letters, with a unit, with the rest of
    a number, or because it fills its column.
    """
    if before[-1:] == ")" and _SCALE_ENDS.search(before):
        return False
    cut = _cuts_a_number(before, text)
    if text[:1].isupper() and before.endswith(_ENDS_OF_NAMES) and _OPEN_NAME.search(before):
        return True
    filled = len(before) >= 60 or (len(before) >= 40 and text[:1].isdigit())
    aside = text[:1] == "(" and len(before) >= _SENTENCE and before[-1:] != ")"
    return text[:1].islower() or text[:1] in "%€" or cut or filled or aside


def _ends_early(lines: list[Line], before: Line, line: Line) -> bool:
    """Whether the first groups of a number would have had room at the end of the line above: items of a list,
    of which one is much longer.
    """
    if not _cuts_a_number(before.text.rstrip(), line.bare) or not _COUNTS_FIRST.match(line.bare):
        return False
    block = [before.number - 1]
    while block[0] and lines[block[0] - 1].kind is not Kind.BLANK and len(block) < _FEW_LINES:
        block.insert(0, block[0] - 1)
    longest = max(len(lines[at].bare) for at in block)
    return longest > _MUCH_LONGER * (len(before.bare) + 1 + len(line.bare.split()[0]))


def _cuts_a_number(before: str, text: str) -> bool:
    """Whether the end of a line may cut a number between two groups of its digits."""
    return bool(before[-1:].isdigit() and _LAST_GROUPS.match(text) and _CUT_NUMBER.search(before))


def _hangs(text: str, first: str, below: int) -> bool:
    """Whether a line calls for the number that opens the next one."""
    return below == 1 and first.isdigit() and bool(HANGS.search(text) or _SIGN_LAST.search(text))


def _joined(group: list[Line]) -> Iterator[Passage]:
    if len(group) == 1:
        line = group[0]
        for begin, stop in _side_by_side(line) or [(0, len(line.text.rstrip()))]:
            yield Passage(line.text[begin:stop], ((0, line.start + begin),), (line,))
        return
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    length = 0
    for line in group:
        text = line.text.rstrip()
        hyphen = text[-1:] in _HYPHENS and text[-2:-1].isalpha()
        kept = text if line is group[-1] else text[:-1] if hyphen else f"{text} "
        pieces.append(kept)
        places.append((length, line.start - length))
        length += len(kept)
    yield Passage("".join(pieces), tuple(places), tuple(group))


def _side_by_side(line: Line) -> list[tuple[int, int]]:
    """The spans of a line's cells when each holds a number and its words (two columns of key figures), else
    nothing.
    """
    if not line.parted or ("|" not in line.text and not is_wide(line.bare)):
        return []
    if line.kind is Kind.NUMBERS:
        return []  # its words are units: those of its boxes stand on other lines
    spans = [(a, b) for a, b in line.cells if line.text[a:b].strip()]
    texts = [line.text[a:b] for a, b in spans]
    if asides := _asides(line.text, spans):
        return asides
    told = any(_AIMED.match(t) for t in texts)
    whole = len(spans) >= 2 and all((told or _WORD.search(t)) and any(map(str.isdigit, t)) for t in texts)
    return spans if whole and not re.match(r"\s*[^\d:]*\d{4}\s*$", texts[0]) else []


def _asides(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cells of a line that are asides, where it has words beside them and no other numbers."""
    numbered = [(a, b) for a, b in spans if _DIGIT.search(text, a, b)]
    alone = len(numbered) < len(spans) and all(_BRACKETS.fullmatch(text, a, b) for a, b in numbered)
    return numbered if alone else []


def days_cut(above: Line, below: Line) -> Iterator[tuple[int, int]]:
    """The spans in a line of the days whose month opens the same cell on the line right below (``salariés au
    31`` over ``décembre``).
    """
    if not (above.numbered and below.bare):
        return
    months = [a for a, b in below.cells if _MONTH.match(below.text, a, b)]
    for begin, stop in above.cells:
        day = _DAY_LAST.search(above.text, begin, stop)
        if day and any(abs(_inked(above.text, begin) - _inked(below.text, at)) <= 1 for at in months):
            yield day.span("day")


def _inked(text: str, at: int) -> int:
    """Where the ink begins from a place on."""
    return len(text) - len(text[at:].lstrip())


def titles_of(lines: list[Line]) -> list[str]:
    """For each line that does not name what it counts, the words that do: the bullet that opens its list, the
    title of its values.

    Empty for lines that speak for themselves. A bullet that ends in a colon and holds no number opens the
    bullets below it, up to the next one of its kind or the end of the list.
    """
    found, opener, last = [], "", ""
    below = [line for line in lines if line.kind is not Kind.BLANK]
    deeper = {a.number for a, b in itertools.pairwise(below) if _is_nested(a, b)}
    for line in lines:
        bare, title = line.bare, ""
        if line.kind is Kind.BULLET:
            opens = bare.endswith(":") or line.number in deeper
            if opens and not line.numbered:
                opener = _BULLET.sub("", bare).rstrip(" :")
            else:
                title = opener
        elif line.kind is not Kind.BLANK:
            opener = ""
            valued = line.numbered and _VALUE_FIRST.match(bare) and len(_WORD.findall(bare)) <= 4
            title = last if valued else ""
        found.append(title)
        if line.kind is not Kind.BLANK:
            last = bare if line.kind in (Kind.LABEL, Kind.HEADING) and not line.numbered else ""
    return found


def _is_nested(line: Line, below: Line) -> bool:
    """Whether a bullet stands deeper than the bullet above it."""
    if not line.kind is below.kind is Kind.BULLET:
        return False
    indents = [len(one.text) - len(one.text.lstrip()) for one in (line, below)]
    return indents[1] > indents[0]


def headings_above(lines: list[Line]) -> list[str]:
    """For each line, the nearest heading above it, or an empty string; two heading lines in a row are read
    together.
    """
    found, current = [], ""
    for i, line in enumerate(lines):
        found.append(current)
        if line.kind is Kind.HEADING:
            goes_on = i and lines[i - 1].kind is Kind.HEADING and len(current) < 80
            current = f"{current} {line.bare}" if goes_on else line.bare
    return found
