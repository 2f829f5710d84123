"""A number that the draft does not read becomes a figure by a click; nothing else changes, and it can be
taken back.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.extraction.errors import ExtractionError
from orchestration.review.decisions import Stale
from orchestration.review.taking import Waiting, take_up, waiting_in
from tests.review.conftest import PRINTED, House, lay_out

DOUBTED = PRINTED + "\nPRÉVENTION\n\nLes ateliers ont réuni les familles (24) du quartier.\n"


@pytest.fixture
def doubted(tmp_path: Path) -> House:
    return lay_out(tmp_path, DOUBTED)


def waits(house: House, printed: str) -> Waiting:
    return next(one for one in waiting_in(house.dossier()) if printed in one.number.printed)


def test_a_number_set_aside_with_doubt_is_shown_with_its_line_and_reason(doubted: House) -> None:
    one = waits(doubted, "24")
    assert "les familles" in one.before and "peu sûre" in one.why
    assert not any(w.number.printed == "2022" for w in waiting_in(doubted.dossier()))  # a year, surely


def test_it_becomes_a_figure_to_review_and_nothing_else_changes(doubted: House) -> None:
    before, text = doubted.dossier(), doubted.template
    one = waits(doubted, "24")
    after = take_up(before, one.number.key, before.state, doubted.trail())
    added = [item for item in after.items if item.key not in {i.key for i in before.items}]
    assert [(str(item.value), item.reviewed, item.hole is not None) for item in added] == [
        ("24", False, True)
    ]
    assert {i.key: i.meaning for i in before.items}.items() <= {i.key: i.meaning for i in after.items}.items()
    assert after.set_aside == before.set_aside - 1
    doubted.trail().undo()
    assert doubted.template == text and waits(doubted, "24")


def test_what_is_gone_or_stale_is_refused(doubted: House) -> None:
    dossier = doubted.dossier()
    with pytest.raises(ExtractionError, match="aucun nombre n'attend"):
        take_up(dossier, "1-0", dossier.state, doubted.trail())
    with pytest.raises(Stale):
        take_up(dossier, waits(doubted, "24").number.key, "autre", doubted.trail())
