"""How many decisions a long report takes: somebody who knows what its figures mean decides it by clicks, in
Chromium, from the PDF to a finished report; then the next year's report of the same body.

    python -m tests.benchmarks.bench_review [long|other|third|fourth] [YEAR]
    python -m tests.benchmarks.bench_review CODE [browser]    (a reviewed report, left out)

``long`` is the PDF that the review was built on; ``other`` a saved page that was written before anybody saw
how it goes, and whose next year has other words (a third of its labels), one column more and two chapters in
each other's place; ``third`` another page of that kind, of fewer figures and more sentences, written after
the review was changed for the second one; ``fourth`` a PDF of numbered tables, boxes and short paragraphs,
held out until it was measured once.

A reviewed report is brought to a house that never saw it (``left_out_house`` says what leaks) and decided by
somebody who knows what its committed extract says, by the forms of the page without a browser (``knowing``);
``browser`` decides it in Chromium, so that both counts can be set side by side.

Prints figures, forms sent, things decided, clicks, the share that reads right in the end, the planted wrong
suggestions that would have passed with those that are sure, and what is left of the next year's report.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from orchestration.discovery.bring import bring
from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.reports import list_reports
from orchestration.review.desk import Desk
from orchestration.review.dossier import Dossier, open_dossier
from orchestration.review.groups import SURE, Series, acceptable, cuts_of, groups_of, table_of
from orchestration.review.guard import TokenGuard
from orchestration.review.seeds import known_of
from orchestration.review.suggestions import Suggester
from tests.benchmarks import fourth_report, long_report, other_report, third_report
from tests.benchmarks.knowing import Knowing, Told
from tests.benchmarks.left_out_house import SEEDS, LeftOut, as_meant, left_out
from tests.review.conftest import REVIEWED, TOKEN, House, lay_out, serving
from tests.review.invented import Meant, Writer
from tests.review.reviewer import Reviewer, known, said, unread

#: Forms sent at most, and milliseconds that a page may take on a busy machine.
MOST, PATIENCE = 400, 300_000


@dataclass(frozen=True)
class Source:
    """One of the invented reports: its body, and how a year of it comes to lie in a folder."""

    body: str
    label: str
    suffix: str
    written: Callable[[int, bool], tuple[str, Writer]]

    def lies(self, browser: Browser, folder: Path, year: int, changed: bool) -> tuple[Path, list[Meant]]:
        """Put the report of ``year`` into ``folder``; returns its path and what its figures mean."""
        html, writer = self.written(year, changed)
        path = folder / f"rapport-{year}{self.suffix}"
        if self.suffix == ".html":
            path.write_text(html, encoding="utf-8")
            return path, writer.meant
        page = browser.new_page()
        page.set_content(html)
        page.pdf(path=path, prefer_css_page_size=True)
        page.close()
        return path, writer.meant


SOURCES = {
    "long": Source(
        long_report.BODY, long_report.LABEL, ".pdf", lambda year, changed: long_report.written(year)
    ),
    "other": Source(other_report.BODY, other_report.LABEL, ".html", other_report.written),
    "third": Source(third_report.BODY, third_report.LABEL, ".html", third_report.written),
    "fourth": Source(fourth_report.BODY, fourth_report.LABEL, ".pdf", fourth_report.written),
}


def waiting(page: Page) -> int:
    return int(page.locator(".groupes li:not(.fait)").count())


def decided(
    browser: Browser,
    house: House,
    code: str,
    knows: Callable[[Dossier], dict[str, Meant]],
    takes: Sequence[str] = (),
) -> Reviewer:
    """Decide the report by clicks until nothing waits, and finish it; ``takes`` are the places of numbers to
    make figures of.
    """
    with serving(house) as host:
        page = browser.new_context().new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"http://{host}/rapport/{code}?jeton={TOKEN}")
        dossier = house.dossier(code)
        reviewer = Reviewer(page, knows(dossier))
        reviewer.accept_sure()
        reviewer.take_up(takes)
        reviewer.knows, first = knows(house.dossier(code)), len(reviewer.stuck)
        while waiting(page) and reviewer.submitted < MOST and len(reviewer.stuck) < first + 9:
            before = reviewer.submitted, reviewer.clicks
            reviewer.decide(
                open_dossier(dossier.report, dossier.document, load_catalogue(house.settings.seeds))
            )
            dit = page.locator(".dit")
            steps = house.trail(code).steps()
            kind = f"{steps[-1].choices if steps else 0} for"
            told = dit.inner_text() if dit.count() else str(reviewer.stuck[-1:])
            print(f"  {kind} {reviewer.clicks - before[1]} clicks: {told}")
        if not waiting(page):
            with page.expect_navigation():
                page.click("button:has-text('Terminer')")
            print(page.inner_text(".dit"))
        page.context.close()
    return reviewer


def _decided_as(browser: Browser, house: House, code: str, meant: list[Meant]) -> Reviewer:
    """Decide an invented report whose figures are known in the order of print."""
    takes = unread(house.dossier(code), meant)
    return decided(browser, house, code, lambda dossier: known(dossier, meant), takes)


def wrong_in(dossier: Dossier, meant: list[Meant]) -> list[str]:
    """What reads otherwise than it was meant, told."""
    knows = known(dossier, meant)
    lost = len(meant) - len(knows)
    told = [f"{lost} not read"] if lost else []
    for item in dossier.items:
        for key, value in said(knows[item.key]) if item.key in knows else ():
            if item.meaning[key] != value:
                told.append(f"{item.printed} (line {item.line}): {key} {item.meaning[key]}, meant {value}")
    return told


def planted(dossier: Dossier, house: House) -> tuple[int, int]:
    """Of ten figures that are read as something else, as surely as can be, how many would be accepted at
    once or with their table; and how many of all would.
    """
    codes = sorted(dossier.catalogue.indicators)
    others = {
        item.key: [
            code
            for code in codes
            if dossier.catalogue.indicators[code].unite == item.meaning["unite"]
            and code != item.meaning["indicateur"]
        ]
        for item in dossier.items
        if item.meaning["indicateur"] != UNMAPPED and item.hole
    }
    told = [
        key for key, codes in others.items() if codes
    ]  # of a unit that one indicator has, nothing is false
    keys = set(told[:: max(1, len(told) // 10)][:10])
    items = []
    for item in dossier.items:
        wrong = {"indicateur": others[item.key][len(others[item.key]) // 2]} if item.key in keys else {}
        items.append(replace(item, confidence=SURE, meaning={**item.meaning, **wrong}))
    false = replace(dossier, items=tuple(items))
    suggester = Suggester(
        dossier.catalogue, list_reports(house.settings.raw), false, known_of(house.settings.seeds)
    )
    passed = {item.key for item, _ in acceptable(false.items, suggester.sure_of)} | _kept(false, suggester)
    return len(passed & keys), len(passed)


def _kept(dossier: Dossier, suggester: Suggester) -> set[str]:
    """The figures that a table confirmed by arithmetic would take as they are read, at one stroke."""
    passed: set[str] = set()
    for group in groups_of(dossier):
        table = table_of(dossier, group)
        if all(item.meaning["indicateur"] != UNMAPPED and suggester.agrees(item) for item in table):
            passed |= {item.key for item in table}
        for series in cuts_of(dossier, group).values() if table else ():
            passed |= _chosen(suggester, series)
    return passed


def _chosen(suggester: Suggester, series: Sequence[Series]) -> set[str]:
    """The figures of a form that are read as what stands chosen in it."""
    told = zip(series, suggester.proposed(series), strict=True)
    return {item.key for one, code in told for item in one.items if code == item.meaning["indicateur"] != ""}


def measure(source: Source, year: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        path, meant = source.lies(browser, root, year, changed=False)
        house = lay_out(root / "house", path, REVIEWED, body=source.label)
        code = f"{source.body}_{year}"
        draft = house.dossier(code)
        print(f"{len(meant)} figures printed, {len(draft.items)} read by the draft")
        slipped, offered = planted(draft, house)
        print(f"planted: {slipped} of 10 pass with {offered} accepted at once")
        told(house, code, meant, _decided_as(browser, house, code, meant))
        path, following = source.lies(browser, root, year + 1, changed=True)
        code = bring(path, house.settings.root, house.settings.documents).report.code
        groups = len(groups_of(house.dossier(code)))
        told(house, code, following, _decided_as(browser, house, code, following), groups)
        browser.close()


def told(house: House, code: str, meant: list[Meant], reviewer: Reviewer, groups: int = 0) -> None:
    dossier = house.dossier(code)
    wrong = wrong_in(dossier, meant)
    decisions = house.trail(code).decisions()
    print(
        f"{code}: {len(dossier.items)} figures in {reviewer.submitted} forms, {decisions} things decided, "
        f"{reviewer.clicks} clicks; {len(dossier.items) / max(1, reviewer.submitted):.1f} figures a form; "
        f"{dossier.reviewed} reviewed, {len(wrong)} wrong, {len(reviewer.stuck)} refused"
        + (f"; {decisions} decisions for {groups} groups ({decisions / groups:.0%})" if groups else "")
    )
    for line in (*wrong, *reviewer.stuck, *(f"searched {code}" for code in reviewer.searched)):
        print("  ", line)


def measure_real(code: str, way: str) -> None:
    """A reviewed report left out, decided without a browser, or with one."""
    documents = Path(os.environ["OBSERVATOIRE_DOCUMENTS"])
    with tempfile.TemporaryDirectory() as folder:
        world = left_out(code, Path(folder), documents)
        draft = world.house.dossier(code)
        print(f"{code}: {len(world.truths)} figures, {len(draft.items)} read; gone: {', '.join(world.told)}")
        slipped, offered = planted(draft, world.house)
        print(f"planted: {slipped} of 10 pass with {offered} accepted at once", flush=True)
        if way == "browser":
            _in_browser(world)
        else:
            _told_real(world, *_without_browser(world))


def _without_browser(world: LeftOut) -> tuple[Told, Desk]:
    desk = Desk(world.house.settings, TokenGuard(set(), TOKEN))
    return Knowing(world, desk).run(), desk


def _told_real(world: LeftOut, told: Told, desk: Desk) -> None:
    dossier = desk.dossier(world.code)
    choices = desk.trail(dossier.report).decisions()
    wrong = list(_otherwise(world, dossier))
    distinct = {truth.indicator for truth in world.truths.values()}
    print(
        f"{told.forms} forms, {choices} things decided, {told.clicks} clicks; "
        f"{told.settled / max(1, told.forms):.1f} figures a form; {len(distinct)} indicators; "
        f"{dossier.reviewed} reviewed, {len(wrong)} wrong, {len(told.stuck)} that no form settles; "
        f"about {told.seconds(choices) / 60:.0f} minutes by the keystroke-level model, a model"
    )
    print("right indicator:", dict(told.found), "mended beside it:", dict(told.mended.most_common()))
    print("forms:", dict(Counter(form.kind for form in told.sent)))
    spent = sorted(told.acting), sorted(told.opening)
    print(
        "CPU seconds, middle and most: "
        + "; ".join(
            f"{name} {of[len(of) // 2]:.2f}, {of[-1]:.2f}"
            for name, of in zip(("deciding", "opening"), spent, strict=True)
            if of
        )
    )
    for name, lines in (("refused", told.refused), ("stuck", told.stuck.values()), ("wrong", wrong)):
        for line, times in Counter(lines).most_common(12):
            print(f"  {name} {times}: {line[:300]}")


def _otherwise(world: LeftOut, dossier: Dossier) -> Iterator[str]:
    """What a reviewed figure says otherwise than it means; an indicator that was made for one that is gone
    has a code of its own, and stands for that one alone.
    """
    means, known = world.meant(dossier.catalogue), load_catalogue(SEEDS).indicators
    made: dict[str, str] = {}
    for item in dossier.items:
        truth = means(item)
        if not item.reviewed:
            continue
        if truth is None:
            yield f"{item.printed} (line {item.line}) is none"
            continue
        said = dict(truth.said)
        code = item.meaning["indicateur"]
        if truth.indicator in world.gone and code not in known:
            said["indicateur"] = (
                code if made.setdefault(code, truth.indicator) == truth.indicator else truth.indicator
            )
        told = [
            f"{k} {item.meaning[k]}, meant {v}" for k, v in said.items() if v not in ("", item.meaning[k])
        ]
        if told or item.value != truth.value:
            yield f"{item.printed} (line {item.line}): {'; '.join(told) or 'value'}"


def _in_browser(world: LeftOut) -> None:
    """Decide a report left out in Chromium."""

    def knows(dossier: Dossier) -> dict[str, Meant]:
        means = world.meant(dossier.catalogue)
        return {item.key: as_meant(truth) for item in dossier.items if (truth := means(item))}

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        reviewer = decided(browser, world.house, world.code, knows)
        browser.close()
    trail = world.house.trail(world.code)
    dossier = world.house.dossier(world.code)
    print(
        f"browser: {reviewer.submitted} forms, {trail.decisions()} things decided, {reviewer.clicks} clicks; "
        f"{dossier.reviewed} reviewed, {len(reviewer.stuck)} refused"
    )
    for line in reviewer.stuck:
        print("  ", line[:300])


if __name__ == "__main__":
    which, how = [*sys.argv[1:], "long", ""][:2]
    if which in SOURCES:
        measure(SOURCES[which], int(how) if how.isdecimal() else 2022)
    else:
        measure_real(which, how)
