"""The register refuses what it should: no reason, no match, another gap, duplicates; and drafts what is
missing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from orchestration.reconciliation.findings import Finding, find
from orchestration.reconciliation.register import (
    FRAME_COLUMNS,
    REGISTER,
    RegisterRefused,
    check_register,
    propose,
    read_register,
    register_frame,
)
from tests.reconciliation.printed_tables import Page

GOOD = {
    "cle": "essai:t", "rapport": "cpam_essai_2021", "relation": "t", "ecart": "-9",
    "explication": "Deux chiffres du total sont permutés dans le rapport.", "cause": "chiffres_permutes",
    "gravite": "faible", "date": "2021-12-31",
}  # fmt: skip


def write(path: Path, *entries: object) -> Path:
    path.write_text(yaml.safe_dump({"constats": list(entries)}, allow_unicode=True), encoding="utf-8")
    return path


def findings(total: str = "1012") -> list[Finding]:
    page = Page()
    parts = [page.put(value, ligne=line) for line, value in ((2, "400"), (3, "621"))]
    page.total("t", page.put(total, ligne=1), parts)
    for line, value, part in ((11, "400", parts[0]), (12, "621", parts[1])):
        page.total(f"r{line}", page.put(value, ligne=line), [part], "repetition")
    return find(page.number_frame(), page.relation_frame())


def test_a_good_entry_is_read(tmp_path: Path) -> None:
    (entry,) = read_register(write(tmp_path / "c.yml", GOOD))
    assert (entry.key, entry.gap, entry.reviewed) == ("essai:t", Decimal(-9), date(2021, 12, 31))
    assert check_register([entry], findings()) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"explication": ""}, "lacks 'explication'"),
        ({"explication": "erreur"}, "lacks a reason"),
        ({"explication": "À EXPLIQUER : le total devrait être 1 021."}, "lacks a reason"),
        ({"ecart": ""}, "lacks 'ecart'"),
        ({"ecart": "neuf"}, "is not a number"),
        ({"date": "hier"}, "not written like"),
        ({"gravite": "grave"}, "is none of"),
        ({"cause": "fatigue"}, "is none of"),
        ({"remarque": "x"}, "unknown field 'remarque'"),
    ],
)
def test_a_bad_entry_is_refused(tmp_path: Path, change: dict[str, str], complaint: str) -> None:
    with pytest.raises(RegisterRefused, match=complaint):
        read_register(write(tmp_path / "c.yml", GOOD | change))


@pytest.mark.parametrize(
    ("other", "complaint"),
    [({"relation": "u"}, "the key 'essai:t' stands 2 times"), ({"cle": "autre"}, "is registered 2 times")],
)
def test_duplicates_are_refused(tmp_path: Path, other: dict[str, str], complaint: str) -> None:
    with pytest.raises(RegisterRefused, match=complaint):
        read_register(write(tmp_path / "c.yml", GOOD, GOOD | other))


@pytest.mark.parametrize("text", ["", "constats: 3", "- a", "constats: [1]", "constats: [", "\x00"])
def test_a_file_that_is_no_register_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegisterRefused, match=r"c\.yml"):
        read_register(path)


@pytest.mark.parametrize(
    ("total", "change", "complaint"),
    [
        ("1021", {}, "does not fail"),
        ("1012", {"relation": "u"}, "does not fail"),
        ("1013", {}, "the gap is -8"),
    ],
)
def test_an_entry_that_matches_nothing_or_another_gap(
    tmp_path: Path, total: str, change: dict[str, str], complaint: str
) -> None:
    entries = read_register(write(tmp_path / "c.yml", GOOD | change))
    assert any(complaint in problem for problem in check_register(entries, findings(total)))


def test_an_unregistered_discrepancy_names_its_place() -> None:
    (problem,) = check_register([], findings())
    for word in ("cpam_essai_2021", "lines 1, 2, 3", "1012", "permutés"):
        assert word in problem


def test_drafts_are_accepted_once_explained(tmp_path: Path) -> None:
    drafts = yaml.safe_load(propose([], findings(), date(2021, 12, 31)))
    (entry,) = read_register(write(tmp_path / "c.yml", *drafts))
    assert check_register([entry], findings()) == []
    assert propose([entry], findings(), date(2021, 12, 31)) == ""


def test_a_draft_without_a_known_cause_waits_for_an_explanation(tmp_path: Path) -> None:
    page = Page()
    page.quotient("e", "evolution", page.put("3.3", "0.05", "%"), page.put("1482"), page.put("1375"))
    drafts = yaml.safe_load(propose([], find(page.number_frame(), page.relation_frame()), date(2021, 12, 31)))
    with pytest.raises(RegisterRefused, match="lacks a reason"):
        read_register(write(tmp_path / "c.yml", *drafts))


def test_the_frame_has_the_columns_of_the_warehouse(tmp_path: Path) -> None:
    frame = register_frame(write(tmp_path / "c.yml", GOOD))
    assert tuple(frame.columns) == FRAME_COLUMNS
    assert frame.row(0, named=True)["rapport_code"] == "cpam_essai_2021"
    assert register_frame(write(tmp_path / "c.yml")).height == 0


def test_the_committed_register_is_well_formed() -> None:
    read_register(REGISTER)
