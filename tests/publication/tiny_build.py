"""A tiny private build: one table per schema, comments, and the green record of an audit."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from expectations.audit import ValidationOutcome
from orchestration.building.records import write_records
from orchestration.building.verdict import WHOLE, write_record


def write_build(path: Path, value: int = 1) -> Path:
    """Write a closed build whose marts say ``value``, as an audit leaves it that found nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, data in _files(path.name, value).items():
        (path.parent / name).write_bytes(data)
    return path


@cache
def _files(name: str, value: int) -> dict[str, bytes]:
    """The files of such a build: the same one is made once in a process."""
    with tempfile.TemporaryDirectory() as folder:
        _make(Path(folder, name), value)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _make(path: Path, value: int) -> None:
    with duckdb.connect(str(path)) as connection:
        for schema in ("raw", "marts", "audit"):
            connection.execute(f"create schema {schema}")
        connection.execute(f"create table marts.fct as select {value} as valeur")
        connection.execute(f"create table marts.vue as select {value} as valeur")
        connection.execute("comment on table marts.vue is 'Ce que l''on voit'")
        connection.execute("comment on column marts.vue.valeur is 'Une valeur'")
        connection.execute("create table audit.nombre as select 1 as ligne")
    audited(path)


def audited(build: Path, without: Collection[str] = (), red: Collection[str] = ()) -> Path:
    """What the audit writes at its end: one verdict of every suite but those ``without``; the ``red`` ones
    fail.
    """
    said = [
        ValidationOutcome(suite, "tous", "une attente", "marts.fct", suite not in red, "vu", "attendu")
        for suite in sorted(WHOLE - {*without})
    ]
    write_records(build, "run", [], said)
    write_record(build, "run", said)
    return build


def read(path: Path, query: str = "select valeur from marts.fct") -> Any:
    """The first cell that a new reader of ``path`` sees."""
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None
