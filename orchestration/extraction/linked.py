"""Equalities that meaning suggests where print does not say outright that two scopes are one, and bounds
between two indicators.

Belongs here: sums over a dimension printed in several blocks, shares that make a hundred, one figure under
two spellings of its scope, evolutions, shares and rates beside counts of another block, a rate beside the two
counts that define it, a count that another can never exceed. Each is proposed by structure; an equality is
kept when it holds, or when one wrong digit explains why it does not; such a gap is to be reconciled
(`a_rapprocher`), never an error. Does not belong here: relations that print states (relations.py), bounds of
one indicator (implied.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, WHOLE, Catalogue
from orchestration.extraction.relations import (
    MEASURED,
    CaptureRelation,
    CaptureTerm,
    Stated,
    make,
    over_one_dimension,
    plus,
)
from orchestration.reconciliation.context import suspects
from orchestration.reconciliation.digits import digit_slips, shown_digits
from orchestration.reconciliation.hypotheses import ENOUGH_DIGITS
from orchestration.reconciliation.intervals import around, difference
from orchestration.reconciliation.terms import PrintedNumber, Relation, Term
from orchestration.reconciliation.verdicts import judge

_SUMMED = frozenset({"constate", "total", "objectif"})
_HUNDRED = Decimal(100)
#: Fewer shares than this make a hundred by chance.
ENOUGH_SHARES = 3
_ONE_DIGIT = frozenset({"chiffre_errone", "chiffres_permutes"})

_Scope = tuple[str, ...]


@dataclass(frozen=True)
class _Index:
    """The figures of a report by indicator, scope, unit and nature, the most precise print of each first."""

    figures: Mapping[tuple[str, _Scope, str, str], list[Capture]]

    def count(self, indicator: str, scope: _Scope, unit: str) -> Capture | None:
        found = self.figures.get((indicator, scope, unit, "constate"))
        if not found or (not found[0].revue and len({c.number.value for c in found}) > 1):
            return None  # nobody has said yet what tells them apart
        return found[0]


def linked(
    captures: Sequence[Capture], catalogue: Catalogue, stated: Iterable[CaptureRelation]
) -> Iterator[CaptureRelation]:
    """Every relation of this room; what those that print states (`stated`) bind is not proposed again."""
    index, stated = _index(captures), list(stated)
    bound, settled = {_same(relation) for relation in stated}, _totals(stated)
    for candidate in _candidates(captures, catalogue, index):
        if _same(candidate) in bound or settled & _totals([candidate]):
            continue
        if plausible(candidate):
            bound.add(_same(candidate))
            yield replace(candidate, reserve=_scopes_of(candidate))
    for capture in captures:
        yield from _at_most(capture, catalogue, index)


def _candidates(
    captures: Sequence[Capture], catalogue: Catalogue, index: _Index
) -> Iterator[CaptureRelation]:
    yield from _sums(captures, catalogue)
    yield from _hundreds(captures)
    yield from _twice(index)
    for capture in captures:
        if capture.spec.nature == "evolution":
            yield from _evolution(capture, index)
        elif capture.spec.nature == "part":
            yield from _share(capture, index)
        else:
            yield from _rate(capture, catalogue, index)


def _index(captures: Sequence[Capture]) -> _Index:
    figures: dict[tuple[str, _Scope, str, str], list[Capture]] = defaultdict(list)
    for capture in sorted(captures, key=lambda c: (c.number.half_width, c.start)):
        nature = "constate" if capture.spec.nature in MEASURED else capture.spec.nature or ""
        figures[capture.spec.indicateur or "", _scope(capture), capture.unite, nature].append(capture)
    return _Index(figures)


def _scope(capture: Capture) -> _Scope:
    """Place, period and members, however they are spelled: the whole of a dimension is the dimension unsaid,
    the stock of 31 December that of its year.
    """
    spec = capture.spec
    members = [UNSTATED if member == WHOLE else member for member in capture.members]
    return (spec.territoire or UNSTATED, _year_of(spec.periode or ""), *members)


def _year_of(period: str) -> str:
    return period.replace("-12-31", "")


def _elsewhere(scope: _Scope, **changed: str) -> _Scope:
    """The same scope at another period (`period`)."""
    return (scope[0], changed["period"], *scope[2:])


def _wider(scope: _Scope) -> Iterator[_Scope]:
    """The scopes that hold it: one dimension left unsaid, then all of them."""
    members = scope[2:]
    for i, member in enumerate(members):
        if member != UNSTATED:
            yield (*scope[:2], *members[:i], UNSTATED, *members[i + 1 :])
    if sum(member != UNSTATED for member in members) > 1:
        yield (*scope[:2], *(UNSTATED for _ in members))


def _sums(captures: Sequence[Capture], catalogue: Catalogue) -> Iterator[CaptureRelation]:
    """A whole and all its printed parts over one dimension, in whatever blocks they stand."""
    for name, group in over_one_dimension(_summed(captures, catalogue)):
        wholes = group.pop(UNSTATED, None)
        if wholes is not None and len(group) > 1:
            parts = [figures[0] for figures in group.values()]
            for whole in {id(w): w for w in (wholes[0], _beside(wholes, parts))}.values():
                key = f"{whole.bloc}/somme/{whole.id}=parts_{name}"
                yield make(key, "somme", whole, map(plus, parts))


def _beside(wholes: Sequence[Capture], parts: Sequence[Capture]) -> Capture:
    """The print of a whole that stands in the block of its parts, nearest to them; else the first: a sentence
    that tells a total again, rounded or of something wider, does not take the place of the table's own.
    """
    blocks = {part.bloc for part in parts}
    inside = [whole for whole in wholes if whole.bloc in blocks]
    return min(inside, key=lambda w: min(abs(w.start - part.start) for part in parts), default=wholes[0])


def _summed(
    captures: Sequence[Capture], catalogue: Catalogue
) -> Iterator[tuple[Capture, tuple[str, ...], Stated]]:
    """The figures that may be added up, each with all that it says besides its members."""
    for capture in captures:
        spec = capture.spec
        indicator = catalogue.indicators.get(spec.indicateur or "")
        if spec.nature not in _SUMMED or indicator is None or capture.unite != indicator.unite:
            continue
        if indicator.additivite != "non_additif":
            nature = "objectif" if spec.nature == "objectif" else "constate"
            common = nature, indicator.code, spec.territoire or UNSTATED, _year_of(spec.periode or "")
            yield capture, common, tuple([said for said in capture.stated if said[1] != WHOLE])


def _hundreds(captures: Sequence[Capture]) -> Iterator[CaptureRelation]:
    """The shares of one whole over one dimension, printed in one block: together they make a hundred."""
    groups: dict[tuple[Any, ...], dict[str, Capture]] = defaultdict(dict)
    for capture in captures:
        if capture.spec.nature == "part" and capture.unite == "%":
            scope = _scope(capture)
            for i, name in enumerate(DIMENSIONS, 2):
                if scope[i] != UNSTATED:
                    key = (capture.bloc, name, capture.spec.indicateur, scope[:i], scope[i + 1 :])
                    groups[key].setdefault(scope[i], capture)
    for (block, name, *_), group in groups.items():
        if len(group) >= ENOUGH_SHARES:
            first = next(iter(group.values()))
            made_of = f"{block}/somme/100=parts_{name}_{first.id}"
            yield make(made_of, "somme", _HUNDRED, map(plus, group.values()))


def _twice(index: _Index) -> Iterator[CaptureRelation]:
    """One figure whose scope is spelled in two ways, or that is dated in two: a box and its annex."""
    for group in index.figures.values():
        for other in group[1:]:
            key = f"{other.bloc}/repetition/{other.id}~{group[0].name}"
            yield make(key, "repetition", other, [plus(group[0])])


def _evolution(capture: Capture, index: _Index) -> Iterator[CaptureRelation]:
    scope = _scope(capture)
    old, slash, new = scope[1].partition("/")
    if not slash:
        return
    units = {"%": ("nombre", "EUR", "jours"), "points": ("%",)}.get(capture.unite, (capture.unite,))
    for unit in units:
        pair = [
            index.count(capture.spec.indicateur or "", _elsewhere(scope, period=period), unit)
            for period in (new, old)
        ]
        if pair[0] is not None and pair[1] is not None:
            terms = [plus(pair[0]), CaptureTerm("base", Decimal(1), pair[1])]
            yield make(f"{capture.bloc}/evolution/{capture.id}~", "evolution", capture, terms)


def _share(capture: Capture, index: _Index) -> Iterator[CaptureRelation]:
    scope, indicator = _scope(capture), capture.spec.indicateur or ""
    for unit in ("nombre", "EUR", "jours"):
        count = index.count(indicator, scope, unit)
        for wider in _wider(scope) if count else ():
            whole = index.count(indicator, wider, unit)
            if count is not None and whole is not None:
                terms = [plus(count), CaptureTerm("base", Decimal(1), whole)]
                yield make(f"{capture.bloc}/part/{capture.id}~{whole.name}", "part", capture, terms)


def _rate(capture: Capture, catalogue: Catalogue, index: _Index) -> Iterator[CaptureRelation]:
    """A rate or a mean beside the two figures that define it, or beside the year that it is a month of."""
    link = catalogue.links.get(capture.spec.indicateur or "")
    if link is None or link.nature == "au_plus" or capture.spec.nature not in MEASURED:
        return
    scope = _scope(capture)
    term = _defining(index, link.terme_code, scope, catalogue)
    if term is None:
        return
    if link.nature == "mensuel":
        base = CaptureTerm("base", Decimal(1), None, Decimal(12))
        yield make(
            f"{capture.bloc}/moyenne_ponderee/{capture.id}~", "moyenne_ponderee", capture, [plus(term), base]
        )
        return
    for wider in (scope, *_wider(scope)):
        whole = _defining(index, link.base_code, wider, catalogue)
        if whole is not None:
            terms = [plus(term), CaptureTerm("base", Decimal(1), whole)]
            key = f"{capture.bloc}/{link.nature}/{capture.id}~{whole.name}"
            yield make(key, link.nature, capture, terms)


def _defining(index: _Index, code: str, scope: _Scope, catalogue: Catalogue) -> Capture | None:
    indicator = catalogue.indicators.get(code)
    return index.count(code, scope, indicator.unite) if indicator else None


def _at_most(capture: Capture, catalogue: Catalogue, index: _Index) -> Iterator[CaptureRelation]:
    """A count that never exceeds another of the same or a wider scope."""
    link = catalogue.links.get(capture.spec.indicateur or "")
    if link is None or link.nature != "au_plus" or capture.spec.nature not in MEASURED:
        return
    scope = _scope(capture)
    for wider in (scope, *_wider(scope)):
        most = _defining(index, link.base_code, wider, catalogue)
        if most is not None and capture.unite == most.unite:
            terms = [CaptureTerm("maximum", Decimal(1), most)]
            bound = make(f"{capture.bloc}/borne/{capture.id}<={most.name}", "borne", capture, terms)
            yield replace(bound, reserve=_scopes_of(bound))
            return


def plausible(candidate: CaptureRelation) -> bool:
    """Whether a proposed equality holds at the precision of print, or one wrong digit explains why not."""
    relation = printed_relation(candidate)
    return judge(relation).holds or explained_by_a_digit(relation)


def explained_by_a_digit(relation: Relation) -> bool:
    """Whether one wrong digit of one figure explains why a relation does not hold."""
    return any(
        True
        for number, wanted in suspects(relation)
        if len(shown_digits(number)) >= ENOUGH_DIGITS
        for _ in digit_slips(number, _ONE_DIGIT, difference(wanted, around(Decimal(0), number.half_width)))
    )


def printed_relation(candidate: CaptureRelation) -> Relation:
    """A relation of captures as reconciliation judges it; an address is the place in folded text."""
    result, *parts = (
        Term(
            term.role,
            term.poids,
            (term.capture.start, 0) if term.capture else None,
            _printed(term.capture) if term.capture else None,
            term.constante,
            term.paire,
        )
        for term in candidate.termes
    )
    return Relation("", candidate.key, candidate.nature, candidate.formule, result, tuple(parts))


def _printed(capture: Capture) -> PrintedNumber:
    return PrintedNumber(
        "",
        capture.start,
        0,
        capture.id,
        capture.number.value,
        capture.number.half_width,
        capture.unite,
        capture.spec.nature or "",
    )


def _totals(relations: Iterable[CaptureRelation]) -> set[int]:
    """The places of the totals of sums: print says already what such a total is made of."""
    return {
        relation.termes[0].capture.start
        for relation in relations
        if relation.nature == "somme" and relation.termes[0].capture
    }


def _same(relation: CaptureRelation) -> tuple[Any, ...]:
    """What two relations over the same figures share, whichever is the result."""
    places = sorted(term.capture.start for term in relation.termes if term.capture)
    return relation.nature, tuple(places)


def _scopes_of(relation: CaptureRelation) -> str:
    """Both scopes in words: the labels of two figures, or the first and how many stand against it: labels in
    a row would quote the print.
    """
    told = [term.capture.libelle or term.capture.name for term in relation.termes if term.capture]
    if len(told) > 2:
        return f"« {told[0]} » ; {len(told) - 1} autres chiffres"
    return " ; ".join(f"« {words} »" for words in dict.fromkeys(told))
