"""What a group of figures may mean: the likeliest indicators, and what other reviewed reports call by the
same words.

Every decision is a phrase at once: a figure reviewed in this report speaks for those that are named alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from orchestration.discovery.concepts import (
    Phrase,
    PhraseBook,
    Surroundings,
    phrases_of_catalogue,
    phrases_of_extract,
    stems,
)
from orchestration.extraction.catalogue import Catalogue, Indicator
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, read_extract
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Dossier
from orchestration.review.groups import Group

#: Indicators proposed at once, and found by a search.
PROPOSED, FOUND = 5, 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An indicator with the share of evidence for it (0 to 1) and why it is proposed."""

    indicator: Indicator
    confidence: float
    why: str = ""


class Suggester:
    """Proposes indicators from the catalogue, the reviewed reports and what was decided of this report so
    far.
    """

    def __init__(self, catalogue: Catalogue, reports: Iterable[Report], dossier: Dossier) -> None:
        self._catalogue, self._dossier = catalogue, dossier
        phrases = phrases_of_catalogue(catalogue)
        for report in reports:
            if report.code != dossier.report.code and not report.brouillon:
                phrases.extend(_phrases(report))
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
        self._book = PhraseBook(catalogue, (phrase for phrase in phrases if phrase.words))
        self._surroundings = Surroundings(dossier.document.text)

    def of(self, group: Group) -> list[Suggestion]:
        """The likeliest indicators of a group, what was decided of the same words first."""
        item = group.items[0]
        unit, nature = item.meaning["unite"], item.meaning["nature"]
        around = self._surroundings.of(item.line, item.column)
        ranked = self._book.ranked(item.label, item.heading, unit, nature, around, PROPOSED)
        decided = self._decided.get((fold_label(item.label), unit), Counter())
        found = {
            code: Suggestion(self._catalogue.indicators[code], 0.95, "déjà décidé ici")
            for code, _ in decided.most_common(2)
        }
        for concept in ranked:
            found.setdefault(
                concept.indicator,
                Suggestion(self._catalogue.indicators[concept.indicator], concept.confidence),
            )
        return list(found.values())[:PROPOSED]

    def search(self, words: str) -> list[Suggestion]:
        """Indicators whose label, code or definition answers to ``words``, the nearest first."""
        spoken = {
            code: fold_label(f"{i.libelle} {code.replace('_', ' ')} {i.definition} {' '.join(_aliases(i))}")
            for code, i in self._catalogue.indicators.items()
        }
        found = process.extract(
            fold_label(words), spoken, scorer=fuzz.token_set_ratio, limit=FOUND, score_cutoff=55
        )
        return [Suggestion(self._catalogue.indicators[code], score / 100) for _, score, code in found]


def _aliases(indicator: Indicator) -> tuple[str, ...]:
    return tuple(getattr(indicator, "aliases", ()))


def _phrases(report: Report) -> list[Phrase]:
    try:
        return phrases_of_extract(read_extract(report).numbers, report.code)
    except ExtractionError:
        return []
