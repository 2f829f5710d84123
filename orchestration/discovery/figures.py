"""Every figure of a document without any template.

The rules of the ledger and the furniture of the page set aside what is not a figure; each remaining number
gets a value, a unit, a sign, a period, a label and a confidence from its passage: a sentence, a bullet, a
table row, or a key-figure box.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from orchestration.collector import looking_seldom
from orchestration.discovery import boxes, labels, natures, organisations, periods, units
from orchestration.discovery.bodies import Bodies, Named
from orchestration.discovery.chapters import scopes
from orchestration.discovery.deciding import Conclusion
from orchestration.discovery.furniture import browser_marks, set_aside, unsure_pages, without_marks
from orchestration.discovery.headers import Header, band_numbers, headers_above
from orchestration.discovery.layout import Kind, Line, Passage, headings_above, lines_of, passages, titles_of
from orchestration.discovery.quantities import inherited
from orchestration.discovery.rows import (
    RowCell,
    amid_its_label,
    apart_from_tables,
    bounds_of_rows,
    cell_in,
    continued_labels,
    fills,
    opens_with_value,
    read_row,
    settled_rows,
    shared_labels,
    spread,
    widths_of,
    wrapped_labels,
)
from orchestration.discovery.scene import Scene, leads_of, once
from orchestration.discovery.stacks import StackedCell, stacked_cells
from orchestration.extraction.documents import Document, Folded
from orchestration.extraction.grouping import Reading
from orchestration.extraction.rules import DOUBTFUL, Claim, claims
from orchestration.notation.tokens import (
    Quantity,
    counted_below,
    in_parentheses,
    may_spell,
    negated,
    quantities,
)

_ASIDE_LABEL = re.compile(
    r"\b(?:contre|versus|vs)\s*:?\s*$|\(\s*(?:\w+\s:?\s?){0,3}[+-]?\s?$|\bsoit\s[^\d]{0,25}$", re.IGNORECASE
)
#: Weighty words up to which the label of a cell takes the title of its table beside it.
MOST_BESIDE_TITLE = 5
#: A sentence that says of what it told before how it was (``elles étaient 5 087``).
_THAT_WAS = re.compile(
    r"\b(?:ils?|elles?)\s(?:étai(?:en)?t|s['’]élevai(?:en)?t\sà|atteignai(?:en)?t|s['’]établissai(?:en)?t\sà)"
    r"\s(?:de\s|d['’])?(?:près de\s|environ\s)?$",
    re.IGNORECASE,
)
#: How surely a cell is read whose column names no period.
WITHOUT_PERIOD = 0.7
#: A line of one word or two and its value (``Satisfaction : 87,1 %``): what stands above says of whom.
_NAMED_VALUE = re.compile(r"\W*[^\W\d][^\d:]{2,40}:\s*[-+]?\d[\d\s.,]*(?:%|[^\W\d]{1,8}\b)?\W*$")
#: A line about the figure above it: an arrow and how it changed, what was aimed at.
_ABOUT_ABOVE = re.compile(
    r"\W*(?:[▲▼↑↓↗↘⬆⬇]|(?:objectifs?|cibles?|attendu|rappel|r[ée]gion|france|national|r[ée]seau"
    r"|moyenne (?:nationale|r[ée]gionale|du r[ée]seau))\b[^\d]{0,12}\d|r[ée]sultat\s(?:19|20)\d\d\s?:)",
    re.IGNORECASE,
)
#: A short line that opens the list below it: it says more of what is counted than the heading.
_OPENS_LIST = re.compile(r"[^:]{3,50}:\s*")
#: The label of a row that is of the whole year.
_WHOLE_YEAR = re.compile(
    r"\W*(?:ann[ée]e|exercice)(?:\s(?:enti[èe]re|compl[èe]te|(?:19|20)\d\d))?\W*", re.IGNORECASE
)
#: A label with a word that is no participle (``traités`` says of what the figure before counts).
_NAMES = re.compile(r"[^\W\d]{3}(?![^\W\d])(?<!é)(?<!ée)(?<!és)(?<!ées)(?<!us)(?<!ues)(?<!is)(?<!ies)")
#: Where a sentence ends and another begins with a word.
_NEW_SENTENCE = re.compile(r"[^\W\d]{2}[.!?]\s+[A-ZÀ-Ý][^\W\d]")
_ARROWED = re.compile(r"\s*[▲▼↑↓↗↘⬆⬇]")
#: Blanks more in a document than in a passage between a number and its unit on the next line.
_MOST_BLANKS = 12
#: A line that goes on about the figure of the line above.
_OPENS_ASIDE = re.compile(
    r"\W*\(|\W*(?:contre|soit|dont|vs|versus|ou|en (?:hausse|baisse|recul|progression))\b"
    r"|(?:la|cette|l['’])\s?(?:hausse|baisse|progression|augmentation|diminution|[ée]volution|variation)"
    r"\s(?:est|atteint|repr[ée]sente|s['’])",
    re.IGNORECASE,
)
#: A part of what a box counts, with a number of its own (``agents, dont 64 % de cadres``).
_OF_WHICH_COUNTED = re.compile(r"\W*\bdont\s+(?=\d).*", re.IGNORECASE)
_OF_WHICH = re.compile(r"\bdont\s(?:(?:pres|plus|moins) de\s|pres d'|environ\s)?$")
#: The year of a report that names none, for readers that only count its figures.
UNKNOWN_YEAR = "2000"
_WORD = re.compile(r"[^\W\d_]{2,}")
_DIGIT, _DIGITS, _HIDDEN = re.compile(r"\d"), re.compile(r"\d+"), re.compile("#+")
#: A count in brackets that is no mark of a note.
_COUNT_IN_BRACKETS, _SENTENCES = re.compile(r"\((?:\d{3,}|\d{1,3}[ .]\d{3})\)"), re.compile(r"[.;\n]\s")
#: From here on, a number in brackets beside another one is no mark of a note.
LEAST_COUNT, _TENS = 20, re.compile(r"\((?:[2-9]\d)\)")
#: The digit of a unit of areas or volumes belongs to the number before it.
_METRES = re.compile(r"\d\s?k?m$")
_SECONDS = re.compile(r"\d\s?(?:minutes?|min|mn)\s(?:et\s)?$")
#: Reasons of the rules that an average or a delay takes back.
RESCUED_MOTIFS = frozenset({"age_ou_seuil", "duree", "heure", "annee"})
#: All whose numbers reading may take back.
TAKEN_BACK = RESCUED_MOTIFS | {"note", "sigle"}


class Strand(NamedTuple):
    """The text of a column of prose that stands beside another, where in it a figure stands, and where in the
    document it begins.
    """

    text: str
    start: int
    end: int
    first: int


class Figure(NamedTuple):
    """A figure found without a template. Addresses are those of the document; ``confidence`` lies between 0
    and 1.

    ``organisation`` holds the words by which the text names another body than the report's (``national``,
    ``CPAM de l'Isère``), its code where the seeds are known, and then ``territory`` that of its place.
    """

    ligne: int
    colonne: int
    start: int
    end: int
    printed: str
    value: Decimal
    half_width: Decimal
    unit: str
    nature: str
    period: str
    label: str
    heading: str
    layout: str
    confidence: float
    organisation: str = ""
    territory: str = ""
    row_label: str = ""
    #: The words of its column in a table, and those of all columns.
    head: str = ""
    heads: tuple[str, ...] = ()
    column: int = 0
    role: str = "feuille"
    rules: tuple[str, ...] = ()
    strand: Strand | None = None


@dataclass
class Sheet:
    """A document laid out for reading: its lines with the heading and the table header that hold for each,
    and the digits to read.
    """

    document: Document
    year: str
    lines: list[Line]
    headings: list[str]
    headers: list[Header]
    widths: list[int]
    wanted: frozenset[int]
    aside: dict[int, str] = field(repr=False)
    titles: list[str]
    leads: list[str]
    wrapped: dict[int, tuple[str, str]]
    stacked: dict[int, StackedCell]
    apart: frozenset[int] = frozenset()
    doubtful: dict[int, str] = field(default_factory=dict, repr=False)
    settled: dict[int, Reading] = field(default_factory=dict, repr=False)
    bodies: Bodies | None = None
    scopes: dict[int, Named] = field(default_factory=dict, repr=False)

    @once
    def _hidden(self) -> str:
        """The document with every digit that is not to be read as ``#``."""
        text, wanted = self.document.text, self.wanted
        pieces: list[str] = []
        done = 0
        for run in _DIGITS.finditer(text):
            start, end = run.span()
            if not wanted.issuperset(range(start, end)):
                pieces += text[done:start], *(text[at] if at in wanted else "#" for at in range(start, end))
                done = end
        return "".join((*pieces, text[done:]))

    def masked(self, passage: Passage) -> str:
        """The passage with every digit that is not to be read as ``#``: what is set aside never joins a
        number.
        """
        text, hidden = passage.text, self._hidden
        if len(passage.places) == 1:
            shift = passage.places[0][1]
            return _with_hidden(text, hidden[shift : shift + len(text)])
        ends = [*(begin for begin, _ in passage.places[1:]), len(text)]
        return "".join(
            _with_hidden(text[a:b], hidden[a + shift : b + shift])
            for (a, shift), b in zip(passage.places, ends, strict=True)
        )

    def masked_line(self, line: Line) -> str:
        """The same of a line."""
        return _with_hidden(line.text, self._hidden[line.start : line.start + len(line.text)])


def _with_hidden(text: str, hidden: str) -> str:
    """``text`` with ``#`` where the same stretch of the document hides a digit."""
    if "#" not in hidden:
        return text
    pieces: list[str] = []
    done = 0
    for run in _HIDDEN.finditer(hidden):
        start, end = run.span()
        pieces += text[done:start], *("#" if c.isdigit() else c for c in text[start:end])
        done = end
    return "".join((*pieces, text[done:]))


@dataclass(frozen=True)
class Found:
    """What discovery gives: the figures by place, the reason of each digit that the page's furniture sets
    aside, and by the offset of its first digit the rule that set a number aside without being sure."""

    figures: list[Figure]
    aside: dict[int, str] = field(repr=False)
    doubtful: dict[int, str] = field(default_factory=dict, repr=False)


def address(line: int, column: int, printed: str) -> tuple[int, int]:
    """Line and column of a number's first digit, however much of its sign was printed with it."""
    match = _DIGIT.search(printed)
    return line, column + (match.start() if match else 0)


def discover(document: Document, year: str | None = None) -> list[Figure]:
    """Read every figure of ``document``; ``year`` is the report's (default: told from name and text)."""
    return read_figures(document, year).figures


@looking_seldom()
def read_figures(
    document: Document,
    year: str | None = None,
    taken_back: frozenset[int] = frozenset(),
    bodies: Bodies | None = None,
) -> Found:
    """Read every figure of ``document`` and say what its layout sets aside; the characters at ``taken_back``
    are read whatever sets them aside. With the seeds' ``bodies``, each figure tells whose it is by its code.
    """
    year = year or periods.main_year(document.text, document.name) or UNKNOWN_YEAR
    sheet = _laid_out(document, year, taken_back)
    if bodies is not None:
        sheet.bodies, sheet.scopes = bodies, scopes(sheet.lines, document, bodies)
    found: list[Figure] = []
    for passage in passages(sheet.lines):
        numbered = any(line.numbered for line in passage.lines)
        masked = sheet.masked(passage) if numbered else passage.text
        if (numbered and _DIGIT.search(masked)) or may_spell(passage.text):
            found.extend(_of_passage(sheet, passage, masked, _figure_above(found, passage)))
    return Found(
        sorted(_without_doubles(found), key=lambda f: (f.ligne, f.colonne)), sheet.aside, sheet.doubtful
    )


def _figure_above(found: list[Figure], passage: Passage) -> Figure | None:
    """The figure before a passage; of several on one line above, the one that a line about its column is
    below.
    """
    if not found or not (_ABOUT_ABOVE.match(passage.text) or _OPENS_ASIDE.match(passage.text)):
        return found[-1] if found else None
    line = passage.lines[0]
    column = passage.offset(0) - line.start + len(passage.text) - len(passage.text.lstrip())
    above = [f for f in found[-8:] if f.ligne < line.number]
    nearest = [f for f in above if above and f.ligne == above[-1].ligne]
    return min(nearest, key=lambda f: abs(f.colonne - column), default=found[-1])


def _laid_out(document: Document, year: str, taken_back: frozenset[int] = frozenset()) -> Sheet:
    lines = lines_of(document)
    marks = browser_marks(lines)
    aside = set_aside(lines, marks, document.text)
    lines = without_marks(lines, marks)
    unclaimed, doubtful = _sorted_out(document)
    headers, widths = headers_above(lines, year), widths_of(lines)
    for begin, stop in (*band_numbers(lines, headers), *bounds_of_rows(lines, headers)):
        aside |= dict.fromkeys(range(begin, stop), "libelle")
    wanted = frozenset(unclaimed - aside.keys()) | taken_back
    sheet = Sheet(
        document,
        year,
        lines,
        headings_above(lines),
        headers,
        widths,
        wanted,
        aside,
        titles_of(lines),
        leads_of(lines),
        shared_labels(lines) | continued_labels(lines) | wrapped_labels(lines, headers),
        stacked_cells(lines, year),
        apart_from_tables(lines, headers, widths),
        doubtful=doubtful | unsure_pages(lines),
    )
    told = (Kind.ROW, Kind.LABEL, Kind.HEADING)
    rows = (line.numbered and line.kind in told and line.number not in sheet.apart for line in lines)
    masked = [sheet.masked_line(line) if is_row else "" for line, is_row in zip(lines, rows, strict=True)]
    sheet.settled.update(settled_rows(lines, masked, sheet.headers, sheet.widths))
    return sheet


def _sorted_out(document: Document) -> tuple[set[int], dict[int, str]]:
    """Document offsets of the runs of digits that no rule sets aside, and of averages that look like an age
    or a term; and of each run that is set aside with little certainty the first offset, with the name of the
    rule."""
    folded = document.folded
    reasons: dict[int, Claim] = {}
    for claim in claims(folded.flat, folded.text):
        for run in _DIGITS.finditer(folded.flat, claim.start, claim.end):
            reasons.setdefault(run.start(), claim)
    places = sorted(reasons)
    wanted: set[int] = set()
    doubtful: dict[int, str] = {}
    for run in _DIGITS.finditer(folded.flat):
        start, end = run.span()
        at = bisect_left(places, start)
        found = reasons[places[at]] if at < len(places) and places[at] < end else None
        if found is None or _of_seconds(folded.flat, start) or _taken_back(found.motif, folded, run):
            first, last = folded.offsets[start], folded.offsets[end - 1]
            unbroken = last - first == end - start - 1
            wanted.update(range(first, last + 1) if unbroken else folded.offsets[start:end])
        elif found.certainty < DOUBTFUL:
            doubtful[folded.offsets[run.start()]] = found.rule
    return wanted, doubtful


def _of_seconds(flat: str, start: int) -> bool:
    """Whether a number goes on a duration in minutes."""
    return bool(_SECONDS.search(flat, max(0, start - 16), start))


def _taken_back(motif: str, folded: Folded, run: re.Match[str]) -> bool:
    """Whether words around say that a number which a rule sets aside is a figure after all: a measured delay,
    a count like a year.
    """
    if motif == "annee":
        return periods.counts_like_a_year(folded.text, *run.span())
    flat = folded.flat
    if motif == "note":
        return _is_counted(flat, *run.span())
    if motif == "sigle":
        return bool(_METRES.search(flat, max(0, run.start() - 6), run.start())) and run[0] in "23"
    if motif not in RESCUED_MOTIFS:
        return False
    text, start = folded.text, run.start()
    line = text.rfind("\n", 0, start) + 1
    named = ":" in text[line:start]
    if named and motif == "heure" and natures.is_while(text[line : line + 120].partition("\n")[0]):
        return True
    begin = max(0, start - 120, line if named else 0)
    return natures.is_measured(flat[begin:start], flat[run.end() : run.end() + 60])


def _is_counted(flat: str, start: int, end: int) -> bool:
    """Whether a small number in brackets stands in a sentence where brackets hold counts:
    ``les refus (412) et divers (58)``.
    """
    before = _SENTENCES.split(flat[max(0, start - 120) : start])[-1]
    after = _SENTENCES.split(flat[end : end + 120])[0]
    several = int(flat[start:end]) >= LEAST_COUNT and (_TENS.search(before[:-1]) or _TENS.search(after[1:]))
    return bool(several or _COUNT_IN_BRACKETS.search(before) or _COUNT_IN_BRACKETS.search(after))


def _without_doubles(figures: list[Figure]) -> Iterator[Figure]:
    seen: set[tuple[int, int]] = set()
    for figure in figures:
        if (figure.ligne, figure.colonne) not in seen:
            seen.add((figure.ligne, figure.colonne))
            yield figure


def _of_passage(sheet: Sheet, passage: Passage, masked: str, last: Figure | None) -> Iterator[Figure]:
    first = passage.lines[0]
    whole = len(passage.lines) == 1 and len(passage.text) == len(first.text.rstrip())
    header = sheet.headers[first.number - 1]
    is_row = first.kind is Kind.ROW and not opens_with_value(masked)
    filling = first.kind is not Kind.NUMBERS and first.number not in sheet.apart
    if whole and (is_row or (filling and fills(masked, header, sheet.widths[first.number - 1]))):
        yield from _of_row(sheet, passage, last)
        return
    loose = first.kind in (Kind.PROSE, Kind.BULLET, Kind.LABEL)
    found = list(quantities(masked, loose))
    if first.kind is Kind.NUMBERS and whole:
        yield from _of_numbers(sheet, passage, found, last)
        return
    yield from _of_phrases(sheet, passage, found, last)


def _of_phrases(
    sheet: Sheet, passage: Passage, found: list[Quantity], last: Figure | None
) -> Iterator[Figure]:
    spans = tuple((q.start, q.end) for q in found)
    previous: Quantity | None = None
    whose: Named | None = None
    about = _ABOUT_ABOVE.match(passage.text)
    aside = about or _OPENS_ASIDE.match(passage.text)
    near = last is not None and passage.lines[0].number - last.ligne <= (3 if about else 2)
    before = last if near and aside else None
    for i, quantity in enumerate(found):
        following = found[i + 1] if i + 1 < len(found) else None
        scene = _scene(sheet, passage, quantity, spans, previous, following)
        quantity, told = units.completed(scene)
        quantity = natures.with_arrow(passage.text, quantity)
        previous = quantity
        if natures.is_threshold(passage.text, quantity):
            continue
        if quantity is not scene.quantity:
            scene = replace(scene, quantity=quantity)
        said = sheet.bodies.of_scene(scene, whose) if sheet.bodies else None
        whose = said.answer if said else None
        figure = _of_phrase(sheet, passage, scene, told.rule if told else "", said)
        ended = i > 0 and bool(_NEW_SENTENCE.search(passage.text, found[i - 1].end, quantity.start))
        before = _helped(passage.text, quantity, figure, before, told=said is not None, ended=ended)
        yield before


def _of_the_same(figure: Figure, whole: Figure) -> Figure:
    """A part (``dont 200 millions``) is of the body that its whole is of, unless its words name another."""
    if figure.role != "dont" or figure.organisation:
        return figure
    return figure._replace(organisation=whole.organisation, territory=whole.territory)


def _scene(
    sheet: Sheet,
    passage: Passage,
    quantity: Quantity,
    spans: tuple[tuple[int, int], ...],
    previous: Quantity | None,
    following: Quantity | None,
) -> Scene:
    at = passage.lines[0].number - 1
    heading, header, lead = sheet.headings[at], sheet.headers[at], sheet.leads[at]
    given = header.given_to(passage.lines[0])
    context = (
        header.period
        or periods.of_title(heading, sheet.year)
        or (periods.of_title(lead, sheet.year) if lead else None)
    )
    return Scene(
        passage.text,
        quantity,
        spans,
        sheet.year,
        heading,
        lead,
        context,
        previous,
        following,
        given or (None if header.rowed or header.unheaded else inherited(heading)),
        None if header.columns else given,
    )


def _helped(
    text: str, quantity: Quantity, figure: Figure, before: Figure | None, *, told: bool, ended: bool
) -> Figure:
    """A figure whose own words say little takes those of the figure before it (``contre 21``,
    ``(73 en 2020)``, ``soit + 2 %``), unless its sentence ``ended`` between them, and a part the body of its
    whole unless its words have ``told`` one.
    """
    if before is None:
        return figure
    if not told:
        figure = _of_the_same(figure, before)
    near = text[max(0, quantity.start - 60) : quantity.start]
    if figure.label == figure.heading and _THAT_WAS.search(near):
        return figure._replace(label=before.label)
    aside = _ASIDE_LABEL.search(near[-40:])
    if not aside and (labels.weight(figure.label) > 1 or (ended and _NAMES.search(figure.label))):
        return figure
    if aside and not labels.has_substance(_ASIDE_LABEL.sub("", figure.label.split(" | ")[0])):
        return figure._replace(label=before.label)
    return figure._replace(label=labels.merged(figure.label, before.label))


def _of_phrase(
    sheet: Sheet, passage: Passage, scene: Scene, unit_rule: str, said: Conclusion[Named] | None
) -> Figure:
    quantity = scene.quantity
    nature, value = natures.of_scene(scene)
    organisation = None if said else _other_body(sheet, scene)
    body = said or organisation
    period = periods.of_scene(
        scene, nature.answer == "evolution", elsewhere=bool(organisation or (said and not said.answer.own))
    )
    label = _label_of_phrase(sheet, passage, scene)
    confidence = 0.45 + 0.35 * period.confidence + (0.15 if label else 0)
    told = (
        f"nature.{nature.rule}",
        f"periode.{period.rule}",
        f"unite.{unit_rule}" if unit_rule else "",
        f"organisme.{body.rule}" if body else "",
    )
    return _figure(
        sheet,
        passage,
        quantity,
        value,
        nature.answer,
        period.answer,
        label,
        scene.heading,
        "phrase",
        confidence,
        **_whose(sheet, passage, said.answer if said else None, organisation.answer if organisation else ""),
        role="dont" if _OF_WHICH.search(scene.before) else "feuille",
        rules=tuple(filter(None, told)),
    )


def _label_of_phrase(sheet: Sheet, passage: Passage, scene: Scene) -> str:
    """The words of a phrase that name its number; with those above it where it says little itself."""
    text, at = passage.text, passage.lines[0].number - 1
    opened = scene.lead.rstrip(" :") if _OPENS_LIST.fullmatch(scene.lead) else ""
    title = opened or sheet.headers[at].title or scene.heading or scene.lead
    said = periods.without(text, sheet.year)
    label = labels.of_phrase(said, scene.quantity.start, _end_of_range(scene), scene.others, title)
    if over := _words_of_card(sheet, passage, scene.quantity):
        label = labels.merged(label if _WORD.search(passage.text[_end_of_range(scene) :]) else over, over)
    if labels.weight(label) <= 1 and _NAMED_VALUE.match(text) and not _ABOUT_ABOVE.match(text):
        label = labels.merged(label, sheet.titles[at] or title)
    return labels.merged(label, sheet.titles[at]) if sheet.titles[at] else label


def _words_of_card(sheet: Sheet, passage: Passage, quantity: Quantity) -> str:
    """The words above a number that stands alone in its piece of the line; else nothing."""
    if len(passage.lines) > 1 or labels.weight(passage.text) > 1:
        return ""
    if _WORD.search(passage.text[: quantity.start]):
        return ""
    line = passage.lines[0]
    start = passage.offset(0) - line.start
    return labels.joined(boxes.words_over(sheet.lines, line, start, start + len(passage.text.rstrip())))


def _end_of_range(scene: Scene) -> int:
    """The end of the last number of a range that begins at the number (``entre 3 et 5 jours``), else that of
    its own.
    """
    following = next((s for s in scene.others if s[0] >= scene.quantity.end), None)
    return (
        following[1]
        if following and units.RANGE.fullmatch(scene.words[scene.quantity.end : following[0]])
        else scene.quantity.end
    )


def _of_numbers(
    sheet: Sheet, passage: Passage, found: list[Quantity], last: Figure | None
) -> Iterator[Figure]:
    """A line of numbers alone: cells under a header, boxes whose words are on the lines around, or behind an
    arrow how the figure above changed.
    """
    line = passage.lines[0]
    header = sheet.headers[line.number - 1]
    if place := sheet.stacked.get(line.number):
        yield from _of_stacked(sheet, passage, found, place)
        return
    amid = line.number in sheet.wrapped and amid_its_label(sheet.lines, line, found, header)
    spreads = spread(sheet.masked(passage), found, header) and not boxes.is_box(sheet.lines, line, found)
    if amid or spreads:
        yield from _of_row(sheet, passage, None)
        return
    if last and line.number - last.ligne == 1 == len(found) and _ARROWED.match(passage.text):
        yield _changed(sheet, passage, natures.with_arrow(passage.text, found[0]), last)
        return
    yield from _of_boxes(sheet, passage, found)


def _of_boxes(sheet: Sheet, passage: Passage, found: list[Quantity]) -> Iterator[Figure]:
    """The numbers of boxes, whose words are on the lines around."""
    line = passage.lines[0]
    header, heading = sheet.headers[line.number - 1], sheet.headings[line.number - 1]
    ranks, count = boxes.ranks_of(line, found)
    for rank, quantity in zip(ranks, found, strict=True):
        words = boxes.words_around(sheet.lines, line, rank, count, header)
        quantity, words = boxes.scaled_below(quantity, words)
        quantity = counted_below(passage.text, quantity, words.below)
        quantity = boxes.with_unit(quantity, words, header, alone=len(found) == 1)
        quantity = natures.with_arrow(passage.text, quantity)
        nature, value = natures.of_phrase(words.above, words.below, quantity)
        period = (
            words.period
            or periods.of_title(boxes.told_of(words), sheet.year)
            or header.period
            or periods.of_title(heading, sheet.year)
            or sheet.year
        )
        if nature == "evolution" and "/" not in period:
            period = f"{periods.previous(period[:4])}/{period[:4]}"
        below = _OF_WHICH_COUNTED.sub("", words.below)
        label = labels.joined(below, words.above) or labels.joined(header.title) or labels.joined(heading)
        figure = _figure(
            sheet,
            passage,
            quantity,
            value,
            nature,
            period,
            label,
            heading,
            "encadre",
            0.7 if label else 0.4,
        )
        said = sheet.bodies.of_labels(words.below, words.above) if sheet.bodies else None
        whose = _whose(sheet, passage, said, organisations.of_title(words.text))
        yield figure._replace(
            organisation=whose.get("organisation", ""),
            territory=whose.get("territory", ""),
        )


def _changed(sheet: Sheet, passage: Passage, quantity: Quantity, above: Figure) -> Figure:
    """How the figure right above changed, behind an arrow (``▼ 0,3 jour``)."""
    period = (
        above.period if "/" in above.period else f"{periods.previous(above.period[:4])}/{above.period[:4]}"
    )
    return _figure(
        sheet,
        passage,
        quantity,
        quantity.value,
        "evolution",
        period,
        above.label,
        above.heading,
        "encadre",
        0.7,
        organisation=above.organisation,
        territory=above.territory,
    )


def _of_row(sheet: Sheet, passage: Passage, last: Figure | None) -> Iterator[Figure]:
    line = passage.lines[0]
    header, heading = sheet.headers[line.number - 1], sheet.headings[line.number - 1]
    row = read_row(
        line,
        sheet.masked(passage),
        header,
        sheet.year,
        heading,
        sheet.widths[line.number - 1],
        sheet.settled.get(line.number),
        sheet.wrapped.get(line.number, ("", "")),
    )
    own = (
        row.label
        or header.corner
        or (last.row_label if last and last.layout == "tableau" and line.number - last.ligne == 1 else "")
    )
    title = f"{header.measure} | {header.title}".strip(" |")
    for column, cell in enumerate(row.cells, 1):
        yield _of_cell(sheet, passage, cell, cell.own or own, title, column, header)


def _of_stacked(sheet: Sheet, passage: Passage, found: list[Quantity], at: StackedCell) -> Iterator[Figure]:
    """The cell of a table laid out downwards."""
    heading = sheet.headings[passage.lines[0].number - 1]
    for quantity in found:
        quantity = natures.with_arrow(passage.text, quantity)
        cell = cell_in(quantity, at.column, found, at.header, sheet.year, at.label, heading)
        rank = at.header.columns.index(at.column) + 1
        yield _of_cell(sheet, passage, cell, at.label, at.header.title, rank, at.header)


def _of_cell(
    sheet: Sheet, passage: Passage, cell: RowCell, own: str, title: str, column: int, header: Header
) -> Figure:
    cell = _dated_by_print(passage.text, _signed_by_print(passage.text, cell))
    heading = sheet.headings[passage.lines[0].number - 1]
    label = labels.joined(own, cell.header)
    names = (*own.split(" | "), *cell.header.split(" | "))
    said = sheet.bodies.of_labels(*names) if sheet.bodies else None
    weight = labels.weight(label)
    if weight <= (MOST_BESIDE_TITLE if title else 2):
        label = labels.merged(label, title or heading)
    if _WHOLE_YEAR.fullmatch(own):  # the total of quarters or months: times are left out of labels
        label = f"Année | {label}".strip(" |")
    return _figure(
        sheet,
        passage,
        cell.quantity,
        cell.quantity.value,
        cell.nature,
        cell.period,
        label,
        heading,
        "tableau",
        cell.confidence,
        **_whose(sheet, passage, said, organisations.of_labels(*names)),
        row_label=own,
        head=cell.header.strip(),
        heads=header.heads,
        column=column,
    )


def _other_body(sheet: Sheet, scene: Scene) -> Conclusion[str] | None:
    """What a sentence says without the seeds: all bodies together, or one that they do not know."""
    other = organisations.of_scene(scene)
    return None if other and sheet.bodies and sheet.bodies.knows(other.answer) else other


def _whose(sheet: Sheet, passage: Passage, said: Named | None, other: str) -> dict[str, str]:
    """The body of a figure: what its words say, else the other body that they name, else whose chapter, box
    or row it stands in; nothing for the report's own."""
    if said is None and not other:
        said = sheet.scopes.get(passage.lines[0].number)
    if said is None:
        return {"organisation": other}
    return {} if said.own else {"organisation": said.body, "territory": said.territory}


def _signed_by_print(text: str, cell: RowCell) -> RowCell:
    """A cell of a row with the sign that an arrow before it shows; an amount in parentheses without a unit of
    its own is negative, as accounts have it.
    """
    quantity = natures.with_arrow(text, cell.quantity)
    if quantity is not cell.quantity:
        return cell._replace(quantity=quantity)
    bare = quantity.end == quantity.digits_end and not quantity.signed
    if quantity.unit != "EUR" or not bare or not in_parentheses(text, quantity):
        return cell
    return cell._replace(quantity=negated(quantity))


def _dated_by_print(text: str, cell: RowCell) -> RowCell:
    """A number of a row whose year stands right behind it (``318 (2021)``, ``318 en 2021``) is of that year,
    unless its column says otherwise.
    """
    told = periods.right_behind(text, cell.quantity.end)
    if told is None or cell.nature == "evolution" or cell.confidence > WITHOUT_PERIOD:
        return cell
    return cell._replace(period=told, confidence=max(cell.confidence, WITHOUT_PERIOD))


def _figure(
    sheet: Sheet,
    passage: Passage,
    quantity: Quantity,
    value: Decimal,
    nature: str,
    period: str,
    label: str,
    heading: str,
    layout: str,
    confidence: float,
    **more: Any,
) -> Figure:
    document = sheet.document
    begin, stop = passage.offset(quantity.start), passage.offset(quantity.end - 1) + 1
    if stop - begin > quantity.end - quantity.start + _MOST_BLANKS:  # its unit goes on in another column
        stop = passage.offset(quantity.digits_end - 1) + 1
    ligne, colonne = document.locate(begin)
    unit = quantity.unit or "nombre"
    width = quantity.half_width
    if unit == "nombre" and not quantity.decimals and not quantity.scaled and width == Decimal("0.5"):
        width = Decimal(0)
    return Figure(
        ligne,
        colonne,
        begin,
        stop,
        " ".join(document.text[begin:stop].split()),
        value,
        width,
        unit,
        nature,
        period if nature == "evolution" else periods.of_measure(period),
        label,
        heading,
        layout,
        round(min(confidence, 0.95), 2),
        strand=_strand(passage, quantity) if passage.is_column else None,
        **more,
    )


def _strand(passage: Passage, quantity: Quantity) -> Strand:
    return Strand(passage.text, quantity.start, quantity.end, passage.offset(0))
