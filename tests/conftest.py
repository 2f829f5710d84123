"""What all tests share: no setting of the person who runs them reaches a warehouse, a history or the
documents by accident.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as properties

from orchestration.collector import spare_the_collector
from tests.made_once import made_once

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from orchestration.settings import Settings
    from tests.expectations.warehouse import Workshop

ROOT = Path(__file__).resolve().parents[1]
#: The files that take longest: they begin first, so that at the end no processor waits for another.
LONGEST = (
    "trust/test_real_nights.py",
    "graph/test_nightly.py",
    "dbt/test_spark.py",
    "dbt/test_growth.py",
    "trust/test_growth.py",
    "discovery/test_layouts.py",
    "trust/test_faults.py",
    "expectations/test_audit.py",
    "trust/test_change.py",
    "expectations/test_mutated_nights.py",
    "review/test_decisions.py",
    "trust/test_damaged_installation.py",
    "site/test_site.py",
    "discovery/test_bring.py",
    "dbt/test_facts.py",
    "discovery/test_concepts.py",
    "reconciliation/test_mutations.py",
    "trust/test_bounded_reading.py",
    "dbt/test_decisions.py",
    "dbt/test_failures.py",
    "trust/test_hostile_documents.py",
    "building/test_reading.py",
    "test_repository.py",
)


#: How long a browser may take for one step: no more than a limit for what never comes, on any machine.
MILLISECONDS = 300_000


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of a file marked ``told_in_order`` back in their order, and the longest files first."""
    stories = [item for item in items if item.get_closest_marker("told_in_order")]
    told = sorted(stories, key=lambda item: (str(item.path), item.reportinfo()[1] or 0))
    ranks = {ROOT / "tests" / name: rank for rank, name in enumerate(LONGEST)}
    shuffled = [item for item in items if item not in stories] + told
    items[:] = sorted(shuffled, key=lambda item: ranks.get(item.path, len(ranks)))


def pytest_configure() -> None:
    """Interrupts work as in a terminal, however the tests were started.

    A shell starts what goes into the background with SIGINT ignored; Dagster would then leave SIGTERM ignored
    too, for every child.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    spare_the_collector()
    # The same examples in every run and no time limit for one: what fails is what was changed, not a machine
    # that is busy. Others are tried with `make test PYTEST="--hypothesis-profile explore -k invariance"`.
    properties.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    properties.register_profile("same", properties.get_profile("explore"), derandomize=True)
    properties.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def own_history(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Runs that tests start are not shown in the history of the nights."""
    os.environ["DAGSTER_HOME"] = str(tmp_path_factory.mktemp("dagster"))
    os.environ.pop("OBSERVATOIRE_WAREHOUSE", None)
    os.environ.pop("OBSERVATOIRE_RAW", None)


@pytest.fixture(autouse=True)
def no_instance_of_another_test() -> Iterator[None]:
    """Dagster remembers the storage of the last instance that was entered, also when that is gone: no test
    meets another's.
    """
    state = sys.modules.get("dagster._core.storage.defs_state.base")
    with state.set_defs_state_storage(None) if state else contextlib.nullcontext():
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of an installation that has nothing yet: no report, no build."""
    from orchestration.settings import read_settings

    (tmp_path / "raw").mkdir()
    found = read_settings({}, tmp_path)
    found.private.mkdir(parents=True)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip that says what is missing; one for all, since two cannot be driven in
    one process.
    """
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip(
            "there is no Chromium on this machine (Debian: apt-get install chromium): the pages are not "
            "looked at"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox"], timeout=MILLISECONDS
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder of the printed reports; tests that need it are skipped where it is absent."""
    folder = os.environ.get("OBSERVATOIRE_DOCUMENTS")
    if not folder:
        pytest.skip("OBSERVATOIRE_DOCUMENTS is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Settings]:
    """``first_night(root)`` makes a folder an installation of three tiny reports that published once: a copy
    of the one that this test run made.
    """
    from tests.trust.tiny_night import lay_out, run, settings_of

    made = made_once(tmp_path_factory, "first_night", lambda folder: run(lay_out(folder)))

    def copied(root: Path) -> Settings:
        shutil.copytree(made, root, symlinks=True, dirs_exist_ok=True)
        return settings_of(root)

    return copied


@pytest.fixture(scope="session")
def committed_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A build of the committed extracts, to be read only, and the status of each dbt node."""
    from tests.dbt.warehouse import BUILD, run_dbt
    from tests.expectations.warehouse import read_extracts

    def make(folder: Path) -> None:
        project = folder / "dbt_project"
        shutil.copytree(ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
        statuses = run_dbt(project, read_extracts().write(folder / "observatoire.duckdb"), *BUILD)
        (folder / "statuses.json").write_text(json.dumps(statuses))

    folder = made_once(tmp_path_factory, "committed_build", make)
    return folder / "observatoire.duckdb", json.loads((folder / "statuses.json").read_text())


@pytest.fixture(scope="session")
def workshop(
    committed_build: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Workshop:
    """A copy of that build which passed every test of dbt, and what is needed to make others."""
    from tests.dbt.warehouse import failures
    from tests.expectations.warehouse import Workshop, read_extracts

    built, statuses = committed_build
    assert not failures(statuses)
    bench = tmp_path_factory.mktemp("audit")
    sound = bench / "observatoire.duckdb"
    shutil.copyfile(built, sound)
    return Workshop(built.parent / "dbt_project", read_extracts(), sound, bench)


@pytest.fixture(scope="session")
def spark_python() -> Path:
    """The interpreter of the environment of ``make spark``, which is made when it is not there."""
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java, and there is none on this machine")
    with (Path(tempfile.gettempdir()) / "observatoire-spark.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests of several processes want it at once
        made = subprocess.run(["make", ".venv-spark/.stamp"], cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        pytest.fail(f"the environment of Spark cannot be made:\n{made.stderr}", pytrace=False)
    return ROOT / ".venv-spark" / "bin" / "python"
