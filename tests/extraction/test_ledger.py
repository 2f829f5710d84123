"""The ledger: every digit of a document belongs to one printed number, with what became of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.extraction import rules
from orchestration.extraction.documents import Document
from orchestration.extraction.ledger import remaining_entries, uncovered_digits
from orchestration.notation.folding import plain
from tests.discovery.scoring import excerpts

ASIDE = [
    # text, {printed: reason}; figures must stay a_relever
    ("du 16 mars 2020 au 1er juin 2021", {"16": "date", "2020": "date", "1": "date", "2021": "date"}),
    ("le 31 décembre\n2020 et 16 février", {"31": "date", "2020": "date", "16": "date"}),
    ("Au 31/12/2020, 29 contrats", {"31": "date", "12": "date", "2020": "date", "29": ""}),
    ("en 2020, et 2019", {"2020": "annee", "2019": "annee"}),
    (
        "campagne 2019-2020 et COG 2018 / 2022",
        {"2019": "annee", "2020": "annee", "2018": "annee", "2022": "annee"},
    ),
    ("2020 € versés à 2021 personnes", {"2020": "", "2021": "annee"}),
    (
        "l’article L.133-4 du code, loi n°2021-1040",
        {
            "133": "reference_legale",
            "4": "reference_legale",
            "2021": "reference_legale",
            "1040": "reference_legale",
        },
    ),
    ("(lire page 26) et pages 04 et 05", {"26": "page", "04": "page", "05": "page"}),
    ("contrôlés\t0,45 %\n\n- 11 -\nAXE", {"0,45": "", "11": "page"}),
    ("- 11 - visites\nsoit - 12 -\n- 13 –", {"11": "", "12": "", "13": ""}),
    (
        "la C2S, T2A, COVID-19, Covid-\n19, 36 46",
        {"2": "sigle", "19": "sigle", "36": "telephone", "46": "telephone"},
    ),
    ("appels de 8h30-17h30, 7 jours sur 7", {"8": "heure", "30": "heure", "17": "heure", "7": "heure"}),
    ("la 4ème vague, le 1er trimestre 2022", {"4": "rang_de_liste", "1": "date", "2022": "date"}),
    ("ALD (1) et (10)", {"1": "note", "10": "note"}),
    ("versions 2.2.3 à 2.2.8", {"2.2": "version", "3": "version", "8": "version"}),
    ("les plus de 75 ans et 40 à 59 ans", {"75": "age_ou_seuil", "40": "age_ou_seuil", "59": "age_ou_seuil"}),
    ("des jeunes de 16-25 ans", {"16": "age_ou_seuil", "25": "age_ou_seuil"}),
    ("1 012 collaborateurs, 24,9 % et 14 sites", {"1 012": "", "24,9": "", "14": ""}),
]


@pytest.mark.parametrize(("text", "expected"), ASIDE)
def test_rules_set_aside_what_is_not_a_figure(text: str, expected: dict[str, str]) -> None:
    document = Document("d", text, "")
    entries = remaining_entries(document, [], [])
    found = {document.folded.flat[e.start : e.end]: e.motif for e in entries}
    assert found == expected
    assert all((e.statut == "a_relever") == (not e.motif) for e in entries)


@given(st.text(alphabet="0123456789 .,\n\tab%€-/()\u00a0", max_size=120))
def test_no_digit_is_ever_lost(text: str) -> None:
    document = Document("d", text, "")
    spans = [(e.start, e.end) for e in remaining_entries(document, [], [])]
    assert uncovered_digits(document, spans) == []
    assert all(before[1] <= after[0] for before, after in zip(sorted(spans), sorted(spans)[1:], strict=False))


def test_a_missing_span_is_noticed() -> None:
    document = Document("d", "1 012 et 7", "")
    assert uncovered_digits(document, [(0, 5)]) == [9]


def test_a_number_cut_by_a_line_end_is_accounted_for_on_both_lines(read) -> None:
    extract = read(
        "soit 2\n610 avis", 'blocs: [{bloc: b, champs: [{lire: "soit {n~} avis", indicateur: visites}]}]'
    )
    rows = list(extract.numbers.select("ligne", "colonne", "valeur_imprimee", "statut", "motif").iter_rows())
    assert rows == [("1", "5", "2 610", "observation", ""), ("2", "0", "610", "ecarte", "suite")]


def test_a_template_sets_aside_where_no_rule_can_know(read) -> None:
    extract = read(
        "les 3 axes, 4 visites, 5",
        """
blocs:
  - bloc: b
    ecarts: [{lire: "les {} axes", motif: rang_de_liste}]
    champs: [{lire: "{} visites", indicateur: visites}]
""",
    )
    assert list(extract.numbers.select("valeur_imprimee", "statut", "motif").iter_rows()) == [
        ("3", "ecarte", "rang_de_liste"),
        ("4", "observation", ""),
        ("5", "a_relever", ""),
    ]


def test_what_is_looked_for_first_takes_no_match_away() -> None:
    """Rules are tried where a quick look says that one may match: never fewer matches than everywhere."""
    text = plain("\n".join(excerpt.text for excerpt in excerpts()).replace("\n", " \n "))
    places = rules._Places(text.replace("\n", " ").replace("\v", " ").replace("\t", " "))
    starts = [run.start() for run in re.finditer(r"\d+", text)]
    led = [rule for rule in rules.RULES if rule.leads == "digits" and rule.reads != "cased"]
    assert len(led) >= 15
    for rule in led:
        read = places.words if rule.reads == "plain" else text
        everywhere = [m.span() for at in starts if (m := rule.pattern.match(read, at))]
        assert [m.span() for m in places.matches(rule, read)] == everywhere, rule.name


@pytest.mark.parametrize("rule", [rule for rule in rules.RULES if rule.leads == "behind"])
def test_a_rule_behind_digits_matches_nowhere_else(rule: rules.SetAsideRule) -> None:
    text = plain(" ".join(excerpt.text for excerpt in excerpts()).replace("\n", " ").replace("\t", " "))
    everywhere = [m.span() for m in rule.pattern.finditer(text)]
    assert everywhere and [m.span() for m in rules._Places(text).matches(rule, text)] == everywhere
