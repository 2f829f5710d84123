"""``python -m orchestration.commands.register``: the register of findings held against the committed extracts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import NUMBERS_FILE, list_reports, read_extract
from orchestration.reconciliation.findings import find_all
from orchestration.reconciliation.register import RegisterRefused, check_register, propose, read_register
from orchestration.reconciliation.terms import RelationRefused
from orchestration.settings import read_settings


def extract_frames(raw: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Numbers and relations of every committed extract, with `rapport_code` as their first column, all text."""
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the register, or draft entries; the exit status is 1 when something is to be done."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.commands.register", description=main.__doc__)
    parser.add_argument("--propose", action="store_true", help="print draft entries for unregistered discrepancies")
    options = parser.parse_args(arguments)
    try:
        findings = find_all(*extract_frames(read_settings().raw))
        entries = read_register()
    except (RegisterRefused, RelationRefused, ExtractionError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if options.propose:
        sys.stdout.write(propose(entries, findings, date.today()))
        return 0
    problems = check_register(entries, findings)
    print("\n".join(problems) or f"the register is in order: {len(entries)} findings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
