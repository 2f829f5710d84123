"""Words of a report as the catalogue knows them: folded, acronyms spelled out, endings taken off; and the
words that stand around each figure.

Belongs here: what counts as the same word, and which words are near. Does not belong here: what they mean.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from orchestration.notation.folding import fold_label

#: Lines before a figure that make its near surroundings, its page and its chapter; lines after it that count.
NEAR, PAGE, CHAPTER, AFTER = 2, 24, 60, 2
#: Earlier headings that still tell something, and what each further line or heading is worth.
TITLES, LINE_FADES, TITLE_FADES = 4, 0.88, 0.6
#: Short lines without a number that lead a figure: how many, how far above, what each further one is worth.
LEADS, LEADS_ABOVE, LEAD_FADES = 6, 60, 0.75
#: Lines of words over which a heading fades.
TITLE_LASTS = 30.0
_DIGIT = re.compile(r"\d")
_LEAD = re.compile(r"[^\d]{3,90}")
_LEAD_WORDS = 8
_WORD = re.compile(r"[a-z0-9]+")
_WEAK_WORDS = """
le la les l de des du d un une en au aux et a ont ce ces se sont ete pour sur par dans avec nombre total dont
soit plus est qui que nos notre ou ne pas cette leur leurs son sa ses il elle ils elles nous vous y n s qu c j
m t etre avoir fait dit dite chaque tous toutes tout toute entre contre vers non sans sous chez lors depuis
rapport annee an ainsi afin comme caisse cpam assurance
"""
_WEAK = frozenset(_WEAK_WORDS.split())
#: Acronyms and everyday synonyms of the field, by the folded word.
_SAME = {
    "ij": "indemnite journaliere",
    "ijs": "indemnite journaliere",
    "ijss": "indemnite journaliere",
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
_ENDINGS = """
issements issement ements ement ations ation atrices atrice ateurs ateur ites ite ives ive ifs if euses euse
eurs eur elles elle els el ales ale aux al aires aire iques ique ees ee es er ers ants ant e s x
"""
_SUFFIXES = tuple(_ENDINGS.split())


@dataclass(frozen=True, slots=True)
class SeenFigure:
    """A figure as it stands: ``line`` from 1, ``column`` from 0, its label (pieces apart by `` | ``), the
    heading above it, its unit and nature.
    """

    line: int
    column: int
    label: str
    heading: str
    unit: str
    nature: str


@dataclass(frozen=True, slots=True)
class Around:
    """Words of and around a figure: of its label, of the label without the members of dimensions, of its
    heading, of earlier headings and of the short lines above that lead it (with what they are still worth),
    of its own lines, of those after, of its page (fading) and chapter; the first word of its label; and what
    the heading is still worth, 1 just below it."""

    own: frozenset[str]
    bare: frozenset[str]
    title: frozenset[str]
    titles: Mapping[str, float]
    leads: Mapping[str, float]
    near: frozenset[str]
    after: frozenset[str]
    fading: Mapping[str, float]
    page: frozenset[str]
    chapter: frozenset[str]
    lead: str
    recent: float

    @property
    def context(self) -> frozenset[str]:
        return self.title | self.near


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: len(word) - len(suffix)][:8]
    return word.rstrip("sx")[:8] if len(word) > 3 else word


@lru_cache(maxsize=50_000)
def stems_in_order(text: str) -> tuple[str, ...]:
    """The weighty words of a text in its order, with repetitions."""
    spelled = (w for word in _WORD.findall(fold_label(text)) for w in _SAME.get(word, word).split())
    return tuple(_stem(w) for w in spelled if w not in _WEAK and (len(w) > 2 or w in _SAME))


def stems(text: str) -> frozenset[str]:
    """The weighty words of a text: folded, acronyms spelled out, endings taken off."""
    return frozenset(stems_in_order(text))


def surroundings(seen: Sequence[SeenFigure], text: str, members: frozenset[str]) -> list[Around]:
    """The words around each of the figures ``seen`` in ``text``, in their order; ``members`` are the folded
    labels that name a member of a dimension."""
    lines = text.splitlines()
    words = [frozenset(w for w in stems(line[:600]) if not w.isdigit()) for line in lines]
    leading = [
        at
        for at, line in enumerate(lines)
        if 0 < len(words[at]) <= _LEAD_WORDS and _LEAD.fullmatch(line.strip())
    ]
    headings = _Headings(lines, words)
    found: list[Around] = []
    titles: list[str] = []
    for figure in seen:
        if figure.heading and titles[:1] != [figure.heading]:
            titles = [figure.heading, *(t for t in titles if t != figure.heading)][:TITLES]
        above = leading[: bisect_left(leading, figure.line - 1)][-LEADS:][::-1]
        leads = [words[at] for at in above if at >= figure.line - 1 - LEADS_ABOVE]
        recent = headings.recent(figure)
        found.append(_around(figure, lines, words, titles[1:], leads, members, recent))
    return found


class _Headings:
    """Where headings stand in the words of lines: a heading tells less and less of what stands below it."""

    def __init__(self, lines: Sequence[str], words: list[frozenset[str]]) -> None:
        self._words = words
        told = (bool(of) and not _DIGIT.search(line) for line, of in zip(lines, words, strict=True))
        self._told = list(accumulate(told, initial=0))
        self._places: dict[str, list[int]] = {}

    def recent(self, figure: SeenFigure) -> float:
        """What the heading of a figure is still worth: rows of a table do not age it, lines of words do."""
        end = min(figure.line - 1, len(self._words))
        above = bisect_left(places := self._places_of(figure.heading), end)
        at = places[above - 1] + 1 if above else end
        return math.exp((self._told[at] - self._told[end]) / TITLE_LASTS)

    def _places_of(self, heading: str) -> list[int]:
        """The lines that hold the words of a heading, or begin them where it takes two."""
        if heading not in self._places:
            of = frozenset(word for word in stems(heading) if not word.isdigit())
            self._places[heading] = [
                at
                for at, (words, following) in enumerate(pairwise([*self._words, frozenset()]))
                if of and words and (of <= words or (words <= of and of <= words | following))
            ]
        return self._places[heading]


def _fading(texts: Sequence[frozenset[str]], fades: float) -> dict[str, float]:
    """The words of texts, the nearest first, with what each is still worth."""
    worth: dict[str, float] = {}
    for rank, words in enumerate(texts, 1):
        for word in words:
            worth.setdefault(word, fades**rank)
    return worth


def _around(
    figure: SeenFigure,
    lines: list[str],
    words: list[frozenset[str]],
    titles: list[str],
    leads: list[frozenset[str]],
    members: frozenset[str],
    recent: float,
) -> Around:
    at = figure.line - 1
    printed = lines[at] if at < len(lines) else ""
    here = stems(printed[max(0, figure.column - 300) : figure.column + 200])
    before = words[max(0, at - CHAPTER) : at][::-1]
    pieces = figure.label.split(" | ")
    return Around(
        own=stems(" ".join(pieces)),
        bare=stems(" ".join(piece for piece in pieces if fold_label(piece) not in members)),
        title=stems(figure.heading),
        titles=_fading([stems(title) for title in titles], TITLE_FADES),
        leads=_fading(leads, LEAD_FADES),
        near=here.union(*before[:NEAR]),
        after=frozenset().union(*words[at + 1 : at + 1 + AFTER]),
        fading=_fading(before[:PAGE], LINE_FADES) | dict.fromkeys(here, 1.0),
        page=here.union(*before[:PAGE]),
        chapter=here.union(*before),
        lead=next(iter(stems_in_order(figure.label)), ""),
        recent=recent,
    )
