"""The body a figure speaks of when the text names another than the report's own, told by words alone;
``bodies`` knows those of the seeds.
"""

from __future__ import annotations

import re
from functools import lru_cache

from orchestration.discovery.deciding import Conclusion, DecisionRule, first_answer
from orchestration.discovery.scene import Scene
from orchestration.notation.folding import mended, plain

NATIONAL = "national"
_NATIONAL = re.compile(
    r"\b(?:au niveau national|(?:au|sur le) plan national|a l'echelle nationale|au national\b|nationalement"
    r"|(?:moyennes?|taux|objectifs?|niveau|resultats?|scores?|chiffres?|evolutions?|valeurs?|cibles?|medianes?"
    r"|references?|tendances?)\s(?:[^\W\d]+\s)?nationa\w+|nationa(?:le?|ux)\s?:|en france|france entiere"
    r"|au niveau du reseau|reseau\s?:)|^\W*(?:france(?: metropolitaine)?|nationa(?:le?|ux))\W*$"
)
_MAY_BE_NATIONAL, _MAY_BE_OTHER = re.compile("nation|franc|reseau"), re.compile("CPAM|DRSM|CGSS|CRAMIF|ELSM")
_NAME = r"[A-ZÉÈÎÔ][\w'-]+(?:[ -](?:(?:et|de|la|du|en|sur|d')[ -])?[A-ZÉÈÎÔ][\w'-]+)*"
_OF = r"(?:de la |de l'|du |des |de |d'|en |à la )?"
_TYPES = r"CPAM|DRSM|CGSS|CRAMIF|Cramif|CARSAT|Carsat|CAF|Caf|MSA|URSSAF|Urssaf|ARS|ELSM|CTRC"
_OTHER = re.compile(
    rf"\b(?:pour|à|par|dans|de|de la|du) (?:la |l')(?P<body>(?:CPAM|DRSM|CGSS|CRAMIF|ELSM)\s{_OF}{_NAME})"
)
_TYPED = re.compile(rf"\b(?P<type>{_TYPES})\s{_OF}(?P<name>{_NAME})")
_SENTENCE = re.compile(r"[;.](?=\s|$)|\bcontre\b")
#: What ends the words of a number: another one is compared with it, or named in brackets.
_STOP = re.compile(
    r"[;.](?=\s|$)|\(|\b(?:contre|devant|derriere|derrière|pour une?|soit)\b"
    r"|\b(?:inf[ée]rieur|sup[ée]rieur|comparable|conforme|identique|proche|[ée]gal)\w*\s(?:[àa]|au|de|du)\b"
)
#: Behind a number, a clause that says whose the next one is (``, l'objectif national étant de``).
_NEXT = re.compile(
    r"(?:,|\b(?:alors|tandis) que\b|\bquand\b)[^,]*\b(?:[ée]tant|est|[ée]tait|sont|s'[ée]l[èe]v\w+"
    r"|s'[ée]tabli\w+|atteint|atteignant|se situ\w+|fix[ée]\w*)\s(?:(?:[àa]|de|au|d')\s?)?$"
)
#: Before a number, the one that it lies above or below.
_GAP = re.compile(r"\b(?:inf[ée]rieur|sup[ée]rieur|dessus|dessous)\w*\s(?:de|d')\s?$")


def _named_after(scene: Scene) -> str | None:
    end = scene.quantity.end
    if _GAP.search(scene.text[: scene.quantity.start]):
        return None
    stop = min((a for a, _ in scene.others if a >= end), default=len(scene.text))
    near = scene.text[end : min(stop, end + 90)]
    ends = _STOP.search(near) or (_NEXT.search(near) if stop < len(scene.text) else None)
    return of_title(near[: ends.start()] if ends else near) or None


def _named_before(scene: Scene) -> str | None:
    start = scene.quantity.start
    begin = max((b for _, b in scene.others if b <= start), default=0)
    return of_title(_SENTENCE.split(scene.text[max(begin, start - 50) : start])[-1]) or None


RULES: tuple[DecisionRule[Scene, str], ...] = (
    DecisionRule("nomme_apres", 0.85, _named_after),
    DecisionRule("nomme_avant", 0.8, _named_before),
)


def of_scene(scene: Scene) -> Conclusion[str] | None:
    """The other body that the sentence gives a figure, or ``None``."""
    return first_answer(RULES, scene) if _may_name(scene.text) else None


@lru_cache(maxsize=256)
def _may_name(text: str) -> bool:
    """Whether a sentence has a word that names another body: what to ask before looking for whose it is."""
    return bool(_MAY_BE_NATIONAL.search(plain(text)) or _MAY_BE_OTHER.search(text))


def of_title(text: str) -> str:
    """The other body that a few words name: ``national``, or a body by its name; else nothing."""
    if _MAY_BE_NATIONAL.search(words := plain(text)) and _NATIONAL.search(words):
        return NATIONAL
    match = _OTHER.search(text) if _MAY_BE_OTHER.search(text) else None
    return match["body"] if match else ""


def of_labels(*labels: str) -> str:
    """The other body that the labels of a cell name: one that a label begins with too (``CPAM du Gers``)."""
    for label in labels:
        typed = _TYPED.match(label)
        if named := of_title(label) or (typed[0] if typed else ""):
            return named
    return ""


def typed_names(text: str) -> list[str]:
    """The names of bodies in a text that say their type (``ARS Océan Indien``), each once."""
    return list(dict.fromkeys(" ".join(match[0].split()) for match in _TYPED.finditer(mended(text))))


def bare_name(label: str) -> str:
    """The name of a body as seeds spell it: its type and its place, without the article between them."""
    match = _TYPED.fullmatch(mended(label).strip())
    return f"{match['type'].upper()} {match['name']}" if match else label
