"""Tiny printed tables for the tests: frames shaped like numbers.csv and relations.csv, written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from orchestration.building.build import RAW_COLUMNS
from orchestration.reconciliation.terms import Address, Relation, read_numbers, read_relations
from orchestration.reconciliation.verdicts import Verdict, judge_all

NUMBERS, RELATIONS = RAW_COLUMNS["nombre"], RAW_COLUMNS["relation"]
Bounds = Sequence["Address | str | Sequence[Address | str]"]


@dataclass
class Page:
    """A printed page under construction; every number stands at (line, column)."""

    report: str = "cpam_essai_2021"
    numbers: list[dict[str, object]] = field(default_factory=list)
    relations: list[dict[str, object]] = field(default_factory=list)

    def put(self, value: str | None, half: str = "0", unit: str = "nombre", **more: object) -> Address:
        """Print a number on the next line (or at ligne=, colonne=) and give its address."""
        place = (int(more.pop("ligne", len(self.numbers) + 1)), int(more.pop("colonne", 0)))  # type: ignore[call-overload]
        row: dict[str, object] = dict.fromkeys(NUMBERS, "")
        row |= {
            "rapport_code": self.report, "ligne": place[0], "colonne": place[1], "valeur_imprimee": value,
            "statut": "observation", "valeur": value, "demi_intervalle": half, "unite": unit,
            "nature": "constate",
            "role": "feuille", "indicateur_code": "essai", "periode_code": "2021", "bloc": "bloc_essai",
            "revue": "true",
        }  # fmt: skip
        self.numbers.append(row | more)
        return place

    def total(
        self, key: str, result: Address | str, parts: Sequence[Address | str], nature: str = "somme"
    ) -> Page:
        """Relate a total to its parts; a text is a constant; a leading minus in `-1*` is not
        supported here.
        """
        self._term(key, nature, "total", result)
        for part in parts:
            self._term(key, nature, "terme", part)
        return self

    def quotient(
        self, key: str, nature: str, result: Address, term: Address, base: Address, weight: str = "1"
    ) -> Page:
        """Relate a share, an evolution or a ratio to its term and its base."""
        self._term(key, nature, "resultat", result, weight)
        self._term(key, nature, "terme", term)
        self._term(key, nature, "base", base)
        return self

    def bound(
        self, key: str, result: Address, least: Bounds = (), most: Bounds = (), nature: str = "borne"
    ) -> Page:
        """Relate a figure to what it is never less than and never more than; a list is summed."""
        self._term(key, nature, "resultat", result)
        for role, bounds in (("minimum", least), ("maximum", most)):
            for pair, bound in enumerate(bounds, 1):
                for what in bound if isinstance(bound, list) else [bound]:
                    self._term(key, nature, role, what, pair=pair)
        return self

    def mean(self, key: str, result: Address, pairs: Sequence[tuple[Address, Address | str]]) -> Page:
        """Relate a mean to the values of its parts and their weights."""
        self._term(key, "moyenne_ponderee", "resultat", result)
        for pair, (value, weight) in enumerate(pairs, 1):
            self._term(key, "moyenne_ponderee", "terme", value, pair=pair)
            self._term(key, "moyenne_ponderee", "base", weight, pair=pair)
        return self

    def doubt(self, scopes: str) -> Page:
        """Say both scopes of the last relation, which the print does not settle."""
        for row in self.relations:
            if row["relation"] == self.relations[-1]["relation"]:
                row["reserve"] = scopes
        return self

    def _term(
        self, key: str, nature: str, role: str, what: Address | str, weight: str = "1", pair: int = 0
    ) -> None:
        row: dict[str, object] = dict.fromkeys(RELATIONS, "")
        row |= {"rapport_code": self.report, "relation": key, "nature": nature, "role": role, "poids": weight}
        row |= {"paire": pair or ""}
        place: dict[str, object] = (
            {"constante": what} if isinstance(what, str) else {"ligne": what[0], "colonne": what[1]}
        )
        row |= place
        self.relations.append(row)

    def number_frame(self) -> pl.DataFrame:
        """numbers.csv, as text."""
        return _text(self.numbers, NUMBERS)

    def relation_frame(self) -> pl.DataFrame:
        """relations.csv, as text."""
        return _text(self.relations, RELATIONS)

    def read(self) -> list[Relation]:
        """The relations, through the door of the library."""
        return read_relations(read_numbers(self.number_frame()), self.relation_frame())

    def verdicts(self) -> dict[str, Verdict]:
        """The verdicts by relation key."""
        return {verdict.relation.key: verdict for verdict in judge_all(self.read())}


def _text(rows: list[dict[str, object]], columns: tuple[str, ...]) -> pl.DataFrame:
    cells = {name: [None if row[name] in (None, "") else str(row[name]) for row in rows] for name in columns}
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))


def decimals(*texts: str) -> list[Decimal]:
    """Decimal from each text."""
    return [Decimal(text) for text in texts]
