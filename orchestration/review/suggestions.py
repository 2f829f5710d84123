"""What a group of figures may mean: the likeliest indicators, and what other reviewed reports call by the
same words.

Every decision is a phrase at once: a figure reviewed in this report speaks for those that are named alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from rapidfuzz import fuzz, process

from orchestration.discovery.concepts import Meanings, Proposal
from orchestration.discovery.phrases import (
    UNMAPPED,
    Phrase,
    PhraseBook,
    habits_of_extract,
    phrases_of_extract,
)
from orchestration.discovery.structure import TOTAL
from orchestration.discovery.wording import SeenFigure, stems
from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, WHOLE, Catalogue, Indicator
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, read_extract
from orchestration.notation.folding import fold_label
from orchestration.review.dossier import Dossier, Item
from orchestration.review.groups import SURE, Series, head_of, row_of
from orchestration.review.seeds import Known

#: Units that often stand in the words of a label alone.
BARE = frozenset({"jours", "heures", "minutes", "secondes", "semaines", "mois", "ans"})
#: Natures of figures that are counted as their indicator is.
_IN_ITS_UNIT = frozenset({"constate", "total", "objectif", "moyenne", "parametre"})
#: What may be below zero, and the words that say that it is.
_BALANCE, _BELOW_ZERO = re.compile(r"\b(?:resultat|solde)\b"), re.compile(r"\bdeficit\w*\b")
_ABOVE_ZERO = re.compile(r"\b(?:exceden|benefic)\w*\b")
#: From this confidence on, the indicator of a series of a table that arithmetic confirms stands chosen.
LIKELY = 0.5
#: Indicators proposed at once, and found by a search.
PROPOSED, FOUND = 5, 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An indicator with the share of evidence for it (0 to 1) and why it is proposed."""

    indicator: Indicator
    confidence: float
    why: str = ""
    above: tuple[str, ...] = ()

    @property
    def sure(self) -> str:
        """How sure it is, as a reviewer reads it."""
        return self.why or f"{round(self.confidence * 100)} %"


class Suggester:
    """Proposes indicators from the catalogue, the reviewed reports and what was decided of this report so
    far: the same mechanism as that of drafts, on the figures of the whole report.
    """

    def __init__(
        self, catalogue: Catalogue, reports: Iterable[Report], dossier: Dossier, known: Mapping[str, Known]
    ) -> None:
        self._catalogue, self._dossier, self._known = catalogue, dossier, known
        phrases: list[Phrase] = []
        habits: Counter[tuple[str, str]] = Counter()
        self._before: Counter[tuple[str, str, str]] = Counter()
        self._earlier: dict[TimedNumber, set[Twin]] = defaultdict(set)
        for report in reports:
            if report.code != dossier.report.code and not report.brouillon:
                found, used = _phrases(report)
                phrases.extend(found)
                habits += used
                if report.organisme == dossier.report.organisme:
                    self._before.update(_decided_of(report))
                    _remember(report, self._earlier)
        self._decided: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._named: dict[int, tuple[str, ...]] = {}
        self._here: dict[TimedNumber, set[Twin]] = defaultdict(set)
        self._rows: dict[int, list[Item]] = defaultdict(list)
        for item in dossier.items:
            if item.table:
                self._rows[item.line].append(item)
            if item.reviewed and _counted_in_full(item):
                self._here[_printed(item)].add(_twin(item.meaning))
        for item in dossier.items:
            if item.reviewed:
                phrases.append(
                    Phrase(
                        stems(item.label),
                        item.meaning["indicateur"],
                        item.meaning["unite"],
                        dossier.report.code,
                    )
                )
                self._decided[fold_label(item.label), item.meaning["unite"]][item.meaning["indicateur"]] += 1
        self._book = PhraseBook(catalogue, (phrase for phrase in phrases if phrase.words), habits)
        items = sorted(dossier.items, key=lambda item: (item.line, item.column))
        self._meanings = Meanings(self._book, [_seen(item) for item in items], dossier.document.text)
        self._place = {item.key: at for at, item in enumerate(items)}

    def sure_of(self, item: Item) -> Mapping[str, str] | None:
        """What a figure means where several may be accepted in one decision: as it is read, if that is as
        sure as a decision and its words name it today; or what the same number, printed elsewhere in this
        report or last year for the same time, was decided to mean, unless the draft is as sure of something
        else. ``None`` where nobody should accept it unread.
        """
        read = item.meaning["indicateur"]
        if read != UNMAPPED and item.confidence >= SURE and self.agrees(item):
            return {}
        told = self._told_last_year(item) or self._told_here(item)
        against = item.confidence >= SURE and read not in (UNMAPPED, told.get("indicateur"))
        return told if told and not against else None

    def _told_here(self, item: Item) -> dict[str, str]:
        """The meaning of the one figure of this report with the same number, unit and time, where the words
        of this one name it before any other. Of the reviewed reports, read as if each were the first of its
        body, 51 such figures of 51 mean the same (58 of 59 where it is among the three likeliest).
        """
        twins = self._here.get(_printed(item), set()) if _counted_in_full(item) else set()
        if len(twins) != 1 or item.table:
            return {}
        told = _meaning(next(iter(twins)))
        likeliest = next((p for p in self._proposals(item) if p.indicator != UNMAPPED), None)
        return told if likeliest and likeliest.indicator == told["indicateur"] else {}

    def _told_last_year(self, item: Item) -> dict[str, str]:
        """The meaning that an earlier report of this body gave to a number that this row prints again for
        that time: two of its table at least, or one of many digits or of words that say the same.
        """
        cells = self._rows[item.line] if item.table else [item]
        labels = {fold_label(cell.label) for cell in cells if cell.meaning["nature"] != "evolution"}
        for cell in cells:
            if _of_one_series(cell, item, labels) and (told := self._again(cell)):
                alike = told["indicateur"] in [p.indicator for p in self._proposals(item)]
                if alike or _digits(cell) >= MANY_DIGITS or self._neighbours_again(cell, told["indicateur"]):
                    return told
        return {}

    def _again(self, cell: Item) -> dict[str, str]:
        twins = self._earlier.get(_printed(cell), set()) if _counted_in_full(cell) else set()
        return _meaning(next(iter(twins))) if len(twins) == 1 else {}

    def _neighbours_again(self, cell: Item, indicator: str) -> bool:
        """Whether another row of a figure's table was printed last year for the same indicator."""
        return any(
            other.table == cell.table != 0
            and other.line != cell.line
            and self._again(other).get("indicateur") == indicator
            for other in self._dossier.items
        )

    def _proposals(self, item: Item) -> Sequence[Proposal]:
        return self._meanings.of(self._place[item.key]).proposals

    def agrees(self, item: Item) -> bool:
        """Whether the indicator that a figure is read as is the likeliest one today as well, and no member
        is missing that the rows beside it name.
        """
        found = self.of(item)
        likeliest = bool(found) and found[0].indicator.code == item.meaning["indicateur"]
        return likeliest and not self._lacks_a_member(item)

    def _lacks_a_member(self, item: Item) -> bool:
        """Whether most rows of a figure's table name members of a dimension and its own names none."""
        code = item.meaning["indicateur"]
        said = {**item.meaning, **self._members(item, code)}
        beside = [
            other
            for other in self._dossier.items
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

    def completes(self, item: Item, indicator: str) -> dict[str, str]:
        """What the words of a figure's row say beside its indicator: its member, or that it is a total
        over the members of the rows beside it; nothing that the draft says already. A number without a unit
        counts what its indicator counts, and a rate is no share; a deficit that is counted as a balance is
        below zero, unless its words name a surplus too: which of both it is, only the print can say.
        """
        told = self._unit(item, indicator) | self._level(item, indicator) | self._sign(item, indicator)
        return told | self._members(item, indicator)

    def _level(self, item: Item, indicator: str) -> dict[str, str]:
        """A percentage of an indicator that is counted in percent is its level, not a share of something."""
        known = self._catalogue.indicators.get(indicator)
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
        if TOTAL.match(item.label):
            rows = (other for other in self._dossier.items if item.table and other.table == item.table)
            said |= {dimension: WHOLE for row in rows for dimension in self._member(row, indicator)}
        return {key: code for key, code in said.items() if item.meaning[key] in ("", "feuille", UNSTATED)}

    def _totals_row(self, item: Item) -> bool:
        """Whether a figure stands under a head called total beside others of its unit on its row, or is of
        the year of which these are the months, quarters or halves.
        """
        beside = [
            other
            for other in self._rows.get(item.line, ())
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
        name = item.label.split(" | ")[0]
        if found := self._book.member_of(name, indicator):
            return dict(found)
        known = self._catalogue.members_named(name)
        of_table = self.dimension_of(item.table, indicator) if known and item.table else ""
        if of_table in known:
            return {of_table: known[of_table]}
        beside = (other for other in self._dossier.items if item.table and other.line == item.line)
        for other in beside:
            said = self._book.member_of(name, other.meaning["indicateur"]).items()
            if found := {d: code for d, code in said if known.get(d) == code}:
                return found
        return {}

    def dimension_of(self, table: int, indicator: str = "") -> str:
        """The dimension of which most rows of a table name a member; of several, the one by which reviewed
        reports break ``indicator`` down; empty where that does not decide.
        """
        if table not in self._named:
            rows = {row_of(item) for item in self._dossier.items if item.table == table}
            rows = {row for row in rows if not TOTAL.match(row)}
            known = Counter(d for row in rows for d in self._catalogue.members_named(row))
            most = max(known.values(), default=0)
            clear = 2 * most > len(rows) > 1
            self._named[table] = tuple(d for d, n in known.items() if n == most) if clear else ()
        among = self._named[table]
        used = {d: self._book.used(indicator, among).get(d, 0) for d in among} if len(among) > 1 else {}
        most = max(used.values(), default=0)
        likeliest = [d for d in among if not used or used[d] == most]
        return likeliest[0] if len(likeliest) == 1 else ""

    def member_in(self, item: Item, dimension: str) -> str:
        """The member of a dimension that the draft or the words of a figure's row name; empty where none."""
        read = item.meaning[dimension]
        if read not in ("", UNSTATED):
            return read
        return self._catalogue.members_named(row_of(item)).get(dimension, "")

    def of(self, item: Item) -> list[Suggestion]:
        """The likeliest indicators of a figure, what was decided of the same words first."""
        unit = item.meaning["unite"]
        decided = self._decided.get((fold_label(item.label), unit), Counter())
        found = {code: self._told(code, 0.95, "déjà décidé ici") for code, _ in decided.most_common(2)}
        if told := self._told_last_year(item):
            code = told["indicateur"]
            found.setdefault(code, self._told(code, 0.95, "même nombre dans un rapport d'avant"))
        words = fold_label(item.label)
        earlier = [(n, code) for (said, of, code), n in self._before.items() if (said, of) == (words, unit)]
        for _, code in sorted(earlier, reverse=True)[:2]:
            found.setdefault(code, self._told(code, 0.95, "décidé dans un rapport d'avant"))
        for proposal in self._proposals(item):
            if (code := proposal.indicator) != UNMAPPED:
                found.setdefault(code, self._told(code, proposal.confidence))
        return list(found.values())[:PROPOSED]

    def of_series(self, items: Sequence[Item]) -> list[Suggestion]:
        """The likeliest indicators of figures that have one: the mean of what the words of each say."""
        counted = [item for item in items if item.meaning["nature"] != "evolution"] or list(items)
        told = [one for item in counted for one in self.of(item)]
        shares: dict[str, float] = defaultdict(float)
        for one in told:
            shares[one.indicator.code] += one.confidence / len(counted)
        why = {one.indicator.code: one.why for one in told}
        ranked = sorted(shares, key=lambda code: -shares[code])[:PROPOSED]
        return [self._told(code, min(1.0, shares[code]), why[code]) for code in ranked]

    def proposed(self, series: Sequence[Series]) -> list[str]:
        """By series of a table, the indicator that stands chosen in its form until the reviewer says another:
        likelier than not, not that of a surer series, and not other than the draft reads; else empty.
        """
        tops = [next(iter(self.of_series(one.items)), None) for one in series]
        surest: dict[str, float] = {}
        for top in filter(None, tops):
            surest[top.indicator.code] = max(top.confidence, surest.get(top.indicator.code, 0.0))
        return [
            top.indicator.code
            if top
            and top.confidence >= max(LIKELY, surest[top.indicator.code])
            and {item.meaning["indicateur"] for item in one.items} <= {UNMAPPED, top.indicator.code}
            else ""
            for top, one in zip(tops, series, strict=True)
        ]

    def wider(self, item: Item) -> list[tuple[str, str, float]]:
        """What can be said of a figure where no indicator is right, from the nearest to the widest: label,
        definition and confidence of its concept, then of its domain."""
        concept, found = self._meanings.of(self._place[item.key]), []
        if concept.concept != UNSTATED:
            notion = self._catalogue.concepts[concept.concept]
            found.append((notion.libelle, notion.definition, concept.confidence))
        if domain := self._catalogue.domains.get(concept.domain):
            found.append((domain.libelle, domain.definition, concept.domain_confidence))
        return found

    def _told(self, code: str, confidence: float, why: str = "") -> Suggestion:
        known = self._known.get(code, Known())
        return Suggestion(self._catalogue.indicators[code], confidence, why, known.above)

    def search(self, words: str) -> list[Suggestion]:
        """Indicators whose label, code, aliases, concepts or definition answer to ``words``, the nearest
        first.
        """
        spoken = {}
        for code, i in self._catalogue.indicators.items():
            known = self._known.get(code, Known())
            said = (i.libelle, code.replace("_", " "), i.definition, known.words, *known.above)
            spoken[code] = fold_label(" ".join(said))
        found = process.extract(
            fold_label(words), spoken, scorer=fuzz.token_set_ratio, limit=FOUND, score_cutoff=55
        )
        return [self._told(code, score / 100, "trouvé") for _, score, code in found]


def _seen(item: Item) -> SeenFigure:
    unit, nature = item.meaning["unite"], item.meaning["nature"]
    return SeenFigure(item.line, item.column, item.label, item.heading, unit, nature)


#: A number in a unit at a time; an indicator and members by dimension.
TimedNumber = tuple[Decimal, str, str]
Twin = tuple[str, tuple[tuple[str, str], ...]]
#: Digits before the last zeros of a number that two figures of one time hardly share by chance: where words
#: say the same, and where they do not.
FEW_DIGITS, MANY_DIGITS = 3, 5


def _digits(item: Item) -> int:
    return len("".join(c for c in item.printed if c.isdigit()).strip("0"))


def _counted_in_full(item: Item) -> bool:
    return item.meaning["nature"] in ("constate", "total") and _digits(item) >= FEW_DIGITS


def _printed(item: Item) -> TimedNumber:
    return item.value, item.meaning["unite"], item.meaning["periode"]


def _twin(meaning: Mapping[str, str]) -> Twin:
    members = ((d, meaning[d]) for d in DIMENSIONS if meaning[d] not in ("", UNSTATED))
    return meaning["indicateur"], tuple(members)


def _meaning(twin: Twin) -> dict[str, str]:
    return {"indicateur": twin[0], **dict(twin[1])}


def _of_one_series(cell: Item, item: Item, labels: Collection[str]) -> bool:
    """Whether two figures of a row measure one thing at several times, or how it changed; ``labels`` are
    those of its counts.
    """
    if item.meaning["nature"] == "evolution":
        return len(labels) == 1
    alike = fold_label(cell.label) == fold_label(item.label)
    return alike and cell.meaning["unite"] == item.meaning["unite"]


def _remember(report: Report, into: dict[TimedNumber, set[Twin]]) -> None:
    """Add what a reviewed report prints, by number, unit and time, to ``into``."""
    try:
        numbers = read_extract(report).numbers
    except ExtractionError:
        return
    counted = pl.col("nature").is_in(["constate", "total"]) & (pl.col("revue") == "true")
    for row in numbers.filter((pl.col("statut") == "observation") & counted).iter_rows(named=True):
        said = {d: row.get(f"{d}_code") or "" for d in DIMENSIONS}
        twin = _twin({"indicateur": row["indicateur_code"], **said})
        into[Decimal(row["valeur"]), row["unite"], row["periode_code"]].add(twin)


def _decided_of(report: Report) -> Counter[tuple[str, str, str]]:
    """How often the words of a label, in a unit, were decided to name an indicator in another report."""
    try:
        numbers = read_extract(report).numbers
    except ExtractionError:
        return Counter()
    seen = numbers.filter((pl.col("statut") == "observation") & (pl.col("revue") == "true"))
    rows = seen.select("libelle", "unite", "indicateur_code").iter_rows()
    return Counter((fold_label(label), unit, code) for label, unit, code in rows)


def _phrases(report: Report) -> tuple[list[Phrase], Counter[tuple[str, str]]]:
    try:
        numbers = read_extract(report).numbers
    except ExtractionError:
        return [], Counter()
    return phrases_of_extract(numbers, report.code), habits_of_extract(numbers)
