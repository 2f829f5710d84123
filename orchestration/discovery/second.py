"""A second reader: the same document read without its template, compared figure by figure with what the
template read.

Belongs here: pairing both readings of one print, what each says of value, sign, unit and year, and the
relation `seconde_lecture` that carries them. Both readers see the same characters: a digit that is wrong in
the ink is wrong for both. What differs is everything after: where a number begins and ends, its sign, scale,
unit and year. Does not belong here: which reader is right (people decide), and figures that one reader alone
understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from orchestration.discovery.figures import Figure, address
from orchestration.extraction.reports import RELATION_COLUMNS, Extract, Report, plain_decimal
from orchestration.reconciliation.terms import MISPRINT
from orchestration.reconciliation.wording import french_value

NATURE = "seconde_lecture"
#: The unit of a number beside which none is printed: the second reader says nothing of it.
UNSAID = "nombre"
_SCALES = tuple(Decimal(10**power) for power in (3, 6, 9))
_YEAR = re.compile(r"(?:19|20)\d\d")
_BY_DEFAULT = "periode.sans_regle"


@dataclass(frozen=True)
class _Reading:
    """What one reader says of a print; an empty unit or year is not said."""

    value: Decimal
    unit: str
    year: str
    period: str

    def told(self) -> str:
        """In words, for people."""
        return " ".join(word for word in (french_value(self.value, ""), self.unit, self.period) if word)


def with_second_reading(extract: Extract, report: Report, figures: Iterable[Figure]) -> Extract:
    """``extract`` with one relation `seconde_lecture` for every reviewed figure that is among the `figures`
    read without the template.

    The printed side is the template's value, the other a constant: what the second reader saw. `reserve`
    holds both readings in words where they differ in value, sign, unit or year.
    """
    year = report.periode[:4]
    misprints = _misprints(extract.relations)
    again = {address(f.ligne, f.colonne, f.printed): f for f in figures}
    rows = [
        term
        for row in extract.numbers.iter_rows(named=True)
        if row["statut"] == "observation" and row["revue"] == "true"
        if (figure := again.get(address(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"])))
        for term in _relation(row, figure, year, misprints.get((row["ligne"], row["colonne"]), ""))
    ]
    second = pl.DataFrame(rows, schema=dict.fromkeys(RELATION_COLUMNS, pl.String), orient="row")
    read = {(row["ligne"], row["colonne"]) for row in rows}
    alone = [key for key, _, place in _printed_otherwise(extract.relations) if place not in read]
    kept = extract.relations.filter((pl.col("nature") != NATURE) | pl.col("relation").is_in(alone))
    return replace(extract, relations=pl.concat([kept, second]))


def _printed_otherwise(relations: pl.DataFrame) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """The misprints that the template reads past: the key of each, both readings in words, its place."""
    told = relations.filter(pl.col("relation").str.ends_with(MISPRINT) & (pl.col("role") == "total"))
    for key, words, line, column in told.select("relation", "reserve", "ligne", "colonne").iter_rows():
        yield key, words, (line, column)


def _misprints(relations: pl.DataFrame) -> dict[tuple[str, str], str]:
    return {place: words for _, words, place in _printed_otherwise(relations)}


def _relation(
    row: Mapping[str, str], figure: Figure, report_year: str, misprint: str
) -> Iterator[dict[str, str]]:
    first = _Reading(
        Decimal(row["valeur"]), row["unite"], _last_year(row["periode_code"]), row["periode_code"]
    )
    second = _Reading(figure.value, figure.unit, _last_year(figure.period), figure.period)
    scale = _unsaid_scale(first, second)
    common = {
        "relation": f"{row['bloc']}/{NATURE}/{row['ligne']}-{row['colonne']}",
        "nature": NATURE,
        "formule": f"relu {french_value(figure.value, figure.unit)} sans gabarit",
        "paire": "",
        "reserve": misprint or _reserve(first, second, figure, scale, report_year),
    }
    total = {"role": "total", "poids": "1", "ligne": row["ligne"], "colonne": row["colonne"], "constante": ""}
    term = {"role": "terme", "poids": plain_decimal(scale), "ligne": "", "colonne": ""}
    yield {**common, **total}
    yield {**common, **term, "constante": plain_decimal(figure.value)}


def _unsaid_scale(first: _Reading, second: _Reading) -> Decimal:
    """The multiplier of a heading, where the second reader saw neither unit nor scale beside the number."""
    if second.unit != UNSAID or first.unit == UNSAID:
        return Decimal(1)
    return next((scale for scale in _SCALES if second.value * scale == first.value), Decimal(1))


def _reserve(first: _Reading, second: _Reading, figure: Figure, scale: Decimal, report_year: str) -> str:
    """Both readings in words where they differ, else nothing."""
    if (
        first.value == second.value * scale
        and (second.unit in (UNSAID, first.unit))
        and (second.year == first.year or not _says_year(figure, second, report_year))
    ):
        return ""
    return f"gabarit : {first.told()} ; sans gabarit : {second.told()}"


def _says_year(figure: Figure, second: _Reading, report_year: str) -> bool:
    """Whether the second reader found a year in print; the report's own stands for none."""
    told = [rule for rule in figure.rules if rule.startswith("periode.")]
    if told:
        return _BY_DEFAULT not in told
    return second.year != report_year


def _last_year(period: str) -> str:
    years = _YEAR.findall(period)
    return years[-1] if years else ""


def agreement(relations: pl.DataFrame) -> tuple[int, int]:
    """How many figures were read twice, and how many of them alike, from the relations of an extract."""
    second = relations.filter((pl.col("nature") == NATURE) & (pl.col("role") == "total"))
    return second.height, second.filter(pl.col("reserve") == "").height
