"""Stopping a process that this project started: asked first, then made to."""

from __future__ import annotations

import subprocess


def stop(process: subprocess.Popen[bytes], patience: float) -> None:
    """Ask a process to stop, and kill it after ``patience`` (seconds); one that has ended is left alone."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
