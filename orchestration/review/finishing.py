"""From a reviewed template to the files that the nights read: the extract, and a report that is no draft any
more.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from orchestration.building.whole import write_whole
from orchestration.discovery.bring import DRAFT_HEAD, REVIEW, review_list
from orchestration.discovery.complete import Shelf, extract_any
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import REPORT_FILE, load_report, write_extract
from orchestration.extraction.written_yaml import edited
from orchestration.reconciliation.wording import count_words, listed
from orchestration.review.decisions import tried
from orchestration.review.dossier import Dossier, state_of
from orchestration.review.shortening import shorter_template
from orchestration.review.trail import Trail


def write_reading(dossier: Dossier, raw: Path, shelf: Shelf | None = None) -> None:
    """Write the extract of the report as its template stands, so that nights without the document have it
    too, and what is left to review where a list of it lies there.
    """
    report = load_report(dossier.report.folder)
    shelf = shelf or Shelf(lambda: dossier.catalogue, raw)
    read = dossier.extract if dossier.state == state_of(report) else None
    extract = extract_any(report, dossier.document, shelf, read)
    write_extract(report, extract)
    if (report.folder / REVIEW).is_file():
        write_whole(report.folder / REVIEW, review_list(dossier.document, extract))


def finish(dossier: Dossier, raw: Path, trail: Trail) -> str:
    """Make a report whose every figure was reviewed a report like the others, its template as short as a
    person would write it; returns what was done, or why it stays a draft. It can be undone as a decision can.

    Raises ``ExtractionError`` while figures wait.
    """
    waiting = len(dossier.items) - dossier.reviewed
    if waiting:
        raise ExtractionError(
            f"{count_words(waiting, 'chiffre attend', 'chiffres attendent')} encore d'être relus : "
            "décidez-les, puis terminez"
        )
    if dossier.report.brouillon and not dossier.left:
        text = (dossier.report.folder / REPORT_FILE).read_text(encoding="utf-8")
        declared = edited(text, REPORT_FILE, lambda data: data.pop("brouillon", None))
        trail.record("rapport terminé", 0, {**_short_files(dossier), REPORT_FILE: declared}, 0)
        try:
            write_reading(dossier, raw)
        except (ExtractionError, OSError):
            trail.undo()
            raise
    else:
        write_reading(dossier, raw)
    if dossier.left:
        return f"{dossier.report.code} reste une ébauche : {_why_a_draft(dossier)}"
    if dossier.refusals:
        count = count_words(len(dossier.refusals), "contradiction", "contradictions")
        return (
            f"{dossier.report.code} est relu. Il imprime {count} : la nuit publie celles que le registre des "
            "constats explique et refuse les autres ; celles qui attendent sont en haut de la page"
        )
    return f"{dossier.report.code} est relu : la prochaine nuit le publie dans les faits"


def _why_a_draft(dossier: Dossier) -> str:
    lines = sorted({number.line for number in dossier.unread if not number.reason})
    where = f"ligne{'s' if len(lines) > 1 else ''} {listed([str(line) for line in lines])}"
    return (
        f"rien ne lit encore {count_words(dossier.left, 'nombre')} ({where}). Ce qui est relu entre dans les "
        "faits. Sous les groupes, faites de chacun un chiffre, décidez-le ou mettez-le de côté, puis terminez"
    )


def _short_files(dossier: Dossier) -> dict[str, str]:
    """The files of the template that can be said shorter and still read the same, by name; they are no drafts
    any more.
    """
    found: dict[str, str] = {}
    for name in dossier.files:
        written = (dossier.report.folder / name).read_text(encoding="utf-8")
        text = written.replace(DRAFT_HEAD, "", 1)
        if text != written:
            found[name] = text
        with contextlib.suppress(ExtractionError):
            after = {name: shorter_template(text, name)}
            tried(dossier, (), after)
            found |= after
    return found
