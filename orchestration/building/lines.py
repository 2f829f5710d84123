"""Which printed lines enter the build, and how much of each: those that carry numbers, and the heading above
them.

A line keeps its length, so that columns stay true: what must stay out is written over with ``HIDDEN``. Names
of persons stay out everywhere; of a line that carries no observation only the surroundings of its numbers are
kept, and nothing but the number itself where it was set aside as part of a name, an address, a telephone
number or a story. Does not belong here: reading numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from orchestration.discovery.layout import Kind, kind_of

HIDDEN = "░"
#: Characters kept on each side of a number that was not read as an observation.
AROUND = 32
#: Reasons of set-aside numbers whose surroundings may tell of a person.
PERSONAL = frozenset({"nom_propre", "adresse", "telephone", "anecdote"})
HEADING_REACH = 60

_WORD = r"[A-ZÀ-ÖØ-Þ][\w’'-]*"
_TITLED = re.compile(
    rf"\b(?:Dr|Docteure?|Pr|Professeure?|Mmes?|Madame|M\.|MM\.|Monsieur|Mlle|Me|Maître)\.?\s+"
    rf"(?P<name>{_WORD}(?:[ -](?:(?:de|du|des|le|la|d’|d')\s?)?{_WORD}){{0,3}})"
)
#: A given name and a surname in capitals, at the end of a phrase: only where no observation needs its label.
_SHOUTED = re.compile(
    r"(?P<name>\b[A-ZÀ-ÖØ-Þ][a-zà-öø-þ]{2,}(?:-[A-ZÀ-ÖØ-Þ][a-zà-öø-þ]+)?\s(?:(?:VAN|DE|LE|LA|BEN|EL|DU)\s)*"
    r"[A-ZÀ-ÖØ-Þ]{4,}(?:-[A-ZÀ-ÖØ-Þ]+)?(?=\s*(?:[(,;]|$)))"
)


def printed_lines(lines: Sequence[str], numbers: pl.DataFrame) -> pl.DataFrame:
    """``ligne`` and ``texte`` of what may be shown of ``lines``, by line; ``numbers`` is the ledger of the
    document.
    """
    places: dict[int, list[tuple[int, str, str, str]]] = {}
    for line, *place in numbers.select("ligne", "colonne", "valeur_imprimee", "statut", "motif").iter_rows():
        places.setdefault(int(line), []).append((int(place[0]), *place[1:]))
    rows = [(str(line), text) for line, text in _shown(lines, places)]
    return pl.DataFrame(rows, schema={"ligne": pl.String, "texte": pl.String}, orient="row")


def _shown(
    lines: Sequence[str], places: dict[int, list[tuple[int, str, str, str]]]
) -> Iterator[tuple[int, str]]:
    told: set[int] = set()
    for line in sorted(places):
        heading = next(
            (
                above
                for above in range(line - 1, max(0, line - HEADING_REACH), -1)
                if above in told or above in places or kind_of(lines[above - 1]) is Kind.HEADING
            ),
            0,
        )
        if heading and heading not in told and heading not in places:
            told.add(heading)
            yield heading, without_names(lines[heading - 1].rstrip(), _SHOUTED)
        told.add(line)
        yield line, shown_line(lines[line - 1].rstrip(), places[line])


def shown_line(text: str, numbers: Iterable[tuple[int, str, str, str]]) -> str:
    """``text`` with what stays out written over; ``numbers`` are (column, as printed, status, reason)."""
    if any(status == "observation" for _, _, status, _ in numbers):
        return without_names(text)
    bare = without_names(text, _SHOUTED)
    kept = [False] * len(text)
    for column, printed, _, reason in numbers:
        around = 0 if reason in PERSONAL else AROUND
        begin, stop = _whole_words(text, column - around, column + len(printed) + around, column)
        kept[begin:stop] = [True] * (stop - begin)
        kept[column : column + len(printed)] = [True] * len(text[column : column + len(printed)])
    return "".join(c if keep or c.isspace() else HIDDEN for c, keep in zip(bare, kept, strict=True)).rstrip()


def _whole_words(text: str, begin: int, stop: int, column: int) -> tuple[int, int]:
    """The span without the words that it cuts at its ends."""
    begin, stop = max(begin, 0), min(stop, len(text))
    while 0 < begin < column and not text[begin - 1].isspace():
        begin += 1
    while column < stop < len(text) and not text[stop].isspace():
        stop -= 1
    return begin, max(begin, stop)


def without_names(text: str, *rules: re.Pattern[str]) -> str:
    """``text`` with the names of persons written over, as far as a title (or one of ``rules``) tells them."""
    for rule in (_TITLED, *rules):
        text = rule.sub(_hide, text)
    return text


def _hide(found: re.Match[str]) -> str:
    start, stop = found.start("name") - found.start(), found.end("name") - found.start()
    whole = found.group()
    return whole[:start] + "".join(c if c.isspace() else HIDDEN for c in whole[start:stop]) + whole[stop:]
