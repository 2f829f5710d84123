"""What an audit saw, before it is told: results of checks, and how many relations were compared.

Light on purpose: orchestration reads these without importing Great Expectations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from expectations.checks import Check


@dataclass(frozen=True)
class CheckResult:
    """What one check saw: whether it passed, one line in French, and the rows that must not exist (if it is a
    query).
    """

    check: Check
    success: bool
    observed: str
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Tally:
    """How many relations of a domain were compared, by verdict."""

    compared: int = 0
    exact: int = 0
    rounded: int = 0
    truncated: int = 0
    failing: int = 0
    to_reconcile: int = 0
    to_look_at: int = 0
    unverifiable: int = 0

    def __str__(self) -> str:
        """One line in French."""
        if not self.compared:
            return "aucune relation imprimée dans ce domaine"
        return (
            f"{self.compared} relations comparées : {self.exact} exactes, {self.rounded} à l'arrondi, "
            f"{self.truncated} tronquées, {self.failing} en écart, {self.to_reconcile} à rapprocher, "
            f"{self.to_look_at} à vérifier, {self.unverifiable} non vérifiables"
        )


@dataclass(frozen=True)
class Validation:
    """What the checks saw, in their order, and the relations compared by domain."""

    results: list[CheckResult]
    tallies: Mapping[str, Tally]
