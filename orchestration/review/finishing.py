"""From a reviewed template to the files that the nights read: the extract, and a report that is no draft any
more.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.discovery.complete import Shelf, extract_any
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import REPORT_FILE, load_report, write_extract
from orchestration.extraction.written_yaml import edited
from orchestration.reconciliation.wording import count_words, listed
from orchestration.review.dossier import Dossier


def write_reading(dossier: Dossier, raw: Path) -> None:
    """Write the extract of the report as its template stands, so that nights without the document have it
    too.
    """
    report = load_report(dossier.report.folder)
    shelf = Shelf(lambda: dossier.catalogue, raw)
    write_extract(report, extract_any(report, dossier.document, shelf))


def finish(dossier: Dossier, raw: Path) -> str:
    """Make a report whose every figure was reviewed a report like the others; returns what was done, or why
    it stays a draft.

    Raises ``ExtractionError`` while figures wait.
    """
    waiting = len(dossier.items) - dossier.reviewed
    if waiting:
        raise ExtractionError(
            f"{count_words(waiting, 'chiffre attend', 'chiffres attendent')} encore d'être relus : "
            "décidez-les, puis terminez"
        )
    path = dossier.report.folder / REPORT_FILE
    text = path.read_text(encoding="utf-8")
    if dossier.report.brouillon and not dossier.left:
        partial = path.with_name(f".{REPORT_FILE}.partial")
        partial.write_text(
            edited(text, REPORT_FILE, lambda data: data.pop("brouillon", None)), encoding="utf-8"
        )
        partial.replace(path)
    write_reading(dossier, raw)
    if dossier.left:
        return f"{dossier.report.code} reste une ébauche : {_why_a_draft(dossier)}"
    return f"{dossier.report.code} est relu : la prochaine nuit le publie dans les faits"


def _why_a_draft(dossier: Dossier) -> str:
    lines = sorted({number.line for number in dossier.unread if not number.reason})
    where = f"ligne{'s' if len(lines) > 1 else ''} {listed([str(line) for line in lines])}"
    return (
        f"rien ne lit encore {count_words(dossier.left, 'nombre')} ({where}). Ce qui est relu entre dans les "
        "faits. Sous les groupes, faites de chacun un chiffre, décidez-le ou mettez-le de côté, puis terminez"
    )
