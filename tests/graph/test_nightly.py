"""Whole nights, as a person starts them: one that publishes, then nights that must not."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from expectations.audit import SUITES
from orchestration.extraction.reports import list_reports
from orchestration.publication.publish import current_release
from orchestration.settings import PROJECT_ROOT
from tests.unprivileged import as_an_owner

pytestmark = [pytest.mark.slow, pytest.mark.told_in_order]


@dataclass(frozen=True)
class Installation:
    """A warehouse, a raw folder and a history of their own; documents are not present."""

    warehouse: Path
    raw: Path
    home: Path

    def run(
        self, *arguments: str, program: str = "orchestration", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OBSERVATOIRE_")},
            "OBSERVATOIRE_WAREHOUSE": str(self.warehouse),
            "OBSERVATOIRE_RAW": str(self.raw),
            "DAGSTER_HOME": str(self.home),
            **variables,
        }
        command = as_an_owner([sys.executable, "-m", program, *arguments])
        return subprocess.run(
            command,
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.warehouse / "observatoire.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    root = tmp_path_factory.mktemp("installation")
    shutil.copytree(PROJECT_ROOT / "raw", root / "raw", ignore=shutil.ignore_patterns("documents"))
    return Installation(root / "warehouse", root / "raw", root / "home")


@pytest.fixture(scope="module")
def night(installation: Installation) -> subprocess.CompletedProcess[str]:
    """The first night of a fresh installation."""
    done = installation.run("nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture
def refused(night: object, installation: Installation) -> Callable[..., str]:
    """Run a night that must fail: its message; what readers have must not change."""

    def run(**variables: str) -> str:
        before = (
            current_release(installation.warehouse),
            installation.query("select count(*), sum(valeur) from marts.fct_observation"),
        )
        done = installation.run("nightly", **variables)
        after = (
            current_release(installation.warehouse),
            installation.query("select count(*), sum(valeur) from marts.fct_observation"),
        )
        assert done.returncode == 1, done.stdout + done.stderr
        assert after == before
        assert "Traceback" not in done.stdout + done.stderr
        return done.stderr.strip()

    return run


def test_the_summary_says_what_was_read_checked_and_published(
    night: subprocess.CompletedProcess[str], installation: Installation
) -> None:
    summary = night.stdout
    for report in list_reports(installation.raw):
        counted = r"( +[0-9]+){5} +[0-9.]+ %  committed extract"
        assert re.search(rf"^{report.code}{counted}$", summary, re.MULTILINE)
    for said in ("controls", "expectations, 0 failed", "published", "time", "observatoire query"):
        assert said in summary
    assert len(summary.splitlines()) <= 40


def test_the_published_file_follows_the_contract(night: object, installation: Installation) -> None:
    ((observations, reports),) = installation.query(
        "select count(*), count(distinct rapport_code) from marts.fct_observation"
    )
    assert reports == 5
    assert observations > 1000
    assert {row[0] for row in installation.query("select distinct schema_name from duckdb_tables()")} == {
        "raw",
        "marts",
        "audit",
    }
    steps = [row[0] for row in installation.query("select etape from audit.execution")]
    assert steps[-3:] == ["load", "dbt build", "audit"]
    assert installation.query("select count(*) from audit.validation where not succes") == [(0,)]
    marts = installation.query("select table_name from duckdb_tables() where schema_name = 'marts'")
    assert {f"{name}.parquet" for (name,) in marts} == {
        path.name for path in (installation.warehouse / "parquet").iterdir()
    }


def test_the_run_is_in_the_history_that_the_ui_shows(
    night: object, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dagster as dg

    monkeypatch.setenv("DAGSTER_HOME", str(installation.home))
    with dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.status) == ("nightly", dg.DagsterRunStatus.SUCCESS)
        events = [
            entry.dagster_event.event_type_value
            for entry in instance.all_logs(run.run_id)
            if entry.dagster_event
        ]
    planned = events.count("ASSET_MATERIALIZATION_PLANNED")
    assert planned == events.count("ASSET_MATERIALIZATION") > 80
    assert (
        events.count("ASSET_CHECK_EVALUATION") == events.count("ASSET_CHECK_EVALUATION_PLANNED") > len(SUITES)
    )


def test_a_query_of_the_summary_can_be_typed(
    night: subprocess.CompletedProcess[str], installation: Installation
) -> None:
    (sql,) = re.findall(r'observatoire query "([^"]+)"', night.stdout)
    assert "cpam_herault_2021" in installation.run("query", sql).stdout
    refused = installation.run("query", "select nothing from nowhere")
    assert refused.returncode == 1
    assert refused.stderr.startswith("the query was refused")


def test_the_readme_s_queries_give_rows(night: object, installation: Installation) -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    statements = [
        statement
        for block in re.findall(r"```sql\n(.*?)```", readme, re.DOTALL)
        for statement in block.split(";")
        if statement.strip()
    ]
    assert statements
    for statement in statements:
        assert installation.query(statement), statement


def test_a_wrong_amount_in_an_extract_stops_publication_and_is_named(
    refused: Callable[..., str], installation: Installation
) -> None:
    path = installation.raw / "cpam_herault_2021" / "numbers.csv"
    good = path.read_text(encoding="utf-8")
    try:
        line = add_a_million_to_a_checked_amount(path)
        said = refused()
        clicked = materialize(installation, "publication/observatoire")
    finally:
        path.write_text(good, encoding="utf-8")
    assert "its audit refused it at" in clicked, "the gate is in the publication, whoever calls it"
    assert "the audit refused the build" in said
    assert "cpam_herault_2021" in said
    assert re.search(rf"\b{line}\b", said)


def materialize(installation: Installation, asset: str) -> str:
    """What Dagster says of one asset materialised alone, which must fail and change nothing that readers
    have.
    """
    before = (
        installation.query("select count(*), sum(valeur) from marts.fct_observation"),
        current_release(installation.warehouse),
    )
    done = installation.run(
        "asset",
        "materialize",
        "-m",
        "orchestration.definitions",
        "--select",
        f'key:"{asset}"',
        program="dagster",
    )
    assert done.returncode != 0, done.stdout + done.stderr
    assert (
        installation.query("select count(*), sum(valeur) from marts.fct_observation"),
        current_release(installation.warehouse),
    ) == before
    return done.stdout + done.stderr


def add_a_million_to_a_checked_amount(path: Path) -> str:
    """Change one leaf in euros that stands in a relation; its line."""
    with (path.parent / "relations.csv").open(encoding="utf-8", newline="") as file:
        terms = {
            (row["ligne"], row["colonne"])
            for row in csv.DictReader(file)
            if row["nature"] == "somme" and row["role"] == "terme"
        }
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(
        r
        for r in rows
        if r["unite"] == "EUR" and r["role"] == "feuille" and (r["ligne"], r["colonne"]) in terms
    )
    row["valeur"] = str(float(row["valeur"]) + 1_000_000)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return row["ligne"]


def test_a_torn_extract_is_refused_in_one_sentence(
    refused: Callable[..., str], installation: Installation
) -> None:
    path = installation.raw / "cpam_var_2021" / "numbers.csv"
    good = path.read_bytes()
    try:
        path.write_bytes(good[:20])
        said = refused()
    finally:
        path.write_bytes(good)
    assert "cpam_var_2021: numbers.csv" in said
    assert "make extract" in said


def test_two_folders_that_declare_one_document_are_refused(
    refused: Callable[..., str], installation: Installation
) -> None:
    copy = installation.raw / "cpam_var_2021_bis"
    shutil.copytree(installation.raw / "cpam_var_2021", copy)
    try:
        declared = (copy / "report.yml").read_text(encoding="utf-8")
        (copy / "report.yml").write_text(
            declared.replace("code: cpam_var_2021", "code: cpam_var_2021_bis"), encoding="utf-8"
        )
        said = refused()
    finally:
        shutil.rmtree(copy)
    assert "already declared by cpam_var_2021" in said
    assert "\n" not in said


def test_a_documents_folder_that_is_not_there_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "which is not a folder" in refused(OBSERVATOIRE_DOCUMENTS=str(tmp_path / "absent"))


def test_a_document_that_is_no_text_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "cpam_var_2021.txt").write_bytes(b"\x00\x01" * 100)
    assert "cpam_var_2021.txt: this is a binary file" in refused(OBSERVATOIRE_DOCUMENTS=str(tmp_path))
