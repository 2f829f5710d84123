"""Work proportional to change, and one bad report among good ones; the tiny night does the true work without
dbt.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import duckdb
import polars as pl
import pytest

from orchestration.building import isolation, staging, suspects
from orchestration.building.build import load_build
from orchestration.building.inputs import Declared, reading_key, report_inputs, shared_inputs
from orchestration.building.isolation import judged_by, standing_suspects
from orchestration.building.origin import State
from orchestration.building.published import look
from orchestration.building.reading import ReportIntake
from orchestration.building.vanished import vanished
from orchestration.errors import NightError, Passing
from orchestration.extraction.errors import ExtractionError, StillChanging
from orchestration.extraction.reports import NUMBER_COLUMNS, Report, list_reports
from orchestration.graph.assets import extraction
from orchestration.publication.freshness import confirm, judge_freshness
from orchestration.publication.publish import current_release
from orchestration.settings import Settings
from orchestration.telling.diagnosis import explain_refusal
from tests.trust.tiny_night import lay_out, run, settings_of, write_document

TABLES = (
    "raw.nombre",
    "raw.relation",
    "raw.rapport",
    "raw.ligne",
    "raw.diagnostic",
    "marts.fct_observation",
    "audit.entree",
    "audit.rapport",
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.building.patience.WAITS", (0.0, 0.0))


@pytest.fixture
def laid_out(tmp_path: Path) -> Path:
    """An installation before its first night."""
    lay_out(tmp_path)
    return tmp_path


@pytest.fixture
def root(tmp_path: Path, first_night: Callable[[Path], Settings]) -> Path:
    """An installation that published once."""
    first_night(tmp_path)
    return tmp_path


def seed(root: Path, row: str) -> None:
    """An edit of the members."""
    (root / "dbt_project/seeds/sites.csv").write_text(f"code,libelle,alias\n{row}\n", encoding="utf-8")


def rows(settings: Settings, query: str) -> list[tuple]:
    with duckdb.connect(str(settings.published), read_only=True) as connection:
        return connection.execute(query).fetchall()


def contents(settings: Settings) -> dict[str, list[tuple]]:
    return {table: rows(settings, f"select * from {table}") for table in TABLES}


def test_a_night_where_nothing_changed_publishes_nothing(laid_out: Path) -> None:
    assert "published 000001" in run(settings_of(laid_out))
    assert run(settings_of(laid_out)) == "nothing changed, 0 stale"
    assert (current_release(laid_out / "warehouse") or "").startswith("000001")


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda root: write_document(root, 1, 13), 2),
        (lambda root: (root / "raw/cpam_x_2020/template.yml").open("a").write("# mended\n"), 2),
        (lambda root: (root / "raw/cpam_x_2020/report.yml").open("a").write("brouillon: false\n"), 2),
        (lambda root: seed(root, "minuit,Minuit,"), 3),
        (lambda root: seed(root, "nuit,La nuit,tôt le Matin|MATIN"), 0),
        (lambda root: seed(root, "visites,Visites rendues,"), 0),
        (lambda root: (root / "dbt_project/models.sql").write_text("select 1"), 3),
    ],
    ids=[
        "a document",
        "a template",
        "a declaration",
        "a member of no report",
        "a member of all",
        "a code of templates",
        "the models",
    ],
)
def test_a_report_is_read_again_only_when_what_it_depends_on_changed(root: Path, change, kept: int) -> None:
    change(root)
    assert f"{kept} kept" in run(settings_of(root))
    assert run(settings_of(root)) == "nothing changed, 0 stale"


def test_touching_files_is_no_change(root: Path) -> None:
    for path in (*root.glob("documents/*"), *root.glob("raw/*/*")):
        path.touch()
    assert run(settings_of(root)) == "nothing changed, 0 stale"


def test_a_night_from_scratch_gives_the_same_tables(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write_document(root, 0, 99)
    run(settings_of(root))
    scratch = tmp_path_factory.mktemp("scratch")
    for part in ("raw", "documents", "dbt_project"):
        shutil.copytree(root / part, scratch / part)
    assert "0 kept" in run(settings_of(scratch))
    assert contents(settings_of(scratch)) == contents(settings_of(root))


def test_a_document_that_disappears_leaves_its_committed_extract(root: Path) -> None:
    for name in ("numbers.csv", "relations.csv", "sceau.json"):
        shutil.copy(root / "warehouse/.build/extracts/cpam_x_2019" / name, root / "raw/cpam_x_2019" / name)
    (root / "documents/cpam_x_2019.txt").unlink()
    run(settings_of(root))
    assert rows(settings_of(root), "select source from audit.rapport order by rapport_code")[0] == (
        "extrait",
    )


def test_what_changed_is_a_table(root: Path) -> None:
    assert rows(settings_of(root), "select * from audit.changement") == []
    path = write_document(root, 0, 13)
    path.write_text("une page ajoutée\n" + path.read_text())
    run(settings_of(root))
    changed = rows(
        settings_of(root),
        "select changement, ligne_avant, ligne_apres, valeur_avant, valeur_apres from audit.changement order "
        "by all",
    )
    assert changed == [("modifie", 1, 2, "12", "13"), ("modifie", 3, 4, "42", "43")]


GONE = "select rapport_code, relation, nature, lignes, raison from audit.relation_disparue order by all"


def test_a_relation_that_is_gone_is_told(root: Path) -> None:
    """Not one that only moved, got another name or whose figures changed and still stand; one that nothing
    states any more, or one of whose figures is not read."""
    run(settings_of(root))
    path, template = root / "documents/cpam_x_2019.txt", root / "raw/cpam_x_2019/template.yml"
    assert rows(settings_of(root), GONE) == []
    path.write_text("une page ajoutée\n" + path.read_text())
    write_document(root, 1, 13)
    run(settings_of(root))
    assert rows(settings_of(root), GONE) == []
    stated = template.read_text()
    template.write_text(stated.replace("bloc: b", "bloc: autre_nom"))
    run(settings_of(root))
    assert rows(settings_of(root), GONE) == []
    template.write_text(stated.replace('"t = a + b"', "").replace("sexe: femmes", "nature: moyenne"))
    run(settings_of(root))
    (told,) = [row for row in rows(settings_of(root), GONE) if row[2] == "somme"]
    assert told[0] == "cpam_x_2019" and told[3:] == ([2, 3, 4], "plus_liee")
    assert "cpam_x_2019:2,3,4 is no longer checked (somme): its figures are still read" in told_of(root)
    run(settings_of(root))
    template.write_text(stated.replace('  - {lire: "soir {b}", b: {sexe: hommes}}\n', "").replace(" + b", ""))
    path.write_text("matin 12\nsoir 30\ntotal 12\n")
    run(settings_of(root))
    assert {row[4] for row in rows(settings_of(root), GONE)} == {"chiffre_absent"}


def told_of(root: Path) -> str:
    with duckdb.connect(str(settings_of(root).published), read_only=True) as connection:
        return " ; ".join(vanished(connection, 99))


BAD = {
    "unreadable": lambda root: (root / "documents/cpam_x_2020.txt").write_bytes(b"\x00\x01" * 50),
    "a fragment is gone": lambda root: (root / "documents/cpam_x_2020.txt").write_text("rien\n"),
    "half copied": lambda root: (root / "documents/cpam_x_2020.txt").write_text("matin 12\nsoir 3"),
    "a discrepancy": lambda root: write_document(root, 1, 12, total=50),
    "a declaration is broken": lambda root: (root / "raw/cpam_x_2020/report.yml").write_text("code: ["),
    "a declaration of another code": lambda root: (root / "raw/cpam_x_2020/report.yml").write_text(
        (root / "raw/cpam_x_2021/report.yml").read_text()
    ),
    "a correction of what is read otherwise now": lambda root: (
        root / "raw/cpam_x_2020/corrections.yml"
    ).write_text(
        "corrections: [{ligne: 1, colonne: 6, avant: {valeur: '99'}, apres: {valeur: '-99'}, "
        "motif: le texte le dit, date: '2026-01-31'}]"
    ),
    "a template is broken": lambda root: (root / "raw/cpam_x_2020/template.yml").write_text("blocs: ["),
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD.keys())
def test_one_bad_report_fails_the_night_unless_it_is_tolerated(root: Path, spoil) -> None:
    before = rows(settings_of(root), "select * from marts.fct_observation")
    spoil(root)
    write_document(root, 2, 14)
    with pytest.raises((NightError, ExtractionError), match="cpam_x_2020"):
        run(settings_of(root))
    assert rows(settings_of(root), "select * from marts.fct_observation") == before
    assert "1 stale" in run(settings_of(root, "0.4"))
    after = rows(settings_of(root), "select * from marts.fct_observation")
    assert [row for row in after if row[0] == "cpam_x_2020"] == [
        row for row in before if row[0] == "cpam_x_2020"
    ]
    assert ("cpam_x_2021", 1, 14) in after
    ((code, source, reason),) = rows(
        settings_of(root), "select rapport_code, source, motif from audit.rapport where perime"
    )
    assert (code, source) == ("cpam_x_2020", "publication")
    assert "cpam_x_2020" in reason
    assert run(settings_of(root, "0.4")) == "nothing changed, 1 stale"


def test_a_folder_that_was_copied_stops_nobody_and_is_told(root: Path) -> None:
    before = rows(settings_of(root), "select * from marts.fct_observation")
    shutil.copytree(root / "raw/cpam_x_2020", root / "raw/cpam_x_2020 (copie)")
    with pytest.raises(ExtractionError, match="the folder and the code must have one name"):
        run(settings_of(root))
    assert "1 stale" in run(settings_of(root, "0.4"))
    assert rows(settings_of(root), "select * from marts.fct_observation") == before
    assert rows(settings_of(root), "select rapport_code, source from audit.rapport where perime") == [
        ("cpam_x_2020 (copie)", "aucune")
    ]
    assert run(settings_of(root, "0.4")) == "nothing changed, 1 stale"


def test_a_mended_report_is_stale_no_more(root: Path) -> None:
    good = (root / "documents/cpam_x_2020.txt").read_text()
    BAD["unreadable"](root)
    run(settings_of(root, "0.4"))
    (root / "documents/cpam_x_2020.txt").write_text(good)
    assert "0 stale" in run(settings_of(root, "0.4"))


def test_an_extract_changed_by_hand_is_left_stale(root: Path) -> None:
    for code in ("cpam_x_2019", "cpam_x_2020", "cpam_x_2021"):
        for name in ("numbers.csv", "relations.csv", "diagnostics.csv", "sceau.json"):
            shutil.copy(root / "warehouse/.build/extracts" / code / name, root / "raw" / code / name)
    assert "0 stale" in run(settings_of(root, "0.4"))
    path = root / "raw/cpam_x_2020/numbers.csv"
    path.write_text(path.read_text().replace("cpam_x", "cpam_y"))
    assert "1 stale" in run(settings_of(root, "0.4"))
    ((code, reason),) = rows(settings_of(root), "select rapport_code, motif from audit.rapport where perime")
    assert code == "cpam_x_2020"
    assert "numbers.csv changed since it was read" in reason


def accuse(root: Path, code: str, source: str) -> None:
    """Remember one report, read from what is there now, as the one that a whole build was refused for."""
    settings = settings_of(root, "0.4")
    settings.private.mkdir(parents=True, exist_ok=True)
    shared = shared_inputs(settings)
    inputs = {
        **shared,
        **report_inputs(Declared(code, root / "raw" / code, f"{code}.txt"), settings.documents),
    }
    states = [
        State(each, source, {}, reading_key(code, inputs) if each == code else each)
        for each in ("cpam_x_2019", "cpam_x_2020", "cpam_x_2021")
    ]
    assert suspects.accuse(
        settings.private,
        states,
        look(settings.published),
        0.4,
        [suspects.Complaint(f"{code}: refused")],
        project=judged_by(settings, shared),
        run="r",
    ) == [code]


def test_a_report_that_a_whole_build_was_refused_for_is_set_back_until_it_changes(root: Path) -> None:
    write_document(root, 1, 13)
    accuse(root, "cpam_x_2020", "document")
    assert "1 stale" in run(settings_of(root, "0.4"))
    assert rows(
        settings_of(root),
        "select valeur from marts.fct_observation where rapport_code = 'cpam_x_2020' and ligne = 1",
    ) == [(12,)]
    assert (
        "refused with the whole build"
        in rows(settings_of(root), "select motif from audit.rapport where perime")[0][0]
    )
    assert run(settings_of(root, "0.4")) == "nothing changed, 1 stale"
    write_document(root, 1, 14)
    assert "0 stale" in run(settings_of(root, "0.4"))
    assert rows(
        settings_of(root),
        "select valeur from marts.fct_observation where rapport_code = 'cpam_x_2020' and ligne = 1",
    ) == [(14,)]


def test_a_loss_that_is_accepted_knowingly_ends_the_suspicion(laid_out: Path) -> None:
    accuse(laid_out, "cpam_x_2020", "document")
    settings = settings_of(laid_out, "0.4")
    assert set(standing_suspects(settings, shared_inputs(settings))) == {"cpam_x_2020"}
    assert standing_suspects(replace(settings, volume=1.0), shared_inputs(settings)) == {}


def test_a_committed_extract_that_was_refused_is_no_good_one(laid_out: Path) -> None:
    accuse(laid_out, "cpam_x_2020", "extrait")
    assert "1 stale" in run(settings_of(laid_out, "0.4"))
    assert rows(settings_of(laid_out), "select source from audit.rapport where perime") == [("aucune",)]


def test_above_the_share_the_night_fails(root: Path) -> None:
    for index in (0, 1):
        write_document(root, index, 12, total=50)
    with pytest.raises(NightError, match="2 of 3 reports are stale, 40% is tolerated"):
        run(settings_of(root, "0.4"))
    assert "2 stale" in run(settings_of(root, "0.7"))


def test_every_stale_report_is_named_however_much_is_wrong_with_the_first(root: Path) -> None:
    """Sixty problems of one template leave room for the others in the paragraph of a night."""
    fields = "".join(f"      - {{lire: 'introuvable {i} {{}}', indicateur: visites}}\n" for i in range(60))
    (root / "raw/cpam_x_2019/template.yml").write_text(f"blocs:\n  - bloc: accueil\n    champs:\n{fields}")
    write_document(root, 1, 12, total=50)
    with pytest.raises(NightError) as refused:
        run(settings_of(root, "0.4"))
    told = explain_refusal([str(refused.value)], None, None)
    assert "2 of 3 reports are stale" in told
    assert "cpam_x_2019: " in told and "cpam_x_2020: " in told


def test_a_report_that_was_never_good_is_left_out(laid_out: Path) -> None:
    BAD["unreadable"](laid_out)
    assert "1 stale" in run(settings_of(laid_out, "0.4"))
    assert rows(
        settings_of(laid_out), "select distinct rapport_code from marts.fct_observation order by all"
    ) == [("cpam_x_2019",), ("cpam_x_2021",)]
    assert rows(
        settings_of(laid_out), "select source, perime from audit.rapport where rapport_code = 'cpam_x_2020'"
    ) == [("aucune", True)]


def test_a_report_that_was_never_published_keeps_its_committed_extract(root: Path) -> None:
    for name in ("numbers.csv", "relations.csv", "diagnostics.csv", "sceau.json"):
        shutil.copy(root / "warehouse/.build/extracts/cpam_x_2020" / name, root / "raw/cpam_x_2020" / name)
    shutil.rmtree(root / "warehouse")
    BAD["unreadable"](root)
    assert "1 stale" in run(settings_of(root, "0.4"))
    assert rows(settings_of(root), "select rapport_code, source from audit.rapport where perime") == [
        ("cpam_x_2020", "extrait")
    ]


def test_a_document_that_is_being_written_is_waited_for(
    laid_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    def unsettled(*arguments):
        attempts.append(arguments)
        if len(attempts) < 3:
            raise StillChanging("cpam_x_2019.txt: changed while it was read")
        return staging.stage_report(*arguments)

    monkeypatch.setattr(isolation, "stage_report", unsettled)
    assert "0 stale" in run(settings_of(laid_out))
    assert len(attempts) == 5


def test_bad_input_is_not_tried_again(laid_out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []

    def refusing(*arguments):
        attempts.append(arguments)
        raise ExtractionError("cpam_x_2019: fragment gone")

    monkeypatch.setattr(isolation, "stage_report", refusing)
    with pytest.raises(ExtractionError):
        run(settings_of(laid_out))
    assert len(attempts) == 1


def test_a_document_that_lost_most_of_its_figures_is_refused_unless_it_is_meant(root: Path) -> None:
    """Its template was cut with it, so that every number of print is still accounted for and every relation
    holds.
    """
    before = contents(settings_of(root))
    (root / "documents/cpam_x_2020.txt").write_text("matin 12\n")
    (root / "raw/cpam_x_2020/template.yml").write_text(
        'blocs:\n- bloc: b\n  commun: {indicateur: visites}\n  champs:\n  - {lire: "matin {a}", a: {sexe: '
        "femmes}}\n"
    )
    with pytest.raises(NightError, match=r"cpam_x_2020 a 1 lignes dans raw.nombre au lieu de 3 \(-67%\)"):
        run(settings_of(root))
    assert contents(settings_of(root)) == before
    assert "published 000002" in run(settings_of(root, loss="1"))
    assert rows(settings_of(root), "select count(*) from raw.nombre where rapport_code = 'cpam_x_2020'") == [
        (1,)
    ]
    assert run(settings_of(root)) == "nothing changed, 0 stale"


def test_a_report_that_is_withdrawn_is_no_loss(root: Path) -> None:
    shutil.rmtree(root / "raw/cpam_x_2020")
    assert "published 000002" in run(settings_of(root, loss="0"))


def test_a_report_stays_stale_since_the_first_night_that_kept_it(root: Path) -> None:
    def since() -> Any:
        ((moment,),) = rows(settings_of(root), "select depuis from audit.rapport where perime")
        return moment

    good = (root / "documents/cpam_x_2020.txt").read_text()
    BAD["unreadable"](root)
    run(settings_of(root, "0.4"))
    first = since()
    assert first is not None
    write_document(root, 2, 14)
    run(settings_of(root, "0.4"))
    assert since() == first
    (root / "documents/cpam_x_2020.txt").write_text(good)
    run(settings_of(root, "0.4"))
    assert rows(settings_of(root), "select count(*) from audit.rapport where depuis is not null") == [(0,)]
    BAD["unreadable"](root)
    run(settings_of(root, "0.4"))
    assert since() > first


def test_a_state_of_an_older_version_keeps_its_reports(root: Path) -> None:
    """Its table of reports does not say since when they are stale."""
    settings = settings_of(root)
    older = root / "older.duckdb"
    shutil.copy(settings.published.resolve(), older)
    older.chmod(0o644)
    with duckdb.connect(str(older)) as connection:
        connection.execute("alter table audit.rapport drop column depuis")
    kept = look(older).reports
    assert len(kept) == 3
    assert {report.since for report in kept.values()} == {None}


def test_rows_of_an_older_version_are_set_back_with_the_columns_of_this_one(root: Path) -> None:
    settings = settings_of(root, "0.4")
    older = root / "older.duckdb"
    shutil.copy(settings.published.resolve(), older)
    older.chmod(0o644)
    with duckdb.connect(str(older)) as connection:
        connection.execute("alter table raw.nombre drop column page")
    reports = list_reports(settings.raw)
    work = isolation.Workplace(settings.documents, settings.staged, look(older), {}, 0.4)
    isolation._stage_published(reports[1], work, "essai")
    load_build(settings.build, settings.staged, [report.code for report in reports])
    with duckdb.connect(str(settings.build)) as connection:
        loaded = connection.execute(
            "select rapport_code, count(*), count(page) from raw.nombre group by all order by all"
        ).fetchall()
        columns = [
            name
            for (name,) in connection.execute(
                "select column_name from duckdb_columns() where table_name = 'nombre'"
            ).fetchall()
        ]
    assert loaded == [(report.code, 3, 0) for report in reports]
    assert tuple(columns) == ("rapport_code", *NUMBER_COLUMNS)


def test_publishing_and_finding_nothing_to_do_both_confirm_what_readers_have(laid_out: Path) -> None:
    settings, now = settings_of(laid_out), datetime.now(UTC)
    assert not judge_freshness(settings, now).fresh
    run(settings)
    assert judge_freshness(settings, now).fresh
    confirm(settings, "long ago", now - timedelta(days=3))
    assert not judge_freshness(settings, now).fresh
    assert run(settings) == "nothing changed, 0 stale"
    assert judge_freshness(settings, now).fresh
    confirm(settings, "long ago", now - timedelta(days=3))
    BAD["unreadable"](laid_out)
    with pytest.raises(ExtractionError):
        run(settings)
    assert not judge_freshness(settings, now).fresh


@pytest.mark.parametrize("share", ["-1", "1", "all", "nan"])
def test_a_share_that_is_none_is_refused(laid_out: Path, share: str) -> None:
    with pytest.raises(NightError, match="OBSERVATOIRE_TOLERANCE"):
        settings_of(laid_out, share).require("OBSERVATOIRE_TOLERANCE")


def printed_then_gone(root: Path) -> dict[str, list[tuple]]:
    """Published from three documents, whose folder then goes away; what is published."""
    before = contents(settings_of(root))
    (root / "documents").rename(root / "elsewhere")
    return before


def test_documents_that_are_all_away_leave_every_report_its_rows_and_heal(root: Path) -> None:
    before = printed_then_gone(root)
    settings = settings_of(root, "0.4")
    assert "0 kept, 3 stale" in run(settings)
    assert rows(settings, "select distinct motif from audit.rapport") == [(settings.documents_away(),)]
    for table in ("raw.nombre", "raw.ligne", "raw.relation", "marts.fct_observation"):
        assert contents(settings)[table] == before[table], table
    assert run(settings) == "nothing changed, 3 stale", "one night tells it, the next ones have nothing to do"
    (root / "elsewhere").rename(root / "documents")
    assert "0 stale" in run(settings)
    assert contents(settings)["raw.nombre"] == before["raw.nombre"]


def test_documents_away_do_not_excuse_a_report_that_is_wrong_by_itself(laid_out: Path) -> None:
    (laid_out / "documents/cpam_x_2020.txt").write_text("rien\n")
    run(settings_of(laid_out, "0.4"))
    (laid_out / "documents").rename(laid_out / "elsewhere")
    assert "3 stale" in run(settings_of(laid_out, "0.4"))
    (laid_out / "elsewhere").rename(laid_out / "documents")
    assert "1 stale" in run(settings_of(laid_out, "0.4"))


def test_documents_away_are_refused_where_no_report_may_be_stale(root: Path) -> None:
    before = printed_then_gone(root)
    with pytest.raises(NightError, match="which is not a folder: bring it back"):
        run(settings_of(root))
    assert contents(settings_of(root)) == before


UNFORESEEN = [
    ValueError("invalid literal\nfor int"),
    ZeroDivisionError(),
    RecursionError("too deep"),
    AssertionError(),
    OSError(5, "I/O error"),
    KeyError("x"),
]


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_whatever_breaks_while_one_report_is_read_sets_only_that_one_back(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    settings, read = settings_of(root, "0.4"), isolation.stage_report
    write_document(root, 0, 13)
    write_document(root, 1, 14)

    def broken(report: Report, *arguments: Any) -> object:
        if report.code == "cpam_x_2020":
            raise error
        return read(report, *arguments)

    monkeypatch.setattr(isolation, "stage_report", broken)
    assert "1 stale" in run(settings)
    ((code, reason),) = rows(settings, "select rapport_code, motif from audit.rapport where perime")
    assert code == "cpam_x_2020"
    assert reason.startswith(
        f"cpam_x_2020: reading it broke in a way that nobody foresaw ({type(error).__name__}"
    )
    assert f"{type(error).__name__}" in (settings.private / "traces" / "cpam_x_2020.txt").read_text()
    assert "1 stale" in run(settings), "and every later night goes on"
    write_document(root, 2, 15)
    with pytest.raises(NightError, match="cpam_x_2020: reading it broke in a way that nobody foresaw"):
        run(settings_of(root))


@pytest.mark.parametrize(
    ("errors", "advised"),
    [
        ([NightError("x: no fragment")], True),
        ([Passing("x: there is too little memory to read it")], False),
        ([Passing("x: there is too little memory to read it"), NightError("y: no fragment")], True),
    ],
    ids=["a report", "memory", "both"],
)
def test_more_tolerance_is_no_advice_for_what_the_machine_lacks(
    errors: list[Exception], advised: bool
) -> None:
    report = cast(Report, SimpleNamespace(code="x"))
    failed = [ReportIntake(report, None, error, "2021", 1.0) for error in errors]
    with pytest.raises(dg.Failure) as refused:
        extraction._refuse(failed, extraction.advice(5))
    told = str(refused.value.description)
    assert ("OBSERVATOIRE_TOLERANCE" in told) is advised
    assert str(errors[0]) in told


@pytest.mark.parametrize(
    ("error", "clause"),
    [
        (MemoryError(), "there is too little memory to read it (MemoryError:): close other programs"),
        (OSError(12, "Cannot allocate memory"), "there is too little memory to read it (OSError"),
        (pl.exceptions.PanicException("Resource temporarily unavailable"), "there is too little memory"),
        (OSError(5, "I/O error"), "reading it broke in a way that nobody foresaw (OSError"),
    ],
    ids=["memory", "memory of the system", "threads of a library", "a disk"],
)
def test_what_a_machine_lacks_for_a_moment_is_read_again_at_the_next_night(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, clause: str
) -> None:
    settings = settings_of(root, "0.4")
    write_document(root, 1, 14)

    def broken(report: Report, *_: Any) -> object:
        raise error

    with monkeypatch.context() as lacking:
        lacking.setattr(isolation, "stage_report", broken)
        assert "1 stale" in run(settings)
    ((reason,),) = rows(settings, "select motif from audit.rapport where perime")
    assert reason.startswith(f"cpam_x_2020: {clause}")
    assert "0 stale" in run(settings), "although nothing changed since"
    assert run(settings) == "nothing changed, 0 stale"


def test_a_full_disk_is_no_fault_of_a_report(laid_out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(
            28, "No space left on device", str(laid_out / "warehouse/.build/extracts/cpam_x_2019/numbers.csv")
        )

    monkeypatch.setattr(isolation, "stage_report", full)
    with pytest.raises(OSError, match="No space left"):
        run(settings_of(laid_out, "0.4"))
