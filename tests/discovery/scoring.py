"""The measure: what discovery finds in an excerpt against the figures that a reader would take from it.

A figure of the corpus is one line, in the order of the text:
``printed = value unit | period | decisive words of the label``, and ``| nature | body`` where the excerpt
decides them (``-`` is the report's own body). An excerpt is text (``texte``), a saved page (``html``) or a
page of a PDF (``pdf``: lines ``x y size | words`` in points from the bottom left, and ``turn x y`` for what
is set sideways from there on).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path

import yaml
from reportlab.pdfgen.canvas import Canvas

from orchestration.discovery.figures import Figure, discover
from orchestration.extraction.documents import Document
from orchestration.extraction.formats import from_html
from orchestration.extraction.pdf import from_pdf
from orchestration.notation.folding import fold_label

CORPUS = Path(__file__).parent / "corpus"
MEASURES = ("found", "value", "unit", "period", "label", "nature", "body")


@dataclass(frozen=True)
class Expected:
    """A figure as a reader takes it; ``at`` is the offset of its first digit in the excerpt."""

    at: int
    printed: str
    value: Decimal
    unit: str
    period: str
    words: tuple[str, ...]
    nature: str = ""
    body: str = ""


@dataclass(frozen=True)
class Excerpt:
    name: str
    layout: str
    year: str
    document: Document
    figures: tuple[Expected, ...]

    @property
    def text(self) -> str:
        return self.document.text


@dataclass
class Score:
    """Counts over excerpts: ``hits[measure]`` out of ``expected`` (found) or of what was found (the others),
    and wrong takings.
    """

    expected: int = 0
    taken: int = 0
    wrong: int = 0
    hits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEASURES, 0))
    faults: list[str] = field(default_factory=list)

    def share(self, measure: str) -> float:
        if measure == "wrong":
            return self.wrong / self.taken if self.taken else 0.0
        base = self.expected if measure == "found" else self.hits["found"]
        return self.hits[measure] / base if base else 1.0

    def add(self, other: Score) -> None:
        self.expected += other.expected
        self.taken += other.taken
        self.wrong += other.wrong
        self.faults += other.faults
        for measure in MEASURES:
            self.hits[measure] += other.hits[measure]

    def __str__(self) -> str:
        return f"{self.expected:4d} figures  " + "  ".join(
            f"{m} {self.share(m):6.1%}" for m in (*MEASURES, "wrong")
        )


def document_of(text: str, name: str = "extrait.txt") -> Document:
    return Document(name, text, hashlib.sha256(text.encode()).hexdigest())


def excerpts() -> Iterator[Excerpt]:
    """Every excerpt of the corpus; the layout is the name of its file."""
    for path in sorted(CORPUS.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            document = _document(case)
            figures = tuple(_located(case["cas"], document.text, case["chiffres"]))
            yield Excerpt(case["cas"], path.stem, case["annee"], document, figures)


def _document(case: dict[str, str]) -> Document:
    if "texte" in case:
        return document_of(case["texte"])
    plain = (
        from_html("page.html", f"<html><body>{case['html']}</body></html>".encode())
        if "html" in case
        else from_pdf("page.pdf", _drawn(case["pdf"]))
    )
    return Document("page", **{f.name: getattr(plain, f.name) for f in fields(plain)}, sha256="0" * 64)


def _drawn(places: str) -> bytes:
    """The PDF of a page whose words stand at these places, with a line of filler at its foot."""
    buffer = io.BytesIO()
    page = Canvas(buffer, pagesize=(595, 842), invariant=1)
    page.drawString(40, 40, "Un texte de remplissage pour que la page ne passe pas pour une image")
    for place in places.strip().splitlines():
        where, _, words = place.partition(" | ")
        if where.startswith("turn"):
            page.translate(*map(float, where.split()[1:]))
            page.rotate(90)
            continue
        x, y, size = map(float, where.split())
        page.setFont("Helvetica", size)
        page.drawString(x, y, words)
    page.save()
    return buffer.getvalue()


def _located(name: str, text: str, figures: list[str]) -> Iterator[Expected]:
    cursor = 0
    for line in figures:
        printed, _, rest = line.partition(" = ")
        meaning, period, words, *nature = (part.strip() for part in rest.split("|"))
        value, unit = meaning.split()
        ink = re.escape(printed).replace("\\ ", r"\s")
        match = re.compile(rf"(?<!\d){ink}(?!\d|[.,]\d)").search(text, cursor)
        if match is None:
            raise ValueError(f"{name}: {printed!r} does not stand in the excerpt after the figure before it")
        cursor = match.end()
        yield Expected(match.start(), printed, Decimal(value), unit, period, tuple(words.split()), *nature)


def score(excerpt: Excerpt) -> Score:
    """Compare discovery with one excerpt."""
    document = excerpt.document
    got = {_first_digit(document, f): f for f in discover(document, excerpt.year)}
    result = Score(expected=len(excerpt.figures), taken=len(got))
    for expected in excerpt.figures:
        _compare(excerpt, expected, got.pop(expected.at, None), result)
    result.wrong = len(got)
    result.faults += [
        f"{excerpt.layout}/{excerpt.name}: wrongly taken {f.printed!r} ({f.label})" for f in got.values()
    ]
    return result


def _first_digit(document: Document, figure: Figure) -> int:
    """The offset of a figure's first digit; of its first letter when it is printed in letters."""
    return next((i for i in range(figure.start, figure.end) if document.text[i].isdigit()), figure.start)


def _compare(excerpt: Excerpt, expected: Expected, figure: Figure | None, result: Score) -> None:
    where = f"{excerpt.layout}/{excerpt.name}: {expected.printed!r}"
    if figure is None:
        result.faults.append(f"{where} not found")
        return
    verdicts = {
        "found": (True, ""),
        "value": (figure.value == expected.value, f"{figure.value} for {expected.value}"),
        "unit": (figure.unit == expected.unit, f"{figure.unit} for {expected.unit}"),
        "period": (figure.period == expected.period, f"{figure.period} for {expected.period}"),
        "nature": (
            figure.nature == (expected.nature or figure.nature),
            f"{figure.nature} for {expected.nature}",
        ),
        "body": (
            expected.body in ("", figure.organisation or "-"),
            f"{figure.organisation!r} for {expected.body}",
        ),
        "label": (_shares(figure.label, expected.words), f"{figure.label!r} without {expected.words}"),
    }
    for measure, (right, told) in verdicts.items():
        result.hits[measure] += right
        if not right:
            result.faults.append(f"{where}: {measure} {told}")


def _shares(label: str, words: tuple[str, ...]) -> bool:
    """Whether the label holds every decisive word, endings aside."""
    folded = fold_label(label)
    return all(fold_label(word)[:5] in folded for word in words)


def score_all() -> dict[str, Score]:
    """The score of each layout, and of all together under ``all``."""
    scores: dict[str, Score] = {}
    total = Score()
    for excerpt in excerpts():
        one = score(excerpt)
        scores.setdefault(excerpt.layout, Score()).add(one)
        total.add(one)
    return {**scores, "all": total}
