"""A tiny catalogue and a one-call reader, so that each test holds its own document and template."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.extraction.catalogue import DIMENSIONS, Catalogue, Indicator
from orchestration.extraction.documents import Document
from orchestration.extraction.reports import Extract, Report, extract_report
from orchestration.notation.folding import fold_label

MEMBERS = {
    "organisme": {"cpam_x": "CPAM X", "france": "France"},
    "territoire": {"dep_00": "Ailleurs", "france": "France"},
    "risque": {"maladie": "Maladie|santé", "deces": "Décès", "maternite": "Maternité"},
    "sexe": {"femmes": "femmes", "hommes": "hommes"},
    "canal": {"telephone": "téléphone"},
}
INDICATORS = [
    Indicator("visites", "Visites", "nombre", "additif", "accueil"),
    Indicator("montant", "Montant", "EUR", "additif", "prestations"),
    Indicator("taux", "Taux", "%", "non_additif", "accueil"),
    Indicator("attente", "Attente", "minutes", "non_additif", "accueil"),
    Indicator("delai", "Délai", "jours", "non_additif", "prestations"),
]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    members, aliases = {}, {}
    for dimension in ("organisme", "territoire", *DIMENSIONS):
        rows = {"non_precise": "", "ensemble": "", **MEMBERS.get(dimension, {})}
        members[dimension] = frozenset(rows)
        aliases[dimension] = {
            fold_label(a): code for code, labels in rows.items() for a in labels.split("|") if a
        }
    return Catalogue({i.code: i for i in INDICATORS}, members, aliases)


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Callable[[str, str], Extract]:
    """``read(document text, template YAML)`` gives the extract."""

    def reader(text: str, template: str) -> Extract:
        folder = tmp_path / "cpam_x_2021"
        folder.mkdir(exist_ok=True)
        (folder / "template.yml").write_text(template, encoding="utf-8")
        report = Report(
            code="cpam_x_2021",
            titre="X",
            organisme="cpam_x",
            territoire="dep_00",
            periode="2021",
            document="x.txt",
            folder=folder,
        )
        return extract_report(
            report, Document("x.txt", text, hashlib.sha256(text.encode()).hexdigest()), catalogue
        )

    return reader


def observed(extract: Extract, *columns: str) -> list[tuple[str, ...]]:
    """The observations of an extract as tuples of the columns asked for."""
    rows = extract.numbers.filter(extract.numbers["statut"] == "observation")
    return list(rows.select(columns).iter_rows())
