"""The published file without its empty blocks.

Freezing views and dropping inner schemas in a copy of the build leaves a third of the file free, and DuckDB
gives no block back (``vacuum`` and ``checkpoint`` free nothing): copying the database into a new file does.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

#: As the build itself is written: readers of DuckDB 1.1 and later open it.
STORAGE = "v1.0.0"


def compact(path: Path) -> None:
    """Write the DuckDB file ``path`` anew: same tables, rows in their order, comments and keys. Nobody else
    has it open.
    """
    fresh = path.with_name(f".{path.name}.compact")
    fresh.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(path)}' as large (read_only)")
        connection.execute(f"attach '{_quoted(fresh)}' as small (storage_version '{STORAGE}')")
        connection.execute("copy from database large to small")
        connection.execute("detach small")
    os.replace(fresh, path)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
