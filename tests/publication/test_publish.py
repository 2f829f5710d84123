from __future__ import annotations

import ast
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyarrow import parquet

from orchestration.building.checksums import write_checksums
from orchestration.building.engine import wal
from orchestration.building.verdict import (
    distrust,
    forget_pages,
    forget_record,
    forget_refusal_by_dbt,
    mark_pages,
    record_of,
    refuse_by_dbt,
    refuse_what_dbt_refused,
)
from orchestration.errors import NightError
from orchestration.publication import publish as publishing
from orchestration.publication.publish import INCOMPLETE, current_release, publish
from orchestration.publication.retention import roll_back
from orchestration.settings import PROJECT_ROOT
from tests.publication.tiny_build import audited, read, write_build

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


def test_steps_that_a_build_still_holds_are_not_published_and_comments_are(warehouse: Path) -> None:
    build = write_build(warehouse / ".build" / "observatoire.duckdb", 3)
    with duckdb.connect(str(build)) as connection:
        for schema in ("staging", "intermediate"):
            connection.execute(f"create schema {schema}; create table {schema}.pas as select 1 as un")
    publish(audited(build), warehouse, FIRST)
    published = warehouse / "observatoire.duckdb"
    assert read(published, "select valeur from marts.vue") == 3
    assert (
        read(published, "select comment from duckdb_tables() where table_name = 'vue'") == "Ce que l'on voit"
    )
    assert read(published, "select comment from duckdb_columns() where table_name = 'vue'") == "Une valeur"
    assert (
        read(
            published,
            "select count(*) from duckdb_schemas() where schema_name in ('staging', 'intermediate')",
        )
        == 0
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as autre_nom (read_only)")
        assert connection.execute("select valeur from autre_nom.marts.vue").fetchone() == (3,)


def test_arrow_reads_every_published_parquet_file_with_boxes_and_without(warehouse: Path) -> None:
    boxes = [[10.5, 20.0, 40.25, 31.0], None, None]
    build = write_build(warehouse / ".build" / "observatoire.duckdb")
    with duckdb.connect(str(build)) as connection:
        connection.execute("create table marts.dim (rang integer, boite double[4], lignes integer[])")
        for rank, box in enumerate(boxes):
            connection.execute("insert into marts.dim values (?, ?, ?)", [rank, box, [rank]])
        connection.execute(
            "create table marts.dim_texte as select rang, null::double[4] as boite from marts.dim"
        )
    publish(audited(build), warehouse, FIRST)
    read_back = {path.stem: parquet.read_table(path) for path in (warehouse / "parquet").glob("*.parquet")}
    assert read_back["dim"]["boite"].to_pylist() == boxes
    assert read_back["dim"]["lignes"].to_pylist() == [[0], [1], [2]]
    assert read_back["dim_texte"]["boite"].to_pylist() == [None] * len(boxes)


def test_the_published_file_holds_no_empty_blocks(warehouse: Path) -> None:
    build = write_build(warehouse / ".build" / "observatoire.duckdb")
    with duckdb.connect(str(build)) as connection:
        connection.execute(
            "create schema intermediate; create table intermediate.large as "
            "select i, md5(i::varchar) as texte from range(200000) as t(i)"
        )
        connection.execute("create table marts.dim (code varchar primary key, libelle varchar not null)")
        connection.execute("comment on column marts.dim.code is 'Un code'")
        connection.execute("insert into marts.dim values ('b', 'x'), ('a', 'y')")
    publish(audited(build), warehouse, FIRST)
    published = warehouse / "observatoire.duckdb"
    assert read(build, "select used_blocks > 10 from pragma_database_size()") is True
    assert read(published, "select free_blocks from pragma_database_size()") == 0
    assert read(published, "select used_blocks < 10 from pragma_database_size()") is True
    assert read(published, "select string_agg(code, '') from marts.dim") == "ba"
    assert (
        read(
            published,
            "select comment from duckdb_columns() where table_name = 'dim' and column_name = 'code'",
        )
        == "Un code"
    )
    assert (
        read(
            published,
            "select count(*) from duckdb_constraints() where table_name = 'dim' and constraint_type in "
            "('PRIMARY KEY', 'NOT NULL')",
        )
        >= 2
    )


def test_the_private_build_stays_whole_for_inspection(warehouse: Path) -> None:
    night(warehouse, FIRST, 3)
    assert read(warehouse / ".build" / "observatoire.duckdb", "select valeur from marts.fct") == 3


def test_a_reader_that_holds_the_old_file_keeps_it_while_new_readers_get_the_new_one(warehouse: Path) -> None:
    night(warehouse, FIRST, 1)
    published = warehouse / "observatoire.duckdb"
    with duckdb.connect(str(published), read_only=True) as old:
        night(warehouse, SECOND, 2)
        assert old.execute("select valeur from marts.fct").fetchone() == (1,)
        fresh = (
            "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).sql('select valeur "
            "from marts.fct').fetchone()[0])"
        )
        seen = subprocess.run(
            [sys.executable, "-c", fresh, str(published)], capture_output=True, text=True, check=True
        )
        assert seen.stdout.strip() == "2"


def insert(build: Path) -> None:
    with duckdb.connect(str(build)) as connection:
        connection.execute("insert into marts.fct values (41)")


def crash_while_writing(build: Path) -> None:
    crash = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute('insert into marts.fct "
        "values (41)'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", crash, str(build)], check=False)
    assert wal(build).exists()


def edit_record(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def edit(build: Path) -> None:
        record = json.loads(record_of(build).read_text())
        change(record)
        record_of(build).write_text(json.dumps(record))

    return edit


def other_build_under_the_record(build: Path) -> None:
    kept = record_of(build).read_bytes()
    build.unlink()
    write_build(build, 99)
    record_of(build).write_bytes(kept)


def forged_green(build: Path) -> None:
    """A record that says green of a file whose own table says red."""
    audited(build, red=["faits"])
    edit_record(lambda record: [entry.update(succes=True) for entry in record["validations"]])(build)


UNAUDITED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no record": (lambda build: record_of(build).unlink(), "carries no record of its audit"),
    "a torn record": (
        lambda build: record_of(build).write_bytes(record_of(build).read_bytes()[:200]),
        "carries no record of its audit",
    ),
    "an empty record": (lambda build: record_of(build).write_text("{}"), "carries no record of its audit"),
    "a record of another form": (
        lambda build: record_of(build).write_text("[1]"),
        "carries no record of its audit",
    ),
    "no verdicts": (
        edit_record(lambda record: record.update(validations=[])),
        "carries no record of its audit",
    ),
    "a verdict that is no verdict": (
        edit_record(lambda record: record["validations"][0].update(succes="yes")),
        "carries no record",
    ),
    "red": (lambda build: audited(build, red=["faits"]), "its audit refused it at faits"),
    "red by volume alone": (lambda build: audited(build, red=["volume"]), "its audit refused it at volume"),
    "a suite left out": (
        lambda build: audited(build, without=["registre"]),
        "not whole, nothing was said of registre",
    ),
    "the volume left out": (
        lambda build: audited(build, without=["volume"]),
        "not whole, nothing was said of volume",
    ),
    "another digest": (edit_record(lambda record: record.update(sha256="0" * 64)), "changed after its audit"),
    "no digest": (edit_record(lambda record: record.pop("sha256")), "carries no record of its audit"),
    "marts built again": (other_build_under_the_record, "changed after its audit"),
    "a row added": (insert, "changed after its audit"),
    "a row added by a program that crashed": (crash_while_writing, "changed after its audit"),
    "a record greener than the file": (forged_green, "not what the record of its audit says"),
}


@pytest.mark.parametrize(("spoil", "said"), UNAUDITED.values(), ids=UNAUDITED.keys())
def test_a_build_without_its_own_green_record_is_refused_whoever_calls(
    warehouse: Path, spoil: Callable[[Path], object], said: str
) -> None:
    night(warehouse, FIRST, 1)
    build = warehouse / ".build" / "observatoire.duckdb"
    build.unlink()
    spoil(write_build(build, 2))
    held = (build.read_bytes(), wal(build).exists())
    with pytest.raises(NightError, match=said):
        publish(build, warehouse, SECOND)
    assert (build.read_bytes(), wal(build).exists()) == held, "a refused build stays as it is, for inspection"
    assert (read(warehouse / "observatoire.duckdb"), current_release(warehouse)) == (1, FIRST)
    assert [path.name for path in (warehouse / "releases").iterdir()] == [FIRST]


def made_and_marked(build: Path) -> Path:
    pages = build.with_name("site")
    pages.mkdir(exist_ok=True)
    (pages / "index.html").write_text("page", encoding="utf-8")
    mark_pages(pages, build)
    return pages


def built_again(build: Path) -> None:
    build.unlink()
    write_build(build, 3)


#: What happens after pages were made of a build, which then may not be published with them.
OTHER_PAGES: dict[str, Callable[[Path, Path], object]] = {
    "another build, audited": lambda build, pages: built_again(build),
    "audited again": lambda build, pages: audited(build),
    "pages begun and not finished": lambda build, pages: forget_pages(pages),
    "pages removed": lambda build, pages: shutil.rmtree(pages),
    "an audit begun and not finished": lambda build, pages: forget_record(build),
}


@pytest.mark.parametrize("spoil", OTHER_PAGES.values(), ids=OTHER_PAGES.keys())
def test_a_build_is_never_published_with_the_pages_of_another(
    warehouse: Path, spoil: Callable[[Path, Path], object]
) -> None:
    build = write_build(warehouse / ".build" / "observatoire.duckdb", 2)
    pages = made_and_marked(build)
    publish(build, warehouse, FIRST, pages=[pages])
    assert (warehouse / "site" / "index.html").read_text(encoding="utf-8") == "page"
    spoil(build, pages)
    with pytest.raises(NightError, match="were not made of the build|carries no record"):
        publish(build, warehouse, SECOND, pages=[pages])
    assert current_release(warehouse) == FIRST


def test_pages_of_a_build_that_nobody_judged_belong_to_none(warehouse: Path) -> None:
    build = write_build(warehouse / ".build" / "observatoire.duckdb", 2)
    forget_record(build)
    pages = made_and_marked(build)
    audited(build)
    with pytest.raises(NightError, match="were not made of the build"):
        publish(build, warehouse, FIRST, pages=[pages])


def test_a_build_that_tests_of_dbt_refuse_is_neither_audited_nor_published(warehouse: Path) -> None:
    build = write_build(warehouse / ".build" / "observatoire.duckdb", 2)
    refuse_what_dbt_refused(build)
    refuse_by_dbt(build, "dbt build failed at unique_fct: 2 rows are refused")
    with pytest.raises(NightError, match="unique_fct: 2 rows are refused; mend it and run the night again"):
        refuse_what_dbt_refused(build)
    with pytest.raises(NightError, match="carries no record"):
        publish(build, warehouse, FIRST)
    forget_refusal_by_dbt(build)
    refuse_what_dbt_refused(build)
    refuse_by_dbt(build)
    with pytest.raises(NightError, match="not audited: dbt has not built it to its end"):
        refuse_what_dbt_refused(build)


def test_a_release_carries_the_record_of_its_audit(warehouse: Path) -> None:
    night(warehouse, FIRST, 1)
    record = json.loads((warehouse / "current" / "audit.json").read_text())
    assert {entry["succes"] for entry in record["validations"]} == {True}
    held = "select count(*) filter (succes), count(*) from audit.validation"
    with duckdb.connect(str(warehouse / "observatoire.duckdb"), read_only=True) as connection:
        assert connection.execute(held).fetchone() == (len(record["validations"]),) * 2
    assert distrust(warehouse / "current") == ""


def replace_in_release(release: Path, change: Callable[[Path], object]) -> None:
    """Change a release and its checksums with it, as a program that circumvents the gate would."""
    for path in [release, *release.rglob("*")]:
        path.chmod(0o755)
    change(release)
    (release / "checksums.json").unlink()
    write_checksums(release)


def turn_red(release: Path) -> None:
    record = json.loads((release / "audit.json").read_text())
    record["validations"][0]["succes"] = False
    (release / "audit.json").write_text(json.dumps(record))


def of_an_older_version(release: Path, red: bool = False) -> None:
    (release / "audit.json").unlink()
    if red:
        with duckdb.connect(str(release / "observatoire.duckdb")) as connection:
            connection.execute("update audit.validation set succes = false where suite = 'faits'")


def without_any_verdict(release: Path) -> None:
    of_an_older_version(release)
    with duckdb.connect(str(release / "observatoire.duckdb")) as connection:
        connection.execute("drop table audit.validation")


STANDING: dict[str, tuple[Callable[[Path], object], str]] = {
    "as published": (lambda _: None, ""),
    "of an older version, green": (of_an_older_version, ""),
    "red": (turn_red, "its audit refused it at"),
    "of an older version, red": (
        lambda release: of_an_older_version(release, red=True),
        "its audit refused it at faits",
    ),
    "no record at all": (without_any_verdict, "it carries no record of its audit"),
    "a torn record": (
        lambda release: (release / "audit.json").write_text("{"),
        "the record of its audit (audit.json) cannot be read",
    ),
}


@pytest.mark.parametrize(("change", "said"), STANDING.values(), ids=STANDING.keys())
def test_a_published_state_without_a_green_audit_is_no_state_to_build_on_or_to_go_back_to(
    warehouse: Path, change: Callable[[Path], object], said: str
) -> None:
    night(warehouse, FIRST, 1)
    replace_in_release(warehouse / "releases" / FIRST, change)
    assert distrust(warehouse / "current").startswith(said)
    night(warehouse, SECOND, 2)
    if said:
        with pytest.raises(NightError, match="should never have been published"):
            roll_back(warehouse)
    else:
        assert roll_back(warehouse) == FIRST


def test_nothing_calls_publish_but_the_asset_of_the_publication() -> None:
    calls = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for folder in ("orchestration", "expectations")
        for path in (PROJECT_ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "publish"
    }
    assert calls == {"orchestration/graph/assets/publication.py"}


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


def test_what_did_not_change_is_a_link_to_the_release_before(warehouse: Path, tmp_path: Path) -> None:
    pages = tmp_path / "site" / "indicateur"
    pages.mkdir(parents=True)
    for name, first in (("same.html", "page"), ("other.html", "page"), ("gone.html", "page")):
        (pages / name).write_text(first, encoding="utf-8")
    night(warehouse, FIRST, 1, (tmp_path / "site",))
    (pages / "other.html").write_text("changed", encoding="utf-8")
    (pages / "gone.html").unlink()
    night(warehouse, SECOND, 2, (tmp_path / "site",))
    before, after = (warehouse / "releases" / name / "site" / "indicateur" for name in (FIRST, SECOND))
    assert (after / "same.html").samefile(before / "same.html")
    assert ((before / "other.html").read_text(), (after / "other.html").read_text()) == ("page", "changed")
    assert sorted(path.name for path in after.iterdir()) == ["other.html", "same.html"]


def test_no_build_is_refused(warehouse: Path) -> None:
    with pytest.raises(NightError, match="no private build"):
        publish(warehouse / ".build" / "observatoire.duckdb", warehouse, FIRST)


@pytest.mark.parametrize("step", ["copyfile", "_sync", "export_parquet"])
def test_a_failure_while_writing_leaves_readers_what_they_had(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
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


def test_a_name_that_an_earlier_release_does_not_hold_leads_nowhere(warehouse: Path) -> None:
    night(warehouse, FIRST, 1)
    night(warehouse, SECOND, 2)
    (warehouse / "releases" / SECOND).chmod(0o755)
    (warehouse / "releases" / SECOND / "site").mkdir()
    publishing.switch(warehouse, warehouse / "releases" / SECOND)
    assert (warehouse / "site").is_dir()
    (warehouse / "elsewhere").symlink_to("nowhere")
    publishing.switch(warehouse, warehouse / "releases" / FIRST)
    assert not os.path.lexists(warehouse / "site")
    assert os.path.lexists(warehouse / "elsewhere"), "what somebody else put there is left alone"
    assert read(warehouse / "observatoire.duckdb") == 1
