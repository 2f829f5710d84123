"""From a PDF file to text: each page as lines, every number with its box, what is not in the text named.

pdfium (through pypdfium2) gives the characters with their places, and the rules of tables. Belongs here:
files and pages. Does not belong here: which characters a person sees (glyphs), and how they read (strips,
sheets).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.formats import LeftOut, Piece, PlainText, refuse_long
from orchestration.extraction.glyphs import Glyph, glyphs_of
from orchestration.extraction.ruling import drawn_on
from orchestration.extraction.sheets import LARGER, Character, text_lines

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MAX_PAGES = 1_000
#: A PDF whose pages hold fewer letters than this on average is a scan.
MIN_LETTERS_PER_PAGE = 20
LOST = "perdu"
_NUMERIC = re.compile(r"[\d.,\u2212+%€-]")


def from_pdf(name: str, data: bytes) -> PlainText:
    """The text of a PDF, page after page, its columns kept, with the box of every piece of text on a line
    that prints a digit.

    Raises ``ExtractionError`` for a damaged file, a password, too many pages, or a scan without text.
    """
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise ExtractionError(f"{name}: this is not a PDF; name it by its true format")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _refusal(name, str(error)) from error
    try:
        return _whole(name, document)
    except pypdfium2.PdfiumError as error:
        raise _refusal(name, str(error)) from error
    finally:
        document.close()


def _refusal(name: str, cause: str) -> ExtractionError:
    if "password" in cause.casefold():
        return ExtractionError(f"{name}: the PDF is locked by a password; save an unlocked copy")
    return ExtractionError(f"{name}: the PDF cannot be read ({cause.rstrip('.')}); save it again")


def _whole(name: str, document: PdfDocument) -> PlainText:
    if len(document) > MAX_PAGES:
        raise ExtractionError(f"{name}: {len(document)} pages, the limit is {MAX_PAGES}; split the document")
    texts: list[str] = []
    pieces: list[Piece] = []
    starts: list[int] = []
    left_out: list[LeftOut] = []
    sizes: list[Counter[float]] = []
    length = lines = letters = 0
    for number, page in enumerate(document, 1):
        text, found, left, of_lines = _page(page, number)
        page.close()
        starts.append(lines + 1)
        pieces.extend(piece._replace(start=piece.start + length, end=piece.end + length) for piece in found)
        left_out.extend(left)
        sizes.extend(of_lines)
        texts.append(text)
        length += len(text) + 1
        lines += text.count("\n") + 1
        letters += sum(map(str.isalpha, text))
        refuse_long(name, length)
    if letters < MIN_LETTERS_PER_PAGE * max(1, len(document)):
        raise ExtractionError(
            f"{name}: the PDF holds pictures of pages and no text; run a text recognition on it first"
        )
    return PlainText(
        "\n".join(texts) + "\n", tuple(starts), tuple(pieces), tuple(left_out), tuple(_large(sizes))
    )


def _large(sizes: Sequence[Counter[float]]) -> Iterator[int]:
    """The lines (1-based) whose every character is larger than the commonest size of the document, by
    ``LARGER``; ``sizes`` counts the characters of each line by their size.
    """
    body = sum(sizes, Counter[float]()).most_common(1)
    for line, found in enumerate(sizes, 1):
        if found and min(found) >= LARGER * body[0][0]:
            yield line


def _page(page: PdfPage, number: int) -> tuple[str, list[Piece], list[LeftOut], list[Counter[float]]]:
    """One page: its text, the boxes of its text, what was left out of it, the sizes of its lines."""
    glyphs, left = glyphs_of(page, number)
    counted = any(g.text.isdecimal() for g in glyphs)
    lines = text_lines(glyphs, *drawn_on(page)) if counted else text_lines(glyphs)
    text = "\n".join("".join(character for character, _ in line) for line in lines)
    sizes = [Counter(round(g.size, 1) for _, g in line if g and not g.blank) for line in lines]
    return text, list(_pieces(lines)), [*left, *_lost(glyphs, text, number)], sizes


def _lost(glyphs: Iterable[Glyph], text: str, page: int) -> Iterator[LeftOut]:
    """Digits that the page shows and its text does not: none, unless reading is wrong."""

    def digits(characters: Iterable[str]) -> Counter[str]:
        return Counter(d for c in characters for d in unicodedata.normalize("NFKC", c) if d.isdecimal())

    missing = digits(g.text for g in glyphs) - digits(text)
    if missing:
        yield LeftOut(LOST, "".join(sorted(missing.elements())), page)


def _pieces(lines: Iterable[Sequence[Character]]) -> Iterator[Piece]:
    """The boxes of the text on lines that print a digit: one for each run of characters of numbers, of raised
    marks, or of other ones, without a blank.
    """
    offset = 0
    for line in lines:
        if any(character.isdigit() for character, _ in line):
            start = 0
            while start < len(line):
                end = _run_end(line, start)
                boxes = [glyph.box for _, glyph in line[start:end] if glyph]
                if boxes:
                    x0, y0, x1, y1 = zip(*boxes, strict=True)
                    yield Piece(
                        offset + start,
                        offset + end,
                        *(round(edge, 1) for edge in (min(x0), min(y0), max(x1), max(y1))),
                    )
                start = end
        offset += len(line) + 1


def _run_end(line: Sequence[Character], start: int) -> int:
    def kind(i: int) -> tuple[bool, bool, bool]:
        character, glyph = line[i]
        return glyph is None, bool(_NUMERIC.match(character)), glyph is not None and glyph.raised

    end = start + 1
    while end < len(line) and kind(end) == kind(start):
        end += 1
    return end
