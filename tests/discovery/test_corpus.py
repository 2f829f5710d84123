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
