"""A whole build from the committed extracts, with every discrepancy of today registered, and copies of it to
spoil.

Belongs here: loading and building once per session, spoiling a copy with SQL, running the audit on it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl

from expectations.audit import SUITES, ValidationOutcome, run_audit
from orchestration.building.build import RAW_COLUMNS
from orchestration.building.engine import written_at_once
from orchestration.commands.register import extract_frames
from orchestration.extraction.reports import list_reports
from orchestration.reconciliation.findings import Finding, diagnostics_frame, findings_of
from orchestration.reconciliation.register import FRAME_COLUMNS
from tests.dbt.warehouse import BUILD, run_dbt

ROOT = Path(__file__).parents[2]
RAW = ROOT / "raw"


def accepted(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Register rows for every finding, so that the audit of sound extracts is green whatever the register
    says.
    """
    return [
        {
            "cle": f"{finding.report}:{finding.relation}", "rapport_code": finding.report,
            "relation": finding.relation,
            "ecart": f"{finding.gap:f}", "explication": finding.explanation, "cause": finding.cause,
            "gravite": finding.severity, "date": "2021-12-31",
        }
        for finding in findings
    ]  # fmt: skip


@dataclass
class Extracts:
    """Raw tables as frames of text."""

    numbers: pl.DataFrame
    relations: pl.DataFrame
    reports: pl.DataFrame
    register: pl.DataFrame

    def write(self, path: Path) -> Path:
        """A new DuckDB file with the raw tables, as the loading step writes them."""
        tables = {
            "nombre": self.numbers,
            "relation": self.relations,
            "rapport": self.reports,
            "constat": self.register,
            "diagnostic": diagnostics_frame(findings_of(self.numbers, self.relations)),
        }
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema raw")
            for name, columns in RAW_COLUMNS.items():
                frame = tables.get(name, pl.DataFrame(schema=dict.fromkeys(columns, pl.String))).select(
                    columns
                )
                connection.register("cadre", frame.to_arrow())
                connection.execute(f"create table raw.{name} as select * from cadre")
        return path


def read_extracts(raw: Path = RAW) -> Extracts:
    """The committed extracts, with every discrepancy registered."""
    numbers, relations = extract_frames(raw)
    blank = [pl.when(pl.col(pl.String) == "").then(None).otherwise(pl.col(pl.String)).name.keep()]
    numbers, relations = numbers.with_columns(*blank), relations.with_columns(*blank)
    known = set(numbers["rapport_code"])
    reports = [_report_row(report) for report in list_reports(raw) if report.code in known]
    register = pl.DataFrame(
        accepted(findings_of(numbers, relations)), schema=dict.fromkeys(FRAME_COLUMNS, pl.String)
    )
    return Extracts(numbers, relations, pl.DataFrame(reports), register)


def _report_row(report) -> Mapping[str, str]:
    told = {
        name: str(getattr(report, name))
        for name in ("code", "titre", "organisme", "territoire", "periode", "document")
    }
    return {
        **told,
        "document_sha256": "00",
        "nb_lignes": "1",
        "document_present": "false",
        "brouillon": "false",
        "sceau": "",
        "ecart_extrait": "",
    }


@dataclass(frozen=True)
class Workshop:
    """The sound build, and a dbt project to build others."""

    project: Path
    extracts: Extracts
    sound: Path
    bench: Path

    @cached_property
    def loose(self) -> Path:
        """The sound build without the constraints of its tables, which would refuse what the audit
        must find.
        """
        path = self.bench / "libre.duckdb"
        shutil.copyfile(self.sound, path)
        with written_at_once(path) as connection:
            tables = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('marts', "
                "'audit')"
            ).fetchall()
            for (table,) in tables:
                connection.execute(f"create or replace table {table} as select * from {table}")
        return path

    def build(self, extracts: Extracts) -> Path:
        """Build other extracts from scratch, asking no test of dbt: none stops a night before its audit."""
        path = self.bench / "autre.duckdb"
        path.unlink(missing_ok=True)
        run_dbt(self.project, extracts.write(path), *BUILD, "--exclude-resource-type", "test")
        return path

    def spoil(self, *statements: str) -> Path:
        """A copy of the sound build after some SQL."""
        path = self.bench / "gate.duckdb"
        path.unlink(missing_ok=True)
        shutil.copyfile(self.loose, path)
        with duckdb.connect(str(path)) as connection:
            for statement in statements:
                connection.execute(statement)
        return path


def failures(outcomes: Iterable[ValidationOutcome]) -> list[ValidationOutcome]:
    """The outcomes that stop a publication."""
    return [outcome for outcome in outcomes if not outcome.success]


def audit(path: Path, *suites: str) -> str:
    """What the failures of a build say, all suites or some; one line."""
    return " ".join(outcome.message for outcome in failures(run_audit(path, suites=suites or SUITES.keys())))
