"""What every format of document becomes: text, the places of its characters, the parts left out; encodings;
trees of saved pages.

Line numbers of the text, and pages of a PDF, are the addresses of its figures; the same bytes give the same
lines. Does not belong here: what of a page a person sees (markup, pdf).

Pages and PDF files are read through ``confined``, which bounds memory and time: they may raise
``MemoryError``; nothing here catches it.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from orchestration.extraction.errors import ExtractionError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Characters of text of a document; bytes of a saved page without the pictures inside it.
MAX_TEXT = 2_000_000
MAX_PAGE_BYTES = 20_000_000
SUFFIXES = (".txt", ".html", ".htm", ".pdf")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
#: A picture written into a page: not text, and longer than the parser of pages accepts.
_PICTURE = re.compile(rb"data:[a-z]+/[\w.+-]+(?:;[\w=-]+)*;base64,[A-Za-z0-9+/=]{1000,}")
_TAG = re.compile(rb"<\s*(?:!doctype\s+html|html|body|article|table|p|div)\b", re.IGNORECASE)


class LeftOut(NamedTuple):
    """Text with digits that is in a document and not in what is read of it: why, the text, the page it stands
    on (0 without pages).
    """

    reason: str
    text: str
    page: int = 0


class Piece(NamedTuple):
    """The box of the characters ``start`` to ``end`` of a text, in points from the top left of their page,
    unrotated.
    """

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text taken out of another format; ``page_lines[i]`` is the 1-based line at which page ``i + 1`` begins;
    ``pieces`` are boxes in the order of the text; ``left_out`` names the digits that are not in it; ``large``
    holds the lines (1-based) that are printed larger than the text, or that a page calls headings."""

    text: str
    page_lines: tuple[int, ...] = ()
    pieces: tuple[Piece, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    large: tuple[int, ...] = ()


def refuse_long(name: str, characters: int) -> None:
    """Raise ``ExtractionError`` for more text than a document may have."""
    if characters > MAX_TEXT:
        raise ExtractionError(
            f"{name}: {characters} characters of text, the limit is {MAX_TEXT}; split the document"
        )


def decode(name: str, data: bytes, encoding: str) -> str:
    """Decode text in a declared encoding; raises ``ExtractionError`` with the line of the first byte that
    does not fit.
    """
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ExtractionError(
            f"{name}: line {line} is not {encoding.upper()} (byte 0x{data[error.start]:02x}); "
            "save the document as UTF-8, or declare its `encodage` in report.yml"
        ) from error
    except LookupError as error:
        raise ExtractionError(
            f"{name}: `encodage` {encoding!r} is not known; use utf-8, cp1252 or latin-1"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def detect_encoding(data: bytes) -> str:
    """The encoding of a text's bytes: UTF-8 when they are, else what charset-normalizer finds most likely."""
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(
            data, cp_isolation=["cp1252", "latin_1", "utf_16", "utf_8", "mac_roman", "cp850"]
        ).best()
        return (best.encoding if best else "cp1252").replace("_", "-")


def from_html(name: str, data: bytes, encoding: str | None = None) -> PlainText:
    """What a saved page shows, as text with its tables in columns, and what is left out of it by name.

    Raises ``ExtractionError`` when it shows nothing, or when it is so large or so deep that its reader would
    leave a part out.
    """
    from orchestration.extraction.markup import read_page

    if not _TAG.search(data):
        raise ExtractionError(f"{name}: this is not an HTML page; save the page again, or name the file .txt")
    data = _PICTURE.sub(b"data:,", data)
    if len(data) > MAX_PAGE_BYTES:
        raise ExtractionError(
            f"{name}: {len(data)} bytes of page, the limit is {MAX_PAGE_BYTES}; split the document"
        )
    source = data.decode(encoding or detect_encoding(data), errors="replace")
    root = _tree(name, _CONTROL.sub(" ", source))
    text, left_out, titles = read_page(root) if root is not None else ("", [], [])
    if not any(map(str.isalpha, text)):
        raise ExtractionError(f"{name}: the page holds no text; save the whole page, not only its frame")
    refuse_long(name, len(text))
    return PlainText(text, left_out=tuple(left_out), large=tuple(titles))


def _tree(name: str, source: str) -> HtmlElement | None:
    """The tree of a page; raises ``ExtractionError`` for one of which the parser would drop the rest without
    a word.
    """
    from lxml import etree
    from lxml.html import HTMLParser

    parser = HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    root = None
    with contextlib.suppress(etree.XMLSyntaxError):  # a page without anything in it
        root = etree.fromstring(source.encode("utf-8"), parser)
    fatal = parser.error_log.filter_from_level(etree.ErrorLevels.FATAL)
    if fatal:
        cause = f"line {fatal[0].line}: {fatal[0].message.split(',')[0]}"
        raise ExtractionError(
            f"{name}: the page cannot be read to its end ({cause}); save it again in a simpler form"
        )
    return root
