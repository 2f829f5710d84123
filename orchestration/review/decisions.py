"""What a reviewer decides of some figures, written into the template; tried on the document before anything
is written.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.templates import template_files
from orchestration.extraction.written_yaml import edited
from orchestration.review.dossier import MEANINGS, Dossier, Item, find_item, open_dossier, state_of
from orchestration.review.trail import Trail

#: What a draft writes beside a guess, and a decision takes away.
UNKNOWN_NOTE = "concept non reconnu"


class Stale(ExtractionError):
    """The template changed since the page was made."""


@dataclass(frozen=True)
class Decision:
    """Either ``meaning`` (keys of ``MEANINGS``) is what the figures mean, or they are set aside for the
    reason ``aside``.
    """

    figures: tuple[str, ...]
    meaning: Mapping[str, str] = field(default_factory=dict)
    aside: str = ""

    @property
    def said(self) -> str:
        """The decision in a few words of French."""
        what = f"mis de côté ({self.aside})" if self.aside else self.meaning.get("indicateur", "relu")
        return f"{len(self.figures)} chiffre{'s' if len(self.figures) > 1 else ''} : {what}"


def decide(dossier: Dossier, decision: Decision, state: str, trail: Trail) -> Dossier:
    """Write ``decision`` and return the report as it reads afterwards.

    Raises ``Stale`` when the template is not what the reviewer saw, ``ExtractionError`` when the decision
    cannot be written or would change how other figures are read. Nothing is written then.
    """
    if state != state_of(dossier.report) or state != dossier.state:
        raise Stale(
            f"{dossier.report.code}: le gabarit a changé depuis l'affichage ; rechargez la page et décidez "
            "de nouveau"
        )
    items = [find_item(dossier, key) for key in decision.figures]
    after = _edited_files(dossier, items, decision)
    _try(dossier, items, decision, after)
    trail.record(decision.said, len(items), after)
    return open_dossier(dossier.report, dossier.document, dossier.catalogue)


def _edited_files(dossier: Dossier, items: Iterable[Item], decision: Decision) -> dict[str, str]:
    by_file: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.hole is None:
            raise ExtractionError(
                f"« {item.printed} » (ligne {item.line}) est lu par un tableau : corrigez le gabarit à la "
                "main"
            )
        by_file[item.hole.file].append(item)

    return {
        name: edited(
            (dossier.report.folder / name).read_text(encoding="utf-8"),
            name,
            partial(_set_all, those, decision),
        )
        for name, those in by_file.items()
    }


def _set_all(items: list[Item], decision: Decision, data: Any) -> None:
    for item in items:
        _set(data, item, decision)


def _set(data: Any, item: Item, decision: Decision) -> None:
    hole = item.hole
    assert hole is not None
    meaning = _meaning_of(data["blocs"][hole.block]["champs"][hole.field], hole.name, hole.rank)
    for key in ("confiance", "ecarter"):
        meaning.pop(key, None)
    if meaning.get("note") == UNKNOWN_NOTE:
        meaning.pop("note")
    if decision.aside:
        meaning["ecarter"] = decision.aside
        return
    for key, value in decision.meaning.items():
        if value and value != item.meaning[key]:
            meaning[key] = value
    meaning["revue"] = True


def _meaning_of(form: Any, name: str, rank: int) -> Any:
    """The mapping that holds the meaning of a hole, made where it is missing."""
    if name:
        if not isinstance(form.get(name), dict):
            form[name] = {}
        return form[name]
    meanings = form.setdefault("valeurs", [])
    while len(meanings) <= rank:
        meanings.append({})
    if meanings[rank] is None:
        meanings[rank] = {}
    return meanings[rank]


def _try(dossier: Dossier, items: list[Item], decision: Decision, after: Mapping[str, str]) -> None:
    """Read the report with the files as they would be; refuse what does not read, or reads other figures
    otherwise.
    """
    tried = _read_with(dossier, after)
    now = {item.key: item for item in tried.items}
    decided = {item.key for item in items}
    for item in dossier.items:
        if item.key in decided:
            continue
        again = now.get(item.key)
        if again is None or (again.value, again.meaning, again.reviewed) != (
            item.value,
            item.meaning,
            item.reviewed,
        ):
            raise ExtractionError(
                f"cette décision changerait aussi « {item.printed} » (ligne {item.line}), qu'elle ne vise "
                "pas : rien n'est écrit"
            )
    if decision.aside:
        return
    for item in items:
        wrong = [
            key for key, value in decision.meaning.items() if value and now[item.key].meaning[key] != value
        ]
        if wrong:
            raise ExtractionError(
                f"« {item.printed} » (ligne {item.line}) : {', '.join(wrong)} n'a pas pu être fixé"
            )


def _read_with(dossier: Dossier, after: Mapping[str, str]) -> Dossier:
    with tempfile.TemporaryDirectory(prefix="revue-") as temporary:
        folder = Path(temporary) / dossier.report.code
        for path in template_files(dossier.report.folder):
            name = path.relative_to(dossier.report.folder)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            text = after.get(str(name))
            if text is None:
                shutil.copyfile(path, folder / name)
            else:
                (folder / name).write_text(text, encoding="utf-8")
        return open_dossier(
            dossier.report.model_copy(update={"folder": folder}), dossier.document, dossier.catalogue
        )


def meaning_from(form: Mapping[str, str]) -> dict[str, str]:
    """The keys of a meaning that a form holds, blanks left out."""
    return {key: form[key].strip() for key in MEANINGS if form.get(key, "").strip()}
