"""No step of a night grows faster than its reports: three times as many make at most 3 ** 1.1 times the work.

Work is counted, never timed: calls of functions, files opened, SQL statements. The rows that models work on
are counted in tests/dbt/test_growth.py.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from orchestration.building import published
from orchestration.building.plan import plan_night
from tests.trust.documents import catalogue
from tests.trust.tiny_night import lay_out, run, settings_of, write_document

SMALL, LARGE, ALLOWED = 50, 150, 1.1
#: Counted work below which a step is all start-up.
NOTICEABLE = 300
CALLS, FILES, STATEMENTS = "calls", "files opened", "SQL statements"

_counted: list[Counter[str]] = []


def _opened(event: str, _: tuple[Any, ...]) -> None:
    if event == "open" and _counted:
        _counted[-1][FILES] += 1


sys.addaudithook(_opened)


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Counts the work of what runs within: each function of this project under its own name too."""
    found: Counter[str] = Counter()

    def profile(frame: FrameType, event: str, what: Any) -> None:
        if event == "c_call":
            found[CALLS] += 1
            found[STATEMENTS] += getattr(what, "__name__", "") in ("execute", "executemany")
        elif event == "call":
            found[CALLS] += 1
            name = frame.f_globals.get("__name__", "")
            if name.startswith("orchestration."):
                found[f"{name}.{frame.f_code.co_qualname}"] += 1

    _counted.append(found)
    sys.setprofile(profile)
    try:
        yield found
    finally:
        sys.setprofile(None)
        _counted.pop()


def _first(root: Path, count: int) -> None:
    lay_out(root, count)


def _nothing(root: Path, count: int) -> None:
    """No report changed."""


def _one(root: Path, count: int) -> None:
    write_document(root, 1, 13)


def _all(root: Path, count: int) -> None:
    for index in range(count):
        write_document(root, index, 14)


def _drafts(root: Path, count: int) -> None:
    for path in sorted((root / "raw").glob("*/report.yml"))[::2]:
        path.write_text(f"{path.read_text()}brouillon: true\n")


def _night(root: Path) -> None:
    run(settings_of(root))


def _plan(root: Path) -> None:
    plan_night(settings_of(root), catalogue)


#: What happens to an installation, one after the other: what changes, and what runs.
STORY: dict[str, tuple[Callable[[Path, int], None], Callable[[Path], None]]] = {
    "the first night": (_first, _night),
    "nothing changed": (_nothing, _night),
    "one changed": (_one, _night),
    "a plan of all changed": (_all, _plan),
    "all changed": (_nothing, _night),
    "half of them drafts": (_drafts, _night),
}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """The work of each night at both sizes."""
    found: dict[str, list[Counter[str]]] = {}
    for size in (SMALL, LARGE):
        root = tmp_path_factory.mktemp(f"nights{size}")
        for name, (change, act) in STORY.items():
            change(root, size)
            published._read.cache_clear()  # each is a process of its own, which knows no published state yet
            with counting() as work:
                act(root)
            found.setdefault(name, []).append(work)
    return {name: (small, large) for name, (small, large) in found.items()}


def exponent(small: int, large: int) -> float:
    return math.log(max(large, 1) / max(small, 1)) / math.log(LARGE / SMALL)


def faster(small: Counter[str], large: Counter[str]) -> dict[str, tuple[int, int]]:
    """What grew faster than allowed: its counts at both sizes."""
    return {
        name: (small[name], count)
        for name, count in large.items()
        if count > NOTICEABLE and exponent(small[name], count) > ALLOWED
    }


@pytest.mark.slow
@pytest.mark.parametrize("night", STORY)
def test_no_step_grows_faster_than_its_reports(
    counted: dict[str, tuple[Counter[str], Counter[str]]], night: str
) -> None:
    small, large = counted[night]
    assert large[CALLS] > 10 * LARGE and large[FILES] > LARGE
    assert faster(small, large) == {}


@pytest.mark.slow
def test_statements_do_not_grow_with_reports_that_lie_together(
    counted: dict[str, tuple[Counter[str], Counter[str]]],
) -> None:
    for name in STORY.keys() - {"half of them drafts"}:
        small, large = counted[name]
        assert small[STATEMENTS] == large[STATEMENTS] > 0


def test_work_per_pair_of_reports_is_noticed(tmp_path: Path) -> None:
    work = []
    for size in (SMALL, LARGE):
        with counting() as found:
            for one in range(size):
                str(one)
                for path in [tmp_path / "absent"] * (size // 10):
                    path.exists() or list(path.parent.iterdir())
        work.append(found)
    assert CALLS in faster(*work)


def test_opened_files_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    with counting() as found:
        (tmp_path / "a").read_text()
        (tmp_path / "a").read_bytes()
    assert found[FILES] == 2
