"""What must not matter: the order of the parts, a part printed as two, the unit in which a table
is printed.
"""

from __future__ import annotations

import random
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.reconciliation.verdicts import Verdict
from tests.reconciliation.printed_tables import Page

D = Decimal
amounts = st.integers(min_value=-(10**7), max_value=10**7)
slack = st.integers(min_value=-4, max_value=4)


def sum_page(total: D, parts: list[D], half: D) -> Page:
    page = Page()
    result = page.put(str(total), str(half))
    return page.total("t", result, [page.put(str(part), str(half)) for part in parts])


def told(verdict: Verdict) -> str:
    return verdict.verdict


@given(st.lists(amounts, min_size=1, max_size=8), slack, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_parts(parts: list[int], off: int, chance: random.Random) -> None:
    values = [D(part) for part in parts]
    page = sum_page(sum(values, D(off)), values, D("0.5"))
    before = page.verdicts()["t"]
    chance.shuffle(page.relations)
    chance.shuffle(page.numbers)
    after = page.verdicts()["t"]
    assert (told(before), before.gap, before.tolerance) == (told(after), after.gap, after.tolerance)


@given(st.lists(amounts, min_size=1, max_size=8), slack, st.integers(0, 7), amounts)
@settings(max_examples=60)
def test_a_part_split_in_two(parts: list[int], off: int, which: int, piece: int) -> None:
    """The two pieces share the half-width of the whole: print is no finer than before."""
    values, which = [D(part) for part in parts], which % len(parts)
    page = sum_page(sum(values, D(off)), values, D("0.5"))
    split = sum_page(sum(values, D(off)), values, D("0.5"))
    whole = split.numbers[which + 1]
    rest = D(parts[which]) - D(piece)
    whole |= {"valeur": str(rest), "demi_intervalle": "0.25"}
    added = split.put(str(piece), "0.25")
    split.total("t", "0", [added])
    split.relations = [row for row in split.relations if row["constante"] != "0"]
    before, after = page.verdicts()["t"], split.verdicts()["t"]
    assert (told(before), before.gap, before.tolerance) == (told(after), after.gap, after.tolerance)


@given(st.lists(amounts, min_size=1, max_size=8), slack, st.integers(-6, 6))
@settings(max_examples=60)
def test_the_unit_of_print_of_a_sum(parts: list[int], off: int, power: int) -> None:
    factor = D(10) ** power
    values = [D(part) for part in parts]
    total = sum(values, D(off))
    before = sum_page(total, values, D("0.5")).verdicts()["t"]
    after = sum_page(total * factor, [v * factor for v in values], D("0.5") * factor).verdicts()["t"]
    assert told(before) == told(after)


@given(
    st.integers(1, 10**7), st.integers(1, 10**7), st.integers(-30, 30), st.integers(0, 3), st.integers(-3, 6),
    st.sampled_from(["part", "evolution"]),
)  # fmt: skip
@settings(max_examples=150)
def test_the_unit_of_print_of_a_percentage(
    term: int, base: int, off: int, places: int, power: int, nature: str
) -> None:
    """Both operands in thousands or in millions: the percentage, and the verdict on it, stay."""
    factor, half = D(10) ** power, D("0.5").scaleb(-places)
    true = D(100) * term / base - (100 if nature == "evolution" else 0)
    printed = round(true, places) + off * half / 5
    verdicts = []
    for unit in (D(1), factor):
        page = Page()
        result = page.put(str(printed), str(half), "%")
        above, below = (page.put(f"{value * unit:f}", f"{unit / 2:f}") for value in (term, base))
        verdicts.append(told(page.quotient("q", nature, result, above, below).verdicts()["q"]))
    assert verdicts[0] == verdicts[1]


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(0, 3))
@settings(max_examples=150)
def test_what_print_rounds_always_holds(term: int, base: int, places: int) -> None:
    """No false alarm: a correctly rounded share holds, and so does a cut one, told apart or not."""
    exact, half = D(100) * term / base, D("0.5").scaleb(-places)
    step = D(1).scaleb(-places)
    for printed in (round(exact, places), exact // step * step):
        page = Page()
        page.quotient(
            "p", "part", page.put(str(printed), str(half), "%"), page.put(str(term)), page.put(str(base))
        )
        assert page.verdicts()["p"].holds


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(0, 3), st.sampled_from([-3, 3]))
@settings(max_examples=100)
def test_what_print_cannot_round_never_holds(term: int, base: int, places: int, steps: int) -> None:
    """The failing twin: three steps of the last digit away, nothing explains the share."""
    exact, half = D(100) * term / base, D("0.5").scaleb(-places)
    printed = round(exact, places) + steps * D(1).scaleb(-places)
    page = Page()
    page.quotient(
        "p", "part", page.put(str(printed), str(half), "%"), page.put(str(term)), page.put(str(base))
    )
    assert page.verdicts()["p"].fails
