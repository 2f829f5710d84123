"""From what discovery understood to a draft template in the form that people write.

Figures of one line become one field, by heading; every field is tried on the document before it is written:
it must read its figures where they stand and no ink of another field, so that a draft always reads. What
cannot be bound (tables of bare numbers) stays to discovery and is listed for review.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from orchestration.discovery import labels
from orchestration.discovery.bodies import place_of
from orchestration.discovery.concepts import NO_DOMAIN, Concept
from orchestration.discovery.figures import Figure
from orchestration.discovery.phrases import UNMAPPED, UNSURE_NOTES
from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import UNSTATED, Catalogue
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import Problems
from orchestration.extraction.fields import Match, find_all
from orchestration.extraction.reader import Reader
from orchestration.extraction.reports import Report
from orchestration.extraction.tables import slug
from orchestration.extraction.templates import GAP, HOLE, MAX_GAPS, Template
from orchestration.notation.folding import NOTE_MARK, fold_label
from orchestration.notation.numbers import DURATION

#: Figures that one field reads: of a line of text, of a row of a table.
MAX_RUN, MAX_ROW = 4, 12
#: A fragment never holds more words of the report in a row than this.
MAX_WORDS = 8
MAX_LABEL = 80
#: Words kept on each side of a figure, the fewest first; characters in which they are looked for; fragments
#: tried by rank.
WIDTHS, REACH, RANKED = (2, 3, 4, 6, 8), 200, 3
_SCALES = {Decimal(10**3): "millier", Decimal(10**6): "million", Decimal(10**9): "milliard"}
_WORDS = re.compile(r"\S+")
_SIGNED = re.compile(r"\s*[-+\u2212–]")
_LETTER = re.compile(r"[^\W\d_]")
_BRACES = str.maketrans({"{": " ", "}": " "})


@dataclass(frozen=True, slots=True)
class Understood:
    """A figure with the concept that its label most likely names, and the members that its row names;
    ``note`` says in French why it is taken for what it was last year.
    """

    figure: Figure
    concept: Concept
    members: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def narrowed(understood: Sequence[Understood], catalogue: Catalogue) -> Iterator[Understood]:
    """What is understood, where the row of a whole stands beside those of its parts and one part has its name
    with more words (``Accidents du travail (hors trajet)`` beside those on the way): of that part.
    """
    for _, run in groupby(understood, key=lambda one: (one.figure.heading, one.figure.heads)):
        table = list(run)
        named = {member for one in table for member in one.members.items()}
        for one in table:
            parts = {d: _part_named(one.figure, d, code, named, catalogue) for d, code in one.members.items()}
            told = {d: part for d, part in parts.items() if part}
            yield replace(one, members={**one.members, **told}) if told else one


def _part_named(
    figure: Figure, dimension: str, code: str, named: Set[tuple[str, str]], catalogue: Catalogue
) -> str:
    """The part of a member that begins with the words of a row, where another row names another part."""
    parents = catalogue.parents.get(dimension, {})
    parts = [part for part, parent in parents.items() if parent == code]
    if not figure.heads or not any((dimension, part) in named for part in parts):
        return ""
    begins = f"{fold_label(figure.row_label)} "
    found = [
        part
        for part in parts
        if (dimension, part) not in named and fold_label(catalogue.labels[dimension][part]).startswith(begins)
    ]
    return found[0] if len(found) == 1 else ""


@dataclass
class _Bench:
    """What fields are tried on: the document, and the ink (spans of folded text) that fields already read."""

    document: Document
    report: Report
    catalogue: Catalogue
    taken: list[tuple[int, int]] = field(default_factory=list)

    @cached_property
    def folded_at(self) -> dict[int, int]:
        """The place in folded text of each character of the document that folding keeps."""
        return {offset: at for at, offset in reversed(list(enumerate(self.document.folded.offsets)))}


def draft_blocks(
    document: Document, report: Report, understood: list[Understood], catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Blocks (plain YAML data) for ``understood`` figures, by heading, each field proved to read on the
    document.

    Figures of one line are one field; what no field of several reads is tried alone, with words of the lines
    around, then by rank.
    """
    bench = _Bench(document, report, catalogue)
    blocks: list[dict[str, Any]] = []
    names: set[str] = set()
    for heading, group in groupby(understood, key=lambda u: u.figure.heading):
        block: dict[str, Any] = {"bloc": _name(heading, names), "revue": False, "champs": []}
        for passage in _passages([u for u in group if any(map(str.isdigit, u.figure.printed))]):
            block["champs"].extend(_fields(bench, passage))
        if block["champs"]:
            blocks.append(_with_common(block))
    return blocks


def field_for(
    document: Document,
    report: Report,
    understood: Understood,
    catalogue: Catalogue,
    taken: list[tuple[int, int]],
) -> dict[str, Any] | None:
    """The field that reads one figure alone, and no ink of ``taken`` (spans of the document); ``None`` where
    there is none.
    """
    bench = _Bench(document, report, catalogue)
    places = ((bench.folded_at.get(a, -1), bench.folded_at.get(b - 1, -1)) for a, b in taken)
    bench.taken.extend((a, b + 1) for a, b in places if a >= 0 <= b)
    return _proved(bench, [understood])


def set_aside_for(
    document: Document, report: Report, unread: Understood, catalogue: Catalogue, reason: str
) -> dict[str, Any] | None:
    """The entry of ``ecarts`` that sets one number aside for ``reason``, by the words around it; ``None``
    where words do not tell it from another.
    """
    bench = _Bench(document, report, catalogue)
    first = bench.folded_at.get(_digits(document, unread.figure)[0], -1)
    for around in (False, True):
        for width in WIDTHS:
            form = _field(bench, [unread], width, around)
            found = _matches(bench, form["lire"]) if form else []
            if form and len(found) == 1 and _begins(found[0], [first]):
                return {"lire": form["lire"], "motif": reason}
    return None


def _with_common(block: dict[str, Any]) -> dict[str, Any]:
    """A block whose figures share a period says so once."""
    values = [value for form in block["champs"] for value in form["valeurs"]]
    periods = {value["periode"] for value in values}
    if len(values) < 2 or len(periods) > 1:
        return block
    for value in values:
        del value["periode"]
    return {
        "bloc": block["bloc"],
        "revue": False,
        "commun": {"periode": periods.pop()},
        "champs": block["champs"],
    }


def _fields(bench: _Bench, passage: list[Understood]) -> Iterator[dict[str, Any]]:
    """The fields that read the figures of a passage: one for all of them, else one for each that can be read
    alone.
    """
    if whole := _proved(bench, passage):
        yield whole
        return
    for single in passage if len(passage) > 1 else ():
        if form := _proved(bench, [single]):
            yield form


def _name(heading: str, taken: set[str]) -> str:
    stem = "_".join(slug(heading).split("_")[:5]) or "texte"
    name, n = stem, 2
    while name in taken:
        name, n = f"{stem}_{n}", n + 1
    taken.add(name)
    return name


def _passages(group: list[Understood]) -> Iterator[list[Understood]]:
    """Figures that stand on the same line, at most ``MAX_RUN`` together, or the cells of a row."""
    for _, same in groupby(group, key=lambda u: u.figure.ligne):
        listed = list(same)
        most = MAX_ROW if all(u.figure.layout == "tableau" for u in listed) else MAX_RUN
        for i in range(0, len(listed), most):
            yield listed[i : i + most]


def _proved(bench: _Bench, passage: list[Understood]) -> dict[str, Any] | None:
    """The shortest field for the passage that reads exactly its figures: on its line, then with words of the
    lines around, then by rank.
    """
    firsts = [bench.folded_at.get(_digits(bench.document, u.figure)[0], -1) for u in passage]
    if -1 in firsts:
        return None
    candidates = [
        form
        for around in (False, True)
        for width in (*_row_width(bench.document, passage[0].figure), *WIDTHS)
        if (form := _field(bench, passage, width, around))
    ]
    candidates = list({form["lire"]: form for form in candidates}.values())
    for form in candidates:
        if (
            len(found := _matches(bench, form["lire"])) == 1
            and _begins(found[0], firsts)
            and _reads(bench, form, passage, firsts)
        ):
            return form
    for form in candidates[:RANKED]:
        ranks = [
            rank for rank, match in enumerate(_matches(bench, form["lire"]), 1) if _begins(match, firsts)
        ]
        if ranks and _reads(
            bench,
            ranked := {"lire": form["lire"], "rang": ranks[0], "valeurs": form["valeurs"]},
            passage,
            firsts,
        ):
            return ranked
    return None


def _row_width(document: Document, figure: Figure) -> tuple[int, ...]:
    """The words of the label of a row, when they are few: people look for the whole of it."""
    start, _ = _digits(document, figure)
    words = _WORDS.findall(document.text[document.text.rfind("\n", 0, start) + 1 : start])
    return (len(words),) if figure.layout == "tableau" and 0 < len(words) <= MAX_WORDS else ()


def _matches(bench: _Bench, fragment: str) -> list[Match]:
    folded = bench.document.folded
    return find_all(folded, fragment, 0, len(folded.text))


def _begins(match: Match, firsts: list[int]) -> bool:
    return [start for start, _ in match.holes] == firsts


def _reads(bench: _Bench, form: dict[str, Any], passage: list[Understood], firsts: list[int]) -> bool:
    """Whether a field reads the values of its figures at their places, and no ink that another field reads;
    then it is taken.

    A sign or a multiplier that the reader takes in another way than discovery did is said in the field.
    """
    captures = _captured(bench, form)
    if len(captures) != len(firsts) or not all(
        _opens(bench, c, first) for c, first in zip(captures, firsts, strict=True)
    ):
        return False
    for value, capture, u in zip(form["valeurs"], captures, passage, strict=True):
        _mend(value, capture.number.value, u.figure.value)
    captures = _captured(bench, form)
    if not captures or not all(
        c.number.value == u.figure.value and c.unite == u.figure.unit
        for c, u in zip(captures, passage, strict=True)
    ):
        return False
    if any(c.start < end and start < c.end for c in captures for start, end in bench.taken):
        return False
    bench.taken.extend((c.start, c.end) for c in captures)
    return True


def _opens(bench: _Bench, capture: Capture, first: int) -> bool:
    """Whether ``first`` is the first digit of what was captured, which may begin with its sign."""
    return capture.start <= first < capture.end and not any(
        map(str.isdecimal, bench.document.folded.flat[capture.start : first])
    )


def _captured(bench: _Bench, form: dict[str, Any]) -> list[Capture]:
    """What a field reads; nothing when it cannot be read."""
    problems = Problems(bench.report.code)
    try:
        template = Template.model_validate({"blocs": [{"bloc": "essai", "revue": False, "champs": [form]}]})
    except ValidationError:
        return []
    captures = (
        Reader(bench.document, bench.report.defaults, bench.catalogue, problems).read(template).captures
    )
    return [] if len(problems) else captures


def _mend(value: dict[str, Any], read: Decimal, wanted: Decimal) -> None:
    if read and read == -wanted:
        value["signe"] = "moins" if wanted < 0 else "aucun"
    elif read and (scale := _SCALES.get(abs(wanted / read))) and "multiplicateur" not in value:
        value["multiplicateur"] = scale
        if (read < 0) != (wanted < 0):
            value["signe"] = "moins" if wanted < 0 else "aucun"


def _field(bench: _Bench, passage: list[Understood], width: int, around: bool) -> dict[str, Any] | None:
    """A field whose fragment keeps up to ``width`` words on each side of its figures, of their line or of
    those ``around`` it.
    """
    text = bench.document.text
    pieces: list[str] = []
    values: list[dict[str, Any]] = []
    previous_end: int | None = None
    year = "" if around else _year_of_row(text, _digits(bench.document, passage[0].figure)[0])
    for u in passage:
        start, end = _digits(bench.document, u.figure)
        if previous_end is None:
            line_start = 0 if around else text.rfind("\n", 0, start) + 1
            before = text[max(line_start, start - REACH) : start]
            pieces.append(before if year else _tail(before, width))
        else:
            pieces.append(_between(text[previous_end:start], width))
        hole, end = _hole(text, start, end, u.figure)
        pieces.append(hole)
        values.append(_meaning(u, bench))
        previous_end = end
    end = previous_end or 0
    rest = text[end : end + REACH]
    stop = -1 if around else rest.find("\n")
    pieces.append(_head(rest if stop < 0 else rest[:stop], width))
    fragment = re.sub(r"\s+", " ", "".join(pieces)).strip()
    words = fragment.replace(year, "an", 1) if year else fragment
    if (
        not _LETTER.search(HOLE.sub("", words))
        or any(c.isdecimal() for c in words)
        or len(GAP.findall(fragment)) > MAX_GAPS
    ):
        return None
    return {"lire": fragment, "valeurs": values}


def _year_of_row(text: str, start: int) -> str:
    """The year that names the row of the figure at ``start`` and is all that stands before it: no figure, so
    that its row may be found by it; empty where there is none.
    """
    named = _YEAR_OF_ROW.fullmatch(text[text.rfind("\n", 0, start) + 1 : start])
    return named[1] if named else ""


#: A year and nothing else before the first figure of a row.
_YEAR_OF_ROW = re.compile(r"\W*((?:19|20)\d\d)\W+")


def _hole(text: str, start: int, end: int, figure: Figure) -> tuple[str, int]:
    """The hole for a figure whose digits stand from ``start`` to ``end``, and where what it reads ends."""
    lasts = _LASTED.fullmatch(text, start, figure.end)
    return ("{:duree}", lasts.end()) if lasts else ("{}", end)


#: Minutes and seconds, which are one number.
_LASTED = re.compile(DURATION)


def _digits(document: Document, figure: Figure) -> tuple[int, int]:
    printed = document.text[figure.start : figure.end]
    numbers = list(re.finditer(r"\d", printed))
    return figure.start + numbers[0].start(), figure.start + numbers[-1].end()


def _gapped(text: str) -> str:
    """Text of the fragment: other numbers become gaps, braces blanks."""
    return re.sub(r"[-+]?\S*\d\S*", "…", NOTE_MARK.sub("", text).translate(_BRACES))


def _tail(text: str, width: int) -> str:
    blank = " " if text[-1:].isspace() else ""
    words = _WORDS.findall(_gapped(text))
    kept = " ".join(words[-width:]).lstrip("… ") if words else ""
    return kept + (blank if kept else "")


def _head(text: str, width: int) -> str:
    blank = " " if text[:1].isspace() else ""
    words = _WORDS.findall(_gapped(text))
    kept = " ".join(words[:width]).rstrip("… ")
    return blank + kept if kept else ""


def _between(text: str, width: int) -> str:
    words = _WORDS.findall(_gapped(text))
    left, right = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
    if len(words) <= min(width, 4):
        return left + " ".join(words) + (right if words else "")
    return f"{left}{' '.join(words[:2])} … {' '.join(words[-2:])}{right}"


def drafted_label(figure: Figure) -> str:
    """The label with which a draft writes a figure."""
    return labels.within(figure.label, MAX_LABEL, said=figure.layout == "phrase")


def _meaning(u: Understood, bench: _Bench) -> dict[str, Any]:
    figure = u.figure
    meaning: dict[str, Any] = {
        "indicateur": u.concept.indicator,
        "periode": figure.period,
        "unite": figure.unit,
    }
    if figure.nature != "constate":
        meaning["nature"] = figure.nature
    if figure.role != "feuille":
        meaning["role"] = figure.role
    own = (bench.report.organisme, bench.report.territoire)
    body, territory = place_of(figure.organisation, figure.territory, own, bench.catalogue)
    if (body, territory) != own:
        meaning |= {"organisme": body, "territoire": territory}
    if _SIGNED.match(figure.printed) and figure.nature != "evolution":
        meaning["signe"] = "imprime"
    elif figure.value < 0:
        meaning["signe"] = "imprime" if _SIGNED.match(figure.printed) else "moins"
    meaning.update(u.members)
    meaning["libelle"] = drafted_label(figure)
    if u.note:
        meaning["note"] = u.note
    if u.concept.indicator == UNMAPPED:
        meaning["note"] = UNSURE_NOTES[u.concept.concept != UNSTATED]
        meaning |= {"concept": u.concept.concept} if u.concept.concept != UNSTATED else {}
        meaning |= {"domaine": u.concept.domain} if u.concept.domain != NO_DOMAIN else {}
    meaning["confiance"] = float(
        f"{max(0.05, min(figure.confidence, u.concept.confidence or figure.confidence / 2)):.2f}"
    )
    return meaning
