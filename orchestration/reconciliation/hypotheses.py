"""What may have gone wrong: candidates for the cause of a failing relation, each with its correction.

Every generator yields only candidates under which the relation itself would hold; whether the rest of the
report agrees is weighed in causes.py. Does not belong here: ranking, wording of whole findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product, takewhile

from orchestration.reconciliation.context import ReportContext, RowShift, column_of, printable
from orchestration.reconciliation.digits import Slip, digits_of, print_unit, shown_digits, slips
from orchestration.reconciliation.intervals import (
    HUNDRED,
    EmptyQuotient,
    Interval,
    around,
    difference,
    quotient,
    scaled,
    share,
)
from orchestration.reconciliation.terms import QUOTIENTS, SUMS, Address, PrintedNumber, Relation, Term
from orchestration.reconciliation.verdicts import Verdict, judge, rounded, total
from orchestration.reconciliation.wording import at_print, french_value, where

ADDITIVE = frozenset({"somme", "flux"})
ENOUGH_DIGITS = 3
PER_CENT = frozenset({"%", "points", "pour_mille"})


@dataclass(frozen=True)
class Hypothesis:
    """A candidate cause: the suspect, the numbers without the error, and a French clause saying so.

    `needs_support`: too easily true by chance unless another failing relation is restored as well.
    `companions`: keys of failing relations that show the same pattern.
    """

    cause: str
    suspect: PrintedNumber
    corrections: Mapping[Address, Decimal]
    clause: str
    needs_support: bool = False
    companions: tuple[str, ...] = field(default=())


Generator = Callable[[Verdict, ReportContext], Iterator[Hypothesis]]

SLIP_CLAUSES = {
    "signe": "signe inversé",
    "echelle": "erreur d'échelle",
    "chiffres_permutes": "deux chiffres voisins permutés",
    "chiffres_echanges": "deux chiffres échangés",
    "chiffre_errone": "un chiffre erroné",
    "chiffre_perdu": "un chiffre oublié",
    "chiffre_en_trop": "un chiffre en trop",
    "cellules_collees": "deux cellules collées",
}


def slipped(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """One number was mistyped: sign, scale, digits."""
    for number, wanted in context.suspects(verdict):
        allowed = printable(verdict.relation, number, wanted)
        for slip in slips(number, allowed):
            if not allowed.contains(slip.value) or _too_short(slip, number, verdict.relation):
                continue
            if not _possible(slip, number, verdict.relation):
                continue
            meant = french_value(slip.value, number.unit)
            clause = f"{SLIP_CLAUSES[slip.kind]} : {where(number)} au lieu de {meant}"
            by_chance = slip.kind != "echelle" and _easily_met(slip.value, number, wanted)
            yield Hypothesis(slip.kind, number, {number.place: slip.value}, clause, needs_support=by_chance)


def _possible(slip: Slip, number: PrintedNumber, relation: Relation) -> bool:
    """Only an evolution, or a sign that is printed, can be wrong in its sign; a percentage has no scale to
    slip.
    """
    if slip.kind == "signe":
        return (
            number.nature == "evolution"
            or slip.value > 0
            or (relation.nature == "evolution" and number.place == relation.result.place)
        )
    return slip.kind != "echelle" or number.unit not in PER_CENT


def _too_short(slip: Slip, number: PrintedNumber, relation: Relation) -> bool:
    """Two digits are one slip away from anything: they count only against another print, or an exact sum."""
    if len(shown_digits(number)) >= ENOUGH_DIGITS:
        return False
    excused = {"chiffre_errone": {"repetition"}, "chiffre_perdu": SUMS}
    return slip.kind in excused and relation.nature not in excused[slip.kind]


def _easily_met(value: Decimal, number: PrintedNumber, wanted: Interval) -> bool:
    """Whether the wanted interval is so wide beside the slip that some slip would have met it anyway."""
    room = 2 * (wanted.half_width + number.half_width)
    return room * 3 > abs(value - _value(number))


def misrounded(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """A percentage, a rate or a difference is right but for its last digit."""
    number = verdict.relation.result.number
    if verdict.relation.nature not in QUOTIENTS or number is None or verdict.enclosure is None:
        return
    step = print_unit(_value(number), number.half_width)
    if number.half_width and around(_value(number), step * Decimal("1.5")).meets(verdict.enclosure):
        yield _result_corrected(
            "arrondi_fautif", verdict, number, f"dernier chiffre mal arrondi : {where(number)}"
        )


def _inverted(term: Interval, base: Interval, relation: Relation) -> Interval:
    factor = HUNDRED if relation.nature in ("part", "atteinte") else relation.result.weight
    return scaled(quotient(base, term), factor)


def _final_base(term: Interval, base: Interval, relation: Relation) -> Interval:
    return share(difference(term, base), term)


def _index(term: Interval, base: Interval, relation: Relation) -> Interval:
    return share(term, base)


def _complement(term: Interval, base: Interval, relation: Relation) -> Interval:
    return difference(around(HUNDRED), share(term, base))


def _of_the_rest(term: Interval, base: Interval, relation: Relation) -> Interval:
    return share(term, difference(base, term))


Formula = Callable[[Interval, Interval, Relation], Interval]
OTHER_FORMULAS: Mapping[str, tuple[tuple[str, str, Formula], ...]] = {
    "part": (
        ("part_inversee", "rapport inversé, la base rapportée à la partie", _inverted),
        ("part_complement", "part du complément, ce qui manque pour faire 100 %", _complement),
        ("part_du_reste", "part rapportée au reste au lieu de l'ensemble", _of_the_rest),
    ),
    "ratio": (("part_inversee", "rapport inversé, la base rapportée au terme", _inverted),),
    "atteinte": (("part_inversee", "rapport inversé, l'objectif rapporté au résultat", _inverted),),
    "evolution": (
        ("base_finale", "évolution rapportée à la valeur finale au lieu de la valeur initiale", _final_base),
        ("indice", "indice imprimé à la place de l'évolution", _index),
    ),
}


def other_formula(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """The printed result follows from the right numbers by a wrong formula."""
    relation, number = verdict.relation, verdict.relation.result.number
    if number is None or (relation.nature == "evolution" and not relation.is_percentage):
        return
    term, base = total(relation.having("terme")), total(relation.having("base"))
    for cause, clause, formula in OTHER_FORMULAS.get(relation.nature, ()):
        try:
            follows = formula(term, base, relation).meets(rounded(relation.result))
        except EmptyQuotient:
            continue
        if follows:
            yield _result_corrected(cause, verdict, number, f"{clause} : {where(number)}")


def _result_corrected(cause: str, verdict: Verdict, number: PrintedNumber, clause: str) -> Hypothesis:
    proposed = at_print(verdict.recomputed or Decimal(0), number)
    meant = f"{clause} au lieu de {french_value(proposed, number.unit)}"
    return Hypothesis(cause, number, {number.place: proposed}, meant)


def part_miscounted(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """The total forgets a part, counts one twice, or counts a figure that is not among its parts."""
    relation, total = verdict.relation, verdict.relation.result.number
    if relation.nature not in ADDITIVE or total is None or verdict.enclosure is None:
        return
    excess = difference(rounded(relation.result), verdict.enclosure)
    for part in relation.parts:
        if part.number is None or not _telling(part.number, verdict):
            continue
        weighed = scaled(rounded(part), part.weight)
        if weighed.meets(excess):
            clause = f"{where(part.number)} comptée deux fois dans {where(total)}"
            yield _result_corrected("partie_double", verdict, total, clause)
        if weighed.meets(scaled(excess, Decimal(-1))):
            clause = f"{where(part.number)} oubliée dans {where(total)}"
            yield _result_corrected("partie_manquante", verdict, total, clause)
    yield from _foreign_parts(verdict, context, total, excess)


def _foreign_parts(
    verdict: Verdict, context: ReportContext, total: PrintedNumber, excess: Interval
) -> Iterator[Hypothesis]:
    for other in context.neighbours(total):
        if other.place in verdict.relation.places or not _telling(other, verdict):
            continue
        if other.interval is not None and other.interval.meets(excess):
            clause = f"{where(other)} comptée dans {where(total)} sans être parmi ses parties"
            yield _result_corrected("partie_etrangere", verdict, total, clause)


def _telling(number: PrintedNumber, verdict: Verdict) -> bool:
    """Whether finding the gap equal to this number can hardly be chance."""
    if number.value is None or verdict.tolerance is None:
        return False
    return len(shown_digits(number)) >= 2 and abs(number.value) > 20 * verdict.tolerance


def _printable(wanted: Interval, number: PrintedNumber) -> list[Decimal]:
    """What could be printed in the place of `number`: the centre of what is wanted, or both ends of a narrow
    interval.
    """
    narrow = 2 * wanted.half_width <= print_unit(_value(number), number.half_width)
    ends = (
        [wanted.low - number.half_width, wanted.high + number.half_width]
        if narrow and number.half_width
        else []
    )
    values = dict.fromkeys(at_print(value, number) for value in (wanted.centre, *ends))
    return [v for v in values if v != number.value and around(v, number.half_width).meets(wanted)]


def repeated(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """A cell repeats another cell of its block: the year before, the row above."""
    for number, wanted in context.suspects(verdict):
        twin = _twin(number, context)
        for value in _printable(wanted, number) if twin else ():
            meant = french_value(value, number.unit)
            clause = (
                f"{where(number)} répète la valeur de la ligne {twin.line}, au lieu de {meant}"
                if twin
                else ""
            )
            yield Hypothesis("valeur_repetee", number, {number.place: value}, clause)


def _twin(number: PrintedNumber, context: ReportContext) -> PrintedNumber | None:
    """Another cell of the block with the same value, unless the report means to repeat it; for two digits
    only the row above or below."""
    digits = len(shown_digits(number))
    near = (
        context.neighbours(number)
        if digits >= ENOUGH_DIGITS
        else context.beside(number)
        if digits == 2
        else []
    )
    meant = {
        place
        for v in context.by_place[number.place]
        if v.relation.nature == "repetition"
        for place in v.relation.places
    }
    return next((other for other in near if other.value == number.value and other.place not in meant), None)


def copied_end(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """The last digits of a number are those of another term: the eye slipped to the next row while
    copying.
    """
    terms = context.suspects(verdict)
    for number, wanted in terms:
        meant = at_print(wanted.centre, number)
        digits, right = shown_digits(number), digits_of(meant, number.half_width)
        if digits == right or not ENOUGH_DIGITS < len(digits) == len(right):
            continue
        for other, _ in terms:
            if other.place != number.place and _copied(digits, right, shown_digits(other)):
                clause = f"derniers chiffres de {where(other)} recopiés dans {where(number)}"
                told = f"{clause} au lieu de {french_value(meant, number.unit)}"
                yield Hypothesis("fin_recopiee", number, {number.place: meant}, told)


def _copied(digits: str, right: str, other: str) -> bool:
    """Whether `digits`, which are not `right` but as many, are so but for their end, which is that of
    `other`.
    """
    if digits[-ENOUGH_DIGITS:] != other[-ENOUGH_DIGITS:]:
        return False
    alike = zip(reversed(digits), reversed(other), strict=False)
    end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], alike))
    if not digits[-end:].strip("0"):  # zeros end many figures
        return False
    return ENOUGH_DIGITS <= end < len(digits) and digits[:-end] == right[:-end]


def exchanged(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """Two cells of a block stand in each other's place."""
    for number, wanted in context.suspects(verdict):
        for other in context.neighbours(number):
            if other.interval is None or not wanted.meets(other.interval) or _any_single(number, other):
                continue
            swap = {number.place: _value(other), other.place: _value(number)}
            if judge(verdict.relation.substituted(swap)).holds:
                clause = f"{where(number)} et {where(other)} échangés"
                inside = other.place in verdict.relation.places
                yield Hypothesis("lignes_echangees", number, swap, clause, needs_support=not inside)
                yield from _rows_exchanged(verdict, context, number, other, swap)


def _rows_exchanged(
    verdict: Verdict,
    context: ReportContext,
    number: PrintedNumber,
    other: PrintedNumber,
    swap: Mapping[Address, Decimal],
) -> Iterator[Hypothesis]:
    """Two rows whose cells stand in each other's place in one more column."""
    rows = context.rows.get(number.block, {})
    if number.line == other.line or column_of(number) != column_of(other):
        return
    below = {column_of(cell): cell for cell in rows.get(other.line, ()) if cell.place != other.place}
    for mate in rows.get(number.line, ()):
        twin = below.get(column_of(mate))
        if mate.place == number.place or twin is None or mate.value == twin.value:
            continue
        wider = {**swap, mate.place: _value(twin), twin.place: _value(mate)}
        if judge(verdict.relation.substituted(wider)).holds:
            first, second = f"{where(number)} et {where(other)}", f"{where(mate)} et {where(twin)}"
            yield Hypothesis("lignes_echangees", number, wider, f"{first} échangés, ainsi que {second}")


def _any_single(*numbers: PrintedNumber) -> bool:
    """Whether one of them has a single digit: such cells could be exchanged with anything."""
    return any(len(shown_digits(number)) < 2 for number in numbers)


def shifted(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """A column slipped by one row: several relations want the value of the next or previous row."""
    key = verdict.relation.key
    for shift in context.row_shifts.get(key, ()):
        companions = _same_shift(shift, context) - {key}
        if len(companions) >= 2:
            clause = f"lignes décalées d'un rang : {where(shift.number)} au lieu de {where(shift.other)}"
            correction = {shift.number.place: _value(shift.other)}
            keys = tuple(sorted(companions))
            yield Hypothesis("lignes_decalees", shift.number, correction, clause, companions=keys)


def _same_shift(shift: RowShift, context: ReportContext) -> set[str]:
    pattern = column_of(shift.number), shift.step
    return {
        key
        for key, shifts in context.row_shifts.items()
        if any((column_of(other.number), other.step) == pattern for other in shifts)
    }


def _value(number: PrintedNumber) -> Decimal:
    if number.value is None:
        raise ValueError(f"the number at line {number.line} has no value")
    return number.value


def other_operand(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """The result was computed on other columns of the same row (another year, another base), or on part of
    the base.
    """
    relation, result = verdict.relation, verdict.relation.result.number
    if relation.nature not in ("part", "evolution") or result is None:
        return
    for other in _other_operands(relation, context):
        if judge(other).holds:
            used = " et ".join(where(part.number) for part in other.parts if part.number)
            yield _result_corrected("autre_base", verdict, result, f"{where(result)} calculé avec {used}")


def _other_operands(relation: Relation, context: ReportContext) -> Iterator[Relation]:
    """The relation with one or both of its operands replaced by cells of their rows, or with one operand left
    out.
    """
    if len(relation.parts) > 2:
        for left_out in relation.parts:
            rest = tuple(part for part in relation.parts if part is not left_out)
            if {part.role for part in rest} == {"terme", "base"}:
                yield replace(relation, parts=rest)
        return
    choices = [[part, *_row_mates(part, relation, context)] for part in relation.parts]
    for pair in product(*choices):
        places = [part.place for part in pair]
        if len(set(places)) == len(places) and places != [part.place for part in relation.parts]:
            yield replace(relation, parts=pair)


def _row_mates(part: Term, relation: Relation, context: ReportContext) -> list[Term]:
    """The same term at other cells of the row: the same line, or the same indicator and members in another
    period.
    """
    row = part.number
    if row is None:
        return []
    return [
        replace(part, place=other.place, number=other)
        for other in context.neighbours(row)
        if other.place != relation.result.place
        and (
            other.line == row.line
            or (row.indicator and (other.indicator, other.members) == (row.indicator, row.members))
        )
    ]


def designated(verdict: Verdict, context: ReportContext) -> Iterator[Hypothesis]:
    """One value would restore this relation and others: the cell where they cross is wrong."""
    for number, wanted in context.suspects(verdict):
        for value in _printable(wanted, number):
            clause = f"{where(number)} erroné, {french_value(value, number.unit)} attendu"
            yield Hypothesis("cellule_designee", number, {number.place: value}, clause, needs_support=True)


GENERATORS: tuple[Generator, ...] = (
    shifted,
    exchanged,
    slipped,
    misrounded,
    other_formula,
    part_miscounted,
    repeated,
    copied_end,
    other_operand,
    designated,
)


def hypotheses(verdict: Verdict, context: ReportContext) -> list[Hypothesis]:
    """Every candidate cause of a failing relation, from all generators."""
    return [hypothesis for generate in GENERATORS for hypothesis in generate(verdict, context)]
