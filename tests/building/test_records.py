from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from expectations.audit import ValidationOutcome
from orchestration.building.inputs import PROJECT, READER, UNSETTLED, Key
from orchestration.building.journal import Journal, NightStep
from orchestration.building.lock import only_night
from orchestration.building.origin import State
from orchestration.building.records import unsettle, write_records, write_states
from orchestration.errors import NightError
from orchestration.telling.diagnosis import explain_refusal, shortened, tags_of
from orchestration.telling.findings import list_findings, render_findings
from orchestration.telling.summary import picture, render_summary, shares
from tests.publication.tiny_build import read, write_build

STEP = NightStep("load", "2025-01-01T00:00:00+00:00", 1.5, 10, "ten rows")


def outcome(
    success: bool = True, suite: str = "schema", message: str = "", warning: bool = False
) -> ValidationOutcome:
    return ValidationOutcome(
        suite, "tous", "clé unique", "marts.fct", success, "vu", "attendu", message, warning
    )


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build with two relations that fail, one of them registered."""
    import duckdb

    path = write_build(tmp_path / "observatoire.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table raw.rapport (code varchar, document_present varchar)")
        connection.execute("insert into raw.rapport values ('tiny_2021', 'true')")
        connection.execute("create or replace table audit.nombre (rapport_code varchar, statut varchar)")
        connection.execute(
            "insert into audit.nombre select 'tiny_2021', unnest(['observation', 'observation', 'ecarte', "
            "'a_relever'])"
        )
        connection.execute(
            "create table marts.fct_controle as select * from (values"
            " ('tiny_2021', 'r1', [3, 4], 'somme', 'ecart', null), "
            "('tiny_2021', 'r2', [9], 'somme', 'ecart', 'c2'), "
            "('tiny_2021', 'r3', [5], 'somme', 'exact', null), "
            "('tiny_2021', 'r4', [5], 'seconde_lecture', 'exact', null), "
            "('tiny_2021', 'r5', [9], 'seconde_lecture', 'a_verifier', null)"
            ") as t(rapport_code, relation, lignes, nature, verdict, constat_code)"
        )
        connection.execute(
            "create table raw.diagnostic as select 'tiny_2021' as rapport_code, 'r1' as relation, 'signe' as "
            "cause,"
            " 'avec 5 tout tombe juste' as preuve, 'forte' as gravite, 'Le total devrait être 5.' as constat"
        )
        connection.execute(
            "create table marts.dim_constat as select 'faible' as gravite, 'tiny_2021' as rapport_code, 'r2' "
            "as relation, [9] as lignes,"
            " 'Une coquille.' as explication, 'confirme' as statut union all"
            " select 'forte', 'tiny_2021', 'r1', [3, 4], 'À voir.', 'a_examiner'"
        )
    return path


def test_the_audit_s_tables_hold_what_ran_and_what_was_said(build: Path) -> None:
    said = [
        outcome(),
        outcome(False, "totaux_fraude", "ligne 3 : faux"),
        outcome(message="inhabituel", warning=True),
    ]
    assert write_records(build, "run-1", [STEP], said) == {"audit.execution": 1, "audit.validation": 3}
    assert read(build, "select duree_secondes from audit.execution where etape = 'load'") == 1.5
    assert read(build, "select message from audit.validation where not succes") == "ligne 3 : faux"
    assert read(build, "select count(*) from audit.validation where avertissement") == 1
    write_records(build, "run-2", [STEP], [])
    assert read(build, "select count(*) from audit.validation") == 0


def test_the_picture_counts_numbers_controls_and_expectations(build: Path) -> None:
    write_records(build, "run", [STEP], [outcome(), outcome(False)])
    seen = picture(build)
    (report,) = seen.reports
    assert (report.printed, report.read, report.set_aside, report.left, report.from_document) == (
        4,
        2,
        1,
        1,
        True,
    )
    assert seen.controls == {"ecart": 2, "exact": 1}
    assert (report.twice, report.alike, report.agreement) == (2, 1, "50.0 %")
    assert (seen.registered, seen.expectations, seen.failed) == (1, 2, 1)


def test_a_stale_report_is_told_as_such(build: Path) -> None:
    assert "  document" in render_summary(picture(build), [STEP], 1.0, ["x"], "y")
    write_states(
        build,
        {Key("", READER): "digest"},
        [State(picture(build).reports[0].code, "publication", {}, "digest", "gone")],
    )
    assert "  kept, STALE" in render_summary(picture(build), [STEP], 1.0, ["x"], "y")


def test_shared_inputs_that_changed_since_the_build_was_begun_are_never_taken_for_those_of_the_day(
    build: Path,
) -> None:
    """A run of the audit and the publication alone, after a model or a seed was changed."""
    write_states(build, {Key("", READER): "old", Key("", PROJECT): "same", Key("r", READER): "old"}, [])
    unsettle(build, {Key("", READER): "new", Key("", PROJECT): "same"})
    with duckdb.connect(str(build), read_only=True) as connection:
        held = connection.execute(
            "select rapport_code, genre, empreinte from audit.entree order by all"
        ).fetchall()
    assert held == sorted([("", READER, UNSETTLED), ("", PROJECT, "same"), ("r", READER, "old")])


def test_a_build_that_stopped_early_gives_an_empty_picture(tmp_path: Path) -> None:
    assert picture(write_build(tmp_path / "b.duckdb")).controls == {}
    assert picture(tmp_path / "absent.duckdb") == picture(None)


def test_the_summary_is_one_screen(build: Path) -> None:
    text = render_summary(picture(build), [STEP], 3.0, ["a file", "a folder"], "SELECT", ["a note"])
    for said in (
        "tiny_2021",
        "3 relations: 1 exact, 2 ecart (1 registered as findings)",
        "a file",
        "load 1.5 s (50 %)",
        "SELECT",
        "a note",
    ):
        assert said in text
    assert len(text.splitlines()) <= 24


def test_the_verdicts_of_the_summary_add_up_and_marks_are_none_of_them(build: Path) -> None:
    with duckdb.connect(str(build)) as connection:
        row = dict.fromkeys(
            (name for (name, *_) in connection.execute("describe marts.fct_controle").fetchall()), None
        )
        for nature, verdict in (
            ("part", "tronque"),
            ("somme", "a_rapprocher"),
            ("plausibilite", "exact"),
            ("plausibilite", "a_verifier"),
            ("seconde_lecture", "a_verifier"),
        ):
            values = list({**row, "nature": nature, "verdict": verdict}.values())
            marks = ", ".join("?" * len(values))
            connection.execute(f"insert into marts.fct_controle values ({marks})", values)
    said = render_summary(picture(build), [STEP], 3.0, ["a file"], "SELECT")
    assert "5 relations: 1 exact, 1 tronque, 2 ecart, 1 a_rapprocher (1 registered as findings)" in said
    assert "2 figures compared with the usual, 1 lie outside it" in said


@pytest.mark.parametrize(
    ("second", "read"),
    [("06.0", "2.0 s (25 %)"), ("05.5", "1.5 s (19 %)"), ("05.0", "1.0 s (12 %)")],
    ids=["one after the other", "overlapping", "side by side"],
)
def test_shares_add_up_to_the_whole_night(second: str, read: str) -> None:
    at = "2026-01-01T02:00:{}+00:00".format
    steps = [
        NightStep("read b", at(second), 1.0),
        NightStep("read a", at("05.0"), 1.0),
        NightStep("load", at("07.0"), 2.0),
    ]
    rest = 6.0 - float(read.split()[0])
    assert shares(steps, 8.0) == (
        f"read {read}, load 2.0 s (25 %), start and bookkeeping {rest} s ({100 * rest / 8:.0f} %)"
    )


def test_the_diagnosis_names_place_numbers_and_cause(build: Path) -> None:
    write_records(
        build,
        "run",
        [STEP],
        [outcome(False, "totaux_fraude", "redit"), outcome(False, "references", "orphelin")],
    )
    text = explain_refusal(["the audit refused the build"], build, "000001-x")
    for said in (
        "tiny_2021, lines 3, 4",
        "Le total devrait être 5.",
        "signe, avec 5",
        "references: orphelin",
        "Readers keep release 000001-x",
    ):
        assert said in text
    assert "redit" not in text
    assert "r2" not in text
    assert "\n" not in text


def test_a_diagnosis_without_a_build_says_the_refusals(tmp_path: Path) -> None:
    assert explain_refusal(["a report is torn."], None, None) == (
        "The night failed: a report is torn. Nothing was published before, and nothing is now."
    )


def test_long_explanations_are_cut_at_a_blank() -> None:
    assert shortened("un deux  trois", 9) == "un deux ..."
    assert shortened("un\ndeux", 9) == "un deux"


@pytest.mark.parametrize(
    ("diagnosis", "places"),
    [
        ("The night failed: x_2021.txt: line 3 is not UTF-8.", {"reports": "x_2021", "lines": "3"}),
        (
            "2 printed relations fail. xx_2021, lines 4, 5: 1 is not 2. x_2021, line 9: so. xx_2021, line 9",
            {"reports": "xx_2021, x_2021", "lines": "4, 5, 9"},
        ),
        (
            "x_2021, lines 5, 4: so. lines 4, 6. Nights fail since 2026-11-28 20:37 CET, 2 in a row. ",
            {"reports": "x_2021", "lines": "5, 4, 6", "failing": "since 2026-11-28 20:37 CET, 2 in a row"},
        ),
        ("x_2021, lines 10 to 30: the total", {"reports": "x_2021", "lines": "10 to 30"}),
        ("x_2021: la somme (lignes 10 à 30) et ligne 7", {"reports": "x_2021", "lines": "10 to 30, 7"}),
        ("x_2021: template.yml, ligne 40, ligne 4 du document : le", {"reports": "x_2021", "lines": "4"}),
        ("ax_2021 and x_20210 are others; sexes.csv: line 1", {}),
        ("x_2021.txt: this is a binary file", {"reports": "x_2021"}),
    ],
)
def test_a_run_that_failed_is_listed_with_its_reports_and_lines(
    diagnosis: str, places: dict[str, str]
) -> None:
    assert tags_of(diagnosis, ["x_2021", "xx_2021"]) == places
    assert tags_of(diagnosis, []).keys() <= {"failing"}


def test_a_full_disk_is_called_so_whoever_met_it() -> None:
    full = "the release could not be written (IO Error: No space left on device): readers keep it"
    assert explain_refusal([full], None, "000001").startswith(
        f"The night failed: the disk is full: make room, then run the night again. {full}."
    )
    told = explain_refusal(["the disk is full (No space left on device): make room"], None, "000001")
    assert told.count("the disk is full") == 1, "what says so already is not told twice"


@pytest.mark.parametrize(
    "said",
    [
        "step extraction broke: `Err` value: Resource temporarily unavailable",
        "the audit broke (MemoryError: ): a fault of the program",
        "dbt build failed at fct_observation: Out of Memory Error: failed to allocate data of size 16.0 MiB",
        "step load broke: ImportError: libpolars.so: failed to map segment from shared object",
        "the machine refused a file (libduckdb.so: cannot allocate memory in static TLS block)",
        "the machine refused a file ([Errno 12] Cannot allocate memory)",
    ],
)
def test_too_little_memory_is_called_so_whoever_met_it(said: str) -> None:
    assert explain_refusal([said], None, "000001").startswith(
        f"The night failed: there is too little memory: close other programs, or allow it more (`ulimit -v`, "
        f"MemoryMax), then run the night again. {said}."
    )
    read = f"x_2021: there is too little memory to read it ({said}): close other programs"
    assert explain_refusal([read], None, "000001").count("there is too little memory") == 1


def test_a_diagnosis_of_many_problems_ends_with_what_to_do() -> None:
    problems = [f"x: line {line} is wrong" for line in range(30)]
    said = explain_refusal(["\n".join([*problems, "Mend them."])], None, "000001")
    assert "x: line 2 is wrong (27 more like these.) Mend them. Readers keep release 000001." in said
    assert "line 3 " not in said
    assert explain_refusal(["a\nb\nc\nMend them"], None, None).startswith(
        "The night failed: a b c Mend them. Nothing"
    )


def test_findings_are_listed_the_gravest_first(build: Path, tmp_path: Path) -> None:
    text = render_findings(list_findings(build), 80)
    assert text.index("[forte] tiny_2021, ligne(s) 3, 4") < text.index("[faible] tiny_2021, ligne(s) 9")
    assert text.endswith("2 constats : 1 forte, 1 faible")
    assert render_findings([], 80) == "aucun constat"
    with pytest.raises(NightError, match="holds no findings"):
        list_findings(write_build(tmp_path / "other.duckdb"))


def test_the_journal_keeps_steps_that_fail(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "private" / "journal.jsonl")
    assert journal.steps() == []
    journal.begin()
    with journal.step("one") as step:
        step.rows, step.detail = 3, "three"
    with pytest.raises(ValueError, match="no"), journal.step("two"):
        raise ValueError("no")
    assert [(step.name, step.rows, step.detail) for step in journal.steps()] == [
        ("one", 3, "three"),
        ("two", None, ""),
    ]
    assert journal.run() == ""
    journal.begin("a-run")
    assert (journal.run(), journal.steps()) == ("a-run", [])
    journal.path.write_text("torn\n")
    assert (journal.run(), journal.steps()) == ("", [])


def test_only_one_night_at_a_time_and_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    hold = (
        "import sys, pathlib; from orchestration.building.lock import only_night\n"
        "with only_night(pathlib.Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        with (
            pytest.raises(NightError, match=f"another night is running \\(process {holder.pid}\\)"),
            only_night(tmp_path),
        ):
            pass
        holder.kill()
    with only_night(tmp_path):
        pass
