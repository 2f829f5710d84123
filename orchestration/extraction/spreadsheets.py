"""CSV files that people open in a spreadsheet: a cell of text that it would take for a formula begins with an
apostrophe there.

The committed extracts are read by this project only and hold what is printed, as it is printed.
"""

from __future__ import annotations

import re

import polars as pl

#: A signed number as print shows it, with its unit sign, is no formula.
_NUMBER = re.compile(r"[-+\u2212]?\s?\d[\d\s\u00a0\u202f.,]*\s?(?:%|‰|€|points?|k€|M€|Md€)?")
_FORMULA = re.compile(r"\s*[=+\-@\t\r]|\s*\uff1d|\s*\uff0b|\s*\uff0d|\s*\uff20")


def inert_cell(text: str) -> str:
    """The text of a cell as a spreadsheet should show it: ``=1+1`` becomes ``'=1+1``, ``- 49,0 %`` stays."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def inert(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame whose cells of text no spreadsheet executes."""
    columns = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.col(name).map_elements(inert_cell, return_dtype=pl.String, skip_nulls=True) for name in columns
    )
