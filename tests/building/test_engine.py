"""One engine for the blocks within a block; a published file is read once as long as it is the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.building.engine import kept_apart, opened, read_apart, wal
from orchestration.building.inputs import PROJECT, Key
from orchestration.building.published import look
from orchestration.building.records import write_states
from orchestration.settings import ENGINE_MEMORY
from tests.publication.tiny_build import read, write_build


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that engines were started for."""
    files: list[str] = []
    plain = duckdb.connect

    def connect(path: str, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        files.append(Path(path).name)
        return plain(path, read_only=read_only)

    monkeypatch.setattr(duckdb, "connect", connect)
    return files


def test_blocks_within_a_block_share_its_engine_and_leave_it_open(tmp_path: Path, started: list[str]) -> None:
    build = write_build(tmp_path / "observatoire.duckdb")
    started.clear()
    (tmp_path / "link.duckdb").symlink_to(build)
    with opened(build, read_only=False) as outer:
        with opened(build, read_only=False) as inner:
            inner.execute("update marts.fct set valeur = 7")
        with pytest.raises(duckdb.Error), opened(build, read_only=False) as inner:
            inner.execute("select nothing")
        with opened(tmp_path / "link.duckdb", read_only=True) as inner:
            assert inner.execute("from marts.fct").fetchall() == [(7,)]
        assert outer.execute("from marts.fct").fetchall() == [(7,)]
    assert started == ["observatoire.duckdb"]
    assert not wal(build).exists()
    assert read(build) == 7
    with opened(build, read_only=True) as alone, pytest.raises(duckdb.InvalidInputException):
        alone.execute("update marts.fct set valeur = 8")


def test_an_engine_keeps_as_much_in_memory_as_that_of_dbt(tmp_path: Path) -> None:
    with opened(write_build(tmp_path / "observatoire.duckdb"), read_only=True) as connection:
        row = connection.execute("select current_setting('memory_limit')").fetchone()
    assert row == ("2.3 GiB",)
    profile = yaml.safe_load(
        (Path(__file__).parents[2] / "dbt_project" / "profiles.yml").read_text(encoding="utf-8")
    )
    assert profile["observatoire"]["outputs"]["nuit"]["config_options"]["memory_limit"] == ENGINE_MEMORY


def test_a_published_file_that_cannot_be_opened_holds_up_nothing(tmp_path: Path, started: list[str]) -> None:
    whole, torn = write_build(tmp_path / "whole.duckdb"), tmp_path / "torn.duckdb"
    torn.write_bytes(b"no database")
    started.clear()
    with kept_apart(torn), kept_apart(whole):
        for _ in range(3):
            with read_apart(whole) as connection:
                assert connection.execute("from marts.fct").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error), read_apart(torn):
            pass
    assert started == ["torn.duckdb", "whole.duckdb", "torn.duckdb"]


def test_what_a_release_says_is_read_again_when_another_stands_there(
    tmp_path: Path, started: list[str]
) -> None:
    first, second = (write_build(tmp_path / name / "observatoire.duckdb") for name in ("1", "2"))
    for build in (first, second):
        write_states(build, {Key("", PROJECT): "0"}, [])
    link = tmp_path / "current"
    link.symlink_to("1")
    started.clear()
    path = link / "observatoire.duckdb"
    assert look(path).path == look(path).path == path
    assert len(started) == 1
    link.unlink()
    assert look(path).path is None
    link.symlink_to("2")
    assert look(path).path == path
    assert len(started) == 2
    second.write_bytes(second.read_bytes()[:5000])
    assert look(path).path is None, "it was damaged where it stands"
