"""From spans to observations: a number found by a template, with everything that it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import attrgetter

from orchestration.extraction.catalogue import DIMENSIONS, UNSTATED, Catalogue
from orchestration.extraction.documents import Folded
from orchestration.extraction.templates import PERIOD, Spec
from orchestration.notation.numbers import (
    MULTIPLIERS,
    SUFFIX,
    NotANumber,
    Number,
    digits_value,
    half_width,
    read_suffix,
    rounding_of_zeros,
)

#: Natures whose values are counted exactly when they are whole numbers of things.
_COUNTED = frozenset({"constate", "total", "objectif", "rang", "parametre"})
_SIGN_BEFORE = re.compile(r"[-\u2212+] ?$")
_DURATION = re.compile(r"(\d+)\D+(\d+)")
_AROUND_POINT = re.compile(r" ?([,.]) ?")
_TWO_YEARS = re.compile(r"\d{4}/\d{4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_THOUSANDS = Decimal(1000)
_MEMBERS = attrgetter(*DIMENSIONS)
#: What seeds hold the members of.
_PLACED = ("organisme", "territoire", *DIMENSIONS)
_CODES = attrgetter(*_PLACED)

#: The members that a figure says, each with the rank of its dimension.
Stated = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Capture:
    """One observation: span in folded text (sign, multiplier and unit sign included), its number and its full
    meaning.
    """

    start: int
    end: int
    number: Number
    unite: str
    spec: Spec
    bloc: str
    id: str
    libelle: str
    revue: bool = True
    #: The members that its indicator says already: they tell it apart from nothing.
    implied: Stated = ()

    @cached_property
    def name(self) -> str:
        return f"{self.bloc}.{self.id}"

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Its member of each dimension, in their order, but for what its indicator says already."""
        members = [member or UNSTATED for member in _MEMBERS(self.spec)]
        for rank, code in self.implied:
            members[rank] = UNSTATED if members[rank] == code else members[rank]
        return tuple(members)

    @cached_property
    def stated(self) -> Stated:
        """The members that it says."""
        return tuple([(rank, code) for rank, code in enumerate(self.members) if code != UNSTATED])


class MeaningError(ValueError):
    """A figure was found but what is said of it does not hold; ``str(error)`` is a clause for a message."""


def capture(
    folded: Folded,
    span: tuple[int, int],
    spec: Spec,
    bloc: str,
    ident: str,
    libelle: str,
    catalogue: Catalogue,
) -> Capture:
    """Turn the digits at ``span`` into an observation.

    Raises ``MeaningError`` when the number, its unit, its period or one of its members is refused.
    """
    spec = _complete(spec)
    start, end = span
    suffix = _suffix(folded, end)
    try:
        value, decimals = _read_digits(folded.flat[start:end])
        scale, printed_unit = read_suffix(suffix)
    except NotANumber as error:
        raise MeaningError(str(error)) from error
    scale = _scale(scale, spec)
    signed_from, negative = _sign(folded, start, spec)
    unite = _unit(spec, printed_unit, catalogue)
    number = Number(
        -value * scale if negative else value * scale,
        decimals,
        _half_width(value, decimals, scale, unite, spec),
        printed_unit,
    )
    _check_members(spec, catalogue)
    _check_misprint(spec, unite)
    end += len(suffix.rstrip())
    implied = catalogue.implied.get(spec.indicateur or "", ())
    return Capture(signed_from, end, number, unite, spec, bloc, ident, libelle, implied=implied)


def _complete(spec: Spec) -> Spec:
    nature = spec.nature or ("total" if spec.role == "total" else "constate")
    periode = spec.periode or ""
    if nature == "evolution" and _YEAR.fullmatch(periode):
        periode = f"{int(periode) - 1}/{periode}"
    role = spec.role or ("total" if nature == "total" else "feuille")
    return spec.but(nature=nature, periode=periode, role=role)


def _read_digits(text: str) -> tuple[Decimal, int]:
    if "minute" in text and (duration := _DURATION.search(text)):
        minutes, seconds = duration.groups()
        return Decimal(minutes) + (Decimal(seconds) / 60).quantize(Decimal("0.0001")), 2
    return digits_value(_AROUND_POINT.sub(r"\1", text).replace("O", "0"))


def _suffix(folded: Folded, end: int) -> str:
    match = SUFFIX.match(folded.flat, end)
    return match.group() if match and (match["multiplier"] or match["unit"]) else ""


def _scale(printed: Decimal, spec: Spec) -> Decimal:
    """The multiplier printed beside the number, or the one that a note or a heading gives
    (``multiplicateur``), never both.
    """
    if spec.multiplicateur is None:
        return printed
    if printed != 1:
        raise MeaningError(
            f"un multiplicateur est imprimé, et le gabarit dit aussi « {spec.multiplicateur} » ; ôtez "
            "`multiplicateur`"
        )
    return MULTIPLIERS[spec.multiplicateur][0]


def _sign(folded: Folded, start: int, spec: Spec) -> tuple[int, bool]:
    if spec.signe == "moins":
        return start, True
    if spec.signe != "imprime" and not (spec.nature == "evolution" and spec.signe is None):
        return start, False
    before = _SIGN_BEFORE.search(folded.flat, max(0, start - 2), start)
    return (before.start(), before.group()[0] != "+") if before else (start, False)


def _unit(spec: Spec, printed: str | None, catalogue: Catalogue) -> str:
    indicator = catalogue.indicators.get(spec.indicateur or "")
    if spec.indicateur is None:
        raise MeaningError("ce trou n'a pas d'indicateur ; donnez-le lui avec `indicateur:`")
    if indicator is None:
        raise MeaningError(
            f"indicateur inconnu : « {spec.indicateur} » ; ajoutez-le à indicateurs.csv ou corrigez le "
            "gabarit"
        )
    if spec.unite:
        misprint = spec.imprime is not None and spec.imprime.unite == printed
        if printed and printed != spec.unite and not (misprint or (printed, spec.unite) == ("%", "points")):
            raise MeaningError(f"« {printed} » est imprimé, le gabarit dit « {spec.unite} »")
        return spec.unite
    if spec.nature in ("evolution", "part"):
        return printed or "%"
    if printed and printed != indicator.unite:
        raise MeaningError(
            f"« {printed} » est imprimé, l'indicateur « {indicator.code} » est en « {indicator.unite} » ; "
            "dites `unite` ou choisissez un autre indicateur"
        )
    return indicator.unite


def _half_width(value: Decimal, decimals: int, scale: Decimal, unite: str, spec: Spec) -> Decimal:
    if spec.arrondi == "zeros":
        return rounding_of_zeros(value) * scale
    if spec.arrondi is not None:
        return Decimal(spec.arrondi) / 2
    if unite == "minutes" and decimals == 2 and value % 1:
        return half_width(decimals)
    if unite == "nombre" and not decimals and scale == 1 and spec.nature in _COUNTED:
        return rounding_of_zeros(value) if value and value % _THOUSANDS == 0 else Decimal(0)
    return half_width(decimals) * scale


def _check_misprint(spec: Spec, unite: str) -> None:
    """Refuse a misprint that says nothing else than what is read, or that nobody explains."""
    if spec.imprime is None:
        return
    read = {**spec.__dict__, "unite": unite}
    same = [key for key, value in spec.imprime if value is not None and value == read[key]]
    if same:
        raise MeaningError(
            f"`imprime` dit {same[0]} « {read[same[0]]} », qui est aussi ce que le gabarit lit"
        )
    if not spec.note:
        raise MeaningError("`imprime` dit une coquille ; dites dans `note` comment elle est levée")


def _check_members(spec: Spec, catalogue: Catalogue) -> None:
    if not PERIOD.fullmatch(spec.periode or ""):
        raise MeaningError(
            f"la période « {spec.periode} » n'a aucune des formes 2020, 2020-12, 2020-S1, 2020-T1, "
            "2020-12-31, 2019/2020, 2019-2020"
        )
    if spec.nature != "evolution" and _TWO_YEARS.fullmatch(spec.periode or ""):
        campaign = (spec.periode or "").replace("/", "-")
        raise MeaningError(
            f"la période « {spec.periode} » est celle d'une évolution ; une campagne s'écrit {campaign}, une "
            "durée plus longue par deux dates"
        )
    for dimension, said in zip(_PLACED, _CODES(spec), strict=True):
        code = said or UNSTATED
        if code not in catalogue.members[dimension]:
            raise MeaningError(
                f"{dimension} inconnu : « {code} » ; ajoutez-le aux membres ou corrigez le gabarit"
            )
