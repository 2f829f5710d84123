"""Short labels of figures that a fragment reads: the words around the hole where they name something, else
what the figure means.

Belongs here: labels. Does not belong here: the row and column words of tables (tables), labels without a
template (discovery).
"""

from __future__ import annotations

import re

from orchestration.extraction.catalogue import DIMENSIONS, NATURES, UNSTATED, WHOLE, Catalogue
from orchestration.extraction.templates import HOLE, Spec

MAX_LABEL = 120
#: Words that open or close no label: what they belong to stands in another part of the sentence.
_LINKS = (
    "a|à|ai|ainsi|au|aux|avec|ce|ces|cette|comme|contre|d|dans|de|depuis|des|dont|du|elle|elles|en|entre|est|et|été|était|étaient|il|ils|l|la|le|les|"
    "leur|leurs|mais|ont|ou|par|passant|passée?s?|plus|pour|près|progresse|progression|puis|qu|que|qui|sa|ses|soit|son|sont|sous|sur|un|une|versus|"
    "augment\\w*|baiss\\w*|diminu\\w*|évolution|évolue\\w*|hausse|recul\\w*|représent\\w*|atteint|euros?|millions?|milliards?|pts?|points?"
)
#: Words that stand before a number that was cut out, and what cannot follow them by itself.
_BEFORE = "a|à|au|aux|contre|d'|de|des|du|en|environ|est|ont|par|plus|pour|près|sur"
_AFTER = "a|à|au|aux|contre|de|en|est|ont|par|plus|pour|près|sur"
_COUNTED = "agents?|ans?|euros?|heures|jours|kms?|km2|m2|membres|minutes?|mois|p0|patients?|téléconseillers?"
#: Nouns that look like a participle.
_NO_PARTICIPLE = r"montant|comité|accident|assurés|privés|salariés|\w*(?:ment|[^a]ités?)\s"
_FRAGMENT = re.compile(
    rf"""^\W*(?:{_LINKS})(?![\w-])|(?<![\w-])(?:{_LINKS})\W*$  # opens or closes with a word that links
    |[(+;,:]\s*[);,:%]|[(+;,:%]\s*$|\)\s*[a-zà-ÿ]            # punctuation around what was cut out
    |[%+=<>]|\([^)]*$|^[^(]*\)                                # a sign, one bracket of two
    |(?<![\w'-])(?:{_BEFORE})\s*(?:{_COUNTED}|{_AFTER})(?!\w)  # nothing between two words that need something
    |(?<![\w'-])(?:de|la|le)\s(?:des\s|[aeiouyàâéèêîôœ])      # no elision: a number stood there
    |\.\s|(?<=\w),?\ssoit\s|(\w+)\scontre\s\1              # two sentences, two figures
    |^(?:ans?|années?|euros?)\s|\s(?:ans|années|euros)$       # a unit without its number
    |(?<![\w-])(?:s'|n'|se\s|ne\s|nous\s|ce\ssont|a\s)      # a pronoun, a verb: a piece of a sentence
    |(?<![\w-])(?:est|sont|étai\w*|ont|av(?:ait|ons|ions|aient)|ser(?:a|ont)|été|fait)(?!\w)
    |^(?!{_NO_PARTICIPLE})[a-zà-ÿ]+(?:és?|ées?|ait|ant|i?ent|enu)\s  # what was done, but not who did it
    |^(?:desquel\w*|enfin|environ|jusqu|lors|moins|supérieure?s?|inférieure?s?|semaine|(?:19|20)\d\d)(?!\w)
    |^(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
#: Half a word at the end of a line.
_HALF_WORD = re.compile(r"[^\W\d]+-\s*$")
_LAST_LINK = re.compile(rf"\W+(?:{_LINKS})\W*$|\W+$", re.IGNORECASE)
#: Natures that a label tells; the others go without saying.
_TOLD = ("evolution", "part", "objectif", "moyenne", "rang")


def hole_label(fragment: str, number: int) -> str:
    """A short label for a hole of a fragment, the first being number 1: the words around it, as far as the
    neighbouring holes or gaps.
    """
    pieces = HOLE.split(fragment)[:: HOLE.groups + 1]
    words = f"{pieces[number - 1].split('…')[-1]} {pieces[number].split('…')[0]}"
    return _short(words) or _short(" ".join(pieces))


def is_fragment(label: str) -> bool:
    """Whether words around a number name nothing by themselves (``de à``, ``en 2019 ; en 2020``,
    ``COURRIELS REÇUS, soit``).
    """
    return len(label) < 3 or bool(_FRAGMENT.search(label))


def meaning_label(spec: Spec, catalogue: Catalogue) -> str:
    """What the figure means, in the words of the catalogue: its indicator, the members that narrow it, its
    nature where it is no measure.
    """
    indicator = catalogue.indicators.get(spec.indicateur or "")
    named = [(dimension, getattr(spec, dimension)) for dimension in DIMENSIONS]
    members = [
        catalogue.labels.get(dimension, {}).get(code, "")
        for dimension, code in named
        if code not in (None, UNSTATED, WHOLE)
    ]
    nature = NATURES[spec.nature] if spec.nature in _TOLD else ""
    parts = [part for part in (indicator.libelle if indicator else "", *members) if part]
    while len(parts) > 1 and len(", ".join([*parts, nature])) > MAX_LABEL:
        del parts[-1]
    return ", ".join(filter(None, [*parts, nature]))


def cut_label(label: str) -> str:
    """A label of at most ``MAX_LABEL`` characters, cut where a word ends and closed by none that links."""
    if len(label) <= MAX_LABEL:
        return label
    cut = label[: MAX_LABEL + 1].rsplit(" ", 1)[0]
    while link := _LAST_LINK.search(cut):
        cut = cut[: link.start()]
    return cut


def _short(text: str) -> str:
    text = _HALF_WORD.sub("", text)
    words = " ".join(text.replace("…", " ").split()).strip(' :;,.()-/%€<≤≥>«»"')
    return cut_label(words)
