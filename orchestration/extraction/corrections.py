"""Corrections of published readings: ``corrections.yml`` of a report. What is corrected is the reading, never
the print.

An entry names a place, what was read there, what should be, and why. It is refused when the old reading no
longer occurs, or when the new value does not follow from the ink at that place (another sign, another scale
of thousands; never other digits).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from orchestration.extraction.captures import Capture
from orchestration.extraction.catalogue import DIMENSIONS, NATURES, UNSTATED, Catalogue
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.plain_yaml import load_yaml
from orchestration.extraction.templates import PERIOD, UNITS, PlacedForm, Text
from orchestration.extraction.wrong_keys import wrong_codes
from orchestration.notation.numbers import Number

FILE = "corrections.yml"
#: What may be corrected.
KEYS = ("valeur", "unite", "indicateur", "periode", "nature", "role", "organisme", "territoire", *DIMENSIONS)
SHORTEST_REASON = 10
#: The columns of ``raw.correction``: one row for each key of each correction.
CORRECTION_COLUMNS = ("rapport_code", "ligne", "colonne", "champ", "avant", "apres", "motif", "date")
_UNITS = "|".join(map(re.escape, UNITS))
#: What print may leave unsaid of a value: its sign, its scale.
_SCALES = {sign * Decimal(10) ** power for sign in (1, -1) for power in range(-9, 10, 3)}


class Correction(PlacedForm):
    """One corrected reading: ``ligne`` from 1, ``colonne`` from 0, as in ``numbers.csv``."""

    ligne: int = Field(ge=1)
    colonne: int = Field(ge=0)
    avant: dict[str, Text]
    apres: dict[str, Text]
    motif: str
    date: Text

    @field_validator("avant", "apres")
    @classmethod
    def _known_keys(cls, said: dict[str, str]) -> dict[str, str]:
        wrong = sorted(set(said) - set(KEYS))
        if wrong or not said:
            raise ValueError(
                f"{', '.join(wrong) or 'rien'} ne se corrige pas ; se corrigent : {', '.join(KEYS)}"
            )
        for key, pattern in (("periode", PERIOD.pattern), ("nature", "|".join(NATURES)), ("unite", _UNITS)):
            if key in said and not re.fullmatch(pattern, said[key]):
                raise ValueError(f"« {said[key]} » n'est pas une valeur de « {key} »")
        return said

    @field_validator("motif")
    @classmethod
    def _a_reason(cls, told: str) -> str:
        if len(told) < SHORTEST_REASON:
            raise ValueError(f"« {told} » ne dit pas pourquoi ({SHORTEST_REASON} caractères au moins)")
        return told

    @field_validator("date")
    @classmethod
    def _a_day(cls, told: str) -> str:
        date.fromisoformat(told)
        return told

    def applied(self, capture: Capture, catalogue: Catalogue) -> Capture:
        """The capture as corrected; raises ``ExtractionError`` when it is not what was corrected, no seed
        holds a code, or ink does not allow it.
        """
        self.check_codes(catalogue)
        for key, expected in self.avant.items():
            if (now := _said(capture, key)) != expected:
                raise ExtractionError(
                    f"la correction attend {key} « {expected} », qui se lit désormais « {now} » ; ôtez-la ou "
                    "mettez-la à jour"
                )
        spec = capture.spec.but(**{k: v for k, v in self.apres.items() if k not in ("valeur", "unite")})
        number = capture.number
        if "valeur" in self.apres:
            number = self._rescaled(number)
        return replace(capture, spec=spec, number=number, unite=self.apres.get("unite", capture.unite))

    def check_codes(self, catalogue: Catalogue) -> None:
        """Raise ``ExtractionError`` for a code that no seed holds."""
        for _, said in wrong_codes(dict(self.apres), catalogue):
            raise ExtractionError(f"la correction : {said}")

    def check_value(self) -> None:
        """Raise ``ExtractionError`` where the new value does not follow from the old one."""
        if "valeur" in self.apres and "valeur" in self.avant:
            self._ratio(Decimal(self.avant["valeur"]))

    def _ratio(self, old: Decimal) -> Decimal:
        try:
            new = Decimal(self.apres["valeur"])
        except InvalidOperation as error:
            raise ExtractionError(
                f"la correction donne « {self.apres['valeur']} », qui n'est pas une valeur"
            ) from error
        if not new.is_finite():
            raise ExtractionError(f"la correction donne « {new} », qui n'est pas une valeur")
        ratio = new / old if old else Decimal(1 if new == old else 0)
        if ratio not in _SCALES:
            raise ExtractionError(
                f"la correction donne {new}, que l'encre ne permet pas de lire (signe et milliers seuls se "
                "corrigent)"
            )
        return ratio

    def _rescaled(self, number: Number) -> Number:
        ratio = self._ratio(number.value)
        new = Decimal(self.apres["valeur"])
        return replace(number, value=new, half_width=number.half_width * abs(ratio))


def _said(capture: Capture, key: str) -> str:
    if key == "valeur":
        text = f"{capture.number.value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if key == "unite":
        return capture.unite
    return str(getattr(capture.spec, key) or (UNSTATED if key in DIMENSIONS else ""))


#: What is wrong with a key, by the kind of the error.
_WHY = {
    "missing": "cette clé manque",
    "extra_forbidden": "cette clé n'existe pas",
    "int_parsing": "ce n'est pas un entier",
    "int_type": "ce n'est pas un entier",
    "string_type": "ce n'est pas un texte",
    "dict_type": "des clés et des valeurs sont attendues",
    "greater_than_equal": "ce nombre est trop petit",
}


def load_corrections(folder: Path) -> dict[tuple[int, int], Correction]:
    """The corrections of a report folder by place; none where it has no such file.

    Raises ``ExtractionError`` naming file and line.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    data = load_yaml(path, folder.name)
    entries = data.get("corrections") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise ExtractionError(f"{folder.name}: {FILE}: une liste est attendue sous la clé « corrections »")
    found: dict[tuple[int, int], Correction] = {}
    for entry in entries:
        try:
            correction = Correction.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            place = getattr(entry, "line", "?")
            key = ".".join(map(str, first["loc"]))
            why = _WHY.get(first["type"], first["msg"].removeprefix("Value error, "))
            raise ExtractionError(f"{folder.name}: {FILE}, ligne {place} : {key} : {why}") from error
        if found.setdefault((correction.ligne, correction.colonne), correction) is not correction:
            raise ExtractionError(f"{folder.name}: {correction.place} : cette place est corrigée deux fois")
    return found


def correction_rows(folders: Iterable[Path]) -> Iterator[dict[str, str]]:
    """The corrections of report folders as rows of ``raw.correction``; those of a file that cannot be taken
    are none: reading its report says why.
    """
    for folder in folders:
        try:
            found = load_corrections(folder)
        except (ExtractionError, OSError):
            continue
        for (line, column), one in sorted(found.items()):
            for key, new in one.apres.items():
                cells = (folder.name, str(line), str(column), key, one.avant.get(key, ""), new)
                yield dict(zip(CORRECTION_COLUMNS, (*cells, one.motif, one.date), strict=True))
