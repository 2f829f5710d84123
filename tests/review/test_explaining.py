"""A contradiction of the report is explained in the page, and the register of findings holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.commands.register import extract_frames
from orchestration.reconciliation.findings import findings_of
from orchestration.reconciliation.register import REGISTER, check_register, entries_by_report
from tests.review.conftest import CODE, House, lay_out, serving
from tests.review.test_requests import COOKIE, ask

#: One count is printed twice, with one digit off.
PRINTED = """\
CPAM du Gers
Rapport d'activité 2022

CHIFFRES CLÉS

1 204 visites à l'accueil

ACCUEIL

1 304 visites à l'accueil en 2022
"""
BECAUSE = "L'encadré donne 1 204 visites et le texte <1 304>."
#: Another report's entry, written by hand: it keeps its writing.
HEAD = """\
# A note of the house.
constats:
"""
OTHER = """\
- cle: cpam_var_2021:t
  rapport: cpam_var_2021   # by hand
  relation: t
  ecart: '-9'
  explication: Deux chiffres du total sont permutés dans le rapport.
  cause: chiffres_permutes
  gravite: faible
  date: '2021-12-31'
"""


CAUSE = (("cause", "chiffre_errone"), ("gravite", "forte"))


def post(house: House, host: str, action: str, *said: tuple[str, str]) -> tuple[int, str]:
    own = {**COOKIE, "Origin": f"http://{host}"}
    return ask(host, "POST", f"/rapport/{CODE}/{action}", own, [("etat", house.dossier().state), *said])


@pytest.fixture
def contradicted(tmp_path: Path) -> Iterator[tuple[House, str, Path]]:
    """A house whose two reviewed figures contradict each other, the address of its pages, its register."""
    house = lay_out(tmp_path, PRINTED)
    register = tmp_path / "expectations" / REGISTER.name
    register.parent.mkdir()
    register.write_text(HEAD + OTHER, encoding="utf-8")
    figures = [("chiffre", item.key) for item in house.dossier().items]
    with serving(house) as host:
        assert "contradictions" not in shown(host)
        decision = [("indicateur", "visites_accueil"), ("geste", "lire"), ("malgre", "oui")]
        assert post(house, host, "decider", *figures, *decision)[0] == 303
        yield house, host, register


def shown(host: str) -> str:
    return ask(host, "GET", f"/rapport/{CODE}", COOKIE)[1]


def asked(host: str) -> list[str]:
    return re.findall(r'name="relation" value="([^"]+)"', shown(host))


def test_a_contradiction_is_explained_in_the_page(contradicted: tuple[House, str, Path]) -> None:
    house, host, register = contradicted
    (relation,) = asked(host)
    assert "1 contradiction du rapport à expliquer" in shown(host)
    for key, words in ((relation, "faute <b>"), ("x/y", BECAUSE)):
        status, page = post(house, host, "constat", ("relation", key), ("explication", words), *CAUSE)
        assert status == 422
        assert ("faute &lt;b&gt;</textarea>" in page) == (key == relation)  # what was written is kept
    assert register.read_text(encoding="utf-8") == HEAD + OTHER
    assert post(house, host, "constat", ("relation", relation), ("explication", BECAUSE), *CAUSE)[0] == 303
    assert not asked(host)
    assert register.read_text(encoding="utf-8").startswith(HEAD + OTHER)
    (entry,) = entries_by_report(register)[CODE]
    assert (entry.reason, entry.relation) == (BECAUSE, relation)
    assert (entry.cause, entry.severity) == ("chiffre_errone", "forte")
    mine = [one for one in findings_of(*extract_frames(house.settings.raw)) if one.report == CODE]
    assert check_register([entry], mine) == []  # what the next night asks


@pytest.mark.parametrize("said", CAUSE)
def test_the_cause_and_the_severity_are_asked(
    contradicted: tuple[House, str, Path], said: tuple[str, str]
) -> None:
    house, host, register = contradicted
    (relation,) = asked(host)
    status, page = post(house, host, "constat", ("relation", relation), ("explication", BECAUSE), said)
    assert status == 422 and "Dites la cause et la gravité" in page
    assert ('value="chiffre_errone" selected' in page) == (said[0] == "cause")  # what was said is kept
    assert register.read_text(encoding="utf-8") == HEAD + OTHER


@pytest.mark.parametrize("before", [HEAD + OTHER, "constats: []\n"])
def test_what_outlives_its_decision_leaves_the_register(
    contradicted: tuple[House, str, Path], before: str
) -> None:
    house, host, register = contradicted
    register.write_text(before, encoding="utf-8")
    (relation,) = asked(host)
    assert post(house, host, "constat", ("relation", relation), ("explication", BECAUSE), *CAUSE)[0] == 303
    house.trail().undo()  # the finding is forgotten as a step, as git may do, and then its decision
    assert post(house, host, "annuler")[0] == 303
    assert "Ôter du registre" in shown(host)
    assert post(house, host, "constat", ("geste", "oter"))[0] == 303
    assert register.read_text(encoding="utf-8") == before


def test_a_finding_is_undone_as_a_decision_is(contradicted: tuple[House, str, Path]) -> None:
    house, host, register = contradicted
    (relation,) = asked(host)
    template, decisions = house.template, house.trail().decisions()
    assert post(house, host, "constat", ("relation", relation), ("explication", BECAUSE), *CAUSE)[0] == 303
    assert "Annuler : constat écrit" in shown(host) and house.trail().decisions() == decisions + 1
    assert post(house, host, "annuler")[0] == 303
    assert register.read_text(encoding="utf-8") == HEAD + OTHER and asked(host) == [relation]
    assert (house.template, house.trail().decisions()) == (template, decisions)
