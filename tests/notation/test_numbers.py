"""The number grammar, specified by a corpus of strings met in print and of strings that it must refuse."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.notation.numbers import BLANKS, NotANumber, digits_value, parse_number, rounding_of_zeros

READ = [
    # printed, value, decimals, half-width, unit
    ("7", "7", 0, "0.5", None),
    ("1 012", "1012", 0, "0.5", None),
    ("3 551 768 297,78", "3551768297.78", 2, "0.005", None),
    ("4.012.303.093", "4012303093", 0, "0.5", None),
    ("816.148", "816148", 0, "0.5", None),
    ("6.101", "6101", 0, "0.5", None),
    ("31.5", "31.5", 1, "0.05", None),
    ("87.4%", "87.4", 1, "0.05", "%"),
    ("12.7%", "12.7", 1, "0.05", "%"),
    ("6 460.89", "6460.89", 2, "0.005", None),
    ("1 354 935.05", "1354935.05", 2, "0.005", None),
    ("1677", "1677", 0, "0.5", None),
    ("1\u00a0893\u00a0147", "1893147", 0, "0.5", None),
    ("1\u202f893\u202f147", "1893147", 0, "0.5", None),
    ("- 49,0 %", "-49.0", 1, "0.05", "%"),
    ("-83", "-83", 0, "0.5", None),
    ("\u2212 3,93 %", "-3.93", 2, "0.005", "%"),
    ("+ 1 308,24 %", "1308.24", 2, "0.005", "%"),
    ("13,5 ‰", "13.5", 1, "0.05", "pour_mille"),
    ("1,8 million", "1800000", 1, "50000", None),
    ("41,3 millions", "41300000", 1, "50000", None),
    ("4 milliards €", "4000000000", 0, "500000000", "EUR"),
    ("43,2 millions d'euros", "43200000", 1, "50000", "EUR"),
    ("2,2 millions d’euros", "2200000", 1, "50000", "EUR"),
    ("66 500€", "66500", 0, "0.5", "EUR"),
    ("12,5 M€", "12500000", 1, "50000", "EUR"),
    ("3 k€", "3000", 0, "500", "EUR"),
    ("1,2 Md€", "1200000000", 1, "50000000", "EUR"),
    ("23,8 jours", "23.8", 1, "0.05", "jours"),
    ("0,05 %", "0.05", 2, "0.005", "%"),
]
REFUSED = [
    "",
    "abc",
    "1 0120",
    "12 34",
    "1 23 456",
    "1,2,3",
    "1 012.345 678",
    "2.2.3",
    "1.0123.456",
    "1 012\u00a0345",
    "5O",
    "3 ,4",
    "48 850, 64",
    "1234 567",
    "1,8 trillions",
    "12 %%",
]


@pytest.mark.parametrize(("printed", "value", "decimals", "half_width", "unit"), READ)
def test_print_is_read(printed: str, value: str, decimals: int, half_width: str, unit: str | None) -> None:
    number = parse_number(printed)
    assert (number.value, number.decimals, number.half_width, number.unit) == (
        Decimal(value),
        decimals,
        Decimal(half_width),
        unit,
    )


@pytest.mark.parametrize("printed", REFUSED)
def test_the_rest_is_refused_with_a_reason(printed: str) -> None:
    with pytest.raises(NotANumber) as refusal:
        parse_number(printed)
    assert str(refusal.value)


@given(st.integers(0, 10**12), st.sampled_from([*BLANKS, "."]), st.integers(0, 3), st.integers(0, 999))
def test_every_french_spelling_of_a_number_reads_back(
    whole: int, separator: str, decimals: int, fraction: int
) -> None:
    tail = f",{fraction:03d}"[: decimals + 1] if decimals else ""
    printed = f"{whole:,}".replace(",", separator) + tail
    value, shown = digits_value(printed)
    assert value == Decimal(f"{whole}{tail.replace(',', '.')}")
    assert shown == decimals


@pytest.mark.parametrize(
    ("value", "width"), [("194000", "500"), ("134000", "500"), ("130", "5"), ("1200", "50"), ("7", "0.5")]
)
def test_approximate_print_is_as_wide_as_its_zeros(value: str, width: str) -> None:
    assert rounding_of_zeros(Decimal(value)) == Decimal(width)
