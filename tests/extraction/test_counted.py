"""Counts announced in print against the items that the document lists; each list beside the one that lost an
item.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.extraction.counted import items_after
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Extract

TEMPLATE = """
blocs:
  - bloc: b
    champs:
      - {lire: "Les {n} ateliers", indicateur: visites, organisme: cpam_x, territoire: dep_00, periode: "2021"}
    controles: ["n = effectif(%s)"]
"""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("4 ateliers :\n– mémoire\n– équilibre\n– nutrition\nLe reste suit.\n", 3),
        ("4 ateliers :\n– mémoire\n– équilibre\n– nutrition\n– sommeil\nLe reste suit.\n", 4),
        (
            "3 axes :\n\n• écouter les assurés ;\n\n• répondre plus vite,\n\nmême à distance ;\n\n• "
            "suivre.\n\nAutre chose.\n",
            3,
        ),
        ("3 axes :\n1. écouter\n2. répondre\n3. suivre\n\nAutre chose.\n", 3),
        ("5 engagements : écouter, répondre, suivre, dire et tenir.\n", 5),
        ("5 engagements : écouter, répondre et suivre.\n", 3),
        ("5 engagements (ceux d'hier) : écouter, répondre (vite et bien) et suivre.\n", 3),
        ("36 correspondants : les agents et 29 experts.\n", None),
        ("6 séances :\n• 5 en formation de base\n• 1 en formation taxi\n", None),
        ("12 réunions. Les voici : une, deux et trois.\n", None),
        ("12 réunions ont eu lieu\n", None),
        ("2 lieux : Nord, Sud\n", None),
    ],
)
def test_the_items_after_a_figure_are_counted_or_left(text: str, count: int | None) -> None:
    digits = len(text) - len(text.lstrip("0123456789"))
    assert items_after(text, digits) == count


@pytest.mark.parametrize(
    ("asked", "text", "verdict"),
    [
        ("puces", "Les 3 ateliers\n- un\n- deux\n- trois\n", "3"),
        ("puces", "Les 3 ateliers\n- un\n- deux\n", "2"),
        ("enumeration", "Les 3 ateliers mémoire, sommeil et équilibre.\n", "3"),
        ("puces de « DÉBUT » à « FIN »", "DÉBUT\n- a\n- b\nFIN\nLes 3 ateliers\n", "2"),
        ("lettres après « on compte »", "Les 3 ateliers, et on compte quatre salles.\n", "4"),
    ],
)
def test_a_template_says_where_to_count(
    read: Callable[[str, str], Extract], asked: str, text: str, verdict: str
) -> None:
    relations = read(text, TEMPLATE % asked).relations
    assert verdict in relations.filter(relations["role"] == "terme")["constante"].to_list()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("3", "n'est pas un compte fait dans le document"),
        ("puces", "rien ne se compte"),
        ("puces de « A » à « Z »", "« A » est introuvable"),
        ("lettres après « ateliers »", "aucun nombre en lettres"),
    ],
)
def test_what_is_not_counted_is_refused(
    read: Callable[[str, str], Extract], asked: str, message: str
) -> None:
    with pytest.raises(ExtractionError, match=message):
        read("Les 3 ateliers.\n", TEMPLATE % asked)


LETTERED = """
blocs:
  - bloc: dons
    commun: {indicateur: montant}
    champs:
      - {lire: "remettre : {a~} colis", unite: nombre}
"""


@pytest.mark.parametrize(("printed", "found"), [("5O", [("lettre", "5")]), ("50", [])])
def test_a_letter_among_digits_is_a_control(read, printed: str, found: list[tuple[str, str]]) -> None:
    """What a template reads otherwise than printed is never mended in silence."""
    extract = read(f"On a pu remettre : {printed} colis\n", LETTERED)
    assert extract.numbers.filter(extract.numbers["statut"] == "observation")["valeur"].to_list() == ["50"]
    told = extract.relations.filter(extract.relations["constante"] != "")
    assert [("lettre" if "=lettre(" in key else key, value) for key, value in told.select(
        "relation", "constante").iter_rows()] == found  # fmt: skip
