"""Verdicts at the limits of rounding, each with the failing twin one unit further."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from orchestration.reconciliation.terms import RelationRefused, as_decimal, read_numbers, read_relations
from orchestration.reconciliation.verdicts import judge_all
from tests.reconciliation.printed_tables import Page

HERAULT = [
    "3551768297.78", "136727158.41", "125843259.25", "2294781.98", "131711757.70", "62368287.62",
    "1589551.01",
]  # fmt: skip


def sum_page(total: str, half_total: str, parts: list[str], half: str, unit: str = "nombre") -> Page:
    page = Page()
    result = page.put(total, half_total, unit)
    return page.total("t", result, [page.put(part, half, unit) for part in parts])


@pytest.mark.parametrize(
    ("total", "half_total", "parts", "half", "expected", "tolerance"),
    [
        ("4012303093.75", "0.005", HERAULT, "0.005", "exact", "0.04"),
        ("4012303093.79", "0.005", HERAULT, "0.005", "arrondi", "0.04"),
        ("4012303093.80", "0.005", HERAULT, "0.005", "ecart", "0.04"),
        ("10", "0", ["4", "6"], "0", "exact", "0"),
        ("11", "0", ["4", "6"], "0", "ecart", "0"),
        ("100", "0", ["33.3", "33.3", "33.3"], "0.05", "arrondi", "0.15"),
        ("100", "0", ["33.2", "33.3", "33.3"], "0.05", "ecart", "0.15"),
        ("1800000", "50000", ["1750000"], "0", "arrondi", "50000"),
        ("1800000", "50000", ["1850001"], "0", "ecart", "50000"),
        ("-3", "0", ["-1", "-2"], "0", "exact", "0"),
        ("3", "0", ["-1", "-2"], "0", "ecart", "0"),
    ],
)
def test_sums(
    total: str, half_total: str, parts: list[str], half: str, expected: str, tolerance: str
) -> None:
    verdict = sum_page(total, half_total, parts, half).verdicts()["t"]
    assert (verdict.verdict, verdict.tolerance) == (expected, Decimal(tolerance))
    assert verdict.fails == (abs(verdict.gap or Decimal(0)) > Decimal(tolerance))


@pytest.mark.parametrize(
    ("nature", "result", "half", "unit", "term", "base", "expected"),
    [
        ("part", "25", "0.5", "%", "1", "4", "exact"),
        ("part", "33.3", "0.05", "%", "1", "3", "arrondi"),
        ("part", "66.6", "0.05", "%", "2", "3", "tronque"),
        ("part", "66.5", "0.05", "%", "2", "3", "ecart"),
        ("part", "66.8", "0.05", "%", "2", "3", "ecart"),
        ("evolution", "0.4", "0.05", "%", "4012303093", "3995068262", "arrondi"),
        ("evolution", "10.61", "0.005", "%", "3995068262", "3611947803", "arrondi"),
        ("evolution", "5.15", "0.005", "%", "3611947803", "3434693740", "ecart"),
        ("evolution", "5.16", "0.005", "%", "3611947803", "3434693740", "arrondi"),
        ("evolution", "-50", "0.5", "%", "50", "100", "exact"),
        ("evolution", "50", "0.5", "%", "50", "100", "ecart"),
        ("evolution", "2.3", "0.05", "points", "78.7", "76.4", "exact"),
        ("evolution", "-12", "0", "nombre", "88", "100", "exact"),
        ("evolution", "-13", "0", "nombre", "88", "100", "ecart"),
        ("ratio", "2.5", "0.05", "ratio", "5", "2", "exact"),
        ("ratio", "2.9", "0.05", "ratio", "2.99", "1", "tronque"),
        ("ratio", "2.7", "0.05", "ratio", "5", "2", "ecart"),
        ("part", "50", "0.5", "%", "1", "0", "non_verifiable"),
    ],
)
def test_quotients(
    nature: str, result: str, half: str, unit: str, term: str, base: str, expected: str
) -> None:
    page = Page()
    places = page.put(result, half, unit), page.put(term), page.put(base)
    verdict = page.quotient("q", nature, *places).verdicts()["q"]
    assert verdict.verdict == expected


def test_both_years_of_an_evolution_carry_their_half_widths() -> None:
    """1,8 million after 1,7 million: anything from +1.2 % to +10.7 % is what print allows."""
    for printed, expected in [("5.88", "arrondi"), ("2.9", "ecart"), ("0.0", "ecart"), ("12.2", "ecart")]:
        page = Page()
        result = page.put(printed, "0.05", "%")
        page.quotient("e", "evolution", result, page.put("1800000", "5000"), page.put("1700000", "5000"))
        assert page.verdicts()["e"].verdict == expected, printed
    page = Page()
    result = page.put("1.3", "0.05", "%")
    page.quotient("e", "evolution", result, page.put("1800000", "50000"), page.put("1700000", "50000"))
    assert page.verdicts()["e"].verdict == "arrondi"


def test_a_weighted_ratio() -> None:
    page = Page()
    page.quotient("h", "ratio", page.put("40.0", "0.05"), page.put("4"), page.put("10"), weight="100")
    assert page.verdicts()["h"].verdict == "exact"


@pytest.mark.parametrize(("count", "expected"), [("5", "exact"), ("6", "ecart")])
def test_announced_counts(count: str, expected: str) -> None:
    page = Page()
    assert page.total("n", page.put(count), ["5"], "effectif_annonce").verdicts()["n"].verdict == expected


@pytest.mark.parametrize(
    ("opening", "arrived", "left", "expected"),
    [("10", "5", "3", "exact"), ("10", "5", "2", "ecart")],
)
def test_stocks_and_flows(opening: str, arrived: str, left: str, expected: str) -> None:
    page = Page()
    page.total("f", page.put("12"), [page.put(opening), page.put(arrived), page.put(left)], "flux")
    page.relations[-1]["poids"] = "-1"
    assert page.verdicts()["f"].verdict == expected


@pytest.mark.parametrize(
    ("first", "half", "second", "expected"),
    [
        ("4012303093", "0.5", "4012303093.75", "tronque"),
        ("4012303094", "0.5", "4012303093.75", "arrondi"),
        ("4012303092", "0.5", "4012303093.75", "ecart"),
        ("816", "0", "816", "exact"),
        ("816", "0", "861", "ecart"),
        ("5985", "0", "5986", "ecart"),
    ],
)
def test_repetitions(first: str, half: str, second: str, expected: str) -> None:
    page = Page()
    verdict = page.total("r", page.put(first, half), [page.put(second)], "repetition").verdicts()["r"]
    assert verdict.verdict == expected
    mirrored = Page()
    places = mirrored.put(first, half), mirrored.put(second)
    mirror = mirrored.total("r", places[1], [places[0]], "repetition").verdicts()["r"]
    assert mirror.verdict == expected


def test_a_term_that_is_missing_is_never_zero() -> None:
    page = sum_page("10", "0", ["4", "6"], "0")
    page.numbers[1]["valeur"] = None
    verdict = page.verdicts()["t"]
    assert verdict.verdict == "non_verifiable"
    assert not verdict.holds
    page = sum_page("10", "0", ["4", "6"], "0")
    del page.numbers[2]
    assert "ligne 3" in page.verdicts()["t"].reason


def test_a_number_set_aside_has_no_value() -> None:
    page = sum_page("10", "0", ["4", "6"], "0")
    page.numbers[1]["statut"] = "a_relever"
    assert page.verdicts()["t"].verdict == "non_verifiable"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"nature": "moyenne"}, "unknown nature"),
        ({"role": "terme"}, "needs exactly one"),
        ({"poids": "un"}, "not a number"),
        ({"constante": "3"}, "neither one printed number nor one constant"),
        ({"colonne": ""}, "a line but no column"),
    ],
)
def test_ill_formed_relations_are_refused(change: dict[str, str], complaint: str) -> None:
    page = sum_page("10", "0", ["4", "6"], "0")
    page.relations = [
        row | (change if row["role"] == "total" or "nature" in change else {}) for row in page.relations
    ]
    with pytest.raises(RelationRefused, match=complaint):
        page.read()


def test_a_relation_without_parts_is_refused() -> None:
    page = Page()
    page.total("t", page.put("10"), [])
    with pytest.raises(RelationRefused, match="no term of role"):
        page.read()


def test_two_numbers_at_one_address_are_refused() -> None:
    page = Page()
    page.put("10", ligne=4)
    page.put("11", ligne=4)
    with pytest.raises(RelationRefused, match="line 4"):
        page.read()


def test_binary_floats_are_refused() -> None:
    with pytest.raises(RelationRefused, match="binary float"):
        as_decimal(0.1, "x")
    assert as_decimal("", "x") is None


def test_typed_frames_read_like_text() -> None:
    page = sum_page("10.5", "0.05", ["4.5", "6.0"], "0.05")
    numbers = page.number_frame().with_columns(
        pl.col("ligne", "colonne").cast(pl.Int64), pl.col("valeur", "demi_intervalle").cast(pl.Decimal(18, 4))
    )
    relations = page.relation_frame().with_columns(
        pl.col("ligne", "colonne").cast(pl.Int64), pl.col("poids", "constante").cast(pl.Decimal(18, 4))
    )
    verdicts = judge_all(read_relations(read_numbers(numbers), relations))
    assert [verdict.verdict for verdict in verdicts] == ["exact"]


@pytest.mark.parametrize(
    ("first", "second", "half", "expected"),
    [("5985", "5985", "0.5", "exact"), ("5985", "5986", "0.5", "ecart"), ("33.3", "33.2", "0.05", "ecart")],
)
def test_prints_of_equal_precision_are_equal_or_contradict_each_other(
    first: str, second: str, half: str, expected: str
) -> None:
    page = Page()
    page.total("r", page.put(first, half), [page.put(second, half)], "repetition")
    assert page.verdicts()["r"].verdict == expected


@pytest.mark.parametrize(
    ("printed", "least", "most", "expected"),
    [
        ("87", ["0"], ["100"], "exact"),
        ("100", ["0"], ["100"], "exact"),
        ("187", ["0"], ["100"], "ecart"),
        ("-1", ["0"], ["100"], "ecart"),
        ("345", [], ["320"], "ecart"),
        ("80", ["61", "68"], ["61", "68"], "ecart"),
        ("64", ["61", "68"], ["61", "68"], "exact"),
        ("60", ["61", "68"], ["61", "68"], "ecart"),
        ("100", [["60", "50"]], [], "ecart"),
        ("110", [["60", "50"]], [], "exact"),
    ],
)
def test_bounds(printed: str, least: list, most: list, expected: str) -> None:
    page = Page()
    assert page.bound("b", page.put(printed), least, most).verdicts()["b"].verdict == expected


@pytest.mark.parametrize(("printed", "expected"), [("100.4", "arrondi"), ("101", "ecart")])
def test_a_bound_is_met_within_the_precision_of_print(printed: str, expected: str) -> None:
    page = Page()
    assert page.bound("b", page.put(printed, "0.5"), ["0"], ["100"]).verdicts()["b"].verdict == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("12.0", "exact"), ("12.04", "arrondi"), ("14.0", "ecart"), ("11.9", "arrondi"), ("11.5", "ecart")],
)
def test_the_rate_of_a_whole_follows_from_its_parts(printed: str, expected: str) -> None:
    """1 200 controls with 10.0 % and 800 with 15.0 % make 12.0 %."""
    page = Page()
    whole = page.put(printed, "0.05", "%")
    parts = [
        (page.put(rate, "0.05", "%"), page.put(count)) for rate, count in (("10.0", "1200"), ("15.0", "800"))
    ]
    assert page.mean("m", whole, parts).verdicts()["m"].verdict == expected


def test_a_weight_that_is_rounded_gives_way_on_both_sides() -> None:
    """The counts 1 000 and 1 000 may be 950 to 1 050 each: the mean of 0 and 100 lies within 47.5
    and 52.5.
    """
    for printed, expected in [("47.5", "arrondi"), ("47.4", "ecart"), ("52.5", "arrondi"), ("52.6", "ecart")]:
        page = Page()
        whole, rates = page.put(printed), [page.put("0"), page.put("100")]
        page.mean("m", whole, [(rate, page.put("1000", "50")) for rate in rates])
        assert page.verdicts()["m"].verdict == expected, printed


@pytest.mark.parametrize(("year", "expected"), [("24000", "exact"), ("310000", "ecart")])
def test_a_monthly_mean_and_its_year(year: str, expected: str) -> None:
    page = Page()
    page.mean("m", page.put("2000"), [])
    page._term("m", "moyenne_ponderee", "terme", page.put(year))
    page._term("m", "moyenne_ponderee", "base", "12")
    assert page.verdicts()["m"].verdict == expected


@pytest.mark.parametrize(("printed", "expected"), [("80", "exact"), ("85", "ecart"), ("130", "ecart")])
def test_an_attainment_is_the_result_over_its_objective(printed: str, expected: str) -> None:
    page = Page()
    page.quotient("a", "atteinte", page.put(printed, "0.5", "%"), page.put("200"), page.put("250"))
    assert page.verdicts()["a"].verdict == expected


def test_what_print_does_not_settle_is_a_doubt_and_never_a_finding() -> None:
    page = Page()
    page.total("deux", page.put("69"), [page.put("79")], "repetition").doubt(
        "projets retenus ; projets financés"
    )
    page.total("vu", page.put("70"), ["71"], "seconde_lecture")
    page.bound("rare", page.put("900"), ["1"], ["90"], "plausibilite")
    page.total("brouillon", page.put("7", revue="false"), [page.put("8")], "repetition")
    found = {key: verdict.verdict for key, verdict in page.verdicts().items()}
    assert found == {
        "deux": "a_rapprocher",
        "vu": "a_verifier",
        "rare": "a_verifier",
        "brouillon": "a_verifier",
    }
    assert not any(verdict.fails for verdict in page.verdicts().values())


def test_a_bound_needs_a_limit() -> None:
    page = Page()
    page.bound("b", page.put("5"))
    with pytest.raises(RelationRefused, match="no term of role 'maximum'"):
        page.read()
