"""Bringing documents of every shape: whatever the layout, a draft that reads, every digit accounted for where
it stands, never a traceback.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from orchestration.discovery import bring as bringing
from orchestration.discovery.bring import bring, summary
from orchestration.discovery.complete import phrase_book
from orchestration.discovery.figures import read_figures
from orchestration.discovery.layout import lines_of
from orchestration.discovery.stacks import stacked_cells
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.documents import Document
from orchestration.extraction.errors import ExtractionError
from orchestration.settings import PROJECT_ROOT
from tests.discovery.scoring import document_of

WORDS = [
    "appels", "visites", "dossiers", "Maladie", "Maternité", "AT-MP", "Total", "dont", "soit", "contre",
    "décroché", "taux", "montant", "évolution", "objectif", "agents", "assurés", "C2S", "prestations",
    "{accolade}", "l'année", "d’euros", "…", "n°", "art.", "L.", "162-1", "20h", "COVID-19", "m²", "¹",
    "%%", "|", ";", ":", "(", ")", "[1]", "<b>", "-", "–", "•", ">", "/", "\\", "\"", "'", "1er", "2ème",
    "œuvre", "\xa0", "\u202f", "\x0c",
]  # fmt: skip
UNITS = (
    "",
    " %",
    " €",
    " M€",
    " k€",
    " millions d'euros",
    " jours",
    " points",
    "%",
    "€",
    " ans",
    " MEUR",
    " Md€",
    "‰",
)
SIGNS = ("", "", "", "+", "-", "- ", "\u2212", "(", "–")
GAPS = (" ", "  ", "   ", "\t", " | ", ";", "      ")


def number(chance: random.Random) -> str:
    one, group, other = chance.randint(1, 9), f"{chance.randint(0, 999):03d}", f"{chance.randint(0, 999):03d}"
    value = chance.choice(
        [
            str(one),
            str(chance.randint(10, 999)),
            f"{chance.randint(1, 999)} {group}",
            str(chance.randint(1995, 2030)),
            f"{chance.randint(1, 99)},{chance.randint(0, 99)}",
            f"{one} {group} {other}",
            f"{one}.{group}",
            f"{one}'{group}",
            f"{chance.randint(1, 28)}/{chance.randint(1, 12)}/2022",
            "2021/2022",
            "1" * chance.randint(1, 40),
            "-",
            "N/A",
        ]
    )
    sign = chance.choice(SIGNS)
    return f"{sign}{value}{chance.choice(UNITS)}" + (")" if sign == "(" and chance.random() < 0.8 else "")


def words(chance: random.Random, most: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(0, most)))


def piece(chance: random.Random) -> str:
    kind = chance.randrange(5)
    if kind == 0:
        parts = (chance.choice((number(chance), words(chance, 6))) for _ in range(chance.randint(1, 8)))
        return " ".join(parts) + chance.choice((".", "", " :", ","))
    if kind == 1:
        gap, columns = chance.choice(GAPS), chance.randint(1, 6)
        heads = (chance.choice(("2021", "2022", "Évolution", "Montant", "Part", "")) for _ in range(columns))
        cells = (
            (words(chance, 2), *(number(chance) for _ in range(columns))) for _ in range(chance.randint(1, 5))
        )
        return "\n".join(gap.join(row) for row in [("", *heads), *cells])
    if kind == 2:
        return "\n".join(
            [number(chance), words(chance, 4), *([chance.choice(UNITS)] if chance.random() < 0.3 else [])]
        )
    if kind == 3:
        return words(chance, 5).upper()
    return chance.choice(("", "\n", "   ", f"{chance.randint(1, 300)}", f"- {chance.randint(1, 99)} -"))


#: Layouts of the long tests, and how many of them stand in one document.
MANY, TOGETHER = int(os.environ.get("OBSERVATOIRE_LAYOUTS", "10000")), 20


def layout(seed: int) -> str:
    chance = random.Random(seed)
    text = "\n".join(piece(chance) for _ in range(chance.randint(1, 14)))
    return f"Rapport d'activité 2022 de la caisse\n{text}\n"


def layouts(start: int) -> str:
    """A document of small layouts, each of one piece or two."""
    chances = [random.Random(seed) for seed in range(start, start + TOGETHER)]
    texts = ["\n".join(piece(chance) for _ in range(chance.randint(1, 2))) for chance in chances]
    return "\n\n".join(["Rapport d'activité 2022 de la caisse", *texts, ""])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A house whose seeds never change: they are read once for all layouts."""
    folder = tmp_path_factory.mktemp("layouts")
    shutil.copytree(PROJECT_ROOT / "dbt_project" / "seeds", folder / "dbt_project" / "seeds")
    catalogue = load_catalogue(folder / "dbt_project" / "seeds")
    book = phrase_book(catalogue, [])
    with pytest.MonkeyPatch.context() as once:
        once.setattr(bringing, "load_catalogue", lambda _: catalogue)
        once.setattr(bringing, "phrase_book", lambda *_, **__: book)
        yield folder


def brought(root: Path, text: str) -> None:
    shutil.rmtree(root / "raw", ignore_errors=True)
    (root / "raw").mkdir()
    path = root / "r.txt"
    path.write_text(text, encoding="utf-8")
    try:
        result = bring(path, root, root / "raw" / "documents", "cpam_gers_2022", "cpam_gers", "2022")
    except ExtractionError as error:
        assert "\n" not in str(error) or str(error).count("\n") < 200
        return
    assert summary(result)
    numbers = result.extract.numbers
    assert lost_or_invented(result.document, numbers) == []
    review = pl.read_csv(result.report.folder / "a_revoir.csv", infer_schema=False)
    observed = numbers.filter(pl.col("statut") == "observation")
    assert review.height >= observed.height + numbers.filter(pl.col("statut") == "a_relever").height
    assert observed.filter(pl.col("libelle").str.contains(r"[\n\t]")).is_empty()


def lost_or_invented(document: Document, numbers: pl.DataFrame) -> list[str]:
    """The digits of a document that no row of its extract prints at their place, and the rows that print
    digits which do not stand there.
    """
    text = document.text
    covered: set[int] = set()
    faults: list[str] = []
    for line, column, printed in numbers.select("ligne", "colonne", "valeur_imprimee").iter_rows():
        at = document.offset(int(line), int(column))
        for character in "".join(printed.split()):
            at += len(text[at:]) - len(text[at:].lstrip())
            if text[at : at + 1] != character:
                faults.append(f"line {line}: {printed!r} does not stand there")
                break
            covered.add(at)
            at += 1
    lost = (at for at, character in enumerate(text) if character.isdecimal() and at not in covered)
    return [*faults, *(f"lost: {text[max(0, at - 20) : at + 5]!r}" for at in lost)]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (("1", "7", "1 204"), []),
        (("1", "7", "1 20"), ["lost: 'reçus : 1 204\\n'"]),
        (("1", "7", "1 205"), ["line 1: '1 205' does not stand there", "lost: 'reçus : 1 204\\n'"]),
    ],
)
def test_a_lost_or_invented_digit_is_told(cells: tuple[str, str, str], fault: list[str]) -> None:
    rows = pl.DataFrame([cells], schema=["ligne", "colonne", "valeur_imprimee"], orient="row")
    assert lost_or_invented(document_of("reçus : 1 204\n"), rows) == fault


@pytest.mark.parametrize("start", range(0, 40, 20))
def test_no_layout_ends_in_a_traceback(root: Path, start: int) -> None:
    for seed in range(start, start + 20):
        brought(root, layout(seed))


def test_a_box_whose_number_is_too_long_for_one_has_none(root: Path) -> None:
    brought(root, f"Rapport d'activité 2022 de la caisse\n\n)\t-{'1' * 38} k€\n")


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1_000, 1_000 + MANY, 500))
def test_ten_thousand_layouts_end_in_no_traceback(root: Path, start: int) -> None:
    for first in range(start, start + 500, TOGETHER):
        brought(root, layouts(first))


#: Two tables laid out downwards; what stands between the second row and the third.
STACK = "Visites\nAppels\nPlis\nNord\n12\n15\n18\nSud\n22\n25\n28\n{between}Est\n32\n35\n38\n"


@pytest.mark.parametrize(
    ("between", "rows"), [("", 3), ("\n", 3), ("La caisse compte le reste à part.\n", 2)]
)
def test_text_between_two_stacks_parts_them(between: str, rows: int) -> None:
    cells = stacked_cells(lines_of(document_of(STACK.format(between=between))), "2023")
    assert [cell.label for cell in cells.values()] == [
        row for row in ["Nord", "Sud", "Est"][:rows] for _ in "abc"
    ]


CPG = """\
                                                            Points
    Indicateur                     {heads}   obtenus

Taux de décroché téléphonique        90,0 %   91,2 %        80

Taux de satisfaction des assurés     87,0 %   88,4 %        60
"""


@pytest.mark.parametrize(
    ("heads", "natures"),
    [
        ("Objectif Résultat", ["objectif", "constate"]),  # two narrow columns, a single blank apart
        ("Résultat Objectif", ["constate", "objectif"]),
        ("Objectif   Résultat", ["objectif", "constate"]),
    ],
)
def test_heads_a_single_blank_apart_are_columns_of_their_own(heads: str, natures: list[str]) -> None:
    figures = read_figures(document_of(CPG.format(heads=heads)), "2023").figures
    assert [f.nature for f in figures if f.unit == "%"] == natures * 2


def test_numbers_alone_above_a_running_title_are_pages() -> None:
    sheet = (
        "\n{page}\n{title}\n\nLa caisse a reçu {count} 204 visites cette année.\n\nElle tient ses délais.\n"
    )
    text = "".join(
        sheet.format(page=page, title="CPAM du Gers - Rapport d'activité 2023", count=40 + page)
        for page in range(1, 7)
    )
    figures = read_figures(document_of(text), "2023").figures
    assert [f.printed for f in figures] == [f"{40 + page} 204" for page in range(1, 7)]
