"""What a row of boxes and sentences says beside its indicator, in the one form that decides them together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestration.extraction.catalogue import load_catalogue
from orchestration.review.beside import carried
from orchestration.review.groups import SECTION, cuts_of, groups_of
from orchestration.settings import PROJECT_ROOT
from tests.review.conftest import CODE, House, lay_out, serving
from tests.review.test_groups import group_of, send
from tests.review.test_requests import COOKIE, ask

LONE = """\
CPAM du Gers
Rapport d'activité 2022

NOUS CONTACTER

1 204 demandes reçues par courriel

62,4 % par téléphone

37 demandes venues du guichet mobile
"""


@pytest.mark.parametrize(
    ("printed", "said", "meant"),
    [
        ("1 204", {"serie": "demandes_recues", "est": "canal=email"}, {"canal": "email"}),
        (
            "62,4 %",
            {"serie": "demandes_recues", "part": "oui", "est": "canal=telephone"},
            {"nature": "part", "canal": "telephone"},
        ),
        ("1 204", {"serie": "demandes_recues", "periode": "2021"}, {"periode": "2021"}),
        ("37", {"serie": "demandes_recues", "role": "dont"}, {"role": "dont"}),
        (
            "37",
            {"serie": "demandes_recues", "referentiel": "canal", "nom": "Guichet mobile"},
            {"canal": "guichet_mobile"},
        ),
        (
            "37",
            {"serie": "demandes_recues", "referentiel": "canal", "nom": "Courriel"},
            {"canal": "email"},
        ),
        (
            "37",
            {
                "serie": "demandes_recues",
                "referentiel": "canal",
                "nom": "Guichet mobile",
                "referentiel_bis": "public",
                "nom_bis": "Nomades",
            },
            {"canal": "guichet_mobile", "public": "nomades"},
        ),
        (
            "37",
            {"autre": "Demandes itinérantes", "creer": "oui", "domaine": "accueil"},
            {"indicateur": "demandes_itinerantes"},
        ),
        (
            "37",  # two clicks: its own words are the name
            {"creer": "oui", "domaine": "accueil"},
            {"indicateur": "demandes_venues_du_guichet_mobile"},
        ),
    ],
)
def test_a_row_says_all_that_its_figure_means(
    tmp_path: Path, printed: str, said: Mapping[str, str], meant: Mapping[str, str]
) -> None:
    house = lay_out(tmp_path, LONE)
    seeds = {path: path.read_bytes() for path in house.settings.seeds.glob("*.csv")}
    before, form = house.dossier(), fields_of(house, printed, said)
    with serving(house) as host:
        assert send(house, host, "tableau", *form)[0] == 303
        (item,) = (item for item in house.dossier().items if item.reviewed)
        assert item.printed == printed
        read = next(one for one in before.items if one.key == item.key).meaning
        told = {"indicateur": said.get("serie", ""), **meant}
        assert item.meaning == {**read, **{key: value for key, value in told.items() if value}}
        assert send(house, host, "annuler")[0] == 303
    assert house.dossier().items == before.items
    assert {path: path.read_bytes() for path in house.settings.seeds.glob("*.csv")} == seeds


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"serie": "demandes_recues", "nom": "Guichet mobile"}, "par son référentiel et son nom"),
        ({"serie": "demandes_recues", "referentiel": "canal"}, "par son référentiel et son nom"),
        ({"creer": "oui", "autre": "Appels reçus", "domaine": "accueil"}, "existe déjà : appels_recus"),
        ({"creer": "oui", "autre": "Demandes reçues bis", "domaine": "x"}, "n&#39;est pas un domaine"),
        ({"serie": "demandes_recues", "periode": "hier"}, "hier"),
        (
            {
                "serie": "demandes_recues",
                "referentiel": "canal",
                "nom": "Borne",
                "referentiel_bis": "canal",
                "nom_bis": "Guichet",
            },
            "un seul membre de chaque",
        ),
    ],
)
def test_a_row_that_says_half_is_refused_and_nothing_is_made(
    tmp_path: Path, said: Mapping[str, str], why: str
) -> None:
    house = lay_out(tmp_path, LONE)
    kept = {path: path.read_bytes() for path in house.settings.root.rglob("*.csv")}
    with serving(house) as host:
        status, page = send(house, host, "tableau", *fields_of(house, "37", said))
        assert status == 422 and why in page
        assert all(
            f'value="{value}"' in page for value in said.values() if value != "x"
        )  # what was said stands there still
    assert {path: path.read_bytes() for path in house.settings.root.rglob("*.csv")} == kept


def test_a_row_that_is_no_figure_is_set_aside_with_the_others_decided(tmp_path: Path) -> None:
    house = lay_out(tmp_path, LONE)
    seeds = {path: path.read_bytes() for path in house.settings.seeds.glob("*.csv")}
    new = {"referentiel": "canal", "nom": "Borne", "autre": "Demandes itinérantes", "creer": "oui"}
    aside = fields_of(house, "37", {"ecarter": "anecdote", "domaine": "accueil", **new})
    form = [*aside, *fields_of(house, "1 204", {"serie": "demandes_recues"})[2:]]
    with serving(house) as host:
        assert send(house, host, "tableau", *form)[0] == 303
    after = house.dossier()
    assert [item.printed for item in after.items if item.reviewed] == ["1 204"]
    assert "37" not in [item.printed for item in after.items]
    assert {path: path.read_bytes() for path in house.settings.seeds.glob("*.csv")} == seeds


def test_what_was_said_beside_a_row_follows_it_to_its_new_rank(tmp_path: Path) -> None:
    dossier = lay_out(tmp_path, LONE).dossier()
    cut = cuts_of(dossier, groups_of(dossier)[0])[SECTION]
    said = {
        "nom0": "Borne",
        "nom1": "Guichet",
        "est2_canal": "email",
        "sans2_canal": "oui",
        "referentiel_bis1": "public",
        "nom10": "?",
        "nomme1": "?",
        "part2": "",
    }
    assert dict(carried(said, cut, cut[1:])) == {
        "nom0": "Guichet",
        "est1_canal": "email",
        "sans1_canal": "oui",
        "referentiel_bis0": "public",
    }


def test_only_the_row_that_the_night_refuses_waits(tmp_path: Path) -> None:
    house = lay_out(tmp_path, LONE)
    refused = fields_of(house, "62,4 %", {"serie": "cpg_points", "referentiel": "canal", "nom": "Borne"})
    others = fields_of(house, "37", {"serie": "rendez_vous"})[2:]
    more = fields_of(house, "1 204", {"serie": "demandes_recues", "est": "canal=email"})[2:]
    with serving(house) as host:
        assert send(house, host, "tableau", *refused, *others, *more)[0] == 303
    assert sorted(item.printed for item in house.dossier().items if item.reviewed) == ["1 204", "37"]


def fields_of(house: House, printed: str, said: Mapping[str, str]) -> list[tuple[str, str]]:
    """The form of the section of a figure, with what is said of its row."""
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, printed))
    rank = [one.items[0].printed for one in cuts_of(dossier, group)[SECTION]].index(printed)
    named = {f"{key}{rank}": value for key, value in said.items() if key != "est"}
    if "est" in said:
        dimension, member = said["est"].split("=")
        named[f"est{rank}_{dimension}"] = member
    return [("groupe", group.code), ("coupe", SECTION), *named.items()]


def test_the_page_offers_the_members_that_some_words_name_and_never_chooses_them(tmp_path: Path) -> None:
    house = lay_out(tmp_path, LONE)
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}", COOKIE)[1]
    offered = re.findall(r'name="est\d+_canal" value="(\w+)"( checked)?', page)
    assert ("email", "") in offered and ("telephone", "") in offered
    assert not any(chosen for _, chosen in offered)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("demandes reçues par courriel", {"canal": "email"}),
        ("appels et courriels", {}),  # no name is found in another word
        ("Femmes de 65 ans et plus", {"sexe": "femmes", "age": "ans_65_plus"}),  # the longest name of each
        ("", {}),
    ],
)
def test_the_members_within_words_are_those_of_whole_words(words: str, found: Mapping[str, str]) -> None:
    assert load_catalogue(PROJECT_ROOT / "dbt_project" / "seeds").members_within(words) == found
