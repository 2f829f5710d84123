"""A declared sum may give a term a weight: ``total = a + 2 x b``."""

from __future__ import annotations

import pytest

from orchestration.extraction.errors import ExtractionError

TEMPLATE = """
blocs:
  - bloc: dons
    commun: {{indicateur: montant}}
    champs:
      - {{lire: "total de {{total}}", role: total}}
      - {{lire: "livres : {{a}}", risque: maladie}}
      - {{lire: "pour chaque : {{b}}", risque: deces}}
    controles: ["{relation}"]
"""
TEXT = "total de 70 €\nlivres : 30 €\npour chaque : 20 €\n"


@pytest.mark.parametrize(
    ("relation", "weights"),
    [
        ("total = a + 2 x b", ["1", "1", "2"]),
        ("total = a + b + b", ["1", "1", "1", "1"]),
        ("total = a - 2 x b", ["1", "1", "-2"]),
    ],
)
def test_weights_reach_the_terms(read, relation, weights):
    extract = read(TEXT, TEMPLATE.format(relation=relation))
    assert extract.relations["poids"].to_list() == weights


def test_a_weight_without_a_name_is_refused(read):
    with pytest.raises(ExtractionError, match="n'est pas une somme de noms|aucun chiffre ne se nomme"):
        read(TEXT, TEMPLATE.format(relation="total = a + 2 x"))
