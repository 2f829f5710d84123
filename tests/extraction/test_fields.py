"""Fragments with holes: what they capture, and the sentence when they cannot."""

from __future__ import annotations

import pytest

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.labels import MAX_LABEL, cut_label, hole_label, is_fragment
from tests.extraction.conftest import observed

CAPTURED = [
    # document, field, (printed, value, half-width, unit, nature, period) of each hole
    (
        "1 219 238\nPUMa",
        '{lire: "{} PUMa", indicateur: visites}',
        [("1 219 238", "1219238", "0", "nombre", "constate", "2021")],
    ),
    (
        "12 219 238\n\nPUMa 3 PUMe",
        '{lire: "{} PUMa", indicateur: visites}',
        [("12 219 238", "12219238", "0", "nombre", "constate", "2021")],
    ),
    (
        "En 2021 281 saisines",
        '{lire: "{} saisines", indicateur: visites}',
        [("281", "281", "0", "nombre", "constate", "2021")],
    ),
    (
        "versé 1,8 million\n d’euros",
        '{lire: "versé {}", indicateur: montant}',
        [("1,8 million d’euros", "1800000", "50000", "EUR", "constate", "2021")],
    ),
    (
        "4 milliards €",
        '{lire: "{} milliards", indicateur: montant}',
        [("4 milliards €", "4000000000", "500000000", "EUR", "constate", "2021")],
    ),
    (
        "371 947 REÇUS (- 49,0 %)",
        '{lire: "{n} REÇUS ({e})", indicateur: visites, e: {nature: evolution}}',
        [
            ("371 947", "371947", "0", "nombre", "constate", "2021"),
            ("- 49,0 %", "-49", "0.05", "%", "evolution", "2020/2021"),
        ],
    ),
    (
        "baisse de 9 % des visites",
        '{lire: "baisse de {} %", indicateur: visites, nature: evolution, signe: moins}',
        [("9 %", "-9", "0.5", "%", "evolution", "2020/2021")],
    ),
    (
        ":- 90% des saisines",
        '{lire: ":- {}% des", indicateur: visites, nature: part}',
        [("90%", "90", "0.5", "%", "part", "2021")],
    ),
    (
        "-83 Professionnels",
        '{lire: "-{} Prof", indicateur: visites, signe: imprime}',
        [("-83", "-83", "0", "nombre", "constate", "2021")],
    ),
    (
        "soit 2\n610 avis",
        '{lire: "soit {n~} avis", indicateur: visites}',
        [("2 610", "2610", "0", "nombre", "constate", "2021")],
    ),
    (
        "donné 568  641 avis",
        '{lire: "donné {n~} avis", indicateur: visites}',
        [("568 641", "568641", "0", "nombre", "constate", "2021")],
    ),
    (
        "évolue de - 3 ,4 %",
        '{lire: "de - {n~} %", indicateur: visites, nature: evolution}',
        [("- 3 ,4 %", "-3.4", "0.05", "%", "evolution", "2020/2021")],
    ),
    (
        "remettre : 5O\nboîtes",
        '{lire: "remettre : {n~} boîtes", indicateur: visites}',
        [("5O", "50", "0", "nombre", "constate", "2021")],
    ),
    (
        "attente de 8 minutes et 49 secondes",
        '{lire: "attente de {d:duree}", indicateur: attente}',
        [("8 minutes et 49 secondes", "8.8167", "0.005", "minutes", "constate", "2021")],
    ),
    (
        "près de 194 000 personnes",
        '{lire: "de {} personnes", indicateur: visites, arrondi: zeros}',
        [("194 000", "194000", "500", "nombre", "constate", "2021")],
    ),
    (
        "près de 3 600 personnes",
        '{lire: "de {} personnes", indicateur: visites, arrondi: zeros}',
        [("3 600", "3600", "50", "nombre", "constate", "2021")],
    ),
    (
        "41 837 par mois1",
        '{lire: "{} par mois", indicateur: visites, nature: moyenne}',
        [("41 837", "41837", "0.5", "nombre", "moyenne", "2021")],
    ),
    (
        "a 7, b 7, a 8",
        '{lire: "a {}", rang: 2, indicateur: visites}',
        [("8", "8", "0", "nombre", "constate", "2021")],
    ),
    (
        "l’an passé : 13%",
        '{lire: "l\'an passé : {}%", indicateur: taux, periode: "2020"}',
        [("13%", "13", "0.5", "%", "constate", "2020")],
    ),
    (
        "A 12% B 13 % fin",
        '{lire: "A {a} B {b} fin", indicateur: taux}',
        [("12%", "12", "0.5", "%", "constate", "2021"), ("13 %", "13", "0.5", "%", "constate", "2021")],
    ),
]


@pytest.mark.parametrize(("text", "field", "expected"), CAPTURED)
def test_a_fragment_captures(read, text: str, field: str, expected: list) -> None:
    extract = read(text, f"blocs: [{{bloc: b, champs: [{field}]}}]")
    assert (
        observed(extract, "valeur_imprimee", "valeur", "demi_intervalle", "unite", "nature", "periode_code")
        == expected
    )


REFUSED = [
    (
        "3 visites",
        '{lire: "{} visiteurs", indicateur: visites}',
        "n'est pas dans son bloc ; texte le plus proche : « 3 visites »",
    ),
    ("a 3 b a 4 b", '{lire: "a {} b", indicateur: visites}', "est trouvé 2 fois"),
    (
        "a 3 b",
        '{lire: "a {} b", indicateur: visites, rang: 2}',
        "est trouvé 1 fois, et `rang` demande le numéro 2",
    ),
    (
        "mars 306 104 280 936 fin",
        '{lire: "mars {a} {b} fin", indicateur: visites}',
        "peut se couper de plusieurs façons",
    ),
    (
        "3 visites",
        '{lire: "{} visites", indicateur: inconnu}',
        "« inconnu » n'est pas un code de « indicateur »",
    ),
    (
        "3 visites",
        '{lire: "{} visites", indicateur: visites, risque: vol}',
        "« vol » n'est pas un code de « risque »",
    ),
    (
        "3 visites",
        '{lire: "{} visites", indicateur: visites, periode: "21"}',
        "la période « 21 » n'a aucune des formes",
    ),
    (
        "3 % de",
        '{lire: "{} % de", indicateur: visites}',
        "« % » est imprimé, l'indicateur « visites » est en « nombre »",
    ),
    (
        "3 € de",
        '{lire: "{} € de", indicateur: montant, unite: nombre}',
        "« EUR » est imprimé, le gabarit dit « nombre »",
    ),
    ("a 3 b", '{lire: "a {} b", indicateur: visites, coleur: rouge}', "coleur"),
    ("a 3 b", '{lire: "a b", indicateur: visites}', "n'a pas de trou"),
    ("a 3 b", '{lire: "a {x} b {x}", indicateur: visites}', "a deux trous nommés « x »"),
    ("2\n610 avis", '{lire: "2 {} avis 3", indicateur: visites}', "n'est pas dans son bloc"),
]


@pytest.mark.parametrize(("text", "field", "clause"), REFUSED)
def test_a_fragment_that_cannot_be_read_says_why(read, text: str, field: str, clause: str) -> None:
    with pytest.raises(ExtractionError) as refusal:
        read(text, f"blocs: [{{bloc: b, champs: [{field}]}}]")
    assert clause in str(refusal.value)
    assert str(refusal.value).startswith("cpam_x_2021: ")


def test_every_problem_is_told_with_its_line(read) -> None:
    template = """
blocs:
  - bloc: b
    debut: "Titre"
    fin: "Suite"
    champs:
      - {lire: "{} visites", indicateur: visites}
      - {lire: "{} visiteurs", indicateur: visites}
  - {bloc: c, debut: "Absent"}
"""
    with pytest.raises(ExtractionError) as refusal:
        read("0 visites\nTitre\n\n3 visites\nSuite\n4 visites", template)
    sentences = str(refusal.value).splitlines()
    assert len(sentences) == 2
    assert "template.yml, ligne 8, bloc « b », ligne 2 du document" in sentences[0]
    assert "`debut` « Absent » n'est pas dans son bloc" in sentences[1]


def test_the_same_ink_is_never_read_twice(read) -> None:
    template = (
        'blocs: [{bloc: b, champs: [{lire: "{} visites", indicateur: visites}, {lire: "{} visites '
        'par", indicateur: visites}]}]'
    )
    with pytest.raises(ExtractionError, match=r"« b.f2_1 » lit une encre déjà lue par « b.f1_1 »"):
        read("3 visites par jour", template)


@pytest.mark.parametrize(
    ("fragment", "labels"),
    [
        ("{} PUMa", ["PUMa"]),
        (
            "{} RDV pris pour {} personnes … soit {}% des",
            ["RDV pris pour", "RDV pris pour personnes", "soit % des"],
        ),
        ("courrier contre {a}%", ["courrier contre"]),
        ("Total {} {} {}", ["Total", "Total", "Total"]),
        ("{} maisons de san-", ["maisons de"]),
    ],
)
def test_each_hole_is_labelled_by_the_words_around_it(fragment, labels):
    assert [hole_label(fragment, number) for number in range(1, len(labels) + 1)] == labels


REVIEWED = """
blocs:
  - bloc: b
    revue: false
    champs:
      - lire: "{} visites et {} appels, page {}"
        indicateur: visites
        valeurs: [{revue: true}, {confiance: 0.5}, {ecarter: page}]
"""


def test_a_hole_is_reviewed_or_set_aside_by_itself(read) -> None:
    numbers = read("3 visites et 4 appels, page 12", REVIEWED).numbers
    told = [
        (row["valeur_imprimee"], row["statut"], row["revue"], row["motif"])
        for row in numbers.iter_rows(named=True)
    ]
    assert told == [
        ("3", "observation", "true", ""),
        ("4", "observation", "false", ""),
        ("12", "ecarte", "", "page"),
    ]


@pytest.mark.parametrize(
    ("label", "fragment"),
    [
        ("de à", True),
        ("en 2019 ; en 2020", True),
        ("COURRIELS REÇUS, soit", True),
        ("saisines contre", True),
        ("dont réitérations", True),
        ("canal téléphonique a augmenté de", True),
        ("", True),
        ("comptes) progresse de", True),
        ("évolution de", True),
        ("agents formés ( en 2022", True),
        ("retraite (- par rapport", True),
        ("don de a été versé", True),
        ("part de des dossiers", True),
        ("équipe de agents", True),
        ("SIGNATURE DE ACCORDS", True),
        ("délai de jours", True),
        ("Délai moyen ans", True),
        ("2022, contrats", True),
        ("octobre, près de", True),
        ("versée à caisses", True),
        ("contacté employeurs", True),
        ("saisines contre saisines en 2022", True),
        ("Sète, soit habitants", True),
        ("nous avions comptes", True),
        ("dossiers % des dossiers", True),
        ("région Bretagne. des demandes", True),
        ("plateforme a reçu appels", True),
        ("PUMa", False),
        ("bénéficiaires de la C2S non participative", False),
        ("Mises à jour", False),
        ("MONTANT moyen annuel", False),
        ("personnes dépistées pour le VIH", False),
        ("Taux (tous motifs)", False),
        ("Recours contre tiers", False),
        ("APPELS REÇUS", False),
        ("rendez-vous honorés", False),
        ("Délai de remboursement", False),
        ("Soins de ville", False),
        ("départements couverts", False),
        ("lettres d'information", False),
        ("parts de marché", False),
    ],
)
def test_a_label_names_something(label, fragment):
    assert is_fragment(label) is fragment


@pytest.mark.parametrize(
    ("label", "cut"),
    [
        ("Appels reçus", "Appels reçus"),
        ("x" * (MAX_LABEL - 4) + " aide à la caisse", "x" * (MAX_LABEL - 4)),
        ("x" * (MAX_LABEL - 10) + ", perte d'activité", "x" * (MAX_LABEL - 10) + ", perte"),
    ],
)
def test_a_long_label_is_cut_where_a_word_ends(label, cut):
    assert cut_label(label) == cut
