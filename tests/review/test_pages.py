"""A reviewer's way through a draft, in Chromium: by clicks, by keyboard alone, on a phone, with
scripts off.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.review.conftest import CODE, TOKEN, House

pytestmark = pytest.mark.browser


def opened(browser: Any, host: str, **options: Any) -> Any:
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(15_000)
    page.goto(f"http://{host}/rapport/{CODE}?jeton={TOKEN}")
    return page


def left(page: Any) -> int:
    return int(page.locator(".groupes li:not(.fait)").count())


def test_a_draft_is_done_by_clicks_alone(browser: Any, served: tuple[House, str]) -> None:
    house, host = served
    page = opened(browser, host)
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    decisions = 0
    while left(page):
        page.click("button:has-text('Valider')")
        decisions += 1
    page.click("button:has-text('Terminer')")
    assert "la prochaine nuit" in page.inner_text(".dit")
    dossier = house.dossier()
    assert dossier.reviewed == len(dossier.items) and not trouble
    assert 2 * decisions <= 3 * len({item.label for item in dossier.items})


def test_the_keyboard_alone_chooses_and_decides(browser: Any, served: tuple[House, str]) -> None:
    _house, host = served
    page = opened(browser, host)
    before = left(page)
    page.keyboard.press("1")
    page.focus("button:has-text('Valider')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".dit")
    assert left(page) == before - 1
    first = page.get_attribute(".groupes li.courant a", "href")
    page.keyboard.press("j")
    page.wait_for_url("**groupe=*")
    assert page.get_attribute(".groupes li.courant a", "href") != first


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways(browser: Any, served: tuple[House, str], width: int, scheme: str) -> None:
    page = opened(browser, served[1], viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_works_with_scripts_off_and_says_what_a_second_tab_missed(
    browser: Any, served: tuple[House, str]
) -> None:
    _, host = served
    page, other = (
        opened(browser, host, java_script_enabled=False),
        opened(browser, host, java_script_enabled=False),
    )
    page.click("button:has-text('Valider')")
    assert "Il reste" in page.inner_text(".dit")
    other.click("button:has-text('Valider')")
    assert "rechargez" in other.inner_text("[role=alert]")
