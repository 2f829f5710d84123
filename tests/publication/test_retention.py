from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.errors import NightError
from orchestration.publication.publish import current_release, publish
from orchestration.publication.retention import (
    list_releases,
    next_release,
    remove_old_releases,
    roll_back,
    size_of,
)
from tests.publication.tiny_build import read, write_build

NOON = datetime(2025, 1, 2, 12, tzinfo=UTC)


def nights(warehouse: Path, count: int, moment: datetime = NOON) -> list[str]:
    names = []
    for value in range(1, count + 1):
        build = warehouse / ".build" / "observatoire.duckdb"
        build.unlink(missing_ok=True)
        names.append(publish(write_build(build, value), warehouse, next_release(warehouse, moment)).name)
    return names


def test_names_grow_even_when_the_clock_goes_back(tmp_path: Path) -> None:
    nights(tmp_path, 1)
    earlier = next_release(tmp_path, datetime(2001, 1, 1, tzinfo=UTC))
    assert earlier == "000002-20010101T000000Z"
    assert sorted([*list_releases(tmp_path), earlier])[-1] == earlier


def test_the_newest_are_kept_and_the_published_one_always(tmp_path: Path) -> None:
    names = nights(tmp_path, 4)
    assert remove_old_releases(tmp_path, kept=2) == names[:2]
    roll_back(tmp_path)
    assert remove_old_releases(tmp_path, kept=1) == names[3:]
    assert list_releases(tmp_path) == [names[2]]
    assert current_release(tmp_path) == names[2]


def test_the_oldest_go_when_all_together_take_too_much(tmp_path: Path) -> None:
    names = nights(tmp_path, 5)
    each = size_of(tmp_path / "releases" / names[0])
    assert remove_old_releases(tmp_path, kept=7, most_bytes=20 * each) == []
    assert remove_old_releases(tmp_path, kept=7, most_bytes=int(3.5 * each)) == names[:2]
    assert remove_old_releases(tmp_path, kept=7, most_bytes=1) == [names[2]]
    assert list_releases(tmp_path) == names[3:]


def test_going_back_is_going_to_the_state_before(tmp_path: Path) -> None:
    names = nights(tmp_path, 3)
    assert roll_back(tmp_path) == names[1]
    assert read(tmp_path / "observatoire.duckdb") == 2
    assert roll_back(tmp_path, names[2]) == names[2]
    assert read(tmp_path / "observatoire.duckdb") == 3


@pytest.mark.parametrize(
    ("count", "release", "said"),
    [(0, None, "no earlier"), (1, None, "no earlier"), (1, "000009-x", "no release")],
)
def test_going_nowhere_is_refused(tmp_path: Path, count: int, release: str | None, said: str) -> None:
    nights(tmp_path, count)
    with pytest.raises(NightError, match=said):
        roll_back(tmp_path, release)
