"""The storage of the history asks once for what never changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.graph.dagster_internals import SqliteEventLogStorage
from orchestration.graph.history import SteadyEventLog


def test_a_table_that_was_found_is_not_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    there = {"event_logs"}

    def has_table(self: SteadyEventLog, name: str) -> bool:
        asked.append(name)
        return name in there

    monkeypatch.setattr(SqliteEventLogStorage, "has_table", has_table)
    log = SteadyEventLog(str(tmp_path))
    del asked[:]
    assert [log.has_table("event_logs"), log.has_table("event_logs"), log.has_table("later")] == [
        True,
        True,
        False,
    ]
    there.add("later")
    assert log.has_table("later")
    assert asked == ["event_logs", "later", "later"]
    log.dispose()
