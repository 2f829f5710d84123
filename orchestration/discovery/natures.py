"""What kind of figure a number is: a level, an evolution, a share, an objective, an average, a rank; or only
a term of a rule.
"""

from __future__ import annotations

import re
from decimal import Decimal

from orchestration.discovery.deciding import Conclusion, DecisionRule, decided
from orchestration.discovery.movements import (
    RELATIVE,
    compared_after,
    direction,
    rises_or_falls,
    told_after,
)
from orchestration.discovery.scene import Scene
from orchestration.notation.folding import plain
from orchestration.notation.lexicon import hinted, pattern
from orchestration.notation.tokens import Quantity

_TITLED_EVOLUTION = pattern(
    r"\W*(?:ce qui\s(?:{baisse}|{hausse}|monte)|(?:les?\s|l'|des?\s|en\s)?"
    r"(?:(?:principa|fort|plus|autre|seul)\w*\s){0,3}{noms_de_variation})\b(?!.*\b(?:nombre|volume)\s*$)"
)
#: What a list of changes of any unit is called.
_ANNOUNCED_LIST = re.compile(
    r"\W*(?:les\s|des\s)?(?:(?:principa|fort|plus|autre|seul)\w*\s){0,3}"
    r"(?:baisses|diminutions|reculs|reductions|hausses|augmentations|progressions)\b"
    r"(?!\s(?:du nombre|de tarifs?))"
)
#: A line of a list of rates, each behind its name.
_NAMED_RATE = re.compile(r"\W*[^\d:]{2,60}:\s*[-+\u2212]?\s?\d[\d,.]*\s?(?:%|points?)\W*")
_ANNOUNCES = pattern(r"\W*[^:.;()\d]{0,40}\b(?:en|a la)\s{noms_de_variation}\s?:")
#: A gap to another body or to an aim is no change in time.
_GAP_TO = re.compile(
    r"\s*(?:points?\s|jours?\s)?(?:de (?:plus|moins|mieux) que? ?"
    r"|(?:au|en)[ -]dess(?:us|ous) d[ue] ?|(?:super|infer)ieure?s? a )"
    r"(?:l'objectif|la cible|l'attendu|(?:la |le |l'|au )?(?:moyenne|niveau|taux|resultat|valeur)?"
    r"\s?(?:national|regional|departemental)|la moyenne)"
    r"|\s*(?:de|en) (?:plus|moins) (?:[^\W\d]+\s){1,4}?que (?:la |le |l'|au )(?:moyenne|niveau|reste|region)"
    r"|\s*(?:[^\W\d]+\s)?de (?:plus|moins) qu[e'] ?(?:prevu|attendu|espere|fixe|vise|annonce|budgete)"
)
#: The same with the comparison before the number (``inférieure de 3 points à la moyenne``).
_STANDS = hinted("perieur|ferieur|depass", r"\b(?:(?:super|infer)ieure?s?|depass\w+)\s(?:de|d')\s?$")
_TO_ANOTHER = re.compile(
    r"\s*(?:(?:[^\W\d]+\s)?(?:a|au|aux|le|la)\s)?"
    r"(?:l'objectif|l'attendu|la cible|(?:budget|previsions?|plafond|seuil)\b"
    r"|(?:la |l')?(?:[^\W\d]+\s){0,2}?(?:moyenne|national|regional|departemental)"
    r"|cel(?:ui|le|les)\s(?:de\s|du\s|des\s|d')(?:la\s|l')?(?!an\b|annee|exercice|periode|meme|\w*mestre|mois|campagne)"
    r"[^\W\d])"
)
#: ``à - 2 points de la région``: how far from another one.
_SITS = re.compile(r"\ba\s$")
_FROM_ANOTHER = re.compile(
    r"\s*(?:points?\s)?(?:de la|du|des|de l'|sous (?:la|le|l'))\s?"
    r"(?:region\w*|national\w*|moyenne|objectif|cible|reseau|niveau)\b"
)
#: ``l'écart à la cible est de - 6,8 points``.
_GAP_IS = hinted("ecart", r"\becart\s(?:a|au|avec)\s[^.;\d]{3,40}\b(?:est|etait|atteint)\s(?:de\s|d')?$")
_PASSED = re.compile(r"\bde\s[\d\s.,]+(?:%|€|jours?|ans|m€|points?|minutes?|tonnes|agents)?\s*a\s$")
#: What a balance below zero is called.
_BELOW_ZERO = hinted(
    "negati|positi|deficit|solde|resultat|perte",
    r"\b(?:negati|positi|deficit|solde|resultat|perte)\w*[^.;()]{0,20}\(\s?$",
)
_IN_THE_RED = hinted(
    "defici|perte|negati",
    r"\b(?:en deficit|deficitaires?|en perte|negati(?:f|fs|ve|ves))\s(?:de\s|d'|a\s)(?:{approche}\s?)?$",
)
_BY_THEN = hinted(
    "d'ici", r"\bd'ici\s(?:a\s)?(?:la\s)?(?:fin\s)?(?:de\s|l'annee\s)*((?:19|20)\d\d)\b[^.;\d]*$"
)
_BY_THEN_AFTER = hinted(
    "d'ici", r"[^.;:()\d]{0,45}\bd'ici\s(?:a\s)?(?:la\s)?(?:fin\s)?(?:de\s|l'annee\s)*((?:19|20)\d\d)\b"
)
_IN_A_YEAR = re.compile(r"\s?en\s((?:19|20)\d\d)\b")
_AFTER_SOME = re.compile(r"\s*(?:[^\W\d]+\s){0,4}?(?:(?:en|sur) un an|par rapport|depuis (?:19|20)\d\d)\b")
_RATE_NAMES = hinted(
    "taux|part|pourcentage|proportion", r"\b(?:taux|part|pourcentage|proportion)\b[^.;]{0,80}$"
)
_OBJECTIVE = hinted(
    "objectif|cible|attendu",
    r"\b(?<!\bsur )(?<!contrat d')(?<!convention d')(?<!pluriannuel d')objectif\w*\b[^.;)]{0,40}$"
    r"|\bcible\b[^.;)]{0,20}$|\battendus?\b[^.;)]{0,10}$",
)
_OBJECTIVE_AFTER = re.compile(r"\s*(?:[^\W\d]+\s){0,2}?(?:attendue?s?|visée?s|d['’]objectif)\b")
_PROMISED = hinted(
    "prev|vis|fixe|envisag|ambition|projet",
    r"\b(?:contrat|convention|cpg|cog|cpom|plan|projet|programme|accord|feuille de route|il "
    r"(?:est|etait))\s(?:[^\W\d]+\s){0,4}?"
    r"(?:prevoi\w*|prevu\w*|vise\w*|fixe\w*)\s(?:de\s|d'|a\s)?(?:\w+er\s)?(?:{approche}\s?)?$"
    r"|\b(?:contrat|convention|cpg|cog|cpom)\s(?:[^\W\d]+\s){0,3}?(?:fixe|prevoit|porte|vise)\s"
    r"(?:[^\W\d]+['\s]){1,8}?a\s$"
    r"|\b(?:prevoi(?:t|ent)|envisagent?|ambitionnent?|projet(?:te|tent)|vis(?:e|ent))\s(?:de\s|d'|a\s)"
    r"(?:[^\W\d]+\s){0,3}?[^\W\d]+(?:er|ir|re)\s(?:{approche}\s?)?$"
    r"|\b(?:est|etait|sont|etaient|ete)\s(?:\w+\s)?(?:fixe|prevu)\w*\sa\s(?:{approche}\s?)?$",
)
_PART_OF = re.compile(r"\s*(?:des?\b|d'(?!ici\b)|du\b)")
_AMONG = re.compile(
    r"(?:^|[.;:,]\s*)\W*(?:parmi|au sein d|sur l'ensemble d|sur (?:ces|les)\s|dans l'ensemble)"
)
_AVERAGE = hinted("moyenne", r"\ben moyenne,?\s(?:de\s|d'|a\s)?(?:{approche}\s?)?$")
_WORD = re.compile(r"[^\W\d_]{2,}")


def _relative(scene: Scene) -> bool:
    return scene.quantity.unit in RELATIVE


def _towards(scene: Scene) -> bool:
    """``de 21 à 14``: a passage from one level to another, no evolution."""
    before = scene.before
    passed = before.rstrip().endswith("a") and _PASSED.search(before)
    return (before.endswith("de ") and scene.passes) or bool(passed)


def _evolves_if(told: object) -> str | None:
    return "evolution" if told else None


def _listed_under_change(scene: Scene) -> str | None:
    """A rate that opens a line behind a dash, under a title that names a fall or a rise; any number under one
    that announces the falls themselves (``Les principales baisses :``)."""
    if not scene.opens_list:
        return None
    if not _relative(scene):
        return _evolves_if(_ANNOUNCED_LIST.match(scene.above) and scene.quantity.unit in ("EUR", None))
    named = rises_or_falls(scene.above)
    return _evolves_if(named and not re.search(r"\btaux|\bpart", scene.above))


def _listed_evolutions(scene: Scene) -> str | None:
    """A rate in a list whose title says that it lists evolutions (``Évolution des dépenses 2021/2020``)."""
    title = scene.lead or (scene.heading if _NAMED_RATE.fullmatch(scene.words) else "")
    titled = _relative(scene) and title and _TITLED_EVOLUTION.match(plain(title))
    return _evolves_if(titled and not _RATE_NAMES.search(scene.before[-110:]))


def _announced_change(scene: Scene) -> str | None:
    """``En hausse : les soins (4,4 %)``: rates in brackets after what announces them."""
    listed = _relative(scene) and scene.before.endswith("(") and scene.after.startswith(")")
    return _evolves_if(listed and _ANNOUNCES.match(scene.before))


def _promised(scene: Scene) -> str | None:
    """What a contract foresees, what is to come by a later year."""
    by_then = _BY_THEN.search(scene.before) or _BY_THEN_AFTER.match(scene.after)
    by_then = by_then or _IN_A_YEAR.match(scene.after)
    later = by_then is not None and by_then[1] > scene.year
    return "objectif" if later or _PROMISED.search(scene.before[-110:]) else None


def _gap(scene: Scene) -> str | None:
    compared = _STANDS.search(scene.before) and _TO_ANOTHER.match(scene.after)
    compared = compared or (_FROM_ANOTHER.match(scene.after) and _SITS.search(scene.before))
    compared = compared or _GAP_IS.search(scene.before)
    return "constate" if compared or _GAP_TO.match(scene.after) else None


def _signed(scene: Scene) -> str | None:
    quantity = scene.quantity
    if not quantity.signed or (quantity.unit == "EUR" and _BELOW_ZERO.search(scene.before)):
        return None
    alone = value_alone(scene.before, scene.after)
    telling = _relative(scene) or scene.before.rstrip().endswith("(") or alone
    money_told = quantity.unit == "EUR" and scene.after.lstrip().startswith(":")
    telling = telling or bool(_AFTER_SOME.match(scene.after)) or scene.before.endswith("soit ")
    telling = telling or bool(_BEHIND_ARROW.search(scene.before) or _LISTED_AFTER.search(scene.before))
    return _evolves_if(telling and not money_told and not _in_account(scene))


def _in_account(scene: Scene) -> bool:
    """An amount printed in parentheses is negative, and no evolution."""
    quantity = scene.quantity
    return (
        quantity.unit == "EUR"
        and quantity.start < quantity.digits_start
        and scene.words[quantity.start] == "("
    )


def _objective_said_after(scene: Scene) -> str | None:
    end = scene.quantity.end
    return "objectif" if _OBJECTIVE_AFTER.match(scene.text[end : end + 60]) else None


def _part(scene: Scene) -> str | None:
    if scene.quantity.unit != "%" or _RATE_NAMES.search(scene.before[-110:]):
        return None
    return "part" if _PART_OF.match(scene.after) or _AMONG.search(scene.before) else None


RULES: tuple[DecisionRule[Scene, str], ...] = (
    DecisionRule("facteur", 0.95, lambda s: _evolves_if(s.quantity.unit == "ratio")),
    DecisionRule("rang", 0.95, lambda s: "rang" if s.quantity.unit == "rang" else None),
    DecisionRule("de_a", 0.9, lambda s: "constate" if _towards(s) else None),
    DecisionRule("ecart_a_un_autre", 0.85, _gap),
    DecisionRule("contrat_qui_prevoit", 0.9, _promised),
    DecisionRule("dit_apres", 0.9, lambda s: _evolves_if(compared_after(s))),
    DecisionRule("liste_de_baisses", 0.85, _listed_under_change),
    DecisionRule("liste_d_evolutions", 0.85, _listed_evolutions),
    DecisionRule("variation_annoncee", 0.85, _announced_change),
    DecisionRule("signe", 0.9, _signed),
    DecisionRule("mot_qui_varie", 0.87, lambda s: _evolves_if(direction(s))),
    DecisionRule(
        "objectif_dit_avant", 0.9, lambda s: "objectif" if _OBJECTIVE.search(s.before[-60:]) else None
    ),
    DecisionRule("objectif_dit_apres", 0.85, _objective_said_after),
    DecisionRule("part_de", 0.8, _part),
    DecisionRule(
        "en_moyenne",
        0.85,
        lambda s: "moyenne" if not _relative(s) and _AVERAGE.search(s.before[-40:]) else None,
    ),
)


def of_scene(scene: Scene) -> tuple[Conclusion[str], Decimal]:
    """The nature of a number and its value with the sign that words give it."""
    nature = decided(RULES, scene, "constate")
    value = scene.quantity.value
    if nature.answer == "evolution":
        return nature, -value if value > 0 and not scene.quantity.signed and _falls(
            scene, nature.rule
        ) else value
    if (
        scene.quantity.unit in ("EUR", None)
        and not scene.quantity.signed
        and _IN_THE_RED.search(scene.before)
    ):
        return nature, -abs(value)
    return nature, value if scene.quantity.signed else abs(value)


def _falls(scene: Scene, rule: str) -> bool:
    """Whether an evolution without a sign of its own goes down, as the rule that told it has it."""
    if scene.quantity.unit == "ratio":
        return False
    if rule == "variation_annoncee":
        return rises_or_falls(scene.before.partition(":")[0]) == -1
    if rule in ("liste_de_baisses", "liste_d_evolutions"):
        return rises_or_falls(scene.above) == -1
    return (told_after(scene) or direction(scene) or rises_or_falls(scene.before[-70:]) or 1) < 0


def of_phrase(before: str, after: str, quantity: Quantity) -> tuple[str, Decimal]:
    """The nature of a number that stands alone between the words above (``before``) and below it, and its
    value with its sign.
    """
    text = f"{before} {after}"
    moved = Quantity(
        len(before),
        len(before),
        len(before),
        len(before),
        quantity.value,
        quantity.half_width,
        quantity.unit,
        quantity.scaled,
        quantity.signed,
        quantity.decimals,
        quantity.scale,
    )
    nature, value = of_scene(Scene(text, moved, (), ""))
    return nature.answer, value


def with_arrow(text: str, quantity: Quantity) -> Quantity:
    """A number with the sign that an arrow before it shows (``▼ 1,5 point``)."""
    match = _ARROW.search(text, 0, quantity.digits_start)
    if match is None or match.end() != quantity.digits_start:
        return quantity
    value = abs(quantity.value) * (-1 if match[1] in "▼↓↘⬇" else 1)
    return quantity._replace(start=min(quantity.start, match.start(2)), value=value, signed=True)


def value_alone(before: str, after: str) -> bool:
    """Whether a signed number has no words of its own on its line."""
    return not _WORD.search(before) and not _WORD.search(after)


#: A list of changes behind its name (``Variation du stock en 2021 : - 812 dossiers, + 45``).
_LISTED_AFTER = pattern(r"\b{noms_de_variation}\b[^.:;]{0,60}:\s[^.:;]{0,80}$")
_BEHIND_ARROW = re.compile(r"[▲▼↑↓↗↘⬆⬇]\s*$")
_ARROW = re.compile(r"([▲▼↑↓↗↘⬆⬇])\s*((?:[-+\u2212–]\s*)?$)")
_MEASURED = re.compile(
    r"(?:\bage\s(?:\w+\s)?(?:moyen|median)|\bage\s:|moyen\w*\s(?:d'|des?\s|:)|moyenne|median\w*"
    r"|\btemps\s(?:moyen|median|d'attente)|anciennete|delais?|attente|durees?|en moyenne|formation"
    r"|\bdure(?:nt|e|ait)?)[^.;|]{0,60}$"
)
_MEASURED_AFTER = re.compile(
    r"(?:[,.]\d+)?\s*(?:(?:ans?|annees?|mois|jours?|semaines?|heures?|minutes?|secondes?)\s)?\s*"
    r"(?:de (?:plus|moins) qu"
    r"|d'age|(?:age|anciennete)\s(?:moyen(?:ne)?|median)|d'anciennete"
    r"|de moyenne|en moyenne|d'attente|de delai|de formation|de moyenne "
    r"d'age|moyens?)\b"
)
#: What is done within a time that ends its clause (``sont réglées en 2,5 mois``); where something else
#: changes or is counted within it, the time is only a term.
_DONE_WITHIN = re.compile(r"^\W*[^\W\d][^\d:;()]{8,}[^\W\d]{3,}\sen\s(?:\d{1,3},)?$")
_ENDS_CLAUSE = re.compile(
    r"(?:[,.]\d+)?\s(?:mois|semaines?|heures?)\s*(?:$|[.;)]|,\s?(?:contre|soit)|\b(?:contre|au lieu)\b)"
)
_CHANGES = pattern(
    r"{baisse}|{hausse}|{mieux}|{pire}|{change}|\b(?:doubl|tripl|quadrupl|decupl|multipli|divis|pass)\w+|[,;]\s*en\s$"
)
#: A short time behind its name.
_A_WHILE = re.compile(
    r"\W*[^\W\d][^:\d]{2,50}:\s?(?:environ\s|pres de\s)?[0-5]\s?h(?:eures?)?(?:\s?[0-5]\d)?(?:\s?mi?n\w*)?\W*"
)
_LIMIT = re.compile(
    r"\b(?:plus|moins|au-dela|agee?s?|partir|des|apres|sous|pendant|durant|depuis|il y a|"
    r"avant|tous les|dans les|superieur\w*|inferieur\w*|jusqu'a)\s(?:de\s|les\s|a\s|d'|ses\s)*$"
)
_THRESHOLD = re.compile(
    r"\b(?:en|sous|dans les?|dans un delai de|moins de|plus de|au-dela de|superieure?s? a|inferieure?s? a"
    r"|dans un delai inferieur a|au bout de)\s*$"
)
#: A few words and the time within which a rate is counted, which follows (``Réitération à 7 jours : 18 %``).
_WITHIN, _ITS_RATE = re.compile(r"\W*(?:[^\W\d]+['\s]){1,4}a\s"), re.compile(r"\s?:\s?\d+(?:,\d+)?\s?%")
#: No limit is measured on average.
_ON_AVERAGE = re.compile(r"\s(?:en moyenne|en mediane)\b")
_SHARE_NEAR = re.compile(r"\b(?:taux|part|pourcentage|proportion)\b|%")


def is_measured(before: str, after: str) -> bool:
    """Whether words around say that an age or a term is an average or a delay that was measured, not the
    limit of a rule.
    """
    sentence = re.split(r"[.;!?]\s", plain(before))[-1]
    if _LIMIT.search(sentence):
        return False
    then = plain(after)
    if _MEASURED.search(sentence) or _MEASURED_AFTER.match(then):
        return True
    done = _DONE_WITHIN.search(sentence) and _ENDS_CLAUSE.match(then)
    return bool(done and not _CHANGES.search(sentence))


def is_while(line: str) -> bool:
    """Whether a line gives a name a few hours (``Entretien : 1 h 20``): no time of a day."""
    return bool(_A_WHILE.fullmatch(plain(line)))


def is_threshold(text: str, quantity: Quantity) -> bool:
    """Whether a number of days, years or minutes only bounds what a rate counts
    (``traitées en 10 jours : 92 %``).
    """
    words = plain(text)
    if quantity.unit not in ("jours", "mois", "ans", "minutes"):
        return False
    if _WITHIN.fullmatch(words, 0, quantity.start) and _ITS_RATE.match(words, quantity.end):
        return True
    if quantity.unit == "mois" or not _THRESHOLD.search(words, max(0, quantity.start - 40), quantity.start):
        return False
    if quantity.decimals or _ON_AVERAGE.match(words, quantity.end):
        return False
    before = re.split(r"[.;]\s", words[: quantity.start])[-1]
    after = re.split(r"[.;]\s", words[quantity.end :])[0]
    return bool(_SHARE_NEAR.search(before) or "%" in after)
