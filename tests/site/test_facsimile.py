"""Pictures of PDF pages: what surrounds the numbers, and nothing of the prose; drawn once, and never a reason
to fail.
"""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from orchestration.site import facsimile
from orchestration.site.facsimile import SCALE, Facsimile, Originals
from orchestration.site.frame import Places
from orchestration.site.reports import page_images

WIDTH, HEIGHT = 595, 842
#: The number on the page below: its box in points from the top left.
BOX = [300.0, 130.0, 330.0, 142.0]


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A page with prose above and a row of a table below."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT))
    canvas.setFont("Helvetica", 12)
    canvas.drawString(72, HEIGHT - 60, "Une phrase que personne ne montre.")
    canvas.drawString(220, HEIGHT - 140, "Visites")
    canvas.drawString(300, HEIGHT - 140, "1 204")
    canvas.drawString(280, HEIGHT - 156, "dont maternité")
    canvas.drawString(
        72, HEIGHT - 172, "Une longue phrase qui passe sous le nombre et que la page ne montre pas du tout."
    )
    canvas.save()
    path = tmp_path / "documents" / "rapport.pdf"
    path.parent.mkdir()
    path.write_bytes(out.getvalue())
    return path


def report(document: Path) -> dict[str, Any]:
    return {"document": document.name, "document_sha256": sha256(document.read_bytes()).hexdigest()}


def number(**more: Any) -> dict[str, Any]:
    return {"page": 1, "boite": BOX, "statut": "observation", **more}


def inked(picture: Path, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether anything is drawn in a part of the page, in points."""
    left, top, right, bottom = (round(place * SCALE) for place in (x0, y0, x1, y1))
    region: Any = Image.open(picture).convert("L").crop((left, top, right, bottom))
    return bool(region.getextrema()[0] < 128)


PROSE, LABEL, DIGITS = (60, 45, 400, 65), (215, 128, 270, 144), tuple(BOX)
BELOW, NEXT = (280, 146, 360, 158), (72, 163, 500, 174)


@pytest.mark.parametrize(
    ("status", "whole", "prose", "label"),
    [("observation", False, False, True), ("ecarte", False, False, False), ("ecarte", True, True, True)],
)
def test_only_the_surroundings_of_numbers_are_shown(
    document: Path, tmp_path: Path, status: str, whole: bool, prose: bool, label: bool
) -> None:
    drawn = Originals(document.parent, tmp_path / "kept", whole).pictures(
        report(document), [number(statut=status)]
    )
    assert (round(drawn[1].width), round(drawn[1].height)) == (WIDTH, HEIGHT)
    assert inked(drawn[1].file, *DIGITS)
    assert (inked(drawn[1].file, *PROSE), inked(drawn[1].file, *LABEL)) == (prose, label)
    assert (inked(drawn[1].file, *NEXT), inked(drawn[1].file, *BELOW)) == (prose, label)
    assert len(Image.open(drawn[1].file).getcolors() or []) <= facsimile.COLOURS


def test_a_page_is_drawn_once_and_forgotten_when_no_report_shows_it(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Originals(document.parent, tmp_path / "kept").pictures(report(document), [number()])
    monkeypatch.setattr(facsimile, "_draw", lambda *_: pytest.fail("drawn again"))
    again = Originals(document.parent, tmp_path / "kept")
    assert again.pictures(report(document), [number()])
    again.forget()
    assert len(list((tmp_path / "kept").iterdir())) == 1
    Originals(document.parent, tmp_path / "kept").forget()
    assert not list((tmp_path / "kept").iterdir())


def test_without_the_document_as_it_was_read_there_is_no_picture(document: Path, tmp_path: Path) -> None:
    held = report(document)
    document.write_bytes(document.read_bytes() + b"\n")
    assert Originals(document.parent, tmp_path / "kept").pictures(held, [number()]) == {}
    document.unlink()
    assert Originals(document.parent, tmp_path / "kept", whole=True).lines(held) == {}


def test_a_document_that_cannot_be_drawn_is_shown_as_text(tmp_path: Path) -> None:
    path = tmp_path / "rapport.pdf"
    path.write_bytes(b"%PDF-1.4\nnothing of the kind")
    assert Originals(tmp_path, tmp_path / "kept").pictures(report(path), [number()]) == {}


def test_whole_texts_are_read_only_where_they_may_be_shown(tmp_path: Path) -> None:
    path = tmp_path / "rapport.txt"
    path.write_text("Une phrase.\n\nVisites 1 204\n", encoding="utf-8")
    assert Originals(tmp_path, tmp_path / "kept").lines(report(path)) == {}
    assert Originals(tmp_path, tmp_path / "kept", whole=True).lines(report(path)) == {
        1: "Une phrase.",
        3: "Visites 1 204",
    }


@pytest.mark.parametrize(
    ("cuts", "addresses"),
    [
        ((1,), ["#n5-0", "#n12-0"]),
        ((1, 12), ["#n5-0", "../../rapport/r/2.html#n12-0"]),  # the part ends within the page
        ((1, 5), ["#n5-0", "#n12-0"]),
    ],
)
def test_a_number_on_a_picture_leads_to_the_part_that_prints_it(
    tmp_path: Path, cuts: tuple[int, ...], addresses: list[str]
) -> None:
    rows = [
        {"rapport_code": "r", "ligne": line, "colonne": 0, "page": 3, "boite": BOX, "constats": None}
        | {"statut": "observation"}
        for line in (5, 12)
    ]
    drawn = {3: Facsimile(3, tmp_path / "3.png", WIDTH, HEIGHT)}
    ((line, picture),) = page_images("r", rows, Places({"r": cuts}), drawn)
    assert (line, [address for address, _, _ in picture.boxes]) == (5, addresses)
