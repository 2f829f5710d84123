"""A person who knows the reports and clicks: what they know is given, what they do is counted.

They believe what arithmetic confirms and what the page offers to accept at once; everything else they
decide by what they know, with the page's own choices, by search, or by code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.review.dossier import Dossier, Item
from orchestration.review.groups import Group, cuts_of, groups_of, table_of
from orchestration.review.suggestions import BARE
from tests.review.invented import Meant, pairs

if TYPE_CHECKING:
    from playwright.sync_api import Page


def known(dossier: Dossier, meant: list[Meant]) -> dict[str, Meant]:
    """What the person knows of each figure, by its place."""
    items = sorted(dossier.items, key=lambda item: (item.line, item.column))
    return {items[at].key: one for at, one in pairs(meant, [item.printed for item in items])}


def said(one: Meant) -> list[tuple[str, str]]:
    """What a figure means, by the keys of a template."""
    told = {"indicateur": one.indicator, "periode": one.period, "unite": one.unit, "nature": one.nature}
    return [*told.items(), *one.members]


@dataclass
class Reviewer:
    """One session at one page; ``knows`` holds what each figure means by its place."""

    page: Page
    knows: Mapping[str, Meant]
    clicks: int = 0
    submitted: int = 0
    searched: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.clicks += 1

    def follow(self, selector: str) -> None:
        """Click what leads to another page, and wait until that page is whole: a page that has only begun
        shows no group, which looks like one with nothing left to decide.
        """
        with self.page.expect_navigation():
            self.click(selector)

    def submit(self, selector: str) -> None:
        """Click what sends a form, and see what it says."""
        self.follow(selector)
        self.submitted += 1
        if self.page.locator("[role=alert]").count():
            self.stuck.append(self.page.inner_text("[role=alert]"))
            self.page.go_back()

    def accept_sure(self) -> None:
        if self.page.locator("button:has-text('chiffres sûrs')").count():
            self.submit("button:has-text('chiffres sûrs')")

    def decide(self, dossier: Dossier) -> None:
        """Decide the group that the page shows."""
        code = self.page.get_attribute(".groupes li.courant a", "href") or ""
        group = next(g for g in groups_of(dossier) if code.endswith(g.code))
        table = table_of(dossier, group)
        if (not table or len(table) > len(group.open)) and self._decide_table(dossier, group):
            return
        wanted = {item.key: self.knows.get(item.key) for item in group.open}
        first = next(iter(wanted.values()))
        if first is None:
            self._keep_only([key for key, one in wanted.items() if one is None])
            self.submit("button:has-text('mettre de côté')")
            return
        self._keep_only(self._alike(group, first))
        self._mend(group, first)
        self._choose(first.indicator)

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
        for side, value in _wrong(item, first).items():
            place = self.page.locator(f".decision [name={side}]")
            if side == "periode":
                place.fill(value)
            else:
                place.select_option(value)
            self.clicks += 1
        self._name_rows(first.rows, ".decision")

    def _name_rows(self, dimension: str, form: str) -> None:
        """Say that each row names a member of a dimension, where several rows are decided."""
        place = self.page.locator(f"{form} select[name=lignes]")
        if dimension and place.count():
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
        meant = [self.knows.get(item.key) for item in table]
        if any(one is None or _wrong(item, one) for item, one in zip(table, meant, strict=True)):
            return False
        named = {one.indicator for one in meant if one}
        rows = next((one.rows for one in meant if one), "")
        if len(named) == 1:
            return self._pick({"indicateur": named.pop()}, ".tableau > form", rows)
        for cut, series in cuts_of(dossier, group).items():
            cells = [(item, self.knows.get(item.key)) for one in series for item in one.items]
            if any(one is None or _wrong(item, one) for item, one in cells):
                continue
            if not table and len({one.indicator for _, one in cells if one}) == 1:
                return False
            each = [{self.knows[item.key].indicator for item in one.items} for one in series]
            if all(len(names) == 1 for names in each):
                form = f".tableau details:has(input[value={cut}])"
                self.click(f"{form} summary")
                return self._pick(
                    {f"serie{rank}": names.pop() for rank, names in enumerate(each)}, f"{form} form", rows
                )
        return False

    def _pick(self, chosen: dict[str, str], form: str, rows: str) -> bool:
        for name, indicator in chosen.items():
            select = self.page.locator(f"{form} select[name={name}]")
            if indicator not in [option.get_attribute("value") for option in select.locator("option").all()]:
                return False
            select.select_option(indicator)
            self.clicks += 1
        self._name_rows(rows, form)
        self.submit(f"{form} button:not([disabled])")
        return True


def _wrong(item: Item, meant: Meant) -> dict[str, str]:
    """What a person must mend beside the indicator; the page itself says that a row called total is one, and
    that what is counted in days or hours is.
    """
    said = {"periode": meant.period, "unite": meant.unit, "nature": meant.nature}
    if item.meaning["unite"] == "nombre" and meant.unit in BARE:
        del said["unite"]
    if meant.nature == "total" and item.meaning["nature"] == "constate":
        del said["nature"]
    return {side: value for side, value in said.items() if item.meaning[side] != value}
