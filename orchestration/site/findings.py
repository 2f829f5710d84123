"""The findings: one card per error, with the arithmetic as one would write it on paper and the way to each
number's ink.

Belongs here: cards, the page of them all, and that of one report when there are many. Does not belong here:
finding causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.reconciliation.causes import CAUSES
from orchestration.site.frame import DOMAINS, RELATIONS, Page, Places, anchor, label, render_page, short_name
from orchestration.site.rows import Row
from orchestration.site.typography import number
from orchestration.telling.findings import GRAVITIES

#: More cards than this are split by report.
TOGETHER = 120
STATUSES = {"a_examiner": "à examiner", "autre_ecart": "écart changé", "disparu": "disparu", "confirme": ""}
#: How a relation that is no sum is computed, in words.
FORMULAS = {
    "part": "100 × terme ÷ base", "evolution": "100 × (terme − base) ÷ base", "ratio": "terme ÷ base",
    "atteinte": "100 × résultat ÷ objectif", "moyenne_ponderee": "moyenne des termes, pondérée",
}  # fmt: skip
RESULTS = ("total", "resultat")
ROLES = {"terme": "terme", "base": "base", "total": "total", "resultat": "résultat"}


@dataclass(frozen=True)
class TermLine:
    """A line of the arithmetic: sign or role, label, what is printed and where it leads."""

    sign: str
    label: str
    printed: str
    href: str
    line: int | None


def finding_pages(findings: Sequence[Row]) -> dict[str, dict[str, str]]:
    """For each finding: the page and anchor of the card of its error, its title, and the error in short."""
    together = len(_errors(findings)) <= TOGETHER
    found = {}
    for row in findings:
        page = "constats.html" if together else f"constats/{row['rapport_code']}.html"
        found[row["constat_code"]] = {
            "page": f"{page}#{_anchor(row)}",
            "titre": _title(row),
            "resume": str(row["titre"] or row["explication"]),
        }
    return found


def _errors(findings: Iterable[Row]) -> list[list[Row]]:
    """The findings by error: those that one wrong number explains stand together, in the order of the first
    of each.
    """
    held: dict[str, list[Row]] = {}
    for row in findings:
        held.setdefault(_anchor(row), []).append(row)
    return list(held.values())


def _anchor(row: Row) -> str:
    return anchor(f"{row['rapport_code']}:{row['groupe']}")


def _title(row: Row) -> str:
    return f"{short_name(row['rapport_titre'] or row['rapport_code'])}, {_lines(row['lignes'] or [])}"


def _lines(lines: Sequence[int]) -> str:
    if len(lines) > 4:
        return f"lignes {number(min(lines))} à {number(max(lines))}"
    return f"ligne{'s' if len(lines) > 1 else ''} {', '.join(map(number, lines))}"


def card(rows: Sequence[Row], terms: Mapping[str, Sequence[Row]], places: Places) -> dict[str, Any]:
    """What the template shows of one error: its findings, the gravest first, each with its arithmetic."""
    first = rows[0]
    lines = sorted({line for row in rows for line in row["lignes"] or []})
    return {
        "ancre": _anchor(first),
        "titre": first["titre"] or first["explication"],
        "sous": first["titre_imprime"],
        "lignes_nom": _lines(lines),
        "gravite": first["gravite"],
        "domaine_nom": label(DOMAINS, first["domaine"]),
        "cause_nom": label(CAUSES, first["cause"]),
        "statuts": list(dict.fromkeys(filter(None, (label(STATUSES, row["statut"]) for row in rows)))),
        "explications": list(dict.fromkeys(str(row["explication"]) for row in rows)),
        "preuve": _evidence(first),
        "calculs": [_arithmetic(row, terms.get(row["controle_key"], ()), places) for row in rows],
    }


def _arithmetic(row: Row, terms: Sequence[Row], places: Places) -> dict[str, Any]:
    unit = row["unite"] or ""
    gap_unit = "points" if unit == "%" else unit
    printed = next((_term(term, row["nature"], places) for term in terms if term["role"] in RESULTS), None)
    return {
        "nature": label(RELATIONS, row["nature"]),
        "termes": [_term(term, row["nature"], places) for term in terms if term["role"] not in RESULTS],
        "imprime": printed,
        "formule": FORMULAS.get(row["nature"], ""),
        "recalcule": number(_short(row["valeur_recalculee"]), unit),
        "ecart": number(_short(row["ecart"]), gap_unit),
        "tolerance": number(_short(row["tolerance"]), gap_unit),
    }


def _short(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 4)


def _evidence(row: Row) -> str:
    """The evidence, as far as neither the explanation nor the title tells it."""
    first, _, more = str(row["preuve"] or "").rstrip(".").partition(" ; ")
    if not first or first in str(row["explication"]):
        return ""
    if more and first.casefold() == str(row["titre"]).casefold():
        return f"Ce qui l'étaye : {more}"
    return f"Cause la plus probable : {' ; '.join(filter(None, (first, more)))}"


def _term(term: Row, nature: str, places: Places) -> TermLine:
    weight = Decimal(term["poids"] or 1)
    if nature in FORMULAS:
        sign = ROLES.get(term["role"], str(term["role"]))
    elif abs(weight) == 1:
        sign = "+" if weight > 0 else "−"
    else:
        sign = f"{number(weight)} ×"
    printed = term["valeur_imprimee"] or (
        number(term["constante"]) if term["constante"] is not None else "absent"
    )
    href = (
        places.ink(term["imprime_dans"], term["ligne"], term["colonne"]) if term["ligne"] is not None else ""
    )
    return TermLine(sign, term["libelle"] or term["indicateur"] or "", printed, href, term["ligne"])


class Cards:
    """Cards gathered report by report, and the pages that they make at the end."""

    def __init__(self, findings: Sequence[Row], places: Places) -> None:
        self._places = places
        self._errors = _errors(findings)
        self._by_report: dict[str, list[list[Row]]] = {}
        for rows in self._errors:
            self._by_report.setdefault(rows[0]["rapport_code"], []).append(rows)
        self._together: list[tuple[str, str, list[dict[str, Any]]]] = []

    def of_report(self, code: str, title: str, terms: Mapping[str, Sequence[Row]]) -> Iterator[Page]:
        """Take the findings of one report; their own page when all would be too many for one."""
        errors = self._by_report.get(code, [])
        if not errors:
            return
        name, cards = short_name(title), [card(rows, terms, self._places) for rows in errors]
        if len(self._errors) <= TOGETHER:
            self._together.append((code, name, cards))
        else:
            yield _page(f"constats/{code}.html", errors, [(code, name, cards)], [], name)

    def page(self, titles: Mapping[str, str]) -> Page:
        """The page of the findings: every card, or the way to those of each report."""
        elsewhere = (
            []
            if len(self._errors) <= TOGETHER
            else [_elsewhere(code, titles[code], rows) for code, rows in self._by_report.items()]
        )
        return _page("constats.html", self._errors, self._together, elsewhere, "")


def _elsewhere(code: str, title: str, errors: Sequence[Sequence[Row]]) -> tuple[str, str, int, int]:
    return code, short_name(title), len(errors), sum(rows[0]["gravite"] == "forte" for rows in errors)


def _page(
    path: str, errors: Sequence[Sequence[Row]], groups: Sequence[Any], elsewhere: Sequence[Any], alone: str
) -> Page:
    told = [rows[0]["gravite"] for rows in errors]
    counts = [(gravity, told.count(gravity)) for gravity in GRAVITIES if gravity in told]
    return render_page(
        "constats.html",
        path,
        groupes=groups,
        compte_gravites=counts,
        total=len(errors),
        ailleurs=elsewhere,
        seul=alone,
    )
