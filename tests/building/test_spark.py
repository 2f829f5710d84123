"""Reading by Spark: the rows that a night would read, one row for a document that cannot be read, and a night
that loads them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from orchestration.building import harvest, isolation, published, reading, spark
from orchestration.building.harvest import Harvester, harvester_of, look_harvest, refused_documents
from orchestration.building.inputs import shared_inputs
from orchestration.errors import NightError
from orchestration.extraction.reports import reports_to_read
from orchestration.settings import Settings
from tests.trust.documents import catalogue
from tests.trust.tiny_night import lay_out, run, settings_of

ROOT = Path(__file__).parents[2]
TABLES = ("nombre", "relation", "ligne", "diagnostic", "rapport")
HARVEST = """
import sys
from pathlib import Path
from orchestration.building import harvest, spark
from tests.trust.tiny_night import settings_of

settings = settings_of(Path(sys.argv[1]))
session = spark.start_session("local[2]")
spark.harvest_documents(session, harvest.harvester_of(settings), settings.documents, settings.extracts)
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Tiny reports, one that no template can read, and a file that nobody declares."""
    monkeypatch.setattr(harvest, "load_catalogue", lambda _: catalogue())
    lay_out(tmp_path, 6)
    (tmp_path / "documents" / "cpam_x_2021.txt").write_bytes(b"\x00\x01" * 50)
    (tmp_path / "documents" / "foreign.txt").write_text("12 visites")
    return settings_of(tmp_path, "0.4")


def write_harvest(settings: Settings, harvester: Harvester) -> None:
    """What Spark writes, without Spark."""
    rows = pl.concat(harvester.read(p.name, p.read_bytes()) for p in sorted(settings.documents.iterdir()))
    for (table,), frame in rows.partition_by("tableau", as_dict=True, include_key=False).items():
        folder = settings.extracts / f"tableau={table}"
        folder.mkdir(parents=True)
        frame.write_parquet(folder / "part.parquet")


def raw_rows(build: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(build), read_only=True) as connection:
        return {table: connection.execute(f"from raw.{table}").fetchall() for table in TABLES}


def test_a_document_is_its_rows_or_one_row_that_says_why_not(settings: Settings) -> None:
    harvester = harvester_of(settings)
    path = settings.documents / "cpam_x_2020.txt"
    rows = harvester.read(path.name, path.read_bytes())
    counted = dict(rows["tableau"].value_counts().iter_rows())
    assert [counted[table] for table in ("nombre", "ligne", "rapport")] == [3, 3, 1]
    for name in ("cpam_x_2021.txt", "foreign.txt"):
        (row,) = harvester.read(name, (settings.documents / name).read_bytes()).iter_rows(named=True)
        assert row["tableau"] == "rapport" and row["refus"].startswith(row["rapport_code"] or name)


def test_a_fault_of_the_reader_is_one_row_too(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harvest, "read_rows", lambda *_: 1 / 0)
    (row,) = harvester_of(settings).read("cpam_x_2020.txt", b"matin 1").iter_rows(named=True)
    assert "ZeroDivisionError" in row["refus"]


def test_a_night_loads_what_was_harvested_and_reads_nothing_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(settings)
    expected = raw_rows(settings.build)
    shutil.rmtree(settings.warehouse)
    write_harvest(settings, harvester_of(settings))
    read_here: list[str] = []
    whole = isolation.stage_report

    def counted(report: Any, *rest: Any) -> Any:
        read_here.append(report.code)
        return whole(report, *rest)

    monkeypatch.setattr(isolation, "stage_report", counted)
    run(settings)
    assert raw_rows(settings.build) == expected
    assert set(read_here) == {"cpam_x_2021"}, "only what could not be read is tried again"


@pytest.mark.parametrize("changed", ["documents/cpam_x_2020.txt", "raw/cpam_x_2020/template.yml"])
def test_what_changed_since_the_harvest_is_read_by_the_night(settings: Settings, changed: str) -> None:
    write_harvest(settings, harvester_of(settings))
    path = settings.root / changed
    path.write_text(path.read_text() + "\n")
    work = isolation.Workplace(
        settings.documents,
        settings.staged,
        published.look(settings.published),
        shared_inputs(settings),
        0.4,
        harvest=look_harvest(settings.extracts),
    )
    reports = reports_to_read(settings.raw)
    inputs = [
        dict(isolation.report_inputs(isolation.declaration_of(r.folder, r.document), work.documents))
        for r in reports
    ]
    held = [r.code for r, own in zip(reports, inputs, strict=True) if work.has(r, {**work.shared, **own})]
    assert held == ["cpam_x_2019", "cpam_x_2022", "cpam_x_2023", "cpam_x_2024"]
    assert len(list(reading.read_all(reports, work, catalogue))) == len(reports)


def test_a_damaged_harvest_offers_nothing(settings: Settings) -> None:
    write_harvest(settings, harvester_of(settings))
    (settings.extracts / "tableau=rapport" / "part.parquet").write_bytes(b"PAR1 torn")
    assert not look_harvest(settings.extracts).reports


@pytest.mark.parametrize(
    ("java", "said"), [(False, "Spark needs Java 17"), (True, "pyspark is not in this environment")]
)
def test_without_spark_one_sentence(monkeypatch: pytest.MonkeyPatch, java: bool, said: str) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/java" if java else None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(NightError, match=said):
        spark.start_session("local[2]")


@pytest.mark.slow
def test_spark_gives_the_rows_that_the_pool_reads(spark_python: Path, tmp_path: Path) -> None:
    lay_out(tmp_path, 12)
    shutil.copytree(ROOT / "dbt_project" / "seeds", tmp_path / "dbt_project" / "seeds", dirs_exist_ok=True)
    for template in tmp_path.glob("raw/*/template.yml"):
        template.write_text(template.read_text().replace("visites", "visites_accueil"))
    for declared in tmp_path.glob("raw/*/report.yml"):
        text = declared.read_text().replace("organisme: cpam_x", "organisme: cpam_herault")
        declared.write_text(text.replace("dep_00", "dep_34"))
    (tmp_path / "documents" / "cpam_x_2021.txt").write_bytes(b"\x00\x01" * 50)
    settings = settings_of(tmp_path)
    run_spark = [str(spark_python), "-c", HARVEST, str(tmp_path)]
    subprocess.run(
        run_spark, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True
    )
    harvester = harvester_of(settings)
    here = pl.concat(harvester.read(p.name, p.read_bytes()) for p in sorted(settings.documents.iterdir()))
    there = pl.read_parquet(settings.extracts / "**" / "*.parquet", hive_partitioning=True)
    keys = ["tableau", "rapport_code", "nom", "rang"]
    assert there.select(here.columns).sort(keys).equals(here.sort(keys))
    assert len(refused_documents(settings.extracts)) == 1
