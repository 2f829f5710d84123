"""One asset per report, ``extraction/<code>``: its printed numbers, read again where the document
is present.
"""

import functools
import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg
import duckdb

from orchestration.building.journal import NightStep
from orchestration.building.reading import ReportIntake, read_all
from orchestration.building.staging import StagedReport
from orchestration.errors import Passing
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.reports import Report, load_report
from orchestration.graph.assets.comparison import COMPARISON_KEY
from orchestration.graph.checks.freshness import fresh_result, fresh_spec, told_at_once
from orchestration.graph.dagster_internals import ask_outputs_once
from orchestration.graph.resources import (
    READING_OWNER,
    REFUSALS,
    Night,
    code_reference,
    told_by_system,
    told_plainly,
)

#: What the step says of a report: that it was materialized, and the verdict on it.
Told = dg.MaterializeResult | dg.Output[None] | dg.AssetCheckEvaluation
#: Unchanged reports that the journal tells one by one.
SHOWN_KEPT = 20


def extraction_key(code: str) -> dg.AssetKey:
    """Names of folders are codes, but for a folder whose declaration cannot be taken."""
    return dg.AssetKey(["extraction", re.sub(r"\W", "_", code)])


def extraction_assets(reports: Sequence[Report]) -> dg.AssetsDefinition:
    """The extraction asset of each report. One step reads them all, so that a night of thousands has one step
    to plan and to record.
    """
    by_key = {extraction_key(report.code): report for report in reports}
    ask_outputs_once()

    @dg.multi_asset(
        name="extraction",
        specs=[_spec(key, report) for key, report in by_key.items()],
        check_specs=[fresh_spec(key) for key in by_key],
        can_subset=True,
    )
    def extraction(context: dg.AssetExecutionContext, night: Night) -> Iterator[Told]:
        chosen = [report for key, report in by_key.items() if key in context.selected_asset_keys]
        with told_plainly():
            readings = read_all(
                chosen, night.workplace, functools.partial(load_catalogue, night.settings.seeds)
            )
            failed: list[ReportIntake] = []
            kept: list[ReportIntake] = []
            for reading in readings:
                if reading.staged is None:
                    failed.append(reading)
                    night.journal.tell(_step(reading), "failed")
                    continue
                if unchanged := reading.staged.kept and not reading.staged.stale:
                    kept.append(reading)
                if not unchanged or len(kept) <= SHOWN_KEPT:
                    night.journal.tell(_step(reading))
                yield _result(reading.staged, reading.seconds, night)
                yield from told_at_once(context, _freshness(reading.staged, night))
            if len(kept) > SHOWN_KEPT:
                night.journal.tell(_others(kept[SHOWN_KEPT:]))
        _refuse(failed, "" if night.settings.tolerance else advice(len(reports)))

    return extraction


def _spec(key: dg.AssetKey, report: Report) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=[COMPARISON_KEY],
        group_name="reading",
        owners=[READING_OWNER],
        kinds={"python", "polars"},
        description=report.fault
        or f"{report.titre}: every number that it prints, and the relations that the print implies.",
        metadata={"document": report.document, **code_reference(report.folder / "template.yml", "template")},
        tags={} if report.fault else {"organisme": report.organisme, "periode": report.periode},
    )


def _step(reading: ReportIntake) -> NightStep:
    staged = reading.staged
    rows, detail = (staged.printed, describe_staged(staged)) if staged else (None, "")
    return NightStep(f"read {reading.report.code}", reading.start, reading.seconds, rows, detail)


def _others(kept: Sequence[ReportIntake]) -> NightStep:
    rows = sum(reading.staged.printed for reading in kept if reading.staged)
    seconds = round(sum(reading.seconds for reading in kept), 3)
    return NightStep(
        "read others",
        kept[0].start,
        seconds,
        rows,
        f"{len(kept)} more reports, unchanged since the published state",
    )


def _result(staged: StagedReport, seconds: float, night: Night) -> dg.MaterializeResult:
    return dg.MaterializeResult(
        asset_key=extraction_key(staged.code),
        metadata={**reading_metadata(staged, seconds), **_review_metadata(staged, night)},
    )


def _freshness(staged: StagedReport, night: Night) -> dg.AssetCheckResult:
    since = night.workplace.published.stale_since(staged.code, datetime.now(UTC))
    return fresh_result(extraction_key(staged.code), staged.stale, since)


def _review_metadata(staged: StagedReport, night: Night) -> dict[str, dg.MetadataValue]:
    """How far the review of a draft that was read has come; nothing for other reports."""
    if staged.kept:
        return {}
    from orchestration.review.progress import progress_of

    progress = progress_of(load_report(night.settings.raw / staged.code), night.settings.warehouse)
    return {"review": dg.MetadataValue.text(progress.told)} if progress else {}


def _refuse(failed: Sequence[ReportIntake], advice: str) -> None:
    """Fail the step with a sentence for each report that was refused; an error that nobody foresaw keeps its
    trace.
    """
    for reading in failed:
        if not isinstance(reading.error, (*REFUSALS, OSError, duckdb.Error)):
            raise reading.error or AssertionError(reading.report.code)
    if failed:
        errors = [reading.error for reading in failed if reading.error is not None]
        sentences = [str(e) if isinstance(e, REFUSALS) else told_by_system(e) for e in errors]
        told = "\n".join(dict.fromkeys(sentences if len(errors) == 1 else map(_first_problem, sentences)))
        if advice and not all(isinstance(error, Passing) for error in errors):  # no report lacks memory
            told = f"{told.rstrip('.')}.\n{advice}"
        raise dg.Failure(description=told, allow_retries=False)


def _first_problem(sentence: str) -> str:
    """The first problem of a report, so that the others find room beside it."""
    first, *others = sentence.splitlines()
    return f"{first} (and {len(others)} more in this report)" if others else first


def advice(reports: int) -> str:
    """What lets a night of so many reports go on without one of them; nothing does when there is only one."""
    if reports < 2:
        return ""
    share = math.ceil(100 / reports) / 100
    return (
        f"With OBSERVATOIRE_TOLERANCE={share:g} it would keep its last good extract, marked stale, and "
        "the other reports would be published."
    )


def describe_staged(staged: StagedReport) -> str:
    """One line for people: how many numbers, from where, and how they differ from the committed extract."""
    if staged.stale:
        kept = (
            f"the last good extract stays ({staged.printed} numbers)"
            if staged.numbers
            else "it has no good extract yet and is left out"
        )
        return f"STALE, {kept}: {staged.stale}"
    counts = staged.numbers
    source = "document" if staged.from_document else "committed extract"
    text = (
        f"{staged.printed} numbers from the {source}: {counts['observation']} read, {counts['ecarte']} "
        "set aside"
    )
    if counts["a_relever"]:
        text += f", {counts['a_relever']} left"
    text += ", unchanged since the published state" if staged.kept else ""
    if staged.outdated:
        text += f"; {staged.outdated}, which waits for its document"
    return text + (f"; differs from the committed extract: {staged.difference}" if staged.difference else "")


def reading_metadata(staged: StagedReport, seconds: float) -> dict[str, dg.MetadataValue]:
    """What an engineer wants to see beside the asset."""
    counts = {"observation": 0, "ecarte": 0, "a_relever": 0, **staged.numbers}
    read = (counts["observation"] + counts["ecarte"]) / staged.printed if staged.printed else 0.0
    return {
        "dagster/row_count": dg.MetadataValue.int(staged.printed),
        "seconds": dg.MetadataValue.float(seconds),
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
