"""Telling numbers apart: one reading, the reading that arithmetic confirms, or a refusal to guess."""

from __future__ import annotations

import pytest

from orchestration.extraction.grouping import ColumnSpec, confirmed, describe_reading, readings

NUMBER, EVOLUTION = ColumnSpec(), ColumnSpec(unit="%", signed=True, may_be_empty=True)
OPTIONAL = ColumnSpec(may_be_empty=True)


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        (
            "41 206 377   38 654 004  + 6,60 %",
            [NUMBER, NUMBER, EVOLUTION],
            ["41 206 377 | 38 654 004 | 6,60"],
        ),
        (
            "287 964 272 152 + 5,81 %",
            [NUMBER, NUMBER, EVOLUTION],
            ["287 964 | 272 152 | 5,81", "287 | 964 272 152 | 5,81", "287 964 272 | 152 | 5,81"],
        ),
        ("6 298 552 0 -", [NUMBER, NUMBER, EVOLUTION], ["6 298 552 | 0 | (vide)"]),
        ("0 0 -", [NUMBER, NUMBER, EVOLUTION], ["0 | 0 | (vide)"]),
        ("31.5 34,6", [NUMBER, NUMBER], ["31.5 | 34,6"]),
        ("1 388,80 72", [NUMBER, NUMBER], ["1 388,80 | 72"]),
        ("7", [NUMBER, OPTIONAL], ["7 | (vide)"]),
        (
            "44 913 070 43 001 109 7 293 744 6 718 808",
            [NUMBER] * 4,
            ["44 913 070 | 43 001 109 | 7 293 744 | 6 718 808"],
        ),
        ("172 535 302 055 - 42,88%", [NUMBER, NUMBER, EVOLUTION], 2),
        ("12 34 56", [NUMBER, NUMBER], []),
        ("1 012 abc", [NUMBER], []),
        ("12 %", [NUMBER], []),
        ("1 012", [NUMBER, NUMBER], []),
    ],
)
def test_readings(text: str, columns: list[ColumnSpec], expected: list[str] | int) -> None:
    found = [describe_reading(r) for r in readings(text, columns)]
    assert len(found) == expected if isinstance(expected, int) else sorted(found) == sorted(expected)


def test_arithmetic_confirms_one_of_several() -> None:
    found = readings("306 104 280 936 + 8,96 %", [NUMBER, NUMBER, EVOLUTION])
    assert len(found) == 3

    def evolution_holds(reading) -> bool:
        new, old, shown = (cell.value for cell in reading)
        return abs(100 * (new - old) / old - shown) < 1

    assert [describe_reading(r) for r in confirmed(found, [evolution_holds])] == ["306 104 | 280 936 | 8,96"]
    assert confirmed(found, []) == found, "without a test nothing is chosen"
