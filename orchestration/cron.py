"""Cron strings as Dagster's own schedules understand them, changes of the hour included.

Below the graph because settings and freshness need them; imported late, for Dagster takes a second to import.
"""

from __future__ import annotations

from datetime import datetime


def is_valid(cron: str) -> bool:
    """Whether a schedule accepts it, and it has five fields."""
    from dagster._utils.schedules import is_valid_cron_string

    return len(cron.split()) == 5 and is_valid_cron_string(cron)


def next_tick(cron: str, after: datetime, time_zone: str) -> datetime:
    """The first tick at or after a moment."""
    from dagster._utils.schedules import get_next_cron_tick

    return get_next_cron_tick(cron, after, time_zone)
