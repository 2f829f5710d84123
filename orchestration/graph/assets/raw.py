"""The raw tables of the private build: what the reports print, as text, and the register of accepted
findings.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.building.build import load_build
from orchestration.building.isolation import as_inputs, present, read_states, refuse_too_many_stale
from orchestration.building.records import write_states
from orchestration.building.staging import remove_foreign_reports
from orchestration.building.verdict import refuse_by_dbt
from orchestration.extraction.corrections import correction_rows
from orchestration.extraction.reports import Report
from orchestration.graph.assets.extraction import extraction_key
from orchestration.graph.resources import READING_OWNER, Night, told_plainly
from orchestration.reconciliation.register import register_rows

#: Table of schema ``raw`` -> what it holds.
RAW_TABLES = {
    "nombre": "Every printed number of every report: the ledger and the observations in one.",
    "relation": "The terms of each arithmetic relation that the print implies.",
    "rapport": "The reports.",
    "ligne": "The printed lines that carry numbers and the headings above; only of reports whose document is "
    "present.",
    "diagnostic": "The likely cause of each relation that fails, with its evidence.",
    "constat": "The register of accepted findings.",
    "correction": "The readings that a person corrected, one row a corrected key.",
}


def raw_assets(reports: Sequence[Report]) -> dg.AssetsDefinition:
    """The loading step: all raw tables in one go, whichever were asked for, since they share one private
    file.
    """
    codes = [report.code for report in reports]
    specs = [
        dg.AssetSpec(
            dg.AssetKey(["raw", table]),
            deps=[extraction_key(code) for code in codes],
            group_name="reading",
            owners=[READING_OWNER],
            kinds={"duckdb"},
            description=description,
        )
        for table, description in RAW_TABLES.items()
    ]

    @dg.multi_asset(name="load_raw", specs=specs, can_subset=True)
    def load_raw(context: dg.AssetExecutionContext, night: Night) -> Iterator[dg.MaterializeResult]:
        settings = night.settings
        with told_plainly(), night.journal.step("load") as step:
            remove_foreign_reports(settings.staged, codes)
            states = read_states(settings.staged, codes)
            stale = refuse_too_many_stale(states, settings.tolerance, settings.documents_away())
            left_out = set(codes) - set(loaded := present(settings.staged, codes))
            findings = [row for row in register_rows() if row["rapport_code"] not in left_out]
            corrected = correction_rows(settings.raw / code for code in loaded)
            rows = load_build(settings.build, settings.staged, loaded, findings, corrected)
            refuse_by_dbt(settings.build)
            write_states(
                settings.build, as_inputs(states, night.workplace.shared), states, night.workplace.published
            )
            step.rows = sum(rows.values())
            step.detail = f"{rows['raw.nombre']} numbers, {rows['raw.relation']} terms of relations"
            step.detail += f"; {len(stale)} stale" if stale else ""
        for key in sorted(context.selected_asset_keys):
            table = key.path[-1]
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={
                    "seconds": step.seconds,
                    "dagster/row_count": rows[f"raw.{table}"],
                    "dagster/relation_identifier": f"observatoire.raw.{table}",
                    "private build": dg.MetadataValue.path(str(settings.build)),
                },
            )

    return load_raw
