"""Which reports the rows are of that a test of dbt, or a form of the audit, refuses without naming any.

A refusal names a table and a column; the rows of the private build say whose they are. Does not belong here:
what follows for these reports (``suspects``).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building.engine import opened
from orchestration.errors import NightError

#: What DuckDB says of a column that a model declares as never empty.
_EMPTY = re.compile(r"NOT NULL constraint failed: (\w+?)(?:__dbt_tmp)?\.(\w+)")
Nodes = Mapping[str, Mapping[str, Any]]


def reports_refused(
    build: Path, nodes: Nodes, failing: Iterable[str], compiled: Path
) -> dict[str, frozenset[str]]:
    """The reports whose rows each test of ``failing`` (identifiers of dbt) refuses; empty where rows name
    none, or cannot be asked.

    ``nodes`` are those of dbt's manifest, ``compiled`` is where dbt keeps the SQL that it ran.
    """
    tests = [name for name in failing if name.startswith("test.") and name in nodes]
    found: dict[str, frozenset[str]] = {name: frozenset() for name in tests}
    # a build that is torn or held names nobody
    with contextlib.suppress(duckdb.Error, NightError), opened(build, read_only=True) as connection:
        for name in tests:
            found[name] = _of_test(connection, nodes[name], nodes, compiled)
    return found


def defects_refused(
    build: Path, nodes: Nodes, failing: Iterable[str], compiled: Path
) -> dict[str, list[str]]:
    """What is wrong with the rows that each test of ``failing`` refuses, in the words of the test, each once;
    only tests whose rows say so (a column ``defaut``).
    """
    found: dict[str, list[str]] = {}
    with contextlib.suppress(duckdb.Error, NightError), opened(build, read_only=True) as connection:
        for name in failing:
            refused = _query(nodes[name], compiled) if name in nodes else ""
            with contextlib.suppress(duckdb.Error):
                rows = connection.execute(f"select distinct defaut from ({refused}) order by 1").fetchall()
                found[name] = [str(row[0]) for row in rows]
    return found


def _query(test: Mapping[str, Any], compiled: Path) -> str:
    """The SQL of a test; empty where dbt kept none."""
    paths = sorted(compiled.rglob(Path(test["path"]).name))
    return paths[0].read_text(encoding="utf-8").strip().rstrip(";") if paths else ""


def _of_test(
    connection: duckdb.DuckDBPyConnection, test: Mapping[str, Any], nodes: Nodes, compiled: Path
) -> frozenset[str]:
    refused = _query(test, compiled)
    if named := _codes(connection, f"select distinct rapport_code from ({refused})"):
        return named
    tested, column = nodes.get(test.get("attached_node") or "", {}), test.get("column_name")
    if not tested or not column:
        return frozenset()
    return _codes(connection, _by_value(refused, tested["relation_name"], column))


def _by_value(refused: str, relation: str, column: str) -> str:
    """The reports of the rows that hold one of the values that a test returns: its first column, as in the
    tests that dbt brings.
    """
    return (
        f"with refused(value) as (select * from ({refused})) "
        f"select distinct m.rapport_code from {relation} as m "
        f'where exists (select 1 from refused where value is not distinct from m."{column}")'
    )


def reports_without(
    build: Path, nodes: Nodes, failing: Iterable[str], said: str, compiled: Path
) -> frozenset[str]:
    """The reports whose rows leave empty what a model must have, when that is why DuckDB refused the model.

    ``said`` are its words.
    """
    names = {nodes[name]["alias"]: nodes[name] for name in failing if name.startswith("model.")}
    found: frozenset[str] = frozenset()
    for name, column in dict.fromkeys(_EMPTY.findall(said)):
        paths = sorted(compiled.rglob(f"{name}.sql")) if name in names else []
        with contextlib.suppress(duckdb.Error, NightError), opened(build, read_only=True) as connection:
            for path in paths[:1]:
                model = path.read_text(encoding="utf-8").strip().rstrip(";")
                found |= _codes(
                    connection, f'select distinct rapport_code from ({model}) where "{column}" is null'
                )
    return found


def _codes(connection: duckdb.DuckDBPyConnection, query: str) -> frozenset[str]:
    try:
        return frozenset(str(code) for (code,) in connection.execute(query).fetchall() if code)
    except duckdb.Error:
        return frozenset()
