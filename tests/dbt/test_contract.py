"""The published interface: names, types, keys, French comments, layers, and two builds that are one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import frictionless
import pytest

from expectations.contract import DIMENSIONS
from orchestration.publication.datapackage import describe_package
from tests.dbt.tiny_reports import print_tiny_reports
from tests.dbt.warehouse import BUILD, PROJECT, query, run_dbt

OBSERVATION_COLUMNS = [
    "observation_key", "rapport_code", "ligne", "colonne", "valeur_imprimee", "valeur", "demi_intervalle",
    "unite", "nature",
    "indicateur_code", "organisme_code", "territoire_code", "periode_code", "domaine",
    *(f"{dimension}_code" for dimension in DIMENSIONS), "bloc", "libelle", "confiance", "revue", "role",
    "note",
    "page", "boite",
    "annee", "concept_code", "perimetre", "constat_codes",
]  # fmt: skip
MEANING = ["annee", "concept_code", "perimetre", "constat_codes"]
CONTROL_COLUMNS = [
    "controle_key", "rapport_code", "nature", "formule", "lignes", "valeur_imprimee", "valeur_recalculee",
    "ecart", "tolerance",
    "verdict", "constat_code",
]  # fmt: skip
DOMAINS = (
    "prestations", "accueil", "fraude", "prevention", "acces_droits", "offre_soins", "mediation",
    "ressources_humaines",
    "contentieux", "pilotage",
)  # fmt: skip


def columns(sql: Any, schema: str, table: str) -> dict[str, str]:
    """Column -> type of a published table."""
    return dict(
        sql(
            "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?",
            [schema, table],
        )
    )


@pytest.mark.parametrize(
    ("schema", "table", "expected"),
    [
        ("marts", "fct_observation", OBSERVATION_COLUMNS),
        ("marts", "fct_controle", CONTROL_COLUMNS),
        (
            "marts",
            "dim_concept",
            [
                "concept_code",
                "libelle",
                "definition",
                "unite",
                "domaine",
                "parent_code",
                "alias",
                "comparable",
                "raison",
            ],
        ),
        ("marts", "dim_indicateur", ["indicateur_code", "concept_code", "alias"]),
        ("marts", "dim_code_ancien", ["dimension", "ancien_code", "nouveau_code", "facteur", "version"]),
        (
            "marts",
            "vue_chiffres",
            [
                "annee",
                "organisme",
                "concept",
                "membres",
                "valeur",
                "unite",
                "perimetre",
                "ligne",
                "constat_codes",
                "recherche",
            ],
        ),
        (
            "marts",
            "vue_comparaison",
            ["concept_code", "annee", "organisme_code", "valeur", "comparable", "raison"],
        ),
        ("marts", "vue_series", ["organisme_code", "indicateur_code", "annee", "valeur", "rapport_code"]),
        (
            "marts",
            "vue_par_assure",
            ["concept_code", "organisme_code", "annee", "par_assure", "pour_100000", "raison"],
        ),
        ("marts", "vue_qui_imprime_quoi", ["concept_code", "rapport_code", "publication"]),
        ("marts", "pont_controle_observation", ["controle_key", "observation_key", "role", "poids"]),
        (
            "audit",
            "nombre",
            ["rapport_code", "ligne", "colonne", "valeur_imprimee", "statut", "motif", "page", "boite"],
        ),
        *(
            (
                "marts",
                f"fct_{domain}",
                ["rapport_code", "ligne", "valeur", "indicateur_code", "observation_key", *MEANING],
            )
            for domain in DOMAINS
        ),
        *(
            ("marts", f"dim_{d}", [f"{d}_code", "libelle", "parent_code"])
            for d in (*DIMENSIONS, "organisme", "territoire")
        ),
    ],
)
def test_names_of_the_contract(sql, schema, table, expected):
    assert set(expected) <= set(columns(sql, schema, table))


def test_types_are_exact(sql):
    types = columns(sql, "marts", "fct_observation")
    assert types["valeur"] == types["demi_intervalle"] == "DECIMAL(38,6)"
    assert (types["annee"], types["constat_codes"]) == ("INTEGER", "VARCHAR[]")
    assert columns(sql, "marts", "fct_controle")["lignes"] == "INTEGER[]"


def test_only_the_schemas_of_the_contract(sql):
    schemas = {
        name
        for (name,) in sql(
            "select distinct database_name || '.' || schema_name from duckdb_tables() "
            "union select database_name || '.' || schema_name from duckdb_views() where not internal"
        )
    }
    assert schemas == {
        *(f"observatoire.{name}" for name in ("raw", "marts", "audit")),
        *(f"etapes.{name}" for name in ("staging", "intermediate")),
    }


def test_what_is_published_is_tables_of_the_build_itself(sql):
    """A view would name the file of the steps, which is not published."""
    assert sql("select view_name from duckdb_views() where schema_name in ('marts', 'audit')") == []


def test_every_table_and_column_of_marts_is_commented_in_french(sql):
    bare = sql(
        "select table_name, column_name from duckdb_columns() where schema_name in ('marts', 'audit') and "
        "coalesce(comment, '') = '' "
        "union all select table_name, '' from duckdb_tables() where schema_name in ('marts', 'audit') and "
        "coalesce(comment, '') = '' "
        "union all select view_name, '' from duckdb_views() where schema_name = 'marts' and "
        "coalesce(comment, '') = ''"
    )
    assert bare == []


#: Whose keys dbt and the audit hold unique by a count: an index of so many texts costs more than their rows.
COUNTED = {"fct_observation", "fct_controle"}


def test_every_fact_and_dimension_has_a_key(sql, build):
    keyed = {
        name
        for (name,) in sql(
            "select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY'"
        )
    }
    tables = {name for (name,) in sql("select table_name from duckdb_tables() where schema_name = 'marts'")}
    assert {name for name in tables - keyed if name.startswith(("fct_", "dim_"))} == {"dim_ligne", *COUNTED}
    assert build[1].keys() >= {f"unique_{name}_{name.removeprefix('fct_')}_key" for name in COUNTED}


LAYERS = {
    "staging": {"source", "seed"},
    "intermediate": {"staging", "intermediate"},
    "marts": {"intermediate"},
    "audit": {"intermediate"},
}


def test_each_layer_reads_only_the_layer_beneath(project, build):
    manifest = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))
    wrong = [
        (node["name"], parent)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for parent in node["depends_on"]["nodes"]
        if _layer(manifest, parent) not in LAYERS[node["schema"]]
    ]
    assert wrong == []


def _layer(manifest: dict[str, Any], unique_id: str) -> str:
    kind = unique_id.split(".")[0]
    return manifest["nodes"][unique_id]["schema"] if kind == "model" else kind


def test_every_model_is_described_in_the_project(project, build):
    manifest = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    assert [node["name"] for node in nodes if not node["description"]] == []


@pytest.mark.slow
def test_two_builds_of_the_same_extracts_are_identical(project, build, tmp_path):
    again = tmp_path / "again.duckdb"
    print_tiny_reports().write(again, backwards=True)
    run_dbt(project, again, *BUILD, "--exclude-resource-type", "test")
    tables = query(
        build[0],
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('marts', "
        "'audit')",
    )
    for (table,) in tables:
        # row by row, in the order of the table: the Parquet files of both are then equal byte for byte
        assert query(again, f"from {table}") == query(build[0], f"from {table}"), table


#: Macros whose queries end with an order of their own.
ORDERED = ("{{ fait(", "{{ dimension(")


def test_every_published_table_has_an_order_of_its_own(project, build):
    """Without one, two cores write its rows in the order in which they happen to finish."""
    manifest = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))
    last = {
        node["name"]: node["raw_code"].strip().splitlines()[-1]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in ("marts", "audit")
    }
    assert [name for name, line in last.items() if not line.startswith(("order by ", *ORDERED))] == []


def test_the_project_phones_nobody(tmp_path):
    shutil.copy(PROJECT / "dbt_project.yml", tmp_path)
    assert "send_anonymous_usage_stats: false" in (tmp_path / "dbt_project.yml").read_text(encoding="utf-8")


def test_sql_is_lower_case():
    words = {"SELECT", "FROM", "WHERE", "JOIN", "GROUP", "ORDER", "UNION", "CASE", "WITH"}
    shouting = [path.name for path in _sql_files() if words & set(path.read_text(encoding="utf-8").split())]
    assert shouting == []


def _sql_files() -> list[Path]:
    return [path for folder in ("models", "macros", "tests") for path in (PROJECT / folder).rglob("*.sql")]


def test_the_data_package_describes_every_mart_with_its_keys(sql, project):
    manifest = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))
    tables = [
        name
        for (name,) in sql("select table_name from information_schema.tables where table_schema = 'marts'")
    ]
    package = describe_package(manifest, tables)
    resources = {resource["name"]: resource["schema"] for resource in package["resources"]}
    assert list(frictionless.Package.metadata_validate(package)) == []
    assert sorted(resources) == sorted(tables)
    keyless = {
        name for name in tables if name.startswith(("fct_", "dim_")) and "primaryKey" not in resources[name]
    }
    assert keyless == {"dim_ligne"}
    for name in (f"fct_{domain}" for domain in DOMAINS):
        names = [field["name"] for field in resources[name]["fields"]]
        keys = [column for column in names if column.endswith("_code") or column == "observation_key"]
        assert [key["fields"][0] for key in resources[name]["foreignKeys"]] == keys


def test_every_key_of_the_data_package_leads_to_a_row(sql, project):
    manifest = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))
    found = sql("select table_name from information_schema.tables where table_schema = 'marts'")
    resources = describe_package(manifest, [name for (name,) in found])["resources"]
    keys = [(of["name"], key) for of in resources for key in of["schema"].get("foreignKeys", ())]
    assert {(name, *key["fields"], held) for name, key in keys if (held := _orphans(sql, name, key))} == set()
    led = {(name, *key["fields"]) for name, key in keys}
    assert led >= {("dim_risque", "parent_code"), ("vue_par_assure", "population_periode_code")}


def _orphans(sql: Callable[[str], list[tuple[Any, ...]]], table: str, key: Mapping[str, Any]) -> int:
    """How many rows hold a value that the table to which a key leads does not know."""
    (column,), (field,) = key["fields"], key["reference"]["fields"]
    to = key["reference"]["resource"] or table
    query = f"select {field} from marts.{to}"
    ((found,),) = sql(
        f"select count(*) from marts.{table} where {column} is not null and {column} not in ({query})"
    )
    return int(found)
