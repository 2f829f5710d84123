"""How many decisions a long report takes: somebody who knows what its figures mean decides it by clicks, in
Chromium, from the PDF to a finished report; then the next year's report of the same body.

    python -m tests.benchmarks.bench_review [YEAR]

Prints figures, forms sent, things decided, clicks, the share that reads right in the end, the planted wrong
suggestions that would have passed with those that are sure, and what is left of the next year's report.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from orchestration.discovery.bring import bring
from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.reports import list_reports
from orchestration.review.dossier import Dossier, open_dossier
from orchestration.review.groups import SURE, acceptable, groups_of, table_of
from orchestration.review.seeds import known_of
from orchestration.review.suggestions import Suggester
from tests.benchmarks.long_report import BODY, LABEL, written
from tests.review.conftest import REVIEWED, TOKEN, House, lay_out, serving
from tests.review.invented import Meant
from tests.review.reviewer import Reviewer, known, said

MOST = 400


def printed(browser: Browser, path: Path, year: int) -> list[Meant]:
    """Print the report of ``year`` to ``path``; returns what its figures mean."""
    html, writer = written(year)
    page = browser.new_page()
    page.set_content(html)
    page.pdf(path=path, prefer_css_page_size=True)
    page.close()
    return writer.meant


def waiting(page: Page) -> int:
    return int(page.locator(".groupes li:not(.fait)").count())


def decided(browser: Browser, house: House, code: str, meant: list[Meant]) -> Reviewer:
    """Decide the report by clicks until nothing waits, and finish it."""
    with serving(house) as host:
        page = browser.new_context().new_page()
        page.goto(f"http://{host}/rapport/{code}?jeton={TOKEN}")
        dossier = house.dossier(code)
        reviewer = Reviewer(page, known(dossier, meant))
        reviewer.accept_sure()
        while waiting(page) and reviewer.submitted < MOST and len(reviewer.stuck) < 3:
            before = reviewer.submitted, reviewer.clicks
            reviewer.decide(
                open_dossier(dossier.report, dossier.document, load_catalogue(house.settings.seeds))
            )
            dit = page.locator(".dit")
            print(
                f"  +{reviewer.clicks - before[1]} {dit.inner_text() if dit.count() else reviewer.stuck[-1:]}"
            )
        if not waiting(page):
            with page.expect_navigation():
                page.click("button:has-text('Terminer')")
            print(page.inner_text(".dit"))
        page.context.close()
    return reviewer


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
    told = [item for item in dossier.items if item.meaning["indicateur"] != UNMAPPED and item.hole]
    keys = {item.key for item in told[:: max(1, len(told) // 10)][:10]}
    codes = sorted(dossier.catalogue.indicators)
    items = []
    for item in dossier.items:
        others = [
            code
            for code in codes
            if dossier.catalogue.indicators[code].unite == item.meaning["unite"]
            and code != item.meaning["indicateur"]
        ]
        other = {"indicateur": others[len(others) // 2]} if item.key in keys and others else {}
        items.append(replace(item, confidence=SURE, meaning={**item.meaning, **other}))
    false = replace(dossier, items=tuple(items))
    suggester = Suggester(
        dossier.catalogue, list_reports(house.settings.raw), false, known_of(house.settings.seeds)
    )
    passed = {item.key for item in acceptable(false.items, suggester.agrees)}
    for group in groups_of(false):
        table = table_of(false, group)
        if all(item.meaning["indicateur"] != UNMAPPED and suggester.agrees(item) for item in table):
            passed |= {item.key for item in table}
    return len(passed & keys), len(passed)


def measure(year: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        meant = printed(browser, root / f"rapport-{year}.pdf", year)
        house = lay_out(root / "house", root / f"rapport-{year}.pdf", REVIEWED, body=LABEL)
        code = f"{BODY}_{year}"
        draft = house.dossier(code)
        print(f"{len(meant)} figures printed, {len(draft.items)} read by the draft")
        slipped, offered = planted(draft, house)
        print(f"planted: {slipped} of 10 pass with {offered} accepted at once")
        told(house, code, meant, decided(browser, house, code, meant))
        following = printed(browser, root / f"rapport-{year + 1}.pdf", year + 1)
        brought = bring(root / f"rapport-{year + 1}.pdf", house.settings.root, house.settings.documents)
        code = brought.report.code
        groups = len(groups_of(house.dossier(code)))
        told(house, code, following, decided(browser, house, code, following), groups)
        browser.close()


def told(house: House, code: str, meant: list[Meant], reviewer: Reviewer, groups: int = 0) -> None:
    dossier = house.dossier(code)
    wrong = wrong_in(dossier, meant)
    decisions = house.trail(code).decisions()
    print(
        f"{code}: {len(dossier.items)} figures in {reviewer.submitted} forms, {decisions} things decided, "
        f"{reviewer.clicks} clicks; {len(dossier.items) / max(1, reviewer.submitted):.1f} figures a form; "
        f"{dossier.reviewed} reviewed, {len(wrong)} wrong, {len(reviewer.stuck)} refused"
        + (f"; {reviewer.submitted / groups:.0%} of {groups} groups" if groups else "")
    )
    for line in (*wrong, *reviewer.stuck, *(f"searched {code}" for code in reviewer.searched)):
        print("  ", line)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2022)
