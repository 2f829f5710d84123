"""The pages of bodies: what one prints of itself by domain, its objectives, its series, its euros per insured
person, its findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from orchestration.site.charts import ChartSeries, map_of_france, series
from orchestration.site.figures import SEEN, Chart, headlines
from orchestration.site.frame import DOMAINS, Page, Places, render_page, short_name
from orchestration.site.indicators import marks
from orchestration.site.rows import Row
from orchestration.site.typography import counted_words, french

TYPES = {
    "cpam": "Caisses primaires", "cgss": "Caisses générales", "css": "Caisse de sécurité sociale",
    "drsm": "Directions régionales du service médical", "ex_drsm": "Anciennes directions régionales",
    "elsm": "Échelons locaux du service médical", "caisse_nationale": "Caisse nationale", "reseau": "Réseau",
    "ugecam": "Ugecam", "carsat": "Carsat",
}  # fmt: skip
#: Lines of one domain on a page of a body; domains beyond this many lines in all stand on pages of their own.
TOGETHER = 700
SERIES = 6


def body_pages(
    body: Row,
    figures: Sequence[Row],
    places: Places,
    reports: Sequence[Row],
    targets: Sequence[Row],
    rates: Sequence[Row],
    findings: Mapping[str, Row],
) -> Iterator[Page]:
    """The page of one body; its domains on pages of their own when there is too much for one."""
    code = body["organisme_code"]
    own = [row for row in reports if row["organisme_code"] == code]
    domains = _domains(figures, places, findings)
    lines = sum(len(shown) for _, shown in domains)
    pages = {name: f"organisme/{code}/{name}.html" for name, _ in domains} if lines > TOGETHER else {}
    found = {
        findings[key]["page"]: findings[key] for row in figures for key in row["constats"] if key in findings
    }
    shared: dict[str, Any] = {
        "o": body,
        "rapports": [{**row, "nom": short_name(row["titre"])} for row in own],
        "pages": pages,
        "lignes": lines,
    }
    yield render_page(
        "organisme.html",
        f"organisme/{code}.html",
        domaines=[] if pages else domains,
        resume=[(name, len(shown)) for name, shown in domains],
        objectifs=objectives(targets, places),
        series=_series(figures),
        taux=[
            {**row, "encre": places.ink(row["rapport_code"], row["ligne"], row["colonne"])} for row in rates
        ],
        constats=list(found.values()),
        seul="",
        **shared,
    )
    for name, shown in domains if pages else []:
        yield render_page(
            "organisme.html",
            pages[name],
            domaines=[(name, shown)],
            resume=[],
            objectifs=[],
            series=[],
            taux=[],
            constats=[],
            seul=name,
            **shared,
        )


def objectives(targets: Sequence[Row], places: Places) -> list[dict[str, Any]]:
    """Objectives with the way to the ink of both numbers."""
    return [
        {
            **row,
            "encre": places.ink(row["rapport_code"], row["objectif_ligne"], row["objectif_colonne"])
            if row["objectif_ligne"] is not None
            else "",
            "encre_resultat": places.ink(
                row["resultat_rapport"], row["resultat_ligne"], row["resultat_colonne"]
            )
            if row["resultat_ligne"] is not None
            else "",
        }
        for row in targets
    ]


def _domains(
    figures: Sequence[Row], places: Places, findings: Mapping[str, Row]
) -> list[tuple[str, list[dict[str, Any]]]]:
    """For each domain, one line for each indicator: its latest own figure, the one before, and how many
    figures there are.
    """
    held: dict[str, list[dict[str, Any]]] = {}
    for _, rows in groupby(figures, lambda row: (row["domaine"], row["indicateur_code"])):
        line = _line(list(rows), places, findings)
        held.setdefault(str(line["domaine"]), []).append(line)
    return [(code, held[code]) for code in [*DOMAINS, *sorted(set(held) - set(DOMAINS))] if code in held]


def _line(rows: Sequence[Row], places: Places, findings: Mapping[str, Row]) -> dict[str, Any]:
    general = sorted(headlines(rows), key=lambda row: -row["annee"])
    shown = general[0] if general else _most_general(rows)
    before = general[1] if len(general) > 1 and general[1]["unite"] == general[0]["unite"] else None
    return {
        "domaine": rows[0]["domaine"],
        "code": rows[0]["indicateur_code"],
        "nom": rows[0]["indicateur"],
        "nombre": len(rows),
        "chiffre": shown,
        "avant": before,
        "encre": places.ink(shown["rapport_code"], shown["ligne"], shown["colonne"]) if shown else "",
        "encre_avant": places.ink(before["rapport_code"], before["ligne"], before["colonne"])
        if before
        else "",
        "marques": marks(shown) if shown else [],
        "constat": next((findings[key] for row in rows for key in row["constats"] if key in findings), None),
    }


def _most_general(rows: Sequence[Row]) -> Row:
    """The figure with the fewest precisions, of a year rather than a month, the latest; a total before its
    parts.
    """
    seen = [row for row in rows if row["nature"] in SEEN] or list(rows)
    return min(
        seen,
        key=lambda row: (
            len(row["precisions"]),
            row["periode_type"] != "annee",
            -(row["annee"] or 0),
            row["nature"] != "total",
            row["rapport_code"],
            row["ligne"],
            row["colonne"],
        ),
    )


def _series(figures: Sequence[Row]) -> list[Chart]:
    """The longest series of the body over years, each a small chart."""
    found = []
    for _, rows in groupby(figures, lambda row: (row["domaine"], row["indicateur_code"])):
        general = sorted(headlines(rows), key=lambda row: row["annee"])
        points = tuple(
            (row["annee"], row["valeur"]) for row in general if row["unite"] == general[-1]["unite"]
        )
        if len(points) > 2:
            name = french(general[-1]["indicateur"])
            found.append(
                (
                    len(points),
                    Chart(
                        name, series([ChartSeries(name, points)], general[-1]["unite"], f"{name} par année")
                    ),
                )
            )
    found.sort(key=lambda item: -item[0])
    return [figure for _, figure in found[:SERIES]]


def index_page(bodies: Sequence[Row]) -> Page:
    """The bodies of which a report prints a figure, by kind."""
    used = [
        row
        for row in bodies
        if row["nb_chiffres"] and row["organisme_code"] not in ("ensemble", "non_precise")
    ]
    kinds: dict[str, list[Row]] = {}
    for row in used:
        kinds.setdefault(row["type"] if row["type"] in TYPES else "autre", []).append(row)
    groups = [
        (TYPES.get(kind, "Autres organismes"), kinds[kind]) for kind in [*TYPES, "autre"] if kind in kinds
    ]
    return render_page("organismes.html", "organismes.html", groupes=groups, nombre_organismes=len(used))


Marked = Mapping[str, tuple[str, str, str, Row]]


def on_the_map(bodies: Sequence[Row], reports: Sequence[Row]) -> Marked:
    """The départements whose body publishes a report that was read, or is named by one: title, page, tone and
    body by code.
    """
    publishing = {row["organisme_code"] for row in reports}
    marked: dict[str, tuple[str, str, str, Row]] = {}
    for row in sorted(bodies, key=lambda row: _first_on_the_map(row, publishing)):
        code = str(row["departement_code"] or "").removeprefix("dep_").upper()
        if row["nb_chiffres"] and code and code not in marked and code != "NON_PRECISE":
            title = f"{french(row['libelle'])} : {counted_words(row['nb_chiffres'], 'chiffre')}"
            tone = "" if row["organisme_code"] in publishing else "peu"
            marked[code] = (title, f"organisme/{row['organisme_code']}.html", tone, row)
    return dict(sorted(marked.items()))


def _first_on_the_map(row: Row, publishing: Collection[str]) -> tuple[Any, ...]:
    own, fund = row["organisme_code"] in publishing, row["type"] in ("cpam", "cgss")
    return not own, not fund, -row["nb_chiffres"], row["organisme_code"]


def map_page(bodies: Sequence[Row], reports: Sequence[Row]) -> Page:
    """The map, and the same as a table."""
    marked = on_the_map(bodies, reports)
    drawn = map_of_france({code: mark[:3] for code, mark in marked.items()}, "Départements des organismes")
    return render_page(
        "carte.html",
        "carte.html",
        carte=drawn,
        lignes=[(code, mark[3], mark[2]) for code, mark in marked.items()],
    )
