"""Misprints that a template reads past: what it reads otherwise than printed (`imprime`), as relations of
their own, so that nothing is repaired in silence.

Belongs here: the print taken at its word. A figure under the year, unit, nature or indicator that is printed
meets the other figures as any figure does; where they contradict it, the heading is the finding and no figure
is accused. Both readings are always told, as a second reading. Does not belong here: how a heading that
arithmetic names by hand is declared (`intitule(...)`, relations.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from orchestration.extraction.captures import Capture
from orchestration.extraction.relations import CaptureRelation, CaptureTerm, derived, make
from orchestration.reconciliation.terms import MISPRINT


def misprinted(captures: Sequence[Capture]) -> Iterator[CaptureRelation]:
    """What the prints that ``captures`` read otherwise say at their word, and both readings of each."""
    for capture in captures:
        if capture.spec.imprime is not None:
            yield replace(_both(capture), reserve=_told(capture))
            twin = _at_its_word(capture)
            others = [other for other in captures if other is not capture]
            for relation in derived([*others, twin]):
                told = [t.capture for t in relation.termes if t.capture is not None]
                if any(one is twin for one in told):
                    names = "+".join(one.name for one in told if one is not twin)
                    key = f"{capture.bloc}/{relation.nature}/{capture.id}=intitule({names})"
                    yield replace(relation, key=key)


def dated_apart(relations: Iterable[CaptureRelation]) -> Iterator[CaptureRelation]:
    """Two prints of one figure, as a template declares them, under headings of two years: one of these is out
    of date. The printed years are kept; both are told, as a second reading is.
    """
    for relation in relations:
        first, *others = (term.capture for term in relation.termes)
        if relation.nature != "repetition" or first is None or len(others) != 1 or others[0] is None:
            continue
        years = [_years(capture) for capture in (first, others[0])]
        if all(years) and years[0].isdisjoint(years[1]):
            told = " ; ".join(
                f"{who} : periode {capture.spec.periode}"
                for who, capture in (("imprimé", first), ("ailleurs", others[0]))
            )
            yield replace(_both(first), reserve=told)


def _years(capture: Capture) -> frozenset[str]:
    return frozenset(re.findall(r"\d{4}", capture.spec.periode or ""))


def _at_its_word(capture: Capture) -> Capture:
    """The figure with the meaning that is printed."""
    printed = capture.spec.imprime
    assert printed is not None
    said = {key: value for key, value in printed if value is not None}
    unit = said.pop("unite", capture.unite)
    return replace(capture, spec=capture.spec.but(**{**said, "imprime": None}), unite=unit)


def _both(capture: Capture) -> CaptureRelation:
    """The second reading that print itself gives: the same value, under another meaning."""
    term = CaptureTerm("terme", Decimal(1), None, capture.number.value)
    key = f"{capture.bloc}/seconde_lecture/{capture.id}{MISPRINT}"
    return make(key, "seconde_lecture", capture, [term])


def _told(capture: Capture) -> str:
    """Both readings in words."""
    printed = capture.spec.imprime
    assert printed is not None
    said = [(key, value) for key, value in printed if value is not None]
    read = [(key, capture.unite if key == "unite" else getattr(capture.spec, key)) for key, _ in said]
    return " ; ".join(
        f"{who} : {', '.join(f'{key} {value}' for key, value in told)}"
        for who, told in (("imprimé", said), ("gabarit", read))
    )
