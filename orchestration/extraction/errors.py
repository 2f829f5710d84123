"""The refusals of the reader: each is written for the person who must act on it."""

from __future__ import annotations


class ExtractionError(Exception):
    """A document, template or extract cannot be taken as it is.

    ``str(error)`` holds one sentence per problem (one per line): the report, the line, what is wrong and what
    to do.
    """


class StillChanging(ExtractionError):
    """A file is being written: what is wrong now may be right in a minute."""


class Problems:
    """Collects the refusals of one report so that its author sees all of them at once.

    After ``most`` of them nothing more is looked for: they are raised, since finding the nearest text of each
    takes time.
    """

    def __init__(self, report: str, most: int | None = None) -> None:
        self._report = report
        self._most = most
        self._sentences: list[str] = []

    def add(self, sentence: str) -> None:
        self._sentences.append(f"{self._report}: {sentence}")
        if self._most is not None and len(self) >= self._most:
            self.raise_if_any()

    def take(self, error: ExtractionError) -> None:
        """Add the sentences of a refusal, which name the report."""
        self._sentences.extend(str(error).split("\n"))

    def __len__(self) -> int:
        return len(self._sentences)

    def raise_if_any(self, limit: int = 40) -> None:
        """Raise every sentence as one ``ExtractionError`` (the first ``limit``, then a count of the rest)."""
        if not self._sentences:
            return
        shown = self._sentences[:limit]
        if len(self._sentences) > limit:
            shown.append(
                f"{self._report}: encore {len(self._sentences) - limit} problèmes, une fois ceux-ci corrigés"
            )
        raise ExtractionError("\n".join(shown))
