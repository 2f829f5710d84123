"""Tables: finding rows by their printed labels and cutting them into the declared columns.

Rows are found in order within their block. What stands in a table and is claimed by no row is an error, never
dropped; a row that can be cut in several ways is settled by its own arithmetic or by the table's totals, else
the readings are listed.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import Catalogue
from orchestration.extraction.documents import Folded
from orchestration.extraction.fields import BLANKS, MAX_GAP, nearest_text
from orchestration.extraction.grouping import (
    Cell,
    ColumnSpec,
    Reading,
    TooManyReadings,
    confirmed,
    describe_reading,
    group_count,
    readings,
)
from orchestration.extraction.templates import ColumnForm, RowForm, Spec, TableForm
from orchestration.notation.folding import MENDED, fold_label
from orchestration.notation.numbers import half_width

MAX_LINES_PER_ROW = 5
MAX_COMBINATIONS = 20_000
_BULLET = r"(?:^|(?<=[\n\t]))[ \v\t]{0,40}(?:[-–•o>*▪][ \v\t]{0,40})?"
_LEAD = re.compile(rf"{_BULLET}\Z")
_AFTER_LABEL = re.compile(r"[ \v]{0,40}[:*]?")
#: Digits of any kind among letters with accents: what ``isdigit`` has to be asked of.
_NUMERIC = re.compile(r"[^\W_A-Za-z]")
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: Natures of the columns that an evolution compares, and what it says otherwise than they do.
_COMPARED = (None, "constate", "total", "moyenne")
_UNLIKE = {
    "nature", "periode", "unite", "id", "libelle", "vide", "signe", "somme", "arrondi", "multiplicateur",
    "note", "imprime",
}  # fmt: skip
_SLUG = re.compile(r"[^a-z0-9]+")


#: The positions of the new and the old column that a column of evolutions compares, by its own.
Pairs = Mapping[int, tuple[int, int]]


@dataclass
class PrintedRow:
    """A row found in print: its form, where label and cells stand, and the readings still possible."""

    form: RowForm
    ident: str
    label_start: int
    start: int
    end: int
    columns: list[int]
    readings: list[Reading] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CellFound:
    """One cell: span of its digits in folded text, its merged meaning, its row and column identifiers."""

    span: tuple[int, int]
    spec: Spec
    row: str
    column: str
    libelle: str


@dataclass
class TableRead:
    """A table as read: its cells, its rows by identifier in order, the two columns that each evolution column
    compares, and what went wrong (clauses for messages).
    """

    cells: list[CellFound]
    rows: list[PrintedRow]
    pairs: Pairs
    problems: list[tuple[int, str]]


def column_ids(form: TableForm) -> list[str]:
    """Identifiers of the columns: their ``id``, else their position (``c1``, ``c2`` ...)."""
    return [column.id or f"c{i}" for i, column in enumerate(form.colonnes, 1)]


def read_table(
    folded: Folded, form: TableForm, common: Spec, start: int, end: int, catalogue: Catalogue
) -> TableRead:
    """Read one table within ``[start, end)`` of folded text. Problems are returned with the offset where they
    stand.
    """
    problems: list[tuple[int, str]] = []
    rows = list(_find_rows(folded, form, start, end, catalogue, problems))
    pairs = evolution_pairs(form)
    for row in rows:
        _cut(folded, form, row, pairs, problems)
    _settle_by_totals(folded, form, rows)
    cells: list[CellFound] = []
    columns = column_meanings(form, common)
    for row in rows:
        if len(row.readings) > 1:
            listed = "; ".join(describe_reading(r) for r in row.readings[:4])
            problems.append(
                (
                    row.start,
                    f"la ligne « {row.form.libelle} » peut se couper de plusieurs façons : {listed} ; "
                    "fixez-la par `groupes`",
                )
            )
        elif row.readings:
            cells.extend(_cells(form, row, columns))
    return TableRead(cells, rows, pairs, problems)


def slug(label: str) -> str:
    """A label as an identifier: ``Prestations d'actions`` -> ``prestations_d_actions``."""
    return _SLUG.sub("_", fold_label(label)).strip("_")


def _find_rows(
    folded: Folded,
    form: TableForm,
    start: int,
    end: int,
    catalogue: Catalogue,
    problems: list[tuple[int, str]],
) -> Iterator[PrintedRow]:
    if form.dimension:
        yield from _rows_by_dimension(folded, form, start, end, catalogue, problems)
        return
    cursor = start
    taken: set[str] = set()
    for row in form.lignes:
        span = _label(row.libelle or "", folded, cursor, end, row.rang)
        if span is None:
            near = nearest_text(folded, row.libelle or "", cursor, end)
            problems.append(
                (
                    cursor,
                    f"le libellé de ligne « {row.libelle} » n'est pas trouvé après la ligne d'avant ; texte "
                    f"le plus proche : « {near} »",
                )
            )
            continue
        cursor = span[1]
        yield _row(form, row, span, _unique(row.id or slug(row.libelle or ""), taken))


def _unique(ident: str, taken: set[str]) -> str:
    name = next(
        n for n in itertools.chain([ident], (f"{ident}_{i}" for i in itertools.count(2))) if n not in taken
    )
    taken.add(name)
    return name


def _row(form: TableForm, row: RowForm, span: tuple[int, int], ident: str) -> PrintedRow:
    ids = column_ids(form)
    columns = [ids.index(c) for c in row.presentes] if row.presentes else list(range(len(ids)))
    return PrintedRow(row, ident, span[0], span[1], span[1], columns)


def _label(label: str, folded: Folded, start: int, end: int, rank: int) -> tuple[int, int] | None:
    """The span of the ``rank``-th place where a line or cell begins with ``label``, its bullet and colon
    included.
    """
    spans = _spelled(label, folded, start, end)
    found = next(itertools.islice(spans, rank - 1, rank), None)
    return found or next(itertools.islice(_gapped(label, folded, start, end), rank - 1, rank), None)


def _spelled(label: str, folded: Folded, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Places of a label without gaps, by plain search: most labels need no regular expression of
    their own.
    """
    words = re.sub(r"\s+", " ", label.translate(MENDED))
    at = folded.flat.find(words, start, end) if "…" not in words else -1
    while at >= 0:
        stop = at + len(words)
        lead = _LEAD.search(folded.text, max(start, at - 12), at)
        if lead and not (words[-1:].isalnum() and folded.flat[stop : stop + 1].isalnum()):
            after = _AFTER_LABEL.match(folded.text, stop, end)
            yield lead.start(), after.end() if after else stop
        at = folded.flat.find(words, at + 1, end)


def _gapped(label: str, folded: Folded, start: int, end: int) -> Iterator[tuple[int, int]]:
    first, *others = (
        re.sub(r"(?:\\ )+", lambda _: BLANKS, re.escape(re.sub(r"\s+", " ", part)))
        for part in label.translate(MENDED).split("…")
    )
    body = first + "".join(rf"(?>[\s\S]{{0,{MAX_GAP}}}?{part})" for part in others)
    tail = r"(?![\w])" if label[-1:].isalnum() else ""
    return (
        m.span()
        for m in re.compile(rf"{_BULLET}{body}{tail}[ \v]{{0,40}}[:*]?").finditer(folded.text, start, end)
    )


def _rows_by_dimension(
    folded: Folded,
    form: TableForm,
    start: int,
    end: int,
    catalogue: Catalogue,
    problems: list[tuple[int, str]],
) -> Iterator[PrintedRow]:
    special = {fold_label(row.libelle or ""): row for row in form.lignes}
    taken: set[str] = set()
    pending, row_end = "", start
    for match in re.compile(
        rf"{_BULLET}(?P<label>[^\n]*?)(?=[ \v\t]{{1,40}}[-+\u2212]?[ ]?\d|\n|$)"
    ).finditer(folded.text, start, end):
        if match.start() < row_end:
            continue
        label = match["label"].strip()
        line_end = folded.text.find("\n", match.end(), end)
        rest = folded.flat[match.end() : line_end if line_end >= 0 else end]
        if not any(c.isdigit() for c in _YEARS.sub("", rest)):
            pending = label or pending
            continue
        row_end = line_end if line_end >= 0 else end
        row = _resolve(label, form, special, catalogue) or _resolve(
            f"{pending} {label}", form, special, catalogue
        )
        pending = ""
        if row is None:
            problems.append(
                (
                    match.start(),
                    f"row label {label!r} is no known {form.dimension}; add an alias to its seed or list the "
                    "row",
                )
            )
            continue
        yield _row(
            form,
            row,
            match.span(),
            _unique(row.id or slug(getattr(row, str(form.dimension)) or label), taken),
        )


def _resolve(
    label: str, form: TableForm, special: dict[str, RowForm], catalogue: Catalogue
) -> RowForm | None:
    if row := special.get(fold_label(label)):
        return row
    code = catalogue.resolve(str(form.dimension), label)
    if not code:
        return None
    members = {str(form.dimension): code}
    if form.dimension == "organisme" and code in catalogue.territories:
        members["territoire"] = catalogue.territories[code]
    return RowForm.model_validate({"libelle": label, **members})


def _cut(
    folded: Folded, form: TableForm, row: PrintedRow, pairs: Pairs, problems: list[tuple[int, str]]
) -> None:
    lines = range(1, (MAX_LINES_PER_ROW if form.multiligne else 1) + 1)
    for count in lines:
        row.end = _line_end(folded, row.start, count)
        try:
            row.readings = _readings(folded, form, row, pairs)
        except TooManyReadings as error:
            problems.append(
                (
                    row.start,
                    f"la ligne « {row.form.libelle} » {error} ; fixez-la par `groupes` ou déclarez toutes "
                    "ses colonnes",
                )
            )
            return
        if row.readings:
            return
    row.end = _line_end(folded, row.start, 1)
    seen = folded.flat[row.start : row.end].strip()
    problems.append(
        (
            row.start,
            f"la ligne « {row.form.libelle} » : « {seen} » ne se lit pas en {len(row.columns)} cellules ; "
            "vérifiez colonnes, `vide` ou `presentes`",
        )
    )


def _line_end(folded: Folded, start: int, count: int) -> int:
    """The end of the ``count``-th printed line at or after ``start`` that holds something (the label's own
    rest counts).
    """
    at = start
    for _ in range(count):
        stop = folded.text.find("\n", at)
        if stop < 0:
            return len(folded.text)
        if not folded.flat[start:stop].strip():
            stop = folded.text.find("\n", stop + 1)
            stop = stop if stop >= 0 else len(folded.text)
        at = stop + 1
    return at - 1


def _readings(folded: Folded, form: TableForm, row: PrintedRow, pairs: Pairs) -> list[Reading]:
    columns = [_column(form.colonnes[i], row.form.unite) for i in row.columns]
    if form.separateur == "tab":
        found = [
            r
            for r in _tabbed(folded.text[row.start : row.end], columns)
            if row.form.groupes in ((), _group_counts(r))
        ]
    else:
        found = readings(folded.flat[row.start : row.end], columns, row.form.groupes)
    return confirmed(found, _row_tests(form, row, pairs)) if len(found) > 1 else found


def _column(form: ColumnForm, row_unit: str | None) -> ColumnSpec:
    """What a column expects in a row; the unit that the row declares binds before the column's own."""
    unit = row_unit or form.unite
    expects_percent = unit == "%" or (form.nature in ("evolution", "part") and unit is None)
    signed = form.nature == "evolution" or form.signe == "imprime"
    return ColumnSpec("%" if expects_percent else None, signed, form.vide or form.nature == "evolution")


def _tabbed(text: str, columns: list[ColumnSpec]) -> list[Reading]:
    """Cells between tabs: the text before the first tab is the rest of the label, missing trailing cells are
    empty.
    """
    parts = text.split("\t")[1:] if "\t" in text else [text]
    parts += [""] * (len(columns) - len(parts))
    if len(parts) != len(columns):
        return []
    reading: list[Cell | None] = []
    offset = text.find("\t") + 1
    for part, column in zip(parts, columns, strict=True):
        found = readings(part, [column])
        if len(found) != 1:
            return []
        cell = found[0][0]
        reading.append(_shift(cell, offset) if cell else None)
        offset += len(part) + 1
    return [tuple(reading)]


def _shift(cell: Cell, offset: int) -> Cell:
    return replace(
        cell, start=cell.start + offset, digits_start=cell.digits_start + offset, end=cell.end + offset
    )


def _group_counts(reading: Reading) -> tuple[int, ...]:
    return tuple(group_count(cell) for cell in reading if cell)


def _row_tests(form: TableForm, row: PrintedRow, pairs: Pairs) -> list[Callable[[Reading], bool]]:
    """The arithmetic that the columns declare: evolutions with their two years, sums of columns."""
    ids = column_ids(form)
    tests: list[Callable[[Reading], bool]] = []
    for position, index in enumerate(row.columns):
        column = form.colonnes[index]
        if pair := pairs.get(index):
            tests.append(
                _evolution_test(position, *(row.columns.index(i) if i in row.columns else -1 for i in pair))
            )
        if column.somme:
            tests.append(
                _sum_test(
                    position,
                    [row.columns.index(ids.index(c)) for c in column.somme if ids.index(c) in row.columns],
                )
            )
    return tests


def evolution_pairs(form: TableForm) -> Pairs:
    """The two columns that each evolution column compares: those of its periods that mean the same else."""
    evolutions = [i for i, column in enumerate(form.colonnes) if column.nature == "evolution"]
    scopes = [column.model_dump(exclude=_UNLIKE) for column in form.colonnes] if evolutions else []
    pairs = {}
    for index in evolutions:
        old, _, new = (form.colonnes[index].periode or "").partition("/")
        if not new:
            new = old
            old = str(int(new) - 1) if new.isdigit() else ""
        by_period = {
            column.periode: i
            for i, column in enumerate(form.colonnes)
            if column.nature in _COMPARED and scopes[i] == scopes[index]
        }
        if new in by_period and old in by_period:
            pairs[index] = by_period[new], by_period[old]
    return pairs


def _evolution_test(evolution: int, new: int, old: int) -> Callable[[Reading], bool]:
    def holds(reading: Reading) -> bool:
        change, after, before = (reading[i] if i >= 0 else None for i in (evolution, new, old))
        if change is None or after is None or before is None or not before.value:
            return True
        tolerance = half_width(len(change.digits.partition(",")[2])) * 2
        return abs(100 * (after.value - before.value) / before.value - change.value) <= tolerance

    return holds


def _sum_test(total: int, parts: list[int]) -> Callable[[Reading], bool]:
    def holds(reading: Reading) -> bool:
        whole = reading[total]
        if whole is None:
            return True
        found = sum((cell.value for i in parts if (cell := reading[i])), Decimal(0))
        return abs(whole.value - found) <= Decimal(len(parts) + 1) / 2

    return holds


def total_rows(form: TableForm, rows: list[PrintedRow]) -> Iterator[tuple[PrintedRow, list[PrintedRow]]]:
    """Each total row with the rows that it sums: those named, or the plain rows since the last
    plain total.
    """
    by_id = {row.ident: row for row in rows}
    since: list[PrintedRow] = []
    for row in rows:
        if isinstance(row.form.total, tuple):
            yield row, [by_id[i] for i in row.form.total if i in by_id]
        elif row.form.total:
            yield row, list(since)
            since = []
            continue
        if not row.form.dont:
            since.append(row)


def _settle_by_totals(folded: Folded, form: TableForm, rows: list[PrintedRow]) -> None:
    """Keep the only combination of readings in which the rows of a total sum to it in every column, where
    there is one.
    """
    for total, parts in total_rows(form, rows):
        held = [*parts, total]
        open_rows = [r for r in held if len(r.readings) > 1]
        if not open_rows or any(not r.readings for r in held):
            continue
        if math.prod(len(r.readings) for r in open_rows) > MAX_COMBINATIONS:
            continue
        fitting = [
            choice
            for choice in itertools.product(*(r.readings for r in open_rows))
            if _sums(form, total, parts, dict(zip(map(id, open_rows), choice, strict=True)))
        ]
        if len(fitting) == 1:
            for row, reading in zip(open_rows, fitting[0], strict=True):
                row.readings = [reading]


def _sums(form: TableForm, total: PrintedRow, parts: list[PrintedRow], chosen: dict[int, Reading]) -> bool:
    for index, column in enumerate(form.colonnes):
        if column.nature in ("evolution", "part", "moyenne") or index not in total.columns:
            continue
        goal = chosen.get(id(total), total.readings[0])[total.columns.index(index)]
        if goal is None:
            continue
        values = [_value(row, chosen.get(id(row), row.readings[0]), index) for row in parts]
        if abs(goal.value - sum(values, Decimal(0))) > Decimal(len(parts) + 1) / 2:
            return False
    return True


def _value(row: PrintedRow, reading: Reading, index: int) -> Decimal:
    cell = reading[row.columns.index(index)] if index in row.columns else None
    return cell.value if cell else Decimal(0)


def column_meanings(form: TableForm, common: Spec) -> list[Spec]:
    """What each column says of its cells, over what the table and its block say."""
    shared = form.commun.over(common)
    return [column.over(shared) for column in form.colonnes]


def _cells(form: TableForm, row: PrintedRow, columns: list[Spec]) -> Iterator[CellFound]:
    ids = column_ids(form)
    said = row.form.said
    if row.form.dont or (row.form.total and not row.form.role):
        said["role"] = "dont" if row.form.dont else "total"
    for index, cell in zip(row.columns, row.readings[0], strict=True):
        if cell is None:
            continue
        spec = columns[index].but(**said)
        if own := row.form.cellules.get(ids[index]):
            spec = own.over(spec)
        if (row.form.total or form.colonnes[index].somme) and spec.nature in (None, "constate"):
            spec = spec.but(nature="total", role="total")
        digits_start = row.start + cell.digits_start
        label = " / ".join(filter(None, (row.form.libelle, form.colonnes[index].libelle)))
        yield CellFound((digits_start, digits_start + len(cell.digits)), spec, row.ident, ids[index], label)


def unclaimed_digits(
    folded: Folded,
    rows: list[PrintedRow],
    set_aside: list[tuple[int, int]],
    captures: Sequence[Capture],
) -> list[int]:
    """Offsets of digits between the first and last row that no row holds (labels, spans set aside and what
    was captured elsewhere excepted).
    """
    if not rows:
        return []
    cursor, stop = min(row.label_start for row in rows), max(row.end for row in rows)
    free: list[int] = []
    for start, end in sorted([*((row.label_start, row.end) for row in rows), *set_aside]):
        numeric = _NUMERIC.finditer(folded.flat, cursor, min(start, stop))
        free += [found.start() for found in numeric if found.group().isdigit()]
        cursor = max(cursor, end)
    held = set().union(*(range(c.start, c.end) for c in captures)) if free else set()
    return [at for at in free if at not in held]
