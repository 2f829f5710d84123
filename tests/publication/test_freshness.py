from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.publication.freshness import (
    PUBLISHED,
    UNCHANGED,
    confirm,
    confirmation_file,
    deadline,
    judge_freshness,
    last_confirmation,
    published_at,
)
from orchestration.publication.publish import publish
from orchestration.publication.retention import roll_back
from orchestration.settings import Settings, read_settings
from tests.publication.tiny_build import write_build

FIRST, SECOND = "000001-20250601T001000Z", "000002-20250602T001000Z"
#: Two in Paris, in summer, is midnight UTC.
NIGHT = datetime(2025, 6, 2, 0, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation whose second release was published at ten past two on the second of June."""
    settings = read_settings({}, tmp_path)
    for release in (FIRST, SECOND):
        publish(write_build(tmp_path / release / "observatoire.duckdb"), settings.warehouse, release)
    settings.private.mkdir()
    return settings


@pytest.mark.parametrize(
    ("cron", "confirmed", "expires"),
    [
        ("0 2 * * *", datetime(2025, 6, 2, 0, 10, tzinfo=UTC), datetime(2025, 6, 3, 2, 0, tzinfo=UTC)),
        ("0 2 * * *", datetime(2025, 6, 2, 0, 0, tzinfo=UTC), datetime(2025, 6, 3, 2, 0, tzinfo=UTC)),
        ("0 2 * * *", datetime(2025, 6, 1, 23, 50, tzinfo=UTC), datetime(2025, 6, 2, 2, 0, tzinfo=UTC)),
        ("0 2 * * *", datetime(2025, 1, 2, 1, 10, tzinfo=UTC), datetime(2025, 1, 3, 3, 0, tzinfo=UTC)),
        ("0 2 * * 1", datetime(2025, 6, 2, 0, 10, tzinfo=UTC), datetime(2025, 6, 9, 2, 0, tzinfo=UTC)),
        ("* * * * *", datetime(2025, 6, 2, 0, 10, tzinfo=UTC), datetime(2025, 6, 2, 2, 11, tzinfo=UTC)),
    ],
    ids=["summer", "at the tick itself", "just before a tick", "winter", "weekly", "every minute"],
)
def test_a_confirmation_expires_after_the_next_tick_and_a_grace(
    cron: str, confirmed: datetime, expires: datetime
) -> None:
    assert deadline(cron, confirmed) == expires


@pytest.mark.parametrize("year_day", [(2025, 3, 29), (2025, 10, 25)], ids=["an hour less", "an hour more"])
def test_a_change_of_the_hour_keeps_one_tick_a_day(year_day: tuple[int, int, int]) -> None:
    confirmed = datetime(*year_day, 12, 0, tzinfo=UTC)
    assert timedelta(hours=12) < deadline("0 2 * * *", confirmed) - confirmed < timedelta(hours=17)


@pytest.mark.parametrize(
    ("confirmed", "now", "fresh", "said"),
    [
        (NIGHT, NIGHT + timedelta(hours=25), True, "the next night has until 2025-06-03 04:00"),
        (NIGHT, NIGHT + timedelta(hours=25, minutes=59), True, "nothing changed"),
        (NIGHT, NIGHT + timedelta(hours=26), False, "should have confirmed it by 2025-06-03 04:00"),
        (NIGHT, NIGHT + timedelta(days=400), False, "should have confirmed it"),
        (NIGHT + timedelta(days=1), NIGHT + timedelta(days=1, hours=1), True, "2025-06-03 02:00"),
        (NIGHT, NIGHT - timedelta(minutes=4), True, "readers had"),
        (NIGHT, NIGHT - timedelta(minutes=6), False, "the clock was set back"),
        (NIGHT + timedelta(days=36500), NIGHT, False, "the clock was set back"),
    ],
)
def test_freshness_is_a_matter_of_the_last_confirmation_and_the_clock(
    settings: Settings, confirmed: datetime, now: datetime, fresh: bool, said: str
) -> None:
    confirm(settings, UNCHANGED, confirmed)
    seen = judge_freshness(settings, now)
    assert seen.fresh is fresh
    assert said in seen.sentence


def test_a_confirmation_dated_ahead_is_replaced_by_the_next_night(settings: Settings) -> None:
    confirm(settings, PUBLISHED, NIGHT + timedelta(days=3650))
    assert not judge_freshness(settings, NIGHT).fresh
    confirm(settings, UNCHANGED, NIGHT)
    assert judge_freshness(settings, NIGHT).fresh


SPOILED: dict[str, Callable[[Path], object]] = {
    "absent": lambda path: path.unlink(missing_ok=True),
    "torn": lambda path: path.write_bytes(b'{"release'),
    "another shape": lambda path: path.write_text("[]"),
    "no time zone": lambda path: path.write_text(
        f'{{"release": "{SECOND}", "at": "2099-01-01T00:00:00", "how": "x"}}'
    ),
    "of the release before": lambda path: path.write_text(
        f'{{"release": "{FIRST}", "at": "2025-06-01T00:10:00+00:00", "how": "x"}}'
    ),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_without_its_own_confirmation_a_release_counts_from_its_publication(
    settings: Settings, spoil: Callable[[Path], object]
) -> None:
    spoil(confirmation_file(settings))
    known = last_confirmation(settings)
    assert known is not None
    assert (known.release, known.at, known.how) == (
        SECOND,
        datetime(2025, 6, 2, 0, 10, tzinfo=UTC),
        PUBLISHED,
    )
    assert judge_freshness(settings, NIGHT + timedelta(hours=25)).fresh
    assert not judge_freshness(settings, NIGHT + timedelta(hours=27)).fresh


@pytest.mark.parametrize("remembered", [True, False])
def test_a_state_given_back_is_not_confirmed_until_a_night_does(settings: Settings, remembered: bool) -> None:
    if remembered:
        confirm(settings, PUBLISHED, NIGHT)
    roll_back(settings.warehouse)
    seen = judge_freshness(settings, NIGHT + timedelta(minutes=1))
    assert not seen.fresh
    assert f"given back release {FIRST}" in seen.sentence
    confirm(settings, UNCHANGED, NIGHT)
    assert judge_freshness(settings, NIGHT + timedelta(minutes=1)).fresh


def test_where_nothing_is_published_nothing_is_confirmed(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path)
    confirm(settings, PUBLISHED, NIGHT)
    assert not confirmation_file(settings).exists()
    seen = judge_freshness(settings, NIGHT)
    assert (seen.fresh, seen.confirmed) == (False, None)
    assert "nothing is published" in seen.sentence


def test_a_disk_that_refuses_leaves_the_confirmation_as_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(settings, PUBLISHED, NIGHT)
    monkeypatch.setattr(
        "os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    confirm(settings, UNCHANGED, NIGHT + timedelta(days=1))
    known = last_confirmation(settings)
    assert known is not None
    assert known.at == NIGHT
    assert [path.name for path in settings.private.iterdir()] == ["confirmed.json"]


@pytest.mark.parametrize("name", ["000001", "000001-20251399T000000Z", ""])
def test_a_release_whose_name_has_no_moment_has_none(name: str) -> None:
    assert published_at(name) is None
