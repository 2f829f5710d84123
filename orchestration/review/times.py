"""When figures are of, as a reviewer says it: a period in a person's words, and those that a page offers.

The words are those that ``discovery`` reads in print; does not belong here: a grammar of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orchestration.discovery import periods
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.templates import PERIOD
from orchestration.notation.folding import plain

#: What print leaves out where its line or its heading says it: a period is read with each of these before it.
_LEADS = ("", "au ", "en ", "de ", "les ")
#: Words around a time that say nothing more.
_AROUND = re.compile(r"[\s,.]|\b(?:en|au|le|fin|annee|exercice|periode|l|d|de|du)\b'?")
_PARTS = {"trimestre": 4, "semestre": 2}
_SHORT = re.compile(r"\b(trim|sem)\b\.?")
_LONG = {"trim": "trimestre", "sem": "semestre"}


def period_typed(words: str, year: str) -> str:
    """The code of the period that words name and nothing else; ``year`` is that of the report, for words
    that leave it out. Raises ``ExtractionError`` where they name none, or several.
    """
    said = " ".join(words.split())
    if PERIOD.fullmatch(said):
        return said
    said = _SHORT.sub(lambda short: _LONG[short[1]], said)
    bare = re.sub(rf"\s+{year[:2]}\d\d$", "", said)
    month = periods.of_month(bare, said[-4:] if bare != said else year)
    found = month or next(filter(None, (_named(lead + said, year) for lead in _LEADS)), None)
    if found is None or not PERIOD.fullmatch(found):
        raise ExtractionError(
            f"la période « {said} » ne se lit pas : écrivez-la comme {year}, décembre {year}, "
            f"1er trimestre {year}, 2e semestre {year}, 31 décembre {year}, ou {int(year) - 1}/{year} pour "
            "une évolution"
        )
    return found


def _named(words: str, year: str) -> str | None:
    """The one time that words name when nothing is left beside it."""
    named = periods.mentions(words, year)
    if len(named) != 1:
        return None
    (one,) = named
    text = plain(words)
    rest = text[: one.start] + " " + text[one.end :]
    if one.code == one.code[:4]:  # digits beside a year are of a time that nothing reads
        rest += text[one.start : one.end].replace(one.code, "").translate(_LETTERS_OUT)
    return None if _AROUND.sub("", rest) else one.code


_LETTERS_OUT = {ord(letter): None for letter in "abcdefghijklmnopqrstuvwxyz' -"}


def of_nature(code: str, nature: str) -> str:
    """Two years are an evolution between them (``2021/2022``) or a campaign over both (``2021-2022``): which,
    the nature of the figure says.
    """
    if nature == "evolution":
        return re.sub(r"^(\d{4})-(\d{4})$", r"\1/\2", code)
    return periods.of_measure(code)


def periods_offered(read: Iterable[str], year: str) -> list[str]:
    """The periods that a report speaks of, then the parts of its year, as a person says them."""
    parts = [
        f"{rank}{'er' if rank == 1 else 'e'} {part} {year}"
        for part, most in _PARTS.items()
        for rank in range(1, most + 1)
    ]
    return [*sorted(set(filter(None, read)), reverse=True), *parts]
