"""One dbt build of the committed extracts, shared by the tests of this folder."""

from __future__ import annotations

import shutil

import pytest

from tests.dbt.warehouse import failures, run_dbt
from tests.expectations.warehouse import ROOT, Workshop, read_extracts


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The sound build of the committed extracts."""
    bench = tmp_path_factory.mktemp("audit")
    project = bench / "dbt_project"
    shutil.copytree(ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    extracts = read_extracts()
    sound = extracts.write(bench / "observatoire.duckdb")
    statuses = run_dbt(project, sound, "build")
    assert not failures(statuses)
    return Workshop(project, extracts, sound, bench)
