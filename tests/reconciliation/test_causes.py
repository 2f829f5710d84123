"""Causes are found by trying: each slip is planted in a sound table and must be named, with the
right value.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.reconciliation.causes import Diagnosis, diagnose_all, report_context
from tests.reconciliation.printed_tables import Page

LEAVES = {"nord": ("1482", "1375"), "sud": ("2913", "2604"), "est": ("864", "911"), "ouest": ("3357", "3190")}


def cross_table() -> Page:
    """Four rows, two years, a total per year and an evolution per row; every relation holds."""
    page = Page()
    years: dict[str, list[tuple[int, int]]] = {"2021": [], "2020": []}
    line = 10
    for row, (now, before) in {**LEAVES, "total": ("8616", "8080")}.items():
        role = "total" if row == "total" else "feuille"
        common = {"libelle": row, "indicateur_code": row, "role": role}
        new = page.put(now, ligne=line, colonne=10, periode_code="2021", **common)
        old = page.put(before, ligne=line, colonne=20, periode_code="2020", **common)
        grown = f"{(Decimal(now) / Decimal(before) - 1) * 100:.1f}"
        change = page.put(
            grown, "0.05", "%", ligne=line, colonne=30, nature="evolution", periode_code="2020/2021"
        )
        page.quotient(f"evolution_{row}", "evolution", change, new, old)
        years["2021"].append(new)
        years["2020"].append(old)
        line += 1
    for year, places in years.items():
        page.total(f"total_{year}", places[-1], places[:-1])
    return page


def misprint(page: Page, line: int, column: int, value: str) -> None:
    row = next(n for n in page.numbers if (n["ligne"], n["colonne"]) == (line, column))
    row["valeur"] = row["valeur_imprimee"] = value


def diagnoses(page: Page) -> dict[str, Diagnosis]:
    context = report_context(page.number_frame(), page.relation_frame())
    return {diagnosis.verdict.relation.key: diagnosis for diagnosis in diagnose_all(context)}


def test_the_sound_table_is_sound() -> None:
    assert diagnoses(cross_table()) == {}


@pytest.mark.parametrize(
    ("line", "column", "printed", "relation", "cause", "proposed"),
    [
        (10, 10, "1842", "total_2021", "chiffres_permutes", "1482"),
        (13, 20, "3910", "total_2020", "chiffres_permutes", "3190"),
        (11, 10, "2953", "total_2021", "chiffre_errone", "2913"),
        (12, 10, "8640", "total_2021", "echelle", "864"),
        (12, 20, "911000", "total_2020", "echelle", "911"),
        (11, 20, "-2604", "total_2020", "signe", "2604"),
        (10, 30, "-7.8", "evolution_nord", "signe", "7.8"),
        (14, 10, "8161", "total_2021", "cellule_designee", "8616"),
        (14, 10, "1686", "total_2021", "chiffres_echanges", "8616"),
        (10, 10, "1375", "total_2021", "cellule_designee", "1482"),
        (11, 10, "29132604", "total_2021", "cellules_collees", "2913"),
        (13, 10, "337", "total_2021", "chiffre_perdu", "3357"),
        (13, 10, "33557", "total_2021", "chiffre_en_trop", "3357"),
        (12, 30, "94.8", "evolution_est", "indice", "-5.2"),
        (10, 30, "7.2", "evolution_nord", "base_finale", "7.8"),
    ],
)
def test_a_planted_slip_is_named(
    line: int, column: int, printed: str, relation: str, cause: str, proposed: str
) -> None:
    page = cross_table()
    misprint(page, line, column, printed)
    found = diagnoses(page)[relation]
    assert (found.cause, found.suspect and found.suspect.place) == (cause, (line, column)), found
    assert found.proposed == Decimal(proposed)
    assert all(str(line) in text for text in [found.clause])


def test_exchanged_rows() -> None:
    page = cross_table()
    misprint(page, 10, 30, "11.9")
    misprint(page, 11, 30, "7.8")
    for key in ("evolution_nord", "evolution_sud"):
        assert diagnoses(page)[key].cause == "lignes_echangees"


def test_a_column_that_slipped_by_one_row() -> None:
    page = cross_table()
    printed = [
        str(next(n for n in page.numbers if (n["ligne"], n["colonne"]) == (i, 30))["valeur"])
        for i in range(10, 15)
    ]
    for line, value in zip(range(10, 15), printed[1:] + printed[:1], strict=True):
        misprint(page, line, 30, value)
    causes = [found.cause for found in diagnoses(page).values()]
    assert len(causes) == 5
    assert causes.count("lignes_decalees") >= 4


def test_a_total_that_forgets_or_doubles_a_part() -> None:
    for total, cause in [("5703", "partie_manquante"), ("11529", "partie_double")]:
        page = cross_table()
        page.relations = [row for row in page.relations if row["relation"] != "evolution_total"]
        misprint(page, 14, 10, total)
        found = diagnoses(page)["total_2021"]
        assert found.cause == cause
        assert "2913" in found.clause


def test_a_total_that_counts_a_stranger() -> None:
    page = Page()
    total = page.put("7777")
    page.total("t", total, [page.put("1500"), page.put("2500")])
    page.put("3777")
    assert diagnoses(page)["t"].cause == "partie_etrangere"


@pytest.mark.parametrize(
    ("printed", "half", "cause"),
    [("400", "0.5", "part_inversee"), ("75", "0.5", "part_complement"), ("33", "0.5", "part_du_reste")],
)
def test_shares_by_a_wrong_formula(printed: str, half: str, cause: str) -> None:
    page = Page()
    page.quotient("p", "part", page.put(printed, half, "%"), page.put("251"), page.put("1004"))
    assert diagnoses(page)["p"].cause == cause


def test_a_share_of_another_base() -> None:
    page = Page()
    result = page.put("47.2", "0.05", "%")
    term, base = (
        page.put("512", ligne=9),
        page.put("1400", ligne=20, indicateur_code="base", periode_code="2021"),
    )
    page.put("1085", ligne=20, colonne=12, indicateur_code="base", periode_code="2020")
    found = diagnoses(page.quotient("p", "part", result, term, base))["p"]
    assert found.cause == "autre_base"
    assert "1085" in found.clause


def test_one_cell_where_two_totals_cross() -> None:
    """No single slip leads from 700 to 864, but both directions of the table ask for it."""
    page = cross_table()
    misprint(page, 12, 10, "700")
    found = diagnoses(page)["total_2021"]
    assert (found.cause, found.proposed) == ("cellule_designee", Decimal(864))
    assert set(found.restored) == {"evolution_est", "total_2021"}


def test_what_nothing_explains_is_said_to_be_unknown() -> None:
    page = Page()
    page.quotient("e", "evolution", page.put("3.3", "0.05", "%"), page.put("1482"), page.put("1375"))
    found = diagnoses(page)["e"]
    assert (found.cause, found.suspect) == ("inconnue", None)
    assert len(found.rivals) == 3


def test_a_correction_that_breaks_a_relation_is_refused() -> None:
    """1842 for 1482 would repair the total, but the evolution of the row confirms 1842."""
    page = cross_table()
    misprint(page, 10, 10, "1842")
    misprint(page, 10, 30, "34.0")
    found = diagnoses(page)["total_2021"]
    assert found.suspect is None or found.suspect.place != (10, 10)
    assert (10, 10) not in found.rivals


def test_the_end_of_another_row_copied_into_a_total() -> None:
    page = Page()
    page.total("t", page.put("57613243"), [page.put("43001109"), page.put("14612243")])
    found = diagnoses(page)["t"]
    assert (found.cause, found.rivals) == ("inconnue", ((1, 0), (3, 0)))


@pytest.mark.parametrize(
    ("printed", "cause"), [("5.15", "arrondi_fautif"), ("4.91", "base_finale"), ("5.61", "chiffres_permutes")]
)
def test_a_last_digit_off_is_not_a_slip_of_the_hand(printed: str, cause: str) -> None:
    page = Page()
    result = page.put(printed, "0.005", "%")
    page.quotient("e", "evolution", result, page.put("3611947803", "0.5"), page.put("3434693740", "0.5"))
    assert diagnoses(page)["e"].cause == cause


def test_an_upper_sum_confirms_a_total_so_that_nothing_is_named_against_it() -> None:
    """The grand total confirms the total, other prints confirm its parts: one of them is wrong, and print
    does not say which.
    """
    page = Page()
    parts = [page.put("554"), page.put("1674"), page.put("18")]
    wrong, other = page.put("2446"), page.put("5123")
    page.total("t", wrong, parts).total("grand", page.put("7569"), [wrong, other])
    for key, part, value in zip("abc", parts, ["554", "1674", "18"], strict=True):
        page.total(key, page.put(value), [part], "repetition")
    found = diagnoses(page)["t"]
    assert (found.cause, found.suspect) == ("inconnue", None)
    assert "contredire" in found.evidence


@pytest.mark.parametrize(
    ("printed", "least", "most", "told"),
    [("104", [], ["100"], "au plus 100"), ("12", ["16"], ["75"], "au moins 16")],
)
def test_a_bound_says_that_a_figure_is_wrong_and_not_what_it_is(
    printed: str, least: list[str], most: list[str], told: str
) -> None:
    page = Page()
    page.bound("borne", page.put(printed), least, most)
    found = diagnoses(page)["borne"]
    assert told in found.clause and found.cause == "cellule_designee"
    assert "ailleurs" not in found.evidence


def test_the_same_error_printed_twice_is_corrected_twice() -> None:
    page = Page()
    new, old = page.put("19947"), page.put("5985")
    first, second = page.put("33.3", "0.05", "%"), page.put("33.3", "0.05", "%")
    page.quotient("a", "evolution", first, new, old).quotient("b", "evolution", second, new, old)
    page.total("r", first, [second], "repetition")
    found = diagnoses(page)["a"]
    assert (found.cause, found.proposed) == ("chiffre_perdu", Decimal("233.3"))
    assert diagnoses(page)["b"].group == found.group


def test_an_evolution_of_other_years() -> None:
    page = Page()
    years = [page.put(value, "0.5", indicateur_code="charges", periode_code=str(2019 + i))
             for i, value in enumerate(["3611947803", "3995068262", "4012303093"])]  # fmt: skip
    page.quotient("e", "evolution", page.put("0.4", "0.05", "%"), years[1], years[0])
    found = diagnoses(page)["e"]
    assert (found.cause, found.proposed) == ("autre_base", Decimal("10.6"))
    assert "4012303093" in found.clause


def test_a_figure_that_is_meant_to_be_repeated_is_no_suspect() -> None:
    page = Page()
    rate, again = page.put("88.60", "0.005", "%"), page.put("88.60", "0.005", "%")
    page.total("r", again, [rate], "repetition")
    page.quotient("e", "evolution", page.put("-3.5", "0.05", "points"), rate, page.put("91.5", "0.05", "%"))
    assert diagnoses(page)["e"].cause == "inconnue"


@pytest.mark.parametrize(
    ("total", "first", "second", "suspect"),
    [
        ("545040", "440000", "105000", "545040"),  # a round amount among round ones is not the wrong one
        ("545000", "440040", "105000", "440040"),
        ("545041", "440017", "105023", None),  # nothing is round here: nothing is named
        ("96", "41", "53", None),
    ],
)
def test_round_amounts_speak_for_themselves(total: str, first: str, second: str, suspect: str | None) -> None:
    page = Page()
    page.total(
        "s", page.put(total, unite="EUR"), [page.put(first, unite="EUR"), page.put(second, unite="EUR")]
    )
    found = diagnoses(page).get("s")
    assert (found and found.suspect and found.suspect.printed) == suspect


def test_two_prints_of_one_figure_are_one_figure() -> None:
    """What is rounder or smaller hardly tells which of two prints is wrong."""
    page = Page()
    page.total("r", page.put("951"), [page.put("251")], "repetition")
    assert diagnoses(page)["r"].suspect is None


def test_rows_exchanged_in_two_columns_are_one_error() -> None:
    """Counts and their evolutions stand in each other's rows; a text beside says which rows are meant."""
    page = Page()
    for line, counted, before, grown in ((10, "1512", "2050", "-7.8"), (11, "1903", "1640", "-7.2")):
        new = page.put(counted, ligne=line, colonne=10, bloc="t", periode_code="2020")
        old = page.put(before, ligne=line, colonne=20, bloc="t", periode_code="2019")
        change = page.put(grown, "0.05", "%", ligne=line, colonne=30, bloc="t", nature="evolution")
        page.quotient(f"e{line}", "evolution", change, new, old)
        again = page.put("1903" if line == 10 else "1512", ligne=line + 80, colonne=0, bloc="u")
        page.total(f"r{line}", new, [again], "repetition")
    found = diagnoses(page)
    assert len(found) == 4
    assert {(d.cause, d.group, len(d.corrections or ())) for d in found.values()} == {
        ("lignes_echangees", "cpam_essai_2021:l10+11", 4)
    }


def test_a_letter_among_digits_accuses_no_figure() -> None:
    page = Page()
    read = page.put("50")
    page.total("b/repetition/n=lettre(O)", read, ["5"], "repetition")
    assert [(d.cause, d.suspect) for d in diagnoses(page).values()] == [("lettre_pour_chiffre", None)]


def test_a_short_number_that_no_digit_mends_is_no_rival() -> None:
    """660 is printed for 620 + 27 + 3: the 3 would have to be 13, which no one digit makes of it."""
    page = Page()
    total, first, second = page.put("660"), page.put("620"), page.put("27")
    page.total("s", total, [first, second, page.put("3")])
    assert set(diagnoses(page)["s"].rivals) == {total, first, second}


def test_a_misprinted_heading_accuses_no_figure() -> None:
    """A column read otherwise than its heading says: the heading is the finding, the figures stay as sure."""
    page = cross_table()
    page.total("b/repetition/n=intitule(m)", (10, 10), [(11, 10)], "repetition")
    assert [(d.cause, d.suspect) for d in diagnoses(page).values()] == [("intitule_errone", None)]
    misprint(page, 12, 10, "964")
    found = diagnoses(page)
    assert found.pop("b/repetition/n=intitule(m)").cause == "intitule_errone"
    assert {(d.cause, d.suspect and d.suspect.place) for d in found.values()} == {
        ("chiffre_errone", (12, 10))
    }


def test_a_heading_that_says_what_stands_under_it_is_no_finding() -> None:
    page = cross_table()
    page.total("b/repetition/n=intitule(m)", (10, 10), [(10, 10)], "repetition")
    assert diagnoses(page) == {}


TWO_COLUMNS = [("6120", "6012"), ("2310", "2274"), ("1480", "1459"), ("5270", "5191"), ("3940", "3880")]


def two_columns(*, units: str = "nombre") -> Page:
    """Five rows whose two columns keep step; only the first column has its total."""
    page = Page()
    rows = [
        (page.put(new, unit=units, ligne=i, colonne=5), page.put(old, ligne=i, colonne=20))
        for i, (new, old) in enumerate(TWO_COLUMNS, 10)
    ]
    total = sum(int(new) for new, _ in TWO_COLUMNS)
    page.total("t", page.put(str(total), unit=units, ligne=20, colonne=5), [new for new, _ in rows])
    return page


def test_the_row_decides_between_figures_that_one_digit_would_mend() -> None:
    page = two_columns()
    misprint(page, 11, 5, "7310")
    found = diagnoses(page)["t"]
    assert (found.cause, found.proposed) == ("chiffre_errone", Decimal("2310"))
    assert found.suspect and found.suspect.place == (11, 5)
    assert "« 2274 » (ligne 11)" in found.evidence


def test_where_no_row_can_be_compared_nothing_is_named() -> None:
    page = two_columns(units="EUR")
    misprint(page, 11, 5, "7310")
    assert diagnoses(page)["t"].cause == "inconnue"


def test_a_last_digit_within_the_usual_step_names_nothing() -> None:
    """2 313 in a column of 19 123, printed 2 317: neither is rounder than the other."""
    page = two_columns()
    misprint(page, 20, 5, "19123")
    misprint(page, 11, 5, "2317")
    assert diagnoses(page)["t"].cause == "inconnue"


def test_the_other_years_of_a_figure_decide() -> None:
    page = Page()
    kinds = [("a", "4130", "4050"), ("b", "5260", "5310")]
    parts = []
    for i, (code, now, before) in enumerate(kinds):
        parts.append(page.put(now, ligne=10 + i, indicateur_code=code, periode_code="2021"))
        page.put(before, ligne=30 + i, indicateur_code=code, periode_code="2020", bloc="autre")
    page.total("t", page.put("9390", ligne=15, indicateur_code="t", periode_code="2021"), parts)
    misprint(page, 10, parts[0][1], "1130")
    found = diagnoses(page)["t"]
    assert (found.suspect and found.suspect.place, found.proposed) == (parts[0], Decimal("4130"))


@pytest.mark.parametrize(("left", "right"), [("17", "20"), ("16", "15")])
def test_a_print_beside_one_of_equal_precision_is_mended_by_that_print_alone(left: str, right: str) -> None:
    page = Page()
    first, again = page.put(left, "0.5", "jours"), page.put(right, "0.5", "jours")
    page.total("r", first, [again], "repetition")
    page.total("s", again, [page.put(right, "0.5", "jours")], "repetition")
    found = diagnoses(page)["r"]
    assert (found.suspect and found.suspect.place, found.proposed) == (first, Decimal(right))


@pytest.mark.parametrize(("part", "named"), [("3500", True), ("3000", False)])
def test_a_part_speaks_for_the_print_of_its_whole_that_holds_it(part: str, named: bool) -> None:
    page = Page()
    whole, again = page.put("8130", bloc="a"), page.put("3130", bloc="b")
    page.total("r", again, [whole], "repetition").bound("b", page.put(part, bloc="c"), most=[whole])
    found = diagnoses(page)["r"]
    assert (found.named, found.suspect and found.suspect.place) == (named, again if named else None)


def test_a_rate_that_was_cut_off_does_not_clear_the_figure_that_it_is_made_of() -> None:
    page = Page()
    told, again = page.put("249903", bloc="a"), page.put("249203", bloc="b")
    page.total("r", again, [told], "repetition")
    page.quotient("p", "part", page.put("85", "0.5", "%"), told, page.put("290775"))
    assert page.verdicts()["p"].truncated
    assert diagnoses(page)["r"].cause == "inconnue"


@pytest.mark.parametrize(("total", "suspect"), [("5084", (11, 5)), ("5093", None)])
def test_a_gap_to_be_reconciled_speaks_for_the_figure_that_mends_it(
    total: str, suspect: tuple[int, int] | None
) -> None:
    """The evolution alone could be wrong as well as its year; the sum, of unsettled scope, wants the year."""
    page = Page()
    now, before = page.put("2610", ligne=11, colonne=5), page.put("2470", ligne=11, colonne=15)
    change = page.put("2.0", "0.05", "%", ligne=11, colonne=25, nature="evolution")
    page.quotient("e", "evolution", change, now, before)
    page.total("t", page.put(total, ligne=20, colonne=5), [now, page.put("2564", ligne=12, colonne=5)])
    page.doubt("« ville » ; « total »")
    found = diagnoses(page)["e"]
    assert (found.suspect and found.suspect.place) == suspect
