"""What one expectation is before Great Expectations sees it: a table, a French title, and a query or a native
form.

A rows check is a query that returns the rows that must not exist; each row explains itself in its `message`
column. Light on purpose: orchestration reads the list of suites without importing Great Expectations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

EVERYWHERE = "tous"
BATCH = "(select * from {batch})"


@dataclass(frozen=True)
class Check:
    """One expectation. Either `query` (rows that must not exist) or `native` with its `arguments`.

    `table` is `schema.table`; `warning` reports without failing the audit.
    """

    suite: str
    table: str
    title: str
    query: str = ""
    native: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    domain: str = EVERYWHERE
    warning: bool = False

    @property
    def family(self) -> str:
        """The suite, with the suites of all domains as one: what Great Expectations runs together."""
        return self.suite.split("_")[0] if self.suite.startswith("totaux_") else self.suite

    def __post_init__(self) -> None:
        if bool(self.query) == bool(self.native):
            raise ValueError(f"{self.title}: a check is either a query or a native expectation")
        if self.query and "{batch}" not in self.query:
            raise ValueError(f"{self.title}: the query does not read its own table")


def place(alias: str = "lot") -> str:
    """SQL for `rapport, ligne n : « printed »`, as every message begins."""
    return (
        f"{alias}.rapport_code || ', ligne ' || {alias}.ligne || ', colonne ' || {alias}.colonne"
        f" || ' : « ' || coalesce({alias}.valeur_imprimee, '') || ' »'"
    )


def rows_where(condition: str, message: str) -> str:
    """The query of the rows of the table for which `condition` is true, or unknown.

    `condition` says what is wrong; a NULL must not pass, so an unknown condition counts as wrong.
    """
    return f"select {message} as message from {BATCH} as lot where coalesce({condition}, true)"


def quoted(values: Sequence[str]) -> str:
    """`'a', 'b'` for an SQL list."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
