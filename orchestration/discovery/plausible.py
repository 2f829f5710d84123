"""Whether a figure lies where last year's value of the same series lets one expect it.

What a field inherits is told by words and place; a number that was read under the words of its neighbour
stands there as well. Does not belong here: what is ordinary for figures that are published already
(``int_vraisemblance``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED
from orchestration.reconciliation.wording import french_value

#: How the reason begins why something is taken for what it was last year, or is doubted.
LAST_YEAR, HERE = "l'an passé", ", ici "
#: How many times last year's value a value may be, or the reverse: where nothing but its words tells what it
#: is, and where its row prints last year's value again. Of the 175 counts and amounts that the reviewed
#: reports print for two years in a row, 24 moved by more than the first, 11 by more than the second.
ALONE, BACKED = Decimal(2), Decimal(10)
#: How many points a percentage may move: 4 of 55 moved more.
POINTS = Decimal(10)
#: Counts up to which any change is ordinary, and points.
FEW, FEW_POINTS = Decimal(20), Decimal(3)
#: How far last year's number may be restated in other words than a correction.
RESTATED = Decimal("0.1")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_RATES = frozenset({"%", "points", "pour_mille"})
#: Natures of values that are of one series; how something changed says nothing of how much it may change.
_LEVELS = {"total": "constate", "evolution": ""}
SeriesKey = tuple[str, ...]


class LastValues:
    """What last year's report was decided to say, by series and time; ``delta`` years lie between."""

    def __init__(self, numbers: pl.DataFrame | None = None, delta: int = 1) -> None:
        self._delta = delta
        self._values: dict[SeriesKey, set[Decimal]] = defaultdict(set)
        if numbers is not None:
            told = numbers.filter((pl.col("statut") == "observation") & (pl.col("revue") == "true"))
            for row in told.iter_rows(named=True):
                members = {d: row[f"{d}_code"] for d in DIMENSIONS}
                said = {"indicateur": row["indicateur_code"], "nature": row["nature"], **members}
                self._values[_series(said, row["unite"], row["periode_code"])].add(Decimal(row["valeur"]))

    def doubt(self, meaning: Mapping[str, str], unit: str, value: Decimal, backed: bool) -> str:
        """Why a figure that means ``meaning`` cannot be taken unread, in French; empty where nothing speaks
        against it. ``backed``: its row prints last year's value again.
        """
        nature = meaning["nature"]
        if not _LEVELS.get(nature, nature):
            return ""
        period = meaning["periode"]
        if same := self._values.get(_series(meaning, unit, period)):
            then = _nearest(value, same)
            far = abs(value - then) > RESTATED * abs(then)
        elif before := self._values.get(_series(meaning, unit, moved(period, -self._delta))):
            then = _nearest(value, before)
            far = _far(value, then, unit, BACKED if backed else ALONE)
        else:
            return ""
        here, there = (french_value(one, unit if unit == "%" else "") for one in (value, then))
        return f"{LAST_YEAR} {there}{HERE}{here}" if far else ""


def doubted(note: str) -> bool:
    """Whether a note says that a figure lies far from last year's, or reads otherwise than it."""
    return note.startswith(LAST_YEAR) and HERE in note


def moved(period: str, delta: int) -> str:
    return YEAR.sub(lambda m: str(int(m[0]) + delta), period)


def _series(meaning: Mapping[str, str], unit: str, period: str) -> SeriesKey:
    nature = _LEVELS.get(meaning["nature"], meaning["nature"])
    members = (meaning.get(d) or UNSTATED for d in DIMENSIONS)
    return meaning["indicateur"], nature, unit, period, *members


def _nearest(value: Decimal, values: set[Decimal]) -> Decimal:
    return min(values, key=lambda other: (abs(other - value), other))


def _far(value: Decimal, then: Decimal, unit: str, times: Decimal) -> bool:
    """Whether a value lies further from last year's than such values go."""
    small, large = sorted((abs(value), abs(then)))
    turned = value * then < 0 or large > times * small
    if unit in _RATES:
        return abs(value - then) > POINTS * (times / ALONE) or (turned and abs(value - then) > FEW_POINTS)
    return turned and (unit != "nombre" or large > FEW)
