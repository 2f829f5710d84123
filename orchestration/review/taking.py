"""Numbers that the draft does not read: those that a rule set aside without being sure, and those that
nothing took; and how one of them becomes a figure to review, or is set aside, by a click.

Does not belong here: what a figure means (``decisions``), what a draft looks like (``discovery.draft``).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any

from orchestration.discovery.complete import bodies_of
from orchestration.discovery.concepts import NO_DOMAIN, Concept
from orchestration.discovery.draft import Understood, field_for, set_aside_for
from orchestration.discovery.figures import Figure, address, read_figures
from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.catalogue import REASONS
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.written_yaml import edited_blocks
from orchestration.notation.numbers import NotANumber, Number, parse_number
from orchestration.review.decisions import CHANGED, Stale, tried
from orchestration.review.dossier import Dossier, Unread, ground, state_of
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


def waiting_in(dossier: Dossier, left: Collection[str] = ()) -> Iterator[Waiting]:
    """The numbers of the document that a person should see: set aside with doubt, or left over; with those
    that are counted as ``left``, by place, since only the second reading makes figures of them.
    """
    document = dossier.document
    doubtful = ground(document, dossier.report.periode[:4])[0].doubtful
    for number in dossier.unread:
        start = document.offset(number.line, number.column)
        rule = next((doubtful[at] for at in range(start, start + number.width) if at in doubtful), "")
        if number.reason and not rule and number.key not in left:
            continue
        line = document.lines[number.line - 1]
        end = number.column + number.width
        yield Waiting(number, line[: number.column], line[end:], _why(number, rule))


def _why(number: Unread, rule: str) -> str:
    if not number.reason:
        return "rien ne l'a lu"
    reason = REASONS.get(number.reason, number.reason)
    if not rule:
        return f"mis de côté : {reason}, mais la seconde lecture y voit un chiffre"
    return f"mis de côté : {reason} (règle {rule.replace('_', ' ')}, peu sûre)"


def take_up(dossier: Dossier, key: str, state: str, trail: Trail) -> Dossier:
    """Let the draft read a number that it did not: a field of its own beside those around it, not reviewed.

    Raises ``Stale`` when the template is not what the reviewer saw, ``ExtractionError`` where no field can be
    written that reads this number alone.
    """
    number = _waits(dossier, key, state)
    form = _form(dossier, number)
    if form is None:
        raise ExtractionError(
            f"« {number.printed} » (ligne {number.line}) ne se lit pas seul : écrivez son champ dans le "
            "gabarit"
        )
    return _written(dossier, number, trail, f"« {number.printed} » est un chiffre", partial(_append, form))


def put_aside(dossier: Dossier, key: str, reason: str, state: str, trail: Trail) -> Dossier:
    """Set a number aside that nothing reads, for a reason of the vocabulary.

    Raises ``Stale`` when the template is not what the reviewer saw, ``ExtractionError`` where the words
    around the number do not tell it from another.
    """
    number = _waits(dossier, key, state)
    if reason not in REASONS:
        raise ExtractionError(f"« {reason} » n'est pas un motif ; il y a : {', '.join(REASONS)}")
    unread = Understood(_bare(dossier, number), Concept(UNMAPPED, NO_DOMAIN, 0.0))
    entry = set_aside_for(dossier.document, dossier.report, unread, dossier.catalogue, reason)
    if entry is None:
        raise ExtractionError(
            f"« {number.printed} » (ligne {number.line}) ne se distingue pas par les mots qui l'entourent : "
            "écrivez son écart dans le gabarit"
        )
    said = f"« {number.printed} » mis de côté ({REASONS[reason]})"
    return _written(dossier, number, trail, said, lambda block: block.setdefault("ecarts", []).append(entry))


def _waits(dossier: Dossier, key: str, state: str) -> Unread:
    """The number that waits at a place; raises where the template or the number is not what was shown."""
    if state != state_of(dossier.report) or state != dossier.state:
        raise Stale(CHANGED)
    number = next((one for one in dossier.unread if one.key == key), None)
    if number is None:
        raise ExtractionError(
            f"{dossier.report.code}: aucun nombre n'attend plus en {key} ; rechargez la page"
        )
    return number


def _written(
    dossier: Dossier, number: Unread, trail: Trail, said: str, edit: Callable[[Any], None]
) -> Dossier:
    """The dossier after ``edit`` of the block of the figure that stands nearest to a number."""
    holes = [(abs(item.line - number.line), item.hole) for item in dossier.items if item.hole is not None]
    if not holes:
        raise ExtractionError(
            f"{dossier.report.code}: aucun bloc ne lit de chiffre : écrivez le champ dans le gabarit"
        )
    nearest = min(holes, key=itemgetter(0))[1]
    name = nearest.file
    text = (dossier.report.folder / name).read_text(encoding="utf-8")
    after = {name: edited_blocks(text, name, {nearest.block: edit})}
    again = tried(dossier, (), after)
    trail.record(said, 1, after)
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
    told = (f for f in found if address(f.ligne, f.colonne, f.printed) == place)
    taken = [document.offset(item.line, item.column) for item in dossier.items]
    spans = [(at, at + item.end) for at, item in zip(taken, dossier.items, strict=True)]
    for figure in (*told, _bare(dossier, number)):
        unknown = Understood(figure, Concept(UNMAPPED, NO_DOMAIN, 0.0))
        if form := field_for(document, report, unknown, dossier.catalogue, spans):
            return form
    return None


def _bare(dossier: Dossier, number: Unread) -> Figure:
    """A number as it is printed, with the scale and the unit that follow it, on the next line too; without
    words.
    """
    start = dossier.document.offset(number.line, number.column)
    end, read = _whole(dossier.document.text, start, number.width)
    period = dossier.report.periode
    return Figure(
        number.line, number.column, start, end, number.printed, read.value, read.half_width,
        read.unit or "nombre", "constate", period, "", "", "phrase", 0.0,
    )  # fmt: skip


def _whole(text: str, start: int, width: int) -> tuple[int, Number]:
    """Where a printed number ends with the words that scale and count it (``5,2 M€``, ``5 minutes et 12
    secondes``), and what it says; the number alone where they say nothing.
    """
    if lasts := _LASTED.match(text, start):
        minutes, seconds = map(Decimal, lasts.groups())
        lasted = minutes + (seconds / 60).quantize(Decimal("0.0001"))
        return lasts.end(), Number(lasted, 2, Decimal("0.0083"), "minutes")
    for word in reversed(list(islice(_WORD.finditer(text, start + width), _MOST_WORDS))):
        with contextlib.suppress(NotANumber):
            return word.end(), parse_number(" ".join(text[start : word.end()].split()))
    return start + width, parse_number(" ".join(text[start : start + width].split()))


_LASTED = re.compile(r"(\d{1,3})\s?minutes?\set\s(\d{1,2})\s?secondes?")
#: Words after a number, and how many of them may belong to it.
_WORD, _MOST_WORDS = re.compile(r"\s*[^\s.,;:()]+"), 4
