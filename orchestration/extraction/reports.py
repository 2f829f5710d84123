"""Report folders: what a report is, extracting it, and its committed extract as polars frames."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import json
import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from operator import attrgetter
from pathlib import Path

import polars as pl
from pydantic import PrivateAttr, ValidationError, field_validator

from orchestration.collector import looking_seldom
from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, Catalogue
from orchestration.extraction.corrections import FILE as CORRECTIONS_FILE
from orchestration.extraction.corrections import load_corrections
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import ExtractionError, Problems
from orchestration.extraction.files import read_within, refuse_outside
from orchestration.extraction.ledger import continuation_spans, remaining_entries
from orchestration.extraction.plain_yaml import load_yaml
from orchestration.extraction.reader import Reader, TemplateReading
from orchestration.extraction.relations import CaptureRelation
from orchestration.extraction.templates import (
    PERIOD,
    Form,
    Spec,
    Template,
    Text,
    WrongTemplate,
    load_template,
    template_files,
)
from orchestration.extraction.wrong_keys import nearest_words
from orchestration.notation.folding import NOTE_MARK, RAISED
from orchestration.reconciliation.findings import diagnostics_frame, find
from orchestration.reconciliation.terms import RelationRefused

#: Where a number stands on its page, for formats that have pages: see ``documents.Place``.
PLACE_COLUMNS = ("page", "x0", "y0", "x1", "y1")
#: The column that holds the member of each dimension.
MEMBER_COLUMNS = {dimension: f"{dimension}_code" for dimension in DIMENSIONS}
NUMBER_COLUMNS = (
    "ligne",
    "colonne",
    "valeur_imprimee",
    "statut",
    "motif",
    "valeur",
    "demi_intervalle",
    "unite",
    "nature",
    "role",
    "perimetre",
    "perimetre_mots",
    "indicateur_code",
    "concept_code",
    "domaine",
    "organisme_code",
    "territoire_code",
    "periode_code",
    *MEMBER_COLUMNS.values(),
    "bloc",
    "libelle",
    "note",
    "confiance",
    "revue",
    *PLACE_COLUMNS,
)
RELATION_COLUMNS = (
    "relation",
    "nature",
    "formule",
    "role",
    "poids",
    "ligne",
    "colonne",
    "constante",
    "paire",
    "reserve",
)
REPORT_FILE, NUMBERS_FILE, RELATIONS_FILE = "report.yml", "numbers.csv", "relations.csv"
DIAGNOSES_FILE = "diagnostics.csv"
SEAL_FILE = "sceau.json"
#: The key of the seal under which the digest of template and corrections stands.
READ_WITH = "gabarit"
#: Encodings of text in which French reports have been saved, by their names in Python.
ENCODINGS = frozenset(
    {"utf-8", "utf-8-sig", "utf-16", "ascii", "cp1252", "iso8859-1", "iso8859-15", "mac-roman", "cp850"}
)
MAX_TITLE = 300
#: Bytes of a committed CSV file, and runs of digits of a document: the largest report known holds some 3,000.
MAX_CSV, MAX_NUMBERS = 64 * 1024 * 1024, 100_000
MOST_PROBLEMS = 100
_DIGITS = re.compile(r"\d+")
_CODE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


class Report(Form):
    """A report as declared in ``report.yml``; ``folder`` is where its template and extract lie.

    ``brouillon: true``: what its template does not read yet is read without one, and enters as not reviewed.
    ``remplace``: the report of the same body and period that it is another edition of, which then no
    longer counts.
    """

    code: str
    titre: str
    organisme: str
    territoire: str
    periode: Text
    document: str
    encodage: str = "utf-8"
    brouillon: bool = False
    remplace: str | None = None
    folder: Path
    _fault: str = PrivateAttr(default="")

    @property
    def fault(self) -> str:
        """Why the declaration cannot be taken; empty for a report that can be read."""
        return self._fault

    @classmethod
    def faulty(cls, folder: Path, fault: str) -> Report:
        """The report of a folder whose declaration cannot be taken: it can only keep its published rows."""
        name, unknown = folder.name, ""
        report = cls.model_construct(
            code=name, titre=name, organisme=unknown, territoire=unknown, periode=unknown, document=unknown,
            folder=folder,
        )  # fmt: skip
        report._fault = fault
        return report

    @field_validator("code")
    @classmethod
    def _snake(cls, code: str) -> str:
        if not _CODE.fullmatch(code):
            raise ValueError(f"code {code!r} is not lower snake_case")
        return code

    @field_validator("document")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if Path(name).name != name or name in ("", ".", "..") or not name.isprintable():
            raise ValueError(f"document {name!r} must be a file name without a folder")
        return name

    @field_validator("titre")
    @classmethod
    def _one_line(cls, title: str) -> str:
        if not title.strip() or len(title) > MAX_TITLE or not title.isprintable():
            raise ValueError(f"a title is one line of at most {MAX_TITLE} printable characters")
        return title

    @field_validator("encodage")
    @classmethod
    def _of_text(cls, encoding: str) -> str:
        try:
            known = codecs.lookup(encoding).name in ENCODINGS
        except LookupError:
            known = False
        if not known:
            raise ValueError(f"encodage {encoding!r} is not known; use utf-8, cp1252 or latin-1")
        return encoding

    @field_validator("periode")
    @classmethod
    def _period(cls, period: str) -> str:
        if not PERIOD.fullmatch(period):
            raise ValueError(f"periode {period!r} is not a year, month or date")
        return period

    @property
    def defaults(self) -> Spec:
        return Spec(organisme=self.organisme, territoire=self.territoire, periode=self.periode)


@dataclass(frozen=True)
class Extract:
    """The extract of a report: ``numbers`` (columns ``NUMBER_COLUMNS``) and ``relations``
    (``RELATION_COLUMNS``), all text; ``aside`` are the spans of the document that its template sets aside.
    """

    numbers: pl.DataFrame
    relations: pl.DataFrame
    aside: tuple[tuple[int, int], ...] = ()

    def holds_aside(self, start: int, end: int) -> bool:
        """Whether the template sets aside something between two offsets of the document."""
        return any(a < end and start < b for a, b in self.aside)


def load_report(folder: Path) -> Report:
    """Read ``report.yml``; raises ``ExtractionError`` when it is missing, invalid, or its code is not the
    folder's name.
    """
    path = folder / REPORT_FILE
    refuse_outside(folder, folder.parent)
    if not path.is_file():
        raise ExtractionError(
            f"{folder.name}: no {REPORT_FILE}; declare code, titre, organisme, territoire, periode and "
            "document"
        )
    data = load_yaml(path, folder.name)
    if not isinstance(data, dict):
        raise ExtractionError(f"{folder.name}: {REPORT_FILE} must hold keys and values")
    try:
        report = Report.model_validate({**data, "folder": folder})
    except ValidationError as error:
        first = error.errors()[0]
        raise ExtractionError(
            f"{folder.name}: {REPORT_FILE}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        ) from error
    if report.code != folder.name:
        raise ExtractionError(
            f"{folder.name}: {REPORT_FILE} declares code {report.code!r}; the folder and the code must have "
            "one name"
        )
    return report


def list_reports(raw: Path) -> list[Report]:
    """Every report of ``raw`` that counts, by code.

    Raises ``ExtractionError`` when there is none, two reports declare the same document, or one replaces what
    it cannot.
    """
    if not (reports := declared_in(raw)):
        raise ExtractionError(f"{raw}: no report is declared; add a folder with a {REPORT_FILE}")
    by_code = {report.code: report for report in reports}
    for report in reports:
        if wrong := wrongly_replaced(report, by_code):
            raise ExtractionError(wrong)
    return _counting(reports)


def wrongly_replaced(report: Report, by_code: Mapping[str, Report]) -> str:
    """Why a report cannot replace the one that it names; empty when it can, or names none."""
    if report.remplace is None:
        return ""
    other, said = by_code.get(report.remplace), f"{report.code}: {REPORT_FILE}: remplace {report.remplace!r}"
    if other is None or other is report:
        near = nearest_words(report.remplace, set(by_code) - {report.code})
        return f"{said} is not the code of another report{near}"
    if (other.organisme, other.periode) != (report.organisme, report.periode):
        return (
            f"{said} is of {other.organisme} and {other.periode}; an edition replaces one of the same body "
            "and period only"
        )
    return f"{said} replaces this report itself; leave one of the two lines out" if other.remplace else ""


def _counting(reports: list[Report]) -> list[Report]:
    """The reports that no other one replaces."""
    replaced = {report.remplace for report in reports if not report.fault}
    return [report for report in reports if report.code not in replaced]


def reports_to_read(raw: Path) -> list[Report]:
    """Every report of ``raw`` that counts, by code; one that cannot be taken says why (``Report.fault``) and
    stops no other.

    Raises ``ExtractionError`` when there is none.
    """
    reports: list[Report] = []
    owners: dict[str, str] = {}
    for folder in sorted(path.parent for path in raw.glob(f"*/{REPORT_FILE}")):
        try:
            report = load_report(folder)
            _refuse_twin(report, owners)
        except (ExtractionError, OSError) as error:
            report = Report.faulty(folder, str(error))
        reports.append(report)
    if not reports:
        raise ExtractionError(f"{raw}: no report is declared; add a folder with a {REPORT_FILE}")
    by_code = {report.code: report for report in reports}
    faults = ((report, wrongly_replaced(report, by_code)) for report in reports if not report.fault)
    wrong = {report.code: Report.faulty(report.folder, fault) for report, fault in faults if fault}
    return _counting([wrong.get(report.code, report) for report in reports])


def sound_reports(raw: Path) -> list[Report]:
    """Every report of ``raw`` that counts and can be taken, by code; the others stop none of them.

    Raises ``ExtractionError`` when there is none at all.
    """
    return [report for report in reports_to_read(raw) if not report.fault]


def declared_in(raw: Path, written: Report | None = None) -> list[Report]:
    """The reports of ``raw``, possibly none, by code; ``written``, which is not there yet, stands for the one
    of its code.

    Raises ``ExtractionError`` when two declare the same document.
    """
    folders = (path.parent for path in raw.glob(f"*/{REPORT_FILE}"))
    reports = [load_report(folder) for folder in folders if not written or folder.name != written.code]
    reports = sorted([*reports, *([written] if written else [])], key=lambda report: report.code)
    owners: dict[str, str] = {}
    for report in reports:
        _refuse_twin(report, owners)
    return reports


def _refuse_twin(report: Report, owners: dict[str, str]) -> None:
    """Remember whose document a document is; raises ``ExtractionError`` when it is another report's."""
    owner = owners.setdefault(report.document, report.code)
    if owner != report.code:
        raise ExtractionError(
            f"{report.code}: document {report.document!r} is already declared by {owner}; remove one of the "
            "two folders"
        )


@looking_seldom()
def extract_report(report: Report, document: Document, catalogue: Catalogue) -> Extract:
    """Read ``document`` with the report's template.

    Raises ``ExtractionError`` with every problem found: a fragment that is gone, an unknown label or member,
    an ambiguous row.
    """
    refuse_too_many_numbers(report, document)
    problems = Problems(report.code, MOST_PROBLEMS)
    corrections = load_corrections(report.folder)
    reader = Reader(document, report.defaults, catalogue, problems, corrections)
    reading = reader.read(_sound_template(report, catalogue, problems))
    problems.raise_if_any()
    return extract_of(document, reading)


def _sound_template(report: Report, catalogue: Catalogue, problems: Problems) -> Template:
    """The template of a report; of a wrong one what nothing is wrong with, beside its ``problems``."""
    try:
        return load_template(report.folder, catalogue)
    except WrongTemplate as wrong:
        problems.take(wrong)
        return wrong.sound


def extract_of(document: Document, reading: TemplateReading) -> Extract:
    """What a template read in ``document``, as the frames of an extract."""
    offsets = document.folded.offsets
    aside = tuple((offsets[one.start], offsets[one.end - 1] + 1) for one in reading.set_aside)
    return Extract(_numbers_frame(document, reading), _relations_frame(document, reading.relations), aside)


def refuse_too_many_numbers(report: Report, document: Document) -> None:
    """Raise ``ExtractionError`` for a document that is no report but a table of data: its ledger would not
    fit in memory.
    """
    if len(document.text) <= MAX_NUMBERS:
        return
    runs = sum(1 for _ in _DIGITS.finditer(document.text))
    if runs > MAX_NUMBERS:
        raise ExtractionError(
            f"{report.code}: {document.name} prints {runs} runs of digits, the limit is {MAX_NUMBERS}; split "
            "the document"
        )


def _numbers_frame(document: Document, reading: TemplateReading) -> pl.DataFrame:
    rows = [*_observations(document, reading.captures), *_others(document, reading)]
    rows.sort(key=lambda r: (r["ligne"], r["colonne"]))
    for row in rows:
        row["ligne"], row["colonne"] = str(row["ligne"]), str(row["colonne"])
    return text_frame(rows, NUMBER_COLUMNS)


def text_frame(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> pl.DataFrame:
    """Rows of text as a frame; a cell of which a row says nothing is empty."""
    cells = {name: [row.get(name, "") for row in rows] for name in columns}
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))


def _observations(document: Document, captures: list[Capture]) -> Iterator[dict[str, object]]:
    for capture in captures:
        yield {
            **_row(document, capture.start, capture.end, "observation", ""),
            "valeur": plain_decimal(capture.number.value),
            "demi_intervalle": plain_decimal(capture.number.half_width),
            "unite": capture.unite,
            "nature": capture.spec.nature,
            "role": capture.spec.role,
            "perimetre": capture.spec.perimetre or "",
            "perimetre_mots": capture.spec.perimetre_mots or "",
            "indicateur_code": capture.spec.indicateur,
            "concept_code": capture.spec.concept or "",
            "domaine": capture.spec.domaine or "",
            "organisme_code": capture.spec.organisme,
            "territoire_code": capture.spec.territoire,
            "periode_code": capture.spec.periode,
            **{column: getattr(capture.spec, d) or UNSTATED for d, column in MEMBER_COLUMNS.items()},
            "bloc": capture.bloc,
            "libelle": capture.libelle,
            "note": capture.spec.note or "",
            "confiance": plain_decimal(capture.spec.confiance or Decimal(1 if capture.revue else "0.9")),
            "revue": str(capture.revue).lower(),
        }


def _others(document: Document, reading: TemplateReading) -> Iterator[dict[str, object]]:
    """The ledger beside the observations: numbers set aside or left, and later lines of numbers that a line
    end cuts.
    """
    for capture in reading.captures:
        for start, end in continuation_spans(document.folded, capture.start, capture.end):
            yield _row(document, start, end, "ecarte", "suite")
    taken = [(c.start, c.end) for c in reading.captures]
    for entry in remaining_entries(document, taken, reading.set_aside, reading.labels):
        yield _row(document, entry.start, entry.end, entry.statut, entry.motif)
        taken.append((entry.start, entry.end))
    yield from _note_marks(document, taken)


def _note_marks(document: Document, taken: list[tuple[int, int]]) -> Iterator[dict[str, object]]:
    """Marks of notes, which are in no folded text: set aside, unless one stands within a printed number
    (``taken`` spans).
    """
    if not RAISED.search(document.text):
        return
    offsets = document.folded.offsets
    spans = sorted((offsets[start], offsets[end - 1] + 1) for start, end in taken)
    for mark in NOTE_MARK.finditer(document.text):
        at = bisect_right(spans, (mark.start(), len(document.text))) - 1
        if at < 0 or spans[at][1] <= mark.start():
            yield _row_at(document, mark.start(), mark.end(), "ecarte", "appel_de_note")


def _row(document: Document, start: int, end: int, statut: str, motif: str) -> dict[str, object]:
    """A row of the ledger for a span of folded text."""
    offsets = document.folded.offsets
    return _row_at(document, offsets[start], offsets[end - 1] + 1, statut, motif)


def _row_at(document: Document, start: int, end: int, statut: str, motif: str) -> dict[str, object]:
    ligne, colonne = document.locate(start)
    printed = " ".join(document.text[start:end].split())
    if not printed.isascii() and motif != "appel_de_note":
        printed = NOTE_MARK.sub("", printed)
    return {
        "ligne": ligne,
        "colonne": colonne,
        "valeur_imprimee": printed,
        "statut": statut,
        "motif": motif,
        **place_cells(document, start, end),
    }


def place_cells(document: Document, start: int, end: int) -> dict[str, str]:
    """Page and box of the characters ``start`` to ``end`` of ``document.text`` as cells of ``numbers.csv``;
    none without pages.
    """
    place = document.place(start, end)
    if place is None:
        return {}
    box = (place.x0, place.y0, place.x1, place.y1)
    return dict(zip(PLACE_COLUMNS, (str(place.page), *(f"{edge:.1f}" for edge in box)), strict=True))


def plain_decimal(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros: ``1800000``, ``-49``, ``0.05``."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if value else text.replace("-0", "0", 1)


def _relations_frame(document: Document, relations: list[CaptureRelation]) -> pl.DataFrame:
    @cache
    def address(offset: int) -> tuple[str, str]:
        ligne, colonne = document.locate(document.folded.offsets[offset])
        return str(ligne), str(colonne)

    rows = [
        (
            relation.key,
            relation.nature,
            relation.formule,
            term.role,
            plain_decimal(term.poids),
            *(address(term.capture.start) if term.capture else ("", "")),
            plain_decimal(term.constante) if term.constante is not None else "",
            str(term.paire or ""),
            relation.reserve,
        )
        for relation in sorted(relations, key=attrgetter("key"))
        for term in relation.termes
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(RELATION_COLUMNS, pl.String), orient="row")


def write_extract(
    report: Report, extract: Extract, folder: Path | None = None, diagnostics: pl.DataFrame | None = None
) -> None:
    """Write ``numbers.csv``, ``relations.csv`` and ``diagnostics.csv`` into ``folder`` (default: the
    report's), byte for byte reproducible, and the seal that tells whether somebody changed them since.

    ``diagnostics`` are those of this extract where the caller has them; relations that cannot be judged have
    none, and no file.
    """
    target = folder or report.folder
    files = {NUMBERS_FILE: csv_bytes(extract.numbers), RELATIONS_FILE: csv_bytes(extract.relations)}
    with contextlib.suppress(RelationRefused):
        files[DIAGNOSES_FILE] = csv_bytes(
            diagnoses(extract, report.code) if diagnostics is None else diagnostics
        )
    seal = {name: _digest(data) for name, data in files.items()} | {READ_WITH: read_with(report)}
    files[SEAL_FILE] = json.dumps(seal, indent=1).encode() + b"\n"
    aside = {target / name: target / f".{name}.{os.getpid()}" for name in files}
    try:
        for path, fresh in aside.items():
            fresh.write_bytes(files[path.name])
        for path, fresh in aside.items():
            fresh.replace(path)
    finally:
        for fresh in aside.values():
            fresh.unlink(missing_ok=True)


def read_with(report: Report) -> str:
    """The digest of what an extract is read with, beside the document: template and corrections."""
    paths = [*template_files(report.folder), report.folder / CORRECTIONS_FILE]
    told = (path.name.encode() + path.read_bytes() for path in paths if path.is_file())
    return _digest(b"\0".join(told))


def outdated(report: Report) -> str:
    """A clause that says that the template or the corrections changed since the extract was read; empty where
    they did not, or the seal is of a version that did not say.
    """
    try:
        seal = json.loads((report.folder / SEAL_FILE).read_bytes())
        same = seal.get(READ_WITH) in (None, read_with(report))
    except (OSError, ValueError, AttributeError):
        return ""
    return "" if same else "its template or its corrections changed since its extract was read"


def diagnoses(extract: Extract, code: str) -> pl.DataFrame:
    """The likely cause of each relation of the extract that fails, without the column that names the report.

    Raises ``RelationRefused`` where the relations cannot be judged.
    """
    found = diagnostics_frame(find(extract.numbers, extract.relations, code))
    return found.drop("rapport_code").fill_null("")


def sealed_diagnoses(report: Report) -> pl.DataFrame | None:
    """The diagnoses of the committed extract as they were written with it; ``None`` where the seal does not
    vouch for them.
    """
    try:
        seal = json.loads((report.folder / SEAL_FILE).read_bytes())
        if DIAGNOSES_FILE not in seal or broken_seal(report):
            return None
        return pl.read_csv(report.folder / DIAGNOSES_FILE, infer_schema=False, empty_string_is_null=False)
    except (OSError, ValueError, TypeError, pl.exceptions.PolarsError):
        return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


#: What to do about a committed extract that cannot be used.
RESTORE = "run `make extract` or restore it from git"


def broken_seal(report: Report) -> str:
    """A clause naming the files of the committed extract that are not as reading wrote them; empty when all
    are.

    Diagnoses may be absent, as in extracts of earlier versions: they are found again.
    """
    try:
        seal = json.loads((report.folder / SEAL_FILE).read_bytes())
        names = [
            NUMBERS_FILE,
            RELATIONS_FILE,
            *(name for name in (DIAGNOSES_FILE,) if name in seal and (report.folder / name).exists()),
        ]
        changed = [name for name in names if _digest((report.folder / name).read_bytes()) != seal[name]]
    except (OSError, ValueError, KeyError, TypeError):
        return f"{SEAL_FILE} is missing or damaged"
    return f"{' and '.join(changed)} changed since it was read" if changed else ""


def altered(report: Report) -> str:
    """The sentence that refuses a committed extract which reading did not write; empty for a sound one and
    for a draft, which has none yet.
    """
    broken = "" if report.brouillon else broken_seal(report)
    told = f"{report.code}: the committed extract is not the one that reading wrote ({broken}); {RESTORE}"
    return told if broken else ""


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """A frame of text as CSV bytes: comma, minimal quotes, ``\\n`` ends."""
    return frame.write_csv(line_terminator="\n", quote_style="necessary").encode("utf-8")


def read_extract(report: Report) -> Extract:
    """Read the committed extract; raises ``ExtractionError`` when a file is missing, empty, torn or has other
    columns.
    """
    frames = []
    for name, columns in ((NUMBERS_FILE, NUMBER_COLUMNS), (RELATIONS_FILE, RELATION_COLUMNS)):
        path = report.folder / name
        try:
            frame = pl.read_csv(read_within(path, MAX_CSV), infer_schema=False, empty_string_is_null=False)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise ExtractionError(
                f"{report.code}: {name} cannot be read ({str(error).splitlines()[0]}); {RESTORE}"
            ) from error
        if tuple(frame.columns) != columns:
            raise ExtractionError(
                f"{report.code}: {name} has other columns than this version reads; {RESTORE}"
            )
        frames.append(frame)
    if frames[0].is_empty():
        raise ExtractionError(f"{report.code}: {NUMBERS_FILE} is empty; {RESTORE}")
    return Extract(frames[0], frames[1])
