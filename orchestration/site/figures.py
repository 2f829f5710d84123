"""Which figures of an indicator are its own (nothing but a body and a year), and the charts that they make.

Belongs here: the choice of rows for a chart or a headline. Does not belong here: geometry, tables, other
pages.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from orchestration.site.charts import Bar, ChartSeries, bars, series
from orchestration.site.rows import Row
from orchestration.site.typography import counted_words, french, period

#: Natures that say what was, rather than what should be or how it changed.
SEEN = ("constate", "total", "moyenne", "score")
SHOWN = 14
#: Kinds of bodies that would dwarf the others.
NATIONAL = ("reseau", "caisse_nationale")


@dataclass(frozen=True)
class Chart:
    """A chart with its title, and what it leaves out."""

    titre: str
    dessin: Markup
    sous: str = ""


def is_general(row: Row) -> bool:
    """Whether a figure is that of a whole body over a year or at a day, without further precision."""
    return (
        row["nature"] in SEEN
        and not row["precisions"]
        and row["annee"] is not None
        and row["periode_type"] in ("annee", "jour")
    )


def headlines(rows: Iterable[Row]) -> list[Row]:
    """One figure for each body and year: the general ones, a year before the stock of a day, a total before
    its repetitions.
    """
    best: dict[tuple[str, int], Row] = {}
    for row in rows:
        if is_general(row):
            key = (row["organisme_code"], row["annee"])
            if key not in best or _rank(row) < _rank(best[key]):
                best[key] = row
    return list(best.values())


def _rank(row: Row) -> tuple[object, ...]:
    at_the_end = row["periode_code"] == f"{row['annee']}-12-31"
    own = (
        row["perimetre"] == "partiel",
        row["periode_type"] != "annee",
        row["nature"] != "total",
        not row["revue"],
    )
    return (*own, not at_the_end, row["ligne"], row["colonne"])


def usual_unit(rows: Sequence[Row]) -> str:
    """The unit of most of the figures."""
    counted_words = Counter(row["unite"] for row in rows)
    return min(counted_words, key=lambda unit: (-counted_words[unit], unit)) if counted_words else ""


def charts_of(name: str, rows: Sequence[Row]) -> list[Chart]:
    """At most two charts of one indicator: by body and over years, else by what the figures are
    split into. A figure that nobody reviewed is in none.
    """
    rows = [row for row in rows if row["revue"]]
    unit = usual_unit([row for row in rows if row["nature"] in SEEN])
    general = [row for row in headlines(rows) if row["unite"] == unit]
    found = [chart for chart in (_by_body(name, general, unit), _by_year(name, general, unit)) if chart]
    if not found and (chart := _by_member(name, rows, unit)):
        found.append(chart)
    return found[:2]


def _by_body(name: str, general: Sequence[Row], unit: str) -> Chart | None:
    latest: dict[str, Row] = {}
    whole = [
        row
        for row in general
        if row["perimetre"] not in ("partiel", "elargi") and row["organisme_type"] not in NATIONAL
    ]
    for row in whole:
        held = latest.get(row["organisme_code"])
        if held is None or row["annee"] > held["annee"]:
            latest[row["organisme_code"]] = row
    if len(latest) < 2:
        return None
    rows = sorted(latest.values(), key=lambda row: (-row["valeur"], row["organisme_code"]))
    drawn = bars(
        [Bar(f"{french(row['organisme'])} ({row['annee']})", row["valeur"], unit) for row in rows[:SHOWN]],
        f"{french(name)} par organisme",
    )
    narrower = len(
        {row["organisme_code"] for row in general if row["organisme_type"] not in NATIONAL} - set(latest)
    )
    years = {row["annee"] for row in rows}
    said = [
        "" if len(years) == 1 else "La dernière année que chaque organisme imprime ; les années diffèrent.",
        f"Les {SHOWN} premiers de {len(rows)}." if len(rows) > SHOWN else "",
        f"{counted_words(narrower, 'organisme l’imprime', 'organismes l’impriment')} sur un autre périmètre "
        ": "
        "absent ici."
        if narrower
        else "",
    ]
    return Chart("Par organisme", drawn, " ".join(filter(None, said)))


def _by_year(name: str, general: Sequence[Row], unit: str) -> Chart | None:
    points: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in general:
        points[row["organisme_code"]][row["annee"]] = row
    lines = [
        ChartSeries(
            french(next(iter(years.values()))["organisme"]),
            tuple((year, years[year]["valeur"]) for year in sorted(years)),
        )
        for _, years in sorted(points.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    drawn = series(lines, unit, f"{french(name)} par année")
    return Chart("Par année", drawn) if drawn else None


def _by_member(name: str, rows: Sequence[Row], unit: str) -> Chart | None:
    """The figures of one body and period that are split by one precision each, the longest such list."""
    lists: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if (
            row["nature"] in ("constate", "moyenne", "score", "part")
            and row["unite"] == unit
            and len(row["precisions"]) == 1
        ):
            lists[row["organisme_code"], row["periode_code"]].setdefault(row["precisions"][0], row)
    if not lists:
        return None
    (_, code), members = max(lists.items(), key=lambda item: (len(item[1]), item[0]))
    if len(members) < 3:
        return None
    ordered = sorted(members.items(), key=lambda item: (-item[1]["valeur"], item[0]))
    body = next(iter(members.values()))["organisme"]
    drawn = bars(
        [Bar(french(member), row["valeur"], unit) for member, row in ordered[:SHOWN]],
        f"{french(name)}, {french(body)}, {period(code)}",
    )
    more = f" Les {SHOWN} premiers de {len(ordered)}." if len(ordered) > SHOWN else ""
    return Chart(f"{french(body)}, {period(code)}", drawn, more.strip())
