"""The forms in which people say where figures stand and what they mean; validated at the door, never holding a value.

A template is a list of blocks. A block bounds a part of the document (``debut``, ``fin``), says what its figures share
(``commun``), and reads them with ``champs`` (fragments with holes) and ``tableau`` (rows and columns).
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from orchestration.extraction.catalogue import DIMENSIONS
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.files import read_within, refuse_outside

#: Bytes of a file (the largest known has 30,000), and files of a template.
MAX_BYTES, MAX_FILES = 1024 * 1024, 200
MAX_FRAGMENT, MAX_NOTE = 600, 2_000
UNITS = ("EUR", "nombre", "%", "points", "jours", "minutes", "ans", "pour_mille", "ratio", "autre")
NATURES = ("constate", "objectif", "evolution", "part", "total", "moyenne", "score", "rang", "parametre")
#: Templates nest five levels; a text that nests further is an accident or an attack.
MAX_NESTING = 20
MAX_GAPS, MAX_COLUMNS, MAX_ROWS, MAX_BLOCKS = 8, 60, 2_000, 2_000
#: Fragments, rows, exceptions, relations, tables and blocks of a template together; the longest template known has some six hundred.
MAX_ENTRIES = 5_000
#: What an anchor, an alias or a tag of YAML looks like, and lines that nest deeply; files without them need no second look.
_MAY_ALIAS = re.compile(r"(?:^|[\s\[{,:\-])[&*!][\w!<-]|^[ \-?:]{60}", re.MULTILINE)
_BRACKETS = re.compile(r"[\[\]{}]")
GAP = re.compile(r"…|\[\.\.\.\]")
HOLE = re.compile(r"\{([a-z0-9_]*)(~|:duree)?\}")
PERIOD = re.compile(
    r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|-S[12]|-T[1-4])?"
    r"(?:/(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|-S[12]|-T[1-4])?)?"
)


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]


class Form(BaseModel):
    """A part of a template: frozen, and a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Spec(Form):
    """What a figure means. Unset keys are inherited from the cell's row, column, table, block, then report."""

    id: str | None = None
    indicateur: str | None = None
    organisme: str | None = None
    territoire: str | None = None
    periode: Text | None = None
    unite: Literal[UNITS] | None = None
    nature: Literal[NATURES] | None = None
    role: Literal["feuille", "total", "dont"] | None = None
    signe: Literal["imprime", "moins", "aucun"] | None = None
    arrondi: int | Literal["zeros"] | None = None
    multiplicateur: Literal["millier", "million", "milliard"] | None = None
    libelle: str | None = Field(default=None, max_length=MAX_FRAGMENT)
    note: str | None = Field(default=None, max_length=MAX_NOTE)
    confiance: Decimal | None = Field(default=None, gt=0, le=1)
    risque: str | None = None
    canal: str | None = None
    public: str | None = None
    profession: str | None = None
    acteur: str | None = None
    programme: str | None = None
    motif: str | None = None
    etablissement: str | None = None
    poste: str | None = None
    site: str | None = None
    age: Text | None = None
    sexe: str | None = None
    modalite: str | None = None

    def over(self, base: Spec, **forced: str | None) -> Spec:
        """This spec completed by ``base`` where it says nothing (its ``id`` and ``libelle`` are never inherited); ``forced``
        keys, when not ``None``, bind before both."""
        own = {k: v for k, v in self.__dict__.items() if v is not None and k in SPEC_KEYS}
        return Spec.model_construct(**{**base.__dict__, "id": self.id, "libelle": self.libelle, **own, **{k: v for k, v in forced.items() if v}})


SPEC_KEYS = frozenset(Spec.model_fields)
assert set(DIMENSIONS) <= SPEC_KEYS


def _few_gaps(fragment: str) -> str:
    if len(GAP.findall(fragment)) > MAX_GAPS:
        raise ValueError(f"fragment {fragment[:60]!r} has more than {MAX_GAPS} gaps; cut it into several")
    return fragment


#: Words of the report with holes and gaps.
Fragment = Annotated[str, Field(max_length=MAX_FRAGMENT), AfterValidator(_few_gaps)]


class FieldForm(Form):
    """A fragment of the report's own words with a hole per number; it must match exactly once (or give ``rang``)."""

    lire: Fragment
    rang: int | None = Field(default=None, ge=1)
    commun: Spec = Spec()
    trous: tuple[tuple[str, Spec], ...]

    @model_validator(mode="before")
    @classmethod
    def _holes_are_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "trous" in data:
            return data
        data = {str(k): v for k, v in data.items()}
        fragment = str(data.pop("lire", ""))
        names = [m[1] for m in HOLE.finditer(fragment)]
        shared = {k: data.pop(k) for k in list(data) if k in SPEC_KEYS and k not in names}
        in_order = list(data.pop("valeurs", None) or [])
        rank = data.pop("rang", None)
        holes = [(name, _hole_spec(name, data, in_order)) for name in names]
        if data or in_order or not names or len({n for n in names if n}) != sum(map(bool, names)):
            extra = ", ".join(map(str, data)) or ("too many entries in `valeurs`" if in_order else "no hole, or a name used twice")
            raise ValueError(f"fragment {fragment[:60]!r}: {extra}; every key must be a hole of the fragment or a meaning")
        return {"lire": fragment, "rang": rank, "commun": shared, "trous": holes}


def _hole_spec(name: str, data: dict[str, Any], in_order: list[Any]) -> Any:
    if name:
        return data.pop(name, None) or {}
    return (in_order.pop(0) or {}) if in_order else {}


class ColumnForm(Spec):
    """A column: its meaning, whether cells may be empty (``vide``), and the columns that it sums (``somme``)."""

    vide: bool = False
    somme: tuple[str, ...] = ()


class RowForm(Spec):
    """A row: its printed label and meaning. ``total`` makes it the sum of the rows above it since the last total, or of the
    rows named; ``dont`` makes it a part of a leaf; ``presentes`` names the columns that the row really prints;
    ``groupes`` pins the number of digit groups of each cell where arithmetic cannot tell."""

    total: bool | tuple[str, ...] = False
    dont: bool = False
    presentes: tuple[str, ...] = ()
    groupes: tuple[int, ...] = ()
    cellules: dict[str, Spec] = {}
    rang: int = Field(default=1, ge=1)


class TableForm(Form):
    """Rows and columns. With ``dimension`` every row label must resolve to a member of it; otherwise rows are listed."""

    colonnes: tuple[ColumnForm, ...] = Field(max_length=MAX_COLUMNS)
    lignes: tuple[RowForm, ...] = Field(default=(), max_length=MAX_ROWS)
    dimension: Literal[tuple(DIMENSIONS)] | Literal["organisme", "territoire"] | None = None
    separateur: Literal["blanc", "tab"] = "blanc"
    multiligne: bool = False
    commun: Spec = Spec()

    @field_validator("lignes")
    @classmethod
    def _rows_have_labels(cls, rows: tuple[RowForm, ...]) -> tuple[RowForm, ...]:
        if any(row.libelle is None for row in rows):
            raise ValueError("every row needs its printed `libelle`")
        return rows


class SetAsideForm(Form):
    """A per-report exception where no rule can know: the fragment's numbers are set aside for ``motif``."""

    lire: Fragment
    motif: str
    rang: int | None = Field(default=None, ge=1)
    partout: bool = False


class BlockForm(Form):
    """A part of the document and its figures. ``debut`` must match once (or ``rang``); ``fin`` is the first match after it.
    ``revue: false`` marks a draft that nobody has read yet."""

    bloc: str = Field(pattern=r"^[a-z0-9_]+$")
    revue: bool = True
    debut: Fragment | None = None
    fin: Fragment | None = None
    rang: int | None = Field(default=None, ge=1)
    commun: Spec = Spec()
    champs: tuple[FieldForm, ...] = ()
    tableaux: tuple[TableForm, ...] = ()
    controles: tuple[Annotated[str, Field(max_length=MAX_NOTE)], ...] = ()
    ecarts: tuple[SetAsideForm, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_table_or_more(cls, data: Any) -> Any:
        if isinstance(data, dict) and "tableau" in data:
            data = dict(data)
            data["tableaux"] = [data.pop("tableau"), *data.get("tableaux", [])]
        return data


class Template(Form):
    """Every block of a report, in the order of its files."""

    blocs: tuple[BlockForm, ...] = Field(max_length=MAX_BLOCKS)


def load_template(folder: Path) -> Template:
    """Load ``template.yml`` and ``template/*.yml`` of a report folder.

    Raises ``ExtractionError`` naming the file, the place and the cause: YAML, an unknown key, a bad value, a doubled block.
    """
    files = [p for p in (folder / "template.yml", *sorted((folder / "template").glob("*.yml"))) if p.is_file()]
    if not files:
        raise ExtractionError(f"{folder.name}: no template.yml; write one or draft it from the document")
    if len(files) > MAX_FILES:
        raise ExtractionError(f"{folder.name}: the template has {len(files)} files, the limit is {MAX_FILES}; put several blocks into one")
    blocks: list[BlockForm] = []
    entries = 0
    for path in files:
        fresh = _load_file(folder, path).blocs
        entries += sum(map(_entries, fresh))
        if entries > MAX_ENTRIES:
            raise ExtractionError(f"{folder.name}: the template has more than {MAX_ENTRIES} fragments, rows and relations; read less of the report")
        blocks.extend(fresh)
    names = [b.bloc for b in blocks]
    doubled = sorted({n for n in names if names.count(n) > 1})
    if doubled:
        raise ExtractionError(f"{folder.name}: block {doubled[0]!r} is declared twice; give each block its own name")
    return Template(blocs=tuple(blocks))


def _entries(block: BlockForm) -> int:
    rows = sum(1 + len(table.lignes) for table in block.tableaux)
    return 1 + rows + len(block.champs) + len(block.controles) + len(block.ecarts)


def _load_file(folder: Path, path: Path) -> Template:
    refuse_outside(path, folder)
    data = load_yaml(path, folder.name)
    try:
        return Template.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = _place(data, first["loc"])
        raise ExtractionError(f"{folder.name}: {path.name}: {place}: {first['msg']}") from error


def _place(data: Any, location: tuple[Any, ...]) -> str:
    block = ""
    if len(location) > 1 and location[0] == "blocs" and isinstance(location[1], int):
        entry = data["blocs"][location[1]]
        block = f"block {entry.get('bloc', location[1])!r}, " if isinstance(entry, dict) else ""
    return block + ".".join(str(part) for part in location)


def _refuse_tricks(path: Path, text: str) -> None:
    """Look at every event of a file: anchors, aliases, tags and deep nesting are refused before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ExtractionError(f"{path.name}: line {line}: YAML anchors and aliases are not accepted")
        if getattr(event, "tag", None):
            raise ExtractionError(f"{path.name}: line {line}: YAML tags such as {event.tag!r} are not accepted")
        if depth > MAX_NESTING:
            raise ExtractionError(f"{path.name}: line {line}: nested deeper than {MAX_NESTING} levels; a template needs five")


def _nests(text: str) -> bool:
    """Whether brackets may nest deeper than they should (those inside quotes are counted too, hence the second look)."""
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth = depth + 1 if bracket.group() in "[{" else max(0, depth - 1)
        if depth > MAX_NESTING:
            return True
    return False


def load_yaml(path: Path, report: str = "") -> Any:
    """Parse a small, plain YAML file of a report; anchors, aliases, tags and deep nesting are refused.

    Raises ``ExtractionError`` naming the report, the file and the line.
    """
    try:
        return _parsed(path)
    except ExtractionError as error:
        raise ExtractionError(f"{report}: {error}" if report else str(error)) from error


def _parsed(path: Path) -> Any:
    try:
        text = read_within(path, MAX_BYTES).decode("utf-8")
        if _MAY_ALIAS.search(text) or _nests(text):
            _refuse_tricks(path, text)
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        cause = " ".join(str(getattr(error, "problem", None) or error).split())
        raise ExtractionError(f"{path.name}: line {mark.line + 1 if mark else '?'}: not valid YAML ({cause})") from error
    except (ValueError, RecursionError) as error:
        raise ExtractionError(f"{path.name}: holds a value that cannot be taken ({' '.join(str(error).split())[:100]})") from error
