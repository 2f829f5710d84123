"""The one place where assets, checks, the job, its schedule and the resources meet."""

from __future__ import annotations

import dagster as dg

from expectations.audit import SUITES
from orchestration.dbt.manifest import current_manifest
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, reports_to_read
from orchestration.graph.assets.audit import audit_asset
from orchestration.graph.assets.comparison import comparison_asset
from orchestration.graph.assets.dbt import warehouse_assets
from orchestration.graph.assets.extraction import extraction_assets
from orchestration.graph.assets.publication import PUBLICATION_KEY, publication_asset
from orchestration.graph.assets.raw import raw_assets
from orchestration.graph.assets.site import site_asset
from orchestration.graph.checks.freshness import freshness_check
from orchestration.graph.resources import Night
from orchestration.graph.sensors import documents_sensor, failure_sensor, nightly_schedule, watch_sensor
from orchestration.settings import Settings, read_settings

NIGHTLY = "nightly"


def build_definitions(settings: Settings) -> dg.Definitions:
    """The whole graph of one installation: documents, raw tables, models, audit, publication."""
    reports, refusal = _declared(settings)
    models = warehouse_assets(current_manifest(settings), settings.dbt_project)
    freshness = freshness_check(PUBLICATION_KEY, settings)
    nightly = dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all() - dg.AssetSelection.checks(freshness),
        description="One night: read the reports, build aside, audit, publish.",
        executor_def=dg.in_process_executor,
    )
    return dg.Definitions(
        assets=[
            comparison_asset(refusal),
            *([extraction_assets(reports)] if reports else []),
            raw_assets(reports),
            models,
            audit_asset(sorted(models.keys), SUITES),
            site_asset(),
            publication_asset(),
        ],
        asset_checks=[freshness],
        jobs=[nightly],
        schedules=[nightly_schedule(nightly, settings)],
        sensors=[
            documents_sensor(nightly, settings, [report.code for report in reports]),
            failure_sensor(nightly, settings),
            watch_sensor(PUBLICATION_KEY, settings),
        ],
        resources={"night": Night()},
        executor=dg.in_process_executor,
    )


def _declared(settings: Settings) -> tuple[list[Report], str]:
    """The reports, and why they could not be listed: the first step of a night tells it, schedule and alarm
    live on.
    """
    try:
        return reports_to_read(settings.raw), ""
    except (ExtractionError, OSError) as error:
        return [], str(error)


defs = build_definitions(read_settings())
