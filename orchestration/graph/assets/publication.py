"""The last step: the audited build becomes what readers open."""

import contextlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import dagster as dg

from orchestration.building.changes import count_changes
from orchestration.building.journal import NightStep
from orchestration.building.published import look
from orchestration.graph.assets.audit import AUDIT_KEY
from orchestration.graph.assets.site import SITE_KEY
from orchestration.graph.checks.freshness import report_freshness
from orchestration.graph.resources import PAGES, WAREHOUSE_OWNER, Night, told_plainly
from orchestration.publication.freshness import PUBLISHED, confirm, judge_freshness
from orchestration.publication.hold import let_go
from orchestration.publication.publish import publish
from orchestration.publication.retention import next_release, remove_old_releases
from orchestration.site.build import FORMER_FINDINGS

PUBLICATION_KEY = dg.AssetKey(["publication", "observatoire"])


def publication_asset() -> dg.AssetsDefinition:
    @dg.asset(
        key=PUBLICATION_KEY,
        deps=[AUDIT_KEY, SITE_KEY],
        group_name="publication",
        owners=[WAREHOUSE_OWNER],
        kinds={"duckdb", "parquet"},
        description="The published warehouse: the DuckDB file that analysts open, and its marts as Parquet.",
    )
    def publication(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult]:
        settings = night.settings
        with told_plainly(), night.journal.step("publish") as step:
            name = next_release(settings.warehouse, datetime.now(UTC))
            extras, manifest = [settings.data_docs, FORMER_FINDINGS], settings.target / "manifest.json"
            release = publish(settings.build, settings.warehouse, name, extras, manifest, [settings.site])
            let_go(settings)
            confirm(settings, PUBLISHED)
            removed = remove_old_releases(settings.warehouse, settings.kept, int(settings.kept_gb * 1e9))
            changed = count_changes(release.folder)
            step.rows = sum(rows for table, rows in release.rows.items() if table.startswith("marts."))
            step.detail = f"{release.name}, {len(release.rows)} tables, {release.size / 1e6:.1f} MB"
        yield dg.MaterializeResult(
            metadata={
                "release": release.name,
                "published file": dg.MetadataValue.path(str(settings.published)),
                "parquet": dg.MetadataValue.path(str(settings.warehouse / "parquet")),
                "data docs": dg.MetadataValue.url(f"{PAGES}/data_docs/index.html"),
                "pages": dg.MetadataValue.url(f"{PAGES}/site/index.html"),
                "seconds": step.seconds,
                "seconds of the night's steps": round(sum(done.seconds for done in night.journal.steps()), 1),
                **{f"seconds: {name}": spent for name, spent in by_step(night.journal.steps()).items()},
                "bytes": release.size,
                "rows": dg.MetadataValue.md(_rows(release.rows)),
                "figures changed": ", ".join(f"{n} {kind}" for kind, n in changed.items()) or "none",
                "reports stale": ", ".join(report.code for report in look(settings.published).stale)
                or "none",
                "releases removed": ", ".join(removed) or "none",
            }
        )
        with contextlib.suppress(
            Exception
        ):  # readers have the new state: what is shown beside it cannot fail the night
            report_freshness(context.instance, PUBLICATION_KEY, judge_freshness(settings, datetime.now(UTC)))

    return publication


def by_step(steps: Iterable[NightStep]) -> dict[str, float]:
    """Seconds of each step of a night, those of all reports together: one plot each shows which grew."""
    spent: dict[str, float] = {}
    for step in steps:
        name = "read" if step.name.startswith("read ") else step.name
        spent[name] = round(spent.get(name, 0.0) + step.seconds, 1)
    return spent


def _rows(rows: dict[str, int]) -> str:
    return "\n".join(
        ["| table | rows |", "|---|---:|", *(f"| {table} | {count} |" for table, count in rows.items())]
    )
