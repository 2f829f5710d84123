"""Meaning by catalogue: what a figure most likely measures, and how surely.

The words of a figure and around it are held against the phrase book (``phrases``); what speaks for a
domain and for a meaning (``evidence``) is weighed by ``weights.json``, which ``make weights`` fits from the
reviewed reports, each body read without its own phrases and its own rows of the catalogue. Where no
indicator is sure enough the answer is its concept, then the parent of that, then the domain; the confidence
is close to the share of right answers on bodies that the weights have never seen.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from orchestration.discovery.evidence import domain_evidence, sense_evidence
from orchestration.discovery.phrases import UNMAPPED, PhraseBook, Sense
from orchestration.discovery.wording import Around, SeenFigure, stems, surroundings
from orchestration.extraction.catalogue import UNSTATED

#: Least confidence of what is given: an indicator or a concept, and a domain. Of a body left out, 85 % of the
#: meanings given from 0.7 on are right (84 % from 0.65 on, 87 % from 0.75 on), 93 % of the domains.
SURE_ENOUGH, LIKELY_DOMAIN = 0.7, 0.72
#: Confidence of a figure whose own words are exactly those of the catalogue's label, in its unit.
NAMED = 0.85
#: The domain of a figure nobody can place.
NO_DOMAIN = "autre"
#: How many meanings are proposed.
PROPOSED = 5
#: Figures under one heading that help each other to their meaning: how many on each side, how many lines off.
UNDER_FIGURES, UNDER_LINES = 15, 25
#: Lines after which a section may as well be another, and what a figure alone tells of its section: figures
#: share the words around them, so that each says little that the one before has not said.
SECTION, ALONE = 40.0, 0.4
_LEAST_LOG = -12.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What each piece of evidence adds to the log-odds, by its name; ``*_sure`` turn a log-odds into the
    confidence (offset, slope, and the most that it may promise)."""

    domain: Mapping[str, float]
    neighbours: Mapping[str, float]
    sense: Mapping[str, float]
    together: Mapping[str, float]
    domain_sure: tuple[float, float, float]
    sense_sure: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A meaning that a figure may have: a concept of the core or an indicator, with its confidence."""

    code: str
    core: bool
    indicator: str
    domain: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Concept:
    """What a figure most likely means and how surely (0 to 1): ``indicator`` is ``a_definir`` and ``concept``
    ``non_precise`` where they are not sure enough, ``domain`` then still tells what can be told."""

    indicator: str
    domain: str
    confidence: float
    concept: str = UNSTATED
    domain_confidence: float = 0.0
    proposals: tuple[Proposal, ...] = ()

    @property
    def given(self) -> str:
        """The most precise of what is given: an indicator, a concept, or nothing."""
        return self.indicator if self.indicator != UNMAPPED else self.concept


class Meanings:
    """The meanings of the figures ``seen`` in ``text``, in their order: neighbours help each other. That of a
    figure is looked for when it is asked.
    """

    def __init__(
        self, book: PhraseBook, seen: Sequence[SeenFigure], text: str, weights: Weights | None = None
    ) -> None:
        self._book, self._seen = book, seen
        self._scores: dict[int, tuple[dict[str, float], dict[str, float]]] = {}
        self._found: dict[int, Concept] = {}
        self._known: dict[int, dict[str, float]] = {}
        if book.domains:
            self._weights = weights or load_weights()
            self._around = surroundings(seen, text, book.members)
            self._domains = domains_of(book, seen, self._around, self._weights)

    def of(self, at: int) -> Concept:
        """The meaning of the figure at a place in ``seen``."""
        if not self._book.domains:  # a catalogue that is empty yet
            return Concept(UNMAPPED, NO_DOMAIN, 0.0)
        if at not in self._found:
            shares = self._shares(at)
            self._found[at] = _decided(self._book, self._seen[at], shares, self._domains[at], self._weights)
        return self._found[at]

    def beside(self, decided: Mapping[int, str]) -> Meanings:
        """These meanings where somebody decided which indicator the figures at some places measure: they help
        those under their heading for certain. Of a body left out, read from its first figure to its last, the
        right sense is then first for 70 to 86 % of the figures of the three longest reports (65 to 81 %
        without).
        """
        told = copy(self)
        told._found = {}
        senses = ((at, self._book.sense_of.get(code)) for at, code in decided.items())
        told._known = {at: {sense: 1.0} for at, sense in senses if sense}
        return told

    def _shares(self, at: int) -> dict[str, float]:
        """The share of each likely sense of a figure, helped by those under the same heading."""
        near = under_one_heading(self._seen, at)
        helpers = [self._known.get(other) or self._alone(other)[1] for other in near]
        shares = shares_of(together(self._alone(at)[0], helpers, self._weights.together))
        return with_named(self._book, self._seen[at], shares)

    def _alone(self, at: int) -> tuple[dict[str, float], dict[str, float]]:
        """The log-odds and the shares of the likely senses of a figure alone."""
        if at not in self._scores:
            figure, around, domains = self._seen[at], self._around[at], self._domains[at]
            scores = sense_scores(self._book, figure, around, domains, self._weights)
            self._scores[at] = scores, shares_of(scores)
        return self._scores[at]


def concepts_in(
    book: PhraseBook, seen: Sequence[SeenFigure], text: str, weights: Weights | None = None
) -> list[Concept]:
    """The meaning of each of the figures ``seen`` in ``text``, in their order."""
    meanings = Meanings(book, seen, text, weights)
    return [meanings.of(at) for at in range(len(seen))]


def domains_of(
    book: PhraseBook, seen: Sequence[SeenFigure], around: Sequence[Around], weights: Weights
) -> list[dict[str, float]]:
    """The logarithm of the probability of each domain for each figure, helped by those of its section."""
    alone = [
        _log_shares(
            {
                d: sum(w * values[at] for w, values in zip(weights.domain.values(), evidence, strict=True))
                for at, d in enumerate(book.domains)
            }
        )
        for evidence in (domain_evidence(book, s, a) for s, a in zip(seen, around, strict=True))
    ]
    own, beside = weights.neighbours["own"], weights.neighbours["beside"]
    return [
        _log_shares({d: own * x + beside * near[d] for d, x in mine.items()})
        for mine, near in zip(alone, in_sections(seen, alone), strict=True)
    ]


def in_sections(seen: Sequence[SeenFigure], alone: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """The logarithm of the probability of each domain for each figure where a domain lasts for a section: a
    chain from the first figure to the last, read in both directions."""
    domains = list(alone[0]) if alone else []
    told = [[math.exp(ALONE * of[d]) for d in domains] for of in alone]
    apart = [abs(b.line - a.line) for a, b in pairwise(seen)]
    stays = [math.exp(-lines / SECTION) for lines in apart]
    before = _messages(told, stays)
    behind = _messages(told[::-1], stays[::-1])[::-1]
    return [
        _log_shares({d: math.log(max(1e-12, x * y * z)) for d, x, y, z in zip(domains, *of, strict=True)})
        for of in zip(told, before, behind, strict=True)
    ]


def _messages(told: Sequence[Sequence[float]], stays: Sequence[float]) -> list[list[float]]:
    """What the figures before each one tell of its domain, as shares."""
    size = len(told[0]) if told else 1
    found = [[1 / size] * size]
    for of, stay in zip(told, stays, strict=False):
        shares = [x * y for x, y in zip(of, found[-1], strict=True)]
        whole = sum(shares)
        found.append([stay * x / whole + (1 - stay) / size for x in shares])
    return found[: len(told)]


def sense_scores(
    book: PhraseBook, figure: SeenFigure, around: Around, domains: Mapping[str, float], weights: Weights
) -> dict[str, float]:
    """The log-odds of each likely sense of one figure alone, against none of them."""
    evidence = sense_evidence(book, figure, around, domains)
    return {
        code: sum(weights.sense[name] * value for name, value in of.items()) for code, of in evidence.items()
    }


def under_one_heading(seen: Sequence[SeenFigure], at: int) -> list[int]:
    """The places of the figures near the one at a place under its heading."""
    figure, first = seen[at], max(0, at - UNDER_FIGURES)
    return [
        near
        for near, other in enumerate(seen[first : at + UNDER_FIGURES + 1], first)
        if near != at and other.heading == figure.heading and abs(other.line - figure.line) <= UNDER_LINES
    ]


def together(
    scores: Mapping[str, float], helpers: Sequence[Mapping[str, float]], weights: Mapping[str, float]
) -> dict[str, float]:
    """Log-odds of senses with what the figures under the same heading say: their mean share of each."""
    return {
        code: weights["own"] * score + weights["none"] + weights["under"] * mean_share(code, helpers)
        for code, score in scores.items()
    }


def mean_share(code: str, helpers: Sequence[Mapping[str, float]]) -> float:
    """The mean share of a sense among ``helpers``; 0 where there are none."""
    return sum(shares.get(code, 0.0) for shares in helpers) / max(1, len(helpers))


def shares_of(scores: Mapping[str, float]) -> dict[str, float]:
    """The share of each sense among all that speaks, ``none`` of them included."""
    most = max([0.0, *scores.values()])
    odds = {code: math.exp(score - most) for code, score in scores.items()}
    whole = math.exp(-most) + sum(odds.values())
    return {code: x / whole for code, x in odds.items()}


def with_named(book: PhraseBook, figure: SeenFigure, shares: Mapping[str, float]) -> dict[str, float]:
    """Shares in which the sense that the label of a figure names in full has at least ``NAMED``; where the
    head of its column does, the others have no more than the rest.
    """
    if named := book.named(figure.label, figure.unit):
        code = book.sense_of[named]
        return {**shares, code: max(NAMED, shares.get(code, 0.0))}
    head = book.heads(figure.label, figure.unit, figure.heading)
    if head is None:
        return dict(shares)
    code = book.sense_of[head]
    own = max(NAMED, shares.get(code, 0.0))
    others = sum(share for other, share in shares.items() if other != code)
    less = min(1.0, (1 - own) / others) if others else 1.0
    return {other: share * less for other, share in shares.items()} | {code: own}


def domain_shares(
    book: PhraseBook, shares: Mapping[str, float], domains: Mapping[str, float]
) -> dict[str, float]:
    """The probability of each domain: of its senses, and of the words alone for what no sense takes."""
    rest = max(0.0, 1.0 - sum(shares.values()))
    found = {d: rest * math.exp(x) for d, x in domains.items()}
    for code, share in shares.items():
        found[book.senses[code].domain] += share
    return found


def _decided(
    book: PhraseBook,
    figure: SeenFigure,
    shares: Mapping[str, float],
    domains: Mapping[str, float],
    weights: Weights,
) -> Concept:
    ranked = sorted(shares, key=lambda code: (-shares[code], code))
    proposals = tuple(
        _proposal(book, figure, book.senses[code], sureness(shares[code], weights.sense_sure))
        for code in ranked[:PROPOSED]
    )
    by_domain = domain_shares(book, shares, domains)
    domain = max(by_domain, key=lambda d: (by_domain[d], d))
    sure = sureness(by_domain[domain], weights.domain_sure)
    placed = domain if sure >= LIKELY_DOMAIN else NO_DOMAIN
    if proposals and proposals[0].confidence >= SURE_ENOUGH:
        best = proposals[0]
        concept = best.code if best.core else book.catalogue.indicators[best.indicator].concept
        return Concept(best.indicator, best.domain, best.confidence, concept, sure, proposals)
    parent, confidence = _parent(book, shares, weights)
    if confidence >= SURE_ENOUGH:
        wider = book.catalogue.concepts[parent].domaine
        return Concept(UNMAPPED, wider, confidence, parent, sure, proposals)
    best_confidence = proposals[0].confidence if proposals else 0.0
    return Concept(UNMAPPED, placed, best_confidence, UNSTATED, sure, proposals)


def _proposal(book: PhraseBook, figure: SeenFigure, sense: Sense, confidence: float) -> Proposal:
    return Proposal(sense.code, sense.core, _indicator(book, figure, sense), sense.domain, confidence)


def _indicator(book: PhraseBook, figure: SeenFigure, sense: Sense) -> str:
    """The indicator of a sense that a figure names: the only one, or the one whose own words are nearest
    among those in its unit."""
    of = [book.catalogue.indicators[code] for code in sense.indicators]
    of = [i for i in of if i.unite == figure.unit] or of
    if not of:
        return UNMAPPED
    said = stems(f"{figure.label} {figure.heading}")

    def near(text: str) -> float:
        words = stems(text)
        return book.weigh(words & said) / (book.length(words) or 1.0)

    return max(of, key=lambda i: (near(f"{i.libelle} {' '.join(i.aliases)}"), i.code)).code


def _parent(book: PhraseBook, shares: Mapping[str, float], weights: Weights) -> tuple[str, float]:
    """The concept that holds most of the shares with its children, and how surely."""
    found: dict[str, float] = defaultdict(float)
    for code, share in shares.items():
        if code in book.catalogue.concepts:
            found[book.catalogue.concepts[code].parent or code] += share
    if not found:
        return UNSTATED, 0.0
    best = max(found, key=lambda code: (found[code], code))
    return best, sureness(min(1.0, found[best]), weights.sense_sure)


def sureness(share: float, line: tuple[float, float, float]) -> float:
    """The confidence of an answer that has this share: the share of right answers, as fitted, and no more
    than the surest answers held."""
    bounded = min(1 - 1e-6, max(1e-6, share))
    offset, slope, most = line
    told = 1 / (1 + math.exp(-(offset + slope * math.log(bounded / (1 - bounded)))))
    return round(min(most, told), 2)


def _log_shares(scores: Mapping[str, float]) -> dict[str, float]:
    most = max(scores.values())
    whole = most + math.log(sum(math.exp(x - most) for x in scores.values()))
    return {d: max(_LEAST_LOG, x - whole) for d, x in scores.items()}


WEIGHTS_FILE = Path(__file__).with_name("weights.json")


@lru_cache(maxsize=8)
def load_weights(without: str = "") -> Weights:
    """The weights in use; or those fitted without the body of the report ``without``, for honest measures."""
    kept = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return weights_from(kept["without"][without] if without else kept["weights"])


def weights_from(kept: Mapping[str, Mapping[str, float]]) -> Weights:
    """Weights as the file keeps them."""
    sure = {
        name: (kept[name]["offset"], kept[name]["slope"], kept[name]["most"])
        for name in ("domain_sure", "sense_sure")
    }
    return Weights(kept["domain"], kept["neighbours"], kept["sense"], kept["together"], **sure)
