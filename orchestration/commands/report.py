"""``python -m orchestration.commands.report``: read documents that have no template.

``show DOCUMENT`` lists what is understood; ``report DOCUMENT`` brings it into the house, ready for review; ``scan FOLDER`` reads a
whole folder and counts.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from orchestration.extraction.errors import ExtractionError

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = Path(os.environ.get("OBSERVATOIRE_DOCUMENTS", ROOT / "raw" / "documents"))


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ExtractionError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orchestration.commands.report", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="list every figure that is understood without a template")
    show.add_argument("document", type=Path, help="a .txt, .html or .pdf document")
    show.add_argument("--year", help="the report's year (default: told from its name and text)")
    show.set_defaults(run=_show)
    report = commands.add_parser("report", help="bring a report: write raw/<code>/ with a draft template and a review list")
    report.add_argument("document", type=Path, help="a .txt, .html or .pdf document")
    report.add_argument("--code", help="code of the report (default: from its name), as cpam_xyz_2022")
    report.add_argument("--body", help="the body it speaks of, as cpam_xyz (default: told from its text)")
    report.add_argument("--year", help="the report's year (default: told from its name and text)")
    report.add_argument("--documents", type=Path, default=DOCUMENTS, help="folder of the documents")
    report.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    report.set_defaults(run=_report)
    scan = commands.add_parser("scan", help="read every document of a folder and count what each gives")
    scan.add_argument("folder", type=Path)
    scan.add_argument("--processes", type=int, default=2)
    scan.set_defaults(run=_scan)
    return parser


def _show(options: argparse.Namespace) -> None:
    from orchestration.discovery.figures import discover
    from orchestration.extraction.documents import read_document

    for f in discover(read_document(options.document), options.year):
        print(f"{f.ligne}:{f.colonne} {f.printed!r} = {f.value} {f.unit} {f.nature} {f.period} | {f.label} | {f.organisation} {f.layout} {f.confidence}")


def _report(options: argparse.Namespace) -> None:
    from orchestration.discovery.bring import bring, summary

    blank_is_none = {name: getattr(options, name) or None for name in ("code", "body", "year")}
    print(summary(bring(options.document, options.root, options.documents, **blank_is_none)))


def _scan(options: argparse.Namespace) -> None:
    from orchestration.discovery.bulk import documents_of, scan

    for line in scan(documents_of(options.folder), options.processes):
        print(line)


if __name__ == "__main__":
    sys.exit(main())
