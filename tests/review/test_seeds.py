"""An alias or an indicator is added whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.errors import ExtractionError
from orchestration.review.refusals import refusal_told
from orchestration.review.seeds import add_alias, add_indicator, member_named, near_member
from tests.review.conftest import CODE, PRINTED, House, lay_out, serving
from tests.review.test_requests import COOKIE, ask

NEW = {
    "code": "essai_nouveau",
    "libelle": "Essai",
    "definition": "Un essai",
    "unite": "nombre",
    "domaine": "accueil",
}


def test_an_alias_resolves_at_once(house: House) -> None:
    add_alias(house.settings.seeds, "canal", "telephone", "Ligne  fixe")
    add_alias(house.settings.seeds, "canal", "telephone", "ligne fixe")  # known already: nothing to do
    assert load_catalogue(house.settings.seeds).resolve("canal", "LIGNE FIXE") == "telephone"


def test_a_new_indicator_is_known(house: House) -> None:
    add_indicator(house.settings.seeds, NEW)
    assert load_catalogue(house.settings.seeds).indicators["essai_nouveau"].unite == "nombre"
    unnamed = {**NEW, "code": "", "libelle": "Taux d'exécution du budget"}
    assert add_indicator(house.settings.seeds, unnamed) == "taux_d_execution_du_budget"


@pytest.mark.parametrize(
    ("given", "additivity"),
    [
        ({}, "additif"),
        ({"unite": "EUR", "libelle": "Montant réglé"}, "additif"),
        ({"unite": "EUR", "libelle": "Montant moyen réglé"}, "non_additif"),
        ({"unite": "%"}, "non_additif"),
        ({"unite": "jours"}, "non_additif"),
        ({"additivite": ""}, "additif"),  # a form that leaves it open
        ({"additivite": "semi_additif"}, "semi_additif"),
    ],
)
def test_a_new_indicator_adds_as_its_unit_does_unless_somebody_says_otherwise(
    house: House, given: dict[str, str], additivity: str
) -> None:
    add_indicator(house.settings.seeds, {**NEW, **given})
    assert load_catalogue(house.settings.seeds).indicators["essai_nouveau"].additivite == additivity


def test_a_row_names_a_member_that_is_there_or_becomes_one(house: House) -> None:
    seeds = house.settings.seeds
    assert member_named(seeds, "poste", "pensions d'INVALIDITÉ") == "invalidite"
    assert (
        member_named(seeds, "programme", "C2S gratuite") == "c2s_gratuite"
    )  # its code in words, not its label
    added = member_named(seeds, "poste", "Frais  d'optique")
    assert added == "frais_d_optique" == member_named(seeds, "poste", "Frais d'optique")
    assert load_catalogue(seeds).resolve("poste", "frais d'optique") == added
    codes = [
        line.split(",")[0] for line in (seeds / "postes.csv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    assert codes == sorted(codes)


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (lambda seeds: add_alias(seeds, "canal", "telephone", "courrier"), "désigne déjà courrier"),
        (lambda seeds: add_alias(seeds, "canal", "nulle_part", "x y"), "n'y est pas"),
        (lambda seeds: add_alias(seeds, "canal", "telephone", "a|b"), "sans barre"),
        (lambda seeds: add_alias(seeds, "../canal", "telephone", "a"), "n'est pas une dimension"),
        (lambda seeds: member_named(seeds, "indicateur", "Optique"), "ne reçoit pas de membre"),
        (lambda seeds: member_named(seeds, "poste", "2022"), "ne peut pas nommer"),
        (lambda seeds: add_indicator(seeds, {**NEW, "code": "visites_accueil"}), "déjà pris"),
        (lambda seeds: add_indicator(seeds, {**NEW, "code": "", "libelle": "ab " * 34}), "trop long"),
        (lambda seeds: add_indicator(seeds, {**NEW, "code": "a" * 121}), "n'est pas en minuscules"),
        (lambda seeds: member_named(seeds, "poste", "a" * 101), "trop long"),
        (lambda seeds: add_indicator(seeds, {**NEW, "domaine": "autre_chose"}), "n'est pas un domaine"),
        (lambda seeds: add_indicator(seeds, {**NEW, "definition": " "}), "il manque la définition au"),
        (lambda seeds: add_indicator(seeds, {**NEW, "code": "", "libelle": " "}), "il manque le libellé au"),
    ],
)
def test_what_is_refused_changes_nothing(house: House, add: Callable[..., object], said: str) -> None:
    before = {path.name: path.read_bytes() for path in house.settings.seeds.iterdir()}
    with pytest.raises(ExtractionError, match=said):
        add(house.settings.seeds)
    assert {path.name: path.read_bytes() for path in house.settings.seeds.iterdir()} == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("code,libelle,parent_code,alias\nagde,Agde,,\nagde,Agde,,\n", "sites.csv, ligne 3 : ce référentiel"),
        ("nom\n", "sites.csv, ligne 1 : ce référentiel"),
    ],
)
def test_a_seed_that_is_broken_is_told_in_french(tmp_path: Path, spoil: str, said: str) -> None:
    house = lay_out(tmp_path, PRINTED)
    (house.settings.seeds / "sites.csv").write_text(spoil, encoding="utf-8")
    with serving(house) as host:
        status, page = ask(host, "GET", f"/rapport/{CODE}", COOKIE)
    assert status == 422 and said in page and "seed" not in page


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/raw/x/template.yml"),
            "plus de place sur le disque",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/raw/x/template.yml"),
            "les droits de ce fichier",
        ),
        (OSError(errno.EXDEV, "Invalid cross-device link", "/raw/x/template.yml"), "ne dit pas pourquoi"),
    ],
)
def test_what_the_system_refuses_is_told_in_french_and_without_its_path(error: OSError, said: str) -> None:
    assert said in refusal_told(error) and refusal_told(error).startswith("template.yml ne peut être lu")
    assert "/raw" not in refusal_told(error) and (error.strerror or "") not in refusal_told(error)


@pytest.mark.parametrize(
    ("dimension", "row", "heading", "near"),
    [
        ("poste", "Transports sanitaires", "", "Transports"),
        ("poste", "Dispositifs médicaux", "", "Dispositifs médicaux (LPP)"),
        ("poste", "Honoraires médicaux", "", ""),  # the auxiliaries' are others
        ("age", "0 à 16 ans", "", ""),
        ("age", "Assurés de 75 ans et plus", "", "75 ans et plus"),
        ("programme", "Sortie de maternité", "PRADO", "PRADO maternité"),
        ("poste", "Hospitalisation publique", "Dépenses de santé", ""),  # of a member the heading is no part
    ],
)
def test_a_member_is_near_only_where_the_row_says_all_that_it_does(
    house: House, dimension: str, row: str, heading: str, near: str
) -> None:
    assert near_member(house.settings.seeds, dimension, row, heading) == near
