"""The members that the rows or the columns of a table name: what a page asks of them, and what the reviewer
said of them, made in the seeds where it is new.

Does not belong here: what their words say by themselves (``rows``).
"""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.extraction.catalogue import DIMENSION_NAMES, DIMENSIONS, UNSTATED, WHOLE
from orchestration.extraction.errors import ExtractionError
from orchestration.notation.folding import fold_label
from orchestration.reconciliation.wording import listed
from orchestration.review.desk import Desk
from orchestration.review.dossier import Dossier, Item
from orchestration.review.groups import counts, named_by, printed_titles, row_of, title_of, whole_rows
from orchestration.review.seeds import kept_seeds, member_named, near_member

#: Rows or columns of which one form asks the member at most.
MOST_ASKED = 40
#: How the fields begin that say of which dimension a page shows the members of rows (or columns).
SHOWN_OF = "montre_"


@dataclass(frozen=True)
class Axis:
    """The rows of a table, or its columns. ``whole`` is the field of a form that says of which dimension all
    of them name a member; ``one`` and ``member`` begin those that say it of a single one, ``dimension`` is
    the one that says of which dimension these are; ``words`` are those of a figure's row or column, ``all``
    those of each figure of a table, by its place.
    """

    whole: str
    one: str
    member: str
    dimension: str
    words: Callable[[Item], str]
    all: Callable[[Sequence[Item]], Mapping[str, str]]

    def told(self, items: Sequence[Item]) -> dict[str, Item]:
        """By their words, the rows or columns of some figures, each with one of these; a column of changes is
        none.
        """
        words = self.all(items)
        found = {words[item.key]: item for item in items if self.one == "ligne" or counts(item)}
        return {words: item for words, item in found.items() if words}


def _own_column_titles(items: Sequence[Item]) -> dict[str, str]:
    """The title of the column of each figure; empty where it has but the heading of its table."""
    headings = {fold_label(item.heading) for item in items}
    return {key: "" if fold_label(told) in headings else told for key, told in printed_titles(items).items()}


AXES = (
    Axis("lignes", "ligne", "membre", "dimension", row_of, lambda items: {i.key: row_of(i) for i in items}),
    Axis("colonnes", "colonne", "membre_colonne", "dimension_colonnes", title_of, _own_column_titles),
)
LINES, COLUMNS = AXES


@dataclass(frozen=True)
class MembersAsked:
    """What a page asks of the rows or columns of some figures. ``unknown`` are those of which a reviewer
    should say the member of ``dimension``, with the label of the member whose words are nearest, or nothing;
    ``named`` are the others with what they are taken for; ``chosen`` is whether the reviewer said that each
    of them names one. ``known`` is how many of them each dimension knows, the one that knows most first;
    empty where nobody needs to be asked of which dimension they are.
    """

    axis: Axis
    dimension: str = ""
    unknown: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    chosen: bool = False
    known: Mapping[str, int] = field(default_factory=dict)


def asked_of(
    desk: Desk, dossier: Dossier, items: Sequence[Item], axis: Axis, dimension: str = ""
) -> MembersAsked:
    """``dimension`` is the one that the reviewer said that all rows (or columns) name, if one was; else most
    of those of the table tell.
    """
    wholes = _wholes(dossier, items, axis)
    told = {words: item for words, item in axis.told(items).items() if words not in wholes}
    several = len({item.line for item in items}) > 1 if axis is LINES else len(told) > 1
    if not items or (axis is COLUMNS and not several):
        return MembersAsked(axis)
    known = _known(dossier, told) if several else {}
    rows = desk.suggester(dossier).rows
    guessed = dimension or rows.dimension_of(items[0].table, items[0].meaning["indicateur"], axis.words)
    if guessed not in DIMENSIONS:
        return MembersAsked(axis, known=known)
    labels = dossier.catalogue.labels[guessed]
    taken = {one: labels.get(rows.member_in(item, guessed, axis.words), "") for one, item in told.items()}
    near = {
        one: near_member(desk.settings.seeds, guessed, named_by(one), item.heading)
        for one, item in told.items()
        if not taken[one]
    }
    named = {one: label for one, label in taken.items() if label} if near or dimension else {}
    return MembersAsked(axis, guessed, near, named, bool(dimension), known)


def _known(dossier: Dossier, told: Mapping[str, Item]) -> dict[str, int]:
    known = Counter(d for words in told for d in dossier.catalogue.members_named(words))
    return dict(sorted(((d, known[d]) for d in DIMENSION_NAMES), key=lambda one: -one[1]))


@dataclass(frozen=True)
class SaidMembers:
    """The members that a reviewer says the row and the column of each figure name, or it alone, by its place;
    ``added`` are the codes that were made for them, by dimension.
    """

    of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    added: Mapping[str, Sequence[str]] = field(default_factory=dict)


@contextlib.contextmanager
def members_said(
    desk: Desk,
    dossier: Dossier,
    items: Sequence[Item],
    given: Mapping[str, str],
    alone: Mapping[str, Mapping[str, str]],
) -> Iterator[tuple[Dossier, SaidMembers]]:
    """The dossier with the members that a form says the rows and columns of ``items`` name, and those that
    single figures are said to name (``alone``: words by dimension, by place), made where they are new; the
    seeds are as they were when what follows is refused.
    """
    dimensions = [told for axis in AXES if (told := _dimension_said(axis, given))]
    if not dimensions and not alone:
        yield dossier, SaidMembers()
        return
    if len(set(dimensions)) < len(dimensions):
        raise ExtractionError(
            "les lignes et les colonnes ne nomment pas les membres d'un même référentiel : dites duquel sont "
            "les unes, duquel les autres"
        )
    for axis in AXES:
        _check_seen(axis, given)
        _check_said(desk, dossier, items, axis, given)
    touched = {*dimensions, *(dimension for said in alone.values() for dimension in said)} & set(DIMENSIONS)
    try:
        with kept_seeds(desk.settings.seeds, sorted(touched)):
            found: dict[str, dict[str, str]] = defaultdict(dict)
            for axis in AXES:
                _name_along(desk, dossier, items, axis, given, found)
            for key, names in alone.items():
                found[key] |= {d: member_named(desk.settings.seeds, d, name) for d, name in names.items()}
            added = _added(dossier, found)
            if added:
                desk.forget()
            yield desk.dossier(dossier.report.code), SaidMembers(found, added)
    except (ExtractionError, OSError):
        desk.forget()
        raise


def _name_along(
    desk: Desk,
    dossier: Dossier,
    items: Sequence[Item],
    axis: Axis,
    given: Mapping[str, str],
    found: dict[str, dict[str, str]],
) -> None:
    """Add what a form says of the rows (or columns) of figures to what is ``found`` of each, by its place."""
    named = dict(_named_along(desk, dossier, items, axis, given))
    for key, words in axis.all(items).items():
        found[key] |= named.get(words, {})
    if given.get(axis.whole):
        for item in items:
            found[item.key] |= _named_no_more(dossier, item, axis, found[item.key])


def _dimension_said(axis: Axis, given: Mapping[str, str]) -> str:
    """The dimension of which a form says that rows, or columns, name members; empty where it says nothing."""
    said = _said_beside(axis, given)
    dimension = given.get(axis.whole, "") or (given.get(axis.dimension, "") if said else "")
    if said and not dimension:
        raise ExtractionError("dites de quel référentiel est le membre que vous nommez")
    return dimension


def _said_beside(axis: Axis, given: Mapping[str, str]) -> dict[str, str]:
    """What the reviewer wrote beside each row or column."""
    told = (
        (given.get(f"{axis.one}{n}", ""), given.get(f"{axis.member}{n}", "").strip())
        for n in range(MOST_ASKED)
    )
    return {words: member for words, member in told if member}


def _check_seen(axis: Axis, given: Mapping[str, str]) -> None:
    """Refuse a form that names the members of a dimension of which its page did not show what each row (or
    column) names.
    """
    whole = given.get(axis.whole, "")
    if given.get(f"{SHOWN_OF}{axis.whole}", whole) != whole:
        raise ExtractionError(
            f"vous n'avez pas encore vu ce que chaque {axis.one} nomme ; le voici : relisez, puis renvoyez"
        )


def _check_said(
    desk: Desk, dossier: Dossier, items: Sequence[Item], axis: Axis, given: Mapping[str, str]
) -> None:
    """Refuse a decision whose rows (or columns) all name members while nobody said of some of them which: a
    member is never made of words that may be another name of one that is there.
    """
    whole, said = given.get(axis.whole, ""), _said_beside(axis, given)
    asked = asked_of(desk, dossier, items, axis, whole).unknown if whole else {}
    silent = [f"« {words} »" for words in asked if words not in said]
    if silent:
        verb = "ne nomme" if len(silent) == 1 else "ne nomment"
        raise ExtractionError(
            f"{listed(silent)} {verb} exactement aucun membre connu. Dites à côté de chaque {axis.one} "
            "lequel elle nomme ; ses propres mots en font un nouveau"
        )


def _named_along(
    desk: Desk, dossier: Dossier, items: Sequence[Item], axis: Axis, given: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """What a form says of each row or column, by its words; members that are new are made. What the draft
    reads of a row stays where the reviewer says nothing else of it.
    """
    whole, said, dimension = given.get(axis.whole), _said_beside(axis, given), _dimension_said(axis, given)
    wholes = _wholes(dossier, items, axis)
    for words in axis.told(items):
        if whole or words in said:
            member = named_by(said.get(words, words))
            total = words in wholes or fold_label(member) in ("total", "ensemble")
            read = {item.meaning[dimension] for item in items if axis.words(item) == words} - {"", UNSTATED}
            if total:
                code = WHOLE
            elif words not in said and len(read) == 1:
                code = read.pop()
            else:
                code = member_named(desk.settings.seeds, dimension, member)
            yield words, {dimension: code}


def named_unseen(
    dossier: Dossier, items: Sequence[Item], said: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """By place what follows from the dimensions that rows and columns are said to name and that no field
    shows: totals, and what words are no longer read as. What a field shows is left out.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for axis in AXES:
        if (dimension := said.get(axis.whole, "")) not in DIMENSIONS:
            continue
        wholes, words, told = _wholes(dossier, items, axis), axis.all(items), axis.told(items)
        for item in items:
            own = {dimension: WHOLE if words[item.key] in wholes else UNSTATED}
            own = own if words[item.key] in told else {}
            found[item.key] |= {**_named_no_more(dossier, item, axis, own), **own}
    return found


def _named_no_more(dossier: Dossier, item: Item, axis: Axis, told: Mapping[str, str]) -> dict[str, str]:
    """The dimensions of which the words of a figure's row are no longer read as naming a member: the reviewer
    said of which one they do.
    """
    named = dossier.catalogue.members_named(axis.words(item))
    return {
        d: UNSTATED for d, code in named.items() if d not in told and item.meaning[d] in ("", UNSTATED, code)
    }


def _wholes(dossier: Dossier, items: Sequence[Item], axis: Axis) -> frozenset[str]:
    """The rows or columns of the table of some figures that are the total of all others."""
    tables = {item.table for item in items if item.table}
    there = [item for item in dossier.items if item.table in tables] or items
    return whole_rows(axis.told(there))


def _added(dossier: Dossier, found: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """The codes among those found that the seeds did not have, by dimension."""
    codes = {(dimension, code) for told in found.values() for dimension, code in told.items()}
    codes = {one for one in codes if one[1] != UNSTATED}
    new = sorted(one for one in codes if one[1] not in dossier.catalogue.members.get(one[0], frozenset()))
    return {dimension: [code for d, code in new if d == dimension] for dimension, _ in new}
