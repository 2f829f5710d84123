"""``python -m orchestration.discovery FILE``: what is read in a document without any template."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from orchestration.discovery.figures import discover
from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration.discovery", description=__doc__)
    parser.add_argument("document", type=Path, help="a text document")
    parser.add_argument("--year", help="the report's year (default: told from its name and text)")
    options = parser.parse_args(arguments)
    try:
        document = read_document(options.document)
    except ExtractionError as error:
        print(error, file=sys.stderr)
        return 1
    for f in discover(document, options.year):
        print(f"{f.ligne}:{f.colonne} {f.printed!r} = {f.value} {f.unit} {f.nature} {f.period} | {f.label} | {f.layout} {f.confidence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
