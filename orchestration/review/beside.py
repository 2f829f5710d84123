"""What a row of the form of boxes and sentences says beside its indicator: the members that its words name, a
share, another period, unit, nature or role; and the indicator that is made of its words.

Does not belong here: the rows and columns of a table, which name members together (``naming``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.extraction.catalogue import UNSTATED, Catalogue
from orchestration.extraction.errors import ExtractionError
from orchestration.review.desk import Desk
from orchestration.review.dossier import Item
from orchestration.review.groups import Series
from orchestration.review.making import definition_from, name_from
from orchestration.review.seeds import add_indicator, kept_seeds

#: What a row may correct, as far as its figures share it.
CORRECTED = ("periode", "unite", "multiplicateur", "nature", "role")
#: Reasons for which a reviewer sets a number aside.
ASIDE = (
    "note",
    "anecdote",
    "date",
    "annee",
    "page",
    "reference_legale",
    "rang_de_liste",
    "age_ou_seuil",
    "nom_propre",
    "identifiant",
)
#: Members that are offered for a row at most.
MOST_OFFERED = 6
#: What follows the names of the fields that say a member in words: a row may name as many.
MEMBERS_SAID = ("", "_bis")
#: How the fields of a row begin, each with its rank behind it.
PREFIXES = (
    *CORRECTED,
    *(f"{key}{which}" for key in ("referentiel", "nom") for which in MEMBERS_SAID),
    *("est", "sans", "part", "creer", "definition", "domaine", "ecarter"),
)


@dataclass(frozen=True)
class Offer:
    """What a row shows to click: by dimension the member that some of its words name, whether its percentage
    may be a share, what its figures mean alike, and the name of an indicator that is made of its words.
    """

    members: Mapping[str, str] = field(default_factory=dict)
    share: bool = False
    shared: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


def offer_of(catalogue: Catalogue, series: Series) -> Offer:
    """What the words of a row offer: those of its label first, then those of the heading above it; nothing
    that the draft reads already.
    """
    first = series.items[0]
    named = {**catalogue.members_within(first.heading), **catalogue.members_within(first.label)}
    waiting = {d: code for d, code in named.items() if first.meaning[d] in ("", UNSTATED)}
    alike = {
        key: first.meaning[key]
        for key in CORRECTED
        if all(item.meaning[key] == first.meaning[key] for item in series.items)
    }
    share = first.meaning["unite"] == "%" and alike.get("nature") == "constate"
    return Offer(dict(list(waiting.items())[-MOST_OFFERED:]), share, alike, name_from(catalogue, first))


def corrected(given: Mapping[str, str], rank: int, series: Series) -> dict[str, str]:
    """The keys of a meaning that the row of a rank gives its figures, where they differ from what is read."""
    said = {key: given.get(f"{key}{rank}", "").strip() for key in CORRECTED}
    if given.get(f"part{rank}"):
        said["nature"] = "part"
    start = f"est{rank}_"
    said |= {key.removeprefix(start): code for key, code in given.items() if key.startswith(start)}
    return {key: told for key, told in said.items() if told and told != series.items[0].meaning.get(key)}


def named_alone(
    given: Mapping[str, str], items: Sequence[Item], cut: Sequence[Series]
) -> dict[str, dict[str, str]]:
    """By the place of a figure, the names of the members that its row of a form says in words, by dimension,
    or the form for all; none of a row that is set aside.
    """
    if not cut:
        told = members_in_words(given, "", items[0].printed) if items else {}
        return {item.key: told for item in items if told}
    found: dict[str, dict[str, str]] = {}
    for rank, series in enumerate(cut):
        said = {} if is_aside(given, rank) else members_in_words(given, str(rank), series.name)
        found |= {item.key: said for item in series.items if said}
    return found


def members_in_words(given: Mapping[str, str], rank: str, told: str) -> dict[str, str]:
    """The names of the members that the fields of a rank say, by dimension.

    Raises ``ExtractionError`` where a name or its dimension is missing, or two are of one dimension.
    """
    found: dict[str, str] = {}
    for which in MEMBERS_SAID:
        dimension, name = (given.get(f"{key}{which}{rank}", "").strip() for key in ("referentiel", "nom"))
        if bool(dimension) != bool(name):
            raise ExtractionError(
                f"« {told} » : un membre se dit par son référentiel et son nom ; l'un des deux manque"
            )
        if dimension and found.setdefault(dimension, name) != name:
            raise ExtractionError(f"« {told} » : dites un seul membre de chaque référentiel")
    return found


def is_aside(given: Mapping[str, str], rank: int) -> bool:
    """Whether a form sets the figures of one of its rows aside."""
    return given.get(f"ecarter{rank}", "") in ASIDE


def carried(
    given: Mapping[str, str], before: Sequence[Series], after: Sequence[Series]
) -> Iterator[tuple[str, str]]:
    """The fields of the rows that still wait, under the ranks that these have now."""
    ranks = {one.items[0].key: rank for rank, one in enumerate(after)}
    for rank, series in enumerate(before):
        now = ranks.get(series.items[0].key)
        for key, value in given.items() if now is not None else ():
            for prefix in PREFIXES:
                rest = key.removeprefix(f"{prefix}{rank}")
                if value and rest != key and (not rest or rest.startswith("_")):
                    yield f"{prefix}{now}{rest}", value


@contextlib.contextmanager
def indicators_made(desk: Desk, rows: Iterable[Mapping[str, str]]) -> Iterator[list[str]]:
    """Make an indicator of each of ``rows`` (columns of its seed) and give their codes; the seed is as it was
    when what follows is refused.
    """
    wanted = list(rows)
    if not wanted:
        yield []
        return
    try:
        with kept_seeds(desk.settings.seeds, ["indicateur"]):
            made = [add_indicator(desk.settings.seeds, row) for row in wanted]
            desk.forget()
            yield made
    except (ExtractionError, OSError):
        desk.forget()
        raise


def to_make(catalogue: Catalogue, given: Mapping[str, str], rank: int, series: Series) -> dict[str, str]:
    """The new indicator that a row asks for: its name, that of its words if the reviewer gives none, the
    unit of its figures, a definition that says where the report has it if the reviewer gives none; nothing
    where it asks for none.
    """
    if not given.get(f"creer{rank}") or is_aside(given, rank):
        return {}
    first = series.items[0]
    name = given.get(f"autre{rank}", "").strip() or name_from(catalogue, first)
    if not name:
        raise ExtractionError(
            f"« {series.name} » : écrivez le nom de l'indicateur à créer dans « ou un autre »"
        )
    return {
        "libelle": name,
        "definition": given.get(f"definition{rank}", "").strip() or definition_from(catalogue, first),
        "unite": given.get(f"unite{rank}", "").strip() or first.meaning["unite"],
        "domaine": given.get(f"domaine{rank}", "").strip(),
    }
