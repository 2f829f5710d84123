"""The build of the committed extracts with the records of a night, and its site; both are only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.site.build import Site, build_site
from tests.made_once import made_once
from tests.site.made import with_print, with_records


@pytest.fixture(scope="session")
def night(committed_build: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build as the audit leaves it: no document was present."""
    folder = made_once(
        tmp_path_factory,
        "site_build",
        lambda folder: with_records(committed_build[0], folder / "observatoire.duckdb"),
    )
    return folder / "observatoire.duckdb"


@pytest.fixture(scope="session")
def printed(night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same where lines of print are at hand."""
    folder = made_once(
        tmp_path_factory,
        "site_printed",
        lambda folder: with_print(with_records(night, folder / "observatoire.duckdb")),
    )
    return folder / "observatoire.duckdb"


@pytest.fixture(scope="session")
def site(night: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build_site(night, tmp_path_factory.mktemp("site") / "site")


@pytest.fixture(scope="session")
def printed_site(printed: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build_site(printed, tmp_path_factory.mktemp("printed") / "site")
