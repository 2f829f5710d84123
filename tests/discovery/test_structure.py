"""Relations that the structure of a document implies: what each kind finds, and that no correct table or
sentence raises an alarm.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest

from orchestration.discovery.figures import read_figures
from orchestration.discovery.suggested import ties, with_structure
from orchestration.discovery.ties import Tie
from orchestration.extraction.documents import read_document
from orchestration.extraction.reports import NUMBER_COLUMNS, RELATION_COLUMNS, Extract, plain_decimal
from orchestration.reconciliation.terms import read_numbers, read_relations
from orchestration.reconciliation.verdicts import judge_all

#: words -> rule, and what is printed of the figures that it binds (the result first; a constant is left out).
KINDS = [
    ("Nous avons mené 1 240 contrôles : 310 sur place, 600 sur pièces et 330 à distance.",
     "parties_de_phrase", "1 240 310 600 330"),
    ("Sur 480 dossiers examinés, 120 ont été refusés (25,0 %).", "part_de_phrase", "25,0 % 120 480"),
    ("Les visites sont passées de 12 500 en 2020 à 13 750 en 2021 (+ 10 %).",
     "evolution_de_phrase", "+ 10 % 13 750 12 500"),
    ("La caisse a reçu 371 940 visites, soit 1 930 par jour.", "par_jour", "1 930 371 940 371 940"),
    ("Demandes : 45 % maladie, 35 % maternité et 20 % invalidité.", "cent", "45 % 35 % 20 %"),
    ("Le service compte 320 agents formés, dont 145 femmes.", "partie_au_plus", "145 320"),
    ("Ateliers : objectif de 64, 72 tenus, soit un taux d'atteinte de 112,5 %.",
     "atteinte_de_phrase", "112,5 % 72 64"),
    ("Dossiers en cours au 1er janvier : 318 ; reçus : 204 ; clos : 251 ; en cours au 31 décembre : 271.",
     "flux_de_phrase", "271 318 204 251"),
    ("L'effectif est de 214 agents.\nIl était de 221 agents. 13 agents sont arrivés et 20 sont partis.",
     "flux_de_phrases", "214 221 13 20"),
    ("Stock au 1er janvier : 184 dossiers\nDossiers reçus : 327\nDossiers terminés : 361\n"
     "Stock au 31 décembre : 150 dossiers", "flux_de_phrases", "150 184 327 361"),
    ("La plateforme a reçu 148 625 appels en 2022.\nCela fait en moyenne 12 385 appels reçus par mois.",
     "moyenne_par_mois", "12 385 148 625 148 625"),
    ("Trimestre | Appels\nPremier | 46 218\nDeuxième | 40 975\nTroisième | 39 867\nQuatrième | 45 876\n"
     "Année | 172 936", "total_de_lignes", "172 936 46 218 40 975 39 867 45 876"),
    ("Les 152 agents ont suivi 3 648 heures de formation, soit 24 heures par agent.",
     "moyenne_par_tete", "24 heures 3 648 heures 152"),
    ("La caisse compte 264 salariés.\nParmi eux, 141 télétravaillent, soit 53,4 % de l'effectif.",
     "part_de_phrases", "53,4 % 141 264"),
    ("Nous avons reçu 21 630 visites en 2021.\nLes visites étaient 19 940 en 2020, une évolution de + 8,5 %.",
     "evolution_de_phrases", "+ 8,5 % 21 630 19 940"),
    ("• 8 316 bénéficiaires\n• 6 904 sans participation et 1 412 avec participation",
     "parties_de_phrases", "8 316 6 904 1 412"),
    ("Satisfaction des assurés : 91,5 %, des employeurs : 83,2 %. Ensemble des publics : 88,4 %.",
     "entre_ses_parties", "88,4 % 91,5 % 83,2 % 91,5 % 83,2 %"),
    ("Les saisies valent 2 140 k€, les remises 85 k€ et les abandons 310 k€, soit 2 535 k€ au total.",
     "parties_de_phrase", "2 535 k€ 2 140 k€ 85 k€ 310 k€"),
    ("L'aide moyenne est de 640 € pour 1 250 accords (800 000 € versés).",
     "moyenne_par_tete", "640 € 800 000 € 1 250"),
    ("Enveloppe : 930 000 €\nDépensé : 883 500 €, soit 95,0 % de l'enveloppe\n412 dossiers et 35 aides",
     "part_de_phrase", "95,0 % 883 500 € 930 000 €"),
    ("Les 210 agents ont lu 318 400 feuilles, soit 4,0 % de moins qu'en 2020 (331 667).",
     "evolution_de_phrase", "4,0 % 318 400 331 667"),
    ("Nous avons mené 431 ateliers.\nPlus loin : les 431 ateliers de l'année.", "meme_chiffre", "431 431"),
    ("Public | Visites 2020 | Visites 2021 | Évolution\nBellac | 4 120 | 4 532 | + 10,0 %\n"
     "Guéret | 3 000 | 2 910 | - 3,0 %", "evolution_de_ligne", "+ 10,0 % 4 532 4 120|- 3,0 % 2 910 3 000"),
    ("Appels présentés : 96 450\nAppels aboutis : 84 876\nTaux de décroché : 88,0 % pour un objectif de 90 %",
     "part_de_phrase", "88,0 % 84 876 96 450"),
    ("Nous avons reçu 6 842 réclamations en 2021.\n6 431 ont été traitées dans les temps (94,0 %).",
     "part_de_phrases", "94,0 % 6 431 6 842"),
    ("Le siège compte 412 salariés.\nLe taux de féminisation est de 79,6 % (328 femmes).",
     "part_de_phrases", "79,6 % 328 412"),
    ("Visites | 2021\nBellac | 1 874\nGuéret | 669\nBourganeuf | 502\nTotal | 3 045\n\n"
     "Le site de Guéret reçoit 22,0 % des visites.", "part_de_phrases", "22,0 % 669 3 045"),
    ("Site | Visites | Part\nBellac | 2 048 | 64,0 %\nGuéret | 768 | 24,0 %\nAubusson | 384 | 12,0 %\n\n"
     "Les 3 200 visites de 2021 ont été réparties par site.", "part_de_phrases",
     "64,0 % 2 048 3 200|24,0 % 768 3 200|12,0 % 384 3 200"),
    ("Le siège compte 118 716 adhérents en 2021. Ils étaient 109 922 en 2020 (+ 8 %).",
     "evolution_de_phrases", "+ 8 % 118 716 109 922"),
    ("Budget (en euros) | 2020 | 2021\nPersonnel | 9 870 | 10 140\nAchats | 2 105 | 1 950\n\n"
     "Le personnel, 10 140 euros en 2021, progresse de 2,7 %.",
     "evolution_de_phrases", "2,7 % 10 140 euros 9 870"),
    ("Nous avons détecté 1 284 600 euros de fraude.\nL'objectif de 1 200 000 euros est atteint à 107,1 %.",
     "atteinte_de_phrase", "107,1 % 1 284 600 euros 1 200 000 euros"),
    ("La caisse protège 148 230 assurés.\n512 400 000 € de prestations\n3 457 € par assuré",
     "moyenne_par_tete", "3 457 € 512 400 000 € 148 230"),
    ("Appels présentés : 96 450\nMoyenne mensuelle : 8 038 appels présentés", "moyenne_par_mois",
     "8 038 96 450 96 450"),
    ("Les motifs se répartissent ainsi :\n- remboursements : 52 %\n- droits : 27 %\n- autres : 21 %",
     "cent", "52 % 27 % 21 %"),
    ("L'effectif est de 196 salariés (147 femmes et 49 hommes).", "parties_de_phrase", "196 147 49"),
    ("Parmi les dossiers, 612 ont fait l'objet d'un recours. 433 décisions sont maintenues et 179 infirmées.",
     "parties_de_phrases", "612 433 179"),
    ("Avis | 2020 | 2021\nArrêts | 85 000 | 87 150\ndont favorables | 73 950 | 74 949\nTaux | 87 % | 86 %",
     "part_de_lignes", "87 % 73 950 85 000|86 % 74 949 87 150"),
    ("Échelon | Agents | Médecins\nNord | 121 | 28\nSud | 58 | 13\nEst | 98 | 24\nRégion | 277 | 65",
     "total_de_lignes", "277 121 58 98|65 28 13 24"),
    ("Échelon | Agents | Médecins\nNord | 121 | 28\nSud | 58 | 13\nEst | 98 | 24\nTotal | 277 | 65\n\n"
     "L'équipe compte 65 médecins et 277 agents.", "meme_chiffre", "277 277|65 65"),
    ("Action | Objectif | Résultat | Taux d'atteinte\n"
     "Ateliers | 40 | 46 | 115,0 %\nAppels | 900 | 846 | 94,0 %",
     "atteinte_de_colonnes", "115,0 % 46 40|94,0 % 846 900"),
]  # fmt: skip
#: The same kinds with one wrong digit: the relation is still there, and does not hold.
SPOILED = [
    (
        "Nous avons mené 1 240 contrôles : 310 sur place, 600 sur pièces et 380 à distance.",
        "parties_de_phrase",
    ),
    ("Sur 480 dossiers examinés, 180 ont été refusés (25,0 %).", "part_de_phrase"),
    ("Les visites sont passées de 12 500 en 2020 à 18 750 en 2021 (+ 10 %).", "evolution_de_phrase"),
    ("La caisse a reçu 371 940 visites, soit 9 930 par jour.", "par_jour"),
    ("Le service compte 320 agents formés, dont 345 femmes.", "partie_au_plus"),
    ("Ateliers : objectif de 64, 72 tenus, soit un taux d'atteinte de 121,5 %.", "atteinte_de_phrase"),
    (
        "Dossiers en cours au 1er janvier : 318 ; reçus : 204 ; clos : 251 ; en cours au 31 décembre : 217.",
        "flux_de_phrase",
    ),
    (
        "Les 152 agents ont suivi 3 648 heures de formation, soit 29 heures par agent.",
        "moyenne_par_tete",
    ),
    (
        "La caisse compte 264 salariés.\nParmi eux, 141 télétravaillent, soit 83,4 % de l'effectif.",
        "part_de_phrases",
    ),
    ("• 8 316 bénéficiaires\n• 6 904 sans participation et 1 472 avec participation", "parties_de_phrases"),
    (
        "Satisfaction des assurés : 91,5 %, des employeurs : 83,2 %. Ensemble des publics : 68,4 %.",
        "entre_ses_parties",
    ),
    (
        "L'effectif est de 214 agents.\nIl était de 221 agents. 13 agents sont arrivés et 10 sont partis.",
        "flux_de_phrases",
    ),
    (
        "Stock au 1er janvier : 184 dossiers\nDossiers reçus : 327\nDossiers terminés : 331\n"
        "Stock au 31 décembre : 150 dossiers",
        "flux_de_phrases",
    ),
    (
        "La plateforme a reçu 148 625 appels en 2022.\nCela fait en moyenne 12 885 appels reçus par mois.",
        "moyenne_par_mois",
    ),
    (
        "Trimestre | Appels\nPremier | 46 218\nDeuxième | 40 975\nTroisième | 39 867\nQuatrième | 45 816\n"
        "Année | 172 936",
        "total_de_lignes",
    ),
    ("La caisse a versé 9 400 aides : 5 160 aux familles et 4 420 aux retraités.", "parties_de_phrase"),
    (
        "Les saisies valent 2 140 k€, les remises 58 k€ et les abandons 310 k€, soit 2 535 k€ au total.",
        "parties_de_phrase",
    ),
    ("L'aide moyenne est de 840 € pour 1 250 accords (800 000 € versés).", "moyenne_par_tete"),
    (
        "Enveloppe : 930 000 €\nDépensé : 883 500 €, soit 59,0 % de l'enveloppe\n412 dossiers et 35 aides",
        "part_de_phrase",
    ),
    (
        "Les 210 agents ont lu 318 400 feuilles, soit 7,0 % de moins qu'en 2020 (331 667).",
        "evolution_de_phrase",
    ),
    ("Le siège compte 134 salariés : 103 femmes et 13 hommes.", "parties_de_phrase"),
    ("8 410 appels reçus, 7 737 appels traités, soit un taux de décroché de 29,0 %.", "part_de_phrase"),
    (
        "Le pôle a reçu 41 200 plis, dont 37 080 numérisés, soit un taux de reprise de 85,0 %.",
        "part_de_phrase",
    ),
]
#: What neighbours say of one another, with one wrong digit: what is told, each with what is printed.
SPOILED_NEAR = [
    ("Le siège compte 118 716 adhérents, soit 85 % des 182 640 assurés.", ["85 % 118 716 182 640"]),
    ("236 dossiers ont été clos. 59 ont abouti à une pénalité, soit 35 % des dossiers.", ["35 % 59 236"]),
    ("Le siège compte 118 716 adhérents en 2021. Ils étaient 109 922 en 2020 (+ 38,0 %).",
     ["+ 38,0 % 118 716 109 922"]),
    ("Nous avons détecté 1 284 600 euros de fraude.\nL'objectif de 1 200 000 euros est atteint à 197,1 %.",
     ["197,1 % 1 284 600 euros 1 200 000 euros"]),
    ("La caisse protège 148 230 assurés.\n512 400 000 € de prestations\n3 957 € par assuré",
     ["3 957 € 512 400 000 € 148 230"]),
    ("Appels présentés : 96 450\nMoyenne mensuelle : 8 538 appels présentés", ["8 538 96 450 96 450"]),
    ("Appels présentés : 96 450, soit 8 538 par mois.", ["8 538 96 450 96 450"]),
    ("Les motifs se répartissent ainsi :\n- remboursements : 52 %\n- droits : 24 %\n- autres : 21 %",
     ["52 % 24 % 21 %"]),
    ("L'effectif est de 196 salariés (147 femmes et 43 hommes).", ["196 147 43"]),
    ("Avis | 2020 | 2021\nArrêts | 85 000 | 87 150\ndont favorables | 73 950 | 74 949\nTaux | 87 % | 36 %",
     ["36 % 74 949 87 150"]),
    ("Échelon | Agents | Médecins\nNord | 121 | 28\nSud | 58 | 13\nEst | 98 | 24\nTotal | 277 | 65\n\n"
     "L'équipe compte 65 médecins et 217 agents.", []),
    ("Échelon | Agents | Médecins | En tout\nNord | 321 | 128 | 449\nSud | 58 | 113 | 171\n\n"
     "L'échelon Nord compte 449 personnes : 128 médecins et 391 agents.",
     ["449 128 391", "391 321"]),
    ("Site | Visites | Part\nBellac | 2 048 | 64,0 %\nGuéret | 788 | 24,0 %\nAubusson | 384 | 12,0 %\n\n"
     "Les 3 200 visites de 2021 ont été réparties par site.",
     ["24,0 % 788 3 200", "3 200 2 048 788 384"]),
    ("Parmi les dossiers, 612 ont été contestés. 493 (70,8 %) sont maintenus et 179 annulés.",
     ["70,8 % 493 612", "612 493 179"]),
]  # fmt: skip
#: Words between numbers that bind nothing.
APART = [
    "Les 12 écoles ont été vues, dont 506 élèves dépistés.",
    "Le centre a reçu 480 dossiers et 120 appels ; 31 % des assurés habitent la ville.",
    "La campagne a duré six semaines : 1 200 visites, soit 40 par jour d'ouverture du stand.",
    "On compte 31 saisines (contre 22 en 2019), dont 27 refus.",
    "Ensemble des bénéficiaires : 12 %. La part des femmes est de 61 %, celle des jeunes de 58 %.",
    "Les 40 agents ont traité 3 648 dossiers, soit 24 dossiers par jour et par équipe.",
    "Objectif de 90 % de décroché, 64 agents, 72 appels par agent atteints.",
    "La caisse compte 264 salariés.\nLe taux de réponse est de 53,4 % sur 141 courriers.",
    "Nous avons reçu 21 630 visites en 2021.\nLes appels étaient 19 940 en 2020, une évolution de + 3,5 %.",
    "• 8 316 bénéficiaires\n• 6 904 hommes vaccinés et 1 207 femmes vaccinées",
    "Nous avons mené 431 ateliers.\nPlus loin : 431 lettres.\nLes 12 ateliers, puis 12 ateliers.",
    "Le montant moyen est de 640 € pour 1 250 accords (24 000 € rendus).",
    "Les saisies valent 2 140 k€, les remises 85 k€, soit 12 k€ au total de moins.",
    "Dossiers reçus : 318 ; visites : 204 ; clos : 251 ; agents : 271.",
    "L'équipe de 14 agents a formé 3 200 assurés, 18 % de plus de 60 ans et 12 % de moins de 30 ans.",
    "On compte 3 200 rappels, dont 1 240 le lundi, soit 12 % de plus qu'en 2020.",
    "Des contrats (122 visites), du retour à domicile (104 visites), des soins (18 visites), etc.",
    "Auteur | Dossiers | Montant moyen\nAssurés | 85 | 2,0\nPharmacies | 24 | 15,0\nTotal | 109 | 4,9",
    "100 patients ont été appelés par jour en mars, 200 en avril, 300 en mai, 550 en juin.",
    "2,2 M€ de masques pris en charge, 3,1 M€ de tests.\n84 % de masques ont été remis aux malades.",
    "58,4 % pour le sein, 34,1 % pour le côlon. En 2020 : 55,1 % (+ 3,3 points) et 32,6 % (+ 1,5 point).",
]


def found(text: str, folder: Path) -> list[Tie]:
    """The relations of a text of 2021."""
    path = folder / "texte.txt"
    path.write_text(f"BILAN DE L'ANNÉE\n\n{text}\n", encoding="utf-8")
    document = read_document(path)
    return ties(read_figures(document, "2021").figures, document.text)


@pytest.mark.parametrize(("text", "rule", "printed"), KINDS, ids=[rule for _, rule, _ in KINDS])
def test_words_bind_figures(text: str, rule: str, printed: str, tmp_path: Path) -> None:
    told = [tie for tie in found(text, tmp_path) if tie.rule == rule]
    assert [" ".join(figure.printed for figure in tie.figures) for tie in told] == printed.split("|")
    assert all(tie.holds for tie in told)


@pytest.mark.parametrize(("text", "rule"), SPOILED, ids=[rule for _, rule in SPOILED])
def test_one_wrong_digit_is_seen(text: str, rule: str, tmp_path: Path) -> None:
    assert [tie.holds for tie in found(text, tmp_path) if tie.rule == rule] == [False]


@pytest.mark.parametrize(("text", "told"), SPOILED_NEAR)
def test_one_wrong_digit_is_seen_by_its_neighbours(text: str, told: list[str], tmp_path: Path) -> None:
    failing = [tie for tie in found(text, tmp_path) if not tie.holds]
    assert sorted(" ".join(f.printed for f in tie.figures) for tie in failing) == sorted(told)


@pytest.mark.parametrize("text", APART)
def test_figures_that_stand_together_by_chance_raise_no_alarm(text: str, tmp_path: Path) -> None:
    assert [tie for tie in found(text, tmp_path) if not tie.holds] == []


#: Two wrong digits in one table: each spoils a row and a column, and the rows that hold are a minority.
TWICE_SPOILED = """\
Canal | Contacts 2020 | Contacts 2021 | Évolution
Téléphone | 61 875 | 64 320 | + 4,0 %
Courriels | 23 410 | 26 385 | + 14,6 %
Courriers | 41 200 | 38 564 | - 6,4 %
Total | 126 845 | 129 719 | + 2,6 %"""


def test_two_wrong_digits_of_one_table_are_both_told(tmp_path: Path) -> None:
    told = [
        " ".join(f.printed for f in tie.figures) for tie in found(TWICE_SPOILED, tmp_path) if not tie.holds
    ]
    assert told == [
        "126 845 61 875 23 410 41 200",
        "129 719 64 320 26 385 38 564",
        "+ 14,6 % 26 385 23 410",
        "+ 2,6 % 129 719 126 845",
    ]


QUARTERS = ["12 004", "11 870", "9 455", "12 310"]
MONTHS = {
    "Janvier": "41 204", "Février": "38 911", "Mars": "43 877", "Avril": "36 120",
    "Mai": "37 954", "Juin": "39 481", "Juillet": "33 209", "Août": "30 117",
    "Septembre": "41 556", "Octobre": "40 318", "Novembre": "38 744", "Décembre": "35 012",
}  # fmt: skip
#: Years beside their parts, each with what is printed of the year and whether it holds; ``None`` where
#: nothing binds it: a month is missing, another year, a stock, a year elsewhere that does not hold.
YEARS = [
    ("Mois | Appels\n{months}\nAnnée 2021 | 456 503", "456 503", True),
    ("Mois | Appels\n{months}\nAnnée 2021 | 466 503", "466 503", False),
    ("Mois | Appels\n{eleven}\nAnnée 2021 | 456 503", None, None),
    ("Mois | Appels\n{months}\nAnnée 2020 | 456 503", None, None),
    ("Visites | T1 2021 | T2 2021 | T3 2021 | T4 2021 | 2021\nBellac | {cells} | 45 639", "45 639", True),
    ("Visites | T1 2021 | T2 2021 | T3 2021 | T4 2021 | 2021\nBellac | {cells} | 95 639", "95 639", False),
    ("Visites | T1 2021 | T2 2021 | T3 2021 | T4 2021 | Année\nBellac | {cells} | 95 639", "95 639", False),
    ("Nous avons reçu 45 639 visites en 2021.\n\nVisites par trimestre\n{quarters}", "45 639", True),
    ("Nous avons reçu 45 739 visites en 2021.\n\nVisites par trimestre\n{quarters}", "45 739", False),
    ("Nous avons reçu 45 739 lettres en 2021.\n\nVisites par trimestre\n{quarters}", None, None),
    ("Nous avons reçu 45 739 visites et 812 lettres en 2021.\n\n{quarters}", None, None),
    ("Effectif | S1 2021 | S2 2021 | 2021\nSiège | 300 | 310 | 310", None, None),
]


def of_a_year(form: str) -> str:
    months = [f"{month} 2021 | {count}" for month, count in MONTHS.items()]
    return form.format(
        months="\n".join(months),
        eleven="\n".join(months[:11]),
        cells=" | ".join(QUARTERS),
        quarters="\n".join(f"T{n} 2021 : {count} visites" for n, count in enumerate(QUARTERS, 1)),
    )


@pytest.mark.parametrize(("form", "printed", "holds"), YEARS)
def test_the_parts_of_a_year_make_the_year(
    form: str, printed: str | None, holds: bool | None, tmp_path: Path
) -> None:
    told = [tie for tie in found(of_a_year(form), tmp_path) if tie.rule == "parts_de_l_annee"]
    assert [(tie.figures[0].printed, tie.holds) for tie in told] == ([(printed, holds)] if printed else [])


TWICE = "L'accueil a reçu 371 947 visites. Plus loin : les 371 947 visites de l'accueil."


def extract_of_text(text: str, folder: Path, **cells: list[str]) -> tuple[Extract, Extract]:
    """The extract whose template reads each figure of a text as the second reader does, without and with what
    the structure suggests; ``cells`` override columns, a value for each figure.
    """
    path = folder / "texte.txt"
    path.write_text(f"BILAN DE L'ANNÉE\n\n{text}\n", encoding="utf-8")
    document = read_document(path)
    figures = read_figures(document, "2021").figures
    rows = [
        dict.fromkeys(NUMBER_COLUMNS, "")
        | {"ligne": str(f.ligne), "colonne": str(f.colonne), "valeur_imprimee": f.printed, "unite": f.unit,
           "statut": "observation", "valeur": plain_decimal(f.value), "demi_intervalle": str(f.half_width),
           "bloc": "b", "nature": f.nature, "libelle": f.label, "revue": "true"}
        | {name: values[i] for name, values in cells.items()}
        for i, f in enumerate(figures)
    ]  # fmt: skip
    numbers = pl.DataFrame(rows, schema=dict.fromkeys(NUMBER_COLUMNS, pl.String), orient="row")
    bare = Extract(numbers, pl.DataFrame(schema=dict.fromkeys(RELATION_COLUMNS, pl.String)))
    return bare, with_structure(bare, figures, document.text)


@pytest.mark.parametrize(
    ("text", "cells", "verdicts"),
    [
        (KINDS[1][0], {}, ["exact"]),
        (SPOILED[1][0], {}, ["a_rapprocher"]),
        (SPOILED[1][0], {"revue": ["false"] * 3}, ["a_verifier"]),
        (KINDS[1][0], {"valeur": ["480", "130", "25.0"]}, []),
        (TWICE, {"indicateur_code": ["visites"] * 2}, ["exact"]),
        (TWICE, {"indicateur_code": ["visites", "appels"]}, []),
    ],
)
def test_an_extract_takes_what_it_reads_alike(
    text: str, cells: dict[str, list[str]], verdicts: list[str], tmp_path: Path
) -> None:
    """A contradiction is at worst to be reconciled, a draft's to be looked at; a figure that the template
    reads otherwise, or says to be of another thing, is left alone.
    """
    _, extract = extract_of_text(text, tmp_path, **cells)
    relations = read_relations(read_numbers(extract.numbers), extract.relations)
    assert [verdict.verdict for verdict in judge_all(relations)] == verdicts


BY_QUARTER = """Appels reçus par trimestre
                    2021
1er trimestre     12 340
2e trimestre      11 220
3e trimestre      10 115
4e trimestre      13 425
Année             {year}"""
PARTS = ["2021-T1", "2021-T2", "2021-T3", "2021-T4", "2021"]
HALVES = ["2021-T1", "2021-T2", "2021-S1", "2021-S2", "2021"]
CROSSED = """Préjudice par acteur
                  Subi       Évité      Total
Assurés        281 340      31 840    313 180
Soignants    1 402 310     262 060  1 664 370
Employeurs      21 080       1 990     23 070
Total        1 704 730     295 890  {total}"""
SAME = {"indicateur_code": ["appels"] * 5}


TWO_COLUMNS = """                                                 Le compte compte 187 350 adhérents, en
Au total, 65 238 visites ont été enregistrées    hausse de 6,4 %. 2 417 réclamations ont été
dans nos accueils, dont 9 812 sur rendez-vous.   reçues ; 94,5 % ont été traitées en moins de dix
Le temps d'attente moyen est de 7 minutes.       jours."""


def test_a_phrase_of_two_columns_of_prose_is_its_column_s(tmp_path: Path) -> None:
    _, extract = extract_of_text(TWO_COLUMNS, tmp_path)
    relations = read_relations(read_numbers(extract.numbers), extract.relations)
    bound = {tuple(term.printed for term in relation.terms) for relation in relations}
    assert bound == {("9 812", "65 238")}


@pytest.mark.parametrize(
    ("text", "cells", "verdicts"),
    [
        (BY_QUARTER.format(year="47 100"), SAME | {"periode_code": PARTS}, ["exact"]),
        (BY_QUARTER.format(year="47 200"), SAME | {"periode_code": PARTS}, ["ecart"]),
        (BY_QUARTER.format(year="47 200"), SAME | {"periode_code": HALVES}, ["a_rapprocher"]),
        (BY_QUARTER.format(year="47 200"), SAME | {"periode_code": [*PARTS[:4], "2020"]}, ["a_rapprocher"]),
        (BY_QUARTER.format(year="47 200"),
         {"periode_code": PARTS, "indicateur_code": [*["appels"] * 4, "visites"]}, ["a_rapprocher"]),
        (BY_QUARTER.format(year="47 200"), SAME | {"periode_code": PARTS, "revue": ["true"] * 4 + ["false"]},
         ["a_verifier"]),
        (CROSSED.format(total="2 003 620"), {}, ["ecart"] * 2),
        (CROSSED.format(total="2 011 840"), {}, ["a_rapprocher"] * 2),
        (CROSSED.format(total="2 003 620"), {"bloc": [*["b"] * 11, "autre"]}, ["a_rapprocher"] * 2),
        (CROSSED.format(total="2 003 620").replace("281 340", "281 350"), {}, ["a_rapprocher"] * 2),
        (CROSSED.format(total="2 000 620").replace("281 340", "281 350"), {}, ["ecart"] * 2),
    ],
)  # fmt: skip
def test_a_gap_that_the_figures_settle_is_no_doubt(
    text: str, cells: dict[str, list[str]], verdicts: list[str], tmp_path: Path
) -> None:
    """All the parts of a year, of one thing; a cell that its row and its column both want otherwise."""
    _, extract = extract_of_text(text, tmp_path, **cells)
    relations = read_relations(read_numbers(extract.numbers), extract.relations)
    found = [verdict.verdict for verdict in judge_all(relations)]
    assert [one for one in found if one != "exact"] == [one for one in verdicts if one != "exact"]
    assert found, "the structure binds something"


def test_what_binds_already_is_not_suggested_again(tmp_path: Path) -> None:
    _, once = extract_of_text(KINDS[1][0], tmp_path)
    document = read_document(tmp_path / "texte.txt")
    again = with_structure(once, read_figures(document, "2021").figures, document.text)
    assert again.relations.equals(once.relations)


def grouped(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def percent(value: Decimal, sign: bool = False) -> str:
    text = f"{abs(value).quantize(Decimal('0.1'), ROUND_HALF_UP)}".replace(".", ",")
    return f"{('- ' if value < 0 else '+ ') if sign else ''}{text} %"


PLACES = ["Nord", "Sud", "Est", "Ouest", "Centre", "Littoral", "Plateau", "Vallée"]
COLUMNS = ["Guichet", "Téléphone", "Courriel", "Borne"]


def table(rng: random.Random) -> tuple[list[str], list[list[str]]]:
    """A correct table as a header and rows of cells: places by columns, with one or both totals, or two years
    with their evolution and share.
    """
    places = rng.sample(PLACES, rng.randint(3, 7))
    if rng.random() < 0.5:
        columns = rng.sample(COLUMNS, rng.randint(2, 4))
        cells = [[rng.randint(11, 10 ** rng.randint(3, 6)) for _ in columns] for _ in places]
        whole = [sum(column) for column in zip(*cells, strict=True)]
        rows = [*zip(places, cells, strict=True), ("Total", whole)]
        across = rng.random() < 0.6
        header = ["Site", *columns, *(["Total"] if across else [])]
        return header, [
            [name, *map(grouped, row), *([grouped(sum(row))] if across else [])] for name, row in rows
        ]
    old = [rng.randint(1_000, 900_000) for _ in places]
    new = [max(1_000, value + rng.randint(-value // 3, value // 3)) for value in old]
    shares = rng.random() < 0.5
    lines: list[list[str]] = []
    for name, before, after in [*zip(places, old, new, strict=True), ("Total", sum(old), sum(new))]:
        evolution = percent(Decimal(100 * (after - before)) / before, sign=True)
        share = [percent(Decimal(100 * after) / sum(new))] if shares else []
        lines.append([name, grouped(before), grouped(after), evolution, *share])
    return ["Site", "2020", "2021", "Évolution", *(["Part"] if shares else [])], lines


def printed(header: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in [header, *rows]) + 4 for i in range(len(header))]
    return "\n".join(
        "".join(
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in [header, *rows]
    )


def sentence(rng: random.Random) -> str:
    """A correct sentence: a whole and its parts, a share, an evolution, a rate by the day, plain counts."""
    whole = rng.randint(400, 90_000)
    part = rng.randint(whole // 5, whole // 2)
    rest = rng.randint(whole // 5, whole // 2 - 1)
    before = max(100, whole + rng.randint(-whole // 3, whole // 3))
    return rng.choice([
        f"La caisse a traité {grouped(whole)} dossiers, dont {grouped(part)} en ligne "
        f"({percent(Decimal(100 * part) / whole)}).",
        f"En tout {grouped(part + rest)} appels : {grouped(part)} d'assurés, {grouped(rest)} d'employeurs.",
        f"Les demandes passent de {grouped(before)} en 2020 à {grouped(whole)} en 2021 "
        f"({percent(Decimal(100 * (whole - before)) / before, sign=True)}).",
        f"Le service a reçu {grouped(whole * 250)} courriels, soit {grouped(whole)} par jour.",
        f"Sur {grouped(whole)} visites, {grouped(part)} ont été suivies d'un rendez-vous, "
        f"soit {percent(Decimal(100 * part) / whole)}.",
        f"Les {grouped(whole)} visiteurs ont rencontré {rng.randint(3, 90)} conseillers dans "
        f"{rng.randint(2, 30)} communes, dont {rng.randint(100, 999)} jeunes ; "
        f"{rng.randint(20, 80)} % sont satisfaits.",
    ])  # fmt: skip


def layouts(count: int) -> Iterator[str]:
    rng = random.Random(2021)
    for _ in range(count):
        header, rows = table(rng)
        yield "\n\n".join([sentence(rng), printed(header, rows), sentence(rng)])


def test_no_correct_layout_raises_an_alarm(tmp_path: Path) -> None:
    bound = 0
    for text in layouts(60):
        known = found(text, tmp_path)
        assert [(tie.rule, [f.printed for f in tie.figures], text) for tie in known if not tie.holds] == []
        bound += len(known)
    assert bound > 8 * 60
