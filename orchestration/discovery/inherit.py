"""Last year's template tried first: what still matches a new report of the same body is kept, the rest is listed.

Years inside fragments and periods move by the difference between the two reports. Each field and table is tried alone.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import Any

from orchestration.extraction.catalogue import Catalogue
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import ExtractionError, Problems
from orchestration.extraction.reader import Reader
from orchestration.extraction.reports import Report
from orchestration.extraction.templates import Template, load_yaml

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass
class Inherited:
    """What an older template gives: blocks that read the new document, and the fragments that no longer match."""

    source: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    kept: int = 0
    gone: list[str] = field(default_factory=list)


def latest_of_body(report: Report, reports: list[Report]) -> Report | None:
    """The newest other report of the same body that has a reviewed template, or ``None``."""
    same = [r for r in reports if r.organisme == report.organisme and r.code != report.code and not r.brouillon]
    return max(same, key=lambda r: r.periode, default=None)


def inherit(report: Report, document: Document, older: Report, catalogue: Catalogue) -> Inherited:
    """Try every field and table of ``older``'s template on ``document``."""
    result = Inherited(older.code)
    delta = int(report.periode[:4]) - int(older.periode[:4])
    for block in _blocks(older):
        _try_block(report, document, _moved(block, delta), catalogue, result)
    return result


def _blocks(report: Report) -> list[dict[str, Any]]:
    files = [p for p in (report.folder / "template.yml", *sorted((report.folder / "template").glob("*.yml"))) if p.is_file()]
    return [block for path in files for block in (load_yaml(path) or {}).get("blocs", [])]


def _moved(node: Any, delta: int) -> Any:
    """The same data with every year moved by ``delta``."""
    if isinstance(node, dict):
        return {k: _moved(v, delta) for k, v in node.items()}
    if isinstance(node, list):
        return [_moved(v, delta) for v in node]
    if isinstance(node, str):
        return _YEAR.sub(lambda m: str(int(m[1]) + delta), node)
    return node


def _try_block(report: Report, document: Document, block: dict[str, Any], catalogue: Catalogue, result: Inherited) -> None:
    frame = {k: v for k, v in block.items() if k not in ("champs", "tableau", "tableaux", "controles", "ecarts")}
    if not _reads(report, document, {**frame, "champs": []}, catalogue):
        frame = {k: v for k, v in frame.items() if k not in ("debut", "fin", "rang")}
    kept: dict[str, Any] = {**copy.deepcopy(frame), "revue": False}
    tables = ([block["tableau"]] if "tableau" in block else []) + list(block.get("tableaux", []))
    for key, parts in (("champs", block.get("champs", [])), ("tableaux", tables)):
        for part in parts:
            if _reads(report, document, {**frame, key: [part]}, catalogue):
                kept.setdefault(key, []).append(part)
                result.kept += 1
            else:
                result.gone.append(f"{block['bloc']}: {_told(part)}")
    if "champs" in kept or "tableaux" in kept:
        result.blocks.append(kept)


def _told(part: dict[str, Any]) -> str:
    return str(part.get("lire") or [row.get("libelle") for row in part.get("lignes", [])][:3] or part.get("dimension", "?"))[:100]


def _reads(report: Report, document: Document, block: dict[str, Any], catalogue: Catalogue) -> bool:
    problems = Problems(report.code)
    try:
        template = Template.model_validate({"blocs": [block]})
        Reader(document, report.defaults, catalogue, problems).read(template)
    except (ExtractionError, ValueError):
        return False
    return not len(problems)
