"""The findings page: the gravest first, every text escaped, nothing loaded from elsewhere, the number marked in its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.reconciliation.causes import PRIOR
from orchestration.site.constats import CAUSES, _cut, render, write_page
from tests.expectations.warehouse import Workshop


def finding(**more: Any) -> dict[str, Any]:
    return {
        "constat_code": "essai:t", "rapport_code": "cpam_essai_2021", "titre": "Rapport d'essai", "relation": "t",
        "nature": "somme", "domaine": "prestations", "lignes": [3, 4, 5], "valeur_recalculee": Decimal("1021.000000"),
        "ecart": Decimal("-9"), "tolerance": Decimal("0"), "unite": "nombre", "gravite": "faible", "cause": "chiffres_permutes",
        "preuve": "avec 1 021 la relation tombe juste", "explication": "Deux chiffres sont permutés.", "statut": "confirme",
        "controle_key": "k", "date_revue": date(2021, 12, 31), **more,
    }  # fmt: skip


def term(**more: Any) -> dict[str, Any]:
    return {
        "controle_key": "k", "role": "total", "poids": Decimal(1), "constante": None, "ligne": 5, "valeur_imprimee": "1 012",
        "libelle": "TOTAL", "texte": "TOTAL  1\u00a0012 cas", **more,
    }  # fmt: skip


def test_the_gravest_comes_first() -> None:
    codes = ["faible", "forte", "a_evaluer", "moyenne"]
    page = render([finding(gravite=code, constat_code=f"code-{code}") for code in codes], [])
    order = sorted(codes, key=lambda code: page.index(f'id="code-{code}"'))
    assert order == ["forte", "moyenne", "faible", "a_evaluer"]


def test_a_finding_says_what_is_printed_what_it_should_be_and_why() -> None:
    page = render([finding()], [term(), term(role="terme", ligne=3, valeur_imprimee="400", poids=Decimal(-1), texte=None)])
    for words in ("Rapport d&#39;essai, lignes 3, 4, 5", "1 012", "1\u202f021", "-9", "Deux chiffres sont permutés",
                  "avec 1 021", "moins 400", "<mark>1\u00a0012</mark>", "chiffres permutés"):  # fmt: skip
        assert words in page, words
    assert "//" not in page.replace("<!DOCTYPE", "")


def test_labels_cannot_carry_markup() -> None:
    page = render([finding(explication="<script>x</script>")], [term(libelle='<img src="x">', texte="<b>1 012</b>")])
    assert "<script>x" not in page
    assert "<img" not in page
    assert "&lt;b&gt;<mark>1 012</mark>" in page


@pytest.mark.parametrize(
    ("text", "printed", "marked"),
    [
        ("En 2021, 1 012 cas", "1 012", "1 012"),
        ("11 012 puis 1 012", "1 012", "1 012"),
        ("le nombre est ailleurs", "1 012", ""),
        ("- 49,0 % en un an", "- 49,0 %", "- 49,0 %"),
    ],
)
def test_the_number_is_marked_in_its_line(text: str, printed: str, marked: str) -> None:
    before, found, after = _cut(text, printed)
    assert (found, before + found + after) == (marked, text)


def test_no_finding_is_said_too() -> None:
    assert "Aucun constat" in render([], [])


def test_every_cause_has_a_name() -> None:
    assert set(CAUSES) == set(PRIOR)


def test_the_page_of_a_build(workshop: Workshop, tmp_path: Path) -> None:
    count = write_page(workshop.sound, tmp_path / "pages" / "constats.html")
    page = (tmp_path / "pages" / "constats.html").read_text(encoding="utf-8")
    assert page.count("<article") == count == workshop.extracts.register.height
