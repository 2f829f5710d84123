"""The picture of a page of a PDF, with boxes around the figures of a group."""

from __future__ import annotations

import io
from pathlib import Path

from orchestration.extraction.errors import ExtractionError
from orchestration.review.groups import Group

#: Dots per point: 110 dpi.
SCALE = 110 / 72
_MARGIN = 2.0


def picture_of(path: Path, page: int, group: Group | None) -> bytes:
    """The PNG of page ``page`` (from 1) of a PDF; raises ``ExtractionError`` where there is none."""
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
    for item in group.items if group else ():
        if item.page == page and item.box:
            x0, y0, x1, y1 = item.box
            pen.rectangle(
                [
                    (x0 - _MARGIN) * SCALE,
                    (y0 - _MARGIN) * SCALE,
                    (x1 + _MARGIN) * SCALE,
                    (y1 + _MARGIN) * SCALE,
                ],
                outline=(200, 60, 0),
                width=3,
            )
    stream = io.BytesIO()
    image.quantize(32).save(stream, "PNG")
    return stream.getvalue()
