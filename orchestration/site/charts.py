"""Charts as inline SVG, drawn from the rows of the table beside them: bars, series over years, objectives,
the map.

Belongs here: geometry and markup. Horizontal places are percentages, so that a chart fills its column and its
text never shrinks. Does not belong here: which rows a page shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

from markupsafe import Markup, escape

from orchestration.site.typography import french, short_value

DEPARTEMENTS = Path(__file__).with_name("static") / "departements.json"
BAR, GAP, HEAD, LINE = 14, 40, 16, 16
#: Characters of a label on one line, so that it fits the narrowest telephone, and its lines.
WRAPPED, MOST_LINES = 42, 3
#: Overseas départements, which the outline does not hold: squares in the lower left corner, in this order.
OVERSEAS = {"971": "Guadeloupe", "972": "Martinique", "973": "Guyane", "974": "La Réunion", "976": "Mayotte"}
PLOT_HEIGHT = 190
#: What a year and a value take of the width of a chart on the narrowest telephone, in per cent of it.
YEAR_WIDTH, VALUE_WIDTH = 13.0, 25.0


@dataclass(frozen=True)
class Bar:
    """A labelled value; ``mark`` is the place of an objective on the same scale, ``href`` where its label
    leads.
    """

    label: str
    value: Decimal
    unit: str
    mark: Decimal | None = None


def bars(rows: Sequence[Bar], name: str) -> Markup:
    """Horizontal bars, one below another, each with its label above and its value at its end. Empty for no
    rows.
    """
    if not rows:
        return Markup("")
    low = min(Decimal(0), *(row.value for row in rows))
    high = max(Decimal(0), *(max(row.value, row.mark or row.value) for row in rows))
    span = (high - low) or Decimal(1)
    drawn, height = [], 0
    for row in rows:
        label = wrap(french(row.label), WRAPPED)[:MOST_LINES] or [""]
        drawn.append(_bar(row, label, height, low, span))
        height += GAP + LINE * (len(label) - 1)
    return _figure(
        f'<svg class="g" role="img" aria-label="{escape(name)}" width="100%" '
        f'height="{height}">{"".join(drawn)}</svg>'
    )


def _bar(row: Bar, label: Sequence[str], top: int, low: Decimal, span: Decimal) -> str:
    told = "".join(
        f'<text y="{top + 12 + LINE * place}">{escape(line)}</text>' for place, line in enumerate(label)
    )
    top += LINE * (len(label) - 1)
    reach = 78 if low == 0 else 70
    zero, end = (float((place - low) / span) * reach for place in (Decimal(0), row.value))
    left, width = min(zero, end), max(abs(end - zero), 0.4)
    text = short_value(row.value, row.unit)
    mark = ""
    if row.mark is not None:
        place = float((row.mark - low) / span) * reach
        mark = (
            f'<line class="o" x1="{place:.2f}%" x2="{place:.2f}%" y1="{top + HEAD - 2}" '
            f'y2="{top + HEAD + BAR + 4}"/>'
        )
    return (
        f'{told}<rect class="b" x="{left:.2f}%" y="{top + HEAD + 1}" width="{width:.2f}%"/>{mark}'
        f'<text class="v" x="{max(end, zero):.2f}%" dx="6" y="{top + HEAD + 12}">{escape(text)}</text>'
    )


@dataclass(frozen=True)
class ChartSeries:
    """A series: its name, and its points by year in order."""

    name: str
    points: tuple[tuple[int, Decimal], ...]


def series(lines: Sequence[ChartSeries], unit: str, name: str) -> Markup:
    """Lines over years, from zero unless all values are far above it; the first five, each named at its last
    point.
    """
    lines = [line for line in lines if len(line.points) > 1][:5]
    if not lines:
        return Markup("")
    years = sorted({year for line in lines for year, _ in line.points})
    low, span = _reach([value for line in lines for _, value in line.points])
    placed = [
        [
            (_across(year, years), 26 + float((low + span - value) / span) * (PLOT_HEIGHT - 34), value)
            for year, value in line.points
        ]
        for line in lines
    ]
    drawn = "".join(_axis(years)) + "".join(map(_line, placed, range(len(placed))))
    drawn += _values(placed, unit)
    legend = "".join(f'<li class="s{rank}">{escape(line.name)}</li>' for rank, line in enumerate(lines))
    base = "" if low == 0 else f"<p>L’axe ne part pas de zéro mais de {short_value(low, unit)}.</p>"
    svg = (
        f'<svg class="g" role="img" aria-label="{escape(name)}" width="100%" '
        f'height="{PLOT_HEIGHT + 26}">{drawn}</svg>'
    )
    return _figure(svg + (f'<ul class="legende">{legend}</ul>' if len(lines) > 1 else "") + base)


def _reach(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Where the axis of values begins, and how far it goes up."""
    low, high = min(values), max(values)
    if low > 0 and (high - low) * 4 > low:
        low = Decimal(0)
    elif low > 0:
        low -= (high - low) or low / 10
    return low, (high - low) or Decimal(1)


def _across(year: int, years: Sequence[int]) -> float:
    return 6 + 82 * (year - years[0]) / max(years[-1] - years[0], 1)


def _axis(years: Sequence[int]) -> list[str]:
    places = [_across(year, years) for year in years]
    return [f'<line class="a" x1="0" x2="100%" y1="{PLOT_HEIGHT}" y2="{PLOT_HEIGHT}"/>'] + [
        f'<text class="x" x="{places[rank]:.2f}%" y="{PLOT_HEIGHT + 18}">{years[rank]}</text>'
        for rank in _apart(places, YEAR_WIDTH)
    ]


def _apart(places: Sequence[float], width: float) -> list[int]:
    """Which of some places in ascending order may be named with ``width`` between them: the last, the first,
    then what fits from the left.
    """
    taken = [len(places) - 1]
    for place, x in enumerate(places):
        if all(abs(x - places[other]) >= width for other in taken):
            taken.append(place)
    return sorted(taken)


def _line(places: Sequence[tuple[float, float, Decimal]], rank: int) -> str:
    segments = "".join(
        f'<line x1="{a[0]:.2f}%" y1="{a[1]:.1f}" x2="{b[0]:.2f}%" y2="{b[1]:.1f}"/>'
        for a, b in pairwise(places)
    )
    dots = "".join(f'<circle cx="{x:.2f}%" cy="{y:.1f}" r="4"/>' for x, y, _ in places)
    return f'<g class="s s{rank}">{segments}{dots}</g>'


def _values(lines: Sequence[Sequence[tuple[float, float, Decimal]]], unit: str) -> str:
    """The values of the points that have room for them on a telephone: all that fit of a single line, both
    ends of several; what would lie on another one is left to the table.
    """
    drawn: list[tuple[float, float, str]] = []
    for rank, places in enumerate(lines):
        named = _apart([x for x, _, _ in places], VALUE_WIDTH)
        for place in named if not rank and len(places) < 4 else dict.fromkeys((named[0], named[-1])):
            x, y, value = places[place]
            if all(abs(x - left) >= VALUE_WIDTH or abs(y - 10 - top) >= LINE for left, top, _ in drawn):
                drawn.append((x, y - 10, escape(short_value(value, unit))))
    return "".join(f'<text class="v x" x="{x:.2f}%" y="{y:.1f}">{text}</text>' for x, y, text in drawn)


def objective(result: Decimal, target: Decimal, reached: bool) -> str:
    """A small bar of a result with the mark of its objective, for a cell beside those that tell both numbers;
    its measures stand in the stylesheet.
    """
    top = max(result, target, Decimal(0)) or Decimal(1)
    width, place = (max(float(value / top) * 96, 0.5) for value in (result, target))
    tone = "oui" if reached else "non"
    return (
        f'<svg class="obj" aria-hidden="true"><rect/><rect class="{tone}" width="{width:.1f}%"/>'
        f'<rect x="{place:.1f}%"/></svg>'
    )


@cache
def _outline() -> tuple[str, dict[str, Mapping[str, str]]]:
    held = json.loads(DEPARTEMENTS.read_text(encoding="utf-8"))
    return held["viewBox"], held["departements"]


def map_of_france(marked: Mapping[str, tuple[str, str, str]], name: str) -> Markup:
    """The départements, those of ``marked`` (code to title, page and tone) as links; overseas ones are
    squares.
    """
    box, shapes = _outline()
    drawn = []
    for code, shape in shapes.items():
        drawn.append(_place(f'<path d="{shape["d"]}"/>', shape["nom"], marked.get(code)))
    for rank, (code, said) in enumerate(OVERSEAS.items()):
        x = 8 + rank * 44
        square = (
            f'<rect x="{x}" y="536" width="34" height="34" rx="4"/><text class="dom" x="{x + 17}" '
            f'y="557">{code}</text>'
        )
        drawn.append(_place(square, said, marked.get(code)))
    return Markup(
        f'<svg class="carte" viewBox="{box}" role="group" aria-label="{escape(name)}">{"".join(drawn)}</svg>'
    )


def vignette(marked: Mapping[str, str]) -> Markup:
    """A small picture of France with the départements of ``marked`` (code to tone) in colour, for a link that
    says what it is.
    """
    box, shapes = _outline()
    plain = "".join(shape["d"] for code, shape in shapes.items() if code not in marked)
    own = "".join(shapes[code]["d"] for code in sorted(marked) if code in shapes and not marked[code])
    other = "".join(shapes[code]["d"] for code in sorted(marked) if code in shapes and marked[code])
    return Markup(
        f'<svg class="carte" viewBox="{box}" aria-hidden="true"><path d="{plain}"/><g class="lu"><path '
        f'd="{own}"/></g>'
        f'<g class="peu"><path d="{other}"/></g></svg>'
    )


def _place(shape: str, name: str, mark: tuple[str, str, str] | None) -> str:
    if mark is None:
        return f"<g><title>{escape(french(name))}</title>{shape}</g>"
    title, (href, tone) = french(mark[0]), mark[1:]
    return (
        f'<a href="{escape(href)}" class="{tone}" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>{shape}</a>'
    )


def _figure(content: str) -> Markup:
    return Markup(content)
