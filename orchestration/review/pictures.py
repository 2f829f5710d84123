"""The picture of a page of a PDF, with boxes around the figures of a group."""

from __future__ import annotations

import io
from pathlib import Path

from orchestration.extraction.errors import ExtractionError
from orchestration.review.groups import Group

#: Dots per point: 110 dpi.
SCALE = 110 / 72
_MARGIN = 2.0
#: Points of print shown above and below the figures of a group.
_STRIP = 90.0


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
    boxes = [item.box for item in group.items if item.page == page and item.box] if group else []
    for box in boxes:
        x0, y0, x1, y1 = (edge * SCALE for edge in box)
        pad = _MARGIN * SCALE
        pen.rectangle([x0 - pad, y0 - pad, x1 + pad, y1 + pad], outline=(200, 60, 0), width=3)
    if around and boxes:
        top = max(0.0, min(box[1] for box in boxes) - _STRIP) * SCALE
        bottom = min(float(image.height), (max(box[3] for box in boxes) + _STRIP) * SCALE)
        image = image.crop((0, int(top), image.width, int(bottom)))
    stream = io.BytesIO()
    image.quantize(32).save(stream, "PNG")
    return stream.getvalue()
