"""When figures are of, as a person says it: periods in words, and what is said of what nothing reads."""

from __future__ import annotations

import html
import re

import pytest

from orchestration.extraction.errors import ExtractionError
from orchestration.review.refusals import without_places
from orchestration.review.times import of_nature, period_typed, periods_offered
from tests.review.conftest import House
from tests.review.test_groups import figure, send


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("1er trimestre 2021", "2021-T1"),
        ("4e trim.", "2022-T4"),
        ("T1 2022", "2022-T1"),
        ("2022-T1", "2022-T1"),
        ("2e semestre 2022", "2022-S2"),
        ("janvier 2021", "2021-01"),
        ("Janvier", "2022-01"),
        ("sept. 2021", "2021-09"),
        ("au 31 décembre 2022", "2022-12-31"),
        ("31 décembre", "2022-12-31"),
        ("31/12/2021", "2021-12-31"),
        ("l'année 2021", "2021"),
        ("janvier à mars 2022", "2022-01/2022-03"),
        ("2021 / 2022", "2021/2022"),
        ("2021-2022", "2021-2022"),
        ("campagne 2021-2022", "2021/2022"),
        ("2022-13", None),
        ("99/99/2022", None),
        ("2021 et 2022", None),
        ("Q1 2022", None),
        ("loi de 2019", None),
        ("Auch", None),
        ("0", None),
    ],
)
def test_a_period_is_typed_as_a_person_says_it(words: str, code: str | None) -> None:
    if code is not None:
        assert period_typed(words, "2022") == code
        return
    with pytest.raises(ExtractionError, match=re.escape(f"la période « {words} » ne se lit pas : ")):
        period_typed(words, "2022")


@pytest.mark.parametrize(
    ("code", "nature", "kept"),
    [
        ("2021-2022", "evolution", "2021/2022"),
        ("2021/2022", "evolution", "2021/2022"),
        ("2021/2022", "constate", "2021-2022"),
        ("2022-T1", "constate", "2022-T1"),
    ],
)
def test_two_years_are_a_campaign_or_an_evolution(code: str, nature: str, kept: str) -> None:
    assert of_nature(code, nature) == kept


def test_every_period_that_the_page_offers_is_one_that_it_reads() -> None:
    offered = periods_offered(["2022", "2021", "2022", ""], "2022")
    assert offered[:3] == ["2022", "2021", "1er trimestre 2022"] and len(offered) == 8
    assert len({period_typed(one, "2022") for one in offered}) == len(offered)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            "x: template.yml, ligne 9, bloc « c » : durée fausse\n"
            "x: template.yml, ligne 12, bloc « c » : durée fausse",
            "« 1 », « 2 », « 3 » et 1 autre : durée fausse",
        ),
        (
            "x: template.yml, ligne 6, bloc « c », ligne 31 du document : sexe inconnu : « 0 » ; "
            "ajoutez-le aux membres ou corrigez le gabarit\nx: bloc « d » : autre",
            "« 1 », « 2 », « 3 » et 1 autre : ligne 31 : sexe inconnu : « 0 » (et 1 de plus)",
        ),
    ],
)
def test_what_a_template_refuses_is_told_of_the_numbers(told: str, shown: str) -> None:
    assert without_places(told, ["1", "2", "3", "4"]) == shown


@pytest.mark.parametrize(
    ("key", "typed", "status", "told"),
    [
        ("periode", "1er trimestre 2021", 303, "2021-T1"),
        ("periode", "2022-13", 422, "La période « 2022-13 » ne se lit pas"),
        ("organisme", "CPAM du Var", 303, "cpam_var"),
        ("organisme", "ailleurs", 422, "« ailleurs » n'est pas un organisme connu"),
    ],
)
def test_what_is_typed_in_the_page_is_read_or_refused_in_its_words(
    served: tuple[House, str], key: str, typed: str, status: int, told: str
) -> None:
    house, host = served
    item = figure(house.dossier(), "1 204")
    said = [("chiffre", item.key), ("geste", "lire"), ("indicateur", "visites_accueil"), (key, typed)]
    answered, page = send(house, host, "decider", *said)
    assert answered == status
    if status == 303:
        assert figure(house.dossier(), "1 204").meaning[key] == told
    else:
        (alert,) = re.findall('role="alert"[^>]*>(.*?)</p>', html.unescape(page))
        assert alert.startswith("<b>Rien n'a été écrit.</b> " + told) and "yml" not in alert
        assert f'value="{typed}"' in page and not house.dossier().reviewed
