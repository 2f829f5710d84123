"""What is decided together: a table as a whole, row by row, or what stands under one heading; and what
arithmetic says of a draft.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import polars as pl
import pytest

from orchestration.discovery.doubts import verdicts_of
from orchestration.extraction.reports import list_reports, load_report, read_extract
from orchestration.review.decisions import Decision, decide
from orchestration.review.dossier import Dossier, Item
from orchestration.review.groups import (
    SECTION,
    SURE,
    acceptable,
    cuts_of,
    groups_of,
    series_of,
    table_of,
    titles_apart,
    whole_tables,
)
from orchestration.review.seeds import known_of
from orchestration.review.suggestions import SHARED, Suggester
from tests.review.conftest import CODE, PRINTED, REVIEWED, House, lay_out, serving
from tests.review.test_requests import COOKIE, ask, own_headers

TWO_TABLES = """\
CPAM du Gers
Rapport d'activité 2022

ÉQUIPES

Effectif | 2021 | 2022
Femmes | 127 | 131
Hommes | 58 | 61
Ensemble | 185 | 192

Mouvements | 2021 | 2022
Embauches | 14 | 17
Départs | 12 | 9
"""
BOXES = """\
CPAM du Gers
Rapport d'activité 2022

CHIFFRES CLÉS

1 204 visites à l'accueil
37 salariés recrutés
91,2 % taux de décroché
"""


def figure(dossier: Dossier, printed: str) -> Item:
    return next(item for item in dossier.items if item.printed.startswith(printed))


def group_of(dossier: Dossier, printed: str) -> str:
    return next(g.code for g in groups_of(dossier) if any(i.printed.startswith(printed) for i in g.items))


def suggester_of(house: House, dossier: Dossier) -> Suggester:
    seeds = house.settings.seeds
    return Suggester(dossier.catalogue, list_reports(house.settings.raw), dossier, known_of(seeds))


def send(house: House, host: str, action: str, *said: tuple[str, str]) -> tuple[int, str]:
    own = {**COOKIE, "Origin": f"http://{host}"}
    return ask(host, "POST", f"/rapport/{CODE}/{action}", own, [("etat", house.dossier().state), *said])


def test_a_head_of_its_own_begins_another_table_and_titles_tell_them_apart(tmp_path: Path) -> None:
    dossier = lay_out(tmp_path, TWO_TABLES).dossier()
    assert figure(dossier, "127").table == figure(dossier, "192").table != figure(dossier, "14").table > 0
    groups = groups_of(dossier)
    told = titles_apart(groups)
    assert len(set(told.values())) == len(groups)
    same = [group for group in groups if group.title == "ÉQUIPES"]
    assert all(told[group.code] != group.title for group in same) or len(same) < 2


def test_years_in_the_rows_of_a_table_begin_no_other_one(tmp_path: Path) -> None:
    printed = TWO_TABLES.replace("Hommes |", "Hommes (depuis 2019) |")
    dossier = lay_out(tmp_path, printed).dossier()
    assert figure(dossier, "127").table == figure(dossier, "58").table == figure(dossier, "185").table


GOALS = """\
CPAM du Gers
Rapport d'activité 2022

NOS ENGAGEMENTS

Indicateur | Objectif | Résultat
{first} | 90,0 % | 91,4 %
Taux de satisfaction des assurés | 87,0 % | 88,7 %
"""


@pytest.mark.parametrize(
    ("first", "said", "waits"),
    [
        ("Taux de décroché", (), True),
        ("Taux de décroché", (("lignes", "public"),), False),  # the reviewer said what rows name
        ("Satisfaction des employeurs", (), False),
    ],
)
def test_a_row_of_a_column_that_names_another_thing_waits_until_it_is_decided_again(
    tmp_path: Path, first: str, said: tuple[tuple[str, str], ...], waits: bool
) -> None:
    house = lay_out(tmp_path, GOALS.format(first=first), REVIEWED)
    code = "taux_decroche" if first.startswith("Taux") else "taux_satisfaction"
    rows = (first, "Taux de satisfaction des assurés")
    named = [(f"{key}{n}", row) for n, row in enumerate(rows) for key in ("ligne", "membre")] if said else []

    def decided(host: str, *printed: str) -> str:
        figures = [("chiffre", figure(house.dossier(), one).key) for one in printed]
        own = own_headers(host)
        form = [("etat", house.dossier().state), *figures, ("indicateur", code), ("malgre", "oui"), *said]
        sent = Request(f"http://{host}/rapport/{CODE}/decider", urlencode([*form, *named]).encode(), own)
        with urlopen(sent, timeout=60) as answer:  # after the decision, the page
            (told,) = re.findall('role="status">([^<]*)', answer.read().decode())
        return told

    with serving(house) as host:
        told = decided(host, "91,4", "88,7")
        assert ("« Taux de satisfaction des assurés » (Taux de satisfaction" in told) == waits
        assert told.startswith("1 chiffre :" if waits else "2 chiffres :")
        assert figure(house.dossier(), "88,7").reviewed != waits
        if waits:
            decided(host, "88,7")
    assert figure(house.dossier(), "88,7").meaning["indicateur"] == code


BUDGET = """\
CPAM du Gers
Rapport d'activité 2022

BUDGET (en milliers d'euros)

Groupe de charges | Budget | Réalisé | Taux d'exécution
Charges de personnel | 4 210 | 4 105 | 97,5 %
Charges de gestion | 812 | 790 | 97,3 %
Total | 5 022 | 4 895 | 97,5 %
"""


def test_what_counts_in_the_unit_of_a_figure_is_proposed_first_and_nothing_else_stands_chosen(
    tmp_path: Path,
) -> None:
    """A rate of spending was offered the spending in euros, which stood chosen for its row."""
    house = lay_out(tmp_path, BUDGET, REVIEWED)
    dossier = house.dossier()
    suggester = suggester_of(house, dossier)
    units = [one.indicator.unite for one in suggester.of(figure(dossier, "97,3 %"))]
    assert {"%", "EUR"} <= set(units) and units == sorted(units, key=lambda unit: unit != "%")
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "4 105"))
    stand = {cut: suggester.proposed(series) for cut, series in cuts_of(dossier, group).items()}
    assert stand == {"colonnes": ["charges_gestion", "charges_gestion", ""], "lignes": ["", "", ""]}


QUARTERS = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

Trimestre           Appels reçus    Appels décrochés
1er trimestre             46 300              41 762
2e trimestre              41 155              37 903
Année                     87 455              79 665
"""


@pytest.mark.parametrize("label", ["Année", "Année | ACCUEIL"])  # alone, or with the heading of its table
def test_a_total_without_the_title_of_its_column_goes_with_what_stands_above_it(
    tmp_path: Path, label: str
) -> None:
    """Both totals were one column of their own."""
    dossier = lay_out(tmp_path, QUARTERS).dossier()
    items = [
        replace(item, label=label) if item.printed in ("87 455", "79 665") else item for item in dossier.items
    ]
    columns = {one.name: [item.printed for item in one.items] for one in series_of(items)["colonnes"]}
    assert columns == {
        "Appels reçus (nombre)": ["46 300", "41 155", "87 455"],
        "Appels décrochés (nombre)": ["41 762", "37 903", "79 665"],
    }
    assert [len(group.items) for group in groups_of(replace(dossier, items=tuple(items)))] == [3, 3]


DELAYS = """\
CPAM du Gers
Rapport d'activité 2022

ATTENTE

Dossiers | Durée constatée | Durée visée
Rentes | 31 | 28
Capitaux | 17 | 20
Pensions | 44 | 40
"""


def test_a_table_of_one_thing_is_decided_as_a_whole(tmp_path: Path) -> None:
    house = lay_out(tmp_path, DELAYS)
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "31"))
    (whole,) = whole_tables(dossier)
    assert len(group.items) < len(whole.items) == 6
    assert group.title == "ATTENTE · Durée constatée"  # as it is printed, not as it is folded
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={group.code}", COOKIE)[1]
        assert f'href="/rapport/{CODE}?groupe={whole.code}"' in page
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={whole.code}", COOKIE)[1]
        assert len(re.findall(r'name="chiffre" value="[\d-]+" checked', page)) == 6
        figures = [("chiffre", item.key) for item in whole.items]
        rows = [("indicateur", "delai_paiement"), ("lignes", "poste"), ("geste", "lire")]
        status, page = send(house, host, "decider", *figures, *rows, ("malgre", "oui"))
        asked = re.findall(r'name="ligne\d+" value="(\w+)">', page)
        assert status == 422 and {"Rentes", "Capitaux", "Pensions"} <= set(asked)
        told = [(f"{key}{n}", row) for n, row in enumerate(asked) for key in ("ligne", "membre")]
        assert send(house, host, "decider", *figures, *rows, *told, ("malgre", "oui"))[0] == 303
    after = house.dossier()
    assert {(i.meaning["indicateur"], i.meaning["unite"]) for i in after.items} == {
        ("delai_paiement", "jours")
    }


def test_what_stands_under_one_heading_is_named_by_one_form_and_the_rest_stays_open(tmp_path: Path) -> None:
    house = lay_out(tmp_path, BOXES)
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "1 204"))
    ways = cuts_of(dossier, group)[SECTION]
    rank = {one.items[0].printed: at for at, one in enumerate(ways)}
    assert set(rank) == {"1 204", "37", "91,2 %"}
    form = [("groupe", group.code), ("coupe", SECTION)]
    with serving(house) as host:
        assert send(house, host, "tableau", *form)[0] == 422  # nothing is chosen beforehand
        named = [
            (f"serie{rank['1 204']}", "visites_accueil"),
            (f"serie{rank['91,2 %']}", ""),
            (f"autre{rank['37']}", "embauches"),  # what is written counts where no proposal is right
        ]
        assert send(house, host, "tableau", *form, *named)[0] == 303
    after = house.dossier()
    assert {i.printed: i.meaning["indicateur"] for i in after.items if i.reviewed} == {
        "1 204": "visites_accueil",
        "37": "embauches",
    }
    assert (house.trail().decisions(), house.trail().sent()) == (2, 1)  # one form, two things decided


@pytest.mark.parametrize("others", [1, 2])
def test_only_the_figure_that_the_night_refuses_waits_with_what_was_chosen_for_it(
    tmp_path: Path, others: int
) -> None:
    """Not what stands on its line, and the form keeps what was chosen for what waits."""
    line = "31 associations ont reçu 214 700 €" + ". Leur local coûte 96 000 €" * (others - 1)
    house = lay_out(tmp_path, f"CPAM du Gers\nRapport d'activité 2022\n\nSOUTIEN\n\n{line}\n")
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "31"))
    ways = cuts_of(dossier, group)[SECTION]
    named = [(f"serie{n}", "visites_accueil") for n in range(len(ways))]
    with serving(house) as host:
        own = own_headers(host)
        form = [("etat", dossier.state), ("groupe", group.code), ("coupe", SECTION), *named]
        sent = Request(f"http://{host}/rapport/{CODE}/tableau", urlencode(form).encode(), own)
        with urlopen(sent, timeout=60) as answer:
            page = answer.read().decode()
    assert [item.printed for item in house.dossier().items if item.reviewed] == ["31"]
    (told,) = re.findall('role="status">([^<]*)', page)
    assert "« 214 700 € » (ligne 6)" in told and "est lu en EUR, visites_accueil se compte en nombre" in told
    assert "« 31 »" not in told
    assert page.count('value="visites_accueil" checked') == (others if others > 1 else 0)
    assert 'name="autre_indicateur" value="visites_accueil"' in page


CHANNELS = """\
CPAM du Gers
Rapport d'activité 2022

CONTACTS

Canal | 2021 | 2022 | Évolution
Appels reçus | 40 231 | 41 237 | +2,5 %
Courriels reçus | 8 016 | 8 417 | +5,0 %
Rendez-vous honorés | 1 003 | 1 071 | {rate}
"""


@pytest.mark.parametrize(("rate", "confirmed"), [("+6,8 %", True), ("+9,0 %", False)])
def test_a_table_is_offered_by_rows_and_says_whether_it_contradicts_itself(
    tmp_path: Path, rate: str, confirmed: bool
) -> None:
    dossier = lay_out(tmp_path, CHANNELS.format(rate=rate)).dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "41 237"))
    assert bool(table_of(dossier, group)) == confirmed
    assert any(item.disputed for item in dossier.items) != confirmed
    names = [one.name for one in cuts_of(dossier, group).get("lignes", [])]
    assert names == ["Appels reçus", "Courriels reçus", "Rendez-vous honorés"]


def test_a_confirmed_table_is_kept_as_read_only_while_its_words_name_what_is_read(tmp_path: Path) -> None:
    printed = CHANNELS.format(rate="+6,8 %").replace("Courriels reçus", "Passages en accueil")
    house = lay_out(tmp_path, printed, known=REVIEWED)
    dossier = house.dossier()
    form = [("groupe", group_of(dossier, "41 237")), ("geste", "garder")]
    read = {i.label.split(" | ")[0]: i.meaning["indicateur"] for i in dossier.items}
    assert read == {
        "Appels reçus": "appels_recus",
        "Passages en accueil": "visites_accueil",
        "Rendez-vous honorés": "rendez_vous",
    }
    template = house.template
    path = house.folder / "template.yml"
    with serving(house) as host:
        path.write_text(template.replace("visites_accueil", "embauches"), encoding="utf-8")  # planted
        assert send(house, host, "tableau", *form)[0] == 422 and not house.dossier().reviewed
        path.write_text(template, encoding="utf-8")
        assert send(house, host, "tableau", *form)[0] == 303
    after = house.dossier()
    assert after.reviewed == len(after.items) == 9 and house.trail().decisions() == 1


def test_a_rate_that_is_decided_is_a_level_and_no_share(tmp_path: Path) -> None:
    house = lay_out(tmp_path, PRINTED + "\nQUALITÉ\n\n88,4 % des assurés sont satisfaits.\n")
    dossier = house.dossier()
    item = figure(dossier, "88,4")
    assert item.meaning["nature"] == "part"
    completes = suggester_of(house, dossier).rows.completes
    assert completes(item, "effectif_salaries").get("nature") is None  # a share of what is counted
    decision = Decision((item.key,), {"indicateur": "taux_satisfaction"})
    after = figure(decide(dossier, decision, dossier.state, house.trail(), completes), "88,4")
    assert after.meaning["nature"] == "constate" and after.meaning["role"] in ("", "feuille")
    for heading, said in (("QUALITÉ", {"nature": "part"}), ("ÉVOLUTION", {}), ("EN HAUSSE", {})):
        stated = replace(item, heading=heading, meaning={**item.meaning, "nature": "constate"})
        assert completes(stated, "effectif_salaries") == said  # of what is counted, no level but a share


def test_a_percentage_may_be_a_share_of_what_is_counted_but_never_points(tmp_path: Path) -> None:
    house = lay_out(tmp_path, "CPAM du Gers\nACCUEIL\n\n62,4 % par téléphone\n")
    dossier = house.dossier()
    item, suggester = figure(dossier, "62,4 %"), suggester_of(house, dossier)
    item = replace(item, meaning={**item.meaning, "nature": "constate"})
    codes = ("taux_satisfaction", "visites_accueil", "cpg_points")
    assert [suggester.fits(item, code) for code in codes] == [1.0, SHARED, 0.0]


def test_what_lacks_the_member_that_its_table_names_is_not_accepted_unseen(house: House) -> None:
    template = house.template
    path = house.folder / "template.yml"
    sure = re.sub(r"confiance: [\d.]+", f"confiance: {SURE}", template)
    path.write_text(sure, encoding="utf-8")
    names = {"Maladie": "maladie", "Maternité": "maternite"}
    dossier = house.dossier()
    rows = [i for i in dossier.items if i.label.split(" | ")[0] in names]
    assert len(rows) == 6 and {i.meaning["risque"] for i in rows} == set(names.values())
    agreed = {i.key for i, _ in acceptable(dossier.items, suggester_of(house, dossier).sure_of)}
    assert agreed & {i.key for i in rows}
    path.write_text(
        sure.replace("Maternité", "Soins divers").replace("risque: maternite", "risque: non_precise"),
        encoding="utf-8",
    )
    document = house.settings.documents / "rapport_2022.txt"
    document.write_text(
        document.read_text(encoding="utf-8").replace("Maternité", "Soins divers"), encoding="utf-8"
    )
    dossier = house.dossier()
    agreed = {i.key for i, _ in acceptable(dossier.items, suggester_of(house, dossier).sure_of)}
    assert agreed & {i.key for i in dossier.items if i.meaning["risque"] == "maladie"}
    assert not agreed & {i.key for i in dossier.items if i.label.startswith("Soins divers")}


def test_arithmetic_sees_a_reading_as_it_was_corrected(house: House) -> None:
    """The relations are judged on the reading that the corrections give, not on that of the template."""
    item = figure(house.dossier(), "412,3")
    assert item.confirmed and not item.refuted
    (house.folder / "corrections.yml").write_text(
        f"corrections:\n  - ligne: {item.line}\n    colonne: {item.column}\n"
        f"    avant: {{valeur: '{int(item.value)}'}}\n    apres: {{valeur: '412300'}}\n"
        "    motif: des milliers\n    date: 2026-01-05\n",
        encoding="utf-8",
    )
    item = figure(house.dossier(), "412,3")
    assert item.value == 412300 and item.refuted and not item.confirmed


DRAFTED = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

Site | Visites
Auch | 7 310
Condom | 2 105
Lectoure | 9 940
"""


def test_rows_that_differ_do_not_refute_one_another(tmp_path: Path) -> None:
    """A draft does not say which site each row is: three counts of one indicator are no contradiction."""
    house = lay_out(tmp_path, DRAFTED)
    text = re.sub(r"indicateur: \w+", "indicateur: visites_accueil", house.template)
    (house.folder / "template.yml").write_text(text, encoding="utf-8")
    assert [item.refuted for item in house.dossier().items] == [(), (), ()]


#: A draft with one wrong digit in each of a table, a sentence, a list and two sentences, and what is told.
MISPRINTED = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

Canal | 2021 | 2022 | Évolution
Téléphone | 61 875 | 64 320 | + 4,0 %
Courriels | 23 410 | 26 385 | + 14,6 %
Total | 85 285 | 91 155 | + 6,9 %

La caisse a reçu 18 460 visites : 12 215 à Auch et 6 845 à Condom.

ÉQUIPES

La caisse compte 264 salariés.
Parmi eux, 141 télétravaillent, soit 83,4 % de l'effectif.
"""


def test_the_review_list_the_page_and_the_night_tell_the_same(tmp_path: Path) -> None:
    house = lay_out(tmp_path, MISPRINTED)
    rows = pl.read_csv(house.folder / "a_revoir.csv", infer_schema=False).filter(pl.col("doute") != "")
    night = [v for v in verdicts_of(read_extract(load_report(house.folder))) if not v.holds]
    page = {(item.line, item.printed): set(item.refuted) for item in house.dossier().items if item.refuted}
    listed = {
        (int(line), printed): set(told.split(" ; "))
        for line, printed, told in rows.select("ligne", "valeur_imprimee", "doute").iter_rows()
    }
    assert {line for line, _ in page} == {line for v in night for line, _ in v.relation.places}
    assert set(page) == set(listed)
    assert {"26 385", "6 845", "83,4 %"} <= {printed for _, printed in page}


def test_what_the_night_would_refuse_stays_open_and_the_rest_of_the_form_is_written(tmp_path: Path) -> None:
    """One form names three boxes; one of them cannot be what it is called."""
    house = lay_out(tmp_path, BOXES.replace("91,2 %", "191,2 %"))
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "1 204"))
    rank = {one.items[0].printed: at for at, one in enumerate(cuts_of(dossier, group)[SECTION])}
    named = {"1 204": "visites_accueil", "37": "embauches", "191,2 %": "taux_decroche"}
    form = [("groupe", group.code), ("coupe", SECTION)]
    form += [(f"serie{rank[printed]}", code) for printed, code in named.items()]
    with serving(house) as host:
        assert send(house, host, "tableau", *form)[0] == 303
        assert {i.printed for i in house.dossier().items if i.reviewed} == {"1 204", "37"}
        last = [("groupe", group_of(house.dossier(), "191,2")), ("chiffre", figure(dossier, "191,2").key)]
        last += [("indicateur", "taux_decroche"), ("geste", "lire")]
        assert send(house, host, "decider", *last)[0] == 422
        assert send(house, host, "decider", *last, ("malgre", "oui"))[0] == 303


def test_sure_figures_that_contradict_one_another_do_not_keep_the_others_from_being_accepted(
    tmp_path: Path,
) -> None:
    house = lay_out(tmp_path, BOXES.replace("91,2 %", "191,2 %"), known=REVIEWED)
    dossier = house.dossier()
    text = re.sub(r"confiance: [\d.]+", f"confiance: {SURE}", house.template)
    (house.folder / "template.yml").write_text(text, encoding="utf-8")
    for item in dossier.items:
        assert item.meaning["indicateur"] in ("visites_accueil", "taux_decroche", "a_definir", "embauches")
    with serving(house) as host:
        status, _ = send(house, host, "accepter")
    reviewed = {i.printed for i in house.dossier().items if i.reviewed}
    assert status == 303 and "1 204" in reviewed and "191,2 %" not in reviewed
    assert house.trail().decisions() == 1


TWICE = (
    BOXES
    + """
LE DÉTAIL

{words} : {number}
"""
)


@pytest.mark.parametrize(
    ("words", "number", "sure"),
    [
        ("Visites à l'accueil", "1 204", True),
        ("Visites à l'accueil", "1 205", False),  # another number
        ("Courriels reçus", "1 204", False),  # the same number under other words
    ],
)
def test_a_number_printed_twice_is_sure_once_one_of_both_is_decided(
    tmp_path: Path, words: str, number: str, sure: bool
) -> None:
    house = lay_out(tmp_path, TWICE.format(words=words, number=number), REVIEWED)
    dossier = house.dossier()
    first = figure(dossier, "1 204")
    decision = Decision((first.key,), {"indicateur": "visites_accueil"})
    assert not acceptable(dossier.items, suggester_of(house, dossier).sure_of)
    after = decide(dossier, decision, dossier.state, house.trail())
    found = acceptable(after.items, suggester_of(house, after).sure_of)
    told = [(item.printed, meaning["indicateur"]) for item, meaning in found]
    assert told == ([(number, "visites_accueil")] if sure else [])
    with serving(house) as host:  # which they are is seen before they are accepted
        page = ask(host, "GET", f"/rapport/{CODE}", COOKIE)[1]
    assert ("<li><b>Visites à l&#39;accueil physique</b>" in page) == sure


@pytest.mark.parametrize(("fourth", "asked"), [("Officines", ["Officines"]), ("Sages-femmes", [])])
def test_a_row_whose_member_nobody_knows_is_asked_where_its_table_names_them(
    tmp_path: Path, fourth: str, asked: list[str]
) -> None:
    rows = [("Infirmiers", 716), ("Chirurgiens-dentistes", 264), ("Orthophonistes", 131), (fourth, 172)]
    told = "\n".join(f"{label} | {count} | {count + 9}" for label, count in rows)
    house = lay_out(
        tmp_path, f"CPAM du Gers\nRapport 2022\n\nOFFRE\n\nLibéraux | 2021 | 2022\n{told}\n", REVIEWED
    )
    dossier = house.dossier()
    group = next(g for g in whole_tables(dossier))
    figures = [("chiffre", item.key) for item in group.items]
    said = [("indicateur", "professionnels_sante_nombre"), ("geste", "lire"), ("groupe", group.code)]
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={group.code}", COOKIE)[1]
        assert re.findall(r'name="ligne\d+" value="([^"]+)"', page)[: len(asked)] == asked
        member = [("dimension", "profession"), ("ligne0", fourth), ("membre0", "Pharmacies")] if asked else []
        assert send(house, host, "decider", *figures, *said, *member)[0] == 303
    found = {item.meaning["profession"] for item in house.dossier().items if item.label.startswith(fourth)}
    assert found == {"pharmacies" if asked else "sages_femmes"}


def test_what_another_part_of_the_report_contradicts_leaves_a_table_confirmed(tmp_path: Path) -> None:
    """A total that fails within the table does not."""
    for total, confirmed in (("192", True), ("198", False)):
        text = TWO_TABLES.replace("185 | 192", f"185 | {total}")
        house = lay_out(tmp_path / total, text + "\nL'effectif de 191 salariés\n")
        dossier = house.dossier()
        item = figure(dossier, "131")
        group = next(g for g in groups_of(dossier) if item in g.items)
        assert bool(table_of(dossier, group)) == confirmed and bool(item.disputed) != confirmed
