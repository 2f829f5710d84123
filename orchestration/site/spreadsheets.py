"""The figures of a page as CSV and XLSX: the same rows, with the place of each in its report.

CSV is for programs (commas, decimal points, UTF-8), XLSX for people (numbers as numbers, a frozen head, a
filter). A workbook here is one sheet of texts and numbers: the five parts that the format asks for (ECMA-376)
are written as they are, in a third of the bytes and a tenth of the time that the libraries take for styles
and themes which nobody uses; there are as many workbooks as indicators.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from orchestration.site.rows import Row

COLUMNS = {
    "indicateur_code": 24, "organisme_code": 18, "organisme": 28, "periode_code": 12, "annee": 7,
    "precisions": 34, "nature": 11, "valeur": 18, "unite": 8, "demi_intervalle": 12, "valeur_imprimee": 18,
    "rapport_code": 22, "ligne": 7, "colonne": 8, "libelle": 36,
}  # fmt: skip
NUMBERS = ("annee", "valeur", "demi_intervalle", "ligne", "colonne")
#: The parts that are the same in every workbook, by their path in the package.
WORKBOOK = Path(__file__).with_name("workbook")
PARTS = ("[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/workbook.xml")
SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


#: Fewer figures than this need no workbook: the page shows them, and the CSV holds them.
WORTH_A_BOOK = 10
#: What programs look up by its code.
_FOR_PEOPLE = ("organisme", "libelle")
#: What the period and the printed number say already.
_IMPLIED = ("annee", "demi_intervalle")


Table = Sequence[Sequence[str]]


def tabulate(rows: Iterable[Row]) -> Table:
    """The cells of the rows as texts, in the order of ``COLUMNS``."""
    return [[_text(row[column]) for column in COLUMNS] for row in rows]


def as_csv(table: Table, without: Sequence[str] = ()) -> bytes:
    """The rows with a head, as RFC 4180 with line feeds; ``without`` what is the same in all of them. What
    other columns imply (the year, the rounding) stands in workbooks and in the published file.
    """
    left = (*_FOR_PEOPLE, *_IMPLIED, *without)
    taken = itemgetter(*(place for place, column in enumerate(COLUMNS) if column not in left))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(taken([*COLUMNS]))
    writer.writerows(map(taken, table))
    return out.getvalue().encode(errors="replace")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return " · ".join(value) if isinstance(value, list) else str(value)


def as_xlsx(table: Table) -> bytes:
    """The rows as one sheet under a frozen head with a filter; numbers stay numbers, texts stay texts
    whatever they begin with.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**_parts(), SHEET: _HEAD + _sheet(table)}.items():
            # Without a date of its own a part is of 1980, so that two workbooks of the same rows are the same
            # bytes.
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(part, content)
    return out.getvalue()


@cache
def _parts() -> dict[str, str]:
    return {name: (WORKBOOK / name).read_text(encoding="utf-8") for name in PARTS}


def _sheet(table: Table) -> str:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(COLUMNS.values(), 1)
    )
    cells = [_number_cell if column in NUMBERS else _text_cell for column in COLUMNS]
    lines = ["".join(map(_text_cell, COLUMNS))]
    lines += ["".join([cell(text) for cell, text in zip(cells, row, strict=True)]) for row in table]
    told = "".join(f"<row>{line}</row>" for line in lines)
    last = f"{chr(ord('A') + len(COLUMNS) - 1)}{len(lines)}"
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        'topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>{told}</sheetData>"
        f'<autoFilter ref="A1:{last}"/></worksheet>'
    )


def _number_cell(text: str) -> str:
    return f"<c><v>{text}</v></c>" if text else "<c/>"


@lru_cache(maxsize=16_384)
def _text_cell(text: str) -> str:
    """A cell of text; most stand in many rows."""
    told = escape(_UNFIT.sub("\ufffd", text))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>' if told else "<c/>"
