"""The phrase book: every way in which the catalogue and the reviewed reports name a meaning.

A meaning (``Sense``) is a concept of the core, or an indicator outside it. Belongs here: which words speak
for which sense and which domain, and how rare each is. Does not belong here: weighing them for a figure.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from orchestration.discovery.headers import WHOLE
from orchestration.discovery.wording import stems
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, Catalogue
from orchestration.notation.folding import fold_label

UNMAPPED = "a_definir"
#: What a draft notes of a figure without indicator: its concept is missing, or only the choice among its
#: indicators. A decision takes the note away.
UNSURE_NOTES = ("concept non reconnu", "indicateur à choisir")
#: What a word counts for in the profile of a sense, by where its phrase comes from.
SOURCES = {"label": 2.0, "alias": 1.5, "definition": 1.0, "met": 1.0}
#: What a word of the vocabulary of a domain counts for beside those of its senses.
_OF_DOMAIN, _DEFINES_DOMAIN, _OF_SENSE = 3.0, 2.0, 1.2
#: Limits of the log-odds of one word for a domain, and what every word has at least been seen.
_LEAST, _MOST, _UNSEEN = -2.0, 2.4, 0.3
#: From this share on, a dimension is the one by which a domain is broken down.
USUAL = 0.9
_ASIDE = re.compile(r"\([^)]*\)")
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
#: A sense whose label counts by one of these is out where the text does not say it (visits, and by day).
_BY = frozenset({"jour", "mois"})
#: Words of a row that make another measure of its columns.
_OTHER_MEASURE = stems("moyen moyenne médian taux part délai durée jour mois")
#: Words that say what is measured of a subject: where a figure has one that a sense does not know, it is
#: something else (a delay, a share, a departure).
MEASURES = stems(
    "délai durée moyen moyenne médian taux part montant coût âge contrôle contrôlés demande refus rejet "
    "accord évité récupéré récupération recouvré participants ciblés éligibles départs embauches formation "
    "heures jours séances visites rendez-vous appels création créés ouverture ouverts fermeture fermés "
    "bénéficiaires dossiers contrats communes population établissements plafond seuil objectif invitations "
    "tests kits satisfaction fiabilité télétransmission scor décroché attente reçus traités envoyés en cours "
    "clos instruits signalements avis décisions condamnations plaintes pénalités avertissements lettres "
    "saisines issues connexions comptes télétravail absentéisme densité dépassement secteur dépistage "
    "vaccination subventions aides indus recours pensions rentes décomptes arrêts attestations courriels "
    "courriers effectif salariés recrutement candidatures entretiens postes projets réunions campagnes "
    "couverture adhésion dématérialisation investissements charges produits budget score points membres "
    "sièges sites bornes enquête répondants notifiés professionnels médecins"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to name an indicator; ``source`` is the code of the report that prints it."""

    words: frozenset[str]
    indicator: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Sense:
    """What a figure may mean: a concept of the ``core`` with its indicators, or one indicator outside it."""

    code: str
    core: bool
    domain: str
    unit: str
    units: frozenset[str]
    label: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """A phrase of a sense: its words, where it comes from, its length and its weight."""

    words: frozenset[str]
    source: str
    length: float
    weight: float


#: The words of a phrase and where it comes from.
Said = tuple[frozenset[str], str]


class PhraseBook:
    """All phrasings known by sense, with the weight of every word: the rarer among senses, the heavier.

    ``without`` names indicators that the book must not know, as if the catalogue lacked them."""

    def __init__(
        self,
        catalogue: Catalogue,
        phrases: Iterable[Phrase] = (),
        habits: Mapping[tuple[str, str], int] = MappingProxyType({}),
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.catalogue, self._habits = catalogue, habits
        self._of_domain: Counter[tuple[str, str]] = Counter()
        for (indicator, dimension), times in habits.items():
            if known := catalogue.indicators.get(indicator):
                self._of_domain[known.domaine, dimension] += times
        self.members = frozenset(fold_label(alias) for d in DIMENSIONS for alias in catalogue.aliases[d])
        self.senses = _senses(catalogue, without)
        self.sense_of = {i: s.code for s in self.senses.values() for i in s.indicators}
        self.met: Counter[str] = Counter()
        self.met_units: dict[str, set[str]] = defaultdict(set)
        named = self._named_by(phrases)
        self.rarity = self._rarities(named)
        self.namings = {code: [self._naming(w, s) for w, s in said] for code, said in named.items()}
        self.vocabulary = {code: _words(said) for code, said in named.items()}
        self.said = {code: _words(said, but="definition") for code, said in named.items()}
        self.shared = _users_of_names(named.values())
        self.measured = {code: stems(sense.label) & MEASURES for code, sense in self.senses.items()}
        self.counted_by = {code: stems(sense.label) & _BY for code, sense in self.senses.items()}
        self._labels, self._heads = self._exact_labels()
        self.postings = self._profiles(named)
        # a domain that only an indicator names counts too, though nothing describes it
        of_senses = (sense.domain for sense in self.senses.values())
        self.domains = tuple(dict.fromkeys((*catalogue.domains, *of_senses)))
        self.of_word = self._odds_of_words(named)
        self.of_unit = self._odds_of_units()

    def weigh(self, words: Iterable[str]) -> float:
        """The weight of words together."""
        return sum(self.rarity.get(w, 2.0) for w in words)

    def length(self, words: Iterable[str]) -> float:
        """The length of words as a vector of weights."""
        return math.sqrt(sum(self.rarity.get(w, 2.0) ** 2 for w in words))

    def named(self, label: str, unit: str) -> str | None:
        """The one indicator in ``unit`` whose label in the catalogue has exactly the words of ``label``, when
        they are two or more.
        """
        words = stems(label.split(" | ")[0])
        found = self._labels.get((words, unit), ()) if len(words) > 1 else ()
        return found[0] if len(found) == 1 else None

    def heads(self, label: str, unit: str, heading: str) -> str | None:
        """The one indicator in ``unit`` whose label is, but for endings, the second piece of ``label``: the
        head of a column, where it is no ``heading`` and the row does not say another measure.
        """
        row, *others = label.split(" | ")
        if not others or others[0] == heading or stems(row) & _OTHER_MEASURE:
            return None
        found = self._heads.get((_singular(others[0]), unit), ())
        return found[0] if len(found) == 1 else None

    def member_of(self, label: str, indicator: str) -> dict[str, str]:
        """The member that the label of a row names, by its dimension: of several dimensions that know it, the
        one by which reviewed reports break this indicator down, else nearly all indicators of its domain;
        nothing where that does not decide."""
        known = self.catalogue.members_named(label)
        if len(known) > 1:
            used = self.used(indicator, known)
            most = max(used.values())
            known = {d: known[d] for d, times in used.items() if times == most and most}
        return known if len(known) == 1 else {}

    def members_of(self, row: str, head: str, heads: Sequence[str], indicator: str) -> dict[str, str]:
        """The members that the label of a row and the head of its column name; that of a column only where
        other ``heads`` of the table name members of the same dimension, or wholes alone stand beside it.
        """
        named = self.member_of(row, indicator)
        known = self.catalogue.members_named(_YEARS.sub("", head).strip())
        if not known or WHOLE.match(head):
            return named
        parts = {_YEARS.sub("", other).strip() for other in heads[1:] if not WHOLE.match(other)}
        told = Counter(d for part in parts for d in self.catalogue.members_named(part))
        known = {d: code for d, code in known.items() if told[d] > 1 or len(parts) == 1 < len(heads) - 1}
        if len(known) > 1:
            used = self.used(indicator, known)
            known = {d: known[d] for d, times in used.items() if times == max(used.values()) and times}
        return {**known, **named} if len(known) == 1 else named

    def breaks_down(self, indicator: str, dimension: str) -> bool:
        """Whether reviewed reports break an indicator down by a dimension."""
        return self._habits.get((indicator, dimension), 0) > 0

    def used(self, indicator: str, dimensions: Iterable[str]) -> dict[str, int]:
        """How often reviewed reports break an indicator down by each of ``dimensions``; where they never do,
        how often its domain, if that is nearly always by one of them."""
        used = {d: self._habits.get((indicator, d), 0) for d in dimensions}
        known = self.catalogue.indicators.get(indicator)
        if any(used.values()) or known is None:
            return used
        of_domain = {d: self._of_domain[known.domaine, d] for d in used}
        return of_domain if max(of_domain.values()) >= USUAL * sum(of_domain.values()) else used

    def _named_by(self, phrases: Iterable[Phrase]) -> dict[str, list[Said]]:
        named = {code: dict.fromkeys(_of_catalogue(self.catalogue, s)) for code, s in self.senses.items()}
        for phrase in phrases:
            if code := self.sense_of.get(phrase.indicator):
                self.met[code] += 1
                self.met_units[code].add(phrase.unit)
                named[code][phrase.words, "met"] = None
        return {code: list(said) for code, said in named.items()}

    def _rarities(self, named: Mapping[str, Sequence[Said]]) -> dict[str, float]:
        users = Counter(word for said in named.values() for word in _words(said))
        return {word: math.log(1 + len(self.senses) / count) for word, count in users.items()}

    def _naming(self, words: frozenset[str], source: str) -> Naming:
        return Naming(words, source, self.length(words) or 1.0, self.weigh(words) or 1.0)

    def _exact_labels(
        self,
    ) -> tuple[dict[tuple[frozenset[str], str], list[str]], dict[tuple[tuple[str, ...], str], list[str]]]:
        """By the words of their labels and by their unit, the indicators: in any order, and as printed."""
        found: dict[tuple[frozenset[str], str], list[str]] = defaultdict(list)
        heads: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
        for code in self.sense_of:
            indicator = self.catalogue.indicators[code]
            texts = (indicator.libelle, _ASIDE.sub(" ", indicator.libelle))
            for words in {stems(text) for text in texts}:
                found[words, indicator.unite].append(code)
            for head in {_singular(text) for text in texts}:
                if len(head) > 1:
                    heads[head, indicator.unite].append(code)
        return found, heads

    def _profiles(self, named: Mapping[str, Sequence[Said]]) -> dict[str, list[tuple[str, float]]]:
        """By word, the senses whose phrases hold it, each with its share of the profile of the sense."""
        postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for code, said in named.items():
            times: dict[str, float] = defaultdict(float)
            for words, source in said:
                for word in words:
                    times[word] += SOURCES[source]
            profile = {w: (1 + math.log(max(1.0, x))) * self.rarity[w] for w, x in times.items()}
            for word, share in unit_length(profile).items():
                postings[word].append((code, share))
        return postings

    def _odds_of_words(self, named: Mapping[str, Sequence[Said]]) -> dict[str, tuple[float, ...]]:
        """By word, its log-odds for each domain against their mean."""
        seen: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for code, domain in self.catalogue.domains.items():
            for text in (domain.libelle, *domain.aliases):
                _count(seen, stems(text), code, _OF_DOMAIN)
            _count(seen, stems(domain.definition), code, _DEFINES_DOMAIN)
        for code, said in named.items():
            times: dict[str, float] = defaultdict(float)
            for words, source in said:
                for word in words:
                    times[word] += 1.5 if source == "label" else 1.0
            for word, x in times.items():
                seen[word][self.senses[code].domain] += math.log(1 + x) * _OF_SENSE
        whole = {d: sum(seen[w][d] for w in seen) + _UNSEEN * len(seen) for d in self.domains}
        return {
            w: _log_odds([(of[d] + _UNSEEN) / whole[d] for d in self.domains], _LEAST, _MOST)
            for w, of in seen.items()
        }

    def _odds_of_units(self) -> dict[str, tuple[float, ...]]:
        total = Counter(s.domain for s in self.senses.values())
        by_unit: dict[str, Counter[str]] = defaultdict(Counter)
        for sense in self.senses.values():
            by_unit[sense.unit][sense.domain] += 1
        return {
            unit: _log_odds([(of[d] + 1) / (total[d] + 10) for d in self.domains], -9.0, 9.0)
            for unit, of in by_unit.items()
        }


def _singular(text: str) -> tuple[str, ...]:
    """The words of a text in their order, folded, without the mark of the plural."""
    return tuple(word.rstrip("sx") for word in fold_label(text).split())


def _words(said: Iterable[Said], but: str = "") -> frozenset[str]:
    """All words of phrases, without those of the source ``but``."""
    return frozenset(word for words, source in said if source != but for word in words)


def _users_of_names(named: Iterable[Iterable[Said]]) -> Counter[frozenset[str]]:
    """How many senses go by the same label or alias."""
    return Counter(
        words for said in named for words in {w for w, source in said if source in ("alias", "label")}
    )


def _senses(catalogue: Catalogue, without: frozenset[str]) -> dict[str, Sense]:
    known = [i for i in catalogue.indicators.values() if i.code not in without and i.code != UNMAPPED]
    of_concept: dict[str, list[str]] = {code: [] for code in catalogue.concepts}
    for indicator in known:
        if indicator.concept in of_concept:
            of_concept[indicator.concept].append(indicator.code)
    senses = {}
    for code, indicators in of_concept.items():
        concept = catalogue.concepts[code]
        units = {_counted(catalogue, i) for i in indicators} | {concept.unite}
        units |= {catalogue.indicators[i].unite for i in indicators}
        senses[code] = Sense(
            code,
            True,
            concept.domaine,
            concept.unite,
            frozenset(units),
            concept.libelle,
            tuple(sorted(indicators)),
        )
    for i in known:
        if i.concept not in of_concept:
            units = {i.unite, _counted(catalogue, i.code)}
            senses[i.code] = Sense(i.code, False, i.domaine, i.unite, frozenset(units), i.libelle, (i.code,))
    return senses


def _counted(catalogue: Catalogue, code: str) -> str:
    """The unit in which print may count an indicator: days that add up are often printed as bare numbers."""
    indicator = catalogue.indicators[code]
    return "nombre" if (indicator.unite, indicator.additivite) == ("jours", "additif") else indicator.unite


def _of_catalogue(catalogue: Catalogue, sense: Sense) -> Iterable[Said]:
    """The words of the catalogue's own labels, definitions and aliases of a sense."""
    texts = []
    if sense.core:
        concept = catalogue.concepts[sense.code]
        texts += [(concept.libelle, "label"), (concept.definition, "definition")]
        texts += [(alias, "alias") for alias in concept.aliases]
    for code in sense.indicators:
        indicator = catalogue.indicators[code]
        texts += [(indicator.libelle, "label"), (_ASIDE.sub(" ", indicator.libelle), "label")]
        texts += [(indicator.definition, "definition")]
        texts += [(alias, "alias") for alias in indicator.aliases]
    return [(words, source) for text, source in texts if (words := stems(text))]


def _count(seen: dict[str, dict[str, float]], words: Iterable[str], domain: str, times: float) -> None:
    for word in words:
        seen[word][domain] += times


def _log_odds(shares: list[float], least: float, most: float) -> tuple[float, ...]:
    mean = sum(shares) / len(shares)
    return tuple(max(least, min(most, math.log(share / mean))) for share in shares)


def unit_length(weights: Mapping[str, float]) -> dict[str, float]:
    """A vector of words at length one."""
    length = math.sqrt(sum(x * x for x in weights.values())) or 1.0
    return {word: x / length for word, x in weights.items()}


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
