"""The pages of reports: the print, line by line, every number with its status; and the list of reports.

Where the document was present, the lines that carry numbers and the headings above them are shown as printed;
elsewhere the figures stand in reading order with their labels. Does not belong here: which lines are loaded
(building/lines.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from itertools import count, groupby
from typing import Any

from orchestration.extraction.catalogue import DIMENSION_NAMES, NATURES, REASONS, UNIT_NAMES
from orchestration.site.facsimile import Facsimile
from orchestration.site.frame import RELATIONS, Page, Places, label, render_page, short_name
from orchestration.site.rows import Row
from orchestration.site.tables import as_markup, finding_links, link
from orchestration.site.typography import THIN, counted_words, french, number, period
from orchestration.site.typography import day as written_day

HIDDEN = "░"
#: What a part of a report may weigh, in bytes of markup as estimated: 300 kB at most.
HEAVY, NUMBER, LINE = 190_000, 320, 110
#: Fewer lines than this between two others are mostly blank: nothing is said of them.
TOLD = 3
_COVERED = re.compile(rf"{HIDDEN}[{HIDDEN}\s]*")
_DIGITS = re.compile(r"[+\-−(]?\s?\d[\d\s.,]*")
#: The element of a number that is no observation: one that was set aside; any other is marked to be reviewed.
ASIDE = {"ecarte": "i"}


#: A printed number and the box on its page that it opens; 0 for one that is no observation.
Numbered = tuple[Row, int]


@dataclass(frozen=True)
class PageImage:
    """The picture of a page: its number and address, its size in points, and the places of its numbers in per
    cent.
    """

    page: int
    href: str
    width: int
    height: int
    boxes: tuple[tuple[str, str, str], ...]


@dataclass
class Printed:
    """A line as shown: its number, its markup, what is said beside it, and the boxes that its
    numbers open.
    """

    line: int
    text: str
    beside: str = ""
    boxes: list[str] = field(default_factory=list)
    heading: bool = False
    skipped: int = 0
    picture: PageImage | None = None


def split_reports(weights: Iterable[Row]) -> dict[str, list[int]]:
    """The first line of each part of each report, from the numbers that stand on each line (by report and
    line).
    """
    cuts: dict[str, list[int]] = {}
    for report, rows in groupby(weights, lambda row: str(row["rapport_code"])):
        starts, weight = [1], 0
        for row in rows:
            own = LINE + row["nombres"] * NUMBER
            if weight and weight + own > HEAVY:
                starts.append(row["ligne"])
                weight = 0
            weight += own
        cuts[report] = starts
    return cuts


def report_pages(
    report: Row,
    lines: Mapping[int, str],
    numbers: Sequence[Row],
    places: Places,
    findings: Mapping[str, Row],
    facsimiles: Mapping[int, Facsimile],
) -> Iterator[Page]:
    """The pages of one report; ``lines`` are the texts at hand by line, ``numbers`` every printed number in
    reading order.

    ``facsimiles`` are the pictures of its pages, for a PDF.
    """
    code, starts = str(report["rapport_code"]), list(places.cuts.get(str(report["rapport_code"]), (1,)))
    paths = [places.part(code, start) for start in starts]
    names = [
        _span(start, stop) for start, stop in zip(starts, [*(s - 1 for s in starts[1:]), 0], strict=True)
    ]
    shared: dict[str, Any] = {
        "p": report,
        "chemins": paths,
        "noms": names,
        "debuts": starts,
        "texte": bool(lines),
    }
    shared["relations"] = places.relations(code)
    if len(paths) > 1:
        headings = [
            _headings(lines, numbers, start, stop)
            for start, stop in zip(starts, [*starts[1:], 10**9], strict=True)
        ]
        yield render_page(
            "rapport.html", f"rapport/{code}.html", lignes=[], partie=0, titres=headings, **shared
        )
    own = str(report["organisme"])
    by_line = {line: list(rows) for line, rows in groupby(numbers, lambda row: int(row["ligne"]))}
    order = sorted({*by_line, *lines})
    pictures = dict(page_images(code, numbers, places, facsimiles))
    for picture in facsimiles.values():
        yield Page(f"rapport/{code}/page-{picture.page}.png", picture.file.read_bytes())
    for part, (start, stop) in enumerate(zip(starts, [*starts[1:], 10**9], strict=True), 1):
        ours = [line for line in order if start <= line < stop]
        shown = list(_lines(ours, lines, by_line, paths[part - 1].count("/"), findings, own))
        for line in shown:
            line.picture = pictures.get(line.line)
        yield render_page("rapport.html", paths[part - 1], lignes=shown, partie=part, titres=[], **shared)


def page_images(
    code: str, numbers: Sequence[Row], places: Places, facsimiles: Mapping[int, Facsimile]
) -> Iterator[tuple[int, PageImage]]:
    """The pictures by the line that they stand above: the first one of their page that prints a number. Where
    a part ends within a page, the numbers of its picture that stand in the next part lead there.
    """
    for page, rows in groupby(numbers, lambda row: row["page"]):
        if (drawn := facsimiles.get(page)) is not None:
            ours = list(rows)
            here = places.part(code, int(ours[0]["ligne"]))
            boxes = tuple(_spot(row, drawn, here, places) for row in ours if row["boite"] is not None)
            href = f"rapport/{code}/page-{page}.png"
            yield int(ours[0]["ligne"]), PageImage(page, href, round(drawn.width), round(drawn.height), boxes)


def _spot(row: Row, drawn: Facsimile, here: str, places: Places) -> tuple[str, str, str]:
    """A number on the picture of its page, shown on the page ``here``: its address, its style, its tone."""
    x0, y0, x1, y1 = row["boite"]
    box = ((x0, drawn.width), (y0, drawn.height), (x1 - x0, drawn.width), (y1 - y0, drawn.height))
    left, top, width, height = (f"{100 * side / most:.2f}%" for side, most in box)
    tone = "c" if row["constats"] else "" if row["statut"] == "observation" else "e"
    there = places.ink(str(row["rapport_code"]), int(row["ligne"]), int(row["colonne"]))
    address = there.removeprefix(here) if there.startswith(f"{here}#") else "../" * here.count("/") + there
    return address, f"left:{left};top:{top};width:{width};height:{height}", tone


def _span(start: int, stop: int) -> str:
    return f"lignes {number(start)} à {number(stop)}" if stop else f"lignes {number(start)} et suivantes"


def _headings(lines: Mapping[int, str], numbers: Sequence[Row], start: int, stop: int) -> str:
    """The first headings of a part: what a reader looks for in a list of parts."""
    numbered = {int(row["ligne"]) for row in numbers}
    found = [
        text.strip()
        for line, text in lines.items()
        if start <= line < stop and line not in numbered and HIDDEN not in text
    ]
    if not found:
        names = dict.fromkeys(
            str(row["indicateur"]) for row in numbers if start <= row["ligne"] < stop and row["indicateur"]
        )
        found = list(names)
    return " · ".join(french(text.capitalize() if text.isupper() else text) for text in found[:4])


def _lines(
    order: Sequence[int],
    lines: Mapping[int, str],
    numbers: Mapping[int, Sequence[Row]],
    depth: int,
    findings: Mapping[str, Row],
    own: str,
) -> Iterator[Printed]:
    root, before, opened = "../" * depth, 0, count(1)
    for line in order:
        ours = [(row, next(opened) if row["statut"] == "observation" else 0) for row in numbers.get(line, ())]
        boxes = [_box(row, box, root, findings, own) for row, box in ours if box]
        text = _marked(lines[line], ours) if line in lines else _labelled(ours)
        skipped = line - before - 1 if before and lines else 0
        yield Printed(
            line,
            text,
            _beside(numbers.get(line, ())),
            boxes,
            line in lines and not ours,
            skipped if skipped >= TOLD else 0,
        )
        before = line


def _marked(text: str, numbers: Sequence[Numbered]) -> str:
    """A printed line with each of its numbers marked at its place; what stays out is told by a bracket."""
    pieces, at = [], 0
    for row, box in numbers:
        start, stop = _place(text, row)
        pieces.append(_plain(text[at : max(start, at)]))
        pieces.append(_number(row, box, text[start:stop]))
        at = max(stop, at)
    return "".join([*pieces, _plain(text[at:].rstrip())])


def _place(text: str, row: Row) -> tuple[int, int]:
    """Where a number stands on its line: at its column; a number that goes on in the next line, as far as
    this one holds it.
    """
    start, printed = int(row["colonne"]), str(row["valeur_imprimee"])
    if text.startswith(printed, start):
        return start, start + len(printed)
    pattern = r"\s*".join(map(re.escape, printed.split()))
    if found := re.compile(pattern).match(text, start):
        return found.span()
    held = _DIGITS.match(text, start)
    return (start, held.end()) if held else (min(start, len(text)), min(start, len(text)))


def _plain(text: str) -> str:
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in text)
    if HIDDEN in text:
        text = _COVERED.sub(" […] ", text)
    return escape(text, quote=False)


def _labelled(numbers: Sequence[Numbered]) -> str:
    """The numbers of a line whose text is not at hand, after their labels; one that several share in a row is
    told once.
    """
    pieces, before = [], ""
    for row, box in numbers:
        said = french(row["libelle"] or row["indicateur"] or "") if box else ""
        told = f"{escape(said, quote=False)}{THIN}: " if said and said != before else ""
        pieces.append(told + _number(row, box))
        before = said
    return " · ".join(pieces)


def _number(row: Row, box: int, held: str = "") -> str:
    """One number, as printed (``held`` is what its line holds of it), under its anchor; it opens its
    ``box``.
    """
    name = f"{row['ligne']}-{row['colonne']}"
    printed = escape(held or row["valeur_imprimee"], quote=False)
    if box:
        tone = ' class=c title="dans un constat"' if row["constats"] else ""
        return f'<button id="n{name}" popovertarget=d{box}{tone}>{printed}</button>'
    tag = ASIDE.get(row["statut"], "mark")
    return f'<{tag} id="n{name}">{printed}</{tag}>'


def _beside(numbers: Sequence[Row]) -> str:
    """What is said beside a line of the numbers that are no observations."""
    reasons = Counter(label(REASONS, row["motif"]) for row in numbers if row["statut"] == "ecarte")
    left = sum(row["statut"] == "a_relever" for row in numbers)
    told = [f"{reason} ({count})" if count > 1 else reason for reason, count in reasons.items()]
    said = [", ".join(told)] if told else []
    return french(
        " ; ".join([*said, *([counted_words(left, "nombre à relever", "nombres à relever")] if left else [])])
    )


def _box(row: Row, box: int, root: str, findings: Mapping[str, Row], own: str) -> str:
    """What a number means, which relations check it, and where it leads; the body is named where it is not
    the report's ``own``.
    """
    body = [row["organisme"]] if row["organisme"] != own else []
    about = french(" · ".join([*body, period(row["periode_code"]), *row["precisions"]]))
    nature = "" if row["nature"] == "constate" else f"{label(NATURES, row['nature'])} · "
    checked = counted_words(row["nb_controles"], "contrôle") if row["nb_controles"] else "sans contrôle"
    if row["nb_ecarts"]:
        checked += f", {number(row['nb_ecarts'])} en écart"
    if row["a_verifier"]:
        doubts = ", ".join(label(RELATIONS, nature) for nature in row["a_verifier"])
        checked += french(f" · à vérifier : {doubts}")
    cards = finding_links(row, findings, root) + _corrected(row["corrections"])
    value = escape(number(row["valeur"], row["unite"]), quote=False)
    indicator = link(root, f"indicateur/{row['indicateur_code']}.html", as_markup(row["indicateur"] or ""))
    return (
        f"<p popover id=d{box}>{indicator}{escape(about, quote=False)}"
        f"<b>{value}</b>{nature}{checked}{'' if row['revue'] else ' · non relu'}{cards}"
    )


_VALUE = re.compile(r"-?\d+(?:\.\d+)?")
#: What a correction changes, as a reader calls it.
_CHANGED = {"unite": "unité", "periode": "période", "role": "rôle", **DIMENSION_NAMES}
_IN_WORDS: Mapping[str, Callable[[str], str]] = {
    "valeur": lambda said: number(Decimal(said)) if _VALUE.fullmatch(said) else said,
    "unite": lambda said: label(UNIT_NAMES, said),
    "nature": lambda said: label(NATURES, said),
    "periode": period,
}


def _corrected(corrections: Sequence[Row]) -> str:
    """What a person corrected in the reading of a number, when and why; one that is not applied, for
    want of the document or because the report refuses it, says so.
    """
    told = ""
    for (reason, day, done), rows in groupby(
        corrections, lambda row: (row["motif"], row["jour"], row["appliquee"])
    ):
        said = " ; ".join(_change(row) for row in rows)
        who = f"par une personne{f', le {written_day(day)}' if day else ''}, parce que : {reason}"
        waits = "" if done else "Correction écrite, pas encore appliquée : "
        told += f"<span class=corrige>{as_markup(f'{waits}{said} {who}')}</span>"
    return told


def _change(row: Row) -> str:
    in_words = _IN_WORDS.get(row["champ"], str)
    before, after = (in_words(row[which]) if row[which] else "rien" for which in ("avant", "apres"))
    return f"{label(_CHANGED, row['champ']).capitalize()} : lu « {before} », corrigé en « {after} »"


def index_page(reports: Sequence[Row], places: Places) -> Page:
    """The reports, with what each was read into."""
    total: Mapping[str, Any] = {
        name: sum(row[name] for row in reports)
        for name in (
            "nb_nombres",
            "nb_observations",
            "nb_ecartes",
            "nb_a_relever",
            "nb_controles",
            "nb_constats",
        )
    }
    return render_page(
        "rapports.html",
        "rapports.html",
        rapports=[
            {**row, "nom": short_name(row["titre"]), "relations": places.relations(row["rapport_code"])}
            for row in reports
        ],
        total=total,
    )
