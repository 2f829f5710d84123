"""A person who knows what every figure means and decides by the forms that the page offers, without a
browser: each form goes to what the page itself calls, and of those offered for the group that is shown the
one that settles the most figures is sent.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from starlette.datastructures import QueryParams

from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED
from orchestration.extraction.errors import ExtractionError
from orchestration.review import acting, showing
from orchestration.review.beside import CORRECTED, MEMBERS_SAID, offer_of
from orchestration.review.decisions import MISPRINT, Refused
from orchestration.review.desk import Desk
from orchestration.review.dossier import NO_SCALE, Dossier, Item
from orchestration.review.groups import (
    SECTION,
    Group,
    Series,
    cuts_of,
    groups_of,
    row_of,
    table_of,
    whole_tables,
)
from orchestration.review.naming import AXES, LINES, asked_of
from orchestration.review.suggestions import Suggester
from orchestration.review.taking import waiting_in
from tests.benchmarks.left_out_house import LeftOut, Truth

#: Seconds of the keystroke-level model (Card, Moran, Newell): to point and click, to make up one's mind, to
#: press a key; and words that a person reads in a second.
POINT, MIND, KEY, READ = 1.1, 1.35, 0.28, 4.0
#: Keys pressed to say a period, a word to search for, a member; those of a new indicator are counted.
FEW_KEYS = 8
_SCALES = {
    Decimal(10) ** 3: "millier",
    Decimal(10) ** 6: "million",
    Decimal(10) ** 9: "milliard",
    Decimal(1): NO_SCALE,
}
_WORD = re.compile(r"\w+")
_OF_NEW = ("libelle", "definition", "unite", "domaine", "additivite", "code")
_TYPED = frozenset({"periode", "organisme"})
#: Names of where the right indicator was found.
FIRST, IN_FIVE, SEARCHED, BY_NAME, ABSENT = "first", "in five", "searched", "by its name", "absent"


@dataclass
class Form:
    """A form to send: what the page calls, its fields, the figures that it settles, clicks and keys that it
    takes, words to read in it, and where the indicator of each choice was found.
    """

    act: str
    pairs: list[tuple[str, str]]
    settles: list[Item]
    clicks: int = 1
    keys: int = 0
    words: int = 0
    found: list[str] = field(default_factory=list)
    kind: str = ""
    mends: Mapping[str, str] = field(default_factory=dict)
    right: bool = True


@dataclass
class Told:
    """What one review took."""

    forms: int = 0
    clicks: int = 0
    keys: int = 0
    words: int = 0
    settled: int = 0
    found: Counter[str] = field(default_factory=Counter)
    sent: list[Form] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    stuck: dict[str, str] = field(default_factory=dict)
    mended: Counter[str] = field(default_factory=Counter)
    acting: list[float] = field(default_factory=list)
    opening: list[float] = field(default_factory=list)

    def seconds(self, choices: int) -> float:
        """The time that the model gives to what was read, thought, clicked and typed."""
        return self.clicks * POINT + choices * MIND + self.keys * KEY + self.words / READ


class Knowing:
    """One session without a browser; ``means`` says what a number means, or that it is none to keep."""

    def __init__(self, world: LeftOut, desk: Desk) -> None:
        self._world, self._desk, self.told = world, desk, Told()
        self._about: frozenset[str] = frozenset()

    @property
    def dossier(self) -> Dossier:
        return self._desk.dossier(self._world.code)

    def run(self, most: int = 10**6) -> Told:
        """Decide until nothing waits but what no form settles."""
        self._take_up()
        while self.told.forms < most:
            if self._accept():
                continue
            dossier = self.dossier
            group = next((g for g in groups_of(dossier) if self._open(g.items)), None)
            if group is None:
                break
            self._decide(dossier, group)
        return self.told

    def _open(self, items: Iterable[Item]) -> list[Item]:
        return [i for i in items if not i.reviewed and i.key not in self.told.stuck]

    def _take_up(self) -> None:
        means, dossier = self._world.meant(self.dossier.catalogue), self.dossier
        for number in [one.number for one in waiting_in(dossier) if means(one.number)]:
            pairs = [("etat", self.dossier.state), ("nombre", number.key)]
            self._send(Form("reprendre", pairs, [], kind="taken up"), number.key)

    def _accept(self) -> bool:
        sure = showing.sure_told(self.dossier, self._desk.suggester(self.dossier))
        items = self._open(item for those in sure.values() for item, _ in those)
        if not items:
            return False
        form = Form("accepter", [("etat", self.dossier.state)], items, kind="sure")
        if not self._send(form, ""):
            self.told.stuck |= {item.key: "refused when accepted at once" for item in items}
        return True

    def _decide(self, dossier: Dossier, group: Group) -> None:
        started = time.process_time()
        showing.report_told(self._desk, self._world.code, QueryParams({"groupe": group.code}))
        self.told.opening.append(time.process_time() - started)
        options = Options(self._world, dossier, self._desk, group, self._open(group.items))
        forms = [form for form in options.all() if form.settles]
        if not forms:
            self.told.stuck |= {item.key: options.why(item) for item in self._open(group.items)}
            return
        best = max(forms, key=lambda form: (len(form.settles), -form.clicks))
        best.words += _words_shown(dossier, best.settles)
        self._send_until_taken(best)

    def _send_until_taken(self, form: Form) -> None:
        """Send a form; where the night would refuse a figure of it, without that; where nothing is left, as
        the report prints it.
        """
        while not self._send(form, form.kind):
            about = self._about & {item.key for item in form.settles}
            kept = _without(form, about)
            if kept is None or not about:
                self._despite(form)
                return
            form = kept

    def _despite(self, form: Form) -> None:
        again = _copied(form, [*form.pairs, ("malgre", "oui")])
        again.clicks += 1
        if not self._send(again, "despite"):
            why = self.told.refused[-1] if self.told.refused else "?"
            self.told.stuck |= {item.key: f"refused: {why}" for item in form.settles}

    def _send(self, form: Form, name: str) -> bool:
        """Send a form; whether it was taken. What refuses it is kept."""
        before = {item.key for item in self.dossier.items if item.reviewed}
        started = time.process_time()
        self._about = frozenset()
        told, pairs = self.told, [(k, self.dossier.state if k == "etat" else v) for k, v in form.pairs]
        told.forms, told.clicks = told.forms + 1, told.clicks + form.clicks
        told.keys, told.words = told.keys + form.keys, told.words + form.words
        try:
            acting.ACTS[form.act](self._desk, self._world.code, pairs)
        except Refused as error:
            self._about = error.figures
            told.refused.append(f"{form.kind}: {error.why}")
            return False
        except ExtractionError as error:
            told.refused.append(f"{form.kind}: {str(error).removesuffix(MISPRINT)[:240]}")
            return False
        finally:
            told.acting.append(time.process_time() - started)
        told.found.update(form.found)
        told.mended.update(list(form.mends))
        told.sent.append(form)
        after = {item.key for item in self.dossier.items if item.reviewed} - before
        there = {item.key for item in self.dossier.items}
        gone = {item.key for item in form.settles} - there
        told.settled += len(after | gone)
        if form.settles and not after and not gone:
            told.stuck |= {item.key: "taken, but still open" for item in form.settles}
        return True


class Options:
    """The forms that the page offers for a group, filled by somebody who knows."""

    def __init__(
        self, world: LeftOut, dossier: Dossier, desk: Desk, group: Group, waiting: Sequence[Item]
    ) -> None:
        self._world, self._dossier, self._desk = world, dossier, desk
        self._group, self._waiting = group, waiting
        self._means = world.meant(dossier.catalogue)
        self._suggester: Suggester = desk.suggester(dossier)
        self._open = {item.key for item in dossier.items if not item.reviewed}

    def all(self) -> Iterator[Form]:
        """Every form, filled."""
        yield from self._asides()
        yield from self._simple(self._group, self._waiting)
        table = table_of(self._dossier, self._group)
        whole = next((w for w in whole_tables(self._dossier) if self._group.items[0] in w.items), None)
        if whole and len(whole.open) > len(self._group.open):
            for form in self._simple(whole, whole.open):
                form.clicks, form.kind = form.clicks + 1, "whole table"
                yield form
        if table:
            yield from self._one_indicator(table)
            yield from self._as_read(table)
        for cut, series in cuts_of(self._dossier, self._group).items():
            yield from self._by_series(cut, series, bool(table))

    def why(self, item: Item) -> str:
        """Why no form settles a figure."""
        truth = self._means(item)
        if truth is None:
            return "no form"
        if item.hole is None:
            return "read by a table of the template"
        if not self._scaled(item, truth):
            return f"value: {item.value} for {truth.value}"
        final = self._final(item, truth.indicator, self._mends(item, truth), {})
        keys = [k for k, v in final.items() if self._differs(k, v, truth)]
        mends = self._mends(item, truth)
        keys += [f"new {k}" for k, v in mends.items() if self._unknown(k, v)]
        return f"cannot be said: {', '.join(keys)}"

    def _asides(self) -> Iterator[Form]:
        """What is no figure, set aside together."""
        none = [item for item in self._waiting if self._means(item) is None]
        if none:
            pairs = [*self._head(self._group), *_ticked(none), ("geste", "ecarter"), ("ecarter", "anecdote")]
            yield Form("decider", pairs, none, 1 + self._unticked(self._group, none), kind="set aside")

    def _simple(self, group: Group, waiting: Sequence[Item]) -> Iterator[Form]:
        """The figures of a group that mean one thing and are mended alike, from each of them on."""
        seen: set[tuple[str, ...]] = set()
        for base in waiting:
            if base.hole is None or (truth := self._means(base)) is None:
                continue
            for dimension in ("", *self._broken_down(waiting)):
                if form := self._from(group, waiting, base, truth, dimension):
                    keys = tuple(item.key for item in form.settles)
                    if keys not in seen:
                        seen.add(keys)
                        yield form

    def _broken_down(self, waiting: Sequence[Item]) -> list[str]:
        """The dimensions whose members the rows name."""
        told: dict[str, set[str]] = defaultdict(set)
        unknown: set[str] = set()
        for item in waiting:
            if item.table and (truth := self._means(item)):
                for d in DIMENSIONS:
                    if truth.said[d] not in ("", UNSTATED):
                        told[d].add(row_of(item))
                        unknown |= {d} if self._unknown(d, truth.said[d]) else set()
        lines = {item.line for item in waiting}
        return [d for d, rows in told.items() if len(rows) > 1 or (d in unknown and len(lines) > 1)]

    def _unknown(self, key: str, code: str) -> bool:
        """Whether a member is none of the seeds yet."""
        return key in DIMENSIONS and code not in self._dossier.catalogue.members[key]

    def _alone(self, group: Group) -> bool:
        """Whether the page asks for a new member beside the lists of members."""
        rows = [item for item in (table_of(self._dossier, group) or group.open) if item.table]
        asked = [asked_of(self._desk, self._dossier, rows, axis) for axis in AXES]
        return not any(one.known or one.unknown for one in asked)

    def _made_beside(
        self, group: Group, items: Sequence[Item], made: Mapping[str, str]
    ) -> tuple[list[tuple[str, str]], int] | None:
        """The fields that make members with a decision: of a row alone, or one beside each row."""
        words = {dimension: code.replace("_", " ") for dimension, code in made.items()}
        if len({row_of(item) for item in group.open}) == 1:
            said = list(zip(MEMBERS_SAID, words.items(), strict=False))
            pairs = [(f"referentiel{which}", d) for which, (d, _) in said]
            pairs += [(f"nom{which}", name) for which, (_, name) in said]
            return (pairs, len(said)) if len(said) == len(words) else None
        if len(words) > 1 or not self._alone(group):
            return None
        ((dimension, name),) = words.items()
        rows = list(dict.fromkeys(map(row_of, items)))
        pairs = [("dimension", dimension)]
        for n, row in enumerate(rows):
            pairs += [(f"ligne{n}", row), (f"membre{n}", name)]
        return pairs, len(rows)

    def _from(
        self, group: Group, waiting: Sequence[Item], base: Item, truth: Truth, dimension: str
    ) -> Form | None:
        beside = self._beside(waiting, dimension)
        mends = self._mends(base, truth, beside)
        with_it = [item for item in waiting if self._goes_with(item, truth, mends, beside, dimension)]
        if not with_it or (dimension and not self._tells_apart(with_it, beside, dimension)):
            return None
        made = [d for d in mends if self._unknown(d, mends[d])]
        said = [(k, v) for k, v in mends.items() if k not in made]
        named, keys = self._naming(with_it, beside, dimension) if dimension else ([], 0)
        if made:
            new = self._made_beside(group, with_it, {d: mends[d] for d in made})
            if dimension or new is None:
                return None
            named, keys = new
        pairs = [*self._head(group), *_ticked(with_it), *said, *named]
        clicks = self._unticked(group, with_it) + len(said) + (1 + keys if named else 0)
        typed = FEW_KEYS * (sum(k in _TYPED for k, _ in said) + keys)
        form = Form("decider", pairs, with_it, clicks, typed, 0, [], "group", mends)
        self._named(form, group, truth.indicator)
        return form

    def _goes_with(
        self,
        item: Item,
        truth: Truth,
        mends: Mapping[str, str],
        beside: Mapping[str, dict[str, str]],
        dimension: str,
    ) -> bool:
        """Whether a figure measures the same and comes right by what is said of another."""
        own = self._means(item)
        if own is None or own.indicator != truth.indicator or item.hole is None:
            return False
        return (not dimension or row_of(item) in beside) and self._comes_right(item, own, mends, beside)

    def _tells_apart(
        self, items: Sequence[Item], beside: Mapping[str, dict[str, str]], dimension: str
    ) -> bool:
        """Whether it helps to say what rows name: there are several, or one names a new member."""
        new = any(self._unknown(dimension, one[dimension]) for one in beside.values())
        return new or len({row_of(item) for item in items}) > 1

    def _named(self, form: Form, group: Group, indicator: str) -> None:
        """Say the indicator: by a click on what is proposed, by a search, by its name, or by making it."""
        indicator = self._as_made(indicator)
        offered = [s.indicator for s in self._suggester.of(group.items[0])]
        codes = [i.code for i in offered]
        if indicator not in self._dossier.catalogue.indicators:
            row = self._world.gone[indicator]
            form.act = "indicateur"
            form.pairs = [*form.pairs, *((f"nouveau_{key}", row[key]) for key in _OF_NEW)]
            form.clicks += 6
            form.keys += len(row["libelle"]) + len(row["definition"])
            form.found = [ABSENT]
            return
        form.clicks += 1
        if indicator in codes:
            rank = codes.index(indicator)
            form.pairs.append(("indicateur", indicator))
            form.found = [FIRST if rank == 0 else IN_FIVE]
            form.words += sum(_count(f"{i.libelle} {i.definition}") for i in offered[: rank + 1])
            return
        form.words += sum(_count(f"{i.libelle} {i.definition}") for i in offered)
        form.found = [self._searched(form, indicator)]

    def _as_made(self, indicator: str) -> str:
        """The code of an indicator that a form of several figures made before, of its own words."""
        known = self._dossier.catalogue.indicators
        label = "" if indicator in known else self._world.gone[indicator]["libelle"]
        return next((code for code, i in known.items() if i.libelle == label), indicator)

    def _searched(self, form: Form, indicator: str) -> str:
        """How an indicator is found that is not proposed: by the words of its row, or by its own."""
        form.clicks, form.keys = form.clicks + 2, form.keys + FEW_KEYS
        spoken = row_of(form.settles[0]), form.settles[0].heading
        form.pairs += [("autre_indicateur", indicator), ("geste", "lire")]
        for words in filter(None, spoken):
            found = [s.indicator.code for s in self._suggester.search(words)]
            if indicator in found:
                form.words += FEW_KEYS * (found.index(indicator) + 1)
                return SEARCHED
        return BY_NAME

    def _one_indicator(self, table: Sequence[Item]) -> Iterator[Form]:
        """The whole of a table that arithmetic confirms, as one indicator of those proposed."""
        told = [self._means(item) for item in table]
        first = told[0]
        offered = [s.indicator.code for s in self._suggester.of(self._group.items[0])]
        if first is None or first.indicator not in offered:
            return
        for dimension in ("", *self._broken_down(table)):
            beside = self._beside(table, dimension)
            right = all(
                of and of.indicator == first.indicator and self._comes_right(item, of, {}, beside)
                for item, of in zip(table, told, strict=True)
            )
            if right and all(not dimension or row_of(item) in beside for item in table):
                named, keys = self._naming(table, beside, dimension) if dimension else ([], 0)
                pairs = [*self._head(self._group), ("indicateur", first.indicator), *named]
                rank = offered.index(first.indicator)
                found, clicks = [FIRST if rank == 0 else IN_FIVE], 2 + keys + bool(dimension)
                kind = "table, one indicator"
                yield Form("tableau", pairs, list(table), clicks, FEW_KEYS * keys, 0, found, kind)

    def _as_read(self, table: Sequence[Item]) -> Iterator[Form]:
        if not showing.read_alike(self._dossier, self._suggester, table):
            return
        told = ((item, self._means(item)) for item in table)
        if all(
            of and of.indicator == item.meaning["indicateur"] and self._comes_right(item, of, {}, {})
            for item, of in told
        ):
            pairs = [*self._head(self._group), ("geste", "garder")]
            yield Form("tableau", pairs, list(table), 1, 0, 0, [], "table, as read")

    def _by_series(self, cut: str, series: Sequence[Series], confirmed: bool) -> Iterator[Form]:
        """What each row, column or figure of a form is, where all of it then reads right."""
        items = [item for one in series for item in one.items]
        ways = ("",) if cut == SECTION else ("", *self._broken_down(items))
        for dimension in ways:
            beside = self._beside(items, dimension)
            form = Form("tableau", [*self._head(self._group), ("coupe", cut)], [], 1, 0, 0, [], f"by {cut}")
            chosen = self._suggester.proposed(series) if confirmed else [""] * len(series)
            for rank, (one, stands) in enumerate(zip(series, chosen, strict=True)):
                if cut == SECTION:
                    self._say_line(form, rank, one)
                else:
                    self._say_series(form, rank, one, stands, beside)
            if not form.settles:
                continue
            if dimension:
                if any(row_of(item) not in beside for item in form.settles):
                    continue
                named, keys = self._naming(form.settles, beside, dimension)
                form.pairs += named
                form.clicks, form.keys = form.clicks + 1 + keys, form.keys + FEW_KEYS * keys
            yield form

    def _say_series(
        self,
        form: Form,
        rank: int,
        one: Series,
        stands: str,
        beside: Mapping[str, dict[str, str]],
    ) -> None:
        code = self._series_means(one, beside)
        if not code:
            form.clicks += bool(stands)
            return
        offered = [s.indicator for s in self._suggester.of_series(one.items)]
        codes = [i.code for i in offered]
        form.settles += one.items
        at = codes.index(code) if code in codes else len(codes)
        form.words += _count(one.name) + sum(_count(i.libelle) for i in offered[: at + 1])
        if code in codes:
            form.pairs.append((f"serie{rank}", code))
            form.found.append(FIRST if at == 0 else IN_FIVE)
        else:
            form.pairs.append((f"autre{rank}", code))
            form.keys += FEW_KEYS
            form.found.append(BY_NAME)
        form.clicks += code != stands

    def _say_line(self, form: Form, rank: int, one: Series) -> None:
        """What a box or sentence is, with all that must be said beside its indicator."""
        told = [self._means(item) for item in one.items]
        first, item = told[0], one.items[0]
        if first is None or any(i.key not in self._open or i.hole is None for i in one.items):
            return
        mends = self._mends(item, first)
        alike = all(
            of and of.indicator == first.indicator and self._comes_right(i, of, mends, {})
            for i, of in zip(one.items, told, strict=True)
        )
        fields = self._line_fields(rank, one, mends) if alike else None
        if fields is None:
            return
        form.settles += one.items
        form.pairs += fields
        form.clicks += len(fields) + any(not key.startswith(("est", "part")) for key, _ in fields)
        form.keys += FEW_KEYS * sum(key.startswith(("periode", "nom")) for key, _ in fields)
        form.mends = {**form.mends, **{f"{key} {rank}": value for key, value in mends.items()}}
        self._name_line(form, rank, one, first.indicator)

    def _line_fields(self, rank: int, one: Series, mends: Mapping[str, str]) -> list[tuple[str, str]] | None:
        """The fields of a row that say what must be mended; ``None`` where they cannot."""
        offer = offer_of(self._dossier.catalogue, one)
        fields, typed = [], 0
        for key, value in mends.items():
            if key == "nature" and value == "part" and offer.share:
                fields.append((f"part{rank}", "oui"))
            elif key in CORRECTED and key in offer.shared:
                fields.append((f"{key}{rank}", value))
            elif key not in DIMENSIONS:
                return None
            elif value == UNSTATED:
                fields.append((f"sans{rank}_{key}", "oui"))
            elif offer.members.get(key) == value:
                fields.append((f"est{rank}_{key}", value))
            else:
                label = self._dossier.catalogue.labels[key].get(value, value.replace("_", " "))
                which = MEMBERS_SAID[min(typed, len(MEMBERS_SAID) - 1)]
                fields += [(f"referentiel{which}{rank}", key), (f"nom{which}{rank}", label)]
                typed += 1
        return fields if typed <= len(MEMBERS_SAID) else None

    def _name_line(self, form: Form, rank: int, one: Series, code: str) -> None:
        code = self._as_made(code)
        offered = [s.indicator for s in self._suggester.of_series(one.items)]
        codes = [i.code for i in offered]
        at = codes.index(code) if code in codes else len(codes)
        form.words += _count(one.name) + sum(_count(i.libelle) for i in offered[: at + 1])
        form.clicks += 1
        if code in codes:
            form.pairs.append((f"serie{rank}", code))
            form.found.append(FIRST if at == 0 else IN_FIVE)
        elif code in self._dossier.catalogue.indicators:
            form.pairs.append((f"autre{rank}", code))
            form.keys += FEW_KEYS
            form.found.append(BY_NAME)
        else:
            row = self._world.gone[code]
            form.pairs += [(f"autre{rank}", row["libelle"]), (f"creer{rank}", "oui")]
            form.pairs += [(f"{key}{rank}", row[key]) for key in ("definition", "domaine")]
            form.clicks, form.keys = form.clicks + 3, form.keys + len(row["libelle"]) + len(row["definition"])
            form.found.append(ABSENT)

    def _series_means(self, one: Series, beside: Mapping[str, dict[str, str]]) -> str:
        """The indicator of a series that is right but for it; empty where it has none, or more is to say."""
        told = [self._means(item) for item in one.items]
        names = {of.indicator if of else "" for of in told}
        right = all(
            item.key in self._open and of and self._comes_right(item, of, {}, beside)
            for item, of in zip(one.items, told, strict=True)
        )
        code = next(iter(names))
        return code if right and len(names) == 1 and code in self._dossier.catalogue.indicators else ""

    def _comes_right(
        self, item: Item, truth: Truth, mends: Mapping[str, str], beside: Mapping[str, dict[str, str]]
    ) -> bool:
        if not self._scaled(item, truth, mends):
            return False
        final = self._final(item, truth.indicator, mends, beside)
        return not any(self._differs(key, value, truth) for key, value in final.items())

    def _differs(self, key: str, value: str, truth: Truth) -> bool:
        wanted = truth.said.get(key, "")
        return wanted != "" and value != wanted and key != "indicateur"

    def _final(
        self, item: Item, indicator: str, mends: Mapping[str, str], beside: Mapping[str, dict[str, str]]
    ) -> dict[str, str]:
        """What a figure means after a form: as ``decide`` puts it together."""
        said = {**self._suggester.rows.completes(item, indicator), **beside.get(row_of(item), {})}
        told = {key: value for key, value in mends.items() if value != item.meaning[key]}
        return {**item.meaning, **said, **told}

    def _mends(
        self, item: Item, truth: Truth, beside: Mapping[str, dict[str, str]] | None = None
    ) -> dict[str, str]:
        """What must be said of a figure beside its indicator."""
        final = self._final(item, truth.indicator, {}, beside or {})
        wrong = {k: truth.said[k] for k, v in final.items() if self._differs(k, v, truth)}
        return wrong | self._scale(item, truth)

    def _scale(self, item: Item, truth: Truth) -> dict[str, str]:
        """The scale and the sign that make the value of a figure right."""
        if item.value == truth.value or not item.value or not truth.value:
            return {}
        ratio, now = abs(truth.value / item.value), item.meaning["multiplicateur"]
        by = next(scale for scale, name in _SCALES.items() if name == now)
        mends = {} if ratio == 1 else {"multiplicateur": _SCALES.get(ratio * by, "?")}
        if (item.value < 0) != (truth.value < 0):
            mends["signe"] = "moins" if truth.value < 0 else "aucun"
        return mends

    def _scaled(self, item: Item, truth: Truth, mends: Mapping[str, str] | None = None) -> bool:
        """Whether the value is right, or what ``mends`` it is said."""
        wanted = self._scale(item, truth)
        if item.value != truth.value and not wanted:
            return False
        if "?" in wanted.values():
            return False
        if mends is None:
            return True
        as_read = {"multiplicateur": item.meaning["multiplicateur"], "signe": item.meaning["signe"], **wanted}
        said = {key: mends.get(key, item.meaning[key]) for key in as_read}
        return said == as_read

    def _beside(self, items: Sequence[Item], dimension: str) -> dict[str, dict[str, str]]:
        """The member of a dimension that each row names, where all its figures have one."""
        if not dimension:
            return {}
        told: dict[str, set[str]] = defaultdict(set)
        for item in items:
            truth = self._means(item)
            told[row_of(item)].add(truth.said[dimension] if truth else "")
        return {
            row: {dimension: next(iter(codes))}
            for row, codes in told.items()
            if len(codes) == 1 and not codes & {"", UNSTATED}
        }

    def _naming(
        self, items: Sequence[Item], beside: Mapping[str, dict[str, str]], dimension: str
    ) -> tuple[list[tuple[str, str]], int]:
        """The fields that say which member each row names, and how many rows must be told."""
        asked = asked_of(self._desk, self._dossier, list(items), LINES, dimension).unknown
        rows = dict.fromkeys(map(row_of, items))
        catalogue = self._dossier.catalogue
        told = [
            (row, beside[row][dimension])
            for row in rows
            if row in asked or catalogue.members_named(row).get(dimension) != beside[row][dimension]
        ]
        labels = catalogue.labels[dimension]
        pairs = [("lignes", dimension), ("dimension", dimension)]
        for n, (row, code) in enumerate(told):
            pairs += [(f"ligne{n}", row), (f"membre{n}", labels.get(code, code.replace("_", " ")))]
        return pairs, len(told)

    def _head(self, group: Group) -> list[tuple[str, str]]:
        return [("etat", self._dossier.state), ("groupe", group.code)]

    def _unticked(self, group: Group, kept: Sequence[Item]) -> int:
        """Clicks that leave only these figures ticked."""
        return len(group.open) - len(kept)


def _ticked(items: Iterable[Item]) -> list[tuple[str, str]]:
    return [("chiffre", item.key) for item in items]


def _copied(form: Form, pairs: list[tuple[str, str]]) -> Form:
    return Form(form.act, pairs, form.settles, form.clicks, form.keys, 0, form.found, form.kind, form.mends)


def _without(form: Form, keys: frozenset[str] | set[str]) -> Form | None:
    """A form without the figures at some places; ``None`` where it has no others, or names them together."""
    left = [item for item in form.settles if item.key not in keys]
    if not left or form.act == "tableau":
        return None
    pairs = [(k, v) for k, v in form.pairs if k != "chiffre" or v not in keys]
    kept = _copied(form, pairs)
    kept.settles = left
    kept.clicks += len(form.settles) - len(left)
    return kept


def _words_shown(dossier: Dossier, items: Sequence[Item]) -> int:
    """The words that the page prints around the figures of a form, and those of the lines that list them."""
    excerpts = showing.passages_of(dossier, Group(tuple(sorted(items, key=lambda i: (i.line, i.column)))))
    printed = "".join(text for one in excerpts for _, pieces in one.lines for text, _ in pieces)
    return _count(printed) + _count(" ".join(f"{item.printed} {row_of(item)}" for item in items))


def _count(text: str) -> int:
    return len(_WORD.findall(text))
