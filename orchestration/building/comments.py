"""What the dbt project says of tables and columns, written on a build once, when all of them stand.

dbt would write it node by node (``persist_docs``), which costs more than the comments of a whole build. Does
not belong here: comments of tables that dbt does not build (their modules write them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from orchestration.building.engine import written_at_once

#: The schemas that readers get.
COMMENTED = ("marts", "audit")


def write_comments(build: Path, manifest: Mapping[str, Any]) -> int:
    """Comment every table, view and column of ``build`` that dbt's ``manifest`` describes; how many."""
    with written_at_once(build) as connection:
        kinds = {
            (schema, name): kind
            for schema, name, kind in connection.execute(
                "select schema_name, table_name, 'table' from duckdb_tables() "
                "union all select schema_name, view_name, 'view' from duckdb_views() where not internal"
            ).fetchall()
        }
        written = list(_statements(manifest["nodes"].values(), kinds))
        if written:
            connection.execute("; ".join(written))
    return len(written)


def _statements(nodes: Iterable[Mapping[str, Any]], kinds: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for node in nodes:
        place = (node["schema"], node.get("alias", ""))
        if node["resource_type"] != "model" or place[0] not in COMMENTED or place not in kinds:
            continue
        relation = f'"{place[0]}"."{place[1]}"'
        yield from comment_on(f"{kinds[place]} {relation}", node["description"])
        for column in node["columns"].values():
            yield from comment_on(f'column {relation}."{column["name"]}"', column["description"])


def comment_on(what: str, said: str | None) -> Iterator[str]:
    """The statement that comments ``what`` (``table "marts"."x"``); none where nothing is said."""
    if said:
        escaped = said.replace("'", "''")
        yield f"comment on {what} is '{escaped}'"
