"""What the words of a figure's row say beside its indicator: the member that it names, that it is a total,
its unit, its sign.

Does not belong here: what the figure measures (``suggestions``).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from orchestration.discovery.evidence import RELATIVE
from orchestration.discovery.movements import rises_or_falls
from orchestration.discovery.phrases import PhraseBook
from orchestration.discovery.structure import TOTAL
from orchestration.discovery.wording import stems
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, WHOLE, Catalogue
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Item, told_in_another_unit
from orchestration.review.groups import head_of, named_by, row_of, whole_rows

#: The dimension of members that have none of their own.
CATCH_ALL = "modalite"
#: Units that often stand in the words of a label alone.
BARE = frozenset({"jours", "heures", "minutes", "secondes", "semaines", "mois", "ans"})
#: Natures of figures that are counted as their indicator is.
_IN_ITS_UNIT = frozenset({"constate", "total", "objectif", "moyenne", "parametre"})
#: What may be below zero, and the words that say that it is.
_BALANCE, _BELOW_ZERO = re.compile(r"\b(?:resultat|solde)\b"), re.compile(r"\bdeficit\w*\b")
_ABOVE_ZERO = re.compile(r"\b(?:exceden|benefic)\w*\b")
#: The word that calls a percentage a rate of its own.
_RATE = re.compile(r"\btaux\b")
#: Words of a title under which percentages say how something changed.
_CHANGES = re.compile(r"\b(?:evolution|variation)s?\b")


#: What words of a figure name a member: those that begin its row, or the title of its column.
NamingWords = Callable[[Item], str]


class RowWords:
    """What is said by the words of each row of a report, and by those of the rows beside it."""

    def __init__(self, catalogue: Catalogue, book: PhraseBook, items: Sequence[Item]) -> None:
        self._catalogue, self._book, self._items = catalogue, book, items
        self._named: dict[tuple[int, NamingWords], tuple[str, ...]] = {}
        self._whole: dict[int, frozenset[str]] = {}
        self._lines: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            if item.table:
                self._lines[item.line].append(item)

    def lacks_a_member(self, item: Item) -> bool:
        """Whether most rows of a figure's table name members of a dimension and its own names none."""
        code = item.meaning["indicateur"]
        said = {**item.meaning, **self._members(item, code)}
        beside = [
            other
            for other in self._items
            if item.table == other.table != 0
            and other.line != item.line
            and other.meaning["indicateur"] == code
            and not TOTAL.match(other.label)
        ]
        return not TOTAL.match(item.label) and any(
            said[dimension] == UNSTATED
            and 2 * sum(other.meaning[dimension] != UNSTATED for other in beside) > len(beside)
            for dimension in DIMENSIONS
        )

    def counts_in(self, item: Item, indicator: str) -> bool:
        """Whether a figure that is said to measure an indicator is told in its unit, as the audit wants it of
        a level; a share or a change may be told in percent.
        """
        level = {} if self.may_share(item, indicator) else self._level(item, indicator)
        told = {**item.meaning, **self._unit(item, indicator), **level}
        return not told_in_another_unit(self._catalogue.indicators.get(indicator), told)

    def may_share(self, item: Item, indicator: str) -> bool:
        """Whether a percentage that its words do not call a rate may say which part it is of what an
        indicator counts in numbers or money.
        """
        known = self._catalogue.indicators.get(indicator)
        told = item.meaning["unite"] == "%" and not _RATE.search(fold_label(item.label))
        return known is not None and told and known.unite not in RELATIVE

    def completes(self, item: Item, indicator: str) -> dict[str, str]:
        """What the words of a figure's row say beside its indicator: its member, or that it is a total
        over the members of the rows beside it; nothing that the draft says already. A number without a unit
        counts what its indicator counts; a rate is no share, a percentage of what is counted is one (of five
        bodies left out, 47 of 49 that no word says a change of); a deficit that is counted as a balance is
        below zero, unless its words name a surplus too: which of both it is, only the print can say.
        """
        told = self._unit(item, indicator) | self._level(item, indicator) | self._sign(item, indicator)
        return told | self._members(item, indicator)

    def _level(self, item: Item, indicator: str) -> dict[str, str]:
        """A percentage of an indicator that is counted in percent is its level, not a share of something; one
        of what is counted otherwise is a share of it, unless its words say how that changed.
        """
        known = self._catalogue.indicators.get(indicator)
        if self.may_share(item, indicator) and item.meaning["nature"] == "constate":
            said = fold_label(f"{item.heading} {item.label}")
            return {} if _CHANGES.search(said) or rises_or_falls(said) is not None else {"nature": "part"}
        if not (known and known.unite == "%" == item.meaning["unite"] and item.meaning["nature"] == "part"):
            return {}
        return {"nature": "constate"} | ({"role": "feuille"} if item.meaning["role"] == "dont" else {})

    def _sign(self, item: Item, indicator: str) -> dict[str, str]:
        known = self._catalogue.indicators.get(indicator)
        balance = known is not None and _BALANCE.search(fold_label(known.libelle))
        label = fold_label(item.label)
        below = item.value > 0 and _BELOW_ZERO.search(label) and not _ABOVE_ZERO.search(label)
        level = item.meaning["nature"] in ("constate", "total") and not item.meaning["signe"]
        return {"signe": "moins"} if balance and below and level else {}

    def _unit(self, item: Item, indicator: str) -> dict[str, str]:
        known = self._catalogue.indicators.get(indicator)
        bare = item.meaning["unite"] == "nombre" and item.meaning["nature"] in _IN_ITS_UNIT
        return {"unite": known.unite} if known and bare and known.unite in BARE else {}

    def _members(self, item: Item, indicator: str) -> dict[str, str]:
        said = self._member(item, indicator)
        if (TOTAL.match(item.label) or self._totals_row(item)) and item.meaning["nature"] != "evolution":
            said |= {"role": "total"} if item.meaning["role"] in ("", "feuille") else {}
        if row_of(item) in self._wholes(item):
            rows = (other for other in self._items if item.table and other.table == item.table)
            said |= {dimension: WHOLE for row in rows for dimension in self._member(row, indicator)}
        return {key: code for key, code in said.items() if item.meaning[key] in ("", "feuille", UNSTATED)}

    def _wholes(self, item: Item) -> frozenset[str]:
        """The rows of a figure's table that are the total of all others."""
        if item.table not in self._whole:
            there = [other for other in self._items if other.table == item.table] if item.table else [item]
            self._whole[item.table] = whole_rows(map(row_of, there))
        return self._whole[item.table] if item.table else whole_rows([row_of(item)])

    def _totals_row(self, item: Item) -> bool:
        """Whether a figure stands under a head called total beside others of its unit on its row, or is of
        the year of which these are the months, quarters or halves.
        """
        beside = [
            other
            for other in self._lines.get(item.line, ())
            if other.meaning["unite"] == item.meaning["unite"] and not TOTAL.match(head_of(other))
        ]
        if TOTAL.match(head_of(item)):
            return bool(beside)
        parts = {other.meaning["periode"] for other in beside}
        return sum(part.startswith(f"{item.meaning['periode']}-") for part in parts) > 1

    def _member(self, item: Item, indicator: str) -> dict[str, str]:
        """The member that the first words of a figure name; where several dimensions know them and the
        indicator does not decide, of the one that the other rows of its table name, else that of a figure
        beside it on its row.
        """
        name = row_of(item) if row_of(item) in self._wholes(item) else named_by(row_of(item))
        if found := self._book.member_of(name, indicator):
            return dict(found) if self._breaks_down(item, indicator, found) else {}
        known = self._catalogue.members_named(name)
        of_table = self.dimension_of(item.table, indicator) if known and item.table else ""
        if of_table in known:
            return {of_table: known[of_table]}
        beside = (other for other in self._items if item.table and other.line == item.line)
        for other in beside:
            said = self._book.member_of(name, other.meaning["indicateur"]).items()
            if found := {d: code for d, code in said if known.get(d) == code}:
                return found
        return {}

    def _breaks_down(self, item: Item, indicator: str, found: Mapping[str, str]) -> bool:
        """Whether what a row names may be a member of its indicator. One of the dimension for all that has
        none of its own may be a name that another column was given (the points of an aim): only where the
        indicator was broken down so before, in other reports or in this table.
        """
        if CATCH_ALL not in found or self._book.breaks_down(indicator, CATCH_ALL):
            return True
        return any(
            other.reviewed
            and other.meaning["indicateur"] == indicator
            and other.meaning[CATCH_ALL] != UNSTATED
            for other in self._items
            if item.table == other.table != 0
        )

    def called_after_one(self, item: Item, indicator: str) -> bool:
        """Whether an indicator is called after the member that one row of a figure's table names, while
        others name other members of its dimension: what all of them count is not what one of them is.
        """
        known = self._catalogue.indicators.get(indicator)
        dimension = self.dimension_of(item.table, indicator) if item.table else ""
        if known is None or not dimension:
            return False
        there = {row_of(other) for other in self._items if other.table == item.table}
        rows = {row: stems(row) for row in map(named_by, there - self._wholes(item)) if stems(row)}
        members = {row: self._catalogue.members_named(row).get(dimension) for row in rows}
        called = {members[row] for row, said in rows.items() if said <= stems(known.libelle)} - {None}
        return bool(called) and called != {*members.values()} - {None}

    def dimension_of(self, table: int, indicator: str = "", words: NamingWords = row_of) -> str:
        """The dimension of which most rows of a table (or columns, by their ``words``) name a member; of
        several, the one by which reviewed reports break ``indicator`` down; empty where that does not decide.
        """
        if (table, words) not in self._named:
            told = {words(item) for item in self._items if item.table == table}
            told = {one for one in told if one and not TOTAL.match(one)}
            known = Counter(d for one in told for d in self._catalogue.members_named(one))
            most = max(known.values(), default=0)
            clear = 2 * most > len(told) > 1
            self._named[table, words] = tuple(d for d, n in known.items() if n == most) if clear else ()
        among = self._named[table, words]
        used = {d: self._book.used(indicator, among).get(d, 0) for d in among} if len(among) > 1 else {}
        most = max(used.values(), default=0)
        likeliest = [d for d in among if not used or used[d] == most]
        return likeliest[0] if len(likeliest) == 1 else ""

    def member_in(self, item: Item, dimension: str, words: NamingWords = row_of) -> str:
        """The member of a dimension that the draft or the words of a figure's row (or column) name; empty
        where none.
        """
        read = item.meaning[dimension]
        if read not in ("", UNSTATED):
            return read
        return self._catalogue.members_named(named_by(words(item))).get(dimension, "")
