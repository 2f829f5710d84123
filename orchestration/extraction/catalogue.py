"""Members and their aliases: the seeds of the warehouse, as the reader sees them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from orchestration.extraction.errors import ExtractionError
from orchestration.notation.folding import fold_label

#: Conformed dimensions in the order of the data contract, with the seed file of each.
DIMENSIONS: dict[str, str] = {
    "risque": "risques",
    "canal": "canaux",
    "public": "publics",
    "profession": "professions",
    "acteur": "acteurs",
    "programme": "programmes",
    "motif": "motifs",
    "etablissement": "etablissements",
    "poste": "postes",
    "site": "sites",
    "age": "ages",
    "sexe": "sexes",
    "modalite": "modalites",
}
#: Kinds of figures, with the French word for each.
NATURES: dict[str, str] = {
    "constate": "constaté",
    "objectif": "objectif",
    "evolution": "évolution",
    "part": "part",
    "total": "total",
    "moyenne": "moyenne",
    "score": "score",
    "rang": "rang",
    "parametre": "paramètre",
}
#: Why a number is set aside, units and dimensions in words.
REASONS = {
    "adresse": "adresse", "age_ou_seuil": "âge ou seuil", "anecdote": "anecdote", "annee": "année",
    "date": "date", "duree": "durée", "duree_legale": "durée légale", "fraction": "fraction",
    "graduation": "graduation d’un graphique",
    "heure": "heure", "identifiant": "identifiant", "libelle": "partie d’un libellé",
    "nom_propre": "partie d’un nom",
    "note": "appel de note", "page": "numéro de page", "rang_de_liste": "rang dans une liste",
    "reference_legale": "référence légale", "sigle": "partie d’un sigle",
    "suite": "suite du nombre précédent", "telephone": "téléphone", "version": "numéro de version",
}  # fmt: skip
UNIT_NAMES = {
    "EUR": "euros",
    "%": "pour cent",
    "pour_mille": "pour mille",
    "par_10000": "pour 10 000",
    "par_100000": "pour 100 000",
    "par_km2": "par km²",
    "km2": "km²",
    "m2": "m²",
    "m3": "m³",
}
DIMENSION_NAMES = {
    "risque": "Risques et branches", "canal": "Canaux", "public": "Publics", "profession": "Professions",
    "acteur": "Acteurs", "programme": "Programmes", "motif": "Motifs", "etablissement": "Établissements",
    "poste": "Postes", "site": "Sites", "age": "Âges", "sexe": "Sexes", "modalite": "Autres modalités",
}  # fmt: skip
UNSTATED, WHOLE = "non_precise", "ensemble"
#: Words of the longest name of a member that is looked for within others.
MOST_WORDS = 11
#: As long as the name of a page of the site may be, with room for more.
CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,119}")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing measured: ``unite`` is its base unit, ``additivite`` how it adds, ``domaine`` the subject it
    belongs to, ``definition`` the sentence that explains it, ``concept`` its concept of the core (or
    ``non_precise``), ``aliases`` other words for it."""

    code: str
    libelle: str
    unite: str
    additivite: str
    domaine: str
    definition: str = ""
    borne_min: Decimal | None = None
    borne_max: Decimal | None = None
    concept: str = UNSTATED
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notion:
    """A concept of the core, or a domain: what several indicators have in common. ``unite`` and ``domaine``
    are empty for a domain, ``parent`` for a concept that has none."""

    code: str
    libelle: str
    definition: str
    aliases: tuple[str, ...]
    unite: str = ""
    domaine: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """What defines or bounds an indicator: `part` (100 x terme / base), `ratio` (terme / base), `mensuel`
    (a twelfth of terme), `au_plus` (never more than base)."""

    nature: str
    terme_code: str
    base_code: str


LINKS = frozenset({"part", "ratio", "mensuel", "au_plus"})


@dataclass(frozen=True)
class Catalogue:
    """Codes by dimension, aliases by dimension (folded spelling -> code), the indicators by code, the
    territory of each body, labels by dimension and code, the parent of each member by dimension, the
    concepts of the core and the domains by code, the type of each body, the members that an indicator says
    already, each with the rank of its dimension."""

    indicators: dict[str, Indicator]
    members: dict[str, frozenset[str]]
    aliases: dict[str, dict[str, str]]
    territories: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    parents: dict[str, dict[str, str]] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    concepts: dict[str, Notion] = field(default_factory=dict)
    domains: dict[str, Notion] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    implied: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)

    def resolve(self, dimension: str, label: str) -> str | None:
        """The member of ``dimension`` whose code, label or alias is ``label``, or ``None``."""
        return self.aliases[dimension].get(fold_label(label))

    def members_named(self, label: str) -> dict[str, str]:
        """The members that ``label`` names by an alias, by the dimensions that know it."""
        return {
            d: code for d in DIMENSIONS if label and (code := self.resolve(d, label)) and code != UNSTATED
        }

    def members_within(self, words: str) -> dict[str, str]:
        """The members that some words in a row among ``words`` name, by dimension: of several, the one with
        the longest name. For a person to choose from; a name within others often means something else.
        """
        said = fold_label(words).split()
        found: dict[str, str] = {}
        for length in range(min(MOST_WORDS, len(said)), 0, -1):
            for at in range(len(said) - length + 1):
                for dimension, code in self.members_named(" ".join(said[at : at + length])).items():
                    found.setdefault(dimension, code)
        return found


#: How a seed is saved; spreadsheets like to do otherwise.
FORM = "UTF-8 without a byte order mark, cells separated by commas"


def load_catalogue(seeds: Path) -> Catalogue:
    """Load every seed of ``seeds``.

    Raises ``ExtractionError`` for a missing file, a bad code, or an alias that names two members.
    """
    rows = {
        name: _rows(seeds / f"{name}.csv")
        for name in ("indicateurs", "concepts", "domaines", "organismes", "territoires", *DIMENSIONS.values())
    }
    indicators = {
        r["code"]: Indicator(
            r["code"],
            r["libelle"],
            r["unite"],
            r["additivite"],
            r["domaine"],
            r["definition"],
            _bound(r, "borne_min"),
            _bound(r, "borne_max"),
            r.get("concept_code") or UNSTATED,
            _spellings(r),
        )
        for r in rows["indicateurs"]
    }
    seeds_of = {"organisme": "organismes", "territoire": "territoires", **DIMENSIONS}
    members = {dim: frozenset(r["code"] for r in rows[name]) for dim, name in seeds_of.items()}
    aliases = {dim: _aliases(name, rows[name]) for dim, name in seeds_of.items()}
    territories, types = _of_bodies(rows["organismes"])
    labels = {dim: {r["code"]: r["libelle"] for r in rows[name]} for dim, name in seeds_of.items()}
    parents = {
        dim: {r["code"]: r["parent_code"] for r in rows[name] if r.get("parent_code")}
        for dim, name in seeds_of.items()
    }
    links = {r["code"]: _link(r, indicators) for r in _rows(seeds / "liens_indicateurs.csv")}
    concepts = {r["code"]: _notion(r) for r in rows["concepts"] if r["code"] != UNSTATED}
    domains = {r["code"]: _notion(r) for r in rows["domaines"]}
    implied = _implied(_cells(seeds / "membres_impliques.csv", "indicateur_code,dimension,membre_code"))
    return Catalogue(
        indicators, members, aliases, territories, labels, parents, links, concepts, domains, types, implied
    )


def _implied(rows: list[dict[str, str]]) -> dict[str, tuple[tuple[int, str], ...]]:
    ranks = {dimension: rank for rank, dimension in enumerate(DIMENSIONS)}
    found: dict[str, tuple[tuple[int, str], ...]] = {}
    for r in rows:
        if r["dimension"] in ranks:  # the tests of the seeds refuse any other
            said = ranks[r["dimension"]], r["membre_code"]
            found[r["indicateur_code"]] = (*found.get(r["indicateur_code"], ()), said)
    return found


def _of_bodies(rows: list[dict[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """The territory of each body that has one, and the type of each, by their codes."""
    territories = {r["code"]: r["territoire_code"] for r in rows if r["territoire_code"]}
    return territories, {r["code"]: r.get("type") or "" for r in rows}


def _link(row: dict[str, str], indicators: Collection[str]) -> Link:
    link = Link(row["nature"], row["terme_code"], row["base_code"])
    unknown = {code for code in (row["code"], link.terme_code, link.base_code) if code} - set(indicators)
    if link.nature not in LINKS or unknown:
        what = f"the indicator {min(unknown)!r}" if unknown else f"the nature {link.nature!r}"
        raise ExtractionError(
            f"liens_indicateurs.csv: {row['code']!r} names {what}, which is unknown; correct it"
        )
    return link


def _notion(row: dict[str, str]) -> Notion:
    return Notion(
        row["code"],
        row["libelle"],
        row["definition"],
        _spellings(row),
        row.get("unite", ""),
        row.get("domaine", ""),
        row.get("parent_code", ""),
    )


def _spellings(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(alias for alias in (row.get("alias") or "").split("|") if alias)


def _bound(row: dict[str, str], name: str) -> Decimal | None:
    """What an indicator can never be less or more than; ``None`` when its row declares nothing."""
    text = row.get(name) or ""
    try:
        return Decimal(text) if text else None
    except InvalidOperation as error:
        raise ExtractionError(
            f"indicateurs.csv: {row['code']!r} declares {name} {text!r}, which is not a number"
        ) from error


def _cells(path: Path, first: str) -> list[dict[str, str]]:
    """The rows of a seed whose header begins with the columns ``first``."""
    try:
        text = path.read_bytes().decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ExtractionError(
            f"{path.name}: line {line}: the seed is not UTF-8; save it as {FORM}"
        ) from error
    except (OSError, csv.Error) as error:
        raise ExtractionError(
            f"{path.name}: the seed cannot be read ({error}); restore it from git"
        ) from error
    header = text.split("\n", 1)[0].rstrip("\r")
    if not f"{header},".startswith(f"{first},"):
        raise ExtractionError(
            f"{path.name}: line 1: the first columns are {header[:60]!r}, not {first}; save it as {FORM}"
        )
    return rows


def _rows(path: Path) -> list[dict[str, str]]:
    rows = _cells(path, "code,libelle")
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        code = row.get("code") or ""
        if not CODE.fullmatch(code) or code in seen or None in row or None in row.values():
            raise ExtractionError(
                f"{path.name}: line {number}: code {code!r} is doubled, not snake_case, or its row has "
                "missing or extra cells"
            )
        seen.add(code)
    if not rows:
        raise ExtractionError(f"{path.name}: line 2: the seed has no member; restore it from git")
    return rows


def _aliases(name: str, rows: list[dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        for spelling in (row["code"], row["libelle"], *row.get("alias", "").split("|")):
            folded = fold_label(spelling)
            if folded and found.setdefault(folded, row["code"]) != row["code"]:
                raise ExtractionError(
                    f"{name}.csv: alias {spelling!r} names both {found[folded]!r} and {row['code']!r}; keep "
                    "it on one of them"
                )
    return found
