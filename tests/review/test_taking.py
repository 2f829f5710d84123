"""A number that the draft does not read becomes a figure by a click; nothing else changes, and it can be
taken back.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.discovery.bring import REVIEW
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import load_report, read_extract
from orchestration.review.decisions import Decision, Stale, decide
from orchestration.review.desk import Desk
from orchestration.review.guard import TokenGuard
from orchestration.review.taking import Waiting, put_aside, take_up, waiting_in
from tests.review.conftest import CODE, PRINTED, House, lay_out

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


LEFT = (
    PRINTED
    + """
LES PLIS

3 118 plis ont été reçus. 104 % des plis ont été traités dans un délai de 12 jours.
"""
)


@pytest.mark.parametrize("reason", ["age_ou_seuil", "anecdote"])
def test_a_number_that_nothing_reads_is_set_aside_by_a_click_and_taken_back(
    tmp_path: Path, reason: str
) -> None:
    house = lay_out(tmp_path, LEFT)
    before, text = house.dossier(), house.template
    one = waits(house, "12")
    assert not one.number.reason and before.left == 1
    after = put_aside(before, one.number.key, reason, before.state, house.trail())
    assert (after.left, after.set_aside) == (0, before.set_aside + 1)
    assert f"motif: {reason}" in house.template
    house.trail().undo()
    assert house.template == text
    with pytest.raises(ExtractionError, match="« hasard » n'est pas un motif"):
        put_aside(house.dossier(), one.number.key, "hasard", house.dossier().state, house.trail())


def test_a_number_that_nothing_reads_becomes_a_figure_as_printed(tmp_path: Path) -> None:
    house = lay_out(tmp_path, LEFT)
    before = house.dossier()
    after = take_up(before, waits(house, "12").number.key, before.state, house.trail())
    assert after.left == 0
    known = {item.key for item in before.items}
    assert [str(item.value) for item in after.items if item.key not in known] == ["12"]


SPLIT = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

1 204 visites à l'accueil (1 310 en 2021)

La maîtrise médicalisée a généré 5,2
M€ d'économies, soit 103,4 % de l'objectif.

42 assistants médicaux financés, pour un objectif de 50
390 k€ d'aides à l'installation

L'appel a duré en moyenne 5 minutes et 12 secondes cette année.
"""


@pytest.mark.parametrize(
    ("printed", "value"), [("5,2 M€", "5200000"), ("390 k€", "390000")], ids=["on the next line", "beside"]
)
def test_a_number_is_a_figure_with_its_scale_and_unit(tmp_path: Path, printed: str, value: str) -> None:
    """Where the draft does not read it, a click takes it up."""
    house = lay_out(tmp_path, SPLIT)
    dossier, digits = house.dossier(), printed.split()[0]
    if waits := [one.number for one in waiting_in(dossier) if one.number.printed == digits]:
        dossier = take_up(dossier, waits[0].key, dossier.state, house.trail())
    taken = next(item for item in dossier.items if item.printed.startswith(digits))
    assert (taken.printed, taken.value, taken.meaning["unite"]) == (printed, Decimal(value), "EUR")


def test_minutes_and_seconds_are_one_number_of_a_draft(tmp_path: Path) -> None:
    items = lay_out(tmp_path, SPLIT).dossier().items
    assert [(i.value, i.meaning["unite"]) for i in items if i.line == 14] == [(Decimal("5.2"), "minutes")]


def test_what_is_set_aside_stays_so_in_the_extract_and_leaves_the_list(tmp_path: Path) -> None:
    """Rules set a threshold aside, and the second reading may take it back; not what a person says."""
    house = lay_out(tmp_path, SPLIT.replace("103,4 % de l'objectif", "100 % de l'objectif"))
    desk = Desk(house.settings, TokenGuard(()))
    dossier = desk.dossier(CODE)
    listed = (house.folder / REVIEW).read_text(encoding="utf-8")
    one = next(item for item in dossier.items if item.printed == "100 %")
    trail = house.trail()
    parts = (Decision((one.key,), aside="age_ou_seuil"),)
    assert parts[0].told(dossier.catalogue) == "1 chiffre : mis de côté (âge ou seuil)"
    desk.keep(decide(dossier, Decision((), parts=parts), dossier.state, trail), trail)
    numbers = read_extract(load_report(house.folder)).numbers
    rows = {row["valeur_imprimee"]: row["statut"] for row in numbers.iter_rows(named=True)}
    assert rows["100"] == "ecarte" and "100" in listed
    left = (house.folder / REVIEW).read_text(encoding="utf-8")
    assert left.count("\n") == listed.count("\n") - 1 and trail.steps()[-1].said.endswith("(« 100 % »)")
