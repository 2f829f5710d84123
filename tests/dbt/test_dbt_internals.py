"""What an upgrade of dbt may break: its private names that this house uses, and what is left out by them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from dbt.adapters.duckdb.impl import DuckDBAdapter
from dbt_common.events.base_types import BaseEvent, DebugLevel, ErrorLevel, EventLevel, InfoLevel, WarnLevel
from dbt_common.events.event_manager import EventManager

from orchestration.dbt import dbt_internals
from orchestration.dbt.dbt_internals import HeardEvents

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("kind", "level", "heard"),
    [
        (DebugLevel, None, False),
        (InfoLevel, None, True),
        (WarnLevel, None, True),
        (ErrorLevel, None, True),
        (InfoLevel, EventLevel.DEBUG, False),
        (DebugLevel, EventLevel.WARN, True),
    ],
)
def test_only_what_nobody_listens_to_is_dropped(
    monkeypatch: pytest.MonkeyPatch, kind: type[BaseEvent], level: EventLevel | None, heard: bool
) -> None:
    told: list[object] = []
    monkeypatch.setattr(EventManager, "fire_event", lambda self, e, *_, **__: told.append(e))
    event = kind.__new__(kind)
    HeardEvents().fire_event(event, level=level)
    assert told == ([event] if heard else [])


def test_dbt_asks_for_what_is_replaced() -> None:
    """In a process of its own: what is replaced stays so."""
    assert callable(getattr(DuckDBAdapter, dbt_internals.FOREIGN_KEYS))
    program = (
        f"from {dbt_internals.__name__} import DuckDBAdapter, HeardEvents, spare_the_unheard\n"
        "from dbt_common.events.functions import get_event_manager\n"
        "spare_the_unheard()\n"
        f"print(type(get_event_manager()) is HeardEvents, "
        f"DuckDBAdapter.{dbt_internals.FOREIGN_KEYS}(None, None))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True False\n"
