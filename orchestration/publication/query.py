"""SQL of a person on the published file: it reads the warehouse and nothing else, no other file, no network,
no extension.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import NightError

#: Without the last, a name that is no table would be looked up among the variables of this program.
SEALED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "lock_configuration": True,
    "python_enable_replacements": False,
}


@contextmanager
def sealed(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that reaches nothing but ``published``. Raises ``NightError`` for whatever its
    SQL is refused for.
    """
    if not published.exists():
        raise NightError("nothing is published yet: run `make nightly`")
    try:
        with duckdb.connect(str(published), read_only=True, config=SEALED) as connection:
            yield connection
    except duckdb.Error as error:
        raise NightError(f"the query was refused: {str(error).strip()}") from error


def old_codes(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """One sentence for each code of an earlier contract that ``sql`` names between quotes; a file without
    that table has none.
    """
    try:
        codes = connection.execute(
            "select dimension, ancien_code, nouveau_code, version from marts.dim_code_ancien"
        ).fetchall()
    except duckdb.CatalogException:
        return []
    return [
        f"note : {dimension} '{old}' s'écrit '{new}' depuis la version {version} du contrat "
        "(marts.dim_code_ancien)"
        for dimension, old, new, version in codes
        if f"'{old}'" in sql
    ]
