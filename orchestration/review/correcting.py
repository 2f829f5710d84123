"""One corrected reading, tried on the document where it is at hand, then written where the readings of its
report are corrected, with what was read before.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.building.whole import write_whole
from orchestration.extraction.catalogue import UNSTATED, Catalogue
from orchestration.extraction.corrections import FILE, KEYS, load_corrections
from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, extract_report, load_report, read_extract
from orchestration.extraction.written_yaml import edited, written

_PLACE = re.compile(r"(\d+)-(\d+)")
_OF_A_LINE = re.compile(r"^.*, ligne \d+ : (?:apres : |motif : )?")
#: What the command that a page shows leaves to be filled in.
_OPEN = ("", "…", "...")


@dataclass(frozen=True)
class Corrected:
    """Where a correction was written, whether it took the place of an earlier one, and the document that it
    waits for; empty where that is at hand.
    """

    path: Path
    replaced: bool
    waits_for: str


def write_correction(
    raw: Path,
    code: str,
    place: str,
    given: Mapping[str, str],
    reason: str,
    catalogue: Catalogue,
    documents: Path,
) -> Corrected:
    """Write a correction of the number at ``place`` (``497-12``) into ``raw/<code>/corrections.yml``; it
    takes the place of an earlier one there, whose other keys it keeps.

    Raises ``ExtractionError``, and writes nothing, when there is no such figure, nothing would change, or the
    report could not be read with it.
    """
    match = _PLACE.fullmatch(place)
    if not (raw / code / "report.yml").is_file():
        raise ExtractionError(f"aucun rapport ne se nomme « {code} »")
    if match is None:
        raise ExtractionError(
            f"« {place} » ne désigne pas un chiffre : donnez sa ligne et sa colonne, comme 497-12"
        )
    report = load_report(raw / code)
    rows = read_extract(report).numbers.filter(
        (pl.col("ligne") == match[1]) & (pl.col("colonne") == match[2]) & (pl.col("statut") == "observation")
    )
    if rows.is_empty():
        raise ExtractionError(f"{code}: aucun chiffre n'est lu en {place}")
    row = rows.row(0, named=True)
    given = _whole(given, reason, catalogue)
    known = load_corrections(report.folder).get((int(match[1]), int(match[2])))
    before = {key: row[key if key in row else f"{key}_code"] for key in given}
    if before == dict(given):
        raise ExtractionError(f"{code}: {place} se lit déjà ainsi")
    entry: dict[str, Any] = {
        "ligne": int(match[1]),
        "colonne": int(match[2]),
        "avant": {**before, **(known.avant if known else {})},
        "apres": {**(known.apres if known else {}), **given},
        "motif": reason,
        "date": date.today().isoformat(),
    }
    text = _with(report.folder / FILE, entry)
    waits = "" if (documents / report.document).is_file() else report.document
    _try(report, text, (entry["ligne"], entry["colonne"]), catalogue, None if waits else documents)
    write_whole(report.folder / FILE, text)
    return Corrected(report.folder / FILE, known is not None, waits)


def _whole(given: Mapping[str, str], reason: str, catalogue: Catalogue) -> Mapping[str, str]:
    """What is corrected, with what goes along; refuses what cannot be corrected, or is left to be said."""
    wrong = sorted(set(given) - set(KEYS))
    if wrong:
        raise ExtractionError(f"{', '.join(wrong)} ne se corrige pas ; se corrigent : {', '.join(KEYS)}")
    if left := [key for key, value in given.items() if value.strip() in _OPEN]:
        raise ExtractionError(f"dites après « {left[0]}= » ce qui se lit vraiment")
    if reason.strip() in _OPEN:
        raise ExtractionError("dites pourquoi après -m, en quelques mots")
    if "organisme" in given and "territoire" not in given:  # another body brings its place along
        return {**given, "territoire": catalogue.territories.get(given["organisme"], UNSTATED)}
    return given


def _with(path: Path, entry: dict[str, Any]) -> str:
    """The text of the corrections with one more, or another one at its place."""
    if not path.is_file():
        return written({"corrections": [entry]})

    def put(data: Any) -> None:
        found = data["corrections"]
        place = (entry["ligne"], entry["colonne"])
        at = next((n for n, one in enumerate(found) if (one["ligne"], one["colonne"]) == place), None)
        if at is None:
            found.append(entry)
        else:
            found[at] = entry

    return edited(path.read_text(encoding="utf-8"), path.name, put)


def _try(
    report: Report, text: str, place: tuple[int, int], catalogue: Catalogue, documents: Path | None
) -> None:
    """Refuse corrections with which the report does not read; without its document, those that cannot be
    right whatever it prints.
    """
    with tempfile.TemporaryDirectory(prefix="correction-") as temporary:
        folder = Path(temporary) / report.code
        shutil.copytree(report.folder, folder)
        (folder / FILE).write_text(text, encoding="utf-8")
        try:
            correction = load_corrections(folder)[place]
        except ExtractionError as error:  # the file that it names a line of is not written
            raise ExtractionError(_OF_A_LINE.sub("", str(error))) from error
        correction.check_codes(catalogue)
        correction.check_value()
        if documents is not None:
            document = read_document(documents / report.document, report.encodage)
            try:
                extract_report(report.model_copy(update={"folder": folder}), document, catalogue)
            except ExtractionError as error:
                raise ExtractionError(str(error).split("\n")[0]) from error
