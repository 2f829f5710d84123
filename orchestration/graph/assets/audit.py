"""The audit of the private build: every suite over every table, one check per suite, and the gate before
publication.
"""

import contextlib
import importlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dagster as dg
import duckdb

from expectations.audit import ValidationOutcome, run_audit
from orchestration.building.changes import write_changes
from orchestration.building.engine import kept_apart, opened
from orchestration.building.records import unsettle, write_records
from orchestration.building.suspects import Complaint
from orchestration.building.vanished import write_vanished
from orchestration.building.verdict import forget_record, refuse_what_dbt_refused, write_record
from orchestration.building.volume import Volume, measure, outcomes
from orchestration.errors import NightError
from orchestration.graph.checks.audit import check_results, check_specs
from orchestration.graph.checks.volume import volume_result, volume_spec
from orchestration.graph.resources import REFUSALS, WAREHOUSE_OWNER, Night, told_plainly
from orchestration.publication.publish import current_release, first_line
from orchestration.telling.diagnosis import FINDINGS, found_in

AUDIT_KEY = dg.AssetKey(["audit", "validation"])


@contextlib.contextmanager
def broken_is_told() -> Iterator[None]:
    """Turn whatever the audit raises of its own into a refusal: an audit that cannot judge lets
    nothing pass.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, (*REFUSALS, duckdb.Error)) or getattr(error, "errno", None):
            raise
        raise NightError(
            f"the audit broke ({type(error).__name__}: {first_line(error)}): a fault of the program, of its "
            "installation or of the machine, "
            "not of the reports; `make doctor` checks the installation, `make ui` shows the run"
        ) from error


def warm_audit() -> None:
    """Import the audit's heavy library on the other core while dbt works; the import itself is
    thread-safe.
    """
    threading.Thread(target=importlib.import_module, args=("expectations.validation",), daemon=True).start()


def measured(night: Night) -> Volume:
    """The volume of the private build beside the published state."""
    settings = night.settings
    release = current_release(settings.warehouse)
    return measure(settings.build, night.workplace.published.path, release, settings.volume)


def complaints_of(validations: Sequence[ValidationOutcome]) -> list[Complaint]:
    """What refused a build, for the reports that it can be blamed on."""
    return [Complaint(each.message, each.rows) for each in validations if not each.success]


def heard_before_its_turn(night: Night) -> list[Complaint]:
    """What the audit would say of a build that dbt has refused already: a night that begins again leaves out
    everything that is wrong at once. Nothing where the audit cannot work on it.
    """
    with contextlib.suppress(Exception):
        return complaints_of([*outcomes(measured(night)), *run_audit(night.settings.build)])
    return []


def audit_asset(models: Sequence[dg.AssetKey], suites: Mapping[str, str]) -> dg.AssetsDefinition:
    """``audit/validation``: judges the models that ``models`` names; ``suites`` tells each suite's
    subject.
    """

    @dg.asset(
        key=AUDIT_KEY,
        deps=models,
        group_name="publication",
        owners=[WAREHOUSE_OWNER],
        kinds={"greatexpectations", "duckdb"},
        check_specs=[*check_specs(AUDIT_KEY, suites), volume_spec(AUDIT_KEY)],
        description="What the audit said of the private build, before anybody may read it.",
    )
    def audit(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult]:
        settings = night.settings
        with told_plainly(), night.journal.step("audit") as step:
            forget_record(settings.build)
            refuse_what_dbt_refused(settings.build)
            release = current_release(settings.warehouse)
            volume = measured(night)
            with broken_is_told():
                earlier = settings.warehouse / "current" / "data_docs"
                judged = run_audit(settings.build, settings.data_docs, earlier=earlier)
            validations = [*outcomes(volume), *judged]
            failed = sum(not validation.success for validation in validations)
            warned = sum(validation.warning for validation in validations)
            step.rows = len(validations)
            step.detail = f"{len(validations)} expectations, {failed} failed, {warned} warnings"
        with told_plainly():
            with opened(settings.build, read_only=False), kept_apart(settings.published):
                unsettle(settings.build, night.workplace.shared)
                changed = write_changes(settings.build, settings.published, release)
                freed = write_vanished(settings.build, settings.published, release)
                write_records(settings.build, context.run_id, night.journal.steps(), validations)
            # last: publication refuses a build that changed since
            write_record(settings.build, context.run_id, validations)
        if failed:
            night.accuse(context.run_id, complaints_of(validations))
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(validations),
                "seconds": step.seconds,
                "expectations": len(validations),
                "failed": failed,
                "warnings": warned,
                "changes since the published state": _counted(changed),
                "relations no longer checked": freed,
                "data docs": dg.MetadataValue.path(str(settings.data_docs / "index.html")),
                "private build": dg.MetadataValue.path(str(settings.build)),
            },
            check_results=[*check_results(AUDIT_KEY, suites, judged), volume_result(AUDIT_KEY, volume)],
        )
        if failed:
            raise _refusal(validations, settings.build)

    return audit


def _refusal(validations: Sequence[ValidationOutcome], build: Path) -> dg.Failure:
    """Why the audit stops the night, instead of Dagster's own words, which name no report and no line. It
    holds what was found in the build: the alarm may look when another run has begun one.
    """
    refused = ", ".join(dict.fromkeys(each.suite for each in validations if not each.success))
    told = {FINDINGS: dg.MetadataValue.text(found_in(build))}
    return dg.Failure(f"the audit refused the build at {refused}", told, allow_retries=False)


def _counted(changed: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in changed.items()) or "none"
