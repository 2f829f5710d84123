"""Indicators by words: those of their names first, then of other words for them, of the concepts above them
and of their definitions; whatever the accents and endings, and in any order.

Does not belong here: what a figure most likely means (``suggestions``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from orchestration.discovery.phrases import UNMAPPED
from orchestration.discovery.wording import stems
from orchestration.extraction.catalogue import Catalogue, Indicator, Notion
from orchestration.notation.folding import fold_label

#: What a word counts for by where it stands.
_NAME, _ALIAS, _ABOVE, _DEFINITION = 1.0, 0.9, 0.6, 0.4
#: What a word counts for that only begins another, or is spelled nearly alike (and how nearly, and from how
#: many letters on).
_BEGINS, _NEARLY, _ALIKE, _LETTERS = 0.8, 0.6, 85, 5
#: The least share of the words of a search that must be found.
_LEAST = 0.5
#: What a word weighs that the catalogue does not know.
_UNKNOWN = 2.0
#: What counts beside the words found: that they say all of the name, or spell a name (of the concept: less),
#: that they stand in one as they are, that the indicator is of the core.
_ALL_OF_NAME, _WHOLE, _LITERAL, _CORE = 0.25, 0.3, 0.1, 0.1
_MOST = 1 + _ALL_OF_NAME + _WHOLE + _LITERAL + _CORE


class Index:
    """The words of every indicator of a catalogue, each with what it counts for."""

    def __init__(self, catalogue: Catalogue) -> None:
        known = [i for code, i in catalogue.indicators.items() if code != UNMAPPED]
        self._entries = [_entry(catalogue, indicator) for indicator in known]
        users = Counter(word for entry in self._entries for word in entry.worth)
        self._rarity = {word: math.log(1 + len(known) / n) for word, n in users.items()}

    def find(self, words: str) -> list[tuple[str, float]]:
        """The indicators that answer to some words, those first that have them all, each with how near it is
        (0 to 1).
        """
        said = [self._alike(word) for word in sorted(_words(words))]
        weights = [max((self._rarity[w] for w in near), default=_UNKNOWN) for near in said]
        found = []
        for entry in self._entries:
            best = [max((entry.worth.get(o, 0.0) * x for o, x in near.items()), default=0.0) for near in said]
            share = sum(w for w, x in zip(weights, best, strict=True) if x) / (sum(weights) or 1.0)
            if share >= _LEAST:
                told = sum(w * x for w, x in zip(weights, best, strict=True)) / sum(weights)
                near = (told + self._besides(entry, words, said)) / _MOST
                found.append((not all(best), -near, entry.label, entry.code))
        return [(code, -near) for _, near, _, code in sorted(found)]

    def _besides(self, entry: Entry, words: str, said: Sequence[Mapping[str, float]]) -> float:
        """What counts beside the words that are found."""
        told = {other for near in said for other in near}
        spelled, literal = fold_label(words), set(fold_label(words).split())
        return (
            _ALL_OF_NAME * self._weight(entry.name & told) / (self._weight(entry.name) or 1.0)
            + _WHOLE * entry.spelled.get(spelled, 0.0)
            + _LITERAL * len(literal & entry.literal) / len(literal)
            + _CORE * entry.core
        )

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self._rarity[word] for word in words)

    def _alike(self, word: str) -> dict[str, float]:
        """The words of the catalogue that one of a search may be, with what is left of it."""
        begun = {o: _BEGINS for o in self._rarity if len(word) > 2 and o.startswith(word)}
        if word in self._rarity:
            return {**begun, word: 1.0}
        return begun or {o: _NEARLY for o in self._rarity if _is_nearly(word, o)}


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator as it is looked for: what each word counts for, those of its name without endings, its
    names as they are spelled with what each counts for, the words in them as they are, and whether it is of
    the core.
    """

    code: str
    label: str
    worth: Mapping[str, float]
    name: frozenset[str]
    spelled: Mapping[str, float]
    literal: frozenset[str]
    core: bool


def _entry(catalogue: Catalogue, indicator: Indicator) -> Entry:
    above = list(_above(catalogue, indicator))
    own = (indicator.libelle, indicator.code.replace("_", " "), *indicator.aliases)
    wider = [text for one in above for text in (one.libelle, *one.aliases)]
    told = [(_DEFINITION, [indicator.definition]), (_ABOVE, wider), (_ALIAS, own), (_NAME, own[:2])]
    return Entry(
        indicator.code,
        indicator.libelle,
        {word: worth for worth, texts in told for text in texts for word in _words(text)},
        _words(indicator.libelle),
        {**dict.fromkeys(map(fold_label, wider), _ABOVE), **dict.fromkeys(map(fold_label, own), 1.0)},
        frozenset(word for text in own for word in fold_label(text).split()),
        bool(above),
    )


def _above(catalogue: Catalogue, indicator: Indicator) -> Iterator[Notion]:
    seen: set[str] = set()
    concept = catalogue.concepts.get(indicator.concept)
    while concept is not None and concept.code not in seen:
        yield concept
        seen.add(concept.code)
        concept = catalogue.concepts.get(concept.parent)


def _is_nearly(word: str, other: str) -> bool:
    return len(word) >= _LETTERS and fuzz.ratio(word, other) >= _ALIKE


@lru_cache(maxsize=8192)
def _words(text: str) -> frozenset[str]:
    """The words of a text without endings; all of them where none weighs anything."""
    return stems(text) or frozenset(fold_label(text).split())
