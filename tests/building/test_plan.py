"""What a plan says before a night: figures that would change, relations that would fail, and
nothing touched.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.building.plan import Plan, plan_night
from orchestration.settings import Settings
from orchestration.telling.plan import render_plan
from tests.trust.documents import catalogue
from tests.trust.tiny_night import lay_out, run, settings_of, write_document


@pytest.fixture
def root(tmp_path: Path) -> Path:
    lay_out(tmp_path)
    return tmp_path


def planned(root: Path) -> Plan:
    return plan_night(settings_of(root), catalogue)


def told(found: Plan) -> list[tuple[str, ...]]:
    columns = ("changement", "rapport_code", "imprime_avant", "imprime_apres")
    return [tuple(str(value) for value in row) for row in found.changes.select(columns).iter_rows()]


def state_of(settings: Settings) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(settings.warehouse.rglob("*"))}


def test_before_anything_is_published_every_figure_is_an_addition(root: Path) -> None:
    found = planned(root)
    assert (found.release, found.kept, len(found.read)) == (None, 0, 3)
    assert {row[0] for row in told(found)} == {"ajoute"}
    assert found.changes.height == 9
    assert found.publishable


def test_nothing_changed_reads_nothing(root: Path) -> None:
    run(settings_of(root))
    found = planned(root)
    assert (found.read, found.kept, found.changes.height) == ([], 3, 0)
    assert "0 added, 0 removed, 0 changed" in render_plan(found)


def test_a_plan_names_the_figures_that_would_change_and_touches_nothing(root: Path) -> None:
    run(settings_of(root))
    write_document(root, 1, 13)
    before = state_of(settings_of(root))
    found = planned(root)
    assert state_of(settings_of(root)) == before
    assert told(found) == [("modifie", "cpam_x_2020", "12", "13"), ("modifie", "cpam_x_2020", "42", "43")]
    assert found.publishable
    assert "~ cpam_x_2020:1" in render_plan(found)
    assert "1 more (--rows shows them)" in render_plan(found, shown=1)
    run(settings_of(root))
    assert planned(root).changes.height == 0


def test_a_relation_that_would_fail_and_a_document_that_cannot_be_read_are_told_apart(root: Path) -> None:
    run(settings_of(root))
    write_document(root, 0, 12, total=50)
    (root / "documents/cpam_x_2020.txt").write_bytes(b"\x00\x01" * 50)
    shutil.copytree(root / "raw/cpam_x_2021", root / "raw/copie")
    found = planned(root)
    assert set(found.relations) == {"cpam_x_2019"}
    assert "not registered" in found.relations["cpam_x_2019"][0]
    assert set(found.refused) == {"cpam_x_2020", "copie"}
    assert told(found) == [("modifie", "cpam_x_2019", "42", "50")]
    assert not found.publishable
    assert "would be refused" in render_plan(found)


def test_a_report_that_is_withdrawn_is_named(root: Path) -> None:
    run(settings_of(root))
    for path in sorted((root / "raw/cpam_x_2021").iterdir()):
        path.unlink()
    (root / "raw/cpam_x_2021").rmdir()
    found = planned(root)
    assert found.removed == ["cpam_x_2021"]
    assert [row[0] for row in told(found)] == ["retire"] * 3


def test_a_figure_that_means_something_else_is_one_change(root: Path) -> None:
    run(settings_of(root))
    template = root / "raw/cpam_x_2020/template.yml"
    template.write_text(template.read_text().replace("sexe: femmes", "sexe: non_precise"))
    found = planned(root)
    assert told(found) == [("requalifie", "cpam_x_2020", "12", "12")]
    assert "= cpam_x_2020:1  12: " in render_plan(found)


def test_an_extract_that_somebody_changed_is_refused_before_the_night_does(root: Path) -> None:
    run(settings_of(root))
    folder = root / "raw/cpam_x_2019"
    for name in ("numbers.csv", "relations.csv", "diagnostics.csv", "sceau.json"):
        shutil.copy(root / "warehouse/.build/extracts/cpam_x_2019" / name, folder / name)
    (root / "documents/cpam_x_2019.txt").unlink()
    assert planned(root).publishable
    (folder / "numbers.csv").write_text((folder / "numbers.csv").read_text().replace("12", "13"))
    found = planned(root)
    assert not found.publishable
    assert "numbers.csv changed since it was read" in found.refused["cpam_x_2019"][0]
