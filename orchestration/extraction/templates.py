"""The forms in which people say where figures stand and what they mean; validated at the door, never holding
a value.

A template is a list of blocks. A block bounds a part of the document (``debut``, ``fin``), says what its
figures share (``commun``), and reads them with ``champs`` (fragments with holes) and ``tableau`` (rows and
columns).
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from orchestration.extraction.catalogue import DIMENSIONS, NATURES, Catalogue
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.files import refuse_outside
from orchestration.extraction.plain_yaml import Placed, line_of, parse_yaml, read_yaml, recovered
from orchestration.extraction.wrong_keys import in_french, nearest_words, wrong_codes
from orchestration.notation.lexicon import units

#: Files of a template.
MAX_FILES = 200
MAX_FRAGMENT, MAX_NOTE = 600, 2_000
UNITS = units()
MAX_GAPS, MAX_COLUMNS, MAX_ROWS, MAX_BLOCKS = 8, 60, 2_000, 2_000
#: Fragments, rows, exceptions, relations, tables and blocks of a template together; the longest template
#: known has some six hundred.
MAX_ENTRIES = 5_000
GAP = re.compile(r"…|\[\.\.\.\]")
HOLE = re.compile(r"\{([a-z0-9_]*)(~|:duree)?\}")
#: A year, half-year, quarter, month or date; two of them (``2019/2020`` is an evolution); a campaign over two
#: years (``2020-2021``).
PERIOD = re.compile(
    r"(?:19|20)\d\d-(?:19|20)\d\d|"
    r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|-S[12]|-T[1-4])?"
    r"(?:/(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|-S[12]|-T[1-4])?)?"
)


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _is_period(value: str) -> str:
    if not PERIOD.fullmatch(value):
        raise ValueError(
            f"la période « {value} » n'a aucune des formes 2020, 2020-12, 2020-S1, 2020-T1, 2020-12-31, "
            "2019/2020, 2019-2020"
        )
    return value


#: A word that YAML may take for a number or a date.
Text = Annotated[str, BeforeValidator(_as_text), WithJsonSchema({"type": ["string", "integer"]})]
Period = Annotated[
    Text,
    AfterValidator(_is_period),
    WithJsonSchema({"type": ["string", "integer"], "pattern": f"^(?:{PERIOD.pattern})$"}),
]


class Form(BaseModel):
    """A part of a template: frozen, and a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlacedForm(Form):
    """A form that knows where it was written."""

    _place: str = PrivateAttr("")

    @model_validator(mode="wrap")
    @classmethod
    def _keeps_its_place(cls, data: Any, validate: ModelWrapValidatorHandler[PlacedForm]) -> PlacedForm:
        form = validate(data)
        if isinstance(data, Placed):
            form._place = data.place
        return form

    @property
    def place(self) -> str:
        """``template.yml, ligne 12``; empty for a form that no file holds."""
        return self._place


if TYPE_CHECKING:  # the words are data: a type checker sees text where pydantic sees the list
    Unit = str
    Nature = str
    RowDimension = str
else:
    Unit = Literal[UNITS]
    Nature = Literal[tuple(NATURES)]
    RowDimension = Literal[tuple(DIMENSIONS)] | Literal["organisme", "territoire"]


class PrintedMeaning(Form):
    """What is printed of a figure that is read otherwise: a misprint, which becomes a control of its own."""

    periode: Period | None = None
    unite: Unit | None = None
    nature: Nature | None = None
    indicateur: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> PrintedMeaning:
        if all(value is None for _, value in self):
            raise ValueError("`imprime` dit ce qui est imprimé : periode, unite, nature ou indicateur")
        return self


class Spec(Form):
    """What a figure means. Unset keys are inherited from the cell's row, column, table, block, then report.

    ``revue`` says whether somebody read it (else its block does); ``ecarter`` sets the number aside for a
    reason instead.
    """

    id: str | None = None
    indicateur: str | None = None
    concept: str | None = None
    domaine: str | None = None
    organisme: str | None = None
    territoire: str | None = None
    periode: Period | None = None
    unite: Unit | None = None
    nature: Nature | None = None
    role: Literal["feuille", "total", "dont"] | None = None
    perimetre: Literal["entier", "partiel", "elargi"] | None = None
    perimetre_mots: str | None = Field(default=None, max_length=MAX_NOTE)
    signe: Literal["imprime", "moins", "aucun"] | None = None
    arrondi: int | Literal["zeros"] | None = None
    multiplicateur: Literal["millier", "million", "milliard"] | None = None
    libelle: str | None = Field(default=None, max_length=MAX_FRAGMENT)
    note: str | None = Field(default=None, max_length=MAX_NOTE)
    imprime: PrintedMeaning | None = None
    confiance: Decimal | None = Field(default=None, gt=0, le=1)
    revue: bool | None = None
    ecarter: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
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

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Spec:
        """Itself: nothing in it can change, and every block and every field begins with an empty one."""
        return self

    @property
    def said(self) -> dict[str, Any]:
        """What it says; its ``id`` and ``libelle`` in any case, which are never inherited."""
        own = {k: v for k, v in self.__dict__.items() if v is not None and k in SPEC_KEYS}
        return {"id": None, "libelle": None, **own}

    def over(self, base: Spec) -> Spec:
        """This spec completed by ``base`` where it says nothing."""
        return base.but(**self.said)

    def but(self, **changed: Any) -> Spec:
        """This meaning with some of its keys changed, by values that were validated where they were written:
        each figure has its own, and pydantic's general copy costs three times as much."""
        spec = Spec.__new__(Spec)
        object.__setattr__(spec, "__dict__", {**self.__dict__, **changed})
        object.__setattr__(spec, "__pydantic_fields_set__", set())
        object.__setattr__(spec, "__pydantic_extra__", None)
        object.__setattr__(spec, "__pydantic_private__", None)
        return spec


SPEC_KEYS = frozenset(Spec.model_fields)
assert set(DIMENSIONS) <= SPEC_KEYS


def _few_gaps(fragment: str) -> str:
    if len(GAP.findall(fragment)) > MAX_GAPS:
        raise ValueError(
            f"le fragment « {fragment[:60]} » a plus de {MAX_GAPS} ellipses ; coupez-le en plusieurs"
        )
    return fragment


#: Words of the report with holes and gaps.
Fragment = Annotated[str, Field(max_length=MAX_FRAGMENT), AfterValidator(_few_gaps)]


#: What an editor checks of a fragment: a hole at least, and no two of one name.
_HOLES_OF_A_FIELD: dict[str, Any] = {
    "pattern": HOLE.pattern,
    "not": {"pattern": r"\{([a-z0-9_]+)(~|:duree)?\}[\s\S]*\{\1(~|:duree)?\}"},
}


class FieldForm(PlacedForm, Spec):
    """A fragment of the report's own words with a hole per number; it must match exactly once (or give
    ``rang``).

    Its own meaning is shared by its holes. A named hole has its meaning under its name, the others theirs, in
    order, in ``valeurs``.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Spec | None]

    lire: Fragment = Field(json_schema_extra=_HOLES_OF_A_FIELD)
    rang: int | None = Field(default=None, ge=1)
    valeurs: tuple[Spec | None, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _every_key_is_known(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("lire"), str):
            return data
        names = [m[1] for m in HOLE.finditer(data["lire"])]
        _refuse_names(data["lire"], names)
        known = {*SPEC_KEYS, "lire", "rang", "valeurs"}
        for key in data:
            if str(key) not in known and str(key) not in names:
                told = nearest_words(str(key), sorted({*known, *filter(None, names)}))
                raise ValueError(f"« {key} » n'est ni un sens ni un trou de « {data['lire'][:60]} »{told}")
        if len(data.get("valeurs") or ()) > names.count(""):
            raise ValueError(
                f"`valeurs` donne plus de sens que « {data['lire'][:60]} » n'a de trous sans nom"
            )
        return data

    @cached_property
    def commun(self) -> Spec:
        """What its holes share."""
        return Spec().but(**{key: getattr(self, key) for key in SPEC_KEYS})

    @cached_property
    def trous(self) -> tuple[tuple[str, Spec], ...]:
        """The name (empty where it has none) and the meaning of each hole, in the order of print."""
        in_order, named = iter(self.valeurs), self.__pydantic_extra__
        names = [hole[1] for hole in HOLE.finditer(self.lire)]
        told = [named.get(name) if name else next(in_order, None) for name in names]
        return tuple((name, spec or Spec()) for name, spec in zip(names, told, strict=True))


def _refuse_names(fragment: str, names: list[str]) -> None:
    said = f"le fragment « {fragment[:60]} »"
    if not names:
        raise ValueError(f"{said} n'a pas de trou ; écrivez {{}} ou {{nom}} à la place de chaque nombre")
    for name in filter(None, names):
        if names.count(name) > 1:
            raise ValueError(f"{said} a deux trous nommés « {name} » ; nommez-les autrement")
        if name in SPEC_KEYS or name in ("lire", "rang", "valeurs"):
            raise ValueError(
                f"{said} : un trou ne peut pas se nommer « {name} », qui est une clé ; nommez-le autrement"
            )


class ColumnForm(Spec):
    """A column: its meaning, whether cells may be empty (``vide``), and the columns that it sums
    (``somme``).
    """

    vide: bool = False
    somme: tuple[str, ...] = ()


class RowForm(Spec):
    """A row: its printed label and meaning. ``total`` makes it the sum of the rows above it since the last
    total, or of the rows named; ``dont`` makes it a part of a leaf; ``presentes`` names the columns that the
    row really prints; ``groupes`` pins the number of digit groups of each cell where arithmetic cannot
    tell."""

    model_config = ConfigDict(json_schema_extra={"required": ["libelle"]})

    total: bool | tuple[str, ...] = False
    dont: bool = False
    presentes: tuple[str, ...] = ()
    groupes: tuple[int, ...] = ()
    cellules: dict[str, Spec] = {}
    rang: int = Field(default=1, ge=1)


class TableForm(PlacedForm):
    """Rows and columns. With ``dimension`` every row label must resolve to a member of it; otherwise rows are
    listed.
    """

    colonnes: tuple[ColumnForm, ...] = Field(max_length=MAX_COLUMNS)
    lignes: tuple[RowForm, ...] = Field(default=(), max_length=MAX_ROWS)
    dimension: RowDimension | None = None
    separateur: Literal["blanc", "tab"] = "blanc"
    multiligne: bool = False
    commun: Spec = Spec()

    @field_validator("lignes")
    @classmethod
    def _rows_have_labels(cls, rows: tuple[RowForm, ...]) -> tuple[RowForm, ...]:
        if any(row.libelle is None for row in rows):
            raise ValueError("chaque ligne du tableau doit donner son `libelle` imprimé")
        return rows


class SetAsideForm(PlacedForm):
    """A per-report exception where no rule can know: the fragment's numbers are set aside for ``motif``."""

    lire: Fragment
    motif: str = Field(pattern=r"^[a-z0-9_]+$")
    rang: int | None = Field(default=None, ge=1)
    partout: bool = False


class BlockForm(PlacedForm):
    """A part of the document and its figures. ``debut`` must match once (or ``rang``); ``fin`` is the first
    match after it. ``revue: false`` marks a draft that nobody has read yet."""

    bloc: str = Field(pattern=r"^[a-z0-9_]+$")
    revue: bool = True
    debut: Fragment | None = None
    fin: Fragment | None = None
    rang: int | None = Field(default=None, ge=1)
    commun: Spec = Spec()
    champs: tuple[FieldForm, ...] = ()
    tableau: TableForm | None = None
    tableaux: tuple[TableForm, ...] = ()
    controles: tuple[Annotated[str, Field(max_length=MAX_NOTE)], ...] = ()
    ecarts: tuple[SetAsideForm, ...] = ()

    @property
    def tables(self) -> tuple[TableForm, ...]:
        """Its tables, whether one (``tableau``) or several were written."""
        return (self.tableau, *self.tableaux) if self.tableau else self.tableaux


class Template(Form):
    """Every block of a report, in the order of its files."""

    blocs: tuple[BlockForm, ...] = Field(max_length=MAX_BLOCKS)


class WrongTemplate(ExtractionError):
    """All that is wrong in a template; ``sound`` is what nothing is wrong with, so that reading it tells the
    rest in the same run."""

    def __init__(self, sentences: Iterable[str], sound: Template) -> None:
        super().__init__("\n".join(dict.fromkeys(sentences)))
        self.sound = sound


#: Every key that a template may hold somewhere.
KEYS = sorted(
    {
        name
        for form in (BlockForm, FieldForm, TableForm, RowForm, ColumnForm, SetAsideForm)
        for name in form.model_fields
    }
)


def load_template(folder: Path, catalogue: Catalogue | None = None) -> Template:
    """Load ``template.yml`` and ``template/*.yml`` of a report folder; with a catalogue, its codes are looked
    up too.

    Raises ``ExtractionError``, a French sentence per problem with its file and line: YAML, an unknown key or
    code, a bad value, a block written twice.
    """
    files = template_files(folder)
    if not files:
        raise ExtractionError(
            f"{folder.name}: pas de template.yml ; écrivez-le ou faites-en l'ébauche avec `make report`"
        )
    if len(files) > MAX_FILES:
        raise ExtractionError(
            f"{folder.name}: le gabarit a {len(files)} fichiers, la limite est {MAX_FILES} ; réunissez des "
            "blocs"
        )
    blocks: list[BlockForm] = []
    wrong: list[str] = []
    for path in files:
        try:
            blocks.extend(_load_file(folder, path, catalogue).blocs)
        except WrongTemplate as error:
            wrong.append(str(error))
            blocks.extend(error.sound.blocs)
        if sum(map(_entries, blocks)) > MAX_ENTRIES:
            raise ExtractionError(
                f"{folder.name}: le gabarit a plus de {MAX_ENTRIES} fragments, lignes et relations ; lisez "
                "moins du rapport"
            )
    _refuse_doubles(folder, blocks, wrong)
    if wrong:
        raise WrongTemplate(wrong, Template.model_construct(blocs=tuple(blocks)))
    return Template(blocs=tuple(blocks))


def template_files(folder: Path) -> list[Path]:
    """The files that make the template of a report, in the order in which they are read."""
    return [p for p in (folder / "template.yml", *sorted((folder / "template").glob("*.yml"))) if p.is_file()]


def _refuse_doubles(folder: Path, blocks: list[BlockForm], wrong: list[str]) -> None:
    """Add to ``wrong`` what is to be said of blocks of one name, and leave the later ones out."""
    seen: dict[str, str] = {}
    for block in list(blocks):
        if block.bloc in seen:
            wrong.append(
                f"{folder.name}: {block.place} : le bloc « {block.bloc} » existe déjà ({seen[block.bloc]}) ; "
                "donnez un nom à chacun"
            )
            blocks.remove(block)
        seen.setdefault(block.bloc, block.place)


def _entries(block: BlockForm) -> int:
    rows = sum(1 + len(table.lignes) for table in block.tables)
    return 1 + rows + len(block.champs) + len(block.controles) + len(block.ecarts)


def _load_file(folder: Path, path: Path, catalogue: Catalogue | None) -> Template:
    refuse_outside(path, folder)
    content = read_yaml(path, folder.name)
    try:
        data, template = _kept(folder, path, content)
    except ExtractionError as error:
        raise _diagnosed(folder, path, content, catalogue, str(error)) from error
    except ValidationError as error:
        raise _diagnosed(folder, path, content, catalogue) from error
    if catalogue and any(wrong_codes(data, catalogue)):
        raise _diagnosed(folder, path, content, catalogue)
    return template


@lru_cache(maxsize=MAX_FILES)
def _kept(folder: Path, path: Path, content: bytes) -> tuple[Any, Template]:
    """What a file with this content holds, as written and as a template: a content is read once."""
    data = parse_yaml(path.name, content, folder.name)
    return data, Template.model_validate(data)


def _diagnosed(
    folder: Path, path: Path, content: bytes, catalogue: Catalogue | None, refused: str = ""
) -> WrongTemplate:
    """All that is wrong in a file: items that are no YAML, then keys, values and codes of the others."""
    data, sentences = recovered(path.name, content, folder.name)
    if data is None:
        empty = f"{folder.name}: {path.name}, ligne 1 : le fichier est vide ; il commence par « blocs: »"
        return WrongTemplate(sentences or [refused or empty], Template(blocs=()))
    if sentences:
        _drop_emptied(data)
    wrong = [*_misformed(data), *(wrong_codes(data, catalogue) if catalogue else ())]
    wrong.sort(key=lambda problem: line_of(data, problem[0]))
    sentences += (
        f"{folder.name}: {path.name}, ligne {line_of(data, place)}{_block_name(data, place)} : {said}"
        for place, said in wrong
    )
    return WrongTemplate(sentences or [refused], _sound(data, [place for place, _ in wrong]))


def _misformed(data: Any) -> Iterator[tuple[tuple[Any, ...], str]]:
    try:
        Template.model_validate(data)
    except ValidationError as error:
        yield from in_french(error, KEYS)


def _drop_emptied(data: Any) -> None:
    """Take the keys of blocks away of which nothing is left."""
    for block in data.get("blocs") or () if isinstance(data, dict) else ():
        for key in [key for key, value in block.items() if value is None] if isinstance(block, dict) else ():
            del block[key]


def _sound(data: Any, wrong: list[tuple[Any, ...]]) -> Template:
    """The blocks of a file without the entries that something is wrong with."""
    blocks: list[BlockForm] = []
    for rank, block in enumerate(data.get("blocs") or () if isinstance(data, dict) else ()):
        places = [place[2:] for place in wrong if place[:2] == ("blocs", rank)]
        with contextlib.suppress(ValidationError):
            blocks.append(BlockForm.model_validate(_without(block, places)))
    return Template.model_construct(blocs=tuple(blocks))


def _without(block: Any, places: list[tuple[Any, ...]]) -> Any:
    """A block without its fields, tables and exceptions at ``places``; its relations, which may name them, go
    with them."""
    if not places or not isinstance(block, Placed):
        return block
    left = Placed({key: value for key, value in block.items() if key != "controles"})
    left.line, left.lines, left.file = block.line, block.lines, block.file
    for key, *inner in places:
        if key in ("champs", "tableaux", "ecarts") and inner and isinstance(block[key], list):
            left[key] = [entry for rank, entry in enumerate(block[key]) if (key, rank) not in _ranks(places)]
        else:
            left.pop(key, None)
    return left


def _ranks(places: list[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {place[:2] for place in places}


def _block_name(data: Any, place: tuple[Any, ...]) -> str:
    if len(place) < 2 or place[0] != "blocs" or not isinstance(place[1], int):
        return ""
    entry = data["blocs"][place[1]]
    return f", bloc « {entry.get('bloc', place[1] + 1)} »" if isinstance(entry, dict) else ""
