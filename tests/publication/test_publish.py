from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.building.build import wal
from orchestration.errors import NightError
from orchestration.publication import publish as publishing
from orchestration.publication.publish import INCOMPLETE, current_release, publish
from tests.publication.tiny_build import read, write_build

FIRST, SECOND = "000001-20250101T000000Z", "000002-20250102T000000Z"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


def night(warehouse: Path, release: str, value: int, extras: tuple[Path, ...] = ()) -> None:
    build = warehouse / ".build" / "observatoire.duckdb"
    build.unlink(missing_ok=True)
    publish(write_build(build, value), warehouse, release, extras)


def test_readers_see_the_release_under_fixed_names(warehouse: Path) -> None:
    night(warehouse, FIRST, 7)
    assert read(warehouse / "observatoire.duckdb") == 7
    assert duckdb.sql(f"select valeur from '{warehouse}/parquet/fct.parquet'").fetchone() == (7,)
    assert current_release(warehouse) == FIRST


def test_published_files_are_read_only(warehouse: Path) -> None:
    night(warehouse, FIRST, 1)
    files = [path for path in (warehouse / "releases" / FIRST).rglob("*") if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o444}


def test_inner_schemas_are_not_published_and_views_become_tables_with_their_comments(warehouse: Path) -> None:
    night(warehouse, FIRST, 3)
    published = warehouse / "observatoire.duckdb"
    assert read(published, "select valeur from marts.vue") == 3
    assert read(published, "select comment from duckdb_tables() where table_name = 'vue'") == "Ce que l'on voit"
    assert read(published, "select comment from duckdb_columns() where table_name = 'vue'") == "Une valeur"
    assert read(published, "select count(*) from duckdb_schemas() where schema_name in ('staging', 'intermediate')") == 0
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as autre_nom (read_only)")
        assert connection.execute("select valeur from autre_nom.marts.vue").fetchone() == (3,)


def test_the_private_build_stays_whole_for_inspection(warehouse: Path) -> None:
    night(warehouse, FIRST, 3)
    assert read(warehouse / ".build" / "observatoire.duckdb", "select valeur from intermediate.int") == 3


def test_a_reader_that_holds_the_old_file_keeps_it_while_new_readers_get_the_new_one(warehouse: Path) -> None:
    night(warehouse, FIRST, 1)
    published = warehouse / "observatoire.duckdb"
    with duckdb.connect(str(published), read_only=True) as old:
        night(warehouse, SECOND, 2)
        assert old.execute("select valeur from marts.fct").fetchone() == (1,)
        fresh = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).sql('select valeur from marts.fct').fetchone()[0])"
        seen = subprocess.run([sys.executable, "-c", fresh, str(published)], capture_output=True, text=True, check=True)
        assert seen.stdout.strip() == "2"


def test_committed_rows_left_in_a_write_ahead_log_are_published(warehouse: Path) -> None:
    build = write_build(warehouse / ".build" / "observatoire.duckdb", 1)
    crash = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute('insert into marts.fct values (41)'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", crash, str(build)], check=False)
    assert wal(build).exists()
    publish(build, warehouse, FIRST)
    assert read(warehouse / "observatoire.duckdb", "select max(valeur) from marts.fct") == 41
    assert not wal(build).exists()


def test_a_foreign_log_beside_the_published_name_is_removed(warehouse: Path) -> None:
    night(warehouse, FIRST, 1)
    wal(warehouse / "observatoire.duckdb").write_bytes(b"not ours")
    night(warehouse, SECOND, 2)
    assert read(warehouse / "observatoire.duckdb") == 2
    assert not wal(warehouse / "observatoire.duckdb").exists()


def test_what_an_interrupted_publication_left_is_removed(warehouse: Path) -> None:
    left = warehouse / "releases" / f"{INCOMPLETE}{FIRST}"
    left.mkdir(parents=True)
    (left / "observatoire.duckdb").write_bytes(b"half")
    night(warehouse, SECOND, 2)
    assert sorted(path.name for path in (warehouse / "releases").iterdir()) == [SECOND]


def test_extras_are_published_beside_the_file(warehouse: Path, tmp_path: Path) -> None:
    pages, page = tmp_path / "data_docs", tmp_path / "constats.html"
    pages.mkdir()
    (pages / "index.html").write_text("pages", encoding="utf-8")
    page.write_text("page", encoding="utf-8")
    night(warehouse, FIRST, 1, (pages, page, tmp_path / "absent"))
    assert (warehouse / "data_docs" / "index.html").read_text(encoding="utf-8") == "pages"
    assert (warehouse / "constats.html").read_text(encoding="utf-8") == "page"


def test_no_build_is_refused(warehouse: Path) -> None:
    with pytest.raises(NightError, match="no private build"):
        publish(warehouse / ".build" / "observatoire.duckdb", warehouse, FIRST)


@pytest.mark.parametrize("step", ["copyfile", "_sync", "export_parquet"])
def test_a_failure_while_writing_leaves_readers_what_they_had(warehouse: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    night(warehouse, FIRST, 1)
    build = warehouse / ".build" / "observatoire.duckdb"
    build.unlink()
    write_build(build, 2)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    target = publishing.shutil if step == "copyfile" else publishing
    monkeypatch.setattr(target, step, full)
    with pytest.raises(NightError, match="No space left on device"):
        publish(build, warehouse, SECOND)
    monkeypatch.undo()
    assert read(warehouse / "observatoire.duckdb") == 1
    assert [path.name for path in (warehouse / "releases").iterdir()] == [FIRST]


def test_files_written_by_hand_under_the_published_name_are_replaced(warehouse: Path) -> None:
    warehouse.mkdir()
    (warehouse / "observatoire.duckdb").write_bytes(b"corrupt")
    night(warehouse, FIRST, 5)
    assert read(warehouse / "observatoire.duckdb") == 5


def test_a_foreign_folder_under_a_published_name_is_refused_and_kept(warehouse: Path) -> None:
    (warehouse / "parquet").mkdir(parents=True)
    with pytest.raises(NightError, match="move it away"):
        night(warehouse, FIRST, 5)
    assert (warehouse / "parquet").is_dir()
    assert not os.path.lexists(warehouse / "current")
