"""The controls: every relation that was checked, by report, and what the audit expected and saw.

Does not belong here: findings, which have cards of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape

from markupsafe import Markup

from orchestration.reconciliation.terms import ONLY_MARKS
from orchestration.site.findings import RESULTS
from orchestration.site.frame import (
    RELATIONS,
    VERDICTS,
    Page,
    Places,
    label,
    render_page,
    short_name,
    split,
)
from orchestration.site.rows import Row
from orchestration.site.tables import as_markup, badge, finding_link, inked
from orchestration.site.typography import capital, number

#: Relations on one page: 300 kB at most.
MOST = 350
TERMS = 12
HOLDING = ("exact", "arrondi")
_GROUPED = re.compile(r"(?<![\d,])\d{4,}(?:,\d+)?")


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
    paths = [places.relations(report["rapport_code"], number) for number in range(1, len(parts) + 1)]
    for path, rows in zip(paths, parts, strict=True):
        root = "../" * path.count("/")
        shown = [_relation(row, terms.get(row["controle_key"], ()), places, findings, root) for row in rows]
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
            relations=Markup("".join(shown)),
            chemins=paths,
            total=relations,
        )


def _relation(row: Row, terms: Sequence[Row], places: Places, findings: Mapping[str, Row], root: str) -> str:
    """A row of the table: verdict, relation, what is printed and what the terms give, the terms."""
    linked = [term for term in terms if term["ligne"] is not None]
    result = next((term for term in linked if term["role"] in RESULTS), None)
    others = [_term(term, places, root) for term in linked if term["role"] not in RESULTS]
    more = f" et {number(len(others) - TERMS)} autres" if len(others) > TERMS else ""
    reserve = f"<small>{as_markup(row['reserve'])}</small>" if row["reserve"] else ""
    unit, value = row["unite"] or "", row["valeur_recalculee"]
    printed = _term(result, places, root) if result else number(row["valeur_imprimee"], unit)
    computed = number(value, unit, None if row["verdict"] == "exact" else 2)
    if row["nature"] == "plausibilite":  # nothing is computed: what is usual, and who says so
        computed, others = "", [as_markup(_GROUPED.sub(_grouped, row["formule"]))]
    return (
        f"<tr><td>{_verdict(row, findings, root)}"
        f"<th scope=row>{as_markup(capital(label(RELATIONS, row['nature'])))}"
        f"<small>{as_markup((result['libelle'] if result else row['formule']) or '')}</small>{reserve}"
        f"<td>{printed}<td>{computed}<td>{' · '.join(others[:TERMS])}{more}"
    )


def _grouped(figure: re.Match[str]) -> str:
    whole, comma, decimals = figure[0].partition(",")
    return number(Decimal(whole)) + comma + decimals


def _term(term: Row, places: Places, root: str) -> str:
    printed = escape(term["valeur_imprimee"], quote=False)
    return inked(printed, places, root, term["imprime_dans"], term["ligne"], term["colonne"])


def _verdict(row: Row, findings: Mapping[str, Row], root: str) -> str:
    name, found = label(VERDICTS, row["verdict"]), findings.get(row["constat_code"])
    if found:
        return finding_link(root, found["page"], name)
    return as_markup(name) if row["verdict"] in HOLDING else badge(name)


def overview_page(
    counts: Sequence[Row], validations: Sequence[Row], reports: Sequence[Row], places: Places
) -> Page:
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
        rapports=[
            {**row, "relations": places.relations(row["rapport_code"])}
            for row in reports
            if row["nb_controles"]
        ],
    )
