"""The glyphs of a PDF page: what a person sees of its text, each character once, with its place.

pdfium gives the characters. Here each one gets its place along and across its own direction of reading;
copies (shadows, false bold) are dropped, and what no eye sees (white on white, outside the page) is left out
and told. Does not belong here: words, lines and columns (sheets).
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestration.extraction.formats import LeftOut

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

OUTSIDE, UNSEEN = "hors page", "invisible"
#: How near (in sizes of the font) an equal character must stand to be a copy, along and across the line.
COPY_ALONG, COPY_ACROSS = 0.13, 0.26
#: Pixels of the longer side of the picture on which ink is looked for, and the least contrast that is ink.
PICTURE, CONTRAST = 1_600, 10
#: Above this share of glyphs without ink the picture is not to be trusted (fonts that cannot be drawn).
MOST_UNSEEN = 0.5
#: Share of the glyphs of one text object without ink that makes it unseen.
RUN_UNSEEN = 0.8
#: Below this difference of the squares of cosine and sine a box does not tell the width of what stands in it.
LEAST_TURN = 0.2
UNMAPPED = "•"
_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
#: Bytes of Windows-1252 that a font without names hands on as control characters: the euro, quotes, dashes.
#: Any other control character with ink is a letter (mostly a ligature) that the file does not name.
_C1 = {chr(b): bytes([b]).decode("cp1252", "replace") for b in range(0x80, 0xA0)}
_HYPHENS = frozenset({"\x02", "\ufffe", "\u00ad"})


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: from ``s0`` to ``s1`` along its direction (``angle``, degrees), its baseline ``t``
    across it, its ``size``, in points; ``box`` is its ink (x0, y0, x1, y1, origin at the top left of the
    page, unrotated); ``run`` the text object it belongs to."""

    text: str
    s0: float
    s1: float
    t: float
    size: float
    angle: int
    box: tuple[float, float, float, float]
    run: int
    raised: bool = False

    @property
    def blank(self) -> bool:
        return self.text.isspace()


def glyphs_of(page: PdfPage, number: int) -> tuple[list[Glyph], list[LeftOut]]:
    """The glyphs of a page that a person sees, in the order of the file, and the text that was left out."""
    found = list(_all(page))
    seen = _within(page, found)
    kept = _missing(seen, _copies(seen))
    hidden = _without_ink(page, kept)
    left = [*_told(OUTSIDE, number, _missing(found, seen)), *_told(UNSEEN, number, hidden)]
    return _missing(kept, hidden), left


def _missing(of: Iterable[Glyph], gone: Iterable[Glyph]) -> list[Glyph]:
    known = set(map(id, gone))
    return [g for g in of if id(g) not in known]


def _told(reason: str, page: int, glyphs: Iterable[Glyph]) -> Iterator[LeftOut]:
    """What was left out, text object by text object, where it holds digits."""
    texts: dict[int, list[str]] = defaultdict(list)
    for glyph in glyphs:
        texts[glyph.run].append(glyph.text)
    for pieces in texts.values():
        text = "".join(pieces).strip()
        if any(map(str.isdigit, text)):
            yield LeftOut(reason, text, page)


def _all(page: PdfPage) -> Iterator[Glyph]:
    """Every character that the file draws."""
    from pypdfium2 import raw

    text = page.get_textpage()
    left, _, _, top = page.get_bbox()
    matrix, loose = raw.FS_MATRIX(), raw.FS_RECTF()
    edges = [ctypes.c_double() for _ in range(6)]
    x0, x1, y0, y1, ox, oy = edges
    runs: dict[int, int] = {}
    try:
        for i in range(text.count_chars()):
            character = _character(raw, text.raw, i)
            if not character:
                continue
            raw.FPDFText_GetMatrix(text.raw, i, matrix)
            raw.FPDFText_GetLooseCharBox(text.raw, i, loose)
            raw.FPDFText_GetCharBox(text.raw, i, *(map(ctypes.byref, (x0, x1, y0, y1))))
            raw.FPDFText_GetCharOrigin(text.raw, i, ctypes.byref(ox), ctypes.byref(oy))
            held = raw.FPDFText_GetTextObject(text.raw, i)
            key = ctypes.cast(held, ctypes.c_void_p).value or -i
            run = runs.setdefault(key, len(runs))
            size = abs(raw.FPDFText_GetFontSize(text.raw, i)) * math.hypot(matrix.c, matrix.d)
            box = (x0.value - left, top - y1.value, x1.value - left, top - y0.value)
            outer = (loose.left - left, loose.bottom - top, loose.right - left, loose.top - top)
            yield _placed(
                character,
                (ox.value - left, oy.value - top),
                outer,
                box,
                size,
                round(math.degrees(math.atan2(matrix.b, matrix.a))),
                run,
            )
    finally:
        text.close()


def _character(raw: object, text: object, i: int) -> str:
    """The character at ``i`` as text; empty when pdfium made it up or when it is none."""
    if raw.FPDFText_IsGenerated(text, i) == 1:  # type: ignore[attr-defined]
        return ""
    code = raw.FPDFText_GetUnicode(text, i)  # type: ignore[attr-defined]
    character = chr(code) if code else UNMAPPED
    if character in _HYPHENS:
        return "-"
    category = unicodedata.category(character)
    if category == "Cc" and character not in "\t\n\r" and _is_drawn(raw, text, i):
        return _C1.get(character, UNMAPPED).replace("\ufffd", UNMAPPED)
    if character.isspace():
        return " " if category == "Cc" else character
    if category in ("Cc", "Cf"):
        return ""
    return _LIGATURES.get(character, UNMAPPED if category in ("Cs", "Cn") else character)


def _is_drawn(raw: object, text: object, i: int) -> bool:
    """Whether the character at ``i`` has ink of its own."""
    left, right, bottom, top = edges = [ctypes.c_double() for _ in range(4)]
    raw.FPDFText_GetCharBox(text, i, *map(ctypes.byref, edges))  # type: ignore[attr-defined]
    return right.value > left.value and top.value > bottom.value


def _placed(
    text: str,
    origin: tuple[float, float],
    outer: tuple[float, float, float, float],
    box: tuple[float, float, float, float],
    size: float,
    angle: int,
    run: int,
) -> Glyph:
    """A glyph in the system of its own direction; ``origin`` and ``outer`` (its cell: left, bottom, right,
    top) have y upwards.
    """
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along = [x * cos + y * sin for x in (outer[0], outer[2]) for y in (outer[1], outer[3])]
    start = origin[0] * cos + origin[1] * sin
    if angle % 90:  # the cell of slanted text is not a box along its line
        width = _advance(outer, size, abs(cos), abs(sin))
        return Glyph(
            text, start, start + width, origin[1] * cos - origin[0] * sin, size or 1.0, angle, box, run
        )
    across = [y * cos - x * sin for x in (outer[0], outer[2]) for y in (outer[1], outer[3])]
    height = size or max(across) - min(across) or 1.0
    return Glyph(text, min(along), max(along), origin[1] * cos - origin[0] * sin, height, angle, box, run)


def _advance(outer: tuple[float, float, float, float], size: float, cos: float, sin: float) -> float:
    """The width of a slanted glyph along its line, from the box around its cell; half its size where the
    slant does not tell width from height.
    """
    wide, high = abs(outer[2] - outer[0]), abs(outer[3] - outer[1])
    turned = cos * cos - sin * sin
    width = (wide * cos - high * sin) / turned if abs(turned) > LEAST_TURN else 0.0
    return width if 0.1 * size < width < 1.5 * size else 0.5 * size


def _within(page: PdfPage, glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs whose middle lies on the page as it is shown."""
    extent: tuple[float, float, float, float] = page.get_bbox()
    left, bottom, right, top = extent
    width, height = right - left, top - bottom

    def shown(box: tuple[float, float, float, float]) -> bool:
        return -1 <= (box[0] + box[2]) / 2 <= width + 1 and -1 <= (box[1] + box[3]) / 2 <= height + 1

    return [g for g in glyphs if shown(g.box)]


def _copies(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """Glyphs printed again over an equal one: shadows and false bold."""
    places: dict[tuple[str, int, int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.blank:
            continue
        step = max(glyph.size, 1.0)
        row, column = int(glyph.t // step), int(glyph.s0 // step)
        near = (
            other
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for other in places.get((glyph.text, glyph.angle, row + i, column + j), ())
        )
        if any(_over(glyph, other) for other in near):
            yield glyph
        else:
            places[glyph.text, glyph.angle, row, column].append(glyph)


def _over(glyph: Glyph, other: Glyph) -> bool:
    size = min(glyph.size, other.size)
    along = max(COPY_ALONG * size, 0.3 * min(glyph.s1 - glyph.s0, other.s1 - other.s0))
    return (
        abs(glyph.s0 - other.s0) < along
        and abs(glyph.t - other.t) < COPY_ACROSS * size
        and abs(glyph.size - other.size) < 0.2 * size
        and glyph.box[0] < other.box[2] + size
    )


def _without_ink(page: PdfPage, glyphs: list[Glyph]) -> list[Glyph]:
    """Text that the picture of the page does not show: white on white, or transparent without a picture
    below.
    """
    inked = [g for g in glyphs if not g.blank]
    if not any(map(str.isdigit, (g.text for g in inked))):
        return []
    flat = _flat_on(page, inked)
    by_run: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in inked:
        by_run[glyph.run].append(glyph)
    hidden = [
        g for run in by_run.values() if sum(id(g) in flat for g in run) >= RUN_UNSEEN * len(run) for g in run
    ]
    return hidden if len(hidden) < MOST_UNSEEN * len(inked) else []


def _flat_on(page: PdfPage, glyphs: list[Glyph]) -> set[int]:
    """The glyphs (by ``id``) in whose box the picture of the page has one shade only."""
    width, height = page.get_size()
    scale = min(2.0, PICTURE / max(width, height, 1.0))
    bitmap = page.render(scale=scale, rotation=-page.get_rotation() % 360, grayscale=True, draw_annots=False)
    try:
        pixels, stride = memoryview(bitmap.buffer).cast("B"), bitmap.stride
        return {
            id(g)
            for g in glyphs
            if _is_flat(pixels, stride, bitmap.width, bitmap.height, [edge * scale for edge in g.box])
        }
    finally:
        bitmap.close()


def _is_flat(pixels: memoryview, stride: int, width: int, height: int, box: list[float]) -> bool:
    left, right = max(int(box[0]) - 1, 0), min(int(box[2]) + 2, width)
    low, high = 255, 0
    for row in range(max(int(box[1]) - 1, 0), min(int(box[3]) + 2, height)):
        line = bytes(pixels[row * stride + left : row * stride + right])
        if line:
            low, high = min(low, min(line)), max(high, max(line))
            if high - low >= CONTRAST:
                return False
    return True


def in_frame(glyph: Glyph, angle: int) -> Glyph:
    """A glyph of another direction as a mark in the system of ``angle``: its ink gives its place."""
    x0, y0, x1, y1 = glyph.box
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along = [x * cos - y * sin for x in (x0, x1) for y in (y0, y1)]
    across = [-y * cos - x * sin for x in (x0, x1) for y in (y0, y1)]
    return replace(glyph, s0=min(along), s1=max(along), t=min(across), angle=angle)
