"""The body a figure speaks of when the text names another than the report's own."""

from __future__ import annotations

import re

NATIONAL = "national"
_NATIONAL = re.compile(
    r"\b(?:au niveau national|au plan national|moyenne nationale|taux national|national(?:e|es|ement)?\b|"
    r"en France|France enti[èe]re|au niveau du r[ée]seau|r[ée]seau\s?:)", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:pour|à|par|dans|de|de la|du) la (?P<body>(?:CPAM|DRSM|CGSS|CRAMIF)\s(?:de la\s|de l'|du\s|des\s"
    r"|de\s|d')?[A-ZÉÈÎÔ][\w'-]+(?:[ -][A-ZÉÈÎÔ][\w'-]+)*)")
_STOP = re.compile(r"[;.](?=\s|$)|\bcontre\b")


def of_phrase(text: str, start: int, end: int, others: list[tuple[int, int]]) -> str:
    """The other body named right after the number at ``text[start:end]``, or right before it in its own clause."""
    stop = min((a for a, _ in others if a >= end), default=len(text))
    begin = max((b for _, b in others if b <= start), default=0)
    after = _STOP.split(text[end:min(stop, end + 90)])[0]
    if found := of_title(after):
        return found
    return of_title(_STOP.split(text[max(begin, start - 50):start])[-1])


def of_title(text: str) -> str:
    """The other body that a few words name: ``national``, or a body by its name; else nothing."""
    if _NATIONAL.search(text):
        return NATIONAL
    match = _OTHER.search(text)
    return match["body"] if match else ""
