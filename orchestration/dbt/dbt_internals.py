"""What dbt does for readers that a night does not have, left out: names that its makers call private, in one
place, each with why this house needs it.

dbt is pinned; ``tests/dbt/test_dbt_internals.py`` says at an upgrade which of them changed. Imported by the
process that runs dbt, never by the one that follows it.
"""

from __future__ import annotations

from typing import Any

from dbt.adapters.duckdb.impl import DuckDBAdapter
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager

#: Levels of events that no log of a night holds.
UNHEARD = (EventLevel.DEBUG, EventLevel.TEST)
#: What the adapter calls before each model, and what it then knows: whether the model must wait for another.
FOREIGN_KEYS = "_acquire_foreign_key_lock"


class HeardEvents(EventManager):
    """Drops an event that nobody listens to before it is written as a line: nine of ten."""

    def fire_event(self, e: BaseEvent, level: EventLevel | None = None, *args: Any, **kwargs: Any) -> None:
        if (level or e.level_tag()) not in UNHEARD:
            super().fire_event(e, level, *args, **kwargs)


def spare_the_unheard() -> None:
    """Let dbt write only the events that a night reads, and ask the catalogue for no foreign keys before each
    model: there are none, and one model is built at a time.
    """
    ctx_set_event_manager(HeardEvents())
    setattr(DuckDBAdapter, FOREIGN_KEYS, lambda adapter, model: False)
