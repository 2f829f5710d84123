"""Meaning by catalogue: a label made of a report's words is matched to an indicator through the phrasings met so far.

The phrase book holds the catalogue's own labels and the labels under which reviewed reports print each indicator. Below
``SURE_ENOUGH`` a figure stays without indicator, and says so.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from rapidfuzz import fuzz

from orchestration.extraction.catalogue import DIMENSIONS, Catalogue, fold_label

SURE_ENOUGH = 0.7
#: Above this the domain is likely right even where the indicator stays open.
LIKELY_DOMAIN = 0.6
#: Weight of words, beside names of members, at which they tell a concept by themselves.
TELLING_WEIGHT = 3.0
UNMAPPED = "a_definir"
_WORD = re.compile(r"[a-z0-9]+")
_WEAK = frozenset({
    "le", "la", "les", "l", "de", "des", "du", "d", "un", "une", "en", "au", "aux", "et", "a", "ont", "ce", "ces", "se",
    "sont", "ete", "pour", "sur", "par", "dans", "avec", "nombre", "total", "dont", "soit", "plus", "est", "qui", "que",
    "nos", "notre",
})
#: Units that a figure may have beside the unit of its indicator.
_RELATIVE = frozenset({"%", "points", "pour_mille"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to name an indicator, with where it was met (``catalogue`` or a report's code)."""

    words: frozenset[str]
    text: str
    indicator: str
    unit: str
    relative: bool
    source: str


@dataclass(frozen=True, slots=True)
class Concept:
    """The indicator a label most likely names and how surely (0 to 1); ``a_definir`` below the threshold."""

    indicator: str
    domain: str
    confidence: float


def stems(text: str) -> frozenset[str]:
    """The weighty words of a text, folded and cut to their first seven letters so that plurals and endings agree."""
    return frozenset(w[:7].rstrip("sx") for w in _WORD.findall(fold_label(text)) if w not in _WEAK and len(w) > 2)


class PhraseBook:
    """All phrasings known, ready to be searched by weighted words and by spelling."""

    def __init__(self, catalogue: Catalogue, phrases: Iterable[Phrase]) -> None:
        self._catalogue = catalogue
        self._phrases = list(dict.fromkeys(phrases))
        self._members = frozenset(w for d in DIMENSIONS for alias in catalogue.aliases[d] for w in stems(alias))
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for i, phrase in enumerate(self._phrases):
            for word in phrase.words:
                self._by_word[word].append(i)

    @cached_property
    def _weights(self) -> dict[str, float]:
        indicators_by_word: dict[str, set[str]] = defaultdict(set)
        for phrase in self._phrases:
            for word in phrase.words:
                indicators_by_word[word].add(phrase.indicator)
        total = len({p.indicator for p in self._phrases}) or 1
        return {word: math.log(1 + total / len(found)) for word, found in indicators_by_word.items()}

    def best(self, label: str, heading: str, unit: str, nature: str) -> Concept:
        """The indicator that ``label`` (under ``heading``) names, for a figure in ``unit``."""
        own, context = stems(label), stems(heading)
        scores: dict[str, float] = {}
        for i in self._candidates(own, context):
            phrase = self._phrases[i]
            if not _compatible(phrase, unit, nature):
                continue
            scores[phrase.indicator] = max(scores.get(phrase.indicator, 0.0), self._score(phrase, own, context, label))
        if not scores:
            return Concept(UNMAPPED, "autre", 0.0)
        (indicator, score), *rest = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:2]
        confidence = _calibrated(score, score - (rest[0][1] if rest else 0))
        if confidence < SURE_ENOUGH:
            return Concept(UNMAPPED, self._catalogue.indicators[indicator].domaine if confidence > LIKELY_DOMAIN else "autre", round(confidence, 2))
        return Concept(indicator, self._catalogue.indicators[indicator].domaine, round(confidence, 2))

    def _candidates(self, own: frozenset[str], context: frozenset[str]) -> set[int]:
        rare = sorted(own, key=lambda w: -self._weights.get(w, 0))[:8]
        found = {i for word in rare for i in self._by_word.get(word, ())}
        return found or {i for word in context for i in self._by_word.get(word, ())}

    def _score(self, phrase: Phrase, own: frozenset[str], context: frozenset[str], label: str) -> float:
        def weigh(words: Iterable[str]) -> float:
            return sum(self._weights.get(w, 1.0) for w in words)

        shared, missing = phrase.words & own, phrase.words - own
        helped = missing & context
        covered = (weigh(shared) + 0.6 * weigh(helped)) / (weigh(phrase.words) or 1)
        telling = min(1.0, sum(self._weights.get(w, 0.0) for w in (shared | helped) - self._members) / TELLING_WEIGHT)
        precise = weigh(shared) / (weigh(own) or 1)
        spelled = fuzz.token_set_ratio(phrase.text, fold_label(label)) / 100
        return (0.5 * covered + 0.3 * precise + 0.2 * spelled) * (0.4 + 0.6 * telling)


def _calibrated(score: float, margin: float) -> float:
    """How often a best score with its lead over the next one was right when each report was read without its own phrases."""
    return min(0.95, 0.35 + 0.55 * score * (0.85 + min(0.15, margin)))


def _compatible(phrase: Phrase, unit: str, nature: str) -> bool:
    if phrase.unit == unit:
        return True
    if unit in _RELATIVE:
        return phrase.relative or nature in ("evolution", "part") or phrase.unit in _RELATIVE
    return False


def phrases_of_catalogue(catalogue: Catalogue) -> list[Phrase]:
    """The catalogue's own labels and definitions as phrases."""
    return [
        Phrase(stems(text), fold_label(text), i.code, i.unite, i.unite in _RELATIVE, "catalogue")
        for i in catalogue.indicators.values() if i.code != UNMAPPED
        for text in (i.libelle, i.definition) if stems(text)
    ]


def phrases_of_extract(numbers: pl.DataFrame, source: str) -> list[Phrase]:
    """The labels under which a reviewed report prints each indicator."""
    seen = numbers.filter((pl.col("statut") == "observation") & (pl.col("revue") == "true"))
    rows = seen.select("libelle", "bloc", "indicateur_code", "unite").unique(maintain_order=True)
    found = []
    for label, block, indicator, unit in rows.iter_rows():
        text = f"{label} {block.replace('_', ' ')}"
        if words := stems(text):
            found.append(Phrase(words, fold_label(text), indicator, unit, unit in _RELATIVE, source))
    return found
