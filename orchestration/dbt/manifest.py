"""The dbt manifest that Dagster reads its graph from: written by ``dbt parse``, only when the project has changed.

Also the one place that knows how dbt is called: environment, module and folders.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import orjson

from orchestration.errors import NightError
from orchestration.progress import progress
from orchestration.settings import Settings

FINGERPRINT = "manifest.fingerprint"
#: Folders of the dbt project that tell nothing about its models.
OUTPUT_FOLDERS = {"target", "logs", "dbt_packages"}


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Variables for dbt. The build is named only where it is not at its usual place: naming it makes dbt parse again."""
    if settings.usual:
        return {}
    return {
        "OBSERVATOIRE_BUILD": str(settings.build),
        "DBT_TARGET_PATH": str(settings.target),
        "DBT_LOG_PATH": str(settings.private / "logs"),
    }


def fingerprint(project: Path) -> str:
    """A digest of every file of the project and of the dbt version, and the place of the project; clocks say nothing.

    What dbt parsed names the seeds by absolute paths: in a copy it would lead back to the original.
    """
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(project.rglob("*")):
        relative = path.relative_to(project)
        if relative.parts[0] in OUTPUT_FOLDERS or relative.name.startswith(".") or not path.is_file():
            continue
        digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{digest.hexdigest()} {project.resolve()}"


def current_manifest(settings: Settings) -> Path:
    """The manifest of the project as it is now. Raises ``NightError`` with dbt's own words when it does not parse.

    The mark beside it holds the digest and the place of the project; a manifest that is torn is written again whatever the mark says.
    """
    manifest, mark = settings.target / "manifest.json", settings.target / FINGERPRINT
    wanted, before = fingerprint(settings.dbt_project), _read(mark)
    known, moved = before == wanted, before.partition(" ")[2] != wanted.partition(" ")[2]
    if known and _is_whole(manifest):
        return manifest
    progress.info("what dbt parsed is damaged: parsing again" if known else "the dbt project is new, has changed or was moved: parsing it")
    if known or moved:  # dbt keeps what it knows of an unchanged file, and where that file was
        (settings.target / "partial_parse.msgpack").unlink(missing_ok=True)
    run_dbt(settings, "parse")
    mark.write_text(wanted, encoding="utf-8")
    return manifest


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
    """Run a dbt command in the project's folder and return what it printed. Raises ``NightError`` when it fails."""
    settings.private.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments, "--profiles-dir", str(settings.dbt_project)],
        cwd=settings.dbt_project,
        env={**os.environ, **dbt_environment(settings)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line.split("  ", 1)[-1].strip() for line in done.stdout.splitlines() if line.strip()]
        raise NightError(f"dbt {arguments[0]} failed: {' '.join(lines[-6:])}")
    return done.stdout
