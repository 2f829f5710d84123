"""What a reviewer types to find an indicator, and what stands first in the answer."""

from __future__ import annotations

from functools import lru_cache

import pytest

from orchestration.extraction.catalogue import load_catalogue
from orchestration.review.searching import Index
from orchestration.settings import PROJECT_ROOT


@lru_cache(maxsize=1)
def index() -> Index:
    return Index(load_catalogue(PROJECT_ROOT / "dbt_project" / "seeds"))


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("sinistres déclarés", "sinistres_at_mp_declares"),
        ("DECLARE sinistre", "sinistres_at_mp_declares"),  # any order, accents, endings
        ("sinitres at mp", "sinistres_at_mp_declares"),  # a letter that is missing
        ("télétrans", "taux_teletransmission"),  # the beginning of a word
        ("appels", "appels_recus"),  # all of the name and of the core, before what only holds the word
        ("visites accueil", "visites_accueil"),
        ("mails traités", "courriels_traites"),  # another word for it
        ("frais postaux", "affranchissement_depenses"),  # an alias
        ("habitants", "population_habitants"),  # the name before other words for others
        ("indemnité journalière versée", "indemnites_journalieres_montant"),
        ("maladies professionnelles reconnues", "dossiers_at_mp_pris_en_charge"),  # all of its words
        ("msp", "msp_nombre"),
    ],
)
def test_the_words_of_names_find_an_indicator_first(words: str, first: str) -> None:
    assert index().find(words)[0][0] == first


@pytest.mark.parametrize("words", ["", "  ", "zzzz", "xylophones zébrés"])
def test_words_of_no_indicator_find_none(words: str) -> None:
    assert index().find(words) == []


def test_nearness_falls_from_the_first_on_and_is_a_share_where_all_words_are_found() -> None:
    near = [one for _, one in index().find("appels")]
    assert len(near) > 3 and near == sorted(near, reverse=True) and near[-1] > 0 and near[0] <= 1
