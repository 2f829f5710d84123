"""Decisions by named rules: an ordered list, the first rule that has an answer decides, and the answer
carries its name.

Whoever adds a rule writes one small function over the scene, a name and a confidence, and puts it where it
belongs in the order; ``tests/benchmarks/bench_rules.py`` then tells how often it decided and how often
rightly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DecisionRule(Generic[S, T]):
    """A rule: ``decide`` gives its answer for a scene, or ``None`` when it has none; ``confidence`` is
    between 0 and 1.
    """

    name: str
    confidence: float
    decide: Callable[[S], T | None]


class Conclusion(NamedTuple, Generic[T]):
    """An answer, the rule that gave it and how sure it is."""

    answer: T
    rule: str
    confidence: float


def first_answer(rules: Iterable[DecisionRule[S, T]], scene: S) -> Conclusion[T] | None:
    """The answer of the first rule that has one."""
    for rule in rules:
        if (answer := rule.decide(scene)) is not None:
            return Conclusion(answer, rule.name, rule.confidence)
    return None


def decided(rules: Iterable[DecisionRule[S, T]], scene: S, otherwise: T) -> Conclusion[T]:
    """The answer of the first rule that has one, else ``otherwise`` under the name ``sans_regle``."""
    return first_answer(rules, scene) or Conclusion(otherwise, "sans_regle", 0.6)
