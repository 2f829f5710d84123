"""What a row says beyond its cells: its own unit, the territory of its body, and digits that are part of its
label.
"""

from __future__ import annotations

from decimal import Decimal

from orchestration.extraction.catalogue import DIMENSIONS, Catalogue, Indicator
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import Problems
from orchestration.extraction.ledger import remaining_entries
from orchestration.extraction.reader import Reader, TemplateReading
from orchestration.extraction.templates import BlockForm, Spec, Template

CATALOGUE = Catalogue(
    {
        "taux": Indicator("taux", "", "%", "non_additif", "pilotage"),
        "nombre": Indicator("nombre", "", "nombre", "additif", "pilotage"),
    },
    {
        **{name: frozenset({"non_precise"}) for name in ("organisme", "territoire", *DIMENSIONS)},
        "organisme": frozenset({"elsm_09"}),
        "territoire": frozenset({"dep_09"}),
    },
    {
        **{name: {} for name in ("organisme", "territoire", *DIMENSIONS)},
        "organisme": {"09": "elsm_09"},
        "territoire": {"09": "dep_09"},
    },
    {"elsm_09": "dep_09"},
)
TWO_COLUMNS = [{"id": "objectif", "nature": "objectif"}, {"id": "resultat"}]


def _read(text: str, table: dict) -> tuple[TemplateReading, Document, int]:
    document = Document("d", text, "")
    problems = Problems("r")
    reader = Reader(
        document, Spec(periode="2019", organisme="elsm_09", territoire="dep_09"), CATALOGUE, problems
    )
    reading = reader.read(Template(blocs=(BlockForm.model_validate({"bloc": "b", "tableau": table}),)))
    return reading, document, len(problems)


def _rows(percent: str | None) -> dict:
    return {
        "colonnes": TWO_COLUMNS,
        "separateur": "tab",
        "lignes": [
            {"libelle": "part", "indicateur": "taux", **({"unite": percent} if percent else {})},
            {"libelle": "contacts", "indicateur": "nombre"},
        ],
    }


def test_a_row_of_percentages_stands_among_rows_of_counts() -> None:
    reading, _, problems = _read("part\t 80,00 %\t 77,14 %\ncontacts\t 25 076\t 25 639\n", _rows("%"))
    assert problems == 0
    assert [c.number.value for c in reading.captures] == [
        Decimal("80.00"),
        Decimal("77.14"),
        Decimal(25076),
        Decimal(25639),
    ]


def test_a_percentage_that_nothing_announces_is_not_read() -> None:
    reading, _, problems = _read("part\t 80,00 %\t 77,14 %\ncontacts\t 25 076\t 25 639\n", _rows(None))
    assert problems == 1
    assert [c.number.value for c in reading.captures] == [Decimal(25076), Decimal(25639)]


def test_the_territory_of_a_body_follows_its_row_and_its_digits_are_a_label() -> None:
    table = {"dimension": "organisme", "colonnes": [{"indicateur": "taux", "unite": "%"}]}
    reading, document, _ = _read("09\t69 %\n", table)
    assert [(c.spec.organisme, c.spec.territoire) for c in reading.captures] == [("elsm_09", "dep_09")]
    taken = [(c.start, c.end) for c in reading.captures]
    assert [e.motif for e in remaining_entries(document, taken, [], reading.labels)] == ["libelle"]
    assert [e.statut for e in remaining_entries(document, taken, [])] == ["a_relever"]


def test_rows_of_territories_keep_the_body_of_the_table() -> None:
    table = {"dimension": "territoire", "colonnes": [{"indicateur": "taux", "unite": "%"}]}
    reading, _, _ = _read("09\t69 %\n", table)
    assert [(c.spec.organisme, c.spec.territoire) for c in reading.captures] == [("elsm_09", "dep_09")]


def test_cells_after_tabs_are_no_labels_and_an_unknown_row_is_told_once() -> None:
    table = {
        "dimension": "organisme",
        "separateur": "tab",
        "colonnes": [{"id": c, "indicateur": "taux", "unite": "%"} for c in ("a", "b", "c")],
    }
    reading, _, problems = _read("\t09\t69 %\t91 %\t82 %\n", table)
    assert (len(reading.captures), problems) == (3, 0)
    reading, _, problems = _read("\t10\t69 %\t91 %\t82 %\n", table)
    assert (len(reading.captures), problems) == (0, 1)
