from __future__ import annotations

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.building.records import write_records
from orchestration.building.volume import REMEDY, Change, Counted, Volume, compare, measure, outcomes
from orchestration.graph.checks.volume import volume_result, volume_spec
from orchestration.telling.diagnosis import explain_refusal

ASSET = dg.AssetKey(["audit", "validation"])
TABLE = "marts.fct_observation"
REPORTS = ("cpam_x_2020", "cpam_x_2021")


def counted(*rows: int, reports: tuple[str, ...] = REPORTS, tables: tuple[str, ...] = (TABLE,)) -> Counted:
    pairs = ((report, table) for report in reports for table in tables)
    return Counted(
        frozenset(reports), tables, {pair: number for pair, number in zip(pairs, rows, strict=True) if number}
    )


def compared(before: int, after: int, allowed: float = 0.5, table: str = "raw.nombre") -> Volume:
    return compare(
        counted(before, 40, tables=(table,)), counted(after, 40, tables=(table,)), "000001-x", allowed
    )


@pytest.mark.parametrize(
    ("before", "after", "allowed", "refused", "noticed"),
    [
        (40, 40, 0.5, False, False),
        (40, 36, 0.5, False, False),
        (40, 35, 0.5, False, True),
        (40, 44, 0.5, False, False),
        (40, 45, 0.5, False, True),
        (40, 400, 0.5, False, True),
        (40, 20, 0.5, False, True),
        (40, 19, 0.5, True, False),
        (40, 0, 0.5, True, False),
        (1, 0, 0.5, True, False),
        (40, 0, 0.99, True, False),
        (40, 0, 1.0, False, True),
        (40, 39, 0.0, True, False),
        (40, 40, 0.0, False, False),
        (0, 12, 0.5, False, True),
        (0, 0, 0.0, False, False),
    ],
)
def test_a_loss_above_the_share_refuses_and_a_lesser_change_warns(
    before: int, after: int, allowed: float, refused: bool, noticed: bool
) -> None:
    volume = compared(before, after, allowed)
    change = Change("cpam_x_2020", "raw.nombre", before, after)
    assert volume.refused == ([change] if refused else [])
    assert volume.noticed == ([change] if noticed else [])
    assert (bool(volume.refusal), bool(volume.notice)) == (refused, noticed)


@pytest.mark.parametrize(
    ("before", "after", "refused"), [(9, 0, False), (10, 0, True), (18, 9, False), (19, 9, True)]
)
def test_a_few_rows_of_a_fact_may_move_to_another(before: int, after: int, refused: bool) -> None:
    volume = compared(before, after, table=TABLE)
    assert bool(volume.refused) is refused
    assert bool(volume.noticed) is not refused


def test_only_reports_and_tables_of_both_states_are_judged() -> None:
    before = counted(9, 9, 9, 9, reports=("gone", "kept"), tables=(TABLE, "marts.fct_gone"))
    after = counted(9, 1, 9, 1, reports=("kept", "new"), tables=(TABLE, "marts.fct_new"))
    volume = compare(before, after, "000001-x", 0.5)
    assert volume.changes == [Change("kept", TABLE, 9, 9)]
    assert (volume.added, volume.removed, volume.tables_removed) == (["new"], ["gone"], ["marts.fct_gone"])
    assert not volume.refused


def test_a_refusal_names_place_numbers_and_remedy_the_gravest_first() -> None:
    volume = compare(counted(30, 15), counted(6, 0), "000001-x", 0.5)
    for said in (
        "cpam_x_2020 a 6 lignes dans marts.fct_observation au lieu de 30 (-80%)",
        "OBSERVATOIRE_VOLUME",
        "000001-x",
    ):
        assert said in volume.refusal
    assert volume.refusal.index("cpam_x_2021") < volume.refusal.index("cpam_x_2020")


def test_a_refusal_of_many_tables_stays_one_line_of_a_diagnosis(tmp_path: Path) -> None:
    tables = tuple(f"marts.fct_ressources_humaines_{index}" for index in range(20))
    reports = ("drsm_occitanie_2019_bis",)
    volume = compare(
        counted(*[123456] * 20, reports=reports, tables=tables),
        counted(*[0] * 20, reports=reports, tables=tables),
        "000001-20261122T132915Z",
        0.5,
    )
    assert "et 17 de plus" in volume.refusal
    build = tmp_path / "observatoire.duckdb"
    write_records(build, "run", [], outcomes(volume))
    assert REMEDY in explain_refusal(["the audit refused the build at volume"], build, "000001-x")


def write_state(path: Path, *, morning: int, controls: int = 2) -> Path:
    """A file whose one report has ``morning`` figures and as many numbers set aside."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        for statement in (
            "create schema raw",
            "create schema marts",
            "create table raw.rapport as select 'cpam_x_2020' as code",
            "create table raw.nombre as select 'cpam_x_2020' as rapport_code, unnest(['observation', "
            f"'ecarte']) as statut from range({morning})",
            "create table raw.relation as select 'cpam_x_2020' as rapport_code from range(3)",
            f"create table marts.dim_constat as select 'cpam_x_2020' as rapport_code from range({morning})",
            f"create table marts.fct_controle as select 'cpam_x_2020' as rapport_code from range({controls})",
            "create table marts.fct_sans_rapport as select 1 as un, 'x' as autre_rapport_code",
        ):
            connection.execute(statement)
    return path


def test_two_files_are_counted_and_compared(tmp_path: Path) -> None:
    published = write_state(tmp_path / "published.duckdb", morning=10)
    build = write_state(tmp_path / "build.duckdb", morning=4, controls=0)
    volume = measure(build, published, "000001-x", 0.5)
    assert set(volume.changes) == {
        Change("cpam_x_2020", "raw.nombre", 20, 8),
        Change("cpam_x_2020", "raw.nombre (observation)", 10, 4),
        Change("cpam_x_2020", "raw.relation", 3, 3),
        Change("cpam_x_2020", "marts.fct_controle", 2, 0),
    }
    assert [change.table for change in volume.refused] == ["raw.nombre", "raw.nombre (observation)"]
    assert [change.table for change in volume.noticed] == ["marts.fct_controle"]
    assert not measure(published, published, "000001-x", 0.0).refused


@pytest.mark.parametrize("state", ["none", "torn", "empty"])
def test_without_a_published_state_there_is_nothing_to_refuse(tmp_path: Path, state: str) -> None:
    build, published = write_state(tmp_path / "build.duckdb", morning=1), tmp_path / "published.duckdb"
    if state == "torn":
        published.write_bytes(b"torn")
    if state == "empty":
        duckdb.connect(str(published)).close()
    volume = measure(
        build, published if state != "none" else None, "000001-x" if state != "none" else None, 0.0
    )
    assert (volume.release, volume.changes) == (None, ())
    assert [outcome.observed for outcome in outcomes(volume)] == [
        "aucun état publié avec lequel comparer"
    ] * 2
    shown = volume_result(ASSET, volume)
    assert shown.passed
    assert shown.description == "aucun état publié avec lequel comparer"


@pytest.mark.parametrize(
    ("after", "passed", "severity", "success", "warning"),
    [
        (40, True, dg.AssetCheckSeverity.WARN, [True, True], [False, False]),
        (30, False, dg.AssetCheckSeverity.WARN, [True, True], [False, True]),
        (3, False, dg.AssetCheckSeverity.ERROR, [False, True], [False, False]),
    ],
)
def test_the_check_and_the_records_say_the_same(
    after: int, passed: bool, severity: dg.AssetCheckSeverity, success: list[bool], warning: list[bool]
) -> None:
    volume = compared(40, after)
    shown = volume_result(ASSET, volume)
    assert (shown.passed, shown.severity) == (passed, severity)
    assert [outcome.success for outcome in outcomes(volume)] == success
    assert [outcome.warning for outcome in outcomes(volume)] == warning
    table = str(shown.metadata["rows"].value)
    assert f"| cpam_x_2020 | raw.nombre | 40 | {after} |" in table
    assert volume_spec(ASSET).blocking
