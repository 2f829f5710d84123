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
