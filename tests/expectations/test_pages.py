"""Labels that carry markup, as the audit's pages show them."""

from __future__ import annotations

from pathlib import Path

from expectations.audit import run_audit
from tests.expectations.warehouse import Workshop

MARKUP = "<img src=x onerror=alert(7)>"


def test_the_pages_of_the_audit_show_markup_as_text(workshop: Workshop, tmp_path: Path) -> None:
    build = workshop.spoil(
        f"update marts.fct_observation set libelle = '{MARKUP}', unite = '{MARKUP}', indicateur_code = "
        f"'{MARKUP}'"
    )
    validations = run_audit(build, tmp_path / "data_docs")
    assert any(not validation.success for validation in validations)
    pages = "".join(page.read_text(encoding="utf-8") for page in tmp_path.rglob("*.html"))
    assert "onerror=alert(7)" in pages
    assert MARKUP not in pages
