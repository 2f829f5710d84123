"""Meaning by catalogue, leaving one report out: what the other templates teach about a report that nobody has read.

Where the documents are present, labels are those that discovery makes of the print; else the short labels of the extracts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pytest

from orchestration.discovery.complete import as_row, concept_of, phrase_book
from orchestration.discovery.concepts import SURE_ENOUGH, UNMAPPED, Concept, PhraseBook
from orchestration.discovery.figures import Figure, discover
from orchestration.extraction.catalogue import Catalogue, load_catalogue
from orchestration.extraction.documents import read_document
from orchestration.extraction.reports import Report, list_reports, read_extract
from tests.discovery.conftest import DOCUMENTS, ROOT
from tests.discovery.scoring import document_of

#: Share of the figures with an indicator that have the right one, over all reports.
LEAST_PRECISION = 0.75
#: Share of all figures of the reports that get their indicator back without their own template.
LEAST_REDISCOVERED = 0.09


@dataclass(frozen=True)
class Guess:
    report: str
    domain: str
    indicator: str
    concept: Concept

    @property
    def mapped(self) -> bool:
        return self.concept.indicator != UNMAPPED

    @property
    def right(self) -> bool:
        return self.concept.indicator == self.indicator


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "dbt_project" / "seeds")


@pytest.fixture(scope="module")
def guesses(catalogue: Catalogue) -> list[Guess]:
    reports = [r for r in list_reports(ROOT / "raw") if not r.brouillon]
    return [guess for report in reports for guess in _guesses(report, phrase_book(catalogue, reports, without=report.code), catalogue)]


def _guesses(report: Report, book: PhraseBook, catalogue: Catalogue) -> Iterator[Guess]:
    truth = read_extract(report).numbers.filter(pl.col("statut") == "observation")
    path = DOCUMENTS / report.document
    figures = {_at(f.ligne, f.colonne, f.printed): f for f in discover(read_document(path), report.periode[:4])} if path.is_file() else None
    for row in truth.iter_rows(named=True):
        domain = catalogue.indicators[row["indicateur_code"]].domaine
        if figures is None:
            concept = book.best(row["libelle"], "", row["unite"], row["nature"])
        else:
            figure = figures.get(_at(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"]))
            concept = concept_of(figure, book) if figure else Concept(UNMAPPED, "autre", 0.0)
        yield Guess(report.code, domain, row["indicateur_code"], concept)


def _at(line: int, column: int, printed: str) -> tuple[int, int]:
    match = re.search(r"\d", printed)
    return line, column + (match.start() if match else 0)


def _table(guesses: list[Guess], key: str) -> Iterator[str]:
    for name in sorted({getattr(g, key) for g in guesses}):
        group = [g for g in guesses if getattr(g, key) == name]
        mapped = [g for g in group if g.mapped]
        right = sum(g.right for g in group)
        yield f"  {name:22} {len(group):5} figures  indicator found again {right / len(group):5.1%}  right when given {right / max(1, len(mapped)):5.1%}"


def test_a_report_read_without_its_template_gets_part_of_its_meaning_back(guesses: list[Guess], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("", *_table(guesses, "report"), *_table(guesses, "domain"), sep="\n")
    mapped = [g for g in guesses if g.mapped]
    assert sum(g.right for g in mapped) / len(mapped) >= LEAST_PRECISION
    assert sum(g.right for g in mapped) / len(guesses) >= LEAST_REDISCOVERED


def test_confidence_tells_how_often_it_is_right(guesses: list[Guess]) -> None:
    told = Counter(g.concept.confidence >= 0.8 for g in guesses if g.mapped)
    right = Counter(g.concept.confidence >= 0.8 for g in guesses if g.mapped and g.right)
    assert all(g.concept.confidence >= SURE_ENOUGH for g in guesses if g.mapped)
    assert right[True] / told[True] >= right[False] / told[False] - 0.05


def test_a_label_without_a_concept_stays_open(catalogue: Catalogue) -> None:
    book = phrase_book(catalogue, [])
    assert book.best("zzz qqq", "", "nombre", "constate").indicator == UNMAPPED
    assert book.best("Infirmiers", "", "nombre", "constate").indicator == UNMAPPED


def test_members_and_bodies_come_from_the_aliases(catalogue: Catalogue) -> None:
    report = Report(code="cpam_var_2022", titre="Var", organisme="cpam_var", territoire="dep_83", periode="2022", document="x.txt", folder=ROOT)
    figures = discover(document_of("Sexe | 2022\nFemmes | 1 204\nTaux de satisfaction : 88,1 %, pour 86,0 % au niveau national\n"), "2022")
    rows = [as_row(f, report, catalogue, Concept(UNMAPPED, "autre", 0.0)) for f in figures]
    assert [(r["sexe_code"], r["organisme_code"], r["territoire_code"]) for r in rows] == [
        ("femmes", "cpam_var", "dep_83"), ("non_precise", "cpam_var", "dep_83"), ("non_precise", "assurance_maladie", "france"),
    ]
    assert all(0 < float(r["confiance"]) < 1 and r["revue"] == "false" for r in rows)


def test_a_figure_is_a_value_object() -> None:
    (figure,) = discover(document_of("12 dossiers\n"), "2020")
    assert isinstance(figure, Figure) and 0 < figure.confidence < 1
