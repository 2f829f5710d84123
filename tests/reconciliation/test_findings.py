"""Findings: French sentences that name places and numbers, severity by effect, the frame for the
warehouse.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.reconciliation.findings import DIAGNOSTIC_COLUMNS, diagnostics_frame, find, findings_of
from orchestration.reconciliation.wording import at_print, count_words, french_value, listed
from tests.reconciliation.printed_tables import Page


def total_page(
    total: str, parts: list[str], half: str = "0", unit: str = "nombre", report: str = "cpam_essai_2021"
) -> Page:
    page = Page(report)
    result = page.put(total, half, unit, role="total")
    return page.total("t", result, [page.put(part, half, unit) for part in parts])


def quotient_page(nature: str, result: str, term: str, base: str) -> Page:
    page = Page()
    return page.quotient("q", nature, page.put(result, "0.05", "%"), page.put(term), page.put(base))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (
            total_page("1 012".replace(" ", ""), ["400", "621"]),
            ["Le total « 1012 » (ligne 1)", "1\u202f021", "-9", "l'un de ces nombres est faux"],
        ),
        (
            quotient_page("part", "17.3", "273", "1000"),
            ["La part", "27,3\u202f%", "rapporté à", "-10\u202fpoints"],
        ),
        (
            quotient_page("evolution", "-12.0", "112", "100"),
            ["L'évolution", "12\u202f%", "après", "signe inversé"],
        ),
        (Page().total("r", (1, 0), [(2, 0)], "repetition"), ["est imprimé autrement ailleurs"]),
        (Page().total("f", (1, 0), [(2, 0)], "flux"), ["d'après"]),
        (Page().total("n", (1, 0), ["5"], "effectif_annonce"), ["annoncés, 5 énumérés"]),
        (
            Page().total(
                "b/effectif_annonce/n=effectif(lettresaprès«soit»)", (1, 0), ["5"], "effectif_annonce"
            ),
            ["ne s'accorde pas avec le nombre écrit en lettres dans sa phrase, 5 :"],
        ),
        (quotient_page("ratio", "9.5", "10", "4"), ["divisé par", "2,5"]),
        (Page().total("s", "100", [(1, 0), (2, 0)]), ["fait 1\u202f677", "elle devrait faire 100"]),
        (Page().total("m", "3", [(1, 0)], "repetition"), ["« 816 » (ligne 1) ne s'accorde pas avec 3"]),
    ],
)
def test_sentences(page: Page, words: list[str]) -> None:
    if not page.numbers:
        page.put("816")
        page.put("861")
    (finding,) = find(page.number_frame(), page.relation_frame())
    assert "\n" not in finding.explanation
    for word in words:
        assert word in finding.explanation, finding.explanation


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (total_page("100009", ["48000", "52000"]), "faible"),
        (total_page("102000", ["48000", "52000"]), "moyenne"),
        (total_page("130000", ["48000", "52000"]), "forte"),
        (quotient_page("part", "27.9", "273", "1000"), "faible"),
        (quotient_page("part", "29.9", "273", "1000"), "moyenne"),
        (quotient_page("part", "47.9", "273", "1000"), "forte"),
        (quotient_page("evolution", "3.1", "1082", "1000"), "moyenne"),
        (quotient_page("evolution", "-8.2", "1082", "1000"), "forte"),
        (quotient_page("evolution", "-0.4", "1004", "1000"), "moyenne"),
    ],
)
def test_severity_follows_the_effect(page: Page, expected: str) -> None:
    (finding,) = find(page.number_frame(), page.relation_frame())
    assert finding.severity == expected, finding


def test_a_leaf_that_other_relations_prove_wrong_weighs_more_than_a_total() -> None:
    severities = []
    for total, leaf in [("10000", "5300"), ("10300", "5000")]:
        page = Page()
        parts = [page.put("4000"), page.put(leaf), page.put("1000")]
        page.total("t", page.put(total, role="total"), parts)
        page.quotient("p", "part", page.put("50.0", "0.05", "%"), parts[1], page.put("10000", ligne=40))
        severities.append({f.relation: f.severity for f in find(*_frames(page))}["t"])
    assert severities == ["forte", "moyenne"]


def test_findings_come_most_severe_first() -> None:
    page = total_page("100009", ["50000", "50000"])
    page.quotient("q", "part", page.put("80.0", "0.05", "%"), page.put("273"), page.put("1000"))
    assert [finding.relation for finding in find(page.number_frame(), page.relation_frame())] == ["q", "t"]


def test_the_gap_has_two_digits_more_than_print() -> None:
    (finding,) = find(*_frames(quotient_page("evolution", "5.0", "3611947803", "3434693740")))
    assert finding.gap == Decimal("-0.161")
    (finding,) = find(*_frames(total_page("1012", ["400", "621"])))
    assert finding.gap == Decimal(-9)


def _frames(page: Page):
    return page.number_frame(), page.relation_frame()


def test_diagnostics_are_text_and_cover_every_report() -> None:
    import polars as pl

    pages = [total_page("1012", ["400", "621"], report="a"), total_page("9", ["4", "4"], report="b")]
    pages.append(total_page("8", ["4", "4"], report="sain"))
    numbers = pl.concat([page.number_frame() for page in pages])
    relations = pl.concat([page.relation_frame() for page in pages])
    frame = diagnostics_frame(findings_of(numbers, relations))
    assert tuple(frame.columns) == DIAGNOSTIC_COLUMNS
    assert frame.schema == dict.fromkeys(DIAGNOSTIC_COLUMNS, pl.String)
    assert frame["rapport_code"].to_list() == ["a", "b"]
    assert frame["valeur_proposee"].to_list() == ["", ""]
    assert {finding.report for finding in findings_of(numbers, relations)} == {"a", "b"}


def test_no_discrepancy_gives_an_empty_frame_of_the_same_shape() -> None:
    frame = diagnostics_frame(findings_of(*_frames(total_page("8", ["4", "4"]))))
    assert frame.height == 0
    assert tuple(frame.columns) == DIAGNOSTIC_COLUMNS


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("4012303093.75", "EUR", "4\u202f012\u202f303\u202f093,75\u202f€"),
        ("-49.0", "%", "-49\u202f%"),
        ("1E+3", "nombre", "1\u202f000"),
        ("0.00", "", "0"),
    ],
)
def test_numbers_in_french(value: str, unit: str, text: str) -> None:
    assert french_value(Decimal(value), unit) == text


def test_lists_and_counts() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b et c"
    assert listed(list("abcd"), limit=2) == "a, b et 2 autres"
    assert count_words(1, "ligne") == "1 ligne"
    assert count_words(3, "ligne") == "3 lignes"


def test_a_value_at_the_precision_of_print() -> None:
    page = Page()
    page.put("1800000", "50000")
    page.total("t", (1, 0), ["1800000"])
    number = page.read()[0].result.number
    assert number is not None
    assert at_print(Decimal("1749000"), number) == Decimal("1700000")
