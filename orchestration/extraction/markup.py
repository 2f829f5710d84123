"""From a saved page to text: what a person sees of it, block by block, its tables as rows of cells, the rest
named.

A walk over the tree that lxml reads: libraries that keep the article of a page drop captions, cards and
asides without a word, and glue the mark of a note to its number. Does not belong here: how bytes become a
tree (formats), what a number means (discovery).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from orchestration.extraction.formats import LeftOut
from orchestration.extraction.styles import BLOCK, HIDES, Styles, named
from orchestration.notation.folding import plain
from orchestration.notation.lexicon import words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: What no eye sees of a page, and what no page prints: not counted.
UNPRINTED = frozenset(
    {
        "script",
        "style",
        "template",
        "head",
        "title",
        "noscript",
        "iframe",
        "meter",
        "progress",
        "audio",
        "video",
        "canvas",
        "metadata",
        "desc",
        "datalist",
        "map",
    }
)
#: Why a part is left out: menus, forms, banners, hidden parts, the foot of the page, the ticks of a chart; or
#: lost by mistake.
MENU, FORM, BANNER, HIDDEN, FOOT, CHART, LOST = (
    "menu",
    "formulaire",
    "bandeau",
    "masque",
    "pied de page",
    "graphique",
    "perdu",
)
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
_SPACED = frozenset(
    {
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "ul",
        "ol",
        "dl",
        "figure",
        "blockquote",
        "section",
        "article",
        "header",
        "aside",
        "main",
    }
)
_ARTICLE = ("main", "article", "section", "figure", "blockquote", "aside")
#: The parts of a drawing that paint text.
_PAINTED = frozenset({"text", "foreignobject"})
_TABLE_PARTS = frozenset({"tbody", "thead", "tfoot", "tr", "colgroup", "col"})
_CHOICES = frozenset({"select", "option", "textarea", "button", "input"})
#: Why an element is left out for what its tag or its role declares, the first that applies.
_DECLARED = (
    (MENU, ("nav",), ("navigation", "menu", "menubar", "search")),
    (FORM, _CHOICES, ()),
    (BANNER, (), ("dialog", "alertdialog")),
    (FOOT, ("footer",), ("contentinfo",)),
)
_NAMES = (
    (
        BANNER,
        re.compile(
            r"(?:^|[-_\s])(?:cookies?|consent|rgpd|gdpr|tarteaucitron|popin|modal)(?:$|[-_\s])", re.IGNORECASE
        ),
    ),
    (
        MENU,
        re.compile(
            r"(?:^|[-_\s])(?:breadcrumbs?|fil-?d?-?ariane|pagination|pager|share|partage|social|skip-?links?|navbar|menu)(?:$|[-_\s])",
            re.IGNORECASE,
        ),
    ),
    (
        HIDDEN,
        re.compile(
            r"(?:^|[-_\s])(?:sr-only|visually-hidden|visuallyhidden|screen-reader\w*|print-only)(?:$|[-_\s])",
            re.IGNORECASE,
        ),
    ),
)
#: A part named like a menu that holds more of the page's text than this is none.
MOST_OF_A_MENU = 0.3
_RAISED = str.maketrans("0123456789()[]", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁽⁾")
_NOTE = re.compile(r"[(\[]?\s*(?:\d{1,3}(?:\s*[,;-]\s*\d{1,3})*|[a-d*†‡])\s*[)\]]?\*?")
_BLANKS = re.compile(r"[^\S\u00a0\u202f\u2009]+")
_NUMBER_ALONE = re.compile(r"[+\-\u2212]?\s?\d[\d\s.,\u00a0\u202f\u2009]*")
_UNIT_ALONE = re.compile(rf"(?:{words('multiplicateurs')})?\s*(?:d'|de\s)?\s*(?:{words('unites')})?\.?")
#: A number and its unit at the end of an element; a word that goes on with the unit (``jour`` + ``s``).
_ENDS_IN_UNIT = re.compile(rf"\d\s?((?:{words('multiplicateurs')}|{words('unites')}))$")
_SAYS_UNIT = re.compile(rf"(?:{words('multiplicateurs')}|{words('unites')})(?!['’])")
BULLET = "• "
#: A change in a badge of its own (``+ 12 %``).
_CHANGE = re.compile(r"[+\u2212]\s?\d|[-–]\s\d")
WALL, MAX_PAD, MAX_CELL_WORDS = " | ", 60, 60


_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class TitleLine(str):
    """A line that the page itself calls a heading."""


@dataclass
class Lines:
    """Lines of text being written: the words of the line that is open, and the marks of notes that wait for
    its end.
    """

    done: list[str] = field(default_factory=list)
    open: str = ""
    marks: list[str] = field(default_factory=list)
    blank: bool = False
    #: Blanks before the bullets of the list that is written: two for each list around it.
    indent: int = 0

    def write(self, text: str, *, apart: bool = False) -> None:
        """Append words to the open line; ``apart`` when another element begins, so that figures of two
        elements never become one.
        """
        text = _BLANKS.sub(" ", text)
        if not self.open or self.open.endswith(" "):
            text = text.lstrip(" ")
        elif apart and text and _parted(self.open, text):
            text = " " + text
        self.open += text

    def mark(self, text: str) -> None:
        """A raised figure: at the end of the line when it follows a number, else where it stands."""
        raised = text.translate(_RAISED)
        if re.search(r"[\d%€]\s*$", self.open):
            self.marks.append(raised)
        else:
            self.open += raised

    def end(self, *, blank: bool = False) -> None:
        """End the open line (a bullet waits for its words); ``blank`` when an empty line follows it."""
        if self.open == BULLET:
            return
        line = " ".join([self.open.rstrip(" "), *self.marks]).strip(" ")
        if line.startswith(BULLET.strip()):
            line = " " * self.indent + line
        self.open, self.marks = "", []
        if line:
            if self.blank and self.done:
                self.done.append("")
            self.done.append(line)
            self.blank = False
        self.blank = self.blank or blank


def _parted(before: str, after: str) -> bool:
    """Whether a blank must stand between the texts of two elements: a number beside a word, or beside another
    number.
    """
    if after[0].isdecimal() and before[-1].isalpha():
        return True
    if before[-1].isalpha() and _CHANGE.match(after):
        return True
    if before[-1] in "%€" and after[0].isalpha():
        return True
    if after[0].isalpha() and (unit := _ENDS_IN_UNIT.search(plain(before[-40:]))):
        return not _SAYS_UNIT.match(plain(unit[1] + after))
    if before[-1].isdecimal() and after[0].isalpha():
        return not re.match(r"(?:er|ère|re|nd|nde|e|è|ème|eme)s?\b", after)
    return (
        before[-1].isdecimal()
        and after[0].isdecimal()
        and bool(re.search(r"\d{2}$", before) or re.match(r"\d{2}", after))
    )


class Walk:
    """One reading of a tree: the lines that it prints and the parts that it leaves out."""

    def __init__(self, root: HtmlElement) -> None:
        self.left_out: list[LeftOut] = []
        self._length = max(1, len(_text(root)))
        self._styles = Styles(_text(style) for style in root.iter() if _tag(style) == "style")

    def lines_of(self, root: HtmlElement) -> list[str]:
        lines = Lines()
        self._children(root, lines)
        lines.end()
        return list(_with_units(lines.done))

    def _children(self, element: HtmlElement, lines: Lines, *, apart: bool = True) -> None:
        lines.write(element.text or "", apart=apart)
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, lines)
            lines.write(child.tail or "", apart=True)

    def _element(self, element: HtmlElement, lines: Lines) -> None:
        tag = _tag(element)
        if tag in UNPRINTED:
            return
        if reason := self._reason(element, tag):
            self._leave_out(reason, element)
        elif tag == "br":
            lines.end()
        elif tag == "table":
            lines.end(blank=True)
            self._table(element, lines)
            lines.end(blank=True)
        elif tag == "dd":
            self._definition(element, lines)
        elif tag == "dt" and _value_first(element):
            self._term(element, lines)
        elif tag == "sup" and _NOTE.fullmatch(_text(element).strip()):
            lines.mark("".join(_text(element).split()))
        elif tag in ("sub", "sup"):
            self._children(element, lines, apart=False)
        elif tag == "pre":
            lines.end(blank=True)
            lines.done.extend(line.rstrip() for line in _printed(element).splitlines())
        elif tag == "svg":
            self._drawing(element, lines)
        elif self._is_block(element):
            self._block(element, tag, lines)
        else:
            self._children(element, lines)

    def _is_block(self, element: HtmlElement) -> bool:
        """Whether an element stands on lines of its own: by its tag, by its own words, by a style sheet."""
        tag = _tag(element)
        if tag in _BLOCKS or not tag:
            return bool(tag)
        if BLOCK.search(element.get("style") or ""):
            return True
        above = [named(_tag(a), a.get("class"), a.get("id")) for a in element.iterancestors()]
        return self._styles.set_apart(named(tag, element.get("class"), element.get("id")), above)

    def _block(self, element: HtmlElement, tag: str, lines: Lines) -> None:
        holds = any(self._is_block(child) for child in element.iterchildren(tag="*"))
        within = element.getparent()
        spaced = (tag in _SPACED or holds) and tag != "li" and (within is None or _tag(within) != "li")
        lines.end(blank=spaced)
        before = len(lines.done)
        if tag == "li":
            lines.open = BULLET
            lines.indent = 2 * sum(1 for above in element.iterancestors("li"))
        self._children(element, lines)
        if lines.open == BULLET:
            lines.open = ""
        lines.end(blank=spaced)
        if tag in _TITLES:
            lines.done[before:] = map(TitleLine, lines.done[before:])

    def _reason(self, element: HtmlElement, tag: str) -> str:
        """Why an element is not part of what the page reports; empty when it is."""
        role = (element.get("role") or "").casefold()
        if self._is_hidden(element, tag):
            return HIDDEN
        told = next((reason for reason, tags, roles in _DECLARED if tag in tags or role in roles), "")
        if told == FOOT and any(_tag(above) in _ARTICLE for above in element.iterancestors()):
            return ""
        if told or tag in ("main", "article", "body", "html"):
            return told
        return self._reason_named(element)

    def _reason_named(self, element: HtmlElement) -> str:
        """What the class or the name of an element says that it is, unless it holds most of the page."""
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        found = next((reason for reason, pattern in _NAMES if pattern.search(names)), "")
        if not found or found == HIDDEN:
            return found
        return found if len(_text(element)) <= MOST_OF_A_MENU * self._length else ""

    def _is_hidden(self, element: HtmlElement, tag: str) -> bool:
        """Whether no eye sees an element: by its own words, or by a style sheet of the page."""
        style = element.get("style") or ""
        if HIDES.search(style) or any(element.get(name) is not None for name in ("hidden", "popover")):
            return True
        if tag == "dialog" and element.get("open") is None:
            return True
        return self._styles.hide(tag, element.get("class"), element.get("id"))

    def _leave_out(self, reason: str, element: HtmlElement) -> None:
        text = " ".join(_printed(element).split())
        if any(map(str.isdecimal, text)):
            self.left_out.append(LeftOut(reason, text))

    def _definition(self, element: HtmlElement, lines: Lines) -> None:
        """What a term is worth: on the line of the term when it is one line itself."""
        lines.end()
        inner = self.lines_of(element)
        term = element.getprevious()
        follows = term is not None and _tag(term) == "dt" and bool(_text(term).strip())
        if len(inner) == 1 and lines.done and follows and not _value_first(element):
            lines.done[-1] = f"{lines.done[-1].rstrip(' :')} : {inner[0]}"
        else:
            lines.done.extend(inner)

    def _term(self, element: HtmlElement, lines: Lines) -> None:
        """What a value that stands before it measures: on its line when both are one line."""
        lines.end()
        inner, value = self.lines_of(element), element.getprevious()
        if len(inner) == 1 and lines.done and value is not None and _tag(value) == "dd":
            lines.done[-1] = f"{lines.done[-1]} {inner[0]}"
        else:
            lines.done.extend(inner)

    def _drawing(self, element: HtmlElement, lines: Lines) -> None:
        """The texts of a drawing, one a line; those of a chart whose bare numbers only count by one step, as
        the ticks of an axis do, are left out.
        """
        painted = [
            part
            for part in element.iter()
            if _tag(part) in _PAINTED
            and not any(_tag(a) in _PAINTED for a in _within(part, element))
            and not any(self._is_hidden(a, _tag(a)) for a in (part, *_within(part, element)))
        ]
        texts = [" ".join(_printed(text).split()) for text in painted]
        numbered = [text for text in texts if any(map(str.isdecimal, text))]
        bare = [text for text in numbered if not re.search(r"[^\W\d_]{2,}", text)]
        if len(bare) >= 3 and 2 * len(bare) > len(numbered) and _are_ticks(bare):
            self._leave_out(CHART, element)
            return
        if unpainted := _digits(_printed(element)) - _digits("".join(texts)):
            self.left_out.append(LeftOut(HIDDEN, "".join(sorted(unpainted.elements()))))
        lines.end(blank=True)
        for part in painted:
            self._children(part, lines)
            lines.end()
        lines.end(blank=True)

    def _table(self, table: HtmlElement, lines: Lines) -> None:
        rows = [
            row
            for row in table.iter()
            if _tag(row) == "tr" and next(a for a in row.iterancestors() if _tag(a) == "table") is table
        ]
        for caption in (c for c in table if _tag(c) == "caption"):
            self._element(caption, lines)
            lines.end()
        self._strays(table, lines)
        lines.end()
        rows = [row for row in rows if not self._left_hidden(row)]
        if not _is_data(rows):
            for row in rows:
                for cell in (cell for cell in _cells(row) if not self._left_hidden(cell)):
                    self._block(cell, "div", lines)
            return
        for line in _in_columns(list(self._grid(rows))):
            lines.done.extend([""] * (lines.blank and bool(lines.done)))
            lines.blank = False
            lines.done.append(line)

    def _left_hidden(self, part: HtmlElement) -> bool:
        """Whether a row or a cell is hidden; then it is named as left out."""
        above = part.getparent()
        parts = [part, *([above] if above is not None and _tag(above) in _TABLE_PARTS - {"tr"} else [])]
        if not any(self._is_hidden(each, _tag(each)) for each in parts):
            return False
        self._leave_out(HIDDEN, part)
        return True

    def _strays(self, element: HtmlElement, lines: Lines) -> None:
        """What stands in a table and in none of its cells: browsers show it above."""
        lines.write(element.text or "", apart=True)
        for child in element:
            tag = _tag(child)
            if tag in _TABLE_PARTS:
                self._strays(child, lines)
            elif tag and tag != "caption" and not (tag in ("td", "th") and _tag(element) == "tr"):
                self._element(child, lines)
            lines.write(child.tail or "", apart=True)

    def _grid(self, rows: Sequence[HtmlElement]) -> Iterator[list[str]]:
        """The cells of a table by row; a cell that spans stands once, at its first place."""
        spanning: dict[int, int] = {}
        for row in rows:
            found: list[str] = []
            for cell in (cell for cell in _cells(row) if not self._left_hidden(cell)):
                while spanning.get(len(found), 0) > 0:
                    spanning[len(found)] -= 1
                    found.append("")
                text = " ".join(line for line in self.lines_of(cell) if line)
                for i in range(_span(cell, "colspan")):
                    if _span(cell, "rowspan") > 1:
                        spanning[len(found)] = _span(cell, "rowspan") - 1
                    found.append("" if i else text)
            while spanning.get(len(found), 0) > 0:
                spanning[len(found)] -= 1
                found.append("")
            yield found


def _in_columns(grid: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows of a table that hold anything, each cell as wide as its column."""
    widths = [
        min(MAX_PAD, max(len(row[i]) if i < len(row) else 0 for row in grid))
        for i in range(max(map(len, grid), default=0))
    ]
    return (walled(row, widths) for row in grid if any(row))


def walled(row: Sequence[str], widths: Sequence[int]) -> str:
    """The cells of one row padded to ``widths``, with walls between them."""
    return WALL.join(
        cell.ljust(widths[i]) if i < len(row) - 1 else cell for i, cell in enumerate(row)
    ).rstrip()


def _within(part: HtmlElement, whole: HtmlElement) -> Iterator[HtmlElement]:
    """The elements between a part and the whole that holds it."""
    return itertools.takewhile(lambda above: above is not whole, part.iterancestors())


def _are_ticks(texts: list[str]) -> bool:
    """Whether numbers that stand alone in a drawing only count by one step; years beside them do not."""
    shown = {re.sub(r"[^\d,.-]", "", text).replace(",", ".") for text in texts}
    counted = [text for text in shown if not re.fullmatch(r"(?:19|20)\d\d", text)]
    try:
        values = sorted(map(Decimal, counted))
    except InvalidOperation:
        return False
    return len({b - a for a, b in itertools.pairwise(values)}) <= 1


def _is_data(rows: Sequence[HtmlElement]) -> bool:
    """Whether a table sets figures in rows, rather than the parts of a page."""
    if max((len(list(_cells(row))) for row in rows), default=0) < 2:
        return False
    for row in rows:
        for cell in _cells(row):
            if (
                any(_tag(inner) == "table" for inner in cell.iterdescendants(tag="*"))
                or len(_text(cell).split()) > MAX_CELL_WORDS
            ):
                return False
    return True


def _cells(row: HtmlElement) -> Iterator[HtmlElement]:
    return (cell for cell in row if _tag(cell) in ("td", "th"))


def _span(cell: HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), 100) if text.isdecimal() else 1


def _value_first(element: HtmlElement) -> bool:
    """Whether the list of a term, or its group, begins with a value: cards that show the number above."""
    parent = element.getparent()
    return parent is not None and len(parent) > 0 and _tag(parent[0]) == "dd"


def _tag(element: HtmlElement) -> str:
    return element.tag.rpartition("}")[2].casefold() if isinstance(element.tag, str) else ""


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext())


def _printed(element: HtmlElement) -> str:
    """All that an element prints, whatever it is; what no page prints left out."""
    return "".join(_printed_pieces(element))


def _printed_pieces(element: HtmlElement) -> Iterator[str]:
    if _tag(element) in UNPRINTED:
        return
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _printed_pieces(child)
            yield " " if _tag(child) in _BLOCKS or _tag(child) in ("br", "text") else ""
        yield child.tail or ""


def _with_units(lines: Sequence[str]) -> Iterator[str]:
    """A line that is nothing but a unit joins the line above it that is nothing but a number."""
    held: str | None = None
    for line in lines:
        if (
            held is not None
            and line.strip()
            and _NUMBER_ALONE.fullmatch(held)
            and _UNIT_ALONE.fullmatch(plain(line.strip()))
        ):
            held = f"{held} {line.strip()}"
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def read_page(root: HtmlElement) -> tuple[str, list[LeftOut], list[int]]:
    """The text of a page, the digits that it leaves out, each part with its reason, and the lines (1-based)
    that it calls headings.
    """
    walk = Walk(root)
    lines = walk.lines_of(root)
    text = "\n".join(lines) + "\n"
    titles = [number for number, line in enumerate(lines, 1) if line and isinstance(line, TitleLine)]
    return text, [*walk.left_out, *_lost(root, text, walk.left_out)], titles


def _lost(root: HtmlElement, text: str, left_out: Sequence[LeftOut]) -> Iterator[LeftOut]:
    """Digits that the tree prints and that are neither in the text nor named: none, unless the
    walk is wrong.
    """
    from lxml import etree

    above = " or ".join(f"ancestor-or-self::*[local-name()='{tag}']" for tag in sorted(UNPRINTED))
    printed = "".join(etree.XPath(f"descendant-or-self::*[not({above})]/text()")(root))
    missing = _digits(printed) - _digits(text) - _digits("".join(part.text for part in left_out))
    if missing:
        yield LeftOut(LOST, "".join(sorted(missing.elements())))


def _digits(text: str) -> Counter[str]:
    return Counter(c for c in unicodedata.normalize("NFKC", text) if c.isdecimal())
