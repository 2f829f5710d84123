"""Arithmetic relations between the captures of one report: what the print implies, as data.

Most come from structure: the totals, evolutions and summed columns of tables, figures printed in several
places, an evolution beside its two years, a share beside its count. The rest is declared in templates with a
small language::

    total = a + b - c          somme            n = effectif(puces)      effectif_annonce, counted in the
    document p = part(a, b)             part             r = ratio(a, b)          ratio
    e = evolution(new, old)    evolution        s = flux(o + in - out)   flux
    100 = a + b + c            somme to 100     a = repetition(b)        repetition
    total = a + 2 x b          weighted somme   a = atteinte(done, goal) atteinte
    m = moyenne(p x n + q x o) moyenne_ponderee m = moyenne(year / 12)   moyenne_ponderee
    a = borne(b)               a at most b      a = rapprochement(b)     repetition whose scopes print does
    not settle
    a = intitule(b + c)  repetition that a printed heading claims: where it fails, the heading is the finding

Names are ``bloc.id`` or ``id`` within the block; in tables ``row.column``, and ``*`` repeats the relation for
every column.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import itemgetter
from typing import Any

from orchestration.extraction.captures import Capture, Stated
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, WHOLE
from orchestration.reconciliation.terms import LETTER

_DECLARED = re.compile(
    r"\s*(?P<left>[\w.*]+)\s*=\s*(?:(?P<form>part|evolution|ratio|atteinte|flux|effectif|repetition|rapprochement|intitule|somme|moyenne|borne)\s*\((?P<inside>.*)\)|(?P<sum>.+?))\s*"
)
_TERM = re.compile(r"\s*([+-]?)\s*(?:(\d+)\s+x\s+)?([\w.*]+)\s*")
_LETTER = re.compile(r"\dO|O\d")
_PRODUCT = re.compile(r"\s*([\w.]+)\s*x\s*([\w.]+)\s*")
_NATURE = {
    "effectif": "effectif_annonce",
    "moyenne": "moyenne_ponderee",
    "rapprochement": "repetition",
    "intitule": "repetition",
}
#: What `effectif(...)` asks for and the figure it is said of, as a count of the document. Raises
#: ``RelationError``.
Count = Callable[[str, Capture], int]
#: Natures whose printed side is a `resultat`; the others have a `total`.
_RESULTS = frozenset({"part", "evolution", "ratio", "atteinte", "moyenne_ponderee", "borne"})
#: Natures that measure what they name, as printed.
MEASURED = frozenset({"constate", "total", "moyenne"})


@dataclass(frozen=True, slots=True)
class CaptureTerm:
    """One term of a relation: its role, weight, and the capture it points to (or a ``constante``)."""

    role: str
    poids: Decimal
    capture: Capture | None
    constante: Decimal | None = None
    paire: int = 0


@dataclass(frozen=True, slots=True)
class CaptureRelation:
    """A relation by its stable key inside the report, with its nature, a short formula and its terms."""

    key: str
    nature: str
    formule: str
    termes: tuple[CaptureTerm, ...]
    reserve: str = ""


class RelationError(ValueError):
    """A declared relation does not parse or names nothing; ``str(error)`` is a clause for a message."""


def plus(capture: Capture) -> CaptureTerm:
    return CaptureTerm("terme", Decimal(1), capture)


def make(key: str, nature: str, result: Capture | Decimal, terms: Iterable[CaptureTerm]) -> CaptureRelation:
    """Build a relation; ``result`` is the printed side (``total`` or ``resultat``), or a constant such as
    100.
    """
    role = "resultat" if nature in _RESULTS else "total"
    head = (
        CaptureTerm(role, Decimal(1), None, result)
        if isinstance(result, Decimal)
        else CaptureTerm(role, Decimal(1), result)
    )
    listed = (head, *terms)
    return CaptureRelation(key, nature, _formula(nature, listed), listed)


def _formula(nature: str, terms: tuple[CaptureTerm, ...]) -> str:
    def name(term: CaptureTerm) -> str:
        return term.capture.name if term.capture else f"{term.constante}"

    head, rest = name(terms[0]), terms[1:]
    if nature in _RESULTS:
        return f"{head} = {nature}({', '.join(name(t) for t in rest)})"

    def weighed(term: CaptureTerm) -> str:
        return f"{abs(term.poids)} x {name(term)}" if abs(term.poids) != 1 else name(term)

    signed = " ".join(f"{'-' if t.poids < 0 else '+'} {weighed(t)}" for t in rest).removeprefix("+ ")
    return f"{head} = {signed}"


def declared(text: str, block: str, by_name: dict[str, Capture], count: Count) -> Iterator[CaptureRelation]:
    """The relations of one declaration; ``*`` repeats it for every column for which all its names exist.

    ``count`` counts in the document what `effectif(...)` names.

    Raises ``RelationError`` with a clause saying which name is unknown or what does not parse.
    """
    if "*" not in text:
        yield _declared_once(text, block, by_name, count)
        return
    stem = next((m[3] for m in _TERM.finditer(text.partition("=")[0]) if "*" in m[3]), "")
    pattern = re.compile(re.escape(_full(stem, block)).replace(r"\*", r"(\w+)"))
    columns = [m[1] for name in by_name if (m := pattern.fullmatch(name))]
    found = 0
    for column in dict.fromkeys(columns):
        try:
            yield _declared_once(text.replace("*", column), block, by_name, count)
            found += 1
        except RelationError:
            continue
    if not found:
        raise RelationError(f"« {text} » : aucune colonne ne convient à `*`")


def _full(name: str, block: str) -> str:
    return f"{block}.{name}"


def _declared_once(text: str, block: str, by_name: dict[str, Capture], count: Count) -> CaptureRelation:
    match = _DECLARED.fullmatch(text)
    if not match:
        raise RelationError(f"« {text} » ne se lit pas ; écrivez `total = a + b` ou `p = part(a, b)`")
    form = match["form"] or "somme"
    nature = _NATURE.get(form, form)
    left = match["left"]
    result = Decimal(left) if left.isdigit() else _named(left, block, by_name, text)
    key = f"{block}/{nature}/{_key(text)}"
    if form == "effectif":
        if isinstance(result, Decimal):
            raise RelationError(f"« {text} » : un effectif se dit d'un chiffre imprimé")
        return make(
            key,
            nature,
            result,
            [CaptureTerm("terme", Decimal(1), None, Decimal(count(match["inside"].strip(), result)))],
        )
    terms = _terms(nature, match["inside"] if match["form"] else match["sum"], block, by_name, text)
    relation = make(key, nature, result, terms)
    return replace(relation, reserve=_scopes(relation)) if form == "rapprochement" else relation


def _scopes(relation: CaptureRelation) -> str:
    """Both scopes of a reconciliation, in the words of their labels."""
    told = [term.capture.libelle or term.capture.name for term in relation.termes if term.capture]
    return " ; ".join(f"« {words} »" for words in told)


def _key(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _terms(nature: str, inside: str, block: str, by_name: dict[str, Capture], text: str) -> list[CaptureTerm]:
    if nature == "moyenne_ponderee":
        return _mean(inside, block, by_name, text)
    if nature == "borne":
        return [replace(term, role="maximum") for term in _signed(inside, "maximum", block, by_name, text)]
    if nature in ("part", "evolution", "ratio", "atteinte"):
        sides = inside.split(",")
        if len(sides) != 2:
            raise RelationError(f"« {text} » : {nature} prend deux termes")
        return [
            *_signed(sides[0], "terme", block, by_name, text),
            *_signed(sides[1], "base", block, by_name, text),
        ]
    return _signed(inside, "terme", block, by_name, text)


def _mean(inside: str, block: str, by_name: dict[str, Capture], text: str) -> list[CaptureTerm]:
    """`rate x count + rate x count`, or `year / 12`."""
    over, slash, under = inside.partition("/")
    if slash:
        return [*_signed(over, "terme", block, by_name, text), *_signed(under, "base", block, by_name, text)]
    terms = []
    for pair, product in enumerate(inside.split("+"), 1):
        match = _PRODUCT.fullmatch(product)
        if not match:
            raise RelationError(
                f"« {text} » : « {product.strip()} » n'est pas un produit ; écrivez `moyenne(taux x effectif "
                "+ ...)`"
            )
        value, weight = (_named(name, block, by_name, text) for name in match.groups())
        terms += [
            CaptureTerm("terme", Decimal(1), value, paire=pair),
            CaptureTerm("base", Decimal(1), weight, paire=pair),
        ]
    return terms


def _signed(side: str, role: str, block: str, by_name: dict[str, Capture], text: str) -> list[CaptureTerm]:
    terms, at = [], 0
    while at < len(side):
        match = _TERM.match(side, at)
        if not match:
            raise RelationError(f"« {text} » : « {side[at:]} » n'est pas une somme de noms")
        weight = Decimal(match[2] or 1) * (-1 if match[1] == "-" else 1)
        if match[3].isdigit():
            terms.append(CaptureTerm(role, weight, None, Decimal(match[3])))
        else:
            terms.append(CaptureTerm(role, weight, _named(match[3], block, by_name, text)))
        at = match.end()
    return terms


def _named(name: str, block: str, by_name: dict[str, Capture], text: str) -> Capture:
    found = by_name.get(_full(name, block)) or by_name.get(name)
    if found is None:
        raise RelationError(f"« {text} » : aucun chiffre ne se nomme « {name} » (bloc « {block} »)")
    return found


_NAMES = tuple(DIMENSIONS)


def over_one_dimension(
    figures: Iterable[tuple[Capture, Hashable, Stated]],
) -> Iterator[tuple[str, dict[str, list[Capture]]]]:
    """The figures that differ in the member of one dimension only: the dimension, and the figures by member
    (what leaves it unsaid under ``UNSTATED``), two members at least, in the order in which they are given.
    Each figure comes with all else that it says, and with the members that it states."""
    wholes: dict[tuple[Hashable, Stated], tuple[int, list[Capture]]] = {}
    parts: dict[tuple[int, tuple[Hashable, Stated]], tuple[int, dict[str, list[Capture]]]] = {}
    for rank, (capture, common, stated) in enumerate(figures):
        wholes.setdefault((common, stated), (rank, []))[1].append(capture)
        for at, (dimension, member) in enumerate(stated):
            key = dimension, (common, stated[:at] + stated[at + 1 :])
            parts.setdefault(key, (rank, {}))[1].setdefault(member, []).append(capture)
    found = []
    for (dimension, scope), (rank, group) in parts.items():
        first, whole = wholes.get(scope, (rank, None))
        if whole or len(group) > 1:
            found.append((min(rank, first), dimension, {**group, **({UNSTATED: whole} if whole else {})}))
    for _, dimension, group in sorted(found, key=itemgetter(0, 1)):
        yield _NAMES[dimension], group


def _where(capture: Capture) -> tuple[str | None, ...]:
    spec = capture.spec
    return (spec.indicateur, spec.organisme, spec.territoire)


def derived(captures: list[Capture]) -> Iterator[CaptureRelation]:
    """Relations that follow from meaning alone: repetitions, evolutions beside their years, shares beside
    their counts.
    """
    yield from _repetitions(captures)
    counted = _measured(captures)
    units = sorted({c.unite for c in counted.values()})
    for capture in captures:
        if capture.spec.nature == "evolution":
            yield from _evolution_by_key(capture, counted, units)
        elif capture.spec.nature == "part":
            yield from _share_by_key(capture, counted)


def _measured(captures: list[Capture]) -> dict[tuple[Any, ...], Capture]:
    """What is measured, by its meaning: the first of the most precise prints. Figures that nobody has read
    and that nothing tells apart yet, though they differ, are none of them.
    """
    groups: dict[tuple[Any, ...], list[Capture]] = defaultdict(list)
    for c in captures:
        if c.spec.nature in MEASURED:
            groups[(*_where(c), c.spec.periode, c.unite, c.members)].append(c)
    return {
        key: min(group, key=lambda c: (c.number.half_width, c.start))
        for key, group in groups.items()
        if all(c.revue for c in group) or len({c.number.value for c in group}) == 1
    }


def _repetitions(captures: list[Capture]) -> Iterator[CaptureRelation]:
    """The same figure in several places: each print against the most precise one that most prints
    agree with.
    """
    groups: dict[tuple[Any, ...], list[Capture]] = defaultdict(list)
    for c in captures:
        nature = "constate" if c.spec.nature == "total" else c.spec.nature
        groups[(*_where(c), c.spec.periode, nature, c.unite, c.members)].append(c)
    for group in groups.values():
        if len(group) == 1:
            continue
        prints = Counter(c.number.value for c in group)
        ordered = sorted(group, key=lambda c: (c.number.half_width, -prints[c.number.value], c.start))
        for other in ordered[1:]:
            yield make(
                f"{other.bloc}/repetition/{other.id}={ordered[0].name}",
                "repetition",
                other,
                [plus(ordered[0])],
            )


def _evolution_by_key(
    capture: Capture, counted: dict[tuple[Any, ...], Capture], units: list[str]
) -> Iterator[CaptureRelation]:
    old, _, new = (capture.spec.periode or "").partition("/")
    if capture.unite != "%":
        units = ["%" if capture.unite == "points" else capture.unite]
    for unit in units:
        after, before = (
            counted.get((*_where(capture), period, unit, capture.members)) for period in (new, old)
        )
        if after and before and not (capture.unite == "%" and unit == "%" and capture.spec.unite == "points"):
            terms = [plus(after), CaptureTerm("base", Decimal(1), before)]
            yield make(f"{capture.bloc}/evolution/{capture.id}", "evolution", capture, terms)
            return


def _share_by_key(capture: Capture, counted: dict[tuple[Any, ...], Capture]) -> Iterator[CaptureRelation]:
    spec, members = capture.spec, capture.members
    for unit in ("nombre", "EUR", "jours"):
        count = counted.get((*_where(capture), spec.periode, unit, members))
        wholes = {
            whole.start: whole
            for i, member in enumerate(members)
            if member not in (UNSTATED, WHOLE)
            for other in (UNSTATED, WHOLE)
            if (
                whole := counted.get(
                    (*_where(capture), spec.periode, unit, (*members[:i], other, *members[i + 1 :]))
                )
            )
        }
        if count and len(wholes) == 1:
            base = CaptureTerm("base", Decimal(1), next(iter(wholes.values())))
            yield make(f"{capture.bloc}/part/{capture.id}", "part", capture, [plus(count), base])
            return


def lettered(captures: Iterable[Capture], flat: str) -> Iterator[CaptureRelation]:
    """A letter O among the digits of a figure, taken at its word: the digits that are printed without it."""
    for c in captures:
        printed = flat[c.start : c.end]
        if _LETTER.search(printed):
            digits = CaptureTerm("terme", Decimal(1), None, Decimal(re.sub(r"\D", "", printed)))
            yield make(f"{c.bloc}/repetition/{c.id}{LETTER}O)", "repetition", c, [digits])


def summed_pairs(relations: Iterable[CaptureRelation]) -> frozenset[frozenset[int]]:
    """The pairs of a total and a part that a sum binds already, by their offsets."""
    return frozenset(
        frozenset((relation.termes[0].capture.start, term.capture.start))
        for relation in relations
        if relation.nature == "somme" and relation.termes[0].capture
        for term in relation.termes[1:]
        if term.capture
    )


def unique(relations: Iterable[CaptureRelation]) -> list[CaptureRelation]:
    """Relations without doubles: the first of those with the same nature and the same printed side and terms
    is kept.
    """
    kept: dict[tuple[Any, ...], CaptureRelation] = {}
    for relation in relations:
        terms = tuple(
            sorted(
                (t.role, str(t.poids), t.capture.start if t.capture else -1, str(t.constante), t.paire)
                for t in relation.termes
            )
        )
        kept.setdefault((relation.nature, terms), relation)
    by_key: dict[str, CaptureRelation] = {}
    for relation in kept.values():
        key, n = relation.key, 2
        while key in by_key:
            key, n = f"{relation.key}#{n}", n + 1
        by_key[key] = relation if key == relation.key else replace(relation, key=key)
    return list(by_key.values())
