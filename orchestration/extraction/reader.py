"""Reading one document with its template: blocks to captures, captures to ledger and relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from orchestration.extraction.captures import Capture, MeaningError, capture
from orchestration.extraction.catalogue import Catalogue
from orchestration.extraction.corrections import Correction
from orchestration.extraction.counted import announced, count_declared
from orchestration.extraction.documents import Document, Folded
from orchestration.extraction.errors import ExtractionError, Problems
from orchestration.extraction.fields import Match, find_all, find_each, find_once
from orchestration.extraction.grouping import ColumnSpec, TooManyReadings, describe_reading, readings
from orchestration.extraction.implied import implied
from orchestration.extraction.labels import cut_label, hole_label, is_fragment, meaning_label
from orchestration.extraction.ledger import SetAside
from orchestration.extraction.linked import linked, plausible
from orchestration.extraction.misprints import dated_apart, misprinted
from orchestration.extraction.relations import (
    CaptureRelation,
    CaptureTerm,
    RelationError,
    declared,
    derived,
    lettered,
    make,
    plus,
    summed_pairs,
    unique,
)
from orchestration.extraction.tables import (
    Pairs,
    TableRead,
    column_ids,
    read_table,
    total_rows,
    unclaimed_digits,
)
from orchestration.extraction.templates import (
    HOLE,
    BlockForm,
    FieldForm,
    PlacedForm,
    Spec,
    TableForm,
    Template,
)
from orchestration.notation.folding import fold_label

#: The indicator of figures whose concept nobody settled yet: nothing follows from it.
UNDEFINED = "a_definir"


@dataclass
class TemplateReading:
    """What a template reads in a document: captures in order of print, spans set aside by hand, labels of
    rows, relations.
    """

    captures: list[Capture] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    labels: list[tuple[int, int]] = field(default_factory=list)
    relations: list[CaptureRelation] = field(default_factory=list)


class Reader:
    """Reads the blocks of one template; problems are collected and raised together at the end."""

    def __init__(
        self,
        document: Document,
        defaults: Spec,
        catalogue: Catalogue,
        problems: Problems,
        corrections: Mapping[tuple[int, int], Correction] | None = None,
    ) -> None:
        self._document = document
        self._folded: Folded = document.folded
        self._defaults = defaults
        self._catalogue = catalogue
        self._problems = problems
        self._result = TemplateReading()
        self._corrections = dict(corrections or {})
        self._by_name: dict[str, Capture] = {}
        self._structural: list[CaptureRelation] = []
        self._reviewed = True

    def read(self, template: Template) -> TemplateReading:
        for block in template.blocs:
            self._block(block)
        for correction in self._corrections.values():
            self._problems.add(
                f"{correction.place} : aucun chiffre n'est lu en {correction.ligne}-{correction.colonne} ; "
                "ôtez cette correction ou mettez-la à jour"
            )
        self._check_overlaps()
        self._relations(template)
        return self._result

    def _problem(self, offset: int, block: BlockForm, clause: str, form: PlacedForm | None = None) -> None:
        line, _ = self._document.locate(self._folded.offsets[offset])
        place = (form or block).place
        self._problems.add(
            f"{place + ', ' if place else ''}bloc « {block.bloc} », ligne {line} du document : {clause}"
        )

    def _block(self, block: BlockForm) -> None:
        scope = self._scope(block)
        if scope is None:
            return
        start, end = scope
        common = block.commun.over(self._defaults)
        self._reviewed = block.revue
        spans = self._exceptions(block, start, end)
        for position, form in enumerate(block.champs, 1):
            self._field(block, form, common, start, end, position)
        for position, table in enumerate(block.tables, 1):
            self._table(block, table, common, start, end, spans, "" if position == 1 else f"t{position}_")

    def _scope(self, block: BlockForm) -> tuple[int, int] | None:
        start, end = 0, len(self._folded.text)
        if block.debut:
            found = find_once(self._folded, block.debut, 0, end, block.rang)
            if isinstance(found, str):
                self._problem(0, block, f"`debut` « {block.debut} » {found}")
                return None
            start, after = found.start, found.end
        else:
            after = 0
        if block.fin:
            stop = next(find_each(self._folded, block.fin, after, end), None)
            if stop is None:
                self._problem(start, block, f"`fin` « {block.fin} » n'est pas trouvé après `debut`")
                return None
            end = stop.start
        return start, end

    def _exceptions(self, block: BlockForm, start: int, end: int) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        for form in block.ecarts:
            found: list[Match] | Match | str
            found = (
                find_all(self._folded, form.lire, start, end)
                if form.partout
                else find_once(self._folded, form.lire, start, end, form.rang)
            )
            if isinstance(found, str) or not found:
                self._problem(start, block, f"l'écart « {form.lire} » {found or 'ne trouve rien'}", form)
                continue
            for match in found if isinstance(found, list) else [found]:
                holes = match.holes or ((match.start, match.end),)
                spans.extend(holes)
                self._result.set_aside.extend(SetAside(a, b, form.motif) for a, b in holes)
        return spans

    def _field(
        self, block: BlockForm, form: FieldForm, common: Spec, start: int, end: int, position: int
    ) -> None:
        found = find_once(self._folded, form.lire, start, end, form.rang)
        if isinstance(found, str):
            self._problem(start, block, f"le fragment « {form.lire} » {found}", form)
            return
        if clause := self._ambiguity(form.lire, found):
            self._problem(found.start, block, clause, form)
            return
        shared = form.commun.over(common)
        for number, ((name, spec), span) in enumerate(zip(form.trous, found.holes, strict=True), 1):
            meaning = spec.over(shared)
            ident = spec.id or form.commun.id or name or f"f{position}_{number}"
            if found.signs[number - 1] and meaning.signe is None and meaning.nature != "evolution":
                self._problem(
                    span[0],
                    block,
                    f"{ident} : un signe précède le nombre ; dites `signe: imprime` ou `signe: aucun`",
                    form,
                )
            label = spec.libelle or form.commun.libelle or self._label_of(form, number, meaning)
            self._capture(block, form, span, meaning, ident, label)

    def _label_of(self, form: FieldForm, number: int, meaning: Spec) -> str:
        """The words around a number, or the label of what it means where they are only a part of a phrase."""
        printed = hole_label(form.lire, number)
        return (is_fragment(printed) and meaning_label(meaning, self._catalogue)) or printed

    def _ambiguity(self, fragment: str, match: Match) -> str:
        """A clause when holes separated only by blanks can be cut in several ways; empty when they cannot."""
        holes = list(HOLE.finditer(fragment))
        runs: list[list[int]] = [[0]]
        for i in range(1, len(holes)):
            if fragment[holes[i - 1].end() : holes[i].start()].strip():
                runs.append([i])
            else:
                runs[-1].append(i)
        for run in runs:
            if len(run) > 1:
                text = self._folded.flat[match.holes[run[0]][0] : match.holes[run[-1]][1]]
                try:
                    found = readings(text, [ColumnSpec()] * len(run))
                except TooManyReadings as error:
                    return f"« {text} » {error} ; faites-en un tableau avec `groupes`"
                if len(found) > 1:
                    cuts = "; ".join(map(describe_reading, found[:4]))
                    return (
                        f"« {text} » peut se couper de plusieurs façons : {cuts} ; faites-en un tableau "
                        "avec `groupes`"
                    )
        return ""

    def _table(
        self,
        block: BlockForm,
        form: TableForm,
        common: Spec,
        start: int,
        end: int,
        spans: list[tuple[int, int]],
        prefix: str,
    ) -> None:
        read = read_table(self._folded, form, common, start, end, self._catalogue)
        for offset, clause in read.problems:
            self._problem(offset, block, clause, form)
        self._result.labels.extend(
            (row.label_start, row.start) for row in read.rows if "…" not in (row.form.libelle or "")
        )
        for cell in read.cells:
            self._capture(
                block, form, cell.span, cell.spec, f"{prefix}{cell.row}.{cell.column}", cell.libelle
            )
        if not read.problems:
            for offset in unclaimed_digits(self._folded, read.rows, spans, self._result.captures)[:1]:
                near = self._folded.flat[max(0, offset - 40) : offset + 20]
                self._problem(
                    offset,
                    block,
                    f"des chiffres du tableau ne sont d'aucune ligne : « {near} » ; déclarez-la, ou un écart",
                    form,
                )
        self._structural.extend(self._table_relations(block.bloc, form, read, prefix))

    def _table_relations(
        self, block: str, form: TableForm, read: TableRead, prefix: str
    ) -> Iterator[CaptureRelation]:
        def at(row: str, column: str) -> Capture | None:
            return self._by_name.get(f"{block}.{prefix}{row}.{column}")

        ids = column_ids(form)
        for total, parts in total_rows(form, read.rows):
            for index, column in enumerate(ids):
                if form.colonnes[index].nature in ("evolution", "part", "moyenne", "rang", "score"):
                    continue
                goal = at(total.ident, column)
                terms = [c for row in parts if (c := at(row.ident, column))]
                if goal and terms:
                    yield make(
                        f"{block}/somme/{prefix}{total.ident}.{column}", "somme", goal, map(plus, terms)
                    )
        for row in read.rows:
            yield from self._row_relations(block, form, read.pairs, row.ident, prefix)

    def _row_relations(
        self, block: str, form: TableForm, pairs: Pairs, row: str, prefix: str
    ) -> Iterator[CaptureRelation]:
        ids = column_ids(form)
        for index, column in enumerate(form.colonnes):
            goal = self._by_name.get(f"{block}.{prefix}{row}.{ids[index]}")
            if goal is None:
                continue
            if column.somme:
                terms = [c for i in column.somme if (c := self._by_name.get(f"{block}.{prefix}{row}.{i}"))]
                if terms:
                    yield make(f"{block}/somme/{prefix}{row}.{ids[index]}", "somme", goal, map(plus, terms))
            if pair := pairs.get(index):
                new, old = (self._by_name.get(f"{block}.{prefix}{row}.{ids[i]}") for i in pair)
                if new and old:
                    yield make(
                        f"{block}/evolution/{prefix}{row}.{ids[index]}",
                        "evolution",
                        goal,
                        [plus(new), CaptureTerm("base", Decimal(1), old)],
                    )

    def _capture(
        self, block: BlockForm, form: PlacedForm, span: tuple[int, int], spec: Spec, ident: str, label: str
    ) -> None:
        if spec.ecarter:
            self._result.set_aside.append(SetAside(*span, spec.ecarter))
            return
        try:
            found = capture(self._folded, span, spec, block.bloc, ident, cut_label(label), self._catalogue)
        except MeaningError as error:
            shown = self._folded.flat[max(0, span[0] - 25) : span[1] + 15]
            self._problem(span[0], block, f"{ident}, à « {shown} » : {error}", form)
            return
        if correction := self._corrections.pop(
            self._document.locate(self._folded.offsets[found.start]), None
        ):
            try:
                found = correction.applied(found, self._catalogue)
            except ExtractionError as error:
                self._problem(span[0], block, str(error), correction)
                return
        if found.name in self._by_name:
            self._problem(
                span[0], block, f"deux chiffres se nomment « {found.name} » ; donnez-leur un `id`", form
            )
            return
        if not (self._reviewed if spec.revue is None else spec.revue):
            found = replace(found, revue=False)
        self._by_name[found.name] = found
        self._result.captures.append(found)

    def _check_overlaps(self) -> None:
        self._result.captures.sort(key=lambda c: (c.start, c.end))
        for before, after in zip(self._result.captures, self._result.captures[1:], strict=False):
            if after.start < before.end:
                line, _ = self._document.locate(self._folded.offsets[after.start])
                self._problems.add(
                    f"bloc « {after.bloc} », ligne {line} du document : « {after.name} » lit une encre déjà "
                    f"lue par « {before.name} »"
                )

    def _count(self, inside: str, figure: Capture) -> int:
        return count_declared(inside, figure, self._folded, self._document.text)

    def _relations(self, template: Template) -> None:
        """Relations between reviewed figures, and with those that nobody read yet: these are doubts when they
        fail.
        """
        found = list(self._structural)
        for block in template.blocs:
            for text in block.controles:
                try:
                    found.extend(declared(text, block.bloc, self._by_name, self._count))
                except RelationError as error:
                    self._problems.add(
                        f"{block.place + ', ' if block.place else ''}bloc « {block.bloc} » : relation {error}"
                    )
        found.extend(dated_apart(found[:]))
        reviewed = [c for c in self._result.captures if c.revue]
        known = [c for c in self._result.captures if c.spec.indicateur != UNDEFINED]
        found.extend(derived(reviewed))
        if len(known) > len(reviewed):
            found.extend(relation for relation in derived(known) if self._believed(relation))
        found.extend(announced(known, self._document.text, self._folded.offsets))
        found.extend(misprinted(known))
        found.extend(lettered(self._result.captures, self._folded.flat))
        bounds = [b for b in implied(known, self._catalogue, summed_pairs(found)) if self._believed(b)]
        found.extend(r for r in linked(known, self._catalogue, found) if not of_two_rows(r))
        found.extend(bounds)
        self._result.relations = unique(found)

    def _believed(self, relation: CaptureRelation) -> bool:
        """Whether a relation says something of figures that nobody reviewed: they do not say the members of
        all their rows, nor the title of each column. What binds figures of several lines, or of one line
        under one meaning, has to hold or to fail by one digit; labels that are one are one figure.
        """
        figures = [term.capture for term in relation.termes if term.capture]
        if len(figures) < 2 or all(figure.revue for figure in figures):
            return True
        apart = len({self._line(figure) for figure in figures}) > 1
        if relation.nature == "repetition":
            if not apart:
                return len({figure.number.value for figure in figures}) == 1
            names = {fold_label(figure.libelle) for figure in figures}
            return len(names) == 1 or (not of_two_rows(relation) and plausible(relation))
        return not apart or plausible(relation)

    def _line(self, figure: Capture) -> int:
        return self._document.locate(self._folded.offsets[figure.start])[0]


def of_two_rows(relation: CaptureRelation) -> bool:
    """Whether it takes for one figure what stands in several rows under one title; a reviewed label may say
    both.
    """
    figures = [term.capture for term in relation.termes if term.capture]
    if relation.nature != "repetition" or all(figure.revue for figure in figures):
        return False
    names = [figure.libelle.partition("|") for figure in figures]
    titles = {fold_label(title) for _, _, title in names}
    return (
        titles != {""} and len(titles) == 1 and len({fold_label(row) for row, _, _ in names}) == len(figures)
    )
