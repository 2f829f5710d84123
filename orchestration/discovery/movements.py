"""Which word moves a number and which way: ``baisse de 3 %``, ``le délai s'améliore de 2 jours``.

The words stand in the lexicon (``baisse``, ``hausse``, ``change``, ``mieux``, ``pire``, and ``moindre``: what
gets better by falling). Belongs here: how a number hangs on such a word in its sentence. Does not belong
here: which figures are evolutions for other reasons (``natures``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from orchestration.discovery.scene import Scene
from orchestration.notation.lexicon import hinted, pattern
from orchestration.notation.tokens import Quantity

#: Units of a change of what has another unit, and units of time.
RELATIVE, TIMES = ("%", "points"), ("jours", "minutes", "secondes", "heures", "semaines", "mois")
#: Characters before a number in which the word that moves it is looked for.
_REACH = 110
_MOVES = pattern(
    r"\b(?:(?P<baisse>{baisse})|(?P<hausse>{hausse})|(?P<mieux>{mieux})|(?P<pire>{pire})|(?P<change>{change}))"
)
#: Before a word that only names a thing there (``le nombre de chutes``, ``les réductions``).
_NAMES_A_THING = re.compile(r"(?:\b(?:de|des|les|pour)\s|\bd')$")
_VERB = re.compile(r"\w*(?:er|ir|ire|dre)\b|se?\s|s'")
_NOUN = pattern(r"(?:{noms_de_variation}|{noms_de_jugement}|pertes?|gains?)$")
_AUXILIARY = re.compile(
    r"\b(?:a|ont|avait|avaient|aura|auront|aurait|auraient|ayant|pas|plus|encore|\w+ment)\s$"
)
#: Between a word that moves and its number: by how much.
_BY = pattern(r"(?P<words>[^.;:()\d#]*?)[\s,](?:de|d')\s*(?:{approche}\s*)?$")
_DIRECT = pattern(r"\s+(?:[^\W\d]+\s+){0,2}?(?:{approche}\s*)?$")
#: In brackets beside a fall, what was printed of an earlier year (``en baisse (97 % en 2021)``).
_OF_A_YEAR = re.compile(r"\s?(?:en|fin|au|pour)\s(?:[^\W\d]+\s){0,2}(?:19|20)\d\d|\s?l'an")
_SIGNS = ("moins", "plus")
#: ``moins 4 %`` after a point, a comma, ``soit``: what is set apart.
_DIRECTLY, _APART = pattern(r"\s+(?:{approche}\s*)?$"), re.compile(r"(?:^|[,:;.(]|\bsoit)\s?$")
#: A list of what came and went (``Moins 8 % de courriers, plus 2 sites, moins 3 agents``), also of things.
_SIGNED_LIST = re.compile(
    r"(?:^\W*|:\s?|\bsoit\s)(?:(?:moins|plus)\s[\dx#][^.:;()]{0,60}?(?:,|\set)\s(?:et\s)?)*$"
)
_BESIDE = re.compile(r"[^.;:()\d]{0,20}\(\s*$")
_COLON = re.compile(r"[^.;()\d]{0,20}(?:\bn\s?-\s?1\s?)?[:=]\s*$")
_REACHES = re.compile(r"\b(?:a|par|pour|avec|en|dans|chez|sur|au|aux|entre)\s(?:[^\W\d]+\s)?$")
#: A verb that says how large the change is that a noun names.
_IS = pattern(
    r"\s(?:[^.;:()\d]{0,60}\s)?"
    r"(?:est|etait|(?:a|ont) pu etre|a ete|atteint|represente|ressort|reste|demeure|s'(?:est )?\w+|se \w+)\s"
    r"(?:\w+\s)?(?:de\s|d'|a\s)?\s*(?:{approche}\s*)?$"
)
_DETERMINED = re.compile(r"(?:^|[,:;.]\s*|\b(?:cette|la|une|leur|sa|son|ce|le)\s|\bl')$")
#: Words after which a number is a level, whatever moved before.
_LEVEL = re.compile(
    r"\b(?:objectif\w*|cible\w*|attendu\w*|seuil\w*|est|sont|etait|etaient|atteint|atteignent|atteindre"
    r"|represent\w+|concern\w+|touche\w*|contre|versus|dont|soit|avec|alors|tandis|mais|qui|ou|pass(?:e|ee?s?|ent|ait|aient|er|ant)|desormais|maintenant|compt\w+|affich\w+|s'etabli\w+|s'elev\w+|realis\w+|permet\w*)\b"
)
#: Between two numbers that one word moves.
_SHARED = pattern(
    r"(?P<words>[^.:()\d#]{0,90}?)(?:[,;]|\set|\spuis|\sou)\s(?P<more>[^.:()\d#]{0,90}?)(?:de|d')\s*(?:{approche}\s*)?$"
)
_COMPARED = pattern(
    r"\s?,?\s(?:contre|apres|versus|vs|au lieu)\s(?:(?:une?\s\w+\s)?(?:de\s|d'))?(?:{approche}\s?)?"
)
#: A level of its own in such a list (``et un taux de 62 %``).
_NEW = re.compile(
    r"\b(?:ont|avons|avait|avaient|plus|moins|pres|autour)\s(?:\w+\s)*(?:de\s|d')\D*$|"
    r"\bune?\s|\b(?:taux|part|proportion|score|la moyenne|niveau|total|montant)\s(?:\w+\s)?(?:de\s|d')\D*$"
)
_JOINED = re.compile(r"[^.:()\d#,]{0,25}(?:\set|\spuis|\sou)\s(?:respectivement\s)?$")
_SENTENCES, _DIGIT = re.compile(r"\s(?<=[.!?;]\s)"), re.compile(r"\d")
_OF_THINGS = re.compile(r"\s*(?:des?\b(?!\s(?:ses|son|sa|leurs?|nos|notre)\b)|du\b|d')")
#: Right after a number: less of it, more of it, better by it.
_LESS = pattern(
    r"\s*(?:[^\W\d]+[\s'-]){0,4}?(?:de moins|en moins|(?:de\s|d'){noms_de_variation:baisse}"
    r"|plus (?:tot|vite|rapide\w*)|(?:en|au)[ -]dessous|sous (?:le|son) niveau)\b"
)
_MORE = hinted(
    "plus|moins|supplementaire|additionnel|mieux|gagne",
    r"\s*(?:[^\W\d]+[\s'-]){0,4}?"
    r"(?:(?:de plus|de moins|en plus|en moins|supplementaires?|additionnel\w*)(?![\w-])"
    r"(?!\s(?:de\s\d|des?\b|du\b|d'))|en moins (?:de |d'|des )(?!{lettres}|\d|#)"
    r"|de mieux\b|de gagnee?s?\b|plus (?:tot|tard|vite|rapide\w*) qu[e'])",
)
#: Hours that are worked beyond the week, a thing and no change, unless an earlier time is named.
_OVERTIME = re.compile(r"\s*(?:supplementaires?|complementaires?)\b(?!\s(?:par rapport|qu[e']|vs\b))")
_SOONER = re.compile(r"\s*plus (?:tot|vite)(?=\s?[,.;])")
_AFTER_EVOLUTION = pattern(
    r"\s*(?:(?:(?:en|au)[ -]dess(?:us|ous) d(?:u|e son)|sous (?:le|son)) niveau (?:de\s|d')"
    r"|(?:en|au)[ -]dess(?:us|ous) d(?:[eu]|es)\s(?:[^\W\d]+\s){0,3}(?:19|20)\d\d"
    r"|entre\s(?:19|20)\d\d\set\s(?:19|20)\d\d\b"
    r"|par rapport|(?:de\s|d'){noms_de_variation}|en un an|sur un an|vs\b)"
)
#: The next thing that the same verb moves, in its own unit (``, la facture d'énergie de``).
_AND_ANOTHER = re.compile(r"\s?,\s(?:la\s|les?\s|l'|cel(?:ui|les?)\s|ceux\s)[^.,;:()\d#]{3,60}\s(?:de\s|d')")
_IN_A_LIST = re.compile(r"[^.:()]{0,60}(?:,|\set)\s$")
_IN_OTHER = re.compile(r"\s(?:en|chez|pour|dans|sur|aux?)\s")
_WON = ("gagne", "gagnes", "gagnee", "gagnees")
_GAINS = pattern(r"\b(?:{gagne}|{perd})")
_WINS = pattern(r"\b(?:(?P<hausse>{gagne})|(?P<baisse>{perd}))\s+(?:[^\W\d]+\s)?(?:{approche}\s*)?$")
#: Days of work that are lost are counted, not moved.
_OF_WORK = re.compile(r"\s*(?:journees?|heures?|jours?)?\s?(?:de\s|d')(?:travail|arret|activite|absence)")
_ON_A_TIME = pattern(r"[^.;:()\d]{0,12}\bsur\s(?:[^\W\d]+[\s'])?(?:\w+\s)?{moindre}")
#: Of what a change is: the word that heads its name.
_HEAD = re.compile(
    r"\b(?:taux|part|nombre|proportion|volume|niveau|indice|indicateur|pourcentage|score)\s(?:[^\W\d]+\s)?(?:de\s(?:la\s|l')?|d'|des?\s|du\s)(\w+(?:\s\w+)?)"
)
_LESS_IS_BETTER = pattern(r"\b{moindre}")
_TOLD_AFTER = re.compile(r"[^.;:()\d]{0,12}?\b(?:du|de la|de l'|des|de|sur)\b[^.;:()\d]{0,45}")


def direction(scene: Scene) -> int | None:
    """The way in which the words before a number say that something moved by it: 1 up, -1 down, ``None``
    where nothing says that it moved.
    """
    return _won(scene) or (_governed(scene) or _shared(scene) if _may_move(scene.words) else None)


@lru_cache(maxsize=256)
def _may_move(words: str) -> bool:
    """Whether a text has a word that moves at all: what to ask once for all of its numbers."""
    return bool(_MOVES.search(words) or _GAINS.search(words))


def rises_or_falls(words: str) -> int | None:
    """The way of the last word that moves in plain words; ``None`` without one."""
    found = [m for m in _MOVES.finditer(words) if m.lastgroup in ("baisse", "hausse") and m[0] not in _SIGNS]
    return (-1 if found[-1].lastgroup == "baisse" else 1) if found else None


def _governed(scene: Scene) -> int | None:
    """``recule de 3 %``, ``la baisse se limite à 2 %``, ``en hausse (12)``: the last word that moves."""
    before = _before(scene, scene.quantity.start)
    for match in _backwards(before):
        if _binds(scene, before[: match.start()], match[0], before[match.end() :]):
            return _way(scene, match, before[: match.start()])
        if match[0] not in _SIGNS:
            return None
    return None


def _before(scene: Scene, at: int) -> str:
    return _SENTENCES.split(scene.quiet[max(0, at - _REACH) : at])[-1]


def _backwards(words: str) -> Iterator[re.Match[str]]:
    return reversed(list(_MOVES.finditer(words)))


def _binds(scene: Scene, before: str, word: str, gap: str) -> bool:
    """Whether a word that moves, with ``before`` before it, governs the number that stands after ``gap``."""
    relative, noun = scene.quantity.unit in RELATIVE, _is_noun(word, before)
    if word in ("perte", "gain") and scene.quantity.unit == "EUR":
        return False
    if word in _SIGNS:
        listed = relative or _SIGNED_LIST.search(before)
        return bool(listed and _DIRECTLY.match(gap) and _APART.search(before))
    if noun and _DETERMINED.search(before) and _IS.match(gap):
        return True
    if _NAMES_A_THING.search(before) and not _VERB.match(word):
        return False
    if _BESIDE.match(gap):
        return relative and not _OF_A_YEAR.match(scene.after)
    return _by(gap, noun, relative)


def _is_noun(word: str, before: str) -> bool:
    """Whether a word that moves is a noun there: ``la baisse``, not ``a baissé``."""
    return bool(_NOUN.match(word)) and not _AUXILIARY.search(before)


def _by(gap: str, noun: bool, relative: bool) -> bool:
    """Whether ``gap`` between a word that moves and a number says by how much; little enough stands in it
    before an amount or a count."""
    if relative and ((_DIRECT.match(gap) and not _reaches(gap)) or (noun and _COLON.match(gap))):
        return True
    by = _BY.match(gap)
    if by is None or _LEVEL.search(by["words"]):
        return False
    between = by["words"]
    return relative or len(between.split()) <= 2 or not (noun or len(between) > 50)


def _reaches(gap: str) -> bool:
    return bool(_REACHES.search(gap) or _LEVEL.search(gap))


def compared_after(scene: Scene) -> bool:
    """Whether the words right after the number make it a change (``de moins``, ``de hausse``, ``vs 2021``),
    or those after the number before, listed with it (``3 % de hausse en nombre, 6 % en montant``)."""
    if scene.quantity.unit == "heures" and _OVERTIME.match(scene.after):
        return False
    if scene.quantity.unit in TIMES and _SOONER.match(scene.after):
        return True
    return any(_MORE.match(after) or _AFTER_EVOLUTION.match(after) for after in _afters(scene))


def told_after(scene: Scene) -> int | None:
    """The way that words after a number say that it changed; ``None`` where they say none."""
    for after in _afters(scene):
        if _LESS.match(after):
            return -1
        if (match := _MORE.match(after)) is not None:
            better = match[0].split()[-1] in ("mieux", *_WON)
            return -1 if better and _less_is_better(scene, scene.before[-_REACH:]) else 1
    return None


def _afters(scene: Scene) -> Iterator[str]:
    yield scene.after
    last = scene.previous
    if last and last.unit == scene.quantity.unit and last.unit in RELATIVE and _IN_OTHER.match(scene.after):
        between = scene.words[last.end : scene.quantity.start]
        if _IN_A_LIST.match(between) and not _LEVEL.search(between):
            yield between


def _shared(scene: Scene) -> int | None:
    """``les visites reculent de 4 % et les appels de 7 %``: the word before the first number moves all."""
    last, end = scene.previous, scene.quantity.start
    if last is None:
        return None
    other = scene.quantity.unit not in (*RELATIVE, last.unit)
    if other and _stands_apart(last, scene.words[last.end : end]):
        return None
    for begin, stop in reversed([s for s in scene.spans if s[1] <= end]):
        if not _goes_on(scene, scene.quiet[stop:end], end):
            return None
        before = _before(scene, begin)
        if won := _WINS.search(before[-60:]):
            return 1 if won.lastgroup == "hausse" else -1
        match = next(_backwards(before), None)
        if match and not _DIGIT.search(before, match.end()):
            if other and _is_noun(match[0], before[: match.start()]):
                return None
            bound = _binds(scene, before[: match.start()], match[0], before[match.end() :])
            return _way(scene, match, before[: match.start()]) if bound else None
        end = begin
    return None


def _stands_apart(last: Quantity, between: str) -> bool:
    """Whether a comma before a number of another unit ends what moved: no other thing that moved follows."""
    return "," in between and (last.unit in RELATIVE or not _AND_ANOTHER.fullmatch(between))


def _goes_on(scene: Scene, between: str, end: int) -> bool:
    """Whether the number at ``end`` goes on the list of what moved, with ``between`` since the one before."""
    if _COMPARED.fullmatch(between) and scene.previous and scene.previous.unit == scene.quantity.unit:
        return scene.quantity.unit in RELATIVE
    if _MOVES.search(between) or _LEVEL.search(between):
        return False
    counted = end == scene.quantity.start and _OF_THINGS.match(scene.after)
    joined = _SHARED.match(between) or (_JOINED.match(between) and not counted)
    return bool(joined) and not _NEW.search(between)


def _won(scene: Scene) -> int | None:
    """``gagne 3 points``, ``a perdu 14 agents``; days won on a delay make it shorter."""
    match = _WINS.search(scene.before[-60:])
    of_things = scene.quantity.unit == "%" and _OF_THINGS.match(scene.after)
    if match is None or of_things or scene.quantity.unit == "EUR" or _OF_WORK.match(scene.after):
        return None
    way = 1 if match.lastgroup == "hausse" else -1
    if scene.quantity.unit in TIMES:
        return -way if way > 0 or _ON_A_TIME.match(scene.after) else way
    return way


def _way(scene: Scene, match: re.Match[str], before: str) -> int:
    if match.lastgroup in ("mieux", "pire"):
        better = -1 if _less_is_better(scene, before) else 1
        return better if match.lastgroup == "mieux" else -better
    return -1 if match.lastgroup == "baisse" else 1


def _less_is_better(scene: Scene, before: str) -> bool:
    """Whether what improves is a time, a rate of errors, a stock: what is better when there is less of it."""
    if scene.quantity.unit in TIMES:
        return True
    told = _TOLD_AFTER.match(scene.after)
    for words in (told[0] if told else "", before, "" if before.strip() else scene.above):
        heads = _HEAD.findall(words)
        if heads:
            return bool(_LESS_IS_BETTER.search(heads[-1]))
        if _LESS_IS_BETTER.search(words):
            return True
    return False
