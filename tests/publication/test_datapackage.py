"""The description of the Parquet files: what the contracts say, in a form that frictionless accepts, beside
the data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pytest

from orchestration.publication.datapackage import FILE_NAME, describe_package, write_datapackage

TABLES = {
    "dim_risque": "select * from (values ('maladie', ''), ('deces', 'D')) as t(risque_code, alias)",
    "fct_prestations": "select 'k' as fait_key, 'maladie' as risque_code, 1.5::decimal(38, 6) as valeur, [1, "
    "2] as lignes, "
    "null::integer as annee, date '2021-12-31' as jour, true as revue, null::varchar as note",
}


def model(name: str, *columns: tuple[str, str, str]) -> dict[str, Any]:
    """A node of the manifest; a column is (name, type, the types of its constraints)."""
    return {
        "resource_type": "model", "schema": "marts", "name": name, "description": f"Table {name}.",
        "primary_key": [column for column, _, rules in columns if "primary_key" in rules],
        "columns": {
            column: {"name": column, "data_type": kind, "description": f"Colonne {column}.",
                     "constraints": [{"type": rule} for rule in rules.split()]}
            for column, kind, rules in columns
        },
    }  # fmt: skip


def relationship(table: str, column: str, to: str, where: str | None = None) -> dict[str, Any]:
    """A relationship test of dbt, as the manifest holds it."""
    return {
        "resource_type": "test", "schema": "tests", "name": f"{table}_{column}", "column_name": column,
        "attached_node": table,
        "config": {"where": where},
        "test_metadata": {"name": "relationships", "kwargs": {"to": f"ref('{to}')", "field": column}},
    }  # fmt: skip


@pytest.fixture
def manifest() -> dict[str, Any]:
    nodes = [
        model(
            "dim_risque", ("risque_code", "varchar", "not_null primary_key"), ("alias", "varchar", "not_null")
        ),
        model(
            "fct_prestations",
            ("fait_key", "varchar", "not_null primary_key"),
            ("risque_code", "varchar", "not_null"),
            ("valeur", "decimal(38,6)", "not_null"),
            ("lignes", "integer[]", ""),
            ("annee", "integer", ""),
            ("jour", "date", ""),
            ("revue", "boolean", "not_null"),
            ("note", "varchar", ""),
        ),
        model("dim_absente", ("absente_code", "varchar", "primary_key")),
        relationship("fct_prestations", "risque_code", "dim_risque"),
        relationship("fct_prestations", "note", "dim_absente"),
        relationship("fct_prestations", "fait_key", "dim_risque", where="fait_key <> 'k'"),
    ]
    return {"nodes": {node["name"]: node for node in nodes}}


@pytest.fixture
def release(tmp_path: Path) -> Path:
    (tmp_path / "parquet").mkdir()
    for name, query in TABLES.items():
        duckdb.sql(f"copy ({query}) to '{tmp_path}/parquet/{name}.parquet' (format parquet)")
    return tmp_path


def written(release: Path, manifest: dict[str, Any]) -> Path:
    path = release / "manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return write_datapackage(release, path)


def test_package_and_data_are_valid(release, manifest):
    path = written(release, manifest)
    report = frictionless.validate(str(path))
    assert path.name == FILE_NAME
    assert report.flatten(["name", "type", "note"]) == []
    assert [task.stats.get("rows") for task in report.tasks] == [2, 1]


def test_a_release_says_its_licence_its_date_and_its_sources(release, manifest):
    made = release / "000002-20260501T003000Z"
    (release / "parquet").rename(made.mkdir() or made / "parquet")
    query = "select 'cpam_b_2021' as rapport_code, 'Un rapport' as titre"
    duckdb.sql(f"copy ({query}) to '{made}/parquet/dim_rapport.parquet' (format parquet)")
    package = json.loads(written(made, manifest).read_text(encoding="utf-8"))
    assert list(frictionless.Package.metadata_validate(package)) == []
    assert package["created"] == "2026-05-01T00:30:00Z"
    assert package["sources"] == [{"title": "Un rapport (cpam_b_2021)"}]
    assert package["licenses"][0]["name"] == "etalab-2.0"


@pytest.mark.parametrize(
    ("table", "query", "error"),
    [
        ("dim_risque", "select 'maladie' as risque_code, null::varchar as alias", "constraint-error"),
        ("dim_risque", "select * from (values ('a', ''), ('a', '')) as t(risque_code, alias)", "primary-key"),
        ("dim_risque", "select 'autre' as risque_code, '' as alias", "foreign-key"),
        ("fct_prestations", TABLES["fct_prestations"].replace("1.5::decimal(38, 6)", "'un'"), "type-error"),
        (
            "fct_prestations",
            TABLES["fct_prestations"].replace("as jour", "as date_imprimee"),
            "incorrect-label",
        ),
    ],
    ids=["missing value", "key twice", "orphan", "other type", "other column"],
)
def test_data_that_break_the_contract_are_refused(release, manifest, table, query, error):
    path = written(release, manifest)
    (release / "parquet" / f"{table}.parquet").unlink()
    duckdb.sql(f"copy ({query}) to '{release}/parquet/{table}.parquet' (format parquet)")
    assert error in {kind for _, kind in frictionless.validate(str(path)).flatten(["name", "type"])}


def test_types_keys_and_words_come_from_the_contract(manifest):
    fact = describe_package(manifest, ["fct_prestations", "dim_risque"])["resources"][1]
    assert fact["description"] == "Table fct_prestations."
    assert {field["name"]: field["type"] for field in fact["schema"]["fields"]} == {
        "fait_key": "string", "risque_code": "string", "valeur": "number", "lignes": "any", "annee": "number",
        "jour": "date",
        "revue": "boolean", "note": "string",
    }  # fmt: skip
    assert fact["schema"]["primaryKey"] == ["fait_key"]
    assert fact["schema"]["foreignKeys"] == [
        {"fields": ["risque_code"], "reference": {"resource": "dim_risque", "fields": ["risque_code"]}}
    ]


def test_a_column_leads_to_the_key_that_it_is_named_after_and_to_a_member_above():
    nodes = [
        model(
            "dim_risque", ("risque_code", "varchar", "primary_key"), ("parent_code", "varchar", "not_null")
        ),
        model("fct_observation", ("observation_key", "varchar", "primary_key")),
        model(
            "vue_ecarts",
            ("ecart_key", "varchar", "primary_key"),
            ("depart_observation_key", "varchar", ""),
            ("autre_risque_code", "varchar", ""),
            ("parent_code", "varchar", ""),
        ),
        model("pont_controle_observation", ("observation_key", "varchar", "not_null")),
    ]
    package = describe_package({"nodes": {n["name"]: n for n in nodes}}, [n["name"] for n in nodes])
    found = {
        (resource["name"], key["fields"][0], key["reference"]["resource"], key["reference"]["fields"][0])
        for resource in package["resources"]
        for key in resource["schema"].get("foreignKeys", ())
    }
    assert found == {
        ("dim_risque", "parent_code", "", "risque_code"),
        ("vue_ecarts", "depart_observation_key", "fct_observation", "observation_key"),
        ("vue_ecarts", "autre_risque_code", "dim_risque", "risque_code"),
    }


def test_only_files_of_the_release_are_described(manifest):
    assert [
        resource["name"] for resource in describe_package(manifest, ["dim_risque", "inconnue"])["resources"]
    ] == ["dim_risque"]
