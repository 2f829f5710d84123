"""Relations that meaning suggests across blocks: each as it holds, as one wrong digit breaks it (to be
reconciled), and as two scopes that have nothing to do with each other (nothing is said).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import Catalogue, Indicator, Link
from orchestration.extraction.linked import linked, printed_relation
from orchestration.extraction.relations import CaptureRelation, make, plus
from orchestration.extraction.templates import Spec
from orchestration.notation.numbers import Number
from orchestration.reconciliation.verdicts import judge

COUNTS = ("appels_recus", "appels_traites", "habitants", "bulletins")
CATALOGUE = Catalogue(
    indicators={
        **{code: Indicator(code, code, "nombre", "additif", "accueil") for code in COUNTS},
        "superficie": Indicator("superficie", "Superficie", "km2", "additif", "autre"),
        "taux_decroche": Indicator("taux_decroche", "Taux", "%", "non_additif", "accueil"),
        "densite": Indicator("densite", "Densité", "par_km2", "non_additif", "autre"),
        "bulletins_par_mois": Indicator("bulletins_par_mois", "Par mois", "nombre", "non_additif", "autre"),
    },
    members={},
    aliases={},
    links={
        "taux_decroche": Link("part", "appels_traites", "appels_recus"),
        "densite": Link("ratio", "habitants", "superficie"),
        "bulletins_par_mois": Link("mensuel", "bulletins", ""),
        "appels_traites": Link("au_plus", "", "appels_recus"),
    },
)


def figure(
    at: int, printed: str, indicator: str = "appels_recus", unit: str = "nombre", **meaning: str
) -> Capture:
    """A capture at its own place; its print is rounded at the last digit unless it counts."""
    value = Decimal(printed)
    exponent = value.as_tuple().exponent
    half = Decimal(0) if unit in ("nombre", "EUR") and exponent == 0 else Decimal(5).scaleb(int(exponent) - 1)
    spec = Spec.model_validate(
        {"indicateur": indicator, "territoire": "t", "periode": "2021", "nature": "constate", **meaning}
    )
    return Capture(at, at + 1, Number(value, 0, half), unit, spec, f"b{at}", f"n{at}", f"figure {at}")


def verdicts(*figures: Capture, stated: tuple[CaptureRelation, ...] = ()) -> list[tuple[str, str]]:
    """Nature and verdict of every relation that the figures suggest."""
    found = linked(figures, CATALOGUE, stated)
    return [(r.nature, judge(replace(printed_relation(r), scopes=r.reserve)).verdict) for r in found]


def parts(*printed: str) -> list[Capture]:
    canals = ("telephone", "email", "web", "courrier")
    return [figure(10 + i, value, canal=canals[i]) for i, value in enumerate(printed)]


def shares(*printed: str) -> list[Capture]:
    canals = ("telephone", "email", "web", "courrier")
    return [
        replace(figure(10 + i, value, unit="%", nature="part", canal=canals[i]), bloc="b")
        for i, value in enumerate(printed)
    ]


#: What is printed, as it holds; the place whose print becomes wrong, and its wrong print; the nature.
KINDS = [
    ("sums across blocks", [figure(1, "5412"), *parts("3012", "2400")], 10, "3017", "somme"),
    ("shares of a whole", shares("46.5", "30.2", "11.1", "12.2"), 10, "96.5", "somme"),
    (
        "one figure, two spellings of its scope",
        [figure(1, "5412", canal="ensemble"), figure(2, "5412")], 2, "5417", "repetition",
    ),
    (
        "the stock of 31 December and its year",
        [figure(1, "5412", periode="2021-12-31"), figure(2, "5412")], 2, "5472", "repetition",
    ),
    (
        "an evolution beside two stocks",
        [
            figure(1, "5500", periode="2021-12-31"), figure(2, "5000", periode="2020-12-31"),
            figure(3, "10.00", unit="%", nature="evolution", periode="2020/2021"),
        ], 3, "70.00", "evolution",
    ),
    (
        "points implied by two years",
        [
            figure(1, "96.40", "taux_decroche", "%", periode="2021"),
            figure(2, "90.40", "taux_decroche", "%", periode="2020-12-31"),
            figure(3, "6.00", "taux_decroche", "points", nature="evolution", periode="2020/2021"),
        ], 3, "9.00", "evolution",
    ),
    (
        "a share beside its count and its whole",
        [
            figure(1, "6200", canal="web"), figure(2, "10000", canal="ensemble", motif="ensemble"),
            figure(3, "62.00", unit="%", nature="part", canal="web"),
        ], 3, "67.00", "part",
    ),
    (
        "a rate beside its counts",
        [figure(1, "800", "appels_traites"), figure(2, "1000"), figure(3, "80.00", "taux_decroche", "%")],
        3, "85.00", "part",
    ),
    (
        "a density",
        [
            figure(1, "61000", "habitants"), figure(2, "610", "superficie", "km2"),
            figure(3, "100.0", "densite", "par_km2"),
        ], 3, "150.0", "ratio",
    ),
    (
        "a monthly mean and its year",
        [figure(1, "310000", "bulletins"), figure(2, "25833.3", "bulletins_par_mois")],
        2, "20833.3", "moyenne_ponderee",
    ),
]  # fmt: skip
IDS = [kind[0] for kind in KINDS]


@pytest.mark.parametrize(("name", "printed", "place", "wrong", "nature"), KINDS, ids=IDS)
def test_a_suggested_relation_holds_and_one_wrong_digit_is_to_be_reconciled(
    name: str, printed: list[Capture], place: int, wrong: str, nature: str
) -> None:
    equalities = [verdict for what, verdict in verdicts(*printed) if what == nature]
    assert equalities
    assert set(equalities) <= {"exact", "arrondi"}
    spoilt = [
        replace(c, number=replace(c.number, value=Decimal(wrong))) if c.start == place else c for c in printed
    ]
    assert (nature, "a_rapprocher") in verdicts(*spoilt)


@pytest.mark.parametrize(("name", "printed", "place", "wrong", "nature"), KINDS, ids=IDS)
def test_what_no_single_digit_explains_is_not_the_same_figure(
    name: str, printed: list[Capture], place: int, wrong: str, nature: str
) -> None:
    far = [
        replace(c, number=replace(c.number, value=c.number.value * 3 + 1234)) if c.start == place else c
        for c in printed
    ]
    assert nature not in dict(verdicts(*far))


def test_a_count_never_exceeds_the_one_it_is_a_part_of() -> None:
    assert verdicts(figure(1, "800", "appels_traites"), figure(2, "1000")) == [("borne", "exact")]
    assert verdicts(figure(1, "1200", "appels_traites"), figure(2, "1000")) == [("borne", "a_rapprocher")]
    narrower = figure(1, "1200", "appels_traites", canal="web")
    assert verdicts(narrower, figure(2, "1000")) == [("borne", "a_rapprocher")]
    assert verdicts(narrower, figure(2, "1000", canal="telephone")) == []


def test_what_print_states_is_not_suggested_again() -> None:
    whole, first, second = figure(1, "5412"), *parts("3012", "2400")
    stated = make("b/somme/n", "somme", whole, map(plus, (first, second)))
    assert verdicts(whole, first, second, stated=(stated,)) == []


@pytest.mark.parametrize(("total", "verdict"), [("5412", "exact"), ("5418", "a_rapprocher")])
def test_a_sentence_that_tells_a_wider_total_does_not_hide_the_sum_of_a_table(
    total: str, verdict: str
) -> None:
    table = [replace(one, bloc="table") for one in (*parts("3012", "2400"), figure(20, total))]
    assert ("somme", verdict) in verdicts(figure(1, "9000"), *table)
