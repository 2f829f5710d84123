"""What is drawn on a PDF page: the cells that its lines close in, the areas that its shapes cover.

pdfium gives the paths; pdfplumber's table functions join them into cells and tables. Does not belong here:
what stands in the cells (sheets).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdfium2 import PdfObject, PdfPage

Bounds = tuple[float, float, float, float]
Edge = dict[str, Any]
#: Paths and edges of a page above which it is a map or a chart; points of the shortest rule, and by which
#: rules may miss each other.
MOST_PATHS, MOST_EDGES, MOST_SEGMENTS, SHORTEST, SNAP = 8_000, 1_500, 400, 6.0, 3.0

#: Points of the shorter side of what may be a card.
LEAST_AREA = 24.0


def ruled_tables(page: PdfPage) -> list[list[list[Bounds | None]]]:
    """The cells of each ruled table by row (``None`` where a cell spans), as x0, y0, x1, y1 in points from
    the top left of the page.
    """
    edges = _edges(page)
    if len(edges) < 4:
        return []
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    merged = merge_edges(edges, SNAP, SNAP, SNAP, SNAP)
    cells = intersections_to_cells(edges_to_intersections(merged, SNAP, SNAP))
    return [list(_rows(table)) for table in cells_to_tables(cells)]


def areas(page: PdfPage) -> list[Bounds]:
    """What the shapes drawn on a page cover, where it may be a card: no hairline, no ground of the page."""
    from pypdfium2 import raw

    left, bottom, right, top = page.get_bbox()
    found: list[Bounds] = []
    for count, path in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1)):
        if count > MOST_PATHS:
            return []
        x0, y0, x1, y1 = path.get_bounds()
        wide, high = x1 - x0, y1 - y0
        if min(wide, high) >= LEAST_AREA and wide <= 0.7 * (right - left) and high <= 0.5 * (top - bottom):
            found.append((x0 - left, top - y1, x1 - left, top - y0))
    return found


def _rows(cells: list[Bounds]) -> Iterator[list[Bounds | None]]:
    lefts = sorted({cell[0] for cell in cells})
    for _, row in itertools.groupby(sorted(cells, key=lambda c: (c[1], c[0])), key=lambda c: c[1]):
        by_left = {cell[0]: cell for cell in row}
        yield [by_left.get(left) for left in lefts]


def _edges(page: PdfPage) -> list[Edge]:
    """The horizontal and vertical strokes and sides of areas of a page; none when it holds too many."""
    from pypdfium2 import raw

    edges: list[Edge] = []
    left, _, _, top = page.get_bbox()
    for count, path in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4)):
        if count > MOST_PATHS or len(edges) > MOST_EDGES:
            return []
        for (x0, y0), (x1, y1) in _segments(path):
            edge = _edge(x0 - left, top - y0, x1 - left, top - y1)
            if edge:
                edges.append(edge)
    return edges


def _edge(x0: float, y0: float, x1: float, y1: float) -> Edge | None:
    if abs(y1 - y0) <= 0.5 and abs(x1 - x0) >= SHORTEST:
        y = (y0 + y1) / 2
        return {
            "x0": min(x0, x1),
            "x1": max(x0, x1),
            "top": y,
            "bottom": y,
            "width": abs(x1 - x0),
            "orientation": "h",
        }
    if abs(x1 - x0) <= 0.5 and abs(y1 - y0) >= SHORTEST:
        x = (x0 + x1) / 2
        return {
            "x0": x,
            "x1": x,
            "top": min(y0, y1),
            "bottom": max(y0, y1),
            "height": abs(y1 - y0),
            "orientation": "v",
        }
    return None


def _segments(path: PdfObject) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight segments of a path, in the system of the page."""
    import ctypes

    from pypdfium2 import raw

    count = raw.FPDFPath_CountSegments(path.raw)
    if not 2 <= count <= MOST_SEGMENTS:
        return
    matrices = [path.get_matrix()]
    holder = path.container
    while holder is not None:
        matrices.append(holder.get_matrix())
        holder = holder.container
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for i in range(count):
        segment = raw.FPDFPath_GetPathSegment(path.raw, i)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = (x.value, y.value)
        for matrix in matrices:
            point = matrix.on_point(*point)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_LINETO:
            yield last, point
        elif kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield point, start
