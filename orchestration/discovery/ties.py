"""A relation between figures that layout or words suggest, before an extract takes it: what binds, how it is
judged, and what kind of figure may stand where.

Does not belong here: which figures bind one another (structure.py, nearby.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from orchestration.discovery.figures import Figure
from orchestration.extraction.linked import explained_by_a_digit
from orchestration.notation.folding import fold_label
from orchestration.reconciliation.terms import PrintedNumber, Relation, Term
from orchestration.reconciliation.verdicts import judge

COUNTED = frozenset({"constate", "total"})
COUNTS = frozenset({"nombre", "EUR", "jours", "heures"})
SHARES = frozenset({"constate", "part"})
#: The rule of a mean by the month: its count by twelve, a little less and a little more (counts are rounded).
MONTHLY = "moyenne_par_mois"
#: Letters of a word that says nothing.
_SHORT = 3

Part = tuple[str, Decimal, "Figure | Decimal"]


@dataclass(frozen=True)
class Tie:
    """A relation between figures: its result (or a constant), its parts as role, weight and figure or
    constant, and the rule that proposed it.
    """

    nature: str
    result: Figure | Decimal
    parts: tuple[Part, ...]
    rule: str

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The printed figures, the result first."""
        return tuple(
            one for one in (self.result, *(part[2] for part in self.parts)) if isinstance(one, Figure)
        )

    @cached_property
    def relation(self) -> Relation:
        """The tie as reconciliation judges it."""
        result = term_of(
            "total" if self.nature in ("somme", "repetition", "flux") else "resultat", Decimal(1), self.result
        )
        parts = tuple(term_of(*part, pair) for part, pair in zip(self.parts, self.pairs, strict=True))
        return Relation("", self.rule, self.nature, "", result, parts)

    @property
    def pairs(self) -> Sequence[int]:
        """The pair of each part: several bounds are one each, what else has no pairs is 0."""
        if self.rule == MONTHLY:
            return (1,) * len(self.parts)
        apart = self.nature == "borne" and len(self.parts) > 2
        return range(1, len(self.parts) + 1) if apart else (0,) * len(self.parts)

    @cached_property
    def holds(self) -> bool:
        """Whether print and arithmetic agree."""
        return judge(self.relation).holds

    @property
    def credible(self) -> bool:
        """Whether it holds, or one wrong digit explains why it does not."""
        return self.holds or explained_by_a_digit(self.relation)


def term_of(role: str, weight: Decimal, what: Figure | Decimal, pair: int = 0) -> Term:
    if isinstance(what, Decimal):
        return Term(role, weight, None, None, what, pair)
    place = (what.ligne, what.colonne)
    number = PrintedNumber(
        "", *place, what.printed, what.value, what.half_width, unit=what.unit, nature=what.nature
    )
    return Term(role, weight, place, number, None, pair)


def summed(result: Figure | Decimal, parts: Iterable[Figure], rule: str) -> Tie:
    return Tie("somme", result, tuple(("terme", Decimal(1), part) for part in parts), rule)


def shared(result: Figure, term: Figure, base: Figure, rule: str) -> Tie:
    return Tie("part", result, over(term, base), rule)


def over(term: Figure, base: Figure) -> tuple[Part, ...]:
    return (("terme", Decimal(1), term), ("base", Decimal(1), base))


def attained(result: Figure, done: Figure, goal: Figure, rule: str) -> Tie:
    return Tie("atteinte", result, over(done, goal), rule)


def evolved(result: Figure, new: Figure, old: Figure, rule: str) -> Tie:
    return Tie("evolution", result, over(new, old), rule)


def whole_digits(figure: Figure) -> int:
    return len(str(int(abs(figure.value))))


def is_count(figure: Figure) -> bool:
    return figure.unit in COUNTS and figure.nature in COUNTED


def is_evolution(figure: Figure) -> bool:
    return figure.nature == "evolution"


def is_value(figure: Figure) -> bool:
    return figure.nature in COUNTED | SHARES


def is_share(figure: Figure) -> bool:
    return figure.unit == "%" and figure.nature in SHARES


def alike(one: Figure, other: Figure) -> bool:
    return one.unit == other.unit and is_value(one) and is_value(other)


def measures(evolution: Figure, value: Figure) -> bool:
    """Whether an evolution in its unit can be that of a value in its own."""
    if evolution.unit == "%":
        return value.unit in COUNTS
    return evolution.unit == ("points" if value.unit == "%" else value.unit)


def names_it(figure: Figure, stem: str) -> bool:
    """Whether the label of a figure holds a word that begins so."""
    return bool(stem) and any(word.startswith(stem) for word in fold_label(figure.label).split())


def told_words(figure: Figure) -> list[str]:
    """The words of a label that say something."""
    return long_words(figure.label)


def long_words(text: str) -> list[str]:
    """The words of a text that say something, folded."""
    return [word for word in fold_label(text).split() if len(word) > _SHORT]


def meant_digits(figure: Figure) -> int:
    """How many digits are printed, but for the zeros at the end."""
    return len(re.sub(r"\D", "", figure.printed).rstrip("0"))
