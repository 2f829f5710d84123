"""Formats: what a saved page and a PDF become as lines, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.formats import detect_encoding

PAGE = """<!doctype html><html><head><title>t</title><script>var hidden = 99999;</script></head><body>
<nav><ul><li>Accueil 11</li><li>Menu 22</li></ul></nav>
<article><h1>Rapport 2021</h1><p>En 2021, 281 saisines contre 90 un an plus tôt. Le service a traité beaucoup de demandes
et la satisfaction du public progresse de manière régulière depuis trois exercices.</p>
<table><tr><th>Nature</th><th>2020</th><th>2019</th></tr><tr><td>Maladie</td><td>41 206</td><td>38 654</td></tr></table>
<p>Un autre paragraphe parle de 12 000 visites, avec assez de mots pour appartenir à l'article de cette page.</p></article>
<footer>Mentions 2024 - 33</footer></body></html>"""


def pdf(lines: list[list[tuple[int, str]]]) -> bytes:
    """A one-page PDF whose lines hold texts at given places."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, invariant=1)
    for row, cells in enumerate(lines):
        for x, text in cells:
            page.drawString(x, 780 - 15 * row, text)
    page.showPage()
    page.drawString(40, 780, "Deuxième page, 7 pages en tout")
    page.save()
    return buffer.getvalue()


def test_a_saved_page_gives_its_article_and_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    text = read_document(path).text
    assert "281 saisines" in text and "12 000 visites" in text
    row = next(line for line in text.split("\n") if line.startswith("Maladie"))
    assert row == "Maladie | 41 206 | 38 654"
    assert [(part.reason, part.text) for part in read_document(path).left_out] == [
        ("menu", "Accueil 11 Menu 22"),
        ("pied de page", "Mentions 2024 - 33"),
    ]
    assert "99999" not in text and "Menu" not in text
    assert read_document(path).text == text


def test_a_pdf_gives_its_lines_its_columns_and_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "rapport.pdf"
    path.write_bytes(
        pdf(
            [
                [(40, "Décomptes en 2020 et en 2019")],
                [(40, "Maladie"), (200, "41 206 377"), (300, "38 654 004")],
            ]
        )
    )
    document = read_document(path)
    assert document.lines[1] == "Maladie   41 206 377   38 654 004"
    assert [document.page(i) for i in (1, 2, 3)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("name", "content", "clause"),
    [
        ("torn.pdf", b"%PDF-1.4 torn", "the PDF cannot be read"),
        ("vide.html", b"", "not an HTML page"),
        ("cadre.html", b"<html><body></body></html>", "no text"),
        ("faux.txt", b"%PDF-1.4\n", "binary file"),
    ],
)
def test_what_cannot_be_read_says_so(tmp_path: Path, name: str, content: bytes, clause: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ExtractionError, match=clause):
        read_document(path)


def test_a_scan_without_text_is_refused(tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.rect(50, 50, 300, 300)
    page.save()
    path = tmp_path / "scan.pdf"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(ExtractionError, match="pictures of pages and no text"):
        read_document(path)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("déjà été", "utf-8"), ("La satisfaction des assurés a progressé à l'été, été après été", "cp1252")],
)
def test_encodings_are_detected(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert data.decode(detect_encoding(data)) == text


def test_a_declared_encoding_is_used(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes("été 12".encode("cp1252"))
    assert read_document(path, "cp1252").text == "été 12"
    with pytest.raises(ExtractionError, match="line 1 is not UTF-8"):
        read_document(path)
    with pytest.raises(ExtractionError, match="not known"):
        read_document(path, "klingon")
