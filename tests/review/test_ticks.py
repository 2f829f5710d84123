"""Which figures a decision is for: ticked by column, by row, or with a click on a number of the print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration.review.columns import ticked_together
from orchestration.review.groups import groups_of, whole_tables
from orchestration.review.pictures import SCALE, marks_by_page
from tests.conftest import MILLISECONDS
from tests.review.conftest import CODE, TOKEN, House, lay_out, serving
from tests.review.test_dating import ACROSS, VISITS
from tests.review.test_groups import group_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PRINT = """<style>@page { size: A4 } td, th { padding: 4px 24px; text-align: right }</style>
<h1>CPAM du Gers</h1><p>Rapport d'activité 2022</p><div style="height: 500px"></div><h2>Accueil</h2>
<table><tr><th>Visites<th>2021<th>2022</tr><tr><td>Auch<td>1 210<td>1 340</tr>
<tr><td>Condom<td>410<td>395</tr></table>
"""
#: Whether a mark lies on its picture.
INSIDE = """mark => {
  const [own, image] = [mark, mark.parentNode.querySelector("img")].map((one) => one.getBoundingClientRect());
  return own.width > 5 && own.height > 5 && own.left > image.left && own.right < image.right
    && own.top > image.top && own.bottom < image.bottom;
}"""


def ticked(page: Page) -> int:
    return page.locator(".chiffres [name=chiffre]:checked").count()


def opened(browser: Browser, host: str, group: str, scripts: bool = True) -> Page:
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.set_default_timeout(MILLISECONDS)
    page.goto(f"http://{host}/rapport/{CODE}?jeton={TOKEN}")
    page.goto(f"http://{host}/rapport/{CODE}?groupe={group}")
    return page


def whole(house: House) -> str:
    return next(group.code for group in whole_tables(house.dossier()))


def test_what_a_click_ticks_are_the_columns_and_rows_of_the_group(tmp_path: Path) -> None:
    dossier = lay_out(tmp_path, VISITS.format(rows=ACROSS)).dossier()
    (table,) = whole_tables(dossier)
    offered = ticked_together(table.items)
    assert {way: [len(places.split()) for _, places in one] for way, one in offered.items()} == {
        "colonne": [3] * 5,
        "ligne": [5] * 3,
    }
    assert ticked_together(table.items[:1]) == {}
    lone = next(group for group in groups_of(dossier) if group.code == group_of(dossier, "1 210"))
    assert set(ticked_together(lone.items)) <= {"colonne", "ligne"}


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_figures_are_ticked_by_column_by_row_and_on_the_print(
    browser: Browser, tmp_path: Path, scripts: bool
) -> None:
    house = lay_out(tmp_path, VISITS.format(rows=ACROSS))
    with serving(house) as host:
        page = opened(browser, host, whole(house), scripts)
        assert ticked(page) == 15
        if not scripts:  # the boxes alone
            page.locator(".chiffres [name=chiffre]").first.uncheck()
            assert ticked(page) == 14 and not page.locator(".cocher").is_visible()
            return
        page.click("text=aucun")
        assert ticked(page) == 0 and page.locator("mark.ote").count() == 15
        page.click(".cocher summary:has-text('par colonne')")
        page.click(".cocher button:has-text('Hiver')")
        assert ticked(page) == 3
        page.click(".cocher summary:has-text('par ligne')")
        page.click(".cocher button:has-text('Condom')")
        assert ticked(page) == 7 and page.locator(".cocher [aria-pressed=true]").count() == 2
        page.click(".cocher button:has-text('Condom')")
        page.click("text=l'inverse")
        assert ticked(page) == 13
        page.click("mark:has-text('4 450')")
        assert not page.locator("label:has-text('4 450') [name=chiffre]").first.is_checked()


@pytest.mark.browser
def test_a_number_is_ticked_on_the_picture_of_its_page(browser: Browser, tmp_path: Path) -> None:
    maker = browser.new_page()
    maker.set_content(PRINT)
    path = tmp_path / "rapport_2022.pdf"
    maker.pdf(path=path)
    house = lay_out(tmp_path / "house", path, body="CPAM du Gers")
    dossier = house.dossier()
    (table,) = whole_tables(dossier)
    assert marks_by_page(table, table.items)[1]["top"] > 200 * SCALE  # the strip begins far down the page
    with serving(house) as host:
        page = opened(browser, host, table.code)
        places = page.locator(".vue .case")
        for place in places.all():
            place.wait_for()  # it has a size once the picture is there
        assert places.count() == 4 == ticked(page)
        assert all(place.evaluate(INSIDE) for place in places.all())
        page.click(".vue .case[title^='1 340']")
        assert ticked(page) == 3 and not page.locator("dialog[open]").count()
        assert not page.locator("label:has-text('1 340') [name=chiffre]").is_checked()
        page.click(".vue img", position={"x": 5, "y": 5})  # elsewhere it opens the whole page
        page.click("dialog .case[title^='1 340']")
        assert ticked(page) == 4
