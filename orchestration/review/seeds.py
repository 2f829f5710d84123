"""The seeds as a reviewer meets them: where an indicator belongs; and a new alias or a new indicator, the
only way in which a review changes them.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.building.whole import write_whole
from orchestration.discovery.wording import stems
from orchestration.extraction.catalogue import CODE, DIMENSIONS, UNSTATED, load_catalogue
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import NUMBERS_FILE
from orchestration.extraction.tables import slug
from orchestration.notation.folding import fold_label
from orchestration.reconciliation.wording import listed

FILES = {
    "indicateur": "indicateurs",
    "concept": "concepts",
    "organisme": "organismes",
    "territoire": "territoires",
    **DIMENSIONS,
}


#: Which codes the seeds had before the decision that is being written, beside them.
UNDER_WAY = ".en_cours.json"
#: Characters of a new name at most: its code names a page of the site.
LONGEST = 100
#: The share of words that two names of one member have in common.
NEAR = 0.5
_NUMBER, _BRACKETS = re.compile(r"\d+"), re.compile(r"\([^)]*\)")


@dataclass(frozen=True)
class Known:
    """Where an indicator belongs: the concepts above it, the nearest first."""

    above: tuple[str, ...] = ()


def known_of(seeds: Path) -> dict[str, Known]:
    """By indicator, the labels of its concept and of that one's parents."""
    concepts = {row["code"]: row for row in _read(seeds, "concept")[2]}
    found = {}
    for row in _read(seeds, "indicateur")[2]:
        above: list[str] = []
        code = row.get("concept_code", UNSTATED)
        while code in concepts and code != UNSTATED and concepts[code]["libelle"] not in above:
            above.append(concepts[code]["libelle"])
            code = concepts[code]["parent_code"]
        found[row["code"]] = Known(tuple(above))
    return found


def add_alias(seeds: Path, dimension: str, code: str, alias: str) -> None:
    """Let ``alias`` name the member ``code`` of a dimension (or ``indicateur``).

    Raises ``ExtractionError`` when the member is unknown, or the alias names another one already.
    """
    path, header, rows = _read(seeds, dimension)
    spelled = " ".join(alias.split())
    if "alias" not in header:
        raise ExtractionError(f"{path.name}: ce référentiel n'a pas encore d'alias")
    if not spelled or "|" in spelled:
        raise ExtractionError("un alias est un mot ou quelques mots, sans barre verticale")
    for row in rows:
        known = (row["code"], row["libelle"], *row["alias"].split("|"))
        if fold_label(spelled) in map(fold_label, known):
            if row["code"] == code:
                return
            raise ExtractionError(f"« {spelled} » désigne déjà {row['code']} dans {path.name}")
    member = next((row for row in rows if row["code"] == code), None)
    if member is None:
        raise ExtractionError(f"{path.name}: « {code} » n'y est pas")
    member["alias"] = "|".join(filter(None, (member["alias"], spelled)))
    _write(path, header, rows)


def member_named(seeds: Path, dimension: str, label: str) -> str:
    """The code of the member of a dimension that a label (or the code itself) names, added where there is
    none.

    Raises ``ExtractionError`` for a dimension that members are not added to, or a label without letters.
    """
    if dimension not in DIMENSIONS:
        raise ExtractionError(
            f"« {dimension} » ne reçoit pas de membre ici ; il y a : {', '.join(DIMENSIONS)}"
        )
    path, header, rows = _read(seeds, dimension)
    spelled = " ".join(label.split())
    _check_length(spelled)
    stem = slug(spelled)
    if not CODE.fullmatch(stem) or stem.replace("_", "").isdecimal() or "|" in spelled:
        raise ExtractionError(f"« {label} » ne peut pas nommer un membre")
    for row in rows:
        named = fold_label(spelled) in map(fold_label, (row["libelle"], *row["alias"].split("|")))
        if named or row["code"] == stem:
            return row["code"]
    _write(path, header, _with(rows, {**dict.fromkeys(header, ""), "code": stem, "libelle": spelled}))
    return stem


def _check_length(name: str) -> None:
    if len(name) > LONGEST:
        raise ExtractionError(
            f"« {name[:40]}… » est trop long pour un nom ({len(name)} caractères) : {LONGEST} au plus, le "
            "reste va dans la définition"
        )


def near_member(seeds: Path, dimension: str, label: str, heading: str = "") -> str:
    """The label of the member of a dimension whose words are nearest to those of a row: all among them, half
    of them the same, and the same numbers; empty where there is none. A member that says more than the row is
    another one, but for what it says in brackets, and for the heading above the row where it holds all of it.
    """
    said, above, numbers = stems(label), stems(heading), _NUMBER.findall(label)
    best, nearest = "", NEAR
    for row in _read(seeds, dimension)[2]:
        for name in (row["libelle"], *row["alias"].split("|")):
            named = stems(_BRACKETS.sub("", name))
            words = named - above if above < named else named
            within = words and words <= said and _NUMBER.findall(name) == numbers
            alike = len(words & said) / len(words | said) if within else 0.0
            if alike > nearest or (alike == nearest and not best):
                best, nearest = row["libelle"], alike
    return best


def forget_members(seeds: Path, dimension: str, codes: Collection[str], raw: Path) -> list[str]:
    """Take members (or indicators) out of their seed again where nothing was said of them since and no
    template or extract under ``raw`` and no other seed names them; returns their codes.
    """
    path, header, rows = _read(seeds, dimension)
    used = {
        code
        for template in raw.glob("*/**/*.yml")
        for code in re.findall(rf"\b{dimension}: *[\"']?([a-z0-9_]+)", template.read_text(encoding="utf-8"))
    }
    used |= _occurring([*raw.glob(f"*/{NUMBERS_FILE}"), *seeds.glob("*.csv")], f"{dimension}_code")
    given = set(header) - {"alias"} if dimension == "indicateur" else {"code", "libelle"}
    idle, told = set(codes) - used, [column for column in header if column not in given]
    gone = [row["code"] for row in rows if row["code"] in idle and not any(row[column] for column in told)]
    if gone:
        _write(path, header, [row for row in rows if row["code"] not in gone])
    return gone


def _occurring(tables: Iterable[Path], column: str) -> set[str]:
    """The codes that stand in a column of extracts (a table of a template reads them by name) or seeds."""
    found: set[str] = set()
    for table in tables:
        with table.open(encoding="utf-8", newline="") as stream:
            found.update(row.get(column) or "" for row in csv.DictReader(stream))
    return found


@contextlib.contextmanager
def kept_seeds(seeds: Path, dimensions: Iterable[str]) -> Iterator[None]:
    """Put the seeds of some dimensions back as they are now where what follows is refused."""
    before = {path: path.read_text(encoding="utf-8") for path in (_read(seeds, d)[0] for d in dimensions)}
    outer = _under_way(seeds)
    with changing(seeds, dimensions):
        try:
            yield
        except (ExtractionError, OSError):
            for path, text in before.items():
                if path.read_text(encoding="utf-8") != text:
                    write_whole(path, text)
            _say_under_way(seeds, outer)
            raise


@contextlib.contextmanager
def changing(
    seeds: Path, dimensions: Iterable[str], leaving: Mapping[str, Collection[str]] | None = None
) -> Iterator[None]:
    """Write down which codes seeds have while a decision may add some (or take those of ``leaving`` out): if
    this process is killed before it wrote the decision, ``settle`` takes out what nothing names.
    """
    outer, gone = _under_way(seeds), leaving or {}
    known = {
        d: sorted({row["code"] for row in _read(seeds, d)[2]} - set(gone.get(d, ()))) for d in dimensions
    }
    _say_under_way(seeds, {**known, **outer})
    yield
    _say_under_way(seeds, outer)


def is_under_way(seeds: Path) -> bool:
    """Whether a decision that may change the seeds is being written, or was when its process was killed."""
    return (seeds / UNDER_WAY).exists()


def settle(seeds: Path, raw: Path) -> None:
    """Take out of the seeds what a decision added that was cut short by a kill before it was written."""
    for dimension, known in _under_way(seeds).items():
        added = {row["code"] for row in _read(seeds, dimension)[2]} - set(known)
        forget_members(seeds, dimension, added, raw)
    _say_under_way(seeds, {})


def _say_under_way(seeds: Path, known: Mapping[str, Collection[str]]) -> None:
    if known:
        write_whole(seeds / UNDER_WAY, json.dumps(known))
    else:
        (seeds / UNDER_WAY).unlink(missing_ok=True)


def _under_way(seeds: Path) -> dict[str, list[str]]:
    try:
        said = json.loads((seeds / UNDER_WAY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {d: known for d, known in said.items() if d in FILES}


def _with(rows: list[dict[str, str]], row: dict[str, str]) -> list[dict[str, str]]:
    """The rows and one more, in their order by code where they have one."""
    ordered = sorted(rows, key=lambda r: r["code"])
    return sorted([*rows, row], key=lambda r: r["code"]) if rows == ordered else [*rows, row]


#: What a new indicator cannot do without, in words.
NEEDED = {
    "code": "le code",
    "libelle": "le libellé",
    "definition": "la définition",
    "unite": "l'unité",
    "domaine": "le domaine",
}


def add_indicator(seeds: Path, given: Mapping[str, str]) -> str:
    """Add an indicator; ``given`` holds ``libelle``, ``definition``, ``unite``, ``domaine`` and may hold
    other columns; the words of the label are its code where none is given.

    Returns its code. Raises ``ExtractionError`` for a code that is taken or not snake_case, a missing word,
    an unknown domain.
    """
    path, header, rows = _read(seeds, "indicateur")
    row = {
        **dict.fromkeys(header, ""),
        **{k: v.strip() for k, v in given.items() if k in header},
    }
    row["code"] = row["code"] or slug(row["libelle"])
    row["additivite"] = row["additivite"] or adds_up(row["unite"], row["libelle"])
    _check_new(row, rows)
    if "concept_code" in header and not row["concept_code"]:
        row["concept_code"] = "non_precise"
    _write(path, header, _with(rows, row))
    return row["code"]


def _check_new(row: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> None:
    """Refuse a new indicator that lacks a word, has the name or the code of another, or no known domain."""
    _check_length(row["libelle"])
    missing = [key for key in NEEDED if not row[key]]
    if missing:
        named = listed([NEEDED[key] for key in missing if key != "code" or row["libelle"]])
        raise ExtractionError(f"il manque {named} au nouvel indicateur")
    if like := [r["code"] for r in rows if fold_label(r["libelle"]) == fold_label(row["libelle"])]:
        raise ExtractionError(
            f"« {row['libelle']} » existe déjà : {like[0]} ; choisissez-le, ou nommez celui-ci autrement"
        )
    if not CODE.fullmatch(row["code"]) or any(row["code"] == known["code"] for known in rows):
        raise ExtractionError(f"« {row['code']} » est déjà pris, ou n'est pas en minuscules et soulignés")
    domains = sorted({known["domaine"] for known in rows})
    if row["domaine"] not in domains:
        raise ExtractionError(f"« {row['domaine']} » n'est pas un domaine ; il y a : {', '.join(domains)}")


#: Units that are counted, and the words of what is no count although it is told in them.
_COUNTED = frozenset({"nombre", "EUR", "tonnes"})
_NO_COUNT = re.compile(r"\b(?:moyen(?:ne)?s?|median[es]?|plafonds?|seuils?|forfaits?|maximum|minimum|rang)\b")


def adds_up(unit: str, label: str) -> str:
    """How an indicator adds of which nobody said it: a count or an amount does, a mean, a limit or a rate
    never.
    """
    counted = unit in _COUNTED and not _NO_COUNT.search(fold_label(label))
    return "additif" if counted else "non_additif"


def _read(seeds: Path, dimension: str) -> tuple[Path, list[str], list[dict[str, str]]]:
    if dimension not in FILES:
        raise ExtractionError(f"« {dimension} » n'est pas une dimension ; il y a : {', '.join(FILES)}")
    path = seeds / f"{FILES[dimension]}.csv"
    text = path.read_text(encoding="utf-8")
    reader = csv.DictReader(io.StringIO(text), strict=True)
    rows = list(reader)
    header = list(reader.fieldnames or ())
    if _as_text(header, rows) != text:
        raise ExtractionError(
            f"{path.name}: sa mise en forme ne peut pas être conservée ; modifiez-le à la main"
        )
    return path, header, rows


def _as_text(header: list[str], rows: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _write(path: Path, header: list[str], rows: list[dict[str, str]]) -> None:
    """Write a seed by rename, and take it back when the catalogue does not load with it."""
    before = path.read_text(encoding="utf-8")
    write_whole(path, _as_text(header, rows))
    try:
        load_catalogue(path.parent)
    except ExtractionError as error:
        write_whole(path, before)
        raise ExtractionError(
            f"{path.name} : cet ajout y mettrait un code ou un alias en double, ou un référentiel était déjà "
            "illisible ; rien n'est écrit"
        ) from error
