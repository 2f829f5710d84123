"""One folding of print: blanks, quotes, hyphens, case and accents, for documents, templates, tables, seeds and rules alike.

``plain`` and ``mended`` keep the length of a text, so that a place in the one is a place in the other; ``fold_label`` is for
comparing whole labels and spells ligatures out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Blanks that print uses inside a number; tabs and line ends never are.
BLANKS = " \u00a0\u202f\u2009"
QUOTES, HYPHENS = "\u2019\u2018\u02bc", "\u2010\u2011"
#: Typographic quotes and hyphens as ASCII has them, character for character.
MENDED = str.maketrans({**dict.fromkeys(QUOTES, "'"), **dict.fromkeys(HYPHENS, "-")})
#: Raised figures are marks of notes, never digits of a number; a raised 2 or 3 after a metre is its unit.
NOTE_MARK = re.compile(r"(?<![mM])[⁽⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾?(?:[,;]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_RUN = re.compile(r"\s+")


def _bare(character: str) -> str:
    """A letter without its accent, small; anything that is not one letter stays as it is."""
    spelled = unicodedata.normalize("NFKD", character)
    small = spelled[0].lower() if all(map(unicodedata.combining, spelled[1:])) else character.lower()
    return small if len(small) == 1 else character


_LETTERS = [chr(c) for c in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)) if chr(c).isalpha()]
_PLAIN = str.maketrans({
    **{letter: _bare(letter) for letter in _LETTERS}, **dict.fromkeys(QUOTES, "'"), **dict.fromkeys(HYPHENS, "-"),
    **dict.fromkeys(BLANKS, " "),
})


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """``text`` in small letters without accents, with ASCII quotes, hyphens and blanks; of the same length.

    What patterns of the lexicon are matched against (``«\u00a0Près d’Évry\u00a0»`` -> ``« pres d'evry »``).
    """
    return text.lower() if text.isascii() else text.translate(_PLAIN)


def mended(text: str) -> str:
    """``text`` with ASCII quotes and hyphens; of the same length."""
    return text if text.isascii() else text.translate(MENDED)


@lru_cache(maxsize=16384)
def fold_label(label: str) -> str:
    """Fold case, accents, ligatures, quotes, hyphens and blanks of a label (``Œuvres  d’Art`` -> ``oeuvres d'art``)."""
    spelled = unicodedata.normalize("NFKD", label.translate(MENDED).translate(_LIGATURES))
    bare = "".join(c for c in spelled if not unicodedata.combining(c))
    return _RUN.sub(" ", bare).strip(" :.-•*").casefold()
