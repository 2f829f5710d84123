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

#: What may be a card: its sides, points of the shorter ones, share of the width and height of its page.
LEAST_SIDES, LEAST_AREA, MOST_OF_PAGE = 4, 24.0, (0.7, 0.5)


def drawn_on(page: PdfPage) -> tuple[list[list[list[Bounds | None]]], list[Bounds]]:
    """What is drawn on a page, as x0, y0, x1, y1 in points from its top left: the cells of each ruled table
    by row (``None`` where a cell spans); the areas of shapes that may be cards, no hairlines, no grounds.
    """
    edges, areas = _edges_and_areas(page)
    if len(edges) < 4:
        return [], areas
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    merged = merge_edges(edges, SNAP, SNAP, SNAP, SNAP)
    cells = intersections_to_cells(edges_to_intersections(merged, SNAP, SNAP))
    return [list(_rows(table)) for table in cells_to_tables(cells)], areas


def _rows(cells: list[Bounds]) -> Iterator[list[Bounds | None]]:
    lefts = sorted({cell[0] for cell in cells})
    for _, row in itertools.groupby(sorted(cells, key=lambda c: (c[1], c[0])), key=lambda c: c[1]):
        by_left = {cell[0]: cell for cell in row}
        yield [by_left.get(left) for left in lefts]


def _edges_and_areas(page: PdfPage) -> tuple[list[Edge], list[Bounds]]:
    """The horizontal and vertical strokes and sides of shapes of a page, and the areas of those that may be
    cards; none when it holds too many.
    """
    from pypdfium2 import raw

    edges: list[Edge] = []
    areas: list[Bounds] = []
    left, bottom, right, top = page.get_bbox()
    for count, path in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4)):
        if count > MOST_PATHS or len(edges) > MOST_EDGES:
            return [], []
        sides = [(x0 - left, top - y0, x1 - left, top - y1) for (x0, y0), (x1, y1) in _segments(path)]
        edges.extend(edge for side in sides if (edge := _edge(*side)))
        if len(sides) >= LEAST_SIDES and (area := _area(sides, right - left, top - bottom)):
            areas.append(area)
    return edges, areas


def _area(sides: list[Bounds], width: float, height: float) -> Bounds | None:
    """What a shape of these sides covers, where it may be a card on a page of ``width`` and ``height``."""
    x0, x1 = min(min(s[0], s[2]) for s in sides), max(max(s[0], s[2]) for s in sides)
    y0, y1 = min(min(s[1], s[3]) for s in sides), max(max(s[1], s[3]) for s in sides)
    narrow = LEAST_AREA <= x1 - x0 <= MOST_OF_PAGE[0] * width
    return (x0, y0, x1, y1) if narrow and LEAST_AREA <= y1 - y0 <= MOST_OF_PAGE[1] * height else None


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
