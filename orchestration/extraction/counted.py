"""Counts announced in print, and the items that the document lists: bullets, or an enumeration in a sentence.

Belongs here: counting in the document what follows a figure, or what a template says where to count. A count
written by hand is no control. Does not belong here: the language of declared relations (relations.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from orchestration.extraction.captures import Capture
from orchestration.extraction.documents import Folded
from orchestration.extraction.fields import find_all
from orchestration.extraction.relations import CaptureRelation, CaptureTerm, RelationError, make
from orchestration.notation.lexicon import meaning

#: A bullet at the start of a line, as texts and the fonts of PDF files print it.
BULLET = re.compile(r"[ \t]*(?:[-•–▪●○◦‣➢➔►*✓❖·\uf0b7\uf0a7\uf0d8]|o(?=[ \t])|\d{1,2}[.)])[ \t]*(?=\S)")
#: From the figure to what it announces: a noun and what qualifies it, then a colon, within one sentence.
_ANNOUNCED = re.compile(r"[^\d.;:!?«»]{2,110}:[ \t]*(?P<rest>[^\n]*)")
_SENTENCE_END = re.compile(r"[.;!?](?=\s|$)|\n[ \t]*\n")
_ITEM = re.compile(r"\s*(?:,|\bet\b|\bou\b)\s*")
_BRACKETS = re.compile(r"\([^()]*\)|«[^«»]*»")
_LAST_WORD = re.compile(r"\bet\b|\bou\b")
_NUMBER = re.compile(r"(?:^|\s)\d")
_STOPS = (".", "!", "?")
MOST = 40
#: Characters that a list may take, and lines after it that must hold no more of its bullets.
FARTHEST, NEAR = 6000, 4


_SPELLED = re.compile(r"lettres après « (?P<before>.+?) »")
_BETWEEN = re.compile(r"puces de « (?P<start>.+?) » à « (?P<end>.+?) »")


def count_declared(inside: str, capture: Capture, folded: Folded, text: str) -> int:
    """What `effectif(inside)` counts: `puces` or `enumeration` after the figure, `puces de « A » à « B »`, or
    the number that is spelled out in `lettres après « A »`.

    Of several places that begin with A, the one nearest to the figure counts. Raises RelationError where
    nothing is counted.
    """
    at = folded.offsets[capture.end - 1] + 1
    if between := _BETWEEN.fullmatch(inside):
        return _between(between, capture, folded, text)
    if spelled := _SPELLED.fullmatch(inside):
        return _spelled(spelled["before"], capture, folded)
    found = {"puces": _first_bullets, "enumeration": enumerated}.get(inside)
    if found is None:
        raise RelationError(
            f"`effectif({inside})` n'est pas un compte fait dans le document ; écrivez `effectif(puces)`, "
            "`effectif(enumeration)`, "
            "`effectif(puces de « début » à « fin »)` ou `effectif(lettres après « mots »)`"
        )
    count = found(text, at)
    if count is None:
        raise RelationError(f"`effectif({inside})` de {capture.name} : rien ne se compte après ce chiffre")
    return count


def _first_bullets(text: str, start: int) -> int | None:
    """The bullets that begin on a line after the figure."""
    return bullets(text, text.find("\n", start) + 1)


def _spelled(before: str, capture: Capture, folded: Folded) -> int:
    places = find_all(folded, before, 0, len(folded.text))
    nearest = min(places, key=lambda match: abs(match.start - capture.start), default=None)
    word = re.match(r"\W*(\w+)", folded.text[nearest.end :]) if nearest else None
    value = meaning("lettres", word[1]) if word else None
    if value is None:
        raise RelationError(
            f"`effectif(lettres après « {before} »)` de {capture.name} : aucun nombre en lettres n'y suit"
        )
    return int(value)


def _between(asked: re.Match[str], capture: Capture, folded: Folded, text: str) -> int:
    starts = find_all(folded, asked["start"], 0, len(folded.text))
    ends = find_all(folded, asked["end"], 0, len(folded.text))
    first = min(starts, key=lambda match: abs(match.start - capture.start), default=None)
    last = next((match for match in ends if first is not None and match.start >= first.end), None)
    if first is None or last is None:
        raise RelationError(
            f"`effectif({asked.group()})` de {capture.name} : « {asked['start' if first is None else 'end']} "
            "» est introuvable"
        )
    lines = text[folded.offsets[first.end - 1] : folded.offsets[last.start]].split("\n")
    return sum(1 for line in lines[1:] if BULLET.match(line))


def announced(captures: Sequence[Capture], text: str, offsets: Sequence[int]) -> Iterator[CaptureRelation]:
    """Each small count that a colon and a list follow, against the items of the list; `offsets` lead from
    folded to raw text.
    """
    for capture in captures:
        value = capture.number.value
        if (
            capture.unite != "nombre"
            or capture.spec.nature not in ("constate", "total", "objectif")
            or not 2 <= value <= MOST
        ):
            continue
        count = items_after(text, offsets[capture.end - 1] + 1)
        if count is not None:
            term = CaptureTerm("terme", Decimal(1), None, Decimal(count))
            yield make(f"{capture.bloc}/effectif_annonce/{capture.id}", "effectif_annonce", capture, [term])


def items_after(text: str, start: int) -> int | None:
    """How many items the list after a figure holds; None when none is announced or where it ends
    is not sure.
    """
    head = _ANNOUNCED.match(text, start)
    if head is None:
        return None
    if not head["rest"].strip():
        return bullets(text, head.end())
    return enumerated(text, head.start("rest"))


def bullets(text: str, start: int) -> int | None:
    """Lines that begin with the bullet of the first one, further lines of an item left out; None where that
    is not sure.

    A list ends where a line that is no item follows the end of a sentence, or begins a new one; more of the
    same bullets shortly after it leave the end in doubt. Items that begin with a number are quantities, not
    what was announced.
    """
    lines = [line for line in text[start : start + FARTHEST].split("\n") if line.strip()]
    if not lines or BULLET.match(lines[0]) is None:
        return None
    items = [_item(line, lines[0]) for line in lines]
    end = next(
        (i for i in range(1, len(lines)) if not items[i] and _ends(lines[i - 1], lines[i])), len(lines)
    )
    told = [line for line, item in zip(lines[:end], items[:end], strict=True) if item]
    sure = lines[end - 1].rstrip().endswith(_STOPS)
    if (not sure and any(items[end : end + NEAR])) or any(_quantity(line) for line in told):
        return None
    return len(told) if len(told) > 1 else None


def _item(line: str, first: str) -> bool:
    """Whether a line begins with the same bullet as the first item, or with a number as it does."""
    found, like = BULLET.match(line), BULLET.match(first)
    if found is None or like is None:
        return False
    signs = found.group().strip(), like.group().strip()
    return signs[0][:1] == signs[1][:1] or (signs[0][:1].isdigit() and signs[1][:1].isdigit())


def _quantity(line: str) -> bool:
    found = BULLET.match(line)
    return found is not None and line[found.end() :][:1].isdigit()


def _ends(before: str, line: str) -> bool:
    """Whether a line without bullet is no further line of the item before it."""
    if before.rstrip().endswith(_STOPS):
        return True
    return line.strip()[:1].isupper() and not line.rstrip().endswith((";", ","))


def enumerated(text: str, start: int) -> int | None:
    """Items of one sentence, parted by commas and closed by `et`; None where it holds no such close."""
    end = _SENTENCE_END.search(text, start)
    sentence = _BRACKETS.sub("x", text[start : end.start() if end else len(text)])
    if len(_LAST_WORD.findall(sentence)) != 1 or len(sentence) > 400 or _NUMBER.search(sentence):
        return None
    parts = [part for part in _ITEM.split(sentence) if part.strip()]
    head, tail = _LAST_WORD.split(sentence)
    return len(parts) if head.strip() and tail.strip() and "," not in tail else None
