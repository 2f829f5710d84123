"""Whom a refused build is blamed on, and for how long."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.building.origin import State
from orchestration.building.published import KeptReport, Published
from orchestration.building.suspects import (
    SUSPECTS_FILE,
    Complaint,
    accuse,
    accused_in,
    read_suspects,
    standing,
)

CODES = ("cpam_a_2021", "cpam_b_2021", "cpam_c_2021")


def published(*codes: str, stale: str = "") -> Published:
    return Published(
        Path("x"),
        {},
        {code: KeptReport(code, "document", f"old {code}", code == stale, "") for code in codes},
    )


def states(*changed: str, stale: str = "") -> list[State]:
    return [
        State(
            code,
            "document",
            {},
            f"{'new' if code in changed else 'old'} {code}",
            "gone" if code == stale else "",
        )
        for code in CODES
    ]


@pytest.mark.parametrize(
    ("before", "now", "complaint", "tolerance", "blamed"),
    [
        (published(*CODES), states("cpam_b_2021"), "a test failed", 0.4, ["cpam_b_2021"]),
        (published(*CODES), states("cpam_b_2021"), "a test failed", 0.0, []),
        (published(*CODES), states("cpam_a_2021", "cpam_b_2021"), "a test failed", 0.4, []),
        (
            published(*CODES),
            states("cpam_a_2021", "cpam_b_2021"),
            "a test failed",
            0.7,
            ["cpam_a_2021", "cpam_b_2021"],
        ),
        (
            published(*CODES),
            states("cpam_a_2021", "cpam_b_2021"),
            "cpam_b_2021, ligne 3 : non",
            0.4,
            ["cpam_b_2021"],
        ),
        (published(*CODES), states("cpam_a_2021"), "cpam_b_2021, ligne 3 : non", 0.4, ["cpam_a_2021"]),
        (published(*CODES), states(), "a test failed", 0.9, []),
        (published(*CODES), states("cpam_b_2021", stale="cpam_a_2021"), "a test failed", 0.4, []),
        (
            published(*CODES),
            states("cpam_b_2021", stale="cpam_a_2021"),
            "a test failed",
            0.7,
            ["cpam_b_2021"],
        ),
        (published(*CODES, stale="cpam_c_2021"), states(), "a test failed", 0.4, ["cpam_c_2021"]),
        (published(*CODES[:2]), states(), "a test failed", 0.4, ["cpam_c_2021"]),
        (Published(), states(*CODES), "a test failed", 0.9, []),
        (Published(), states(*CODES), "cpam_c_2021 : sceau", 0.4, ["cpam_c_2021"]),
    ],
)
def test_the_blame_falls_on_what_is_new_or_named_within_the_share(
    tmp_path: Path, before, now, complaint: str, tolerance: float, blamed
) -> None:
    assert accuse(tmp_path, now, before, tolerance, [Complaint(complaint)], project="p", run="r1") == blamed
    assert accused_in(tmp_path, "r1") == blamed
    assert accused_in(tmp_path, "another run") == []


@pytest.mark.parametrize(
    ("source", "complaint", "blamed", "refused"),
    [
        ("extrait", "cpam_a_2021, ligne 3 : non", ["cpam_a_2021"], "extrait"),
        ("extrait", "cpam_b_2021, ligne 3 : non", ["cpam_b_2021"], "document"),
        ("publication", "cpam_a_2021, ligne 3 : non", ["cpam_b_2021"], "document"),
    ],
    ids=["its-extract-too", "another-one", "published-rows-are-good"],
)
def test_a_suspect_whose_extract_is_refused_too_is_blamed_again_and_nobody_in_its_place(
    tmp_path: Path, source: str, complaint: str, blamed: list[str], refused: str
) -> None:
    first = [Complaint("cpam_a_2021, ligne 3 : non")]
    accuse(tmp_path, states("cpam_a_2021"), published(*CODES[1:]), 0.7, first, project="p", run="r1")
    now = [
        replace(state, source=source, reading="", reason="refused") if state.code == "cpam_a_2021" else state
        for state in states("cpam_b_2021")
    ]
    found = accuse(tmp_path, now, published(*CODES[1:]), 0.7, [Complaint(complaint)], project="p", run="r2")
    assert found == blamed
    suspect = read_suspects(tmp_path)[blamed[0]]
    assert (suspect.source, suspect.readings) == (refused, {blamed[0]: f"new {blamed[0]}"})


def test_a_second_attempt_adds_to_the_first(tmp_path: Path) -> None:
    accuse(
        tmp_path, states("cpam_a_2021"), published(*CODES), 0.7, [Complaint("first")], project="p", run="r1"
    )
    accuse(
        tmp_path,
        states("cpam_b_2021", stale="cpam_a_2021"),
        published(*CODES),
        0.7,
        [Complaint("second")],
        project="p",
        run="r2",
    )
    assert {code: suspect.run for code, suspect in read_suspects(tmp_path).items()} == {
        "cpam_a_2021": "r1",
        "cpam_b_2021": "r2",
    }
    assert "second" in read_suspects(tmp_path)["cpam_b_2021"].reason


@pytest.mark.parametrize(
    ("a", "b", "project", "apart", "together"),
    [
        ("new cpam_a_2021", "new cpam_b_2021", "p", True, True),
        ("another document", "new cpam_b_2021", "p", False, False),
        ("new cpam_a_2021", "mended", "p", True, False),
        ("new cpam_a_2021", "new cpam_b_2021", "another model", False, False),
    ],
)
def test_a_suspicion_ends_with_what_it_was_about(
    tmp_path: Path, a: str, b: str, project: str, apart: bool, together: bool
) -> None:
    """Reports that the audit names are suspected one by one; those that are only new, together."""
    readings = {"cpam_a_2021": a, "cpam_b_2021": b}
    for complaint, holds in (("cpam_a_2021 : non, cpam_b_2021 : non", apart), ("a test failed", together)):
        accuse(
            tmp_path,
            states("cpam_a_2021", "cpam_b_2021"),
            published(*CODES),
            0.7,
            [Complaint(complaint)],
            project="p",
            run="r",
        )
        assert ("cpam_a_2021" in standing(read_suspects(tmp_path), readings, project)) is holds


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"cpam_a_2021": 1}', '{"cpam_a_2021": {"run": "r"}}', "\x00"]
)
def test_a_damaged_memory_accuses_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / SUSPECTS_FILE).write_text(content)
    assert read_suspects(tmp_path) == {}
