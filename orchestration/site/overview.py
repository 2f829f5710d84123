"""The pages over all reports: the front page, objectives, evolutions, the method."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from orchestration.extraction.catalogue import REASONS
from orchestration.settings import TIME_ZONE
from orchestration.site.bodies import objective_rows, on_the_map
from orchestration.site.charts import Bar, bars, vignette
from orchestration.site.frame import (
    DOMAINS,
    Page,
    Places,
    label,
    numbered,
    render_page,
    short_name,
    split,
)
from orchestration.site.rows import Row
from orchestration.site.tables import as_markup, badge, inked, link
from orchestration.site.typography import capital, instant, number, period

#: Rows of a table on one page: 300 kB at most.
MOST = 320
#: Rows that one leafs through, on all pages of a kind.
LEAFED = 3 * MOST
SHOWN = 12
CHANGES = {"ajoute": "ajouté", "retire": "retiré", "modifie": "modifié"}


@dataclass(frozen=True)
class Edition:
    """What is published: when the night made it, and the release before it where the build names one."""

    moment: datetime | None
    previous: str | None = None

    @property
    def told(self) -> str:
        """When it was made, in words and in the time of France."""
        return instant(self.moment.astimezone(ZoneInfo(TIME_ZONE))) if self.moment else "date inconnue"


def front_page(
    edition: Edition,
    reports: Sequence[Row],
    indicators: Sequence[Row],
    bodies: Sequence[Row],
    changes: Sequence[Row],
    concepts: Sequence[Row],
) -> Page:
    """What is here, how much was read, checked and found, and what changed since the last release."""
    used = Counter(row["domaine"] for row in indicators if row["nb_chiffres"])
    figures = Counter[str]()
    for row in indicators:
        figures[row["domaine"]] += row["nb_chiffres"]
    publishing = {row["organisme_code"] for row in reports}
    kinds = Counter[str]()
    for row in changes:
        kinds[CHANGES.get(str(row["changement"]), str(row["changement"]))] += row["nombre"]
    marked = {code: mark[2] for code, mark in on_the_map(bodies, reports).items()}
    return render_page(
        "accueil.html",
        "index.html",
        edition=edition,
        vignette=vignette(marked),
        rapports=[{**row, "nom": short_name(row["titre"])} for row in reports[:24]],
        nb_rapports=len(reports),
        nb_nombres=sum(row["nb_nombres"] for row in reports),
        nb_lus=sum(row["nb_observations"] for row in reports),
        nb_controles=sum(row["nb_controles"] for row in reports),
        nb_constats=sum(row["nb_constats"] for row in reports),
        nb_indicateurs=sum(used.values()),
        domaines=[(code, used[code], figures[code]) for code in DOMAINS if used[code]],
        organismes=[row for row in bodies if row["organisme_code"] in publishing][:24],
        changements=sorted(kinds.items()),
        concepts=sorted(
            concepts,
            key=lambda row: (
                not row["comparable"],
                -row["nb_rapports"],
                -row["nb_chiffres"],
                row["concept_code"],
            ),
        )[:SHOWN],
    )


def objective_pages(targets: Sequence[Row], places: Places) -> Iterator[Page]:
    """Objectives beside their results: all of them, or those of the latest year of each body."""
    shown = of_latest_years(targets)
    parts = split(shown, MOST)
    paths = numbered("objectifs.html", parts)
    counts = Counter(str(row["atteinte"]) for row in targets)
    bodies: dict[str, Counter[str]] = {}
    for row in targets:
        bodies.setdefault(str(row["organisme"]), Counter())[str(row["atteinte"])] += 1
    for path, rows in zip(paths, parts, strict=True):
        yield render_page(
            "objectifs.html",
            path,
            objectifs=objective_rows(rows, places, "../" * path.count("/"), named=True),
            nb_objectifs=len(rows),
            total=len(targets),
            anciens=len(targets) - len(shown),
            comptes=counts,
            chemins=paths,
            o=None,
            par_organisme=sorted(bodies.items()) if path == paths[0] else [],
        )


def evolution_pages(evolutions: Sequence[Row], places: Places) -> Iterator[Page]:
    """Evolutions as printed, beside those that the printed years give: all of them, or those of the latest
    year of each body.
    """
    listed = of_latest_years(evolutions)
    parts = split(listed, MOST)
    paths = numbered("evolutions.html", parts)
    strong = sorted(
        (row for row in evolutions if row["unite"] == "%" and abs(row["evolution"]) < 1000),
        key=lambda row: (-abs(row["evolution"]), row["evolution_key"]),
    )
    drawn = bars(
        [Bar(_named(row), row["evolution"], "%") for row in strong[:10]],
        "Les dix plus fortes évolutions imprimées",
    )
    for path, rows in zip(paths, parts, strict=True):
        shown = Markup("".join(_evolution(row, places, "../" * path.count("/")) for row in rows))
        yield render_page(
            "evolutions.html",
            path,
            evolutions=shown,
            total=len(evolutions),
            anciennes=len(evolutions) - len(listed),
            chemins=paths,
            figure_dessin=drawn if path == paths[0] else "",
        )


def of_latest_years(rows: Sequence[Row]) -> Sequence[Row]:
    """All rows, unless they would be too many to leaf through: then those of the latest year of each body;
    the earlier ones are left to the pages of bodies and indicators.
    """
    if len(rows) <= LEAFED:
        return rows
    last: dict[str, str] = {}
    for row in rows:
        body = str(row["organisme_code"])
        last[body] = max(last.get(body, ""), _year(row))
    return [row for row in rows if _year(row) == last[str(row["organisme_code"])]]


def _year(row: Row) -> str:
    """The year in which a period ends."""
    return max(re.findall(r"\d{4}", str(row["periode_code"])), default="")


def _named(row: Row) -> str:
    return ", ".join(
        [row["indicateur"], *(row["precisions"] or ()), row["organisme"] or row["organisme_code"]]
    )


def _evolution(row: Row, places: Places, root: str) -> str:
    said = f"<small>{as_markup(' · '.join(row['precisions']))}</small>" if row["precisions"] else ""
    told_as = number(row["evolution"], row["unite"])
    printed = inked(told_as, places, root, row["rapport_code"], row["ligne"], row["colonne"])
    differs = f" {badge('diffère')}" if _differs(row) else ""
    indicator = link(root, f"indicateur/{row['indicateur_code']}.html", as_markup(row["indicateur"]))
    body = link(
        root, f"organisme/{row['organisme_code']}.html", as_markup(row["organisme"] or row["organisme_code"])
    )
    years = "".join(
        f"<td>{'' if row[name] is None else number(row[name])}"
        for name in ("valeur_depart", "valeur_arrivee")
    )
    computed = row["evolution_recalculee"]
    return (
        f"<tr><th scope=row>{indicator}{said}<td>{body}<td>{printed}"
        f"<td>{as_markup(period(row['periode_code']))}{years}"
        f"<td>{'' if computed is None else number(computed, row['unite'], 1)}{differs}\n"
    )


def _differs(row: Row) -> bool:
    """Whether the printed years give another evolution than the printed one, beyond its last digit."""
    computed = row["evolution_recalculee"]
    return computed is not None and abs(computed - row["evolution"]) > max(
        Decimal("0.1"), abs(row["evolution"]) / 50
    )


def method_page(edition: Edition, reports: Sequence[Row], reasons: Sequence[Row]) -> Page:
    """What is counted, what an interval and a scope are, and how sure the figures are."""
    drawn = bars(
        [Bar(capital(label(REASONS, row["motif"])), Decimal(row["nombre"]), "") for row in reasons],
        "Nombres écartés, par motif",
    )
    total: dict[str, Any] = {
        name: sum(row[name] for row in reports)
        for name in ("nb_nombres", "nb_observations", "nb_ecartes", "nb_a_relever", "nb_non_revues")
    }
    return render_page(
        "methode.html", "methode.html", edition=edition, motifs=reasons, dessin=drawn, total=total
    )
