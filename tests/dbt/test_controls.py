"""Verdicts in SQL: intervals of print, truncation, and findings."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations.contract import DIMENSIONS
from tests.dbt.tiny_reports import GROUPED, QUOTIENTS, SUMS
from tests.dbt.warehouse import query
from tests.site.made import made, with_records

VERDICTS = ("exact", "arrondi", "tronque", "ecart", "a_rapprocher", "a_verifier", "non_verifiable")


def announced(verdict: str) -> list[str]:
    """The relations of the tiny reports whose key ends with a verdict."""
    keys = [str(row[0]) for row in (*QUOTIENTS, *SUMS, *GROUPED)]
    return [key for key in keys if key.endswith(f"_{verdict}")]


def test_every_relation_gets_the_verdict_that_its_key_announces(sql):
    rows = sql(
        "select relation, verdict from marts.fct_controle where rapport_code = 'a2020' "
        "and relation not like 'plausibilite/%' and relation not like 'entre_rapports/%'"
    )
    announced = {key: next(verdict for verdict in VERDICTS if key.endswith(verdict)) for key, _ in rows}
    assert dict(rows) == announced
    assert {verdict for _, verdict in rows} == set(VERDICTS)


@pytest.mark.parametrize(
    ("relation", "recomputed", "gap", "tolerance"),
    [
        ("total_faux", "15", "1", "0"),
        ("part_ecart", "33.333333", "1.666667", "0.05"),
        ("flux_ecart", "250", "-100", "0"),
        ("part_bord_arrondi", "33.3", "-0.1", "0.1"),
        ("borne_haute_ecart", "100", "87", "0.5"),
        ("borne_somme_ecart", "350", "-50", "0"),
        ("moyenne_ecart", "12", "2", "0.05"),
        ("moyenne_du_mois_ecart", "25833.333333", "-23833.333333", "0"),
        ("sans_terme_non_verifiable", None, None, None),
    ],
)
def test_gaps(sql, relation, recomputed, gap, tolerance):
    row = sql(
        "select valeur_recalculee, ecart, tolerance from marts.fct_controle where relation = ?", [relation]
    )[0]
    assert row == tuple(None if text is None else Decimal(text) for text in (recomputed, gap, tolerance))


def test_what_is_ordinary_is_learned_from_at_least_nine_figures(sql):
    """Made by dbt for every figure with enough like it: two bounds in their order."""
    rows = sql(
        "select c.controle_key, c.formule, max(p.constante) filter (p.role = 'minimum'), "
        "max(p.constante) filter (p.role = 'maximum'), count(*) from marts.fct_controle as c "
        "inner join marts.pont_controle_observation as p using (controle_key) "
        "where c.relation like 'plausibilite/%' group by all"
    )
    assert rows
    for _, told, least, most, terms in rows:
        assert (least <= most, terms) == (True, 3)
        found = re.search(r"d'après (\d+) semblables", told)
        assert found is not None
        assert int(found[1]) >= 9


ACROSS = """
select o.libelle, c.verdict, c.rapport_code, o.rapport_code, c.lignes, o.ligne, c.reserve, c.constat_code
from marts.fct_controle as c
inner join marts.pont_controle_observation as p using (controle_key)
inner join marts.fct_observation as o using (observation_key)
where c.relation like 'entre_rapports/%' and p.role in ('total', 'resultat') and c.rapport_code <> 'a2020'
  and o.libelle in ('exact', 'arrondi', 'a_rapprocher', 'nulle part')
"""


def test_reports_are_held_against_each_other_and_the_younger_bears_it(sql):
    """Same scope, same kind: compared, at worst to be reconciled; the lines are those of its own report."""
    rows = sql(ACROSS)
    assert sorted(row[0] for row in rows) == ["a_rapprocher"] * 3 + ["arrondi"] + ["exact"] * 3
    for announced, verdict, report, printed_in, lines, line, scopes, finding in rows:
        assert (verdict, printed_in, finding) == (announced, report, None)
        assert line in lines
        assert "a2020" in scopes or "b2020" in scopes
    assert sql("select count(*) from marts.fct_controle where relation like 'entre_rapports/%' "
               "and verdict not in ('exact', 'arrondi', 'tronque', 'a_rapprocher')") == [(0,)]  # fmt: skip


def test_a_term_leads_to_the_report_that_prints_it(build, tmp_path):
    """Numbers of another edition have their ink there: in the report of the control, that place is another
    number, or none.
    """
    site = made(with_records(build[0], tmp_path / "observatoire.duckdb"), tmp_path)
    assert site.dead == []
    across = query(
        build[0],
        "select c.rapport_code, o.rapport_code, o.ligne, o.colonne from marts.fct_controle as c "
        "inner join marts.pont_controle_observation as p using (controle_key) "
        "inner join marts.fct_observation as o using (observation_key) "
        "where c.relation like 'entre_rapports/%' and o.rapport_code <> c.rapport_code",
    )
    assert across
    for report, printed_in, line, column in across:
        pages = [site.folder / f"controles/{report}.html", site.folder / f"rapport/{report}/controles.html"]
        page = next(path for path in pages if path.exists()).read_text(encoding="utf-8")
        assert re.search(rf"{printed_in}(?:/\d+)?\.html#n{line}-{column}\b", page)


def test_the_elder_print_is_the_most_precise(sql):
    """Of a rounded and an exact print, the younger report meets the exact one."""
    rows = sql(
        "select o.valeur_imprimee from marts.pont_controle_observation as p inner join marts.fct_controle "
        "using (controle_key) inner join marts.fct_observation as o using (observation_key) "
        "where p.role = 'terme' and o.valeur_imprimee = '4123456' and relation like 'entre_rapports/%'"
    )
    assert rows == [("4123456",)]


def test_lines_are_distinct_and_sorted(sql):
    lines = [row[0] for row in sql("select lignes from marts.fct_controle")]
    assert all(found == sorted(set(found)) for found in lines)
    assert sql("select len(lignes) from marts.fct_controle where relation = 'total_exact'") == [(4,)]


@pytest.mark.parametrize(
    ("code", "state"),
    [("connu", "confirme"), ("change", "autre_ecart"), ("gueri", "disparu"), ("total_b", "confirme")],
)
def test_register_meets_the_controls(sql, code, state):
    assert sql("select statut from marts.dim_constat where constat_code = ?", [code]) == [(state,)]


def test_only_a_confirmed_finding_explains_a_gap(sql):
    rows = sql(
        "select relation, constat_code from marts.fct_controle where constat_code is not null order by 1"
    )
    assert rows == [("part_ecart", "connu"), ("total_faux", "total_b")]


def test_a_gap_that_nobody_registered_is_shown(sql):
    rows = sql("select relation, explication from marts.dim_constat where statut = 'a_examiner' order by 1")
    assert [key for key, _ in rows] == sorted(
        key for key in announced("ecart") if key not in ("part_ecart", "flux_ecart")
    )


def test_a_finding_says_what_is_printed_where_and_its_likely_cause(sql):
    printed, expected, cause, evidence, statement, severity = sql(
        "select imprime, devrait_etre, cause, preuve, constat, gravite from marts.dim_constat where "
        "constat_code = 'connu'"
    )[0]
    assert "« 35.0 »" in printed
    assert "ligne" in printed
    assert (expected, cause, evidence) == ("33.3", "chiffre mal imprimé", "33,3 convient")
    assert (statement, severity) == ("33,3 est imprimé 35,0", "faible")


def test_who_found_no_wrong_figure_is_not_contradicted_by_the_machine(sql):
    """The register says `inconnue`: what the diagnosis names is shown nowhere."""
    (cause, expected, evidence, title) = sql(
        "select cause, devrait_etre, preuve, titre from marts.dim_constat where constat_code = 'total_b'"
    )[0]
    assert (cause, expected, evidence) == ("inconnue", "", "")
    assert title.startswith("Ce qui est imprimé ligne") and "rien d'imprimé ne dit" in title


def test_bridge_names_constants_and_keeps_every_term(sql):
    assert sql(
        "select count(*) from marts.pont_controle_observation inner join marts.fct_controle "
        "using (controle_key) where relation not like 'plausibilite/%' "
        "and relation not like 'entre_rapports/%'"
    ) == sql("select count(*) from raw.relation")
    keys = sql(
        "select distinct observation_key from marts.pont_controle_observation where constante is not null"
    )
    assert keys == [("constante",)]


def usual(
    project: Path, extra: tuple[int, bool] | None = None, period: str = "2020"
) -> dict[int, tuple[Decimal, Decimal, str]]:
    """The usual bounds of each line of a small print: a dozen reviewed counts of one kind, and one more, of
    that period.
    """
    compiled = project / "target/compiled/observatoire/models/intermediate/int_vraisemblance.sql"
    model = re.sub(r'"[^"]*"\."[^"]*"\."int_observation"', "figures", compiled.read_text(encoding="utf-8"))
    rows = [(line, 1000 + 20 * line, True, "2020-01") for line in range(1, 13)]
    rows += [(13, *extra, period)] if extra else []
    members = ", ".join(f"'ensemble' as {name}_code" for name in DIMENSIONS)
    with duckdb.connect() as connection:
        connection.execute(
            "create table figures as select 'a' as rapport_code, col0 as ligne, 0 as colonne, 'taux' as "
            "indicateur_code, 'o' as organisme_code, 't' as territoire_code, col3 as periode_code, 'nombre' "
            "as unite, 'mesure' as genre, 'additif' as additivite, 'accueil' as domaine, '' as libelle, "
            "col1 as valeur, col2 as revue, "
            f"{members} from (values {', '.join(map(str, rows))})"
        )
        found = connection.execute(
            "select split_part(relation, '/', 2).split_part('-', 1)::int, "
            "max(constante) filter (role = 'minimum'), max(constante) filter (role = 'maximum'), "
            f"any_value(formule) from ({model}) group by relation"
        ).fetchall()
    return {line: (least, most, told) for line, least, most, told in found}


def test_a_figure_that_nobody_reviewed_is_held_against_the_usual_and_teaches_nothing(project):
    drafted, reviewed = (usual(project, (3, known), "2020-02") for known in (False, True))
    assert drafted[13][0] > 3 and drafted.keys() == set(range(1, 14))
    assert {line: bounds for line, bounds in drafted.items() if line < 13} == usual(project)
    assert {line: bounds for line, bounds in reviewed.items() if line < 13} != usual(project)


def test_a_year_is_not_held_against_its_months(project):
    year, month = (usual(project, (14000, False), period)[13][2] for period in ("2020", "2020-02"))
    assert "même libellé" in month and year.endswith("(même unité)")
