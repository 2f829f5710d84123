"""When readers' state was last known to be that of the day, and whether the schedule promised better.

A night that publishes confirms, and so does one that compared all inputs and found nothing to do. The last
confirmation is a small file beside the private build that names its release: it says nothing about another
release, so that going back to an earlier state is not taken for a night. Where the file is missing, a release
was good at the moment of its publication.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration.building.whole import write_whole
from orchestration.cron import next_tick
from orchestration.publication.hold import held
from orchestration.publication.publish import current_release
from orchestration.publication.retention import list_releases
from orchestration.settings import TIME_ZONE, Settings

PUBLISHED, UNCHANGED = "published", "nothing changed"
#: Files beside the private build: why the last night failed, and since when nights do.
DIAGNOSIS, FAILING = "diagnosis.txt", "failing.json"
#: How long after its tick a night may confirm, waiting and second attempts included.
GRACE = timedelta(hours=2)
#: How far ahead of the clock a confirmation may be: clocks are corrected by seconds, never by more in
#: silence.
SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Confirmation:
    """Readers had the state of the day at ``at`` (UTC) with ``release``; ``how`` it was known."""

    release: str
    at: datetime
    how: str


@dataclass(frozen=True)
class Freshness:
    """Whether the promise of the schedule is kept: a sentence for people, the confirmation that counts, and
    when it expires.
    """

    fresh: bool
    sentence: str
    confirmed: Confirmation | None = None
    deadline: datetime | None = None
    failing: datetime | None = None


def confirmation_file(settings: Settings) -> Path:
    return settings.private / "confirmed.json"


def confirm(settings: Settings, how: str, now: datetime | None = None) -> None:
    """Remember that readers have the state of the day, and forget why earlier nights failed.

    A disk that refuses leaves the last confirmation, which then expires.
    """
    release, path = current_release(settings.warehouse), confirmation_file(settings)
    if release is None:
        return
    for told in (DIAGNOSIS, FAILING):
        with contextlib.suppress(OSError):
            (settings.private / told).unlink(missing_ok=True)
    said = {"release": release, "at": (now or datetime.now(UTC)).isoformat(timespec="seconds"), "how": how}
    with contextlib.suppress(OSError):
        write_whole(path, json.dumps(said) + "\n")


def one_more_failure(settings: Settings, now: datetime | None = None) -> str:
    """Count a night that failed; since when nights fail, in a sentence, from the second one on. The next
    confirmation forgets it.
    """
    path, now = settings.private / FAILING, now or datetime.now(UTC)
    since, nights = _failing(path) or (now, 0)
    with contextlib.suppress(OSError):
        said = {"since": since.isoformat(timespec="seconds"), "nights": nights + 1}
        write_whole(path, json.dumps(said) + "\n")
    return f"Nights fail since {told(since)}, {nights + 1} in a row." if nights else ""


def failing_since(settings: Settings) -> datetime | None:
    """When the first of the nights failed that failed since the last confirmation."""
    known = _failing(settings.private / FAILING)
    return known[0] if known else None


def _failing(path: Path) -> tuple[datetime, int] | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return datetime.fromisoformat(said["since"]).astimezone(UTC), int(said["nights"])
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return None


def last_confirmation(settings: Settings) -> Confirmation | None:
    """What is known of the release that readers have; ``None`` when nothing is published or an earlier state
    was given back.
    """
    release = current_release(settings.warehouse)
    if release is None:
        return None
    remembered = _remembered(confirmation_file(settings))
    if remembered and remembered.release == release:
        return remembered
    newer = [remembered.release] if remembered else []
    if any(name > release for name in [*newer, *list_releases(settings.warehouse)]):
        return None
    moment = published_at(release)
    return Confirmation(release, moment, PUBLISHED) if moment else None


def _remembered(path: Path) -> Confirmation | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        at = datetime.fromisoformat(said["at"])
        return Confirmation(str(said["release"]), at.astimezone(UTC), str(said["how"])) if at.tzinfo else None
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return None


def published_at(release: str) -> datetime | None:
    """The moment in the name of a release, or ``None`` where the name has none."""
    try:
        return datetime.strptime(release.partition("-")[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def judge_freshness(settings: Settings, now: datetime) -> Freshness:
    """Whether the last confirmation is as recent as the schedule promises, at ``now`` (UTC), and since when
    nights fail.
    """
    seen, failing = _judge(settings, now), failing_since(settings)
    return (
        replace(seen, sentence=f"{seen.sentence}; nights fail since {told(failing)}", failing=failing)
        if failing
        else seen
    )


def _judge(settings: Settings, now: datetime) -> Freshness:
    release = current_release(settings.warehouse)
    if release is None or not settings.published.exists():
        return Freshness(False, "nothing is published: run `make nightly`")
    confirmed = last_confirmation(settings)
    if confirmed is None and (kept := held(settings)):
        return Freshness(False, kept)
    if confirmed is None:
        return Freshness(
            False,
            f"readers were given back release {release}: no night has confirmed it; the next one publishes "
            "again",
        )
    if confirmed.at > now + SKEW:
        ahead = (
            f"the last confirmation is dated {told(confirmed.at)}, later than now: the clock was set "
            "back; the next night confirms again"
        )
        return Freshness(False, ahead, confirmed)
    due = deadline(settings.cron, confirmed.at)
    known = f"readers had the state of the day on {told(confirmed.at)} (release {release}, {confirmed.how})"
    if now >= due:
        return Freshness(
            False,
            f"{known}; a night should have confirmed it by {told(due)}: look at the last run and at the "
            "daemon",
            confirmed,
            due,
        )
    return Freshness(True, f"{known}; the next night has until {told(due)}", confirmed, due)


def deadline(cron: str, confirmed: datetime) -> datetime:
    """When a confirmation expires: the first tick of the schedule after it, and the grace (UTC)."""
    return next_tick(cron, confirmed + timedelta(seconds=1), TIME_ZONE).astimezone(UTC) + GRACE


def told(moment: datetime) -> str:
    """A moment for people, on the clock of the schedule."""
    return f"{moment.astimezone(ZoneInfo(TIME_ZONE)):%Y-%m-%d %H:%M %Z}"
