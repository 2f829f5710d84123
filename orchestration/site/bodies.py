"""The pages of bodies: what one prints of itself by domain, its objectives, its series, its euros per insured
person, its findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup

from orchestration.extraction.catalogue import NATURES
from orchestration.site.charts import ChartSeries, map_of_france, objective, series
from orchestration.site.figures import SEEN, Chart, headlines
from orchestration.site.frame import DOMAINS, Page, Places, label, render_page, short_name
from orchestration.site.rows import Row
from orchestration.site.tables import as_markup, badge, figure_link, finding_link, inked, link, marks
from orchestration.site.typography import counted_words, french, number, period

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
    domains = _domains(figures)
    lines = sum(len(groups) for _, groups in domains)
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
        domaines=[] if pages else [_table(domain, places, findings, "../") for domain in domains],
        resume=[(name, len(groups)) for name, groups in domains],
        objectifs=objective_rows(targets, places, "../", named=False),
        nb_objectifs=len(targets),
        series=_series(figures),
        taux=[
            {**row, "encre": places.ink(row["rapport_code"], row["ligne"], row["colonne"])} for row in rates
        ],
        constats=list(found.values()),
        seul="",
        **shared,
    )
    for domain in domains if pages else []:
        yield render_page(
            "organisme.html",
            pages[domain[0]],
            domaines=[_table(domain, places, findings, "../../")],
            resume=[],
            objectifs="",
            nb_objectifs=0,
            series=[],
            taux=[],
            constats=[],
            seul=domain[0],
            **shared,
        )


def objective_rows(targets: Sequence[Row], places: Places, root: str, named: bool) -> Markup:
    """Objectives beside their results, each leading to its ink; ``named`` with the body of each."""
    return Markup("".join(_objective(row, places, root, named) for row in targets))


def _objective(row: Row, places: Places, root: str, named: bool) -> str:
    name = link(root, f"indicateur/{row['indicateur_code']}.html", as_markup(row["indicateur"]))
    said = f"<small>{as_markup(' · '.join(row['precisions']))}</small>" if row["precisions"] else ""
    code = row["organisme_code"]
    body = link(root, f"organisme/{code}.html", as_markup(row["organisme"] or code)) if named else ""
    cell = f"<td>{body}" if named else ""
    result, target, unit = row["resultat"], row["objectif"], row["unite"]
    reached = row["atteinte"] == "atteint"
    bar: str = ""
    if result is not None:
        bar = objective(result, target, reached)
    elif row["taux_atteinte"] is not None:
        bar = number(row["taux_atteinte"], "%", 1)
    verdict = row["atteinte"].replace("_", " ")
    limit = "<small>à ne pas dépasser</small>" if row["sens"] == "baisse" else ""
    aimed = inked(
        number(target, unit),
        places,
        root,
        row["rapport_code"],
        row["objectif_ligne"],
        row["objectif_colonne"],
    )
    seen = inked(
        number(result, unit),
        places,
        root,
        row["resultat_rapport"],
        row["resultat_ligne"],
        row["resultat_colonne"],
    )
    return (
        f"<tr><th scope=row>{name}{said}{cell}<td class=n>{seen}<td class=n>{aimed}"
        f"<td>{as_markup(period(row['periode_code']))}<td>{bar}"
        f"<td>{verdict if reached else badge(verdict)}{limit}\n"
    )


def _domains(figures: Sequence[Row]) -> list[tuple[str, list[list[Row]]]]:
    """For each domain, the figures of each indicator."""
    held: dict[str, list[list[Row]]] = {}
    for (domain, _), rows in groupby(figures, lambda row: (row["domaine"], row["indicateur_code"])):
        held.setdefault(str(domain), []).append(list(rows))
    return [(code, held[code]) for code in [*DOMAINS, *sorted(set(held) - set(DOMAINS))] if code in held]


def _table(
    domain: tuple[str, list[list[Row]]], places: Places, findings: Mapping[str, Row], root: str
) -> tuple[str, int, Markup]:
    """A domain, how many indicators it has, and a row of each: its latest own figure, the one before, and how
    many figures there are.
    """
    name, groups = domain
    return name, len(groups), Markup("".join(_line(rows, places, findings, root) for rows in groups))


def _line(rows: Sequence[Row], places: Places, findings: Mapping[str, Row], root: str) -> str:
    general = sorted(headlines(rows), key=lambda row: -row["annee"])
    shown = general[0] if general else _most_general(rows)
    before = general[1] if len(general) > 1 and general[1]["unite"] == general[0]["unite"] else None
    found = next((findings[key] for row in rows for key in row["constats"] if key in findings), None)
    name = link(root, f"indicateur/{shown['indicateur_code']}.html", as_markup(shown["indicateur"]))
    said = f"<small>{as_markup(' · '.join(shown['precisions']))}</small>" if shown["precisions"] else ""
    nature = "" if shown["nature"] in SEEN else label(NATURES, shown["nature"])
    noted = "".join(f" {badge(mark)}" for mark in (nature, *marks(shown)) if mark)
    card = f" {finding_link(root, found['page'])}" if found else ""
    past = (
        f"{figure_link(before, places, root)}<small>{as_markup(period(before['periode_code']))}</small>"
        if before
        else ""
    )
    return (
        f"<tr><th scope=row>{name}{said}{noted}{card}<td>{figure_link(shown, places, root)}"
        f"<td>{as_markup(period(shown['periode_code']))}<td>{past}<td>{number(len(rows))}\n"
    )


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
