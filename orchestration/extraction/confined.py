"""Formats that can unfold into more than their file shows are read in a process of their own, with little
memory and time.

A PDF of one megabyte may hold gigabytes; a page may nest a million tags. The operating system bounds the
process that reads it, so that whatever a document does, its reader gets the text or one sentence that names
the document, and nothing else is disturbed.

The process is ``python -m orchestration.extraction.confined FORMAT NAME BYTES MEMORY SECONDS``: the document
on standard input, the text as JSON on standard output. Plain text needs none of this. Does not belong here:
what the formats mean (formats).
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.formats import LeftOut, Piece, PlainText, from_html
from orchestration.extraction.pdf import from_pdf

MEBIBYTE = 1024 * 1024
READERS: Mapping[str, Callable[[str, bytes], PlainText]] = {"html": from_html, "pdf": from_pdf}
#: Address space that must be left when reading ends: some readers of pages go on without what they could not
#: hold.
ROOM = 64 * MEBIBYTE
OUT_OF_MEMORY = 71
#: How a library that is not written in Python ends when it gets no memory.
_GIVEN_UP = frozenset({signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGSEGV})
_ROOT = Path(__file__).resolve().parents[2]
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one document may take: ``memory`` bytes of address space, ``seconds`` of processor."""

    memory: int
    seconds: int


#: A dense page of a PDF takes a quarter of a second, and a report of two hundred pages 80 MiB.
LIMITS = Limits(memory=448 * MEBIBYTE, seconds=300)


def read_confined(form: str, name: str, data: bytes, limits: Limits | None = None) -> PlainText:
    """The text of a document in one of ``READERS``; raises ``ExtractionError`` when it is refused or goes
    beyond the limits.
    """
    limits = limits or LIMITS
    numbers = map(str, (len(data), limits.memory, limits.seconds))
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.extraction.confined", form, name, *numbers],
        cwd=_ROOT,
        input=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise ExtractionError(f"{name}: {_why(done.returncode, limits)}")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise ExtractionError(answer["refused"])
    pieces, left_out = (
        itertools.starmap(Piece, answer["pieces"]),
        itertools.starmap(LeftOut, answer["left_out"]),
    )
    return PlainText(
        answer["text"], tuple(answer["page_lines"]), tuple(pieces), tuple(left_out), tuple(answer["large"])
    )


def _why(status: int, limits: Limits) -> str:
    """A clause for a reader that gave no answer."""
    if status == OUT_OF_MEMORY:
        return (
            f"needs more than {limits.memory // MEBIBYTE} MiB of memory to be read; save it again in a "
            "simpler form, or split the document"
        )
    if status == -signal.SIGXCPU:
        return (
            f"takes more than {limits.seconds} s of processor to be read; save it again in a simpler "
            "form, or split the document"
        )
    if -status in _GIVEN_UP:
        return (
            f"needs more than {limits.memory // MEBIBYTE} MiB of memory to be read, or is damaged (its "
            "reader ended with "
            f"{signal.Signals(-status).name}); save it again in a simpler form, or split the document"
        )
    ended = signal.Signals(-status).name if status < 0 else f"status {status}"
    return f"its reader ended without an answer ({ended}); save the document again in a simpler form"


def main(arguments: list[str]) -> int:
    """Read one document from standard input within the limits that the arguments name."""
    form, name, *numbers = arguments
    size, memory, seconds = map(int, numbers)
    confine(Limits(memory, seconds))
    try:
        answer = _answer(form, name, sys.stdin.buffer.read(size), memory)
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    return 0


def confine(limits: Limits) -> None:
    """Bound this process for the rest of its life, and end it with its parent."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_AS, limits.memory)
    _lower(resource.RLIMIT_CPU, limits.seconds)


def _lower(kind: int, limit: int) -> None:
    """Set a limit, or leave a lower one that is there already."""
    soft, hard = resource.getrlimit(kind)
    if soft == resource.RLIM_INFINITY or soft > limit:
        resource.setrlimit(kind, (limit, hard))


def _answer(form: str, name: str, data: bytes, memory: int) -> bytes:
    try:
        plain = READERS[form](name, data)
        answer: dict[str, object] = {
            "text": plain.text,
            "page_lines": plain.page_lines,
            "pieces": plain.pieces,
            "left_out": plain.left_out,
            "large": plain.large,
        }
    except ExtractionError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        raise
    except Exception as error:  # whatever else a library says of a document that is not what it claims to be
        answer = {"refused": f"{name}: cannot be read ({type(error).__name__}); save it again"}
    if _most_held() > memory - ROOM:
        raise MemoryError
    return json.dumps(answer).encode("ascii")


def _most_held() -> int:
    """The most address space that this process has held, in bytes (0 where the system does not tell)."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmPeak:"):
                return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
