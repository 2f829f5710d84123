"""The ledger: every digit of a document belongs to exactly one printed number.

Templates take their numbers first, rules set others aside, the rest remains to be read. Nothing disappears.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.extraction.documents import Document, Folded
from orchestration.extraction.rules import claims
from orchestration.notation.numbers import NUMBER

_TOKEN = re.compile(NUMBER)
_DIGIT = re.compile(r"\d")
_TAKEN = "\x00"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A printed number by its span in folded text, with what became of it."""

    start: int
    end: int
    statut: str
    motif: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A span that a template sets aside by hand, with its reason."""

    start: int
    end: int
    motif: str


def remaining_entries(
    document: Document,
    taken: list[tuple[int, int]],
    exceptions: list[SetAside],
    labels: Sequence[tuple[int, int]] = (),
) -> list[LedgerEntry]:
    """The printed numbers that no template captured (``taken`` spans of folded text), each with a reason or
    ``a_relever``.

    A digit of a row label (``labels``) that nothing else explains is ``libelle``.
    """
    folded = document.folded
    reasons = _reasons(folded, exceptions, labels)
    text = _mask(folded.text, taken)
    return [_entry(m.start(), m.end(), reasons) for m in _TOKEN.finditer(text)]


def _mask(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, cursor = [], 0
    for start, end in sorted(spans):
        pieces.append(text[cursor:start])
        pieces.append(_TAKEN * (end - max(start, cursor)))
        cursor = max(cursor, end)
    pieces.append(text[cursor:])
    return "".join(pieces)


def _reasons(folded: Folded, exceptions: list[SetAside], labels: Sequence[tuple[int, int]]) -> dict[int, str]:
    """The reason of each digit that something sets aside; exceptions bind before rules, earlier rules before
    later, labels last.
    """
    reasons: dict[int, str] = {}
    spans = [(e.start, e.end, e.motif) for e in exceptions]
    spans += [(c.start, c.end, c.motif) for c in claims(folded.flat, folded.text)]
    spans += [(a, b, "libelle") for a, b in labels]
    for start, end, motif in spans:
        for at in range(start, end):
            if folded.flat[at].isdigit():
                reasons.setdefault(at, motif)
    return reasons


def _entry(start: int, end: int, reasons: dict[int, str]) -> LedgerEntry:
    motif = next((reasons[at] for at in range(start, end) if at in reasons), "")
    return LedgerEntry(start, end, "ecarte" if motif else "a_relever", motif)


def continuation_spans(folded: Folded, start: int, end: int) -> list[tuple[int, int]]:
    """The digit runs of a captured number that stand on a later printed line than its first digit."""
    first_break = folded.text.find("\n", start, end)
    if first_break < 0:
        return []
    return [m.span() for m in re.compile(r"\d+").finditer(folded.text, first_break, end)]


def uncovered_digits(document: Document, spans: list[tuple[int, int]]) -> list[int]:
    """Offsets of digits in folded text that no span covers: empty for every complete ledger."""
    text = _mask(document.folded.text, spans)
    return [m.start() for m in _DIGIT.finditer(text)]
