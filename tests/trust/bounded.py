"""Running a function in a process of its own whose processor time is limited, to show that its work is
bounded.

A search that explodes would run for centuries, so the limit is generous and says nothing about the speed of
the machine.
"""

from __future__ import annotations

import multiprocessing
import resource
import subprocess
from collections.abc import Callable
from multiprocessing.connection import Connection

GIBIBYTE = 1024**3


class Exploded(AssertionError):
    """The function used up its processor time, or its memory."""


def bounded(function: Callable[[], str], seconds: int = 40) -> tuple[str, int]:
    """What ``function`` returned and the bytes that its process held at most. Raises ``Exploded`` when it was
    stopped.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_limited, args=(sender, function, seconds))
    process.start()
    sender.close()
    try:
        said = receiver.recv()
    except EOFError:
        raise Exploded(f"stopped after {seconds} seconds of processor time") from None
    finally:
        process.join()
    if isinstance(said, BaseException):
        raise said
    return said


def _limited(sender: Connection, function: Callable[[], str], seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    try:
        subprocess.run(["true"], check=True)  # what a started process holds until it is another program
        inherited = _peak()
        answer = function()
        sender.send((answer, _peak() - inherited))
    except Exception as error:
        sender.send(error)


def _peak() -> int:
    """The most memory that this process and the largest of those it started have held, in bytes; each begins
    with that of its parent, which has imported much where other tests ran before."""
    return (
        sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        * 1024
    )
