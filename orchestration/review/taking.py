"""Numbers that the draft does not read: those that a rule set aside without being sure, and those that
nothing took; and how one of them becomes a figure to review, by a click.

Does not belong here: what a figure means (``decisions``), what a draft looks like (``discovery.draft``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from orchestration.discovery.complete import bodies_of
from orchestration.discovery.concepts import NO_DOMAIN, Concept
from orchestration.discovery.draft import Understood, field_for
from orchestration.discovery.figures import address, read_figures
from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.catalogue import REASONS
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.written_yaml import edited_blocks
from orchestration.review.decisions import Stale, tried
from orchestration.review.dossier import Dossier, Unread, state_of
from orchestration.review.trail import Trail


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number that nobody reads, with its line of print cut at it; ``why`` says in French what took it, or
    nothing did.
    """

    number: Unread
    before: str
    after: str
    why: str


def waiting_in(dossier: Dossier) -> Iterator[Waiting]:
    """The numbers of the document that a person should see: set aside with doubt, or left over."""
    document = dossier.document
    doubtful = read_figures(document, dossier.report.periode[:4]).doubtful if dossier.unread else {}
    for number in dossier.unread:
        start = document.offset(number.line, number.column)
        rule = next((doubtful[at] for at in range(start, start + number.width) if at in doubtful), "")
        if number.reason and not rule:
            continue
        line = document.lines[number.line - 1]
        end = number.column + number.width
        yield Waiting(number, line[: number.column], line[end:], _why(number, rule))


def _why(number: Unread, rule: str) -> str:
    if not number.reason:
        return "rien ne l'a lu"
    reason = REASONS.get(number.reason, number.reason)
    return f"mis de côté : {reason} (règle {rule.replace('_', ' ')}, peu sûre)"


def take_up(dossier: Dossier, key: str, state: str, trail: Trail) -> Dossier:
    """Let the draft read a number that it did not: a field of its own beside those around it, not reviewed.

    Raises ``Stale`` when the template is not what the reviewer saw, ``ExtractionError`` where no field can be
    written that reads this number alone.
    """
    if state != state_of(dossier.report) or state != dossier.state:
        raise Stale(
            f"{dossier.report.code}: le gabarit a changé depuis l'affichage ; rechargez la page et décidez "
            "de nouveau"
        )
    number = next((one for one in dossier.unread if one.key == key), None)
    if number is None:
        raise ExtractionError(
            f"{dossier.report.code}: aucun nombre n'attend plus en {key} ; rechargez la page"
        )
    form = _form(dossier, number)
    beside = [item for item in dossier.items if item.hole is not None]
    if form is None or not beside:
        raise ExtractionError(
            f"« {number.printed} » (ligne {number.line}) ne se lit pas seul : écrivez son champ dans le "
            "gabarit"
        )
    nearest = min(beside, key=lambda item: abs(item.line - number.line))
    assert nearest.hole is not None
    name = nearest.hole.file
    text = (dossier.report.folder / name).read_text(encoding="utf-8")
    after = {name: edited_blocks(text, name, {nearest.hole.block: partial(_append, form)})}
    again = tried(dossier, (), after)
    trail.record(f"« {number.printed} » est un chiffre", 1, after)
    return again


def _append(form: dict[str, Any], block: Any) -> None:
    for value in form["valeurs"] if block.get("revue", True) else ():
        value["revue"] = False
    block["champs"].append(form)


def _form(dossier: Dossier, number: Unread) -> dict[str, Any] | None:
    """The field that reads the number and nothing else, as a draft would have written it."""
    document, report = dossier.document, dossier.report
    start = document.offset(number.line, number.column)
    wanted = frozenset(range(start, start + number.width))
    place = address(number.line, number.column, number.printed)
    bodies = bodies_of(report, dossier.catalogue)
    found = read_figures(document, report.periode[:4], wanted, bodies).figures
    figure = next((f for f in found if address(f.ligne, f.colonne, f.printed) == place), None)
    if figure is None:
        return None
    taken = [document.offset(item.line, item.column) for item in dossier.items]
    spans = [(at, at + item.end) for at, item in zip(taken, dossier.items, strict=True)]
    unknown = Understood(figure, Concept(UNMAPPED, NO_DOMAIN, 0.0))
    return field_for(document, report, unknown, dossier.catalogue, spans)
