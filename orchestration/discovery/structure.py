"""Relations that layout and words imply between the figures of a document, whatever its template says: the
rows and columns of a table, shares and evolutions beside their counts, what a sentence takes apart, a rate by
the day beside its year, one figure printed twice.

Belongs here: which figures bind one another. A whole table speaks for its columns: where most rows agree, the
row that does not is the one to look at. In prose, a relation is kept when it holds, or when its words say it
and one wrong digit explains why it does not. Does not belong here: what figures mean (extraction.implied,
extraction.linked), when a gap is more than to be reconciled (settled.py), verdicts (reconciliation).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations, pairwise, permutations

from orchestration.discovery.figures import Figure
from orchestration.discovery.nested import nested
from orchestration.discovery.ties import (
    COUNTED,
    COUNTS,
    MONTHLY,
    Part,
    Tie,
    alike,
    attained,
    evolved,
    is_count,
    is_evolution,
    is_share,
    is_value,
    long_words,
    meant_digits,
    measures,
    names_it,
    over,
    shared,
    summed,
    told_words,
    whole_digits,
)
from orchestration.notation.folding import fold_label, plain
from orchestration.notation.lexicon import pattern

#: A row that sums the rows above it.
TOTAL = re.compile(r"\s*(?:sous[- ])?(?:total|ensemble)\b", re.IGNORECASE)
#: A row that sums the months or quarters above it.
_WHOLE_YEAR = re.compile(r"\s*ann[ée]e(?: enti[èe]re| compl[èe]te)?\s*(?:\||$)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?]\s|\n\s*\n|\n\s*[•\-–—▪➢>*]\s|;\s*\n")
_PARTED = re.compile(r"\b(?:dont|soit|reparti\w*|se (?:repartiss|decompos)\w*|compos\w*)\b|:|^[^()]*\(\s*$")
_IN_ALL = re.compile(r"\b(?:total|en tout|ensemble)\b")
#: Parts that leave nothing out: these words of two labels take a whole apart.
_COMPLEMENTS = (
    (re.compile(r"\bfemmes?\b"), re.compile(r"\bhommes?\b")),
    (re.compile(r"\bavec\b"), re.compile(r"\bsans\b")),
    (re.compile(r"\bavec\b"), re.compile(r"\bhors\b")),
    (re.compile(r"\bcdi\b"), re.compile(r"\bcdd\b")),
)
_ATTAINED, _GOAL = pattern(r"\b{atteint}"), pattern(r"\b(?:{vise}|{fixe})")
_WAITS, _COMES_IN, _GOES_OUT = pattern(r"\b{attend}"), pattern(r"\b{entre}"), pattern(r"\b{sort}")
_WAS_THERE, _IS_THERE = pattern(r"\b{etait}"), pattern(r"\b{reste}")
_RATE_OF = re.compile(r"\W*(?:taux|part|pourcentage|soit)\b")
_EACH = re.compile(r"^[^\d.;:,]{0,20}?\bpar (?:an et par )?([a-z]{4,})")
_STAFF = re.compile(r"\b(?:salari|agent|collaborat|effectif|personne)", re.IGNORECASE)
_MEAN = pattern(r"\b{moyenne}")
#: Of what a share is said, after it or before it.
_OF_WHAT = (
    re.compile(r"^\s*(?:des|du|de la|de l'|de ses|de nos|d')\s*(?:ensemble (?:des|du) )?([a-z]{4,})"),
    re.compile(r"\bpart (?:des|du|de la|de l')\s*([a-z]{4,})"),
)
_SO = re.compile(r"\bsoit\b|\(\s*$")
_WHOLE = re.compile(r"\b(?:sur|parmi)\s+(?:les?\s+|un total de\s+)?$")
_RATE = re.compile(r"^[^\d.;]{0,40}?(?:par|/)\s?(jour|semaine|mois)\b")
#: How many of them a year has at most and, where a service is not open all the time, at least.
_IN_A_YEAR = {"jour": (366, 150), "semaine": (53, 30), "mois": (12, 6)}
#: How many parts of a year there are, by the letter of their code (months have none).
PARTS_OF_A_YEAR = {"": 12, "T": 4, "S": 2}
_PART_OF_A_YEAR = re.compile(r"(\d{4})-([TS]?)0?(\d{1,2})")
#: Lines between two rows of one table, characters between two figures of one sentence, figures of a sentence.
FAR_ROW, FAR_WORD, MOST_FIGURES = 3, 160, 9
#: Rows above a row of rates among which its counts are looked for.
FAR_RATE = 6
#: Counts around what came and went among which a stock is looked for.
NEAR_STOCK = 5
#: Sentences that another one refers to, and digits of a share that two counts hardly make by chance.
BACK, TELLING_SHARE = 3, 3
#: Rates of a table whose total lies between them: a table cut by a page shows fewer.
ENOUGH_RATES = 3
#: Digits of a count that two parts hardly explain by one wrong digit.
_SURE_DIGITS = 4
#: Columns of a table that are tried against each other.
MOST_COLUMNS = 12
#: Rows that must agree before a column binds the others, and their least share.
ENOUGH_ROWS, MOST_AGREE = 2, Decimal("0.66")
#: Digits of a count that two prints hardly share by chance.
TELLING_DIGITS = 5
#: And under words that they share.
FEW_DIGITS = 3
#: Digits of a year's count that its parts hardly make by chance.
_TELLING_SUM = 3
_HUNDRED = Decimal(100)
_A_TWELFTH = ("minimum", Decimal("0.083333")), ("maximum", Decimal("0.083334"))
_ROUNDED = Decimal("0.5")


@dataclass(frozen=True)
class Laid:
    """The figures of a document in their order, and the sentences and tables that they stand in."""

    figures: Sequence[Figure]
    text: str

    @cached_property
    def sentences(self) -> list[Sentence]:
        return list(_sentences(self.figures, self.text))

    @cached_property
    def grids(self) -> list[Grid]:
        return list(_grids(self.figures))


def proposed(laid: Laid) -> Iterator[Tie]:
    """Every relation of a document's figures, in the order of print; the surest rule first."""
    figures, text, sentences = laid.figures, laid.text, laid.sentences
    for table in laid.grids:
        yield from table.ties()
    for at, sentence in enumerate(sentences):
        yield from sentence.ties()
        before = [s for s in sentences[max(0, at - BACK) : at] if s.heading == sentence.heading]
        yield from _referring(sentence, before[::-1])
        yield from _by_the_month(sentence, before[::-1])
    yield from _moved(figures, text)
    yield from _years(figures)
    yield from _repeated(figures)


@dataclass(frozen=True)
class Grid:
    """Rows of one table from top to bottom: the cells of each by their column."""

    rows: tuple[Mapping[int, Figure], ...]

    @cached_property
    def first(self) -> int:
        """The line of its first row."""
        return next(iter(self.rows[0].values())).ligne

    @cached_property
    def last(self) -> int:
        """The line of its last row."""
        return next(iter(self.rows[-1].values())).ligne

    @cached_property
    def columns(self) -> list[int]:
        return sorted({column for row in self.rows for column in row})

    @cached_property
    def totals(self) -> list[int]:
        return [i for i, row in enumerate(self.rows) if sums_up(label_of_row(row))]

    def ties(self) -> Iterator[Tie]:
        """Totals under (or above) their rows, evolutions beside their years, then what most rows agree on."""
        for at in self.totals:
            yield from self._total(at)
            yield from self._of_subtotals(at)
            yield from self._between(at)
        if not self.totals:
            yield from self._unnamed_total()
        yield from nested(len(self.rows), self.totals, self._sums_down)
        yield from self._rates_below()
        for row in self.rows:
            yield from _evolved_in(row)
        yield from self._agreed(self._sums_across())
        yield from self._agreed(self._evolutions())
        yield from self._agreed(self._shares())
        yield from self._agreed(self._attainments())
        yield from self._hundreds()

    def _total(self, at: int) -> Iterator[Tie]:
        """The choice of rows that most columns confirm; one column confirms by holding, and all of them where
        one digit explains each that does not.
        """
        best: list[Tie] = []
        for rows in self._summed(at):
            found = self._sums_down(at, rows)
            holding = sum(tie.holds for tie in found)
            alone = not best and all(tie.credible for tie in found)
            if alone or holding > sum(tie.holds for tie in best):
                best = found
        enough = 2 * sum(tie.holds for tie in best) > len(best)
        yield from (tie for tie in best if tie.holds or enough or tie.credible)

    def _of_subtotals(self, at: int) -> Iterator[Tie]:
        """A total as the sum of the subtotals above it, too, where most columns confirm it."""
        above = [i for i in self.totals if i < at]
        found = self._sums_down(at, above)
        if len(above) > 1 and 2 * sum(tie.holds for tie in found) > len(found):
            yield from found

    def _unnamed_total(self) -> Iterator[Tie]:
        """A last row that sums those above it, though its label does not say so (a region)."""
        at = len(self.rows) - 1
        found = self._sums_down(at, range(at)) if at > 1 else []
        holding = [tie for tie in found if tie.holds and isinstance(tie.result, Figure) and tie.result.value]
        if len(holding) >= ENOUGH_ROWS and len(holding) >= MOST_AGREE * len(found):
            yield from found

    def _rates_below(self) -> Iterator[Tie]:
        """A row of rates of two rows above it: most columns confirm it, or half and its label."""
        for at, row in enumerate(self.rows):
            rates = {c: f for c, f in row.items() if is_share(f)}
            if len(rates) > 1 and len(rates) == len(row):
                yield from self._rated(at, rates, _RATE_OF.match(plain(label_of_row(row))) is not None)

    def _rated(self, at: int, rates: Mapping[int, Figure], said: bool) -> Iterator[Tie]:
        """The two rows that most columns confirm; half of them do where the label says so and one of the rows
        is the one above."""
        counts = [i for i in range(max(0, at - FAR_RATE), at) if any(map(is_count, self.rows[i].values()))]
        best: list[Tie] = []
        for part, whole in permutations(counts[::-1], 2):
            one, all_of = self.rows[part], self.rows[whole]
            found = [
                shared(rate, one[c], all_of[c], "part_de_lignes")
                for c, rate in rates.items()
                if c in one and c in all_of and alike(one[c], all_of[c])
                if is_count(one[c]) and one[c].value < all_of[c].value
            ]
            holding = sum(tie.holds for tie in found)
            half = said and 2 * holding == len(found) and at - 1 in (part, whole)
            enough = len(found) == len(rates) and (2 * holding > len(found) or half)
            if enough and holding > sum(tie.holds for tie in best):
                best = found
        yield from best

    def _between(self, at: int) -> Iterator[Tie]:
        """The rate of a row of totals lies between those of its rows."""
        for column in self.columns:
            parts = [row[column] for i, row in enumerate(self.rows) if i not in self.totals and column in row]
            goal = self.rows[at].get(column)
            if goal is not None and len(self.totals) == 1 and len(parts) >= ENOUGH_RATES:
                yield from _mean_of(goal, parts)

    def _summed(self, at: int) -> Iterator[list[int]]:
        """The rows that a total may sum: those since the total above, all, all subtotals, those below."""
        before = [i for i in self.totals if i < at]
        leaves = [i for i in range(at) if i not in self.totals]
        yield [i for i in leaves if not before or i > before[-1]]
        if before:
            yield leaves
            yield before
        if at == 0:
            yield [i for i in range(1, len(self.rows)) if i not in self.totals]

    def _sums_down(self, at: int, rows: Sequence[int]) -> list[Tie]:
        return [tie for column in self.columns if (tie := self._sum_down(at, rows, column))]

    def _sum_down(self, at: int, rows: Sequence[int], column: int) -> Tie | None:
        goal = self.rows[at].get(column)
        if goal is None or not _can_sum_up(goal):
            return None
        cells = [self.rows[i][column] for i in rows if column in self.rows[i]]
        if goal.nature == "objectif" and any(c.nature != "objectif" for c in cells):
            return None
        alike = [c for c in cells if c.unit == goal.unit and c.role != "dont" and c.nature != "evolution"]
        return summed(goal, alike, "total_de_lignes") if len(alike) > 1 else None

    def _sums_across(self) -> Iterator[list[Tie]]:
        """The last cell of each row (or the first) is the sum of the others; a row that leaves cells out has
        fewer.
        """
        for goal, others in ((-1, slice(None, -1)), (0, slice(1, None))):
            cells = [[row[column] for column in sorted(row)] for row in self.rows]
            yield [
                summed(row[goal], parts, "total_de_colonnes")
                for row in cells
                if is_count(row[goal])
                if len(parts := [cell for cell in row[others] if alike(cell, row[goal])]) > 1
            ]

    def _triples(self, goals: Callable[[Figure], bool]) -> Iterator[list[tuple[Figure, Figure, Figure]]]:
        """The rows of each goal column and two other columns of one unit."""
        goal_columns = [c for c in self.columns if any(c in row and goals(row[c]) for row in self.rows)]
        others = [c for c in self.columns if any(c in row and is_value(row[c]) for row in self.rows)]
        for goal in goal_columns[:MOST_COLUMNS]:
            for one, other in permutations([c for c in others if c != goal][:MOST_COLUMNS], 2):
                yield [
                    (row[goal], row[one], row[other])
                    for row in self.rows
                    if goal in row and one in row and other in row and goals(row[goal])
                    if alike(row[one], row[other])
                ]

    def _evolutions(self) -> Iterator[list[Tie]]:
        for rows in self._triples(is_evolution):
            yield [
                evolved(goal, new, old, "evolution_de_colonnes")
                for goal, new, old in rows
                if measures(goal, new)
            ]

    def _shares(self) -> Iterator[list[Tie]]:
        """A share of its row's count in the total below, or of one column in another."""
        for at in self.totals[-1:]:
            rows = [row for i, row in enumerate(self.rows) if i != at]
            for goal, term in permutations(self.columns, 2):
                whole = self.rows[at].get(term)
                yield [
                    shared(row[goal], row[term], whole, "part_du_total")
                    for row in rows
                    if whole is not None and goal in row and term in row and is_share(row[goal])
                    if is_count(row[term]) and alike(row[term], whole)
                ]
        for triples in self._triples(is_share):
            yield [
                shared(goal, term, base, "part_de_colonnes")
                for goal, term, base in triples
                if is_count(term) and term.value < base.value
            ]

    def _attainments(self) -> Iterator[list[Tie]]:
        """A rate of attainment beside a goal and what was done."""
        for goal, one, other in permutations(self.columns[:MOST_COLUMNS], 3):
            yield [
                attained(row[goal], row[one], row[other], "atteinte_de_colonnes")
                for row in self.rows
                if goal in row and one in row and other in row and row[goal].unit == "%"
                if row[other].nature == "objectif" and row[one].nature in COUNTED
                if row[one].unit == row[other].unit and row[other].value
            ]

    def _agreed(self, families: Iterable[list[Tie]]) -> Iterator[Tie]:
        """The families that most rows confirm."""
        for family in families:
            telling = [
                tie
                for tie in family
                if any(part[2].value for part in tie.parts if isinstance(part[2], Figure))
            ]
            agree = sum(tie.holds for tie in telling)
            if agree >= ENOUGH_ROWS and agree >= MOST_AGREE * len(telling):
                yield from telling

    def _hundreds(self) -> Iterator[Tie]:
        for column in self.columns:
            cells = [row[column] for row in self.rows if column in row and not sums_up(label_of_row(row))]
            if (
                len(cells) > 2
                and all(map(is_share, cells))
                and (tie := summed(_HUNDRED, cells, "cent")).holds
            ):
                yield tie


def _evolved_in(row: Mapping[int, Figure]) -> Iterator[Tie]:
    """An evolution whose two years stand in its row, once each."""
    for cell in row.values():
        old, slash, new = cell.period.partition("/")
        if cell.nature != "evolution" or not slash:
            continue
        pair = [
            [c for c in row.values() if c.period == year and c.nature in COUNTED and measures(cell, c)]
            for year in (new, old)
        ]
        if len(pair[0]) == len(pair[1]) == 1 and pair[0][0].unit == pair[1][0].unit:
            yield evolved(cell, pair[0][0], pair[1][0], "evolution_de_ligne")


def _mean_of(goal: Figure, parts: Sequence[Figure]) -> Iterator[Tie]:
    """A rate of all lies between the rates of the parts."""
    alike = [p for p in parts if (p.unit, p.nature, p.period) == (goal.unit, goal.nature, goal.period)]
    if goal.unit != "%" or goal.nature not in COUNTED or goal.value == _HUNDRED or len(alike) < 2:
        return
    ends = (("minimum", Decimal(1), p) for p in alike), (("maximum", Decimal(1), p) for p in alike)
    tie = Tie("borne", goal, tuple(part for end in ends for part in end), "entre_ses_parties")
    if tie.credible:
        yield tie


def _can_sum_up(goal: Figure) -> bool:
    """Whether a cell may be the sum of its column: a count, what is aimed at in all, or a hundred; means are
    not added up.
    """
    if _MEAN.search(plain(goal.label)):
        return False
    if goal.nature == "objectif":
        return goal.unit in COUNTS
    return is_count(goal) or (is_share(goal) and goal.value == _HUNDRED)


def sums_up(label: str) -> bool:
    return bool(TOTAL.match(label) or _WHOLE_YEAR.match(label))


def label_of_row(row: Mapping[int, Figure]) -> str:
    first = row[min(row)]
    return first.row_label or first.label


def _grids(figures: Sequence[Figure]) -> Iterator[Grid]:
    rows: dict[int, dict[int, Figure]] = defaultdict(dict)
    for figure in figures:
        if figure.layout == "tableau" and figure.column:
            rows[figure.ligne].setdefault(figure.column, figure)
    table: list[Mapping[int, Figure]] = []
    last = 0
    for line, row in sorted(rows.items()):
        heading = next(iter(row.values())).heading
        if table and (line - last > FAR_ROW or heading != next(iter(table[-1].values())).heading):
            yield Grid(tuple(table))
            table = []
        table.append(row)
        last = line
    if len(table) > 1:
        yield Grid(tuple(table))


@dataclass(frozen=True)
class Sentence:
    """The figures of one sentence, with the words before each, as patterns read them."""

    figures: tuple[Figure, ...]
    before: tuple[str, ...]
    after: str

    @property
    def heading(self) -> str:
        return self.figures[0].heading

    def following(self, at: int) -> str:
        """The words after a figure."""
        return self.before[at + 1] if at + 1 < len(self.figures) else self.after

    def said_of(self, at: int) -> str:
        """The first letters of what a share is said to be a share of, folded; empty where it says nothing."""
        told = (_OF_WHAT[0].search(self.following(at)), _OF_WHAT[1].search(self.before[at]))
        return next((fold_label(match[1]).rstrip("s")[:8] for match in told if match), "")

    def ties(self) -> Iterator[Tie]:
        """What its words part, compare and relate."""
        for at, figure in enumerate(self.figures):
            if figure.nature == "evolution":
                yield from self._evolved(at)
            elif is_share(figure):
                yield from self._shared(at)
            elif is_count(figure):
                yield from self._parted(at)
                yield from self._summed_up(at)
                yield from self._by_the_day(at)
            yield from self._for_each(at)
        yield from self._made_of_shares()
        yield from self._attained()
        yield from self._flow()
        yield from self._mean_first()

    def _evolved(self, at: int) -> Iterator[Tie]:
        old, slash, new = self.figures[at].period.partition("/")
        if not slash:
            return
        years = [
            [
                f
                for f in self.figures
                if f.period == year and measures(self.figures[at], f) and f.nature in COUNTED
            ]
            for year in (new, old)
        ]
        for after in years[0]:
            for former in years[1]:
                tie = evolved(self.figures[at], after, former, "evolution_de_phrase")
                beside = self._beside(at, after, former)
                sure = (len(years[0]) == len(years[1]) == 1 or beside) and tie.credible
                said = beside and _SO.search(self.before[at]) is not None
                if after.unit == former.unit and (tie.holds or sure or said):
                    yield tie

    def _beside(self, at: int, *others: Figure) -> bool:
        """Whether the figures beside one are two others, nothing between."""
        near = (self.figures[max(0, at - 2) : at], self.figures[max(0, at - 1) : at + 2])
        return any({id(f) for f in others} <= {id(f) for f in run} for run in near)

    def _shared(self, at: int) -> Iterator[Tie]:
        """A share beside the two counts that make it: one said to be part of the other, or the only two."""
        counts = [i for i, f in enumerate(self.figures) if is_count(f)]
        alone, stem = len(counts) == 2, self.said_of(at)
        for part, whole in permutations(counts, 2):
            one, all_of = self.figures[part], self.figures[whole]
            if one.unit != all_of.unit or not one.value < all_of.value:
                continue
            tie = shared(self.figures[at], one, all_of, "part_de_phrase")
            said = self._said_part(part, whole) or (part == at - 1 and names_it(all_of, stem))
            near = (alone or bool(stem)) and abs(at - part) == 1
            if self._sure(tie, said, alone, near, at):
                yield tie
                return

    def _sure(self, tie: Tie, said: bool, alone: bool, near: bool, at: int) -> bool:
        """Whether a share is of its two counts: it holds and they are said or alone; or words say it and one
        digit explains why it does not, or all of them say it (``Z, dont X, soit Y %``).
        """
        if tie.holds:
            return said or alone
        so = alone and self._ends_so(at)
        return (so and said) or ((so or (said and near)) and tie.credible)

    def _said_part(self, part: int, whole: int) -> bool:
        """Whether the words before two counts make one a part of the other."""
        after = self.figures[part].role == "dont" and whole < part
        return after or _WHOLE.search(self.before[whole]) is not None

    def _ends_so(self, at: int) -> bool:
        """Whether a figure is what the two before it make, in a sentence of three."""
        return len(self.figures) == 3 and at == 2 and _SO.search(self.before[at]) is not None

    def _parted(self, at: int) -> Iterator[Tie]:
        """A count and those that follow it after a word that takes it apart."""
        whole, rest = self.figures[at], self.figures[at + 1 :]
        if not rest or not whole.value or not _PARTED.search(self.before[at + 1]):
            return
        parts = [f for f in rest if is_count(f) and (f.unit, f.period) == (whole.unit, whole.period)]
        made_of = self._made_of(at, parts)
        if made_of is not None:
            yield made_of
        elif parts and parts[0] is rest[0] and parts[0].role == "dont":
            yield from _at_most(parts[0], whole)

    def _made_of(self, at: int, parts: Sequence[Figure]) -> Tie | None:
        """The longest row of parts that makes the whole; all of them where they are listed and a digit is
        wrong.
        """
        tries = [
            summed(self.figures[at], parts[:size], "parties_de_phrase") for size in range(len(parts), 1, -1)
        ]
        all_of_them = len(parts) == sum(not is_share(f) for f in self.figures[at + 1 :])
        opening = self.before[at + 1] if all_of_them else ""
        listed, opened = ":" in opening, opening.endswith("(")
        said = len(parts) > 2 or _IN_ALL.search(self.before[at]) is not None
        sure = (listed and said) or (all_of_them and whole_digits(self.figures[at]) >= _SURE_DIGITS)
        told = (listed or opened) and _complementary(parts)
        doubtful = tries[:1] if tries and (told or (sure and tries[0].credible)) else []
        return next((tie for tie in tries if tie.holds), next(iter(doubtful), None))

    def _summed_up(self, at: int) -> Iterator[Tie]:
        """What a sentence counts, then says in all."""
        whole = self.figures[at]
        parts = [
            f for f in self.figures[:at] if is_count(f) and (f.unit, f.period) == (whole.unit, whole.period)
        ]
        said = _IN_ALL.search(self.following(at)) or _IN_ALL.search(self.before[at])
        greatest = max((f.value for f in parts), default=whole.value)
        if said and _SO.search(self.before[at]) and len(parts) == at > 1 and whole.value > greatest:
            yield summed(whole, parts, "parties_de_phrase")

    def _by_the_day(self, at: int) -> Iterator[Tie]:
        """A count by the day, the week or the month after the count of its year."""
        rate = _RATE.match(self.following(at))
        wholes = [f for f in self.figures[:at] if is_count(f) and f.unit == self.figures[at].unit]
        if rate is None or not wholes or not re.search(r"\bsoit\b|\(|,\s*$", self.before[at]):
            return
        most, least = _IN_A_YEAR[rate[1]]
        whole = wholes[-1]
        if len(whole.period) == 4 and whole.value > self.figures[at].value:
            bounds = (
                ("minimum", (1 / Decimal(most)).quantize(Decimal("0.000001")), whole),
                ("maximum", (1 / Decimal(least)).quantize(Decimal("0.000001")), whole),
            )
            # A campaign of a few weeks has other bounds: they bind where they hold, or fail by one digit.
            tie = Tie("borne", self.figures[at], bounds, f"par_{rate[1]}")
            monthly = twelfth(self.figures[at], whole) if rate[1] == "mois" else tie
            if tie.credible or monthly.credible:
                yield monthly if monthly.credible else tie

    def _for_each(self, at: int) -> Iterator[Tie]:
        """What falls to each of those that the sentence counts."""
        mean = self.figures[at]
        each = _EACH.match(self.following(at))
        if each is None or mean.unit not in COUNTS or not re.search(r"\bsoit\b|\(|,\s*$", self.before[at]):
            return
        stem = fold_label(each[1]).rstrip("s")[:6]
        counted = [f for f in self.figures[:at] if is_count(f) and f.unit == "nombre" and names_it(f, stem)]
        wholes = [
            f for f in self.figures[:at] if f.unit == mean.unit and f not in counted and f.value > mean.value
        ]
        if len(counted) == len(wholes) == 1 and counted[0].value:
            tie = Tie("ratio", mean, over(wholes[0], counted[0]), "moyenne_par_tete")
            if tie.credible:
                yield tie

    def _mean_first(self) -> Iterator[Tie]:
        """A mean, then the count and the total that make it."""
        if len(self.figures) != 3 or not _MEAN.search(self.before[0]):
            return
        mean, *others = self.figures
        totals = [f for f in others if f.unit == mean.unit and f.value > mean.value]
        counted = [f for f in others if f.unit == "nombre" and f.value and f not in totals]
        if len(totals) == len(counted) == 1 and mean.unit in COUNTS - {"nombre"}:
            tie = Tie("ratio", mean, over(totals[0], counted[0]), "moyenne_par_tete")
            if tie.credible:
                yield tie

    def _attained(self) -> Iterator[Tie]:
        """A goal, what was done, and the rate of attainment."""
        for at, rate in enumerate(self.figures[2:], 2):
            goal, done = self.figures[at - 2], self.figures[at - 1]
            if not _GOAL.search(self.before[at - 2]):
                goal, done = done, goal
            words = self.before[at - 2 : at + 1]
            said = _GOAL.search(words[0] if goal is self.figures[at - 2] else words[1])
            reached = any(map(_ATTAINED.search, words[1:]))
            if rate.unit == "%" and said and reached and goal.unit == done.unit in COUNTS and goal.value:
                tie = attained(rate, done, goal, "atteinte_de_phrase")
                if tie.credible:
                    yield tie

    def _flow(self) -> Iterator[Tie]:
        """What was there, came in, went out, and is there now."""
        if len(self.figures) != 4 or len({f.unit for f in self.figures}) > 1:
            return
        start, came, went, end = (
            f"{before} {after}"
            for before, after in zip(self.before, (*self.before[1:], self.after), strict=True)
        )
        said = _COMES_IN.search(came) and _GOES_OUT.search(went)
        if said and _WAITS.search(start) and _WAITS.search(end):
            signs = zip((1, 1, -1), self.figures[:3], strict=True)
            tie = Tie(
                "flux",
                self.figures[3],
                tuple(("terme", Decimal(sign), figure) for sign, figure in signs),
                "flux_de_phrase",
            )
            if tie.credible:
                yield tie

    def _made_of_shares(self) -> Iterator[Tie]:
        """Shares of one sentence that make a hundred together."""
        shares = [f for f in self.figures if is_share(f) and f.value < _HUNDRED]
        if len(shares) > 1 and (tie := summed(_HUNDRED, shares, "cent")).holds:
            yield tie


def _complementary(parts: Sequence[Figure]) -> bool:
    """Whether the labels of two parts leave nothing out: women and men, with and without."""
    told = [fold_label(part.label.partition("|")[0]) for part in parts]
    return len(told) == 2 and any(
        (a.search(told[0]) and b.search(told[1])) or (b.search(told[0]) and a.search(told[1]))
        for a, b in _COMPLEMENTS
    )


def _referring(sentence: Sentence, before: Sequence[Sentence]) -> Iterator[Tie]:
    """What a sentence says of counts that the sentences before it give, the nearest first."""
    counts = [f for other in before for f in other.figures if is_count(f)]
    own = [f for f in sentence.figures if is_count(f)]
    for at, figure in enumerate(sentence.figures):
        if figure.nature == "evolution":
            yield from _evolved_from(figure, own, counts)
        elif is_share(figure) and len(own) == 1:
            yield from _share_of(figure, own[0], counts, sentence.said_of(at))
    if _complementary(sentence.figures) and len(own) == 2:
        yield from _made_before(own, counts)
    rates = [f for other in before[:1] for f in other.figures if f.unit == "%"]
    if len(sentence.figures) == 1 and _IN_ALL.search(sentence.before[0]):
        yield from _mean_of(sentence.figures[0], rates)


def _by_the_month(sentence: Sentence, before: Sequence[Sentence]) -> Iterator[Tie]:
    """A mean by the month of what its sentence, or those before it, count for the year."""
    for at, mean in enumerate(sentence.figures):
        rate = _RATE.match(sentence.following(at))
        said = f"{sentence.before[at]} {sentence.following(at)}"
        if rate is None or rate[1].lower() != "mois" or not _MEAN.search(said) or not _is_mean(mean):
            continue
        words = {*told_words(mean), *long_words(rate[0])}
        earlier = (*sentence.figures[:at][::-1], *(f for other in before for f in other.figures))
        tie = next((twelfth(mean, whole) for whole in earlier if _of_the_year(whole, mean, words)), None)
        if tie is not None and tie.credible:
            yield tie


def _of_the_year(whole: Figure, mean: Figure, words: set[str]) -> bool:
    """Whether a count of a year may be what a mean by the month is the mean of: words of it are said."""
    larger = is_count(whole) and whole.unit == mean.unit and whole.value > mean.value
    return larger and len(whole.period) == 4 and bool(words & set(told_words(whole)))


def _is_mean(figure: Figure) -> bool:
    return figure.unit in COUNTS and figure.nature in COUNTED | {"moyenne"}


def twelfth(mean: Figure, whole: Figure) -> Tie:
    room = _ROUNDED if not mean.half_width else Decimal(0)
    parts: list[Part] = []
    for (role, weight), sign in zip(_A_TWELFTH, (-1, 1), strict=True):
        parts += [(role, weight, whole), *([(role, Decimal(1), sign * room)] if room else [])]
    return Tie("borne", mean, tuple(parts), MONTHLY)


@dataclass(frozen=True)
class _Said:
    """A count with the words on its left and on its right, up to the figures and the sentences beside it."""

    figure: Figure
    left: str
    right: str

    def moves(self, way: re.Pattern[str], other: re.Pattern[str]) -> bool:
        """Whether it came in (or went out): by the words after it first, else by those before it."""
        if way.search(self.right) or other.search(self.right):
            return way.search(self.right) is not None
        return way.search(self.left) is not None and other.search(self.left) is None


def _moved(figures: Sequence[Figure], text: str) -> Iterator[Tie]:
    """What was there, came in, went out and is there now, in sentences or lines that follow one another."""
    said = list(_said(figures, text))
    for at, (one, other) in enumerate(pairwise(said)):
        for came, went in ((one, other), (other, one)):
            if came.moves(_COMES_IN, _GOES_OUT) and went.moves(_GOES_OUT, _COMES_IN):
                near = [*said[max(0, at - NEAR_STOCK) : at], *said[at + 2 : at + 2 + NEAR_STOCK]]
                yield from _stock(came.figure, went.figure, [s for s in near if _same_place(s, came)])


def _same_place(one: _Said, other: _Said) -> bool:
    return (one.figure.heading, one.figure.unit) == (other.figure.heading, other.figure.unit)


def _stock(came: Figure, went: Figure, near: Sequence[_Said]) -> Iterator[Tie]:
    """The stock before and the stock after, each the only one that is said to be so."""
    was = [s.figure for s in near if _WAS_THERE.search(s.left)]
    now = [
        s.figure for s in near if _IS_THERE.search(s.left) and s.figure not in was and s.figure.role != "dont"
    ]
    found = [
        Tie(
            "flux",
            end,
            tuple(("terme", Decimal(sign), part) for sign, part in ((1, start), (1, came), (-1, went))),
            "flux_de_phrases",
        )
        for start in was
        for end in now
    ]
    holding = [tie for tie in found if tie.holds]
    if holding or (len(found) == 1 and found[0].credible):
        yield (holding or found)[0]


def _said(figures: Sequence[Figure], text: str) -> Iterator[_Said]:
    prose = [f for f in figures if f.layout != "tableau"]
    for before, figure, after in zip([None, *prose], prose, [*prose[1:], None], strict=False):
        left = text[max(before.end if before else 0, figure.start - FAR_WORD) : figure.start]
        right = text[figure.end : min(after.start if after else len(text), figure.end + FAR_WORD)]
        left = _SENTENCE_END.split(left)[-1]
        labelled = left.rstrip().endswith(":")
        left = left.rpartition("\n")[2] if labelled else left
        if is_count(figure):
            yield _Said(figure, plain(left), "" if labelled else plain(_SENTENCE_END.split(right)[0]))


def _made_before(parts: Sequence[Figure], counts: Sequence[Figure]) -> Iterator[Tie]:
    """The whole, given before, of two parts that leave nothing out."""
    for whole in counts:
        tie = summed(whole, parts, "parties_de_phrases")
        year = parts[0].period[:4]
        if whole.unit == parts[0].unit and whole.period[:4] == year and tie.credible:
            yield tie
            return


def _evolved_from(figure: Figure, own: Sequence[Figure], counts: Sequence[Figure]) -> Iterator[Tie]:
    """An evolution whose former year stands in its sentence and whose year stands before it."""
    old, _, new = figure.period.partition("/")
    former = [f for f in own if f.period == old and measures(figure, f)]
    if len(former) != 1 or any(f.period == new for f in own):
        return
    words = set(told_words(former[0]))
    for count in counts:
        tie = evolved(figure, count, former[0], "evolution_de_phrases")
        alike = (count.period, count.unit) == (new, former[0].unit)
        if alike and words & set(told_words(count)) and tie.credible:
            yield tie
            return


def _share_of(share: Figure, part: Figure, counts: Sequence[Figure], stem: str) -> Iterator[Tie]:
    """A share of a count given before: the one that it names (``stem``, or the staff), or one that two counts
    hardly make by chance.
    """
    telling = len(str(abs(share.value)).replace(".", "")) >= TELLING_SHARE
    for whole in counts:
        tie = shared(share, part, whole, "part_de_phrases")
        if whole.unit != part.unit or not part.value < whole.value:
            continue
        staff = _STAFF.match(stem) and _STAFF.search(whole.label)
        named = names_it(whole, stem) or staff is not None
        if (tie.holds and (telling or named)) or (named and tie.credible):
            yield tie
            return


def _at_most(part: Figure, whole: Figure) -> Iterator[Tie]:
    """A part and its whole; another number of digits is another thing (twelve schools, 500 pupils)."""
    tie = Tie("borne", part, (("maximum", Decimal(1), whole),), "partie_au_plus")
    if tie.holds or (tie.credible and whole_digits(part) == whole_digits(whole)):
        yield tie


def _sentences(figures: Sequence[Figure], text: str) -> Iterator[Sentence]:
    run: list[Figure] = []
    prose = [f for f in figures if f.layout != "tableau"]
    for figure in sorted(prose, key=lambda f: (f.strand.first if f.strand else f.start, f.start)):
        if run and not _goes_on(run[-1], figure, text):
            yield from _sentence(run, text)
            run = []
        run.append(figure)
    yield from _sentence(run, text)


def _goes_on(last: Figure, figure: Figure, text: str) -> bool:
    said, _, end = _in_text(last, text)
    column, start, _ = _in_text(figure, text)
    between = said[end:start]
    if column is not said or start < end:
        return False
    return len(between) <= FAR_WORD and last.heading == figure.heading and not _SENTENCE_END.search(between)


def _sentence(run: Sequence[Figure], text: str) -> Iterator[Sentence]:
    if 0 < len(run) <= MOST_FIGURES:
        said = _in_text(run[0], text)[0]
        spans = [_in_text(figure, text)[1:] for figure in run]
        ends = [max(0, spans[0][0] - 40), *(end for _, end in spans)]
        before = tuple(plain(said[end:start]) for end, (start, _) in zip(ends, spans, strict=False))
        yield Sentence(tuple(run), before, plain(said[ends[-1] : ends[-1] + 60]))


def _in_text(figure: Figure, text: str) -> tuple[str, int, int]:
    """The text that a figure is said in, which is its column's where prose stands in two, and its place."""
    if figure.strand is None:
        return text, figure.start, figure.end
    return figure.strand[:3]


def _years(figures: Sequence[Figure]) -> Iterator[Tie]:
    """Years and all their months, quarters or halves, in one column, in one row, or one after the other. A
    year that stands anywhere else shares words with them and holds; a gap is told beside them only, and
    never of a year that is no more than one of them, as a stock is."""
    counted = [f for f in figures if is_count(f)]
    of_year: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in counted:
        of_year[figure.period, figure.unit].append(figure)
    for stream in _streams(counted):
        for at, size in _whole_years(stream):
            parts = stream[at : at + size]
            beside = [*stream[max(0, at - 1) : at], *stream[at + size : at + size + 1]]
            yield from _year(parts, beside, of_year[parts[0].period[:4], parts[0].unit])


def _streams(counted: Sequence[Figure]) -> Iterator[list[Figure]]:
    """Figures as they follow one another: down each column of a table, along each row, in the text."""
    streams: dict[tuple[str, int, str], list[Figure]] = defaultdict(list)
    for figure in counted:
        if figure.layout == "tableau":
            streams["column", figure.column, figure.heading].append(figure)
            streams["row", figure.ligne, ""].append(figure)
        else:
            streams["text", 0, figure.heading].append(figure)
    yield from streams.values()


def _whole_years(stream: Sequence[Figure]) -> Iterator[tuple[int, int]]:
    """Where the parts of a year follow one another from the first to the last, and how many they are."""
    for at, figure in enumerate(stream):
        if (match := _PART_OF_A_YEAR.fullmatch(figure.period)) and match[3] == "1":
            size = PARTS_OF_A_YEAR[match[2]]
            stem = f"{match[1]}-{match[2]}"
            wanted = [(f"{stem}{n:0{1 if match[2] else 2}}", figure.unit) for n in range(1, size + 1)]
            if [(f.period, f.unit) for f in stream[at : at + size]] == wanted:
                yield at, size


def _year(parts: Sequence[Figure], beside: Sequence[Figure], of_year: Sequence[Figure]) -> Iterator[Tie]:
    words = set.intersection(*(set(told_words(part)) for part in parts))
    for whole in of_year:
        tie = summed(whole, parts, "parts_de_l_annee")
        alike = bool(words & set(told_words(whole))) and whole_digits(whole) >= _TELLING_SUM
        greater = whole.value > max(part.value for part in parts)
        told = whole in beside and greater and (alike or whole.layout == "tableau")
        if (tie.holds and (whole in beside or alike)) or (told and tie.credible):
            yield tie
            return


def _repeated(figures: Sequence[Figure]) -> Iterator[Tie]:
    """One count in two places: the same digits, or one digit apart under the same words."""
    by_value: dict[tuple[Decimal, str], list[Figure]] = defaultdict(list)
    by_words: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        if not is_count(figure) or meant_digits(figure) < FEW_DIGITS:
            continue
        by_value[figure.value, figure.unit].append(figure)
        if meant_digits(figure) < TELLING_DIGITS:
            continue
        words = " ".join(fold_label(figure.label).split())
        if len(words.split()) > 1:
            by_words[words, figure.unit, figure.period].append(figure)
    for prints in by_value.values():
        yield from (_again(other, prints[0]) for other in prints[1:] if _one_thing(other, prints[0]))
    for prints in by_words.values():
        for one, other in combinations(prints, 2):
            tie = _again(other, one)
            if one.ligne != other.ligne and one.value != other.value and tie.credible:
                yield tie


def _one_thing(other: Figure, first: Figure) -> bool:
    """Whether two equal prints of one period are of one thing: by their digits, or by their words."""
    if other.period != first.period:
        return False
    words = set(told_words(other)) & set(told_words(first))
    return meant_digits(first) >= TELLING_DIGITS or (bool(words) and other.ligne != first.ligne)


def _again(other: Figure, first: Figure) -> Tie:
    return Tie("repetition", other, (("terme", Decimal(1), first),), "meme_chiffre")
