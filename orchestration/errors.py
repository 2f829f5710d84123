"""The refusals that stop a night: each is one sentence for the person who must act on it.

Refusals of the reader live in ``orchestration.extraction.errors``; both are shown without a traceback.
"""

from __future__ import annotations

import errno

#: How the system, DuckDB, SQLite and dbt say that nothing more can be written.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_WORDS = ("No space left", "File too large", "disk is full", "Disk quota exceeded")
MAKE_ROOM = "make room, then run the night again"
#: How Python, the system, DuckDB and polars say that they got no memory, or no thread for lack of it.
NO_MEMORY = (errno.ENOMEM, errno.EAGAIN)
NO_MEMORY_WORDS = (
    "MemoryError",
    "annot allocate memory",  # glibc and the kernel differ in the first letter
    "failed to map segment",
    "Out of Memory Error",
    "Resource temporarily unavailable",
    "can't start new thread",
    "bad_alloc",
    "memory allocation of",
)
GIVE_MEMORY = "close other programs, or allow it more (`ulimit -v`, MemoryMax), then run the night again"


def says_full(said: str) -> bool:
    """Whether a message is about a disk that is full."""
    return any(words in said for words in FULL_WORDS)


def says_no_memory(said: str) -> bool:
    """Whether a message is about too little memory."""
    return any(words in said for words in NO_MEMORY_WORDS)


def lacks_memory(error: BaseException) -> bool:
    """Whether an error is the machine's want of memory, and nobody else's fault."""
    number = error.errno if isinstance(error, OSError) else None
    return isinstance(error, MemoryError) or number in NO_MEMORY or says_no_memory(str(error))


def unwritable(what: object, error: OSError) -> str:
    """The sentence for a file or a folder of a night that cannot be written."""
    if error.errno in FULL:
        return f"the disk is full ({what}: {error.strerror}): {MAKE_ROOM}"
    return (
        f"{what} cannot be written ({error.strerror}): give it to the user of the night; nothing was changed"
    )


class NightError(Exception):
    """The night cannot go on; ``str(error)`` says what is wrong and what to do. Nothing published has
    changed.
    """


class Passing(NightError):
    """What a machine lacks now and may have at the next night: a report that is stale for it is read again
    then, although nothing changed.
    """


class Busy(NightError):
    """Another program holds what the night needs: it may let go of it in a moment."""
