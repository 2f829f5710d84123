"""Figures that are decided together, the doubtful ones first; and which of them may be accepted at one
stroke.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from orchestration.discovery.concepts import UNMAPPED
from orchestration.review.dossier import Dossier, Item, group_key

#: Confidence from which several figures may be accepted as one decision.
SURE = Decimal("0.98")


@dataclass(frozen=True)
class Group:
    """Figures that share heading, unit, nature and the last piece of their label, in the order of print."""

    items: tuple[Item, ...]

    @property
    def code(self) -> str:
        """A name of the group that stays the same while its figures do."""
        first = self.items[0]
        return hashlib.sha256(f"{group_key(first)}{first.key}".encode()).hexdigest()[:10]

    @property
    def title(self) -> str:
        return self.items[0].label or self.items[0].heading or f"ligne {self.items[0].line}"

    @property
    def open(self) -> tuple[Item, ...]:
        """Those that nobody has reviewed yet."""
        return tuple(item for item in self.items if not item.reviewed)

    @property
    def doubts(self) -> list[str]:
        return sorted({doubt for item in self.open for doubt in item.doubts})

    @property
    def shared(self) -> dict[str, str]:
        """What all its figures mean alike; a key on which they differ is left out."""
        first = self.items[0].meaning
        return {
            key: value
            for key, value in first.items()
            if all(item.meaning[key] == value for item in self.items)
        }


def groups_of(dossier: Dossier) -> list[Group]:
    """Every group with a figure to decide first, the most doubtful at the head, then those that are done."""
    runs = (tuple(run) for _, run in groupby(sorted(dossier.items, key=_order), key=group_key))
    found = [Group(run) for run in runs]
    return sorted(found, key=lambda g: (not g.open, -_weight(g), g.items[0].line))


def _order(item: Item) -> tuple[tuple[str, str, str, str], int, int]:
    return group_key(item), item.line, item.column


def _weight(group: Group) -> int:
    """How urgent a group is: figures that arithmetic refutes, then those that say what is doubtful."""
    return sum(2 * bool(item.refuted) + bool(item.doubts) for item in group.open)


def acceptable(items: Iterable[Item]) -> tuple[Item, ...]:
    """The figures that may be accepted as they stand in one decision: sure enough, not refuted, and with a
    concept.
    """
    return tuple(
        item
        for item in items
        if not item.reviewed
        and item.hole
        and not item.refuted
        and item.meaning["indicateur"] != UNMAPPED
        and item.confidence >= SURE
    )


def table_of(dossier: Dossier, group: Group) -> tuple[Item, ...]:
    """The open figures of the table that a group belongs to, where every relation of the table holds; else
    nothing.

    A table is what one heading covers. Arithmetic vouches for its digits and its columns, the reviewer for
    its concept.
    """
    heading = group.items[0].heading
    there = [item for item in dossier.items if item.heading == heading and item.hole]
    bound = [item for item in there if item.confirmed]
    if len(bound) < 3 or 2 * len(bound) < len(there) or any(item.refuted for item in there):
        return ()
    return tuple(item for item in there if not item.reviewed)
