"""Ending processes that this project started: asked first, then made to; with the one that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import time


def stop(process: subprocess.Popen[bytes], patience: float) -> None:
    """Ask a process to stop, and kill it after ``patience`` (seconds); one that has ended is left alone."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_with(parent: int) -> None:
    """Wait until the process that started this one is gone, then end this one: work that nobody waits for
    would disturb the next night.
    """
    while os.getppid() == parent:
        time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGKILL)
