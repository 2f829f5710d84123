"""What a draft's own arithmetic says against it: relations between figures that nobody reviewed, as doubts
for the review list.

A relation that fails here is no finding and fails no night: what a draft takes a figure for may be wrong.
Belongs here: which figures of a draft imply one another. Does not belong here: how a relation is judged
(reconciliation.verdicts).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import polars as pl

from orchestration.discovery.phrases import UNMAPPED
from orchestration.discovery.structure import TOTAL
from orchestration.extraction.catalogue import DIMENSIONS
from orchestration.extraction.relations import alike
from orchestration.extraction.reports import RELATION_COLUMNS, Extract, Report
from orchestration.reconciliation.findings import state
from orchestration.reconciliation.terms import Address, read_numbers, read_relations
from orchestration.reconciliation.verdicts import GAP, TO_LOOK_AT, TO_RECONCILE, Verdict, judge

ExtractRow = dict[str, str]
#: Rows that a total sums at most, and prints of one figure that are compared.
MOST_ROWS, MOST_PRINTS = 60, 50
_COUNTED = frozenset({"constate", "total"})
_SAME = (
    "indicateur_code",
    "organisme_code",
    "territoire_code",
    "periode_code",
    "unite",
    "nature",
    *(f"{d}_code" for d in DIMENSIONS),
)


def doubts_of(report: Report, extract: Extract) -> dict[Address, list[str]]:
    """A clause for each figure of ``extract`` that stands in a relation which does not hold, by its line and
    column.
    """
    found: dict[Address, list[str]] = defaultdict(list)
    for verdict in judged_by_place(extract):
        if verdict.verdict in (GAP, TO_RECONCILE, TO_LOOK_AT):
            for place in verdict.relation.places:
                found[place].append(clause_of(verdict))
    return found


def judged_by_place(extract: Extract) -> list[Verdict]:
    """The relations that the layout of ``extract`` implies, judged: evolutions on their line, totals under
    their rows, one figure printed twice.
    """
    rows = [
        row
        for row in extract.numbers.iter_rows(named=True)
        if row["statut"] == "observation" and row["valeur"]
    ]
    terms = [*_evolutions(rows), *_totals(rows), *_repetitions(rows)]
    if not terms:
        return []
    relations = pl.DataFrame(terms, schema=dict.fromkeys(RELATION_COLUMNS, pl.String), orient="row")
    return [judge(relation) for relation in read_relations(read_numbers(extract.numbers), relations)]


def clause_of(verdict: Verdict) -> str:
    """A clause in French: what is printed, what was recomputed from what."""
    told = state(verdict).rstrip(".")
    return told[:1].lower() + told[1:]


def _relation(key: str, nature: str, terms: Iterable[tuple[str, ExtractRow]]) -> Iterator[ExtractRow]:
    for role, row in terms:
        yield {
            "relation": key,
            "nature": nature,
            "formule": "",
            "role": role,
            "poids": "1",
            "ligne": row["ligne"],
            "colonne": row["colonne"],
            "constante": "",
        }


def _evolutions(rows: Sequence[ExtractRow]) -> Iterator[ExtractRow]:
    """An evolution and the figures of its two years on its line."""
    for line, group in groupby(rows, key=lambda row: row["ligne"]):
        cells = list(group)
        for cell in cells:
            old, _, new = cell["periode_code"].partition("/")
            if cell["nature"] != "evolution" or not new:
                continue
            dated = {
                period: [c for c in cells if c["periode_code"] == period and c["nature"] in _COUNTED]
                for period in (old, new)
            }
            if len(dated[old]) == len(dated[new]) == 1 and _changes(cell, dated[old][0], dated[new][0]):
                yield from _relation(
                    f"evolution/{line}/{cell['colonne']}",
                    "evolution",
                    [("resultat", cell), ("terme", dated[new][0]), ("base", dated[old][0])],
                )


def _changes(cell: ExtractRow, old: ExtractRow, new: ExtractRow) -> bool:
    """Whether the unit of an evolution is one in which the change between two figures is told."""
    unit = old["unite"]
    told = {"points"} if unit == "%" else {"%", unit}
    return new["unite"] == unit and cell["unite"] in told


def _totals(rows: Sequence[ExtractRow]) -> Iterator[ExtractRow]:
    """A row called total and the rows above it that have as many figures of the same units, cell by cell."""
    lines = [list(group) for _, group in groupby(rows, key=lambda row: row["ligne"])]
    for i, total in enumerate(lines):
        if len(total) < 2 or not TOTAL.match(total[0]["libelle"]):
            continue
        above: list[list[ExtractRow]] = []
        for row in reversed(lines[max(0, i - MOST_ROWS) : i]):
            nearer = above[-1] if above else total
            if (
                int(nearer[0]["ligne"]) - int(row[0]["ligne"]) > 2
                or _kinds(row) != _kinds(total)
                or TOTAL.match(row[0]["libelle"])
            ):
                break
            above.append(row)
        for rank, cell in enumerate(total):
            if len(above) >= 2 and cell["nature"] in _COUNTED and cell["unite"] in ("EUR", "nombre"):
                parts = [("terme", row[rank]) for row in above]
                yield from _relation(
                    f"somme/{cell['ligne']}/{cell['colonne']}", "somme", [("total", cell), *parts]
                )


def _kinds(row: Sequence[ExtractRow]) -> list[tuple[str, str]]:
    return [(cell["unite"], cell["periode_code"]) for cell in row]


def _repetitions(rows: Sequence[ExtractRow]) -> Iterator[ExtractRow]:
    """One figure printed in several places."""
    groups: dict[tuple[str, ...], list[ExtractRow]] = defaultdict(list)
    for row in rows:
        if row["indicateur_code"] != UNMAPPED:
            groups[tuple(row[column] for column in _SAME)].append(row)
    for prints in groups.values():
        finest = min(prints, key=lambda row: float(row["demi_intervalle"] or 0))
        for other in prints[:MOST_PRINTS]:
            same = finest["valeur"] == other["valeur"] or alike(finest["libelle"], other["libelle"])
            if other is not finest and same:
                yield from _relation(
                    f"repetition/{other['ligne']}/{other['colonne']}",
                    "repetition",
                    [("total", other), ("terme", finest)],
                )
