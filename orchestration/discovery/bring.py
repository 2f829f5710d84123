"""Bringing a report nobody has seen: read it, show what was understood and how surely, write its folder.

The first run writes ``template.yml``; later runs never touch it, they propose what it does not read yet in
``template/propositions.yml``. ``a_revoir.csv`` lists every figure that nobody reviewed, the most doubtful
first.
"""

from __future__ import annotations

import csv
import filecmp
import io
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.discovery.aside import Workbench, written_aside
from orchestration.discovery.bodies import bodies_named, body_of_title
from orchestration.discovery.complete import BLOCK, DOUBT, bodies_of, complete, concepts_of, phrase_book
from orchestration.discovery.doubts import doubts_of
from orchestration.discovery.draft import Understood, draft_blocks, narrowed
from orchestration.discovery.figures import Figure, read_figures
from orchestration.discovery.inherit import Inherited, inherit, latest_of_body
from orchestration.discovery.organisations import bare_name, typed_names
from orchestration.discovery.periods import stated_year, year_of_name, year_of_title
from orchestration.discovery.phrases import UNMAPPED
from orchestration.discovery.plausible import LAST_YEAR, LastValues
from orchestration.discovery.recall import SURE, FigurePlace, Recalled, as_last_year, memory_of, recall
from orchestration.discovery.suggested import with_structure
from orchestration.extraction.catalogue import CODE, Catalogue, load_catalogue
from orchestration.extraction.documents import Document, read_document
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.formats import SUFFIXES, LeftOut, detect_encoding
from orchestration.extraction.reports import (
    NUMBER_COLUMNS,
    REPORT_FILE,
    Extract,
    Report,
    declared_in,
    extract_report,
    load_report,
    read_extract,
    write_extract,
)
from orchestration.extraction.spreadsheets import inert
from orchestration.extraction.tables import slug
from orchestration.extraction.template_schema import FILE as SCHEMA
from orchestration.extraction.written_yaml import written
from orchestration.reconciliation.wording import count_words

#: How many printed lines may hold the title of a report.
TITLE_LINES = 6
TEMPLATE, PROPOSALS, REVIEW = "template.yml", "template/propositions.yml", "a_revoir.csv"
REVIEW_COLUMNS = (
    "confiance",
    "ligne",
    "page",
    "valeur_imprimee",
    "valeur",
    "unite",
    "periode_code",
    "indicateur_code",
    "libelle",
    "phrase",
    "doute",
    "note",
)
#: Characters of the printed line that stand beside a figure to be reviewed.
PHRASE = 160
#: How far the words of a number alone on its line are looked for, in lines.
NEAR_LINES = 6


@dataclass
class Brought:
    """What one run gave: the report, its counts by outcome, and the files written."""

    report: Report
    document: Document
    extract: Extract
    written: list[Path] = field(default_factory=list)
    inherited: Inherited | None = None
    new_members: list[str] = field(default_factory=list)
    editions: list[str] = field(default_factory=list)


def bring(
    path: Path,
    root: Path,
    documents: Path,
    code: str | None = None,
    body: str | None = None,
    year: str | None = None,
    tell: Callable[[str], object] = lambda step: None,
) -> Brought:
    """Read ``path`` and write ``raw/<code>/`` under ``root``, with what the seeds lack: all of it, or nothing
    when something is refused or the process is killed.

    ``tell`` is told, in French, each step that takes a while. Raises ``ExtractionError`` when the document
    cannot be read or its body or year cannot be told.
    """
    tell(f"lecture de {path.name}")
    document, encoding = _read(path)
    raw, seeds = root / "raw", root / "dbt_project" / "seeds"
    known = _folder(raw, document, code)
    with written_aside(raw, seeds) as aside:
        new_members: list[str] = []
        if known and (known / REPORT_FILE).is_file():
            folder = aside.copy_of(known)
        else:
            _refuse_same(path, raw, documents)
            folder, new_members = _declare(known, raw, aside, document, encoding, body, year)
        report = load_report(folder)
        catalogue = load_catalogue(aside.seeds)
        _refuse_other(report, body, year, catalogue)
        result = Brought(report, document, _template(report, document, catalogue), new_members=new_members)
        tell(f"{count_words(len(document.lines), 'ligne')} : recherche de ce que les chiffres veulent dire")
        _propose(result, catalogue, raw, documents)
        tell("écriture de l'ébauche")
        _keep_document(path, documents / report.document)
    result.report = report.model_copy(update={"folder": raw / folder.name})
    result.written = [raw / path.relative_to(aside.folder) for path in result.written]
    return result


def _refuse_other(report: Report, body: str | None, year: str | None, catalogue: Catalogue) -> None:
    """Refuse a body or a year that is not the one a report is declared with."""
    told = body and (catalogue.resolve("organisme", body) or body)
    for given, declared, key in ((told, report.organisme, "organisme"), (year, report.periode, "periode")):
        if given and given not in (declared, declared[:4] if key == "periode" else declared):
            raise ExtractionError(
                f"{report.code} : report.yml dit « {key}: {declared} », non « {given} » ; corrigez-le là, ou "
                "ne le dites pas ici"
            )


def _read(path: Path) -> tuple[Document, str]:
    if path.suffix.casefold() not in SUFFIXES:
        raise ExtractionError(
            f"{path.name} : seuls se lisent les documents {', '.join(SUFFIXES)} ; enregistrez-le sous l'une "
            "de ces formes"
        )
    encoding = "utf-8"
    if path.suffix.casefold() == ".txt" and path.is_file():
        encoding = detect_encoding(path.read_bytes())
    return read_document(path, encoding), encoding


def _folder(raw: Path, document: Document, code: str | None) -> Path | None:
    """The folder of the report: by its code, else the one that already declares this document."""
    if code:
        if not CODE.fullmatch(code):
            raise ExtractionError(
                f"« {code} » ne peut être le code d'un rapport : des minuscules, des chiffres et des "
                "soulignés, comme cpam_xyz_2022"
            )
        return raw / code
    declared = (load_report(path.parent) for path in sorted(raw.glob(f"*/{REPORT_FILE}")))
    return next((report.folder for report in declared if report.document == document.name), None)


def _refuse_same(path: Path, raw: Path, documents: Path) -> None:
    """Refuse a document that is, byte for byte and under another name, one that a report already declares."""
    size = path.stat().st_size
    alike = (other for other in documents.glob("*") if other.name != path.name and other.is_file())
    same = {
        other.name
        for other in alike
        if other.stat().st_size == size and filecmp.cmp(path, other, shallow=False)
    }
    declared = (load_report(folder.parent) for folder in sorted(raw.glob(f"*/{REPORT_FILE}")) if same)
    if twin := next((report for report in declared if report.document in same), None):
        raise ExtractionError(
            f"{path.name} : c'est le même document que {twin.document}, du rapport {twin.code} ; il n'y a "
            "rien à faire"
        )


def _declare(
    folder: Path | None,
    raw: Path,
    aside: Workbench,
    document: Document,
    encoding: str,
    body: str | None,
    year: str | None,
) -> tuple[Path, list[str]]:
    """Write ``report.yml`` aside; a body that the seeds do not know is added to theirs and named in the
    answer.
    """
    catalogue = load_catalogue(aside.seeds)
    if year and not re.fullmatch(r"(?:19|20)\d\d", year):
        raise ExtractionError(f"« {year} » n'est pas une année : quatre chiffres, comme 2022")
    code, label = _body(document, catalogue, body)
    year = year or _year(document)
    folder = folder or raw / f"{code}_{year}"
    if (folder / REPORT_FILE).is_file():
        raise ExtractionError(
            f"{document.name} : {folder.name} est déjà le rapport d'un autre document ; donnez à celui-ci le "
            "sien, par CODE="
        )
    added = []
    if code not in catalogue.members["organisme"]:
        names = "|".join(dict.fromkeys((label, bare_name(label))))
        row = [code, label, code.split("_")[0], "cnam", "non_precise", names]
        _append(aside.seeds / "organismes.csv", row)
        added.append(f"organismes.csv: {code} ({label})")
    name, territory = _declared(aside.seeds, code)
    folder = aside.copy_of(folder)
    data = {
        "code": folder.name,
        "titre": f"{name}, {year}",
        "organisme": code,
        "territoire": territory,
        "periode": year,
        "document": document.name,
        "brouillon": True,
    }
    if encoding != "utf-8":
        data["encodage"] = encoding
    (folder / REPORT_FILE).write_text(_yaml(data), encoding="utf-8")
    return folder, added


def _body(document: Document, catalogue: Catalogue, body: str | None) -> tuple[str, str]:
    """The body that a report speaks of: the one given, by its code or by any of its names, else the one that
    the text names most, else the one that the name of its file says.

    Only bodies that the seeds know are told so; raises ``ExtractionError`` with a question when none
    or several are.
    """
    if body:
        known = body if body in catalogue.members["organisme"] else catalogue.resolve("organisme", body)
        return known or slug(bare_name(body)), body
    named = bodies_named(document.text, catalogue).most_common(3)
    title = _title_of(document)
    if whole := body_of_title(title, catalogue, others=bool(named)):
        return whole, whole
    if not named:
        told = _named_by_file(document, catalogue)
        if told is None:
            raise ExtractionError(_which_body(document.name, title))
        return told, told
    if len(named) > 1 and named[0][1] == named[1][1]:
        first = _named_first(document, catalogue)
        if first is None:
            told = " ou ".join(code for code, _ in named)
            raise ExtractionError(
                f"{document.name} : ce peut être le rapport de {told} ; dites duquel par ORGANISME="
            )
        return first, first
    return named[0][0], named[0][0]


def _title_of(document: Document) -> str:
    """The first printed lines of a document, where its title stands."""
    return "\n".join([line for line in document.lines if line.strip()][:TITLE_LINES])


def _which_body(name: str, title: str) -> str:
    """The question that is asked where no body of the seeds is named: with the name that the title holds, if
    it holds one of a type of the network.
    """
    typed = typed_names(title)
    if len(typed) == 1:
        return (
            f"{name} : aucun référentiel ne connaît « {typed[0]} », que dit son titre ; si c'est son "
            f'organisme, dites ORGANISME="{typed[0]}"'
        )
    return (
        f"{name} : ni son texte ni son nom ne disent un organisme du réseau ; dites lequel par "
        "ORGANISME=cpam_xyz"
    )


def _named_by_file(document: Document, catalogue: Catalogue) -> str | None:
    """The one body that the name of a file says (``caf_lot_2021.html``); ``None`` for none or several."""
    named = bodies_named(re.sub(r"[\W_]+", " ", Path(document.name).stem), catalogue)
    return next(iter(named)) if len(named) == 1 else None


def _named_first(document: Document, catalogue: Catalogue) -> str | None:
    """The one body that the first lines of a document name, where its title stands; ``None`` when they name
    none or several.
    """
    named = bodies_named(_title_of(document), catalogue)
    return next(iter(named)) if len(named) == 1 else None


def _year(document: Document) -> str:
    """The year that a report speaks of; raises ``ExtractionError`` with a question when no year stands in it
    or in its name, or when its title and its name give two.
    """
    titled, named = year_of_title(document.text), year_of_name(document.name)
    if titled and named and titled != named:
        raise ExtractionError(
            f"{document.name} : son titre dit {titled}, son nom {named} ; dites laquelle par ANNEE={titled}"
        )
    year = stated_year(document.text, document.name)
    if year is None:
        raise ExtractionError(
            f"{document.name} : aucune année n'y est imprimée comme la sienne ; dites laquelle par ANNEE=2023"
        )
    return year


def _declared(seeds: Path, code: str) -> tuple[str, str]:
    """The displayed name and the territory of a body, as the seeds have them."""
    with (seeds / "organismes.csv").open(encoding="utf-8", newline="") as stream:
        row = next((row for row in csv.DictReader(stream) if row["code"] == code), {})
    return row.get("libelle") or code, row.get("territoire_code") or "non_precise"


def _append(path: Path, cells: list[str]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([head, *sorted([*rows, buffer.getvalue()])]), encoding="utf-8")


def _keep_document(path: Path, target: Path) -> None:
    """Copy the document beside the others where the nightly run looks for it, unless it is there already."""
    if target.exists() or path.resolve() == target.resolve():
        return
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, partial)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ExtractionError(
            f"{path.name} ne peut être copié dans {target.parent} ({error.strerror}) ; copiez-le vous-même"
        ) from error


def _template(report: Report, document: Document, catalogue: Catalogue) -> Extract:
    """The extract of the template as people left it; an empty one when there is none yet."""
    proposals = report.folder / PROPOSALS
    proposals.unlink(missing_ok=True)
    if not (report.folder / TEMPLATE).is_file() and not any((report.folder / "template").glob("*.yml")):
        (report.folder / TEMPLATE).write_text("blocs: []\n", encoding="utf-8")
    return extract_report(report, document, catalogue)


def _propose(result: Brought, catalogue: Catalogue, raw: Path, documents: Path) -> None:
    """Bind what the template leaves, write the proposals, the extract and the review list."""
    report, document = result.report, result.document
    reports = declared_in(raw, report)
    same = (r for r in reports if (r.organisme, r.periode) == (report.organisme, report.periode))
    result.editions = [r.code for r in same if r.code != report.code]
    first = (report.folder / TEMPLATE).read_text(encoding="utf-8").strip() == "blocs: []"
    blocks: list[dict[str, Any]] = []
    found = read_figures(document, report.periode[:4], bodies=bodies_of(report, catalogue))
    recalled: dict[FigurePlace, Recalled] | None = None
    last = LastValues()
    if first and (older := latest_of_body(report, reports)):
        recalled, last = _last_year(found.figures, report, older, documents / older.document, catalogue)
        result.inherited = inherit(report, document, older, catalogue, recalled, last)
        blocks.extend(result.inherited.blocks)
        _write(result, report.folder / TEMPLATE, blocks)
        result.extract = extract_report(report, document, catalogue)
    book = phrase_book(catalogue, reports, without=report.code)
    whole = complete(result.extract, report, document, catalogue, book, found).numbers.filter(
        pl.col("bloc") == BLOCK
    )
    left = {(int(line), int(column)) for line, column in whole.select("ligne", "colonne").iter_rows()}
    figures = [f for f in found.figures if (f.ligne, f.colonne) in left]
    concepts = zip(figures, concepts_of(figures, book, document), strict=True)
    understood = [
        Understood(f, concept, book.members_of(f.row_label, f.head, f.heads, concept.indicator))
        for f, concept in concepts
    ]
    understood = list(as_last_year(understood, recalled or {}, book, last))
    taken = {*result.extract.numbers["bloc"], *(block["bloc"] for block in blocks)}
    drafted = draft_blocks(document, report, list(narrowed(understood, catalogue)), catalogue)
    blocks.extend(_renamed(drafted, taken))
    if blocks:
        _write(result, report.folder / (TEMPLATE if first else PROPOSALS), blocks)
    extract = extract_report(report, document, catalogue)
    extract = complete(extract, report, document, catalogue, book, found)
    result.extract = with_structure(extract, found.figures, document.text)
    write_extract(report, result.extract)
    result.written += [
        report.folder / "numbers.csv",
        report.folder / "relations.csv",
        report.folder / REVIEW,
    ]
    (report.folder / REVIEW).write_text(review_list(document, result.extract), encoding="utf-8")


def _last_year(
    figures: Sequence[Figure], report: Report, older: Report, path: Path, catalogue: Catalogue
) -> tuple[dict[FigurePlace, Recalled] | None, LastValues]:
    """What the figures of a report meant in an older one of its body (``None`` where nothing that was
    decided is found in its document), and the values of that.
    """
    delta = int(report.periode[:4]) - int(older.periode[:4])
    try:
        document = read_document(path, older.encodage)
    except ExtractionError:
        return None, LastValues(_committed(older), delta)
    try:
        numbers = extract_report(older, document, catalogue).numbers
    except (
        ExtractionError
    ):  # this version reads the document otherwise than the one that it was decided under
        numbers = _committed(older)
    year = older.periode[:4]
    memory = memory_of(int(year), numbers, read_figures(document, year).figures)
    told = recall(figures, int(report.periode[:4]), memory) if memory.rows else None
    return told, LastValues(numbers, delta)


def _committed(report: Report) -> pl.DataFrame:
    """What the committed extract of a report says; nothing where it cannot be read."""
    try:
        return read_extract(report).numbers
    except ExtractionError:
        return pl.DataFrame(schema=dict.fromkeys(NUMBER_COLUMNS, pl.String))


def _renamed(drafts: list[dict[str, Any]], taken: set[str]) -> list[dict[str, Any]]:
    return [{**b, "bloc": b["bloc"] if b["bloc"] not in taken else f"{b['bloc']}_nouveau"} for b in drafts]


#: What a template says at its head while it is a draft.
DRAFT_HEAD = (
    "# Brouillon : corriger les sens, puis passer `revue` a true bloc par bloc. Voir docs/templates.md.\n"
)


def _write(result: Brought, path: Path, blocks: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = "../" * len(path.relative_to(result.report.folder).parts) + SCHEMA
    head = f"# yaml-language-server: $schema={schema}\n{DRAFT_HEAD}"
    path.write_text(head + _yaml({"blocs": blocks}), encoding="utf-8")
    if path not in result.written:
        result.written.append(path)


def _yaml(data: Any) -> str:
    return written(data)


#: Numbers that a rule set aside with little certainty.
_UNSURE = (pl.col("statut") == "ecarte") & pl.col("note").str.starts_with(DOUBT)


def review_list(document: Document, extract: Extract) -> str:
    """``a_revoir.csv``: what remains to be read and what a rule set aside without being sure, then the
    figures that nobody reviewed, by growing confidence; each with its line as printed and the relations of
    the print that it breaks."""
    doubts = doubts_of(extract)
    doubtful = extract.numbers.filter(
        (pl.col("revue") == "false") | (pl.col("statut") == "a_relever") | _UNSURE
    )
    places = [(int(line), int(column)) for line, column in doubtful.select("ligne", "colonne").iter_rows()]
    ordered = doubtful.with_columns(
        pl.col("confiance").replace("", "0"),
        pl.Series("phrase", [_phrase(document, *place) for place in places], dtype=pl.String),
        pl.Series("doute", [" ; ".join(doubts.get(place, ())) for place in places], dtype=pl.String),
    ).sort(pl.col("confiance").cast(pl.Float64), pl.col("ligne").cast(pl.Int64))
    return inert(ordered.select(REVIEW_COLUMNS)).write_csv(line_terminator="\n")


def _phrase(document: Document, line: int, column: int) -> str:
    """What is printed around a number on its line; for a line of numbers alone, with the lines of words above
    and below it.
    """
    text = document.lines[line - 1]
    start = max(0, column - PHRASE // 2)
    own = " ".join(text[start : start + PHRASE].split())
    if re.search(r"[^\W\d_]{3,}", text):
        return own
    around = (_worded(document.lines[: line - 1][::-1]), own, _worded(document.lines[line:]))
    return " / ".join(part[:PHRASE] for part in around if part)


def _worded(lines: list[str]) -> str:
    """The first of a few lines that holds words."""
    return next(
        (" ".join(line.split()) for line in lines[:NEAR_LINES] if re.search(r"[^\W\d_]{3,}", line)), ""
    )


def _left_out(document: Document) -> Iterator[str]:
    """Digits of the document that its text does not hold, by reason, the longest text of each."""
    by_reason: dict[str, list[LeftOut]] = {}
    for part in document.left_out:
        by_reason.setdefault(part.reason, []).append(part)
    for reason, parts in by_reason.items():
        longest = max(parts, key=lambda part: len(part.text))
        where = f", page {longest.page}" if longest.page else ""
        digits = sum(sum(map(str.isdecimal, part.text)) for part in parts)
        yield (
            f"  non lu ({reason}) : {count_words(digits, 'chiffre')} en {count_words(len(parts), 'endroit')}"
            f", comme « {longest.text[:70]} »{where}"
        )


def _of_last_year(observed: pl.DataFrame) -> str:
    """How many figures of a draft are last year's for sure, how many may be, and how many are left."""
    sure = pl.col("confiance").cast(pl.Float64) == SURE
    again = observed.filter((pl.col("revue") == "false") & sure).height
    proposed = observed.filter(~sure & pl.col("note").str.starts_with(LAST_YEAR)).height
    return (
        f"  sur {count_words(observed.height, 'chiffre')}, {again} gardent le sens de l'an passé (la "
        f"relecture les accepte en une fois), {proposed} sont proposés avec leur raison, "
        f"{observed.height - again - proposed} sont à décider"
    )


def summary(result: Brought, doubts: int = 12) -> str:
    """What a person wants to see after a run, in one screen."""
    numbers = result.extract.numbers
    beyond = pl.col("bloc") == BLOCK  # no template reads it: the review counts it as left
    observed = numbers.filter((pl.col("statut") == "observation") & ~beyond)
    reviewed = observed.filter(pl.col("revue") == "true").height
    mapped = observed.filter((pl.col("revue") == "false") & (pl.col("indicateur_code") != UNMAPPED)).height
    unmapped = observed.height - reviewed - mapped
    lines = [
        f"{result.report.code} : {result.report.titre} ({result.report.organisme}, {result.report.periode})",
        f"  {count_words(numbers.height, 'nombre imprimé', 'nombres imprimés')} : "
        f"{count_words(reviewed, 'relu')}, {count_words(mapped, 'compris', 'compris')} avec leur indicateur, "
        f"{count_words(unmapped, 'lu')} sans indicateur, "
        f"{numbers.filter(pl.col('statut') == 'ecarte').height} mis de côté "
        f"(dont {numbers.filter(_UNSURE).height} sans certitude : voir {REVIEW}), "
        f"{numbers.filter((pl.col('statut') == 'a_relever') | beyond).height} que rien ne lit",
    ]
    if result.inherited:
        lines.append(
            f"  gabarit de {result.inherited.source} : {result.inherited.kept} champs et tableaux s'y lisent "
            f"encore, {len(result.inherited.moved)} sont proposés là où ils ont bougé, "
            f"{len(result.inherited.gone)} n'y sont plus"
        )
        lines.append(_of_last_year(observed))
        lines.extend(f"    déplacé : {told}" for told in result.inherited.moved[:5])
        lines.extend(f"    disparu : {told}" for told in result.inherited.gone[:5])
    lines.extend(f"  ajouté à {member}" for member in result.new_members)
    lines.extend(
        f"  autre édition de {code} : même organisme, même année, autre document ; écrivez "
        f"« remplace: {code} » dans {result.report.code}/report.yml si c'est celle-ci qui compte, "
        f"« remplace: {result.report.code} » dans celui de l'autre si c'est l'autre"
        for code in result.editions
    )
    lines.extend(_left_out(result.document))
    doubtful = observed.filter(pl.col("revue") == "false").sort(pl.col("confiance").cast(pl.Float64))
    if doubtful.height:
        lines.append(f"  les plus douteux (tous dans {REVIEW}) :")
    for row in doubtful.head(doubts).iter_rows(named=True):
        lines.append(
            f"    {row['confiance']}  ligne {row['ligne']:>5}  {row['valeur_imprimee']:>16}  "
            f"{row['indicateur_code']:<28} {row['libelle'][:60]}"
        )
    lines.extend(f"  écrit : {path}" for path in result.written)
    lines.append(
        f"  ensuite : `make review REPORT={result.report.code}` décide ses chiffres dans un navigateur (ou "
        "corrigez le gabarit, avec `revue: true` sur ce que vous avez vérifié, et relancez cette commande) ; "
        "puis `make nightly`"
    )
    return "\n".join(lines)
