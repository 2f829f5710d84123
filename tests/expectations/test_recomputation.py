"""The audit's SQL and the library give the same verdict on thousands of relations made at the limits of
rounding.
"""

from __future__ import annotations

import random
from decimal import Decimal

import duckdb
import polars as pl

from expectations.recomputation import recompute_all
from orchestration.reconciliation.terms import NATURES, SUMS
from orchestration.reconciliation.verdicts import VERDICTS, judge_all
from tests.reconciliation.printed_tables import Page

D = Decimal
RELATIONS = 2500


def number(
    chance: random.Random, page: Page, unit: str, value: D | None = None, least: int = -400
) -> tuple[int, int]:
    """A printed number with 0 to 3 decimals, or in thousands, as a plain count or rounded."""
    places = chance.choice([-3, 0, 0, 1, 2, 3])
    half = chance.choice([D(0), D("0.5").scaleb(-places)])
    drawn = D(chance.randint(least, 4000)).scaleb(chance.choice([-2, 0, 3])) if value is None else value
    printed = round(drawn, places) + chance.choice([0, 0, 0, 1, -1]) * D(1).scaleb(-places)
    return page.put(f"{printed:f}", f"{half:f}", unit)


def relate(chance: random.Random, page: Page, key: str) -> None:
    """One relation whose result is close to what its terms give, so that every verdict occurs."""
    nature = chance.choice(sorted(NATURES))
    (_MAKERS.get(nature) or (_sum if nature in SUMS else _quotient))(chance, page, key, nature)
    if chance.random() < 0.2:
        page.doubt("deux périmètres")
    if chance.random() < 0.1:
        page.numbers[-1]["revue"] = "false"


def _sum(chance: random.Random, page: Page, key: str, nature: str) -> None:
    parts = [
        number(chance, page, "nombre") for _ in range(1 if nature == "repetition" else chance.randint(1, 4))
    ]
    weights = [D(1) if nature != "flux" else D(chance.choice([1, -1])) for _ in parts]
    total = sum((w * value(page, part) for w, part in zip(weights, parts, strict=True)), D(0))
    page.total(key, number(chance, page, "nombre", total), list(parts), nature)
    for row, weight in zip(page.relations[-len(parts) :], weights, strict=True):
        row["poids"] = str(weight)


def _quotient(chance: random.Random, page: Page, key: str, nature: str) -> None:
    term, base = number(chance, page, "nombre"), number(chance, page, "nombre")
    t, b = value(page, term), value(page, base) or D(1)
    unit = "%" if nature in ("part", "atteinte") or chance.random() < 0.7 else "nombre"
    weight = D(chance.choice([1, 100])) if nature == "ratio" else D(1)
    share = 100 * t / b
    true = {
        "part": share, "atteinte": share, "ratio": weight * t / b,
        "evolution": 100 * (t - b) / b if unit == "%" else t - b,
    }  # fmt: skip
    page.quotient(key, nature, number(chance, page, unit, true[nature]), term, base, str(weight))


def _bound(chance: random.Random, page: Page, key: str, nature: str) -> None:
    least = [
        [number(chance, page, "nombre") for _ in range(chance.randint(1, 2))]
        for _ in range(chance.randint(0, 2))
    ]
    most = [number(chance, page, "nombre") for _ in range(chance.randint(0 if least else 1, 2))]
    limits = [sum((value(page, part) for part in parts), D(0)) for parts in least] + [
        value(page, part) for part in most
    ]
    page.bound(key, number(chance, page, "nombre", chance.choice(limits)), least, most, nature)


def _mean(chance: random.Random, page: Page, key: str, nature: str) -> None:
    pairs = [
        (number(chance, page, "%"), number(chance, page, "nombre", least=-10))
        for _ in range(chance.randint(1, 4))
    ]
    weight = sum((value(page, base) for _, base in pairs), D(0)) or D(1)
    mean = sum((value(page, rate) * value(page, base) for rate, base in pairs), D(0)) / weight
    page.mean(key, number(chance, page, "%", mean), list(pairs))


_MAKERS = {"borne": _bound, "plausibilite": _bound, "moyenne_ponderee": _mean}


def value(page: Page, place: tuple[int, int]) -> D:
    return D(str(page.numbers[place[0] - 1]["valeur"]))


def recomputed(page: Page, **asked: int) -> dict[str, str]:
    """Verdict of each relation by the audit's SQL, on tables named as in the data contract."""
    numbers = page.number_frame().with_columns(
        (pl.col("ligne") + "," + pl.col("colonne")).alias("observation_key"), pl.lit("autre").alias("domaine")
    )
    relations = page.relation_frame().with_columns(
        pl.col("relation").alias("controle_key"),
        pl.when(pl.col("ligne").is_null())
        .then(pl.lit("constante"))
        .otherwise(pl.col("ligne") + "," + pl.col("colonne"))
        .alias("observation_key"),
    )
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for name, frame in {"fct_observation": numbers, "pont_controle_observation": relations}.items():
            connection.register("cadre", frame.to_arrow())
            connection.execute(f"create table marts.{name} as select * from cadre")
        connection.execute("alter table marts.fct_observation alter ligne type integer")
        for column in ("valeur", "demi_intervalle"):
            connection.execute(f"alter table marts.fct_observation alter {column} type decimal(38, 6)")
        for column in ("poids", "constante"):
            connection.execute(
                f"alter table marts.pont_controle_observation alter {column} type decimal(38, 6)"
            )
        connection.execute("alter table marts.fct_observation alter revue type boolean")
        connection.execute("update marts.pont_controle_observation set controle_key = md5(controle_key)")
        connection.execute(
            "alter table marts.pont_controle_observation alter paire type integer using "
            "coalesce(try_cast(paire as integer), 0)"
        )
        connection.execute(
            "create table marts.fct_controle as select distinct controle_key, rapport_code, relation, "
            "nature, formule, "
            "coalesce(reserve, '') as reserve, cast([] as integer[]) as lignes "
            "from marts.pont_controle_observation"
        )
        recompute_all(connection, **asked)
        return dict(connection.execute("select relation, verdict from recalcul").fetchall())


def test_the_engines_agree_at_the_limits_of_rounding() -> None:
    chance, page = random.Random(20211231), Page()
    for i in range(RELATIONS):
        relate(chance, page, f"r{i}")
    expected = {verdict.relation.key: verdict.verdict for verdict in judge_all(page.read())}
    assert recomputed(page) == expected == recomputed(page, at_once=RELATIONS)
    seen = list(expected.values())
    for outcome in VERDICTS:
        assert seen.count(outcome) > 20, outcome


def test_a_constant_and_a_missing_term() -> None:
    page = Page()
    page.total("cent", "100", [page.put("60"), page.put("40")])
    page.total("perdu", page.put("3"), [page.put(None), page.put("1")])
    assert recomputed(page) == {"cent": "exact", "perdu": "non_verifiable"}
