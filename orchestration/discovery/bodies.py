"""The bodies and places of the seeds as a text names them, and whose a figure is by its words, its row and
its column, in a report whose own body is known.

A figure keeps the report's body unless its words say another one beyond doubt: a body wrongly given is worse
than none. What a title above says is ``chapters``; names that no seed knows are ``organisations``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from orchestration.discovery.deciding import Conclusion, DecisionRule, first_answer
from orchestration.discovery.scene import Scene
from orchestration.extraction.catalogue import UNSTATED, Catalogue
from orchestration.notation.folding import plain

#: Every body of the network together: what regional and national levels are of.
EVERYBODY = "assurance_maladie"
#: Types of bodies that do one job for different people: the chapters of a report may speak of several.
HOUSE = frozenset({"cpam", "cgss", "ccss", "cssm", "elsm", "drsm", "ex_drsm", "echelon_regional"})
#: Types of bodies that a name of their own tells, no type and place.
NATIONWIDE = "caisse_nationale"
NAMED_WHOLE = frozenset({NATIONWIDE, "cramif", "cssm", "ccss", "dcgdr", "centre_mutualise"})
_TYPE = (
    r"(?:ex-?)?(?:cpam|drsm|cgss|ccss|cssm|carsat|caf|msa|urssaf|ars|elsm)"
    r"|(?:l')?echelon local du service medical|caisse primaire(?: d'assurance maladie)?"
    r"|(?:caisse d')?assurance maladie|caisse d'allocations familiales|mutualite sociale agricole"
    r"|agence regionale de sante|direction regionale du service medical"
)
_SHORT = {
    "caisse primaire": "cpam",
    "caisse d'assurance": "cpam",
    "assurance maladie": "cpam",
    "caisse d'allocations": "caf",
    "mutualite sociale": "msa",
    "agence regionale": "ars",
    "direction regionale": "drsm",
    "echelon local": "elsm",
}
_OF = r"(?:de la |de l'|du |des |de |d'|en |la |le |les |l')?"
_NAMED = re.compile(
    rf"(?<![\w-])(?P<type>{_TYPE})\s{_OF}(?P<name>[a-z0-9][^\W_]*(?:(?:['\- ]|, )[^\W_]+){{0,8}})"
)
_BARE = re.compile(rf"(?<![\w-])(?:{_TYPE})\b")
_ALSO = re.compile(rf"\s?(?:et|&|,|/)\s(?:celles?\s)?{_OF}(?P<name>[^\W_]+(?:['\- ][^\W_]+){{0,5}})")
_REGION = re.compile(rf"(?<![\w-])(?:ex-?)?regions?\s{_OF}(?P<name>[^\W\d_]+(?:['\- ][^\W\d_]+){{0,7}})")
_IN = re.compile(r"\b(?:en|dans (?:le |la |les |l'))\s?(?P<name>[^\W\d_]+(?:['\- ][^\W\d_]+){0,7})")
_LETTERS = re.compile(r"[^\W_]+")
_LEVELS = (
    r"(?:moyennes?|taux|niveau|resultats?|scores?|evolutions?|valeurs?|medianes?|tendances?|objectifs?"
    r"|cibles?)"
)
#: ``resultats France``: the level that a column says it gives.
_OF_LEVEL = re.compile(rf"^{_LEVELS}\s(?:[^\W\d]+\s)?(?=\S+$)")
_REGIONAL = re.compile(
    rf"\b(?:au niveau regional|(?:au|sur le) plan regional|a l'echelle regionale|{_LEVELS}\s(?:[^\W\d]+\s)?"
    r"regiona(?:le?s?|ux)\b|regiona(?:le?|ux)\s?:)|^\W*(?:regions?|regiona(?:le?|ux))\W*$"
)
#: Words of what two bodies do with each other: the figure stays the one's whose report it is.
_EXCHANGED = re.compile(
    r"\b(?:transmi|adress|envoy|confi|transfer|provenan|issus?\b|venus?\b|repris|recu|orient|signal|partag|echang"
    r"|avec\b|aupres\b|compte de|contre la\b|financ|vers\b)"
)
_OURS = re.compile(r"\b(?:nous|nos|notres?)\b")
_PREPOSED = re.compile(
    r"\b(?:pour|a|par|dans|de|en|chez|d)[ ']?(?:la |le |les |l'|des |du )?(?:[^\W\d]+ ){0,2}$"
    r"|\b(?:au|aux|du|des) $"
)
_TOWARDS = re.compile(r"\ba (?:la |l')$|\baux? $")
_IN_BRACKETS = re.compile(r"\W*\((?:la |l')?([^()]{4,60})\)")
#: Words with which another body has its turn.
_TURNS = "contre|quand|tandis|alors"
_CLAUSE = re.compile(rf"[;.](?=\s|$)|\b(?:{_TURNS})\b")
_STOP = re.compile(rf"[;.:](?=\s|$)|\(|\b(?:{_TURNS}|devant|derriere)\b")
_SUBJECT = re.compile(r"\W*(?:(?:en|au) [^,]{2,24}, ?|pour sa part, ?)?(?:la |l'|le )?$")
_AND = re.compile(r"\W*(?:et|ou)\b|\W*,\s*(?:la|l')\b")
#: What goes on about the figure before it.
_GOES_ON = re.compile(
    r"[^.;\d]{0,60}(?:, soit (?:une?|en) (?:\w+ )?(?:baisse|hausse|diminution|augmentation|progression|recul|"
    r"repli|part|taux|evolution) (?:de |d')|\(?\bdont )(?:pres |plus |moins |environ )?(?:de |d')?\W*$"
)
_COMPARED = re.compile(r"\bcontre\b[^.;]*$|\([^()]*$")


@dataclass(frozen=True, slots=True)
class Named:
    """A body or a place that a text names, by codes; of the report itself when ``own``."""

    start: int
    end: int
    body: str
    territory: str
    own: bool = False


@dataclass(frozen=True)
class Bodies:
    """The seeds, the body of a report and its territory."""

    catalogue: Catalogue
    own: str
    territory: str

    @cached_property
    def _spellings(self) -> dict[tuple[str, str], str]:
        """Codes by type and name, as ``_NAMED`` cuts them."""
        return _spellings(tuple(self.catalogue.aliases.get("organisme", {}).items()))

    @cached_property
    def _places(self) -> dict[str, str]:
        """Codes of places by their spellings, without blanks and hyphens: a line end may have eaten them."""
        return {
            _key(plain(name)): code for name, code in self.catalogue.aliases.get("territoire", {}).items()
        }

    def place_named(self, words: str) -> str | None:
        """The place of the seeds that ``words``, in plain letters, are."""
        return self._places.get(_key(words))

    @cached_property
    def _lines_of_descent(self) -> dict[str, str]:
        """Of places that are one body's below the report's, that body."""
        found: dict[str, list[str]] = {}
        for code, place in self.catalogue.territories.items():
            if self.above(code):
                found.setdefault(place, []).append(code)
        return {place: codes[0] for place, codes in found.items() if len(codes) == 1}

    @cached_property
    def region(self) -> str:
        """The region around the report's territory; empty when that is one itself, or not known."""
        place = self.territory
        while place and not place.startswith("reg_"):
            place = self.catalogue.parents.get("territoire", {}).get(place, "")
        return place if place != self.territory else ""

    def above(self, code: str) -> bool:
        """Whether the report's body stands above ``code``."""
        parents = self.catalogue.parents.get("organisme", {})
        while code := parents.get(code, ""):
            if code == self.own:
                return True
        return False

    def knows(self, name: str) -> bool:
        """Whether ``name`` is one body of the seeds."""
        return self.catalogue.resolve("organisme", name) not in (None, EVERYBODY)

    def type_of(self, code: str) -> str:
        return self.catalogue.types.get(code, "")

    def _of_body(self, code: str, start: int, end: int) -> Named:
        return Named(start, end, code, self.catalogue.territories.get(code, UNSTATED), code == self.own)

    def of_place(self, code: str, start: int = 0, end: int = 0) -> Named | None:
        """Whose the figures of a place are: the report's own, a body's below it, or, of the region around,
        everybody's."""
        if code == self.territory:
            return Named(start, end, self.own, code, own=True)
        if body := self._lines_of_descent.get(code):
            return Named(start, end, body, code)
        return Named(start, end, EVERYBODY, code) if code == self.region else None

    def named(self, words: str) -> Iterator[Named]:
        """The bodies of the seeds that ``words`` (in plain letters) name, in order."""
        if not _BARE.search(words):
            return
        at = 0
        while match := _NAMED.search(words, at):
            kind = _kind(match["type"])
            code, length = self._longest(kind, match["name"]) or ("", 0)
            at = match.start("name") + length if code else match.end("type")
            if code and not self._goes_on(kind, words, match, length):
                yield self._of_body(code, match.start(), at)

    def listed(self, words: str) -> Iterator[Named]:
        """The bodies of the seeds that ``words`` name, those too that share the type of the one before
        (``les CPAM du Gers et du Lot``)."""
        read = 0
        while match := _NAMED.search(words, read):
            kind, at, read = _kind(match["type"]), match.start("name"), match.end("type")
            name: str | None = match["name"]
            while name and (found := self._longest(kind, name)):
                read = at + found[1]
                yield self._of_body(found[0], at, read)
                also = _ALSO.match(words, read)
                at, name = (also.start("name"), also["name"]) if also else (at, None)

    def _goes_on(self, kind: str, words: str, match: re.Match[str], length: int) -> bool:
        """Whether the name of another body of the same type follows: what is said is of both together."""
        also = _ALSO.match(words, match.start("name") + length)
        return also is not None and self._longest(kind, also["name"]) is not None

    def _longest(self, kind: str, name: str) -> tuple[str, int] | None:
        """The body of a type whose name opens ``name``, and how long that is."""
        ends = [m.end() for m in _LETTERS.finditer(name)]
        for end in reversed(ends[:9]):
            if code := self._spellings.get((kind, _key(name[:end]))):
                return code, end
        return None

    def of_type(self, kind: str, name: str) -> Named | None:
        """The body that a cell names under a head that says its type (``ELSM``: ``Gard``, ``09``)."""
        words = plain(name).strip(" .:*\t|")
        code = self._spellings.get((kind, _key(words))) if words else None
        if code is None and (place := self.place_named(words)):
            bodies = [
                c for c, t in self.catalogue.territories.items() if t == place and self.type_of(c) == kind
            ]
            code = bodies[0] if len(bodies) == 1 else None
        return self._of_body(code, 0, len(name)) if code else None

    def region_named(self, words: str, pattern: re.Pattern[str] = _REGION) -> Named | None:
        """The region that ``words`` name, with whose its figures are."""
        for match in pattern.finditer(words):
            for end in reversed([m.end() for m in _LETTERS.finditer(match["name"])]):
                code = self._places.get(_key(match["name"][:end]))
                if code and (code.startswith(("reg_", "ex_reg_")) or code == self.territory):
                    return self.of_place(code, match.start(), match.start("name") + end)
        return None

    def level(self, words: str) -> Named | None:
        """The region around, where ``words`` say ``regional`` of a level."""
        return self.of_place(self.region) if self.region and _REGIONAL.search(words) else None

    def of_labels(self, *labels: str) -> Named | None:
        """Whose a cell is by its labels: a body that a label opens with or belongs to, the region, a
        place that is one body's."""
        for label in labels:
            words = _OF_LEVEL.sub("", plain(label).strip())
            if words in ("france", "national"):
                return Named(0, len(words), EVERYBODY, "france")
            for one in self.named(words):
                if not _EXCHANGED.search(words[: one.start]):
                    return one
            if found := self.level(words) or self.region_named(words):
                return found
            place = self.place_named(words)
            if place and place.startswith(("reg_", "ex_reg_")):
                return self.of_place(place)
        return None

    def of_scene(self, scene: Scene, previous: Named | None) -> Conclusion[Named] | None:
        """Whose a figure of a sentence is, where its words say it; ``previous`` is whose they say the figure
        before it is."""
        return first_answer(RULES, _Told(self, scene, previous))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the rules of sentences look at."""

    bodies: Bodies
    scene: Scene
    previous: Named | None


def may_name(words: str) -> bool:
    """Whether plain words hold a type of body, so perhaps a name."""
    return bool(_BARE.search(words))


def _kind(words: str) -> str:
    bare = words.removeprefix("l'").removeprefix("ex").lstrip("-")
    return next((short for long, short in _SHORT.items() if bare.startswith(long)), bare)


def _key(name: str) -> str:
    return "".join(_LETTERS.findall(name)).replace("œ", "oe").replace("æ", "ae")


@lru_cache(maxsize=4)
def _spellings(aliases: tuple[tuple[str, str], ...]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for spelling, code in aliases:
        if match := _NAMED.fullmatch(plain(spelling)):
            found.setdefault((_kind(match["type"]), _key(match["name"])), code)
    return found


def _respectively(told: _Told) -> Named | None:
    """``les CPAM du Gers et du Lot ont reçu respectivement 12 400 et 9 800 appels``: as many bodies as
    figures, in the same order."""
    scene = told.scene
    begin, stop = scene.bounds
    said = scene.words.find("respectivement", begin, stop)
    if said < 0:
        return None
    inside = [a for a, _ in scene.spans if begin <= a < stop]
    after = [a for a in inside if a > said] or inside
    listed = list(told.bodies.listed(scene.words[begin:stop]))
    if len(listed) != len(after) or len(after) < 2 or scene.quantity.start not in after:
        return None
    return listed[after.index(scene.quantity.start)]


def _clause_before(told: _Told) -> tuple[int, str]:
    """Where the words since the number before, or since the clause began, begin; and they."""
    scene = told.scene
    start = scene.quantity.start
    begin = max([scene.bounds[0], *(b for _, b in scene.others if b <= start)])
    cut = [m.end() for m in _CLAUSE.finditer(scene.words, begin, start)]
    return max([begin, *cut]), scene.words[max([begin, *cut]) : start]


def _after(told: _Told) -> Named | None:
    scene = told.scene
    end = scene.quantity.end
    stop = min((a for a, _ in scene.others if a >= end), default=len(scene.words))
    near = scene.words[end : min(stop, end + 90)]
    if bracket := _IN_BRACKETS.match(near):
        return next((one for one in told.bodies.named(bracket[1]) if one.start == 0), None)
    words = _STOP.split(near)[0]
    if one := next(told.bodies.named(words), None):
        led = words[: one.start]
        given = _TOWARDS.search(led) and _EXCHANGED.search(scene.before)
        return one if _PREPOSED.search(led) and not (given or _EXCHANGED.search(led)) else None
    return _region_after(told, words)


def _region_after(told: _Told, words: str) -> Named | None:
    found = told.bodies.region_named(words)
    if found is None and _COMPARED.search(told.scene.before):
        found = told.bodies.region_named(words, _IN)
    own_region = found is not None and found.body == EVERYBODY and found.start > 40
    return None if found is None or own_region or _EXCHANGED.search(words[: found.start]) else found


def _before(told: _Told) -> Named | None:
    words = _clause_before(told)[1]
    named = list(told.bodies.named(words))
    if len(named) > 1:
        return None
    for one in named:
        led, then = words[: one.start], words[one.end :]
        opens = not _LETTERS.search(led) or led.strip() in ("la", "l'", "a la", "a l'", "dont la", "et la")
        if opens and re.fullmatch(r"\W*|\W+soit\W+", then):
            return one
        if _PREPOSED.search(led) and len(then) < 30 and not (_EXCHANGED.search(led) or _OURS.search(then)):
            return one if re.match(r"\W*[:=(]|[^,]*$", then) else None
    if found := told.bodies.level(words):
        return found
    region = told.bodies.region_named(words)
    if region is not None and re.fullmatch(r"[^\w]*[:=][^\w]*", words[region.end :]):
        return region
    return _place_alone(told, words)


def _place_alone(told: _Told, words: str) -> Named | None:
    """``Grand Est : 12 400``: a line that a place opens."""
    label, colon, rest = words.partition(":")
    if not colon or rest.strip() or _clause_before(told)[0] > told.scene.bounds[0]:
        return None
    place = told.bodies.place_named(label)
    known = place and (place.startswith(("reg_", "ex_reg_")) or place == told.bodies.territory)
    return told.bodies.of_place(place) if place and known else None


def _subject(told: _Told) -> Named | None:
    """The body that does what its sentence counts, until another or ``nous`` is named."""
    scene = told.scene
    begin = scene.bounds[0]
    words = scene.words[begin : scene.quantity.start]
    named = list(told.bodies.named(words))
    if len(named) != 1 or _OURS.search(words) or _AND.match(words[named[0].end :]):
        return None
    one = named[0]
    known = one.own or told.bodies.type_of(one.body) in HOUSE
    goes_on = re.match(r" [^\W\d]", words[one.end :])
    return one if known and goes_on and _SUBJECT.fullmatch(words[: one.start]) else None


def _goes_on(told: _Told) -> Named | None:
    """``290 avis pour X, soit une baisse de 4 %``: the figure is whose the one before it is."""
    scene, previous = told.scene, told.scene.previous
    if told.previous is None or previous is None or previous.end < scene.bounds[0]:
        return None
    between = scene.words[previous.end : scene.quantity.start]
    return told.previous if _GOES_ON.fullmatch(between) or re.fullmatch(_DOT_GOES_ON, between) else None


_DOT_GOES_ON = r"[^.;\d]{0,60}\(\s*[-+]?\s*"

RULES: tuple[DecisionRule[_Told, Named], ...] = (
    DecisionRule("respectivement", 0.9, _respectively),
    DecisionRule("corps_nomme_apres", 0.9, _after),
    DecisionRule("corps_nomme_avant", 0.85, _before),
    DecisionRule("suite_du_precedent", 0.85, _goes_on),
    DecisionRule("corps_sujet", 0.85, _subject),
)


def bodies_named(text: str, catalogue: Catalogue) -> Counter[str]:
    """The codes of the bodies that a text names, with how often: only bodies that the seeds know."""
    words = " ".join(plain(text).split())
    return Counter(one.body for one in Bodies(catalogue, "", "").named(words))


def body_of_title(title: str, catalogue: Catalogue, *, others: bool) -> str | None:
    """The one body of ``NAMED_WHOLE`` that a title names by a whole spelling of the seeds (``CRAMIF``,
    ``Caisse de sécurité sociale de Mayotte``); ``None`` for none or several. Where the text names
    ``others``, a national body is the one above them.
    """
    words = " ".join(plain(title).split())
    types = catalogue.types
    found = {
        code
        for spelling, code in catalogue.aliases.get("organisme", {}).items()
        if types.get(code) in NAMED_WHOLE and not (others and types[code] == NATIONWIDE)
        if re.search(rf"(?<![\w-]){re.escape(spelling)}(?![\w-])", words)
    }
    return next(iter(found)) if len(found) == 1 else None


def place_of(named: str, territory: str, own: tuple[str, str], catalogue: Catalogue) -> tuple[str, str]:
    """The body and the territory of a figure: those its words name, not stated where no seed knows them, else
    the report's ``own``."""
    if not named:
        return own
    code = catalogue.resolve("organisme", named)
    if code is None or code == own[0]:
        return own if code else (UNSTATED, UNSTATED)
    return code, territory or catalogue.territories.get(code, UNSTATED)
