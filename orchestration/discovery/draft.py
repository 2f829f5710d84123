"""From what discovery understood to a draft template in the form that people write.

Figures of one passage become one field, rows of one table become one table; every field is tried on the document before it is
written, so that a draft always reads. What cannot be bound stays to discovery and is listed for review.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from orchestration.discovery.concepts import UNMAPPED, Concept
from orchestration.discovery.figures import Figure
from orchestration.extraction.catalogue import UNSTATED, Catalogue
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import Problems
from orchestration.extraction.reader import Reader
from orchestration.extraction.reports import Report
from orchestration.extraction.tables import slug
from orchestration.extraction.templates import Template
from orchestration.notation.numbers import NUMBER, digits_value

MAX_RUN = 4
#: A fragment never holds more words of the report in a row than this.
MAX_WORDS = 8
_SCALES = {Decimal(10**3): "millier", Decimal(10**6): "million", Decimal(10**9): "milliard"}
_WORDS = re.compile(r"\S+")
_BRACES = str.maketrans({"{": " ", "}": " "})


@dataclass(frozen=True, slots=True)
class Understood:
    """A figure with the concept that its label most likely names, and the members that its row names."""

    figure: Figure
    concept: Concept
    members: Mapping[str, str] = field(default_factory=dict)


def draft_blocks(document: Document, report: Report, understood: list[Understood], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Blocks (plain YAML data) for ``understood`` figures, by heading, each field proved to read on the document."""
    blocks: list[dict[str, Any]] = []
    names: set[str] = set()
    for heading, group in groupby(understood, key=lambda u: u.figure.heading):
        block: dict[str, Any] = {"bloc": _name(heading, names), "revue": False, "champs": []}
        for passage in _passages([u for u in group if any(map(str.isdigit, u.figure.printed))]):
            if field := _proved(document, report, catalogue, passage):
                block["champs"].append(field)
        if block["champs"]:
            blocks.append(block)
    return blocks


def _name(heading: str, taken: set[str]) -> str:
    stem = "_".join(slug(heading).split("_")[:5]) or "texte"
    name, n = stem, 2
    while name in taken:
        name, n = f"{stem}_{n}", n + 1
    taken.add(name)
    return name


def _passages(group: list[Understood]) -> Iterator[list[Understood]]:
    """Figures that stand on the same line, at most ``MAX_RUN`` together."""
    for _, same in groupby(group, key=lambda u: u.figure.ligne):
        listed = list(same)
        for i in range(0, len(listed), MAX_RUN):
            yield listed[i:i + MAX_RUN]


def _proved(document: Document, report: Report, catalogue: Catalogue, passage: list[Understood]) -> dict[str, Any] | None:
    """The shortest field for the passage that reads exactly its figures, growing the context until it matches once."""
    for width in (2, 3, 4, 6, 8):
        field = _field(document, passage, width, catalogue)
        if field and _reads(document, report, catalogue, field, passage):
            return field
    return None


def _reads(document: Document, report: Report, catalogue: Catalogue, field: dict[str, Any], passage: list[Understood]) -> bool:
    problems = Problems(report.code)
    try:
        template = Template.model_validate({"blocs": [{"bloc": "essai", "revue": False, "champs": [field]}]})
    except ValidationError:
        return False
    captures = Reader(document, report.defaults, catalogue, problems).read(template).captures
    if len(problems) or len(captures) != len(passage):
        return False
    return all(c.number.value == u.figure.value and c.unite == u.figure.unit for c, u in zip(captures, passage, strict=True))


def _field(document: Document, passage: list[Understood], width: int, catalogue: Catalogue) -> dict[str, Any] | None:
    """A field whose fragment keeps up to ``width`` words around each figure."""
    pieces: list[str] = []
    values: list[dict[str, Any]] = []
    previous_end: int | None = None
    for u in passage:
        start, end = _digits(document, u.figure)
        if previous_end is None:
            line_start = document.text.rfind("\n", 0, start) + 1
            pieces.append(_tail(document.text[max(line_start, start - 200):start], width))
        else:
            pieces.append(_between(document.text[previous_end:start], width))
        pieces.append("{}")
        values.append(_meaning(u, catalogue))
        previous_end = end
    end = previous_end or 0
    rest = document.text[end:end + 200]
    stop = rest.find("\n")
    pieces.append(_head(rest if stop < 0 else rest[:stop], width))
    fragment = re.sub(r"\s+", " ", "".join(pieces)).strip()
    if fragment.replace("{}", "").strip(" ….,:;()%€+-") == "" or any(c.isdigit() for c in fragment):
        return None
    return {"lire": fragment, "valeurs": values}


def _digits(document: Document, figure: Figure) -> tuple[int, int]:
    printed = document.text[figure.start:figure.end]
    numbers = list(re.finditer(r"\d", printed))
    return figure.start + numbers[0].start(), figure.start + numbers[-1].end()


def _gapped(text: str) -> str:
    """Text of the fragment: other numbers become gaps, braces blanks."""
    return re.sub(r"[-+]?\S*\d\S*", "…", text.translate(_BRACES))


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


def _scale_beside(figure: Figure) -> str | None:
    """The multiplier that a header or footnote gives and the number does not print."""
    match = re.search(NUMBER, figure.printed)
    printed = digits_value(match[0])[0] if match else None
    if not printed or re.search(r"milli|[Mk]d?s?\b|[Mk]€", figure.printed):
        return None
    return _SCALES.get(abs(figure.value) / printed)


def _meaning(u: Understood, catalogue: Catalogue) -> dict[str, Any]:
    figure = u.figure
    meaning: dict[str, Any] = {"indicateur": u.concept.indicator, "periode": figure.period, "unite": figure.unit}
    if figure.nature != "constate":
        meaning["nature"] = figure.nature
    if figure.role != "feuille":
        meaning["role"] = figure.role
    if figure.organisation and (body := catalogue.resolve("organisme", figure.organisation)):
        meaning |= {"organisme": body, "territoire": catalogue.territories.get(body, UNSTATED)}
    if scale := _scale_beside(figure):
        meaning["multiplicateur"] = scale
    if figure.value < 0 and "-" not in figure.printed and "\u2212" not in figure.printed:
        meaning["signe"] = "moins"
    elif figure.value < 0:
        meaning["signe"] = "imprime"
    meaning.update(u.members)
    meaning["libelle"] = figure.label[:80]
    if u.concept.indicator == UNMAPPED:
        meaning["note"] = "concept non reconnu"
    meaning["confiance"] = float(f"{max(0.05, min(figure.confidence, u.concept.confidence or figure.confidence / 2)):.2f}")
    return meaning
