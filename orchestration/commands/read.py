"""``observatoire read``: the bench of a template's author.

Reads the report's document with its template and shows every problem, what remains to be read with its
printed line, or what a block understood, figure by figure.
"""

from __future__ import annotations

import time
from collections import Counter

import click

from orchestration.discovery.complete import Shelf, extract_any
from orchestration.discovery.second import agreement
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, load_catalogue
from orchestration.extraction.documents import Document, read_document
from orchestration.extraction.reports import Extract, load_report, write_extract
from orchestration.settings import read_settings


@click.command()
@click.argument("code")
@click.option("--left", is_flag=True, help="List the numbers that remain to be read.")
@click.option("--lines", default="", metavar="A-B", help="With --left: only these lines.")
@click.option(
    "--show",
    multiple=True,
    metavar="BLOC",
    help="List what a block understood, figure by figure (* for all).",
)
@click.option("--aside", metavar="MOTIF", help="List the numbers set aside for a reason (* for all).")
@click.option("--controls", is_flag=True, help="List the relations that fail, and count those that hold.")
@click.option("--write", is_flag=True, help="Write the extract, as `extract` does.")
def read(
    code: str, left: bool, lines: str, show: tuple[str, ...], aside: str | None, controls: bool, write: bool
) -> None:
    """Read one report with its template and show what was understood: the bench of a template's author."""
    settings = read_settings()
    report = load_report(settings.raw / code)
    document = read_document(settings.documents / report.document, report.encodage)
    started = time.process_time()
    shelf = Shelf(lambda: load_catalogue(settings.seeds), settings.raw)
    extract = extract_any(report, document, shelf)
    counts = dict(extract.numbers["statut"].value_counts().iter_rows())
    related = extract.relations["relation"].n_unique()
    spent = time.process_time() - started
    click.echo(f"{code}: {extract.numbers.height} numbers {counts}, {related} relations, {spent:.2f} s CPU")
    twice, alike = agreement(extract.relations)
    click.echo(f"second reader, without the template: {twice} figures read again, {alike} alike")
    if left:
        _show_left(document, extract, lines)
    for block in show:
        _show_block(document, extract, block)
    if aside:
        _show_aside(document, extract, aside)
    if controls:
        _show_controls(extract)
    if write:
        write_extract(report, extract)
        click.echo(f"written: {settings.relative(report.folder)}/numbers.csv, relations.csv")


def _show_left(document: Document, extract: Extract, lines: str) -> None:
    low, _, high = lines.partition("-")
    for row in extract.numbers.iter_rows(named=True):
        line = int(row["ligne"])
        if row["statut"] == "a_relever" and int(low or 1) <= line <= int(high or 10**9):
            click.echo(
                f"{line}:{row['colonne']}  {row['valeur_imprimee']!r}  | "
                f"{document.lines[line - 1].strip()[:150]}"
            )


def _show_aside(document: Document, extract: Extract, motif: str) -> None:
    for row in extract.numbers.iter_rows(named=True):
        if row["statut"] == "ecarte" and motif in ("*", row["motif"]):
            click.echo(
                f"{row['ligne']}:{row['colonne']}  {row['valeur_imprimee']!r} {row['motif']}  | "
                f"{document.lines[int(row['ligne']) - 1].strip()[:130]}"
            )


def _show_controls(extract: Extract) -> None:
    from orchestration.reconciliation.terms import read_numbers, read_relations
    from orchestration.reconciliation.verdicts import judge

    verdicts = [
        judge(relation) for relation in read_relations(read_numbers(extract.numbers), extract.relations)
    ]
    for verdict in verdicts:
        if not verdict.holds:
            relation = verdict.relation
            printed = " ; ".join(
                f"{t.number.line}:{t.number.printed!r}" if t.number else str(t.constant)
                for t in relation.terms
            )
            click.echo(
                f"{verdict.verdict} {relation.key}: printed {relation.result.value}, recomputed "
                f"{verdict.recomputed}, tolerance {verdict.tolerance} | {printed} {verdict.reason}"
            )
    click.echo(f"controls: {Counter(v.verdict for v in verdicts)}")


def _show_block(document: Document, extract: Extract, block: str) -> None:
    for row in extract.numbers.iter_rows(named=True):
        if row["statut"] != "observation" or block not in ("*", row["bloc"]):
            continue
        members = " ".join(f"{d}={row[f'{d}_code']}" for d in DIMENSIONS if row[f"{d}_code"] != UNSTATED)
        click.echo(
            f"{row['ligne']}:{row['colonne']} {row['valeur_imprimee']!r} = {row['valeur']} "
            f"±{row['demi_intervalle']} {row['unite']} {row['nature']}/{row['role']} "
            f"{row['indicateur_code']} {row['organisme_code']} {row['territoire_code']} "
            f"{row['periode_code']} {members} | {document.lines[int(row['ligne']) - 1].strip()[:70]}"
        )
