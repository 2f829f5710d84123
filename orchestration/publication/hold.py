"""A state that the operator gave back to readers stays until an input changes, or until the operator lets go.

Without it, the next night would publish again what somebody had just taken back. The hold is a small file
beside the private build that names the release and the inputs of that moment; inputs that cannot be read now
are no change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from orchestration.building.inputs import (
    DOCUMENT,
    UNSETTLED,
    Inputs,
    all_inputs,
    declared_reports,
    differences,
)
from orchestration.building.published import look
from orchestration.building.whole import write_whole
from orchestration.publication.publish import current_release
from orchestration.settings import Settings

LET_GO = "`rollback --let-go`"


def hold_file(settings: Settings) -> Path:
    return settings.private / "hold.json"


def hold(settings: Settings, release: str) -> bool:
    """Keep ``release`` for readers from now on; whether that was necessary (a state of today's inputs needs
    no hold).
    """
    now = inputs_now(settings)
    let_go(settings)
    if not differences(look(settings.warehouse / "releases" / release / "observatoire.duckdb").inputs, now):
        return False
    write_whole(hold_file(settings), json.dumps({"release": release, "inputs": _flat(now)}, indent=1) + "\n")
    return True


def let_go(settings: Settings) -> bool:
    """End the hold; whether there was one."""
    existed = hold_file(settings).exists()
    hold_file(settings).unlink(missing_ok=True)
    return existed


def held(settings: Settings) -> str:
    """Why readers keep a state that nights would replace; empty when none is held, or when an input changed
    since.
    """
    try:
        said = json.loads(hold_file(settings).read_text(encoding="utf-8"))
        release, before = str(said["release"]), dict(said["inputs"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    if release != current_release(settings.warehouse) or _changed(
        before, _flat(inputs_now(settings)), settings.documents_away()
    ):
        return ""
    return (
        f"release {release} was given back to readers and is held until an input changes: {LET_GO} ends that"
    )


def inputs_now(settings: Settings) -> Inputs:
    """Every input of a night that began now."""
    return all_inputs(settings, declared_reports(settings.raw))


def _flat(inputs: Inputs) -> dict[str, str]:
    return {f"{key.report}/{key.kind}": digest for key, digest in sorted(inputs.items())}


def _changed(before: Mapping[str, str], now: Mapping[str, str], away: str) -> bool:
    unknown = {
        key for key, digest in now.items() if digest == UNSETTLED or (away and key.endswith(f"/{DOCUMENT}"))
    }
    return any(before.get(key) != now.get(key) for key in (before.keys() | now.keys()) - unknown)
