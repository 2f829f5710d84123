"""What a person may ask of the published file: anything that it holds, nothing that it does not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.errors import NightError
from orchestration.publication.query import old_codes, sealed
from tests.publication.tiny_build import write_build

REACHING_OUT = [
    "copy marts.fct to '{elsewhere}/stolen.csv'",
    "copy marts.fct to '{elsewhere}/stolen.parquet' (format parquet)",
    "select 1; copy marts.fct to '{elsewhere}/stolen.csv'",
    "from read_csv('{elsewhere}/secret.csv')",
    "from '{elsewhere}/secret.csv'",
    "from read_text('{elsewhere}/*')",
    "from read_blob('{elsewhere}/secret.csv')",
    "from glob('{elsewhere}/*')",
    "from sniff_csv('{elsewhere}/secret.csv')",
    "attach '{elsewhere}/other.duckdb'",
    "import database '{elsewhere}'",
    "export database '{elsewhere}'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set temp_directory = '{elsewhere}'",
    "create table marts.other as select 1",
    "delete from marts.fct",
    "select * from sql",
    "select * from published",
]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return write_build(tmp_path / "observatoire.duckdb", 7)


@pytest.mark.parametrize("sql", REACHING_OUT)
def test_a_query_that_reaches_out_is_refused_and_leaves_nothing(
    published: Path, tmp_path: Path, sql: str
) -> None:
    elsewhere, before = tmp_path / "elsewhere", published.read_bytes()
    elsewhere.mkdir()
    (elsewhere / "secret.csv").write_text("prénom,mot de passe")
    with pytest.raises(NightError, match="the query was refused"), sealed(published) as connection:
        connection.execute(sql.format(elsewhere=elsewhere)).fetchall()
    assert [path.name for path in elsewhere.iterdir()] == ["secret.csv"]
    assert published.read_bytes() == before


@pytest.mark.parametrize(
    "sql",
    [
        "from marts.fct",
        "with a as (from marts.fct) select sum(valeur) from a",
        "from duckdb_columns()",
        "describe marts.fct",
    ],
)
def test_a_query_of_what_the_file_holds_is_answered(published: Path, sql: str) -> None:
    with sealed(published) as connection:
        assert connection.sql(sql).fetchall()


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(NightError, match="nothing is published yet"), sealed(tmp_path / "absent.duckdb"):
        pass


def test_other_connections_are_as_before(published: Path, tmp_path: Path) -> None:
    with sealed(published):
        pass
    duckdb.sql(f"copy (select 1) to '{tmp_path}/mine.csv'")
    assert (tmp_path / "mine.csv").exists()


def test_old_codes_are_named_only_where_the_sql_says_them():
    with duckdb.connect() as connection:
        assert old_codes(connection, "select 'ancien'") == []
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.dim_code_ancien as "
            "select 'indicateur' as dimension, 'ancien' as ancien_code, 'neuf' as nouveau_code, '2.0.0' as "
            "version"
        )
        assert old_codes(connection, "select 'neuf', ancien") == []
        assert old_codes(connection, "where code = 'ancien'") == [
            "note : indicateur 'ancien' s'écrit 'neuf' depuis la version 2.0.0 du contrat "
            "(marts.dim_code_ancien)"
        ]
