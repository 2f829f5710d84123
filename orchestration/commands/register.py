"""``observatoire register``: the register of findings held against the committed extracts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import polars as pl

from orchestration.errors import NightError
from orchestration.extraction.reports import NUMBERS_FILE, list_reports, read_extract
from orchestration.reconciliation.findings import findings_of
from orchestration.reconciliation.register import RegisterRefused, check_register, propose, read_register
from orchestration.reconciliation.terms import RelationRefused
from orchestration.settings import read_settings


def extract_frames(raw: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Numbers and relations of every committed extract, with `rapport_code` as their first column,
    all text.
    """
    numbers, relations = [], []
    for report in list_reports(raw):
        if (report.folder / NUMBERS_FILE).exists():
            extract = read_extract(report)
            code = pl.lit(report.code).alias("rapport_code")
            numbers.append(extract.numbers.select(code, pl.all()))
            relations.append(extract.relations.select(code, pl.all()))
    if not numbers:
        raise RegisterRefused(f"{raw} holds no extract; run `make extract`")
    return pl.concat(numbers), pl.concat(relations)


@click.command()
@click.option(
    "--propose", "drafts", is_flag=True, help="Print draft entries for discrepancies that nobody registered."
)
def register(drafts: bool) -> None:
    """Check the register of findings against the extracts; the exit status is 1 when something is
    to be done.
    """
    try:
        findings = findings_of(*extract_frames(read_settings().raw))
        entries = read_register()
    except (RegisterRefused, RelationRefused) as refusal:
        raise NightError(str(refusal)) from refusal
    if drafts:
        click.echo(propose(entries, findings, date.today()), nl=False)
    elif problems := check_register(entries, findings):
        raise NightError("\n".join(problems))
    else:
        click.echo(f"the register is in order: {len(entries)} findings")
