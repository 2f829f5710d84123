"""The catalogue of indicators and the core of concepts, as seeds: complete, consistent, and no two codes for
one thing.
"""

from __future__ import annotations

import csv
import itertools
import re

import pytest
import yaml

from expectations import contract
from orchestration.extraction.catalogue import DIMENSION_NAMES, DIMENSIONS, NATURES, fold_label
from orchestration.site import frame
from tests.dbt.warehouse import PROJECT

SEEDS = PROJECT / "seeds"
#: Words that tell nothing apart.
EMPTY = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "n",
        "ou",
        "par",
        "pour",
        "s",
        "sur",
        "un",
        "une",
        "nombre",
        "montant",
        "taux",
        "part",
    ]
)
#: How much of the words of two labels is shared before somebody must say how the two relate.
NEAR = 0.6

Row = dict[str, str]


def rows(seed: str) -> list[Row]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def words(label: str) -> frozenset[str]:
    """The words of a label that tell something, without their plural."""
    return frozenset(w.rstrip("sx") for w in re.findall(r"\w+", fold_label(label)) if w not in EMPTY)


def near_pairs(indicators: list[Row], concepts: list[Row]) -> list[tuple[str, str]]:
    """Pairs of indicators of one unit with near labels that nothing relates: no concept in common or above,
    no definition that names the other.
    """
    parents = {c["code"]: c["parent_code"] for c in concepts}

    def related(a: Row, b: Row) -> bool:
        one, other = a["concept_code"], b["concept_code"]
        told = any(re.search(rf"\b{y['code']}\b", x["definition"]) for x, y in ((a, b), (b, a)))
        core = "non_precise" not in (one, other)
        return told or (
            core
            and (
                one == other
                or parents[one] == other
                or parents[other] == one
                or parents[one] == parents[other] != ""
            )
        )

    def near(a: Row, b: Row) -> bool:
        one, other = words(a["libelle"]), words(b["libelle"])
        return a["unite"] == b["unite"] and len(one & other) >= NEAR * len(one | other)

    return [
        (a["code"], b["code"])
        for a, b in itertools.combinations(indicators, 2)
        if near(a, b) and not related(a, b)
    ]


def test_indicators_with_near_labels_say_how_they_relate():
    assert near_pairs(rows("indicateurs"), rows("concepts")) == []


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ({"libelle": "Appel reçu"}, True), ({"libelle": "Appel reçu", "unite": "EUR"}, False),
        ({"libelle": "Courriels reçus"}, False),
        ({"libelle": "Appels reçus", "definition": "autre compte qu'appels"}, False),
        ({"libelle": "Appels reçus", "concept_code": "bas"}, False),
    ],
)  # fmt: skip
def test_near_labels_are_found(second, found):
    first = {
        "code": "appels",
        "libelle": "Appels reçus",
        "definition": "",
        "unite": "nombre",
        "concept_code": "haut",
    }
    concepts = [{"code": "haut", "parent_code": ""}, {"code": "bas", "parent_code": "haut"}]
    assert (
        bool(
            near_pairs([first, first | {"code": "autres", "concept_code": "non_precise"} | second], concepts)
        )
        == found
    )


def test_the_core_is_of_a_size_that_people_can_know():
    assert 80 <= len(rows("concepts")) - 1 <= 120


def test_concepts_are_complete():
    concepts = {c["code"]: c for c in rows("concepts")}
    for code, concept in concepts.items():
        assert concept["libelle"] and concept["definition"] and concept["raison"] and concept["unite"], code
        assert concept["alias"] or code == "non_precise", code
        assert concept["comparable"] in ("true", "false"), code
        assert not concept["parent_code"] or concept["parent_code"] in concepts, code


def test_an_indicator_has_the_unit_and_domain_of_its_concept():
    concepts = {c["code"]: c for c in rows("concepts")}
    assert [
        i["code"]
        for i in rows("indicateurs")
        if i["concept_code"] != "non_precise"
        and (i["unite"], i["domaine"])
        != (concepts[i["concept_code"]]["unite"], concepts[i["concept_code"]]["domaine"])
    ] == []


def test_old_codes_are_gone_and_lead_to_codes_that_exist():
    codes = {i["code"] for i in rows("indicateurs")}
    old = [r for r in rows("codes_anciens") if r["dimension"] == "indicateur"]
    assert old and all(r["ancien_code"] not in codes and r["nouveau_code"] in codes for r in old)


@pytest.mark.parametrize("word", ["css", "ij", "décroché", "pm", "dam", "prado", "cra", "rct", "etp"])
def test_people_find_a_concept_by_the_word_they_use(word):
    assert any(word in c["alias"].split("|") for c in rows("concepts"))


def accepted(model: str, column: str) -> list[str]:
    """What dbt accepts in a column of the marts."""
    models = yaml.safe_load((PROJECT / "models" / "marts" / "_marts.yml").read_text(encoding="utf-8"))[
        "models"
    ]
    (found,) = [c for m in models if m["name"] == model for c in m.get("columns", ()) if c["name"] == column]
    (values,) = [
        test["accepted_values"]["arguments"]["values"]
        for test in found["data_tests"]
        if isinstance(test, dict) and "accepted_values" in test
    ]
    return list(values)


def test_what_several_languages_spell_is_spelled_alike():
    """Dimensions, natures, units and roles, for the reader, dbt, the audit and the pages."""
    macro = (PROJECT / "macros" / "dimensions.sql").read_text(encoding="utf-8")
    seeds = dict(re.findall(r"'(\w+)': '(\w+)'", macro.split("endmacro")[0]))
    assert seeds == DIMENSIONS and list(seeds) == list(DIMENSIONS)
    assert list(contract.DIMENSIONS) == list(DIMENSION_NAMES) == list(DIMENSIONS)
    assert list(contract.NUMBER_NATURES) == accepted("fct_observation", "nature") == list(NATURES)
    assert list(contract.UNITS) == accepted("fct_observation", "unite")
    assert list(contract.ROLES) == accepted("fct_observation", "role")
    assert set(frame.RELATIONS) == set(contract.RELATION_NATURES)
    assert set(frame.VERDICTS) == set(contract.VERDICTS)


def references(sql: str) -> tuple[set[str], set[str], set[str]]:
    """What a figure is held against: as int_vraisemblance measures it, tells it in a formula, explains it."""
    explained, _, model = sql.partition("{%- set")
    sisters = re.findall(r"(?:\{|, )'(\w+)':", model.partition("soeurs = ")[2].partition("%}")[0])
    told = re.findall(r"'(\w+)': '", model.partition("reperes = ")[2].partition("%}")[0])
    measured = model.partition("mesures as (")[2].partition("rangs as (")[0]
    named = re.findall(r"(?m)^--   ((?:\w+, )*\w+) {2,}", explained)
    made = re.findall(r"colonne, '(\w+)'", measured) + sisters
    return set(made), set(told), {name for line in named for name in line.split(", ")}


def test_what_a_figure_is_held_against_is_told_and_explained():
    sql = (PROJECT / "models" / "intermediate" / "int_vraisemblance.sql").read_text(encoding="utf-8")
    made, told, explained = references(sql)
    assert made == told == explained and len(made) >= 8
    ninth = sql.replace("rangs as (", "select ligne, colonne, 'saison' as repere\n\nrangs as (", 1)
    assert references(ninth)[0] - told == {"saison"}
