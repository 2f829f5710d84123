"""A report under review: its figures with their print, their meaning, where their hole is written, and what
arithmetic says.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import polars as pl

from orchestration.discovery.complete import furnished
from orchestration.discovery.doubts import CONTRADICTED, clause_of, verdicts_of
from orchestration.discovery.figures import Found, read_figures
from orchestration.discovery.layout import Kind, Line, cells_of, headings_above, lines_of
from orchestration.discovery.phrases import UNMAPPED
from orchestration.discovery.suggested import with_structure
from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import DIMENSIONS, UNIT_NAMES, UNSTATED, Catalogue, Indicator
from orchestration.extraction.corrections import load_corrections
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import ExtractionError, Problems
from orchestration.extraction.plain_yaml import load_yaml
from orchestration.extraction.reader import Reader
from orchestration.extraction.reports import Extract, Report, extract_of
from orchestration.extraction.templates import HOLE, Template, load_template, template_files
from orchestration.notation.folding import fold_label
from orchestration.reconciliation.findings import state
from orchestration.reconciliation.terms import Address, RelationRefused, read_numbers, read_relations
from orchestration.reconciliation.verdicts import Verdict, judge_all
from orchestration.reconciliation.wording import french_value, listed

#: Below this a figure is doubtful.
DOUBTFUL = Decimal("0.5")
#: What a reviewer may say of a figure, beside the members of the dimensions.
MEANINGS = (
    "indicateur",
    "periode",
    "unite",
    "multiplicateur",
    "nature",
    "role",
    "signe",
    "organisme",
    "territoire",
    *DIMENSIONS,
)


#: Takes the ``multiplicateur`` of a figure away.
NO_SCALE = "aucun"


@dataclass(frozen=True, slots=True)
class TemplatePointer:
    """Where the meaning of a figure is written: file, rank of block and field, and its name or rank among the
    nameless.
    """

    file: str
    block: int
    field: int
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Item:
    """A figure of the report. ``line`` counts from 1, ``column`` from 0; ``value`` is in base units.

    ``confirmed`` and ``refuted`` name the relations that hold, or fail, with this reading of it; ``table`` is
    the rank of the table that it stands in, from 1, or 0; ``disputed`` are those of ``refuted`` whose figures
    all stand in that table.
    """

    line: int
    column: int
    end: int
    printed: str
    value: Decimal
    label: str
    heading: str
    meaning: dict[str, str]
    confidence: Decimal
    reviewed: bool
    hole: TemplatePointer | None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    confirmed: tuple[str, ...] = ()
    refuted: tuple[str, ...] = ()
    table: int = 0
    disputed: tuple[str, ...] = ()
    note: str = ""

    @property
    def key(self) -> str:
        return f"{self.line}-{self.column}"

    @property
    def doubts(self) -> list[str]:
        """Why somebody should look at it first, in French."""
        told = []
        if self.refuted:
            told.append("contredit par l'arithmétique")
        if self.meaning["indicateur"] == UNMAPPED:
            told.append("concept non reconnu")
        if self.confidence < DOUBTFUL:
            told.append("lecture peu sûre")
        return told


@dataclass(frozen=True, slots=True)
class Unread:
    """A number that the template does not read; ``reason`` is that of the rule that set it aside, if one
    did.
    """

    line: int
    column: int
    printed: str
    reason: str

    @property
    def key(self) -> str:
        return f"{self.line}-{self.column}"

    @property
    def width(self) -> int:
        return len(self.printed)


@dataclass(frozen=True, slots=True)
class AuditRefusal:
    """What an audit will not let pass, told in French, and the places of the figures that it is about;
    ``advice`` is what to do, where it can only be one thing; ``whole`` is the place of the figure that the
    others should make.
    """

    said: str
    figures: frozenset[str]
    advice: str = ""
    whole: str = ""


@dataclass(frozen=True)
class Dossier:
    """A report under review; ``state`` is the digest of its template files, which a decision must
    still find.

    ``extract`` is what the template alone reads, ``numbers`` its rows with the furniture of the pages set
    aside; ``refusals`` are what an audit will not let pass in the reviewed figures, by what it is about.
    """

    report: Report
    document: Document
    catalogue: Catalogue
    items: tuple[Item, ...]
    state: str
    unread: tuple[Unread, ...]
    numbers: pl.DataFrame
    extract: Extract
    files: tuple[str, ...] = field(default=())
    refusals: Mapping[str, AuditRefusal] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many numbers nothing read."""
        return sum(not number.reason for number in self.unread)

    @property
    def set_aside(self) -> int:
        """How many numbers rules set aside."""
        return sum(bool(number.reason) for number in self.unread)

    @property
    def reviewed(self) -> int:
        return sum(item.reviewed for item in self.items)


def open_dossier(report: Report, document: Document, catalogue: Catalogue) -> Dossier:
    """Read ``document`` with the report's template as it stands.

    Raises ``ExtractionError`` with every problem of the template.
    """
    template = load_template(report.folder, catalogue)
    problems = Problems(report.code)
    corrections = load_corrections(report.folder)
    reading = Reader(document, report.defaults, catalogue, problems, corrections).read(template)
    problems.raise_if_any()
    extract = extract_of(document, reading)
    numbers = extract.numbers
    found, lines, headings = ground(document, report.periode[:4])
    if "a_relever" in numbers["statut"]:
        numbers = furnished(numbers, document, found)
    holes = _holes(report, template)
    verdicts = _verdicts(with_structure(extract, found.figures, document.text))
    read = [
        _item(capture, document, holes.get((capture.bloc, capture.id)), headings)
        for capture in reading.captures
    ]
    tables = _tables(lines, headings, {item.line for item in read})
    boxes = _boxes(tables, read, lines)
    tables = {line: rank for line, rank in tables.items() if rank not in boxes}
    items = tuple(_judged(item, verdicts, tables) for item in read)
    unread = numbers.filter(pl.col("statut") != "observation")
    return Dossier(
        report,
        document,
        catalogue,
        items,
        state_of(report),
        tuple(
            Unread(int(line), int(column), printed, reason or "")
            for line, column, printed, reason in unread.select(
                "ligne", "colonne", "valeur_imprimee", "motif"
            ).iter_rows()
        ),
        numbers,
        extract,
        tuple(str(path.relative_to(report.folder)) for path in template_files(report.folder)),
        dict(_refusals(extract, items, catalogue)),
    )


@lru_cache(maxsize=2)
def ground(document: Document, year: str) -> tuple[Found, list[Line], list[str]]:
    """What a document says whatever its template does: its figures, lines and the heading above each."""
    lines = lines_of(document)
    return read_figures(document, year), lines, headings_above(lines)


def _refusals(
    extract: Extract, items: Sequence[Item], catalogue: Catalogue
) -> Iterator[tuple[str, AuditRefusal]]:
    """What the audit of the next night refuses: a figure in another unit than its indicator's, a relation
    between reviewed figures that does not hold.
    """
    for item in items:
        indicator = catalogue.indicators.get(item.meaning["indicateur"])
        if item.reviewed and indicator and told_in_another_unit(indicator, item.meaning):
            said = (
                f"« {item.printed} » (ligne {item.line}) est lu en {item.meaning['unite']}, "
                f"{indicator.code} se compte en {indicator.unite}"
            )
            yield f"unite/{item.key}", AuditRefusal(said, frozenset({item.key}))
    parts = {item.key: f"« {item.printed} »" for item in items if item.meaning["role"] == "dont"}
    with contextlib.suppress(RelationRefused):
        for verdict in judge_all(read_relations(read_numbers(extract.numbers), extract.relations)):
            if verdict.fails:
                places = frozenset(f"{line}-{column}" for line, column in verdict.relation.places)
                named = [told for key, told in parts.items() if key in places]
                advice = (
                    _PART.format(listed(named)) if named and verdict.relation.nature == "repetition" else ""
                )
                at = verdict.relation.result.place
                whole = f"{at[0]}-{at[1]}" if at and verdict.relation.nature != "repetition" else ""
                yield verdict.relation.key, AuditRefusal(state(verdict), places, advice, whole)


#: What is to be said of a part that is taken for its whole.
_PART = "{} est lu comme une partie d'un tout : dites laquelle sous « Membres »"


def told_in_another_unit(indicator: Indicator | None, meaning: Mapping[str, str]) -> bool:
    """Whether a level is told in another unit than that in which its indicator is counted."""
    level = meaning["nature"] in ("constate", "total")
    return indicator is not None and level and meaning["unite"] != indicator.unite


#: Lines between two rows of one table at most: blank ones, and words that a cell goes on with.
_BETWEEN = 3


#: What the head of another table names in its cells, where it holds no figure.
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def _tables(lines: Sequence[Line], headings: Sequence[str], figures: Set[int]) -> dict[int, int]:
    """The rank (from 1) of the table that each row of a table stands in, by its line; lone rows are none.
    ``figures`` are the lines with figures: a row of years without any is the head of another table.
    """
    runs: list[list[int]] = []
    between = 0
    for line in lines:
        if line.kind in (Kind.ROW, Kind.NUMBERS):
            last = lines[runs[-1][-1] - 1] if runs else None
            alike = last is not None and headings[last.number - 1] == headings[line.number - 1]
            begins = _is_head(line, figures) or between > _BETWEEN
            if last and alike and not begins and _under(last, line):
                runs[-1].append(line.number)
            else:
                runs.append([line.number])
            between = 0
        elif line.kind in (Kind.BLANK, Kind.LABEL):
            between += 1
        else:
            between = _BETWEEN + 1
    tables = [run for run in runs if len(figures & set(run)) > 1]
    return {line: rank for rank, run in enumerate(tables, 1) for line in run}


def _boxes(tables: Mapping[int, int], items: Iterable[Item], lines: Sequence[Line]) -> set[int]:
    """The ranks of what only looks like a table: key figures on several lines, each under words of its own,
    side by side or alone on its line.
    """
    held: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        if item.line in tables and item.meaning["nature"] != "evolution":
            held[tables[item.line]].append(item)
    found = set()
    for rank, cells in held.items():
        places = {item.line for item in cells}
        alone = all(lines[line - 1].kind is Kind.NUMBERS for line in places)
        apart = len({item.label.split(" | ")[0] for item in cells}) == len(cells)
        if apart and (alone or len(cells) > len(places)):
            found.add(rank)
    return found


def _is_head(line: Line, figures: Set[int]) -> bool:
    return line.number not in figures and _YEAR.search(line.text) is not None


def _under(row: Line, line: Line) -> bool:
    """Whether a line of numbers alone has its cells where those of the row above it end."""
    if line.kind is Kind.ROW:
        return True
    above = [stop for _, stop in cells_of(row.text.rstrip())]
    ends = (stop for _, stop in cells_of(line.text.rstrip()))
    return all(any(abs(stop - other) <= 2 for other in above) for stop in ends)


def state_of(report: Report) -> str:
    """The digest of the template of a report, its files and their names."""
    found = hashlib.sha256()
    for path in template_files(report.folder):
        found.update(f"{path.relative_to(report.folder)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def _holes(report: Report, template: Template) -> dict[tuple[str, str], TemplatePointer]:
    """The hole of each figure that a field reads, by the names of its block and its own."""
    found: dict[tuple[str, str], TemplatePointer] = {}
    blocks = {block.bloc: block for block in template.blocs}
    for path in template_files(report.folder):
        written = load_yaml(path, report.code) or {}
        for at, block in enumerate(written.get("blocs") or []):
            for place, hole in _holes_of(str(path.relative_to(report.folder)), at, block):
                form = blocks[block["bloc"]].champs[hole.field]
                spec = form.trous[place][1]
                ident = spec.id or form.commun.id or hole.name or f"f{hole.field + 1}_{place + 1}"
                found[block["bloc"], ident] = hole
    return found


def _holes_of(file: str, at: int, block: dict[str, object]) -> Iterator[tuple[int, TemplatePointer]]:
    fields = block.get("champs")
    for position, form in enumerate(fields if isinstance(fields, list) else []):
        nameless = 0
        for place, match in enumerate(HOLE.finditer(form["lire"])):
            yield place, TemplatePointer(file, at, position, match[1], nameless)
            nameless += not match[1]


def _item(capture: Capture, document: Document, hole: TemplatePointer | None, headings: list[str]) -> Item:
    offsets = document.folded.offsets
    start, end = offsets[capture.start], offsets[capture.end - 1] + 1
    line, column = document.locate(start)
    place = document.place(start, end)
    spec = capture.spec
    meaning = {key: str(getattr(spec, key) or (UNSTATED if key in DIMENSIONS else "")) for key in MEANINGS}
    confidence = Decimal(1) if capture.revue else spec.confiance or Decimal("0.9")
    return Item(
        line,
        column,
        end - start,
        " ".join(document.text[start:end].split()),
        capture.number.value,
        capture.libelle,
        headings[line - 1],
        {**meaning, "unite": capture.unite, "multiplicateur": spec.multiplicateur or NO_SCALE},
        confidence,
        capture.revue,
        hole,
        place.page if place else None,
        (place.x0, place.y0, place.x1, place.y1) if place else None,
        note=spec.note or "",
    )


def _verdicts(extract: Extract) -> dict[Address, list[Verdict]]:
    """By place, the relations of an extract that say something for it or against it."""
    found: dict[Address, list[Verdict]] = {}
    try:
        verdicts = verdicts_of(extract)
    except RelationRefused:
        return found
    labels, reviewed = {}, set()
    for line, column, label, told in extract.numbers.select(
        "ligne", "colonne", "libelle", "revue"
    ).iter_rows():
        labels[int(line), int(column)] = fold_label(label)
        if told == "true":
            reviewed.add((int(line), int(column)))
    guessed = _Guessed(verdicts, reviewed)
    for verdict in verdicts:
        against = verdict.verdict in CONTRADICTED and not guessed.wrongly(verdict)
        if against or (verdict.holds and _confirms(verdict, labels)):
            for place in verdict.relation.places:
                found.setdefault(place, []).append(verdict)
    return found


class _Guessed:
    """Which relations fail because a draft guessed them wrong, not because digits are: an evolution that
    holds of other figures is theirs, and rows that a total adds up are no parts of each other.
    """

    def __init__(self, verdicts: Sequence[Verdict], reviewed: Set[Address]) -> None:
        held = [verdict.relation for verdict in verdicts if verdict.holds]
        self._reviewed = reviewed
        self._results = {(one.nature, one.result.place) for one in held}
        self._sums = [{term.place for term in one.terms} for one in held if one.nature == "somme"]

    def wrongly(self, verdict: Verdict) -> bool:
        """Whether a relation that fails was guessed wrong; one of figures that were all reviewed never is."""
        relation = verdict.relation
        if relation.places <= self._reviewed:
            return False
        if relation.nature != "borne":
            return (relation.nature, relation.result.place) in self._results
        lines = sorted(term.place[0] for term in relation.terms if term.place)
        whole = relation.result.place
        among = whole is not None and len(lines) > 1 and lines[0] < whole[0] < lines[-1]
        return among or any(relation.places <= those for those in self._sums)


def _confirms(verdict: Verdict, labels: Mapping[tuple[int, int], str]) -> bool:
    """Whether a relation that holds says that its figures are read right: a bound never does, nor do two
    prints of one line that are taken for one figure.
    """
    relation = verdict.relation
    if relation.nature == "repetition":
        return len({line for line, _ in relation.places}) == len(relation.places) and (
            len({labels[place] for place in relation.places}) == 1
        )
    return relation.nature != "borne"


def _judged(item: Item, verdicts: Mapping[Address, Sequence[Verdict]], tables: Mapping[int, int]) -> Item:
    told = verdicts.get((item.line, item.column), [])
    table = tables.get(item.line, 0)
    against = [verdict for verdict in told if not verdict.holds]
    within = [v for v in against if {tables.get(line, 0) for line, _ in v.relation.places} == {table}]
    return replace(
        item,
        table=table,
        confirmed=_clauses(verdict for verdict in told if verdict.holds),
        refuted=_clauses(against),
        disputed=_clauses(within) if table else (),
    )


def _clauses(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(clause_of, verdicts)))


def find_item(dossier: Dossier, key: str) -> Item:
    """The figure at a place; raises ``ExtractionError`` when there is none any more."""
    found = next((item for item in dossier.items if item.key == key), None)
    if found is None:
        raise ExtractionError(
            f"{dossier.report.code}: aucun chiffre n'est plus lu en {key} ; rechargez la page"
        )
    return found


def told_value(item: Item) -> str:
    """The value with its unit, as read: ``1 800 000 euros``."""
    unit = item.meaning["unite"]
    named = "" if unit in ("nombre", "%") else f" {UNIT_NAMES.get(unit, unit.replace('_', ' '))}"
    return f"{french_value(item.value, unit if unit == '%' else '')}{named}".replace("-", "−")


def document_of(report: Report, documents: Path) -> Path:
    """The document of a report; raises ``ExtractionError`` where it is not at hand."""
    path = documents / report.document
    if not path.is_file():
        raise ExtractionError(
            f"{report.code}: {report.document} n'est pas dans {documents} ; on ne relit pas un rapport sans "
            "son document"
        )
    return path
