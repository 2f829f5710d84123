"""Meaning by catalogue, leaving one report out: what the other templates teach about a report that nobody has
read.

Where the documents are present, labels are those that discovery makes of the print; else the short labels of
the extracts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from orchestration.discovery.complete import as_row, concepts_of, phrase_book
from orchestration.discovery.concepts import SURE_ENOUGH, UNMAPPED, Concept, PhraseBook, Surroundings, stems
from orchestration.discovery.figures import Figure, discover
from orchestration.extraction.catalogue import Catalogue, load_catalogue
from orchestration.extraction.documents import read_document
from orchestration.extraction.reports import Report, list_reports, read_extract
from tests.discovery.conftest import DOCUMENTS, ROOT
from tests.discovery.scoring import document_of

#: Least share of the figures with an indicator that have the right one, over all reports: with the documents,
#: with bare labels.
LEAST_PRECISION = {True: 0.80, False: 0.74}
#: Least share of all figures of the reports that get their indicator back without their own template,
#: likewise.
LEAST_REDISCOVERED = {True: 0.33, False: 0.21}


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
    return [
        guess
        for report in reports
        for guess in _guesses(report, phrase_book(catalogue, reports, without=report.code), catalogue)
    ]


def _guesses(report: Report, book: PhraseBook, catalogue: Catalogue) -> Iterator[Guess]:
    truth = read_extract(report).numbers.filter(pl.col("statut") == "observation")
    path = DOCUMENTS / report.document
    concepts = _concepts(path, report, book) if path.is_file() else None
    for row in truth.iter_rows(named=True):
        domain = catalogue.indicators[row["indicateur_code"]].domaine
        if concepts is None:
            concept = book.best(row["libelle"], "", row["unite"], row["nature"])
        else:
            concept = concepts.get(
                _at(int(row["ligne"]), int(row["colonne"]), row["valeur_imprimee"]),
                Concept(UNMAPPED, "autre", 0.0),
            )
        yield Guess(report.code, domain, row["indicateur_code"], concept)


def _concepts(path: Path, report: Report, book: PhraseBook) -> dict[tuple[int, int], Concept]:
    document = read_document(path)
    figures = discover(document, report.periode[:4])
    return {
        _at(f.ligne, f.colonne, f.printed): c
        for f, c in zip(figures, concepts_of(figures, book, document), strict=True)
    }


def _at(line: int, column: int, printed: str) -> tuple[int, int]:
    match = re.search(r"\d", printed)
    return line, column + (match.start() if match else 0)


def _table(guesses: list[Guess], key: str) -> Iterator[str]:
    for name in sorted({getattr(g, key) for g in guesses}):
        group = [g for g in guesses if getattr(g, key) == name]
        mapped = [g for g in group if g.mapped]
        right = sum(g.right for g in group)
        yield (
            f"  {name:22} {len(group):5} figures  indicator found again {right / len(group):5.1%}  right "
            f"when given {right / max(1, len(mapped)):5.1%}"
        )


def test_a_report_read_without_its_template_gets_part_of_its_meaning_back(
    guesses: list[Guess], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("", *_table(guesses, "report"), *_table(guesses, "domain"), sep="\n")
    mapped = [g for g in guesses if g.mapped]
    read = all((DOCUMENTS / r.document).is_file() for r in list_reports(ROOT / "raw") if not r.brouillon)
    assert sum(g.right for g in mapped) / len(mapped) >= LEAST_PRECISION[read]
    assert sum(g.right for g in mapped) / len(guesses) >= LEAST_REDISCOVERED[read]


def test_confidence_tells_how_often_it_is_right(guesses: list[Guess]) -> None:
    told = Counter(g.concept.confidence >= 0.8 for g in guesses if g.mapped)
    right = Counter(g.concept.confidence >= 0.8 for g in guesses if g.mapped and g.right)
    assert all(g.concept.confidence >= SURE_ENOUGH for g in guesses if g.mapped)
    assert right[True] / told[True] >= right[False] / told[False] - 0.05


def test_a_label_without_a_concept_stays_open(catalogue: Catalogue) -> None:
    book = phrase_book(catalogue, [])
    assert book.best("zzz qqq", "", "nombre", "constate").indicator == UNMAPPED
    assert book.best("Infirmiers", "", "nombre", "constate").indicator == UNMAPPED


@pytest.mark.parametrize(
    ("label", "unit", "indicator"),
    [
        ("Préjudice détecté", "EUR", "prejudice_detecte"),
        ("Préjudice subi", "EUR", "prejudice_subi"),
        ("Taux de décroché", "%", "taux_decroche"),
        ("appels reçus", "nombre", "appels_recus"),
        ("visites à l'accueil", "nombre", "visites_accueil"),
        ("visites à l'accueil par jour", "nombre", "visites_accueil_par_jour"),
    ],
)
def test_a_label_of_the_catalogue_is_told_from_its_neighbours(
    catalogue: Catalogue, label: str, unit: str, indicator: str
) -> None:
    reports = [r for r in list_reports(ROOT / "raw") if not r.brouillon]
    assert phrase_book(catalogue, reports).best(label, "", unit, "constate").indicator == indicator


def test_a_unit_that_an_indicator_never_has_keeps_it_out(catalogue: Catalogue) -> None:
    book = phrase_book(catalogue, [])
    assert book.best("Préjudice détecté", "", "jours", "constate").indicator == UNMAPPED


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("mails reçus", "courriels reçus", True),
        ("bénéficiaires CSS", "bénéficiaire de la C2S", True),
        ("appels", "rappels", False),
    ],
)
def test_stems_agree_on_spellings_of_one_thing(one: str, other: str, same: bool) -> None:
    assert (stems(one) == stems(other)) is same


def test_surroundings_fade_with_distance() -> None:
    around = Surroundings("Médiation\n\n\n\nSaisines\n12\n").of(6, 0)
    (near,), (far,) = stems("Saisines"), stems("Médiation")
    assert near in around.near and far not in around.near and around.fading[near] > around.fading[far] > 0


def test_members_and_bodies_come_from_the_aliases(catalogue: Catalogue) -> None:
    report = Report(
        code="cpam_var_2022",
        titre="Var",
        organisme="cpam_var",
        territoire="dep_83",
        periode="2022",
        document="x.txt",
        folder=ROOT,
    )
    figures = discover(
        document_of(
            "Sexe | 2022\nFemmes | 1 204\nTaux de satisfaction : 88,1 %, pour 86,0 % au niveau national\n"
        ),
        "2022",
    )
    rows = [
        as_row(f, report, catalogue, Concept(UNMAPPED, "autre", 0.0), PhraseBook(catalogue, []))
        for f in figures
    ]
    assert [(r["sexe_code"], r["organisme_code"], r["territoire_code"]) for r in rows] == [
        ("femmes", "cpam_var", "dep_83"),
        ("non_precise", "cpam_var", "dep_83"),
        ("non_precise", "assurance_maladie", "france"),
    ]
    assert all(0 < float(r["confiance"]) < 1 and r["revue"] == "false" for r in rows)


def test_a_figure_is_a_value_object() -> None:
    (figure,) = discover(document_of("12 dossiers\n"), "2020")
    assert isinstance(figure, Figure) and 0 < figure.confidence < 1
