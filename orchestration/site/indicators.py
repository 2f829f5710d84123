"""The pages of indicators: what one measures, who prints it, every figure with the way to its ink; and the
list of them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestration.extraction.catalogue import UNIT_NAMES
from orchestration.site.figures import charts_of
from orchestration.site.frame import (
    ADDITIVITY,
    DOMAINS,
    Page,
    Places,
    numbered,
    render_page,
    short_name,
    split,
)
from orchestration.site.rows import Row
from orchestration.site.spreadsheets import WORTH_A_BOOK, as_csv, as_xlsx, tabulate
from orchestration.site.tables import figure_rows
from orchestration.site.typography import UNWRITTEN

#: Figures on one page: 300 kB at most.
MOST = 360
NAMED = 12


def who_prints(printing: Sequence[str], reports: Mapping[str, Row]) -> dict[str, Any]:
    """The reports that print something, those that do not, and those of which nobody can say it because their
    figures wait to be read: the first ``NAMED`` of each by code and name, and how many more there are.
    """
    others = [code for code in reports if code not in set(printing)]
    told = {
        "qui": printing,
        "pas": [code for code in others if not reports[code]["nb_non_revues"]],
        "non_relus": [code for code in others if reports[code]["nb_non_revues"]],
    }
    named = {
        name: [(code, short_name(reports[code]["titre"])) for code in codes[:NAMED]]
        for name, codes in told.items()
    }
    return {**named, **{f"{name}_plus": max(0, len(codes) - NAMED) for name, codes in told.items()}}


def indicator_pages(
    indicator: Row,
    figures: Sequence[Row],
    places: Places,
    reports: Mapping[str, Row],
    findings: Mapping[str, Row],
) -> Iterator[Page]:
    """The page of one indicator, in parts when it is long, and its figures as CSV and XLSX.

    ``reports`` holds each report by its code, ``findings`` the page and the title of each finding.
    """
    code = indicator["indicateur_code"]
    parts = split(figures, MOST)
    paths = numbered(f"indicateur/{code}.html", parts)
    printing = [report for report in reports if report in set(indicator["rapports"])]
    shared: dict[str, Any] = {
        "i": indicator,
        "chemins": paths,
        "total": len(figures),
        "organismes": len({row["organisme_code"] for row in figures}),
        "rapports": printing,
        "unite": _unit(indicator["unite"]),
        "additivite": ADDITIVITY.get(indicator["additivite"], ""),
        "sens": "Une baisse est une amélioration." if indicator["sens"] == "baisse" else "",
        "figures": charts_of(indicator["libelle"], figures),
        "csv": f"indicateur/{code}.csv",
        "xlsx": f"indicateur/{code}.xlsx" if len(figures) >= WORTH_A_BOOK else "",
        **who_prints(printing, reports),
        "constats": (noted := _findings(figures, findings))[:NAMED],
        "constats_plus": max(0, len(noted) - NAMED),
    }
    for number, (path, rows) in enumerate(zip(paths, parts, strict=True), 1):
        yield render_page(
            "indicateur.html",
            path,
            partie=number,
            chiffres=figure_rows(rows, places, reports, findings, "../" * path.count("/")),
            **shared,
        )
    table = tabulate(figures)
    yield Page(shared["csv"], as_csv(table, without=("indicateur_code",)))
    if shared["xlsx"]:
        yield Page(shared["xlsx"], as_xlsx(table))


def _unit(unit: str) -> str:
    return "" if unit in UNWRITTEN else f"En {UNIT_NAMES.get(unit, unit)}."


def _findings(figures: Sequence[Row], findings: Mapping[str, Row]) -> list[Row]:
    codes = dict.fromkeys(code for row in figures for code in row["constats"] if code in findings)
    pages = {findings[code]["page"]: findings[code] for code in codes}
    return list(pages.values())


def index_page(indicators: Sequence[Row]) -> Page:
    """Every indicator that a report prints, by domain."""
    used = [row for row in indicators if row["nb_chiffres"]]
    groups = [(code, [row for row in used if row["domaine"] == code]) for code in DOMAINS]
    return render_page(
        "indicateurs.html",
        "indicateurs.html",
        groupes=[group for group in groups if group[1]],
        nombre_indicateurs=len(used),
    )
