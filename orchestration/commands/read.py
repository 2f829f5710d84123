"""A template author's bench: ``python -m orchestration.commands.read REPORT [--left] [--show BLOC] [--write]``.

Reads the report's document with its template and shows every problem, what remains to be read with its printed line, or what
a block understood, figure by figure.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, load_catalogue
from orchestration.extraction.documents import Document, read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Extract, extract_report, load_report, write_extract

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        report = load_report(ROOT / "raw" / options.report)
        document = read_document(Path(options.documents) / report.document, report.encodage)
        started = time.process_time()
        extract = extract_report(report, document, load_catalogue(ROOT / "dbt_project" / "seeds"))
    except ExtractionError as error:
        print(error, file=sys.stderr)
        return 1
    counts = dict(extract.numbers["statut"].value_counts().iter_rows())
    print(f"{report.code}: {extract.numbers.height} numbers {counts}, {extract.relations['relation'].n_unique()} relations, {time.process_time() - started:.2f} s CPU")
    if options.left:
        _show_left(document, extract, options.lines)
    for block in options.show or []:
        _show_block(document, extract, block)
    if options.aside:
        _show_aside(document, extract, options.aside)
    if options.controls:
        _show_controls(extract)
    if options.write:
        write_extract(report, extract)
        print(f"written: raw/{report.code}/numbers.csv, relations.csv")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orchestration.commands.read", description=__doc__)
    parser.add_argument("report", help="code of the report (a folder of raw/)")
    parser.add_argument("--documents", default=os.environ.get("OBSERVATOIRE_DOCUMENTS", str(ROOT / "raw" / "documents")), help="folder of the documents")
    parser.add_argument("--left", action="store_true", help="list the numbers that remain to be read")
    parser.add_argument("--lines", default="", help="with --left: only lines A-B")
    parser.add_argument("--show", action="append", metavar="BLOC", help="list what a block understood (* for all)")
    parser.add_argument("--aside", metavar="MOTIF", help="list the numbers set aside for a reason (* for all)")
    parser.add_argument("--controls", action="store_true", help="list the relations that fail, and how many hold")
    parser.add_argument("--write", action="store_true", help="write numbers.csv and relations.csv")
    return parser


def _show_left(document: Document, extract: Extract, lines: str) -> None:
    low, _, high = lines.partition("-")
    for row in extract.numbers.iter_rows(named=True):
        line = int(row["ligne"])
        if row["statut"] == "a_relever" and int(low or 1) <= line <= int(high or 10**9):
            print(f"{line}:{row['colonne']}  {row['valeur_imprimee']!r}  | {document.lines[line - 1].strip()[:150]}")


def _show_aside(document: Document, extract: Extract, motif: str) -> None:
    for row in extract.numbers.iter_rows(named=True):
        if row["statut"] == "ecarte" and motif in ("*", row["motif"]):
            print(f"{row['ligne']}:{row['colonne']}  {row['valeur_imprimee']!r} {row['motif']}  | {document.lines[int(row['ligne']) - 1].strip()[:130]}")


def _show_controls(extract: Extract) -> None:
    from orchestration.reconciliation.terms import read_numbers, read_relations
    from orchestration.reconciliation.verdicts import judge

    verdicts = [judge(relation) for relation in read_relations(read_numbers(extract.numbers), extract.relations)]
    for verdict in verdicts:
        if not verdict.holds:
            relation = verdict.relation
            printed = " ; ".join(f"{t.number.line}:{t.number.printed!r}" if t.number else str(t.constant) for t in relation.terms)
            print(f"{verdict.verdict} {relation.key}: printed {relation.result.value}, recomputed {verdict.recomputed}, tolerance {verdict.tolerance} | {printed} {verdict.reason}")
    print(f"controls: {Counter(v.verdict for v in verdicts)}")


def _show_block(document: Document, extract: Extract, block: str) -> None:
    for row in extract.numbers.iter_rows(named=True):
        if row["statut"] != "observation" or block not in ("*", row["bloc"]):
            continue
        members = " ".join(f"{d}={row[f'{d}_code']}" for d in DIMENSIONS if row[f"{d}_code"] != UNSTATED)
        print(
            f"{row['ligne']}:{row['colonne']} {row['valeur_imprimee']!r} = {row['valeur']} ±{row['demi_intervalle']} {row['unite']} {row['nature']}/{row['role']} "
            f"{row['indicateur_code']} {row['organisme_code']} {row['territoire_code']} {row['periode_code']} {members} | {document.lines[int(row['ligne']) - 1].strip()[:70]}"
        )


if __name__ == "__main__":
    sys.exit(main())
