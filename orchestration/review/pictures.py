"""The picture of a page of a PDF, with boxes around the figures of a group."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from orchestration.extraction.errors import ExtractionError
from orchestration.review.dossier import Item
from orchestration.review.groups import Group

#: Dots per point: 110 dpi.
SCALE = 110 / 72
Box = tuple[float, float, float, float]
_MARGIN = 2.0
#: Points of print shown above and below the figures of a group.
_STRIP = 90.0


class Marks(TypedDict):
    """Where figures stand on the picture of a page, in its dots: ``cases`` holds the place and the print of
    each with its box (x0, y0, x1, y1) on the whole page, ``top`` is where the strip around them begins.
    """

    top: int
    cases: list[list[str | int]]


def marks_by_page(shown: Group, own: Sequence[Item], first: Sequence[Item] = ()) -> dict[int, Marks]:
    """The marks of the figures ``own`` on the picture of each page around the figures ``shown``, the pages of
    ``first`` before the others.
    """
    before = {item.page for item in first}
    pages = sorted(
        {item.page for item in shown.items if item.page}, key=lambda page: (page not in before, page)
    )
    return {page: _marks_on(page, shown, own) for page in pages}


def _marks_on(page: int, shown: Group, own: Iterable[Item]) -> Marks:
    placed = ((item, item.box) for item in own if item.page == page and item.box)
    return {
        "top": _top_of(_boxes(shown.items, page)),
        "cases": [
            [item.key, item.printed, *(round(edge * SCALE) for edge in _padded(box))] for item, box in placed
        ],
    }


def _padded(box: Box) -> Box:
    x0, y0, x1, y1 = box
    return x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN


def _boxes(items: Iterable[Item], page: int) -> list[Box]:
    return [item.box for item in items if item.page == page and item.box]


def _top_of(boxes: Sequence[Box]) -> int:
    return int(max(0.0, min((box[1] for box in boxes), default=0.0) - _STRIP) * SCALE)


def picture_of(path: Path, page: int, group: Group | None, around: bool = False) -> bytes:
    """The PNG of page ``page`` (from 1) of a PDF, or of the strip ``around`` the figures of the group; raises
    ``ExtractionError`` where there is none.
    """
    import pypdfium2
    from PIL import ImageDraw

    if path.suffix.casefold() != ".pdf":
        raise ExtractionError(f"{path.name} n'est pas un PDF : il n'a pas d'image de page")
    document = pypdfium2.PdfDocument(path)
    try:
        if not 1 <= page <= len(document):
            raise ExtractionError(f"{path.name} n'a pas de page {page}")
        image = document[page - 1].render(scale=SCALE).to_pil()
    finally:
        document.close()
    pen = ImageDraw.Draw(image)
    boxes = _boxes(group.items, page) if group else []
    for box in boxes:
        pen.rectangle([edge * SCALE for edge in _padded(box)], outline=(200, 60, 0), width=3)
    if around and boxes:
        top = _top_of(boxes)
        bottom = min(float(image.height), (max(box[3] for box in boxes) + _STRIP) * SCALE)
        image = image.crop((0, top, image.width, int(bottom)))
    stream = io.BytesIO()
    image.quantize(32).save(stream, "PNG")
    return stream.getvalue()
