"""The numbers of a running text: strings met in print with what each must give, and strings that hold no
number.
"""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.notation.tokens import in_parentheses, negated, quantities, spelled_value

READ = [
    # text, printed, value, unit
    ("soit 1\u202f204\u202f315,20 €", "1\u202f204\u202f315,20 €", "1204315.20", "EUR"),
    ("1'134'567 affiliés", "1'134'567", "1134567", None),
    ("primes : 2’245’678 €", "2’245’678 €", "2245678", "EUR"),
    ("3,2 Millions d'Euros", "3,2 Millions d'Euros", "3200000", "EUR"),
    ("4 MEUR", "4 MEUR", "4000000", "EUR"),
    ("1 900 kEUR", "1 900 kEUR", "1900000", "EUR"),
    ("1,4 Mrd €", "1,4 Mrd €", "1400000000", "EUR"),
    ("12 M€", "12 M€", "12000000", "EUR"),
    ("€ 11 300", "€ 11 300", "11300", "EUR"),
    ("EUR 1 150 000", "EUR 1 150 000", "1150000", "EUR"),
    ("45 000 CHF", "45 000 CHF", "45000", "CHF"),
    ("3,2 millions de dollars", "3,2 millions de dollars", "3200000", "USD"),
    ("6,2/1000 dossiers", "6,2/1000", "6.2", "pour_mille"),
    ("21,3 / 1 000", "21,3 / 1 000", "21.3", "pour_mille"),
    ("7,05 ‰", "7,05 ‰", "7.05", "pour_mille"),
    ("(980) k€", "(980) k€", "-980000", "EUR"),
    ("-14,6 Md€ : le solde", "-14,6 Md€", "-14600000000", "EUR"),
    ("\u2212 3,9 %", "\u2212 3,9 %", "-3.9", "%"),
    ("– 14 % sur l'optique", "14 %", "14", "%"),
    ("- 12 500 comptes ouverts depuis 2019", "12 500", "12500", None),
    ("- 12 500 visites par rapport à 2019", "12 500", "12500", None),
    ("12e sur 101", "12e", "12", "rang"),
    ("au 23ème rang sur 102", "23ème", "23", "rang"),
    ("multipliés par plus de 4.", "4", "4", "ratio"),
    ("5 minutes et 30 secondes", "5 minutes et 30 secondes", "5.5000", "minutes"),
    ("9 min 30 avant", "9 min 30", "9.5000", "minutes"),
    ("11 min 05 chacun", "11 min 05", "11.0833", "minutes"),
    ("5 min 30 personnes", "5 min", "5", "minutes"),
    ("30 secondes", "30 secondes", "30", "secondes"),
    ("1 850 m²", "1 850 m²", "1850", "m2"),
    ("deux millions d'euros", "deux millions d'euros", "2000000", "EUR"),
    ("cent cinquante mille euros", "cent cinquante mille euros", "150000", "EUR"),
    ("causes31,42 jours", "31,42 jours", "31.42", "jours"),
    ("Tarn11 350 dossiers", "11 350", "11350", None),
    ("1,2 M d'assurés", "1,2 M", "1200000", None),
]
NOTHING = ["C2S", "COVID19", "1 200.500", "T2A", "un avis", "1.0123.456", "9" * 40, "deuxième million"]


@pytest.mark.parametrize(("text", "printed", "value", "unit"), READ)
def test_print_is_read_with_what_belongs_to_it(text: str, printed: str, value: str, unit: str | None) -> None:
    found = next(iter(quantities(text)))
    assert (text[found.start : found.end], found.value, found.unit) == (printed, Decimal(value), unit)


@pytest.mark.parametrize("text", NOTHING)
def test_what_the_grammar_refuses_is_no_number_nor_two(text: str) -> None:
    assert list(quantities(text)) == []


@given(st.text(alphabet="0123456789 .,'-+%€()kMd\u00a0dune milo", max_size=60), st.booleans())
def test_no_text_raises_and_no_digit_is_read_twice(text: str, loose: bool) -> None:
    found = list(quantities(text, loose))
    assert all(isinstance(q.value, Decimal) and q.half_width >= 0 for q in found)
    assert all(a.digits_end <= b.digits_start for a, b in itertools.pairwise(found))


def test_a_column_of_money_reads_parentheses_as_negative() -> None:
    text = "Charges (9 980)"
    (found,) = quantities(text)
    assert in_parentheses(text, found) and not in_parentheses("(dont 9 980)", found)
    assert (negated(found).value, text[negated(found).start : negated(found).end]) == (
        Decimal(-9980),
        "(9 980)",
    )


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        ("deux", 2),
        ("vingt-cinq", 25),
        ("quatre-vingt-dix", 90),
        ("quatre-vingts", 80),
        ("soixante et onze", 71),
        ("deux cents", 200),
        ("cent cinquante mille", 150000),
        ("trois mille", 3000),
        ("mille", 1000),
    ],
)
def test_numbers_in_letters(spelled: str, value: int) -> None:
    assert spelled_value(spelled) == value
