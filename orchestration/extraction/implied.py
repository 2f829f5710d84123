"""Relations that meaning implies beyond arithmetic: what a figure can never exceed, and what lies between its
parts.

Belongs here: bounds declared for an indicator, a share within 0 and 100, a part and its whole, a whole rate
between the rates of its parts; each derived from what the figures mean, none typed. Does not belong here:
equalities (relations.py), and what needs other reports (dbt).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import UNSTATED, WHOLE, Catalogue
from orchestration.extraction.relations import (
    CaptureRelation,
    CaptureTerm,
    make,
    over_one_dimension,
)

#: Dimensions whose members never overlap: their figures may be added up against a whole.
DISJOINT = frozenset({"risque", "canal", "profession", "sexe", "site", "etablissement", "lieu"})
_COUNTED = frozenset({"constate", "total"})
_RATED = frozenset({"constate", "moyenne", "score", "total"})
_PLACE = "lieu"
#: What a row that is no whole of the others begins with, though it names no member.
_REST = re.compile(r"\W*(?:autres?|divers\w*|reste)\b", re.IGNORECASE)
#: What the total of a table begins with, and a total of some of its rows.
_TOTAL = re.compile(r"\W*(?:total|ensemble)\b", re.IGNORECASE)
_SUBTOTAL = re.compile(r"\W*sous[- ]?total\b", re.IGNORECASE)
_ZERO, _HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class _Family:
    """Figures that differ in one dimension only: the whole over it, and its printed parts by member."""

    dimension: str
    whole: Capture
    parts: Mapping[str, Capture]
    stated: bool


def implied(
    captures: Sequence[Capture], catalogue: Catalogue, summed: Collection[frozenset[int]]
) -> Iterator[CaptureRelation]:
    """Every bound that meaning implies; `summed` are the pairs of figures that a sum binds already (their
    offsets).
    """
    for capture in captures:
        yield from _own_bounds(capture, catalogue)
    for family in _families(captures, catalogue):
        adds = _adds(family.whole, catalogue)
        if adds or family.whole.unite == "nombre":
            yield from _parts_of(family, summed, adds)
        else:
            yield from _between(family)


def _own_bounds(capture: Capture, catalogue: Catalogue) -> Iterator[CaptureRelation]:
    least, most = _limits(capture, catalogue)
    terms = [
        CaptureTerm(role, Decimal(1), None, bound)
        for role, bound in (("minimum", least), ("maximum", most))
        if bound is not None
    ]
    if terms:
        yield make(f"{capture.bloc}/borne/{capture.id}", "borne", capture, terms)


def _limits(capture: Capture, catalogue: Catalogue) -> tuple[Decimal | None, Decimal | None]:
    """What the figure can never be less or more than: as its indicator declares; a share is within
    its whole.
    """
    nature, indicator = capture.spec.nature, catalogue.indicators.get(capture.spec.indicateur or "")
    if nature == "part" and capture.unite == "%":
        return _ZERO, _HUNDRED
    if indicator is None or nature in ("evolution", "rang", "part") or capture.unite != indicator.unite:
        return None, None
    return indicator.borne_min, indicator.borne_max


def _adds(capture: Capture, catalogue: Catalogue) -> bool:
    indicator = catalogue.indicators.get(capture.spec.indicateur or "")
    return (
        indicator is not None
        and indicator.additivite in ("additif", "semi_additif")
        and capture.unite == indicator.unite
    )


def _families(captures: Sequence[Capture], catalogue: Catalogue) -> Iterator[_Family]:
    told = [c for c in captures if c.spec.nature in _RATED and c.unite != "autre"]
    for dimension, group in over_one_dimension((c, (_what(c), _place(c)), c.stated) for c in told):
        yield from _family(dimension, _most_precise(group), catalogue)
    places: dict[tuple[Any, ...], dict[str, list[Capture]]] = defaultdict(lambda: defaultdict(list))
    for capture in told:
        place = capture.spec.territoire or UNSTATED
        places[_what(capture), capture.stated][place].append(capture)
    for group in places.values():
        if len(group) > 1:
            yield from _family(_PLACE, _most_precise(group), catalogue)


def _most_precise(group: Mapping[str, list[Capture]]) -> dict[str, Capture]:
    return {member: min(figures, key=lambda c: c.number.half_width) for member, figures in group.items()}


def _place(capture: Capture) -> tuple[str, str]:
    return capture.spec.organisme or UNSTATED, capture.spec.territoire or UNSTATED


def _what(capture: Capture) -> tuple[Any, ...]:
    """What is measured, when, in which unit, and whether it is counted."""
    spec = capture.spec
    nature = "counted" if spec.nature in _COUNTED else spec.nature
    return spec.indicateur, spec.periode, capture.unite, nature


def _family(dimension: str, group: Mapping[str, Capture], catalogue: Catalogue) -> Iterator[_Family]:
    if dimension == _PLACE:
        parents = catalogue.parents.get("territoire", {})
        for code, whole in group.items():
            parts = {member: capture for member, capture in group.items() if parents.get(member) == code}
            if parts:
                complete = len(parts) == sum(parent == code for parent in parents.values())
                yield _Family(dimension, whole, parts, complete)
        return
    parts = {member: capture for member, capture in group.items() if member not in (WHOLE, UNSTATED)}
    unstated = group.get(UNSTATED)
    stated = group.get(WHOLE) or (None if unstated is None or _is_a_part(unstated, parts) else unstated)
    if stated is not None and parts:
        yield _Family(dimension, stated, parts, WHOLE in group)


def _is_a_part(unstated: Capture, parts: Mapping[str, Capture]) -> bool:
    """Whether a figure that names no member is no whole of those that do: the rest of them, or one more."""
    beside = {bool(_REST.match(part.libelle)) for part in parts.values()}
    rest = _REST.match(unstated.libelle) is not None and beside == {False}
    return rest or (not unstated.revue and _unknown_member(unstated, parts))


def _unknown_member(unstated: Capture, parts: Mapping[str, Capture]) -> bool:
    """Whether a figure that nobody has read and that names no member may be one more part: a subtotal, or
    less than another part of its block.
    """
    if _SUBTOTAL.match(unstated.libelle):
        return True
    inside = [part for part in parts.values() if part.bloc == unstated.bloc]
    most = max((part.number.value for part in inside), default=unstated.number.value)
    return not _TOTAL.match(unstated.libelle) and most > unstated.number.value


def _parts_of(family: _Family, summed: Collection[frozenset[int]], adds: bool) -> Iterator[CaptureRelation]:
    """No part exceeds its whole, nor do the parts of a dimension without overlap when added up."""
    whole = family.whole
    apart = [part for part in family.parts.values() if frozenset((whole.start, part.start)) not in summed]
    for part in apart:
        yield make(
            f"{part.bloc}/borne/{part.id}<={whole.name}",
            "borne",
            part,
            [CaptureTerm("maximum", Decimal(1), whole)],
        )
    adds = adds and whole.spec.nature in _COUNTED and family.dimension in DISJOINT
    if adds and len(apart) > 1 and len(apart) == len(family.parts):
        terms = [CaptureTerm("minimum", Decimal(1), part, paire=1) for part in apart]
        yield make(f"{whole.bloc}/borne/{whole.id}>={family.dimension}", "borne", whole, terms)


def _between(family: _Family) -> Iterator[CaptureRelation]:
    """A rate of a whole lies between the least and the greatest of its parts, once all of them are
    printed.
    """
    if len(family.parts) < 2 or not family.stated:
        return
    terms = [
        CaptureTerm(role, Decimal(1), part, paire=pair)
        for role in ("minimum", "maximum")
        for pair, part in enumerate(family.parts.values(), 1)
    ]
    yield make(
        f"{family.whole.bloc}/borne/{family.whole.id}={family.dimension}", "borne", family.whole, terms
    )
