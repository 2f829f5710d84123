"""Documents: from a file to lines, folded text and addresses.

A line ends at ``\\n`` and nowhere else (form feeds and separators of Unicode stay inside it), so that
``ligne`` is what every editor and ``grep -n`` shows. Folding replaces each run of blanks by one character and
keeps the way back to the original.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, overload

from orchestration.extraction.confined import read_confined
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.files import read_within
from orchestration.extraction.formats import LeftOut, Piece, PlainText, decode, refuse_long
from orchestration.notation.folding import NOTE_MARK, RAISED, mended

#: Bytes of a file (a PDF holds pictures), then characters of a line.
MAX_BYTES = 64 * 1024 * 1024
#: How a text in UTF-16 begins, whatever encoding was declared: its order of bytes is told by it.
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MAX_LINE = 200_000
#: Folded blanks: one blank, several blanks, a tab, a line end.
BLANK, WIDE, TAB, BREAK = " ", "\v", "\t", "\n"
#: Runs of blanks that folding changes: all but a single plain space or line end; and marks of notes, which
#: folded text leaves out.
_RUN = re.compile(
    rf"([\s\u00a0\u202f\u2009]{{2,}}|[^\S\n]?{NOTE_MARK.pattern}|[^\S \n]|[\u00a0\u202f\u2009])"
)
_BLANKS = re.compile(r"(\s(?:\s+|(?<=[^ \n])))")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class Offsets(Sequence[int]):
    """The place in the original of each character of a folded text, and of its end: kept as what to add from
    ``starts`` on, since folding leaves most characters as far from the beginning as their neighbours.
    """

    def __init__(self, starts: list[int], shifts: list[int], size: int) -> None:
        self._starts, self._shifts, self._size = starts, shifts, size

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> int: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[int]: ...

    def __getitem__(self, at: int | slice) -> int | Sequence[int]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(self._size))]
        at = range(self._size)[at]
        return at + self._shifts[bisect_right(self._starts, at) - 1]


@dataclass(frozen=True)
class Folded:
    """Folded text: ``text`` tells the kinds of blanks apart, ``flat`` has a plain space for each;
    ``offsets[i]`` is the place of ``text[i]`` in the original.
    ``len(text) == len(flat) == len(offsets) - 1``. ``matches`` keeps what was found in it (``fields``): the
    text never changes, and who reviews a draft reads it again at every decision."""

    text: str
    flat: str
    offsets: Sequence[int] = field(repr=False)
    matches: dict[tuple[str, int, int], tuple[Any, ...]] = field(
        default_factory=dict, repr=False, compare=False, hash=False
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where characters stand in print: 1-based ``page``, box in points from the top left of the page,
    unrotated.
    """

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Document:
    """A report as read: ``name`` is the file name, ``text`` the decoded text, ``sha256`` that of its bytes.

    Formats that have pages give ``page_lines`` (the first line of each page) and ``pieces`` (the boxes of
    text, in its order); ``left_out`` names digits of the document that its text does not hold, ``large`` the
    lines printed larger than the text.
    """

    name: str
    text: str
    sha256: str
    page_lines: tuple[int, ...] = ()
    pieces: tuple[Piece, ...] = field(default=(), repr=False)
    left_out: tuple[LeftOut, ...] = field(default=(), repr=False)
    large: tuple[int, ...] = field(default=(), repr=False)

    def place(self, start: int, end: int) -> Place | None:
        """Page and box of the characters ``start`` to ``end`` on the line of the first one; ``None`` for
        formats without pages.
        """
        if not self.pieces:
            return None
        stop = self.text.find("\n", start, end)
        end = end if stop < 0 else stop
        at = bisect_right(self._piece_ends, start)
        found = list(itertools.takewhile(lambda piece: piece.start < end, self.pieces[at:]))
        if not found:
            return None
        left, top = min(p.x0 for p in found), min(p.y0 for p in found)
        return Place(
            self.page(self.locate(start)[0]) or 1,
            left,
            top,
            max(p.x1 for p in found),
            max(p.y1 for p in found),
        )

    @cached_property
    def _piece_ends(self) -> list[int]:
        return [piece.end for piece in self.pieces]

    def page(self, ligne: int) -> int | None:
        """The 1-based page of a line, for formats that have pages."""
        return bisect_right(self.page_lines, ligne) or None

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        return list(itertools.accumulate((len(line) + 1 for line in self.lines[:-1]), initial=0))

    def locate(self, offset: int) -> tuple[int, int]:
        """The 1-based line and 0-based column of a character."""
        row = bisect_right(self._starts, offset) - 1
        return row + 1, offset - self._starts[row]

    def offset(self, ligne: int, colonne: int) -> int:
        """The offset of a character from its 1-based line and 0-based column."""
        return self._starts[ligne - 1] + colonne

    @cached_property
    def folded(self) -> Folded:
        return fold_document(self.text)


@lru_cache(maxsize=1024)
def _kind(run: str) -> str:
    """One character for a run of blanks (tabs place the cells of tables, so each of them is kept), none for a
    mark of a note.
    """
    if not run.isspace():
        return ""
    if "\n" in run:
        return BREAK
    if "\t" in run:
        return TAB * run.count("\t")
    return BLANK if len(run) == 1 else WIDE


def fold_document(text: str) -> Folded:
    """Fold every run of blanks of ``text`` to one character (one per tab) and typographic quotes to ASCII,
    leave marks of notes out, and keep addresses."""
    pieces = (_RUN if RAISED.search(text) else _BLANKS).split(text)
    runs = pieces[1::2]
    pieces[1::2] = kinds = list(map(_kind, runs))
    starts, shifts = [0], [0]
    place = shift = 0
    for kept, run, kind in zip(pieces[::2], runs, kinds, strict=False):
        place += len(kept)
        for later in range(1, len(kind)):  # all characters of a run stand where it begins
            starts.append(place + later)
            shifts.append(shift - later)
        place += len(kind)
        shift += len(run) - len(kind)
        starts.append(place)
        shifts.append(shift)
    folded = mended("".join(pieces))
    flat = folded.replace(WIDE, BLANK).replace(TAB, BLANK).replace(BREAK, BLANK)
    return Folded(folded, flat, Offsets(starts, shifts, len(folded) + 1))


def read_document(path: Path, encoding: str = "utf-8") -> Document:
    """Read a report: text (in ``encoding``), a saved HTML page, or a PDF with text.

    Raises ``ExtractionError`` when the file is missing, empty, too large, binary, in another encoding, leads
    out of its folder, or has an absurd line, or unfolds into more than ``confined.LIMITS``; ``StillChanging``
    when it is being written.
    """
    return document_from(path.name, read_within(path, MAX_BYTES), encoding)


def document_from(name: str, data: bytes, encoding: str = "utf-8") -> Document:
    """The document of these bytes, whose format ``name`` tells; refuses what ``read_document`` refuses of
    them.
    """
    if len(data) > MAX_BYTES:
        raise ExtractionError(f"{name}: {len(data)} bytes, the limit is {MAX_BYTES}; split the file")
    plain = _plain_text(name, data, encoding)
    text = plain.text
    refuse_long(name, len(text))
    if not text.strip():
        raise ExtractionError(f"{name}: the document is empty; extract its text again")
    control = _CONTROL.search(text)
    if control:
        raise ExtractionError(
            f"{name}: control character {control.group()!r} at character {control.start()}: "
            "this is not a text document; extract its text again"
        )
    document = Document(
        name,
        text,
        hashlib.sha256(data).hexdigest(),
        plain.page_lines,
        plain.pieces,
        plain.left_out,
        plain.large,
    )
    sizes = list(map(len, document.lines))
    if (most := max(sizes)) > MAX_LINE:
        raise ExtractionError(
            f"{name}: line {sizes.index(most) + 1} has more than {MAX_LINE} characters; restore its line ends"
        )
    return document


def _plain_text(name: str, data: bytes, encoding: str) -> PlainText:
    suffix = Path(name).suffix.casefold()
    if suffix == ".pdf":
        return read_confined("pdf", name, data)
    if suffix in (".html", ".htm"):
        return read_confined("html", name, data)
    if data.startswith(WIDE_MARKS):
        return PlainText(decode(name, data, "utf-16"))
    if b"\x00" in data[:8192] or data.startswith(b"%PDF"):
        raise ExtractionError(
            f"{name}: this is a binary file, not a text; name it by its true format, or extract its "
            "text first"
        )
    return PlainText(decode(name, data, encoding))
