"""What the tiny reports print: one indicator for each way in which a sum could go wrong, and the relations
between them.

Every case carries its own indicator, so that the tests name the case they look at.
"""

from __future__ import annotations

from typing import Any

from orchestration.extraction.catalogue import DIMENSIONS
from tests.dbt.warehouse import Raw

INDICATORS = {
    "charges": ("EUR", "additif", "prestations"),
    "visites": ("nombre", "additif", "accueil"),
    "courriels": ("nombre", "additif", "accueil"),
    "prejudice": ("EUR", "additif", "fraude"),
    "plaintes": ("nombre", "additif", "fraude"),
    "depistages": ("nombre", "additif", "prevention"),
    "vaccinations": ("nombre", "additif", "prevention"),
    "injections": ("nombre", "additif", "prevention"),
    "ateliers": ("nombre", "additif", "prevention"),
    "adhesions": ("nombre", "additif", "prevention"),
    "effectif": ("nombre", "semi_additif", "ressources_humaines"),
    "comptes": ("nombre", "semi_additif", "accueil"),
    "sites": ("nombre", "additif", "pilotage"),
    "subventions": ("EUR", "additif", "acces_droits"),
    "population_protegee": ("nombre", "semi_additif", "acces_droits"),
    "taux_decroche": ("%", "non_additif", "accueil"),
    "delai": ("jours", "non_additif", "prestations"),
    "appels": ("nombre", "additif", "accueil"),
    "controles": ("nombre", "additif", "fraude"),
    "aides": ("EUR", "additif", "acces_droits"),
    "rendez_vous": ("nombre", "additif", "accueil"),
    "passages": ("nombre", "additif", "accueil"),
    "reprises": ("nombre", "additif", "accueil"),
    "abonnes": ("nombre", "semi_additif", "accueil"),
    "envois": ("nombre", "additif", "accueil"),
}
CONCEPTS = {
    "visites": "visites",
    "passages": "passages",
    "population_protegee": "population_protegee",
    "taux_decroche": "taux_decroche",
    "charges": "prestations_versees",
}
MEMBERS = {
    "risque": [
        ("maladie", ""),
        ("maternite", ""),
        ("at_mp", ""),
        ("ville", "maladie"),
        ("hopital", "maladie"),
    ],
    "canal": [("telephone", ""), ("courriel", ""), ("guichet", "")],
    "motif": [("droits", ""), ("paiement", "")],
    "sexe": [("femmes", ""), ("hommes", "")],
    "modalite": [("cdi", ""), ("cdd", ""), ("subi", ""), ("evite", "")],
}
EVERYWHERE = [("ensemble", ""), ("non_precise", "")]
ORGANISATIONS = [
    ("national", "reseau", "", "france"), ("cpam_a", "cpam", "national", "dep_a"),
    ("cpam_b", "cpam", "national", "dep_b"),
    ("drsm", "drsm", "national", "region"), ("elsm_a", "elsm", "drsm", "dep_a"),
    ("elsm_b", "elsm", "drsm", "dep_b"),
    ("ensemble", "ensemble", "", "ensemble"), ("non_precise", "non_precise", "", "non_precise"),
]  # fmt: skip
TERRITORIES = [
    ("france", "pays", ""), ("region", "region", "france"), ("dep_a", "departement", "region"),
    ("dep_b", "departement", "region"),
    ("ensemble", "ensemble", ""), ("non_precise", "non_precise", ""),
]  # fmt: skip
REPORTS = {
    "a2020": ("cpam_a", "dep_a", "2020"),
    "b2020": ("cpam_b", "dep_b", "2020"),
    "d2020": ("drsm", "region", "2020"),
    "a2021": ("cpam_a", "dep_a", "2021"),
}


def seeds() -> dict[str, Any]:
    """The members of the tiny reports as seed files: stem -> rows, header first."""
    files: dict[str, Any] = {
        "indicateurs": [
            ("code", "libelle", "definition", "unite", "additivite", "domaine", "concept_code", "alias")
        ]
        + [
            (code, code, f"mesure {code}", *rest, CONCEPTS.get(code, "non_precise"), "")
            for code, rest in INDICATORS.items()
        ],
        "concepts": _concepts(),
        "domaines": [
            ("code", "libelle", "definition", "alias"),
            ("accueil", "Accueil", "contacts", "accueil"),
            ("autre", "Autre", "le reste", ""),
        ],
        "membres_impliques": [
            ("indicateur_code", "dimension", "membre_code"),
            ("taux_decroche", "canal", "telephone"),
            ("appels", "canal", "telephone"),
        ],
        "codes_anciens": [
            ("dimension", "ancien_code", "nouveau_code", "facteur", "version", "raison"),
            ("indicateur", "plaintes_deposees", "plaintes", "1", "2.0.0", "meme compte"),
        ],
        "sens_indicateurs": [
            ("code", "sens", "raison"),
            ("plaintes", "baisse", "moins il y en a mieux c'est"),
        ],
        "organismes": [("code", "libelle", "type", "parent_code", "territoire_code", "alias")]
        + [(code, code, kind, parent, place, "") for code, kind, parent, place in ORGANISATIONS],
        "territoires": [("code", "libelle", "type", "parent_code", "alias")]
        + [(code, code, kind, parent, "") for code, kind, parent in TERRITORIES],
    }
    for dimension, seed in DIMENSIONS.items():
        members = MEMBERS.get(dimension, []) + EVERYWHERE
        files[seed] = [("code", "libelle", "parent_code", "alias")] + [(c, c, p, "") for c, p in members]
    return files


def _concepts() -> list[tuple[str, ...]]:
    header = "code libelle definition unite domaine parent_code alias comparable raison"
    core = [
        (code, code, f"concept {code}", "nombre", "autre", "", f"autre nom de {code}", "true", "meme compte")
        for code in sorted(set(CONCEPTS.values()))
    ]
    outside = ("non_precise", *["hors du noyau"] * 2, "autre", "autre", "", "", "false", "hors du noyau")
    return [tuple(header.split()), *core, outside]


class Printer:
    """Prints figures and relations into raw tables, one figure per line unless told otherwise."""

    def __init__(self) -> None:
        self.raw = Raw()
        self.line = dict.fromkeys(REPORTS, 0)
        for code, (body, place, period) in REPORTS.items():
            self.raw.add(
                "rapport",
                code=code,
                titre=f"Rapport {code}",
                organisme=body,
                territoire=place,
                periode=period,
                document=f"{code}.txt",
                document_sha256="00",
                nb_lignes=100,
                document_present="true",
                brouillon="false",
                sceau="",
            )

    def figure(
        self, report: str, indicator: str, value: str, half_width: str = "0", **cells: Any
    ) -> tuple[str, int]:
        """Print one figure; returns its address. `cells` override the columns of numbers.csv."""
        self.line[report] += 1
        body, place, period = REPORTS[report]
        row: dict[str, Any] = {
            "rapport_code": report, "ligne": self.line[report], "colonne": 0, "valeur_imprimee": value,
            "statut": "observation",
            "valeur": value, "demi_intervalle": half_width, "unite": INDICATORS[indicator][0],
            "nature": "constate",
            "role": "feuille", "indicateur_code": indicator, "organisme_code": body, "territoire_code": place,
            "periode_code": period, "bloc": indicator, "libelle": indicator, "confiance": "1",
            "revue": "true",
        }  # fmt: skip
        row |= {f"{dimension}_code": "non_precise" for dimension in DIMENSIONS}
        row |= {(f"{name}_code" if name in DIMENSIONS else name): cell for name, cell in cells.items()}
        self.raw.add("nombre", **row)
        return report, int(row["ligne"])

    def relation(self, key: str, nature: str, *terms: tuple[Any, ...], scopes: str = "") -> None:
        """Declare a relation; a term is (role, address or constant, weight) and its pair where it has one."""
        report = next(term[1][0] for term in terms if isinstance(term[1], tuple))
        for role, place, weight, *pair in terms:
            cells: dict[str, Any] = (
                {"constante": place} if isinstance(place, str) else {"ligne": place[1], "colonne": 0}
            )
            self.raw.add(
                "relation", rapport_code=report, relation=key, nature=nature, formule=key, role=role,
                poids=weight,
                paire=next(iter(pair), ""), reserve=scopes, **cells,
            )  # fmt: skip

    def total(self, key: str, total: tuple[str, int], *parts: tuple[str, int]) -> None:
        """Declare that a printed total is the sum of printed parts."""
        self.relation(key, "somme", ("total", total, "1"), *(("terme", part, "1") for part in parts))


def print_tiny_reports() -> Raw:
    """All cases together, in three reports."""
    printer = Printer()
    for print_case in (
        _total_with_parts, _two_breakdowns, _competing_breakdowns, _kinds_of_measure, _prints_of_one_figure,
        _bodies_and_territories,
        _months_and_years, _stocks, _member_hierarchy,
        _amount_for_each, _disjoint_below, _doubtful, _rates, _set_aside, _scopes, _across_reports,
    ):  # fmt: skip
        print_case(printer)
    print_relations(printer)
    return printer.raw


def _total_with_parts(p: Printer) -> None:
    """A total to the cent, its parts, one `dont`, the total again in billions, and a failing total
    beside it.
    """
    parts = [p.figure("a2020", "charges", value, risque=risk)
             for risk,
             value in (("maladie", "3551.78"), ("maternite", "136.41"), ("at_mp", "131.70"))]  # fmt: skip
    total = p.figure("a2020", "charges", "3819.89", risque="ensemble", role="total", nature="total")
    p.figure("a2020", "charges", "100.00", risque="maladie", motif="droits", role="dont")
    p.figure("a2020", "charges", "3800", "50", valeur_imprimee="3,8 milliers")
    p.total("total_exact", total, *parts)
    wrong = [
        p.figure("b2020", "charges", value, risque=risk)
        for risk, value in (("maladie", "10.00"), ("maternite", "5.00"))
    ]
    p.total("total_faux", p.figure("b2020", "charges", "16.00", role="total", nature="total"), *wrong)


def _two_breakdowns(p: Printer) -> None:
    """One total broken down by channel (three parts) and by subject (two): one breakdown must win."""
    p.figure("a2020", "visites", "100", canal="ensemble", role="total", nature="total")
    for channel, value in (("telephone", "50"), ("courriel", "30"), ("guichet", "20")):
        p.figure("a2020", "visites", value, canal=channel)
    for subject, value in (("droits", "60"), ("paiement", "40")):
        p.figure("a2020", "visites", value, motif=subject)
    p.figure("a2020", "visites", "60", "0.5", nature="part", unite="%", motif="droits")


def _competing_breakdowns(p: Printer) -> None:
    """No total: by channel covers more than by subject, though subjects are not fewer."""
    for channel, value in (("telephone", "500"), ("courriel", "300")):
        p.figure("a2020", "courriels", value, canal=channel)
    for subject, value in (("droits", "60"), ("paiement", "40")):
        p.figure("a2020", "courriels", value, motif=subject)


def _kinds_of_measure(p: Printer) -> None:
    """Objectives, evolutions, means and thresholds of an additive indicator add to nothing."""
    p.figure("a2020", "adhesions", "120")
    p.figure("a2020", "adhesions", "100", periode_code="2019")
    p.figure("a2020", "adhesions", "110", nature="objectif")
    p.figure("a2020", "adhesions", "130", nature="objectif", periode_code="2019")
    p.figure("a2020", "adhesions", "20.0", "0.05", nature="evolution", unite="%", periode_code="2019/2020")
    p.figure("a2020", "adhesions", "10", nature="moyenne")
    p.figure("a2020", "plaintes", "70")
    p.figure("a2020", "plaintes", "75", nature="objectif")
    p.figure("a2020", "delai", "8", nature="objectif")
    p.figure("a2020", "delai", "9.5", "0.05")
    p.figure("b2020", "delai", "8", nature="objectif")


def _prints_of_one_figure(p: Printer) -> None:
    """The same figure rounded, exact, cut off, contradicted, and printed by another body's report."""
    p.figure("a2020", "prejudice", "4900000", "50000", valeur_imprimee="4,9 millions")
    p.figure("a2020", "prejudice", "4912345")
    p.figure("a2020", "prejudice", "4912000", "500", valeur_imprimee="4 912 k€")
    p.figure("b2020", "prejudice", "186701")
    p.figure("b2020", "prejudice", "186000", "100")
    p.figure("b2020", "plaintes", "70", organisme_code="cpam_a", territoire_code="dep_a")


def _bodies_and_territories(p: Printer) -> None:
    """A regional total beside its départements; one département alone; a national figure beside the body's
    own.
    """
    p.figure("d2020", "vaccinations", "30")
    p.figure("d2020", "vaccinations", "10", organisme_code="elsm_a", territoire_code="dep_a")
    p.figure("d2020", "vaccinations", "20", organisme_code="elsm_b", territoire_code="dep_b")
    p.figure("d2020", "ateliers", "30")
    p.figure("d2020", "ateliers", "12", organisme_code="elsm_a", territoire_code="dep_a")
    p.figure("a2020", "vaccinations", "7")
    p.figure("a2020", "vaccinations", "900", organisme_code="national", territoire_code="france")
    p.figure("a2020", "sites", "4000", organisme_code="national", territoire_code="france")


def _months_and_years(p: Printer) -> None:
    """Months that make their year, months that do not, and a sum over several years."""
    p.figure("a2020", "depistages", "12", periode_code="2020")
    for half, value in (("2020-S1", "5"), ("2020-S2", "7")):
        p.figure("a2020", "depistages", value, periode_code=half)
    p.figure("b2020", "depistages", "100")
    p.figure("b2020", "depistages", "8", periode_code="2020-01")
    p.figure("b2020", "depistages", "90", periode_code="2019")
    p.figure("b2020", "depistages", "190", periode_code="2019-01/2020-12")
    p.figure("a2020", "injections", "30", periode_code="2020-2021")
    p.figure("a2020", "injections", "20", periode_code="2019-2020")
    p.figure("a2020", "injections", "50", "0.5", nature="evolution", unite="%", periode_code="2019/2020")
    p.figure("a2020", "injections", "12", periode_code="2020-03/2020-12")


def _stocks(p: Printer) -> None:
    """Stocks: parts add at one date, dates never replace one another."""
    p.figure("a2020", "effectif", "1012")
    p.figure("a2020", "effectif", "916", modalite="cdi")
    p.figure("a2020", "effectif", "96", modalite="cdd")
    p.figure("a2020", "effectif", "1000", periode_code="2019")
    p.figure("a2020", "comptes", "500", periode_code="2020-12-31")
    p.figure("a2020", "comptes", "480", periode_code="2020-06-30")
    p.figure("a2020", "comptes", "9000", organisme_code="national", territoire_code="france")
    p.figure("a2020", "population_protegee", "1000000", sexe="ensemble")
    p.figure("a2020", "population_protegee", "520000", sexe="femmes")
    p.figure("a2020", "population_protegee", "480000", sexe="hommes")


def _scopes(p: Printer) -> None:
    """The whole, a slice without its whole, a `dont` without its whole, a wider territory, and a scope that
    the template says.
    """
    p.figure("a2020", "passages", "5", canal="guichet")
    p.figure("b2020", "passages", "7", canal="guichet")
    p.figure("a2020", "passages", "50", periode_code="2019")
    p.figure("b2020", "passages", "60", periode_code="2019")
    p.figure("a2020", "passages", "10", periode_code="2018")
    p.figure(
        "b2020", "passages", "99", periode_code="2018", perimetre="elargi", perimetre_mots="deux caisses"
    )
    p.figure("a2020", "passages", "44", periode_code="2017", territoire_code="region")
    p.figure("a2020", "passages", "3", periode_code="2016", role="dont")


def _member_hierarchy(p: Printer) -> None:
    """A member beside its children: complete children replace it, incomplete ones do not."""
    p.figure("a2020", "appels", "100", risque="maladie")
    p.figure("a2020", "appels", "70", risque="ville")
    p.figure("a2020", "appels", "30", risque="hopital")
    p.figure("b2020", "appels", "100", risque="maladie")
    p.figure("b2020", "appels", "70", risque="ville")
    p.figure("b2020", "appels", "11", risque="at_mp")


def _amount_for_each(p: Printer) -> None:
    """An amount printed once that two associations received: the total counts it twice."""
    for_each = p.figure("a2020", "aides", "20", motif="droits")
    other = p.figure("a2020", "aides", "225", motif="paiement")
    total = p.figure("a2020", "aides", "265", role="total", nature="total")
    p.relation("aides_exact", "somme", ("total", total, "1"), ("terme", other, "1"), ("terme", for_each, "2"))


def _disjoint_below(p: Printer) -> None:
    """A total over channels overlaps the counter's figure, its parts do not: all of them are leaves."""
    p.figure("a2020", "rendez_vous", "376", risque="maladie", canal="ensemble")
    p.figure("a2020", "rendez_vous", "298", risque="maladie", canal="telephone")
    p.figure("a2020", "rendez_vous", "78", risque="maladie", canal="courriel")
    p.figure("a2020", "rendez_vous", "27", canal="guichet")


def _doubtful(p: Printer) -> None:
    """A figure smaller than one of its parts; a `dont` whose whole is not printed; one nobody reviewed."""
    p.figure("a2020", "controles", "50")
    p.figure("a2020", "controles", "80", motif="droits")
    p.figure("b2020", "controles", "40", role="dont", motif="droits")
    box = {"page": "3", "x0": "10.5", "y0": "20", "x1": "40.25", "y1": "31"}  # the one that a PDF prints
    p.figure("b2020", "controles", "9999", motif="paiement", revue="false", confiance="0.6", **box)
    subi = p.figure("b2020", "subventions", "60", modalite="subi", sexe="femmes")
    evite = p.figure("b2020", "subventions", "40", modalite="evite", motif="droits")
    p.total("somme_declaree", p.figure("b2020", "subventions", "100", modalite="cdi"), subi, evite)


def _rates(p: Printer) -> None:
    """Rates never add: all of them are rows."""
    p.figure("a2020", "taux_decroche", "89.9", "0.05", canal="telephone")
    p.figure("a2020", "taux_decroche", "85.0", "0.05", canal="telephone", nature="objectif")
    p.figure("a2020", "taux_decroche", "91.0", "0.05")


def _across_reports(p: Printer) -> None:
    """The year before printed again, a stock dated in two ways, a national figure, an evolution over two
    reports; scopes and kinds that differ meet nowhere. The label says the verdict that must come out.
    """
    nation = {"organisme_code": "national", "territoire_code": "france"}
    p.figure("a2020", "reprises", "120")
    p.figure("a2020", "reprises", "300", canal="telephone")
    p.figure("a2020", "reprises", "4000000", "500000", valeur_imprimee="4 millions", **nation)
    p.figure("b2020", "reprises", "4123456", libelle="arrondi", **nation)
    p.figure("a2020", "abonnes", "500", periode_code="2020-12-31")
    p.figure("a2020", "envois", "1000")
    p.figure("a2020", "envois", "700", canal="telephone")
    for verdict, indicator, value, cells in (
        ("a_rapprocher", "reprises", "121", {}),
        ("exact", "reprises", "300", {"canal": "telephone"}),
        ("", "reprises", "299", {"canal": "courriel"}),
        ("", "reprises", "310", {"canal": "telephone", "nature": "parametre"}),
        ("", "reprises", "330", {"canal": "telephone", "periode_code": "2021"}),
        ("", "reprises", "301", {"canal": "telephone", "perimetre": "elargi"}),
        ("", "reprises", "9", {"canal": "telephone", "revue": "false"}),
        ("a_rapprocher", "reprises", "4123465", nation),
        ("exact", "abonnes", "500", {}),
        ("", "envois", "1200", {"periode_code": "2021"}),
        ("exact", "envois", "20", {"nature": "evolution", "unite": "%", "periode_code": "2020/2021"}),
        ("", "envois", "800", {"canal": "telephone", "periode_code": "2021"}),
        ("a_rapprocher", "envois", "5",
         {"nature": "evolution", "unite": "%", "periode_code": "2020/2021", "canal": "telephone"}),
    ):  # fmt: skip
        half = "0.5" if cells.get("unite") == "%" else "0"
        what = {"periode_code": "2020", "libelle": verdict or "nulle part", **cells}
        p.figure("a2021", indicator, value, half, **what)


def _set_aside(p: Printer) -> None:
    """Numbers of the ledger that are not figures."""
    for status, reason in (("ecarte", "page"), ("a_relever", "")):
        p.line["a2020"] += 1
        p.raw.add(
            "nombre",
            rapport_code="a2020",
            ligne=p.line["a2020"],
            colonne=3,
            valeur_imprimee="7",
            statut=status,
            motif=reason,
        )


#: Values that the relations below use: name -> (printed value, half-width).
OPERANDS = {
    "200": ("200", "0"),
    "150": ("150", "0"),
    "50": ("50", "0"),
    "33.3": ("33.3", "0.05"),
    "1.1": ("1.1", "0.05"),
}

#: key (it ends with the verdict that must come out), nature, result (printed value, half-width, unit,
#: weight), terms, bases.
#: A term named in OPERANDS points at its print, any other is a constant.
QUOTIENTS = [
    ("part_exact", "part", ("25", "0.5", "%", "1"), "50", "200"),
    ("part_arrondi", "part", ("33.3", "0.05", "%", "1"), "50", "150"),
    ("part_bord_arrondi", "part", ("33.2", "0.05", "%", "1"), "33.3", "100"),
    ("part_tronquee_tronque", "part", ("66", "0.5", "%", "1"), "2", "3"),
    ("part_vers_le_haut_ecart", "part", ("68", "0.5", "%", "1"), "2", "3"),
    ("part_ecart", "part", ("35.0", "0.05", "%", "1"), "50", "150"),
    ("evolution_exact", "evolution", ("-25.0", "0.05", "%", "1"), "150", "200"),
    ("evolution_troncature_tronque", "evolution", ("-66.6", "0.05", "%", "1"), "50", "150"),
    ("evolution_ecart", "evolution", ("25.0", "0.05", "%", "1"), "150", "200"),
    ("evolution_points_exact", "evolution", ("50", "0", "points", "1"), "200", "150"),
    ("evolution_base_large_arrondi", "evolution", ("40", "0.5", "%", "1"), "1.5", "1.1"),
    ("atteinte_exact", "atteinte", ("25", "0.5", "%", "1"), "50", "200"),
    ("atteinte_ecart", "atteinte", ("85", "0.5", "%", "1"), "50", "200"),
    ("ratio_exact", "ratio", ("4", "0.5", "ratio", "1"), "200", "50"),
    ("ratio_pour_mille_exact", "ratio", ("250", "0.5", "pour_mille", "1000"), "50", "200"),
    ("base_nulle_non_verifiable", "part", ("1", "0.5", "%", "1"), "50", "0"),
]

#: key, nature, total (an operand, or printed value and half-width), terms with their weights.
SUMS = [
    ("flux_exact", "flux", "50", [("200", "1"), ("150", "-1")]),
    ("flux_ecart", "flux", "150", [("200", "1"), ("50", "1")]),
    ("effectif_exact", "effectif_annonce", "50", [("50.0", "1")]),
    ("effectif_ecart", "effectif_annonce", "50", [("49", "1")]),
    ("repetition_arrondi", "repetition", ("200.4", "0.5"), [("200", "1")]),
    ("repetition_tronquee_tronque", "repetition", ("199.2", "0.5"), [("200", "1")]),
    ("repetition_ecart", "repetition", ("201.5", "0.5"), [("200", "1")]),
    ("repetition_pareille_ecart", "repetition", ("51", "0"), [("50", "1")]),
    ("seconde_lecture_a_verifier", "seconde_lecture", "50", [("500.0", "1")]),
    ("sans_terme_non_verifiable", "somme", "50", []),
]

#: key, nature, result (printed value, half-width, unit), terms (role, operand or constant, pair), both
#: scopes.
GROUPED = [
    ("borne_exact", "borne", ("87", "0.5", "%"), [("minimum", "0", 0), ("maximum", "100.0", 0)], ""),
    ("borne_bord_arrondi", "borne", ("100.4", "0.5", "%"), [("maximum", "100.0", 0)], ""),
    ("borne_haute_ecart", "borne", ("187", "0.5", "%"), [("minimum", "0", 0), ("maximum", "100.0", 0)], ""),
    ("borne_somme_ecart", "borne", ("300", "0", "nombre"), [("minimum", "200", 1), ("minimum", "150", 1)], ""),
    ("borne_entre_exact", "borne", ("180", "0", "nombre"), [(r, v, i) for r in ("minimum", "maximum") for i, v in ((1, "200"), (2, "150"))], ""),
    ("bornes_contraires_non_verifiable", "borne", ("180", "0", "nombre"), [("minimum", "200", 1), ("maximum", "150", 1)], ""),
    ("borne_a_rapprocher", "borne", ("345", "0", "nombre"), [("maximum", "200", 0)], "agents formés ; femmes formées"),
    ("plausibilite_a_verifier", "plausibilite", ("900", "0", "nombre"), [("minimum", "1.0", 0), ("maximum", "90.0", 0)], ""),
    ("moyenne_exact", "moyenne_ponderee", ("12", "0.5", "%"), [("terme", "10", 1), ("base", "1200", 1), ("terme", "15", 2), ("base", "800", 2)], ""),
    ("moyenne_ecart", "moyenne_ponderee", ("14.0", "0.05", "%"), [("terme", "10", 1), ("base", "1200", 1), ("terme", "15", 2), ("base", "800", 2)], ""),
    ("moyenne_du_mois_ecart", "moyenne_ponderee", ("2000", "0", "nombre"), [("terme", "310000", 0), ("base", "12", 0)], ""),
    ("moyenne_sans_poids_non_verifiable", "moyenne_ponderee", ("12", "0.5", "%"), [("terme", "10", 1), ("base", "0", 1)], ""),
]  # fmt: skip

#: key, relation, report, registered gap.
REGISTER = [
    ("connu", "part_ecart", "a2020", "1.666667"), ("change", "flux_ecart", "a2020", "-90"),
    ("gueri", "part_exact", "a2020", "3"), ("total_b", "total_faux", "b2020", "1.00"),
]  # fmt: skip


def print_corrections(p: Printer) -> None:
    """Three corrections of the first figure: one that it is read with, and two that wait."""
    corrected = next(row for row in p.raw.tables["nombre"] if row["statut"] == "observation")
    for key, before, after in (
        ("unite", "autre", corrected["unite"]),
        ("valeur", corrected["valeur"], f"-{corrected['valeur']}"),
        ("motif", "non_precise", "nulle_part"),
    ):
        p.raw.add(
            "correction",
            rapport_code=corrected["rapport_code"],
            ligne=corrected["ligne"],
            colonne=corrected["colonne"],
            champ=key,
            avant=before,
            apres=after,
            motif="le titre le dit",
            date="2024-01-31",
        )


def print_relations(p: Printer) -> None:
    """Every nature of relation, as it holds and as it fails, and the register of findings about them."""

    def printed(value: str, half: str, unit: str = "%") -> tuple[str, int]:
        return p.figure(
            "a2020", "taux_decroche", value, half, unite=unit, nature="parametre", periode_code="2018"
        )

    operands = {name: printed(*what, "nombre") for name, what in OPERANDS.items()}
    for key, nature, (value, half, unit, weight), term, base in QUOTIENTS:
        p.relation(key, nature, ("resultat", printed(value, half, unit), weight),
                   ("terme", operands.get(term, term), "1"),
                   ("base", operands.get(base, base), "1"))  # fmt: skip
    for key, nature, total, terms in SUMS:
        place = operands[total] if isinstance(total, str) else printed(*total)
        p.relation(
            key,
            nature,
            ("total", place, "1"),
            *(("terme", operands.get(t, t), weight) for t, weight in terms),
        )
    for key, nature, (value, half, unit), members, scopes in GROUPED:
        grouped = [(role, operands.get(what, what), "1", pair) for role, what, pair in members]
        p.relation(key, nature, ("resultat", printed(value, half, unit), "1"), *grouped, scopes=scopes)
    for key, relation, report, gap in REGISTER:
        p.raw.add(
            "constat",
            cle=key,
            rapport_code=report,
            relation=relation,
            ecart=gap,
            explication="constat de test",
            cause="inconnue" if key == "total_b" else "chiffre mal imprimé",
            gravite="faible",
            date="2024-01-31",
        )
    print_corrections(p)
    p.raw.add(
        "diagnostic",
        rapport_code="a2020",
        relation="part_ecart",
        cause="chiffres_intervertis",
        preuve="33,3 convient",
        valeur_proposee="33.3",
        gravite="forte",
        constat="33,3 est imprimé 35,0",
    )
    p.raw.add(
        "diagnostic",
        rapport_code="b2020",
        relation="total_faux",
        cause="chiffre_errone",
        preuve="un autre chiffre convient",
        valeur_proposee="7",
        gravite="forte",
        titre="un chiffre erroné, un autre attendu",
    )
