"""One dbt build of the tiny reports, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.tiny_reports import print_tiny_reports, seeds
from tests.dbt.warehouse import copy_project, query, run_dbt


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dbt project with the members of the tiny reports."""
    return copy_project(tmp_path_factory.mktemp("dbt") / "project", seeds())


@pytest.fixture(scope="session")
def build(project: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The built file, and the status of every node."""
    path = tmp_path_factory.mktemp("build") / "observatoire.duckdb"
    print_tiny_reports().write(path)
    return path, run_dbt(project, path, "build")


@pytest.fixture(scope="session")
def sql(build: tuple[Path, dict[str, str]]) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask the built file."""
    return lambda text, parameters=(): query(build[0], text, parameters)
