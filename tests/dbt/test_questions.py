"""The committed extracts in the star schema: they build, totals stay what is printed, and every worked
question has an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from orchestration.building.engine import opened
from orchestration.reconciliation.terms import read_numbers, read_relations
from orchestration.reconciliation.verdicts import judge_all
from tests.dbt.warehouse import PROJECT, failures, query

ROOT = PROJECT.parent
QUESTIONS = sorted((ROOT / "docs" / "questions").glob("*.sql"))


@pytest.fixture(scope="module")
def night(committed_build: tuple[Path, dict[str, str]]) -> Iterator[tuple[Path, dict[str, str]]]:
    """The build, in an engine that is started once."""
    with opened(committed_build[0], read_only=True):
        yield committed_build


def test_the_committed_extracts_build_without_a_failing_test(night):
    assert failures(night[1]) == set()


def test_there_are_enough_questions():
    assert len(QUESTIONS) >= 25


@pytest.mark.parametrize("path", QUESTIONS, ids=[path.stem for path in QUESTIONS])
def test_question(night, path):
    text = path.read_text(encoding="utf-8")
    question = text.splitlines()[0]
    assert re.fullmatch(r"-- [A-ZÀÉ].* \?", question), "the first line asks the question in French"
    with opened(night[0], read_only=True) as connection:
        cursor = connection.execute(text)
        names, rows = [column[0] for column in cursor.description or []], cursor.fetchall()
    assert rows
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert any(value is not None for row in rows for value in row)


def test_the_page_for_analysts_runs_as_written(night):
    page = (ROOT / "docs" / "analystes.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    with opened(night[0], read_only=True) as connection:
        statements = [statement for block in blocks for statement in connection.extract_statements(block)]
        assert statements and all(connection.execute(statement).fetchall() for statement in statements)


PRINTED_TOTALS = [
    ("prestations", "prestations_versees", "cpam_herault", "2021", "4012303093.75"),
    ("prestations", "decomptes", "cpam_rhone", "2020", "43456093"),
    ("prestations", "decomptes", "cpam_rhone", "2019", "40963261"),
    ("prestations", "jours_indemnises", "cpam_rhone", "2020", "14906600"),
    ("acces_droits", "beneficiaires_c2s", "cpam_herault", "2021", "166183"),
    ("acces_droits", "beneficiaires_c2s", "cpam_var", "2021", "114502"),
    ("acces_droits", "subventions_montant", "cpam_var", "2021", "265500"),
    ("acces_droits", "population_protegee", "cpam_herault", "2021-12-31", "1145936"),
    ("fraude", "plaintes_penales", "cpam_rhone", "2020", "70"),
    ("fraude", "suites_contentieuses", "drsm_occitanie", "2019", "47"),
    ("ressources_humaines", "effectif_salaries", "cpam_herault", "2021", "1012"),
    ("pilotage", "charges_gestion", "cpam_rhone", "2020", "6773270454"),
    ("pilotage", "charges_gestion", "cpam_rhone", "2019", "6437099789"),
]


@pytest.mark.parametrize(
    ("fact", "indicator", "body", "period", "total"),
    PRINTED_TOTALS,
    ids=[f"{t[1]}-{t[2]}-{t[3]}" for t in PRINTED_TOTALS],
)
def test_sum_of_a_fact_is_the_printed_total(night, fact, indicator, body, period, total):
    value, half_width = query(
        night[0],
        f"select sum(valeur), sum(demi_intervalle) from marts.fct_{fact} "
        "where indicateur_code = ? and organisme_code = ? and periode_code = ?",
        [indicator, body, period],
    )[0]
    assert abs(value - Decimal(total)) <= half_width + Decimal("0.5")


def test_no_printed_sum_has_its_total_and_a_term_among_the_leaves(night):
    """Independent of how leaves are chosen: read from the relations and the fate of each print."""
    doubles = query(
        night[0],
        """
        with termes as (
          select p.controle_key, p.role, o.indicateur_code, o.unite, o.emploi, min(p.poids)
              over (partition by p.controle_key) as poids
          from marts.pont_controle_observation p
          join marts.fct_controle c using (controle_key)
          join marts.fct_observation o using (observation_key)
          join marts.dim_indicateur i using (indicateur_code)
          where c.nature = 'somme' and i.additivite <> 'non_additif'
        )
        select distinct t.controle_key
        from termes t join termes x using (controle_key, indicateur_code, unite)
        where t.poids > 0 and t.role = 'total' and x.role = 'terme' and t.emploi = 'feuille'
            and x.emploi = 'feuille'
        """,
    )
    assert doubles == []


def test_every_leaf_leads_to_its_print(night):
    assert query(
        night[0],
        "select count(*) from marts.pont_fait_observation p anti join marts.vue_provenance v using "
        "(observation_key)",
    ) == [(0,)]


def test_verdicts_are_those_of_the_library(night):
    """Two engines, one in SQL and one in Decimal, agree on every relation of the committed extracts."""
    expected: dict[tuple[str, str], str] = {}
    for folder in sorted((ROOT / "raw").glob("*/relations.csv")):
        numbers, relations = (
            pl.read_csv(folder.with_name(name), infer_schema=False)
            for name in ("numbers.csv", "relations.csv")
        )
        found = read_relations(read_numbers(numbers), relations)
        expected |= {(folder.parent.name, v.relation.key): v.verdict for v in judge_all(found)}
    rows = query(
        night[0],
        "select rapport_code, relation, verdict from marts.fct_controle where nature <> 'plausibilite'",
    )
    assert {(report, key): verdict for report, key, verdict in rows} == expected


#: What stands on a keyboard for a concept, in words as short as people type them.
ABBREVIATIONS = {
    "css": "beneficiaires_c2s", "ame": "beneficiaires_ame", "ij": "ij_nombre", "decroche": "taux_decroche",
    "dipa": "dipa", "rct": "recours_contre_tiers", "cra": "recours_recus", "cpts": "cpts", "msp": "msp",
    "ald": "avis_ald", "prado": "prado", "etp": "effectif", "dam": "visites_dam", "atmp": "at_mp_declares",
}  # fmt: skip


def test_every_printed_concept_is_found_by_each_of_its_names(night):
    """Folded as `recherche` is; as a part of it, and by its abbreviation as a whole word."""
    names = """
        select c.concept_code, unnest(string_split(c.libelle || '|' || c.alias, '|')) as nom
        from marts.dim_concept as c
        where c.concept_code <> 'non_precise'
          and exists (select 1 from marts.vue_chiffres as v where v.concept_code = c.concept_code)
    """
    missed = f"""
        select n.concept_code, n.nom from ({names}) as n
        where not exists (
          select 1 from marts.vue_chiffres as v
          where v.concept_code = n.concept_code
            and contains(v.recherche, replace(replace(lower(strip_accents(n.nom)), 'œ', 'oe'), '’', '''')))
    """
    assert query(night[0], f"select count(*) > 1000 from ({names})") == [(True,)]
    assert query(night[0], missed) == []


@pytest.mark.parametrize("word", sorted(ABBREVIATIONS))
def test_an_abbreviation_finds_its_concept(night, word):
    found = query(
        night[0],
        "select distinct concept_code from marts.vue_chiffres where regexp_matches(recherche, ?)",
        [rf"\b{word}\b"],
    )
    assert (ABBREVIATIONS[word],) in found


def test_what_two_reports_print_is_listed_with_its_reason(night):
    assert query(
        night[0],
        """
        select concept_code from marts.vue_chiffres where concept_code <> 'non_precise'
        group by concept_code having count(distinct rapport_code) > 1
        except
        select concept_code from marts.vue_comparaison where raison <> ''
        """,
    ) == []  # fmt: skip


def test_no_body_is_set_beside_one_that_contains_it(night):
    """Whatever is called comparable stands beside another body of its kind, for the same cell."""
    cells = "indicateur_code, unite, annee, membres"
    assert query(night[0], "select count(*) > 50 from marts.vue_comparaison where comparable") == [(True,)]
    assert query(
        night[0],
        f"""
        select {cells} from marts.vue_comparaison where comparable
        group by all having count(distinct organisme_code) < 2
        """,
    ) == []  # fmt: skip
    assert query(
        night[0],
        f"""
        select a.organisme_code, b.organisme_code
        from marts.vue_comparaison as a
        join marts.vue_comparaison as b using ({cells})
        join marts.dim_organisme as o on a.organisme_code = o.organisme_code
        where a.comparable and b.comparable and a.organisme_code <> b.organisme_code
          and list_contains(string_split(o.chemin, '/'), b.organisme_code)
        """,
    ) == []  # fmt: skip
