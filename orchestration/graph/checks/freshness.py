"""The checks of freshness: whether the nights keep the promise of the schedule, and whether each report is
that of its document.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from orchestration.graph.dagster_internals import CheckedMaterialization
from orchestration.graph.history import SteadyEventLog
from orchestration.publication.freshness import Freshness, judge_freshness, told
from orchestration.settings import Settings
from orchestration.telling.diagnosis import shortened

FRESHNESS, FRESH = "freshness", "fresh"
CONFIRMED = "confirmed"


def freshness_check(asset: dg.AssetKey, settings: Settings) -> dg.AssetChecksDefinition:
    """The check of the nights on ``asset``. It looks at the clock, so it belongs to no night: the watch
    evaluates it.
    """

    @dg.asset_check(
        asset=asset,
        name=FRESHNESS,
        description="Readers have the state of the day: a night published, or found nothing changed.",
    )
    def freshness() -> dg.AssetCheckResult:
        seen = judge_freshness(settings, datetime.now(UTC))
        return dg.AssetCheckResult(passed=seen.fresh, description=seen.sentence, metadata=_metadata(seen))

    return freshness


def report_freshness(instance: dg.DagsterInstance, asset: dg.AssetKey, seen: Freshness) -> bool:
    """Show a verdict in the UI without a run, unless the one shown last says the same; whether it was
    written.
    """
    target = _materialization(instance, asset)
    verdict = dg.AssetCheckEvaluation(
        asset_key=asset,
        check_name=FRESHNESS,
        passed=seen.fresh,
        description=seen.sentence,
        metadata=_metadata(seen),
        target_materialization_data=target,
    )
    record = instance.get_latest_asset_check_evaluation_record(verdict.asset_check_key)
    shown = record.evaluation if record else None  # a run by hand that left it open holds no evaluation
    if isinstance(shown, dg.AssetCheckEvaluation) and _said(shown) == _said(verdict):
        return False
    instance.report_runless_asset_event(verdict)
    return True


def _said(verdict: dg.AssetCheckEvaluation) -> tuple[bool, str | None, int | None]:
    target = verdict.target_materialization_data
    return verdict.passed, verdict.description, target.storage_id if target else None


def _materialization(instance: dg.DagsterInstance, asset: dg.AssetKey) -> CheckedMaterialization | None:
    """The last materialization of ``asset``: the UI hides a verdict that is not about it."""
    for record in instance.fetch_materializations(asset, limit=1).records:
        return CheckedMaterialization(
            storage_id=record.storage_id, run_id=record.event_log_entry.run_id, timestamp=record.timestamp
        )
    return None


def _metadata(seen: Freshness) -> dict[str, dg.MetadataValue]:
    moments = {
        CONFIRMED: seen.confirmed.at if seen.confirmed else None,
        "until": seen.deadline,
        "failing since": seen.failing,
    }
    known: dict[str, dg.MetadataValue] = {
        name: dg.MetadataValue.timestamp(moment) for name, moment in moments.items() if moment
    }
    if seen.confirmed:
        known |= {
            "release": dg.MetadataValue.text(seen.confirmed.release),
            "how": dg.MetadataValue.text(seen.confirmed.how),
        }
    return known


def fresh_spec(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        FRESH,
        asset=asset,
        description="The rows are those of the document and the template as they are today.",
    )


def fresh_result(asset: dg.AssetKey, reason: str, since: datetime | None) -> dg.AssetCheckResult:
    """The verdict on one report: a warning with the ``reason`` why it keeps older rows, and since when;
    passed without a reason.
    """
    if not reason:
        return dg.AssetCheckResult(asset_key=asset, check_name=FRESH, passed=True)
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=FRESH,
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"stale{f' since {told(since)}' if since else ''}: {shortened(reason)}",
        metadata={"reason": reason, **({"stale since": dg.MetadataValue.timestamp(since)} if since else {})},
    )


def told_at_once(
    context: dg.AssetExecutionContext, result: dg.AssetCheckResult
) -> Iterator[dg.Output[None] | dg.AssetCheckEvaluation]:
    """A verdict on what the step has just materialized, where it was asked for, as the evaluation that
    Dagster makes of it. To make it, Dagster goes through the checks of all reports at each, and asks the
    history.
    """
    asset, name = result.asset_key, result.check_name
    if (
        asset is None
        or name is None
        or dg.AssetCheckKey(asset, name) not in context.selected_asset_check_keys
    ):
        return
    history = context.instance.event_log_storage
    last = history.last_materialization(asset) if isinstance(history, SteadyEventLog) else None
    yield dg.Output(None, output_name=dg.AssetCheckSpec(name, asset=asset).get_python_identifier())
    yield dg.AssetCheckEvaluation(
        asset_key=asset,
        check_name=name,
        passed=result.passed,
        metadata=result.metadata,
        target_materialization_data=last or _materialization(context.instance, asset),
        severity=result.severity,
        description=result.description,
    )
