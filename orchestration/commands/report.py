"""Reports from their documents: ``report``, ``show``, ``scan`` read without a template, ``extract`` with the
one there is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.errors import NightError
from orchestration.extraction.errors import ExtractionError
from orchestration.settings import Settings, read_settings

if TYPE_CHECKING:
    from orchestration.discovery.complete import Shelf
    from orchestration.extraction.reports import Report

DOCUMENT = click.argument("document", type=click.Path(path_type=Path))
YEAR = click.option("--year", help="The report's year (default: told from its name and text).")


@click.command()
@DOCUMENT
@click.option("--code", help="Code of the report (default: from its name), as cpam_xyz_2022.")
@click.option("--body", help="The body it speaks of, as cpam_xyz (default: told from its text).")
@YEAR
def report(document: Path, code: str | None, body: str | None, year: str | None) -> None:
    """Bring a new report: read it without a template, write raw/CODE/ with a draft and what to review."""
    from orchestration.discovery.bring import bring, summary

    settings = read_settings()
    brought = bring(
        document, settings.root, settings.documents, code=code or None, body=body or None, year=year or None
    )
    click.echo(summary(brought))


@click.command()
@DOCUMENT
@YEAR
def show(document: Path, year: str | None) -> None:
    """List every figure of a document that is understood without a template; nothing is written."""
    from orchestration.discovery.figures import discover
    from orchestration.discovery.periods import stated_year
    from orchestration.extraction.documents import read_document

    read_whole = read_document(document)
    for f in discover(read_whole, year or stated_year(read_whole.text, read_whole.name)):
        read = (
            f"{f.value} {f.unit} {f.nature} {f.period} | {f.label} | {f.organisation} {f.layout} "
            f"{f.confidence}"
        )
        click.echo(f"{f.ligne}:{f.colonne} {f.printed!r} = {read}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--processes", default=2, show_default=True, help="Documents read at a time.")
def scan(folder: Path, processes: int) -> None:
    """Read every document of a folder without templates, and count what each gives."""
    from orchestration.discovery import bulk

    for line in bulk.scan_documents(bulk.documents_of(folder), processes):
        click.echo(line)


@click.command()
@click.argument("codes", nargs=-1)
def extract(codes: tuple[str, ...]) -> None:
    """Read the documents again and write the committed extracts of raw/ (all reports, or those named), and
    the schema of templates.
    """
    from orchestration.discovery.complete import Shelf
    from orchestration.extraction.catalogue import load_catalogue
    from orchestration.extraction.reports import list_reports
    from orchestration.extraction.template_schema import write_schema

    settings = read_settings()
    if away := settings.documents_away():
        raise NightError(away)
    catalogue = load_catalogue(settings.seeds)
    reports = list_reports(settings.raw)
    unknown = set(codes) - {report.code for report in reports}
    if unknown:
        raise NightError(
            f"no report is called {', '.join(sorted(unknown))}; there are: "
            f"{', '.join(r.code for r in reports)}"
        )
    shelf = Shelf(lambda: catalogue, settings.raw)
    failed = [
        report.code
        for report in sorted(reports, key=lambda report: report.brouillon)  # drafts are read with the others
        if (not codes or report.code in codes) and not _extract(report, settings, shelf)
    ]
    write_schema(settings.raw, catalogue)
    if failed:
        raise NightError(f"not extracted: {', '.join(failed)}; their committed extracts are as they were")


def _extract(report: Report, settings: Settings, shelf: Shelf) -> bool:
    from orchestration.building.staging import compare_with_committed
    from orchestration.discovery.complete import extract_any
    from orchestration.extraction.documents import read_document
    from orchestration.extraction.reports import write_extract

    path = settings.documents / report.document
    if not path.exists():
        click.echo(
            f"{report.code}: no document {report.document} in {settings.documents}; its extract stays as it "
            "is"
        )
        return True
    try:
        fresh = extract_any(report, read_document(path, report.encodage), shelf)
    except ExtractionError as error:
        click.echo(str(error), err=True)
        return False
    try:
        told = str(compare_with_committed(report, fresh) or "unchanged")
    except (
        ExtractionError
    ):  # written by another version, or damaged: this command is the cure that its message names
        told = "written anew"
    write_extract(report, fresh)
    click.echo(f"{report.code}: {fresh.numbers.height} numbers; {told}")
    return True
