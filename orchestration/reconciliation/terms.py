"""Printed numbers and the arithmetic relations between them, read from frames shaped like numbers.csv and
relations.csv.

Belongs here: the frozen models, and the door where text becomes Decimal and an ill-formed relation is
refused. Does not belong here: whether a relation holds, nor why it does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from typing import Any

import polars as pl

from orchestration.reconciliation.intervals import Interval, around

SUMS = frozenset({"somme", "repetition", "flux", "effectif_annonce", "seconde_lecture"})
QUOTIENTS = frozenset({"part", "evolution", "ratio", "atteinte"})
MEANS = frozenset({"moyenne_ponderee"})
BOUNDS = frozenset({"borne", "plausibilite"})
NATURES = SUMS | QUOTIENTS | MEANS | BOUNDS
#: What a contradiction of these natures asks for is a look, never a refusal.
ONLY_MARKS = frozenset({"plausibilite", "seconde_lecture"})
#: These say how the ink was read, not whether it is right: they are no evidence for or against a figure.
#: How the key of a second reading ends that print itself gives: what stands there is read otherwise.
MISPRINT = "=imprime()"
READINGS = frozenset({"seconde_lecture"})

#: What the key of a relation holds that a letter among the digits of a figure makes.
LETTER = "=lettre("

Address = tuple[int, int]


class RelationRefused(ValueError):
    """A relation or a number that cannot mean anything; the text is one sentence for people."""


@dataclass(frozen=True)
class PrintedNumber:
    """A printed number: its address, what is printed, and its value in base units (None when it was not
    read).
    """

    report: str
    line: int
    column: int
    printed: str
    value: Decimal | None
    half_width: Decimal = Decimal(0)
    unit: str = "nombre"
    nature: str = "constate"
    role: str = "feuille"
    indicator: str = ""
    period: str = ""
    members: str = ""
    block: str = ""
    label: str = ""
    reviewed: bool = True

    @property
    def place(self) -> Address:
        """Line and column of the first printed character."""
        return self.line, self.column

    def with_value(self, value: Decimal) -> PrintedNumber:
        """The same number, had the report printed `value` at the same precision."""
        other = object.__new__(PrintedNumber)  # a cause is tried on many: all fields but one are as they were
        vars(other).update(vars(self), value=value)
        vars(other).pop("interval", None)
        return other

    @cached_property
    def interval(self) -> Interval | None:
        """What the true value may be, or None when the number carries no value."""
        return None if self.value is None else around(self.value, self.half_width)


@dataclass(frozen=True, slots=True)
class Term:
    """One member of a relation: a printed number, a constant, or the address of a number that is missing.

    Terms of one `pair` belong together: a rate and its count, the parts of one bound.
    """

    role: str
    weight: Decimal
    place: Address | None
    number: PrintedNumber | None
    constant: Decimal | None = None
    pair: int = 0

    @property
    def value(self) -> Decimal | None:
        """The central value in base units, None when the term is missing."""
        if self.place is None:
            return self.constant
        return self.number.value if self.number else None

    @property
    def interval(self) -> Interval | None:
        """The value widened by its half-width, None when the term is missing."""
        if self.place is None:
            return None if self.constant is None else around(self.constant)
        return self.number.interval if self.number else None

    @property
    def printed(self) -> str:
        """What the report prints, or the constant, or where the number should have been."""
        if self.number is not None:
            return self.number.printed
        if self.place is None:
            return str(self.constant)
        return f"(rien à la ligne {self.place[0]}, colonne {self.place[1]})"

    def with_value(self, value: Decimal) -> Term:
        """The same term, had the report printed `value` at the same precision."""
        if self.number is None:
            return replace(self, constant=value)
        return Term(
            self.role, self.weight, self.place, self.number.with_value(value), self.constant, self.pair
        )


@dataclass(frozen=True)
class Relation:
    """An arithmetic relation: one result (role `total` or `resultat`) and the terms that imply it.

    `scopes` tells both scopes where the print does not settle that they are one: a gap is then a doubt.
    """

    report: str
    key: str
    nature: str
    formula: str
    result: Term
    parts: tuple[Term, ...]
    scopes: str = ""

    @property
    def of_heading(self) -> bool:
        """Whether it takes a printed heading, or a letter among digits, at its word: where it fails, these
        are wrong, and no figure.
        """
        return "=intitule(" in self.key or self.of_letter

    @property
    def of_letter(self) -> bool:
        """Whether it takes a letter that stands for a digit at its word."""
        return LETTER in self.key

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The result first, then its parts in the order of the file."""
        return (self.result, *self.parts)

    @cached_property
    def places(self) -> frozenset[Address]:
        """The addresses of all printed terms."""
        return frozenset(term.place for term in self.terms if term.place is not None)

    @property
    def missing(self) -> tuple[Term, ...]:
        """Terms without a value."""
        return tuple(term for term in self.terms if term.value is None)

    @property
    def is_percentage(self) -> bool:
        """Whether the result is printed in per cent."""
        return self.result.number is not None and self.result.number.unit == "%"

    def having(self, role: str) -> tuple[Term, ...]:
        """The parts of one role."""
        return tuple(part for part in self.parts if part.role == role)

    def substituted(self, values: Mapping[Address, Decimal]) -> Relation:
        """The same relation with other values at some addresses."""
        if self.places.isdisjoint(values):
            return self
        result, *parts = (
            term.with_value(values[term.place]) if term.place is not None and term.place in values else term
            for term in self.terms
        )
        return Relation(self.report, self.key, self.nature, self.formula, result, tuple(parts), self.scopes)


def as_decimal(value: Any, what: str) -> Decimal | None:
    """Text, int or Decimal as Decimal; empty as None.

    Raises RelationRefused for a float (it is not what was printed) and for text that is no number.
    """
    if value is None or value == "":
        return None
    if isinstance(value, float):
        raise RelationRefused(f"{what}: {value} is a binary float; give text or Decimal")
    try:
        number = _decimal(value)
    except InvalidOperation:
        raise RelationRefused(f"{what}: '{value}' is not a number") from None
    if not number.is_finite():
        raise RelationRefused(f"{what}: '{value}' is not a finite number")
    return number


@lru_cache(maxsize=4096)  # half-widths and weights are few, and values stand in their relations again
def _decimal(value: Any) -> Decimal:
    return Decimal(value)


DIMENSION_COLUMNS = (
    "organisme_code", "territoire_code", "risque_code", "canal_code", "public_code", "profession_code",
    "acteur_code", "programme_code", "motif_code", "etablissement_code", "poste_code", "site_code",
    "age_code", "sexe_code", "modalite_code",
)  # fmt: skip
NUMBER_COLUMNS = (
    "rapport_code", "ligne", "colonne", "valeur_imprimee", "statut", "valeur", "demi_intervalle", "unite",
    "nature", "role", "indicateur_code", "periode_code", "bloc", "libelle", "revue",
)  # fmt: skip
#: Of a relation first, then of the term.
RELATION_COLUMNS = (
    "relation", "nature", "formule", "reserve", "rapport_code",
    "role", "poids", "ligne", "colonne", "constante", "paire",
)  # fmt: skip
_ZERO, _ONE = Decimal(0), Decimal(1)


#: What a frame that lacks a column says in it.
_ABSENT = {"statut": "observation", "revue": "true"}


def _rows(frame: pl.DataFrame, names: Iterable[str], *more: pl.Expr) -> Iterator[tuple[Any, ...]]:
    """The cells of some columns, row by row; a column that is absent is empty, or says what is usual."""
    told = (
        pl.col(name) if name in frame.columns else pl.lit(_ABSENT.get(name, "")).alias(name) for name in names
    )
    return iter(frame.select(*told, *more).rows())


def read_numbers(numbers: pl.DataFrame, report: str = "") -> dict[Address, PrintedNumber]:
    """Numbers by address, from a frame shaped like numbers.csv (text or typed columns).

    Raises RelationRefused when two numbers share an address or a value is not a number.
    """
    found: dict[Address, PrintedNumber] = {}
    codes = [
        pl.col(name).fill_null("") if name in numbers.columns else pl.lit("") for name in DIMENSION_COLUMNS
    ]
    members = pl.concat_str(codes, separator="|").alias("members")
    for row in _rows(numbers, NUMBER_COLUMNS, members):
        number = _number(row, report)
        if number.place in found:
            raise RelationRefused(
                f"{number.report}: two numbers at line {number.line}, column {number.column}"
            )
        found[number.place] = number
    return found


def _number(row: tuple[Any, ...], report: str) -> PrintedNumber:
    """A number from the cells of ``NUMBER_COLUMNS`` and its members."""
    code, line, column, printed, status, value, half, *texts, reviewed, members = row
    what = f"{code or report}: line {line}, column {column}"
    unit, nature, role, indicator, period, block, label = (text or "" for text in texts)
    return PrintedNumber(
        code or report,
        int(line),
        int(column),
        printed or "",
        as_decimal(value, what) if status == "observation" else None,
        as_decimal(half, what) or _ZERO,
        unit,
        nature,
        role,
        indicator,
        period,
        members,
        block,
        label,
        reviewed == "true" or str(reviewed).lower() == "true",
    )


def read_relations(
    numbers: Mapping[Address, PrintedNumber], relations: pl.DataFrame, report: str = ""
) -> list[Relation]:
    """Relations in the order of the file, from a frame shaped like relations.csv and the numbers it points
    into.

    Raises RelationRefused for an unknown nature or role, no result, several results, or no part.
    """
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in _rows(relations, RELATION_COLUMNS):
        rows[row[0]].append(row)
    return [_relation(key, terms, numbers, report) for key, terms in rows.items()]


def _relation(
    key: str, rows: list[tuple[Any, ...]], numbers: Mapping[Address, PrintedNumber], report: str
) -> Relation:
    _, nature, formula, scopes, code, *_ = rows[0]
    report = code or report
    what = f"{report}: relation {key}"
    if any(row[1] != nature for row in rows):
        raise RelationRefused(f"{what} has terms of several natures")
    if nature not in NATURES:
        raise RelationRefused(f"{what} has the unknown nature '{nature}'")
    terms = [_term(row, numbers, what) for row in rows]
    roles = _ROLES[nature]
    results = [term for term in terms if term.role == roles.result]
    parts = tuple(term for term in terms if term.role != roles.result)
    if len(results) != 1:
        raise RelationRefused(
            f"{what} has {len(results)} terms of role '{roles.result}', it needs exactly one"
        )
    _refuse_roles(parts, roles, what)
    return Relation(report, key, nature, formula or "", results[0], parts, scopes or "")


@dataclass(frozen=True)
class _Roles:
    """The roles of a nature: the result, those that must stand among the parts, those of which one
    is enough.
    """

    result: str
    all_of: frozenset[str]
    any_of: frozenset[str] = frozenset()


def _roles(nature: str) -> _Roles:
    if nature in SUMS:
        return _Roles("total", frozenset({"terme"}))
    if nature in BOUNDS:
        return _Roles("resultat", frozenset(), frozenset({"minimum", "maximum"}))
    return _Roles("resultat", frozenset({"terme", "base"}))


_ROLES = {nature: _roles(nature) for nature in NATURES}


def _refuse_roles(parts: Iterable[Term], roles: _Roles, what: str) -> None:
    present = {part.role for part in parts}
    if present and present == roles.all_of:
        return
    if unknown := present - roles.all_of - roles.any_of:
        raise RelationRefused(f"{what} has the unknown role '{min(unknown)}'")
    if lacking := roles.all_of - present or (roles.any_of if not present else frozenset()):
        raise RelationRefused(f"{what} has no term of role '{min(lacking)}'")


def _term(row: tuple[Any, ...], numbers: Mapping[Address, PrintedNumber], what: str) -> Term:
    role, weight, line, column, constant, pair = row[5:]
    place = _place(line, column, what)
    told = as_decimal(constant, what)
    if (place is None) == (told is None):
        raise RelationRefused(f"{what} has a term that is neither one printed number nor one constant")
    weighed = as_decimal(weight, what)
    return Term(
        role,
        _ONE if weighed is None else weighed,
        place,
        numbers.get(place) if place else None,
        told,
        int(pair or 0),
    )


def _place(line: Any, column: Any, what: str) -> Address | None:
    if line and column:
        return int(line), int(column)
    if (line in (None, "")) != (column in (None, "")):
        raise RelationRefused(f"{what} has a term with a line but no column, or the reverse")
    return None if line in (None, "") else (int(line), int(column))
