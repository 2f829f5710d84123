"""Reports from their documents: ``report``, ``show``, ``scan`` read without a template, ``extract`` with the
one there is.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.errors import NightError
from orchestration.extraction.errors import ExtractionError
from orchestration.reconciliation.wording import count_words
from orchestration.settings import Settings, read_settings

if TYPE_CHECKING:
    from orchestration.building.staging import Difference
    from orchestration.discovery.complete import Shelf
    from orchestration.extraction.reports import Report

DOCUMENT = click.argument("document", type=click.Path(path_type=Path))
YEAR = click.option("--year", help="L'année du rapport (par défaut : lue dans son nom et son texte).")


@click.command()
@DOCUMENT
@click.option(
    "--code", help="Le code du rapport, comme cpam_xyz_2022 (par défaut : son organisme et son année)."
)
@click.option("--body", help="L'organisme dont il parle, comme cpam_xyz (par défaut : lu dans son texte).")
@YEAR
def report(document: Path, code: str | None, body: str | None, year: str | None) -> None:
    """Apporter un rapport : le lire sans gabarit, écrire raw/CODE/, une ébauche et ce qu'il faut y relire."""
    from orchestration.discovery.bring import bring, summary

    settings = read_settings()
    brought = bring(
        document,
        settings.root,
        settings.documents,
        code=code or None,
        body=body or None,
        year=year or None,
        tell=_moment,
    )
    click.echo(summary(brought))


def _moment(step: str) -> None:
    """A step that is under way: for who waits at a terminal."""
    if sys.stderr.isatty():
        click.echo(f"{step}…", err=True)


@click.command()
@DOCUMENT
@YEAR
def show(document: Path, year: str | None) -> None:
    """Lister les chiffres d'un document tels qu'ils se comprennent sans gabarit ; rien n'est écrit."""
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
@click.option("--processes", default=2, show_default=True, help="Combien de documents se lisent à la fois.")
def scan(folder: Path, processes: int) -> None:
    """Lire sans gabarit tous les documents d'un dossier, et compter ce que chacun donne."""
    from orchestration.discovery import bulk

    for line in bulk.scan_documents(bulk.documents_of(folder), processes):
        click.echo(line)


@click.command()
@click.argument("codes", nargs=-1)
def extract(codes: tuple[str, ...]) -> None:
    """Relire les documents et écrire les extraits de raw/ (tous les rapports, ou ceux qui sont nommés), et
    le schéma des gabarits.
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
            f"aucun rapport ne se nomme {', '.join(sorted(unknown))} ; il y a : "
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
        raise NightError(f"non extrait : {', '.join(failed)} ; l'extrait reste ce qu'il était")


def _extract(report: Report, settings: Settings, shelf: Shelf) -> bool:
    from orchestration.building.staging import compare_with_committed
    from orchestration.discovery.complete import extract_any
    from orchestration.extraction.documents import read_document
    from orchestration.extraction.reports import write_extract

    path = settings.documents / report.document
    if not path.exists():
        click.echo(
            f"{report.code} : {report.document} n'est pas dans {settings.documents} ; l'extrait reste ce "
            "qu'il était"
        )
        return True
    try:
        fresh = extract_any(report, read_document(path, report.encodage), shelf)
    except ExtractionError as error:
        click.echo(str(error), err=True)
        return False
    try:
        told = _changes(compare_with_committed(report, fresh))
    except (
        ExtractionError
    ):  # written by another version, or damaged: this command is the cure that its message names
        told = "écrit à neuf"
    write_extract(report, fresh)
    click.echo(f"{report.code} : {count_words(fresh.numbers.height, 'nombre')} ; {told}")
    return True


def _changes(found: Difference) -> str:
    """How an extract differs from the one before, for the author of its template."""
    counts = ((found.added, "ajouté"), (found.removed, "retiré"), (found.changed, "changé"))
    told = [count_words(count, word) for count, word in counts if count]
    return ", ".join([*told, *(["des relations ont changé"] if found.relations else [])]) or "rien n'a changé"
