"""A build with the records of a night, and the site made of it: once for all the tests that look at pages.

Belongs here: making it. What the pages must hold is in the tests.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from expectations.audit import ValidationOutcome
from orchestration.building.changes import write_changes
from orchestration.building.engine import written_at_once
from orchestration.building.inputs import PROJECT, Key
from orchestration.building.journal import NightStep
from orchestration.building.origin import State
from orchestration.building.records import write_records, write_states
from orchestration.site.build import Site, build_site

STEP = NightStep("read", "2026-05-01T00:30:00+00:00", 1.0, 3, "three numbers")
#: What a label or a line of a document could hold to harm a page.
HOSTILE = '<script>alert("x")</script>'


def with_records(build: Path, target: Path) -> Path:
    """A copy of a build of dbt with what the audit of a night adds to it."""
    shutil.copyfile(build, target)
    with duckdb.connect(str(target), read_only=True) as connection:
        codes = [
            code
            for (code,) in connection.execute(
                "select rapport_code from marts.dim_rapport order by all"
            ).fetchall()
        ]
    outcome = ValidationOutcome(
        "totaux",
        "accueil",
        "la somme des feuilles",
        "marts.fct_accueil",
        True,
        "aucune ligne",
        "aucune ligne",
    )
    write_states(target, {Key("", PROJECT): "0"}, [State(code, "extrait", {}, "") for code in codes])
    write_changes(target, target.with_name("absent.duckdb"), None)
    write_records(target, "nuit", [STEP], [outcome])
    return target


def with_print(build: Path) -> Path:
    """Give each line that carries a number a text: the labels of its figures, its numbers at their
    columns.
    """
    with written_at_once(build) as connection:
        rows = connection.execute(
            "select rapport_code, ligne, colonne, valeur_imprimee from audit.nombre order by all"
        ).fetchall()
        lines: dict[tuple[str, int], str] = {}
        for code, line, column, printed in rows:
            lines[code, line] = lines.get((code, line), "").ljust(column) + printed
        connection.execute("delete from raw.ligne")
        connection.executemany(
            "insert into raw.ligne values (?, ?, ?)",
            [[code, str(line), text] for (code, line), text in lines.items()],
        )
    return build


def made(build: Path, folder: Path) -> Site:
    return build_site(build, folder / "site")
