"""The published file without its empty blocks.

What was dropped or written again in a build leaves blocks free, and DuckDB gives none back (``vacuum`` and
``checkpoint`` free nothing): copying the database into a new file does. It costs more than all the rest of a
publication, so a file is only copied when it has such blocks; the build of a night, whose inner models have a
file of their own, has hardly any.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from orchestration.building.engine import path_literal

#: As the build itself is written: readers of DuckDB 1.1 and later open it.
STORAGE = "v1.0.0"
#: The share of empty blocks that a published file may hold.
EMPTY = 0.02


def is_loose(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether too many blocks of a database, after its checkpoint, are empty."""
    size = connection.execute(
        "select free_blocks, total_blocks from pragma_database_size() "
        "where database_name = current_database()"
    ).fetchone()
    return size is not None and size[0] > EMPTY * size[1]


def compact(path: Path) -> None:
    """Write the DuckDB file ``path`` anew: same tables, rows in their order, comments and keys. Nobody else
    has it open.
    """
    fresh = path.with_name(f".{path.name}.compact")
    fresh.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path_literal(path)}' as large (read_only)")
        connection.execute(f"attach '{path_literal(fresh)}' as small (storage_version '{STORAGE}')")
        connection.execute("copy from database large to small")
        connection.execute("detach small")
    os.replace(fresh, path)
