"""Whose rows a test of dbt refuses, told by the rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.building.hearing import Nodes, defects_refused, reports_refused, reports_without

ROWS = """
create schema marts;
create table marts.fct_observation as
select * from (values
    ('cpam_a_2021', 'k1', 'EUR'), ('cpam_b_2021', 'k2', 'parsec'), ('cpam_c_2021', 'k3', null),
    ('cpam_d_2021', 'k1', 'EUR')
) as v (rapport_code, observation_key, unite);
create table marts.dim_unite as select 'EUR' as unite;
"""
RELATION = '"observatoire"."marts"."fct_observation"'


@pytest.mark.parametrize(
    ("refused", "column", "codes"),
    [
        (f"select rapport_code, 3 as ligne from {RELATION} where unite = 'parsec'", None, {"cpam_b_2021"}),
        (
            f"with v as (select unite as value_field, count(*) as n_records from {RELATION} group by unite)\n"
            "select * from v where value_field not in ('EUR');",
            "unite",
            {"cpam_b_2021"},
        ),
        (f"select unite from {RELATION} where unite is null", "unite", {"cpam_c_2021"}),
        (
            f"select observation_key as unique_field, count(*) as n_records from {RELATION} "
            "group by observation_key having count(*) > 1",
            "observation_key",
            {"cpam_a_2021", "cpam_d_2021"},
        ),
        (f"select rapport_code from {RELATION} where false", "unite", set()),
        ("select 1 as nb where 1 <> 2", None, set()),
        ("select nobody from nowhere", "unite", set()),
    ],
    ids=["names", "accepted_values", "not_null", "unique", "no rows", "counts", "cannot run"],
)
def test_the_rows_say_whose_they_are(
    tmp_path: Path, refused: str, column: str | None, codes: set[str]
) -> None:
    build, compiled = tmp_path / "observatoire.duckdb", tmp_path / "compiled" / "models"
    with duckdb.connect(str(build)) as connection:
        connection.execute(ROWS)
    compiled.mkdir(parents=True)
    (compiled / "t.sql").write_text(refused)
    nodes: Nodes = {
        "test.o.t.1": {"path": "x/t.sql", "attached_node": "model.o.f", "column_name": column},
        "model.o.f": {"relation_name": RELATION},
    }
    assert reports_refused(build, nodes, ["test.o.t.1", "model.o.f"], compiled.parent) == {
        "test.o.t.1": frozenset(codes)
    }


@pytest.mark.parametrize(
    ("refused", "defects"),
    [
        (
            f"select 'unite = ' || unite as defaut from {RELATION} where unite <> 'x';",
            ["unite = EUR", "unite = parsec"],
        ),
        (f"select 'unite = ' || unite as defaut from {RELATION} where false", []),
        (f"select unite from {RELATION}", None),
        ("select nobody from nowhere", None),
    ],
    ids=["told once each", "no rows", "rows that say nothing", "cannot run"],
)
def test_the_rows_say_what_is_wrong_with_them(
    tmp_path: Path, refused: str, defects: list[str] | None
) -> None:
    build = tmp_path / "observatoire.duckdb"
    with duckdb.connect(str(build)) as connection:
        connection.execute(ROWS)
    (tmp_path / "t.sql").write_text(refused)
    found = defects_refused(
        build, {"test.o.t.1": {"path": "x/t.sql"}}, ["test.o.t.1", "test.o.gone"], tmp_path
    )
    assert found == ({} if defects is None else {"test.o.t.1": defects})


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("Constraint Error: NOT NULL constraint failed: fct_fait__dbt_tmp.unite", {"cpam_c_2021"}),
        ("Constraint Error: NOT NULL constraint failed: fct_autre.unite", set()),
        ("Conversion Error: no number", set()),
    ],
)
def test_a_model_that_refuses_an_empty_value_names_the_reports_that_leave_it_empty(
    tmp_path: Path, said: str, codes: set[str]
) -> None:
    build = tmp_path / "observatoire.duckdb"
    with duckdb.connect(str(build)) as connection:
        connection.execute(ROWS)
    (tmp_path / "fct_fait.sql").write_text(f"select rapport_code, unite from {RELATION}")
    nodes: Nodes = {"model.o.fct_fait": {"alias": "fct_fait"}}
    assert reports_without(build, nodes, ["model.o.fct_fait", "test.o.t.1"], said, tmp_path) == codes


def test_a_build_that_is_torn_names_nobody(tmp_path: Path) -> None:
    build = tmp_path / "observatoire.duckdb"
    build.write_bytes(b"torn" * 2000)
    assert reports_refused(build, {"test.o.t.1": {"path": "t.sql"}}, ["test.o.t.1"], tmp_path) == {
        "test.o.t.1": frozenset()
    }
