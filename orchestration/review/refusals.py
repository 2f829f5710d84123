"""What a reviewer is told, in French, where a file cannot be read or written or a seed is broken: the rooms
below say it in English, for a terminal.

Does not belong here: what a decision is refused for (``decisions``).
"""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from pathlib import Path

from orchestration.extraction.catalogue import Catalogue, load_catalogue
from orchestration.extraction.errors import ExtractionError
from orchestration.reconciliation.wording import count_words, listed

#: What keeps a file from being read or written, by the number that the system gives.
OS_REASONS = {
    errno.ENOSPC: "il n'y a plus de place sur le disque",
    errno.EDQUOT: "il n'y a plus de place sur le disque",
    errno.EACCES: "les droits de ce fichier ou de son dossier ne le permettent pas",
    errno.EPERM: "les droits de ce fichier ou de son dossier ne le permettent pas",
    errno.EROFS: "ce disque ne se laisse pas écrire",
    errno.ENOENT: "ce fichier n'existe pas, ou plus",
    errno.EISDIR: "c'est un dossier, il faut un fichier",
    errno.ENOTDIR: "un fichier a pris la place d'un de ses dossiers",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.EIO: "le disque ne répond pas bien",
}
#: What a reviewer sees of a figure, by the key of a template.
KEY_WORDS = {
    "indicateur": "l'indicateur",
    "periode": "la période",
    "unite": "l'unité",
    "multiplicateur": "l'échelle",
    "nature": "la nature",
    "role": "le rôle",
    "signe": "le signe",
    "territoire": "le territoire",
    "organisme": "l'organisme",
}
#: Where a problem of a template stands, and what its author is told to do: a reviewer sees neither.
_PLACE = re.compile(
    r"^\w+: (?:\S+\.yml(?:, ligne \d+)?,? ?)?(?:bloc « [^»]* »)?(?:, ligne (?P<line>\d+) du document)?\s?:? ?"
)
_ADVICE = re.compile(r"\s?; (?:corrigez|ajoutez|mettez|ôtez)[^;]*$|`")
_NAMED = 3
#: How a file is called while it is written.
_ASIDE = re.compile(r"^\.(.+)\.\d+$")
_SEED = re.compile(r"^(?P<name>\w+\.csv): (?:line (?P<line>\d+))?")


def refusal_told(error: ExtractionError | OSError) -> str:
    """What went wrong, for the page."""
    if not isinstance(error, OSError):
        return str(error)
    name = Path(error.filename).name if isinstance(error.filename, str | Path) else "un fichier"
    name = _ASIDE.sub(r"\1", name)
    reason = OS_REASONS.get(error.errno or 0, "le système ne dit pas pourquoi")
    return f"{name} ne peut être lu ou écrit : {reason}. Ce qui était décidé reste ; rien d'autre n'est écrit"


def without_places(message: str, printed: Sequence[str]) -> str:
    """What is wrong with a template that a decision would write, as a reviewer sees it: which of the
    ``printed`` numbers it was about and what is wrong, each thing once, without a place of the file.
    """
    clauses: dict[str, None] = {}
    for sentence in message.split("\n"):
        place = _PLACE.match(sentence)
        line = f"ligne {place['line']} : " if place and place["line"] else ""
        clauses[line + _ADVICE.sub("", sentence[place.end() if place else 0 :])] = None
    more = [count_words(len(printed) - _NAMED, "autre")] if len(printed) > _NAMED else []
    numbers = listed([*(f"« {number} »" for number in printed[:_NAMED]), *more])
    first = next(iter(clauses)).rstrip(".")
    others = f" (et {len(clauses) - 1} de plus)" if len(clauses) > 1 else ""
    return f"{numbers} : {first}{others}"


def catalogue_of(seeds: Path) -> Catalogue:
    """The catalogue of the seeds; raises ``ExtractionError`` in French where one cannot be read."""
    try:
        return load_catalogue(seeds)
    except ExtractionError as error:
        place = _SEED.match(str(error))
        name = place["name"] if place else "un référentiel"
        line = f", ligne {place['line']}" if place and place["line"] else ""
        raise ExtractionError(
            f"{name}{line} : ce référentiel ne se lit plus. Un code ou un alias y est peut-être en double, "
            "une cellule manque ou déborde, ou il n'est pas en UTF-8 : corrigez-le, ou reprenez-le dans git"
        ) from error
