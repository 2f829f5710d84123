"""One dbt build of the tiny reports, shared by the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.building.engine import opened
from tests.dbt.tiny_reports import print_tiny_reports, seeds
from tests.dbt.warehouse import copy_project, query, run_dbt
from tests.made_once import made_once


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the dbt project of the tiny reports and what it built, made once for all processes."""

    def make(folder: Path) -> None:
        build = folder / "observatoire.duckdb"
        print_tiny_reports().write(build)
        statuses = run_dbt(copy_project(folder / "project", seeds()), build, "build")
        (folder / "statuses.json").write_text(json.dumps(statuses), encoding="utf-8")

    return made_once(tmp_path_factory, "tiny_build", make)


@pytest.fixture(scope="session")
def project(built: Path) -> Path:
    """The dbt project with the members of the tiny reports, parsed; one process at a time runs dbt in it."""
    return built / "project"


@pytest.fixture(scope="session")
def build(built: Path) -> tuple[Path, dict[str, str]]:
    """The built file, and the status of every node."""
    return built / "observatoire.duckdb", json.loads((built / "statuses.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def sql(build: tuple[Path, dict[str, str]]) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Ask the built file, in an engine that is started once."""
    with opened(build[0], read_only=True):
        yield lambda text, parameters=(): query(build[0], text, parameters)
