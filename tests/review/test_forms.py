"""Forms that decide several figures: down the page of print, row by row, column by column; what waits when
the night would refuse it, and what rows and columns name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from orchestration.review.dossier import Dossier
from orchestration.review.groups import SECTION, cuts_of, groups_of, named_by, whole_rows
from tests.review.conftest import CODE, REVIEWED, House, lay_out, serving
from tests.review.test_groups import CHANNELS, figure, group_of, send
from tests.review.test_requests import COOKIE, ask, own_headers

HEAD = "CPAM du Gers\nRapport d'activité 2022\n\n"
BOXES_ON_TWO_LINES = """EN BREF

2,36 Md€               14,8 M
remboursés             décomptes

95,0 %                 97,3 %
satisfaction           objectifs atteints
"""
BOXES_IN_ONE_COLUMN = """EN BREF

2,36 Md€
remboursés

95,0 %
de satisfaction
"""
MONTHS_DOWN = """ACCUEIL

Mois                   Visites              Appels
Janvier                 1 204               10 655
Février                 1 310               11 204
"""
UNDER = """ACCUEIL

Canal | 2021 | 2022
Appels reçus | 40 231 | 41 237
Courriels reçus | 8 016 | 8 417
24 340 visites ont été enregistrées à l'accueil.
"""


@pytest.mark.parametrize(
    ("printed", "alone"),
    [
        (BOXES_ON_TWO_LINES, ["2,36 Md€", "14,8", "95,0 %", "97,3 %"]),
        (BOXES_IN_ONE_COLUMN, ["2,36 Md€", "95,0 %"]),
        (MONTHS_DOWN, []),
        (UNDER, ["24 340"]),
    ],
    ids=["boxes", "boxes below each other", "a table", "a sentence under a table"],
)
def test_boxes_and_sentences_are_of_no_table(tmp_path: Path, printed: str, alone: list[str]) -> None:
    items = lay_out(tmp_path, HEAD + printed).dossier().items
    assert [item.printed for item in items if not item.table] == alone and len(items) > len(alone) - 1


CHAPTERS = f"""{HEAD}ACCUEIL

1 204 visites à l'accueil

EFFECTIFS

37 salariés recrutés
12 départs
"""


def series_of_section(dossier: Dossier, printed: str) -> list[str]:
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, printed))
    return [one.items[0].printed for one in cuts_of(dossier, group)[SECTION]]


def test_lone_figures_are_asked_down_the_page_and_then_from_its_head(tmp_path: Path) -> None:
    house = lay_out(tmp_path, CHAPTERS)
    dossier = house.dossier()
    assert series_of_section(dossier, "12") == ["37", "12", "1 204"]
    assert series_of_section(dossier, "1 204") == ["1 204", "37", "12"]
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={group_of(dossier, '1 204')}", COOKIE)[1]
    form = page[page.index(f'value="{SECTION}"') :]
    form = form[: form.index("</form>")]
    assert re.findall("<h2>(.*)</h2>", form) == ["ACCUEIL", "EFFECTIFS"]  # and each under its line of print
    ink = next(re.finditer('class="imprime">(.*)</p>', form))[1]
    assert re.sub("<[^>]*>", "", ink).strip() == "1 204 visites à l&#39;accueil"
    assert not re.search(r'value="\w+" checked', form) and len(re.findall('value="" checked', form)) == 3


def followed(house: House, host: str, action: str, form: Sequence[tuple[str, str]]) -> str:
    """The page that follows a form."""
    own = own_headers(host)
    said = urlencode([("etat", house.dossier().state), *form])
    with urlopen(Request(f"http://{host}/rapport/{CODE}/{action}", said.encode(), own), timeout=60) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("rate", ["+6,8 %", "+9,0 %"])  # arithmetic confirms the table, or contradicts it
def test_only_the_row_that_the_night_refuses_waits_and_keeps_what_was_chosen(
    tmp_path: Path, rate: str
) -> None:
    house = lay_out(tmp_path, CHANNELS.format(rate=rate))
    form = [("groupe", group_of(house.dossier(), "41 237")), ("coupe", "lignes")]
    named = ("appels_recus", "prestations_versees", "rendez_vous")  # calls, then a sum of money
    form += [(f"autre{rank}", code) for rank, code in enumerate(named)]
    with serving(house) as host:
        page = followed(house, host, "tableau", [*form, *([("malgre", "oui")] if rate == "+9,0 %" else [])])
    (told,) = re.findall('role="status">([^<]*)', page)
    assert "est lu en nombre, prestations_versees se compte en EUR" in told and "« 8 417 »" in told
    assert "41 237" not in told and "Dites ce qui distingue ces chiffres" in told
    read = {i.printed: i.meaning["indicateur"] for i in house.dossier().items if i.reviewed}
    assert (read["41 237"], read["1 071"]) == ("appels_recus", "rendez_vous") and "8 417" not in read
    assert 'name="autre_indicateur" value="prestations_versees"' in page
    assert house.trail().decisions() == (1 if rate == "+6,8 %" else 2)  # what stood chosen is one


TWO_THINGS = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

Site | Visites à l'accueil | Appels reçus
Auch | 1 210 | 3 340
Condom | 410 | 2 395
Courriels reçus | 207 | 1 188
"""


@pytest.mark.parametrize(("said", "waits"), [((), True), ((("lignes", "site"),), False)])
def test_a_table_that_nothing_confirms_is_decided_by_columns_but_for_rows_that_name_another_thing(
    tmp_path: Path, said: tuple[tuple[str, str], ...], waits: bool
) -> None:
    house = lay_out(tmp_path, TWO_THINGS, REVIEWED)
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "1 210"))
    assert [one.name for one in cuts_of(dossier, group)["colonnes"]] == [
        "Visites à l'accueil (nombre)",
        "Appels reçus (nombre)",
    ]
    rows = ("Auch", "Condom", "Courriels reçus")
    named = [(f"{key}{n}", row) for n, row in enumerate(rows) for key in ("ligne", "membre")] if said else []
    form = [("groupe", group.code), ("coupe", "colonnes"), ("malgre", "oui"), *said, *named]
    with serving(house) as host:
        page = followed(
            house, host, "tableau", [*form, ("serie0", "visites_accueil"), ("serie1", "appels_recus")]
        )
    assert ("« Courriels reçus » (Courriels reçus" in page) == waits
    after = house.dossier()
    assert (figure(after, "207").reviewed, figure(after, "2 395").reviewed) == (not waits, True)
    assert figure(after, "3 340").meaning["indicateur"] == "appels_recus"


POPULATION = """\
CPAM du Gers
Rapport d'activité 2022

POPULATION PROTÉGÉE

{head}
"""
DOWN = "Public | 2022\nMineurs | 580\nAgriculteurs retraités | 1 270\nTotal | 1 850"
ACROSS = (
    "Canton | Mineurs | Agriculteurs retraités | Total\n"
    "Auch | 580 | 1 270 | 1 850\n"
    "Condom | 620 | 410 | 1 030\n"
    "Total | 1 200 | 1 680 | 2 880"
)


@pytest.mark.parametrize(
    ("head", "axis", "one", "member"),
    [(DOWN, "lignes", "ligne", "membre"), (ACROSS, "colonnes", "colonne", "membre_colonne")],
)
def test_rows_and_columns_name_members_alike(
    tmp_path: Path, head: str, axis: str, one: str, member: str
) -> None:
    house = lay_out(tmp_path, POPULATION.format(head=head), REVIEWED)
    dossier = house.dossier()
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={group_of(dossier, '1 270')}", COOKIE)[1]
        assert f'<select name="{axis}"' in page
        figures = [("chiffre", item.key) for item in dossier.items]
        form = [*figures, ("indicateur", "population_protegee"), (axis, "public"), ("geste", "lire")]
        form += [("malgre", "oui")]
        status, page = send(house, host, "decider", *form)
        assert status == 422 and f"Dites à côté de chaque {one} lequel elle nomme" in page
        asked = dict(re.findall(rf'name="({one}\d+)" value="([^"]+)"', page))
        assert {"Mineurs", "Agriculteurs retraités"} == set(asked.values())
        told = list(asked.items())
        told += [(key.replace(one, member, 1), words) for key, words in asked.items()]
        assert send(house, host, "decider", *form, *told)[0] == 303
    named = {i.printed: i.meaning["public"] for i in house.dossier().items}
    assert (named["580"], named["1 270"]) == ("mineurs", "agriculteurs_retraites")
    assert named["1 850"] == "ensemble" and named.get("2 880", "ensemble") == "ensemble"


def test_rows_and_columns_name_members_of_two_dimensions(tmp_path: Path) -> None:
    house = lay_out(tmp_path, POPULATION.format(head=ACROSS), REVIEWED)
    seeds = {path: path.read_bytes() for path in house.settings.seeds.glob("*.csv")}
    figures = [("chiffre", item.key) for item in house.dossier().items]
    form = [*figures, ("indicateur", "population_protegee"), ("geste", "lire")]
    cells = [
        ("ligne", "Auch"),
        ("ligne", "Condom"),
        ("colonne", "Mineurs"),
        ("colonne", "Agriculteurs retraités"),
    ]
    named = []
    for n, (axis, words) in enumerate(cells):
        member = "membre" if axis == "ligne" else "membre_colonne"
        named += [(f"{axis}{n}", words), (f"{member}{n}", words)]
    with serving(house) as host:
        both = [("lignes", "public"), ("colonnes", "public")]
        assert send(house, host, "decider", *form, *both, *named)[0] == 422
        assert all(path.read_bytes() == before for path, before in seeds.items())
        both = [("lignes", "site"), ("colonnes", "public")]
        assert send(house, host, "decider", *form, *both, *named)[0] == 303
    told = {i.printed: (i.meaning["site"], i.meaning["public"]) for i in house.dossier().items}
    assert told["410"] == ("condom", "agriculteurs_retraites") and told["2 880"] == ("ensemble", "ensemble")


LITIGATION = """\
CPAM du Gers
Rapport d'activité 2022

EFFECTIF DES SALARIÉS

Service | Femmes | Hommes
Informatique | 127 | 58
Logistique | 41 | 62
"""


@pytest.mark.parametrize(("taken", "sex"), [("", "femmes"), ("sans0_sexe", "non_precise")])
def test_a_form_shows_the_members_that_are_read_and_takes_them_away(
    tmp_path: Path, taken: str, sex: str
) -> None:
    house = lay_out(tmp_path, LITIGATION, REVIEWED)
    group = group_of(house.dossier(), "127")
    form = [("groupe", group), ("coupe", "colonnes"), ("serie0", "effectif_salaries"), ("lignes", "site")]
    form += [
        (f"{key}{n}", row)
        for n, row in enumerate(("Informatique", "Logistique"))
        for key in ("ligne", "membre")
    ]
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={group}", COOKIE)[1]
        assert 'name="sans0_sexe"' in page and "Femmes</b>, lu aussi" in page
        assert send(house, host, "tableau", *form, *([(taken, "oui")] if taken else []))[0] == 303
    read = {i.printed: i.meaning["sexe"] for i in house.dossier().items if i.reviewed}
    assert read == {"127": sex, "41": sex}


@pytest.mark.parametrize(
    ("sentence", "groups"),
    [
        ("14 pénalités financières ont été prononcées et 9 plaintes pénales déposées.", [["14"], ["9"]]),
        ("31 associations ont reçu une aide et 12 une visite.", [["31", "12"]]),
    ],
)
def test_figures_of_a_sentence_that_are_read_as_two_things_are_apart(
    tmp_path: Path, sentence: str, groups: list[list[str]]
) -> None:
    dossier = lay_out(tmp_path, f"{HEAD}FRAUDE\n\n{sentence}\n", REVIEWED).dossier()
    assert sorted([i.printed for i in g.items] for g in groups_of(dossier)) == sorted(groups)


def test_a_part_that_is_taken_for_its_whole_is_no_misprint(tmp_path: Path) -> None:
    sentence = "Le médiateur a reçu 312 saisines, dont 41 par le Défenseur des droits."
    house = lay_out(tmp_path, f"{HEAD}MÉDIATION\n\n{sentence}\n", REVIEWED)
    figures = [("chiffre", item.key) for item in house.dossier().items]
    with serving(house) as host:
        status, page = send(house, host, "decider", *figures, ("indicateur", "saisines_mediation"))
        (told,) = re.findall('role="alert"[^>]*>(.*)</p>', page)
        assert status == 422 and "« 41 » est lu comme une partie d&#39;un tout : dites laquelle" in told
        assert "cochez" not in told and told.count("écrit") == 1


@pytest.mark.parametrize(
    ("rows", "wholes", "named"),
    [
        (["Soins", "Total des charges"], {"Total des charges"}, ["Soins", "Charges"]),
        (
            ["Ville", "Total soins de ville", "Sous-total de l'hôpital", "TOTAL GÉNÉRAL"],
            {"TOTAL GÉNÉRAL"},
            ["Ville", "Soins de ville", "Hôpital", "GÉNÉRAL"],
        ),
        (["Total en espèces", "Total en nature"], set(), ["En espèces", "En nature"]),
        (["Totalement autre chose"], set(), ["Totalement autre chose"]),
    ],
)
def test_the_total_of_some_rows_names_what_it_is_the_total_of(
    rows: list[str], wholes: set[str], named: list[str]
) -> None:
    assert set(whole_rows(rows)) == wholes and [named_by(row) for row in rows] == named


SUB_TOTALS = """\
CPAM du Gers
Rapport d'activité 2022

PRESTATIONS VERSÉES (en milliers d'euros)

Poste | 2021 | 2022
Honoraires | 410 | 430
Médicaments | 200 | 215
Total soins de ville | 610 | 645
Cliniques | 90 | 95
Hôpitaux | 310 | 305
Total établissements | 400 | 400
Total | 1 010 | 1 045
"""


@pytest.mark.parametrize("whole", [True, False])  # the table, or the row of a sub-total alone
def test_a_sub_total_is_never_the_total_of_its_table(tmp_path: Path, whole: bool) -> None:
    house = lay_out(tmp_path, SUB_TOTALS, REVIEWED)
    items = [i for i in house.dossier().items if whole or i.label.startswith("Total établissements")]
    form = [("chiffre", item.key) for item in items]
    form += [("indicateur", "prestations_versees"), ("lignes", "poste"), ("geste", "lire")]
    with serving(house) as host:
        status, page = send(house, host, "decider", *form)
        assert status == 422 and "« Total établissements »" in page and "« Total »" not in page
        asked = dict(re.findall(r'name="(ligne\d+)" value="([^"]+)"', page))
        told = [(key.replace("ligne", "membre"), row) for key, row in asked.items()]
        assert send(house, host, "decider", *form, *asked.items(), *told)[0] == 303
    read = {i.printed: (i.meaning["poste"], i.meaning["role"]) for i in house.dossier().items if i.reviewed}
    seed = (house.settings.seeds / "postes.csv").read_text(encoding="utf-8")
    assert read["400"] == ("etablissements", "total") and "total_etablissements" not in seed
    assert not whole or (read["1 045"], read["645"]) == (("ensemble", "total"), ("soins_ville", "total"))


CONTRACT = """\
CPAM du Gers
Rapport d'activité 2022

NOS ENGAGEMENTS

Indicateur | Objectif | Résultat | Points
Taux de décroché | 90,0 % | 91,4 % | 5
Délai de paiement (jours) | 28,0 jours | 24,7 jours | 15
Taux de satisfaction des assurés | 87,0 % | 88,7 % | 4
"""


TWO_UNITS = """\
CPAM du Gers
Rapport d'activité 2022

OFFRE DE SOINS

Profession | Effectif | Part
Infirmiers | 822 | 41,2 %
Pédicures | 117 | 5,9 %
"""


@pytest.mark.parametrize(("printed", "rows"), [(CONTRACT, [2, 2, 2]), (TWO_UNITS, [])])
def test_rows_whose_figures_do_not_count_alike_are_series_without_what_does_not(
    tmp_path: Path, printed: str, rows: list[int]
) -> None:
    dossier = lay_out(tmp_path, printed, REVIEWED).dossier()
    group = next(g for g in groups_of(dossier) if g.items[0].table)
    assert [len(one.items) for one in cuts_of(dossier, group).get("lignes", [])] == rows


RATES = """\
CPAM du Gers
Rapport d'activité 2022

SATISFACTION

Taux de décroché | 2021 | 2022
Assurés | 91,0 % | 92,0 %
Employeurs | 88,0 % | 89,5 %
Professionnels de santé | 61,0 % | 62,4 %
Ensemble | 81,2 % | 82,1 %
"""


@pytest.mark.parametrize(("left", "waits"), [("Professionnels de santé", True), ("", False)])
def test_a_total_is_not_judged_while_rows_of_its_table_wait(tmp_path: Path, left: str, waits: bool) -> None:
    house = lay_out(tmp_path, RATES, REVIEWED)
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "92,0 %"))
    rows = [one.name for one in cuts_of(dossier, group)["lignes"]]
    form = [("groupe", group.code), ("coupe", "lignes"), ("lignes", "public")]
    form += [(f"autre{n}", "taux_decroche") for n, row in enumerate(rows) if row != left]
    with serving(house) as host:
        told = followed(house, host, "tableau", form)
    assert ("un total se juge avec toutes les lignes" in told) == waits
    assert figure(house.dossier(), "82,1 %").reviewed != waits


def test_the_same_answer_again_counts_nothing_and_what_is_no_figure_has_a_motive(
    served: tuple[House, str],
) -> None:
    house, host = served
    key = figure(house.dossier(), "1 204").key
    assert send(house, host, "decider", ("chiffre", key), ("geste", "ecarter"))[0] == 422  # without a motive
    for _ in range(2):
        assert send(house, host, "decider", ("chiffre", key), ("indicateur", "visites_accueil"))[0] == 303
    assert (house.trail().decisions(), len(house.trail().steps())) == (1, 1)
    page = ask(host, "GET", f"/rapport/{CODE}?groupe={group_of(house.dossier(), '1 204')}", COOKIE)[1]
    assert page.count("déjà relu") == 1


ACCIDENTS = """\
CPAM du Gers
Rapport d'activité 2022

SINISTRES

Sinistre | Déclarés
Accidents du travail | 1 204
Accidents de trajet | 310
Maladies professionnelles | 96
"""
HOSPITALS = """\
CPAM du Gers
Rapport d'activité 2022

DÉPENSES

Poste | 2022
Auxiliaires médicaux | 1 204 €
Transports | 310 €
"""


@pytest.mark.parametrize(
    ("text", "code", "axis", "row", "told", "not_told"),
    [
        # what the draft reads of a row stays, whatever else its words alone may name
        (ACCIDENTS, "sinistres_at_mp_declares", "risque", "1 204", "accident_travail", ""),
        # and words of which the reviewer said what they name are no member of another dimension
        (HOSPITALS, "prestations_versees", "poste", "1 204 €", "auxiliaires_medicaux", "profession"),
    ],
)
def test_what_a_reviewer_says_that_rows_name_is_all_that_they_name(
    tmp_path: Path, text: str, code: str, axis: str, row: str, told: str, not_told: str
) -> None:
    house = lay_out(tmp_path, text, REVIEWED)
    with serving(house) as host:
        form = [("chiffre", item.key) for item in house.dossier().items]
        form += [("indicateur", code), ("lignes", axis), ("geste", "lire")]
        status, page = send(house, host, "decider", *form)
        if status == 422:
            asked = dict(re.findall(r'name="(ligne\d+)" value="([^"]+)"', page))
            named = [(key.replace("ligne", "membre"), words) for key, words in asked.items()]
            assert send(house, host, "decider", *form, *asked.items(), *named)[0] == 303
    (item,) = (item for item in house.dossier().items if item.printed == row)
    assert item.reviewed and item.meaning[axis] == told
    assert not not_told or item.meaning[not_told] == "non_precise"


AIMS = """\
CPAM du Gers
Rapport d'activité 2022

CONTRAT

Indicateur | Résultat | Points
Accueil mobile | 91,2 % | 80
Dossiers suivis | 88,4 % | 60
"""


def test_a_member_made_for_one_column_is_not_given_to_the_others(tmp_path: Path) -> None:
    house = lay_out(tmp_path, AIMS)
    points = [("chiffre", i.key) for i in house.dossier().items if "%" not in i.printed]
    rows = [("ligne0", "Accueil mobile"), ("membre0", "Accueil mobile")]
    rows += [("ligne1", "Dossiers suivis"), ("membre1", "Dossiers suivis")]
    form = [
        *points,
        ("indicateur", "cpg_points"),
        ("unite", "points"),
        ("lignes", "modalite"),
        ("geste", "lire"),
    ]
    with serving(house) as host:
        assert send(house, host, "decider", *form, *rows)[0] == 303
        (rate,) = (i for i in house.dossier().items if i.printed == "91,2 %")
        said = [("chiffre", rate.key), ("indicateur", "taux_decroche"), ("geste", "lire")]
        assert send(house, host, "decider", *said)[0] == 303
    told = {i.printed: i.meaning["modalite"] for i in house.dossier().items if i.reviewed}
    assert told == {"80": "accueil_mobile", "60": "dossiers_suivis", "91,2 %": "non_precise"}


CONTRACT = """\
CPAM du Gers
Rapport d'activité 2022

CONTRAT

Indicateur | Fixé | Atteint
Satisfaction des assurés | 90,0 % | 88,4 %
Dossiers suivis | 75,0 % | 76,1 %
"""


def test_a_form_by_row_says_the_nature_of_each_column(tmp_path: Path) -> None:
    house = lay_out(tmp_path, CONTRACT)
    form = [("groupe", group_of(house.dossier(), "90,0 %")), ("coupe", "lignes")]
    form += [("autre0", "taux_satisfaction"), ("autre1", "taux_resolution_mediation")]
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?{urlencode(form)}", COOKIE)[1]
        assert re.findall(r'name="(sorte_colonnes\d)"', page[page.index('value="lignes"') :])[:2]
        kinds = [("sorte_colonnes0", "objectif"), ("sorte_colonnes1", "constate")]
        assert send(house, host, "tableau", *form, *kinds)[0] == 303
    after = house.dossier()
    read = {item.printed: (item.meaning["nature"], item.reviewed) for item in after.items}
    assert read == {
        "90,0 %": ("objectif", True),
        "88,4 %": ("constate", True),
        "75,0 %": ("objectif", True),
        "76,1 %": ("constate", True),
    }
    assert house.trail().decisions() > 2  # two rows and a column that is read otherwise


MANY = (
    "Infirmiers Dentistes Orthophonistes Sages-femmes Pharmaciens Opticiens Ambulanciers Biologistes "
    "Radiologues Cardiologues Pédiatres Psychiatres Gynécologues Dermatologues"
)


def test_a_table_of_many_rows_is_decided_row_by_row(tmp_path: Path) -> None:
    lines = [f"{name} | {1200 + 37 * n} | {1300 + 41 * n}" for n, name in enumerate(MANY.split())]
    dossier = lay_out(tmp_path, f"{HEAD}ACTIVITÉ\n\nMesure | 2021 | 2022\n" + "\n".join(lines)).dossier()
    group = next(g for g in groups_of(dossier) if g.items[0].table)
    assert len(cuts_of(dossier, group)["lignes"]) == len(lines) > 12


TWO_CARDS = """\
CPAM du Gers
Rapport d'activité 2022

EN BREF

243 collaborateurs
412 collaborateurs
87,2 % de satisfaction, contre 85,0 % en 2021
"""


def test_figures_that_share_words_alone_are_asked_apart(tmp_path: Path) -> None:
    dossier = lay_out(tmp_path, TWO_CARDS).dossier()
    (group, *_) = [g for g in groups_of(dossier) if len(g.items) > 1 and g.items[0].printed == "243"]
    series = cuts_of(dossier, group)[SECTION]
    assert [[item.printed for item in one.items] for one in series] == [
        ["243"],
        ["412"],
        ["87,2 %", "85,0 %"],
    ]
