"""Which lines of a report stand under a title, in a box or in a table of another body than its own.

A title counts only when a body is all it says, or when it says the results, the activity, the figures *of* a
body that does the same job as the report's, or works under it. ``Le partenariat avec la CAF`` gives nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestration.discovery.bodies import HOUSE, Bodies, Named, may_name
from orchestration.discovery.layout import Kind, Line
from orchestration.extraction.documents import Document
from orchestration.notation.folding import plain

#: What a title may say a body's figures are.
_OWNED = re.compile(
    r"\b(?:resultats?|chiffres?|bilans?|activites?|avenants?|cpg|indicateurs?|donnees|performances?|populations?"
    r"|moyens|effectifs?|situation|portrait|profil|fiche|realisations?|budgets?|depenses?|scores?)\b"
)
_OF = re.compile(r"(?:\b(?:de la|de|du|des|d)[ ']?(?:l')?|[:/|–—-])\s*(?:la |l'|le )?$")
_WITH = re.compile(
    r"\b(?:avec|aupres|partenaria\w*|convention\w*|appui|aide|echanges?|visites?|pour|vers|chez)\b"
)
_LEAD = re.compile(r"[\W\d]*(?:la |l'|le |les )?")
#: A title under a title: it does not end what that one opens.
_NUMBERED = re.compile(
    r"\W*(?P<what>axe|objectif|theme|volet|partie|action|indicateur|orientation)s?\s(?P<n>\d{1,2})\b"
)
_HEAD_TYPE = re.compile(r"\W*(?P<type>elsm|cpam|cgss|drsm|caf|carsat|urssaf|msa|ars)s?\W*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TITLES = (Kind.HEADING, Kind.LABEL, Kind.PROSE)
#: Lines with words that a box may have, and rows below the head of a table with a blank line between.
_BOX_LINES = 10


@dataclass(slots=True)
class _Scope:
    named: Named
    title: bool
    lines: int = 0


def scopes(lines: list[Line], document: Document, bodies: Bodies) -> dict[int, Named]:
    """By the number of a line, the body whose title, box or row it stands under; the report's own where a
    title says so."""
    titles = dict(_titles(lines, bodies))
    pages = _page_starts(lines, document)
    found: dict[int, Named] = {}
    scope: _Scope | None = None
    for line in lines:
        if line.number in titles:
            scope = _Scope(titles[line.number], line.kind is Kind.HEADING)
        elif scope is not None and _ends(scope, line, line.number in pages):
            scope = None
        if scope is not None:
            found[line.number] = scope.named
    for page in _pages(lines, pages):
        if (named := _printed_last(page, titles)) is not None:
            found |= {line.number: named for line in page}
    return found | dict(_rows_under_types(lines, bodies))


def _titles(lines: list[Line], bodies: Bodies) -> Iterator[tuple[int, Named]]:
    """The lines that a title of a body ends on: one line, or two that read together."""
    shown = [line for line in lines if line.kind is not Kind.BLANK]
    named = {line.number for line in shown if may_name(plain(line.text))}
    below: Line | None
    skip = 0
    for line, below in itertools.zip_longest(shown, shown[1:]):
        if line.number == skip or line.kind not in _TITLES or not _either(line, below, named):
            continue
        one = _of_title(line.bare, bodies, line.kind)
        two = _of_title(_with_next(line, below), bodies, line.kind)
        if two is not None and below is not None and (one is None or one.body != two.body):
            skip = below.number
            yield below.number, two
        elif one is not None:
            yield line.number, one


def _with_next(line: Line, below: Line | None) -> str:
    """A title that goes on in the next line of its kind."""
    if below is None or below.number != line.number + 1 or below.kind is not line.kind:
        return ""
    return f"{line.bare} {below.bare}"


def _either(line: Line, below: Line | None, named: set[int]) -> bool:
    """Whether a line or the one below it may hold a name."""
    return line.number in named or (below is not None and below.number in named)


def _of_title(text: str, bodies: Bodies, kind: Kind) -> Named | None:
    words = plain(text)
    if not may_name(words) or len(words.split()) > 16 or words.endswith((".", ",", ";")) or _digits(words):
        return None
    named = list(bodies.named(words))
    if len(named) != 1 or not _related(named[0], bodies):
        return None
    one = named[0]
    led, rest = words[: one.start], words[one.end :].strip(" :-–/.>")
    alone = bool(_LEAD.fullmatch(led)) and not _YEAR.sub("", rest).strip(" -–/")
    owned = _OWNED.search(led) and _OF.search(led) and not (_WITH.search(led) or _YEAR.sub("", rest).strip())
    return one if (alone and kind is not Kind.PROSE) or owned else None


def _digits(words: str) -> bool:
    return any(map(str.isdigit, _YEAR.sub("", re.sub(r"^\W*\d[\d.]*\W", "", words))))


def _related(named: Named, bodies: Bodies) -> bool:
    """Whether the body does the report's own job, or works under it."""
    return named.own or bodies.above(named.body) or bodies.type_of(named.body) in HOUSE


def _ends(scope: _Scope, line: Line, page: bool) -> bool:
    """Whether what a title or a box says ends before a line."""
    if line.kind is Kind.BLANK:
        return False
    heading = line.kind is Kind.HEADING and not _digits(plain(line.text))
    if page and heading:
        return True
    if scope.title:
        return heading and not _NUMBERED.match(plain(line.text))
    scope.lines += 1
    return heading or line.kind is Kind.PROSE or scope.lines > _BOX_LINES


def _page_starts(lines: list[Line], document: Document) -> set[int]:
    """The lines that a page begins with: told by the format, or by a title set off by one blank."""
    found = set(document.page_lines)
    for above, line in itertools.pairwise(lines):
        set_off = line.text[:1] == " " and line.text[1:2].isalnum() and above.text[:1] != " "
        if set_off and line.kind is Kind.HEADING:
            found.add(line.number)
    return found


def _pages(lines: list[Line], starts: Iterable[int]) -> Iterator[list[Line]]:
    cuts = [0, *(start - 1 for start in sorted(starts) if start > 1), len(lines)]
    for begin, stop in itertools.pairwise(cuts):
        yield lines[begin:stop]


def _printed_last(page: list[Line], titles: dict[int, Named]) -> Named | None:
    """The body of a page whose only title stands in its middle because the page was read out of order: its
    numbered parts begin below the title and go on above it (axe 3, axe 4, the title, axe 1, axe 2)."""
    at = [i for i, line in enumerate(page) if line.number in titles]
    if len(at) != 1 or page[at[0]].kind is not Kind.HEADING:
        return None
    parts = [
        (i > at[0], match["what"], int(match["n"]))
        for i, line in enumerate(page)
        if line.kind is not Kind.BLANK and (match := _NUMBERED.match(plain(line.text))) and _titled(line)
    ]
    above = [n for below, _, n in parts if not below]
    under = [n for below, _, n in parts if below]
    whole = len({what for _, what, _ in parts}) == 1 and above and under and under[0] == 1
    return titles[page[at[0]].number] if whole and above[0] == under[-1] + 1 else None


def _titled(line: Line) -> bool:
    """Whether most letters of a line are capitals, whatever digits it has."""
    return sum(map(str.isupper, line.text)) > 0.8 * sum(map(str.isalpha, line.text))


def _rows_under_types(lines: list[Line], bodies: Bodies) -> Iterator[tuple[int, Named]]:
    """Rows whose first cell names a body under a head that says its type (``ELSM``: ``09``)."""
    kind, blank = "", 0
    for line in lines:
        if line.kind is Kind.BLANK:
            blank += 1
            continue
        if not kind and not may_name(plain(line.text)):
            blank = 0
            continue
        spans = line.cells
        first = line.text[slice(*spans[0])] if len(spans) > 1 else ""
        head = _HEAD_TYPE.fullmatch(plain(first))
        if head and not line.numbered:
            kind = head["type"]
        elif kind and (blank > 1 or (len(spans) < 2 and line.kind not in (Kind.LABEL, Kind.NUMBERS))):
            kind = ""
        elif kind and (named := bodies.of_type(kind, first)) is not None:
            yield line.number, named
        blank = 0
