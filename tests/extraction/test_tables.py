"""Tables: rows, cells, totals and evolutions; each refusal beside the table that causes it."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.extraction.errors import ExtractionError
from orchestration.reconciliation.terms import read_numbers, read_relations
from orchestration.reconciliation.verdicts import judge_all
from tests.extraction.conftest import observed

YEARS = """
      colonnes:
        - {id: n, periode: "2020"}
        - {id: n1, periode: "2019"}
        - {id: ev, periode: "2019/2020", nature: evolution}
"""
BY_RISK = f"""
blocs:
  - bloc: t
    commun: {{indicateur: visites}}
    tableau:
      dimension: risque
{YEARS}
      lignes: [{{libelle: "TOTAL", risque: ensemble, total: true}}]
"""


def test_rows_resolve_by_alias_and_totals_become_relations(read) -> None:
    extract = read(
        "NATURE 2020 2019 Evolution\n\nsanté 41 206  38 654 + 6,60 %\nDÉCÈS 306 104 280 936 + 8,96 "
        "%\n\nTOTAL 347 310 319 590 + 8,67 %\n",
        BY_RISK,
    )
    assert observed(extract, "ligne", "valeur", "risque_code", "periode_code", "nature", "role") == [
        ("3", "41206", "maladie", "2020", "constate", "feuille"),
        ("3", "38654", "maladie", "2019", "constate", "feuille"),
        ("3", "6.6", "maladie", "2019/2020", "evolution", "feuille"),
        ("4", "306104", "deces", "2020", "constate", "feuille"),
        ("4", "280936", "deces", "2019", "constate", "feuille"),
        ("4", "8.96", "deces", "2019/2020", "evolution", "feuille"),
        ("6", "347310", "ensemble", "2020", "total", "total"),
        ("6", "319590", "ensemble", "2019", "total", "total"),
        ("6", "8.67", "ensemble", "2019/2020", "evolution", "total"),
    ]
    found = (
        extract.relations.group_by("relation", "nature", maintain_order=True).len().sort("relation").rows()
    )
    assert found == [
        ("t/evolution/deces.ev", "evolution", 3),
        ("t/evolution/ensemble.ev", "evolution", 3),
        ("t/evolution/maladie.ev", "evolution", 3),
        ("t/somme/ensemble.n", "somme", 3),
        ("t/somme/ensemble.n1", "somme", 3),
    ]


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("santé 1 2 + 3 %\nVol 4 5 + 6 %\nTOTAL 5 7 + 1 %", "row label 'Vol' is no known risque"),
        ("santé 306 104 280 936\nTOTAL 1 2 + 3 %", "peut se couper de plusieurs façons"),
        ("santé 306 104 280 936 + 77,77 %\nTOTAL 1 2 + 3 %", "ne se lit pas en 3 cellules"),
    ],
)
def test_what_a_table_cannot_read_is_an_error(read, text: str, clause: str) -> None:
    with pytest.raises(ExtractionError) as refusal:
        read(text, BY_RISK)
    assert clause in str(refusal.value)


def test_column_totals_settle_what_a_row_cannot(read) -> None:
    template = """
blocs:
  - bloc: t
    commun: {indicateur: visites}
    tableau:
      colonnes: [{id: a, canal: telephone}, {id: b}]
      lignes: [{libelle: A}, {libelle: B}, {libelle: Total, total: true}]
"""
    extract = read("A 306 104 280 936\nB 1 2\nTotal 306 105 280 938", template)
    assert observed(extract, "valeur")[:2] == [("306104",), ("280936",)]
    with pytest.raises(ExtractionError, match="peut se couper de plusieurs façons"):
        read("A 306 104 280 936\nB 1 2\nTotal 5 7", template)


def test_groups_can_be_pinned_and_absent_columns_named(read) -> None:
    template = """
blocs:
  - bloc: t
    commun: {indicateur: visites}
    tableau:
      colonnes: [{id: a}, {id: b, canal: telephone}, {id: c, sexe: femmes}]
      lignes:
        - {libelle: A, presentes: [a, c], groupes: [2, 2]}
        - {libelle: B, risque: deces, presentes: [b]}
"""
    extract = read("A 306 104 280 936\nB 5", template)
    assert observed(extract, "valeur", "canal_code", "sexe_code") == [
        ("306104", "non_precise", "non_precise"),
        ("280936", "non_precise", "femmes"),
        ("5", "telephone", "non_precise"),
    ]


def test_tabs_place_sparse_cells(read) -> None:
    template = """
blocs:
  - bloc: t
    commun: {indicateur: visites}
    tableau:
      separateur: tab
      colonnes: [{id: a}, {id: b, vide: true, canal: telephone}, {id: c, vide: true, sexe: femmes}]
      lignes: [{libelle: "09"}, {libelle: "11", risque: deces}]
"""
    extract = read("\t09\t 3\t\t  1\n\t11\t 16\t 2", template)
    assert observed(extract, "valeur", "canal_code", "sexe_code") == [
        ("3", "non_precise", "non_precise"),
        ("1", "non_precise", "femmes"),
        ("16", "non_precise", "non_precise"),
        ("2", "telephone", "non_precise"),
    ]


def test_wrapped_labels_and_later_cells(read) -> None:
    template = """
blocs:
  - bloc: t
    commun: {indicateur: montant}
    tableau:
      multiligne: true
      colonnes: [{id: a}]
      lignes: [{libelle: "Médecins généralistes"}, {libelle: "Taxis", risque: deces}]
"""
    assert observed(
        read("Médecins\n\ngénéralistes \n\n3 145 222 €\nTaxis 437 €", template), "ligne", "valeur"
    ) == [("5", "3145222"), ("6", "437")]
    with pytest.raises(ExtractionError, match="le libellé de ligne « Taxis » n'est pas trouvé"):
        read("Médecins\ngénéralistes 3 €\nTaxi 4 €", template)


def test_digits_between_rows_belong_to_a_row_or_are_an_error(read) -> None:
    template = """
blocs:
  - bloc: t
    commun: {indicateur: visites}
    tableau: {colonnes: [{id: a}], lignes: [{libelle: A}, {libelle: C, risque: deces}]}
"""
    with pytest.raises(ExtractionError, match="des chiffres du tableau ne sont d'aucune ligne"):
        read("A 1\nB 2\nC 3", template)


def test_parts_of_a_row_never_add(read) -> None:
    template = """
blocs:
  - bloc: t
    commun: {indicateur: visites}
    tableau:
      colonnes: [{id: a}]
      lignes:
        - {libelle: A}
        - {libelle: dont B, sexe: femmes, dont: true}
        - {libelle: C, risque: deces}
        - {libelle: Total, risque: ensemble, total: true}
"""
    extract = read("A 10\n- dont B 4\nC 5\nTotal 15", template)
    assert observed(extract, "valeur", "role") == [
        ("10", "feuille"),
        ("4", "dont"),
        ("5", "feuille"),
        ("15", "total"),
    ]
    total = extract.relations.filter(extract.relations["nature"] == "somme")
    assert total["ligne"].to_list() == ["4", "1", "3"]


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("tot = a + b", [("somme", "total"), ("somme", "terme"), ("somme", "terme")]),
        ("p = part(a, tot)", [("part", "resultat"), ("part", "terme"), ("part", "base")]),
        (
            "tot = flux(a + b - p)",
            [("flux", "total"), ("flux", "terme"), ("flux", "terme"), ("flux", "terme")],
        ),
        ("100 = p + b", [("somme", "total"), ("somme", "terme"), ("somme", "terme")]),
    ],
)
def test_relations_can_be_declared(read, relation: str, expected: list) -> None:
    template = f"""
blocs:
  - bloc: b
    commun: {{indicateur: visites}}
    champs:
      - {{lire: "x {{tot}} y {{a}} z {{b}}", a: {{sexe: femmes}}, b: {{sexe: hommes}}}}
      - {{lire: "w {{p}} %", p: {{nature: part, risque: deces}}}}
    controles: ["{relation}"]
"""
    # bounds are derived beside what is declared; a sum would be suggested too, if it held
    extract = read("x 1000 y 4 z 6 w 40 %", template)
    declared = extract.relations.filter(pl.col("nature") != "borne")
    assert declared.select("nature", "role").rows() == expected


@pytest.mark.parametrize("relation", ["tot = a + c", "tot a", "p = part(a)", "tot.* = a.*"])
def test_a_declaration_that_names_nothing_is_refused(read, relation: str) -> None:
    template = (
        f'blocs: [{{bloc: b, champs: [{{lire: "x {{tot}} y {{a}}", indicateur: visites, a: {{sexe: '
        f'femmes}}}}], controles: ["{relation}"]}}]'
    )
    with pytest.raises(ExtractionError, match="relation"):
        read("x 10 y 4", template)


def test_the_same_figure_twice_is_a_repetition(read) -> None:
    template = """
blocs:
  - bloc: b
    commun: {indicateur: montant}
    champs: [{lire: "total {a}"}, {lire: "soit {b} €"}, {lire: "en 2020 {c}", c: {periode: "2020"}}]
"""
    extract = read("total 4,1 milliards puis soit 4 100 300 € et en 2020 7", template)
    assert extract.relations.select("relation", "role", "colonne").rows() == [
        ("b/repetition/a=b.b", "total", "6"),
        ("b/repetition/a=b.b", "terme", "30"),
    ]


@pytest.mark.parametrize(
    ("reviewed", "other", "between", "value", "repeated"),
    [
        ("true", "Forfait", " puis", "6 842 350", True),
        ("false", "Forfait", " puis", "6 842 350", False),
        ("false", "Budget", " puis", "6 842 350", False),
        ("false", "Budget", ".\n", "6 842 350", True),
        ("false", "Budget de l'année", ".\n", "6 842 350", False),
        ("false", "Forfait", " puis", "312 000", True),
        ("false", "Forfait", ".\n", "812 000", True),
    ],
    ids=[
        "reviewed", "guessed", "one line", "labelled alike", "not quite", "guessed, equal", "one digit apart",
    ],
)  # fmt: skip
def test_a_guessed_meaning_alone_makes_no_contradiction(
    read, reviewed: str, other: str, between: str, value: str, repeated: bool
) -> None:
    template = f"""
blocs:
  - bloc: b
    revue: {reviewed}
    commun: {{indicateur: montant}}
    champs:
      - {{lire: "un {{a}} €", a: {{libelle: Budget}}}}
      - {{lire: "deux {{b}} €", b: {{libelle: "{other}"}}}}
"""
    found = read(f"un 312 000 €{between} deux {value} €", template).relations
    assert (found.height > 0) == repeated


def test_a_relation_of_a_draft_that_fails_is_a_doubt(read) -> None:
    template = """
blocs:
  - bloc: b
    revue: {reviewed}
    commun: {{indicateur: visites}}
    champs: [{{lire: "total {{a}}"}}, {{lire: "soit {{b}}"}}]
    controles: ["a = b"]
"""
    told = {}
    for reviewed in ("true", "false"):
        extract = read("total 7 soit 9", template.format(reviewed=reviewed))
        verdicts = judge_all(read_relations(read_numbers(extract.numbers), extract.relations))
        told[reviewed] = {verdict.verdict for verdict in verdicts if not verdict.verdict.startswith("exact")}
    assert told == {"true": {"ecart"}, "false": {"a_verifier"}}
