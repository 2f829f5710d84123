"""Short labels of figures that a fragment reads: the words around the hole where they name something, else
what the figure means.

Belongs here: labels. Does not belong here: the row and column words of tables (tables), labels without a
template (discovery).
"""

from __future__ import annotations

import itertools
import re

from orchestration.extraction.catalogue import DIMENSIONS, NATURES, UNSTATED, WHOLE, Catalogue
from orchestration.extraction.templates import HOLE, Spec

MAX_LABEL = 90
#: Words that open or close no label: what they belong to stands in another part of the sentence.
_LINKS = (
    "a|à|ai|ainsi|au|aux|avec|ce|ces|cette|comme|contre|d|dans|de|depuis|des|dont|du|elle|elles|en|entre|est|et|été|était|étaient|il|ils|l|la|le|les|"
    "leur|leurs|mais|ont|ou|par|passant|passée?s?|plus|pour|près|progresse|progression|puis|qu|que|qui|sa|ses|soit|son|sont|sous|sur|un|une|versus|"
    "augment\\w*|baiss\\w*|diminu\\w*|évolution|évolue\\w*|hausse|recul\\w*|représent\\w*|atteint|euros?|millions?|milliards?|pts?|points?"
)
_FRAGMENT = re.compile(
    rf"^\W*(?:{_LINKS})(?![\w-])|(?<![\w-])(?:{_LINKS})\W*$|[(+;,:]\s*[);,:%]|[(+;,:%]\s*$|\)\s*[a-zà-ÿ]",
    re.IGNORECASE,
)
#: Natures that a label tells; the others go without saying.
_TOLD = ("evolution", "part", "objectif", "moyenne", "rang")


def hole_labels(fragment: str) -> list[str]:
    """A short label for each hole of a fragment: the words around it, as far as the neighbouring holes or
    gaps.
    """
    pieces = HOLE.split(fragment)[:: HOLE.groups + 1]
    around = (
        f"{before.split('…')[-1]} {after.split('…')[0]}" for before, after in itertools.pairwise(pieces)
    )
    return [_short(words) or _short(" ".join(pieces)) for words in around]


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
    parts = [indicator.libelle if indicator else "", *members, nature]
    return ", ".join(part for part in parts if part)


def _short(text: str) -> str:
    words = re.sub(r"\s+", " ", text.replace("…", " ")).strip(' :;,.()-/%€<≤≥>«»"')
    return words if len(words) <= MAX_LABEL else words[:MAX_LABEL].rsplit(" ", 1)[0]
