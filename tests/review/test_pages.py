"""A reviewer's way through a draft, in Chromium: a whole PDF by clicks, by keyboard alone, on a phone,
with scripts off, killed in between.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from orchestration.discovery.phrases import UNMAPPED
from orchestration.extraction.reports import load_report, read_extract
from orchestration.review.groups import SURE
from tests.conftest import MILLISECONDS
from tests.review.conftest import CODE, PRINTED, REVIEWED, TOKEN, House, lay_out, serving
from tests.review.invented import BODY, LABEL, Meant, print_pdf, truth
from tests.review.reviewer import Reviewer, known, said
from tests.review.test_beside import LONE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
REPORT = f"{BODY}_2022"
DOUBTED = "\nPRÉVENTION\n\nLes ateliers ont réuni les familles (24) du quartier.\n"
HOSTILE = '&lt;script&gt;alert(1)&lt;/script&gt; "&gt;&lt;img src=x onerror=alert(2)&gt;'


def opened(browser: Browser, host: str, code: str = CODE, **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(MILLISECONDS)
    page.goto(f"http://{host}/rapport/{code}?jeton={TOKEN}")
    return page


def left(page: Page) -> int:
    return int(page.locator(".groupes li:not(.fait)").count())


def reviewed_by_clicks(browser: Browser, house: House, meant: list[Meant], *stops: int) -> Reviewer:
    """Decide all of a draft, one session after the other: each is killed after so many decisions."""
    clicks = 0
    trouble: list[str] = []
    for stop in stops:
        with serving(house) as host:
            page = opened(browser, host, REPORT)
            page.on("dialog", lambda dialog: trouble.append(dialog.message))
            page.on("pageerror", lambda error: trouble.append(str(error)))
            reviewer = Reviewer(page, known(house.dossier(REPORT), meant), clicks=clicks)
            while left(page) and reviewer.submitted < stop:
                reviewer.decide(house.dossier(REPORT))
            clicks = reviewer.clicks
            if not left(page):
                print(page.inner_text(".avance"))
                with page.expect_navigation():
                    page.click("button:has-text('Terminer')")
            assert not trouble and not reviewer.stuck
    return reviewer


def test_a_report_in_pdf_is_finished_by_clicks_alone(browser: Browser, tmp_path: Path) -> None:
    """118 figures in tables, boxes and prose, from the document to the extract that nights load; stopped in
    between.
    """
    document = print_pdf(browser, tmp_path / "rapport-2022.pdf", 2022, HOSTILE)
    house = lay_out(tmp_path / "house", document, REVIEWED, body=LABEL)
    meant = truth(2022)
    reviewer = reviewed_by_clicks(browser, house, meant, 12, 400)
    dossier, trail = house.dossier(REPORT), house.trail(REPORT)
    knows = known(dossier, meant)
    wrong = [
        (item.printed, key, item.meaning[key], value)
        for item in dossier.items
        for key, value in said(knows[item.key])
        if item.meaning[key] != value
    ]
    print(f"{len(dossier.items)} figures: {trail.decisions()} decisions, {reviewer.clicks} clicks")
    named = [item for item in dossier.items if knows[item.key].rows]
    assert named and all(item.meaning[knows[item.key].rows] != "non_precise" for item in named)
    assert len(dossier.items) == len(meant) and dossier.reviewed == len(meant) and not wrong
    assert trail.decisions() <= len(meant) // 2
    report = load_report(house.settings.raw / REPORT)
    rows = read_extract(report).numbers.filter(pl.col("statut") == "observation")
    assert not report.brouillon and set(rows["revue"]) == {"true"}


def test_what_is_not_sure_is_never_offered_for_acceptance(
    browser: Browser, served: tuple[House, str]
) -> None:
    house, host = served
    page = opened(browser, host)
    assert all(item.confidence < SURE for item in house.dossier().items)
    assert not page.locator("button:has-text('chiffres sûrs')").count()
    with page.expect_navigation():  # a form that is sent without a choice decides nothing
        page.locator("input[name=autre_indicateur]").press("Enter")
    assert not house.trail().steps()
    assert house.dossier().items[0].meaning["indicateur"] != UNMAPPED or left(page)


#: What somebody who knows the small report says of its figures, by the first words of their labels.
MEANT = {
    "visites": "visites_accueil",
    "Taux de décroché": "taux_decroche",
    "Maladie": "prestations_versees",
    "Maternité": "prestations_versees",
    "Les ateliers": "personnes_sensibilisees",
}


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` names has the focus, as somebody without a mouse does."""
    for _ in range(200):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def go(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_the_keyboard_alone_finishes_a_report_and_takes_back_what_was_set_aside(
    browser: Browser, tmp_path: Path
) -> None:
    """Tab, Enter, letters: a number that a rule set aside wrongly is made a figure, all are decided, the
    draft becomes a report.
    """
    house = lay_out(tmp_path, PRINTED + DOUBTED)
    with serving(house) as host:
        page = opened(browser, host)
        first = page.get_attribute(".groupes li.courant a", "href")
        go(page, "j")
        assert page.get_attribute(".groupes li.courant a", "href") != first
        go(page, "k")
        tab_to(page, "#attente summary")
        page.keyboard.press("Enter")
        tab_to(page, '#attente button[aria-label^="24,"]')
        go(page, "Enter")
        assert "est un chiffre désormais" in page.inner_text(".dit")
        while left(page):
            shown = page.locator("input[name=chiffre]:checked").first.get_attribute("value")
            said = next(item.label for item in house.dossier().items if item.key == shown)
            indicator = next(code for words, code in MEANT.items() if words in said)
            before = house.dossier().reviewed
            if rank := page.locator(f".choix[value={indicator}]").first.get_attribute("data-rang"):
                go(page, rank)
            else:
                tab_to(page, "input[name=autre_indicateur]")
                page.keyboard.type(indicator)
                tab_to(page, "button[value=lire]")
                go(page, "Enter")
            assert "Il reste" in page.inner_text("body")
            assert house.dossier().reviewed > before
        tab_to(page, "form[action$=terminer] button")
        go(page, "Enter")
        assert "la prochaine nuit" in page.inner_text(".dit")
    report = load_report(house.folder)
    rows = read_extract(report).numbers.filter(pl.col("statut") == "observation")
    taken = rows.filter(pl.col("valeur_imprimee").str.contains("24")).rows(named=True)
    assert [(row["indicateur_code"], row["revue"]) for row in taken] == [("personnes_sensibilisees", "true")]
    assert not report.brouillon and set(rows["revue"]) == {"true"}


#: A table whose rows name members of a dimension in other words.
ROWS = """\
CPAM du Gers
Rapport d'activité 2022

Dépenses | 2021 | 2022
Médicaments | 127 | 131
Transports sanitaires | 58 | 61
Dispositifs médicaux | 14 | 19
"""


def test_a_dimension_that_is_clicked_asks_its_rows_at_once_and_a_click_answers(
    browser: Browser, tmp_path: Path
) -> None:
    house = lay_out(tmp_path, ROWS)
    with serving(house) as host:
        page = opened(browser, host)
        place = page.locator("select[name=lignes]:visible")
        place.select_option("poste")  # keys go through the choices: nothing is asked meanwhile
        assert "1 ligne connue" in place.inner_text() and not page.locator(".offres").count()
        place.select_option("")
        place.dispatch_event("pointerdown")
        with page.expect_navigation():
            place.select_option("poste")
        asked = page.locator(".membres:visible")
        asked.locator("[aria-label='Transports sanitaires : un nouveau membre']").click()
        asked.locator("[aria-label='Dispositifs médicaux : Dispositifs médicaux (LPP)']").click()
        written = [field.input_value() for field in asked.locator("[name^=membre]:visible").all()]
        assert written == ["Transports sanitaires", "Dispositifs médicaux (LPP)"]
        assert not house.trail().steps()


def test_a_digit_decides_only_by_a_list_in_sight_and_the_picture_keeps_what_was_typed(
    browser: Browser, tmp_path: Path
) -> None:
    document = print_pdf(browser, tmp_path / "rapport-2022.pdf", 2022, HOSTILE)
    house = lay_out(tmp_path / "house", document, REVIEWED, body=LABEL)
    with serving(house) as host:
        page = opened(browser, host, REPORT, viewport={"width": 1366, "height": 800})
        page.fill("[name=autre_indicateur]", "typed")
        page.click("a.vue >> nth=0")
        assert page.locator("dialog").is_visible()
        page.keyboard.press("1")
        page.keyboard.press("Escape")
        assert not page.locator("dialog").is_visible()
        assert page.input_value("[name=autre_indicateur]") == "typed"
        page.evaluate("document.activeElement.blur(); scrollTo(0, document.body.scrollHeight)")
        assert page.locator(".encre").bounding_box()["y"] < 800  # type: ignore[index]  # the print stays
        page.keyboard.press("1")  # out of sight: shown, nothing is written
        assert page.evaluate("document.activeElement.dataset.rang") == "1" and not house.trail(REPORT).steps()
        go(page, "1")
        assert len(house.trail(REPORT).steps()) == 1 or page.locator("[role=alert]").count()
        assert page.evaluate("document.activeElement.matches('h1, [role=alert]')")
        page.fill("[name=cherche]", "appels")
        with page.expect_navigation():
            page.press("[name=cherche]", "Enter")
        assert "répondent à « appels »" in page.evaluate("document.activeElement.textContent")
        assert page.locator(".choix").first.get_attribute("data-rang") == "1"


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways(
    browser: Browser, served: tuple[House, str], width: int, scheme: Any
) -> None:
    page = opened(browser, served[1], viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    proposal = page.locator(".choix").first.bounding_box()
    assert proposal and 0 < proposal["y"] < 800  # on a telephone too, what decides is on the first screen


def test_it_works_with_scripts_off_and_says_what_a_second_tab_missed(
    browser: Browser, served: tuple[House, str]
) -> None:
    _, host = served
    page, other = (
        opened(browser, host, java_script_enabled=False),
        opened(browser, host, java_script_enabled=False),
    )
    page.click(".choix >> nth=0")
    assert "Il reste" in page.inner_text(".dit")
    other.click(".choix >> nth=0")
    assert "ont changé depuis" in other.inner_text("[role=alert]")


def test_what_rows_name_is_asked_once_and_goes_with_the_form_that_is_sent(
    browser: Browser, served: tuple[House, str]
) -> None:
    house, host = served
    page = opened(browser, host)
    page.click(".groupes a:has-text('Maladie'), .groupes a:has-text('Prestations')")
    asked = page.locator("select[name=lignes]")
    assert asked.count() > 1 and [one.is_visible() for one in asked.all()].count(True) == 1
    page.locator("select[name=lignes]:visible").select_option("programme")
    with page.expect_navigation():
        page.click(".choix >> nth=0")
    assert "pas encore vu ce que chaque ligne nomme" in page.inner_text("[role=alert]")
    for rank, row in enumerate(("Maladie", "Maternité")):
        page.fill(f"[name=membre{rank}]:visible", row)
    with page.expect_navigation():
        page.click(".choix >> nth=0")
    named = {item.meaning["programme"] for item in house.dossier().items if item.reviewed}
    assert named == {"maladie", "maternite"}


def test_rows_of_a_section_are_ticked_by_keys_one_by_one(browser: Browser, tmp_path: Path) -> None:
    house = lay_out(tmp_path, LONE)
    with serving(house) as host:
        page = opened(browser, host)
        rows = page.locator(".tableau .serie")
        page.keyboard.press("t")  # to the first row of the form of boxes and sentences
        for rank in range(3):  # nothing is ticked before, and one row at a time
            ticked = rows.nth(rank).locator(f"[name=serie{rank}]:checked")
            assert ticked.get_attribute("value") == ""
            (marked,) = page.locator("mark.vise").all()[:1]  # what it is about stands out in the print
            assert marked.inner_text() in rows.nth(rank).locator("legend").inner_text()
            page.keyboard.press("1")
            assert ticked.get_attribute("value")
        assert not house.trail().steps()
        with page.expect_navigation():
            page.keyboard.press("Enter")  # the focus went to what sends the form
    assert house.dossier().reviewed


def test_a_scale_is_chosen(browser: Browser, served: tuple[House, str]) -> None:
    house, host = served
    page = opened(browser, host)
    go_by(page, ".groupes a:has-text('visites')")
    page.select_option(".decision [name=multiplicateur]", "millier")
    go_by(page, ".choix >> nth=0")
    values = {item.printed: item.value for item in house.dossier().items if item.reviewed}
    assert values == {"1 204": 1_204_000, "1 310": 1_310_000}


def go_by(page: Page, selector: str) -> None:
    """Click what leads to another page."""
    with page.expect_navigation():
        page.click(selector)
