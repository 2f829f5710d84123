"""One asset per report, ``extraction/<code>``: its printed numbers, read again where the document is present."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from orchestration.building.isolation import stage_or_keep
from orchestration.building.staging import StagedReport
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.reports import Report
from orchestration.graph.assets.night import Night, told_plainly
from orchestration.graph.checks.freshness import fresh_result, fresh_spec


def extraction_key(code: str) -> dg.AssetKey:
    return dg.AssetKey(["extraction", code])


def extraction_assets(reports: Sequence[Report]) -> list[dg.AssetsDefinition]:
    """The extraction asset of each report."""
    return [_extraction_asset(report, advice(len(reports))) for report in reports]


def advice(reports: int) -> str:
    """What lets a night of so many reports go on without one of them; nothing does when there is only one."""
    if reports < 2:
        return ""
    share = math.ceil(100 / reports) / 100
    return f"With OBSERVATOIRE_TOLERANCE={share:g} it would keep its last good extract, marked stale, and the other reports would be published."


def _extraction_asset(report: Report, advice: str) -> dg.AssetsDefinition:
    key = extraction_key(report.code)

    @dg.asset(
        key=key,
        group_name="extraction",
        kinds={"python", "polars"},
        description=f"{report.titre}: every number that it prints, and the relations that the print implies.",
        metadata={"document": report.document, "template": dg.MetadataValue.path(str(report.folder))},
        tags={"organisme": report.organisme, "periode": report.periode},
        check_specs=[fresh_spec(key)],
    )
    def extraction(night: Night) -> dg.MaterializeResult:
        settings = night.settings
        with told_plainly("" if settings.tolerance else advice), night.journal.step(f"read {report.code}") as step:
            staged = stage_or_keep(report, night.workplace, lambda: load_catalogue(settings.seeds))
            step.rows, step.detail = staged.printed, describe(staged)
        since = night.workplace.published.stale_since(report.code, datetime.now(UTC))
        return dg.MaterializeResult(metadata=reading_metadata(staged), check_results=[fresh_result(key, staged.stale, since)])

    return extraction


def describe(staged: StagedReport) -> str:
    """One line for people: how many numbers, from where, and how they differ from the committed extract."""
    if staged.stale:
        kept = f"the last good extract stays ({staged.printed} numbers)" if staged.numbers else "it has no good extract yet and is left out"
        return f"STALE, {kept}: {staged.stale}"
    counts = staged.numbers
    source = "document" if staged.from_document else "committed extract"
    text = f"{staged.printed} numbers from the {source}: {counts['observation']} read, {counts['ecarte']} set aside"
    if counts["a_relever"]:
        text += f", {counts['a_relever']} left"
    text += ", unchanged since the published state" if staged.kept else ""
    return text + (f"; differs from the committed extract: {staged.difference}" if staged.difference else "")


def reading_metadata(staged: StagedReport) -> dict[str, dg.MetadataValue]:
    """What an engineer wants to see beside the asset."""
    counts = {"observation": 0, "ecarte": 0, "a_relever": 0, **staged.numbers}
    read = (counts["observation"] + counts["ecarte"]) / staged.printed if staged.printed else 0.0
    return {
        "dagster/row_count": dg.MetadataValue.int(staged.printed),
        "numbers printed": dg.MetadataValue.int(staged.printed),
        "numbers read": dg.MetadataValue.int(counts["observation"]),
        "numbers set aside": dg.MetadataValue.int(counts["ecarte"]),
        "numbers left": dg.MetadataValue.int(counts["a_relever"]),
        "accounted for": dg.MetadataValue.float(round(read, 4)),
        "stale": dg.MetadataValue.text(staged.stale or "no"),
        "read again": dg.MetadataValue.bool(not staged.kept),
        "relations": dg.MetadataValue.int(staged.relations),
        "source": dg.MetadataValue.text("document" if staged.from_document else "committed extract"),
        "difference from the committed extract": dg.MetadataValue.text(staged.difference or "none"),
    }
