"""The invented report of a body at the length of a real one: some three hundred figures in tables, boxes and
prose, for two years or more, and what each of its figures means. Measured on, never fitted to.

``written(year)`` gives its pages as HTML and its truth in the order of print.
"""

from __future__ import annotations

from tests.benchmarks.written_tables import Column, Row, grid, years
from tests.review.invented import STYLE, Writer

LABEL, BODY = "CPAM du Val-Serein", "cpam_val_serein"


def _summary(w: Writer) -> None:
    w.h(1, LABEL)
    w.p(f"Rapport annuel d'activité {w.now}")
    w.h(2, f"{w.now} en un coup d'œil")
    w.boxes(
        [
            (w.n(w.drift(463_118, 2), "population_protegee"), "personnes couvertes par la caisse"),
            (w.n(w.drift(1.84, 2, 2), "prestations_versees", "EUR") + " Md€", "de prestations réglées"),
            (w.n(w.drift(11.6, 3, 1), "decomptes") + " millions", "de feuilles et factures liquidées"),
            (w.n(w.drift(94.2, 4, 1), "taux_dematerialisation", "%") + " %", "de flux dématérialisés"),
            (w.n(w.drift(88.9, 4, 1), "taux_satisfaction", "%") + " %", "d'usagers satisfaits"),
            (w.n(w.drift(298_450, 6), "comptes_ameli_ouverts"), "assurés titulaires d'un compte ameli"),
            (w.n(6, "sites_accueil_nombre"), "points d'accueil"),
            (w.n(w.drift(42_730, 7), "cartes_vitale_delivrees"), "cartes Vitale remises"),
            (w.n(w.drift(92.3, 4, 1), "score_cpg", "%") + " %", "score du contrat de gestion"),
        ]
    )


def _population(w: Writer) -> None:
    w.h(2, "Le territoire et ses assurés")
    grid(
        w,
        "Public",
        years(w, "", count=3),
        [
            Row("Population protégée", (463_118,), (), "population_protegee"),
            Row("Patients en affection de longue durée", (81_240,), (), "beneficiaires_ald"),
            Row("Bénéficiaires de l'AME", (2_310,), (), "beneficiaires_ame"),
            Row("Titulaires d'une rente AT/MP", (9_864,), (), "rentes_beneficiaires"),
        ],
        evolution="Variation",
    )
    w.h(3, "Complémentaire santé solidaire")
    programmes = [("C2S gratuite", 38_410, "c2s_gratuite"), ("C2S participative", 9_120, "c2s_participative")]
    grid(
        w,
        "Dispositif",
        years(w, "beneficiaires_c2s"),
        [Row(label, (base,), (("programme", code),)) for label, base, code in programmes],
        total="Total",
        evolution="Variation",
        names="programme",
    )
    w.p(
        f"Le département compte {w.n(w.drift(517_300, 2), 'population_habitants')} habitants répartis dans "
        f"{w.n(312, 'communes_nombre')} communes."
    )


POSTS = [
    ("Médecins", 148_310), ("Dentistes", 52_460), ("Auxiliaires médicaux", 97_820), ("Laboratoires", 31_570),
    ("Pharmacie", 203_940), ("Appareillage", 71_290), ("Transports sanitaires", 44_180), ("Cures", 3_260),
]  # fmt: skip


def _benefits(w: Writer) -> None:
    w.h(2, "Payer juste et vite")
    w.h(3, "Dépenses de soins de ville")
    w.p("Montants remboursés, en milliers d'euros.")
    grid(
        w,
        "Poste",
        years(w, "soins_ville_montant", "EUR", count=3),
        [Row(label, (base,)) for label, base in POSTS],
        total="Total",
        evolution="Évolution",
        names="poste",
    )
    w.h(3, "Revenus de remplacement")
    risks = [
        ("Maladie", (31_240, 1_402_600, 51_830), "maladie"),
        ("Maternité", (4_120, 391_400, 17_610), "maternite"),
        ("AT/MP", (7_860, 583_200, 28_940), "at_mp"),
    ]
    grid(
        w,
        "Risque",
        [
            Column("Bénéficiaires d'IJ", "indemnites_journalieres_beneficiaires"),
            Column("Jours indemnisés", "jours_indemnises", "jours"),
            Column("Montant versé (k€)", "indemnites_journalieres_montant", "EUR"),
        ],
        [Row(label, bases, (("risque", code),)) for label, bases, code in risks],
        total="Total",
    )
    w.h(3, "Délais")
    waits = [
        ("Indemnités journalières des salariés", 21.4), ("Indemnités des indépendants", 27.9),
        ("Soins sur support papier", 8.3), ("Pension d'invalidité", 44.6), ("Capital décès", 18.2),
    ]  # fmt: skip
    grid(
        w,
        "Délai de règlement en jours",
        [
            *years(w, "delai_paiement", "jours", 1),
            Column("Cible", "delai_paiement", "jours", nature="objectif"),
        ],
        [Row(label, (base, base, round(base))) for label, base in waits],
        names="poste",
    )
    w.p(
        f"La caisse a servi {w.n(w.drift(3_917, 2), 'pensions_invalidite_nombre')} pensions "
        f"d'invalidité, pour "
        f"{w.n(w.drift(38.7, 5, 1), 'pensions_invalidite_montant', 'EUR')} millions d'euros, et "
        f"{w.n(w.drift(642, 8), 'capitaux_deces_nombre')} capitaux décès."
    )
    w.p(
        f"Les employeurs ont déclaré {w.n(w.drift(6_218, 1), 'sinistres_at_mp_declares')} accidents "
        f"du travail ; "
        f"{w.n(w.drift(1_045, 3), 'enquetes_at_mp')} ont donné lieu à une enquête."
    )
    w.p(f"Le taux de fiabilité des paiements ressort à {w.n(w.drift(93.6, 4, 1), 'taux_fiabilite', '%')} %.")


MONTHS = ["Janv.", "Févr.", "Mars", "Avril", "Mai", "Juin", "Juil.", "Août", "Sept.", "Oct.", "Nov.", "Déc."]


def _months(w: Writer) -> None:
    rows = [("Appels reçus", "appels_recus", 27_300), ("Appels traités", "appels_traites", 24_800)]
    lines = []
    for n, (label, code, base) in enumerate(rows):
        values = [int(w.drift(base + 613 * ((5 * m + n) % 7), m + 2)) for m in range(12)]
        cells = [w.n(v, code, period=f"{w.year}-{m:02}") for m, v in enumerate(values, 1)]
        lines.append([label, *cells, w.n(sum(values), code, nature="total")])
    w.table(["Téléphone", *MONTHS, "Total"], lines)


def _contacts(w: Writer) -> None:
    w.h(2, "Une relation de service à l'écoute")
    w.h(3, "Le téléphone mois par mois")
    _months(w)
    w.p(
        f"Le taux de décroché s'établit à {w.n(w.drift(89.7, 4, 1), 'taux_decroche', '%')} %, contre "
        f"{w.n(Writer(w.year - 1).drift(89.7, 4, 1), 'taux_decroche', '%', period=w.before)} % "
        "un an plus tôt."
    )
    w.h(3, "Les autres contacts")
    grid(
        w,
        "Mode de contact",
        years(w, ""),
        [
            Row("Courriels reçus", (71_260,), (), "courriels_recus"),
            Row("Courriels traités", (69_930,), (), "courriels_traites"),
            Row("Connexions au compte ameli", (3_418_000,), (), "connexions_ameli"),
            Row("Courriers reçus", (118_400,), (), "courriers_recus"),
            Row("Réclamations reçues", (5_870,), (), "demandes_recues"),
        ],
        evolution="Évolution",
    )
    w.h(3, "L'accueil dans nos sites")
    sites = [
        ("Sainte-Aubane", (31_420, 6_310)), ("Brémont", (18_750, 4_120)),
        ("Vaucresson-le-Haut", (9_630, 2_480)),
        ("Les Essards", (7_140, 1_905)),
    ]  # fmt: skip
    grid(
        w,
        "Site",
        [Column("Visites", "visites_accueil"), Column("Rendez-vous honorés", "rendez_vous")],
        [Row(label, bases) for label, bases in sites],
        total="Total",
        names="site",
    )
    w.p(
        f"La médiation a traité {w.n(w.drift(738, 9), 'saisines_mediation')} saisines en "
        f"{w.n(w.drift(11.2, 1, 1), 'delai_mediation', 'jours')} jours en moyenne. "
        f"{w.n(w.drift(82.4, 4, 1), 'taux_reponse_delai', '%')} % des courriels ont reçu une réponse sous "
        f"48 heures."
    )


def _rights(w: Writer) -> None:
    w.h(2, "Ouvrir les droits, aider les plus fragiles")
    aids = [
        ("Prothèses dentaires", (612, 431, 188_600)), ("Lunettes", (344, 219, 47_300)),
        ("Aide au retour à domicile", (288, 251, 203_700)), ("Appareils auditifs", (197, 142, 96_200)),
        ("Secours exceptionnels", (1_304, 968, 512_400)),
    ]  # fmt: skip
    grid(
        w,
        "Nature du secours",
        [
            Column("Demandes", "aides_ass_demandes"),
            Column("Aides accordées", "aides_ass_nombre"),
            Column("Montant (en €)", "aides_ass_montant", "EUR"),
        ],
        [Row(label, bases) for label, bases in aids],
        total="Total",
        names="poste",
    )
    w.boxes(
        [
            (
                w.n(w.drift(2_184, 4), "accompagnements_acces_soins"),
                "parcours d'accompagnement vers les soins",
            ),
            (w.n(w.drift(57, 6), "partenaires_nombre"), "partenaires signataires"),
            (w.n(w.drift(23, 8), "france_services_structures"), "France services"),
            (w.n(w.drift(436, 1), "signalements_accompagnement"), "détections de renoncement transmises"),
        ]
    )
    w.p(
        f"La caisse a financé {w.n(w.drift(31, 2), 'subventions_nombre')} associations pour "
        f"{w.n(w.drift(214_700, 3), 'subventions_montant', 'EUR')} €. "
        f"{w.n(w.drift(87.1, 4, 1), 'taux_medecin_traitant', '%')} % des assurés ont un "
        "médecin traitant déclaré."
    )


def _prevention(w: Writer) -> None:
    w.h(2, "Agir en prévention")
    cancers = [
        ("Sein", 47.8, "depistage_sein"), ("Côlon et rectum", 31.9, "depistage_colorectal"),
        ("Col de l'utérus", 56.4, "depistage_col_uterus"),
    ]  # fmt: skip
    grid(
        w,
        "Taux de participation aux dépistages",
        [Column(str(w.year - ago), "taux_depistage", "%", ago, decimals=1, suffix=" %") for ago in (2, 1, 0)],
        [Row(label, (base,)) for label, base, _ in cancers],
        names="programme",
    )
    w.h(3, "Ateliers et campagnes")
    grid(
        w,
        "Thème",
        [Column("Actions", "actions_prevention_nombre"), Column("Participants", "personnes_sensibilisees")],
        [
            Row("Tabac", (41, 1_260)), Row("Nutrition", (27, 834)), Row("Santé des jeunes", (63, 4_480)),
            Row("Bien vieillir", (18, 612)),
        ],
        total="Total",
        names="programme",
    )  # fmt: skip
    w.p(
        f"Le service sophia réunit {w.n(w.drift(15_720, 3), 'effectif_programme_prevention')} adhérents ; "
        f"{w.n(w.drift(58.3, 4, 1), 'taux_vaccination', '%')} % des personnes de plus de 65 ans se sont fait "
        "vacciner contre la grippe."
    )
    w.p(
        f"PRADO a suivi {w.n(w.drift(3_406, 5), 'patients_prado')} patients, et M'T dents a permis à "
        f"{w.n(w.drift(43.5, 4, 1), 'taux_recours_ebd', '%')} % des enfants invités de consulter."
    )


def _fraud(w: Writer) -> None:
    w.h(2, "Protéger le système de soins")
    who = [
        ("Assurés", (1_284_600, 842_300), "assures"), ("Infirmiers", (913_200, 402_700), "infirmiers"),
        ("Transporteurs", (1_566_900, 688_100), "transporteurs"),
        ("Employeurs", (88_400, 31_700), "employeurs"),
        ("Chirurgiens-dentistes", (304_500, 172_600), "chirurgiens_dentistes"),
    ]  # fmt: skip
    grid(
        w,
        "Montants en euros",
        [
            Column("Préjudice subi", "prejudice_subi", "EUR"),
            Column("Préjudice évité", "prejudice_evite", "EUR"),
        ],
        [Row(label, bases, (("acteur", code),)) for label, bases, code in who],
        total="Total",
    )
    w.h(3, "Les suites données")
    grid(
        w,
        "Suite",
        years(w, ""),
        [
            Row("Avertissements", (212,), (), "avertissements"),
            Row("Pénalités financières notifiées", (148,), (), "penalites_notifiees_nombre"),
            Row("Plaintes pénales", (37,), (), "plaintes_penales"),
            Row("Saisines ordinales", (9,), (), "saisines_ordinales"),
        ],
        evolution="Évolution",
    )
    w.p(
        f"Les indus notifiés atteignent {w.n(w.drift(8.41, 2, 2), 'indus_notifies', 'EUR')} M€ et les sommes "
        f"recouvrées {w.n(w.drift(5.93, 3, 2), 'indus_recouvres', 'EUR')} M€."
    )
    w.p(
        f"Le recours contre tiers rapporte {w.n(w.drift(14.2, 5, 1), 'recours_contre_tiers_montant', 'EUR')} "
        "M€."
    )
    w.h(3, "Contentieux")
    grid(
        w,
        "Affaires contentieuses",
        years(w, ""),
        [
            Row("Affaires reçues", (1_830,), (), "affaires_contentieuses_recues"),
            Row("Affaires closes", (1_644,), (), "affaires_contentieuses_closes"),
            Row("Affaires en cours", (972,), (), "affaires_contentieuses_en_cours"),
        ],
    )


def _care(w: Writer) -> None:
    w.h(2, "L'offre de soins")
    jobs = [
        ("Médecins généralistes", 388, "medecins_generalistes"),
        ("Médecins spécialistes", 421, "medecins_specialistes"),
        ("Chirurgiens-dentistes", 264, "chirurgiens_dentistes"), ("Infirmiers", 716, "infirmiers"),
        ("Masseurs-kinésithérapeutes", 503, "masseurs_kinesitherapeutes"),
        ("Sages-femmes", 58, "sages_femmes"),
        ("Orthophonistes", 131, "orthophonistes"), ("Pharmacies", 172, "pharmacies"),
    ]  # fmt: skip
    grid(
        w,
        "Praticiens et officines en activité",
        years(w, "professionnels_sante_nombre"),
        [Row(label, (base,), (("profession", code),)) for label, base, code in jobs],
        total="Total",
        evolution="Évolution",
    )
    w.boxes(
        [
            (w.n(w.drift(2_672, 2), "visites_dam"), "visites de délégués en cabinet"),
            (w.n(w.drift(64, 5), "contrats_assistants_medicaux"), "contrats d'assistant médical"),
            (w.n(14 + w.year - 2020, "msp_nombre"), "maisons de santé pluriprofessionnelles"),
            (w.n(8, "cpts_nombre"), "communautés professionnelles territoriales de santé"),
        ]
    )
    w.p(
        f"{w.n(w.drift(93.8, 4, 1), 'taux_teletransmission', '%')} % des factures sont télétransmises et "
        f"{w.n(w.drift(41.6, 4, 1), 'taux_adhesion_optam', '%')} % des médecins concernés ont "
        "adhéré à l'OPTAM."
    )


def _staff(w: Writer) -> None:
    w.h(2, "Les femmes et les hommes de la caisse")
    grid(
        w,
        "Effectif présent",
        years(w, "effectif_salaries", count=3),
        [Row("Femmes", (381,), (("sexe", "femmes"),)), Row("Hommes", (109,), (("sexe", "hommes"),))],
        total="Ensemble",
    )
    grid(
        w,
        "Mouvements et absences",
        years(w, ""),
        [
            Row("Embauches", (44,), (), "embauches"),
            Row("Départs", (51,), (), "departs_salaries"),
            Row("Salariés formés", (402,), (), "formation_salaries"),
            Row("Télétravailleurs", (287,), (), "teletravailleurs"),
            Row("Travailleurs handicapés", (33,), (), "travailleurs_handicapes"),
        ],
    )
    w.p(
        f"L'âge moyen des salariés est de {w.n(w.drift(45.9, 4, 1), 'age_moyen_salaries', 'ans')} ans, "
        f"l'ancienneté moyenne de {w.n(w.drift(17.2, 4, 1), 'anciennete_moyenne', 'ans')} ans. Le taux "
        f"d'absentéisme atteint {w.n(w.drift(6.3, 4, 1), 'taux_absenteisme', '%')} %."
    )
    w.p(f"L'effort de formation représente {w.n(w.drift(8_915, 6), 'formation_heures', 'heures')} heures.")


def _budget(w: Writer) -> None:
    w.h(2, "Le budget de gestion")
    w.p("En milliers d'euros.")
    grid(
        w,
        "Charges",
        years(w, "charges_gestion", "EUR"),
        [
            Row("Charges de personnel", (24_310,)), Row("Achats et services", (3_870,)),
            Row("Impôts et taxes", (2_940,)), Row("Dotations aux amortissements", (1_120,)),
        ],
        total="Total",
        evolution="Évolution",
        names="poste",
    )  # fmt: skip
    w.p(
        f"Les investissements de l'exercice s'élèvent à {w.n(w.drift(418, 7), 'investissements', 'EUR')} "
        "milliers "
        f"d'euros, l'affranchissement à {w.n(w.drift(296, 2), 'affranchissement_depenses', 'EUR')} "
        "milliers d'euros."
    )


#: Tables of many columns are set small, as authors do.
WIDE = "<style>td { white-space: nowrap } table:has(th:nth-child(9)) { font-size: 6pt }</style>"
PARTS = (
    _summary, _population, _benefits, _contacts, _rights, _prevention, _fraud, _care, _staff, _budget,
)  # fmt: skip


def written(year: int) -> tuple[str, Writer]:
    """The report of ``year`` as HTML, and its writer, which holds what each figure means."""
    writer = Writer(year)
    for part in PARTS:
        part(writer)
    return STYLE + WIDE + "".join(writer.body), writer
