"""The pages of concepts: the same thing printed by several bodies, side by side where it may be compared, and
why where it may not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from orchestration.site.charts import Bar, bars
from orchestration.site.figures import Chart, charts_of, headlines
from orchestration.site.frame import DOMAINS, Page, Places, render_page
from orchestration.site.indicators import who_prints
from orchestration.site.rows import Row
from orchestration.site.spreadsheets import WORTH_A_BOOK, as_csv, as_xlsx, tabulate
from orchestration.site.tables import figure_rows
from orchestration.site.typography import french

#: Charts on one page: those of the indicators that most bodies print.
CHARTS = 3
#: Figures of one indicator on a page of a concept.
MOST = 24
#: From a page of a concept to the root.
ROOT = "../"


def concept_pages(
    concept: Row,
    figures: Sequence[Row],
    compared: Sequence[Row],
    refused: Sequence[Row],
    places: Places,
    reports: Mapping[str, Row],
    findings: Mapping[str, Row],
) -> Iterator[Page]:
    """The page of one concept, and what it shows as CSV and XLSX; ``figures`` by indicator and body,
    ``compared`` those that may stand beside those of other bodies, by rank of the comparison, ``refused``
    why others may not.
    """
    code = concept["concept_code"]
    groups = [
        (key, headlines(rows))
        for key, rows in groupby(figures, lambda row: (row["indicateur_code"], row["indicateur"]))
    ]
    groups.sort(key=lambda group: (-len({row["organisme_code"] for row in group[1]}), group[0]))
    rows = [row for _, group in groups for row in group]
    xlsx = f"concept/{code}.xlsx" if len(rows) >= WORTH_A_BOOK else ""
    printing = [key for key in reports if key in set(concept["rapports"])]
    yield render_page(
        "concept.html",
        f"concept/{code}.html",
        k=concept,
        figures=_charts(groups, concept["comparable"]),
        tables=[
            (
                name,
                key,
                figure_rows(recent(group), places, reports, findings, ROOT, short=True),
                len(group) - len(recent(group)),
            )
            for (key, name), group in groups
        ],
        comparaisons=_comparisons(compared, places, reports, findings),
        refus=refused,
        csv=f"concept/{code}.csv",
        xlsx=xlsx,
        **who_prints(printing, reports),
    )
    table = tabulate(rows)
    yield Page(f"concept/{code}.csv", as_csv(table))
    if xlsx:
        yield Page(xlsx, as_xlsx(table))


def recent(group: Sequence[Row]) -> Sequence[Row]:
    """The figures of one indicator, or as many as a page shows: those of the latest years, in their order."""
    latest = sorted(range(len(group)), key=lambda place: (-group[place]["annee"], place))
    return [group[place] for place in sorted(latest[:MOST])]


def _comparisons(
    compared: Sequence[Row], places: Places, reports: Mapping[str, Row], findings: Mapping[str, Row]
) -> list[dict[str, Any]]:
    """Bodies side by side, the largest value first: one table for each thing, year and set of members."""
    found: list[dict[str, Any]] = []
    for _, group in groupby(compared, lambda row: row["rang"]):
        rows = list(group)
        first = rows[0]
        name = ", ".join(filter(None, (first["indicateur"], first["membres"], str(first["annee_comparee"]))))
        bars_of = [Bar(row["organisme"], row["valeur"], row["unite"]) for row in rows]
        found.append(
            {
                "nom": name,
                "indicateur_code": first["indicateur_code"],
                "autres": first["nb_organismes"] - len({row["organisme_code"] for row in rows}),
                "rangs": figure_rows(rows, places, reports, findings, ROOT, short=True),
                "dessin": bars(bars_of, name) if len(rows) > 2 and not found else "",
            }
        )
    return found


def _charts(groups: Sequence[tuple[tuple[str, str], Sequence[Row]]], comparable: bool) -> list[Chart]:
    """Bars by body only where bodies may be compared; lines over years always, for each is compared with
    itself.
    """
    found: list[Chart] = []
    for (_, name), rows in groups:
        for chart in charts_of(name, rows):
            if comparable or chart.titre == "Par année":
                title = f"{french(name)}, {chart.titre[:1].lower()}{chart.titre[1:]}"
                found.append(Chart(title, chart.dessin, chart.sous))
    return found[:CHARTS]


def index_page(concepts: Sequence[Row]) -> Page:
    """The concepts that a report prints, by domain."""
    groups: list[tuple[str, Any]] = [
        (code, [row for row in concepts if row["domaine"] == code]) for code in DOMAINS
    ]
    return render_page(
        "concepts.html",
        "concepts.html",
        groupes=[group for group in groups if group[1]],
        nombre_concepts=len(concepts),
    )
