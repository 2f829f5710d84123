"""What one decision settles: a table that arithmetic confirms with what stands chosen in its form, figures
that a sentence sets against each other, a total across a row; and how such decisions are counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.extraction.reports import load_report
from orchestration.review.groups import cuts_of, groups_of, table_of
from orchestration.review.progress import progress_of
from tests.review.conftest import CODE, REVIEWED, House, lay_out, serving
from tests.review.test_groups import CHANNELS, figure, group_of, send, suggester_of
from tests.review.test_requests import COOKIE, ask

SENTENCES = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

{sentence}
"""


@pytest.mark.parametrize(
    ("sentence", "together"),
    [
        ("Le taux de satisfaction atteint 88,1 %, contre 87,2 % un an plus tôt.", [2]),
        ("Le délai moyen de paiement est de 21,4 jours, pour un objectif de 25 jours.", [2]),
        ("Le nombre de saisines passe de 410 en 2021 à 452 en 2022 (+10,2 %).", [3]),
        ("1 204 visites à l'accueil (1 310 en 2021)", [2]),
        ("Nous avons accueilli 45 200 visiteurs, dont 12 300 sur rendez-vous.", [1, 1]),
        ("31 associations ont reçu 214 700 €.", [1, 1]),
    ],
)
def test_what_a_sentence_sets_against_a_figure_is_decided_with_it(
    tmp_path: Path, sentence: str, together: list[int]
) -> None:
    dossier = lay_out(tmp_path, SENTENCES.format(sentence=sentence)).dossier()
    assert sorted(len(group.items) for group in groups_of(dossier)) == together


@pytest.mark.parametrize(
    ("named", "decisions"),
    [
        ({}, 1),  # what stands chosen, accepted
        ({"autre1": "courriers_recus"}, 2),  # one row named otherwise
        ({"serie0": "", "serie1": "", "serie2": "rendez_vous"}, 1),
    ],
)
def test_a_confirmed_table_is_one_decision_and_each_change_one_more(
    tmp_path: Path, named: Mapping[str, str], decisions: int
) -> None:
    house = lay_out(tmp_path, CHANNELS.format(rate="+6,8 %"))
    code = group_of(house.dossier(), "41 237")
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={code}", COOKIE)[1]
        form = page[page.index('value="lignes"') :]
        form = form[: form.index("</form>")]
        said = dict(re.findall(r'name="(serie\d)" value="(\w+)" checked', form))
        assert said["serie0"] == "appels_recus" and len(said) == 3
        assert (
            send(house, host, "tableau", ("groupe", code), ("coupe", "lignes"), *({**said, **named}).items())[
                0
            ]
            == 303
        )
    assert house.trail().decisions() == decisions


def test_nothing_stands_chosen_that_the_draft_reads_otherwise_or_that_a_surer_row_has(tmp_path: Path) -> None:
    house = lay_out(tmp_path, CHANNELS.format(rate="+6,8 %"))
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "41 237"))
    series = cuts_of(dossier, group)["lignes"]
    suggester = suggester_of(house, dossier)
    assert suggester.proposed(series)[0] == "appels_recus"
    wrong = [
        replace(item, meaning={**item.meaning, "indicateur": "visites_accueil"}) for item in series[0].items
    ]
    assert suggester.proposed([replace(series[0], items=tuple(wrong)), *series[1:]])[0] == ""
    mixed = replace(series[1], items=(*series[0].items[:1], *series[1].items))
    assert (
        suggester.proposed([series[0], mixed])[0]
        == "appels_recus"
        != suggester.proposed([series[0], mixed])[1]
    )


DECLARED = """\
CPAM du Gers
Les accidents du travail et maladies professionnelles
Déclarations reçues                2021       2022
Accidents du travail              9 214      9 612
Accidents de trajet               1 803      1 511
Maladies professionnelles         1 444      1 195
Total                            12 461     12 318
"""


def test_what_is_called_after_one_of_the_members_of_its_rows_stands_chosen_for_none(
    tmp_path: Path,
) -> None:
    house = lay_out(tmp_path, DECLARED, REVIEWED)
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "9 612"))
    suggester, item = suggester_of(house, dossier), group.items[0]
    stand = {code for series in cuts_of(dossier, group).values() for code in suggester.proposed(series)}
    assert "demandes_maladie_professionnelle" not in stand
    called = {code: suggester.rows.called_after_one(item, code) for code in dossier.catalogue.indicators}
    assert called["demandes_maladie_professionnelle"] and not called["sinistres_at_mp_declares"]


def test_nothing_stands_chosen_for_changes_alone(tmp_path: Path) -> None:
    house = lay_out(tmp_path, CHANNELS.format(rate="+6,8 %"))
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "41 237"))
    suggester = suggester_of(house, dossier)
    first, *others = cuts_of(dossier, group)["lignes"]
    changes = tuple(item for item in first.items if item.meaning["nature"] == "evolution")
    assert changes and suggester.proposed([first, *others])[0]
    assert suggester.proposed([replace(first, items=changes), *others])[0] == ""


def test_a_refuted_table_has_nothing_chosen(tmp_path: Path) -> None:
    house = lay_out(tmp_path, CHANNELS.format(rate="+9,0 %"))
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "41 237"))
    assert table_of(dossier, group) == () and any(item.disputed for item in dossier.items)
    with serving(house) as host:
        page = ask(host, "GET", f"/rapport/{CODE}?groupe={group.code}", COOKIE)[1]
        assert page.count("Le calcul contredit ce tableau") == 1
        form = page[page.index('value="lignes"') :]
        form = form[: form.index("</form>")]  # one misprint is ticked once, with its table
        assert 'value="appels_recus"' in form and not re.search(r'value="\w+" checked', form)


SITES = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

Visites | 1er trimestre | 2e trimestre | Total
Auch | 1 210 | 1 340 | {auch}
Condom | 410 | 395 | 805
Mirande | 207 | 188 | {mirande}
"""


@pytest.mark.parametrize(
    ("auch", "mirande", "confirmed", "refuted"),
    [("2 550", "395", 9, 0), ("2 650", "395", 6, 3), ("2 650", "495", 0, 0)],  # the head means something else
)
def test_a_total_across_confirms_its_row_where_most_rows_add_up(
    tmp_path: Path, auch: str, mirande: str, confirmed: int, refuted: int
) -> None:
    items = lay_out(tmp_path, SITES.format(auch=auch, mirande=mirande)).dossier().items
    assert sum(any("total" in told for told in item.confirmed) for item in items) == confirmed
    assert sum(any("total" in told for told in item.refuted) for item in items) == refuted


def test_a_figure_under_total_is_decided_as_the_total_of_its_row(tmp_path: Path) -> None:
    house = lay_out(tmp_path, SITES.format(auch="2 550", mirande="395"))
    dossier = house.dossier()
    suggester = suggester_of(house, dossier)
    assert suggester.rows.completes(figure(dossier, "2 550"), "visites_accueil")["role"] == "total"
    assert "role" not in suggester.rows.completes(figure(dossier, "1 210"), "visites_accueil")


def test_a_form_that_is_refused_keeps_what_was_ticked_and_written(served: tuple[House, str]) -> None:
    house, host = served
    dossier = house.dossier()
    group = next(g for g in groups_of(dossier) if g.code == group_of(dossier, "412,3"))
    kept = [item.key for item in group.items[:2]]
    said = [
        ("groupe", group.code),
        ("periode", "2019"),
        ("autre_indicateur", "rien de tel"),
        ("malgre", "oui"),
    ]
    status, page = send(house, host, "decider", *(("chiffre", key) for key in kept), *said)
    assert status == 422 and "ne nomme pas un indicateur" in page and 'role="alert"' in page
    assert re.findall(r'name="chiffre" value="([\d-]+)" checked', page) == kept
    assert 'name="periode" value="2019"' in page and 'value="rien de tel"' in page
    assert 'name="malgre" value="oui" checked' in page and 'aria-current="true"' in page
    assert not house.dossier().reviewed


UNREAD = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

1 204 visites à l'accueil (1 310 en 2021)
Le service compte 12 agents et 3 responsables, 4 étages au 18 rue Neuve.
Taux de décroché : 91,2 % (objectif 90 %)
"""


def test_the_page_and_the_terminal_count_alike(tmp_path: Path) -> None:
    house = lay_out(tmp_path, UNREAD)
    template, drafted = house.folder / "template.yml", house.template
    field = drafted[drafted.index("      - lire: service") : drafted.index("      - lire: 'décroché")]
    with serving(house) as host:
        ask(host, "GET", f"/rapport/{CODE}", COOKIE)
        template.write_text(drafted.replace(field, ""), encoding="utf-8")  # by hand: three numbers are left
        for reviewed in (0, 1):
            page = ask(host, "GET", f"/rapport/{CODE}", COOKIE)[1]
            told = progress_of(load_report(house.folder), house.settings.warehouse)
            assert told and (told.figures, told.reviewed, told.left) == (4, reviewed, 3)
            assert f"<strong>{reviewed}</strong> relus sur 4</span>" in page
            assert f"<strong>{told.doubtful}</strong> douteux" in page
            assert "<strong>3</strong> que rien ne lit" in page
            if not reviewed:
                said = [("chiffre", figure(house.dossier(), "1 204").key), ("indicateur", "visites_accueil")]
                assert send(house, host, "decider", *said)[0] == 303


YEARS_DOWN = """\
CPAM du Gers
Rapport d'activité 2022

ACCUEIL

Année | Visites | Appels
2019 | 10 540 | 40 200
2020 | 11 540 | 41 200
2021 | {middle} | 42 200
2022 | 13 540 | 43 200

Agents
Année | Femmes | Hommes
2020 | 54 | 43
2021 | 52 | 42
2022 | 51 | 44
"""


@pytest.mark.parametrize("middle", ["12 540", "2 021"])  # a figure that is its year is a figure all the same
def test_a_draft_reads_every_row_that_is_named_by_its_year(tmp_path: Path, middle: str) -> None:
    dossier = lay_out(tmp_path, YEARS_DOWN.format(middle=middle)).dossier()
    years = {item.printed: item.meaning["periode"] for item in dossier.items}
    assert (len(dossier.items), dossier.left) == (14, 0)
    assert (years[middle], years["41 200"], years["52"]) == ("2021", "2020", "2021")
