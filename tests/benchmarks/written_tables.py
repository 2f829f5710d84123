"""The tables of the invented reports: what a writer is told of columns and rows, and the sums and evolutions
that follow from the print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.review.invented import Writer

#: The year of the first report of each body.
FIRST = 2022


@dataclass(frozen=True)
class Column:
    """A column of a table: what it counts, ``ago`` years before the report's own; ``day`` (``-12-31``) where
    it is a stock of that day.
    """

    head: str
    indicator: str
    unit: str = "nombre"
    ago: int = 0
    nature: str = "constate"
    decimals: int = 0
    suffix: str = ""
    day: str = ""

    def period(self, w: Writer) -> str:
        return f"{w.year - self.ago}{self.day}"


@dataclass(frozen=True)
class Row:
    """A row: the value of each column in 2020, the members it stands for, an indicator where each row has its
    own.
    """

    label: str
    bases: tuple[float, ...]
    members: tuple[tuple[str, str], ...] = ()
    indicator: str = ""


def years(
    w: Writer, indicator: str, unit: str = "nombre", decimals: int = 0, count: int = 2, day: str = ""
) -> list[Column]:
    """A column for each of the last years, or for a day of each."""
    return [
        Column(str(w.year - ago), indicator, unit, ago, decimals=decimals, day=day)
        for ago in range(count - 1, -1, -1)
    ]


def drifted(w: Writer, columns: Sequence[Column], rows: Sequence[Row]) -> list[list[float]]:
    """The values of each row, by column: that of an earlier year is what the report of that year printed,
    from the first report on.
    """
    ago = [c.ago for c in columns]
    own = ago.index(0) if len(set(ago)) > 1 else 0
    late = [own * (w.year - c.ago >= FIRST) if c.ago else at for at, c in enumerate(columns)]
    return [
        [
            Writer(w.year - c.ago).drift(r.bases[min(at, len(r.bases) - 1)], 3 * n + late[at], c.decimals)
            for at, c in enumerate(columns)
        ]
        for n, r in enumerate(rows)
    ]


def summed(total: str, rows: Sequence[Row], cells: list[list[float]]) -> tuple[Row, list[float]]:
    """The row ``total`` of some rows, which counts whatever they count apart."""
    whole = {name: "ensemble" for r in rows for name, _ in r.members}
    return Row(total, (), tuple(whole.items())), [
        round(sum(column), 2) for column in zip(*cells, strict=True)
    ]


def grid(
    w: Writer,
    first: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    total: str = "",
    evolution: str = "",
    names: str = "",
) -> None:
    """A table; with a row of sums called ``total``, a last column ``evolution`` of the two before it;
    ``names`` is the dimension whose members the rows name where the seeds may not know them.
    """
    cells = drifted(w, columns, rows)
    told = list(zip(rows, cells, strict=True))
    if total:
        told.append(summed(total, rows, cells))
    lines = []
    for row, values in told:
        said = dict(row.members) | ({"rows": names} if names else {})
        line = [row.label]
        for c, value in zip(columns, values, strict=True):
            nature = "total" if row.label == total and c.nature == "constate" else c.nature
            shown = float(value) if c.decimals else int(value)
            number = w.n(
                shown, row.indicator or c.indicator, c.unit, period=c.period(w), nature=nature, **said
            )
            line.append(number + c.suffix)
        if evolution:
            rate = round((float(values[-1]) / float(values[-2]) - 1) * 100, 1)
            indicator = row.indicator or columns[-1].indicator
            line.append(
                w.n(rate, indicator, "%", "+", period=f"{w.before}/{w.now}", nature="evolution", **said)
                + " %"
            )
        lines.append(line)
    w.table([first, *(c.head for c in columns), *([evolution] if evolution else [])], lines)
