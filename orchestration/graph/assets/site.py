"""The pages for people, made from the audited build before anybody may read it; a site that leads nowhere
stops the night.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.building.verdict import forget_pages, mark_pages
from orchestration.graph.assets.audit import AUDIT_KEY
from orchestration.graph.checks.site import site_results, site_specs
from orchestration.graph.resources import WAREHOUSE_OWNER, Night, told_plainly
from orchestration.site.build import build_site, refuse_faulty
from orchestration.site.facsimile import Originals

SITE_KEY = dg.AssetKey(["publication", "site"])


def site_asset() -> dg.AssetsDefinition:
    @dg.asset(
        key=SITE_KEY,
        deps=[AUDIT_KEY],
        group_name="publication",
        owners=[WAREHOUSE_OWNER],
        kinds={"html"},
        check_specs=site_specs(SITE_KEY),
        description="The pages for people: every figure, its meaning, its controls and the way to its ink; "
        "published with the file.",
    )
    def site(night: Night) -> Iterator[dg.MaterializeResult]:
        settings = night.settings
        with told_plainly(), night.journal.step("site") as step:
            forget_pages(settings.site)
            drawn = Originals(settings.documents, settings.private / "facsimiles", settings.whole_text)
            made = build_site(settings.build, settings.site, drawn)
            step.rows, step.detail = (
                made.pages,
                f"{made.pages} pages, {made.bytes / 1e6:.1f} MB, {made.links} links",
            )
        yield dg.MaterializeResult(
            metadata={
                "pages": made.pages,
                "files": made.files,
                "bytes": made.bytes,
                "links": made.links,
                "CPU seconds": made.seconds,
                "seconds": step.seconds,
                "pages as built": dg.MetadataValue.path(str(settings.site / "index.html")),
            },
            check_results=site_results(SITE_KEY, made),
        )
        with told_plainly():
            refuse_faulty(made)
            mark_pages(settings.site, settings.build)

    return site
