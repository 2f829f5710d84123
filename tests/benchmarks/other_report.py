"""A second invented report at the length of a real one: a saved page, in other words, of other matters and in
another layout (lists, definitions, years from the newest, years down the rows) than ``long_report``.

``written(year)`` gives the page and its truth in the order of print; ``written(year, changed=True)`` the
same report from other hands: every third label in other words, one column more, two chapters in each other's
place.
Measured on, never fitted to: it was written before anybody saw how its review goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.benchmarks.written_tables import Column, Row, grid, years
from tests.review.invented import Writer

LABEL, BODY = "CPAM du Marais-Blanc", "cpam_marais_blanc"
#: A label of the first year, and what other hands write for it: every third one.
REWORDED = {
    "consultants reçus au guichet": "personnes accueillies à l'accueil physique",
    "Messages électroniques reçus": "Courriels entrants",
    "Avis sur arrêts de travail": "Avis rendus sur un arrêt de travail",
    "Avis sur grand appareillage": "Grand appareillage (avis)",
    "Décisions d'invalidité": "Invalidité : décisions rendues",
    "Dossiers reconnus": "Prises en charge",
    "Décès": "Assurance décès",
    "Transporteurs sanitaires": "Ambulances et taxis",
    "Dossiers vérifiés": "Contrôles menés",
    "Mises en garde": "Avertissements adressés",
    "Recours enregistrés": "Nouveaux dossiers contentieux",
    "Kinésithérapeutes": "Masseurs-kinésithérapeutes",
    "Pharmaciens d'officine": "Officines",
    "Conventions d'assistant médical": "Contrats d'assistants médicaux",
    "Colorectal": "Cancer du côlon",
    "Sommeil": "Bien dormir",
    "Retour après chirurgie": "PRADO chirurgie",
    "Frais d'obsèques": "Aide aux obsèques",
    "Personnes aidées": "Bénéficiaires",
    "Recrutements": "Embauches de l'année",
    "Agents en télétravail": "Télétravailleurs",
    "Frais de locaux": "Immobilier",
    "Impôts": "Fiscalité",
    "Feuilles de papier achetées": "Papier acheté",
    "personnes affiliées": "assurés et ayants droit",
    "agents en poste": "collaborateurs",
}


def _list(w: Writer, lines: list[str]) -> None:
    w.body.append("<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>")


def _defined(w: Writer, pairs: list[tuple[str, str]]) -> None:
    """A list of definitions: the words, then the figure."""
    told = "".join(f"<dt>{label}</dt><dd>{number}</dd>" for label, number in pairs)
    w.body.append(f"<dl>{told}</dl>")


def _newest_first(
    w: Writer, indicator: str, unit: str = "nombre", decimals: int = 0, count: int = 2, day: str = ""
) -> list[Column]:
    return years(w, indicator, unit, decimals, count, day)[::-1]


PLACES = [
    ("Port-Galet", 38_400), ("La Saulaie", 24_900), ("Montfaucon-les-Bois", 17_300),
    ("Aigrefeuille", 13_100), ("Le Breuil", 10_600),
]  # fmt: skip
RISKS = [
    ("Maladie", 1_284.3, "maladie"), ("Maternité", 71.6, "maternite"), ("Invalidité", 88.4, "invalidite"),
    ("Décès", 4.7, "deces"), ("AT/MP", 102.9, "at_mp"),
]  # fmt: skip
SEXES = [("Femmes", 489, "femmes"), ("Hommes", 145, "hommes")]


def _sum(w: Writer, bases: Sequence[float], late: int = 0, decimals: int = 0) -> float:
    """What the rows of a table add up to: a report that says it elsewhere says the same."""
    return round(sum(w.drift(base, 3 * n + late, decimals) for n, base in enumerate(bases)), 1)


def _key_figures(w: Writer) -> None:
    w.h(1, LABEL)
    w.p(f"Bilan de l'exercice {w.now}")
    w.h(2, "Repères")
    paid = round(_sum(w, [base for _, base, _ in RISKS], 1, 1) / 1000, 2)
    _defined(
        w,
        [
            ("personnes affiliées", w.n(w.drift(612_480, 1), "population_protegee")),
            ("agents en poste", w.n(int(_sum(w, [base for _, base, _ in SEXES])), "effectif_salaries")),
            ("versés à nos assurés", w.n(paid, "prestations_versees", "EUR") + " milliards €"),
            ("feuilles de soins traitées", w.n(w.drift(17.4, 3, 1), "decomptes") + " millions"),
            ("comptes ameli actifs", w.n(w.drift(391_200, 6), "comptes_ameli_ouverts")),
            ("des assurés contents du service", w.n(w.drift(86.4, 4, 1), "taux_satisfaction", "%") + " %"),
            ("de résultat au CPG", w.n(w.drift(90.7, 4, 1), "score_cpg", "%") + " %"),
            ("agences", w.n(9, "sites_accueil_nombre")),
        ],
    )  # fmt: skip


def _welcome(w: Writer) -> None:
    w.h(2, "Répondre aux assurés")
    columns = [
        ("consultants reçus au guichet", 0, "visites_accueil"),
        ("Appels présentés", 488_200, "appels_recus"),
        ("Messages électroniques reçus", 131_700, "courriels_recus"),
    ]
    rows = []
    for ago in (2, 1, 0):
        then = Writer(w.year - ago)
        visits = int(_sum(then, [base for _, base in PLACES]))
        counts = [visits, *(then.drift(base, at) for at, (_, base, _) in enumerate(columns[1:], 3))]
        cells = [
            w.n(count, code, period=then.now) for count, (_, _, code) in zip(counts, columns, strict=True)
        ]
        rows.append([then.now, *cells])
    w.table(["Année", *(label for label, _, _ in columns)], rows)
    _list(
        w,
        [
            f"{w.n(w.drift(91.2, 4, 1), 'taux_decroche', '%')} % des appels ont été pris, pour une cible de "
            f"{w.n(90, 'taux_decroche', '%', nature='objectif')} %",
            f"attente moyenne : {w.n(w.drift(2.7, 3, 1), 'temps_attente_telephone', 'minutes')} minutes",
            f"{w.n(w.drift(84.9, 4, 1), 'taux_reponse_delai', '%')} % des courriels répondus en deux jours",
        ],
    )
    w.h(3, "Fréquentation des agences")
    grid(
        w, "Agence", _newest_first(w, "visites_accueil"), [Row(label, (base,)) for label, base in PLACES],
        total="Ensemble", names="site",
    )  # fmt: skip
    w.p(
        f"Le service de médiation a été saisi {w.n(w.drift(1_044, 8), 'saisines_mediation')} fois et rend sa "
        f"réponse en {w.n(w.drift(13.8, 1, 1), 'delai_mediation', 'jours')} jours."
    )


def _medical(w: Writer) -> None:
    w.h(2, "Le service médical")
    grid(
        w,
        "Activité",
        _newest_first(w, "", count=3),
        [
            Row("Avis sur arrêts de travail", (28_640,), (), "avis_arrets_travail"),
            Row("Avis sur affection de longue durée", (19_870,), (), "avis_ald"),
            Row("Décisions d'invalidité", (2_314,), (), "decisions_invalidite"),
            Row("Avis sur risque professionnel", (8_905,), (), "avis_risque_professionnel"),
            Row("Avis sur grand appareillage", (1_127,), (), "avis_grand_appareillage"),
        ],
    )
    w.h(3, "Les risques professionnels")
    kinds = [
        ("Accident du travail", (7_420, 6_610, 810), "accident_travail"),
        ("Accident de trajet", (1_260, 1_090, 170), "accident_trajet"),
        ("Maladie professionnelle", (1_840, 1_130, 710), "maladie_professionnelle"),
    ]
    grid(
        w,
        "Origine",
        [
            Column("Déclarations reçues", "sinistres_at_mp_declares"),
            Column("Dossiers reconnus", "dossiers_at_mp_pris_en_charge"),
            Column("Dossiers rejetés", "dossiers_at_mp_rejetes"),
        ],
        [Row(label, bases, (("risque", code),)) for label, bases, code in kinds],
        total="Ensemble",
    )
    w.p(
        f"Nos agents ont mené {w.n(w.drift(1_512, 5), 'enquetes_at_mp')} enquêtes. "
        f"{w.n(w.drift(10_930, 2), 'rentes_beneficiaires')} personnes touchent une rente."
    )


def _paid(w: Writer) -> None:
    w.h(2, "Ce que la caisse a payé")
    w.p("En millions d'euros.")
    grid(
        w,
        "Branche de risque",
        [*_newest_first(w, "prestations_versees", "EUR", 1)[::-1]],
        [Row(label, (base,), (("risque", code),)) for label, base, code in RISKS],
        total="Total",
        evolution="Progression",
    )
    w.h(3, "L'arrêt de travail, trimestre par trimestre")
    lines = []
    for n, (label, code, unit, base) in enumerate(
        [
            ("Journées payées", "jours_indemnises", "jours", 431_200),
            ("Arrêts reçus", "arrets_travail", "nombre", 21_600),
        ]
    ):
        values = [int(w.drift(base + 977 * ((3 * q + n) % 5), q + 1)) for q in range(4)]
        cells = [w.n(v, code, unit, period=f"{w.year}-T{q}") for q, v in enumerate(values, 1)]
        lines.append([label, *cells, w.n(sum(values), code, unit, nature="total")])
    w.table(["", *(f"T{q} {w.now}" for q in range(1, 5)), f"Année {w.now}"], lines)
    w.h(3, "Attendre moins")
    waits = [
        ("Arrêt de travail d'un salarié", 22.6), ("Arrêt de travail d'un indépendant", 29.3),
        ("Feuille de soins papier", 9.1), ("Rente", 41.7), ("Congé de paternité", 17.4),
    ]  # fmt: skip
    grid(
        w, "Délai moyen en jours", _newest_first(w, "delai_paiement", "jours", 1),
        [Row(label, (base,)) for label, base in waits], names="poste",
    )  # fmt: skip
    _list(
        w,
        [
            f"pensions d'invalidité en paiement : {w.n(w.drift(5_260, 2), 'pensions_invalidite_nombre')}",
            f"capitaux décès : {w.n(w.drift(803, 7), 'capitaux_deces_nombre')}",
            f"{w.n(w.drift(96.2, 4, 1), 'taux_dematerialisation', '%')} % de flux sans papier",
        ],
    )


def _disputes(w: Writer) -> None:
    w.h(2, "Recours et créances")
    grid(
        w,
        "Contentieux",
        _newest_first(w, "", count=3),
        [
            Row("Recours enregistrés", (2_610,), (), "affaires_contentieuses_recues"),
            Row("Recours clos", (2_344,), (), "affaires_contentieuses_closes"),
            Row("Recours en cours", (1_415,), (), "affaires_contentieuses_en_cours"),
        ],
    )
    w.p(
        f"Au titre des indus, {w.n(w.drift(11.8, 2, 1), 'indus_notifies', 'EUR')} millions d'euros ont été "
        f"notifiés et {w.n(w.drift(8.9, 4, 1), 'indus_recouvres', 'EUR')} millions d'euros récupérés. Les "
        f"recours contre tiers rapportent {w.n(w.drift(19.3, 5, 1), 'recours_contre_tiers_montant', 'EUR')} "
        "millions d'euros."
    )


def _fraud(w: Writer) -> None:
    w.h(2, "Contrôle et fraude")
    who = [
        ("Assurés", (1_430, 1_612_300, 704_900), "assures"),
        ("Infirmiers", (96, 1_208_400, 655_200), "infirmiers"),
        ("Transporteurs sanitaires", (71, 2_040_700, 980_300), "transporteurs_sanitaires"),
        ("Médecins", (38, 512_800, 190_600), "medecins"),
        ("Employeurs", (24, 117_500, 42_800), "employeurs"),
    ]
    grid(
        w,
        "Auteur des faits",
        [
            Column("Dossiers vérifiés", "dossiers_controles"),
            Column("Dommage subi (€)", "prejudice_subi", "EUR"),
            Column("Dommage évité (€)", "prejudice_evite", "EUR"),
        ],
        [Row(label, bases, (("acteur", code),)) for label, bases, code in who],
        total="Total",
    )
    w.h(3, "Sanctions")
    grid(
        w,
        "Nature de la suite",
        _newest_first(w, ""),
        [
            Row("Mises en garde", (318,), (), "avertissements"),
            Row("Pénalités notifiées", (207,), (), "penalites_notifiees_nombre"),
            Row("Dépôts de plainte", (52,), (), "plaintes_penales"),
            Row("Signalements à l'Ordre", (13,), (), "saisines_ordinales"),
        ],
    )
    w.p(
        f"Les pénalités représentent {w.n(w.drift(412_600, 6), 'penalites_notifiees_montant', 'EUR')} € dont "
        f"le recouvrement atteint {w.n(w.drift(288_100, 3), 'penalites_recouvrees_montant', 'EUR')} €."
    )


def _care(w: Writer) -> None:
    w.h(2, "Soigner sur tout le territoire")
    jobs = [
        ("Généralistes", 512, "medecins_generalistes"), ("Spécialistes", 604, "medecins_specialistes"),
        ("Dentistes", 347, "chirurgiens_dentistes"), ("Infirmiers", 968, "infirmiers"),
        ("Kinésithérapeutes", 711, "masseurs_kinesitherapeutes"), ("Sages-femmes", 83, "sages_femmes"),
        ("Pharmaciens d'officine", 219, "pharmacies"), ("Orthophonistes", 176, "orthophonistes"),
    ]  # fmt: skip
    grid(
        w,
        "Libéraux installés",
        years(w, "professionnels_sante_nombre"),
        [Row(label, (base,), (("profession", code),)) for label, base, code in jobs],
        evolution="Évol.",
    )
    w.h(3, "Coordination")
    grid(
        w,
        "Structures et contrats",
        _newest_first(w, ""),
        [
            Row("Maisons de santé", (21,), (), "msp_nombre"),
            Row("Communautés professionnelles (CPTS)", (11,), (), "cpts_nombre"),
            Row("Conventions d'assistant médical", (93,), (), "contrats_assistants_medicaux"),
            Row("Visites de nos délégués", (3_480,), (), "visites_dam"),
        ],
    )
    _list(
        w,
        [
            f"{w.n(w.drift(90.6, 4, 1), 'taux_medecin_traitant', '%')} % d'assurés avec un médecin traitant",
            f"{w.n(w.drift(95.1, 4, 1), 'taux_teletransmission', '%')} % de feuilles télétransmises",
            f"{w.n(w.drift(38.2, 4, 1), 'taux_adhesion_optam', '%')} % de médecins éligibles signataires de "
            "l'OPTAM",
        ],
    )


def _prevention(w: Writer) -> None:
    w.h(2, "Prévenir plutôt que guérir")
    cancers = [("Sein", 51.3), ("Colorectal", 33.6), ("Utérus", 59.1)]
    grid(
        w,
        "Participation au dépistage organisé",
        [Column(str(w.year - ago), "taux_depistage", "%", ago, decimals=1, suffix=" %") for ago in (0, 1)],
        [Row(label, (base,)) for label, base in cancers],
        names="programme",
    )
    w.h(3, "Courriers d'invitation envoyés")
    grid(
        w, "Dépistage", _newest_first(w, "invitations_depistage"),
        [Row("Sein", (41_200,)), Row("Colorectal", (88_700,)), Row("Utérus", (63_500,))],
        total="Total", names="programme",
    )  # fmt: skip
    w.h(3, "Rencontres avec le public")
    grid(
        w,
        "Sujet",
        [Column("Ateliers", "actions_prevention_nombre"), Column("Présents", "personnes_sensibilisees")],
        [
            Row("Tabac", (58, 1_710)), Row("Alimentation", (44, 1_096)), Row("Sommeil", (19, 405)),
            Row("Dents", (71, 5_230)), Row("Écrans", (12, 388)),
        ],
        total="Total",
        names="programme",
    )  # fmt: skip
    w.h(3, "Rentrer chez soi avec PRADO")
    ways = [
        ("Retour après maternité", 1_204, "prado_maternite"),
        ("Retour après chirurgie", 1_688, "prado_chirurgie"),
        ("Retour des personnes âgées", 734, "prado_personnes_agees"),
    ]  # fmt: skip
    grid(
        w, "Patients suivis", years(w, "patients_prado"),
        [Row(label, (base,), (("programme", code),)) for label, base, code in ways], total="Total",
    )  # fmt: skip
    w.p(
        f"{w.n(w.drift(21_340, 3), 'effectif_programme_prevention')} personnes adhèrent à sophia. "
        f"{w.n(w.drift(56.8, 4, 1), 'taux_vaccination', '%')} % des plus de 65 ans sont vaccinés contre "
        "la grippe."
    )


def _help(w: Writer) -> None:
    w.h(2, "Aider ceux qui en ont besoin")
    aids = [
        ("Soins dentaires", (820, 611, 254_300)), ("Lunetterie", (402, 288, 61_900)),
        ("Perte de revenus", (1_610, 1_204, 703_800)), ("Frais d'obsèques", (96, 71, 84_200)),
    ]  # fmt: skip
    grid(
        w,
        "Motif du secours",
        [
            Column("Dossiers déposés", "aides_ass_demandes"),
            Column("Personnes aidées", "aides_ass_beneficiaires"),
            Column("Sommes accordées (€)", "aides_ass_montant", "EUR"),
        ],
        [Row(label, bases) for label, bases in aids],
        total="Total",
        names="poste",
    )
    w.h(3, "Complémentaire santé solidaire")
    grid(
        w,
        "Bénéficiaires",
        _newest_first(w, "beneficiaires_c2s", count=3),
        [
            Row("Sans participation", (51_900,), (("programme", "c2s_gratuite"),)),
            Row("Avec participation", (12_300,), (("programme", "c2s_participative"),)),
        ],
        total="Total",
    )
    _defined(
        w,
        [
            (
                "personnes accompagnées par la mission santé",
                w.n(w.drift(3_016, 2), "accompagnements_acces_soins"),
            ),
            ("bénéficiaires de l'AME", w.n(w.drift(3_870, 8), "beneficiaires_ame")),
            ("espaces France services", w.n(w.drift(34, 6), "france_services_structures")),
        ],
    )


def _staff(w: Writer) -> None:
    w.h(2, "Celles et ceux qui font la caisse")
    grid(
        w,
        "Effectifs au 31 décembre",
        _newest_first(w, "effectif_salaries", count=3, day="-12-31"),
        [Row(label, (base,), (("sexe", code),)) for label, base, code in SEXES],
        total="Total",
    )
    grid(
        w,
        "Vie des équipes",
        _newest_first(w, ""),
        [
            Row("Recrutements", (61,), (), "embauches"),
            Row("Départs", (57,), (), "departs_salaries"),
            Row("Personnes formées", (548,), (), "formation_salaries"),
            Row("Agents en télétravail", (402,), (), "teletravailleurs"),
            Row("Salariés handicapés", (41,), (), "travailleurs_handicapes"),
        ],
    )
    _list(
        w,
        [
            f"absentéisme : {w.n(w.drift(5.9, 4, 1), 'taux_absenteisme', '%')} %",
            f"âge moyen : {w.n(w.drift(46.7, 4, 1), 'age_moyen_salaries', 'ans')} ans",
            f"heures de formation : {w.n(w.drift(12_480, 6), 'formation_heures', 'heures')}",
        ],
    )


def _budget(w: Writer, more: bool) -> None:
    w.h(2, "Gérer au plus juste")
    grid(
        w,
        "Dépenses en milliers d'euros",
        years(w, "charges_gestion", "EUR", count=3 if more else 2),
        [
            Row("Personnel", (31_840,)), Row("Frais de locaux", (2_610,)), Row("Informatique", (1_930,)),
            Row("Impôts", (3_420,)), Row("Amortissements", (1_480,)),
        ],
        total="Total des dépenses",
        evolution="Variation",
        names="poste",
    )  # fmt: skip
    grid(
        w,
        "Recettes en milliers d'euros",
        _newest_first(w, "produits_gestion", "EUR"),
        [Row("Dotation nationale", (39_400,)), Row("Refacturations", (1_720,)), Row("Divers", (510,))],
        total="Total des recettes",
        names="poste",
    )
    w.p(
        f"La caisse a investi {w.n(w.drift(713_000, 3), 'investissements', 'EUR')} € et dépensé "
        f"{w.n(w.drift(468_000, 1), 'affranchissement_depenses', 'EUR')} € en affranchissement."
    )
    _defined(
        w,
        [
            (
                "Feuilles de papier achetées",
                w.n(w.drift(38.4, 4, 1), "consommation_papier", "tonnes") + " tonnes",
            ),
            ("Surface occupée", w.n(w.drift(14_620, 4), "surface_immobiliere", "m2") + " m²"),
            (
                "Kilomètres parcourus par nos véhicules",
                w.n(w.drift(184_300, 4), "kilometres_flotte", "km") + " km",
            ),
        ],
    )


_PARTS: tuple[Callable[[Writer], None], ...] = (
    _key_figures, _welcome, _medical, _paid, _disputes, _fraud, _care, _prevention, _help, _staff,
)  # fmt: skip


def written(year: int, changed: bool = False) -> tuple[str, Writer]:
    """The page of ``year``, and its writer, which holds what each figure means."""
    writer = Writer(year)
    parts = list(_PARTS)
    if changed:
        fraud, care = parts.index(_fraud), parts.index(_care)
        parts[fraud], parts[care] = parts[care], parts[fraud]
    for part in parts:
        part(writer)
    _budget(writer, more=changed)
    text = "".join(writer.body)
    for before, after in REWORDED.items() if changed else ():
        for left, right in ((">", "<"), (">", " :")):
            text = text.replace(f"{left}{before}{right}", f"{left}{after}{right}")
    head = f"<!doctype html><html lang=fr><meta charset=utf-8><title>{LABEL} : {year}</title>"
    return f"{head}<body>{text}</body></html>", replace(writer, body=[text])
