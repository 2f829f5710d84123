"""The controls: every relation that was checked, by report, and what the audit expected and saw.

Does not belong here: findings, which have cards of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestration.reconciliation.terms import ONLY_MARKS
from orchestration.site.findings import RESULTS
from orchestration.site.frame import (
    RELATIONS,
    VERDICTS,
    Page,
    Places,
    label,
    numbered,
    render_page,
    short_name,
    split,
)
from orchestration.site.rows import Row

#: Relations on one page: 300 kB at most.
MOST = 350
TERMS = 12


def control_pages(
    report: Row,
    controls: Sequence[Row],
    terms: Mapping[str, Sequence[Row]],
    places: Places,
    findings: Mapping[str, Row],
) -> Iterator[Page]:
    """Every relation of one report, in the order of the print."""
    parts = split(controls, MOST)
    listed = Counter(row["nature"] for row in controls)
    relations = len(controls) - sum(listed[nature] for nature in ONLY_MARKS)
    paths = numbered(f"controles/{report['rapport_code']}.html", parts)
    for path, rows in zip(paths, parts, strict=True):
        shown = [_shown(row, terms.get(row["controle_key"], ()), places, findings) for row in rows]
        yield render_page(
            "controles_rapport.html",
            path,
            bornes=report["nb_controles"] - relations,
            compares=report["nb_vraisemblances"],
            inhabituels=listed["plausibilite"],
            relus=report["nb_relus"],
            desaccords=listed["seconde_lecture"],
            p=report,
            nom=short_name(report["titre"]),
            relations=shown,
            chemins=paths,
            total=relations,
        )


def _shown(row: Row, terms: Sequence[Row], places: Places, findings: Mapping[str, Row]) -> dict[str, Any]:
    linked = [
        {**term, "encre": places.ink(term["rapport_code"], term["ligne"], term["colonne"])}
        for term in terms
        if term["ligne"] is not None
    ]
    result = next((term for term in linked if term["role"] in RESULTS), None)
    others = [term for term in linked if term["role"] not in RESULTS]
    return {
        **row,
        "nature_nom": label(RELATIONS, row["nature"]),
        "verdict_nom": label(VERDICTS, row["verdict"]),
        "ton": "vert"
        if row["verdict"] in ("exact", "arrondi")
        else "rouge"
        if row["verdict"] == "ecart"
        else "ocre",
        "resultat": result,
        "termes": others[:TERMS],
        "reste": max(0, len(others) - TERMS),
        "constat": findings.get(row["constat_code"]),
    }


def overview_page(counts: Sequence[Row], validations: Sequence[Row], reports: Sequence[Row]) -> Page:
    """Relations by nature and verdict, the audit's suites and expectations, and the way to each report's
    relations.
    """
    verdicts = [code for code in VERDICTS if any(row["verdict"] == code for row in counts)]
    verdicts += sorted({row["verdict"] for row in counts} - set(verdicts))
    table: dict[str, Counter[str]] = {}
    for row in counts:
        table.setdefault(row["nature"], Counter())[row["verdict"]] += row["nombre"]
    suites: dict[str, list[Row]] = {}
    for row in validations:
        suites.setdefault(row["suite"], []).append(row)
    return render_page(
        "controles.html",
        "controles.html",
        verdicts=verdicts,
        natures=sorted(table.items(), key=lambda item: -item[1].total()),
        total=sum(row["nombre"] for row in counts),
        suites=sorted(suites.items()),
        attentes=len(validations),
        echecs=sum(not row["succes"] for row in validations),
        rapports=[row for row in reports if row["nb_controles"]],
    )
