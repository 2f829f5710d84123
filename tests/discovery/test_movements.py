"""Which way a word moves a number, each beside the words that turn it round or leave it where it is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.discovery.figures import discover
from orchestration.discovery.labels import clean
from tests.discovery.scoring import document_of

PAIRS = [
    ("Le délai s'améliore de 3 jours.", "-3", "Le score s'améliore de 3 points.", "3"),
    ("Le taux de rejet se dégrade de 2 points.", "2", "Le taux de réponse se dégrade de 2 points.", "-2"),
    ("Le service a gagné 4 jours sur le délai.", "-4", "Le service a perdu 4 jours sur le délai.", "4"),
    ("La baisse se limite à 2 %.", "-2", "Malgré la baisse des visites, 2 % des agents restent.", "2"),
    ("Les visites, en baisse (7 %), se tassent.", "-7", "Le score, en baisse (97 % en 2021).", "97"),
    ("Les frais ont chuté de 30 k€.", "-30000", "La chute a coûté 30 k€.", "30000"),
    (
        "Le nombre d'appels abandonnés s'améliore de 3 points.",
        "-3",
        "Le nombre d'appels décrochés s'améliore de 3 points.",
        "3",
    ),
    (
        "La part d'appels perdus se dégrade de 2 points.",
        "2",
        "La part d'appels servis se dégrade de 2 points.",
        "-2",
    ),
    ("En un an : moins 12 agents.", "-12", "Il reste 350 dossiers, moins 12 annulés.", "12"),
    ("Moins 2 % de plis et plus 3 sites.", "3", "Le service suit 40 dossiers, plus 3 en attente.", "3"),
    ("Moins 2 % de plis, moins 3 sites.", "-3", "Le bilan : 40 sites, moins 3 fermés.", "3"),
    ("Le budget est comprimé de 112 k€.", "-112000", "La pharmacie suit des comprimés de 500 mg.", "500"),
    ("Le taux abandonne 0,4 point.", "-0.4", "Les appels abandonnés sont 4 %.", "4"),
    ("Le délai est de 12 jours, soit trois jours de moins.", "-3", "De moins en moins de plis : 12.", "12"),
    ("La caisse emploie 40 agents, soit six de plus.", "6", "Trois fois de plus, 12 plis.", "12"),
    ("Les baisses de l'année :\n- 12 agents", "-12", "Baisse des visites\n- 12 agents", "12"),
    ("Effectifs ▼ 3 CDI", "-3", "Effectifs : 3 CDI", "3"),
    ("La facture est 11 % sous le niveau de 2021.", "-11", "La facture est à 11 % du niveau voulu.", "11"),
    (
        "Les plis diminuent de 5 % et la durée moyenne de 2 jours.",
        "-2",
        "Les plis diminuent de 5 % et il y a une durée moyenne de 2 jours.",
        "2",
    ),
    ("Solde : - 9.", "-9", "Bilan : - 9 ateliers.", "9"),
    ("Variation du stock : + 4 dossiers, - 9 rentes.", "-9", "Stock : 4 dossiers, - 9 rentes.", "9"),
    ("Les plis sont 5 % de moins.", "-5", "C'est 5 points de moins que la moyenne nationale.", "5"),
]


def _last(text: str) -> Decimal:
    return discover(document_of(text), "2022")[-1].value


@pytest.mark.parametrize(("moved", "value", "other", "stays"), PAIRS)
def test_a_word_moves_its_number_and_another_does_not(moved: str, value: str, other: str, stays: str) -> None:
    assert (_last(moved), _last(other)) == (Decimal(value), Decimal(stays))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Les appels reculent de 4 % et les visites de 7 %.", "-7"),
        ("Les appels reculent de 4 % et le site satisfait plus de 90 % des assurés.", "90"),
        ("Les appels reculent de 4 % et la part du web est de 7 %.", "7"),
        ("Les appels reculent de 4 %, contre 6 % en 2021.", "-6"),
        ("Les appels tombent à 4 %, contre 6 % en 2021.", "6"),
    ],
)
def test_a_list_follows_its_verb_until_another_clause(text: str, value: str) -> None:
    assert _last(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("- 3 400 heures supplémentaires", "constate"),
        ("Les agents ont fait 912 heures supplémentaires.", "constate"),
        ("Soit 912 heures supplémentaires par rapport à 2021.", "evolution"),
        ("Le service a ouvert 12 postes supplémentaires.", "evolution"),
    ],
)
def test_overtime_is_a_thing_and_no_change(text: str, nature: str) -> None:
    assert discover(document_of(text), "2022")[-1].nature == nature


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("Contacts reçus en 2022 par canal", "Contacts reçus par canal"),
        ("Répartition en 2022/2023 des aides", "Répartition des aides"),
        ("Effectif au 31 décembre 2022", "Effectif"),
        ("Conserves au 12 rue", "Conserves au rue"),  # no time: its words stay
    ],
)
def test_a_label_keeps_no_preposition_of_a_time_that_left_it(printed: str, label: str) -> None:
    assert clean(printed) == label
