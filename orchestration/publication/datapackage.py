"""What the Parquet files of a release are, as a data package: ``datapackage.json``, written from dbt's
manifest.

Names, types, descriptions and keys are those of the models' contracts and relationship tests, so that a
reader without DuckDB learns them from one file. Only files that the release really holds are described.
Nothing here reads a figure.

The form is that of https://specs.frictionlessdata.io/data-package/ (version 1, which every tool reads).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

FILE_NAME = "datapackage.json"
SCHEMA = "marts"
#: Version of the data contract: the first number rises when a name or a code changes its meaning
#: (`marts.dim_code_ancien` leads on).
CONTRACT_VERSION = "2.0.0"
#: Of what the project adds to the facts that reports print (`DONNEES.md`), by its SPDX name.
LICENCE = {"name": "etalab-2.0", "title": "Licence Ouverte 2.0 (Etalab)"}
REPORTS = "dim_rapport"

#: Types of the contracts, without their precision -> types of a table schema.
FIELD_TYPES = {
    "varchar": "string",
    "integer": "integer",
    "bigint": "integer",
    "decimal": "number",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
}
#: How dbt writes the model that a relationship test leads to.
_REF = re.compile(r"ref\(\s*'(?P<name>\w+)'\s*\)")

#: The moment at the end of the name of a release.
_MADE = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$")
#: Columns that name a member above, of their own table.
_ABOVE = frozenset({"parent_code", "racine_code"})
#: Columns that hold something else beside keys: terms that are no observation, concepts without a parent.
_NO_KEY = frozenset({("pont_controle_observation", "observation_key"), ("dim_concept", "parent_code")})

Node = Mapping[str, Any]


def write_datapackage(release: Path, manifest: Path) -> Path:
    """Describe ``release/parquet/*.parquet`` in ``release/datapackage.json`` by the dbt manifest; returns the
    path written.
    """
    path = release / FILE_NAME
    tables = [file.stem for file in (release / "parquet").glob("*.parquet")]
    package = describe_package(json.loads(manifest.read_text(encoding="utf-8")), tables)
    package |= _origin(release)
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _origin(release: Path) -> dict[str, Any]:
    """When a release was made, by its name, and the reports that it was read from, by their titles."""
    found: dict[str, Any] = {}
    if made := _MADE.search(release.name):
        found["created"] = "{}-{}-{}T{}:{}:{}Z".format(*made.groups())
    reports = release / "parquet" / f"{REPORTS}.parquet"
    if reports.exists():
        titles = pl.read_parquet(reports, columns=["rapport_code", "titre"]).sort("rapport_code")
        found["sources"] = [{"title": f"{title} ({code})"} for code, title in titles.iter_rows()]
    return found


def describe_package(manifest: Node, tables: Iterable[str]) -> dict[str, Any]:
    """The data package of ``tables``: one resource for each that the manifest knows, in order of name."""
    models = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == SCHEMA
    }
    known = {name: models[name] for name in sorted(tables) if name in models}
    references = list(_references(manifest))
    return {
        "name": "observatoire",
        "version": CONTRACT_VERSION,
        "title": "Observatoire des rapports d'activité de l'Assurance Maladie",
        "description": "Les tables de `marts`, une par fichier Parquet ; grain et règles des sommes sont "
        "dits dans chaque description.",
        "profile": "data-package",
        "licenses": [LICENCE],
        "resources": [_resource(model, known, references) for model in known.values()],
    }


def _resource(
    model: Node, known: Mapping[str, Node], references: list[tuple[str, str, str, str]]
) -> dict[str, Any]:
    name = model["name"]
    # An empty text is a value of ours; what is missing is NULL, and needs no sign.
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in model["columns"].values()],
        "missingValues": [],
    }
    if key := list(model.get("primary_key") or ()):
        schema["primaryKey"] = key
    if keys := _foreign_keys(model, known, references):
        schema["foreignKeys"] = keys
    return {
        "name": name,
        "path": f"parquet/{name}.parquet",
        "description": model["description"],
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
    }


def _field(column: Node) -> dict[str, Any]:
    constraints = {constraint["type"] for constraint in column["constraints"]}
    rules = {"required": True} if constraints & {"not_null", "primary_key"} else {}
    if "primary_key" in constraints or "unique" in constraints:
        rules["unique"] = True
    field = {
        "name": column["name"],
        "type": _field_type(column["data_type"], bool(rules)),
        "description": column["description"],
    }
    return field | ({"constraints": rules} if rules else {})


def _field_type(data_type: str, required: bool) -> str:
    """``decimal(38,6)`` -> ``number``; a type that has no equal is ``any``.

    Lists are ``any`` and integers that may be missing are ``number``: that is how data frames, which most
    readers of a package put between the file and its check, hand them over.
    """
    found = FIELD_TYPES.get(data_type.lower().split("(")[0], "any")
    return found if required or found != "integer" else "number"


def _references(manifest: Node) -> Iterator[tuple[str, str, str, str]]:
    """What the relationship tests of dbt say of every row that has a value: (model, column, model that holds
    the key, key).
    """
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        if test.get("name") != "relationships" or not node.get("attached_node"):
            continue
        every_row = node["config"].get("where") in (None, f"{node['column_name']} is not null")
        if every_row and (to := _REF.search(test["kwargs"]["to"])):
            yield (
                manifest["nodes"][node["attached_node"]]["name"],
                node["column_name"],
                to["name"],
                test["kwargs"]["field"],
            )


def _foreign_keys(
    model: Node, known: Mapping[str, Node], references: list[tuple[str, str, str, str]]
) -> list[dict[str, Any]]:
    """A column leads where its relationship test says; without one it leads to the dimension or the
    observation whose key it is named after (`population_periode_code` too), and what names a member above, to
    its own table.
    """
    own = {column: (to, field) for name, column, to, field in references if name == model["name"]}
    shared = {
        key: (name, key)
        for name, of in known.items()
        for key in list(of.get("primary_key") or ())[:1]
        if name.startswith("dim_") or name == "fct_observation"
    }
    keys = []
    for column in model["columns"]:
        to, field = _above(model, column) or own.get(column) or _named_after(column, shared)
        if (model["name"], column) in _NO_KEY or to not in known:
            continue
        if to != model["name"]:
            keys.append({"fields": [column], "reference": {"resource": to, "fields": [field]}})
        elif column in _ABOVE:  # a table that leads to itself has no name there
            keys.append({"fields": [column], "reference": {"resource": "", "fields": [field]}})
    return keys


def _above(model: Node, column: str) -> tuple[str, str] | None:
    """The table and key of the member above, in a dimension that says so."""
    if column not in _ABOVE or not model["name"].startswith("dim_"):
        return None
    return model["name"], next(iter(model["primary_key"]))


def _named_after(column: str, shared: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """The table and key after which a column is named; nothing where none is."""
    return next((to for key, to in shared.items() if column == key or column.endswith(f"_{key}")), ("", ""))
