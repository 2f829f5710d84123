"""A dbt project with members of its own and a DuckDB file with the raw tables of tiny reports, for the tests
of this folder.

Belongs here: writing raw tables as the loading step does, running dbt in this process, reading the result.
Does not belong here: what the tiny reports print (tiny_reports.py) and what must come out (the tests).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.building.build import RAW_COLUMNS
from orchestration.building.comments import write_comments
from orchestration.building.engine import opened, steps_of, written_at_once

PROJECT = Path(__file__).parents[2] / "dbt_project"
Row = dict[str, str | None]
#: The build of a night: without the unit tests, which say nothing of its rows.
BUILD = ("build", "--exclude-resource-type", "unit_test")


@dataclass
class Raw:
    """The rows of every raw table, all text."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in RAW_COLUMNS})

    def add(self, table: str, **cells: Any) -> None:
        """Append one row; an empty cell is NULL, as the loading step writes it."""
        row: Row = dict.fromkeys(RAW_COLUMNS[table])
        unknown = set(cells) - set(row)
        if unknown:
            raise KeyError(f"raw.{table} has no column {sorted(unknown)}")
        self.tables[table].append(
            row | {name: None if cell == "" else str(cell) for name, cell in cells.items()}
        )

    def write(self, path: Path, *, backwards: bool = False) -> None:
        """Write the raw tables into a new DuckDB file, in reverse order where `backwards`."""
        with written_at_once(path) as connection:
            connection.execute("create schema raw")
            for table, columns in RAW_COLUMNS.items():
                connection.execute(
                    f"create table raw.{table} ({', '.join(f'{column} varchar' for column in columns)})"
                )
                rows = [[row[column] for column in columns] for row in self.tables[table]]
                if rows:
                    marks = ", ".join("?" * len(columns))
                    connection.executemany(
                        f"insert into raw.{table} values ({marks})", rows[:: -1 if backwards else 1]
                    )


def copy_project(target: Path, seeds: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    """A copy of the dbt project whose seeds hold `seeds` (file stem -> rows, header first)."""
    shutil.copytree(PROJECT, target, ignore=shutil.ignore_patterns("target", "logs", "*.csv"))
    for stem, rows in seeds.items():
        text = "".join(",".join(row) + "\n" for row in rows)
        (target / "seeds" / f"{stem}.csv").write_text(text, encoding="utf-8")
    return target


def run_dbt(project: Path, build: Path, *arguments: str) -> dict[str, str]:
    """Run dbt on a build; returns the status of each node by its name.

    dbt parses the project again whenever its profile changes, so every build is worked on at one and the same
    path, by one process at a time; the manifest is written once. Raises RuntimeError when dbt could not run
    at all.
    """
    with project.with_name(f"{project.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _run_dbt(project, build, *arguments)


def _run_dbt(project: Path, build: Path, *arguments: str) -> dict[str, str]:
    bench, manifest = project / "observatoire.duckdb", project / "target" / "manifest.json"
    os.environ["OBSERVATOIRE_BUILD"] = str(bench)
    places = [
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project),
        "--target-path",
        str(project / "target"),
    ]
    for mine, there in ((build, bench), (steps_of(build), steps_of(bench))):
        if mine.exists():
            mine.replace(there)
    try:
        writing = "--no-write-json" if manifest.exists() else "--write-json"
        result = dbtRunner().invoke(
            [writing, *arguments, *places, "--log-path", str(project / "logs"), "--quiet"]
        )
    finally:
        _close()
        bench.replace(build)
        steps_of(bench).replace(steps_of(build))
    if result.exception is not None:
        raise RuntimeError(f"dbt {' '.join(arguments)}: {result.exception}")
    if arguments[0] == "build":
        write_comments(build, orjson.loads(manifest.read_bytes()))
    built: Any = result.result  # as many types as dbt has commands
    return {node.node.name: str(node.status) for node in built}


def _close() -> None:
    """dbt keeps its DuckDB file open in the process; a reader needs it closed."""
    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager._ENV = None


def query(build: Path, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of a read-only query."""
    with opened(build, read_only=True) as connection:
        return connection.execute(sql, parameters).fetchall()


def failures(statuses: Mapping[str, str]) -> set[str]:
    """Names of the nodes that did not succeed; an exposure has nothing to run (`no-op`)."""
    return {name for name, status in statuses.items() if status not in ("success", "pass", "no-op")}


def ordered(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows in an order that does not depend on the query."""
    return sorted(rows, key=repr)
