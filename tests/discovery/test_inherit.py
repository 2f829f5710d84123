"""Last year's template on this year's document."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from orchestration.discovery.concepts import Concept, Proposal
from orchestration.discovery.draft import Understood
from orchestration.discovery.figures import Figure, address, read_figures
from orchestration.discovery.inherit import DECIDED, inherit, latest_of_body
from orchestration.discovery.phrases import UNMAPPED, PhraseBook
from orchestration.discovery.plausible import LastValues
from orchestration.discovery.recall import ONE_HINT, SURE, as_last_year, memory_of, recall
from orchestration.extraction.catalogue import load_catalogue
from orchestration.extraction.documents import Document, read_document
from orchestration.extraction.reports import NUMBER_COLUMNS, Report, load_report
from orchestration.extraction.written_yaml import written
from tests.discovery.conftest import ROOT

TEMPLATE = """\
blocs:
  - bloc: soins
    champs:
      - {lire: "Hospitalisation publique | {} |", indicateur: soins_ville_montant, unite: EUR}
      - {lire: "Hospitalisation privée | {} |", indicateur: soins_ville_montant, unite: EUR}
"""
PAGE = "CPAM du Gers\n\nSOINS\n\n{first} | 412 |\nHospitalisation privée | 118 |\n"


def _declared(root: Path, template: str, more: str = "") -> Report:
    folder = root / "cpam_gers_2021"
    folder.mkdir()
    (folder / "template.yml").write_text(template, encoding="utf-8")
    (folder / "report.yml").write_text(
        "code: cpam_gers_2021\ntitre: CPAM du Gers\norganisme: cpam_gers\nterritoire: dep_32\n"
        f'periode: "2021"\ndocument: rapport.txt\n{more}',
        encoding="utf-8",
    )
    return load_report(folder)


def _printed(root: Path, text: str) -> Document:
    path = root / "rapport.txt"
    path.write_text(text, encoding="utf-8")
    return read_document(path)


@pytest.mark.parametrize(
    ("first", "read"),
    [("Hospitalisation publique", 2), ("Hospitalisation publ.", 2), ("Hôpitaux", 1)],
)
def test_a_row_in_other_words_never_reads_the_ink_of_another(tmp_path: Path, first: str, read: int) -> None:
    older, document = _declared(tmp_path, TEMPLATE), _printed(tmp_path, PAGE.format(first=first))
    found = inherit(older, document, older, load_catalogue(ROOT / "dbt_project" / "seeds"))
    fragments = [form["lire"] for block in found.blocks for form in block["champs"]]
    assert len(fragments) == read and len(set(fragments)) == read


DRAFT = """\
blocs:
  - bloc: soins
    revue: false
    champs:
      - {{lire: "Hospitalisation publique | {{}} |", valeurs: [{first}]}}
      - {{lire: "Hospitalisation privée | {{}} |", valeurs: [{{indicateur: soins_ville_montant}}]}}
"""
MEANT = "{indicateur: soins_ville_montant, unite: EUR, revue: true}"


@pytest.mark.parametrize(
    ("first", "kept"),
    [(MEANT, 1), ("{ecarter: anecdote}", 1), (MEANT.replace(", revue: true", ""), 0)],
)
def test_a_draft_hands_on_what_somebody_decided_and_nothing_else(
    tmp_path: Path, first: str, kept: int
) -> None:
    older = _declared(tmp_path, DRAFT.format(first=first), "brouillon: true\n")
    document = _printed(tmp_path, PAGE.format(first="Hospitalisation publique"))
    newer = older.model_copy(update={"code": "cpam_gers_2022", "periode": "2022"})
    assert latest_of_body(newer, [older]) == older
    assert latest_of_body(newer, [older, older.model_copy(update={"code": "x", "brouillon": False})]) != older
    assert inherit(newer, document, older, load_catalogue(ROOT / "dbt_project" / "seeds")).kept == kept


GROWN = """\
blocs:
  - bloc: soins
    champs:
      - {lire: "Hospitalisation privée | {} | +{} %",
         valeurs: [{indicateur: soins_ville_montant, unite: EUR},
                   {indicateur: soins_ville_montant, unite: "%", nature: NATURE, periode: 2020/2021}]}
"""


@pytest.mark.parametrize(
    ("nature", "printed", "kept"),
    [
        ("evolution", "+3,1", ["Hospitalisation privée | {} | +{} %"]),
        ("evolution", "-3,1", ["Hospitalisation privée | {} | -{} %"]),
        ("evolution", "- 3,1", ["Hospitalisation privée | {} | - {} %"]),
        ("evolution", "3,1", ["Hospitalisation privée | {} | {} %"]),
        ("part", "-3,1", []),
    ],
)
def test_what_grew_last_year_may_fall(tmp_path: Path, nature: str, printed: str, kept: list[str]) -> None:
    older = _declared(tmp_path, GROWN.replace("NATURE", nature))
    document = _printed(tmp_path, f"CPAM du Gers\n\nSOINS\n\nHospitalisation privée | 412 | {printed} %\n")
    found = inherit(older, document, older, load_catalogue(ROOT / "dbt_project" / "seeds"))
    same = [block for block in found.blocks if block["bloc"] == "soins"]
    assert [form["lire"] for block in same for form in block["champs"]] == kept


SPLIT = """\
blocs:
  - bloc: soins
    commun: {indicateur: soins_ville_montant, unite: EUR}
    champs:
      - {lire: "Hospitalisation publique | {} |"}
      - {lire: "Hospitalisation privée | {} |"}
"""


def test_fields_found_again_in_other_words_are_written_without_yaml_aliases(tmp_path: Path) -> None:
    older = _declared(tmp_path, SPLIT)
    text = "CPAM du Gers\n\nSOINS\n\nHospitalisations publiques | 412 |\nHospitalisations privées | 118 |\n"
    found = inherit(older, _printed(tmp_path, text), older, load_catalogue(ROOT / "dbt_project" / "seeds"))
    assert len(found.blocks) == 2 and "&" not in written({"blocs": found.blocks})


TITLE, HEADING = "CPAM du Gers\n\n", "CONTACTS\n\n"
HEAD, CALLS, MAILS, VISITS = (
    "Canal | 2020 | 2021\n",
    "Appels reçus | 12 340 | 13 451\n",
    "Courriels reçus | 4 321 | 4 512\n",
    "Visites | 2 210 | 2 345\n",
)
MEANS = {"Appels reçus": "appels_recus", "Courriels reçus": "courriels_recus", "Visites": "visites_accueil"}
MEANS["Sein"] = "taux_depistage"
NEXT = (
    "Canal | 2021 | 2022\n",
    "Appels reçus | 13 451 | 14 002\n",
    "Courriels reçus | 4 512 | 4 733\n",
    "Visites | 2 345 | 2 406\n",
)
SAME = {
    "14 002": ("appels_recus", True),
    "4 733": ("courriels_recus", True),
    "2 406": ("visites_accueil", True),
}


def _read(root: Path, text: str, year: str) -> list[Figure]:
    return read_figures(_printed(root, TITLE + text), year).figures


def _decided(figures: list[Figure], indicator: str = "") -> pl.DataFrame:
    """The ledger of figures that were all decided, as one indicator or each by the words of its row."""
    rows = [
        dict.fromkeys(NUMBER_COLUMNS, "")
        | {"ligne": str(f.ligne), "colonne": str(f.colonne), "valeur_imprimee": f.printed}
        | {"statut": "observation", "revue": "true", "valeur": str(f.value), "unite": f.unit}
        | {
            "indicateur_code": indicator or MEANS[f.row_label],
            "periode_code": f.period,
            "nature": f.nature,
            "role": f.role,
        }
        for f in figures
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("heading", "rows", "told"),
    [
        pytest.param(HEADING, NEXT, SAME, id="the same words"),
        pytest.param("NOS CANAUX\n\n", NEXT, SAME, id="another heading, last year's numbers again"),
        pytest.param(
            "CONTACTS DES EMPLOYEURS\n\n",
            (NEXT[0], "Appels reçus | 451 | 470\n", "Courriels reçus | 212 | 230\n"),
            {"470": ("appels_recus", False), "230": ("courriels_recus", False)},
            id="another heading, other numbers",
        ),
        pytest.param(
            "3. CONTACTS\n\n",
            ("Canal | 2022\n", "Appels reçus | 14 002\n", "Courriels reçus | 4 733\n"),
            {"14 002": ("appels_recus", True), "4 733": ("courriels_recus", True)},
            id="the heading has a rank now",
        ),
        pytest.param(
            HEADING,
            ("Canal | 2022 | 2021\n", "Appels reçus | 14 002 | 13 451\n", *NEXT[2:]),
            {"14 002": ("appels_recus", True), "13 451": ("appels_recus", True)},
            id="columns in each other's place",
        ),
        pytest.param(
            HEADING,
            (
                NEXT[0],
                NEXT[1].replace("Appels", "Courriels"),
                NEXT[2].replace("Courriels", "Appels"),
                NEXT[3],
            ),
            {"14 002": ("courriels_recus", False), "4 733": ("appels_recus", False)},
            id="two labels in each other's place",
        ),
        pytest.param(
            HEADING,
            (*NEXT[:2], "Messages électroniques | 4 512 | 4 733\n", NEXT[3]),
            {"4 733": ("courriels_recus", True)},
            id="other words, the number of last year in its place",
        ),
        pytest.param(
            HEADING,
            (*NEXT[:2], "Comptes ameli | 88 512 | 90 733\n", NEXT[3]),
            {"90 733": ("", False)},
            id="another thing in its place",
        ),
        pytest.param(
            HEADING,
            (*NEXT[:2], "Courriels reçus par jour | 18 | 19\n", *NEXT[2:]),
            {"19": ("", False), "4 733": ("courriels_recus", True)},
            id="one row more",
        ),
    ],
)
def test_a_row_is_what_two_hints_say_it_was_last_year(
    tmp_path: Path, heading: str, rows: tuple[str, ...], told: dict[str, tuple[str, bool]]
) -> None:
    then = _read(tmp_path, HEADING + HEAD + CALLS + MAILS + VISITS, "2021")
    now = _read(tmp_path, heading + "".join(rows), "2022")
    memory = memory_of(2021, _decided(then), then)
    found = recall(now, 2022, memory)
    places = {f.printed: address(f.ligne, f.colonne, f.printed) for f in now}
    meant = {printed: found[places[printed]] for printed in told}
    assert {p: (one.meaning.get("indicateur", ""), one.sure) for p, one in meant.items()} == told
    read = {address(f.ligne, f.colonne, f.printed): f.period for f in now}
    assert all(one.meaning["periode"] == read[place] for place, one in found.items() if one.meaning)


@pytest.mark.parametrize(
    ("words", "likely", "sure"),
    [
        ("Messages électroniques", "courriels_recus", True),
        ("Messages électroniques", "", False),
        ("Courriels arrivés", "", True),
        ("Flux reçus", "", True),
    ],
)
def test_a_stranger_that_prints_a_rows_numbers_is_not_taken_for_it(
    tmp_path: Path, words: str, likely: str, sure: bool
) -> None:
    then = _read(tmp_path, HEADING + HEAD + CALLS + MAILS + VISITS, "2021")
    now = _read(tmp_path, HEADING + "".join(NEXT).replace("Courriels reçus", words), "2022")
    book = PhraseBook(load_catalogue(ROOT / "dbt_project" / "seeds"), [])
    told = (Proposal(likely, True, likely, "accueil", 0.2),) if likely else ()
    read = [Understood(f, Concept(UNMAPPED, "accueil", 0.2, proposals=told)) for f in now]
    recalled = recall(now, 2022, memory_of(2021, _decided(then), then))
    meant = {u.figure.printed: u for u in as_last_year(read, recalled, book, LastValues())}
    assert meant["4 733"].concept.indicator == "courriels_recus"
    assert (meant["4 733"].figure.confidence == SURE) == sure


def test_what_was_decided_is_found_where_lines_are_read_otherwise_now(tmp_path: Path) -> None:
    then = _read(tmp_path, HEADING + HEAD + CALLS + MAILS + VISITS, "2021")
    decided = _decided(then)
    elsewhere = decided.with_columns((pl.col("ligne").cast(pl.Int64) + 1).cast(pl.String))
    other = elsewhere.with_columns(valeur=pl.lit("7"), valeur_imprimee=pl.lit("7"))
    assert memory_of(2021, elsewhere, then).rows == memory_of(2021, decided, then).rows
    assert not memory_of(2021, other, then).rows


FIELD = """\
blocs:
  - bloc: contacts
    champs:
      - {lire: "Visites | {} | {}", indicateur: visites_accueil, unite: nombre,
         valeurs: [{periode: "2020"}, {periode: "2021"}]}
"""


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        (HEADING + "".join(NEXT), {DECIDED}),
        (HEADING + "".join(NEXT[:3]) + "Visites | 7 345 | 8 406\n", {ONE_HINT}),
        ("BUDGET\n\nInvestissements | 2021 | 2022\nVisites | 7 345 | 8 406\n", {ONE_HINT}),
        (HEADING + "".join(NEXT).replace("2021 | 2022", "2022 | 2021"), set()),
        (HEADING + "".join(NEXT).replace("2 406", "240 600"), {DECIDED, ONE_HINT}),
    ],
)
def test_a_field_is_as_sure_as_what_stands_around_it(tmp_path: Path, text: str, sure: set[float]) -> None:
    then = _read(tmp_path, HEADING + HEAD + CALLS + MAILS + VISITS, "2021")
    older = _declared(tmp_path, FIELD)
    newer = older.model_copy(update={"code": "cpam_gers_2022", "periode": "2022"})
    document = _printed(tmp_path, TITLE + text)
    recalled = recall(read_figures(document, "2022").figures, 2022, memory_of(2021, _decided(then), then))
    last = LastValues(_decided(then))
    found = inherit(newer, document, older, load_catalogue(ROOT / "dbt_project" / "seeds"), recalled, last)
    values = [value for block in found.blocks for form in block["champs"] for value in form["valeurs"]]
    assert {value["confiance"] for value in values} == sure and found.kept == bool(sure)


GOAL = """\
blocs:
  - bloc: depistage
    champs:
      - {lire: "Sein | {} % | {} %", indicateur: taux_depistage, unite: "%",
         valeurs: [{nature: objectif}, {nature: constate}]}
"""


@pytest.mark.parametrize(
    ("head", "kept"), [("Programme | Objectif | Résultat\n", 1), ("Programme | Résultat | Objectif\n", 0)]
)
def test_a_field_whose_columns_changed_places_is_left(tmp_path: Path, head: str, kept: int) -> None:
    then = _read(tmp_path, "DÉPISTAGE\n\nProgramme | Objectif | Résultat\nSein | 70 % | 61 %\n", "2021")
    assert [f.nature for f in then] == ["objectif", "constate"]
    older = _declared(tmp_path, GOAL)
    newer = older.model_copy(update={"code": "cpam_gers_2022", "periode": "2022"})
    document = _printed(tmp_path, f"{TITLE}DÉPISTAGE\n\n{head}Sein | 62 % | 71 %\n")
    recalled = recall(read_figures(document, "2022").figures, 2022, memory_of(2021, _decided(then), then))
    found = inherit(newer, document, older, load_catalogue(ROOT / "dbt_project" / "seeds"), recalled)
    assert found.kept == kept


COVERED = """\
blocs:
  - bloc: soins
    champs:
      - {{lire: "CPTS couvrent {{}} % du territoire", indicateur: taux_depistage, unite: "%",
         nature: part, valeurs: [{{libelle: "{label}"}}]}}
"""


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("territoire | Six CPTS couvrent", "territoire | Sept CPTS couvrent"),
        ("Couverture", "Couverture"),  # given by hand
    ],
)
def test_a_field_is_named_by_this_years_words(tmp_path: Path, label: str, told: str) -> None:
    then = _read(tmp_path, "SOINS\n\nSix CPTS couvrent 80 % du territoire.\n", "2021")
    decided = _decided(then, "taux_depistage").with_columns(libelle=pl.lit(label))
    older = _declared(tmp_path, COVERED.format(label=label))
    newer = older.model_copy(update={"code": "cpam_gers_2022", "periode": "2022"})
    document = _printed(tmp_path, f"{TITLE}SOINS\n\nSept CPTS couvrent 84 % du territoire.\n")
    recalled = recall(read_figures(document, "2022").figures, 2022, memory_of(2021, decided, then))
    found = inherit(newer, document, older, load_catalogue(ROOT / "dbt_project" / "seeds"), recalled)
    assert [form["valeurs"][0]["libelle"] for block in found.blocks for form in block["champs"]] == [told]


BUDGET = """\
blocs:
  - bloc: budget
    champs:
      - {lire: "Personnel | {}", indicateur: charges_gestion, unite: EUR, multiplicateur: millier,
         valeurs: [null]}
"""


@pytest.mark.parametrize(("unit", "printed", "kept"), [("k€", "16 120", 1), ("M€", "16,120", 0)])
def test_a_field_is_left_whose_title_says_another_scale(
    tmp_path: Path, unit: str, printed: str, kept: int
) -> None:
    then = _read(tmp_path, "BUDGET\n\nBudget (en k€) | 2021\nPersonnel | 15 842\n", "2021")
    assert [f.value for f in then] == [15_842_000]
    older = _declared(tmp_path, BUDGET)
    newer = older.model_copy(update={"code": "cpam_gers_2022", "periode": "2022"})
    document = _printed(tmp_path, f"{TITLE}BUDGET\n\nBudget (en {unit}) | 2022\nPersonnel | {printed}\n")
    decided = _decided(then, "charges_gestion")
    recalled = recall(read_figures(document, "2022").figures, 2022, memory_of(2021, decided, then))
    found = inherit(newer, document, older, load_catalogue(ROOT / "dbt_project" / "seeds"), recalled)
    assert found.kept == kept
