"""The name that the words of a figure give a new indicator."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import pytest

from orchestration.extraction.catalogue import Catalogue, load_catalogue
from orchestration.review.dossier import Item
from orchestration.review.making import definition_from, name_from
from orchestration.settings import PROJECT_ROOT


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue(PROJECT_ROOT / "dbt_project" / "seeds")


def figure(label: str, heading: str = "", table: int = 0) -> Item:
    return Item(1, 0, 2, "12", Decimal(12), label, heading, {}, Decimal(0), False, None, table=table)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (figure("Guichets mobiles | Territoire"), "Guichets mobiles"),
        (figure("de guichets mobiles ont été ouverts en"), "Guichets mobiles"),  # as far as it is named
        (figure("Guichets mobiles en 2022 (dont 3 neufs)"), "Guichets mobiles"),  # no year, no brackets
        (figure("Femmes | Guichets mobiles", table=1), "Guichets mobiles"),  # a member is no name
        (figure("Inscrits", "LE COVOITURAGE"), "Inscrits (Covoiturage)"),  # a word alone says too little
        (figure("Appels reçus", "Le soir"), "Appels reçus (Soir)"),  # another's name
        (figure("GUICHETS DE LA CPAM"), "Guichets DE LA CPAM"),  # a short word may be an acronym
        (figure("", "LES GUICHETS"), "Guichets"),
        (figure("de la … en", ""), ""),
    ],
)
def test_a_name_is_what_the_words_name(item: Item, name: str) -> None:
    assert name_from(catalogue(), item) == name


def test_a_definition_says_where_the_report_has_it() -> None:
    told = definition_from(catalogue(), figure("Inscrits", "Covoiturage"))
    assert told == "Ce que le rapport imprime sous « Covoiturage » comme « Inscrits »."
