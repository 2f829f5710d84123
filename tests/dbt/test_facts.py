"""What enters the subject facts: leaves only, one row per figure, whatever the reports print around them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.dbt.warehouse import failures

# indicator, body, the leaves that must stand in its fact: (value, period, members that are said)
LEAVES = [
    (
        "charges",
        "cpam_a",
        [("3551.78", "2020", "maladie"), ("136.41", "2020", "maternite"), ("131.70", "2020", "at_mp")],
    ),
    ("charges", "cpam_b", [("10.00", "2020", "maladie"), ("5.00", "2020", "maternite")]),
    (
        "visites",
        "cpam_a",
        [("50", "2020", "telephone"), ("30", "2020", "courriel"), ("20", "2020", "guichet")],
    ),
    ("courriels", "cpam_a", [("500", "2020", "telephone"), ("300", "2020", "courriel")]),
    ("adhesions", "cpam_a", [("120", "2020", ""), ("100", "2019", "")]),
    ("prejudice", "cpam_a", [("4912345", "2020", "")]),
    ("prejudice", "cpam_b", [("186701", "2020", "")]),
    ("plaintes", "cpam_a", [("70", "2020", "")]),
    ("vaccinations", "drsm", []),
    ("vaccinations", "elsm_a", [("10", "2020", "")]),
    ("vaccinations", "elsm_b", [("20", "2020", "")]),
    ("vaccinations", "cpam_a", [("7", "2020", "")]),
    ("vaccinations", "national", []),
    ("ateliers", "drsm", [("30", "2020", "")]),
    ("ateliers", "elsm_a", []),
    ("sites", "national", [("4000", "2020", "")]),
    ("depistages", "cpam_a", [("5", "2020-S1", ""), ("7", "2020-S2", "")]),
    ("depistages", "cpam_b", [("100", "2020", ""), ("90", "2019", "")]),
    ("effectif", "cpam_a", [("916", "2020", "cdi"), ("96", "2020", "cdd"), ("1000", "2019", "")]),
    ("comptes", "cpam_a", [("500", "2020-12-31", ""), ("480", "2020-06-30", "")]),
    ("comptes", "national", []),
    ("appels", "cpam_a", [("70", "2020", "ville"), ("30", "2020", "hopital")]),
    ("appels", "cpam_b", [("100", "2020", "maladie"), ("11", "2020", "at_mp")]),
    ("controles", "cpam_a", [("80", "2020", "droits")]),
    ("controles", "cpam_b", [("40", "2020", "droits")]),
    ("aides", "cpam_a", [("40", "2020", "droits"), ("225", "2020", "paiement")]),
    (
        "rendez_vous",
        "cpam_a",
        [("298", "2020", "maladie telephone"), ("78", "2020", "maladie courriel"), ("27", "2020", "guichet")],
    ),
    ("subventions", "cpam_b", [("60", "2020", "subi femmes"), ("40", "2020", "evite droits")]),
]
MEMBERS = "concat_ws(' ', {})".format(
    ", ".join(f"case when {d}_code not in ('non_precise', 'ensemble') then {d}_code end"
              for d in ("risque", "canal", "modalite", "motif", "sexe"))
)  # fmt: skip
FACTS = ("prestations", "accueil", "fraude", "prevention", "acces_droits", "ressources_humaines", "pilotage")
ALL_FACTS = " union all ".join(f"select * from marts.fct_{name}" for name in FACTS)


def test_everything_builds_and_every_test_passes(build):
    assert failures(build[1]) == set()


@pytest.mark.parametrize(
    ("indicator", "body", "leaves"), LEAVES, ids=[f"{case[0]}-{case[1]}" for case in LEAVES]
)
def test_leaves(sql, indicator, body, leaves):
    rows = sql(f"select valeur, periode_code, {MEMBERS} from ({ALL_FACTS}) where indicateur_code = ? and "
               "organisme_code = ?",
               [indicator, body])  # fmt: skip
    assert sorted(rows) == sorted((Decimal(value), period, members) for value, period, members in leaves)


def test_an_amount_for_each_counts_as_often_as_its_total_says(sql):
    rows = sql("select valeur, poids, valeur_imprimee from marts.fct_acces_droits where poids <> 1")
    assert rows == [(Decimal(40), 2, "20")]


def test_facts_hold_neither_objectives_nor_evolutions_nor_shares_of_counts(sql):
    assert sql(f"select distinct nature from ({ALL_FACTS}) where additivite <> 'non_additif'") == [
        ("constate",)
    ]


def test_a_figure_printed_three_times_is_one_row_with_all_its_prints(sql):
    key, prints, divergent, choice = sql(
        "select fait_key, nb_impressions, nb_divergentes, choix from marts.fct_fraude where valeur = 4912345"
    )[0]
    accords = sql(
        "select accord, count(*) from marts.pont_fait_observation where fait_key = ? group by 1 order by 1",
        [key],
    )
    assert (prints, divergent) == (3, 0)
    assert choice.startswith("impressions concordantes")
    assert accords == [("concordante", 2), ("retenue", 1)]


def test_prints_that_disagree_are_told(sql):
    divergent, choice = sql("select nb_divergentes, choix from marts.fct_fraude where valeur = 186701")[0]
    assert divergent == 1
    assert choice.startswith("impressions divergentes")


def test_two_reports_one_figure(sql):
    reports = sql(
        "select rapport_code from marts.pont_fait_observation join marts.fct_observation using "
        "(observation_key) "
        "where indicateur_code = 'plaintes' order by 1"
    )
    assert reports == [("a2020",), ("b2020",)]
    assert sql("select rapport_code from marts.fct_fraude where indicateur_code = 'plaintes'") == [("a2020",)]


@pytest.mark.parametrize(
    ("indicator", "value", "fate"),
    [
        ("charges", "3819.89", "total"), ("charges", "100.00", "dont"), ("charges", "16.00", "total"),
        ("charges", "3800", "total"), ("visites", "60", "ventilation_secondaire"),
        ("courriels", "40", "ventilation_secondaire"),
        ("vaccinations", "900", "comparaison"), ("depistages", "190", "comparaison"),
        ("ateliers", "12", "ventilation_secondaire"),
        ("controles", "50", "portee_inconnue"), ("adhesions", "110", "objectif"),
        ("adhesions", "20.0", "evolution"),
        ("adhesions", "10", "moyenne"), ("controles", "9999", "non_revue"), ("subventions", "100", "total"),
    ],
)  # fmt: skip
def test_fate_of_what_stays_outside(sql, indicator, value, fate):
    rows = sql(
        "select distinct emploi from marts.fct_observation where indicateur_code = ? and valeur = ? and "
        "nature <> 'part'",
        [indicator, Decimal(value)],
    )
    assert rows == [(fate,)]


def test_numbers_of_a_pdf_keep_their_box_beside_those_of_texts(sql):
    placed = [("9999", 3, (10.5, 20.0, 40.25, 31.0))]
    for table in ("marts.fct_observation", "audit.nombre"):
        here = f"select valeur_imprimee, page, boite from {table} where page is not null or boite is not null"
        assert sql(here) == placed


def test_a_corrected_reading_is_told_where_it_is_read_so(sql):
    """A correction that waits for its document is in the register alone."""
    assert sql("select champ, appliquee from audit.correction order by all") == [
        ("motif", False),
        ("unite", True),
        ("valeur", False),
    ]
    ((told, key),) = sql(
        "select correction, observation_key from marts.vue_provenance where correction <> ''"
    )
    assert told.startswith("unite : lu autre, corrigé en ")
    assert told.endswith(" par une personne le 2024-01-31, parce que : le titre le dit")
    assert sql("select distinct nombre_key from audit.correction") == [(key,)]


def test_breakdowns_that_lost_are_exposed_with_what_they_repeat(sql):
    rows = sql(
        "select v.valeur, f.canal_code from marts.vue_ventilations_secondaires v join marts.fct_accueil f "
        "on v.fait_recouvert_key = f.fait_key where v.indicateur_code = 'courriels' order by 1"
    )
    assert [value for value, _ in rows] == [40, 60]


def test_missing_member_is_a_member(sql):
    assert sql(f"select count(*) from ({ALL_FACTS}) where risque_code is null or organisme_code is null") == [
        (0,)
    ]
    assert sql("select risque_code from marts.fct_fraude where indicateur_code = 'plaintes'") == [
        ("non_precise",)
    ]


def test_objectives_beside_results(sql):
    rows = sql(
        "select indicateur_code, periode_code, organisme_code, objectif, resultat, atteinte from "
        "marts.vue_objectifs order by all"
    )
    assert [(i, p, o, int(a), None if r is None else float(r), met) for i, p, o, a, r, met in rows] == [
        ("adhesions", "2019", "cpam_a", 130, 100.0, "non_atteint"),
        ("adhesions", "2020", "cpam_a", 110, 120.0, "atteint"),
        ("delai", "2020", "cpam_a", 8, 9.5, "non_atteint"),
        ("delai", "2020", "cpam_b", 8, None, "non_verifiable"),
        ("plaintes", "2020", "cpam_a", 75, 70.0, "atteint"),
        ("taux_decroche", "2020", "cpam_a", 85, 89.9, "atteint"),
    ]


def test_evolutions_meet_their_two_values(sql):
    assert sql("select valeur_depart, valeur_arrivee, evolution, evolution_recalculee from "
               "marts.vue_evolutions "
               "where indicateur_code = 'adhesions'") == [(100, 120, 20, 20)]  # fmt: skip


def test_rates_per_hundred_thousand_carry_their_half_width(sql):
    rate, half = sql(
        "select taux_pour_100000, demi_intervalle_taux from marts.vue_taux_population where indicateur_code "
        "= 'prejudice'"
    )[0]
    assert (rate, half) == (Decimal("491234.5"), 0)


@pytest.mark.parametrize(
    ("code", "kind", "start", "end", "year"),
    [
        ("2020", "annee", "2020-01-01", "2020-12-31", 2020),
        ("2020-01", "mois", "2020-01-01", "2020-01-31", 2020),
        ("2020-S2", "semestre", "2020-07-01", "2020-12-31", 2020),
        ("2020-12-31", "jour", "2020-12-31", "2020-12-31", 2020),
        ("2019/2020", "annees", "2019-01-01", "2020-12-31", 2020),
        ("2019-01/2020-12", "intervalle", "2019-01-01", "2020-12-31", None),
        ("2020-03/2020-12", "intervalle", "2020-03-01", "2020-12-31", 2020),
        ("2020-2021", "campagne", "2020-01-01", "2021-12-31", 2020),
    ],
)  # fmt: skip
def test_periods(sql, code, kind, start, end, year):
    assert sql(
        "select type, date_debut::varchar, date_fin::varchar, annee from marts.dim_periode where "
        "periode_code = ?",
        [code],
    ) == [(kind, start, end, year)]


def test_ledger_keeps_every_number(sql):
    assert sql("select statut, count(*) from audit.nombre where motif <> 'sans_objet' group by 1") == [
        ("ecarte", 1)
    ]
    assert sql("select count(*) from audit.nombre") == sql("select count(*) from raw.nombre")
