"""What the style sheets inside a saved page hide, parts that no eye sees although they are in its tree, and
what they set on lines of its own.

Of rules that hide only those that name an element by its tag, classes and id are read; what stands inside
what, the state of a part and the width of a window are not, and hide nothing. Does not belong here: what a
page prints (markup).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_SHOWS = re.compile(r"(?:display|visibility)\s*:", re.IGNORECASE)
#: A part on lines of its own, whatever its tag; and a box that sets the parts in it so.
BLOCK = re.compile(r"display\s*:\s*(?:block|flow-root|list-item|table|flex|grid)(?![\w-])", re.IGNORECASE)
STACKS = re.compile(r"flex-direction\s*:\s*column|flex-flow\s*:[^;]*\bcolumn", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MEDIA = re.compile(r"@media([^{]*)\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}", re.IGNORECASE)
_ANY_SCREEN = re.compile(r"\s*(?:only\s+)?(?:screen|all)?\s*", re.IGNORECASE)
_OTHER_AT = re.compile(r"@[\w-]+[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)", re.IGNORECASE)
_NAME = re.compile(r"[.#][\w-]+")
_WITHIN = re.compile(r"\s*>\s*|\s+")

#: What a rule can name an element by: its tag, its classes (``.x``) and its id (``#x``).
Compound = tuple[str, frozenset[str]]


def named(tag: str, classes: str | None, identity: str | None) -> Compound:
    """An element as rules name it."""
    return tag, frozenset(f".{name}" for name in (classes or "").split()) | (
        {f"#{identity}"} if identity else set()
    )


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
        read = [flat for sheet in sheets for flat in _RULE.findall(_flat(sheet))]
        for order, rule in enumerate(rule for flat in read for rule in _rules(*flat)):
            self._rules[min(rule.names, default=rule.tag)].append((order, rule))
        self._blocks = [path for flat in read if BLOCK.search(flat[1]) for path in _paths(flat[0])]
        self._stacks = [path for flat in read if STACKS.search(flat[1]) for path in _paths(flat[0])]

    def hide(self, tag: str, classes: str | None, identity: str | None) -> bool:
        """Whether the rule that weighs most, the last of equals, hides an element of this tag, classes and
        id.
        """
        if not self._rules:
            return False
        own = named(tag, classes, identity)[1]
        found = [
            (rule.weight, order, rule.hides)
            for key in (tag, *own)
            for order, rule in self._rules.get(key, ())
            if rule.tag in ("", tag) and rule.names <= own
        ]
        return max(found)[2] if found else False

    def set_apart(self, element: Compound, above: Sequence[Compound]) -> bool:
        """Whether a rule sets an element on lines of its own, itself or through the box right around it;
        ``above`` are the elements around it, the nearest first.
        """
        return any(_fits(path, element, above) for path in self._blocks) or bool(
            above and any(_fits(path, above[0], above[1:]) for path in self._stacks)
        )


def _flat(sheet: str) -> str:
    """The rules of a sheet that hold on any screen."""
    shown = _MEDIA.sub(lambda m: m[2] if _ANY_SCREEN.fullmatch(m[1]) else "", _COMMENT.sub("", sheet))
    return _OTHER_AT.sub("", shown)


def _rules(selectors: str, style: str) -> Iterator[Rule]:
    if not (HIDES.search(style) or _SHOWS.search(style)):
        return
    for selector in selectors.split(","):
        match = _SELECTOR.fullmatch(selector.strip())
        if match and match[0]:
            names = frozenset(_NAME.findall(match[2]))
            yield Rule((match[1] or "").casefold(), names, bool(HIDES.search(style)))


def _paths(selectors: str) -> Iterator[list[Compound]]:
    """What each selector names, the outermost first; one that asks for more than tags, classes and ids is
    left out.
    """
    for selector in selectors.split(","):
        parts = [_SELECTOR.fullmatch(part) for part in _WITHIN.split(selector.strip())]
        if all(match and match[0] for match in parts):
            yield [
                ((match[1] or "").casefold(), frozenset(_NAME.findall(match[2]))) for match in parts if match
            ]


def _fits(path: Sequence[Compound], element: Compound, above: Sequence[Compound]) -> bool:
    """Whether an element is the one that a path of a selector ends with, somewhere within the others."""
    if not _is(path[-1], element):
        return False
    around = iter(above)
    return all(any(_is(asked, each) for each in around) for asked in reversed(path[:-1]))


def _is(asked: Compound, element: Compound) -> bool:
    return asked[0] in ("", element[0]) and asked[1] <= element[1]
