"""The refusals that stop a night: each is one sentence for the person who must act on it.

Refusals of the reader live in ``orchestration.extraction.errors``; both are shown without a traceback.
"""

from __future__ import annotations


class NightError(Exception):
    """The night cannot go on; ``str(error)`` says what is wrong and what to do. Nothing published has
    changed.
    """


class Busy(NightError):
    """Another program holds what the night needs: it may let go of it in a moment."""
