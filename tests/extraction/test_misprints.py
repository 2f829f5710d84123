"""What a template reads otherwise than printed: both readings are told, and print taken at its word meets the
other figures; where they refute it, the heading is a finding.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Extract
from orchestration.reconciliation.causes import diagnose_all, report_context
from orchestration.reconciliation.terms import read_numbers, read_relations
from orchestration.reconciliation.verdicts import judge_all

Read = Callable[[str, str], Extract]

TEXT = (
    "Visites de 2020 : 640.\nVisites de l'année : 800 (2021).\nÉvolution : 25 %. Rappel 2020 : 912 euros.\n"
)
FIELDS = """\
blocs:
  - bloc: b
    champs:
      - {{lire: "Visites de 2020 : {{}}.", indicateur: visites, periode: "2020", id: avant}}
      - {{lire: "année : {{}} (", indicateur: visites, periode: "2021", id: apres}}
      - lire: "Évolution : {{}} %."
        indicateur: visites
        nature: evolution
        periode: "2020/2021"
        id: ev
      - lire: "2020 : {{}} euros"
        indicateur: {indicator}
        periode: "{period}"
        id: mal_dit
        {extra}
"""
#: What is said of « Rappel 2020 : 912 euros »: read as, printed as, both readings, and what print at its word
#: breaks.
MISPRINTS = [
    ("visites", "2021-12-31", "{periode: '2020', unite: EUR}", "periode 2020, unite EUR", ""),
    ("visites", "2019", "{periode: '2020', unite: EUR}", "periode 2020, unite EUR", ""),
    (
        "montant",
        "2019",
        "{indicateur: visites, periode: '2020', unite: nombre}",
        "indicateur visites",
        "avant",
    ),
    ("montant", "2019", "{periode: '2020'}", "periode 2020", ""),
]


def read_as(read: Read, indicator: str, period: str, extra: str) -> Extract:
    unit = "\n        unite: nombre" if indicator == "visites" else ""
    return read(TEXT, FIELDS.format(indicator=indicator, period=period, extra=extra + unit))


@pytest.mark.parametrize(("indicator", "period", "printed", "told", "refuted_by"), MISPRINTS)
def test_a_misprint_is_never_repaired_in_silence(
    read: Read, indicator: str, period: str, printed: str, told: str, refuted_by: str
) -> None:
    extract = read_as(read, indicator, period, f"note: lu ainsi par le contexte\n        imprime: {printed}")
    relations = read_relations(read_numbers(extract.numbers), extract.relations)
    verdicts = {v.relation.key: v for v in judge_all(relations)}
    both = verdicts["b/seconde_lecture/mal_dit=imprime()"]
    assert both.verdict == "a_verifier"
    printed_words, _, read_words = both.relation.scopes.partition(" ; gabarit : ")
    assert told in printed_words and read_words
    at_its_word = [key for key in verdicts if "=intitule(" in key]
    assert bool(at_its_word) == bool(refuted_by)
    for key in at_its_word:
        assert verdicts[key].fails and refuted_by in key


def test_the_heading_is_the_cause_and_no_figure_is_accused(read: Read) -> None:
    extract = read_as(
        read, "montant", "2019",
        "note: lu ainsi\n        imprime: {indicateur: visites, periode: '2020', unite: nombre}",
    )  # fmt: skip
    context = report_context(extract.numbers, extract.relations, "cpam_x")
    named = {d.verdict.relation.key: (d.cause, d.suspect) for d in diagnose_all(context)}
    assert set(named.values()) == {("intitule_errone", None)}


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("imprime: {periode: '2020'}", "dites dans `note`"),
        ("note: lu ainsi\n        imprime: {periode: '2019'}", "aussi ce que le gabarit lit"),
        ("note: lu ainsi\n        imprime: {}", "`imprime` dit ce qui est imprimé"),
        ("note: lu ainsi\n        imprime: {valeur: '3'}", "valeur"),
    ],
)
def test_a_misprint_says_what_is_printed_and_why_it_is_read_otherwise(
    read: Read, extra: str, said: str
) -> None:
    with pytest.raises(ExtractionError, match=said):
        read_as(read, "montant", "2019", extra)


def test_a_unit_that_is_not_the_printed_one_is_refused_unless_it_is_said(read: Read) -> None:
    with pytest.raises(ExtractionError, match="est imprimé"):
        read_as(read, "visites", "2019", "note: lu ainsi")


TWO_PRINTS = """\
blocs:
  - bloc: b
    champs:
      - {{lire: "Visites : {{}} en", indicateur: visites, periode: "2021", unite: nombre, id: apres}}
      - {{lire: "Rappel : {{}} en", indicateur: visites, periode: "{dated}", unite: nombre, id: rappel}}
    controles: ["{control}"]
"""


@pytest.mark.parametrize(
    ("dated", "control", "told"),
    [
        (
            "2019-12-31",
            "apres = repetition(rappel)",
            ["imprimé : periode 2021 ; ailleurs : periode 2019-12-31"],
        ),
        ("2021-12-31", "apres = repetition(rappel)", []),
        ("2019", "apres = flux(rappel)", []),  # only a repetition says that both are one figure
    ],
)
def test_one_figure_under_headings_of_two_years_is_told(
    read: Read, dated: str, control: str, told: list[str]
) -> None:
    extract = read("Visites : 912 en cours.\nRappel : 912 en cours.\n", TWO_PRINTS.format(**locals()))
    marks = extract.relations.filter(extract.relations["relation"].str.ends_with("=imprime()"))
    assert sorted(set(marks["reserve"])) == told
