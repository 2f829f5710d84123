"""The data contract as the audit knows it: tables, columns, types, keys and accepted values.

Written here a second time on purpose: the audit does not take the word of the models that it checks.
"""

from __future__ import annotations

from orchestration.reconciliation.terms import NATURES

DOMAINS = (
    "prestations", "accueil", "fraude", "prevention", "acces_droits", "offre_soins", "mediation",
    "ressources_humaines", "contentieux", "pilotage", "autre",
)  # fmt: skip
FACT_DOMAINS = DOMAINS[:-1]
DIMENSIONS = (
    "risque", "canal", "public", "profession", "acteur", "programme", "motif", "etablissement", "poste",
    "site", "age", "sexe", "modalite",
)  # fmt: skip
MEMBERSHIPS = ("indicateur", "organisme", "territoire", "periode", *DIMENSIONS)
UNITS = (
    "EUR", "nombre", "%", "points", "jours", "minutes", "ans", "pour_mille", "ratio", "autre", "secondes",
    "heures", "semaines", "mois", "km2", "m2", "m3", "km", "tonnes", "kg", "litres", "kWh", "MWh", "GWh",
    "USD", "CHF", "GBP", "rang", "par_10000", "par_100000", "par_km2",
)  # fmt: skip
NUMBER_NATURES = (
    "constate", "objectif", "evolution", "part", "total", "moyenne", "score", "rang", "parametre",
)  # fmt: skip
ROLES = ("feuille", "total", "dont")
STATUSES = ("observation", "ecarte", "a_relever")
VERDICTS = ("exact", "arrondi", "tronque", "ecart", "a_rapprocher", "a_verifier", "non_verifiable")
RELATION_NATURES = tuple(sorted(NATURES))
RELATION_ROLES = ("total", "resultat", "terme", "base", "minimum", "maximum")

_TEXT, _NUMBER, _WHOLE, _WHOLES, _BOOLEAN = "VARCHAR", "NUMBER", "INTEGER", "INTEGER[]", "BOOLEAN"
_BOX = "DOUBLE[4]"
_MEMBERS = {f"{name}_code": _TEXT for name in MEMBERSHIPS}
_PRINT = {"rapport_code": _TEXT, "ligne": _WHOLE, "colonne": _WHOLE, "valeur_imprimee": _TEXT}
_PLACE = {"page": _WHOLE, "boite": _BOX}
_MEASURE = {"valeur": _NUMBER, "demi_intervalle": _NUMBER, "unite": _TEXT, "nature": _TEXT}

COLUMNS: dict[str, dict[str, str]] = {
    "marts.fct_observation": {
        "observation_key": _TEXT,
        **_PRINT,
        **_MEASURE,
        **_MEMBERS,
        "domaine": _TEXT,
        "bloc": _TEXT,
        "libelle": _TEXT,
        "confiance": _NUMBER,
        "revue": _BOOLEAN,
        **_PLACE,
    },
    "marts.fct_controle": {
        "controle_key": _TEXT,
        "rapport_code": _TEXT,
        "nature": _TEXT,
        "formule": _TEXT,
        "lignes": _WHOLES,
        "valeur_imprimee": _NUMBER,
        "valeur_recalculee": _NUMBER,
        "ecart": _NUMBER,
        "tolerance": _NUMBER,
        "verdict": _TEXT,
        "reserve": _TEXT,
        "constat_code": _TEXT,
    },
    "marts.pont_controle_observation": {
        "controle_key": _TEXT,
        "observation_key": _TEXT,
        "role": _TEXT,
        "poids": _NUMBER,
        "paire": _WHOLE,
    },
    "audit.nombre": {**_PRINT, "statut": _TEXT, "motif": _TEXT, **_PLACE},
    "audit.correction": {
        "nombre_key": _TEXT,
        "champ": _TEXT,
        "rapport_code": _TEXT,
        "ligne": _WHOLE,
        "colonne": _WHOLE,
        "avant": _TEXT,
        "apres": _TEXT,
        "motif": _TEXT,
        "date_correction": "DATE",
        "appliquee": _BOOLEAN,
    },
    **{
        f"marts.fct_{domain}": {"observation_key": _TEXT, **_PRINT, **_MEASURE, "poids": _NUMBER, **_MEMBERS}
        for domain in FACT_DOMAINS
    },
    **{f"marts.dim_{name}": {f"{name}_code": _TEXT} for name in MEMBERSHIPS},
    "marts.dim_indicateur": {"indicateur_code": _TEXT, "unite": _TEXT, "additivite": _TEXT, "domaine": _TEXT},
    "marts.dim_rapport": {"rapport_code": _TEXT, "organisme_code": _TEXT, "periode_code": _TEXT},
    "marts.dim_constat": {"constat_code": _TEXT},
}

#: Columns that may be empty; every other column of COLUMNS is filled in every row.
MAY_BE_EMPTY = {
    "marts.fct_controle": frozenset(
        {
            "constat_code",
            "reserve",
            "valeur_imprimee",
            "valeur_recalculee",
            "ecart",
            "tolerance",
            "lignes",
            "formule",
        }
    ),
    "marts.fct_observation": frozenset({"bloc", "libelle", *_PLACE}),
    "audit.nombre": frozenset(_PLACE),
}
#: Tables that may hold no row: a domain that no report prints, a register without findings.
MAY_HOLD_NOTHING = frozenset(
    {f"marts.fct_{domain}" for domain in FACT_DOMAINS} | {"marts.dim_constat", "audit.correction"}
)

KEYS: dict[str, tuple[str, ...]] = {
    "marts.fct_observation": ("observation_key",),
    "marts.fct_controle": ("controle_key",),
    "audit.nombre": ("rapport_code", "ligne", "colonne"),
    "audit.correction": ("nombre_key", "champ"),
    "marts.dim_rapport": ("rapport_code",),
    "marts.dim_constat": ("constat_code",),
    **{f"marts.fct_{domain}": ("observation_key",) for domain in FACT_DOMAINS},
    **{f"marts.dim_{name}": (f"{name}_code",) for name in MEMBERSHIPS},
}

ACCEPTED: dict[str, dict[str, tuple[str, ...]]] = {
    "marts.fct_observation": {"unite": UNITS, "nature": NUMBER_NATURES, "domaine": DOMAINS},
    "marts.fct_controle": {"nature": RELATION_NATURES, "verdict": VERDICTS},
    "marts.pont_controle_observation": {"role": RELATION_ROLES},
    "audit.nombre": {"statut": STATUSES},
}
