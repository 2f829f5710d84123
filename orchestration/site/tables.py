"""Cells and rows of the tables that grow with the figures, as markup.

Written as strings: a template would spend most of a long page's time on escaping cell by cell; and short, for
there are some twenty for each printed number. Belongs here: cells, their escaping, the rows of figures. Does
not belong here: heads and captions (templates), which rows a page shows (the modules of pages).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from itertools import groupby

from markupsafe import Markup

from orchestration.extraction.catalogue import NATURES
from orchestration.site.frame import Places, label, short_name
from orchestration.site.rows import Row
from orchestration.site.typography import THIN, french, number, period

#: How a scope says that the precisions beside it are a part whose whole no report prints, and what other
#: parts are called.
ALONE, PART = "le tout n'est pas imprimé", "dont : "


@lru_cache(maxsize=65_536)
def as_markup(text: str) -> str:
    """A text in French print, as markup."""
    return escape(french(text), quote=False)


def link(root: str, address: str, markup: str) -> str:
    """A link to an address from the root; addresses are made of codes and numbers."""
    return f'<a href="{root}{escape(address)}">{markup}</a>'


def figure_link(row: Row, places: Places, root: str) -> str:
    """The value of a figure, leading to its ink."""
    value = escape(number(row["valeur"], row["unite"]), quote=False)
    return inked(value, places, root, row["rapport_code"], row["ligne"], row["colonne"])


def inked(markup: str, places: Places, root: str, report: str, line: int | None, column: int | None) -> str:
    """What is told of a number, leading to its ink where that is known."""
    return markup if line is None else link(root, places.ink(report, line, column), markup)


def badge(text: str) -> str:
    """A word that is set off: what a reader must know of a figure."""
    return f"<em>{as_markup(text)}</em>"


def finding_link(root: str, page: str, name: str = "constat") -> str:
    """The way to a finding."""
    return f'<a class="k" href="{root}{escape(page)}">{as_markup(name)}</a>'


def finding_links(row: Row, findings: Mapping[str, Row], root: str) -> str:
    """The way to each finding that a figure stands in."""
    pages = {findings[code]["page"] for code in row["constats"] if code in findings}
    return "".join(f" {finding_link(root, page)}" for page in sorted(pages))


def figure_rows(
    rows: Iterable[Row],
    places: Places,
    reports: Mapping[str, Row],
    findings: Mapping[str, Row],
    root: str,
    short: bool = False,
) -> Markup:
    """The figures of an indicator by body, each value leading to its ink; ``short`` without precisions and
    nature.
    """
    lines = []
    for code, group in groupby(rows, lambda row: row["organisme_code"]):
        own = list(group)
        span = f"rowgroup rowspan={len(own)}" if len(own) > 1 else "row"
        body = link(root, f"organisme/{code}.html", as_markup(own[0]["organisme"] or code))
        head = f"<th scope={span}>{body}"
        for row in own:
            where = _source(row, reports[row["rapport_code"]]) + finding_links(row, findings, root)
            lines.append(f"<tr>{head}{_figure(row, places, root, short)}<td>{where}\n")
            head = ""
    return Markup("".join(lines))


def _figure(row: Row, places: Places, root: str, short: bool) -> str:
    """The cells of a figure, the value first: what a telephone shows without being moved."""
    value = figure_link(row, places, root)
    noted = "".join(f" {badge(mark)}" for mark in marks(row))
    when = as_markup(period(row["periode_code"]))
    if short:
        return f"<td>{value}<td>{when}{noted}"
    precisions = as_markup(" · ".join(row["precisions"]))
    nature = "" if row["nature"] == "constate" else as_markup(label(NATURES, row["nature"]))
    return f"<td>{value}<td>{when}<td>{precisions}{noted}<td>{nature}"


def _source(row: Row, report: Row) -> str:
    """Where a figure is printed (the year of a body's own report, else the name of the report), and how if
    that is not how its value is told.
    """
    own = report["organisme_code"] == row["organisme_code"]
    name = str(report["periode_code"]) if own else short_name(report["titre"])
    printed, value = str(row["valeur_imprimee"]), number(row["valeur"], row["unite"])
    same = "".join(printed.split()) == "".join(value.split())
    quoted = "" if same else f"«{THIN}{escape(printed, quote=False)}{THIN}» "
    return f"{quoted}{as_markup(name)}, l. {row['ligne']}"


def marks(row: Row) -> list[str]:
    """What a reader must know before comparing a figure: its scope when it is not the whole, and that nobody
    reviewed it.
    """
    return [mark for mark in (_scope(row), "" if row["revue"] else "non relu") if mark]


def _scope(row: Row) -> str:
    words = str(row["perimetre_mots"] or "")
    if row["perimetre"] == "partiel" and row["precisions"] and words.endswith(ALONE):
        return "partie seule"
    said = {"partiel": "périmètre partiel", "elargi": "périmètre élargi"}.get(str(row["perimetre"]), "")
    if said and words.startswith(PART):
        return words.removeprefix(PART)
    return f"{said} : {words}" if said and words else said
