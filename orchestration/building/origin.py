"""Where the rows of a report come from, as the records of a build say it.

Belongs here: the names alone; which of them a report gets is decided in ``isolation``.
"""

from __future__ import annotations

from enum import StrEnum


class Origin(StrEnum):
    """A night reads a document, or takes the committed extract, or sets back to what is published."""

    DOCUMENT = "document"
    EXTRACT = "extrait"
    PUBLISHED = "publication"
    NOWHERE = "aucune"
