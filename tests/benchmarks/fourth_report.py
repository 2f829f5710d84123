"""A fourth invented report, of a writer of short chapters: numbered tables whose caption names them, a column
of units, rows for the parts of a year, shares of the whole, and boxes under a title of their own.

``written(year)`` gives its pages as HTML and its truth in the order of print; ``written(year, changed=True)``
the same report with some labels in other words, a table with a row more, and a paragraph written anew.
It was held out: written before the review was changed to ask less, and measured before anything was mended
for it; since then kinds of its layout have been.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.benchmarks.written_tables import Column, Row, drifted, grid, summed, years
from tests.review.invented import STYLE, Writer

LABEL, BODY = "CPAM de la Baie-d'Orme", "cpam_baie_d_orme"
#: A label of the first year, and what is written for it the year after.
REWORDED = {
    "Assurés du régime général": "Assurés et ayants droit",
    "Cliniques privées": "Établissements privés à but lucratif",
    "Masseurs-kinésithérapeutes": "Kinésithérapeutes",
    "Consultations et actes": "Honoraires des médecins",
    "Médicaments et dispositifs": "Produits de santé",
    "Premier versement d'une pension": "Pension d'invalidité (1er paiement)",
    "E-mails traités": "Courriels auxquels il a été répondu",
    "Désaccord sur un refus": "Contestation d'un refus",
    "Dossiers ouverts": "Affaires nouvelles",
    "Taxis et ambulanciers": "Transporteurs",
    "Lettres d'avertissement": "Avertissements",
    "Sortie de maternité": "Retour à domicile après une naissance",
    "Aide à la mutuelle": "Aide à la complémentaire",
    "Candidatures reçues": "Candidatures examinées",
    "Loyers et entretien": "Immobilier et maintenance",
    "Papier commandé": "Achats de papier",
    "maisons de santé": "maisons de santé pluriprofessionnelles en activité",
}


def _caption(w: Writer, text: str) -> None:
    """The caption of a table, numbered in the order of print."""
    rank = 1 + sum(part.startswith("<p class=titre>") for part in w.body)
    w.body.append(f"<p class=titre>Tableau {rank} : {text}</p>")


def _mixed(w: Writer, rows: Sequence[tuple[str, str, str, str, float, int]], count: int = 2) -> None:
    """A table whose rows each count something else in a unit of their own, which a column tells."""
    lines = []
    for n, (label, told, indicator, unit, base, decimals) in enumerate(rows):
        cells = [
            w.n(Writer(w.year - ago).drift(base, n + 2, decimals), indicator, unit, period=str(w.year - ago))
            for ago in range(count - 1, -1, -1)
        ]
        lines.append([label, told, *cells])
    w.table(["", "Unité", *(str(w.year - ago) for ago in range(count - 1, -1, -1))], lines)


def _summary(w: Writer) -> None:
    w.h(1, LABEL)
    w.p(f"L'année {w.now} : activité et résultats")
    w.h(2, "En bref")
    staff = int(sum(w.drift(base, 3 * n) for n, (_, base, _) in enumerate(STAFF)))
    w.boxes(
        [
            (w.n(w.drift(538_900, 2), "population_protegee"), "habitants rattachés à la caisse"),
            (w.n(staff, "effectif_salaries", period=f"{w.now}-12-31"), "salariés au 31 décembre"),
            (w.n(w.drift(2.31, 4, 2), "prestations_versees", "EUR") + " Md€", "remboursés dans l'année"),
            (w.n(w.drift(14.8, 1, 1), "decomptes") + " M", "de décomptes"),
            (w.n(w.drift(93.1, 4, 1), "taux_satisfaction", "%") + " %", "de satisfaction globale"),
            (w.n(w.drift(95.4, 4, 1), "score_cpg", "%") + " %", "d'atteinte des objectifs du CPG"),
            (w.n(8, "sites_accueil_nombre"), "lieux d'accueil"),
            (w.n(w.drift(36_180, 5), "cartes_vitale_delivrees"), "cartes Vitale produites"),
        ]
    )


STAFF = [("Femmes", 512, "femmes"), ("Hommes", 161, "hommes")]


def _governance(w: Writer) -> None:
    w.h(2, "Gouvernance et territoire")
    w.p(
        f"Le Conseil réunit {w.n(23, 'conseil_membres')} membres et a siégé "
        f"{w.n(w.drift(9, 3), 'seances_instances')} fois. Le département compte "
        f"{w.n(w.drift(601_400, 2), 'population_habitants')} habitants dans {w.n(287, 'communes_nombre')} "
        f"communes ; le chômage y touche {w.n(w.drift(7.4, 4, 1), 'taux_chomage', '%')} % des actifs."
    )
    _caption(w, "les publics couverts")
    grid(
        w,
        "Situation",
        years(w, "", count=3),
        [
            Row("Assurés du régime général", (538_900,), (), "population_protegee"),
            Row("Personnes en ALD", (97_610,), (), "beneficiaires_ald"),
            Row("Foyers sans complémentaire", (24_730,), (), "assures_sans_complementaire"),
            Row("Titulaires de l'aide médicale d'État", (1_890,), (), "beneficiaires_ame"),
        ],
    )
    w.h(3, "Les engagements du contrat de gestion")
    _caption(w, "taux d'atteinte par axe, en %")
    axes = [("Qualité de service", 94.2), ("Gestion du risque", 91.7), ("Efficience", 97.3)]
    grid(
        w,
        "Axe",
        years(w, "taux_atteinte_objectif", "%", 1),
        [Row(label, (base,)) for label, base in axes],
        names="poste",
    )


def _supply(w: Writer) -> None:
    w.h(2, "Un territoire de soins")
    kinds = [
        ("Hôpitaux publics", 11, "hopitaux_publics"),
        ("Cliniques privées", 9, "prives_lucratif"),
        ("EHPAD", 84, "ehpad"),
    ]
    _caption(w, "établissements du ressort")
    grid(
        w,
        "Catégorie",
        years(w, "etablissements_nombre"),
        [Row(label, (base,), (("etablissement", code),)) for label, base, code in kinds],
        total="Ensemble",
    )
    _caption(w, f"professionnels libéraux en {w.now}")
    jobs = [
        ("Généralistes", (447, 83.0), "medecins_generalistes"),
        ("Cardiologues", (38, 7.1), "cardiologues"),
        ("Ophtalmologues", (31, 5.8), "ophtalmologues"),
        ("Infirmiers", (822, 152.5), "infirmiers"),
        ("Masseurs-kinésithérapeutes", (596, 110.6), "masseurs_kinesitherapeutes"),
        ("Pédicures", (117, 21.7), "pedicures"),
    ]
    lines = []
    for n, (label, (count, rate), code) in enumerate(jobs):
        number = w.n(w.drift(count, n), "professionnels_sante_nombre", profession=code)
        dense = w.n(w.drift(rate, n, 1), "densite_professionnels_sante", "par_100000", profession=code)
        lines.append([label, number, dense])
    w.table(["Profession", "Effectif", "Densité pour 100 000 habitants"], lines)
    w.p(
        f"{w.n(w.drift(48, 6), 'installations_professionnels')} praticiens se sont installés dans l'année et "
        f"{w.n(w.drift(27, 3), 'contrats_installation_beneficiaires')} ont reçu une aide à l'installation, "
        f"pour {w.n(w.drift(1.12, 5, 2), 'contrats_installation_montant', 'EUR')} million d'euros."
    )
    w.h(3, "Exercer ensemble")
    w.boxes(
        [
            (w.n(w.drift(24, 7), "msp_nombre"), "maisons de santé"),
            (w.n(10, "cpts_nombre"), "CPTS en fonctionnement"),
            (w.n(w.drift(78, 5), "contrats_assistants_medicaux"), "assistants médicaux sous contrat"),
            (w.n(w.drift(3_140, 2), "visites_dam"), "entretiens de délégués"),
            (w.n(w.drift(66.4, 4, 1), "taux_scor", "%") + " %", "de professionnels équipés de SCOR"),
        ]
    )
    w.p(
        f"Le taux de télétransmission progresse à {w.n(w.drift(94.9, 4, 1), 'taux_teletransmission', '%')} % "
        f"(contre {w.n(Writer(w.year - 1).drift(94.9, 4, 1), 'taux_teletransmission', '%', period=w.before)} "
        f"% en {w.before}), et {w.n(w.drift(52.7, 4, 1), 'taux_adhesion_optam', '%')} % des spécialistes "
        "éligibles ont choisi l'OPTAM."
    )


CARE = [
    ("Consultations et actes", 121.7), ("Soins dentaires", 44.3), ("Soins infirmiers", 63.9),
    ("Rééducation", 38.6), ("Médicaments et dispositifs", 187.2), ("Transports", 29.8),
]  # fmt: skip


def _benefits(w: Writer) -> None:
    w.h(2, "Ce que nous remboursons")
    _caption(w, "soins de ville par poste, en millions d'euros")
    columns = years(w, "soins_ville_montant", "EUR", 1, count=3)
    rows = [Row(label, (base,)) for label, base in CARE]
    cells = drifted(w, columns, rows)
    top, sums = summed("Total", rows, cells)
    lines = []
    for row, values in [*zip(rows, cells, strict=True), (top, sums)]:
        nature = "total" if row is top else "constate"
        line = [row.label]
        for c, value in zip(columns, values, strict=True):
            period = str(w.year - c.ago)
            line.append(w.n(float(value), c.indicator, "EUR", period=period, nature=nature, rows="poste"))
        share = round(100 * values[-1] / sums[-1], 1)
        line.append(w.n(float(share), "soins_ville_montant", "%", nature="part", rows="poste") + " %")
        lines.append(line)
    w.table(["Poste", *(c.head for c in columns), f"Part en {w.now}"], lines)
    w.h(3, "Quand le travail s'arrête")
    _caption(w, "arrêts par semestre")
    lines = []
    for n, (label, code, unit, base) in enumerate(
        [
            ("Avis d'arrêt enregistrés", "arrets_travail", "nombre", 31_400),
            ("Journées indemnisées", "jours_indemnises", "jours", 702_600),
        ]
    ):
        halves = [int(w.drift(base + 1_213 * h, 2 * n + h)) for h in (1, 2)]
        told = [w.n(v, code, unit, period=f"{w.year}-S{h}") for h, v in enumerate(halves, 1)]
        lines.append([label, *told, w.n(sum(halves), code, unit, nature="total")])
    w.table(["", f"1er semestre {w.now}", f"2e semestre {w.now}", f"Total {w.now}"], lines)
    code = "indemnites_journalieres_montant"
    paid = w.n(w.drift(118.4, 3, 1), code, "EUR")
    grown = w.n(w.drift(4.6, 7, 1), code, "%", "+", nature="evolution", period=f"{w.before}/{w.now}")
    w.p(f"Les indemnités journalières représentent {paid} millions d'euros, soit {grown} % en un an.")
    w.h(3, "Régler dans les temps")
    _caption(w, "nombre moyen de jours avant paiement")
    waits = [
        ("Arrêt maladie d'un salarié", 23.7), ("Feuille de soins papier", 7.8),
        ("Premier versement d'une pension", 48.2), ("Capital décès", 21.6),
    ]  # fmt: skip
    grid(
        w,
        "Prestation",
        years(w, "delai_paiement", "jours", 1),
        [Row(label, (base,)) for label, base in waits],
        names="poste",
    )
    w.p(
        f"La fiabilité des règlements est de {w.n(w.drift(96.1, 4, 1), 'taux_fiabilite', '%')} %. "
        f"{w.n(w.drift(4_480, 2), 'pensions_invalidite_nombre')} assurés perçoivent une pension d'invalidité "
        f"et {w.n(w.drift(8_730, 6), 'rentes_beneficiaires')} une rente."
    )


def _work(w: Writer) -> None:
    w.h(2, "Les risques professionnels")
    _caption(w, "déclarations et décisions")
    kinds = [
        ("Accidents du travail", (8_310, 7_480), "accident_travail"),
        ("Accidents de trajet", (1_490, 1_310), "accident_trajet"),
        ("Maladies professionnelles", (2_070, 1_260), "maladie_professionnelle"),
    ]
    grid(
        w,
        "Sinistre",
        [
            Column("Déclarés", "sinistres_at_mp_declares"),
            Column("Pris en charge", "dossiers_at_mp_pris_en_charge"),
        ],
        [Row(label, bases, (("risque", code),)) for label, bases, code in kinds],
        total="Total",
    )
    w.p(
        f"{w.n(w.drift(1_722, 5), 'enquetes_at_mp')} enquêtes ont été conduites ; les employeurs ont émis "
        f"{w.n(w.drift(934, 4), 'reserves_motivees_employeurs')} réserves motivées. La cellule de prévention "
        f"de la désinsertion a reçu {w.n(w.drift(1_156, 8), 'signalements_pdp')} signalements."
    )


def _contacts(w: Writer) -> None:
    w.h(2, "À votre écoute")
    _caption(w, f"contacts par trimestre en {w.now}")
    codes = [("appels_recus", 98_400), ("courriels_recus", 37_900), ("visites_accueil", 22_300)]
    lines, held = [], []
    for quarter in range(1, 5):
        counts = [int(w.drift(base + 811 * ((2 * quarter + n) % 5), quarter)) for n, (_, base) in
                  enumerate(codes)]  # fmt: skip
        held.append(counts)
        told = [
            w.n(v, code, period=f"{w.year}-T{quarter}") for v, (code, _) in zip(counts, codes, strict=True)
        ]
        lines.append([f"{quarter}{'er' if quarter == 1 else 'e'} trimestre", *told])
    sums = [sum(column) for column in zip(*held, strict=True)]
    lines.append(
        ["Total annuel", *(w.n(v, c, nature="total") for v, (c, _) in zip(sums, codes, strict=True))]
    )
    w.table(["Période", "Appels reçus", "E-mails reçus", "Visites"], lines)
    rate = w.drift(88.4, 4, 1)
    w.p(
        f"Nous avons décroché {w.n(rate, 'taux_decroche', '%')} % des appels, "
        f"l'objectif étant de {w.n(89, 'taux_decroche', '%', nature='objectif')} %."
    )
    _caption(w, "services en ligne et à distance")
    grid(
        w,
        "Service",
        years(w, ""),
        [
            Row("Comptes ameli", (352_700,), (), "comptes_ameli_ouverts"),
            Row("E-mails traités", (149_300,), (), "courriels_traites"),
            Row("Rendez-vous", (18_460,), (), "rendez_vous"),
            Row("Courriers arrivés", (204_800,), (), "courriers_recus"),
        ],
        evolution="Évolution",
    )
    w.h(3, "La médiation")
    motives = [
        ("Désaccord sur un refus", (411,)), ("Retard de paiement", (356,)), ("Accès aux droits", (218,)),
    ]  # fmt: skip
    _caption(w, "saisines du médiateur par motif")
    grid(
        w,
        "Motif",
        years(w, "saisines_mediation"),
        [Row(label, bases) for label, bases in motives],
        total="Total",
        names="motif",
    )
    w.p(
        f"La réponse du médiateur intervient en {w.n(w.drift(12.4, 1, 1), 'delai_mediation', 'jours')} jours "
        f"; {w.n(w.drift(61.3, 4, 1), 'taux_resolution_mediation', '%')} % des demandes trouvent une issue "
        "favorable."
    )


def _disputes(w: Writer) -> None:
    w.h(2, "Contestations et indus")
    _caption(w, "activité contentieuse")
    grid(
        w,
        "Étape",
        years(w, "", count=3),
        [
            Row("Dossiers ouverts", (2_160,), (), "affaires_contentieuses_recues"),
            Row("Dossiers clos", (1_985,), (), "affaires_contentieuses_closes"),
            Row("Décisions de la CRA", (1_437,), (), "decisions_cra_notifiees"),
        ],
    )
    w.p(
        f"Les indus notifiés se montent à {w.n(w.drift(13.7, 2, 1), 'indus_notifies', 'EUR')} millions "
        f"d'euros, dont {w.n(w.drift(9.4, 4, 1), 'indus_recouvres', 'EUR')} millions d'euros recouvrés. "
        f"Le recours contre tiers a produit "
        f"{w.n(w.drift(21.8, 5, 1), 'recours_contre_tiers_montant', 'EUR')} millions d'euros."
    )


def _fraud(w: Writer) -> None:
    w.h(2, "Contrôler, sanctionner")
    _caption(w, "bilan par catégorie d'acteurs")
    who = [
        ("Assurés", (1_690, 1_980_400, 861_200), "assures"),
        ("Taxis et ambulanciers", (83, 2_410_600, 1_130_900), "transporteurs"),
        ("Infirmiers", (112, 1_377_800, 702_500), "infirmiers"),
        ("Employeurs", (31, 143_700, 51_600), "employeurs"),
    ]
    grid(
        w,
        "Catégorie",
        [
            Column("Dossiers contrôlés", "dossiers_controles"),
            Column("Préjudice subi (€)", "prejudice_subi", "EUR"),
            Column("Préjudice évité (€)", "prejudice_evite", "EUR"),
        ],
        [Row(label, bases, (("acteur", code),)) for label, bases, code in who],
        total="Total",
    )
    _caption(w, "suites engagées")
    grid(
        w,
        "Suite",
        years(w, "", count=3),
        [
            Row("Lettres d'avertissement", (284,), (), "avertissements"),
            Row("Pénalités financières", (193,), (), "penalites_notifiees_nombre"),
            Row("Plaintes déposées", (46,), (), "plaintes_penales"),
            Row("Saisines de l'ordre", (14,), (), "saisines_ordinales"),
        ],
    )
    w.p(
        f"Le montant des pénalités notifiées est de "
        f"{w.n(w.drift(356_200, 6), 'penalites_notifiees_montant', 'EUR')} €. "
        f"{w.n(w.drift(7, 8), 'personnes_condamnees_prison')} personnes ont été condamnées à une peine de "
        "prison."
    )


def _prevention(w: Writer, more: bool) -> None:
    w.h(2, "Prévenir")
    _caption(w, "dépistages organisés")
    cancers = [
        ("Cancer du sein", (52_300, 50.8), "depistage_sein"),
        ("Cancer colorectal", (91_400, 33.1), "depistage_colorectal"),
        ("Cancer du col de l'utérus", (67_200, 58.6), "depistage_col_uterus"),
    ]
    lines = []
    for n, (label, (count, rate), code) in enumerate(cancers):
        sent = w.n(w.drift(count, n), "invitations_depistage", programme=code)
        share = w.n(w.drift(rate, n + 4, 1), "taux_depistage", "%", programme=code)
        lines.append([label, sent, share + " %"])
    w.table(["Dépistage", "Invitations envoyées", "Taux de participation"], lines)
    w.h(3, "PRADO")
    _caption(w, "patients accompagnés à la sortie de l'hôpital")
    ways = [
        ("Sortie de maternité", 1_388, "prado_maternite"),
        ("Après une chirurgie", 1_902, "prado_chirurgie"),
        ("Personnes âgées", 811, "prado_personnes_agees"),
        *([("Accident vasculaire cérébral", 164, "prado_avc")] if more else []),
    ]
    grid(
        w,
        "Parcours",
        years(w, "patients_prado"),
        [Row(label, (base,), (("programme", code),)) for label, base, code in ways],
        total="Total",
        evolution="Évolution",
    )
    flu = w.n(w.drift(57.9, 4, 1), "taux_vaccination", "%")
    teeth = w.n(w.drift(44.8, 4, 1), "taux_recours_ebd", "%")
    if more:
        w.p(
            f"Contre la grippe, la couverture vaccinale des seniors atteint {flu} %. Un enfant invité sur "
            f"deux ou presque ({teeth} %) a consulté un dentiste dans le cadre de M'T dents."
        )
    else:
        w.p(
            f"{flu} % des assurés âgés de 65 ans et plus sont vaccinés contre la grippe ; {teeth} % des "
            "enfants ont utilisé leur rendez-vous M'T dents."
        )
    w.boxes(
        [
            (w.n(w.drift(18_640, 3), "effectif_programme_prevention"), "inscrits à sophia"),
            (w.n(w.drift(126, 4), "actions_prevention_nombre"), "actions de prévention menées"),
            (w.n(w.drift(7_310, 7), "personnes_sensibilisees"), "personnes sensibilisées"),
            (w.n(w.drift(2_040, 1), "kits_depistage_remis"), "kits de dépistage distribués"),
        ]
    )


def _help(w: Writer) -> None:
    w.h(2, "Soutenir les plus fragiles")
    _caption(w, "secours individuels")
    aids = [
        ("Aide à la mutuelle", (1_180, 902, 331_400)), ("Frais d'optique", (402, 268, 58_900)),
        ("Soins dentaires", (731, 514, 214_700)), ("Maintien à domicile", (356, 311, 268_300)),
    ]  # fmt: skip
    grid(
        w,
        "Objet",
        [
            Column("Demandes d'aide", "aides_ass_demandes"),
            Column("Aides attribuées", "aides_ass_nombre"),
            Column("Montant attribué (€)", "aides_ass_montant", "EUR"),
        ],
        [Row(label, bases) for label, bases in aids],
        total="Total",
        names="poste",
    )
    _caption(w, "complémentaire santé solidaire")
    grid(
        w,
        "Formule",
        years(w, "beneficiaires_c2s"),
        [
            Row("C2S sans participation", (46_700,), (("programme", "c2s_gratuite"),)),
            Row("C2S avec participation", (11_900,), (("programme", "c2s_participative"),)),
        ],
        total="Total",
        evolution="Évolution",
    )
    w.p(
        f"La mission accompagnement santé est intervenue auprès de "
        f"{w.n(w.drift(2_560, 2), 'accompagnements_acces_soins')} personnes, signalées par nos "
        f"{w.n(w.drift(64, 6), 'partenaires_nombre')} partenaires. "
        f"{w.n(w.drift(29, 8), 'subventions_nombre')} associations ont été aidées à hauteur de "
        f"{w.n(w.drift(241_300, 3), 'subventions_montant', 'EUR')} €."
    )


def _staff(w: Writer) -> None:
    w.h(2, "L'équipe")
    _caption(w, "effectif au 31 décembre")
    grid(
        w,
        "",
        years(w, "effectif_salaries", day="-12-31"),
        [Row(label, (base,), (("sexe", code),)) for label, base, code in STAFF],
        total="Total",
    )
    _caption(w, "mouvements et parcours")
    grid(
        w,
        "",
        years(w, ""),
        [
            Row("Candidatures reçues", (1_240,), (), "recrutement_candidatures"),
            Row("Embauches", (58,), (), "embauches"),
            Row("Départs", (63,), (), "departs_salaries"),
            Row("Stagiaires", (37,), (), "stagiaires_accueillis"),
            Row("Télétravailleurs", (431,), (), "teletravailleurs"),
        ],
        evolution="Évolution",
    )
    w.boxes(
        [
            (w.n(w.drift(46.2, 4, 1), "age_moyen_salaries", "ans") + " ans", "d'âge moyen"),
            (w.n(w.drift(16.8, 4, 1), "anciennete_moyenne", "ans") + " ans", "d'ancienneté moyenne"),
            (w.n(w.drift(5.8, 4, 1), "taux_absenteisme", "%") + " %", "d'absentéisme"),
            (w.n(w.drift(11_340, 6), "formation_heures", "heures"), "heures de formation"),
        ]
    )


def _means(w: Writer) -> None:
    w.h(2, "Les moyens")
    _caption(w, "charges de la gestion administrative, en milliers d'euros")
    grid(
        w,
        "Nature",
        years(w, "charges_gestion", "EUR"),
        [
            Row("Personnel", (33_270,)), Row("Loyers et entretien", (2_940,)),
            Row("Informatique et télécoms", (1_710,)), Row("Impôts et taxes", (3_580,)),
        ],
        total="Total",
        evolution="Évolution",
        names="poste",
    )  # fmt: skip
    w.p(
        f"Les investissements s'élèvent à {w.n(w.drift(684, 3), 'investissements', 'EUR')} milliers "
        f"d'euros et l'affranchissement à "
        f"{w.n(w.drift(412, 1), 'affranchissement_depenses', 'EUR')} milliers "
        "d'euros."
    )
    w.h(3, "Notre empreinte")
    _caption(w, "développement durable")
    _mixed(
        w,
        [
            ("Surface occupée", "m²", "surface_immobiliere", "m2", 15_870, 0),
            ("Papier commandé", "tonnes", "consommation_papier", "tonnes", 41.2, 1),
            ("Distance parcourue par la flotte", "km", "kilometres_flotte", "km", 203_600, 0),
        ],
    )


def written(year: int, changed: bool = False) -> tuple[str, Writer]:
    """The report of ``year`` as HTML, and its writer, which holds what each figure means."""
    writer = Writer(year)
    for part in (_summary, _governance, _supply, _benefits, _work, _contacts, _disputes, _fraud):
        part(writer)
    _prevention(writer, more=changed)
    for part in (_help, _staff, _means):
        part(writer)
    text = "".join(writer.body)
    for before, after in REWORDED.items() if changed else ():
        text = text.replace(f">{before}<", f">{after}<")
    return STYLE + text, replace(writer, body=[text])
