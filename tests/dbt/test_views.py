"""Scope, and the views that analysts ask: bodies side by side, years, rates per insured person, who prints
what.
"""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("year", "body", "scope", "words"),
    [
        (2020, "cpam_a", "partiel", "seulement guichet : le tout n'est pas imprimé"),
        (2019, "cpam_a", "entier", ""),
        (2018, "cpam_b", "elargi", "deux caisses"),
        (2017, "cpam_a", "elargi", "territoire plus large que celui de l'organisme : region"),
        (2016, "cpam_a", "partiel", "dont : partie d'un tout qui n'est pas imprimé"),
    ],
)  # fmt: skip
def test_scope_of_a_figure(sql, year, body, scope, words):
    for table in ("fct_observation", "fct_accueil"):
        assert sql(
            f"select perimetre, perimetre_mots from marts.{table} where indicateur_code = 'passages' and "
            "annee = ? and organisme_code = ?",
            [year, body],
        ) == [(scope, words)]


def test_parts_of_a_printed_whole_are_whole(sql):
    """What an analyst sums stays complete when he keeps `entier` only."""
    assert sql(
        "select distinct perimetre from marts.fct_prestations where indicateur_code = 'charges' and "
        "organisme_code = 'cpam_a' and annee = 2020"
    ) == [("entier",)]


def test_what_nobody_read_has_no_scope(sql):
    assert sql("select distinct perimetre from marts.fct_observation where not revue") in (
        [],
        [("non_precise",)],
    )


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2020, [("cpam_a", 5, True), ("cpam_b", 7, True)]),
        (2019, [("cpam_a", 50, True), ("cpam_b", 60, True)]),
        (2018, [("cpam_a", 10, False), ("cpam_b", 99, False)]), (2017, [("cpam_a", 44, False)]),
    ],
)  # fmt: skip
def test_bodies_side_by_side(sql, year, expected):
    rows = sql(
        "select organisme_code, valeur::int, comparable, raison from marts.vue_comparaison where "
        "indicateur_code = 'passages' and annee = ? order by 1",
        [year],
    )
    assert [row[:3] for row in rows] == expected
    assert all(row[3] for row in rows)


def test_what_does_not_compare_says_why(sql):
    assert sql("select raison from marts.vue_comparaison where indicateur_code = 'passages' and annee = 2018 "
               "order by organisme_code") == [
        ("Aucun autre organisme ne l'imprime pour cette année et ces membres",),
        ("Périmètre elargi : deux caisses",),
    ]  # fmt: skip


def test_years_of_a_body(sql):
    assert sql(
        "select annee, valeur::int, annee_precedente, evolution_pct, rapport_code from marts.vue_series "
        "where indicateur_code = 'passages' and organisme_code = 'cpam_a' and perimetre = 'entier' order by "
        "annee"
    ) == [(2018, 10, None, None, "a2020"), (2019, 50, 2018, 400.0, "a2020")]


def test_rates_per_insured_person_or_the_reason(sql):
    rows = sql(
        "select organisme_code, pour_100000, raison from marts.vue_par_assure where indicateur_code = "
        "'passages' and annee = 2020 and membres <> '' order by 1"
    )
    assert rows == [("cpam_a", 0.5, ""), ("cpam_b", None, "Population protégée non publiée pour 2020")]


def test_a_body_without_the_figure_says_why(sql):
    """Nothing is absent from a report of which figures wait to be read."""
    assert sql(
        "select rapport_code, raison from marts.vue_par_assure where indicateur_code = 'visites' "
        "and valeur is null order by 1"
    ) == [
        ("a2021", "Rapport de 2021 pas encore relu en entier"),
        ("b2020", "Rapport de 2020 pas encore relu en entier"),
        ("d2020", "Non publié par le rapport de 2020"),
    ]
    assert sql("select rapport_code from marts.dim_rapport where not a_relire order by 1") == [
        ("a2020",),
        ("d2020",),
    ]


def test_who_prints_what(sql):
    assert sql("select rapport_code, publication from marts.vue_qui_imprime_quoi where concept_code = "
               "'passages' order by 1") == [
        ("a2020", "publié"), ("a2021", "non relu"), ("b2020", "publié"), ("d2020", "non publié"),
    ]  # fmt: skip


def test_a_figure_is_found_without_accents_or_capitals(sql):
    assert sql(
        "select count(*) > 0 from marts.vue_chiffres where recherche like '%autre nom de passages%'"
    ) == [(True,)]


def test_what_a_figure_measures_is_told_apart_from_what_stands_around_it(sql):
    assert sql(
        "select count(*) filter (mesure like '%autre nom%'), count(*) filter (mesure like '%passages%') > 0 "
        "from marts.vue_chiffres"
    ) == [(0, True)]


def test_old_codes_lead_to_new_ones(sql):
    assert sql(
        "select nouveau_code, facteur::int from marts.dim_code_ancien where ancien_code = 'plaintes_deposees'"
    ) == [("plaintes", 1)]
