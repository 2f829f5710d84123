"""A new report from a document to a reviewed template: first run, convergence, last year's template, bad
input.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml

from orchestration.building.inputs import declared_reports
from orchestration.commands.cli import main
from orchestration.discovery import aside
from orchestration.discovery import bring as bringing
from orchestration.discovery.bring import Brought, summary
from orchestration.discovery.complete import BLOCK
from orchestration.discovery.periods import stated_year
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.formats import LeftOut
from orchestration.extraction.reports import list_reports, reports_to_read
from tests.discovery.conftest import REPORT, ROOT

Bring = Callable[..., Brought]


def observed(brought: Brought) -> pl.DataFrame:
    return brought.extract.numbers.filter(pl.col("statut") == "observation")


def test_a_first_run_writes_a_draft_and_a_review_list(bring_text: Bring) -> None:
    brought = bring_text()
    folder = brought.report.folder
    assert folder.name == "cpam_gers_2022"
    assert {p.name for p in folder.iterdir()} >= {
        "report.yml",
        "template.yml",
        "numbers.csv",
        "relations.csv",
        "a_revoir.csv",
    }
    assert (brought.report.organisme, brought.report.territoire, brought.new_members) == (
        "cpam_gers",
        "dep_32",
        [],
    )
    rows = observed(brought)
    assert set(rows["revue"]) == {"false"}
    assert not brought.extract.numbers.filter(pl.col("statut") == "a_relever").height
    amount = rows.filter(pl.col("valeur_imprimee").str.contains("431,0")).row(0, named=True)
    assert (amount["valeur"], amount["unite"], amount["periode_code"], amount["indicateur_code"]) == (
        "431000000",
        "EUR",
        "2022",
        "prestations_versees",
    )


def test_a_figure_without_indicator_keeps_its_domain(bring_text: Bring) -> None:
    text = REPORT + "\nLUTTE CONTRE LA FRAUDE\n\n312 dossiers frauduleux zzz sur le territoire\n"
    brought = bring_text(text)
    rows = observed(brought)
    (fraud,) = rows.filter(pl.col("valeur_imprimee") == "312").iter_rows(named=True)
    assert fraud["domaine"] == "fraude"
    (visits,) = rows.filter(pl.col("valeur_imprimee") == "1 204").iter_rows(named=True)
    assert (visits["indicateur_code"], visits["concept_code"], visits["domaine"]) == (
        "visites_accueil",
        "visites_accueil",
        "accueil",
    )


def test_the_review_list_begins_with_the_most_doubtful(bring_text: Bring) -> None:
    path = bring_text().report.folder / "a_revoir.csv"
    confidences = [float(c) for c in pl.read_csv(path, infer_schema=False)["confiance"]]
    assert confidences == sorted(confidences) and 0 < confidences[0] < confidences[-1] <= 1


def test_editing_the_draft_and_running_again_converges(bring_text: Bring) -> None:
    first = bring_text()
    template = first.report.folder / "template.yml"
    data = yaml.safe_load(template.read_text(encoding="utf-8"))
    data["blocs"][0]["revue"] = True
    edited = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    template.write_text(edited, encoding="utf-8")
    again = bring_text()
    assert template.read_text(encoding="utf-8") == edited
    assert (observed(again)["revue"] == "true").any()
    assert sorted(observed(again)["valeur"]) == sorted(observed(first)["valeur"])
    third = bring_text()
    assert third.extract.numbers.equals(again.extract.numbers)
    proposals = again.report.folder / "template" / "propositions.yml"
    assert not proposals.exists()


HARD = """\
CPAM du Gers
Rapport d'activité 2022

17 maternité (+1 par rapport à 2021)
Aide : 4 MEUR
Résultat : (980) k€

12
sites

34
sites

Risque | 2021 | 2022 | Évolution
Maladie | 100 123 | 110 135 | 10,0 %
Maternité | 20 011 | 21 012 | 9,0 %
Total | 120 134 | 131 647 | 9,6 %

Aides | 2021 | 2022 | Évolution
Ateliers | 3 871 | 4 018 | 2,86 M€
"""


def test_every_observed_figure_is_in_the_draft(bring_text: Bring) -> None:
    brought = bring_text(HARD)
    rows = observed(brought)
    assert rows.height >= 14
    assert rows.filter(pl.col("bloc") == BLOCK).height == 0
    values = set(rows["valeur"])
    assert {"1", "4000000", "-980000", "12", "34", "131647"} <= values


def test_the_review_list_quotes_the_print_and_tells_what_does_not_add_up(bring_text: Bring) -> None:
    rows = pl.read_csv(bring_text(HARD).report.folder / "a_revoir.csv", infer_schema=False)
    by_value = {row["valeur_imprimee"]: row for row in rows.iter_rows(named=True)}
    assert by_value["110 135"]["phrase"] == "Maladie | 100 123 | 110 135 | 10,0 %"
    assert "l'évolution « 9,0 % » (ligne" in by_value["9,0 %"]["doute"]
    assert "devrait être 131\u202f147, somme de" in by_value["131 647"]["doute"]
    assert not by_value["120 134"]["doute"] and not by_value["10,0 %"]["doute"]
    assert not by_value["2,86 M€"]["doute"], "a change between counts is not told in euros"


def test_the_summary_tells_what_was_not_read(bring_text: Bring) -> None:
    brought = bring_text()
    left = (LeftOut("menu", "Accueil 11"), LeftOut("menu", "Espace 4512"), LeftOut("invisible", "77", 3))
    brought.document = replace(brought.document, left_out=left)
    told = summary(brought)
    assert "non lu (menu) : 6 chiffres en 2 endroits, comme « Espace 4512 »\n" in told
    assert "non lu (invisible) : 2 chiffres en 1 endroit, comme « 77 », page 3" in told


def test_the_summary_says_what_to_do_next(bring_text: Bring) -> None:
    told = summary(bring_text())
    assert "nombres imprimés" in told and "a_revoir.csv" in told and "make review REPORT=" in told


NEXT_YEAR = """\
CPAM du Gers
Rapport d'activité 2023

1 150 visites à l'accueil (1 204 en 2022)

Le taux de décroché : 92,0 % (objectif 91 %)
"""
OLD_TEMPLATE = """\
blocs:
  - bloc: accueil
    debut: "CPAM du Gers"
    commun: {indicateur: visites_accueil}
    champs:
      - {lire: "{} visites à l'accueil"}
  - bloc: telephone
    champs:
      - {lire: "Taux du décroché : {} % (objectif {} %)", valeurs: [{indicateur: taux_decroche}, {indicateur: taux_decroche, nature: objectif}]}
  - bloc: perdu
    champs:
      - {lire: "{} bornes multiservices", indicateur: visites_accueil}
"""


def test_last_years_template_is_tried_first(bring_text: Bring) -> None:
    last = bring_text()
    (last.report.folder / "template.yml").write_text(OLD_TEMPLATE, encoding="utf-8")
    declared = last.report.folder / "report.yml"
    declared.write_text(
        declared.read_text(encoding="utf-8").replace("brouillon: true\n", ""), encoding="utf-8"
    )
    brought = bring_text(NEXT_YEAR, "rapport_2023.txt")
    inherited = brought.inherited
    assert inherited is not None and inherited.source == "cpam_gers_2022"
    assert inherited.kept == 1
    assert [told for told in inherited.gone if told.startswith("perdu")]
    assert any(told.startswith("telephone") for told in inherited.moved)
    visits = observed(brought).filter(pl.col("indicateur_code") == "visites_accueil")
    assert ("1150", "2023", "false") in list(visits.select("valeur", "periode_code", "revue").iter_rows())


def refused(house: Path, *arguments: str) -> bool:
    """Whether a command on this house ends with the status of a refusal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OBSERVATOIRE_ROOT", str(house))
        patch.delenv("OBSERVATOIRE_DOCUMENTS", raising=False)
        with pytest.raises(SystemExit) as ended:
            main(arguments)
    return ended.value.code == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("vide.txt", b"", "empty"),
        ("blancs.txt", b"  \n \n", "empty"),
        ("image.png", b"\x89PNG", ".pdf"),
        ("faux.pdf", b"not a pdf at all", "PDF"),
        ("faux.html", b"just words", "HTML"),
        ("binaire.txt", b"\x00\x01\x02", ""),
        ("sans_organisme.txt", b"12 dossiers en 2022\n", "ORGANISME"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    house: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, told: str
) -> None:
    path = house / name
    path.write_bytes(content)
    assert refused(house, "report", str(path))
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error and error.count("\n") == 1
    assert not list((house / "raw").iterdir())


@pytest.mark.parametrize("step", ["_template", "review_list", "_keep_document"])
@pytest.mark.parametrize(
    "error", [ExtractionError("refused"), KeyboardInterrupt()], ids=lambda error: type(error).__name__
)
def test_a_report_is_brought_whole_or_not_at_all(
    bring_text: Bring, house: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    """The body is unknown to the seeds, so that they would have gained a member before the refusal."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    def files() -> dict[Path, bytes]:
        return {
            path: path.read_bytes() for path in house.rglob("*") if path.is_file() and path.parent != house
        }

    unknown = REPORT.replace("CPAM du Gers", "CPAM de Nullepart")
    for text in (unknown, unknown + "\n77 dossiers\n"):
        before = files()
        with monkeypatch.context() as broken:
            broken.setattr(bringing, step, refuse)
            with pytest.raises(type(error)):
                bring_text(text, body="CPAM de Nullepart")
        assert files() == before
        bring_text(unknown, body="CPAM de Nullepart")  # then a report that is there, to be brought again


#: Brings a report in a process that is killed when it comes to a function: a name of a module.
KILLED_RUN = """
import importlib, os, signal, sys
from pathlib import Path
house, module, name = Path(sys.argv[1]), importlib.import_module(sys.argv[2]), sys.argv[3]
setattr(module, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
from orchestration.discovery.bring import bring
bring(house / "rapport_2022.txt", house, house / "documents", body="CPAM de Nullepart")
"""


def killed_at(house: Path, step: str, text: str) -> None:
    (house / "rapport_2022.txt").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, str(house), *step.split()], cwd=ROOT, timeout=600
    )
    assert done.returncode == -signal.SIGKILL, f"{step} was never reached"


UNKNOWN = REPORT.replace("CPAM du Gers", "CPAM de Nullepart")
CODE = "cpam_nullepart_2022"
#: The first and the last moments of a run at which nothing is in place yet.
KILLED = (
    "orchestration.discovery.bring review_list",
    "orchestration.discovery.bring _keep_document",
    "os rename",
)


@pytest.mark.parametrize("step", KILLED)
def test_a_run_that_is_killed_leaves_no_part_of_a_report(bring_text: Bring, house: Path, step: str) -> None:
    """The body is unknown to the seeds; what was written aside is no report, and the next run removes it."""
    killed_at(house, step, UNKNOWN)
    assert not (house / "raw" / CODE).exists()
    assert declared_reports(house / "raw") == []
    again = bring_text(UNKNOWN, body="CPAM de Nullepart")
    assert sorted(path.name for path in (house / "raw").iterdir()) == [again.report.code] == [CODE]
    before = {path: path.read_bytes() for path in again.report.folder.iterdir()}
    killed_at(house, KILLED[0], UNKNOWN + "\n77 dossiers\n")
    assert {path: path.read_bytes() for path in again.report.folder.iterdir()} == before


def test_two_reports_are_not_written_at_once(bring_text: Bring, house: Path) -> None:
    with (
        aside.written_aside(house / "raw", house / "dbt_project" / "seeds"),
        pytest.raises(ExtractionError, match="un autre rapport s'écrit"),
    ):
        bring_text(REPORT)
    assert bring_text(REPORT).report.folder.is_dir()


def test_a_document_is_declared_once(bring_text: Bring, house: Path) -> None:
    bring_text(REPORT)
    with pytest.raises(ExtractionError, match="is already declared by"):
        bring_text(REPORT, code="autre_2022", body="cpam_var")
    assert [path.name for path in (house / "raw").iterdir()] == ["cpam_gers_2022"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"body": "cpam_gers", "year": "2022"}, ""),
        ({"body": "CPAM du Gers"}, ""),
        ({"body": "cpam_var"}, "« organisme: cpam_gers », non « cpam_var »"),
        ({"body": "nulle part"}, "« organisme: cpam_gers », non « nulle part »"),
        ({"year": "2021"}, "« periode: 2022 », non « 2021 »"),
    ],
)
def test_a_report_that_is_declared_keeps_its_body_and_its_year(
    bring_text: Bring, options: dict[str, str], said: str
) -> None:
    bring_text(REPORT)
    if said:
        with pytest.raises(ExtractionError, match=said):
            bring_text(REPORT, **options)
    else:
        assert bring_text(REPORT, **options).report.organisme == "cpam_gers"


def test_a_count_in_brackets_beside_others_is_a_figure_and_a_note_is_none(bring_text: Bring) -> None:
    said = "Les contrôles portent sur les arrêts (873) et les prothèses (41). Le stock est clos (2)."
    brought = bring_text(f"CPAM du Gers\nRapport d'activité 2022\n\n{said}\n")
    assert observed(brought)["valeur_imprimee"].to_list() == ["873", "41"]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("CPAM du Gers\nRapport d'activité\n\nBilan 2022 des contrôles\n29 indus en 2021", "2022"),
        ("CPAM du Gers\nRapport d'activité\n\nEn 2022, 310 appels", "2022"),
        ("CPAM du Gers\nRapport d'activité de 2019 : 310 appels", None),
        ("CPAM du Gers\n310 appels (312 en 2021)", None),
    ],
)
def test_a_title_without_a_year_names_none_of_the_next_paragraph(text: str, year: str | None) -> None:
    assert stated_year(text) == year


@pytest.mark.parametrize(
    "options", [{"code": "../ailleurs"}, {"code": "Majuscules"}, {"year": "22"}, {"body": "../x y"}]
)
def test_bad_options_are_refused_or_made_safe(
    bring_text: Bring, house: Path, options: dict[str, str]
) -> None:
    try:
        brought = bring_text(REPORT, **options)
    except ExtractionError as error:
        assert "\n" not in str(error)
    else:
        assert brought.report.folder.parent == house / "raw"
    assert not (house / "ailleurs").exists()


def test_a_folder_or_a_missing_file_is_refused(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (house, house / "absent.txt", house / "dossier.txt"):
        if path.name == "dossier.txt":
            path.mkdir()
        assert refused(house, "report", str(path))
        assert capsys.readouterr().err.count("\n") == 1


def test_a_name_with_strange_characters_is_harmless(bring_text: Bring, house: Path) -> None:
    brought = bring_text(REPORT, "rapport d'activité; rm -rf $(x) 2022.txt")
    assert brought.report.folder == house / "raw" / "cpam_gers_2022"


def test_what_a_rule_set_aside_without_being_sure_is_shown(bring_text: Bring) -> None:
    brought = bring_text(
        "CPAM du Gers\nRapport 2022\n\nLes axes du plan (14) guident 312 agents, en 5 étapes.\n"
    )
    notes = {row["valeur_imprimee"]: row["note"] for row in brought.extract.numbers.iter_rows(named=True)}
    assert notes["14"].startswith("écarté sans certitude") and notes["5"].startswith("écarté sans certitude")
    assert not notes["2022"]
    review = pl.read_csv(brought.report.folder / "a_revoir.csv", infer_schema=False)
    assert {"14", "5"} <= set(review["valeur_imprimee"])
    assert "dont 2 sans certitude" in summary(brought)


@pytest.mark.parametrize(
    ("text", "code", "title"),
    [
        (
            "L'Assurance Maladie des Vosges\nRapport 2022\n12 visites\n",
            "cpam_vosges",
            "CPAM des Vosges, 2022",
        ),
        ("La caisse primaire du Gers en 2021\n12 visites\n", "cpam_gers", "CPAM du Gers, 2021"),
        ("CPAM Gers Bilan 2022\n12 visites\n", "cpam_gers", "CPAM du Gers, 2022"),
        (
            "CAF du Gers, rapport 2022\nLa CPAM du Gers aide la CAF du Gers.\n12 visites\n",
            "caf_gers",
            "CAF du Gers, 2022",
        ),
        (
            "CRAMIF\nRapport 2022\nAvec la CPAM du Gers et la CNAM, 12 visites\n",
            "cramif",
            "Caisse régionale d'assurance maladie d'Île-de-France, 2022",
        ),
        ("CPAM du Gers\nCNAM\nRapport 2022\n12 visites\n", "cpam_gers", "CPAM du Gers, 2022"),
        (
            "MSA Beauce Cœur de Loire\n12 visites en 2022\n",
            "msa_beauce_coeur_de_loire",
            "MSA Beauce Cœur de Loire, 2022",
        ),
    ],
)
def test_the_body_is_one_of_the_network(bring_text: Bring, text: str, code: str, title: str) -> None:
    report = bring_text(text, "rapport.txt").report
    assert (report.organisme, report.titre) == (code, title)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("caf_lot_2021.txt", "Bilan\n12 visites\n", "caf_lot"),
        ("RA CPAM Lot-et-Garonne 2021.txt", "Bilan\n12 visites\n", "cpam_lot_et_garonne"),
        ("caf_lot_2021.txt", "CPAM du Gers\n12 visites\n", "cpam_gers"),
    ],
)
def test_the_name_of_a_file_says_the_body_that_its_text_does_not(
    bring_text: Bring, name: str, text: str, code: str
) -> None:
    assert bring_text(text, name).report.organisme == code


@pytest.mark.parametrize(
    ("text", "options", "question"),
    [
        ("Bilan 2022\n12 visites\n", {"name": "caf_zzyx_2022.txt"}, "son nom.*ORGANISME="),
        ("Bilan 2022\n12 visites\n", {"name": "caf_lot_et_cpam_gers.txt"}, "son nom.*ORGANISME="),
        ("Rapport 2022 de la CPAM Zzyx\n12 visites\n", {}, 'ORGANISME="CPAM Zzyx"'),
        ("CPAM du Gers\n12 visites\n", {}, "ANNEE="),
        ("Bilan 2022\nLa CPAM du Gers et la CPAM des Vosges\n12 visites\n", {}, "ORGANISME="),
        ("Nous suivons 1998 dossiers.\n", {"body": "cpam_gers"}, "ANNEE="),
        ("CPAM du Gers\nRapport 2022\n12 visites\n", {"name": "rapport_2023.txt"}, "titre dit 2022.*ANNEE="),
    ],
)
def test_what_a_text_does_not_tell_is_asked_for(
    bring_text: Bring, text: str, options: dict[str, str], question: str
) -> None:
    with pytest.raises(ExtractionError, match=question):
        bring_text(text, **{"name": "rapport.txt", **options})


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (REPORT, {}, "copie.txt : c'est le même document que rapport_2022.txt, du rapport cpam_gers_2022"),
        (REPORT, {"code": "autre_2022"}, "même document que"),
        (REPORT, {"body": "cpam_var", "year": "2020"}, "même document que"),
        (REPORT.replace("158 204", "158 205"), {}, "déjà le rapport d'un autre document"),
        (REPORT.replace("158 204", "158 205"), {"code": "autre_2022"}, ""),
    ],
)
def test_a_copy_of_a_known_document_is_told(
    bring_text: Bring, house: Path, text: str, options: dict[str, str], said: str
) -> None:
    bring_text(REPORT)
    if said:
        with pytest.raises(ExtractionError, match=said):
            bring_text(text, "copie.txt", **options)
    else:
        bring_text(text, "copie.txt", **options)
    assert [path.name for path in sorted((house / "raw").iterdir())] == [
        *(() if said else ("autre_2022",)),
        "cpam_gers_2022",
    ]


def test_a_second_edition_is_told(bring_text: Bring) -> None:
    bring_text()
    with pytest.raises(ExtractionError, match="CODE="):
        bring_text("CPAM du Gers\nRapport 2022\n13 visites\n", "rapport_bis_2022.txt")
    told = summary(
        bring_text(
            "CPAM du Gers\nRapport 2022\n13 visites\n", "rapport_bis_2022.txt", code="cpam_gers_2022_bis"
        )
    )
    assert "autre édition de cpam_gers_2022" in told


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("remplace: cpam_gers_2022", ""),
        ("remplace: cpam_gers_2021", "le plus proche : « cpam_gers_2022 »"),
        ("remplace: cpam_gers_2022_bis", "not the code of another report"),
        ("remplace: cpam_gers_2022\nperiode: '2023'", "same body and period"),
    ],
)
def test_the_edition_that_counts_is_said_in_its_declaration(
    bring_text: Bring, line: str, refusal: str
) -> None:
    first = bring_text()
    bring_text("CPAM du Gers\nRapport 2022\n13 visites\n", "rapport_bis_2022.txt", code="cpam_gers_2022_bis")
    raw = first.report.folder.parent
    declared = raw / "cpam_gers_2022_bis" / "report.yml"
    kept = [text for text in declared.read_text().splitlines() if text.partition(":")[0] not in line]
    declared.write_text("\n".join([*kept, line, ""]))
    read = {report.code: report.fault for report in reports_to_read(raw)}
    if refusal:
        assert refusal in read["cpam_gers_2022_bis"]
        assert "cpam_gers_2022" in read  # an edition that cannot be taken replaces nothing
        with pytest.raises(ExtractionError, match=re.escape(refusal)):
            list_reports(raw)
    else:
        assert read == {"cpam_gers_2022_bis": ""}
        assert [report.code for report in list_reports(raw)] == ["cpam_gers_2022_bis"]
