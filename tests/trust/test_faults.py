"""Faults that really happen to a night: kills, a full disk, a read-only folder, damage, a second night, a
clock set back.

After each, readers open the state of before or of after, whole, and the next night succeeds without hands.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

import duckdb
import pytest

from orchestration.building.checksums import damaged_files
from orchestration.building.lock import only_night
from orchestration.errors import NightError
from orchestration.publication.publish import current_release
from orchestration.publication.retention import list_releases, next_release, roll_back
from orchestration.settings import Settings
from tests.trust.tiny_night import lay_out, main, run, settings_of, write_document

FirstNight = Callable[[Path], Settings]
PUBLICATION = "orchestration.publication.publish"
KILLS = [
    "orchestration.building.isolation.stage_report:after:1",
    "orchestration.building.isolation._stage_published:after:2",
    "orchestration.building.build._load:after:3",
    "orchestration.building.build.load_build:after",
    "orchestration.building.records.write_states:after",
    "orchestration.building.changes.write_changes:after",
    "orchestration.building.verdict.checkpoint:before",
    "orchestration.building.verdict.checkpoint:after",
    f"{PUBLICATION}.admit:before",
    f"{PUBLICATION}.admit:after",
    f"{PUBLICATION}.keep_revisions:after",
    f"{PUBLICATION}.export_parquet:after",
    f"{PUBLICATION}.write_checksums:after",
    f"{PUBLICATION}._seal:before",
    f"{PUBLICATION}._seal:after",
    f"{PUBLICATION}.switch:before",
    f"{PUBLICATION}._link:before:1",
    f"{PUBLICATION}._link:after:1",
    f"{PUBLICATION}._link:before:3",
    f"{PUBLICATION}.switch:after",
    "orchestration.publication.retention.remove_old_releases:before",
]


@dataclass(frozen=True)
class Done:
    """How a night in a process of its own ended."""

    returncode: int
    stdout: str
    stderr: str


#: Nights are forked from a process that has imported what they need (DuckDB looks for pandas where rows are
#: written) and done nothing else.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.trust.tiny_night", "pandas", "pyarrow"])


@dataclass(frozen=True)
class Started:
    """A night that works in a process of its own, and where it tells."""

    process: BaseProcess
    out: Path
    err: Path

    def done(self) -> Done:
        self.process.join(300)
        assert self.process.exitcode is not None
        return Done(self.process.exitcode, self.out.read_text(), self.err.read_text())


def start(root: Path, *arguments: str, limited: bool = False, name: str = "std") -> Started:
    out, err = root / f"{name}out", root / f"{name}err"
    process = PROCESSES.Process(target=_night, args=([str(root), *arguments], str(out), str(err), limited))
    process.start()
    return Started(process, out, err)


def night(root: Path, *arguments: str, limited: bool = False) -> Done:
    return start(root, *arguments, limited=limited).done()


def _night(arguments: list[str], out: str, err: str, limited: bool) -> None:
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    if limited:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    status = main(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def morning(root: Path) -> int | None:
    """What a reader finds: the morning visits of the first report, from a file that is whole; ``None`` before
    any publication.
    """
    path = root / "warehouse" / "observatoire.duckdb"
    if not path.exists():
        return None
    assert not path.with_name("observatoire.duckdb.wal").exists()
    assert damaged_files(root / "warehouse" / "current") == []
    with duckdb.connect(str(path), read_only=True) as connection:
        ((value, reports),) = connection.execute(
            "select min(valeur) filter (rapport_code = 'cpam_x_2019' and ligne = 1), count(distinct "
            "rapport_code) from marts.fct_observation"
        ).fetchall()
    assert reports == 3
    return int(value)


@pytest.fixture
def root(tmp_path: Path, first_night: FirstNight) -> Path:
    """An installation that published 12, whose next night would publish 13."""
    first_night(tmp_path)
    write_document(tmp_path, 0, 13)
    return tmp_path


@pytest.mark.parametrize("point", KILLS)
def test_a_kill_leaves_one_whole_state_and_the_next_night_succeeds(root: Path, point: str) -> None:
    killed = night(root, "--kill", point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert morning(root) in (12, 13)
    said = run(settings_of(root))
    assert morning(root) == 13
    assert "published" in said or said == "nothing changed, 0 stale"
    assert not list((root / "warehouse" / "releases").glob(".incomplete-*"))


def test_a_kill_during_the_first_publication_of_all(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert night(tmp_path, "--kill", f"{PUBLICATION}._link:after:1").returncode == -signal.SIGKILL
    assert morning(tmp_path) is None
    run(settings_of(tmp_path))
    assert morning(tmp_path) == 12


def test_a_full_disk_is_told_and_survived(root: Path) -> None:
    failed = night(root, limited=True)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert len(failed.stderr.strip().splitlines()) == 1
    assert morning(root) == 12
    run(settings_of(root))
    assert morning(root) == 13


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.parametrize("size", ["400k", "1500k", "2m"])
def test_a_small_disk_that_fills_up_is_survived(tmp_path: Path, size: str) -> None:
    (tmp_path / "warehouse").mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(tmp_path / "warehouse")],
        capture_output=True,
        check=False,
    ).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        lay_out(tmp_path)
        failed = night(tmp_path)
        assert failed.returncode == 1, failed.stdout
        assert "Traceback" not in failed.stderr
        assert morning(tmp_path) is None
        subprocess.run(["mount", "-o", "remount,size=200m", str(tmp_path / "warehouse")], check=True)
        run(settings_of(tmp_path))
        assert morning(tmp_path) == 12
    finally:
        subprocess.run(["umount", "-l", str(tmp_path / "warehouse")], check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_read_only_folder_is_told_and_survived(root: Path) -> None:
    warehouse = str(root / "warehouse")
    if subprocess.run(["mount", "--bind", warehouse, warehouse], capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", warehouse], check=True)
        failed = night(root)
        assert failed.returncode == 1
        assert "cannot be written" in failed.stderr
        assert "Traceback" not in failed.stderr
        assert morning(root) == 12
    finally:
        subprocess.run(["umount", "-l", warehouse], check=False)
    run(settings_of(root))
    assert morning(root) == 13


def test_a_second_night_is_refused_while_the_first_works(root: Path) -> None:
    with only_night(root / "warehouse" / ".build"):
        second = night(root)
    assert (second.returncode, morning(root)) == (1, 12)
    assert f"another night is running (process {os.getpid()})" in second.stderr


def test_two_nights_started_together_publish_once(root: Path) -> None:
    said = [
        started.done() for started in (start(root, name="a"), start(root, name="b"))
    ]  # as two timers would
    assert all(
        "published" in done.stdout
        or "nothing changed" in done.stdout
        or "another night is running" in done.stderr
        for done in said
    ), said
    assert morning(root) == 13
    assert len(list_releases(root / "warehouse")) == 2


def test_a_reader_that_holds_the_file_keeps_its_state(root: Path) -> None:
    with duckdb.connect(str(root / "warehouse" / "observatoire.duckdb"), read_only=True) as reader:
        assert night(root).returncode == 0
        assert reader.execute(
            "select min(valeur) from marts.fct_observation where rapport_code = 'cpam_x_2019' and ligne = 1"
        ).fetchone() == (12,)
    assert morning(root) == 13


def test_a_program_that_holds_the_build_is_named(root: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb; c = duckdb.connect({str(root / 'warehouse/.build/observatoire.duckdb')!r}); "
            "print(1, flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        done = night(root)
        assert done.returncode == 0, "a build is begun as a new file"
    finally:
        holder.communicate(b"\n")
    assert morning(root) == 13


def test_a_clock_set_back_changes_nothing(root: Path) -> None:
    warehouse = root / "warehouse"
    (release,) = list_releases(warehouse)
    late = release.split("-")[0] + "-20991231T000000Z"
    (warehouse / "releases" / release).rename(warehouse / "releases" / late)
    (warehouse / "current").unlink()
    (warehouse / "current").symlink_to(Path("releases") / late)
    os.utime(warehouse / "releases" / late, (4_000_000_000, 4_000_000_000))
    os.utime(root / "documents" / "cpam_x_2019.txt", (0, 0))
    assert night(root).returncode == 0
    assert morning(root) == 13
    assert next_release(warehouse, datetime(2001, 1, 1, tzinfo=UTC)).startswith("000003")
    assert roll_back(warehouse) == late


def overwrite(path: Path, start: int, content: bytes) -> None:
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


def writable(file: Path) -> Path:
    file.chmod(0o644)
    return file


def cut(file: Path) -> Path:
    os.truncate(file, file.stat().st_size // 2)
    return file


DAMAGE: dict[str, Callable[[Path], object]] = {
    "nothing left": lambda file: file.unlink(),
    "empty": lambda file: (writable(file), file.write_bytes(b"")),
    "no database": lambda file: (writable(file), file.write_bytes(b"not a database" * 1000)),
    "a torn header": lambda file: overwrite(file, 0, b"\x00" * 4096),
    "zeros inside": lambda file: overwrite(file, file.stat().st_size // 2, b"\x00" * 262_144),
    "cut": lambda file: (writable(file), cut(file)),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
@pytest.mark.parametrize("changed", [True, False], ids=["with work", "without work"])
def test_a_corrupt_previous_warehouse_is_replaced(root: Path, damage, changed: bool) -> None:
    if not changed:
        write_document(root, 0, 12)
    damage((root / "warehouse" / "current" / "observatoire.duckdb").resolve())
    done = night(root)
    assert done.returncode == 0, done.stderr
    assert morning(root) == (13 if changed else 12)


def test_a_stray_log_beside_the_published_file_is_removed(root: Path) -> None:
    (root / "warehouse" / "observatoire.duckdb.wal").write_bytes(b"stray")
    assert night(root).returncode == 0
    assert morning(root) == 13


def test_a_stray_log_inside_a_release_is_damage(root: Path) -> None:
    """DuckDB would replay it into what readers see."""
    release = (root / "warehouse" / "current").resolve()
    (release / "observatoire.duckdb.wal").write_bytes(b"stray")
    assert damaged_files(release) == ["observatoire.duckdb.wal"]
    assert night(root).returncode == 0
    assert morning(root) == 13
    with pytest.raises(NightError, match="is damaged .observatoire.duckdb.wal.: choose another one"):
        roll_back(root / "warehouse", release.name)


def test_links_that_somebody_removed_come_back(root: Path) -> None:
    for name in ("current", "observatoire.duckdb", "parquet"):
        (root / "warehouse" / name).unlink()
    assert current_release(root / "warehouse") is None
    assert night(root).returncode == 0
    assert morning(root) == 13
