"""Every kind of page of the site in Chromium: quiet, readable at every width in light and dark, by keyboard,
without a script, and found by search.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.extraction.catalogue import load_catalogue
from orchestration.review.correcting import write_correction
from orchestration.settings import PROJECT_ROOT
from orchestration.site.build import build_site
from tests.browser.conftest import Opened
from tests.conftest import MILLISECONDS
from tests.made_once import made_once
from tests.site.made import with_print, with_records

pytestmark = pytest.mark.browser
Visit = Callable[..., Opened]
WIDTHS = (360, 390, 1280)
#: Beyond WCAG 2.1: targets that a finger hits, landmarks and headings in order.
STRICTER = ("wcag22aa", "best-practice")
KINDS = {
    "front": "index.html", "concepts": "concepts.html", "concept": "concept/comptes_ameli.html",
    "indicators": "indicateurs.html", "bodies": "organismes.html", "reports": "rapports.html",
    "findings": "constats.html",
    "objectives": "objectifs.html", "evolutions": "evolutions.html", "map": "carte.html",
    "controls": "controles.html", "method": "methode.html",
    "dictionary": "dictionnaire.html", "members": "membres.html", "dimension": "membres/motif.html",
    "downloads": "telechargements.html",
    "indicator": "indicateur/comptes_ameli_ouverts.html",
    "long indicator": "indicateur/professionnels_sante_nombre.html",
    "body": "organisme/cpam_herault.html", "parts": "rapport/cpam_rhone_2020.html",
    "print": "rapport/cpam_rhone_2020/4.html",
    "short print": "rapport/cpam_correze_2021.html", "relations": "rapport/cpam_herault_2021/controles.html",
}  # fmt: skip
#: What analysts type, and how the address of a page that must be among the first three begins.
WORDS = {
    "IJ": "(concept|indicateur)/(ij|indemnites)",
    "indemnités journalières": "(concept|indicateur)/(ij|indemnites)",
    "indemnite journaliere": "(concept|indicateur)/(ij|indemnites)",
    "ameli": "(concept|indicateur)/(comptes|connexions)_ameli",
    "comptes ameli": "(concept|indicateur)/comptes_ameli",
    "compte ameli": "(concept|indicateur)/comptes_ameli",
    "AME": "(concept|indicateur)/beneficiaires_ame",
    "aide medicale": "(concept|indicateur)/beneficiaires_ame",
    "C2S": "(concept|indicateur)/beneficiaires_c2s",
    "complementaire sante solidaire": "(concept|indicateur)/beneficiaires_c2s",
    "CSS": "(concept|indicateur)/beneficiaires_c2s",
    "CMUC": "(concept|indicateur)/beneficiaires_c2s", "PRADO": "(concept|indicateur)/.*prado",
    "prado": "(concept|indicateur)/.*prado",
    "retour à domicile": "(concept|indicateur)/.*prado",
    "ALD": "(concept|indicateur)/(avis|beneficiaires)_ald",
    "MSP": "(concept|indicateur)/msp", "maisons de santé": "(concept|indicateur)/msp",
    "CPTS": "(concept|indicateur)/cpts",
    "CAQES": "(concept|indicateur)/.*caqes", "Rhône": "organisme/cpam_rhone", "rhone": "organisme/cpam_rhone",
    "cpam herault": "organisme/cpam_herault",
    "Hérault": "organisme/cpam_herault", "var": "organisme/cpam_var", "correze": "organisme/cpam_correze",
    "DRSM": "organisme/drsm_occitanie",
    "occitanie": "organisme/drsm_occitanie", "appels": "(concept|indicateur)/appels",
    "téléphone": "(concept/appels|membres/canal)",
    "appels recus": "(concept|indicateur)/appels_recus",
    "taux de décroché": "(concept|indicateur)/taux_decroche",
    "decroche": "(concept|indicateur)/taux_decroche",
    "satisfaction": "(concept|indicateur)/.*satisfaction",
    "RCT": "(concept|indicateur)/(recours_contre_tiers|rct)",
    "recours contre tiers": "(concept|indicateur)/recours_contre_tiers",
    "médiation": "(concept|indicateur)/(mediation_saisines|saisines_mediation)",
    "saisines": "(concept|indicateur)/(mediation_saisines|saisines_mediation)",
    "effectif": "(concept|indicateur)/effectif", "salariés": "(concept|indicateur)/effectif",
    "personnel": "(concept|indicateur)/(effectif|personnel)", "population": "(concept|indicateur)/population",
    "population protegee": "(concept|indicateur)/population_protegee",
    "prestations": "(concept|indicateur)/prestations_versees",
    "préjudice": "(concept|indicateur)/prejudice", "prejudices subis": "(concept|indicateur)/prejudice_subi",
    "pénalités": "(concept|indicateur)/penalites",
    "amendes": "(concept|indicateur)/penalites", "absentéisme": "(concept|indicateur)/(taux_)?absenteisme",
    "absenteisme": "(concept|indicateur)/(taux_)?absenteisme",
    "depistage": "(concept|indicateur)/(taux_)?depistage",
    "vaccination": "(concept|indicateur)/.*vaccination", "télétravail": "(concept|indicateur)/.*teletravail",
    "subventions": "(concept|indicateur)/subventions", "erreurs": "constats.html",
    "incohérences": "constats.html", "objectifs": "objectifs.html",
    "CPG": "(concept|indicateur)/(score_cpg|cpg_points)",
    "carte": "carte.html", "télécharger csv": "telechargements.html",
    "ij": "(concept|indicateur)/(ij|indemnites)", "diabete": "(membres/programme|indicateur/.*sophia)",
    "feuille de soins": "membres/modalite",
    "contentieux tribunaux": "(concept|indicateur)/(recours|affaires)",
    "escroquerie": "(concept|indicateur)/.*fraude", "migrants": "(concept|indicateur)/beneficiaires_ame",
    "ceam": "(concept|indicateur)/cartes_vitale", "euros par assuré": "organismes.html",
    "kinés": "(concept|indicateur)/professionnels_sante", "mails": "(concept|indicateur)/courriels",
    "arret de travail": "(concept|indicateur)/arrets_travail",
    "carte vitale": "(concept|indicateur)/cartes_vitale",
    "sans medecin traitant": "(concept|indicateur)/(taux_)?medecin_traitant",
    "delais de paiement": "(concept|indicateur)/delai_paiement",
    "embauches": "(concept|indicateur)/embauches",
    "reclamations": "(concept|indicateur)/reclamations", "sms": "(concept|indicateur)/(campagnes|messages)",
    "handicap": "indicateur/travailleurs_handicapes", "agents": "(concept|indicateur)/effectif",
    "dépenses": "(concept|indicateur)/prestations_versees", "etp": "(concept|indicateur)/effectif",
    "france services": "(membres/programme|indicateur/france_services)",
}  # fmt: skip

#: Forty questions of people who are not analysts: what they type, a page that must be among the first
#: three, and what
#: it must hold.
QUESTIONS = [
    ("Combien de comptes ameli ouverts au Rhône ?", "comptes ameli", "comptes_ameli", "Rhône"),
    ("Où les appels sont-ils le mieux décrochés ?", "taux de décroché", "decroche", "objectif"),
    ("Combien d'assurés protège l'Hérault ?", 'population protégée', 'population_protegee', 'Hérault'),
    ("Que verse la CPAM de l'Hérault par risque ?", 'prestations versées hérault', 'prestations_versees',
    'Hérault'), ("Combien de salariés à la DRSM Occitanie ?", "effectif", "effectif", "DRSM Occitanie"),
    ("Quel préjudice de fraude ?", "fraude", "(prejudice|fraude|domaine)", "fraude"),
    ("Combien de pénalités financières ?", "pénalités financières", "penalites", "Pénalit"),
    ("Qui compare les délais de paiement ?", "délai de paiement", "delai_paiement", "jours"),
    ("Combien de bénéficiaires de la C2S ?", "C2S", "c2s", "C2S|complémentaire"),
    ("Combien de bénéficiaires de l'AME ?", "aide médicale d'état", 'ame', 'AME|aide médicale'),
    ("Combien de patients PRADO ?", "PRADO", "prado", "PRADO"),
    ("Taux de vaccination grippe ?", "vaccination grippe", "vaccination", "accination"),
    ("Dépistage du cancer du sein ?", "cancer du sein", "(depistage|programme)", "sein"),
    ("Combien de saisines du médiateur ?", "médiateur", "mediation", "médiation"),
    ("Combien de visites à l'accueil ?", 'visites accueil', 'visites', 'isites'),
    ("Combien de courriels ?", "emails", "courriels", "ourriels"),
    ("Temps d'attente au téléphone ?", 'attente téléphone', 'attente', 'ttente'),
    ("Satisfaction des assurés ?", "satisfaction", "satisfaction", "atisfaction"),
    ("Télétravail ?", "télétravail", "teletrav", "élétravail"),
    ("Absentéisme ?", "absentéisme", "absenteisme", "bsentéisme"),
    ("Âge moyen des salariés ?", "âge moyen salariés", "age_moyen", "ge moyen"),
    ("Heures de formation ?", "formation", "formation", "ormation"),
    ("Indemnités journalières ?", "arrêts de travail", "(arrets|indemnites|ij|jours)", "rrêt|ndemnit"),
    ("Combien d'accidents du travail ?", 'accidents du travail', '(at_mp|atmp|risque|sinistres|accident)',
    'ccident|AT'), ("Rentes ?", "rentes", "rente", "ente"),
    ("Pension d'invalidité moyenne ?", 'invalidité', 'invalidite', 'nvalidité'),
    ("Recours contre tiers ?", "recours contre tiers", "(rct|recours)", "iers"),
    ("Combien de médecins généralistes ?", "médecins généralistes", "(professionnels|profession)", "édecin"),
    ("Maisons de santé ?", "maisons de santé", "msp", "aisons"),
    ("CPTS ?", "CPTS", "cpts", "CPTS"),
    ("Objectifs non atteints ?", "objectifs", "objectifs", "non atteint|manqué"),
    ("Erreurs des rapports ?", "erreurs", "constats", "constat"),
    ("Score du CPG ?", "score CPG", "cpg", "CPG"),
    ("Subventions aux associations ?", "subventions associations", "subventions", "ubvention"),
    ("Dons, dépenses de gestion ?", "budget de gestion", "(gestion|budget|charges)", "estion"),
    ("Télécharger les données ?", "télécharger", "telechargements", "Parquet"),
    ("Comment sont comptés les chiffres ?", "méthode", "methode", "intervalle"),
    ("Que veut dire périmètre ?", "périmètre", "(methode|dictionnaire)", "périmètre"),
    ("La Corrèze : tous ses chiffres ?", "corrèze", "cpam_correze", "Corrèze"),
    ("Évolutions les plus fortes ?", "évolutions", "evolutions", "volution"),
]  # fmt: skip


@pytest.fixture(scope="session")
def site(committed_build: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        build_site(
            with_print(with_records(committed_build[0], folder / "observatoire.duckdb")), folder / "site"
        )

    folder = made_once(tmp_path_factory, "browser_site", make)
    return folder / "site"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_is_quiet_readable_and_open_to_a_screen_reader(
    visit: Visit, site: Path, kind: str
) -> None:
    for width in WIDTHS:
        for dark in (False, True):
            opened = visit(site / KINDS[kind], width, dark)
            assert (opened.foreign, opened.errors) == ([], []), (width, dark)
            assert not opened.scrolls_sideways(), (width, dark)
            if width != 390:
                assert opened.accessibility(STRICTER) == [], (width, dark)


CARDS = ("concept", "indicator", "long indicator", "body", "objectives", "evolutions", "relations", "reports")


@pytest.mark.parametrize("kind", CARDS)
def test_on_a_telephone_values_are_in_view_and_a_table_stays_a_table(
    visit: Visit, site: Path, kind: str
) -> None:
    opened = visit(site / KINDS[kind], 360)
    rows = opened.page.locator("table.fiches tbody tr")
    cells = rows.first.locator("td").all()
    assert cells
    for cell in (cell for cell in cells if cell.inner_text().strip()):
        box = cell.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 360, cell.inner_text()
    roles = opened.roles()
    assert roles["row"] >= rows.count() and roles["columnheader"] and roles["rowheader"] and roles["cell"]


def test_a_table_that_must_be_moved_to_see_its_values_is_noticed(visit: Visit, site: Path) -> None:
    opened = visit(site / KINDS["long indicator"], 360)
    opened.page.evaluate("document.querySelectorAll('.fiches').forEach(table => table.className = '')")
    boxes = [cell.bounding_box() for cell in opened.page.locator("tbody tr").first.locator("td").all()]
    assert any(box is not None and box["x"] + box["width"] > 360 for box in boxes)


@pytest.mark.parametrize("kind", ["front", "indicator", "body", "short print", "findings"])
def test_what_the_keyboard_reaches_is_seen(visit: Visit, site: Path, kind: str) -> None:
    page = visit(site / KINDS[kind], 390).page
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                  const box = document.activeElement.getBoundingClientRect();
                  const style = getComputedStyle(document.activeElement);
                  return [document.activeElement.tagName, style.outlineStyle !== "none", box.right > 0,
                          box.left < innerWidth];
                }"""
            )
        )
    assert all(told[0] != "BODY" and all(told[1:]) for told in reached), reached


def test_a_filter_of_findings_leaves_the_reports_that_have_any(visit: Visit, site: Path) -> None:
    page = visit(site / "constats.html").page
    heads = page.locator(".groupe > h2")
    assert heads.count() > 1
    page.locator(".filtre select[name=rapport]").select_option("cpam_herault_2021")
    page.locator("#cpam_rhone_2020").wait_for(state="hidden")
    assert [head.inner_text() for head in heads.all() if head.is_visible()] == ["CPAM de l’Hérault, 2021"]
    page.locator(".filtre input").fill("un mot que rien ne contient")
    page.locator("#cpam_herault_2021").wait_for(state="hidden")
    page.locator(".filtre input").fill("")
    page.locator("#cpam_herault_2021").wait_for()


def test_an_analysts_words_find_their_page_among_the_first_three(visit: Visit, site: Path) -> None:
    page = visit(site / "index.html").page
    page.evaluate("new Promise(resolve => indexPret(resolve))")
    missed = {}
    for words, expected in WORDS.items():
        hits = page.evaluate("words => chercher(words, 3).map(entry => entry[2])", words)
        if not any(re.match(expected, hit) for hit in hits):
            missed[words] = hits
    assert len(WORDS) >= 50
    assert not missed


def test_forty_questions_are_answered_by_a_search_and_a_click(visit: Visit, site: Path) -> None:
    page = visit(site / "index.html").page
    page.evaluate("new Promise(resolve => indexPret(resolve))")
    missed = []
    for question, typed, address, held in QUESTIONS:
        hits = page.evaluate("words => chercher(words, 3).map(entry => entry[2])", typed)
        paths = [site / hit.partition("#")[0] for hit in hits if re.search(address, hit)]
        if not any(re.search(held, path.read_text(encoding="utf-8")) for path in paths):
            missed.append((question, typed, hits))
    assert len(QUESTIONS) == 40
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
    page.wait_for_url("**/concept/comptes_ameli.html")


def test_a_number_opens_by_keyboard_leads_on_and_shows_how_it_is_corrected(
    visit: Visit, site: Path, tmp_path: Path
) -> None:
    page = visit(site / "rapport/cpam_correze_2021.html").page
    page.locator(".encre button").first.focus()
    page.keyboard.press("Enter")
    page.locator("[popover]:popover-open").wait_for()
    command = shlex.split(page.locator("[popover]:popover-open code").inner_text())
    shutil.copytree(PROJECT_ROOT / "raw" / "cpam_correze_2021", tmp_path / "cpam_correze_2021")
    assert command[0].endswith("observatoire") and command[1] == "correct"
    catalogue = load_catalogue(PROJECT_ROOT / "dbt_project" / "seeds")
    write_correction(
        tmp_path, command[2], command[3], {"nature": "objectif"}, "lu de travers", catalogue, tmp_path
    )
    page.keyboard.press("Tab")
    assert "indicateur/" in str(page.evaluate("document.activeElement.href"))
    page.keyboard.press("Escape")
    page.locator("[popover]:popover-open").wait_for(state="hidden")


def test_an_address_of_a_number_leads_to_the_part_that_holds_it(visit: Visit, site: Path) -> None:
    page = visit(site / "index.html").page
    address = f"{(site / 'rapport/cpam_rhone_2020.html').as_uri()}#l2886"
    page.goto(address, wait_until="commit")  # its script leads on before it is whole
    page.wait_for_url("**/rapport/cpam_rhone_2020/*.html#l2886")
    page.locator("#l2886").wait_for(state="attached")


def test_the_pages_are_whole_without_scripts(browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    for name, shown in (
        ("index.html", "h2"),
        ("indicateur/comptes_ameli_ouverts.html", "svg rect"),
        ("constats.html", "article"),
        ("rapport/cpam_correze_2021.html", ".encre button"),
    ):
        page.goto((site / name).as_uri())
        assert page.locator(shown).first.is_visible()
        assert not page.locator("form").first.is_visible()
    page.locator(".encre button").first.click()
    page.locator("[popover]").first.wait_for()
    context.close()
