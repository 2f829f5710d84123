"""Charts: labels that stay apart on the narrowest telephone; and lists that end where nobody leafs through
them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations

import pytest

from orchestration.site.charts import LINE, VALUE_WIDTH, YEAR_WIDTH, ChartSeries, series
from orchestration.site.overview import LEAFED, of_latest_years

LINES = {
    "years close together": [((2010, 5), (2020, 7), (2021, 8))],
    "two lines that end together": [((2020, 700), (2021, 810)), ((2020, 701), (2021, 812))],
    "a line that starts late": [((2012, 1), (2021, 9)), ((2020, 8), (2021, 3))],
    "many years": [tuple((year, year % 7) for year in range(2001, 2022))],
}


@pytest.mark.parametrize("lines", LINES.values(), ids=LINES.keys())
def test_labels_of_a_chart_do_not_lie_on_each_other(lines: list[tuple[tuple[int, int], ...]]) -> None:
    told = [
        ChartSeries(f"ligne {rank}", tuple((year, Decimal(value)) for year, value in points))
        for rank, points in enumerate(lines)
    ]
    drawn = series(told, "%", "essai")
    values = re.findall(r'<text class="v x" x="([\d.]+)%" y="([-\d.]+)">', drawn)
    years = [float(x) for x in re.findall(r'<text class="x" x="([\d.]+)%"', drawn)]
    assert values and len(years) > 1
    for (x, y), (left, top) in combinations([(float(x), float(y)) for x, y in values], 2):
        assert abs(x - left) >= VALUE_WIDTH or abs(y - top) >= LINE
    assert all(abs(a - b) >= YEAR_WIDTH for a, b in combinations(years, 2))


def test_a_list_that_nobody_leafs_through_keeps_the_latest_year_of_each_body() -> None:
    held = [
        {"organisme_code": body, "periode_code": f"{year - 1}/{year}"}
        for body, last in (("a", 2021), ("b", 2019))
        for year in range(last - 4, last + 1)
    ]
    assert of_latest_years(held) == held
    many = held * LEAFED
    assert {(row["organisme_code"], row["periode_code"]) for row in of_latest_years(many)} == {
        ("a", "2020/2021"),
        ("b", "2018/2019"),
    }
