"""One corrected reading, written where the readings of its report are corrected, with what was
read before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.extraction.corrections import FILE, KEYS, load_corrections
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import load_report, read_extract
from orchestration.extraction.written_yaml import edited, written

_PLACE = re.compile(r"(\d+)-(\d+)")


def write_correction(raw: Path, code: str, place: str, given: Mapping[str, str], reason: str) -> Path:
    """Add a correction of the number at ``place`` (``497-12``) to ``raw/<code>/corrections.yml``; returns its
    path.

    Raises ``ExtractionError`` when there is no such figure, nothing would change, or the file would not be
    valid.
    """
    match = _PLACE.fullmatch(place)
    if not (raw / code / "report.yml").is_file() or match is None:
        raise ExtractionError(
            f"« {code} {place} » ne désigne pas un chiffre : donnez le rapport et ligne-colonne, comme 497-12"
        )
    report = load_report(raw / code)
    rows = read_extract(report).numbers.filter(
        (pl.col("ligne") == match[1]) & (pl.col("colonne") == match[2]) & (pl.col("statut") == "observation")
    )
    if rows.is_empty():
        raise ExtractionError(f"{code}: aucun chiffre n'est lu en {place}")
    row = rows.row(0, named=True)
    wrong = sorted(set(given) - set(KEYS))
    if wrong:
        raise ExtractionError(f"{', '.join(wrong)} ne se corrige pas ; se corrigent : {', '.join(KEYS)}")
    before = {key: row[key if key in row else f"{key}_code"] for key in given}
    if before == dict(given):
        raise ExtractionError(f"{code}: {place} se lit déjà ainsi")
    entry: dict[str, Any] = {
        "ligne": int(match[1]),
        "colonne": int(match[2]),
        "avant": before,
        "apres": dict(given),
        "motif": reason,
        "date": date.today().isoformat(),
    }
    return _append(report.folder / FILE, entry)


def _append(path: Path, entry: dict[str, Any]) -> Path:
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    text = (
        written({"corrections": [entry]})
        if before is None
        else edited(before, path.name, lambda data: data["corrections"].append(entry))
    )
    path.write_text(text, encoding="utf-8")
    try:
        load_corrections(path.parent)
    except ExtractionError:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
        raise
    return path
