"""Reading without a template, measured on invented excerpts of other bodies and years: every layout reaches
the goals.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.discovery.figures import discover
from tests.discovery.scoring import (
    MEASURES,
    Excerpt,
    Expected,
    Score,
    document_of,
    excerpts,
    score,
    score_all,
)

GOALS = {
    "found": 0.97,
    "value": 0.98,
    "unit": 0.98,
    "period": 0.95,
    "label": 0.93,
    "nature": 0.95,
    "body": 0.9,
}
MOST_WRONG = 0.02


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return score_all()


def test_every_layout_reaches_the_goals(scores: dict[str, Score], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print()
        for layout, one in scores.items():
            print(f"  {layout:8} {one}")
    missed = [
        f"{layout}: {m} {one.share(m):.1%}"
        for layout, one in scores.items()
        for m in MEASURES
        if one.share(m) < GOALS[m]
    ]
    missed += [
        f"{layout}: wrong {one.share('wrong'):.1%}"
        for layout, one in scores.items()
        if one.share("wrong") > MOST_WRONG
    ]
    assert not missed, "\n".join([*missed, *scores["all"].faults])


@pytest.mark.parametrize(
    ("head", "unit", "rows"),
    [
        ("Dépenses (€)", "EUR", "Médecine      204\nDentaire      300\n"),
        ("Dépenses en milliers d'euros", "EUR", "Médecine | 204\nDentaire | 300\n"),
        ("RÉPARTITION (EN %)", "%", "Poste | 2022 | 2023\nMédecine | 12 | 13\n"),
    ],
)
@pytest.mark.parametrize("blank", ["", "\n"])
def test_the_unit_of_a_head_ends_with_its_table(head: str, unit: str, rows: str, blank: str) -> None:
    """What follows the rows, and whether it is still of their table."""
    counts = [
        "Dossiers reçus en 2023 : 45",
        "• Dossiers reçus en 2023 : 45",
        "Nous avons reçu 45 dossiers.",
        "45 dossiers reçus",
        *(["Dossiers reçus\n45"] if blank else []),
    ]
    sep = " | " if "|" in rows else "      "
    more = sep.join(["", *["45"] * rows.splitlines()[-1].count(sep)])
    of_table = [f"Total{more}", f"Optique{more}", f"Hors plafond\n\nOptique{more}"]
    for said, expected in [*((text, "nombre") for text in counts), *((text, unit) for text in of_table)]:
        found = discover(document_of(f"{head}\n\n{rows}{blank}{said}\n"), "2023")
        assert [f.unit for f in found if f.printed == "45"] == [expected] * max(1, said.count("45")), said


@pytest.mark.parametrize(
    "text",
    [
        "Dépenses, en milliers d'euros :\n• Médecine : 204\n• Dentaire : 45\n",
        "Dépenses (€)\n\nMédecine      204\nDentaire      300\nSoins infirmiers et autres 45\n",
        "Dépenses (€)\n\nMédecine      204\nDentaire      300\n\nTotal : 45\n",
        "Dépenses (€)\n\nMédecine      204      12\n\nT2A      300      45\n",
        "Dépenses (€)\n\nMédecine      204\n\nRecettes (€)\n\nCotisations : 45\n",
    ],
)
def test_a_list_a_tight_row_and_a_total_keep_the_unit_of_their_head(text: str) -> None:
    assert [f.unit for f in discover(document_of(text), "2023")][-1] == "EUR"


_ACTORS = """\
Tableau 2 : bilan par acteur

            Dossiers   Montant
Acteur
             traités       (€)

Assurés           58    20 400

"""
_CARDS = "Tableau 1 : équipe au 31 décembre\n\n           2021   2022\n\nFemmes      492    512\n\n"
_CHARGES = "TITRE\n\n{} : charges de gestion de la caisse, en tout, en milliers d'euros{}\n\n"
_RATES = "Tableau 1 : atteinte par axe, en %\n\nAxe        2021    2022\n\nAccueil    90,4   {}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # a label that wraps around its numbers; its words in front of them, and one number a column
        (f"{_ACTORS}Taxis et\n                  78     2 459\nambulances\n",
         "2 459 EUR 2022 Taxis et ambulances | Montant | Tableau : bilan par acteur"),
        (f"{_ACTORS}Les taxis et transports\n                  78     2 459\nen tout\n",
         "2 459 nombre 2022 en tout | Les taxis et transports"),
        (f"{_ACTORS}Taxis et\n                  78     2 459      12\nambulances\n",
         "12 nombre 2022 ambulances | Taxis"),
        # the column of labels is named halfway down a head of three lines: no title
        (_ACTORS, "20 400 EUR 2022 Assurés | Montant | Tableau : bilan par acteur"),
        ("Primes\n\nActeur    Montant\n\nAssurés      204\n", "204 EUR 2022 Assurés | Montant | Primes"),
        # a rate above the whole has a decimal, a count in its column has none
        (_RATES.format("101,2"), "101,2 % 2022 Accueil | Tableau : atteinte par axe"),
        (_RATES.format("  101"), "101 nombre 2022 Accueil | Tableau : atteinte par axe"),
        (_RATES.format("901,2"), "901,2 nombre 2022 Accueil | Tableau : atteinte par axe"),
        # a raised digit in a unit
        ("              Unité   2021     2022\n\nSurface          m²   16 505   17 165\n",
         "17 165 m2 2022 Surface"),
        # boxes side by side below a table are none of its rows; cells without words below are
        (f"{_CARDS}47,1 ans          17,1 ans\nd'âge moyen     d'ancienneté\n",
         "17,1 ans ans 2022-12-31 ancienneté"),
        (f"{_CARDS}47,1 ans          17,1 ans\n", "17,1 ans ans 2022-12-31 Tableau : équipe au 31 décembre"),
        # the date of a table ends with it
        (f"{_CARDS}Tableau 2 : mouvements\n\n      2021   2022\n\nDéparts  4     7\n\n"
         "47,1 ans          17,1 ans\nd'âge moyen     d'ancienneté\n", "17,1 ans ans 2022 ancienneté"),
        # a numbered caption is a title however long, a sentence is none
        (_CHARGES.format("Tableau 21", "") + "Nature    2021   2022\n\nLoyers     852    999\n",
         "999 EUR 2022 Loyers | Tableau : charges de gestion de la caisse, en tout, en milliers d'euros"),
        (_CHARGES.format("Tableau 21", ".") + "Nature    2021   2022\n\nLoyers     852    999\n",
         "999 EUR 2022 Loyers | TITRE"),
        # a day whose month stands below it in its cell; a count above a month is none
        ("82 874               623\nrattachés à la       salariés au 31\ncaisse               décembre\n\n"
         "2,36 Md€              14,8 M\nremboursés            de décomptes\n",
         "14,8 M nombre 2022 décomptes"),
        ("rattachés à la       salariés au 31\ncaisse               en tout\n",
         "31 nombre 2022 rattachés à la salariés"),
    ],
)  # fmt: skip
def test_a_table_and_the_boxes_below_it_each_keep_their_own(text: str, told: str) -> None:
    last = discover(document_of(text), "2022")[-1]
    assert f"{last.printed} {last.unit} {last.period} {last.label}" == told


def test_the_corpus_is_large_and_varied() -> None:
    known = list(excerpts())
    assert len(known) >= 120
    assert sum(len(e.figures) for e in known) >= 500
    assert len({e.year for e in known}) >= 10


def test_the_measure_sees_a_fault() -> None:
    wrong = Expected(0, "12", Decimal(13), "jours", "2019", ("absent",))
    result = score(Excerpt("twin", "x", "2020", document_of("12 dossiers et 5 recours\n"), (wrong,)))
    assert result.hits == {"found": 1, "value": 0, "unit": 0, "period": 0, "label": 0, "nature": 1, "body": 1}
    assert result.wrong == 1


def test_addresses_point_at_the_ink() -> None:
    document = document_of("Bilan\n  • 3 456 visites\n")
    (figure,) = discover(document, "2020")
    assert (figure.ligne, figure.colonne, figure.printed) == (2, 4, "3 456")
