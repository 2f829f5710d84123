"""The same figures from a text, a PDF made of it and a saved page; scans refused; many documents at once."""

from __future__ import annotations

import html
import textwrap
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.discovery.bulk import documents_of, scan_documents
from orchestration.discovery.figures import Figure, discover
from orchestration.extraction.documents import read_document
from orchestration.extraction.errors import ExtractionError
from tests.discovery.conftest import DOCUMENTS, REPORT
from tests.discovery.scoring import document_of, excerpts

canvas = pytest.importorskip("reportlab.pdfgen.canvas")
LINES_PER_PAGE = 60


def _long_text() -> str:
    """A real report when the documents are here, else the longer excerpts of the corpus one after
    the other.
    """
    real = DOCUMENTS / "cpam_var_2021.txt"
    if real.is_file():
        return real.read_text(encoding="utf-8")
    return "\n".join(
        e.text for e in excerpts() if e.layout in ("pages", "bullets") and "\uf0b7" not in e.text
    )


def _write_pdf(path: Path, lines: list[str]) -> None:
    pdf = canvas.Canvas(str(path))
    for start in range(0, max(1, len(lines)), LINES_PER_PAGE):
        text = pdf.beginText(40, 800)
        text.setFont("Helvetica", 8)
        for line in lines[start : start + LINES_PER_PAGE]:
            text.textLine(line)
        pdf.drawText(text)
        pdf.showPage()
    pdf.save()


def _read_figures(figures: list[Figure]) -> Counter[tuple[Decimal, str]]:
    return Counter((f.value, f.unit) for f in figures)


def _share(expected: Counter[tuple[Decimal, str]], got: Counter[tuple[Decimal, str]]) -> float:
    return (expected & got).total() / expected.total()


def test_a_pdf_of_a_text_gives_its_figures(tmp_path: Path) -> None:
    wrapped = [piece for line in _long_text().split("\n") for piece in textwrap.wrap(line, 115) or [""]]
    path = tmp_path / "rapport_2021.pdf"
    _write_pdf(path, wrapped)
    document = read_document(path)
    expected = _read_figures(discover(document_of("\n".join(wrapped)), "2021"))
    share = _share(expected, _read_figures(discover(document, "2021")))
    assert share >= 0.95, f"{share:.1%}"
    last = discover(document, "2021")[-1]
    assert document.page(last.ligne) == len(document.page_lines) > 1


def test_a_saved_page_gives_its_article_and_not_its_menus(tmp_path: Path) -> None:
    page = """<!doctype html><html><head><title>Bilan</title><script>var visites = 99123;</script></head><body>
    <nav><ul><li><a href="#">36 46 services</a></li><li><a href="#">Espace 4512</a></li></ul></nav>
    <article><h1>Bilan 2023 de la caisse</h1>
    <p>En 2023, la caisse a traité 12 450 appels, en hausse de 4,2 % par rapport à 2022, et reçu 8 310 visiteurs dans ses
    accueils. Ces résultats sont le fruit de la mobilisation de toutes les équipes de la relation client.</p>
    <table><tr><th>Prestation</th><th>2022</th><th>2023</th></tr>
    <tr><td>Maladie</td><td>412 300</td><td>431 000</td></tr><tr><td>Maternité</td><td>31 200</td><td>30 100</td></tr></table>
    <p>Le délai moyen de traitement des dossiers s'établit à 6,4 jours pour les salariés du département.</p>
    </article><footer>© 2023 mentions 77001</footer></body></html>"""
    path = tmp_path / "bilan_2023.html"
    path.write_text(page, encoding="utf-8")
    found = {(str(f.value), f.unit, f.period) for f in discover(read_document(path), "2023")}
    assert found == {
        ("12450", "nombre", "2023"),
        ("4.2", "%", "2022/2023"),
        ("8310", "nombre", "2023"),
        ("412300", "nombre", "2022"),
        ("431000", "nombre", "2023"),
        ("31200", "nombre", "2022"),
        ("30100", "nombre", "2023"),
        ("6.4", "jours", "2023"),
    }


def test_the_corpus_as_pages_gives_the_same_figures(tmp_path: Path) -> None:
    text = "\n\n".join(e.text for e in excerpts() if e.layout == "prose")
    body = "".join(f"<p>{html.escape(' '.join(part.split()))}</p>" for part in text.split("\n\n"))
    path = tmp_path / "prose_2022.html"
    path.write_text(
        f"<!doctype html><html><body><article><h1>Prose</h1>{body}</article></body></html>", encoding="utf-8"
    )
    flat = "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
    share = _share(
        _read_figures(discover(document_of(flat), "2022")),
        _read_figures(discover(read_document(path), "2022")),
    )
    assert share >= 0.95, f"{share:.1%}"


def test_a_scan_is_refused_with_a_clear_sentence(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    pdf = canvas.Canvas(str(path))
    pdf.rect(100, 100, 300, 300, fill=1)
    pdf.showPage()
    pdf.save()
    with pytest.raises(ExtractionError, match="no text"):
        read_document(path)


@pytest.mark.parametrize("processes", [1, 2])
def test_many_documents_give_one_result_each_whatever_fails(tmp_path: Path, processes: int) -> None:
    for n in range(4):
        (tmp_path / f"rapport_{n}.txt").write_text(REPORT, encoding="utf-8")
    (tmp_path / "casse.pdf").write_bytes(b"nothing")
    (tmp_path / "image.png").write_bytes(b"")
    results = list(scan_documents(documents_of(tmp_path), processes))
    assert [r.name for r in results] == ["casse.pdf", *(f"rapport_{n}.txt" for n in range(4))]
    assert results[0].refusal and not results[0].figures
    assert {r.figures for r in results[1:]} == {12}


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExtractionError, match="aucun document .txt"):
        documents_of(tmp_path)
