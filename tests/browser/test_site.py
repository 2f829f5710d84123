"""Every kind of page of the site in Chromium: quiet, readable at every width in light and dark, by keyboard, without a script, and found by search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.site.build import build_site
from tests.browser.conftest import Opened
from tests.made_once import made_once
from tests.site.made import with_print, with_records

pytestmark = pytest.mark.browser
Visit = Callable[..., Opened]
WIDTHS = (360, 390, 1280)
KINDS = {
    "front": "index.html", "indicators": "indicateurs.html", "bodies": "organismes.html", "reports": "rapports.html", "findings": "constats.html",
    "objectives": "objectifs.html", "evolutions": "evolutions.html", "map": "carte.html", "controls": "controles.html", "method": "methode.html",
    "dictionary": "dictionnaire.html", "members": "membres.html", "dimension": "membres/motif.html", "downloads": "telechargements.html",
    "indicator": "indicateur/comptes_ameli_ouverts.html", "long indicator": "indicateur/professionnels_sante_nombre.html",
    "body": "organisme/cpam_herault.html", "parts": "rapport/cpam_rhone_2020.html", "print": "rapport/cpam_rhone_2020/4.html",
    "short print": "rapport/cpam_correze_2021.html", "relations": "controles/cpam_herault_2021.html",
}  # fmt: skip
#: What analysts type, and the start of the page that must be among the first three.
WORDS = {
    "IJ": "indicateur/indemnites_journalieres", "indemnités journalières": "indicateur/indemnites_journalieres",
    "indemnite journaliere": "indicateur/indemnites_journalieres", "ameli": "indicateur/comptes_ameli_ouverts",
    "comptes ameli": "indicateur/comptes_ameli_ouverts", "compte ameli": "indicateur/comptes_ameli_ouverts", "AME": "indicateur/beneficiaires_ame",
    "C2S": "indicateur/beneficiaires_c2s", "complementaire sante solidaire": "indicateur/beneficiaires_c2s", "CSS": "indicateur/beneficiaires_c2s",
    "PRADO": "indicateur/patients_prado", "prado": "indicateur/patients_prado", "ALD": "indicateur/avis_ald", "MSP": "indicateur/msp_nombre",
    "maisons de santé": "indicateur/msp_nombre", "Rhône": "organisme/cpam_rhone", "rhone": "organisme/cpam_rhone", "cpam herault": "organisme/cpam_herault",
    "Hérault": "organisme/cpam_herault", "var": "organisme/cpam_var", "correze": "organisme/cpam_correze", "DRSM": "organisme/drsm_occitanie",
    "occitanie": "organisme/drsm_occitanie", "appels": "indicateur/appels_", "téléphone": "membres/canal.html#telephone", "appels recus": "indicateur/appels_recus",
    "taux de décroché": "indicateur/taux_decroche", "decroche": "indicateur/taux_decroche", "satisfaction": "indicateur/taux_satisfaction",
    "RCT": "indicateur/recours_contre_tiers", "recours contre tiers": "indicateur/recours_contre_tiers", "médiation": "indicateur/saisines_mediation",
    "saisines": "indicateur/saisines_mediation", "effectif": "indicateur/effectif_salaries", "salariés": "indicateur/effectif_salaries",
    "personnel": "indicateur/", "population": "indicateur/population_protegee", "population protegee": "indicateur/population_protegee",
    "prestations": "indicateur/prestations_versees", "préjudice": "indicateur/prejudice", "prejudices subis": "indicateur/prejudice_subi",
    "pénalités": "indicateur/penalites", "amendes": "indicateur/penalites", "absentéisme": "indicateur/taux_absenteisme",
    "absenteisme": "indicateur/taux_absenteisme", "depistage": "indicateur/taux_depistage", "vaccination": "indicateur/taux_vaccination",
    "subventions": "indicateur/subventions", "erreurs": "constats.html", "incohérences": "constats.html", "objectifs CPG": "objectifs.html",
    "carte": "carte.html", "télécharger csv": "telechargements.html",
}  # fmt: skip


@pytest.fixture(scope="session")
def site(committed_build: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        build_site(with_print(with_records(committed_build[0], folder / "observatoire.duckdb")), folder / "site")

    folder = made_once(tmp_path_factory, "browser_site", make)
    return folder / "site"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_is_quiet_readable_and_open_to_a_screen_reader(visit: Visit, site: Path, kind: str) -> None:
    for width in WIDTHS:
        for dark in (False, True):
            opened = visit(site / KINDS[kind], width, dark)
            assert (opened.foreign, opened.errors) == ([], []), (width, dark)
            assert not opened.scrolls_sideways(), (width, dark)
            if width != 390:
                assert opened.accessibility() == [], (width, dark)


def test_an_analysts_words_find_their_page_among_the_first_three(visit: Visit, site: Path) -> None:
    page = visit(site / "index.html").page
    page.evaluate("new Promise(resolve => indexPret(resolve))")
    missed = {}
    for words, expected in WORDS.items():
        hits = page.evaluate("words => chercher(words, 3).map(entry => entry[2])", words)
        if not any(hit.startswith(expected) for hit in hits):
            missed[words] = hits
    assert len(WORDS) >= 50
    assert not missed


def test_search_works_by_keyboard_alone(visit: Visit, site: Path) -> None:
    page = visit(site / "index.html").page
    page.keyboard.press("Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement.type") == "search":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("comptes ameli")
    page.wait_for_selector(".trouve a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/indicateur/comptes_ameli_ouverts.html")


def test_a_number_opens_by_keyboard_and_leads_on(visit: Visit, site: Path) -> None:
    page = visit(site / "rapport/cpam_correze_2021.html").page
    page.locator(".encre button.o").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("[popover]:popover-open").count() == 1
    page.keyboard.press("Tab")
    assert "indicateur/" in str(page.evaluate("document.activeElement.href"))
    page.keyboard.press("Escape")
    assert page.locator("[popover]:popover-open").count() == 0


def test_an_address_of_a_number_leads_to_the_part_that_holds_it(visit: Visit, site: Path) -> None:
    page = visit(site / "rapport/cpam_rhone_2020.html").page
    page.goto(f"{(site / 'rapport/cpam_rhone_2020.html').as_uri()}#l2886")
    page.wait_for_url("**/rapport/cpam_rhone_2020/*.html#l2886")
    assert page.locator("#l2886").count() == 1


def test_the_pages_are_whole_without_scripts(browser, site: Path) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name, shown in (("index.html", "h2"), ("indicateur/comptes_ameli_ouverts.html", "svg rect"), ("constats.html", "article"), ("rapport/cpam_correze_2021.html", "button.o")):
        page.goto((site / name).as_uri())
        assert page.locator(shown).first.is_visible()
        assert not page.locator("form").first.is_visible()
    page.locator(".encre button.o").first.click()
    assert page.locator("[popover]").first.is_visible()
    context.close()
