"""What the style sheets inside a saved page hide: parts that no eye sees although they are in its tree.

Only rules that name an element by its tag, classes and id are read; what stands inside what, the state of a
part and the width of a window are not, and hide nothing. Does not belong here: what a page prints (markup).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_SHOWS = re.compile(r"(?:display|visibility)\s*:", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MEDIA = re.compile(r"@media([^{]*)\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}", re.IGNORECASE)
_ANY_SCREEN = re.compile(r"\s*(?:only\s+)?(?:screen|all)?\s*", re.IGNORECASE)
_OTHER_AT = re.compile(r"@[\w-]+[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)", re.IGNORECASE)
_NAME = re.compile(r"[.#][\w-]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that hides or shows: the tag it names (empty for any), the classes (``.x``) and ids (``#x``)."""

    tag: str
    names: frozenset[str]
    hides: bool

    @property
    def weight(self) -> tuple[int, int]:
        """What decides between rules: ids, then classes and tag."""
        return sum(name.startswith("#") for name in self.names), 2 * len(self.names) + bool(self.tag)


class Styles:
    """The rules of style sheets that say whether something is shown; those of print and of windows of some
    width are left out.
    """

    def __init__(self, sheets: Iterable[str]) -> None:
        self._rules: dict[str, list[tuple[int, Rule]]] = defaultdict(list)
        for order, rule in enumerate(rule for sheet in sheets for rule in _rules(sheet)):
            self._rules[min(rule.names, default=rule.tag)].append((order, rule))

    def hide(self, tag: str, classes: str | None, identity: str | None) -> bool:
        """Whether the rule that weighs most, the last of equals, hides an element of this tag, classes and
        id.
        """
        if not self._rules:
            return False
        own = {f".{name}" for name in (classes or "").split()} | ({f"#{identity}"} if identity else set())
        found = [
            (rule.weight, order, rule.hides)
            for key in (tag, *own)
            for order, rule in self._rules.get(key, ())
            if rule.tag in ("", tag) and rule.names <= own
        ]
        return max(found)[2] if found else False


def _rules(sheet: str) -> Iterator[Rule]:
    flat = _MEDIA.sub(lambda m: m[2] if _ANY_SCREEN.fullmatch(m[1]) else "", _COMMENT.sub("", sheet))
    for selectors, style in _RULE.findall(_OTHER_AT.sub("", flat)):
        if not (HIDES.search(style) or _SHOWS.search(style)):
            continue
        for selector in selectors.split(","):
            match = _SELECTOR.fullmatch(selector.strip())
            if match and match[0]:
                names = frozenset(_NAME.findall(match[2]))
                yield Rule((match[1] or "").casefold(), names, bool(HIDES.search(style)))
