"""What a label keeps of the numbers in its words: a part of a name, each beside one that is none."""

from __future__ import annotations

import pytest

from orchestration.discovery.figures import discover
from orchestration.discovery.labels import clean
from tests.discovery.scoring import document_of


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("1re catégorie", "1re catégorie"),
        ("4e échelon", "4e échelon"),
        ("2ème semestre (1 204)", "2ème semestre"),
        ("1 er niveau", "1 er niveau"),
        ("Dépistage (50 ans et plus)", "Dépistage (50 ans et plus"),
        ("Enfants de 3-12 ans", "Enfants de 3-12 ans"),
        ("Dépistage (50 dossiers)", "Dépistage dossiers"),
        ("Appels au 36 46", "Appels au 36 46"),
        ("le 3919 a reçu", "le 3919 a reçu"),
        ("Appels 3 646", "Appels"),
        ("Total 36 46 50", "Total"),
        ("Rentes servies au 30 juin", "Rentes servies au 30 juin"),
        ("Rentes servies au 30 juin 2019", "Rentes servies"),
        ("Dossiers clos en moins de 72 h", "Dossiers clos en moins de 72 h"),
        ("Dossiers clos sous 10 jours", "Dossiers clos sous 10 jours"),
        ("Indus de plus de 1 500 euros notifiés", "Indus de plus de 1 500 euros notifiés"),
        ("plus de 1 500 dossiers", "plus de dossiers"),
        ("12 450 appels", "appels"),
        ("+ 12 % des appels", "appels"),
    ],
)
def test_a_number_that_is_a_part_of_a_name_stays(printed: str, kept: str) -> None:
    assert clean(printed) == kept


def test_rows_that_differ_by_their_rank_have_labels_of_their_own() -> None:
    text = """Rentes servies au 30 juin
Groupe            2020      2021
1er groupe       3 118     3 204
2e groupe        9 077     9 450
3e groupe          512       498
"""
    labels = [figure.label.split(" | ")[0] for figure in discover(document_of(text), "2021")]
    assert labels == ["1er groupe", "1er groupe", "2e groupe", "2e groupe", "3e groupe", "3e groupe"]


def test_a_part_of_what_a_box_counts_is_none_of_its_words() -> None:
    figures = discover(document_of("REPÈRES\n\n2 118\nagents, dont 64 % de cadres\n"), "2021")
    assert [(figure.printed, figure.label.split(" | ")[0]) for figure in figures] == [
        ("2 118", "agents"),
        ("64 %", "cadres"),
    ]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Le délai passe à 3,9 jours un an plus\ntôt. Plus de 212 000 carnets\nMa Route ouverts.", "carnets"),
        ("3 204 lettres en un mois. Plus de 2 100 traitées.", "traitées | lettres en un mois"),
        ("Charges | 2021 | 2022\nLoyers | 12 | 13\n\nOnze élus sont venus, et\nle reste suivra.\n\n"
         "En k€ | 2021 | 2022\nRepas | 5 | 6", "Repas"),
    ],
)  # fmt: skip
def test_a_label_takes_no_words_of_a_sentence_that_ended_before(text: str, label: str) -> None:
    assert discover(document_of(f"{text}\n"), "2022")[-1].label == label
