"""What must stop the night: the failing twin of each dbt test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.building.engine import steps_of
from tests.dbt.tiny_reports import Printer
from tests.dbt.warehouse import failures, run_dbt


def strange_members(printer: Printer) -> None:
    """Members, units and natures that no seed and no contract knows; a relation that points at nothing."""
    place = printer.figure("a2020", "visites", "1", risque="inconnu", organisme_code="inconnu")
    printer.figure("a2020", "taux_decroche", "1", unite="furlongs", nature="devinette")
    printer.figure("a2020", "visites", "1", indicateur_code="hors_catalogue", role="chef")
    printer.relation("introuvable", "somme", ("total", place, "1"), ("terme", ("a2020", 8888), "1"))


def unreadable_numbers(printer: Printer) -> None:
    """A number read twice (or a report declared twice), a period code that means nothing, a value that is no
    number.
    """
    printer.figure("a2020", "visites", "1")
    printer.figure("a2020", "visites", "1", ligne=1)
    printer.figure("a2020", "visites", "1", periode_code="l'an dernier")
    printer.figure("a2020", "visites", "douze")


@pytest.mark.parametrize(
    ("print_case", "select", "expected"),
    [
        (
            strange_members,
            ["+fct_observation", "+pont_controle_observation", "+dim_rapport", "+dim_risque"],
            {
                "membres_connus_fct_observation",
                "relationships_pont_controle_observation_observation_key__observation_key__ref_fct_observation_",
                "accepted_values_fct_observation_nature__constate__objectif__evolution__part__total__moyenne__score__rang__parametre",
                "accepted_values_fct_observation_role__feuille__total__dont",
            },
        ),
        (
            unreadable_numbers,
            ["+nombre", "+dim_periode", "+int_observation"],
            {"unique_nombre_nombre_key", "dim_periode", "int_observation"},
        ),
    ],
    ids=["strange_members", "unreadable_numbers"],
)
def test_bad_extracts_are_refused(project, tmp_path, print_case: Callable[[Printer], None], select, expected):
    printer = Printer()
    print_case(printer)
    printer.raw.write(tmp_path / "observatoire.duckdb")
    statuses = run_dbt(project, tmp_path / "observatoire.duckdb", "build", "--select", *select)
    assert expected <= failures(statuses)


@pytest.fixture
def copy(build, tmp_path) -> Path:
    """A copy of what was built, to be tampered with."""
    path = Path(shutil.copy(build[0], tmp_path / "observatoire.duckdb"))
    shutil.copy(steps_of(build[0]), steps_of(path))
    return path


def tamper(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{steps_of(path)}' as etapes")
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("parents", "refused_by"),
    [
        ({"orphelin": "disparu"}, "membres_complets_stg_membre_"),
        ({"poule": "oeuf", "oeuf": "poule"}, "meme_nombre_de_lignes_int_membre_ref_stg_membre_"),
    ],
    ids=["no member", "a cycle"],
)
def test_a_parent_that_is_no_member_and_a_cycle_are_refused(project, copy, parents, refused_by):
    rows = ", ".join(f"('{code}', '{code}', '{parent}', '')" for code, parent in parents.items())
    tamper(copy, f"insert into etapes.staging.motifs values {rows}")
    select = ["int_ascendance", "int_membre", "membres_complets_stg_membre_"]
    assert failures(run_dbt(project, copy, "build", "--select", *select)) >= {refused_by}


TAMPERING = {
    "feuilles_sans_recouvrement": (
        "insert into etapes.intermediate.int_fait by name "
        "select chiffre_key as fait_key, c.* exclude (chiffre_key) from etapes.intermediate.int_chiffre c "
        "where indicateur_code = 'charges' and valeur = 3819.89"
    ),
    "total_egal_somme_des_feuilles": "update etapes.intermediate.int_fait set valeur = 61 "
    "where indicateur_code = 'visites' and valeur = 50",
    "observations_toutes_employees": "delete from marts.pont_fait_observation where valeur = 136.41",
}


@pytest.mark.parametrize("untouched", [None, "total_egal_somme_des_feuilles"])
def test_wrong_facts_are_refused_and_only_by_the_test_that_looks_there(project, copy, untouched):
    tamper(copy, *(statement for test, statement in TAMPERING.items() if test != untouched))
    failed = failures(run_dbt(project, copy, "test", "--select", "test_type:singular"))
    assert failed == set(TAMPERING) - {untouched}
