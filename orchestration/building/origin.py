"""Where the rows of a report come from, and how it entered a build, as the records of that build say it.

Belongs here: the names alone; which of them a report gets is decided in ``isolation``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """A night reads a document, or takes the committed extract, or sets back to what is published."""

    DOCUMENT = "document"
    EXTRACT = "extrait"
    PUBLISHED = "publication"
    NOWHERE = "aucune"


@dataclass(frozen=True)
class State:
    """How a report entered the build: where its rows come from, the inputs seen, and why it is stale (empty
    when it is not).
    """

    code: str
    source: str
    inputs: dict[str, str]
    reading: str
    reason: str = ""
    words: str | None = None
    members: str | None = None
