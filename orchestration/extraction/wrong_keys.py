"""What is wrong in a template, said in French to the person who wrote it, with the nearest thing that would
be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from orchestration.extraction.catalogue import DIMENSIONS, Catalogue
from orchestration.notation.folding import fold_label
from orchestration.notation.lexicon import meaning

#: How near (0 to 100) a code must be to be proposed, and how many are.
NEAR, MOST = 60, 3
#: Problems of a file told at once.
TOLD = 20
#: Keys of a meaning that hold a code, with the seed of their members.
CODES = {
    "indicateur": "indicateurs",
    "concept": "concepts",
    "domaine": "domaines",
    "organisme": "organismes",
    "territoire": "territoires",
    **DIMENSIONS,
}

Problem = tuple[tuple[Any, ...], str]


def nearest_words(word: str, known: Iterable[str]) -> str:
    """A clause that names the known words nearest to ``word``; empty when none is near."""
    found = process.extract(
        word, list(known), scorer=fuzz.ratio, processor=fold_label, score_cutoff=NEAR, limit=MOST
    )
    return f" ; le plus proche : {', '.join(f'« {name} »' for name, _, _ in found)}" if found else ""


def in_french(error: ValidationError, keys: Iterable[str]) -> Iterator[Problem]:
    """The place (keys and ranks) of each problem of a template and what is wrong there; ``keys`` are those
    that exist.
    """
    for detail in error.errors()[:TOLD]:
        yield detail["loc"], _said(detail, keys)


def _said(detail: ErrorDetails, keys: Iterable[str]) -> str:
    kind, context, given = detail["type"], detail.get("ctx", {}), detail.get("input")
    key = next((step for step in reversed(detail["loc"]) if isinstance(step, str)), "le fichier")
    if kind == "extra_forbidden":
        return _no_key(key, keys, top=len(detail["loc"]) == 1)
    if kind == "missing":
        return f"il manque la clé « {key} »"
    if kind == "literal_error":
        return _no_value(key, str(given), _words(str(context.get("expected", ""))))
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"« {key} » attend des clés et des valeurs, pas « {given} »"
    if kind in ("tuple_type", "list_type"):
        return f"« {key} » attend une liste (un tiret par élément), pas « {given} »"
    if kind in ("bool_type", "bool_parsing"):
        return f"« {key} » attend true ou false, pas « {given} »"
    if kind in ("int_type", "int_parsing", "decimal_type", "decimal_parsing"):
        return f"« {key} » attend un nombre, pas « {given} »"
    if kind == "string_type":
        return f"« {key} » attend un texte, pas « {given} »"
    if kind == "string_pattern_mismatch":
        return f"« {given} » ne convient pas à « {key} » : minuscules, chiffres et soulignés seulement"
    if kind in ("too_long", "string_too_long"):
        return f"« {key} » est trop long ({context.get('max_length')} au plus) ; coupez-le en plusieurs"
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    return f"« {key} » ne convient pas : {given!r} ({detail['msg']})"


def _no_key(key: str, keys: Iterable[str], *, top: bool) -> str:
    if top:
        return f"la clé « {key} » n'existe pas ici ; un gabarit commence par « blocs: »"
    if key in keys:
        return f"la clé « {key} » n'existe pas ici ; écrivez-la dans « commun », ou à côté de « lire »"
    return f"la clé « {key} » n'existe pas ici{nearest_words(key, keys)}"


def _no_value(key: str, given: str, known: list[str]) -> str:
    meant = meaning("unites", given) if key == "unite" else None
    near = f" ; le plus proche : « {meant} »" if meant else nearest_words(given, known)
    return f"« {given} » n'est pas une valeur de « {key} »{near} ; valeurs : {', '.join(known)}"


def _words(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]


def wrong_codes(data: Any, catalogue: Catalogue) -> Iterator[Problem]:
    """The place of each code of a template that no seed holds, and what to do about it."""
    known = {
        "indicateur": catalogue.indicators.keys(),
        "concept": catalogue.concepts.keys(),
        "domaine": catalogue.domains.keys(),
        **catalogue.members,
    }
    for place, key, code in _codes_in(data, ()):
        if code not in known[key]:
            yield place, _unknown(key, code, catalogue, known[key])


def _codes_in(
    node: dict[Any, Any] | list[Any], place: tuple[Any, ...]
) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if key == "ecarts":  # the `motif` of an exception is a reason, not a member
            continue
        if isinstance(value, (dict, list)):
            yield from _codes_in(value, (*place, key))
        elif key in CODES and isinstance(value, (str, int)):
            yield (*place, key), str(key), str(value)


def _unknown(key: str, code: str, catalogue: Catalogue, known: Iterable[str]) -> str:
    meant = catalogue.resolve(key, code) if key in catalogue.aliases else None
    if key == "indicateur":
        meant = next(
            (i.code for i in catalogue.indicators.values() if fold_label(i.libelle) == fold_label(code)), None
        )
    near = f" ; le plus proche : « {meant} »" if meant else nearest_words(code, known)
    return (
        f"« {code} » n'est pas un code de « {key} »{near} ; corrigez le gabarit, ou ajoutez-le à "
        f"{CODES[key]}.csv"
    )
