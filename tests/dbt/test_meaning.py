"""What a figure means beside its value: its concept, its year, the findings that bear on it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("period", "nature", "year"),
    [
        ("2020-2021", "constate", 2020), ("2019-2020", "constate", 2019), ("2019/2020", "evolution", 2020),
        ("2020-03/2020-12", "constate", 2020), ("2019-01/2020-12", "constate", None),
        ("2020-S1", "constate", 2020),
    ],
)  # fmt: skip
def test_year_of_a_figure(sql, period, nature, year):
    assert sql(
        "select distinct annee from marts.fct_observation where periode_code = ? and nature = ?",
        [period, nature],
    ) == [(year,)]


def test_campaigns_are_counted_beside_years_not_within(sql):
    assert sql("select periode_code, annee, valeur::int from marts.fct_prevention where indicateur_code = "
               "'injections' order by 1") == [
        ("2019-2020", 2019, 20), ("2020-03/2020-12", 2020, 12), ("2020-2021", 2020, 30),
    ]  # fmt: skip


def test_concepts_count_what_is_printed(sql):
    assert sql(
        "select nb_rapports > 0, comparable from marts.dim_concept where concept_code = 'taux_decroche'"
    ) == [(True, True)]
    assert sql(
        "select count(*) from marts.fct_observation as o join marts.dim_indicateur as i using "
        "(indicateur_code) "
        "where o.concept_code <> i.concept_code"
    ) == [(0,)]


def test_an_indicator_answers_to_the_names_of_its_concept(sql):
    assert sql("select alias from marts.dim_indicateur where indicateur_code = 'visites'") == [
        ("autre nom de visites",)
    ]


def test_findings_travel_with_prints_and_with_the_parts_of_a_total_that_they_contradict(sql):
    """Every term of a relation that does not hold carries the finding, and so does every leaf below the total
    that it heads.
    """
    assert sql(
        "select count(*) from marts.fct_observation as o "
        "join marts.pont_controle_observation as p using (observation_key) join marts.dim_constat as c using "
        "(controle_key) "
        "where c.statut <> 'disparu' and not list_contains(o.constat_codes, c.constat_code)"
    ) == [(0,)]
    assert sql("select count(*) > 0 from marts.fct_observation where len(constat_codes) > 0") == [(True,)]
    assert sql(
        "select count(*) from marts.fct_observation as o where len(o.constat_codes) > 0 and not exists ("
        "select 1 from marts.pont_controle_observation as p join marts.dim_constat as c using (controle_key) "
        "where p.observation_key = o.observation_key and c.statut <> 'disparu')"
    ) == [(0,)]
