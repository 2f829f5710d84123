"""Whole nights under Dagster and dbt that are killed, lose their dbt, or have one bad document."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow


class Place:
    """An installation with a copy of the sources, so that nothing changes between its nights but what a test changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("orchestration", "expectations", "dbt_project", "raw", "requirements"):
            shutil.copytree(PROJECT_ROOT / name, root / name, ignore=shutil.ignore_patterns("documents", "target", "logs", "__pycache__"))
        shutil.copy(PROJECT_ROOT / "dagster.yaml", root)
        shutil.copy(PROJECT_ROOT / "pyproject.toml", root)
        (root / "documents").mkdir()
        self.build = root / "warehouse" / ".build"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OBSERVATOIRE_")}
        self.environment = {
            **kept, "OBSERVATOIRE_DOCUMENTS": str(root / "documents"), "OBSERVATOIRE_TOLERANCE": "0.4",
            "DAGSTER_HOME": str(root / "home"), "PYTHONPATH": str(root),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "orchestration", *arguments]
        return subprocess.Popen(
            command, cwd=self.root, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=600)
        return process.returncode, out + err

    def wait_for_dbt(self, process: subprocess.Popen[str]) -> int:
        """The process id of dbt, once it builds."""
        journal = self.build / "journal.jsonl"
        while process.poll() is None:
            running = [child for child in children_of(process.pid) if alive(child)]
            if journal.exists() and '"load"' in journal.read_text() and running:
                return running[0]
            time.sleep(0.05)
        raise AssertionError(process.communicate())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("place"))


def children_of(pid: int) -> list[int]:
    """The child processes of a process, whichever of its threads started them."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_night_takes_its_dbt_along(place: Place) -> None:
    process = place.start("nightly")
    dbt = place.wait_for_dbt(process)
    time.sleep(1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20
    while alive(dbt) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(dbt)
    assert not (place.root / "warehouse" / "current").exists()


def test_a_dbt_that_dies_is_told_in_one_paragraph(place: Place) -> None:
    process = place.start("nightly")
    place.wait_for_dbt(process)
    while process.poll() is None:  # the one that waited ready, then the one that was started instead
        for child in filter(alive, children_of(process.pid)):
            os.kill(child, signal.SIGKILL)
        time.sleep(0.1)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 1
    assert "dbt build failed" in err
    assert "Traceback" not in out + err
    assert "Nothing was published before" in (place.build / "diagnosis.txt").read_text()


def test_a_bad_document_is_left_stale_and_the_next_nights_succeed(place: Place) -> None:
    (place.root / "documents" / "cpam_var_2021.txt").write_bytes(b"\x00\x01" * 100)
    status, said = place.run("nightly")
    assert status == 3, said
    assert "WARNING stale: cpam_var_2021: cpam_var_2021.txt: this is a binary file" in said
    with duckdb.connect(str(place.root / "warehouse" / "observatoire.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(distinct rapport_code) from marts.fct_observation").fetchone() == (5,)
        assert connection.execute("select rapport_code, source from audit.rapport where perime").fetchall() == [("cpam_var_2021", "extrait")]
    status, said = place.run("nightly")
    assert (status, "nothing changed" in said) == (3, True), said
    status, said = place.run("doctor")
    assert status == 0, said
    assert "cpam_var_2021 is stale" in said
