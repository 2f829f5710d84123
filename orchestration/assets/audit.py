"""The audit of the private build: every suite over every table, one check per suite, and the gate before publication."""

import importlib
import threading
from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from orchestration.assets.night import Night, told_plainly
from orchestration.checks.audit import check_results, check_specs
from orchestration.errors import NightError
from orchestration.publication.records import Validation, write_records

AUDIT_KEY = dg.AssetKey(["audit", "validation"])


def warm_audit() -> None:
    """Import the audit's heavy library on the other core while dbt works; the import itself is thread-safe."""
    threading.Thread(target=importlib.import_module, args=("great_expectations",), daemon=True).start()


def audit_asset(models: Sequence[dg.AssetKey], suites: Mapping[str, str]) -> dg.AssetsDefinition:
    """``audit/validation``: judges the models that ``models`` names; ``suites`` tells each suite's subject."""

    @dg.asset(
        key=AUDIT_KEY,
        deps=models,
        group_name="audit",
        kinds={"greatexpectations", "duckdb"},
        check_specs=check_specs(AUDIT_KEY, suites),
        description="What the audit said of the private build, before anybody may read it.",
    )
    def audit(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult]:
        settings = night.settings
        with told_plainly(), night.journal.step("audit") as step:
            validations = run(night)
            failed = sum(not validation.success for validation in validations)
            step.rows, step.detail = len(validations), f"{len(validations)} expectations, {failed} failed"
        write_records(settings.build, context.run_id, night.journal.steps(), validations)
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(validations),
                "expectations": len(validations),
                "failed": failed,
                "data docs": dg.MetadataValue.path(str(settings.data_docs / "index.html")),
                "private build": dg.MetadataValue.path(str(settings.build)),
            },
            check_results=check_results(AUDIT_KEY, suites, validations),
        )

    return audit


def run(night: Night) -> Sequence[Validation]:
    """Run the audit. Raises ``NightError`` when it checked nothing: silence is not a pass."""
    from orchestration.audit import run_audit

    validations = run_audit(night.settings.build, night.settings.data_docs)
    if not validations:
        raise NightError("the audit evaluated no expectation: nothing is published")
    return validations
