"""What kind of figure a number is: a level, an evolution, a share, an objective; an average, or only an age or a term of a rule."""

from __future__ import annotations

import re
from decimal import Decimal

from orchestration.discovery.quantities import falls
from orchestration.notation.tokens import Quantity

_EVOLUTION_WORD = (
    r"(?:[ée]volu\w*|progress\w*|hausse|augment\w*|baiss\w*|diminu\w*|recul\w*|chut\w*|croiss\w*|repli\w*|"
        r"accru\w*|accroiss\w*|bond\w*"
    r"|r[ée]du\w*|sup[ée]rieur\w*|inf[ée]rieur\w*)"
)
_EVOLUTION_NOUN = r"\b(?:[ée]volution|hausse|baisse|progression|augmentation|diminution|recul|repli|croissance|variation)"
_TOWARDS = re.compile(r"\s*(?:%|€|jours?|ans|points?|M€|millions?(?: d'euros)?|minutes?)?\s*à\s+\d")
_EVOLVING = re.compile(rf"{_EVOLUTION_WORD}[^.;:()]{{0,40}}$|{_EVOLUTION_NOUN}[^.;()]{{0,20}}:\s*$|{_EVOLUTION_WORD}[^.;:()]{{0,20}}\(\s*$", re.IGNORECASE)
_EVOLVING_BY = re.compile(
    rf"{_EVOLUTION_WORD}\s(?:\w+\s){{0,2}}?(?:de|d')\s?(?:pr[èe]s de\s|plus de\s|environ\s|quelque\s)?$|\b(?:en\s)?(?:hausse"
        rf"|baisse)\s(?:\w+\s)?(?:de|d')\s?$", re.IGNORECASE,
)
_REACHING = re.compile(
    r"(?:\b(?:à|atteindre|atteint|atteignent|repr[ée]sent\w+|pour|concern\w+|[ée]tabli\w*|est|sont|reste\w*"
        r"|soit|dont|avec|par|obtenir|compte\w*)|objectif\w*(?:\s\w+)?\s?:?)"
    r"\s*(?:de\s)?(?:pr[èe]s de\s|plus de\s|environ\s|à\s)?$", re.IGNORECASE,
)
_MORE = re.compile(r"\s*(?:[^\W\d]+[\s-]){0,4}?(?:de plus|de moins|en plus|en moins|suppl[ée]mentaires?|additionnel\w*)(?![\w-])(?!\sde\s\d)", re.IGNORECASE)
_LESS = re.compile(r"\s*(?:[^\W\d]+[\s-]){0,4}?(?:de moins|en moins|de baisse|de diminution|de recul)\b", re.IGNORECASE)
_AFTER_EVOLUTION = re.compile(
    r"\s*(?:par rapport|d'augmentation|d'[ée]volution|de hausse|de baisse|de progression|de croissance|"
    r"de diminution|en un an|sur un an|vs\b)", re.IGNORECASE)
_RATE_NAMES = re.compile(r"\b(?:taux|part|pourcentage|proportion)\b[^.;]{0,80}$", re.IGNORECASE)
_OBJECTIVE = re.compile(r"\bobjectif\w*\b[^.;)]{0,40}$|\bcible\b[^.;)]{0,20}$|\battendus?\b[^.;)]{0,10}$", re.IGNORECASE)
_OBJECTIVE_AFTER = re.compile(r"\s*(?:attendus?|vis[ée]s?|d'objectif)\b", re.IGNORECASE)
_PART_OF = re.compile(r"\s*(?:des?\b|d'|du\b)")
_MEASURED = re.compile(
    r"(?:\b[âa]ge\s(?:\w+\s)?(?:moyen|m[ée]dian)|\b[âa]ge\s:|moyen\w*\s(?:d'|des?\s|:)|moyenne|m[ée]dian\w*"
    r"|anciennet[ée]|d[ée]lais?|attente|dur[ée]es?|en moyenne|formation)[^.;|]{0,60}$", re.IGNORECASE)
_MEASURED_AFTER = re.compile(
    r"\s*(?:d'[âa]ge|d'anciennet[ée]|de moyenne|en moyenne|d'attente|de d[ée]lai|de formation|"
    r"de moyenne d'[âa]ge|moyens?)\b", re.IGNORECASE)
_LIMIT = re.compile(
    r"\b(?:plus|moins|au-del[àa]|[âa]g[ée]e?s?|partir|d[èe]s|apr[èe]s|sous|pendant|durant|depuis|il y a|"
        r"avant|tous les|dans les|sup[ée]rieur\w*|inf[ée]rieur\w*|jusqu'[àa])"
    r"\s(?:de\s|les\s|à\s|d'|ses\s)*$", re.IGNORECASE,
)
_THRESHOLD = re.compile(
    r"\b(?:en|sous|dans les?|dans un d[ée]lai de|moins de|plus de|au-del[àa] de|sup[ée]rieure?s? à|inf[ée]rieure?s? à"
    r"|dans un d[ée]lai inf[ée]rieur à|au bout de)\s*$", re.IGNORECASE)
_SHARE_NEAR = re.compile(r"\b(?:taux|part|pourcentage|proportion)\b|%", re.IGNORECASE)


def is_measured(before: str, after: str) -> bool:
    """Whether words around say that an age or a term is an average or a delay that was measured, not the limit of a rule."""
    sentence = re.split(r"[.;!?]\s", before)[-1]
    if _LIMIT.search(sentence):
        return False
    return bool(_MEASURED.search(sentence) or _MEASURED_AFTER.match(after))


def is_threshold(text: str, quantity: Quantity) -> bool:
    """Whether a number of days, years or minutes only bounds what a rate counts (``traitées en 10 jours : 92 %``)."""
    if quantity.unit not in ("jours", "ans", "minutes") or not _THRESHOLD.search(text[max(0, quantity.start - 40):quantity.start]):
        return False
    before = re.split(r"[.;]\s", text[:quantity.start])[-1]
    after = re.split(r"[.;]\s", text[quantity.end:])[0]
    return bool(_SHARE_NEAR.search(before) or "%" in after)


def of_phrase(before: str, after: str, quantity: Quantity) -> tuple[str, Decimal]:
    """The nature of a number between ``before`` (its sentence) and ``after``, and its value with the sign that words give it."""
    value = quantity.value
    if _evolves(before, after, quantity):
        if value > 0 and not quantity.signed and (falls(before) or _LESS.match(after)):
            value = -value
        return "evolution", value
    if _OBJECTIVE.search(before[-60:]) or _OBJECTIVE_AFTER.match(after):
        return "objectif", value
    if quantity.unit == "%" and not _RATE_NAMES.search(before[-110:]) and _PART_OF.match(after):
        return "part", value
    return "constate", value if quantity.signed else abs(value)


def _evolves(before: str, after: str, quantity: Quantity) -> bool:
    if quantity.unit == "ratio":
        return True
    relative = quantity.unit in ("%", "points")
    if re.search(r"\bde\s$", before) and _TOWARDS.match(after):
        return False
    if _MORE.match(after) or _AFTER_EVOLUTION.match(after):
        return True
    if quantity.signed and (relative or before.rstrip().endswith("(") or value_alone(before, after)):
        return True
    if quantity.unit == "points" and re.search(r"\b(?:gagn|perd|rep)\w*\s(?:de\s)?$", before):
        return True
    if relative:
        return bool(_EVOLVING.search(before[-70:])) and not _REACHING.search(before)
    return bool(_EVOLVING_BY.search(before[-60:]))


def value_alone(before: str, after: str) -> bool:
    """Whether a signed number has no words of its own on its line."""
    return not re.search(r"[^\W\d_]{2,}", before) and not re.search(r"[^\W\d_]{2,}", after)
