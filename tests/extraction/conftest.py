"""A tiny catalogue and a one-call reader, so that each test holds its own document and template."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.extraction.catalogue import DIMENSIONS, Catalogue, Indicator
from orchestration.extraction.reports import Extract
from orchestration.notation.folding import fold_label
from tests.trust.documents import extract_of

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
    return lambda text, template: extract_of(tmp_path, text, template, catalogue)


def observed(extract: Extract, *columns: str) -> list[tuple[str, ...]]:
    """The observations of an extract as tuples of the columns asked for."""
    rows = extract.numbers.filter(extract.numbers["statut"] == "observation")
    return list(rows.select(columns).iter_rows())
