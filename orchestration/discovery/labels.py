"""A label for a figure, made of the report's own words: what is counted, of whom, under which heading.

Labels are short and never a sentence: what follows the number comes first, then what precedes it, each a few words.
"""

from __future__ import annotations

import re

MAX_WORDS = 7
_STOP_AFTER = re.compile(r"[;:.!?](?=\s|$)|\s[-–]\s|\b(?:contre|soit|dont|alors que|tandis que|mais|versus)\b|(?<!\d)\d|\(|•")
_STOP_BEFORE = re.compile(r"[;.!?](?=\s)|\s[-–]\s|•|\)")
_CLEAN = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_NUMBERS = re.compile(r"[-+]?\(?\d[\d\s.,]*(?:%|‰|€)?\)?")
_WEAK = frozenset("le la les l de des du d un une en au aux et à a ont ce ces se s y qui que il elle nous on est sont été pour sur par dans avec".split())


def of_phrase(text: str, start: int, end: int, heading: str = "") -> str:
    """The label of the number at ``text[start:end]`` in a sentence: words after it, then words before it, then the heading."""
    after = _first_words(_until(text[end:], _STOP_AFTER))
    before = _last_words(_since(text[:start], _STOP_BEFORE))
    parts = [p for p in (after, before) if _has_substance(p)]
    if not any(_has_substance(p) for p in parts) and heading:
        parts.append(_first_words(heading))
    return " | ".join(parts)


def joined(*parts: str) -> str:
    """Labels of a row, a column, a box: cleaned, without doubles, separated by bars."""
    kept: list[str] = []
    for part in parts:
        clean = _first_words(_clean(_NUMBERS.sub(" ", part)))
        if _has_substance(clean) and clean.casefold() not in (k.casefold() for k in kept):
            kept.append(clean)
    return " | ".join(kept)


def _until(text: str, stop: re.Pattern[str]) -> str:
    match = stop.search(text)
    return text[:match.start()] if match else text


def _since(text: str, stop: re.Pattern[str]) -> str:
    last = None
    for last in stop.finditer(text):
        pass
    return text[last.end():] if last else text


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", _CLEAN.sub("", text))


def _first_words(text: str) -> str:
    return _clean(" ".join(_clean(text).split()[:MAX_WORDS]))


def _last_words(text: str) -> str:
    words = _clean(_NUMBERS.sub(" ", text)).split()
    return _clean(" ".join(words[-MAX_WORDS:]))


def _has_substance(text: str) -> bool:
    """Whether a text holds a word that means something: a long enough one, or an acronym (``MK``, ``AT/MP``)."""
    return any((w.casefold() not in _WEAK and len(w) > 2) or (w.isupper() and len(w) > 1) for w in re.findall(r"[^\W\d_]+", text))
