"""Pictures of the pages of a PDF: the surroundings of its numbers, the rest left white unless the
installation may show whole pages.

Drawn by pdfium in a process of its own, bounded in memory and time, and kept from night to night: a document
and boxes that did not change are not drawn again. Does not belong here: reading a PDF (extraction/pdf.py) and
the pages that show the pictures.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestration.extraction.confined import Limits, confine
from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.site.rows import Row

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage

#: Dots per point of the page: 100 dpi.
SCALE = 100 / 72
COLOURS = 16
#: What is shown around a number that was read (its row to the left, its unit to the right) where the page
#: holds no text, and around one that was set aside, in points.
READ, ASIDE = (260, 4, 90, 4), (3, 3, 3, 3)
#: Words above or below a number name it where their line is no wider than this, in points, and close to it in
#: heights of a line; that many lines of them on each side.
LABEL_WIDTH, CLOSE, LABEL_LINES = 170, 1.6, 3
#: How far above or below a line the next one is looked for, and the height of the bands by which lines are
#: found, in points.
REACH, BAND = 40, 20
LIMITS = Limits(memory=1024 * 1024 * 1024, seconds=300)
_ROOT = Path(__file__).resolve().parents[2]


class Area(NamedTuple):
    """A rectangle of a page, in points from its top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float

    def around(self, left: float, above: float, right: float, below: float) -> Area:
        """The rectangle widened on each side."""
        return Area(self.x0 - left, self.y0 - above, self.x1 + right, self.y1 + below)

    def shares_rows_with(self, other: Area) -> bool:
        """Whether half of the lower of the two stands at the height of the other."""
        common = min(self.y1, other.y1) - max(self.y0, other.y0)
        return common > 0.5 * min(self.y1 - self.y0, other.y1 - other.y0)

    def shares_columns_with(self, other: Area) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1


@dataclass(frozen=True)
class Facsimile:
    """The picture of one page: its file, and the size of the page in points."""

    page: int
    file: Path
    width: float
    height: float


class Originals:
    """The documents under ``documents``, where they are at hand as they were read.

    Pictures are kept under ``kept``, one folder for each document and its boxes. ``whole`` shows whole pages
    and all lines: only an installation that may says so.
    """

    def __init__(self, documents: Path, kept: Path, whole: bool = False) -> None:
        self._documents, self._kept, self._whole = documents, kept, whole
        self._used: set[str] = set()

    def lines(self, report: Row) -> dict[int, str]:
        """All lines of a report that are not blank, where whole texts may be shown; else nothing."""
        if not self._whole or self._read(report) is None:
            return {}
        try:
            document = read_document(self._documents / str(report["document"]))
        except ExtractionError:
            return {}
        return {line: text for line, text in enumerate(document.lines, 1) if text.strip()}

    def _read(self, report: Row) -> bytes | None:
        """The document of a report, unless it is away or is no longer the one that was read."""
        path = self._documents / str(report["document"])
        data = path.read_bytes() if path.is_file() else b""
        return data if sha256(data).hexdigest() == report["document_sha256"] else None

    def pictures(self, report: Row, numbers: Sequence[Row]) -> dict[int, Facsimile]:
        """The pictures of a report by page; none when its document is not at hand as it was read, or cannot
        be drawn.
        """
        boxes: dict[int, list[tuple[float, ...]]] = {}
        for row in numbers:
            if row["page"] is not None and row["boite"] is not None:
                boxes.setdefault(row["page"], []).append(
                    (*row["boite"], float(row["statut"] == "observation"))
                )
        if not boxes or (data := self._read(report)) is None:
            return {}
        request = json.dumps({"boxes": boxes, "whole": self._whole}, sort_keys=True)
        drawn_so = sha256(Path(__file__).read_bytes()).hexdigest()
        key = sha256(f"{report['document_sha256']} {drawn_so} {request}".encode()).hexdigest()
        self._used.add(key)
        folder = self._kept / key
        if not (folder / "pages.json").exists() and not _draw(data, request, folder):
            return {}
        sizes: Mapping[str, Any] = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
        return {
            int(page): Facsimile(int(page), folder / f"{page}.png", *size) for page, size in sizes.items()
        }

    def forget(self) -> None:
        """Remove the pictures that no report of this night showed."""
        for folder in self._kept.iterdir() if self._kept.is_dir() else ():
            if folder.name not in self._used:
                shutil.rmtree(folder, ignore_errors=True)


def _draw(data: bytes, request: str, folder: Path) -> bool:
    """Draw the pages of a document into ``folder``; false when the document is beyond the limits or cannot be
    drawn.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "orchestration.site.facsimile", str(folder)]
    asked = request.encode() + b"\n" + data
    done = subprocess.run(
        command, cwd=_ROOT, input=asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
    return not done.returncode


def main(arguments: list[str]) -> None:
    """Draw into the folder that is named: the request is the first line of standard input, the document the
    rest.
    """
    confine(LIMITS)
    import pypdfium2

    folder, request = Path(arguments[0]), json.loads(sys.stdin.buffer.readline())
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    sizes = {}
    for number, boxes in request["boxes"].items():
        page = document[int(number) - 1]
        turned = page.get_rotation()
        picture = page.render(scale=SCALE, rotation=-turned % 360, draw_annots=False).to_pil().convert("RGB")
        shown = picture if request["whole"] else _surroundings(picture, boxes, _lines(page))
        shown.quantize(COLOURS).save(folder / f"{number}.png", optimize=True)
        sizes[number] = [picture.width / SCALE, picture.height / SCALE]
    (folder / "pages.json").write_text(json.dumps(sizes), encoding="utf-8")


class LinesByHeight:
    """Stretches of text of a page, each on one line, found by their height: a page may hold thousands."""

    def __init__(self, pieces: Iterable[Area]) -> None:
        self._lines: list[Area] = []
        self._by_band: dict[int, set[int]] = defaultdict(set)
        for piece in sorted(pieces):
            near = next((i for i in self._touching(piece) if _continues(self._lines[i], piece)), None)
            if near is None:
                near = len(self._lines)
                self._lines.append(piece)
            line = self._lines[near]
            line = Area(*map(min, line[:2], piece[:2]), *map(max, line[2:], piece[2:]))
            self._lines[near] = line
            for band in _bands(line):
                self._by_band[band].add(near)

    def _touching(self, area: Area) -> list[int]:
        return sorted({i for band in _bands(area) for i in self._by_band.get(band, ())})

    def beside(self, area: Area) -> list[Area]:
        """The lines at the height of an area, and little more."""
        return [self._lines[i] for i in self._touching(area)]


def _bands(area: Area) -> range:
    return range(int(area.y0 // BAND), int(area.y1 // BAND) + 1)


def _lines(page: PdfPage) -> LinesByHeight:
    """The lines of text of a page."""
    text, (left, _, _, top) = page.get_textpage(), page.get_cropbox()
    found = (text.get_rect(i) for i in range(text.count_rects()))
    return LinesByHeight(Area(x0 - left, top - y1, x1 - left, top - y0) for x0, y0, x1, y1 in found)


def _continues(line: Area, piece: Area) -> bool:
    """Whether two pieces of text are words of one line: no wider apart than the blank between words."""
    blank = 0.5 * max(line.y1 - line.y0, piece.y1 - piece.y0)
    return line.shares_rows_with(piece) and line.shares_columns_with(piece.around(blank, 0, blank, 0))


def _surroundings(picture: Image, boxes: Sequence[Sequence[float]], lines: LinesByHeight) -> Image:
    """A white page with what stands around its numbers: whole lines, never a slice of one."""
    from PIL import Image

    shown = Image.new("RGB", picture.size, "white")
    for *corners, read in boxes:
        box = Area(*corners)
        words = [*_row(box, lines), *_labels(box, lines)] if read else []
        bare = READ if read and not words else ASIDE
        for place in (box.around(*bare), *(line.around(1, 1, 1, 1) for line in words)):
            begin, end = _within(picture, *place[:2]), _within(picture, *place[2:])
            shown.paste(picture.crop((*begin, *end)), begin)
    return shown


def _row(box: Area, lines: LinesByHeight) -> list[Area]:
    """What stands on the line of a number; where nothing is near, the nearest text before it."""
    row = [line for line in lines.beside(box) if line.shares_rows_with(box)]
    near = [line for line in row if line.shares_columns_with(box.around(READ[0], 0, READ[2], 0))]
    if all(line.shares_columns_with(box) for line in near):
        before = [line for line in row if line.x1 <= box.x0]
        near += [max(before, key=lambda line: line.x1)] if before else []
    return near


def _labels(box: Area, lines: LinesByHeight) -> list[Area]:
    """The short lines right above and below a number, in its column: what a box or a column is called."""
    found = []
    for side in (-1, 1):
        last = box
        for _ in range(LABEL_LINES):
            following = [
                line
                for line in lines.beside(last.around(0, REACH, 0, REACH))
                if _follows(last, line, side)
                and line.x1 - line.x0 <= LABEL_WIDTH
                and not line.shares_rows_with(box)
            ]
            if not following:
                break
            last = min(following, key=lambda line: side * line.y0)
            found.append(last)
    return found


def _follows(last: Area, line: Area, side: int) -> bool:
    """Whether a line stands right above (-1) or below (1) another one, in its column."""
    gap = line.y0 - last.y1 if side > 0 else last.y0 - line.y1
    height = line.y1 - line.y0
    return -0.4 * height < gap < CLOSE * height and line.shares_columns_with(last.around(10, 0, 10, 0))


def _within(picture: Image, x: float, y: float) -> tuple[int, int]:
    """A place on the page, in points, as a dot of its picture."""
    return round(min(max(x * SCALE, 0), picture.width)), round(min(max(y * SCALE, 0), picture.height))


if __name__ == "__main__":
    main(sys.argv[1:])
