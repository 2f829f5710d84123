"""The check of the volume: what each report lost or gained since the published state, as a table an engineer
can read.
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from orchestration.building.volume import SUBJECT, SUITE, Change, Volume

SHOWN = 200


def volume_spec(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(SUITE, asset=asset, blocking=True, description=SUBJECT)


def volume_result(asset: dg.AssetKey, volume: Volume) -> dg.AssetCheckResult:
    """A loss above the share that is allowed is an error; a lesser change is a warning, which
    stops nothing.
    """
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=SUITE,
        passed=not volume.refused and not volume.noticed,
        severity=dg.AssetCheckSeverity.ERROR if volume.refused else dg.AssetCheckSeverity.WARN,
        description=volume.refusal or volume.notice or volume.summary,
        metadata={
            "compared with": volume.release or "nothing: no published state",
            "allowed loss (OBSERVATOIRE_VOLUME)": volume.allowed,
            "refused": len(volume.refused),
            "worth a look": len(volume.noticed),
            "reports added": ", ".join(volume.added) or "none",
            "reports removed": ", ".join(volume.removed) or "none",
            "tables removed": ", ".join(volume.tables_removed) or "none",
            "rows": dg.MetadataValue.md(_table([*volume.refused, *volume.noticed, *_steady(volume)])),
        },
    )


def _steady(volume: Volume) -> list[Change]:
    told = {*volume.refused, *volume.noticed}
    return [change for change in volume.changes if change not in told and (change.before or change.after)]


def _table(changes: Sequence[Change]) -> str:
    rows = [f"| {c.report} | {c.table} | {c.before} | {c.after} | {c.percent} |" for c in changes[:SHOWN]]
    more = [f"| {len(changes) - SHOWN} more | | | | |"] if len(changes) > SHOWN else []
    return "\n".join(
        ["| report | table | before | after | change |", "|---|---|---:|---:|---:|", *rows, *more]
    )
