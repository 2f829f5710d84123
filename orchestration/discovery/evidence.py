"""What speaks for each domain and each meaning of a figure, as numbers by name.

Belongs here: looking at the words of a figure and around it through the phrase book. Does not belong here:
how much each piece of evidence counts (``weights.json``), and what follows from it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from orchestration.discovery.phrases import MEASURES, Naming, PhraseBook, Sense, unit_length
from orchestration.discovery.wording import Around, SeenFigure, stems, stems_in_order

#: How many senses are weighed for one figure.
CANDIDATES = 24
RELATIVE = frozenset({"%", "points", "pour_mille"})
#: Words of a label that say how a figure is shown, not what it measures.
_SHOWN = stems(
    "évolution montant total nombre part taux répartition année mois trimestre spécialité type nature"
)
#: Evidence for a domain: the log-odds of the words of each place (the label without the members it names,
#: those members, a heading as far as it is recent, what leads a label of members alone), and of the unit.
OF_DOMAIN = (
    *(
        "label",
        "member",
        "title",
        "lonely_leads",
        "titles",
        "leads",
        "near",
        "after",
        "page",
        "chapter",
        "unit",
    ),
)
#: Evidence for a sense; all but the last row can only speak for it (their weights are never negative).
SPEAKS_FOR = (
    "label",
    "alias",
    "met",
    "met_strong",
    "known",
    "lead",
    "page",
    "chapter",
    "likeness",
    "title_alias",
    "member",
    "title",
    "title_alone",
    "title_known",
)
OF_SENSE = (
    *SPEAKS_FOR,
    *("none", "length", "behind", "unit", "other_unit", "relative", "evolution", "domain", "core", "printed"),
    *("no_indicator", "other_measure", "measure_unsaid", "other_title"),
    *("lead_unsaid", "rest", "share_stated"),
)
#: What a word of the heading and of the lines around is worth beside one of the label.
_IN_TITLE, _NEARBY = 0.5, 0.35
#: Weight at which a phrase says enough.
_TELLING, _LONG = 8.0, 9.0


def domain_evidence(book: PhraseBook, seen: SeenFigure, around: Around) -> list[tuple[float, ...]]:
    """By piece of evidence (in the order of ``OF_DOMAIN``), its value for each domain of the book."""
    nothing = (0.0,) * len(book.domains)
    leads = _odds(book, around.leads)
    return [
        _odds(book, _even(around.bare)),
        _odds(book, _even(around.own - around.bare)),
        tuple(around.recent * odds for odds in _odds(book, _even(around.title))),
        nothing if _says_what(book, around) else leads,
        _odds(book, around.titles),
        leads,
        _odds(book, _even(around.near - around.own)),
        _odds(book, _even(around.after)),
        _odds(book, around.fading),
        _odds(book, _even(around.chapter)),
        book.of_unit.get(seen.unit, nothing),
    ]


def _says_what(book: PhraseBook, around: Around) -> bool:
    """Whether a label says what is measured, in words that the catalogue knows; a member does not."""
    return bool((around.bare - _SHOWN) & book.rarity.keys())


def _subject(book: PhraseBook, around: Around) -> frozenset[str]:
    """The words that say what is measured: those of the label, or of the heading where they do not."""
    titled = not _says_what(book, around) and around.title & book.rarity.keys()
    return around.title if titled else around.own


def _odds(book: PhraseBook, words: Mapping[str, float]) -> tuple[float, ...]:
    """The log-odds of words for each domain, over the square root of their number."""
    total, count = [0.0] * len(book.domains), 0.0
    for word, weight in words.items():
        if of_word := book.of_word.get(word):
            count += weight * weight
            for d, odds in enumerate(of_word):
                total[d] += weight * odds
    length = math.sqrt(count) or 1.0
    return tuple(x / length for x in total)


def sense_evidence(
    book: PhraseBook, seen: SeenFigure, around: Around, domains: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """What speaks for each likely sense, by the names of ``OF_SENSE``; ``domains`` holds the logarithm of the
    probability of each domain."""
    known = book.rarity.keys()
    if not around.own & known and not around.context & known:
        return {}
    page = _likeness(book, _even(around.page | around.own))
    chapter = _likeness(book, _even(around.chapter | around.own))
    total, likely = _candidates(book, seen, around, domains, page)
    weighed = _Words(book, around)
    found = {}
    for code in likely:
        sense = book.senses[code]
        relative = float(seen.unit in RELATIVE and sense.unit not in RELATIVE)
        found[code] = weighed.of(sense) | {
            "none": 1.0,
            "page": page.get(code, 0.0),
            "chapter": chapter.get(code, 0.0),
            "behind": total[code] - total[likely[0]],
            "unit": float(seen.unit == sense.unit),
            "other_unit": float(seen.unit != sense.unit and not relative),
            "relative": relative,
            "evolution": relative * (seen.nature == "evolution"),
            "share_stated": relative * (seen.nature not in ("evolution", "part")),
            "domain": domains[sense.domain],
            "core": float(sense.core),
            "printed": float(book.met[code] > 0),
            "no_indicator": float(not sense.indicators),
        }
    return found


def _candidates(
    book: PhraseBook,
    seen: SeenFigure,
    around: Around,
    domains: Mapping[str, float],
    page: Mapping[str, float],
) -> tuple[dict[str, float], list[str]]:
    """The senses that the words may mean, in this unit, with how alike they are; and the likeliest, the best
    first."""
    own, said = _subject(book, around), around.own | around.context
    fading: dict[str, float] = defaultdict(float, around.fading)
    for words, worth in ((own, 1.5), (around.title, 0.7)):
        for word in words:
            fading[word] += worth
    alike = _likeness(book, _even((around.bare if own is around.own else own) or own))
    close, nearby = _likeness(book, _even(said)), _likeness(book, fading)
    total = {
        code: 1.5 * alike.get(code, 0.0)
        + close.get(code, 0.0)
        + nearby.get(code, 0.0)
        + page.get(code, 0.0)
        + 0.15 * domains[book.senses[code].domain]
        for code in page.keys() | nearby.keys()
        if _fits(book, code, seen.unit) and book.counted_by[code] <= said
    }
    return total, sorted(total, key=lambda code: (-total[code], code))[:CANDIDATES]


def _fits(book: PhraseBook, code: str, unit: str) -> bool:
    return unit in RELATIVE or unit in book.senses[code].units or unit in book.met_units.get(code, ())


class _Words:
    """How far the phrases of a sense are found in the words of one figure."""

    def __init__(self, book: PhraseBook, around: Around) -> None:
        self._book, self._around, self._own = book, around, _subject(book, around)
        self._titled = self._own is not around.own
        self._member = frozenset() if self._titled else around.own - around.bare
        self._worth: dict[str, float] = dict.fromkeys(self._own, 1.0)
        for words, worth in ((around.title, _IN_TITLE), (around.near, _NEARBY)):
            for word in words:
                self._worth.setdefault(word, worth)
        self._length = (
            math.sqrt(sum((x * book.rarity.get(w, 2.0)) ** 2 for w, x in self._worth.items())) or 1.0
        )
        self._title_length = book.length(around.title) or 1.0
        self._heavy = book.weigh(self._own) or 1.0
        self._title_weight = book.weigh(around.title) or 1.0
        #: A phrase that shares no word with these says nothing.
        self._met_here = frozenset(self._worth) | around.context | self._member

    def of(self, sense: Sense) -> dict[str, float]:
        book, around = self._book, self._around
        own, said = self._own, book.said[sense.code]
        known, unsaid = book.rarity.keys(), around.own - book.vocabulary[sense.code]
        best = dict.fromkeys(SPEAKS_FOR, 0.0)
        nearest = 0.0
        for naming in book.namings[sense.code]:
            if naming.source == "definition" or self._met_here.isdisjoint(naming.words):
                continue
            shared = book.weigh(naming.words & own)
            helped = (shared + book.weigh((naming.words - own) & around.context)) / naming.weight
            self._likeness_to(naming, best)
            if naming.source == "met":
                nearest = self._met(naming, shared, helped, nearest, best)
            else:
                self._named(naming, helped, best)
        lead = next(iter(stems_in_order(sense.label)), None)
        return best | {
            "known": book.weigh(own & book.vocabulary[sense.code]) / self._heavy,
            "lead": float(lead == around.lead and not self._titled),
            "length": min(1.0, self._heavy / 10),
            "lead_unsaid": float(not self._titled and around.lead in unsaid & known),
            "rest": min(1.5, book.weigh(unsaid & around.bare) / 10),
            "title_alone": best["title"] * self._titled,
            "title_known": book.weigh(around.title & said) / self._title_weight,
            "other_measure": book.weigh((around.bare & MEASURES) - said) / 10,
            "other_title": book.weigh((around.title & MEASURES) - said) / 10,
            "measure_unsaid": book.weigh(book.measured[sense.code] - own - around.context) / 10,
        }

    def _likeness_to(self, naming: Naming, best: dict[str, float]) -> None:
        """Cosines of the figure's words and of its heading with a phrase."""
        rarity = self._book.rarity
        inner = sum(self._worth[w] * rarity.get(w, 2.0) ** 2 for w in naming.words if w in self._worth)
        best["likeness"] = max(best["likeness"], inner / (naming.length * self._length))
        titled = sum(rarity.get(w, 2.0) ** 2 for w in naming.words & self._around.title)
        best["title"] = max(best["title"], titled / (naming.length * self._title_length))

    def _met(
        self, naming: Naming, shared: float, helped: float, nearest: float, best: dict[str, float]
    ) -> float:
        rank = (
            0.5 * shared / naming.weight
            + 0.3 * shared / self._heavy
            + 0.4 * helped
            + 0.15 * min(1.0, shared / _TELLING)
        )
        if rank > nearest:
            best["met"] = helped
            best["met_strong"] = min(1.0, shared / _LONG) * shared / naming.weight
        return max(rank, nearest)

    def _named(self, naming: Naming, helped: float, best: dict[str, float]) -> None:
        """A label or alias of the catalogue: said in full by the label of the figure, by a member alone, or
        by the heading."""
        others = self._book.shared[naming.words]
        if naming.source == "label":
            best["label"] = max(best["label"], helped)
        if naming.words <= self._member:
            best["member"] = 1.0
        elif naming.words <= self._own:
            best["alias"] = max(best["alias"], min(1.5, naming.weight / _TELLING) / math.sqrt(others))
        if naming.words <= self._around.title:
            best["title_alias"] = max(best["title_alias"], min(1.0, naming.weight / _LONG) / others)


def _likeness(book: PhraseBook, words: Mapping[str, float]) -> dict[str, float]:
    """Cosine between weighted words and the profile of each sense that shares one."""
    found: dict[str, float] = defaultdict(float)
    for word, weight in unit_length({w: x * book.rarity.get(w, 3.0) for w, x in words.items()}).items():
        for code, of_profile in book.postings.get(word, ()):
            found[code] += weight * of_profile
    return found


def _even(words: Iterable[str]) -> dict[str, float]:
    return dict.fromkeys(words, 1.0)
