"""A third invented report, of a writer who tells more than he tabulates: long sentences with last year beside
this one, totals above their rows, evolutions before the counts, shares beside amounts.

``written(year)`` gives the page and its truth in the order of print; ``written(year, changed=True)`` the
same report in other words for every third label, with one column more. Measured on, never fitted to: it was
written after the review was changed, and before anybody saw how it goes.
"""

from __future__ import annotations

from dataclasses import replace

from tests.benchmarks.written_tables import Column, Row, drifted, grid, summed, years
from tests.review.invented import Writer

LABEL, BODY = "CPAM des Hautes-Combes", "cpam_hautes_combes"
#: A label of the first year, and what is written for it the year after: every third one.
REWORDED = {
    "Hospitalisation publique": "Hôpitaux publics",
    "Médicaments": "Produits de pharmacie",
    "Transports de malades": "Transport sanitaire",
    "Appels entrants": "Appels reçus par la plateforme",
    "Courriers ouverts": "Plis reçus",
    "Demandes de C2S": "Dossiers de C2S déposés",
    "Sages-femmes libérales": "Sages-femmes",
    "Frottis": "Dépistage du col",
}

CARE = [
    ("Hospitalisation publique", 402.6), ("Hospitalisation privée", 118.2), ("Honoraires médicaux", 96.4),
    ("Médicaments", 134.9), ("Transports de malades", 31.7), ("Biologie", 22.3),
]  # fmt: skip


def _total_first(
    w: Writer, first: str, columns: list[Column], rows: list[Row], total: str, names: str = ""
) -> None:
    """A table whose total stands above its rows."""
    cells = drifted(w, columns, rows)
    top, sums = summed(total, rows, cells)
    lines = []
    for row, values in [(top, sums), *zip(rows, cells, strict=True)]:
        said = dict(row.members) | ({"rows": names} if names else {})
        nature = "total" if row is top else "constate"
        line = [row.label]
        for c, value in zip(columns, values, strict=True):
            shown = float(value) if c.decimals else int(value)
            line.append(w.n(shown, c.indicator, c.unit, period=str(w.year - c.ago), nature=nature, **said))
        lines.append(line)
    w.table([first, *(c.head for c in columns)], lines)


def _both(w: Writer, base: float, row: int, indicator: str, unit: str = "nombre", decimals: int = 0) -> str:
    """This year's figure, then last year's in brackets."""
    now = w.n(w.drift(base, row, decimals), indicator, unit)
    then = w.n(Writer(w.year - 1).drift(base, row, decimals), indicator, unit, period=w.before)
    return f"{now}{' %' if unit == '%' else ''} ({then}{' %' if unit == '%' else ''} en {w.before})"


def _opening(w: Writer) -> None:
    w.h(1, LABEL)
    w.p(f"Rapport d'activité de l'année {w.now}")
    w.h(2, "Mot d'ouverture")
    w.p(
        f"Au service de {w.n(w.drift(348_215, 2), 'population_protegee')} bénéficiaires, nos "
        f"{w.n(w.drift(318, 1) + w.drift(94, 4), 'effectif_salaries')} salariés ont traité "
        f"{w.n(w.drift(9.2, 1, 1), 'decomptes')} millions de décomptes et répondu à "
        f"{w.n(w.drift(211_430, 1), 'appels_recus')} appels."
    )
    w.p(f"La satisfaction de nos assurés atteint {_both(w, 87.3, 4, 'taux_satisfaction', '%', 1)}.")


def _care(w: Writer) -> None:
    w.h(2, "Les remboursements")
    w.h(3, "Dépenses de santé remboursées, en millions d'euros")
    _total_first(
        w, "Nature des soins", years(w, "depenses_ondam", "EUR", 1), [Row(n, (b,)) for n, b in CARE],
        "Ensemble", names="poste",
    )  # fmt: skip
    w.h(3, "Arrêts de travail")
    w.p(
        f"Le nombre d'arrêts de travail s'établit à {_both(w, 38_640, 7, 'arrets_travail')}. Les indemnités "
        f"journalières ont été servies à {w.n(w.drift(21_850, 2), 'indemnites_journalieres_beneficiaires')} "
        f"personnes, pour {w.n(w.drift(41.6, 3, 1), 'indemnites_journalieres_montant', 'EUR')} millions "
        "d'euros."
    )
    w.p(
        f"Un arrêt de travail est payé en {w.n(w.drift(19.8, 1, 1), 'delai_paiement', 'jours')} jours en "
        "moyenne."
    )


def _contacts(w: Writer) -> None:
    w.h(2, "Le contact avec nos publics")
    grid(
        w,
        "Flux",
        years(w, ""),
        [
            Row("Appels entrants", (211_430,), (), "appels_recus"),
            Row("Courriels reçus", (64_120,), (), "courriels_recus"),
            Row("Courriers ouverts", (88_730,), (), "courriers_recus"),
            Row("Rendez-vous proposés", (12_480,), (), "rendez_vous"),
        ],
        evolution="Évolution",
    )
    w.p(f"Le taux de décroché téléphonique s'élève à {_both(w, 90.4, 4, 'taux_decroche', '%', 1)}.")
    w.p(
        f"Les {w.n(5, 'sites_accueil_nombre')} accueils ont reçu "
        f"{w.n(w.drift(57_900, 5), 'visites_accueil')} visiteurs. Le conciliateur a instruit "
        f"{w.n(w.drift(612, 6), 'saisines_mediation')} saisines."
    )


def _rights(w: Writer) -> None:
    w.h(2, "L'accès aux droits")
    grid(
        w,
        "Complémentaire santé solidaire",
        years(w, ""),
        [
            Row("Demandes de C2S", (29_410,), (), "demandes_droits"),
            Row("Bénéficiaires de la C2S", (38_560,), (), "beneficiaires_c2s"),
            Row("Bénéficiaires de l'AME", (1_470,), (), "beneficiaires_ame"),
            Row("Bénéficiaires d'une ALD", (61_080,), (), "beneficiaires_ald"),
        ],
    )
    w.p(
        f"La mission accompagnement santé a suivi {w.n(w.drift(1_930, 3), 'accompagnements_acces_soins')} "
        f"personnes ; {w.n(w.drift(41, 2), 'france_services_structures')} maisons France services relaient "
        "notre action."
    )
    w.h(3, "Aides individuelles de l'action sanitaire et sociale")
    aids = [
        ("Frais dentaires", (312, 96_400)),
        ("Optique", (187, 38_200)),
        ("Aide à domicile", (141, 88_900)),
    ]
    _total_first(
        w, "Type d'aide",
        [Column("Aides versées", "aides_ass_nombre"), Column("Montant (€)", "aides_ass_montant", "EUR")],
        [Row(label, bases) for label, bases in aids], "Total des aides", names="poste",
    )  # fmt: skip


def _fraud(w: Writer) -> None:
    w.h(2, "La lutte contre la fraude")
    who = [("Assurés", (402_300,), "assures"), ("Infirmiers", (588_100,), "infirmiers"),
           ("Pharmaciens", (217_600,), "pharmaciens"), ("Employeurs", (61_900,), "employeurs")]  # fmt: skip
    grid(
        w, "Préjudice subi, en euros", years(w, "prejudice_subi", "EUR"),
        [Row(label, bases, (("acteur", code),)) for label, bases, code in who], total="Total",
        evolution="Évolution",
    )  # fmt: skip
    w.p(
        f"Nous avons déposé {w.n(w.drift(29, 2), 'plaintes_penales')} plaintes, prononcé "
        f"{w.n(w.drift(94, 5), 'penalites_notifiees_nombre')} pénalités financières et adressé "
        f"{w.n(w.drift(167, 3), 'avertissements')} avertissements."
    )
    w.p(
        f"Les indus notifiés s'élèvent à {w.n(w.drift(6.3, 1, 1), 'indus_notifies', 'EUR')} millions "
        f"d'euros, les indus recouvrés à {w.n(w.drift(4.8, 6, 1), 'indus_recouvres', 'EUR')} millions "
        "d'euros."
    )


def _supply(w: Writer) -> None:
    w.h(2, "Les professionnels de santé")
    jobs = [
        ("Médecins généralistes", 301, "medecins_generalistes"), ("Chirurgiens-dentistes", 198,
         "chirurgiens_dentistes"), ("Infirmiers", 604, "infirmiers"),
        ("Sages-femmes libérales", 47, "sages_femmes"), ("Orthophonistes", 92, "orthophonistes"),
    ]  # fmt: skip
    grid(
        w, "Professionnels installés", years(w, "professionnels_sante_nombre"),
        [Row(label, (base,), (("profession", code),)) for label, base, code in jobs], total="Total",
    )  # fmt: skip
    w.p(
        f"Le territoire compte {w.n(w.drift(17, 7), 'msp_nombre')} maisons de santé pluriprofessionnelles, "
        f"{w.n(6, 'cpts_nombre')} CPTS et {w.n(w.drift(52, 3), 'contrats_assistants_medicaux')} contrats "
        f"d'assistants médicaux. Nos délégués ont effectué {w.n(w.drift(1_980, 2), 'visites_dam')} visites."
    )
    w.p(
        f"La télétransmission concerne {w.n(w.drift(94.6, 4, 1), 'taux_teletransmission', '%')} % des "
        "feuilles de soins."
    )


def _prevention(w: Writer) -> None:
    w.h(2, "La prévention")
    cancers = [("Mammographie", 49.7), ("Test colorectal", 32.8), ("Frottis", 57.2)]
    grid(
        w, "Taux de participation au dépistage",
        [Column(str(w.year - ago), "taux_depistage", "%", ago, decimals=1, suffix=" %") for ago in (1, 0)],
        [Row(label, (base,)) for label, base in cancers], names="programme",
    )  # fmt: skip
    w.p(
        f"Le taux de vaccination contre la grippe des assurés de 65 ans et plus est de "
        f"{_both(w, 55.4, 4, 'taux_vaccination', '%', 1)}. Le programme sophia accompagne "
        f"{w.n(w.drift(11_260, 5), 'effectif_programme_prevention')} adhérents et PRADO "
        f"{w.n(w.drift(2_710, 2), 'patients_prado')} patients."
    )
    w.p(
        f"{w.n(w.drift(84, 3), 'actions_prevention_nombre')} actions de prévention ont sensibilisé "
        f"{w.n(w.drift(3_940, 1), 'personnes_sensibilisees')} personnes."
    )


def _means(w: Writer, more: bool) -> None:
    w.h(2, "Les moyens de la caisse")
    grid(
        w, "Salariés", years(w, "effectif_salaries"),
        [Row("Femmes", (318,), (("sexe", "femmes"),)), Row("Hommes", (94,), (("sexe", "hommes"),))],
        total="Total",
    )  # fmt: skip
    w.p(
        f"L'âge moyen est de {w.n(w.drift(46.1, 4, 1), 'age_moyen_salaries', 'ans')} ans. La caisse a "
        f"recruté {w.n(w.drift(36, 2), 'embauches')} personnes et dispensé "
        f"{w.n(w.drift(7_420, 6), 'formation_heures', 'heures')} heures de formation. Le taux d'absentéisme "
        f"est de {w.n(w.drift(6.1, 4, 1), 'taux_absenteisme', '%')} %."
    )
    w.h(3, "Budget de gestion administrative, en milliers d'euros")
    grid(
        w, "Charges", years(w, "charges_gestion", "EUR", count=3 if more else 2),
        [Row("Personnel", (21_470,)), Row("Fonctionnement", (3_160,)), Row("Amortissements", (940,))],
        total="Total", evolution="Évolution", names="poste",
    )  # fmt: skip


def written(year: int, changed: bool = False) -> tuple[str, Writer]:
    """The page of ``year``, and its writer, which holds what each figure means."""
    writer = Writer(year)
    for part in (_opening, _care, _contacts, _rights, _fraud, _supply, _prevention):
        part(writer)
    _means(writer, more=changed)
    text = "".join(writer.body)
    for before, after in REWORDED.items() if changed else ():
        text = text.replace(f">{before}<", f">{after}<")
    head = f"<!doctype html><html lang=fr><meta charset=utf-8><title>{LABEL} : {year}</title>"
    return f"{head}<body>{text}</body></html>", replace(writer, body=[text])
