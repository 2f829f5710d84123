"""A dbt process that imports and parses while the night still reads its reports, then builds when told to.

Run as ``python -m orchestration.dbt.warm``: it waits for one line of JSON on standard input, the list of what
to select (empty for everything), then it runs ``dbt build`` and prints dbt's structured events, one JSON
object per line. Without that line it ends and builds nothing. Asked to write the manifest, it first tells
when it has: a new or changed project is parsed once, by the process that builds it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from orchestration.collector import spare_the_collector
from orchestration.dbt.manifest import refused
from orchestration.dbt.processes import end_with

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FLAGS = ["--log-format", "json", "--no-use-colors", "--log-level-file", "none"]
#: The line that ends what dbt told while it parsed and wrote its manifest.
WRITTEN = "manifest written"

_ready: subprocess.Popen[bytes] | None = None


def prepare(project: Path, environment: dict[str, str]) -> None:
    """Start a dbt process ahead of its use, unless one waits already; ``take`` hands it over."""
    global _ready
    if _ready is None or _ready.poll() is not None:
        dismiss()
        _ready = _start(project, environment)


def prepare_and_write(project: Path, environment: dict[str, str]) -> None:
    """Start a dbt process that writes the manifest as it parses, and wait until it has. Raises ``NightError``
    with dbt's own words when the project does not parse.
    """
    global _ready
    dismiss()
    process = _start(project, environment, WRITTEN)
    assert process.stdout is not None
    told: list[str] = []
    for line in iter(process.stdout.readline, b""):
        if line.decode().strip() == WRITTEN:
            _ready = process
            return
        told.append(_message(line))
    process.wait()
    raise refused("parse", told)


def _message(line: bytes) -> str:
    """What an event of dbt says; a line that is none, as it stands."""
    try:
        return str(json.loads(line)["info"]["msg"])
    except (ValueError, LookupError, TypeError):
        return line.decode(errors="replace")


def take(project: Path, environment: dict[str, str], selected: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """The prepared process, or a new one, told to build ``selected`` (dbt selectors; empty for
    everything).
    """
    global _ready
    process, _ready = _ready or _start(project, environment), None
    try:
        return _told(process, selected)
    except BrokenPipeError:  # it died while it waited: another one starts, once
        process.wait()
        return _told(_start(project, environment), selected)


def _told(process: subprocess.Popen[bytes], selected: Sequence[str]) -> subprocess.Popen[bytes]:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(list(selected)).encode() + b"\n")
        process.stdin.flush()
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    return process


def dismiss() -> None:
    """End a prepared process that nobody took."""
    global _ready
    process, _ready = _ready, None
    if process is not None:
        process.kill()
        process.communicate()


def _start(project: Path, environment: dict[str, str], *asked: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.dbt.warm", str(project), *asked],
        cwd=project.parent,
        env={**os.environ, **environment, "PYTHONUNBUFFERED": "1", "DO_NOT_TRACK": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def main(project: str, asked: str = "") -> int:
    """Parse, write the manifest where ``asked``, wait, build; the exit status is dbt's."""
    spare_the_collector()
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    from dbt.cli.main import dbtRunner

    from orchestration.dbt.dbt_internals import spare_the_unheard

    spare_the_unheard()
    os.chdir(project)
    folders = ["--project-dir", project, "--profiles-dir", project]
    writing = "--write-json" if asked == WRITTEN else "--no-write-json"
    parsed = dbtRunner().invoke(["--quiet", *FLAGS, writing, "parse", *folders])
    if asked == WRITTEN:
        print(WRITTEN if parsed.success else parsed.exception or "", flush=True)
        if not parsed.success:
            return 2
    told = sys.stdin.readline()
    if not told:
        return 1
    if not parsed.success:
        print(parsed.exception or "", flush=True)
        return 2
    selection = [argument for selector in json.loads(told) for argument in ("--select", selector)]
    manifest = cast("Manifest", parsed.result)
    let_tests_speak(manifest)
    build = ["--no-write-json", "build", "--exclude-resource-type", "unit_test"]
    built = dbtRunner(manifest=manifest).invoke([*FLAGS, *build, *folders, *selection])
    return 0 if built.success else 1


def let_tests_speak(manifest: Manifest) -> None:
    """Let a test that refuses rows stop nothing here, so that one build says everything that is wrong:
    whoever reads the events takes its warning for the failure that it is (``lowered``).
    """
    from dbt.artifacts.resources.v1.config import Severity, TestConfig

    for node in manifest.nodes.values():
        if isinstance(node.config, TestConfig) and str(node.config.severity).lower() == "error":
            node.config.severity = Severity("warn")


def lowered(node: Mapping[str, Any]) -> bool:
    """Whether a test, as the manifest has it, is one whose refusal is an error."""
    return str(node["config"].get("severity", "")).lower() == "error"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
