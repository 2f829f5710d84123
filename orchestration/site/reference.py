"""The reference pages: tables and columns, the words that reports use, what can be downloaded; and the index
that the search reads.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.extraction.catalogue import DIMENSION_NAMES
from orchestration.notation.folding import fold_label
from orchestration.site.frame import DOMAINS, Page, label, render_page, short_name
from orchestration.site.overview import Edition
from orchestration.site.rows import Row
from orchestration.site.typography import french

#: Base weights of the search: what a reader most likely looks for first.
WEIGHTS = {"concept": 4.0, "organisme": 3.5, "indicateur": 2.5, "rapport": 2.0, "page": 5.0, "membre": 1.0}
SINGULAR = {
    "risque": "risque", "canal": "canal", "public": "public", "profession": "profession", "acteur": "acteur",
    "programme": "programme", "motif": "motif", "etablissement": "établissement", "poste": "poste",
    "site": "site", "age": "âge", "sexe": "sexe", "modalite": "modalité",
}  # fmt: skip
#: Pages that are found by what they are about.
ABOUT_PAGES = (
    ("Constats", "constats.html", "erreurs incohérences contradictions écarts faux anomalies"),
    (
        "Objectifs et résultats",
        "objectifs.html",
        "CPG cibles atteints non atteints contrat pluriannuel de gestion",
    ),
    ("Évolutions", "evolutions.html", "hausse baisse progression variation"),
    ("Carte", "carte.html", "départements territoires régions"),
    ("Contrôles", "controles.html", "audit vérifications relations sommes great expectations qualité"),
    ("Méthode", "methode.html", "précision arrondi intervalle périmètre relecture définition fiabilité"),
    (
        "Téléchargements",
        "telechargements.html",
        "télécharger données csv parquet duckdb excel xlsx python licence open data",
    ),
    ("Dictionnaire des tables", "dictionnaire.html", "colonnes tables schéma dbt documentation"),
    ("À comparer : toutes les notions", "concepts.html", "comparer comparaison concepts"),
    ("Tous les indicateurs", "indicateurs.html", "liste catalogue"),
    (
        "Tous les organismes",
        "organismes.html",
        "liste caisses cpam drsm elsm euros par assuré par personne protégée",
    ),
    ("Tous les rapports", "rapports.html", "liste documents"),
)
#: What analysts type, and the words that the catalogue uses: either brings the other.
SHORT_FORMS_FILE = Path(__file__).with_name("short_forms.csv")


@cache
def short_forms() -> dict[str, str]:
    """Acronyms and everyday words of analysts, each with the words of the catalogue for it."""
    with SHORT_FORMS_FILE.open(encoding="utf-8", newline="") as file:
        return {row["forme"]: row["mots"] for row in csv.DictReader(file)}


def dictionary_page(tables: Sequence[Row]) -> Page:
    """The published tables and their columns, for people; a column is described where it stands first."""
    told: set[tuple[str, str]] = set()
    shown = []
    for table in tables:
        columns = [
            column for column in table["colonnes"] if (column["nom"], column["description"]) not in told
        ]
        told |= {(column["nom"], column["description"]) for column in columns}
        known = [column["nom"] for column in table["colonnes"] if column not in columns]
        shown.append({**table, "propres": columns, "connues": known})
    return render_page("dictionnaire.html", "dictionnaire.html", tables=shown)


def member_pages(members: Sequence[Row]) -> Iterator[Page]:
    """For each conformed dimension, its members and the indicators that figures use them with."""
    groups: dict[str, list[Row]] = {}
    for row in members:
        groups.setdefault(row["dimension"], []).append(row)
    order = [code for code in DIMENSION_NAMES if code in groups]
    yield render_page(
        "membres.html",
        "membres.html",
        dimensions=[(code, DIMENSION_NAMES[code], groups[code]) for code in order],
    )
    for code in order:
        yield render_page(
            "membres_dimension.html",
            f"membres/{code}.html",
            code=code,
            nom=DIMENSION_NAMES[code],
            membres=groups[code],
        )


def download_page(edition: Edition, tables: Sequence[Row], indicators: Sequence[Row]) -> Page:
    """Files, licence, sources, and a line of Python, R and SQL for each; they show the indicator that most
    bodies print.
    """
    marts = [row for row in tables if row["schema_name"] == "marts"]
    shown = max(indicators, key=lambda row: (row["nb_organismes"], row["nb_chiffres"]), default=None)
    return render_page(
        "telechargements.html",
        "telechargements.html",
        edition=edition,
        tables=marts,
        exemple=shown["indicateur_code"] if shown else "",
    )


def search_index(
    indicators: Sequence[Row],
    bodies: Sequence[Row],
    reports: Sequence[Row],
    members: Sequence[Row],
    concepts: Sequence[Row],
) -> Page:
    """``index.js``: one entry a page that can be found: label, what it is, page, further words,
    base weight.
    """
    entries = [*_entries(indicators, bodies, reports, members, concepts)]
    kinds = sorted({entry[1] for entry in entries})
    for entry in entries:
        entry[1] = kinds.index(entry[1])
    lines = ",\n".join(
        json.dumps(entry, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        for entry in entries
    )
    told = json.dumps(kinds, ensure_ascii=False)
    spelt = {fold_label(short): words for short, words in short_forms().items()}
    forms = json.dumps(spelt, ensure_ascii=False)
    told += f";\nwindow.FORMES = {forms}"
    return Page("index.js", f"window.GENRES = {told};\nwindow.INDEX = [\n{lines}\n];\n".encode())


def _entries(
    indicators: Sequence[Row],
    bodies: Sequence[Row],
    reports: Sequence[Row],
    members: Sequence[Row],
    concepts: Sequence[Row],
) -> Iterator[list[Any]]:
    for row in concepts:
        path = f"concept/{row['concept_code']}.html"
        yield _entry(row["libelle"], "concept", path, "à comparer", row["alias"], row["definition"])
    for row in bodies:
        if row["nb_chiffres"]:
            path = f"organisme/{row['organisme_code']}.html"
            yield _entry(row["libelle"], "organisme", path, "organisme", row["alias"])
    for row in indicators:
        if row["nb_chiffres"]:
            path, said = f"indicateur/{row['indicateur_code']}.html", label(DOMAINS, row["domaine"]).lower()
            further = row.get("alias"), row["definition"]
            yield _entry(row["libelle"], "indicateur", path, f"indicateur, {said}", *further)
    for row in reports:
        path = f"rapport/{row['rapport_code']}.html"
        yield _entry(short_name(row["titre"]), "rapport", path, "rapport", row["titre"])
    yield from ([name, "page", path, words, WEIGHTS["page"]] for name, path, words in ABOUT_PAGES)
    for row in members:
        path, said = f"membres/{row['dimension']}.html#{row['membre_code']}", SINGULAR[row["dimension"]]
        yield _entry(row["libelle"], "membre", path, f"mot des rapports, {said}", row["alias"])


def _entry(name: str, kind: str, path: str, said: str, *further: Any) -> list[Any]:
    words = " ".join(str(text).replace("|", " ") for text in further if text)
    known = set(name.lower().split())
    added = dict.fromkeys(_with_short_forms(f"{name} {words}", words).split())
    return [
        french(name),
        said,
        path,
        " ".join(word for word in added if word.lower() not in known),
        WEIGHTS[kind],
    ]


def _with_short_forms(text: str, words: str) -> str:
    """The further words of an entry, with the short forms that its text spells out and the other
    way round.
    """
    low = f" {text.lower().replace('’', ' ').replace(chr(39), ' ').replace('-', ' ')} "
    added = []
    for short, alone, spelt, stems in _spelt_forms():
        if all(stem in low for stem in stems):
            added.append(short)
        elif alone in low:
            added.append(spelt)
    return " ".join(filter(None, [words, *added]))


@cache
def _spelt_forms() -> list[tuple[str, str, str, list[str]]]:
    """Each short form: as written, as it stands alone in a text, what it spells out, how its long words
    begin.
    """
    return [
        (
            short,
            f" {short.lower()} ",
            spelt,
            [word[:5] for word in spelt.lower().replace("'", " ").split() if len(word) > 3],
        )
        for short, spelt in short_forms().items()
    ]
