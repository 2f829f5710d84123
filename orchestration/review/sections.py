"""Of what the figures under one heading speak: the domain that a new indicator most likely belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from orchestration.review.dossier import Dossier, Item
from orchestration.review.suggestions import Suggestion

#: How many read figures one that was decided is worth.
_DECIDED = 10


def domain_of_section(dossier: Dossier, item: Item, proposed: Sequence[Suggestion]) -> str:
    """The domain of most figures under the heading of one, those that were decided before those that are only
    read; else that of what is proposed for it, or none.
    """
    known = dossier.catalogue.indicators
    told: Counter[str] = Counter()
    for other in dossier.items:
        indicator = known.get(other.meaning["indicateur"])
        if other.heading == item.heading and indicator and indicator.domaine != "autre":
            told[indicator.domaine] += _DECIDED if other.reviewed else 1
    if told:
        return max(told, key=lambda domain: (told[domain], domain))
    return proposed[0].indicator.domaine if proposed else ""
