"""PDF pages as people see them: each small page beside what must come out, and what must be told
as left out.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from orchestration.discovery.layout import Kind, lines_of
from orchestration.extraction.documents import Document, Place, read_document
from orchestration.extraction.reports import _note_marks

FILLER = "Un texte de remplissage pour que la page ne passe pas pour une image"
BIG, SMALL, NORMAL = ("Helvetica-Bold", 30), ("Helvetica", 14), ("Helvetica", 10)
HEIGHT = 842


def document(folder: Path, draw: Callable[..., None], **options: object) -> Document:
    buffer = io.BytesIO()
    page = Canvas(buffer, pagesize=(595, HEIGHT), invariant=1, **options)
    page.setFont(*NORMAL)
    page.drawString(40, 40, FILLER)
    draw(page)
    page.save()
    path = folder / "r.pdf"
    path.write_bytes(buffer.getvalue())
    return read_document(path)


def show(page: Canvas, x: float, y: float, text: str, font: tuple[str, float] = NORMAL) -> float:
    page.setFont(*font)
    page.drawString(x, y, text)
    return x + page.stringWidth(text, *font)


def big_number_small_unit(page: Canvas) -> None:
    end = show(page, 40, 700, "1 245", BIG)
    show(page, end + 8, 700, "M€", SMALL)


def raised_mark(page: Canvas) -> None:
    end = show(page, 40, 700, "Versements : 320")
    show(page, end, 704, "1", ("Helvetica", 6))
    show(page, end + 6, 700, "millions d'euros")


def raised_unit(page: Canvas) -> None:
    end = show(page, 40, 700, "Surface : 950 m")
    show(page, end, 704, "2", ("Helvetica", 6))


def printed_twice(page: Canvas) -> None:
    for shift in (0, 0.4, 0.8):
        show(page, 40 + shift, 700 + shift, "Effectif : 11 398 agents")


def shadow(page: Canvas) -> None:
    show(page, 41.5, 698.5, "Effectif : 11 398 agents")
    show(page, 40, 700, "Effectif : 11 398 agents")


def letter_spaced(page: Canvas) -> None:
    text = page.beginText(40, 700)
    text.setCharSpace(5)
    text.textLine("12345 agents")
    page.drawText(text)


def cells_of_one_digit(page: Canvas) -> None:
    show(page, 40, 700, "Agences")
    text = page.beginText(140, 700)
    text.setCharSpace(24)
    text.textLine("0203")
    page.drawText(text)


def two_columns(page: Canvas) -> None:
    left = [
        "La caisse a versé en 2021 un total de",
        "1 245 millions d'euros de prestations,",
        "soit une hausse de 3,2 % en un an pour",
    ]
    right = [
        "Les contrôles ont permis de trouver un",
        "préjudice de 2 345 612 euros, dont la",
        "moitié pour des soins jamais donnés.",
    ]
    for row, (a, b) in enumerate(zip(left, right, strict=True)):
        show(page, 40, 700 - 13 * row, a)
        show(page, 310, 700 - 13 * row, b)


def aside_table(page: Canvas) -> None:
    page.saveState()
    page.translate(300, 300)
    page.rotate(90)
    for row, cells in enumerate(
        [
            ("Catégorie", "2021", "2022"),
            ("Cadres et assimilés", "58", "61"),
            ("Employés des services", "345", "351"),
        ]
    ):
        for column, cell in enumerate(cells):
            show(page, 130 * column, -18 * row, cell)
    page.restoreState()


def vertical_heads(page: Canvas) -> None:
    for column, head in enumerate(["Appels reçus", "Courriels"]):
        page.saveState()
        page.translate(218 + 80 * column, 720)
        page.rotate(90)
        show(page, 0, 0, head)
        page.restoreState()
    for row, cells in enumerate([("Nîmes", "1 204", "312"), ("Alès", "904", "210")]):
        for column, cell in enumerate(cells):
            show(page, 40 + 160 * min(column, 1) + 80 * max(0, column - 1), 700 - 18 * row, cell)


def cells_of_several_lines(page: Canvas) -> None:
    for row, (first, second, value) in enumerate(
        [("Délai moyen des", "arrêts de travail", "12,4"), ("Taux de réponse", "de la plateforme", "85,2")]
    ):
        show(page, 40, 700 - 50 * row, first)
        show(page, 40, 688 - 50 * row, second)
        show(page, 250, 694 - 50 * row, value)


def ruled_cells(page: Canvas) -> None:
    page.grid([40, 160, 240, 320], [700, 660, 620, 580])
    for x, y, text in [
        (45, 680, "Indicateur"),
        (165, 680, "2021"),
        (245, 680, "2022"),
        (45, 645, "Délai de"),
        (45, 630, "traitement"),
        (165, 638, "12 450"),
        (200, 638, ""),
        (245, 638, "13 000"),
        (45, 600, "Visites"),
        (245, 600, "87"),
    ]:
        show(page, x, y, text)


def raised_endings(page: Canvas) -> None:
    """As a browser prints them: five sixths of the size of the text."""
    for x, rank, ending in ((40, "1", "er"), (110, "2", "e")):
        end = show(page, x, 700, rank)
        end = show(page, end, 703.5, ending, ("Helvetica", 8.3))
        show(page, end + 3, 700, "trim.")
    end = show(page, 200, 700, "40 habitants")
    show(page, end, 703.5, "1", ("Helvetica", 8.3))


LEFT = ["La caisse a versé en un an un total de", "245 millions de prestations, dont douze"]
RIGHT = ["Les contrôles ont permis de trouver un", "préjudice de 612 euros, dont la moitié"]
UPPER = [*LEFT, LEFT[0], *RIGHT, RIGHT[0]]


def title_over_columns(page: Canvas) -> None:
    for top in (740, 640):
        for row in range(3):
            show(page, 40, top - 13 * row, (LEFT * 2)[row])
            show(page, 310, top - 13 * row, (RIGHT * 2)[row])
    show(page, 40, 680, "Faire vivre les droits", ("Helvetica-Bold", 15))


def boxes_beside_prose(page: Canvas) -> None:
    for row, line in enumerate([*LEFT, *RIGHT, *LEFT]):
        show(page, 210, 720 - 13 * row, line)
    for y, number, words in ((712, "8 940", "heures suivies"), (664, "15 %", "de papier en moins")):
        show(page, 40, y, number, ("Helvetica-Bold", 18))
        show(page, 40, y - 13, words)


CARDS = ["Visites dans nos accueils", "96 480", "203 918", "comptes ouverts", "Fraude", "1,62 M€", "stoppés"]


def cards(page: Canvas, *, framed: bool = True) -> None:
    """Words above the number of one, below that of the other, around that of the third."""
    for x, rows in (
        (40, (("Visites dans nos", NORMAL), ("accueils", NORMAL), ("96 480", SMALL))),
        (150, (("203 918", SMALL), ("comptes", NORMAL), ("ouverts", NORMAL))),
        (260, (("Fraude", NORMAL), ("1,62 M€", SMALL), ("stoppés", NORMAL))),
    ):
        if framed:
            page.roundRect(x, 660, 100, 60, 4, fill=0)
        for row, (text, font) in enumerate(rows):
            show(page, x + 10, 700 - 15 * row, text, font)


def cards_without_frames(page: Canvas) -> None:
    cards(page, framed=False)


def cards_of_two_numbers(page: Canvas) -> None:
    for x, title, rows in (
        (40, "Rembourser", (("9 812", "feuilles"), ("5,1 jours", "de délai"))),
        (200, "Contrôler", (("1,9 M€", "notifiés"), ("61 %", "de recouvrement"))),
    ):
        page.roundRect(x, 600, 140, 120, 4, fill=0)
        show(page, x + 10, 700, title)
        for row, (number, words) in enumerate(rows):
            show(page, x + 10, 675 - 36 * row, number, SMALL)
            show(page, x + 10, 662 - 36 * row, words)


def merged_heads(page: Canvas) -> None:
    show(page, 210, 709, "En milliers d'euros")
    show(page, 100, 700, "Poste")
    for x, name in ((200, "2021"), (270, "2022")):
        show(page, x, 691, name)
    show(page, 330, 700, "Part")
    for row, (label, *cells) in enumerate(
        [("Soins de ville et de proximité", "245", "251", "36 %"), ("Séjours", "98", "91", "20 %")]
    ):
        for x, cell in zip((40, 205, 275, 330), (label, *cells), strict=True):
            show(page, x, 672 - 18 * row, cell)


def printed_over(page: Canvas) -> None:
    show(page, 40, 700, "Un libellé trop long qui déborde")
    show(page, 150, 700, "5512")


@pytest.mark.parametrize(
    ("draw", "lines"),
    [
        (big_number_small_unit, ["1 245 M€"]),
        (raised_mark, ["Versements : 320 millions d'euros ¹"]),
        (raised_unit, ["Surface : 950 m²"]),
        (printed_twice, ["Effectif : 11 398 agents"]),
        (shadow, ["Effectif : 11 398 agents"]),
        (letter_spaced, ["12345 agents"]),
        (cells_of_one_digit, ["Agences   0   2   0   3"]),
        (two_columns, ["1 245 millions d'euros de prestations,", "préjudice de 2 345 612 euros, dont la"]),
        (aside_table, ["Catégorie               2021   2022", "Employés des services   345    351"]),
        (vertical_heads, ["        Appels reçus   Courriels", "Nîmes          1 204         312"]),
        (
            cells_of_several_lines,
            ["Délai moyen des arrêts de travail   12,4", "Taux de réponse de la plateforme    85,2"],
        ),
        (ruled_cells, ["Délai de traitement | 12 450 | 13 000", "Visites             |        | 87"]),
        (printed_over, ["Un libellé trop long qui déborde   5512"]),
        (raised_endings, ["1er trim.   2e trim.   40 habitants¹"]),
        (title_over_columns, [*UPPER, "Faire vivre les droits", *UPPER]),
        (boxes_beside_prose, ["8 940", "heures suivies", "15 %", "de papier en moins", *LEFT, *LEFT]),
        (cards, CARDS),
        (cards_without_frames, CARDS),
        (
            cards_of_two_numbers,
            ["Rembourser", "9 812", "feuilles", "5,1 jours", "de délai", "Contrôler", "1,9 M€", "notifiés"],
        ),
        (merged_heads, ["        Poste                    2021   2022   Part"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_page_reads_as_a_person_reads_it(
    tmp_path: Path, draw: Callable[..., None], lines: list[str]
) -> None:
    found = document(tmp_path, draw)
    assert found.left_out == ()
    assert [line.rstrip() for line in lines] == [
        line for line in found.lines if line in {line.rstrip() for line in lines}
    ]


def white_on_white(page: Canvas) -> None:
    page.setFillColorRGB(1, 1, 1)
    show(page, 40, 700, "caché 4512")
    page.setFillColorRGB(0, 0, 0)


def off_the_page(page: Canvas) -> None:
    show(page, 700, 700, "dehors 4512")


def under_a_patch(page: Canvas) -> None:
    show(page, 40, 700, "couvert 4512")
    page.setFillColorRGB(1, 1, 1)
    page.rect(30, 690, 200, 30, stroke=0, fill=1)
    page.setFillColorRGB(0, 0, 0)


@pytest.mark.parametrize(
    ("draw", "reason"),
    [(white_on_white, "invisible"), (off_the_page, "hors page"), (under_a_patch, "invisible")],
)
def test_what_no_eye_sees_is_left_out_and_told(
    tmp_path: Path, draw: Callable[..., None], reason: str
) -> None:
    found = document(tmp_path, draw)
    assert "4512" not in found.text
    assert [(left.reason, left.text[-4:], left.page) for left in found.left_out] == [(reason, "4512", 1)]


def test_white_on_a_dark_ground_is_seen(tmp_path: Path) -> None:
    def draw(page: Canvas) -> None:
        page.rect(30, 690, 200, 30, stroke=0, fill=1)
        page.setFillColorRGB(1, 1, 1)
        show(page, 40, 700, "1 245 agents")
        page.setFillColorRGB(0, 0, 0)

    found = document(tmp_path, draw)
    assert "1 245 agents" in found.lines and not found.left_out


def place_of(found: Document, text: str) -> Place:
    start = found.text.index(text)
    place = found.place(start, start + len(text))
    assert place is not None
    return place


@pytest.mark.parametrize(("turned", "height"), [(0, HEIGHT), (90, 595), (270, 595)])
def test_a_number_knows_its_place_on_the_unrotated_page(tmp_path: Path, turned: int, height: int) -> None:
    """reportlab swaps the sides of a page that it turns."""

    def draw(page: Canvas) -> None:
        page.setPageRotation(turned)
        show(page, 100, 500, "Visites : 12 450 appels")

    place = place_of(document(tmp_path, draw), "12 450")
    left = 100 + Canvas(io.BytesIO()).stringWidth("Visites : ", *NORMAL)
    assert place.page == 1
    assert place.x0 == pytest.approx(left, abs=1.5) and place.x1 - place.x0 == pytest.approx(30, abs=2)
    assert place.y0 == pytest.approx(height - 507, abs=1) and place.y1 == pytest.approx(height - 500, abs=1)


def test_numbers_of_the_second_page_are_on_the_second_page(tmp_path: Path) -> None:
    def draw(page: Canvas) -> None:
        show(page, 40, 700, "Visites : 12 450")
        page.showPage()
        show(page, 40, 600, "Appels : 8 310")

    found = document(tmp_path, draw)
    assert (place_of(found, "12 450").page, place_of(found, "8 310").page) == (1, 2)
    assert place_of(found, "8 310").y1 == pytest.approx(HEIGHT - 600, abs=1)


def test_marks_of_notes_are_in_the_ledger_and_in_no_number() -> None:
    found = Document("d", "12 450 visites ¹ et 320² M€ sur 950 m² ⁽³⁾\n", "")
    assert found.folded.flat == "12 450 visites et 320 M€ sur 950 m² "
    marks = [(row["valeur_imprimee"], row["motif"]) for row in _note_marks(found, [])]
    assert marks == [("¹", "appel_de_note"), ("²", "appel_de_note"), ("⁽³⁾", "appel_de_note")]
    start = found.folded.flat.index("320 M€")
    assert [row["valeur_imprimee"] for row in _note_marks(found, [(start, start + 6)])] == ["¹", "⁽³⁾"]


def titles(page: Canvas) -> None:
    show(page, 40, 760, "Nos équipes", ("Helvetica-Bold", 14))
    show(page, 40, 740, "Des lignes qui ne sont pas plus grandes que les autres", NORMAL)
    show(page, 40, 700, "312", BIG)
    show(page, 40, 684, "salariés", ("Helvetica", 11))
    show(page, 40, 640, "Un chiffre plus grand que son texte : ", NORMAL)
    show(page, 260, 640, "14", SMALL)


def test_lines_printed_larger_than_the_text_are_told_and_titles_are_those_that_read_as_such(
    tmp_path: Path,
) -> None:
    found = document(tmp_path, titles)
    assert [found.lines[line - 1].strip() for line in found.large] == ["Nos équipes", "312"]
    assert [line.text for line in lines_of(found) if line.kind is Kind.HEADING] == ["Nos équipes"]


def slanted(angle: int, text: str, spacing: float) -> Callable[[Canvas], None]:
    def draw(page: Canvas) -> None:
        page.translate(200, 500)
        page.rotate(angle)
        words = page.beginText(0, 0)
        words.setFont("Helvetica-Bold", 24)
        words.setCharSpace(spacing)
        words.textOut(text)
        page.drawText(words)

    return draw


@pytest.mark.parametrize(
    ("angle", "text", "spacing"),
    [
        (-6, "98,2 % des appels", 2.0),
        (6, "1 245 visites", 0.0),
        (15, "54 320 dossiers", 1.0),
        (-60, "7 654 321 actes", 1.0),
        (45, "318 204 agents", 0.0),
        (6, "412   87   93", 0.0),
    ],
)
def test_numbers_of_a_slanted_card_are_whole_and_apart(
    tmp_path: Path, angle: int, text: str, spacing: float
) -> None:
    found = document(tmp_path, slanted(angle, text, spacing))
    assert " ".join(text.split()) in " ".join(found.text.split())


def test_the_box_of_a_mark_does_not_hold_the_word_that_it_marks(tmp_path: Path) -> None:
    def draw(page: Canvas) -> None:
        end = show(page, 40, 700, "Versements : 320 dossiers")
        show(page, end, 704, "1", ("Helvetica", 6))
        show(page, end + 8, 700, "en tout")

    found = document(tmp_path, draw)
    at = found.text.index("¹")
    place = found.place(at, at + 1)
    assert place is not None
    assert place.x1 - place.x0 < 6


def pdf_whose_z_means(code: int, text: str) -> bytes:
    """A page that draws ``text``, in a font that calls its letter Z the character ``code``."""
    names = f"1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <5a> <{code:04x}> endbfchar"
    drawn = f"BT /F 12 Tf 40 700 Td ({text}) Tj 0 -40 Td ({FILLER}) Tj ET"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        f"<< /Length {len(names)} >>\nstream\n{names}\nendstream",
    ]
    objects = "".join(f"{n} 0 obj\n{body}\nendobj\n" for n, body in enumerate(bodies, 1))
    return f"%PDF-1.4\n{objects}trailer << /Root 1 0 R >>\n%%EOF\n".encode()


@pytest.mark.parametrize(
    ("code", "drawn", "read"),
    [
        pytest.param(0x1F, "Con[Z]rmations : 320", "Con[•]rmations : 320", id="ligature-without-letters"),
        pytest.param(0x80, "320 Z", "320 €", id="euro-of-windows"),
        pytest.param(0x92, "LZaccueil : 320", "L’accueil : 320", id="apostrophe-of-windows"),
        pytest.param(0x81, "Con[Z]rmations : 320", "Con[•]rmations : 320", id="no-character-of-windows"),
        pytest.param(0x09, "AccueilZ320", "Accueil 320", id="a-tab-is-a-blank"),
    ],
)
def test_a_drawn_control_character_is_a_letter_and_no_reason_to_refuse(
    tmp_path: Path, code: int, drawn: str, read: str
) -> None:
    path = tmp_path / "r.pdf"
    path.write_bytes(pdf_whose_z_means(code, drawn))
    assert read in read_document(path).text
