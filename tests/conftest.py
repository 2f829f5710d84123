"""What all tests share: no setting of the person who runs them reaches a warehouse, a history or the documents by accident."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Interrupts work as in a terminal, however the tests were started.

    A shell starts what goes into the background with SIGINT ignored; Dagster would then leave SIGTERM ignored too, for every child.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_history(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Runs that tests start are not shown in the history of the nights."""
    os.environ["DAGSTER_HOME"] = str(tmp_path_factory.mktemp("dagster"))
    os.environ.pop("OBSERVATOIRE_WAREHOUSE", None)
    os.environ.pop("OBSERVATOIRE_RAW", None)


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder of the printed reports; tests that need it are skipped where it is absent."""
    folder = os.environ.get("OBSERVATOIRE_DOCUMENTS")
    if not folder:
        pytest.skip("OBSERVATOIRE_DOCUMENTS is not set")
    return Path(folder)
