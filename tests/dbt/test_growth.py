"""No model grows faster than its reports: three times as many make at most 3 ** 1.1 times the work, in rows.

Counted are the rows that every operator of DuckDB's plan reads and gives, and, for a join without an
equality, the pairs that it compares. Nothing is asserted about the clock.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from expectations.recomputation import RECOMPUTED, parts
from orchestration.building.build import RAW_COLUMNS
from orchestration.building.engine import opened
from tests.dbt.tiny_reports import print_tiny_reports, seeds
from tests.dbt.warehouse import Raw, copy_project, failures, run_dbt

SMALL, LARGE, ALLOWED = 50, 150, 1.1
#: Rows below which a model is all start-up.
NOTICEABLE = 3000
#: What the audit recomputes of every relation, beside the models.
AUDIT = "recalcul"
COPIED = (
    "rapport_code",
    "organisme_code",
    "territoire_code",
    "code",
    "organisme",
    "territoire",
    "parent_code",
    "cle",
)
WHOLE = frozenset({"", "ensemble", "non_precise", None})
WITHOUT_EQUALITY = (
    "NESTED_LOOP_JOIN",
    "BLOCKWISE_NL_JOIN",
    "CROSS_PRODUCT",
    "IE_JOIN",
    "PIECEWISE_MERGE_JOIN",
)


def copied(row: dict[str, Any], n: int) -> dict[str, Any]:
    return {
        name: f"{cell}_{n}" if name in COPIED and cell not in WHOLE else cell for name, cell in row.items()
    }


def many(count: int) -> tuple[Raw, dict[str, list[list[str]]]]:
    """The tiny reports ``count`` times, each copy of bodies and territories of its own."""
    raw, found = print_tiny_reports(), Raw()
    for n in range(count):
        for table, rows in raw.tables.items():
            found.tables[table].extend(copied(row, n) for row in rows)
    members: dict[str, list[Any]] = {stem: [list(row) for row in rows] for stem, rows in seeds().items()}
    for stem in ("organismes", "territoires"):
        header, *rows = members[stem]
        named = [dict(zip(header, row, strict=True)) for row in rows]
        kept = [row for row in named if row["code"] in WHOLE]
        copies = [
            {**copied(row, n), "alias": "", "libelle": f"{row['libelle']} {n}"}
            for row in named
            if row["code"] not in WHOLE
            for n in range(count)
        ]
        members[stem] = [header, *([row[name] for name in header] for row in kept + copies)]
    return found, members


def write(raw: Raw, path: Path) -> None:
    """Write the raw tables, whole frames at once."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw")
        for table, columns in RAW_COLUMNS.items():
            frame = pl.DataFrame(raw.tables[table], schema=dict.fromkeys(columns, pl.String))
            connection.register("frame", frame.to_arrow())
            connection.execute(f"create table raw.{table} as from frame")


def operators(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("children", ()):
        yield from operators(child)


def rows_of(operator: dict[str, Any]) -> int:
    """The rows that an operator gives and scans, and the pairs that a join without an equality compares."""
    work = int(operator.get("operator_cardinality") or 0) + int(operator.get("operator_rows_scanned") or 0)
    children = operator.get("children", ())
    if operator.get("operator_name", "").strip() in WITHOUT_EQUALITY and len(children) == 2:
        work += math.prod(int(child.get("operator_cardinality") or 0) for child in children)
    return work


def work_of(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The rows that a query works on, by DuckDB's own account."""
    (_, told), *_ = connection.execute(f"explain (analyze, format json) {query}").fetchall()
    return sum(map(rows_of, operators(json.loads(told))))


def exponent(small: int, large: int) -> float:
    return math.log(max(large, 1) / max(small, 1)) / math.log(LARGE / SMALL)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int]]:
    """The work of every model, and of what the audit recomputes, at both sizes."""
    found: dict[str, list[int]] = {}
    for size in (SMALL, LARGE):
        raw, members = many(size)
        project = copy_project(tmp_path_factory.mktemp(f"dbt{size}") / "project", members)
        build = project.parent / "observatoire.duckdb"
        write(raw, build)
        assert not failures(run_dbt(project, build, "build", "--exclude-resource-type", "test"))
        with opened(build, read_only=True) as connection:
            for path in sorted((project / "target" / "compiled").rglob("models/**/*.sql")):
                if path.parent.suffix != ".yml":
                    found.setdefault(path.stem, []).append(
                        work_of(connection, path.read_text(encoding="utf-8"))
                    )
            recomputed = f"with {RECOMPUTED.strip().format(part=next(parts(1)))} select * from recalcul"
            found.setdefault(AUDIT, []).append(work_of(connection, recomputed))
    return {name: (small, large) for name, (small, large) in found.items()}


@pytest.mark.slow
def test_no_model_grows_faster_than_its_reports(counted: dict[str, tuple[int, int]]) -> None:
    noticed = {name: pair for name, pair in counted.items() if pair[1] >= NOTICEABLE}
    assert {
        AUDIT,
        "int_paire",
        "int_cellule",
        "int_membre",
        "int_selection",
        "fct_observation",
    } <= noticed.keys()
    faster = {
        n: (*pair, round(exponent(*pair), 2)) for n, pair in noticed.items() if exponent(*pair) > ALLOWED
    }
    assert faster == {}


#: What a join may compare, and whether it grows faster than its rows: pairs of a group that grows with the
#: reports, within a body, by an inequality alone, by the start of a path.
JOINS = [
    ("a.groupe = b.groupe where abs(a.i - b.i) < 3", True),
    ("a.corps = b.corps", False),
    ("a.i < b.i and b.i < a.i + 2", True),
    ("starts_with(b.corps::varchar, a.corps::varchar || '/')", True),
]


@pytest.mark.parametrize(("condition", "faster"), JOINS)
def test_a_quadratic_join_is_noticed(condition: str, faster: bool) -> None:
    work = []
    with duckdb.connect() as connection:
        for size in (SMALL, LARGE):
            connection.execute(
                "create or replace table figures as "
                f"select i, i % 5 as groupe, i % {size} as corps from range({size * 20}) as t(i)"
            )
            work.append(
                work_of(connection, f"select count(*) from figures as a join figures as b on {condition}")
            )
    assert (exponent(*work) > ALLOWED) is faster
