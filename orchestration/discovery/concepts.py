"""Meaning by catalogue: a figure is matched to an indicator through the phrasings met so far and the words
that stand around it.

The phrase book holds the catalogue's own labels and definitions, and the labels under which reviewed reports
print each indicator. What speaks for an indicator is weighed by ``WEIGHTS``, fitted on reports read each
without its own phrases (in full, by three lines and by bare label), so that the confidence is close to the
share of right answers. Below ``SURE_ENOUGH`` a figure stays without indicator, and says so.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import polars as pl
from rapidfuzz import fuzz, process

from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, Catalogue
from orchestration.notation.folding import fold_label

SURE_ENOUGH = 0.5
#: Confidence of a figure whose own words are exactly those of the catalogue's label, in its unit.
NAMED = 0.85
#: Above this the domain is likely right even where the indicator stays open.
LIKELY_DOMAIN = 0.4
UNMAPPED = "a_definir"
#: What each piece of evidence adds to the log-odds of an indicator against none (see
#: ``PhraseBook.evidence``).
WEIGHTS: dict[str, float] = {
    "none": -3.2,
    "alone": -0.9,
    "phrase": 0.4,
    "label": 1.82,
    "definition": 1.15,
    "strong": 1.24,
    "full": 0.32,
    "lead": 1.36,
    "known": 1.28,
    "own": 0.99,
    "met": -0.91,
    "relative": -2.17,
    "evolution": 2.17,
    "domain": 2.19,
    "behind": 0.84,
    "alike": -3.54,
    "close": -1.63,
    "nearby": 2.75,
    "page": 2.15,
    "chapter": 0.36,
}
#: How many indicators are weighed for one figure, and lines before it that make its page and its chapter.
CANDIDATES, PAGE, CHAPTER, NEAR = 20, 25, 60, 3
_WORD, _ASIDE = re.compile(r"[a-z0-9]+"), re.compile(r"\([^)]*\)")
_WEAK_WORDS = (
    "le la les l de des du d un une en au aux et a ont ce ces se sont ete pour sur par dans avec nombre "
    "total dont soit plus est qui que nos "
    "notre ou ne pas cette leur leurs son sa ses il elle ils elles nous vous y n s qu c j m t etre avoir "
    "fait dit dite chaque tous toutes tout "
    "toute entre contre vers non sans sous chez lors depuis rapport annee an ainsi afin comme caisse cpam "
    "assurance"
)
_WEAK = frozenset(_WEAK_WORDS.split())
#: Acronyms and everyday synonyms of the field, by the folded word.
_SAME = {
    "ij": "indemnite journaliere",
    "ijs": "indemnite journaliere",
    "css": "c2s",
    "cmuc": "c2s",
    "mk": "masseur kinesitherapeute",
    "ide": "infirmier",
    "ps": "professionnel sante",
    "rdv": "rendez vous",
    "mail": "courriel",
    "mails": "courriel",
    "email": "courriel",
    "emails": "courriel",
    "mel": "courriel",
    "tel": "telephone",
    "telephonique": "telephone",
    "telephoniques": "telephone",
    "cv": "carte vitale",
    "dmp": "dossier medical partage",
    "mt": "medecin traitant",
    "ald": "ald affection longue duree",
    "ame": "ame aide medicale etat",
    "at": "at",
    "mp": "mp",
    "collaborateur": "salarie",
    "collaborateurs": "salarie",
    "collaboratrices": "salarie",
    "agent": "salarie",
    "agents": "salarie",
    "ass": "action sanitaire sociale",
    "cdi": "effectif",
    "cdd": "effectif",
    "etp": "effectif",
    "rqth": "travailleur handicape",
    "dam": "delegue",
    "cra": "recours amiable",
    "rh": "ressource humaine",
    "puma": "puma protection universelle",
}
_SUFFIXES = (
    "issements",
    "issement",
    "ements",
    "ement",
    "ations",
    "ation",
    "atrices",
    "atrice",
    "ateurs",
    "ateur",
    "ites",
    "ite",
    "ives",
    "ive",
    "ifs",
    "if",
    "euses",
    "euse",
    "eurs",
    "eur",
    "elles",
    "elle",
    "els",
    "el",
    "ales",
    "ale",
    "aux",
    "al",
    "aires",
    "aire",
    "iques",
    "ique",
    "ees",
    "ee",
    "es",
    "er",
    "ers",
    "ants",
    "ant",
    "e",
    "s",
    "x",
)
#: An indicator whose label counts by one of these is out where the text does not say it (visits, and visits
#: by day).
_BY = frozenset({"jour", "mois"})
_RELATIVE = frozenset({"%", "points", "pour_mille"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to name an indicator, with where it was met (``label`` or ``definition`` of the catalogue, or a
    report's code).
    """

    words: frozenset[str]
    indicator: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Concept:
    """The indicator a label most likely names and how surely (0 to 1); ``a_definir`` below the threshold."""

    indicator: str
    domain: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Around:
    """The words around a figure: of its own lines, and every word of its page and chapter with a weight up to
    1.
    """

    near: frozenset[str] = frozenset()
    fading: Mapping[str, float] = field(default_factory=dict)
    page: frozenset[str] = frozenset()
    chapter: frozenset[str] = frozenset()


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: len(word) - len(suffix)][:8]
    return word.rstrip("sx")[:8] if len(word) > 3 else word


@lru_cache(maxsize=20_000)
def _stems_in_order(text: str) -> tuple[str, ...]:
    spelled = (w for word in _WORD.findall(fold_label(text)) for w in _SAME.get(word, word).split())
    return tuple(_stem(w) for w in spelled if w not in _WEAK and (len(w) > 2 or w in _SAME))


def stems(text: str) -> frozenset[str]:
    """The weighty words of a text: folded, acronyms spelled out, endings taken off."""
    return frozenset(_stems_in_order(text))


class Surroundings:
    """What stands before each place of a document, as words."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._words = [frozenset(w for w in stems(line[:600]) if not w.isdigit()) for line in self._lines]

    def of(self, line: int, column: int) -> Around:
        """The words around ``column`` (from 0) of ``line`` (from 1)."""
        own = (
            stems(self._lines[line - 1][max(0, column - 300) : column + 200])
            if line <= len(self._lines)
            else frozenset()
        )
        before = self._words[max(0, line - CHAPTER) : line - 1][::-1]
        fading: dict[str, float] = dict.fromkeys(own, 1.0)
        for distance, words in enumerate(before[:PAGE], 1):
            for word in words:
                fading.setdefault(word, 0.88**distance)
        return Around(
            own.union(*before[: NEAR - 1]), fading, own.union(*before[: PAGE - 1]), own.union(*before)
        )


class PhraseBook:
    """All phrasings known, with the weight of every word: the rarer among indicators, the heavier."""

    def __init__(
        self,
        catalogue: Catalogue,
        phrases: Iterable[Phrase],
        habits: Mapping[tuple[str, str], int] = MappingProxyType({}),
    ) -> None:
        self._catalogue = catalogue
        self._habits = habits
        self._phrases: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in dict.fromkeys(phrases):
            self._phrases[phrase.indicator].append(phrase)
        self._members = frozenset(fold_label(alias) for d in DIMENSIONS for alias in catalogue.aliases[d])
        self._units = {i: {p.unit for p in found} for i, found in self._phrases.items()}
        self._met = {
            i: float(any(p.source not in ("label", "definition") for p in found))
            for i, found in self._phrases.items()
        }
        self._vocabulary = {
            i: frozenset(w for p in found for w in p.words) for i, found in self._phrases.items()
        }
        users = Counter(w for words in self._vocabulary.values() for w in words)
        self._weights = {word: math.log(1 + len(self._phrases) / count) for word, count in users.items()}
        self._long = [word for word in self._weights if len(word) >= 6]
        self._by = {i: stems(catalogue.indicators[i].libelle) & _BY for i in self._phrases}
        self._labels: dict[tuple[frozenset[str], str], list[str]] = defaultdict(list)
        for i in self._phrases:
            label, unit = catalogue.indicators[i].libelle, catalogue.indicators[i].unite
            for words in {stems(label), stems(_ASIDE.sub(" ", label))}:
                self._labels[words, unit].append(i)
        self._spelled: dict[str, str] = {}
        self._postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for indicator, found in self._phrases.items():
            for word, weight in _unit_length(self._profile(found)).items():
                self._postings[word].append((indicator, weight))

    def _profile(self, phrases: Sequence[Phrase]) -> dict[str, float]:
        times: dict[str, float] = defaultdict(float)
        for phrase in phrases:
            for word in phrase.words:
                times[word] += 2.0 if phrase.source in ("label", "definition") else 1.0
        return {word: (1 + math.log(count)) * self._weights[word] for word, count in times.items()}

    def best(self, label: str, heading: str, unit: str, nature: str, around: Around | None = None) -> Concept:
        """The indicator that ``label`` (under ``heading``, with what stands ``around``) names, for a figure
        in ``unit``.
        """
        if named := self._named(label, unit):
            return Concept(named, self._catalogue.indicators[named].domaine, NAMED)
        odds = {
            i: sum(WEIGHTS[k] * v for k, v in e.items())
            for i, e in self.evidence(label, heading, unit, nature, around or Around()).items()
        }
        if not odds:
            return Concept(UNMAPPED, "autre", 0.0)
        indicator = max(odds, key=lambda i: (odds[i], i))
        confidence = min(0.95, math.exp(odds[indicator]) / (1 + sum(map(math.exp, odds.values()))))
        domain = self._catalogue.indicators[indicator].domaine
        if confidence < SURE_ENOUGH:
            return Concept(UNMAPPED, domain if confidence > LIKELY_DOMAIN else "autre", round(confidence, 2))
        return Concept(indicator, domain, round(confidence, 2))

    def member_of(self, label: str, indicator: str) -> dict[str, str]:
        """The member that the label of a row names, by its dimension: of several dimensions that know it, the
        one by which reviewed reports break this indicator down; nothing where that does not decide."""
        known = self._catalogue.members_named(label)
        if len(known) > 1:
            used = {d: self._habits.get((indicator, d), 0) for d in known}
            most = max(used.values())
            known = {d: known[d] for d, times in used.items() if times == most and most}
        return known if len(known) == 1 else {}

    def ranked(
        self, label: str, heading: str, unit: str, nature: str, around: Around | None = None, most: int = 5
    ) -> list[Concept]:
        """The likeliest indicators, the best first, each with its share of all that speaks (0 to 1)."""
        evidence = self.evidence(label, heading, unit, nature, around or Around())
        odds = {i: math.exp(sum(WEIGHTS[k] * v for k, v in e.items())) for i, e in evidence.items()}
        whole = 1 + sum(odds.values())
        shares = {i: min(0.95, value / whole) for i, value in odds.items()}
        if named := self._named(label, unit):
            shares[named] = max(NAMED, shares.get(named, 0.0))
        best = sorted(shares, key=lambda i: (-shares[i], i))[:most]
        return [Concept(i, self._catalogue.indicators[i].domaine, round(shares[i], 2)) for i in best]

    def _named(self, label: str, unit: str) -> str | None:
        """The one indicator in ``unit`` whose label in the catalogue has exactly the words of ``label``, when
        they are two or more.
        """
        words = stems(label.split(" | ")[0])
        found = self._labels.get((words, unit), ()) if len(words) > 1 else ()
        return found[0] if len(found) == 1 else None

    def evidence(
        self, label: str, heading: str, unit: str, nature: str, around: Around
    ) -> dict[str, dict[str, float]]:
        """What speaks for each likely indicator: shares and likenesses from 0 to 1 by the names of
        ``WEIGHTS``.
        """
        pieces = [p for p in label.split(" | ") if fold_label(p) not in self._members]
        lead = next(iter(_stems_in_order(label)), "")
        own, title = self._as_known(stems(" ".join(pieces))), self._as_known(stems(heading))
        if not own & self._weights.keys() and not (around.near | title) & self._weights.keys():
            return {}
        fading = (
            Counter(dict(around.fading))
            + Counter(dict.fromkeys(own, 1.5))
            + Counter(dict.fromkeys(title, 0.7))
        )
        page, chapter = self._likeness(_even(around.page | own)), self._likeness(_even(around.chapter | own))
        alike, close, nearby = (
            self._likeness(_even(own)),
            self._likeness(_even(own | title | around.near)),
            self._likeness(fading),
        )
        said = own | title | around.near
        allowed = [
            i
            for i in page.keys() | nearby.keys()
            if (unit in self._units[i] or unit in _RELATIVE) and self._by[i] <= said
        ]
        total = {
            i: alike.get(i, 0.0) + close.get(i, 0.0) + nearby.get(i, 0.0) + page.get(i, 0.0) for i in allowed
        }
        likely = sorted(allowed, key=lambda i: (-total[i], i))[:CANDIDATES]
        domains = self._domains(said)
        found = {}
        for i in likely:
            relative = float(unit in _RELATIVE and self._catalogue.indicators[i].unite not in _RELATIVE)
            found[i] = self._by_words(i, own, title | around.near, lead) | {
                "none": 1.0,
                "relative": relative,
                "evolution": relative * (nature == "evolution"),
                "behind": total[i] - total[likely[0]],
                "domain": domains.get(self._catalogue.indicators[i].domaine, 0.0),
                "nearby": nearby.get(i, 0.0),
                "page": page.get(i, 0.0),
                "chapter": chapter.get(i, 0.0),
                "alike": alike.get(i, 0.0),
                "close": close.get(i, 0.0),
                "alone": float(not around.chapter),
            }
        return found

    def _by_words(
        self, indicator: str, own: frozenset[str], context: frozenset[str], lead: str
    ) -> dict[str, float]:
        """How far the phrases of an indicator are found in a figure's own words, helped by those of its
        context.
        """
        heavy = self._weigh(own) or 1.0
        best = phrase_share = strong = full = label = definition = 0.0
        for phrase in self._phrases[indicator]:
            whole, shared = self._weigh(phrase.words) or 1.0, self._weigh(phrase.words & own)
            helped = (shared + self._weigh((phrase.words - own) & context)) / whole
            if phrase.source == "definition":
                definition = helped
                continue
            if phrase.source == "label":
                label, full = helped, float(shared / whole > 0.99) * min(1.0, shared / 8)
            rank = 0.5 * shared / whole + 0.3 * shared / heavy + 0.4 * helped + 0.15 * min(1.0, shared / 8)
            if rank > best:
                best, phrase_share, strong = rank, helped, min(1.0, shared / 8) * shared / whole
        first = next(iter(_stems_in_order(self._catalogue.indicators[indicator].libelle)), None)
        return {
            "phrase": phrase_share,
            "label": label,
            "definition": definition,
            "strong": strong,
            "full": full,
            "lead": float(first == lead),
            "met": self._met[indicator],
            "known": self._weigh(own & self._vocabulary[indicator]) / heavy,
            "own": min(1.0, heavy / 10),
        }

    def _weigh(self, words: Iterable[str]) -> float:
        return sum(self._weights.get(w, 2.0) for w in words)

    def _likeness(self, words: Mapping[str, float]) -> dict[str, float]:
        """Cosine between weighted words and the profile of each indicator that shares one."""
        found: dict[str, float] = defaultdict(float)
        for word, weight in _unit_length(
            {w: x * self._weights.get(w, 3.0) for w, x in words.items()}
        ).items():
            for indicator, of_profile in self._postings.get(word, ()):
                found[indicator] += weight * of_profile
        return found

    def _domains(self, words: Iterable[str]) -> dict[str, float]:
        """The share of each domain among what the words speak of."""
        found: dict[str, float] = defaultdict(float)
        for word in words:
            for indicator, _ in (posted := self._postings.get(word, ())):
                found[self._catalogue.indicators[indicator].domaine] += self._weights[word] / len(posted)
        whole = sum(found.values()) or 1.0
        return {domain: share / whole for domain, share in found.items()}

    def _as_known(self, words: frozenset[str]) -> frozenset[str]:
        """Words as the book spells them: a long one with a slip of the pen is read as its nearest
        neighbour.
        """
        return frozenset(
            w if w in self._weights or len(w) < 7 or not w.isalpha() else self._nearest(w) for w in words
        )

    def _nearest(self, word: str) -> str:
        if word not in self._spelled:
            found = process.extractOne(word, self._long, scorer=fuzz.ratio, score_cutoff=87)
            self._spelled[word] = found[0] if found else word
        return self._spelled[word]


def _even(words: Iterable[str]) -> dict[str, float]:
    return dict.fromkeys(words, 1.0)


def _unit_length(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(x * x for x in weights.values())) or 1.0
    return {word: x / length for word, x in weights.items()}


def phrases_of_catalogue(catalogue: Catalogue) -> list[Phrase]:
    """The catalogue's own labels and definitions as phrases."""
    return [
        Phrase(stems(text), i.code, i.unite, source)
        for i in catalogue.indicators.values()
        if i.code != UNMAPPED
        for source, text in (("label", i.libelle), ("definition", i.definition))
        if stems(text)
    ]


def habits_of_extract(numbers: pl.DataFrame) -> Counter[tuple[str, str]]:
    """How many reviewed figures of each indicator are broken down by each dimension."""
    seen = numbers.filter((pl.col("statut") == "observation") & (pl.col("revue") == "true"))
    found: Counter[tuple[str, str]] = Counter()
    for dimension in DIMENSIONS:
        said = seen.filter(~pl.col(f"{dimension}_code").is_in(["", UNSTATED]))
        for indicator, count in said["indicateur_code"].value_counts().iter_rows():
            found[indicator, dimension] += count
    return found


def phrases_of_extract(numbers: pl.DataFrame, source: str) -> list[Phrase]:
    """The labels under which a reviewed report prints each indicator, with and without the name of their
    block.
    """
    seen = numbers.filter((pl.col("statut") == "observation") & (pl.col("revue") == "true"))
    rows = seen.select("libelle", "bloc", "indicateur_code", "unite").unique(maintain_order=True)
    return [
        Phrase(words, indicator, unit, source)
        for label, block, indicator, unit in rows.iter_rows()
        for text in (f"{label} {block.replace('_', ' ')}", label)
        if (words := stems(text))
    ]
