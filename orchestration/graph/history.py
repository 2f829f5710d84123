"""The history of nights in SQLite, as Dagster keeps it, with connections that are used again.

The stock storage makes a new engine for each event and each of the two files that it writes, so that a night
of some hundred assets and checks spends more time on bookkeeping than on the audit. This one keeps the
engines of the shards in use, remembers which tables and columns it has found and what was materialized last
(each check asks that of its asset, at the price of four queries), and lets SQLite sync at checkpoints
(write-ahead logging keeps the file whole; a power cut may lose the last events of a night's history, never a
warehouse). Named in ``dagster.yaml``; the version of Dagster is pinned because ``_connect`` is private.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from dagster import AssetKey, EventLogEntry

from orchestration.graph.dagster_internals import (
    INDEX_SHARD_NAME,
    SQLITE_BUSY_TIMEOUT_SECONDS,
    CheckedMaterialization,
    ConfigurableClassData,
    SqliteEventLogStorage,
)

#: Engines kept open at a time: the index of all runs, and the run being written or looked at.
KEPT = 2


class SteadyEventLog(SqliteEventLogStorage):
    """Same files and same rows as the stock SQLite storage."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        self._found: set[str] = set()
        self._last: tuple[AssetKey, CheckedMaterialization] | None = None
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "SteadyEventLog":
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        if table_name not in self._found and super().has_table(table_name):
            self._found.add(table_name)  # no table ever goes
        return table_name in self._found

    def _has_asset_key_col_on_connection(self, conn: sqlalchemy.Connection, column_name: str) -> bool:
        if column_name not in self._found and super()._has_asset_key_col_on_connection(conn, column_name):
            self._found.add(column_name)  # nor does any column
        return column_name in self._found

    def _store_asset_event(self, conn: sqlalchemy.Connection, event: EventLogEntry, event_id: int) -> None:
        super()._store_asset_event(conn, event, event_id)
        told = event.get_dagster_event()
        if told.is_step_materialization and told.asset_key:
            seen = CheckedMaterialization(storage_id=event_id, run_id=event.run_id, timestamp=event.timestamp)
            self._last = told.asset_key, seen

    def last_materialization(self, asset: AssetKey) -> CheckedMaterialization | None:
        """The materialization of ``asset``, where no other was stored by this process since."""
        return self._last[1] if self._last and self._last[0] == asset else None

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        if shard not in self._engines:
            self._forget_surplus()
            self._engines[shard] = _engine(self.conn_string_for_shard(shard))
        return self._engines[shard]

    def _forget_surplus(self) -> None:
        others = [shard for shard in self._engines if shard != INDEX_SHARD_NAME]
        for shard in others[: max(0, len(others) - (KEPT - 2))]:
            self._engines.pop(shard).dispose()

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _engine(address: str) -> sqlalchemy.Engine:
    engine = sqlalchemy.create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})

    @sqlalchemy.event.listens_for(engine, "connect")
    def _sync_at_checkpoints(connection: Any, record: Any) -> None:
        connection.execute("pragma synchronous = normal")

    return engine
