"""The dbt manifest that Dagster reads its graph from: written by ``dbt parse``, only when the project has
changed.

Also the one place that knows how dbt is called: environment, module and folders.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import orjson

from orchestration.errors import NightError, unwritable
from orchestration.progress import progress
from orchestration.settings import Settings

FINGERPRINT = "manifest.fingerprint"
#: Folders of the dbt project that tell nothing about its models.
OUTPUT_FOLDERS = {"target", "logs", "dbt_packages"}


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Variables for dbt. The build is named only where it is not at its usual place: naming it makes dbt
    parse again.
    """
    if settings.usual:
        return {}
    return {
        "OBSERVATOIRE_BUILD": str(settings.build),
        "DBT_TARGET_PATH": str(settings.target),
        "DBT_LOG_PATH": str(settings.private / "logs"),
    }


def fingerprint(project: Path) -> str:
    """A digest of every file of the project and of the dbt version, and the place of the project; clocks say
    nothing.

    What dbt parsed names the seeds by absolute paths: in a copy it would lead back to the original.
    """
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(project.rglob("*")):
        relative = path.relative_to(project)
        if relative.parts[0] in OUTPUT_FOLDERS or relative.name.startswith(".") or not path.is_file():
            continue
        digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{digest.hexdigest()} {project.resolve()}"


def current_manifest(settings: Settings, parse: Callable[[Settings], None] | None = None) -> Path:
    """The manifest of the project as it is now. Raises ``NightError`` with dbt's own words when it does not
    parse.

    ``parse`` writes it where it must be written; left out, a dbt process does that and ends.

    The mark beside it holds the digest and the place of the project; a manifest that is torn is written again
    whatever the mark says. Of processes that meet here (a UI, its daemon, a night) one parses; the others
    wait, and take what it wrote.
    """
    manifest, wanted = settings.target / "manifest.json", fingerprint(settings.dbt_project)
    if not _is_current(settings, wanted):
        with _only_parse(settings.target):
            if not _is_current(settings, wanted):
                _parse(settings, wanted, parse or _parse_apart)
    return manifest


def _is_current(settings: Settings, wanted: str) -> bool:
    return _read(settings.target / FINGERPRINT) == wanted and _is_whole(settings.target / "manifest.json")


@contextmanager
def _only_parse(target: Path) -> Iterator[None]:
    """One process at a time parses into ``target``: dbt writes its manifest in pieces, which a second one
    would read, or mix with its own.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target / "parse.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NightError(unwritable(target, error)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _parse_apart(settings: Settings) -> None:
    run_dbt(settings, "parse")


def _parse(settings: Settings, wanted: str, parse: Callable[[Settings], None]) -> None:
    mark = settings.target / FINGERPRINT
    before = _read(mark)
    known, moved = before == wanted, before.partition(" ")[2] != wanted.partition(" ")[2]
    progress.info(
        "what dbt parsed is damaged: parsing again"
        if known
        else "the dbt project is new, has changed or was moved: parsing it"
    )
    if known or moved:  # dbt keeps what it knows of an unchanged file, and where that file was
        (settings.target / "partial_parse.msgpack").unlink(missing_ok=True)
    parse(settings)
    mark.write_text(wanted, encoding="utf-8")


def _is_whole(manifest: Path) -> bool:
    try:
        return bool(orjson.loads(manifest.read_bytes())["nodes"])
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _read(mark: Path) -> str:
    try:
        return mark.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def run_dbt(settings: Settings, *arguments: str) -> str:
    """Run a dbt command in the project's folder and return what it printed. Raises ``NightError`` when it
    fails.
    """
    settings.private.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "dbt.cli.main",
            "--no-use-colors",
            *arguments,
            "--profiles-dir",
            str(settings.dbt_project),
        ],
        cwd=settings.dbt_project,
        env={**os.environ, **dbt_environment(settings)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line.split("  ", 1)[-1] for line in done.stdout.splitlines()]
        raise refused(arguments[0], lines)
    return done.stdout


def refused(command: str, lines: Iterable[str]) -> NightError:
    """That a dbt command failed, in dbt's last words."""
    told = [line.strip() for line in lines if line.strip()]
    return NightError(f"dbt {command} failed: {' '.join(told[-6:])}")
