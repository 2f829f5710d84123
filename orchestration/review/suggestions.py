"""What a group of figures may mean: the likeliest indicators, and what other reviewed reports call by the
same words.

Every decision is a phrase at once: a figure reviewed in this report speaks for those that are named alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz, process

from orchestration.discovery.concepts import Meanings
from orchestration.discovery.phrases import (
    UNMAPPED,
    Phrase,
    PhraseBook,
    habits_of_extract,
    phrases_of_extract,
)
from orchestration.discovery.structure import TOTAL
from orchestration.discovery.wording import SeenFigure, stems
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, WHOLE, Catalogue, Indicator
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, read_extract
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Dossier, Item
from orchestration.review.groups import Series, head_of
from orchestration.review.seeds import Known

#: Units that often stand in the words of a label alone.
BARE = frozenset({"jours", "heures", "minutes", "secondes", "semaines", "mois", "ans"})
#: Natures of figures that are counted as their indicator is.
_IN_ITS_UNIT = frozenset({"constate", "total", "objectif", "moyenne", "parametre"})
#: What may be below zero, and the words that say that it is.
_BALANCE, _BELOW_ZERO = re.compile(r"\b(?:resultat|solde)\b"), re.compile(r"\bdeficit\w*\b")
_ABOVE_ZERO = re.compile(r"\b(?:exceden|benefic)\w*\b")
#: From this confidence on, the indicator of a series of a table that arithmetic confirms stands chosen.
LIKELY = 0.5
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
        self._before: Counter[tuple[str, str, str]] = Counter()
        for report in reports:
            if report.code != dossier.report.code and not report.brouillon:
                found, used = _phrases(report)
                phrases.extend(found)
                habits += used
                if report.organisme == dossier.report.organisme:
                    self._before.update(_decided_of(report))
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
        items = sorted(dossier.items, key=lambda item: (item.line, item.column))
        self._meanings = Meanings(self._book, [_seen(item) for item in items], dossier.document.text)
        self._place = {item.key: at for at, item in enumerate(items)}

    def agrees(self, item: Item) -> bool:
        """Whether the indicator that a figure is read as is the likeliest one today as well, and no member
        is missing that the rows beside it name.
        """
        found = self.of(item)
        likeliest = bool(found) and found[0].indicator.code == item.meaning["indicateur"]
        return likeliest and not self._lacks_a_member(item)

    def _lacks_a_member(self, item: Item) -> bool:
        """Whether most rows of a figure's table name members of a dimension and its own names none."""
        code = item.meaning["indicateur"]
        said = {**item.meaning, **self._members(item, code)}
        beside = [
            other
            for other in self._dossier.items
            if item.table == other.table != 0
            and other.line != item.line
            and other.meaning["indicateur"] == code
            and not TOTAL.match(other.label)
        ]
        return not TOTAL.match(item.label) and any(
            said[dimension] == UNSTATED
            and 2 * sum(other.meaning[dimension] != UNSTATED for other in beside) > len(beside)
            for dimension in DIMENSIONS
        )

    def completes(self, item: Item, indicator: str) -> dict[str, str]:
        """What the words of a figure's row say beside its indicator: its member, or that it is a total
        over the members of the rows beside it; nothing that the draft says already. A number without a unit
        counts what its indicator counts, and a rate is no share; a deficit that is counted as a balance is
        below zero, unless its words name a surplus too: which of both it is, only the print can say.
        """
        told = self._unit(item, indicator) | self._level(item, indicator) | self._sign(item, indicator)
        return told | self._members(item, indicator)

    def _level(self, item: Item, indicator: str) -> dict[str, str]:
        """A percentage of an indicator that is counted in percent is its level, not a share of something."""
        known = self._catalogue.indicators.get(indicator)
        if not (known and known.unite == "%" == item.meaning["unite"] and item.meaning["nature"] == "part"):
            return {}
        return {"nature": "constate"} | ({"role": "feuille"} if item.meaning["role"] == "dont" else {})

    def _sign(self, item: Item, indicator: str) -> dict[str, str]:
        known = self._catalogue.indicators.get(indicator)
        balance = known is not None and _BALANCE.search(fold_label(known.libelle))
        label = fold_label(item.label)
        below = item.value > 0 and _BELOW_ZERO.search(label) and not _ABOVE_ZERO.search(label)
        level = item.meaning["nature"] in ("constate", "total") and not item.meaning["signe"]
        return {"signe": "moins"} if balance and below and level else {}

    def _unit(self, item: Item, indicator: str) -> dict[str, str]:
        known = self._catalogue.indicators.get(indicator)
        bare = item.meaning["unite"] == "nombre" and item.meaning["nature"] in _IN_ITS_UNIT
        return {"unite": known.unite} if known and bare and known.unite in BARE else {}

    def _members(self, item: Item, indicator: str) -> dict[str, str]:
        said = self._member(item, indicator)
        if (TOTAL.match(item.label) or self._totals_row(item)) and item.meaning["nature"] != "evolution":
            said |= {"role": "total"} if item.meaning["role"] in ("", "feuille") else {}
        if TOTAL.match(item.label):
            rows = (other for other in self._dossier.items if item.table and other.table == item.table)
            said |= {dimension: WHOLE for row in rows for dimension in self._member(row, indicator)}
        return {key: code for key, code in said.items() if item.meaning[key] in ("", "feuille", UNSTATED)}

    def _totals_row(self, item: Item) -> bool:
        """Whether a figure stands under a head called total beside others of its unit on its row."""
        return TOTAL.match(head_of(item)) is not None and any(
            other.line == item.line
            and other.table == item.table
            and other.meaning["unite"] == item.meaning["unite"]
            and not TOTAL.match(head_of(other))
            for other in self._dossier.items
        )

    def _member(self, item: Item, indicator: str) -> dict[str, str]:
        """The member that the first words of a figure name; where several dimensions know them, that of a
        figure beside it on its row.
        """
        name = item.label.split(" | ")[0]
        if found := self._book.member_of(name, indicator):
            return dict(found)
        known = self._catalogue.members_named(name)
        beside = (other for other in self._dossier.items if item.table and other.line == item.line)
        for other in beside:
            said = self._book.member_of(name, other.meaning["indicateur"]).items()
            if found := {d: code for d, code in said if known.get(d) == code}:
                return found
        return {}

    def of(self, item: Item) -> list[Suggestion]:
        """The likeliest indicators of a figure, what was decided of the same words first."""
        unit = item.meaning["unite"]
        decided = self._decided.get((fold_label(item.label), unit), Counter())
        found = {code: self._told(code, 0.95, "déjà décidé ici") for code, _ in decided.most_common(2)}
        words = fold_label(item.label)
        earlier = [(n, code) for (said, of, code), n in self._before.items() if (said, of) == (words, unit)]
        for _, code in sorted(earlier, reverse=True)[:2]:
            found.setdefault(code, self._told(code, 0.95, "décidé dans un rapport d'avant"))
        for proposal in self._meanings.of(self._place[item.key]).proposals:
            if (code := proposal.indicator) != UNMAPPED:
                found.setdefault(code, self._told(code, proposal.confidence))
        return list(found.values())[:PROPOSED]

    def of_series(self, items: Sequence[Item]) -> list[Suggestion]:
        """The likeliest indicators of figures that have one: the mean of what the words of each say."""
        counted = [item for item in items if item.meaning["nature"] != "evolution"] or list(items)
        told = [one for item in counted for one in self.of(item)]
        shares: dict[str, float] = defaultdict(float)
        for one in told:
            shares[one.indicator.code] += one.confidence / len(counted)
        why = {one.indicator.code: one.why for one in told}
        ranked = sorted(shares, key=lambda code: -shares[code])[:PROPOSED]
        return [self._told(code, min(1.0, shares[code]), why[code]) for code in ranked]

    def proposed(self, series: Sequence[Series]) -> list[str]:
        """By series of a table, the indicator that stands chosen in its form until the reviewer says another:
        likelier than not, not that of a surer series, and not other than the draft reads; else empty.
        """
        tops = [next(iter(self.of_series(one.items)), None) for one in series]
        surest: dict[str, float] = {}
        for top in filter(None, tops):
            surest[top.indicator.code] = max(top.confidence, surest.get(top.indicator.code, 0.0))
        return [
            top.indicator.code
            if top
            and top.confidence >= max(LIKELY, surest[top.indicator.code])
            and {item.meaning["indicateur"] for item in one.items} <= {UNMAPPED, top.indicator.code}
            else ""
            for top, one in zip(tops, series, strict=True)
        ]

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
        """Indicators whose label, code, aliases, concepts or definition answer to ``words``, the nearest
        first.
        """
        spoken = {}
        for code, i in self._catalogue.indicators.items():
            known = self._known.get(code, Known())
            said = (i.libelle, code.replace("_", " "), i.definition, known.words, *known.above)
            spoken[code] = fold_label(" ".join(said))
        found = process.extract(
            fold_label(words), spoken, scorer=fuzz.token_set_ratio, limit=FOUND, score_cutoff=55
        )
        return [self._told(code, score / 100, "trouvé") for _, score, code in found]


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
