"""What a newcomer writes wrong in a template: told in French, at its line, with the nearest thing that would
be right; and the JSON schema that an editor checks the same files with."""

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from orchestration.extraction.catalogue import Catalogue, load_catalogue
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import Report, extract_report
from orchestration.extraction.template_schema import FILE, as_text
from orchestration.extraction.templates import load_template, template_files
from orchestration.settings import PROJECT_ROOT
from tests.discovery.scoring import document_of

RAW = PROJECT_ROOT / "raw"
COMMITTED = [path for folder in sorted(RAW.iterdir()) if folder.is_dir() for path in template_files(folder)]
RIGHT = """\
blocs:
  - bloc: accueil
    debut: "Accueil"
    commun: {periode: "2021"}
    champs:
      - {lire: "{visites} visites", visites: {indicateur: visites_accueil}}
      - lire: "{} appels"
        indicateur: appels_recus
        canal: telephone
    tableau:
      colonnes: [{id: n, periode: 2021}]
      lignes: [{libelle: "Nord", risque: maladie}]
"""
#: What is written instead of what, the line of the mistake, words of the sentence; and whether an editor sees
#: it too.
MISTAKES = [
    ("debut: ", "debbut: ", 3, "« debbut » n'existe pas ici ; le plus proche : « debut »", True),
    (
        "visites_accueil",
        "visite_acueil",
        6,
        "« visite_acueil » n'est pas un code de « indicateur » ; le plus proche : « visites_accueil »",
        True,
    ),
    ("canal: telephone", "canal: Téléphone fixe ?", 9, "n'est pas un code de « canal »", True),
    ("canal: telephone", "canal: Téléphone", 9, "le plus proche : « telephone »", True),
    (
        "indicateur: appels_recus",
        "indicateurs: appels_recus",
        7,
        "« indicateurs » n'est ni un sens ni un trou",
        True,
    ),
    ("visites: {ind", "visite: {ind", 6, "le plus proche : « visites »", False),
    ('"2021"}', '"2021-13"}', 4, "la période « 2021-13 » n'a aucune des formes", True),
    (
        "canal: telephone",
        "nature: objectifs",
        9,
        "« objectifs » n'est pas une valeur de « nature » ; le plus proche : « objectif »",
        True,
    ),
    ("{} appels", "4 appels", 7, "n'a pas de trou", True),
    ("{} appels", "{n} appels, {n~} messages", 7, "a deux trous nommés « n »", True),
    ('libelle: "Nord", ', "", 12, "chaque ligne du tableau doit donner son `libelle`", True),
    ("canal: telephone", "unite: pourcent", 9, "le plus proche : « % »", True),
    ("blocs:", "bloc:", 1, "un gabarit commence par « blocs: »", True),
    (
        '    debut: "Accueil"',
        "    bloc: accueil",
        3,
        "la clé « bloc » est écrite deux fois (déjà ligne 2)",
        False,
    ),
    ("bloc: accueil", "bloc: Accueil général", 2, "minuscules, chiffres et soulignés", True),
    (
        "champs:\n",
        'ecarts: [{lire: "les {} axes", motif: durée légale}]\n    champs:\n',
        5,
        "minuscules, chiffres et soulignés",
        True,
    ),
    ("champs:\n", "champs: {}\n    ecarts:\n", 5, "« champs » attend une liste", True),
    ("{visites} visites", "{age} visites", 6, "un trou ne peut pas se nommer « age »", False),
    ("canal: telephone", "canal: telephone\n        role: [total]", 10, "« role »", True),
    (
        '    debut: "Accueil"',
        "    canal: telephone",
        3,
        "écrivez-la dans « commun », ou à côté de « lire »",
        True,
    ),
    ('    debut: "Accueil"', "    revue: oui", 3, "« revue » attend true ou false, pas « oui »", True),
]
#: What is no YAML, and the line that has to be mended.
NO_YAML = [
    ("        canal: telephone", "\t\tcanal: telephone", 9, "une tabulation au début de la ligne"),
    ('"{} appels"', '"{} appels', 7, "un guillemet s'ouvre ici et ne se ferme pas"),
    ('"{} appels"', "reçus : {} appels", 7, "un deux-points dans un texte"),
    ("{periode: ", "[periode: ", 4, "une accolade ou un crochet ne se ferme pas"),
    ('      - lire: "{} appels"', '      lire: "{} appels"', 7, "chaque élément d'une liste par un tiret"),
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(PROJECT_ROOT / "dbt_project" / "seeds")


@pytest.fixture(scope="module")
def checker(catalogue: Catalogue) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(as_text(catalogue)))


def written(folder: Path, text: str) -> Path:
    (folder / "template.yml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_right_passes_at_the_command_line_and_in_an_editor(
    tmp_path: Path, catalogue: Catalogue, checker: jsonschema.Draft202012Validator
) -> None:
    block = load_template(written(tmp_path, RIGHT), catalogue).blocs[0]
    assert [name for form in block.champs for name, _ in form.trous] == ["visites", ""]
    assert block.champs[1].place == "template.yml, ligne 7"
    assert not list(checker.iter_errors(yaml.safe_load(RIGHT)))


@pytest.mark.parametrize(("right", "wrong", "line", "said", "in_editor"), MISTAKES)
def test_a_mistake_is_told_at_its_line(
    right: str,
    wrong: str,
    line: int,
    said: str,
    in_editor: bool,
    tmp_path: Path,
    catalogue: Catalogue,
    checker: jsonschema.Draft202012Validator,
) -> None:
    assert right in RIGHT
    text = RIGHT.replace(right, wrong, 1)
    with pytest.raises(ExtractionError) as refused:
        load_template(written(tmp_path, text), catalogue)
    assert said in str(refused.value)
    assert f"ligne {line}" in str(refused.value)
    if in_editor:
        assert list(checker.iter_errors(yaml.safe_load(text)))


@pytest.mark.parametrize(("right", "wrong", "line", "said"), NO_YAML)
def test_what_is_no_yaml_is_told_in_french_at_its_line(
    right: str, wrong: str, line: int, said: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    assert right in RIGHT
    with pytest.raises(ExtractionError) as refused:
        load_template(written(tmp_path, RIGHT.replace(right, wrong, 1)), catalogue)
    assert f"ligne {line} : ce n'est pas du YAML valide : " in str(refused.value)
    assert said in str(refused.value)


#: Mistakes of a newcomer in one file: the line of each, and words of what is said.
NEWCOMER = """\
blocs:
  - bloc: accueil
    debut: "Accueil"
    champs:
      - {lire: "{} visites", indicateur: visite_accueil}
      - {lire: "Taux de decroche : {} %", indicateur: taux_decroche}
      - {lire: "{} appels", indicatuer: appels_recus, canal: telefone}
      - {lire: "{a} plis, {a} lettres", a: {indicateur: courriers_recus}}
      - {lire: "Soins : 412,6 M€", indicateur: taux_decroche}
      - lire: Rappels : {} %
        indicateur: taux_decroche
      - {lire: "Taux .* : {} %", indicateur: taux_decroche}
      - {lire: "{} messages", indicateur: courriels_recus, periode: "2021/13"
\t- {lire: "{} courriels", indicateur: courriels_recus}
      - {lire: "{} avis", indicateur: courriels_recus, unite: pourcent}
  - bloc: autre
    champ: []
"""
TOLD = [
    (5, "« visite_accueil » n'est pas un code de « indicateur » ; le plus proche : « visites_accueil »"),
    (6, "le fragment « Taux de decroche : {} % » n'est pas dans son bloc ; texte le plus proche : "),
    (7, "« indicatuer » n'est ni un sens ni un trou"),
    (7, "le plus proche : « telephone »"),
    (8, "a deux trous nommés « a »"),
    (9, "n'a pas de trou"),
    (10, "un deux-points dans un texte"),
    (12, "le fragment « Taux .* : {} % » n'est pas dans son bloc"),
    (13, "une accolade ou un crochet ne se ferme pas"),
    (14, "une tabulation au début de la ligne"),
    (15, "« pourcent » n'est pas une valeur de « unite » ; le plus proche : « % »"),
    (17, "« champ » n'existe pas ici ; le plus proche : « champs »"),
]


def test_every_mistake_is_told_in_one_run(tmp_path: Path, catalogue: Catalogue) -> None:
    """What is no YAML, keys and codes, and what is not in the document."""
    (tmp_path / "x").mkdir()
    report = Report.model_validate(
        {"code": "x", "titre": "x", "organisme": "cpam_lot", "territoire": "dep_46", "periode": "2021"}
        | {"document": "x.txt", "folder": written(tmp_path / "x", NEWCOMER)}
    )
    document = document_of("Accueil\n\n310 visites\nTaux de décroché : 91 %\nTaux (hors nuit) : 88 %\n")
    with pytest.raises(ExtractionError) as refused:
        extract_report(report, document, catalogue)
    sentences = str(refused.value).splitlines()
    for line, words in TOLD:
        at = re.compile(rf"x: template\.yml[,:] ligne {line}\b")
        assert [said for said in sentences if words in said and at.match(said)], (line, words)
    assert len(sentences) == len(TOLD), sentences


def test_an_empty_template_is_refused_in_french(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(ExtractionError, match="ligne 1 : le fichier est vide"):
        load_template(written(tmp_path, ""), catalogue)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_the_schema_accepts_the_committed_templates_and_they_name_it(
    path: Path, checker: jsonschema.Draft202012Validator
) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [error.message for error in checker.iter_errors(yaml.safe_load(text))]
    named = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / named).resolve() == RAW / FILE


def test_the_committed_schema_is_what_the_forms_and_seeds_say(catalogue: Catalogue) -> None:
    assert (RAW / FILE).read_text(encoding="utf-8") == as_text(catalogue), (
        "run `make extract`: it writes the schema again"
    )


def test_a_template_is_read_again_when_its_content_changes(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "template.yml"
    path.write_text(RIGHT, encoding="utf-8")
    first = load_template(tmp_path, catalogue).blocs[0]
    assert load_template(tmp_path, catalogue).blocs[0] is first
    stands = path.stat()
    path.write_text(RIGHT.replace('"2021"}', '"2022"}'), encoding="utf-8")
    os.utime(path, ns=(stands.st_atime_ns, stands.st_mtime_ns))
    changed = load_template(tmp_path, catalogue).blocs[0]
    assert (first.commun.periode, changed.commun.periode) == ("2021", "2022")
    path.write_text(RIGHT.replace("visites_accueil", "visite_acueil"), encoding="utf-8")
    with pytest.raises(ExtractionError):
        load_template(tmp_path, catalogue)
