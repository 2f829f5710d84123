"""What the form of a new indicator is filled with: a name from the words of its figures, where the report has
them, and what the seeds say of those like it.

Does not belong here: writing it into the seeds (``seeds``).
"""

from __future__ import annotations

import re

from orchestration.extraction.catalogue import Catalogue
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Item
from orchestration.review.seeds import LONGEST

#: Brackets, numbers with what hangs on them, and what stands for a number that was taken out.
_ASIDE = re.compile(r"\([^)]*\)|\S*\d\S*|…|[%€<>≤≥*•]")
#: Words at the beginning or the end that name nothing.
_LITTLE_WORDS = """
a au aux avec ainsi c ce cela ces cet cette chez contre d dans de des du elle elles en et face il ils je l
la le les leur leurs mais ne nos notre nous on ou par plus pour pres puis qu que sa sans se ses si soit son
sur tandis tel tous toutes un une versus vers
"""
_LITTLE = frozenset(_LITTLE_WORDS.split())
#: Words with which a sentence goes on about what it named.
_GOING_ON = """
a ont est sont etait etaient avait avaient sera seront peut peuvent permet permettent represente
representent qui dont lors selon afin lorsque parmi
"""
_GOES_ON = frozenset(_GOING_ON.split())
#: Letters of an acronym, and words of a name, at most.
_ACRONYM, _WORDS = 5, 8
_SPLIT = re.compile(r"[\s,;:.«»\"]+")


def name_from(catalogue: Catalogue, item: Item) -> str:
    """A name for what a figure measures: the words that begin its row, or those of its column where its row
    is a member, as far as they name it, without numbers; else its heading; empty where print has none. A
    single word, and the name of another indicator, have the heading beside them.
    """
    name, above = _own_words(catalogue, item), _cased(_named(item.heading))
    taken = fold_label(name) in {fold_label(i.libelle) for i in catalogue.indicators.values()}
    if name and above and (taken or " " not in name) and fold_label(above) != fold_label(name):
        return f"{name} ({above})"[:LONGEST]
    return name[:LONGEST]


def _own_words(catalogue: Catalogue, item: Item) -> str:
    row, *others = item.label.split(" | ")
    titles = others[:1] if item.table and catalogue.members_named(row) else []
    texts = (*titles, row, *others, item.heading)
    return next((_cased(name) for text in texts if (name := _named(text))), "")


def _named(text: str) -> str:
    """The words of a text that name something; empty where none does."""
    words = [piece.strip("'’-–/ ") for piece in _SPLIT.split(_ASIDE.sub(" ", text))]
    words = [word for word in words if word]
    folded = [fold_label(word) for word in words]
    start = next((n for n, word in enumerate(folded) if word not in _LITTLE | _GOES_ON), len(words))
    stop = next((n for n in range(start, len(words)) if folded[n] in _GOES_ON), len(words))
    stop = min(stop, start + _WORDS)
    while stop > start and folded[stop - 1] in _LITTLE:
        stop -= 1
    return " ".join(words[start:stop]) if any(len(word) > 2 for word in words[start:stop]) else ""


def _cased(name: str) -> str:
    """A name with a capital at its head alone where it is printed in capitals; short ones may be acronyms."""
    small = " ".join(
        word.lower() if len(word) > _ACRONYM and word.isupper() else word for word in name.split()
    )
    return small[:1].upper() + small[1:]


def definition_from(catalogue: Catalogue, item: Item) -> str:
    """A definition that says where the report has it."""
    where = f"sous « {item.heading} »" if item.heading else "dans le rapport"
    return f"Ce que le rapport imprime {where} comme « {_own_words(catalogue, item) or item.label} »."
