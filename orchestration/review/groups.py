"""Figures that are decided together, the doubtful ones first; and which of them may be accepted at one
stroke.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from orchestration.discovery.phrases import UNMAPPED
from orchestration.discovery.structure import TOTAL
from orchestration.extraction.catalogue import UNIT_NAMES
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Dossier, Item, told_value

#: Confidence from which several figures may be accepted as one decision.
SURE = Decimal("0.98")
#: The way to decide what stands under one heading, outside of tables.
SECTION = "rubrique"
GroupKey = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Figures that are decided together, in the order of print: a column of a table with its evolutions,
    or what shares heading, unit, nature and the last piece of its label.
    """

    items: tuple[Item, ...]
    key: GroupKey = field(default=(), repr=False)

    @property
    def code(self) -> str:
        """A name of the group that stays the same while its figures do."""
        return hashlib.sha256(f"{self.key}{self.items[0].key}".encode()).hexdigest()[:10]

    @property
    def title(self) -> str:
        first = self.items[0]
        rows = {item.line for item in self.items}
        if first.table and len(rows) > 1 and first.heading:
            return " · ".join(filter(None, (first.heading, self._column)))
        if first.table and len({head_of(item) for item in self.items if counts(item)}) > 1:
            return row_of(first)
        return first.label or first.heading or f"ligne {first.line}"

    @property
    def _column(self) -> str:
        """The title of its column as it is printed; empty where it has none."""
        titles = (title_of(item) for item in self.items)
        return next((title for title in titles if fold_label(title) == self.key[3]), self.key[3])

    @property
    def open(self) -> tuple[Item, ...]:
        """Those that nobody has reviewed yet."""
        return tuple(item for item in self.items if not item.reviewed)

    @property
    def doubts(self) -> list[str]:
        return sorted({doubt for item in self.open for doubt in item.doubts})

    @property
    def shared(self) -> dict[str, str]:
        """What all its figures mean alike; a key on which they differ is left out."""
        first = self.items[0].meaning
        return {
            key: value
            for key, value in first.items()
            if all(item.meaning[key] == value for item in self.items)
        }


@dataclass(frozen=True)
class Series:
    """Figures of a table that have one indicator: a row or a column, named by its own words."""

    name: str
    items: tuple[Item, ...]


def groups_of(dossier: Dossier) -> list[Group]:
    """Every group with a figure to decide first, the most doubtful at the head, then those that are done."""
    keys = _keys(dossier.items)
    held: dict[GroupKey, list[Item]] = defaultdict(list)
    for item in sorted(dossier.items, key=lambda item: (item.line, item.column)):
        held[keys[item.key]].append(item)
    found = [Group(tuple(items), key) for key, items in held.items()]
    return sorted(found, key=lambda g: (not g.open, -_weight(g), g.items[0].line))


def whole_tables(dossier: Dossier) -> list[Group]:
    """Every table with all its figures as one group, for tables that measure one thing."""
    held: dict[int, list[Item]] = defaultdict(list)
    for item in sorted(dossier.items, key=lambda item: (item.line, item.column)):
        if item.table:
            held[item.table].append(item)
    return [Group(tuple(items), ("tableau", str(table), "", "")) for table, items in held.items()]


def titles_apart(groups: Sequence[Group]) -> dict[str, str]:
    """The title of each group by its code; where several have one title, the row that each begins with tells
    them apart, or its first figure where that says nothing more.
    """
    shared = Counter(group.title for group in groups)
    rows = Counter((group.title, row_of(group.items[0])) for group in groups)

    def told(group: Group) -> str:
        row = row_of(group.items[0])
        apart = row if row != group.title and rows[group.title, row] == 1 else group.items[0].printed
        return f"{group.title} ({apart})" if shared[group.title] > 1 else group.title

    return {group.code: told(group) for group in groups}


def _keys(items: Iterable[Item]) -> dict[str, GroupKey]:
    """What each figure shares with those that are decided with it, by its place."""
    keys: dict[str, GroupKey] = {}
    in_order = sorted(items, key=lambda item: (item.table, item.line, item.column))
    for table, run in groupby(in_order, key=lambda item: item.table):
        cells = list(run)
        if table:
            keys.update(_keys_of_table(table, cells))
        else:
            keys.update(_keys_of_phrases(cells))
    return keys


#: The last words before a figure that is set against the one before it.
_AGAINST = re.compile(
    r"\b(?:contre|objectif|cible|apres|au lieu|face)\b(?: (?:de|d|a|aux?|en|un|une|l|la|le))*$"
)


def _keys_of_phrases(cells: Sequence[Item]) -> Iterator[tuple[str, GroupKey]]:
    """What shares its words is decided together, but for figures that are read as different things."""
    read: dict[GroupKey, set[str]] = defaultdict(set)
    phrases = list(_phrases(cells))
    for item, _, key in phrases:
        read[key].add(item.meaning["indicateur"])
    for item, base, key in phrases:
        yield item.key, (*key, fold_label(base.label)) if len(read[key]) > 1 else key


def _phrases(cells: Sequence[Item]) -> Iterator[tuple[Item, Item, GroupKey]]:
    """A figure of a sentence that is set against the one before it (last year's, the aim, how it changed) is
    decided with that one: each with that one and what they share.
    """
    base: Item | None = None
    key: GroupKey = ()
    for item in cells:
        if base is None or not _against(base, item):
            base, key = item, _key_of_phrase(item)
        yield item, base, key


def _against(base: Item, item: Item) -> bool:
    """Whether a figure says what that of ``base``, in its sentence, was before, should be, or its change."""
    one, other = base.hole, item.hole
    if (
        one is None
        or other is None
        or (one.file, one.block, one.field) != (other.file, other.block, other.field)
    ):
        return False
    if item.meaning["nature"] == "evolution":
        return base.meaning["nature"] != "evolution"
    said, before = fold_label(item.label), fold_label(base.label)
    apart = any(item.meaning[key] != base.meaning[key] for key in ("periode", "nature"))
    alike = said == before or (said.startswith(before) and _AGAINST.search(said) is not None)
    return apart and alike and item.meaning["unite"] == base.meaning["unite"]


def _key_of_phrase(item: Item) -> GroupKey:
    last = item.label.split(" | ")[-1]
    return fold_label(item.heading), item.meaning["unite"], item.meaning["nature"], fold_label(last)


def _keys_of_table(table: int, cells: Sequence[Item]) -> Iterator[tuple[str, GroupKey]]:
    """By column, an evolution with what it evolves; by row as well where rows speak of different things.
    Columns that only say when are one.
    """
    lines = {line: list(row) for line, row in groupby(cells, key=lambda item: item.line)}
    when = _columns_of_times(cells)
    titles = {key: "" if head in when else head for key, head in _heads(list(lines.values())).items()}
    titled = any(_apart(row, titles) for row in lines.values())
    keys: dict[str, GroupKey] = {}
    for row in lines.values():
        counted = [item for item in row if counts(item)]
        for item in row:
            base = counted[0] if item.meaning["nature"] == "evolution" and counted else item
            column = titles[base.key] if titled else ""
            keys[item.key] = (str(table), base.meaning["unite"], base.meaning["nature"], column)
    known: dict[GroupKey, set[str]] = defaultdict(set)
    for item in cells:
        known[keys[item.key]].add(item.meaning["indicateur"])
    for item in cells:
        key = keys[item.key]
        yield item.key, (*key, fold_label(row_of(item))) if len(known[key] - {UNMAPPED}) > 1 else key


def printed_titles(cells: Sequence[Item]) -> dict[str, str]:
    """The title of the column of each figure of a table, as it is printed once; empty where it has none."""
    in_order = sorted(cells, key=lambda item: (item.line, item.column))
    rows = [list(row) for _, row in groupby(in_order, key=lambda item: item.line)]
    printed = {head_of(item): title_of(item) for item in in_order}
    return {key: printed.get(head, "") for key, head in _heads(rows).items()}


def _heads(rows: Sequence[Sequence[Item]]) -> dict[str, str]:
    """The folded title of the column of each figure; one that has none (but the heading of its table) takes
    that of the figures above and below it which have the same rank on their rows.
    """
    places = [(rank, item) for row in rows for rank, item in enumerate(row)]
    heads = {i.key: "" if head_of(i) == fold_label(i.heading) else head_of(i) for _, i in places}
    found = dict(heads)
    for rank, item in places:
        if not heads[item.key] and counts(item):
            over = {heads[o.key] for at, o in places if heads[o.key] and at == rank and _one_column(item, o)}
            found[item.key] = over.pop() if len(over) == 1 else ""
    return found


def _one_column(one: Item, other: Item) -> bool:
    return one.column < other.column + other.end and other.column < one.column + one.end


def _apart(row: Sequence[Item], titles: Mapping[str, str]) -> bool:
    """Whether figures of one unit on a row stand under different titles."""
    told = {(item.meaning["unite"], titles[item.key]) for item in row if counts(item)}
    return len(told) > len({unit for unit, _ in told})


def _columns_of_times(cells: Sequence[Item]) -> set[str]:
    """The titles of columns that say when and nothing else: months, quarters or days across, each its own or
    none, and the total of them or the year that they are of.
    """
    told = {(head_of(item), item.meaning["periode"]) for item in cells if counts(item)}
    parts = {(title, time) for title, time in told if len(time) > len("2022")}
    titles, times = {title for title, _ in parts}, {time for _, time in parts}
    if not 1 < len(times) == len(parts) or len(titles) not in (1, len(times)):
        return set()
    years = {time[:4] for time in times}
    return titles | {title for title, time in told if TOTAL.match(title) or time in years}


def counts(item: Item) -> bool:
    """Whether a figure counts something, and does not say how it changed."""
    return item.meaning["nature"] != "evolution"


def row_of(item: Item) -> str:
    """The words that begin the row of a figure."""
    return item.label.split(" | ")[0]


#: What a row is called that is the total of all others, and what begins the name of another total.
_WHOLE_ROW = re.compile(r"(?:total|ensemble)(?: (?:general|annuel|annee|de l annee|\d{4}))*")
_TOTAL_OF = re.compile(
    r"\s*(?:sous[- ])?(?:total|ensemble)\s+(?:des\b|du\b|de la\b|de l[’']|de\b|d[’'])?\s*", re.IGNORECASE
)


def whole_rows(rows: Iterable[str]) -> frozenset[str]:
    """Those of the rows of a table that are the total of all others: where several are called totals, those
    that name nothing else.
    """
    totals = {row for row in rows if TOTAL.match(row)}
    bare = {row for row in totals if _WHOLE_ROW.fullmatch(fold_label(row))}
    return frozenset(totals if len(totals) < 2 else bare)


def named_by(row: str) -> str:
    """The words by which a row names a member: those of a sub-total are what it is the total of."""
    named = _TOTAL_OF.sub("", row, count=1) if TOTAL.match(row) else row
    return named[:1].upper() + named[1:] if named else row


def head_of(item: Item) -> str:
    """The folded title of the column of a figure; empty where it has none."""
    return fold_label(title_of(item))


def title_of(item: Item) -> str:
    """The title of the column of a figure, or the heading of its table; empty where it has none."""
    pieces = item.label.split(" | ")
    return pieces[1] if len(pieces) > 1 else ""


def _weight(group: Group) -> int:
    """How urgent a group is: figures that arithmetic refutes, then those that say what is doubtful."""
    return sum(2 * bool(item.refuted) + bool(item.doubts) for item in group.open)


def acceptable(
    items: Iterable[Item], sure_of: Callable[[Item], Mapping[str, str] | None]
) -> list[tuple[Item, Mapping[str, str]]]:
    """The figures that may be accepted in one decision, each with what it means beside what is read: not
    refuted, and ``sure_of`` says that it is sure.
    """
    waiting = (item for item in items if not item.reviewed and item.hole and not item.refuted)
    return [(item, told) for item in waiting if (told := sure_of(item)) is not None]


def section_of(dossier: Dossier, group: Group) -> list[Series]:
    """The figures of boxes and sentences that wait, down the page from the heading of a group on, then from
    the first page, each with what is set against it: one form may say what each of them is. Empty where there
    is one alone, or the group is of a table.
    """
    if group.items[0].table:
        return []
    waiting = [g for g in groups_of(dossier) if g.open and not g.items[0].table]
    waiting.sort(key=lambda g: (g.open[0].line, g.open[0].column))
    heading = group.items[0].heading
    first = next((n for n, g in enumerate(waiting) if g.items[0].heading == heading), 0)
    own = next((n for n, g in enumerate(waiting) if g.code == group.code), first)
    start = first if own < first + MOST_SERIES else own
    those = [one for g in waiting[start:] + waiting[:start] for one in _chains(g)][:MOST_SERIES]
    return [Series(_told_alone(g), g.open) for g in those] if len(those) > 1 else []


def _chains(group: Group) -> list[Group]:
    """The figures of a group that wait, each with what its sentence sets against it: others that share its
    words alone are asked apart (in four invented reports, all three such groups measured two things, and all
    eight of one chain one thing).
    """
    held: dict[str, list[Item]] = defaultdict(list)
    for item, base, _ in _phrases(group.open):
        held[base.key].append(item)
    return [Group(tuple(items), group.key) for items in held.values()]


def _told_alone(group: Group) -> str:
    """What stands beside the figures of a group in a form of several: each with its words where these are not
    those of the first.
    """
    first = group.open[0]
    told = []
    for one in group.open:
        own = f" ({row_of(one)})" if row_of(one) != row_of(first) else ""
        told.append(f"{one.printed} = {told_value(one)}, {one.meaning['periode']}{own}")
    return f"{first.label or group.title} : {' ; '.join(told)}"


def table_of(dossier: Dossier, group: Group) -> tuple[Item, ...]:
    """The open figures of the table that a group belongs to, where every relation of the table holds; else
    nothing. What another part of the report says against one of them is not about the table.

    Arithmetic vouches for its digits and its columns, the reviewer for its concepts.
    """
    table = group.items[0].table
    there = [item for item in dossier.items if table and item.table == table and item.hole]
    bound = [item for item in there if item.confirmed]
    if len(bound) < 3 or 2 * len(bound) < len(there) or any(item.disputed for item in there):
        return ()
    return tuple(item for item in there if not item.reviewed)


def series_of(items: Sequence[Item]) -> dict[str, list[Series]]:
    """The ways in which a table may be cut into series of one indicator each: ``lignes`` and ``colonnes``."""
    rows: dict[str, list[Item]] = defaultdict(list)
    columns: dict[GroupKey, list[Item]] = defaultdict(list)
    for item in items:
        rows[row_of(item)].append(item)
    for key, place in _keys_of_table(0, sorted(items, key=lambda item: (item.line, item.column))):
        columns[place[:4]].append(next(item for item in items if item.key == key))
    by_row = [Series(name, tuple(those)) for name, those in rows.items()]
    by_column = [Series(_told_column(those), tuple(those)) for those in columns.values()]
    return {
        name: cut
        for name, cut, most in (("colonnes", by_column, MOST_SERIES), ("lignes", by_row, MOST_ROWS))
        if 1 < len(cut) <= most
    }


def cuts_of(dossier: Dossier, group: Group) -> dict[str, list[Series]]:
    """The ways in which the table of a group may be decided in one form: any where arithmetic confirms it, or
    contradicts it; else column by column, and row by row where the figures of each row count alike; outside
    of tables, what waits from the heading of the group on, one by one.
    """
    if not group.items[0].table:
        section = section_of(dossier, group)
        return {SECTION: section} if section else {}
    if table := table_of(dossier, group):
        return series_of(table)
    rank = group.items[0].table
    there = [item for item in dossier.items if item.table == rank and item.hole and not item.reviewed]
    ways = series_of(there)
    if any(item.disputed for item in there):  # one misprint is seen once, with all that it contradicts
        return ways
    rows = series_of(_counted_alike(there)).get("lignes", [])
    return {cut: series for cut, series in {**ways, "lignes": rows}.items() if series}


def _counted_alike(cells: Sequence[Item]) -> Sequence[Item]:
    """The figures of a table that count as the first of their row do: without the columns that do not in some
    row (points beside results). None where that leaves most rows one figure: then columns are its series.
    """
    heads, unit = printed_titles(cells), dict[int, str]()
    for item in sorted(cells, key=lambda item: (item.line, item.column)):
        if counts(item):
            unit.setdefault(item.line, item.meaning["unite"])
    apart = {heads[i.key] for i in cells if counts(i) and i.meaning["unite"] != unit[i.line]}
    kept = [item for item in cells if heads[item.key] not in apart and item.line in unit]
    several = Counter(item.line for item in kept if counts(item))
    return kept if not apart or 2 * sum(n > 1 for n in several.values()) > len(unit) else ()


#: Columns, boxes and sentences that are decided in one form at most, and rows of a table, which are shorter.
MOST_SERIES, MOST_ROWS = 12, 40


def _told_column(items: Sequence[Item]) -> str:
    first = items[0]
    unit = first.meaning["unite"]
    titles = (title_of(item) for item in items if head_of(item) != fold_label(item.heading))
    title = next(filter(None, titles), first.heading)
    return f"{title} ({UNIT_NAMES.get(unit, unit)})"
