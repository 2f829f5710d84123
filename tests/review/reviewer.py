"""A person who knows the reports and clicks: what they know is given, what they do is counted.

They believe what arithmetic confirms and what the page offers to accept at once; everything else they
decide by what they know, with the page's own choices, by search, or by code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.extraction.catalogue import WHOLE
from orchestration.review.beside import MEMBERS_SAID
from orchestration.review.columns import columns_of
from orchestration.review.dossier import Dossier, Item, Unread
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
from orchestration.review.rows import BARE
from orchestration.review.showing import open_beside
from tests.review.invented import Meant, pairs

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

#: Where the page asks what rows name, once for all its forms.
ROWS_ASKED = ".lignes:not([hidden])"


def known(dossier: Dossier, meant: list[Meant]) -> dict[str, Meant]:
    """What the person knows of each figure, by its place."""
    items = sorted(dossier.items, key=lambda item: (item.line, item.column))
    return {items[at].key: one for at, one in pairs(meant, [item.printed for item in items])}


def unread(dossier: Dossier, meant: list[Meant]) -> list[str]:
    """The places of the numbers that mean something and that nothing reads."""
    there: list[Item | Unread] = [*dossier.items, *dossier.unread]
    numbers = sorted(there, key=lambda number: (number.line, number.column))
    places = {number.key for number in dossier.unread}
    meaning = pairs(meant, [number.printed for number in numbers])
    return [numbers[at].key for at, _ in meaning if numbers[at].key in places]


def names_in(dossier: Dossier, knows: Mapping[str, Meant]) -> dict[tuple[str, str], str]:
    """What the person knows of each row, by its words and a dimension: the member that it names."""
    found: dict[tuple[str, str], str] = {}
    for item in dossier.items:
        if one := knows.get(item.key):
            found |= {(row_of(item), dimension): code for dimension, code in one.members}
            found |= {(row_of(item), one.rows): row_of(item)} if one.rows else {}
    return found


def said(one: Meant) -> list[tuple[str, str]]:
    """What a figure means, by the keys of a template."""
    told = {"indicateur": one.indicator, "periode": one.period, "unite": one.unit, "nature": one.nature}
    return [*told.items(), *one.members]


@dataclass
class Reviewer:
    """One session at one page; ``knows`` holds what each figure means by its place."""

    page: Page
    knows: Mapping[str, Meant]
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    known: Callable[[str], Mapping[str, str]] = lambda row: {}
    labels: Callable[[str], Mapping[str, str]] = lambda dimension: {}
    clicks: int = 0
    submitted: int = 0
    searched: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.clicks += 1

    def _open(self, part: str) -> None:
        """Unfold a part of the page, if it is not unfolded already."""
        if self.page.get_attribute(part, "open") is None:
            self.click(f"{part} summary")

    def follow(self, selector: str) -> None:
        """Click what leads to another page, and wait until that page is whole: a page that has only begun
        shows no group, which looks like one with nothing left to decide.
        """
        with self.page.expect_navigation():
            self.click(selector)

    def submit(self, selector: str, again: bool = True) -> None:
        """Click what sends a form, and see what it says; say what rows name where it asks that."""
        self._say_members(selector)
        here = self.page.url
        self.follow(selector)
        self.submitted += 1
        if self.page.locator("[role=alert]").count():
            if again and self._say_members(selector):
                self.submit(selector, again=False)
                return
            self.stuck.append(self.page.inner_text("[role=alert]"))
            self.page.goto(here.rsplit("/", 1)[0] if "/tableau" in here or "/decider" in here else here)

    def _say_members(self, selector: str) -> bool:
        """Say which member each row names of which the page asks it, once for all its forms (a new one goes
        by the words of its row); whether it asked for the form of a button.
        """
        button = self.page.locator(selector).first
        asked = self.page.locator(f"{ROWS_ASKED} .membres label:has([name^=ligne])").all()
        if asked and button.is_visible():
            self._take_near()
        for one in asked:
            row, member = (one.locator(f"[name^={name}]") for name in ("ligne", "membre"))
            dimension = one.locator("xpath=ancestor::div[1]").locator("[name=dimension]").input_value()
            known = self.names.get((row.input_value(), dimension), "")
            if not known or not button.is_visible():
                continue
            if self.labels(dimension).get(known, known) != member.input_value():
                if not member.is_visible():
                    one.locator("xpath=ancestor::details[1]/summary").click()
                    self.clicks += 1
                self._write_member(one, known)
        return bool(asked)

    def _take_near(self) -> None:
        """Take the members that are near to several rows with one click, where all of them are right."""
        offers = self.page.locator(f"{ROWS_ASKED} .membres .offres:has([data-dit])").all()
        for one in offers:
            near = one.locator("button").first.get_attribute("data-dit")
            field = one.locator("xpath=preceding-sibling::*[1]")
            row, box = (field.locator(f"[name^={name}]") for name in ("ligne", "membre"))
            dimension = field.locator("xpath=ancestor::div[1]").locator("[name=dimension]").input_value()
            known = self.names.get((row.input_value(), dimension), "")
            if box.input_value() or near != self.labels(dimension).get(known, known):
                return
        if len(offers) > 1:
            self.click(f"{ROWS_ASKED} [data-proches]")

    def _write_member(self, row: Locator, known: str) -> None:
        """Click the member that is offered beside a row, or write it."""
        offers = row.locator("xpath=following-sibling::*[1][@class='offres']/button").all()
        offer = next((one for one in offers if one.get_attribute("data-dit") == known), None)
        if offer:
            offer.click()
        else:
            row.locator("[name^=membre]").fill(known)
        self.clicks += 1

    def accept_sure(self) -> None:
        if self.page.locator("button:has-text('chiffres sûrs')").count():
            self.submit("button:has-text('chiffres sûrs')")

    def take_up(self, places: Iterable[str]) -> None:
        """Make a figure of each number at a place that the page lists among those that nothing reads."""
        for place in places:
            form = f"#attente form:has(input[value='{place}'])"
            if self.page.locator(form).count():
                self._open("#attente")
                self.submit(f"{form} button")

    def decide(self, dossier: Dossier) -> None:
        """Decide the group that the page shows."""
        self.names = names_in(dossier, self.knows)
        self.known = dossier.catalogue.members_named
        self.labels = lambda dimension: dossier.catalogue.labels.get(dimension, {})
        code = self.page.get_attribute(".groupes li.courant a", "href") or ""
        group = next(g for g in groups_of(dossier) if code.endswith(g.code))
        table = table_of(dossier, group)
        if self._decide_section(dossier, group) or self._keep_table(table):
            return
        one = self._one_thing(group)
        if (not one or not table or len(table) > len(group.open)) and self._decide_table(dossier, group):
            return
        whole = next((one for one in whole_tables(dossier) if group.items[0] in one.items), group)
        if self._one_thing(whole) and len(whole.open) > len(group.open):
            self.follow("a.entier")
            group = whole
        wanted = {item.key: self.knows.get(item.key) for item in group.open}
        first = next(iter(wanted.values()))
        if first is None:
            self._keep_only([key for key, one in wanted.items() if one is None])
            self.page.select_option(".decision [name=ecarter]", "anecdote")
            self.clicks += 1
            self.submit("button:has-text('mettre de côté')")
            return
        self._keep_only(self._alike(group, first))
        self._mend(group, first)
        self._choose(first.indicator)

    def _decide_section(self, dossier: Dossier, group: Group) -> bool:
        """Say what each box and sentence is, and beside it what it is read otherwise as."""
        named: dict[int, tuple[Meant, Series]] = {}
        for rank, one in enumerate(cuts_of(dossier, group).get(SECTION, ())):
            meant = [self.knows.get(item.key) for item in one.items]
            if all(meant) and len({m.indicator for m in meant if m}) == 1:
                wrong = [_wrong(item, m) for item, m in zip(one.items, meant, strict=True) if m]
                if not any(wrong) or len(one.items) == 1:
                    named[rank] = next(m for m in meant if m), one
        if len(named) < 2:
            return False
        form = f".tableau details:has(input[value={SECTION}]) form"
        for rank, (what, series) in named.items():
            self._say_beside(form, rank, series.items[0], what)
        return self._pick({f"serie{rank}": what.indicator for rank, (what, _) in named.items()}, form, "")

    def _say_beside(self, form: str, rank: int, item: Item, meant: Meant) -> None:
        """Correct in the row of a figure what is read wrong, and click or say the member that it names."""
        wrong = _wrong(item, meant)
        if wrong.get("nature") == "part" and self.page.locator(f"{form} [name=part{rank}]").count():
            self.click(f"{form} [name=part{rank}]")
            del wrong["nature"]
        there = self.known(row_of(item))
        lacking = [(d, c) for d, c in meant.members if c not in (WHOLE, there.get(d), item.meaning[d])]
        offered = [(d, c) for d, c in lacking if self._offer(form, rank, d, c).count()]
        for dimension, code in offered:
            self._offer(form, rank, dimension, code).click()
            self.clicks += 1
        beside = f"{form} details:has([name=referentiel{rank}])"
        if wrong or lacking != offered:
            self._open(beside)
        self._fill_in(beside, wrong, str(rank))
        for which, (dimension, code) in zip(
            MEMBERS_SAID, (m for m in lacking if m not in offered), strict=False
        ):
            self.page.locator(f"{beside} [name=referentiel{which}{rank}]").select_option(dimension)
            self.page.fill(f"{beside} [name=nom{which}{rank}]", self.labels(dimension).get(code, code))
            self.clicks += 2

    def _fill_in(self, form: str, wrong: Mapping[str, str], rank: str = "") -> None:
        """Correct what a form, or a row of it, reads wrong."""
        for side, value in wrong.items():
            place = self.page.locator(f"{form} [name={side}{rank}]")
            if side == "periode":
                place.fill(value)
            else:
                place.select_option(value)
            self.clicks += 1

    def _offer(self, form: str, rank: int, dimension: str, code: str) -> Locator:
        return self.page.locator(f"{form} [name=est{rank}_{dimension}][value={code}]")

    def _keep_table(self, table: Sequence[Item]) -> bool:
        """Keep every row of a table as it is read where the page offers it and it is right."""
        keep = ".tableau button[value=garder]"
        meant = [self.knows.get(item.key) for item in table]
        right = all(
            one and one.indicator == item.meaning["indicateur"] and not _wrong(item, one) and not one.rows
            for item, one in zip(table, meant, strict=True)
        )
        if not table or not right or not self.page.locator(keep).count():
            return False
        self.submit(keep)
        return True

    def _one_thing(self, group: Group) -> bool:
        meant = [self.knows.get(item.key) for item in group.open]
        first = meant[0]
        return first is not None and all(
            one is not None and one.indicator == first.indicator and not _wrong(item, one)
            for item, one in zip(group.open, meant, strict=True)
        )

    def _alike(self, group: Group, first: Meant) -> list[str]:
        """The figures that one form can settle with ``first``: same indicator, and what must be mended is
        mended alike.
        """
        alike = []
        for item in group.open:
            one = self.knows.get(item.key)
            if one is None or one.indicator != first.indicator:
                continue
            alike.append((item.key, _wrong(item, one)))
        base = next(wrong for key, wrong in alike)
        return [key for key, wrong in alike if wrong == base]

    def _keep_only(self, keys: list[str]) -> None:
        for box in self.page.locator("input[name=chiffre]").all():
            if box.is_checked() != (box.get_attribute("value") in keys):
                box.click()
                self.clicks += 1

    def _mend(self, group: Group, first: Meant) -> None:
        item = next(item for item in group.open if self.knows.get(item.key) is first)
        self._fill_in(".decision", _wrong(item, first))
        self._name_rows(self._rows_of(group.open))

    def _name_rows(self, dimension: str) -> None:
        """Say that each row names a member of a dimension, where several rows are decided."""
        place = self.page.locator(f"{ROWS_ASKED} select[name=lignes]")
        if dimension and place.count():
            place.dispatch_event("pointerdown")  # a dimension chosen by hand shows what each row names
            with self.page.expect_navigation():
                place.select_option(dimension)
            self.clicks += 1

    def _choose(self, indicator: str) -> None:
        button = f".choix[value={indicator}]"
        if not self.page.locator(button).count():
            self.searched.append(indicator)
            self.page.fill("input[name=cherche]", indicator.replace("_", " "))
            self.follow("button:has-text('Chercher')")
        if self.page.locator(button).count():
            self.submit(button)
            return
        self.page.fill("input[name=autre_indicateur]", indicator)
        self.submit("button:has-text('Valider')")

    def _decide_table(self, dossier: Dossier, group: Group) -> bool:
        table = table_of(dossier, group)
        columns = columns_of(open_beside(dossier, group))
        if not self._understood(table, columns):
            return False
        named = self._named(table)
        if (
            len(named) == 1
            and self._understood(table, ())
            and self._pick({"indicateur": named.pop()}, ".tableau > form", self._rows_of(table))
        ):
            return True
        for cut, series in cuts_of(dossier, group).items():
            cells = [item for one in series for item in one.items]
            if not self._understood(cells, columns):
                continue
            if cut == SECTION or (not table and len(self._named(cells)) == 1):
                return False
            if all(len(self._named(one.items)) == 1 for one in series):
                return self._decide_cut(cut, series, columns)
        return False

    def _decide_cut(self, cut: str, series: Sequence[Series], columns: Sequence[Series]) -> bool:
        form, cells = f".tableau details:has(input[value={cut}])", [i for one in series for i in one.items]
        self._open(form)
        chosen = {f"serie{rank}": self._named(one.items).pop() for rank, one in enumerate(series)}
        self._say_kinds(form, cells, columns)
        return self._pick(chosen, f"{form} form", self._rows_of(cells))

    def _understood(self, items: Iterable[Item], columns: Sequence[Series]) -> bool:
        """Whether the page has of each of the figures all that it means, but for the indicator and a nature
        that all figures of its column have.
        """
        kinds = {key: nature for nature, keys in self._kinds(columns) for key in keys}
        meant = [(item, self.knows.get(item.key)) for item in items]
        return all(
            one is not None and _wrong(item, one) in ({}, {"nature": kinds.get(item.key)})
            for item, one in meant
        )

    def _kinds(self, columns: Sequence[Series]) -> Iterator[tuple[str, list[str]]]:
        """By column of a table, its nature where all figures have one and it is read otherwise, and these."""
        for column in columns:
            meant = [(item, one) for item in column.items if (one := self.knows.get(item.key))]
            wrong = {_wrong(item, one).get("nature", "") for item, one in meant}
            nature = wrong.pop() if len(wrong) == 1 and len(meant) == len(column.items) else ""
            yield nature, [item.key for item in column.items]

    def _say_kinds(self, form: str, items: Sequence[Item], columns: Sequence[Series]) -> None:
        """Say the nature of each column in a form where it is read otherwise."""
        wanted = {item.key for item in items}
        for rank, (nature, keys) in enumerate(self._kinds(columns)):
            if nature and wanted & set(keys):
                self._open(f"{form} details.sortes")
                self.page.select_option(f"{form} [name=sorte_colonnes{rank}]", nature)
                self.clicks += 1

    def _named(self, items: Iterable[Item]) -> set[str]:
        return {one.indicator for item in items if (one := self.knows.get(item.key))}

    def _rows_of(self, items: Iterable[Item]) -> str:
        """The dimension whose members rows name that the page does not know by their words."""
        for item in items:
            one = self.knows.get(item.key)
            there = self.known(row_of(item))
            said = one.members if one else ()
            unknown = [d for d, code in said if code not in (WHOLE, there.get(d), item.meaning[d])]
            if one and (one.rows or unknown):
                return one.rows or unknown[0]
        return ""

    def _pick(self, chosen: dict[str, str], form: str, rows: str) -> bool:
        for name, indicator in chosen.items():
            if not self._pick_one(form, name, indicator):
                return False
        self._name_rows(rows)
        self.submit(f"{form} button:not([disabled], [type=button], [formmethod])")
        return True

    def _pick_one(self, form: str, name: str, indicator: str) -> bool:
        """Say one thing of a form: from a list, or with the tick of a row, or in words beside it."""
        tick = self.page.locator(f"{form} input[name={name}][value={indicator}]")
        if name == "indicateur":
            select = self.page.locator(f"{form} select[name={name}]")
            if not select.locator(f"option[value={indicator}]").count():
                return False
            select.select_option(indicator)
        elif not tick.count():
            self.page.fill(f"{form} input[name={name.replace('serie', 'autre')}]", indicator)
        elif tick.is_checked():
            return True
        else:
            tick.check()
        self.clicks += 1
        return True


def _wrong(item: Item, meant: Meant) -> dict[str, str]:
    """What a person must mend beside the indicator; the page itself says that a row called total is one, that
    what is counted in days or hours is, and that a rate is no share.
    """
    said = {"periode": meant.period, "unite": meant.unit, "nature": meant.nature}
    if item.meaning["unite"] == "nombre" and meant.unit in BARE:
        del said["unite"]
    read, level = item.meaning["nature"], meant.nature == "constate" and meant.unit == "%"
    if (meant.nature == "total" and read == "constate") or (level and read == "part"):
        del said["nature"]
    return {side: value for side, value in said.items() if item.meaning[side] != value}
