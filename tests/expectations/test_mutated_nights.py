"""Mutated extracts, built from scratch by dbt and audited: the night is red and says where.

The library proves each mutation of each nature (tests/reconciliation/test_mutations.py); a few go all the way
here.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb
import polars as pl
import pytest

from tests.benchmarks.bench_controls import contexts
from tests.expectations.warehouse import Extracts, Workshop, audit

REPORT = "cpam_herault_2021"


def one(extracts: Extracts, printed: str, value: str) -> Extracts:
    """The extracts, had the CPAM Hérault printed another amount of prestations."""
    here = (pl.col("rapport_code") == REPORT) & (pl.col("valeur_imprimee") == printed)
    assert extracts.numbers.filter(here).height == 1
    cells = [
        pl.when(here).then(pl.lit(value)).otherwise(pl.col(c)).alias(c) for c in ("valeur", "valeur_imprimee")
    ]
    return replace(extracts, numbers=extracts.numbers.with_columns(cells))


def twice(extracts: Extracts) -> Extracts:
    """The same report under a second code, with another total."""
    copy = pl.lit(f"{REPORT}_bis").alias("rapport_code")
    mine = pl.col("rapport_code") == REPORT
    numbers = extracts.numbers.filter(mine).with_columns(copy)
    wrong = (
        pl.when(pl.col("valeur") == "4012303093.75").then(pl.lit("4112303093.75")).otherwise(pl.col("valeur"))
    )
    report = extracts.reports.filter(pl.col("code") == REPORT).with_columns(
        pl.lit(f"{REPORT}_bis").alias("code"), pl.lit("bis.txt").alias("document")
    )
    return replace(
        extracts,
        numbers=pl.concat([extracts.numbers, numbers.with_columns(wrong.alias("valeur"))]),
        relations=pl.concat([extracts.relations, extracts.relations.filter(mine).with_columns(copy)]),
        reports=pl.concat([extracts.reports, report]),
    )


#: Mutations that meet in one night, or stand alone -> words of what the audit says.
NIGHTS = {
    "a swapped amount, the same report twice": (
        lambda extracts: one(twice(extracts), "136 727 158,41", "163727158.41"),
        (
            "lignes 405, 407, 409",
            "136\u202f727\u202f158,41",
            "7 charges par risque",
            "le même rapport est lu plusieurs fois",
            f"{REPORT}_bis, ligne 419",
        ),
    ),
    "no relation": (
        lambda extracts: replace(extracts, relations=extracts.relations.clear()),
        ("aucune relation n'a été comparée", "la relation", "n'existe pas"),
    ),
}


@pytest.mark.parametrize("name", NIGHTS)
def test_a_mutated_night_is_red_and_names_the_place(workshop: Workshop, name: str) -> None:
    mutate, words = NIGHTS[name]
    message = audit(workshop.build(mutate(workshop.extracts)))
    for word in words:
        assert word in message


def test_two_engines_agree_on_every_relation_of_the_extracts(workshop: Workshop) -> None:
    """The library, dbt and the audit's own SQL: one verdict each, and the same, for what dbt makes across
    reports as well.
    """
    expected = {
        (code, verdict.relation.key): verdict.verdict
        for code, context in contexts(workshop.sound).items()
        for verdict in context.verdicts
    }
    with duckdb.connect(str(workshop.sound), read_only=True) as connection:
        query = "select rapport_code, relation, verdict from marts.fct_controle"
        found = {(row[0], row[1]): row[2] for row in connection.execute(query).fetchall()}
    assert found == expected
