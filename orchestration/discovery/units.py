"""The unit and scale that a phrase leaves out: those of the figure it is compared with, of its noun, of what
stands above.
"""

from __future__ import annotations

import re
from decimal import Decimal

from orchestration.discovery.deciding import Conclusion, DecisionRule, first_answer
from orchestration.discovery.movements import TIMES
from orchestration.discovery.quantities import in_terms_of
from orchestration.discovery.scene import Scene
from orchestration.notation.lexicon import pattern
from orchestration.notation.tokens import Quantity

Given = tuple[Decimal, str]

_ONE = Decimal(1)
RANGE = re.compile(r"\s*(?:a|à|et|ou|-|–|/)\s*[+-]?\s?$")
#: A blank and a sign that hugs the next number: no range (``98 120 -3,1 %``).
_SIGN_ALONE = re.compile(r"\s+[-–]")
_SERIES = re.compile(r"\b(?:contre|versus|vs|a|et|puis|ou|apres|sur|-|–|/|\(|:)\s*$")
_BARE_COMPARED = re.compile(r"\b(?:contre|versus|vs|apres|au lieu de)\s*:?\s*(?:environ\s|pres de\s)?$")
_AIM = pattern(r"\(\s?{vise}\s?(?:a|:|de|est de|etait de)?\s?$")
_PART_OF_IT = re.compile(r"\b(?:dont|et|ou|puis)\s*$")
_OF_WHICH = re.compile(r"\s*(?:d'|de\s|des\s)(?!euros|plus|moins)")
_MONEY_BEFORE = pattern(r"\b{argent}\b[^.;]{0,50}$")
#: A scaled amount of money earlier in the sentence.
_AMOUNT = re.compile(r"\d\s?(?:(?:millions?|milliards?|milliers) d'\s?euros?|[mk]d?€|md€|[mk] €)")
_AMOUNT_IS = re.compile(r"\bmontants?\b[^.;\d]{0,60}(?::|est de|de|a)\s*$")
#: A number out of so many (``6 sur 10 et 74 %``): the second one has no unit of what comes after it.
_BASE_OF = re.compile(r"\d\s(?:[^\W\d]+\s)?sur\s$")
_GAP = re.compile(r"\s*(?:de|en) (?:plus|moins)\b(?! (?:de|d')\s?\w)")
_IN_YEAR = re.compile(r"\s?(?:en|fin|l'an|un an)\s(?:[^\W\d]+\s)?(?:19|20)?\d{0,2}[^)]{0,12}\)")
_THAT_OF = re.compile(r"\bcel(?:ui|le|les)\sd[^.;()]{0,40}\(\s?$")
_NOUN_AFTER = re.compile(
    r"\s*(?!en\b|au\b|fin\b|contre\b|par\b|soit\b|vs\b|l'|n-1|et\b|pour\b|dont\b|ont\b|a\b|est\b|en\b)[^\W\d_]{3,}"
)


def _noun(scene: Scene) -> bool:
    match = _NOUN_AFTER.match(scene.text, scene.quantity.end)
    return (
        match is not None
        and scene.words[match.end() - 1 : match.end()] == scene.text[match.end() - 1 : match.end()].lower()
        and (scene.text[scene.quantity.end : match.end()].strip()[:1].islower())
    )


def _near(scene: Scene, reach: int) -> str:
    return scene.words[max(0, scene.quantity.start - reach) : scene.quantity.start]


def _of_scaled(scene: Scene) -> Given | None:
    """``2 millions`` beside money: an amount that does not say its currency."""
    quantity, previous = scene.quantity, scene.previous
    if not quantity.scaled or _OF_WHICH.match(scene.words, quantity.end):
        return None
    compared = (
        previous is not None and previous.unit == "EUR" and (previous.scaled or _GAP.match(scene.after))
    )
    told = _MONEY_BEFORE.search(_near(scene, 80)) or _AMOUNT.search(scene.before)
    return (quantity.scale, "EUR") if compared or told else None


def _of_range(scene: Scene) -> Given | None:
    following = scene.following
    if following is None or not following.unit or _BASE_OF.search(scene.before):
        return None
    between = scene.words[scene.quantity.end : following.digits_start]
    if RANGE.fullmatch(between) and not _SIGN_ALONE.fullmatch(between):
        return (following.scale, following.unit) if following.unit not in ("ratio", "rang") else None
    return None


def _of_whole(scene: Scene) -> Given | None:
    previous = scene.previous
    if previous and previous.scaled and scene.quantity.decimals and _PART_OF_IT.search(_near(scene, 30)):
        return previous.scale, previous.unit or "nombre"
    return None


def _of_aim(scene: Scene) -> Given | None:
    previous = scene.previous
    aimed = previous and previous.unit and _AIM.search(_near(scene, 40))
    return (
        (previous.scale, previous.unit) if previous and previous.unit and aimed and not _noun(scene) else None
    )


def _of_series(scene: Scene) -> Given | None:
    """``115 millions d'euros (contre 21)``, ``91 % contre 88``, ``3 points sur 5``."""
    previous, before = scene.previous, _near(scene, 30)
    if previous is None or not previous.unit or not _SERIES.search(before):
        return None
    compared, noun = bool(_BARE_COMPARED.search(before)), _noun(scene)
    if noun and not compared:
        return None
    if previous.scaled and abs(scene.quantity.value) < 10_000:
        return previous.scale, previous.unit
    bare = not noun or previous.unit in ("%", "EUR")
    if bare and compared and (previous.unit != "%" or abs(scene.quantity.value) <= 100):
        return _ONE, previous.unit
    return (_ONE, "points") if previous.unit == "points" and before.rstrip().endswith("sur") else None


def _of_gap(scene: Scene) -> Given | None:
    """``41,3 jours, soit 0,7 de moins que l'objectif``: a gap is in the unit of what it is taken from,
    of a rate in points.
    """
    previous = scene.previous
    if previous is None or not previous.unit or not _GAP.match(scene.after):
        return None
    return previous.scale, "points" if previous.unit == "%" else previous.unit


def _of_other_year(scene: Scene) -> Given | None:
    """``33,1 pour 1 000 (34,6 en 2020)``: the same measure of another year, in brackets."""
    previous = scene.previous
    same = previous and previous.unit and not previous.scaled and scene.before.rstrip().endswith("(")
    if not same:
        return None
    told = _IN_YEAR.match(scene.after) or (_THAT_OF.search(scene.before) and scene.after[:1] == ")")
    return (_ONE, previous.unit) if previous and previous.unit and told else None


def _of_change_of_rate(scene: Scene) -> Given | None:
    """``97,9 % chez les pharmaciens (- 0,1)``, ``96 jours (- 11)``: the change of a rate in points, of a time
    in its own unit."""
    previous, quantity = scene.previous, scene.quantity
    alone = scene.before.rstrip().endswith("(") and scene.after.startswith(")")
    if previous is None or previous.signed or not (quantity.signed and alone and abs(quantity.value) < 100):
        return None
    if previous.unit in TIMES:
        return _ONE, previous.unit
    return (_ONE, "points") if previous.unit == "%" else None


def _of_cents(scene: Scene) -> Given | None:
    return (_ONE, "EUR") if scene.quantity.decimals == 2 and abs(scene.quantity.value) >= 1000 else None


def _of_rates(scene: Scene) -> Given | None:
    """A bare number that opens its line under a title in per cent."""
    opens = not scene.words[: scene.quantity.start].strip(" •>-–")
    return (_ONE, "%") if scene.given == (_ONE, "%") and abs(scene.quantity.value) <= 100 and opens else None


def _of_list(scene: Scene) -> Given | None:
    """A bare number that ends its line, below a sentence that ends with the scale of all."""
    return scene.listed if not scene.after.strip() and not _noun(scene) else None


def _of_amount(scene: Scene) -> Given | None:
    return (_ONE, "EUR") if _AMOUNT_IS.search(_near(scene, 90)) and not _noun(scene) else None


SCALED: tuple[DecisionRule[Scene, Given], ...] = (DecisionRule("montant_sans_devise", 0.85, _of_scaled),)
BARE: tuple[DecisionRule[Scene, Given], ...] = (
    DecisionRule("fourchette", 0.9, _of_range),
    DecisionRule("dont", 0.85, _of_whole),
    DecisionRule("objectif_entre_parentheses", 0.9, _of_aim),
    DecisionRule("comparaison", 0.85, _of_series),
    DecisionRule("ecart", 0.9, _of_gap),
    DecisionRule("autre_annee", 0.85, _of_other_year),
    DecisionRule("variation_d_un_taux", 0.85, _of_change_of_rate),
    DecisionRule("centimes", 0.8, _of_cents),
    DecisionRule("titre_en_pourcent", 0.8, _of_rates),
    DecisionRule("phrase_au_dessus", 0.8, _of_list),
    DecisionRule("montant_dit", 0.8, _of_amount),
)


def completed(scene: Scene) -> tuple[Quantity, Conclusion[Given] | None]:
    """The number with the unit and scale that its phrase leaves out, and the rule that told them."""
    quantity = scene.quantity
    if quantity.unit is not None:
        return quantity, None
    told = first_answer(SCALED if quantity.scaled else BARE, scene)
    if told is None:
        return quantity, None
    scale, unit = told.answer
    return quantity._replace(unit=unit) if quantity.scaled else in_terms_of(quantity, scale, unit), told
