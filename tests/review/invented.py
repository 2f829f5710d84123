"""A report that nobody wrote: an invented body's year with prose, boxes and tables, its PDF, and what each
of its figures means.

``sheets(year)`` gives the HTML of the report; Chromium prints it. ``truth(year)`` gives what a person who
knows such reports would say of each figure, in the order of print. Two years of one body differ as two
years do: other figures, most words the same, one page rewritten, one row more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BODY, LABEL = "cpam_haute_breve", "CPAM de la Haute-Brève"


@dataclass(frozen=True)
class Meant:
    """What a printed figure means; ``members`` by dimension. ``rows`` is the dimension whose members the rows
    around it name, when the seeds may not know them yet.
    """

    printed: str
    indicator: str
    unit: str
    period: str
    nature: str = "constate"
    members: tuple[tuple[str, str], ...] = ()
    rows: str = ""


@dataclass
class Writer:
    """Writes the sheets of one year and keeps what each figure means."""

    year: int
    meant: list[Meant] = field(default_factory=list)
    body: list[str] = field(default_factory=list)

    @property
    def now(self) -> str:
        return str(self.year)

    @property
    def before(self) -> str:
        return str(self.year - 1)

    def n(
        self, value: float | Decimal, indicator: str, unit: str = "nombre", sign: str = "", **said: str
    ) -> str:
        """A printed number, kept with its meaning: ``period``, ``nature``, ``rows``, members are ``said``."""
        decimals = -int(Decimal(str(value)).as_tuple().exponent) if isinstance(value, float) else 0
        printed = f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",")
        period, nature = said.pop("period", self.now), said.pop("nature", "constate")
        rows = said.pop("rows", "")
        self.meant.append(
            Meant(printed.lstrip("-"), indicator, unit, period, nature, tuple(sorted(said.items())), rows)
        )
        return f"{'+' if sign and value > 0 else ''}{printed.replace('-', '−')}"

    def drift(self, base: float, row: int, decimals: int = 0) -> float:
        """A figure of this writer's year that grew from ``base`` in 2020, some rows faster than others."""
        rate = 1 + ((row * 37) % 11 - 4) / 100
        value = base * rate ** (self.year - 2020)
        return round(value, decimals) if decimals else round(value)

    def h(self, level: int, text: str) -> None:
        self.body.append(f"<h{level}>{text}</h{level}>")

    def p(self, text: str) -> None:
        self.body.append(f"<p>{text}</p>")

    def boxes(self, pairs: list[tuple[str, str]]) -> None:
        cells = "".join(f"<div><b>{number}</b><span>{label}</span></div>" for number, label in pairs)
        self.body.append(f"<section class=boxes>{cells}</section>")

    def table(self, head: list[str], rows: list[list[str]]) -> None:
        top = "".join(f"<th>{cell}</th>" for cell in head)
        lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        self.body.append(f"<table><tr>{top}</tr>{lines}</table>")


def _grown(
    w: Writer, label: str, base: float, row: int, indicator: str, unit: str, decimals: int, **said: str
) -> list[str]:
    """A row of last year, this year and the evolution that follows from the print."""
    earlier = Writer(w.year - 1).drift(base, row, decimals)
    return _evolved(w, label, earlier, w.drift(base, row, decimals), indicator, unit, **said)


def _evolved(
    w: Writer, label: str, old: float, new: float, indicator: str, unit: str, **said: str
) -> list[str]:
    nature = "total" if label == "Total" else "constate"
    growth = round(float(Decimal(str(new)) / Decimal(str(old)) - 1) * 100, 1)
    return [
        label,
        w.n(old, indicator, unit, period=w.before, nature=nature, **said),
        w.n(new, indicator, unit, nature=nature, **said),
        w.n(growth, indicator, "%", "+", period=f"{w.before}/{w.now}", nature="evolution", **said) + " %",
    ]


RISKS = [
    ("Maladie", 612.4, "maladie"),
    ("Maternité", 38.2, "maternite"),
    ("Invalidité", 41.7, "invalidite"),
    ("Décès", 2.3, "deces"),
    ("Accidents du travail et maladies professionnelles", 47.9, "at_mp"),
]
CHANNELS = [
    ("Appels téléphoniques reçus", 214_300, "appels_recus"),
    ("Courriels reçus", 48_120, "courriels_recus"),
    ("Visites dans nos accueils", 61_400, "visites_accueil"),
    ("Rendez-vous honorés", 9_870, "rendez_vous"),
]
DELAYS = [
    ("Indemnités journalières maladie", 24.1),
    ("Feuilles de soins papier", 6.4),
    ("Rentes d'accident du travail", 38.5),
    ("Pensions d'invalidité", 31.2),
]
ACTORS = [
    ("Assurés", 118, 342_600, "assures"),
    ("Professionnels de santé", 37, 891_400, "professionnels_sante"),
    ("Établissements", 9, 415_300, "non_precise"),
    ("Employeurs", 6, 27_900, "employeurs"),
]
SCREENED = [("Cancer du sein", 52.3), ("Cancer colorectal", 34.6), ("Cancer du col de l'utérus", 58.9)]
AIDS = [("Frais dentaires", 412, 198_400), ("Optique", 236, 61_700), ("Maintien à domicile", 158, 143_900)]


def _opening(w: Writer) -> None:
    w.h(1, LABEL)
    w.p(f"Rapport d'activité {w.now}")
    w.h(2, "L'essentiel de l'année")
    w.boxes(
        [
            (w.n(w.drift(287_400, 1), "population_protegee"), "bénéficiaires protégés"),
            (w.n(w.drift(246, 2) + w.drift(71, 3), "effectif_salaries"), "salariés"),
            (w.n(7, "sites_accueil_nombre"), "sites d'accueil"),
            (w.n(w.drift(171_300, 3), "comptes_ameli_ouverts"), "comptes ameli ouverts"),
            (w.n(w.drift(1.9, 4, 2), "decomptes") + " millions", "de décomptes traités"),
            (w.n(w.drift(91.4, 4, 1), "taux_satisfaction", "%") + " %", "d'assurés satisfaits"),
        ]
    )


def _benefits(w: Writer) -> None:
    w.h(2, "Prestations versées")
    w.p("Les montants sont en millions d'euros.")
    rows, sums = [], [Decimal(0), Decimal(0)]
    for at, (label, base, risk) in enumerate(RISKS):
        old, new = (Decimal(str(Writer(y).drift(base, at, 1))) for y in (w.year - 1, w.year))
        sums = [sums[0] + old, sums[1] + new]
        rows.append(_evolved(w, label, float(old), float(new), "prestations_versees", "EUR", risque=risk))
    rows.append(
        _evolved(w, "Total", float(sums[0]), float(sums[1]), "prestations_versees", "EUR", risque="ensemble")
    )
    w.table(["Risque", w.before, w.now, "Évolution"], rows)
    w.h(3, "Arrêts de travail")
    a, b, c = w.drift(12_640, 6), w.drift(611_000, 7), w.drift(23.8, 8, 1)
    w.p(
        f"En {w.now}, {w.n(a, 'indemnites_journalieres_beneficiaires')} assurés ont perçu des "
        f"indemnités journalières, soit "
        f"{w.n(b, 'jours_indemnises', 'jours')} journées indemnisées pour "
        f"{w.n(c, 'indemnites_journalieres_montant', 'EUR')} M€."
    )
    w.h(3, "Délais de paiement")
    w.table(
        [
            "Prestation",
            f"Délai moyen {w.before} (jours)",
            f"Délai moyen {w.now} (jours)",
            f"Objectif {w.now} (jours)",
        ],
        [
            [
                label,
                w.n(
                    Writer(w.year - 1).drift(base, at, 1),
                    "delai_paiement",
                    "jours",
                    period=w.before,
                    rows="poste",
                ),
                w.n(w.drift(base, at, 1), "delai_paiement", "jours", rows="poste"),
                w.n(round(base), "delai_paiement", "jours", nature="objectif", rows="poste"),
            ]
            for at, (label, base) in enumerate(DELAYS)
        ],
    )


def _contacts(w: Writer) -> None:
    w.h(2, "Relation avec nos publics")
    w.table(
        ["Canal", w.before, w.now, "Évolution"],
        [
            _grown(w, label, base, at + 3, code, "nombre", 0)
            for at, (label, base, code) in enumerate(CHANNELS)
        ],
    )
    w.p(
        f"Le taux de décroché atteint {w.n(w.drift(88.2, 4, 1), 'taux_decroche', '%')} % pour un objectif de "
        f"{w.n(90, 'taux_decroche', '%', nature='objectif')} %."
    )
    w.p(
        f"L'attente au téléphone est de "
        f"{w.n(w.drift(3.4, 2, 1), 'temps_attente_telephone', 'minutes')} minutes en moyenne."
    )
    w.p(
        f"Les conseillers ont répondu à {w.n(w.drift(44_900, 1), 'courriels_traites')} courriels, dont "
        f"{w.n(w.drift(79.5, 3, 1), 'taux_reponse_delai', '%')} % en moins de deux jours."
    )
    w.p(f"La médiation a été saisie {w.n(w.drift(412, 9), 'saisines_mediation')} fois.")


def _fraud(w: Writer) -> None:
    w.h(2, "Lutte contre la fraude")
    rows, sums = [], [0, 0]
    for at, (label, cases, damage, actor) in enumerate(ACTORS):
        a, b = int(w.drift(cases, at)), int(w.drift(damage, at + 2))
        sums = [sums[0] + a, sums[1] + b]
        rows.append(
            [label, w.n(a, "dossiers_controles", acteur=actor), w.n(b, "prejudice_subi", "EUR", acteur=actor)]
        )
    rows.append(
        [
            "Total",
            w.n(sums[0], "dossiers_controles", acteur="ensemble", nature="total"),
            w.n(sums[1], "prejudice_subi", "EUR", acteur="ensemble", nature="total"),
        ]
    )
    w.table(["Auteur", "Dossiers frauduleux", "Préjudice subi (en euros)"], rows)
    w.p(
        f"{w.n(w.drift(41, 1), 'penalites_notifiees_nombre')} pénalités financières ont été notifiées, pour "
        f"{w.n(w.drift(96_400, 2), 'penalites_notifiees_montant', 'EUR')} euros."
    )
    w.p(
        f"Nous avons déposé {w.n(w.drift(14, 6), 'plaintes_penales')} plaintes pénales et adressé "
        f"{w.n(w.drift(63, 4), 'avertissements')} avertissements."
    )
    w.p(f"Le préjudice évité s'élève à {w.n(w.drift(1.27, 5, 2), 'prejudice_evite', 'EUR')} million d'euros.")


def _prevention(w: Writer) -> None:
    w.h(2, "Prévention et dépistage")
    w.table(
        ["Dépistage organisé", f"Taux {w.before}", f"Taux {w.now}"],
        [
            [
                label,
                w.n(Writer(w.year - 1).drift(base, at, 1), "taux_depistage", "%", period=w.before) + " %",
                w.n(w.drift(base, at, 1), "taux_depistage", "%") + " %",
            ]
            for at, (label, base) in enumerate(SCREENED)
        ],
    )
    w.p(
        f"La vaccination contre la grippe a couvert "
        f"{w.n(w.drift(54.1, 2, 1), 'taux_vaccination', '%')} % des personnes invitées."
    )
    w.p(f"Le retour à domicile PRADO a accompagné {w.n(w.drift(1_842, 3), 'patients_prado')} patients.")
    w.p(
        f"Au total, {w.n(w.drift(27, 5), 'actions_prevention_nombre')} ateliers ont réuni "
        f"{w.n(w.drift(3_120, 7), 'personnes_sensibilisees')} personnes."
    )


def _rights(w: Writer) -> None:
    w.h(2, "Accès aux droits")
    w.boxes(
        [
            (
                w.n(w.drift(24_310, 4), "beneficiaires_c2s"),
                "bénéficiaires de la complémentaire santé solidaire",
            ),
            (w.n(w.drift(1_130, 8), "beneficiaires_ame"), "bénéficiaires de l'aide médicale de l'État"),
            (w.n(w.drift(864, 1), "accompagnements_acces_soins"), "personnes accompagnées vers les soins"),
            (w.n(w.drift(36, 2), "partenaires_nombre"), "partenaires conventionnés"),
        ]
    )
    w.h(3, "Action sanitaire et sociale")
    rows, sums = [], [0, 0]
    for at, (label, count, amount) in enumerate(AIDS):
        a, b = int(w.drift(count, at + 5)), int(w.drift(amount, at + 5))
        sums = [sums[0] + a, sums[1] + b]
        rows.append(
            [
                label,
                w.n(a, "aides_ass_nombre", rows="poste"),
                w.n(b, "aides_ass_montant", "EUR", rows="poste"),
            ]
        )
    rows.append(
        [
            "Total",
            w.n(sums[0], "aides_ass_nombre", nature="total", rows="poste"),
            w.n(sums[1], "aides_ass_montant", "EUR", nature="total", rows="poste"),
        ]
    )
    w.table(["Nature de l'aide", "Aides accordées", "Montant (€)"], rows)


def _staff(w: Writer) -> None:
    w.h(2, "Nos équipes")
    a, b = int(w.drift(246, 2)), int(w.drift(71, 3))
    c, d = int(Writer(w.year - 1).drift(246, 2)), int(Writer(w.year - 1).drift(71, 3))
    head = ["Effectif au 31 décembre", w.before, w.now]
    row = [
        [
            "Femmes",
            w.n(c, "effectif_salaries", period=w.before, sexe="femmes"),
            w.n(a, "effectif_salaries", sexe="femmes"),
        ],
        [
            "Hommes",
            w.n(d, "effectif_salaries", period=w.before, sexe="hommes"),
            w.n(b, "effectif_salaries", sexe="hommes"),
        ],
        [
            "Ensemble",
            w.n(c + d, "effectif_salaries", period=w.before, nature="total"),
            w.n(a + b, "effectif_salaries", nature="total"),
        ],
    ]
    w.table(head, row)
    w.boxes(
        [
            (w.n(w.drift(46.3, 4, 1), "age_moyen_salaries", "ans") + " ans", "âge moyen"),
            (w.n(w.drift(5.6, 1, 1), "taux_absenteisme", "%") + " %", "taux d'absentéisme"),
            (w.n(w.drift(4_280, 6), "formation_heures", "heures"), "heures de formation"),
            (w.n(w.drift(163, 9), "teletravailleurs"), "télétravailleurs"),
        ]
    )
    w.p(
        f"L'année compte {w.n(w.drift(19, 4), 'embauches')} embauches et "
        f"{w.n(w.drift(22, 5), 'departs_salaries')} départs."
    )


def _doctors(w: Writer) -> None:
    w.h(2, "Offre de soins")
    w.table(
        ["Professionnels installés", w.before, w.now, "Évolution"],
        [
            _grown(
                w,
                "Médecins généralistes",
                231,
                1,
                "professionnels_sante_nombre",
                "nombre",
                0,
                profession="medecins_generalistes",
            ),
            _grown(
                w,
                "Chirurgiens-dentistes",
                144,
                3,
                "professionnels_sante_nombre",
                "nombre",
                0,
                profession="chirurgiens_dentistes",
            ),
            _grown(
                w, "Infirmiers", 402, 5, "professionnels_sante_nombre", "nombre", 0, profession="infirmiers"
            ),
        ],
    )
    w.p(
        f"Les délégués de l'Assurance Maladie ont réalisé {w.n(w.drift(1_214, 2), 'visites_dam')} "
        f"visites en cabinet."
    )
    w.p(
        f"Le territoire compte {w.n(5 + w.year - 2020, 'msp_nombre')} maisons de santé et "
        f"{w.n(4, 'cpts_nombre')} CPTS."
    )


STYLE = """<!doctype html><html lang=fr><meta charset=utf-8><style>
@page { size: A4; margin: 18mm } body { font: 11pt/1.45 sans-serif } h2 { color: #0c419a; break-before: page }
table { border-collapse: collapse; width: 100%; margin: 4mm 0 } td, th { border-bottom: 1px solid #bbb;
padding: 2mm; text-align: right } td:first-child, th:first-child { text-align: left } .boxes { display:
flex; flex-wrap: wrap; gap: 6mm } .boxes div { border: 1px solid #0c419a; padding: 5mm; width: 45mm }
.boxes b { display: block; font-size: 17pt } .boxes span { display: block } </style>"""


def _written(year: int) -> Writer:
    writer = Writer(year)
    for part in (_opening, _benefits, _contacts, _fraud, _prevention, _rights, _staff, _doctors):
        part(writer)
    return writer


def sheets(year: int, hostile: str = "") -> str:
    """The HTML of the report of ``year``; ``hostile`` stands where a careless author left it, in a label."""
    body = "".join(_written(year).body)
    return STYLE + body.replace("Optique", f"Optique {hostile}" if hostile else "Optique")


def truth(year: int) -> list[Meant]:
    """What every figure of the report of ``year`` means, in the order of print."""
    return _written(year).meant


def print_pdf(browser: Browser, path: Path, year: int, hostile: str = "") -> Path:
    """The report of ``year`` as a PDF at ``path``."""
    page = browser.new_page()
    page.set_content(sheets(year, hostile))
    page.pdf(path=path, prefer_css_page_size=True)
    page.close()
    return path


def pairs(meant: list[Meant], printed: list[str]) -> Iterator[tuple[int, Meant]]:
    """The place in ``printed`` of each figure that was meant, in order; what stands on one side alone is left
    out.
    """
    wanted, found = [bare(one.printed) for one in meant], [bare(text) for text in printed]
    for block in SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            yield block.b + step, meant[block.a + step]


def bare(printed: str) -> str:
    """The digits of a number as printed, without sign and unit."""
    number = re.search(r"\d[\d\s]*(?:,\d+)?", printed)
    return "".join(number[0].split()) if number else printed
