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
from orchestration.reconciliation.wording import count_words
from orchestration.settings import read_settings

#: What became of a number, in words.
STATUSES = {"observation": "lus", "ecarte": "mis de côté", "a_relever": "que rien ne lit"}


@click.command()
@click.argument("code")
@click.option("--left", is_flag=True, help="Lister les nombres que rien ne lit encore.")
@click.option("--lines", default="", metavar="A-B", help="Avec --left : ces lignes seules.")
@click.option(
    "--show",
    multiple=True,
    metavar="BLOC",
    help="Lister ce qu'un bloc a compris, chiffre par chiffre (* pour tous).",
)
@click.option("--aside", metavar="MOTIF", help="Lister les nombres mis de côté pour un motif (* pour tous).")
@click.option(
    "--controls",
    is_flag=True,
    help="Lister les relations qui ne tiennent pas, compter les autres.",
)
@click.option("--write", is_flag=True, help="Écrire l'extrait, comme `extract`.")
def read(
    code: str, left: bool, lines: str, show: tuple[str, ...], aside: str | None, controls: bool, write: bool
) -> None:
    """Lire un rapport avec son gabarit et montrer ce qui s'y comprend : l'établi de qui l'écrit."""
    settings = read_settings()
    report = load_report(settings.raw / code)
    document = read_document(settings.documents / report.document, report.encodage)
    started = time.process_time()
    shelf = Shelf(lambda: load_catalogue(settings.seeds), settings.raw)
    extract = extract_any(report, document, shelf)
    counts = dict(extract.numbers["statut"].value_counts().iter_rows())
    related = extract.relations["relation"].n_unique()
    spent = time.process_time() - started
    told = ", ".join(f"{counts.get(status, 0)} {word}" for status, word in STATUSES.items())
    numbers = count_words(extract.numbers.height, "nombre")
    click.echo(f"{code} : {numbers} ({told}), {count_words(related, 'relation')}, {spent:.2f} s de calcul")
    twice, alike = agreement(extract.relations)
    again = count_words(twice, "chiffre relu", "chiffres relus")
    click.echo(f"seconde lecture, sans le gabarit : {again}, {alike} de même")
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
        click.echo(f"écrit : {settings.relative(report.folder)}/numbers.csv, relations.csv")


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
                f"{verdict.verdict} {relation.key} : imprimé {relation.result.value}, recalculé "
                f"{verdict.recomputed}, tolérance {verdict.tolerance} | {printed} {verdict.reason}"
            )
    counted = Counter(str(v.verdict) for v in verdicts).most_common()
    click.echo(f"contrôles : {', '.join(f'{count} {verdict}' for verdict, count in counted) or 'aucun'}")


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
