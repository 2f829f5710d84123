"""Relations between figures that stand near each other, in other sentences, lines or tables: a share and what
it is of, an evolution, a mean by head or by month, the parts of a whole, shares that make a hundred.

Belongs here: what arithmetic proves where words only point. A relation is kept when it holds and chance could
hardly make it; when it does not hold, where words say it and one wrong digit explains why, or where one digit
of one figure would make two of them hold. Does not belong here: what layout or one sentence says outright
(structure.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from orchestration.discovery.figures import Figure
from orchestration.discovery.structure import Grid, Laid, Sentence, twelfth
from orchestration.discovery.ties import (
    COUNTS,
    MONTHLY,
    Tie,
    attained,
    evolved,
    is_count,
    is_evolution,
    is_share,
    long_words,
    meant_digits,
    measures,
    names_it,
    over,
    shared,
    summed,
    told_words,
)
from orchestration.notation.folding import fold_label
from orchestration.notation.lexicon import pattern
from orchestration.reconciliation.context import suspects
from orchestration.reconciliation.digits import one_digit_away
from orchestration.reconciliation.verdicts import judge

#: Sentences and lines that one may speak of, before it and (tables) after it.
BACK, LINES_BACK, LINES_ON = 4, 14, 6
#: Digits of a share that chance hardly makes of two counts; of a mean.
TELLING, TELLING_MEAN = 3, 3
#: Counts tried as the whole of a share with fewer digits.
FEW_WHOLES = 3
#: A whole below this is made by any two parts.
LEAST_WHOLE, MOST_PARTS = 100, 6
#: Shares of a list that make a hundred.
ENOUGH_SHARES = 3
#: Words of the label of a row that any row may have.
_EMPTY = frozenset({"total", "sous", "de", "des", "du", "la", "le", "les", "et", "en", "ensemble"})
#: Digits that figures of a row share with a sentence before it is the row told again.
_TELLING_ROW = 5
_HUNDRED = Decimal(100)
_OF_THE = re.compile(r"^\s*(?:des|du|de la|de l'|d'|de ses|de nos)\s*$")
_OF_THEM = re.compile(r"\b(?:d'entre (?:eux|elles)|parmi (?:eux|elles)|sur ces)\b|\bont\b|\bsont\b")
_THEM = re.compile(r"\b(?:d'entre|parmi) (?:eux|elles)\b")
_ANAPHORA = re.compile(r"\b(?:ils?|elles?|ces? (?:nombres?|chiffres?|taux)|contre|par rapport)\b")
_SHARED_OUT = re.compile(r"\b(?:se )?(?:repart|ventil|decompos|pyramide|structure)")
_EACH = re.compile(r"^[^\d.;:,]{0,20}?\bpar (?:an et par )?([a-z]{4,})")
_A_RATE = re.compile(r"\b(?:taux|part|pourcentage)\b")
_MONTHLY = re.compile(r"\b(?:par mois|mensuel)")
_PERIODS = frozenset(
    {"jour", "semaine", "mois", "heure", "trimestre", "annee", "telephone", "courrier", "internet"}
)
_ATTAINED = pattern(r"\b{atteint}")
_SAID_SO = re.compile(r"\bsoit\b|\(\s*$")


#: A figure of a sentence and a cell of a row.
_Pair = tuple[Figure, Figure]


@dataclass(frozen=True)
class _Candidate:
    """A relation that may be: whether holding proves it, and whether words say it so that a gap is told."""

    tie: Tie
    proves: bool
    said: bool = False
    surely: bool = False

    @property
    def told(self) -> bool:
        """Whether its gap is told: words say it, and one wrong digit explains it."""
        return (self.said and self.tie.credible) or (self.surely and any(_repairs(self.tie)))


def near(laid: Laid, known: Sequence[Tie]) -> Iterator[Tie]:
    """What the figures of a document say of one another beyond what is known of them already."""
    taken = {_places(tie) for tie in known}
    bound = {_head(tie) for tie in known}
    groups: dict[object, list[_Candidate]] = {}
    for one in _Neighbours(laid).candidates():
        if _places(one.tie) not in taken and _head(one.tie) not in bound:
            groups.setdefault(_head(one.tie), []).append(one)
    kept, open_ = [], []
    for group in groups.values():
        first = next((one.tie for one in group if one.proves and one.tie.holds), None)
        first = first or next((one.tie for one in group if one.told), None)
        kept += [first] if first is not None else []
        open_ += [one.tie for one in group if not one.tie.holds] if first is None else []
    yield from kept
    yield from _confirmed(open_, [*known, *kept])


def _head(tie: Tie) -> object:
    """What has one explanation: a share, an evolution or a mean has one; a whole may be made twice."""
    one = tie.nature in ("part", "evolution", "ratio", "atteinte") or tie.rule == MONTHLY
    head = tie.result if isinstance(tie.result, Figure) else tie.figures[0]
    return (tie.nature, head.start) if one else _places(tie)


def _places(tie: Tie) -> frozenset[tuple[int, int]]:
    return frozenset((f.ligne, f.colonne) for f in tie.figures)


def _confirmed(open_: Sequence[Tie], known: Sequence[Tie]) -> Iterator[Tie]:
    """Relations that do not hold, where one digit of one figure makes two of them hold and breaks none."""
    failing: dict[tuple[int, int], list[Tie]] = defaultdict(list)
    holding: dict[tuple[int, int], list[Tie]] = defaultdict(list)
    for tie in (*open_, *known):
        for place in _places(tie):
            (holding if tie.holds else failing)[place].append(tie)
    told: set[int] = set()
    for tie in open_:
        mates = {p: [t for t in failing[p] if t.nature != tie.nature] for p in _places(tie)}
        for place, value in _repairs(tie, {p for p, found in mates.items() if found}):
            mended = [t for t in mates[place] if _would_hold(t, place, value)]
            if mended and all(_would_hold(t, place, value) for t in holding[place]):
                told |= {id(t) for t in (tie, *mended)}
    yield from (tie for tie in open_ if id(tie) in told)


def _would_hold(tie: Tie, place: tuple[int, int], value: Decimal) -> bool:
    return judge(tie.relation.substituted({place: value})).holds


def _repairs(
    tie: Tie, places: Container[tuple[int, int]] | None = None
) -> Iterator[tuple[tuple[int, int], Decimal]]:
    """What one other digit of one figure makes of it for a relation to hold, at some places or at any."""
    if places is not None and not places:
        return
    for number, wanted in suspects(tie.relation):
        if places is None or number.place in places:
            low, high = wanted.low - number.half_width, wanted.high + number.half_width
            yield from ((number.place, value) for value in one_digit_away(number) if low <= value <= high)


@dataclass(frozen=True)
class _Neighbours:
    """What the sentences of a document may say of one another and of its tables."""

    laid: Laid

    def candidates(self) -> Iterator[_Candidate]:
        """What each sentence may say of itself, of those before it and of the tables near it."""
        sentences = self.laid.sentences
        for at, sentence in enumerate(sentences):
            around_it = _Place(sentence, sentences[max(0, at - BACK) : at][::-1], self._tables(sentence))
            yield from _shares(around_it)
            yield from _rates(around_it)
            yield from _evolutions(around_it)
            yield from _attainments(around_it)
            yield from _means(around_it, self._counted)
            yield from _months(around_it)
            yield from _row_again(around_it)
        yield from _whole_and_parts(sentences)
        for table in self.laid.grids:
            yield from self._column(table)
        yield from self._hundreds()

    def _line_of(self, sentence: Sentence) -> int:
        return sentence.figures[0].ligne

    def _tables(self, sentence: Sentence) -> list[Grid]:
        """The tables near a sentence, the nearest above it first."""
        line = sentence.figures[0].ligne
        above = [t for t in self.laid.grids if 0 < line - t.last <= LINES_BACK]
        below = [t for t in self.laid.grids if 0 < t.first - line <= LINES_ON]
        return [*above[::-1], *below]

    @cached_property
    def _counted(self) -> list[Figure]:
        return [f for f in self.laid.figures if is_count(f) and f.unit == "nombre"]

    def _column(self, table: Grid) -> Iterator[_Candidate]:
        """A column without total whose sum is told in a sentence near it."""
        if table.totals:
            return
        near_it = [
            f
            for s in self.laid.sentences
            if table.first - LINES_BACK <= self._line_of(s) <= table.last + LINES_ON
            for f in s.figures
            if is_count(f) and f.value >= LEAST_WHOLE
        ]
        for column in table.columns:
            cells = [row[column] for row in table.rows if column in row]
            for whole in near_it:
                if len(cells) > 2 and all(is_count(c) and c.unit == whole.unit for c in cells):
                    yield _Candidate(summed(whole, cells, "parties_de_phrases"), proves=True)
                    yield from _shares_of(table, column, whole)

    def _hundreds(self) -> Iterator[_Candidate]:
        """Shares of a list, one a line or all in one sentence, after words that share out."""
        run: list[Figure] = []
        for sentence in (*self.laid.sentences, None):
            alone = sentence is not None and all(is_share(f) for f in sentence.figures)
            if alone and sentence and run and _follows(run[-1], sentence.figures[0]):
                run.extend(sentence.figures)
                continue
            yield from self._hundred(run)
            run = list(sentence.figures) if alone and sentence else []

    def _hundred(self, run: Sequence[Figure]) -> Iterator[_Candidate]:
        if len(run) < ENOUGH_SHARES or any(f.value >= _HUNDRED for f in run):
            return
        lead = fold_label(self.laid.text[max(0, run[0].start - 160) : run[0].start])
        total = sum(f.value for f in run)
        said = _SHARED_OUT.search(lead) is not None and abs(total - _HUNDRED) < max(f.value for f in run)
        yield _Candidate(summed(_HUNDRED, run, "cent"), proves=True, surely=said)


def _shares_of(table: Grid, column: int, whole: Figure) -> Iterator[_Candidate]:
    """The shares beside the counts of a column whose whole is told in a sentence, where most rows agree."""
    for other in (c for c in table.columns if c != column):
        rows = [row for row in table.rows if column in row and other in row]
        found = [
            shared(row[other], row[column], whole, "part_de_phrases") for row in rows if is_share(row[other])
        ]
        agree = sum(tie.holds for tie in found)
        if agree > 1 and 2 * agree > len(found):
            yield from (_Candidate(tie, proves=True, surely=True) for tie in found)


def _follows(last: Figure, first: Figure) -> bool:
    return 0 <= first.ligne - last.ligne <= 2 and last.heading == first.heading


def _whole_and_parts(sentences: Sequence[Sentence]) -> Iterator[_Candidate]:
    """A whole and the counts that follow it, or come before it, none left out of the last sentence."""
    runs = [[f for f in s.figures if is_count(f)] for s in sentences]
    for at, run in enumerate(runs):
        after = [run, *runs[at + 1 : at + 3]]
        before = [run, *runs[max(0, at - BACK) : at][::-1]]
        for rank, whole in enumerate(run):
            yield from _made_of(whole, [run[rank + 1 :], *after[1:]])
            yield from _made_of(whole, [run[:rank][::-1], *(less[::-1] for less in before[1:])])


def _made_of(whole: Figure, runs: Sequence[Sequence[Figure]]) -> Iterator[_Candidate]:
    """The first of the others, as many as make the whole; else those of its own sentence."""
    parts: list[Figure] = []
    for run in runs:
        for rank, other in enumerate(run):
            fits = other.unit == whole.unit and other.heading == whole.heading and _one_period(other, whole)
            if not fits or len(parts) == MOST_PARTS:
                return
            parts.append(other)
            made = sum(f.value for f in parts) == whole.value and _telling_sum(whole, parts)
            if made and (rank == len(run) - 1 or len(parts) > 2):
                yield _Candidate(summed(whole, parts, "parties_de_phrases"), proves=True)
                return
        if 1 < len(parts) < 4 and whole.value > max(Decimal(LEAST_WHOLE), *(f.value for f in parts)):
            yield _Candidate(summed(whole, parts, "parties_de_phrases"), proves=False)


def _telling_sum(whole: Figure, parts: Sequence[Figure]) -> bool:
    """Whether parts hardly make a whole by chance: it is not small, and they are not all round."""
    return whole.value >= LEAST_WHOLE and sum(map(meant_digits, parts)) > TELLING


def _one_period(one: Figure, other: Figure) -> bool:
    return one.period[:4] == other.period[:4]


@dataclass(frozen=True)
class _Place:
    """A sentence, those before it (the nearest first) and the tables near it."""

    sentence: Sentence
    before: Sequence[Sentence]
    tables: Sequence[Grid]

    @cached_property
    def earlier(self) -> list[Figure]:
        """The counts of the sentences before, the nearest sentence first, each in its order."""
        return [
            f for s in self.before if s.heading == self.sentence.heading for f in s.figures if is_count(f)
        ]

    @cached_property
    def told(self) -> list[Figure]:
        """All figures of the sentences before, in the same order."""
        return [f for s in self.before if s.heading == self.sentence.heading for f in s.figures]

    @cached_property
    def totals(self) -> list[Figure]:
        """The counts of the rows of totals of the tables near it."""
        return [
            f
            for table in self.tables
            if table.totals
            for f in table.rows[table.totals[-1]].values()
            if is_count(f)
        ]

    @cached_property
    def words(self) -> set[str]:
        """The words of the sentence, and of the label of its first figure."""
        return set(long_words(" ".join((*self.sentence.before, self.sentence.after))))

    def between(self, at: int, following: int) -> str:
        return " ".join(self.sentence.before[at + 1 : following + 1])


def _digits(figure: Figure) -> int:
    return len(re.sub(r"\D", "", figure.printed).lstrip("0"))


def _shares(place: _Place) -> Iterator[_Candidate]:
    for at, share in enumerate(place.sentence.figures):
        if not is_share(share) or share.value >= _HUNDRED:
            continue
        part = _part_beside(place.sentence, at)
        if part is not None:
            yield from _of_wholes(place, at, share, part)
        else:
            yield from _of_named(place, at, share)


def _part_beside(sentence: Sentence, at: int) -> Figure | None:
    """The count that a share is said of: before it, or in brackets after it."""
    if at > 0 and is_count(sentence.figures[at - 1]):
        return sentence.figures[at - 1]
    following = sentence.figures[at + 1] if at + 1 < len(sentence.figures) else None
    bracketed = following is not None and sentence.before[at + 1].strip() == "("
    return following if bracketed and following is not None and is_count(following) else None


def _of_wholes(place: _Place, at: int, share: Figure, part: Figure) -> Iterator[_Candidate]:
    """The counts that a part may be of: its own sentence's, those before, the totals of a table near it."""
    own = [f for f in place.sentence.figures if is_count(f) and f is not part]
    wholes = [*own[::-1], *place.earlier, *place.totals]
    wholes = [w for w in wholes if _may_hold(w, part)]
    rank = place.sentence.figures.index(part)
    for n, whole in enumerate(wholes):
        tie = shared(share, part, whole, "part_de_phrases")
        surely = _said_of(place, at, rank, whole)
        yield _Candidate(tie, _digits(share) >= TELLING or n < FEW_WHOLES, surely=surely)


def _said_of(place: _Place, at: int, rank: int, whole: Figure) -> bool:
    """Whether words make a count the whole of a share: the one after ``soit 12 % des``, or the first of the
    sentence before, of which its own goes on to tell.
    """
    figures = place.sentence.figures
    if whole in figures:
        after = figures.index(whole) - at
        return after == 1 and _OF_THE.match(place.sentence.before[at + 1]) is not None
    stem = place.sentence.said_of(at)
    first = next(iter(place.before[0].figures), None) if place.before else None
    opens = rank == 0 and at == 1 and _OF_THEM.search(place.between(0, 1)) is not None
    named = not stem or names_it(whole, stem) or bool(_THEM.search(place.between(0, 1)))
    return whole is first and opens and named and _SAID_SO.search(place.sentence.before[at]) is not None


def _of_named(place: _Place, at: int, share: Figure) -> Iterator[_Candidate]:
    """A share of what it names: a row of a table near it in its total, or a count told before."""
    for table in place.tables:
        for row in table.rows:
            words = set(long_words(next(iter(row.values())).row_label))
            if words and words <= place.words:
                yield from _in_total(table, row, share)
    if at == 0:
        named = set(long_words(f"{place.sentence.before[at]} {share.label}"))
        for other in place.before:
            for part in (f for f in other.figures if is_count(f) and named & set(told_words(f))):
                yield from _of_told(place, other, share, part, named)


def _of_told(
    place: _Place, other: Sentence, share: Figure, part: Figure, named: set[str]
) -> Iterator[_Candidate]:
    """A share of a part that it names in a count told with it, or before."""
    wholes = [f for f in (*other.figures, *place.earlier) if _may_hold(f, part)]
    for whole in dict.fromkeys(wholes):
        tie = shared(share, part, whole, "part_de_phrases")
        said = whole is other.figures[0] and set(long_words(_name(part))) <= named
        yield _Candidate(tie, _digits(share) >= TELLING or whole in other.figures, said)


def _may_hold(whole: Figure, part: Figure) -> bool:
    """Whether a count may be the whole of another."""
    return (
        is_count(whole) and whole.unit == part.unit and whole.value > part.value and _one_period(whole, part)
    )


def _in_total(table: Grid, row: Mapping[int, Figure], share: Figure) -> Iterator[_Candidate]:
    total = table.rows[table.totals[-1]] if table.totals else {}
    for column, part in row.items():
        whole = total.get(column)
        if whole is None or whole is part or not is_count(part) or part.period != share.period:
            continue
        if whole.unit == part.unit and part.value < whole.value:
            tie = shared(share, part, whole, "part_de_phrases")
            yield _Candidate(tie, proves=True, said=_digits(share) >= TELLING)


def _rates(place: _Place) -> Iterator[_Candidate]:
    """A rate on a line of its own below the two counts that make it."""
    sentence = place.sentence
    rates = [f for f in sentence.figures if is_share(f)]
    if not rates or rates[0] is not sentence.figures[0] or not _A_RATE.search(sentence.before[0]):
        return
    counts = [f for s in place.before[:3] if len(s.figures) == 1 for f in s.figures if is_count(f)][:2]
    if len(counts) == 2 and counts[0].unit == counts[1].unit and counts[0].value != counts[1].value:
        part, whole = sorted(counts, key=lambda f: f.value)
        lines = sentence.figures[0].ligne - min(part.ligne, whole.ligne)
        tie = shared(rates[0], part, whole, "part_de_phrases")
        yield _Candidate(tie, proves=True, said=lines <= 3 and _digits(rates[0]) >= TELLING)


def _evolutions(place: _Place) -> Iterator[_Candidate]:
    own = place.sentence.figures
    for at, figure in enumerate(own):
        old, slash, new = figure.period.partition("/")
        if is_evolution(figure) and slash:
            fits = [f for f in (*own, *place.told) if measures(figure, f) and not is_evolution(f)]
            olds = [f for f in fits if f.period[:4] == old[:4]]
            news = [f for f in fits if f.period[:4] == new[:4]]
            yield from _evolved(place, at, news, olds)
            yield from _evolved_from_row(place, figure, [f for f in own if f in news], old)


def _evolved(place: _Place, at: int, news: Sequence[Figure], olds: Sequence[Figure]) -> Iterator[_Candidate]:
    """An evolution of the nearest figures of its two years; the first beside the first, where several are."""
    own, figure = place.sentence.figures, place.sentence.figures[at]
    for former in olds[:2]:
        beside = former in own and abs(own.index(former) - at) == 1
        rank = [f for f in olds if f in own].index(former) if beside else -1
        for n, now in enumerate(f for f in news if f.unit == former.unit):
            said = n == rank and _one_thing(place, now, former)
            tie = evolved(figure, now, former, "evolution_de_phrases")
            yield _Candidate(tie, _digits(figure) > 1 or (beside and n < 2), said)


def _one_thing(place: _Place, now: Figure, former: Figure) -> bool:
    """Whether a figure of the year before is said to be of the same thing as one told before: its words are
    shared, or a pronoun stands for them.
    """
    own = place.sentence.figures
    shared_words = set(told_words(now)) & set(told_words(former))
    before = place.sentence.before[own.index(former)]
    return now in own or bool(shared_words) or _ANAPHORA.search(before) is not None


def _evolved_from_row(
    place: _Place, figure: Figure, news: Sequence[Figure], old: str
) -> Iterator[_Candidate]:
    """An evolution of a figure that a table near it prints beside the year before."""
    for now in news:
        for row in (row for table in place.tables for row in table.rows):
            again = [c for c in row.values() if c.value == now.value and c.period == now.period]
            former = [
                c for c in row.values() if c.period == old and c.unit == now.unit and not is_evolution(c)
            ]
            if again and len(former) == 1:
                tie = evolved(figure, now, former[0], "evolution_de_phrases")
                yield _Candidate(tie, proves=True, said=True)


def _attainments(place: _Place) -> Iterator[_Candidate]:
    """A goal and its rate of attainment, of what was told before."""
    own = place.sentence.figures
    goals = [f for f in own if f.nature == "objectif" and f.unit in COUNTS and f.value]
    rates = [f for f in own if f.unit == "%" and not is_evolution(f)]
    if len(goals) != 1 or len(rates) != 1 or not any(map(_ATTAINED.search, place.sentence.before)):
        return
    done = [f for f in (*own, *place.earlier, *place.totals) if is_count(f) and f.unit == goals[0].unit]
    for n, figure in enumerate(done):
        tie = attained(rates[0], figure, goals[0], "atteinte_de_phrase")
        yield _Candidate(tie, _digits(rates[0]) >= TELLING, n == 0)


def _means(place: _Place, counted: Sequence[Figure]) -> Iterator[_Candidate]:
    """What falls to each of those that are counted elsewhere."""
    for at, mean in enumerate(place.sentence.figures):
        each = _EACH.match(place.sentence.following(at))
        if each is None or mean.unit not in COUNTS or is_evolution(mean) or not mean.value:
            continue
        stem = fold_label(each[1]).rstrip("s")[:6]
        if not any(period.startswith(stem) for period in _PERIODS):
            yield from _by_head(place, at, _heads(place, mean, stem, counted))


def _heads(place: _Place, mean: Figure, stem: str, counted: Sequence[Figure]) -> list[Figure]:
    """The counts that name those to whom a mean falls: their own words first, then the nearest."""
    found = [f for f in counted if names_it(f, stem) and f.value > 1 and f is not mean]
    found += [f for f in place.totals if f.unit == "nombre" and f not in found]
    return sorted(found, key=lambda f: (not _headed(f, stem), abs(f.start - mean.start)))


def _by_head(place: _Place, at: int, heads: Sequence[Figure]) -> Iterator[_Candidate]:
    mean, own = place.sentence.figures[at], place.sentence.figures[:at][::-1]
    wholes = [f for f in (*own, *place.earlier, *place.totals) if _may_share(f, mean)]
    for n, whole in enumerate(wholes[:4]):
        for m, head in enumerate(h for h in heads[:6] if h is not whole):
            tie = Tie("ratio", mean, over(whole, head), "moyenne_par_tete")
            yield _Candidate(tie, _digits(mean) >= TELLING_MEAN or whole in own, n == m == 0)


def _headed(figure: Figure, stem: str) -> bool:
    """Whether the words right after a count name it, and not those around it."""
    return fold_label(_name(figure)).strip().startswith(stem)


def _name(figure: Figure) -> str:
    return figure.label.partition("|")[0]


def _may_share(whole: Figure, mean: Figure) -> bool:
    """Whether a mean may be what falls to each of a whole."""
    return whole.unit == mean.unit and is_count(whole) and whole.value > mean.value


def _months(place: _Place) -> Iterator[_Candidate]:
    """A mean by the month of what was counted for the year."""
    for at, mean in enumerate(place.sentence.figures):
        said = f"{place.sentence.before[at]} {place.sentence.following(at)}"
        if not _MONTHLY.search(said) or mean.unit not in COUNTS or is_evolution(mean):
            continue
        words = {*told_words(mean), *long_words(said)}
        wholes = [*place.sentence.figures[:at][::-1], *place.earlier, *place.totals]
        for whole in (w for w in wholes if _may_share(w, mean) and len(w.period) == 4):
            named = bool(words & set(told_words(whole)))
            yield _Candidate(twelfth(mean, whole), _digits(mean) >= TELLING_MEAN, named)


def _row_again(place: _Place) -> Iterator[_Candidate]:
    """A row of a table told again in a sentence: two of its cells at least, each of its own period or of its
    own kind; where one of them differs by a digit, the others say which row it is.
    """
    own = [f for f in place.sentence.figures if is_count(f)]
    for row in (row for table in place.tables for row in table.rows) if own else ():
        pairs = [(f, c) for f in own for c in row.values() if _may_be_again(f, c)]
        equal = [(f, c) for f, c in pairs if f.value == c.value]
        if equal and _same_row(place, row, equal):
            yield from _cells_again(own, row, pairs, equal)


def _cells_again(
    own: Sequence[Figure], row: Mapping[int, Figure], pairs: Sequence[_Pair], equal: Sequence[_Pair]
) -> Iterator[_Candidate]:
    if len(equal) > 1:
        yield from (_Candidate(_again(f, c), proves=True) for f, c in equal)
    matched = {id(one) for pair in equal for one in pair}
    for figure, cell in pairs:
        if not {id(figure), id(cell)} & matched and _same_place(figure, cell, own, row):
            yield _Candidate(_again(figure, cell), proves=False, said=True)


def _same_row(place: _Place, row: Mapping[int, Figure], equal: Sequence[_Pair]) -> bool:
    """Whether equal figures say that a sentence tells a row: by their digits, or by its label too."""
    telling = sum(_digits(f) for f, _ in equal)
    named = telling >= TELLING and _named_in(next(iter(row.values())).row_label, place)
    return (telling >= _TELLING_ROW or named) and len({id(c) for _, c in equal}) == len(equal)


def _named_in(label: str, place: _Place) -> bool:
    """Whether a sentence holds the words of a row, short ones as well."""
    words = set(re.findall(r"\w{2,}", fold_label(label))) - _EMPTY
    return bool(words) and words <= set(re.findall(r"\w{2,}", fold_label(" ".join(place.sentence.before))))


def _may_be_again(figure: Figure, cell: Figure) -> bool:
    return is_count(cell) and cell.unit == figure.unit and _one_period(figure, cell) and _digits(figure) > 1


def _same_place(figure: Figure, cell: Figure, own: Sequence[Figure], row: Mapping[int, Figure]) -> bool:
    """Whether two prints are the only ones of their period in the sentence and in the row, or of equal rank
    among as many; and as many digits long.
    """
    if _digits(figure) != _digits(cell):
        return False
    periods = [f for f in own if _one_period(f, figure)], [c for c in row.values() if _one_period(c, cell)]
    counts = [f for f in periods[1] if is_count(f) and f.unit == cell.unit]
    return len(periods[0]) == len(counts) == 1 or len(own) == len(counts) == len(row) > 2


def _again(figure: Figure, cell: Figure) -> Tie:
    return Tie("repetition", figure, (("terme", Decimal(1), cell),), "meme_chiffre")
