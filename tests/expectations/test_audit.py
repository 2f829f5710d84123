"""The audit of a build: green on sound extracts, red with a message that names the place when a table is
spoiled.
"""

from __future__ import annotations

import duckdb
import pytest

from expectations.audit import run_audit
from expectations.checks import Check
from expectations.suites import SUITES, all_checks
from tests.expectations.warehouse import Workshop, audit, failures


@pytest.fixture(scope="module")
def place(workshop: Workshop) -> dict[str, object]:
    """An exact sum of the sound build: report, line of its total, keys."""
    with duckdb.connect(str(workshop.sound), read_only=True) as connection:
        row = connection.execute(
            """
            select o.rapport_code, o.ligne, c.controle_key, c.relation, c.domaine, f.ligne
            from marts.fct_controle as c
            inner join marts.pont_controle_observation as p using (controle_key)
            inner join marts.fct_observation as o using (observation_key)
            inner join marts.fct_prestations as f on f.rapport_code = o.rapport_code
            where c.nature = 'somme' and c.verdict = 'exact' and p.role = 'total' and o.valeur > 100
            order by all limit 1
            """
        ).fetchone()
    assert row is not None
    return dict(zip(("report", "line", "control", "relation", "domain", "leaf"), row, strict=True))


def test_sound_extracts_pass_and_every_suite_speaks(workshop: Workshop) -> None:
    outcomes = run_audit(workshop.sound)
    assert [outcome.message for outcome in failures(outcomes)] == []
    assert {outcome.suite for outcome in outcomes} == set(SUITES)
    assert all("\n" not in outcome.message for outcome in outcomes)
    with duckdb.connect(str(workshop.sound)) as connection:
        connection.execute("create or replace temp table libre as select 1")


#: What is spoiled -> the suite that must see it, the statement, and words of the message.
SPOILED = {
    "null": ("schema", "update marts.fct_observation set valeur = null where {here}", "colonne vide"),
    "scale": ("grand_livre", "update marts.fct_observation set valeur = valeur + 90 where {here}", "lu"),
    "sign": ("schema", "update marts.fct_observation set valeur = -valeur where {here}", "négatif"),
    "lost observation": (
        "grand_livre",
        "delete from marts.fct_observation where {here}",
        "absente de fct_observation",
    ),
    "orphan": ("references", "update marts.fct_observation set organisme_code = 'lune' where {here}", "lune"),
    "period": ("schema", "update marts.fct_observation set periode_code = 'hier' where {here}", "hier"),
    "unread": ("grand_livre", "update audit.nombre set statut = 'a_relever' where {here}", "reste à relever"),
    "reason": ("grand_livre", "update audit.nombre set statut = 'ecarte' where {here}", "motif"),
    "printed": (
        "grand_livre",
        "update marts.fct_observation set valeur_imprimee = '7' where {here}",
        "autrement",
    ),
    "precision": (
        "grand_livre",
        "update marts.fct_observation set demi_intervalle = 700 where {here}",
        "près",
    ),
    "other unit": ("schema", "update marts.fct_observation set unite = 'jours' where {here}", "se compte en"),
    "said otherwise": (
        "references",
        "insert into marts.fct_observation select * replace (ligne - 1 as ligne, valeur * 2 as valeur, 'x' "
        "as observation_key) "
        "from marts.fct_observation where {here}",
        "» et ",
    ),
    "unreviewed": ("references", "update marts.fct_observation set revue = false where {here}", "diffère"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_row_is_named(workshop: Workshop, place: dict[str, object], name: str) -> None:
    suite, statement, words = SPOILED[name]
    line = place["leaf"] if name == "unreviewed" else place["line"]
    here = f"rapport_code = '{place['report']}' and ligne = {line}"
    message = audit(workshop.spoil(statement.format(here=here)), suite)
    for word in (words, str(place["report"]), f"ligne {line}"):
        assert word in message


@pytest.mark.parametrize(
    "change",
    [
        "valeur = -valeur, revue = false",
        "valeur = 400, unite = 'ans', revue = false",
        "valeur = 104, unite = '%', nature = 'part', revue = false",
        "valeur = 104, unite = '%', nature = 'part'",
    ],
    ids=["negative-draft", "old-draft", "share-of-a-draft", "share-as-printed"],
)
def test_what_a_draft_may_take_wrongly_or_a_report_print_wrongly_refuses_no_night(
    workshop: Workshop, place: dict[str, object], change: str
) -> None:
    """The share is a control of print, which has its finding."""
    here = f"where rapport_code = '{place['report']}' and ligne = {place['line']}"
    message = audit(workshop.spoil(f"update marts.fct_observation set {change} {here}"), "schema")
    assert f"ligne {place['line']}" not in message


@pytest.mark.parametrize(("member", "passes"), [("ensemble", True), ("telephone", False)])
def test_a_fact_may_call_a_whole_what_its_observation_leaves_unsaid(
    workshop: Workshop, member: str, passes: bool
) -> None:
    """Another print of the same figure said that it is the whole."""
    unsaid = (
        "select min(fait_key) from marts.fct_accueil join marts.fct_observation o using (observation_key) "
        "where o.canal_code = 'non_precise'"
    )
    spoiled = workshop.spoil(
        f"update marts.fct_accueil set canal_code = '{member}' where fait_key in ({unsaid})"
    )
    assert ("diffère de son observation" not in audit(spoiled, "references")) == passes


TABLES = {
    "years": (
        "sens",
        "update marts.fct_observation set periode_code = '2021' where periode_code = '2019' and rapport_code "
        "= 'cpam_rhone_2020'",
        "de 2021 à 2020",
    ),
    "indicators": (
        "sens",
        "update marts.fct_observation set indicateur_code = 'x' where periode_code = '2019' and rapport_code "
        "= 'cpam_rhone_2020'",
        "après x",
    ),
    "mixed units": (
        "sens",
        "update marts.fct_observation set unite = 'jours' where nature = 'total'",
        "jours et nombre",
    ),
    "no observation": ("schema", "delete from marts.fct_observation", "marts.fct_observation : aucune ligne"),
    "no control": ("completude", "delete from marts.fct_controle", "attendue, pas comparée"),
    "no bridge": (
        "schema",
        "delete from marts.pont_controle_observation",
        "pont_controle_observation : aucune ligne",
    ),
    "no ledger": ("schema", "delete from audit.nombre", "audit.nombre : aucune ligne"),
    "no relation": ("completude", "delete from raw.relation", "comparée sans être attendue"),
    "no table": ("schema", "drop table audit.nombre", "la table audit.nombre n'existe pas"),
    "no column": (
        "schema",
        "alter table marts.fct_observation drop column demi_intervalle",
        "demi_intervalle : absente",
    ),
    "no dimension": ("schema", "delete from marts.dim_periode", "marts.dim_periode : aucune ligne"),
    "all null": (
        "schema",
        "update marts.fct_observation set indicateur_code = null",
        "colonne vide indicateur_code",
    ),
    "all blank": ("schema", "update marts.fct_prevention set risque_code = ' '", "colonne vide risque_code"),
    "type": ("schema", "alter table marts.fct_observation alter ligne type varchar", "ligne : type VARCHAR"),
    "unit": ("schema", "update marts.fct_observation set unite = 'francs' where unite = 'EUR'", "francs"),
    "rows twice": ("schema", "insert into audit.nombre select * from audit.nombre", "clé unique"),
    "facts": ("faits", "delete from marts.fct_accueil", "accueil"),
    "total beside its parts": (
        "faits",
        "update marts.fct_controle set reserve = 'rien ne dit la somme'; "
        "insert into marts.pont_fait_observation by name "
        "select f.* replace (t.observation_key as observation_key) "
        "from marts.pont_controle_observation as t "
        "join marts.pont_controle_observation as p using (controle_key) "
        "join marts.pont_fait_observation as f on p.observation_key = f.observation_key "
        "where t.role = 'total' and p.role = 'terme'",
        "parties sont tous dans les faits",
    ),
    "facts twice": (
        "schema",
        "insert into marts.fct_accueil select * from marts.fct_fraude",
        "2 fois dans les faits",
    ),
    "glued": ("grand_livre", "update audit.nombre set valeur_imprimee = repeat('9', 400)", "recouvre"),
    "same report": (
        "references",
        "insert into marts.dim_rapport by name select * replace ('copie' as rapport_code) from "
        "marts.dim_rapport",
        "le même rapport est lu plusieurs fois",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_spoiled_table_is_named(workshop: Workshop, name: str) -> None:
    suite, statement, words = TABLES[name]
    assert words in audit(workshop.spoil(statement), suite)


REASON = "'Une raison bien assez longue.', 'signe', 'faible', '2021-12-31')"
ENGINES = {
    "verdict": ("moteurs", "update marts.fct_controle set verdict = 'arrondi' where {here}", "selon dbt"),
    "gap": ("moteurs", "update marts.fct_controle set ecart = 12345 where {here}", "selon dbt"),
    "tolerance": ("moteurs", "update marts.fct_controle set tolerance = 12345 where {here}", "selon dbt"),
    "half a relation": (
        "completude", "delete from marts.pont_controle_observation where {here} and role <> 'total'",
        "termes attendus"),
    "lost relation": ("completude", "delete from marts.fct_controle where {here}", "attendue, pas comparée"),
    "dangling": (
        "references", "update marts.pont_controle_observation set observation_key = 'x' where {here}",
        "ne pointe sur"),
    "other weight": (
        "totaux_{domain}", "update marts.pont_controle_observation set poids = 3 where {here}",
        "devrait être|imprimé"),
    "finding that heals": (
        "registre", "insert into raw.constat values ('guéri', '{report}', '{relation}', '-9', " + REASON,
        "se produit plus"),
    "finding of nothing": (
        "registre", "insert into raw.constat values ('rien', '{report}', 'nulle_part', '-9', " + REASON,
        "n'existe pas"),
    "finding without reason": (
        "registre", "insert into raw.constat values ('muet', '{report}', '{relation}', '-9', '', 'x', 'y', "
                    "'z')",
        "sans explication"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENGINES)
def test_engines_register_and_completeness(workshop: Workshop, place: dict[str, object], name: str) -> None:
    suite, statement, words = ENGINES[name]
    here = f"controle_key = '{place['control']}'"
    message = audit(workshop.spoil(statement.format(here=here, **place)), suite.format(**place))
    assert any(word in message for word in words.split("|"))


def test_an_unregistered_discrepancy_fails_and_a_registered_one_with_another_gap(workshop: Workshop) -> None:
    with duckdb.connect(str(workshop.sound), read_only=True) as connection:
        row = connection.execute(
            "select k.cle, k.rapport_code, c.domaine from raw.constat as k "
            "inner join marts.fct_controle as c using (rapport_code, relation) order by all limit 1"
        ).fetchone()
    if row is None:
        pytest.skip("the committed extracts hold no discrepancy")
    here = f"where cle = '{row[0]}'"
    message = audit(workshop.spoil(f"delete from raw.constat {here}"), f"totaux_{row[2]}")
    assert row[1] in message
    assert "Cause" in message
    tripled = f"update raw.constat set ecart = cast(cast(ecart as decimal(38, 6)) * 3 as varchar) {here}"
    assert "écart constaté" in audit(workshop.spoil(tripled), "registre")


def test_a_check_is_a_query_or_a_native_expectation() -> None:
    with pytest.raises(ValueError, match="either a query or a native"):
        Check("schema", "marts.t", "rien")
    with pytest.raises(ValueError, match="does not read its own table"):
        Check("schema", "marts.t", "ailleurs", query="select 1")


def test_checks_have_distinct_titles_in_their_suite() -> None:
    seen = [(check.suite, check.table, check.title) for check in all_checks()]
    assert len(seen) == len(set(seen))


def test_there_must_be_a_build(workshop: Workshop) -> None:
    with pytest.raises(FileNotFoundError, match="no build"):
        run_audit(workshop.bench / "nulle_part.duckdb")
