"""One folding of print: blanks, quotes, hyphens, case and accents, for documents, templates, tables, seeds
and rules alike.

``plain`` and ``mended`` keep the length of a text, so that a place in the one is a place in the other;
``fold_label`` is for comparing whole labels and spells ligatures out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Blanks that print uses inside a number; tabs and line ends never are.
BLANKS = " \u00a0\u202f\u2009"
#: Raised letters of ranks (``2ᵉ``, ``1ᵉʳ``), as their letters.
RAISED_LETTERS = {"\u1d49": "e", "\u02b3": "r"}
QUOTES, HYPHENS = "\u2019\u2018\u02bc", "\u2010\u2011"
#: Typographic quotes and hyphens, and raised letters, as ASCII has them, character for character.
MENDED = str.maketrans({**dict.fromkeys(QUOTES, "'"), **dict.fromkeys(HYPHENS, "-"), **RAISED_LETTERS})
#: Raised figures are marks of notes, never digits of a number; a raised 2 or 3 after a metre is its unit.
NOTE_MARK = re.compile(r"[⁽⁰¹²³⁴⁵⁶⁷⁸⁹](?<![mM].)[⁽⁰¹²³⁴⁵⁶⁷⁸⁹]*⁾?(?:[,;]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*")
#: The raised figures and brackets that a mark of a note begins with.
RAISED = re.compile("[⁽⁰¹²³⁴⁵⁶⁷⁸⁹]")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_RUN = re.compile(r"\s+")


def _bare(character: str) -> str:
    """A letter without its accent, small; anything that is not one letter stays as it is."""
    spelled = unicodedata.normalize("NFKD", character)
    small = spelled[0].lower() if all(map(unicodedata.combining, spelled[1:])) else character.lower()
    return small if len(small) == 1 else character


_LETTERS = [
    chr(c) for c in (*range(0xDF, 0x250), *range(0x1E00, 0x1F00)) if chr(c).isalpha() and chr(c).islower()
]
#: What ``plain`` replaces in a text of small letters.
_ACCENTS = [(letter, _bare(letter)) for letter in _LETTERS if _bare(letter) != letter]
_COMMON = [(c, b) for c, b in _ACCENTS if c in "àâäçéèêëîïôöùûüÿ"]
_RARE = re.compile("[" + "".join(c for c, _ in _ACCENTS if c not in dict(_COMMON)) + "]")
_MARKS = [*((q, "'") for q in QUOTES), *((h, "-") for h in HYPHENS), *RAISED_LETTERS.items()]


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """``text`` in small letters without accents, with ASCII quotes, hyphens and blanks; of the same length.

    What patterns of the lexicon are matched against (``«\u00a0Près d’Évry\u00a0»`` -> ``« pres d'evry »``).
    """
    if text.isascii():
        return text.lower()
    small = small_letters(text)
    for letter, bare in (*_COMMON, *_MARKS, *((blank, " ") for blank in BLANKS[1:])):
        if letter in small:
            small = small.replace(letter, bare)
    rare = not small.isascii() and _RARE.search(small)
    return _RARE.sub(lambda m: _bare(m[0]), small) if rare else small


def small_letters(text: str) -> str:
    """``text`` in small letters, accents kept; of the same length."""
    return text.lower() if "\u0130" not in text else text.replace("\u0130", "i").lower()


def mended(text: str) -> str:
    """``text`` with ASCII quotes and hyphens; of the same length."""
    if text.isascii():
        return text
    for mark, ascii_mark in _MARKS:
        text = text.replace(mark, ascii_mark)
    return text


@lru_cache(maxsize=16384)
def fold_label(label: str) -> str:
    """Fold case, accents, ligatures, quotes, hyphens and blanks of a label (``Œuvres  d’Art`` ->
    ``oeuvres d'art``).
    """
    spelled = unicodedata.normalize("NFKD", label.translate(MENDED).translate(_LIGATURES))
    bare = "".join(c for c in spelled if not unicodedata.combining(c))
    return _RUN.sub(" ", bare).strip(" :.-•*").casefold()
