"""The members that a form writes beside the indicator: what the draft reads, what the words of rows add, what
the reviewer said that rows and columns name. What a page shows of them is what is written.

Does not belong here: which member words name (``rows``), what a reviewer says of rows (``naming``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.extraction.catalogue import DIMENSION_NAMES, DIMENSIONS, UNSTATED
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Dossier, Item
from orchestration.review.groups import Series, row_of
from orchestration.review.suggestions import Suggester

#: What a form says that its page shows: the indicators whose members it shows, the first of them those that
#: stand beside the figures; and how the fields begin that say which member stands chosen in a list.
SHOWN, STANDS = "vus", "affiche_"
CodesByDimension = Mapping[str, str]


@dataclass(frozen=True)
class MemberWords:
    """The members of a dimension that figures are written with: by label, the rows or figures that have it;
    empty where all do.
    """

    dimension: str
    members: Mapping[str, str]

    @property
    def words(self) -> str:
        named = (
            f"{label} ({whose})" if whose and fold_label(whose) != fold_label(label) else label
            for label, whose in self.members.items()
        )
        return f"{DIMENSION_NAMES[self.dimension]} : {', '.join(named)}"


@dataclass(frozen=True)
class Shown:
    """What a form shows of some figures: the members that stand beside them, which are those of the first of
    ``codes``, by place and told together, and ``apart`` in words those that not all have, by place; and
    ``otherwise`` those that another of the codes would write.
    """

    codes: tuple[str, ...] = ()
    of: Mapping[str, CodesByDimension] = field(default_factory=dict)
    told: Sequence[MemberWords] = ()
    apart: Mapping[str, str] = field(default_factory=dict)
    otherwise: Mapping[str, str] = field(default_factory=dict)

    @property
    def alike(self) -> dict[str, str | None]:
        """By dimension the member that all have, or that none has one; ``None`` where they differ."""
        found = {d: {members.get(d, UNSTATED) for members in self.of.values()} for d in DIMENSIONS}
        return {d: codes.pop() if len(codes) == 1 else None for d, codes in found.items()}


def members_shown(
    dossier: Dossier,
    suggester: Suggester,
    items: Sequence[Item],
    codes: Iterable[str],
    named: Mapping[str, CodesByDimension],
) -> Shown:
    """What a page shows of figures for which it offers ``codes``; ``named`` is what rows and columns were
    said to name that no field of the page shows, by place.
    """
    offered = tuple(dict.fromkeys(filter(None, codes))) or (items[0].meaning["indicateur"],)

    def told(code: str) -> tuple[dict[str, dict[str, str]], list[MemberWords]]:
        of = {item.key: written_with(suggester, item, code, named.get(item.key, {})) for item in items}
        return of, _told(dossier, items, of)

    of, first = told(offered[0])
    others = {code: told(code)[1] for code in offered[1:]}
    otherwise = {code: _unlike(said, first) for code, said in others.items() if said != first}
    shared = {one.dimension for one in first if "" in one.members.values()}
    apart = {i.key: {d: c for d, c in of[i.key].items() if d not in shared} for i in items}
    told_apart = {i.key: in_words(_told(dossier, [i], apart)) for i in items if apart[i.key]}
    return Shown(offered, of, first, told_apart, otherwise)


def written_with(suggester: Suggester, item: Item, code: str, named: CodesByDimension) -> dict[str, str]:
    """The members that a figure is written with when it is said to measure an indicator."""
    said = {**item.meaning, **suggester.rows.completes(item, code), **named}
    return {d: said[d] for d in DIMENSIONS if said[d] not in ("", UNSTATED)}


def in_words(told: Iterable[MemberWords]) -> str:
    return " ; ".join(one.words for one in told)


def _unlike(told: Sequence[MemberWords], first: Sequence[MemberWords]) -> str:
    """In words, what some members are otherwise than the first."""
    kept = {one.dimension for one in told}
    gone = [f"sans {DIMENSION_NAMES[one.dimension]}" for one in first if one.dimension not in kept]
    return " ; ".join([*(one.words for one in told if one not in first), *gone])


def _told(dossier: Dossier, items: Sequence[Item], of: Mapping[str, CodesByDimension]) -> list[MemberWords]:
    labels, rows = dossier.catalogue.labels, {row_of(item) for item in items}
    found = []
    for d in DIMENSIONS:
        held: dict[str, dict[str, None]] = defaultdict(dict)
        for item in items:
            if code := of[item.key].get(d):
                held[labels[d].get(code, code)][row_of(item) if len(rows) > 1 else item.printed] = None
        every = len(held) == 1 and all(d in of[item.key] for item in items)
        if held:
            found.append(
                MemberWords(d, {label: "" if every else ", ".join(whose) for label, whose in held.items()})
            )
    return found


def shown_in(given: Mapping[str, str], items: Sequence[Item], cut: Sequence[Series]) -> dict[str, list[str]]:
    """By the place of a figure, the indicators of which a form showed the members that they write."""
    if not cut:
        codes = given.get(SHOWN, "").split()
        return {item.key: codes for item in items}
    return {i.key: given.get(f"{SHOWN}{rank}", "").split() for rank, one in enumerate(cut) for i in one.items}


def as_shown(suggester: Suggester, item: Item, code: str, shown: Sequence[str]) -> dict[str, str]:
    """What the words of a figure's row say beside its indicator: of members what the page showed, where it
    did not show those of this one.
    """
    said = suggester.rows.completes(item, code)
    if not shown or code in shown:
        return said
    stood = suggester.rows.completes(item, shown[0])
    return {k: v for k, v in said.items() if k not in DIMENSIONS} | {
        k: v for k, v in stood.items() if k in DIMENSIONS
    }


def changed_members(
    meaning: Mapping[str, str], given: Mapping[str, str], items: Sequence[Item]
) -> dict[str, str]:
    """A meaning without the members that stood chosen in the lists of a form and were left there."""
    kept = dict(meaning)
    for d in DIMENSIONS:
        read = {item.meaning[d] for item in items}
        if kept.get(d) == given.get(f"{STANDS}{d}", read.pop() if len(read) == 1 else ""):
            del kept[d]
    return kept
