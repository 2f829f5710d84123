"""What a group of figures may mean: the likeliest indicators, and what other reviewed reports call by the
same words.

Every decision is a phrase at once: a figure reviewed in this report speaks for those that are named alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from orchestration.discovery.concepts import Meanings, Proposal, sureness
from orchestration.discovery.phrases import (
    UNMAPPED,
    Phrase,
    PhraseBook,
    habits_of_extract,
    phrases_of_extract,
)
from orchestration.discovery.plausible import LAST_YEAR, doubted
from orchestration.discovery.wording import SeenFigure, stems
from orchestration.extraction.catalogue import UNSTATED, Catalogue, Indicator
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, read_extract
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Dossier, Item
from orchestration.review.groups import SURE, Series, counts, row_of
from orchestration.review.rows import RowWords
from orchestration.review.searching import Index
from orchestration.review.seeds import Known
from orchestration.review.twins import Twins

#: From this confidence on, the indicator of a series of a table that arithmetic confirms stands chosen: of
#: 108 that did in reports that nobody had decided, 16 of 29 below it were right, 72 of 79 above.
LIKELY = 0.55
#: What a share of something counted is worth beside the level of a rate: of five bodies left out, anything
#: from 0.3 to 0.8 does.
SHARED = 0.5
#: How a confidence in a concept becomes one in its indicator, in a house that often lacks it: fitted to five
#: bodies left out, each weighed by the root of its figures.
OF_INDICATOR = (-0.43, 0.75, 0.9)
#: Indicators proposed at once, and found by a search.
PROPOSED, FOUND = 5, 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An indicator with the share of evidence for it (0 to 1) and why it is proposed."""

    indicator: Indicator
    confidence: float
    why: str = ""
    above: tuple[str, ...] = ()

    @property
    def sure(self) -> str:
        """How sure it is, as a reviewer reads it."""
        return self.why or f"{round(self.confidence * 100)} %"


class Suggester:
    """Proposes indicators from the catalogue, the reviewed reports and what was decided of this report so
    far: the same mechanism as that of drafts, on the figures of the whole report.
    """

    def __init__(
        self, catalogue: Catalogue, reports: Iterable[Report], dossier: Dossier, known: Mapping[str, Known]
    ) -> None:
        self._catalogue, self._dossier, self._known = catalogue, dossier, known
        phrases: list[Phrase] = []
        habits: Counter[tuple[str, str]] = Counter()
        self._index: Index | None = None
        self._before: Counter[tuple[str, str, str]] = Counter()
        earlier: list[Report] = []
        for report in reports:
            if report.code != dossier.report.code:
                found, used = _phrases(report)
                phrases.extend(found)
                habits += used
                if report.organisme == dossier.report.organisme:
                    self._before.update(_decided_of(report))
                    earlier.append(report)
        self._decided: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for item in dossier.items:
            if item.reviewed:
                phrases.append(
                    Phrase(
                        stems(item.label),
                        item.meaning["indicateur"],
                        item.meaning["unite"],
                        dossier.report.code,
                    )
                )
                self._decided[fold_label(item.label), item.meaning["unite"]][item.meaning["indicateur"]] += 1
        self._book = PhraseBook(catalogue, (phrase for phrase in phrases if phrase.words), habits)
        self.rows = RowWords(catalogue, self._book, dossier.items)
        self._twins = Twins(dossier.items, earlier)
        items = sorted(dossier.items, key=lambda item: (item.line, item.column))
        self._meanings = Meanings(self._book, [_seen(item) for item in items], dossier.document.text)
        self._place = {item.key: at for at, item in enumerate(items)}
        decided = {at: item.meaning["indicateur"] for at, item in enumerate(items) if item.reviewed}
        #: What is proposed to a reviewer, who reads it; what is accepted unread is told by words alone.
        self._proposed = self._meanings.beside(decided)

    def sure_of(self, item: Item) -> Mapping[str, str] | None:
        """What a figure means where several may be accepted in one decision: as it is read, if that is as
        sure as a decision and its words name it today; or what the same number, printed elsewhere in this
        report or last year for the same time, was decided to mean, unless the draft is as sure of something
        else. ``None`` where nobody should accept it unread.
        """
        read = item.meaning["indicateur"]
        if read != UNMAPPED and item.confidence >= SURE and self.agrees(item):
            return {}
        if doubted(item.note):  # in another scale than now, last year's number comes again
            return None
        told = self._told_last_year(item) or self._twins.here(item, self._likeliest)
        said = item.confidence >= SURE or item.note.startswith(LAST_YEAR)
        unsaid = ("", UNSTATED, UNMAPPED)
        against = said and any(item.meaning[key] not in (*unsaid, code) for key, code in told.items())
        if not told or against or self._names_another(item, told["indicateur"]):
            return None
        return told if self._speaks_of(item, told["indicateur"]) else None

    def _speaks_of(self, item: Item, code: str) -> bool:
        """Whether the words of a figure's row share one with the name of an indicator or with a row that was
        decided to be it in an earlier report of the body, or name it before any other.
        """
        words = stems(row_of(item))
        known = stems(self._catalogue.indicators[code].libelle)
        if words & known or self._likeliest(item) == code:
            return True
        return any(words & stems(said.split(" | ")[0]) for said, _, one in self._before if one == code)

    def _names_another(self, item: Item, code: str) -> bool:
        """Whether the words of a figure's row are the name of another indicator, or were decided to be one in
        an earlier report of the body: its numbers and its words contradict each other.
        """
        beside = (
            o for o in self._dossier.items if item.table and (o.line, o.table) == (item.line, item.table)
        )
        for cell in (item, *beside):
            unit, words = cell.meaning["unite"], fold_label(cell.label)
            decided = {one for said, of, one in self._before if (said, of) == (words, unit)}
            named = self._book.named(row_of(cell), unit)
            if code not in (decided or {named or code}):
                return True
        return False

    def _told_last_year(self, item: Item) -> dict[str, str]:
        return self._twins.last_year(item, lambda: [p.indicator for p in self._proposals(item)])

    def _likeliest(self, item: Item) -> str:
        return next((p.indicator for p in self._proposals(item) if p.indicator != UNMAPPED), "")

    def _proposals(self, item: Item, meanings: Meanings | None = None) -> Sequence[Proposal]:
        return (meanings or self._meanings).of(self._place[item.key]).proposals

    def agrees(self, item: Item) -> bool:
        """Whether the indicator that a figure is read as is the likeliest one today as well, and no member
        is missing that the rows beside it name.
        """
        found, read = self._by_words(item, self._meanings), item.meaning["indicateur"]
        likeliest = bool(found) and found[0].indicator.code == read and self.rows.counts_in(item, read)
        return likeliest and not self.rows.lacks_a_member(item)

    def of(self, item: Item) -> list[Suggestion]:
        """The likeliest indicators of a figure, what was decided of the same words at their head; those that
        cannot be told in its unit last.
        """
        told = [
            replace(one, confidence=self._sure(item, one)) for one in self._by_words(item, self._proposed)
        ]
        return sorted(told, key=lambda one: (not one.why, -one.confidence))[:PROPOSED]

    def _sure(self, item: Item, one: Suggestion) -> float:
        """The confidence in an indicator: that of ``Meanings`` is one in its concept, and knows no unit."""
        code, unit, fits = one.indicator.code, item.meaning["unite"], self.fits(item, one.indicator.code)
        named = (self._book.named(item.label, unit), self._book.heads(item.label, unit, item.heading))
        if one.why or (code in named and fits == 1):
            return one.confidence
        return sureness(one.confidence * fits, OF_INDICATOR) if fits else 0.0

    def fits(self, item: Item, code: str) -> float:
        """What the unit of a figure leaves of the confidence in an indicator."""
        if self.rows.counts_in(item, code):
            return 1.0
        return SHARED if self.rows.may_share(item, code) else 0.0

    def _by_words(self, item: Item, meanings: Meanings) -> list[Suggestion]:
        unit = item.meaning["unite"]
        decided = self._decided.get((fold_label(item.label), unit), Counter())
        found = {code: self._told(code, 0.95, "déjà décidé ici") for code, _ in decided.most_common(2)}
        if item.note.startswith(LAST_YEAR) and (read := item.meaning["indicateur"]) != UNMAPPED:
            found.setdefault(read, self._told(read, 0.95, item.note))
        if told := self._told_last_year(item):
            code = told["indicateur"]
            found.setdefault(code, self._told(code, 0.95, "même nombre dans un rapport d'avant"))
        words = fold_label(item.label)
        earlier = [(n, code) for (said, of, code), n in self._before.items() if (said, of) == (words, unit)]
        for _, code in sorted(earlier, reverse=True)[:2]:
            found.setdefault(code, self._told(code, 0.95, "décidé dans un rapport d'avant"))
        for proposal in self._proposals(item, meanings):
            if (code := proposal.indicator) != UNMAPPED:
                found.setdefault(code, self._told(code, proposal.confidence))
        return list(found.values())

    def of_series(self, items: Sequence[Item]) -> list[Suggestion]:
        """The likeliest indicators of figures that have one: the mean of what is said of each."""
        counted = _counted(items)
        told = [one for item in counted for one in self.of(item)]
        shares: dict[str, float] = defaultdict(float)
        for one in told:
            shares[one.indicator.code] += one.confidence / len(counted)
        why = {one.indicator.code: one.why for one in told}
        ranked = sorted(shares, key=lambda code: -shares[code])
        return [self._told(code, min(1.0, shares[code]), why[code]) for code in ranked[:PROPOSED]]

    def _count_in(self, items: Sequence[Item], code: str) -> bool:
        return all(self.rows.counts_in(item, code) for item in items)

    def proposed(self, series: Sequence[Series]) -> list[str]:
        """By series of a table, the indicator that stands chosen in its form until the reviewer says another:
        likely, counted in the unit of its figures, which do not all say how something changed and do not lie
        far from last year's, not that of a surer series, not other than the draft reads, and not called after
        one of the members that the rows of the table name; else empty.
        """
        tops = [next(iter(self.of_series(one.items)), None) for one in series]
        surest: dict[str, float] = {}
        for top in filter(None, tops):
            surest[top.indicator.code] = max(top.confidence, surest.get(top.indicator.code, 0.0))
        return [
            top.indicator.code if top and self._earned(one, top, surest[top.indicator.code]) else ""
            for top, one in zip(tops, series, strict=True)
        ]

    def _earned(self, one: Series, top: Suggestion, surest: float) -> bool:
        """Whether the likeliest indicator of a series may stand chosen: a wrong one goes with its table."""
        code = top.indicator.code
        return (
            top.confidence >= max(LIKELY, surest)
            and any(map(counts, one.items))
            and not any(doubted(item.note) for item in one.items)
            and self._count_in(_counted(one.items), code)
            and {item.meaning["indicateur"] for item in one.items} <= {UNMAPPED, code}
            and not self.rows.called_after_one(one.items[0], code)
        )

    def wider(self, item: Item) -> list[tuple[str, str, float]]:
        """What can be said of a figure where no indicator is right, from the nearest to the widest: label,
        definition and confidence of its concept, then of its domain."""
        concept, found = self._meanings.of(self._place[item.key]), []
        if concept.concept != UNSTATED:
            notion = self._catalogue.concepts[concept.concept]
            found.append((notion.libelle, notion.definition, concept.confidence))
        if domain := self._catalogue.domains.get(concept.domain):
            found.append((domain.libelle, domain.definition, concept.domain_confidence))
        return found

    def _told(self, code: str, confidence: float, why: str = "") -> Suggestion:
        known = self._known.get(code, Known())
        return Suggestion(self._catalogue.indicators[code], confidence, why, known.above)

    def search(self, words: str) -> list[Suggestion]:
        """The indicators that answer to ``words``, the nearest first."""
        self._index = self._index or Index(self._catalogue)
        return [self._told(code, near, "trouvé") for code, near in self._index.find(words)[:FOUND]]


def _counted(items: Sequence[Item]) -> list[Item]:
    """The figures that are no changes, or all where there is no other."""
    return [item for item in items if item.meaning["nature"] != "evolution"] or list(items)


def _seen(item: Item) -> SeenFigure:
    unit, nature = item.meaning["unite"], item.meaning["nature"]
    return SeenFigure(item.line, item.column, item.label, item.heading, unit, nature)


def _decided_of(report: Report) -> Counter[tuple[str, str, str]]:
    """How often the words of a label, in a unit, were decided to name an indicator in another report."""
    try:
        numbers = read_extract(report).numbers
    except ExtractionError:
        return Counter()
    seen = numbers.filter((pl.col("statut") == "observation") & (pl.col("revue") == "true"))
    rows = seen.select("libelle", "unite", "indicateur_code").iter_rows()
    return Counter((fold_label(label), unit, code) for label, unit, code in rows)


def _phrases(report: Report) -> tuple[list[Phrase], Counter[tuple[str, str]]]:
    try:
        numbers = read_extract(report).numbers
    except ExtractionError:
        return [], Counter()
    return phrases_of_extract(numbers, report.code), habits_of_extract(numbers)
