"""What last year's report of the same body was decided to mean, recalled for the rows of this year's: by
their words, their place and the numbers that both print.

A row is recalled for sure where two of these say the same: its words under the same titles; its words, or its
place between rows that are the same, and a number of last year that it prints again; its place and the member
that its words name. What one alone says is proposed with its reason. Does not belong here: how a template is
tried (``inherit``), numbers printed again that are decided while one reviews (``review.twins``).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from orchestration.discovery.concepts import NO_DOMAIN, Concept
from orchestration.discovery.draft import Understood, drafted_label
from orchestration.discovery.figures import Figure, address
from orchestration.discovery.phrases import UNMAPPED, PhraseBook
from orchestration.discovery.plausible import LAST_YEAR, RESTATED, YEAR, LastValues, moved
from orchestration.discovery.wording import stems
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED
from orchestration.notation.folding import fold_label

#: Confidence in what two hints say, and in what one does.
SURE, ONE_HINT = 0.99, 0.8
#: Digits before the last zeros from which one number printed again is no chance.
FEW_DIGITS = 3
#: How near (0 to 100) the words of two rows of one table are that are said otherwise.
NEAR = 85
#: Weighty words that name a figure of prose or of a box whatever stands above it; indicators of the rows of a
#: table that its title does not name.
MOST_WORDS, APART = 3, 3
#: From this confidence on, words that are not last year's name something else than what stood in their
#: place.
LIKELY = 0.3
_COUNTED = frozenset({"constate", "total"})
_RANK = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.):–-]?|(?:[ivx]{1,4}|[a-h])\s*[.):–-])\s+")
FigurePlace = tuple[int, int]
#: Column, unit, nature and the other body that is named: what figures of one row have alike both years.
CellKind = tuple[str, str, str, str]


class YearCell(NamedTuple):
    """A figure of either year: under which column it stands, how it reads, and, of last year, its value and
    what it was decided to mean; its label, empty where somebody gave it another one.
    """

    place: FigurePlace
    column: str
    unit: str
    nature: str
    period: str
    value: Decimal
    meaning: Mapping[str, str] = {}
    label: str = ""
    #: The other body that the words around it name.
    whose: str = ""

    @property
    def kind(self) -> CellKind:
        return self.column, self.unit, self.nature, self.whose

    @property
    def digits(self) -> int:
        return len("".join(map(str, self.value.as_tuple().digits)).strip("0"))


@dataclass(frozen=True)
class YearRow:
    """Figures that have their words in common; ``titles`` is what stands above them."""

    at: int
    words: str
    titles: tuple[str, ...]
    table: bool
    cells: tuple[YearCell, ...]
    told: str = ""

    @property
    def kinds(self) -> frozenset[CellKind]:
        return frozenset(cell.kind for cell in self.cells)


class Recalled(NamedTuple):
    """What a figure meant last year, in this year's time; ``note`` says why, in French."""

    meaning: Mapping[str, str]
    sure: bool
    note: str = ""
    #: Whether the words of its row are others than last year's; which rows in a row are so, and how many.
    reworded: bool = False
    run: int = -1
    alone: bool = False
    #: Whether its row prints numbers of last year again, and shares a word with that of last year.
    backed: bool = False
    akin: bool = False
    #: The value that it is read with now, and its label, empty where last year's was given by hand.
    value: Decimal = Decimal(0)
    label: str = ""


#: A figure that no words, place or number of last year tell.
UNSEEN = Recalled({}, sure=False)


@dataclass
class Memory:
    """The decided rows of last year's report."""

    year: int
    rows: list[YearRow] = field(default_factory=list)
    printed: dict[tuple[Decimal, str, str], set[int]] = field(default_factory=lambda: defaultdict(set))

    def keep(self, rows: Iterable[YearRow]) -> None:
        for row in rows:
            self.rows.append(row)
            for cell in row.cells:
                if cell.nature in _COUNTED:
                    self.printed[cell.value, cell.unit, cell.period].add(row.at)


def memory_of(year: int, numbers: pl.DataFrame, figures: Sequence[Figure]) -> Memory:
    """What was decided of ``figures``, the ones that are read in the older document without its template."""
    decided = _decided(numbers, figures)
    as_read = (f for f in figures if _place(f) in decided and _as_read(f, decided[_place(f)]))
    meanings = {_place(f): _meaning(decided[_place(f)]) for f in as_read}
    labelled = {_place(f) for f in figures if decided.get(_place(f), {}).get("libelle") == drafted_label(f)}
    rows = (
        row for row in _rows(figures, meanings, labelled) if any(cell.place in decided for cell in row.cells)
    )
    memory = Memory(year)
    memory.keep(replace(row, at=at) for at, row in enumerate(rows))
    return memory


def _decided(numbers: pl.DataFrame, figures: Sequence[Figure]) -> dict[FigurePlace, Mapping[str, str]]:
    """What was decided of each figure, by its place. A version that reads lines otherwise than the one under
    which it was decided finds it in the order of print.
    """
    told = numbers.filter((pl.col("statut") == "observation") & (pl.col("revue") == "true"))
    rows = {
        address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"]): row
        for row in told.iter_rows(named=True)
    }
    found: dict[FigurePlace, Mapping[str, str]] = {
        _place(f): rows[_place(f)] for f in figures if _place(f) in rows and _is(f, rows[_place(f)])
    }
    elsewhere = [rows[place] for place in sorted(rows.keys() - found.keys())]
    others = sorted((f for f in figures if _place(f) not in found), key=_place)
    here, there = [(f.value, f.unit) for f in others], [_said(row) for row in elsewhere]
    for block in LCSseq.opcodes(here, there):
        if block.tag == "equal":
            for at in range(block.src_end - block.src_start):
                found[_place(others[block.src_start + at])] = elsewhere[block.dest_start + at]
    return found


def _is(figure: Figure, row: Mapping[str, str]) -> bool:
    """Whether a figure and what was decided at its place are of the same digits."""
    return "".join(filter(str.isdigit, figure.printed)) == "".join(
        filter(str.isdigit, row["valeur_imprimee"])
    )


def _said(row: Mapping[str, str]) -> tuple[Decimal, str]:
    return Decimal(row["valeur"]), row["unite"]


def _as_read(figure: Figure, row: Mapping[str, str]) -> bool:
    """Whether a figure was decided with the value and the unit that it is read with."""
    return _said(row) == (figure.value, figure.unit)


def _meaning(row: Mapping[str, str]) -> dict[str, str]:
    members = {d: row[f"{d}_code"] for d in DIMENSIONS if row[f"{d}_code"] not in ("", UNSTATED)}
    return {
        "indicateur": row["indicateur_code"],
        "periode": row["periode_code"],
        "nature": row["nature"],
        "role": row["role"],
        **members,
    }


def _rows(
    figures: Sequence[Figure],
    meanings: Mapping[FigurePlace, Mapping[str, str]],
    labelled: Collection[FigurePlace],
) -> Iterator[YearRow]:
    ordered = sorted(figures, key=lambda f: (f.ligne, f.colonne))
    for at, (_, run) in enumerate(groupby(ordered, key=lambda f: (f.ligne, _words(f)))):
        cells = list(run)
        first = cells[0]
        yield YearRow(
            at,
            _words(first),
            _titles(first),
            first.layout == "tableau",
            tuple(
                YearCell(
                    _place(f),
                    _column(f),
                    f.unit,
                    f.nature,
                    f.period,
                    f.value,
                    meanings.get(_place(f), {}),
                    drafted_label(f) if _place(f) in labelled else "",
                    f.organisation,
                )
                for f in cells
            ),
            (first.row_label or first.label).split(" | ")[0],
        )


def _place(figure: Figure) -> FigurePlace:
    return address(figure.ligne, figure.colonne, figure.printed)


def _bare(text: str) -> str:
    return fold_label(YEAR.sub(" ", text))


def _words(figure: Figure) -> str:
    return _bare(figure.row_label or figure.label if figure.layout == "tableau" else figure.label)


def _column(figure: Figure) -> str:
    return _bare(figure.head) if figure.layout == "tableau" else ""


def _titles(figure: Figure) -> tuple[str, ...]:
    """What stands above a figure: its heading, and the caption and the corner of its table."""
    heading = _title(figure.heading)
    if figure.layout != "tableau":
        return (heading,)
    pieces = map(_title, figure.label.split(" | ")[1:])
    caption = [piece for piece in pieces if piece not in (_title(figure.head), heading)]
    corner = figure.heads[0] if figure.heads else ""
    return (heading, *caption[-1:], _bare(corner))


def _title(text: str) -> str:
    """The words of a title without the rank before them, which a chapter more or less changes."""
    return _RANK.sub("", bare, count=1) if _RANK.match(bare := _bare(text)) else bare


def recall(figures: Sequence[Figure], year: int, memory: Memory) -> dict[FigurePlace, Recalled]:
    """What the figures of ``year``'s report meant last year, by their place; nothing of those that last
    year's report does not have.
    """
    everywhere = set(map(_place, figures))
    recaller = _Recaller(list(_rows(figures, {}, everywhere)), year, memory)
    return dict.fromkeys(everywhere, UNSEEN) | dict(recaller.all())


class _Recaller:
    def __init__(self, rows: list[YearRow], year: int, memory: Memory) -> None:
        self._rows, self._year, self._memory = rows, year, memory
        self._delta = year - memory.year
        self._same = dict(_matched(rows, memory.rows, {}))
        others = [row for row in rows if row.at not in self._same]
        left = set(range(len(memory.rows))) - set(self._same.values())
        there = [row for row in memory.rows if row.at in left]
        self._elsewhere = dict(_matched(others, there, _renamed(others, there)))
        self._known = self._same | self._elsewhere
        self._placed = dict(self._between())

    def all(self) -> Iterator[tuple[FigurePlace, Recalled]]:
        for row in self._rows:
            found, sure, note = self._judged(row)
            if found is None:
                continue
            backed = self._numbers(row, found)[0] > 0
            akin = bool(stems(row.words) & stems(found.words))
            for cell in row.cells:
                if cell.kind not in found.kinds:
                    continue
                reworded = row.at not in self._known
                run, alone = self._placed[row.at][1:] if row.at in self._placed else (-1, False)
                meaning = self._meaning(cell, row, found)
                drafted = all(other.label for other in found.cells if other.kind == cell.kind)
                label = cell.label if drafted else ""
                yield (
                    cell.place,
                    Recalled(meaning, sure, note, reworded, run, alone, backed, akin, cell.value, label),
                )

    def _between(self) -> Iterator[tuple[int, tuple[int, int, bool]]]:
        """The row of last year in the place of each row whose words are not last year's, between rows that
        are the same; the first row of that run, and whether it is the only one.
        """
        at = 0
        while at < len(self._rows):
            if self._rows[at].at in self._known:
                at += 1
                continue
            stop = at
            while stop < len(self._rows) and self._rows[stop].at not in self._known:
                stop += 1
            before = self._known[self._rows[at - 1].at] if at else -1
            after = self._known[self._rows[stop].at] if stop < len(self._rows) else len(self._memory.rows)
            if after - before - 1 == stop - at:
                for step in range(stop - at):
                    other = before + 1 + step
                    if self._rows[at + step].kinds == self._memory.rows[other].kinds:
                        yield self._rows[at + step].at, (other, at, stop - at == 1)
            at = stop

    def _judged(self, row: YearRow) -> tuple[YearRow | None, bool, str]:
        """The row of last year that a row is, whether that is sure, and why it is said."""
        rows = self._memory.rows
        if row.at in self._known:
            found = rows[self._known[row.at]]
            agree, differ, restated = self._numbers(row, found)
            if differ > restated:
                return found, False, f"{LAST_YEAR}, ces mots portaient d'autres nombres"
            if row.at in self._same or agree or self._named_alone(row, found):
                return found, True, ""
            return found, False, f"{LAST_YEAR} sous « {_told_titles(found)} »"
        if row.at in self._placed:
            found = rows[self._placed[row.at][0]]
            agree, differ, _ = self._numbers(row, found)
            if not differ:
                why = f"{LAST_YEAR}, à cette place : « {found.told} »"
                return found, agree > 0, why + (", le même nombre" if agree else "")
            return None, False, ""
        return self._by_numbers(row)

    def _numbers(self, row: YearRow, found: YearRow) -> tuple[int, int, int]:
        """How many numbers of earlier years two rows print alike, how many not, and how many of these are a
        little restated.
        """
        agree = differ = restated = 0
        for cell in row.cells:
            if cell.nature not in _COUNTED or not self._is_past(cell.period):
                continue
            for other in found.cells:
                if (other.kind, other.period) == (cell.kind, cell.period):
                    agree += cell.value == other.value
                    differ += cell.value != other.value
                    restated += cell.value != other.value and self._restated(cell, other, found)
        return agree, differ, restated

    def _is_past(self, period: str) -> bool:
        return int(period[:4]) < self._year if YEAR.match(period) else False

    def _restated(self, cell: YearCell, other: YearCell, found: YearRow) -> bool:
        """Whether a number is last year's but for a correction, and no other row's."""
        elsewhere = self._memory.printed.get((cell.value, cell.unit, cell.period), set()) - {found.at}
        near = abs(cell.value - other.value) <= RESTATED * abs(other.value)
        return near and not (elsewhere and cell.digits >= FEW_DIGITS)

    def _named_alone(self, row: YearRow, found: YearRow) -> bool:
        """Whether the words of a row name it whatever the chapter is called: what is measured still stands
        above it in the same words, it has enough words itself, or all that stood with it stands there again,
        and is as many things.
        """
        if row.table and row.titles[1:] == found.titles[1:] and all(map(_names, self._measured(row))):
            return True
        if not row.table and len(stems(row.words)) >= MOST_WORDS:
            return True
        here = [one.words for one in self._rows if (one.table, one.titles) == (row.table, row.titles)]
        there = [one for one in self._memory.rows if (one.table, one.titles) == (row.table, found.titles)]
        told = {cell.meaning.get("indicateur") for one in there for cell in one.cells}
        return here == [one.words for one in there] and len(told) >= max(APART, len(there) - 1)

    def _measured(self, row: YearRow) -> list[str]:
        """What is said to be measured in the table of a row: by its columns, else by its title."""
        columns = {cell.column for cell in row.cells if cell.nature in _COUNTED}
        return sorted(columns) if any(columns) else [" ".join(row.titles[1:])]

    def _by_numbers(self, row: YearRow) -> tuple[YearRow | None, bool, str]:
        """The row of last year of which a row in other words prints numbers again: two, or one that is said
        in nearly the same words.
        """
        votes: Counter[int] = Counter()
        for cell in row.cells:
            if cell.nature in _COUNTED and self._is_past(cell.period) and cell.digits >= FEW_DIGITS:
                at = self._memory.printed.get((cell.value, cell.unit, cell.period), set())
                votes.update(at if len(at) == 1 else ())
        free = {at: n for at, n in votes.items() if at not in self._known.values()}
        if len(free) == 1 and set(free) == set(votes):
            found = self._memory.rows[next(iter(free))]
            agree, differ, _ = self._numbers(row, found)
            near = fuzz.token_set_ratio(row.words, found.words) >= NEAR
            if not differ and agree:
                return (
                    found,
                    near or len({c.value for c in row.cells if self._again(c, found)}) > 1,
                    (f"{LAST_YEAR} : « {found.told} », le même nombre"),
                )
        return None, False, ""

    def _again(self, cell: YearCell, found: YearRow) -> bool:
        return cell.digits >= FEW_DIGITS and found.at in self._memory.printed.get(
            (cell.value, cell.unit, cell.period), set()
        )

    def _meaning(self, cell: YearCell, row: YearRow, found: YearRow) -> dict[str, str]:
        """What the figure of last year under the same column meant, in the time of this one; empty where
        that is not one thing.
        """
        alike = [other for other in found.cells if other.kind == cell.kind]
        told = [other for other in alike if moved(other.period, self._delta) == cell.period]
        beside = [other.place for other in row.cells if other.kind == cell.kind]
        if len(alike) == len(beside) and len(told) != 1:
            told = [alike[beside.index(cell.place)]]
        meanings = [_in_time(cell, other) for other in told or alike]
        return meanings[0] if meanings and all(one == meanings[0] for one in meanings) else {}


def as_last_year(
    understood: Sequence[Understood],
    recalled: Mapping[FigurePlace, Recalled],
    book: PhraseBook,
    last: LastValues,
) -> Iterator[Understood]:
    """Figures as what they meant last year. Of those in other words than then, one whose words name something
    else keeps what they say, and its neighbours are no longer sure: they may have changed places. Nor is one
    sure that lies far from ``last`` year's value.
    """
    places = (address(u.figure.ligne, u.figure.colonne, u.figure.printed) for u in understood)
    told = [(u, recalled.get(place, UNSEEN)) for u, place in zip(understood, places, strict=True)]
    against = [r.reworded and bool(r.meaning) and _names_another(u, r, book) for u, r in told]
    doubtful = {r.run for (_, r), other in zip(told, against, strict=True) if other}
    for (u, r), other in zip(told, against, strict=True):
        if r.meaning and (r.sure or not other):
            yield _as_recalled(u, r, book, last, moved_about=r.reworded and r.run in doubtful)
        else:
            yield u


def _as_recalled(
    understood: Understood, recalled: Recalled, book: PhraseBook, last: LastValues, moved_about: bool
) -> Understood:
    meaning, read = recalled.meaning, understood.figure
    doubt = last.doubt(meaning, read.unit, read.value, recalled.backed)
    alike = not recalled.reworded or _speaks_of_it(understood, recalled, book)
    sure = (recalled.sure and alike) or (recalled.alone and _names_its_member(understood, recalled, book))
    confidence = SURE if sure and not doubt and not moved_about else ONE_HINT
    figure = read._replace(
        nature=meaning["nature"], role=meaning["role"], period=meaning["periode"], confidence=confidence
    )
    members = {d: meaning[d] for d in DIMENSIONS if d in meaning}
    concept = Concept(meaning["indicateur"], NO_DOMAIN, confidence)
    return Understood(figure, concept, members, doubt or recalled.note)


def _speaks_of_it(understood: Understood, recalled: Recalled, book: PhraseBook) -> bool:
    """Whether the words of a row in other words than last year's speak of the same thing at all: they share
    one with those or with the name of the indicator, or what is known today names it before any other. A
    stranger in its place that prints its numbers is not taken unread.
    """
    figure, code = understood.figure, recalled.meaning["indicateur"]
    named = stems(figure.row_label or figure.label) & stems(book.catalogue.indicators[code].libelle)
    likeliest = next((proposal.indicator for proposal in understood.concept.proposals), "")
    return recalled.akin or bool(named) or code == likeliest


def _names_its_member(understood: Understood, recalled: Recalled, book: PhraseBook) -> bool:
    """Whether the words of a row name, today, the member that last year's row in its place named then."""
    figure, meaning = understood.figure, recalled.meaning
    named = book.members_of(figure.row_label, figure.head, figure.heads, meaning["indicateur"])
    return bool(named) and dict(named) == {d: meaning[d] for d in DIMENSIONS if d in meaning}


def _names_another(understood: Understood, recalled: Recalled, book: PhraseBook) -> bool:
    """Whether the words of a figure are the name of another indicator, or clearly say one."""
    figure, concept, code = understood.figure, understood.concept, recalled.meaning["indicateur"]
    if named := book.named(figure.row_label or figure.label, figure.unit):
        return named != code
    return concept.indicator not in (UNMAPPED, code) and concept.confidence >= LIKELY


def _matched(
    now: Sequence[YearRow], then: Sequence[YearRow], renamed: Mapping[tuple[str, ...], tuple[str, ...]]
) -> Iterator[tuple[int, int]]:
    """Rows of both years with the same words under the same titles (``renamed``: those of this year that are
    others of last year), in the order of print where as many have them.
    """
    here: dict[tuple[object, ...], list[YearRow]] = defaultdict(list)
    there: dict[tuple[object, ...], list[YearRow]] = defaultdict(list)
    for row in now:
        here[row.words, row.table, renamed.get(row.titles, row.titles)].append(row)
    for row in then:
        there[row.words, row.table, row.titles].append(row)
    for name, those in here.items():
        if len(those) == len(there[name]):
            for one, other in zip(those, there[name], strict=True):
                if one.kinds & other.kinds:
                    yield one.at, other.at


def _renamed(now: Sequence[YearRow], then: Sequence[YearRow]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """By the titles of rows of this year, those of last year under which most of them stood."""
    stood: dict[tuple[str, bool], set[tuple[str, ...]]] = defaultdict(set)
    for row in then:
        stood[row.words, row.table].add(row.titles)
    votes: dict[tuple[str, ...], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for row in now:
        votes[row.titles].update(stood[row.words, row.table])
    return {titles: found.most_common(1)[0][0] for titles, found in votes.items() if found}


def _in_time(cell: YearCell, other: YearCell) -> dict[str, str]:
    """What a figure of last year meant, at the period that is as far from the one read now as the decided one
    was from the one read then; nothing where it was decided with another value or unit than is read.
    """
    if not other.meaning:
        return {}
    decided = other.meaning["periode"]
    if decided == other.period or not YEAR.match(cell.period) or not YEAR.match(other.period):
        return {**other.meaning, "periode": cell.period}
    return {**other.meaning, "periode": moved(decided, int(cell.period[:4]) - int(other.period[:4]))}


def _names(words: str) -> bool:
    return len(stems(words)) > 1


def _told_titles(row: YearRow) -> str:
    return next(filter(None, row.titles), "")
