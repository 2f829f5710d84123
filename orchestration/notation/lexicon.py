"""The lexicon of French (``lexicon.yml``), loaded once: alternations for patterns, and what a form means.

A pattern is written plainly, names groups of the lexicon in braces (``r"{baisse}\\s(?:de|d')\\s?$"``), and is
matched against ``folding.plain`` text: case and accents are nobody's concern.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from orchestration.notation.folding import plain

#: Units of the data contract that no word names: a form of print tells them.
FORMAL_UNITS = ("nombre", "ratio", "rang", "par_10000", "par_100000", "par_km2", "autre")
FILE = Path(__file__).with_name("lexicon.yml")
#: A reflexive verb, and every form of its beginning.
_REFLEXIVE = re.compile(r"se\\s|s'")
_ONESELF = r"s(?:e\s(?:sont\s)?|'(?:(?:est|etait|etaient|etant)\s)?)"
#: What a form begins with when it begins with one character and no other.
_LETTER = re.compile(r"(?:\\[^\w\s]|[\w%‰€£'])(?![?*+{])")
_GROUP = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """Forms with one meaning: ``sens`` (or nothing), a phrase that must match and one that must not; ``sauf``
    are words after which a form is another thing (``points d'accueil``).
    """

    mots: tuple[str, ...]
    oui: str
    non: str
    sens: str | int | None = None
    attache: bool = False
    sauf: tuple[str, ...] = ()

    @property
    def pattern(self) -> str:
        return "|".join(self.forms)

    @property
    def forms(self) -> list[str]:
        """The patterns of its forms, longest first."""
        other = rf"(?!\s(?:{'|'.join(map(_form, self.sauf))}))" if self.sauf else ""
        return [form + other for form in sorted(map(_form, self.mots), key=len, reverse=True)]


@cache
def lexicon() -> dict[str, tuple[LexiconEntry, ...]]:
    """Every group of the lexicon by its name; a malformed entry raises ``TypeError`` (the file is part of the
    program).
    """
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        name: tuple(
            LexiconEntry(**{**row, "mots": tuple(row["mots"]), "sauf": tuple(row.get("sauf", ()))})
            for row in rows
        )
        for name, rows in data.items()
    }


def _form(form: str) -> str:
    """A form as a pattern on plain text: ``*`` any ending, ``(s)`` an optional one, ``~`` none asked for,
    else it ends there; of a reflexive verb (``s'allong*``) also its past forms (``s'était allongé``).
    """
    text = re.escape(plain(form)).replace(r"\ ", r"\s").replace(r"\(s\)", "s?")
    if reflexive := _REFLEXIVE.match(text):
        text = f"{_ONESELF}{text[reflexive.end() :]}"
    if text.endswith(r"\*"):
        return text.removesuffix(r"\*") + r"\w*"
    if text.endswith(("~", r"\~")):
        return text.rstrip("~").rstrip("\\")
    return text.replace(r"\*", r"\w*") + (r"(?!\w)" if form[-1].isalnum() or form[-1] == ")" else "")


@cache
def words(name: str, *, attached: bool = False, sens: str | None = None) -> str:
    """The alternation of a group (of its attached units only, or of its forms with one meaning), longest
    forms first, as one group of a pattern.
    """
    told = [e for e in lexicon()[name] if (e.attache or not attached) and (sens is None or e.sens == sens)]
    forms = [form for entry in told for form in entry.forms]
    return f"(?:{alternation(sorted(forms, key=len, reverse=True))})"


def alternation(forms: Sequence[str]) -> str:
    """The alternation of forms, those with one first letter under it: of forms that begin with different
    letters one at most matches at a place, so that few are tried there, and those in their order. A bar of
    a form stands in brackets.
    """
    letters = [_LETTER.match(form) for form in forms]
    under: dict[str, list[str]] = {}
    for form, letter in zip(forms, letters, strict=True):
        if letter is None:
            return "|".join(forms)
        under.setdefault(letter[0], []).append(form[letter.end() :])
    return "|".join(
        f"{letter}{rests[0]}" if len(rests) == 1 else f"{letter}(?:{alternation(rests)})"
        for letter, rests in under.items()
    )


def pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern for plain text; ``{group}`` stands for the forms of a group of the lexicon,
    ``{group:sens}`` for those with one meaning."""
    return re.compile(_GROUP.sub(lambda m: words(m[1], sens=m[2]), text))


@dataclass(frozen=True, slots=True)
class HintedPattern:
    """A pattern that few texts match, and what a text must hold of it, one of ``hints`` at least: to ask for
    these first costs a tenth of a search. A span bounds the search, not where the hints stand."""

    pattern: re.Pattern[str]
    hints: tuple[str, ...]

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        for hint in self.hints:
            if hint in text:
                return self.pattern.search(text, start, end)
        return None

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        for hint in self.hints:
            if hint in text:
                return self.pattern.match(text, start, end)
        return None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        for hint in self.hints:
            if hint in text:
                return self.pattern.finditer(text)
        return iter(())


def hinted(hints: str, text: str) -> HintedPattern:
    """A ``pattern`` with the hints (parted by bars) of which each text that it matches holds one."""
    return HintedPattern(pattern(text), tuple(hints.split("|")))


@lru_cache(maxsize=4096)
def meaning(name: str, word: str) -> str | int | None:
    """What ``word`` means in a group: the ``sens`` of the entry with that form, or ``None``."""
    folded = plain(word)
    return next((e.sens for e in lexicon()[name] if re.fullmatch(e.pattern, folded)), None)


@cache
def units() -> tuple[str, ...]:
    """Every unit of the data contract, as ``unite`` may say it."""
    return tuple(dict.fromkeys((*(str(e.sens) for e in lexicon()["unites"]), *FORMAL_UNITS)))


def entries() -> Iterator[tuple[str, LexiconEntry]]:
    """Every entry with the name of its group."""
    for name, group in lexicon().items():
        for entry in group:
            yield name, entry
