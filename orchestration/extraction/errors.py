"""The refusals of the reader: each is written for the person who must act on it."""

from __future__ import annotations


class ExtractionError(Exception):
    """A document, template or extract cannot be taken as it is.

    ``str(error)`` holds one sentence per problem (one per line): the report, the line, what is wrong and what to do.
    """


class StillChanging(ExtractionError):
    """A file is being written: what is wrong now may be right in a minute."""


class Problems:
    """Collects the refusals of one report so that its author sees all of them at once."""

    def __init__(self, report: str) -> None:
        self._report = report
        self._sentences: list[str] = []

    def add(self, sentence: str) -> None:
        self._sentences.append(f"{self._report}: {sentence}")

    def __len__(self) -> int:
        return len(self._sentences)

    def raise_if_any(self, limit: int = 40) -> None:
        """Raise every sentence as one ``ExtractionError`` (the first ``limit``, then a count of the rest)."""
        if not self._sentences:
            return
        shown = self._sentences[:limit]
        if len(self._sentences) > limit:
            shown.append(f"{self._report}: {len(self._sentences) - limit} more problems follow once these are mended")
        raise ExtractionError("\n".join(shown))
