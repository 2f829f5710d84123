"""What a reviewer is told, in French, where a file cannot be read or written or a seed is broken: the rooms
below say it in English, for a terminal.

Does not belong here: what a decision is refused for (``decisions``).
"""

from __future__ import annotations

import errno
import re
from pathlib import Path

from orchestration.extraction.catalogue import Catalogue, load_catalogue
from orchestration.extraction.errors import ExtractionError

#: What keeps a file from being read or written, by the number that the system gives.
_REASONS = {
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
_SEED = re.compile(r"^(?P<name>\w+\.csv): (?:line (?P<line>\d+))?")


def refusal_told(error: ExtractionError | OSError) -> str:
    """What went wrong, for the page."""
    if not isinstance(error, OSError):
        return str(error)
    name = Path(error.filename).name if isinstance(error.filename, str | Path) else "un fichier"
    reason = _REASONS.get(error.errno or 0, "le système ne dit pas pourquoi")
    return f"{name} ne peut être lu ou écrit : {reason}. Ce qui était décidé reste ; rien d'autre n'est écrit"


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
