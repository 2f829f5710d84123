"""Bounds that follow from meaning, each beside the print that breaks it; arithmetic itself is judged in
tests/reconciliation.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import Catalogue, Indicator
from orchestration.extraction.implied import implied
from orchestration.extraction.relations import CaptureRelation
from orchestration.extraction.reports import RELATION_COLUMNS
from orchestration.extraction.templates import Spec
from orchestration.notation.numbers import Number
from orchestration.reconciliation.causes import report_context

CATALOGUE = Catalogue(
    indicators={
        "taux": Indicator(
            "taux", "Taux", "%", "non_additif", "accueil", borne_min=Decimal(0), borne_max=Decimal(100)
        ),
        "atteinte": Indicator("atteinte", "Atteinte", "%", "non_additif", "accueil"),
        "visites": Indicator("visites", "Visites", "nombre", "additif", "accueil"),
        "montant_moyen": Indicator("montant_moyen", "Montant moyen", "EUR", "non_additif", "accueil"),
    },
    members={},
    aliases={},
    parents={"territoire": {"dep_01": "reg", "dep_02": "reg"}},
)


def figure(at: int, value: str, indicator: str = "taux", unit: str = "%", **meaning: str) -> Capture:
    spec = Spec.model_validate(
        {
            "indicateur": indicator,
            "organisme": "o",
            "territoire": "t",
            "periode": "2021",
            "nature": "constate",
            **meaning,
        }
    )
    return Capture(at, at + 1, Number(Decimal(value), 0, Decimal(0)), unit, spec, "b", f"n{at}", "")


def broken(*figures: Capture, summed: frozenset[frozenset[int]] = frozenset()) -> list[str]:
    """The printed results whose bounds do not hold."""
    relations = list(implied(figures, CATALOGUE, summed))
    verdicts = report_context(_numbers(figures), _relations(relations)).verdicts
    return [str(verdict.relation.result.value) for verdict in verdicts if verdict.fails]


def _numbers(figures: tuple[Capture, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "rapport_code": "r",
                "ligne": f.start,
                "colonne": 0,
                "valeur_imprimee": str(f.number.value),
                "valeur": str(f.number.value),
                "demi_intervalle": "0",
                "unite": f.unite,
            }
            for f in figures
        ]
    )


def _relations(relations: list[CaptureRelation]) -> pl.DataFrame:
    rows = [
        (
            r.key,
            r.nature,
            r.formule,
            t.role,
            str(t.poids),
            str(t.capture.start) if t.capture else "",
            "0" if t.capture else "",
            "" if t.constante is None else str(t.constante),
            str(t.paire),
            r.reserve,
        )
        for r in relations
        for t in r.termes
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(RELATION_COLUMNS, pl.String), orient="row")


@pytest.mark.parametrize(
    ("printed", "wrong"),
    [
        ([figure(1, "187")], ["187"]),
        ([figure(1, "100")], []),
        ([figure(1, "187", "atteinte")], []),
        ([figure(1, "130", "visites", nature="part")], ["130"]),
        ([figure(1, "234", nature="evolution")], []),
        (
            [figure(1, "320", "visites", "nombre"), figure(2, "345", "visites", "nombre", sexe="femmes")],
            ["345"],
        ),
        ([figure(1, "320", "visites", "nombre"), figure(2, "245", "visites", "nombre", sexe="femmes")], []),
        (
            [
                replace(figure(1, "320", "visites", "nombre"), libelle="Autres visites"),
                figure(2, "345", "visites", "nombre", sexe="femmes"),
            ],
            [],
        ),
        (
            [
                replace(figure(1, "320", "visites", "nombre"), libelle="Autres visites"),
                replace(figure(2, "345", "visites", "nombre", site="a"), libelle="Autres"),
            ],
            ["345"],
        ),
        (
            [
                figure(1, "80", "visites", "nombre"),
                figure(2, "95", "visites", "nombre", modalite="teletravail"),
            ],
            ["95"],
        ),
        (
            [
                figure(1, "100", "visites", "nombre"),
                figure(2, "70", "visites", "nombre", sexe="femmes"),
                figure(3, "60", "visites", "nombre", sexe="hommes"),
            ],
            ["100"],
        ),
        (
            [
                figure(1, "100", "visites", "nombre"),
                figure(2, "70", "visites", "nombre", public="jeunes"),
                figure(3, "60", "visites", "nombre", public="assures"),
            ],
            [],
        ),
        (
            [
                figure(1, "74", sexe="ensemble"),
                figure(2, "61", sexe="femmes"),
                figure(3, "68", sexe="hommes"),
            ],
            ["74"],
        ),
        (
            [
                figure(1, "65", sexe="ensemble"),
                figure(2, "61", sexe="femmes"),
                figure(3, "68", sexe="hommes"),
            ],
            [],
        ),
        ([figure(1, "74"), figure(2, "61", sexe="femmes"), figure(3, "68", sexe="hommes")], []),
        (
            [
                figure(1, "74", territoire="reg"),
                figure(2, "61", territoire="dep_01"),
                figure(3, "68", territoire="dep_02"),
            ],
            ["74"],
        ),
        ([figure(1, "74", territoire="reg"), figure(2, "61", territoire="dep_01")], []),
        (
            [figure(1, "1229", "montant_moyen", "EUR"), figure(2, "4268", "montant_moyen", "EUR", poste="x")],
            [],
        ),
    ],
)
def test_a_bound_is_derived_from_what_figures_mean(printed: list[Capture], wrong: list[str]) -> None:
    assert broken(*printed) == wrong


def test_a_part_that_a_sum_binds_already_needs_no_bound() -> None:
    figures = figure(1, "320", "visites", "nombre"), figure(2, "345", "visites", "nombre", sexe="femmes")
    assert broken(*figures, summed=frozenset({frozenset({1, 2})})) == []
