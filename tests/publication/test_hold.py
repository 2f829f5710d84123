"""A state that somebody gave back stays until an input changes, or until somebody lets go."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.graph.night import keep, without_work
from orchestration.publication.freshness import last_confirmation
from orchestration.publication.hold import held, hold, let_go
from orchestration.publication.publish import current_release
from orchestration.publication.retention import list_releases, remove_old_releases, roll_back
from orchestration.settings import Settings
from tests.trust.tiny_night import run, settings_of, write_document


@pytest.fixture(scope="module")
def two_states(tmp_path_factory: pytest.TempPathFactory, first_night: Callable[[Path], Settings]) -> Path:
    """An installation with two published states, of which readers were given the first one back."""
    root = tmp_path_factory.mktemp("two_states")
    first_night(root)
    write_document(root, 0, 13)
    settings = settings_of(root, "0.4")
    run(settings)
    assert hold(settings, roll_back(settings.warehouse))
    return root


@pytest.fixture
def settings(two_states: Path, tmp_path: Path) -> Settings:
    shutil.copytree(two_states, tmp_path, symlinks=True, dirs_exist_ok=True)
    return settings_of(tmp_path, "0.4")


def test_nights_without_news_leave_what_was_given_back(settings: Settings) -> None:
    first = current_release(settings.warehouse)
    for _ in range(2):
        standing = without_work(settings)
        assert standing is not None
        assert "is held until an input changes" in keep(settings, standing)
    assert (current_release(settings.warehouse), last_confirmation(settings)) == (first, None), (
        "no night confirmed it"
    )


CHANGES: dict[str, tuple[Callable[[Settings], object], bool]] = {
    "nothing": (lambda _: None, False),
    "a document touched": (lambda s: (s.documents / "cpam_x_2019.txt").touch(), False),
    "a document changed": (lambda s: write_document(s.root, 1, 99), True),
    "a document removed": (lambda s: (s.documents / "cpam_x_2020.txt").unlink(), True),
    "a document that cannot be read now": (lambda s: _folder_for(s.documents / "cpam_x_2020.txt"), False),
    "all documents gone with their folder": (lambda s: shutil.rmtree(s.documents), False),
    "a template changed": (lambda s: (s.raw / "cpam_x_2019" / "template.yml").open("a").write("\n"), True),
    "a report added": (lambda s: shutil.copytree(s.raw / "cpam_x_2019", s.raw / "cpam_y_2019"), True),
    "a seed changed": (lambda s: (s.seeds / "x.csv").write_text("code\n"), True),
    "somebody let go": (let_go, True),
    "another state published": (lambda s: roll_back(s.warehouse, list_releases(s.warehouse)[-1]), True),
    "a torn hold": (lambda s: (s.private / "hold.json").write_text("{"), True),
}


def _folder_for(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(("change", "ends"), CHANGES.values(), ids=CHANGES.keys())
def test_the_hold_ends_with_a_change_of_inputs_or_by_hand(
    settings: Settings, change: Callable[[Settings], object], ends: bool
) -> None:
    change(settings)
    assert (held(settings) == "") is ends


def test_a_night_in_full_ends_the_hold(settings: Settings) -> None:
    assert without_work(replace(settings, full=True)) is None


def test_going_to_the_state_of_today_needs_no_hold(settings: Settings) -> None:
    newest = list_releases(settings.warehouse)[-1]
    assert not hold(settings, roll_back(settings.warehouse, newest))
    standing = without_work(settings)
    assert standing is not None
    assert "nothing changed" in keep(settings, standing)


def test_states_that_say_the_same_evict_none(settings: Settings) -> None:
    """A run in full, or a click, publishes what was published: the state before stays the state before."""
    let_go(settings)
    first, second = list_releases(settings.warehouse)
    for _ in range(4):
        run(replace(settings, full=True, kept=2))
    names = list_releases(settings.warehouse)
    assert names[0] == first
    assert len(names) == 2
    assert second not in names, "the newest of those that say the same is enough"
    write_document(settings.root, 0, 14)
    run(replace(settings, kept=2))
    assert first not in list_releases(settings.warehouse), "a new state evicts the oldest"


def test_the_published_release_stays_although_a_newer_one_says_the_same(settings: Settings) -> None:
    run(replace(settings, full=True))
    names = list_releases(settings.warehouse)
    roll_back(settings.warehouse, names[0])
    remove_old_releases(settings.warehouse)
    assert current_release(settings.warehouse) == names[0]
