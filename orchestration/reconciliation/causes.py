"""The likely cause of a relation that fails: one figure where the report decides, several or none where it
does not.

A figure is named when it alone repairs the most failing relations without breaking one that holds; where
several could, a slip of the hand that explains only one of them decides, or what the report prints near them
(`likelihood`). Otherwise nothing is named: a wrong name is worse than none. One error is explained once, over
all the relations that it spoils (`Diagnosis.group`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from orchestration.reconciliation.context import ReportContext
from orchestration.reconciliation.digits import one_digit_away, shown_digits
from orchestration.reconciliation.hypotheses import (
    ENOUGH_DIGITS,
    SLIP_CLAUSES,
    Hypothesis,
    hypotheses,
)
from orchestration.reconciliation.likelihood import Weight, portions, weigh
from orchestration.reconciliation.standings import Standing, standings
from orchestration.reconciliation.terms import READINGS, Address, PrintedNumber, read_numbers, read_relations
from orchestration.reconciliation.verdicts import Verdict, judge_all
from orchestration.reconciliation.wording import count_words, french_value, listed, where

DIGIT = "chiffre_errone"
UNKNOWN, HEADING, LETTERED = "inconnue", "intitule_errone", "lettre_pour_chiffre"
#: What may be the cause of an error, in words; the first of two that explain it comes first.
CAUSES = {
    "lignes_decalees": "lignes décalées", "lignes_echangees": "lignes échangées", "signe": "signe inversé",
    "echelle": "erreur d’échelle", "part_inversee": "rapport inversé",
    "base_finale": "rapporté à la valeur finale", "part_complement": "part du complément",
    "indice": "indice au lieu d’évolution", "autre_base": "calculé sur d’autres années",
    "arrondi_fautif": "arrondi fautif", "chiffres_permutes": "chiffres permutés",
    "partie_manquante": "partie oubliée", "partie_double": "partie comptée deux fois",
    "fin_recopiee": "fin recopiée d’une autre ligne", "valeur_repetee": "valeur répétée",
    "cellules_collees": "cellules collées", "part_du_reste": "rapporté au reste",
    DIGIT: "chiffre erroné", "chiffre_perdu": "chiffre oublié",
    "chiffre_en_trop": "chiffre en trop", "partie_etrangere": "chiffre étranger compté",
    "chiffres_echanges": "chiffres échangés", "cellule_designee": "cellule fausse",
    HEADING: "intitulé erroné", LETTERED: "lettre pour un chiffre",
    UNKNOWN: "cause inconnue",
}  # fmt: skip
PRIOR = tuple(CAUSES)
#: More figures than this that could each be the wrong one are not worth naming.
MOST_RIVALS = 3
#: How much of the weight of all figures that could be wrong one needs to be named.
SURE = 0.6
#: A figure with less than this is not named, whatever slip would explain it.
EVEN = 0.5
#: Slips that prove nothing by themselves: any figure has one, and tables repeat values.
WEAK = frozenset({"cellule_designee", "valeur_repetee"})
#: Slips that weighing knows: other slips change more than one digit.
ONE_DIGIT = frozenset({DIGIT, "arrondi_fautif"})
#: What is found by trying many cells: one wrong digit that is likely elsewhere outweighs it.
TRIED = frozenset({"autre_base"})
PAIRED = frozenset({"lignes_decalees", "lignes_echangees"})
#: Slips that meet what is wanted by a formula and not by trying digits: chance hardly makes them.
TELLING = frozenset(
    {"signe", "part_inversee", "base_finale", "part_complement", "indice", "part_du_reste", "fin_recopiee"}
)


@dataclass(frozen=True)
class Diagnosis:
    """Why a relation fails: code of the cause, French clause and evidence, the suspect, what it should be."""

    verdict: Verdict
    cause: str
    clause: str
    evidence: str
    suspect: PrintedNumber | None = None
    proposed: Decimal | None = None
    corrections: Mapping[Address, Decimal] | None = None
    restored: tuple[str, ...] = ()
    rivals: tuple[Address, ...] = ()
    group: str = ""

    @property
    def named(self) -> bool:
        """Whether one figure is named as the wrong one."""
        return self.cause != UNKNOWN


@dataclass(frozen=True)
class _Case:
    """One figure that could be the wrong one, with the best slip that explains it."""

    standing: Standing
    slip: Hypothesis | None = None
    restored: tuple[str, ...] = ()
    why: str = ""

    @property
    def number(self) -> PrintedNumber:
        return self.standing.number


def report_context(
    numbers: pl.DataFrame, relations: pl.DataFrame, report: str = "", *, readings: bool = True
) -> ReportContext:
    """Read and judge one report; without `readings`, second readings are left out (no diagnosis asks for
    them, and they are half of all relations). Raises RelationRefused for ill-formed frames.
    """
    found = read_numbers(numbers, report)
    told = relations if readings else relations.filter(~pl.col("nature").is_in(READINGS))
    return ReportContext(found, tuple(judge_all(read_relations(found, told, report))))


def diagnose(verdict: Verdict, context: ReportContext) -> Diagnosis:
    """The likely cause of one failing verdict."""
    if verdict.relation.of_letter:
        clause = "une lettre est imprimée à la place d'un chiffre"
        return Diagnosis(verdict, LETTERED, clause, "le chiffre est lu, la lettre est le constat")
    if verdict.relation.of_heading:
        clause = "l'intitulé imprimé est celui d'un autre chiffre"
        return Diagnosis(verdict, HEADING, clause, "pris au mot, il contredit les autres impressions")
    found = hypotheses(verdict, context)
    open_cases = [_case(standing, found) for standing in standings(verdict, context) if standing.possible]
    pair = _paired(verdict, found, open_cases, context)
    if pair is not None:
        return pair
    leading = _leading(open_cases)
    weighed = _weighed(_most_restoring(open_cases), verdict, context)
    if len(leading) == 1 and _decided(leading[0], open_cases) and not _outweighed(leading[0], weighed):
        return _named(verdict, leading[0], open_cases)
    likely = _likely(weighed)
    if likely is not None:
        return _named(verdict, likely, open_cases)
    return _undecided(verdict, leading)


def diagnose_all(context: ReportContext) -> list[Diagnosis]:
    """One diagnosis per failing relation, in the order of the relations; relations of one error share it."""
    return _grouped([diagnose(verdict, context) for verdict in context.failing])


def _case(standing: Standing, found: Sequence[Hypothesis]) -> _Case:
    """The figure with the slip that comes first in `PRIOR` among those the rest of the report allows."""
    mine = [h for h in found if h.suspect.place == standing.number.place and h.cause not in WEAK | PAIRED]
    fitting = [h for h in mine if standing.allows(h.corrections[standing.number.place])]
    best = min(fitting, key=lambda h: (h.needs_support, PRIOR.index(h.cause)), default=None)
    return _Case(standing, best, standing.restored)


def _leading(cases: Sequence[_Case]) -> list[_Case]:
    """The figures that repair the most failing relations; among them, those that a slip of the
    hand explains.
    """
    first = _most_restoring(cases)
    explained = [case for case in first if case.slip is not None and not case.slip.needs_support]
    telling = [case for case in explained if case.slip is not None and case.slip.cause in TELLING]
    if len(telling) == 1:
        return telling
    return [case for case in first if case in explained or _could_slip(case)] if explained else first


def _most_restoring(cases: Sequence[_Case]) -> list[_Case]:
    most = max((len(case.restored) for case in cases), default=0)
    return [case for case in cases if len(case.restored) == most]


@dataclass(frozen=True)
class _Weighed:
    """A case with its weight, and its share of the weight of all cases."""

    case: _Case
    weight: Weight
    share: float


def _weighed(cases: Sequence[_Case], verdict: Verdict, context: ReportContext) -> list[_Weighed]:
    """The weights of several figures that could each be the wrong one; one alone needs none."""
    if len(cases) < 2:
        return []
    repeated = verdict.relation.nature == "repetition"
    weights = [weigh(case.standing, context, repeated=repeated) for case in cases]
    return [_Weighed(*one) for one in zip(cases, weights, portions(weights), strict=True)]


def _outweighed(case: _Case, weighed: Sequence[_Weighed]) -> bool:
    """Whether one wrong digit elsewhere is likelier than what explains this figure."""
    place, cause = case.number.place, case.slip.cause if case.slip else DIGIT
    if cause in TRIED:
        return any(
            one.share >= SURE and one.weight.reached for one in weighed if one.case.number.place != place
        )
    return cause in ONE_DIGIT and any(one.share < EVEN for one in weighed if one.case.number.place == place)


def _likely(weighed: Sequence[_Weighed]) -> _Case | None:
    """The figure that outweighs all others together, as one wrong digit and beside what the report prints
    near it; None where none does.
    """
    first = max(weighed, key=lambda one: one.share, default=None)
    if first is None or first.share < SURE or not first.weight.reached:
        return None
    case, weight = first.case, first.weight
    why = "les autres nombres ne s'expliquent guère par un seul chiffre faux"
    if weight.witness is not None:
        why = f"{where(weight.witness)} va dans le même sens"
    slip = case.slip
    if len(weight.reached) == 1:
        [value], number = weight.reached, case.number
        clause = f"{SLIP_CLAUSES[DIGIT]} : {where(number)} au lieu de {french_value(value, number.unit)}"
        slip = Hypothesis(DIGIT, number, {number.place: value}, clause)
    return replace(case, slip=slip, why=why)


def _could_slip(case: _Case) -> bool:
    """Whether a number of one or two digits, for which no slip is told, is one digit away from what it should
    be.
    """
    return len(shown_digits(case.number)) < ENOUGH_DIGITS and any(
        case.standing.allows(value) for value in one_digit_away(case.number)
    )


def _decided(case: _Case, cases: Sequence[_Case]) -> bool:
    """Whether the report speaks for this figure: it repairs several relations, all others are cleared, or a
    slip fits it alone.
    """
    if len(case.restored) > 1 or case.slip is not None:
        return True
    return len(cases) == 1 and not case.standing.unrepaired


def _paired(
    verdict: Verdict, found: Sequence[Hypothesis], cases: Sequence[_Case], context: ReportContext
) -> Diagnosis | None:
    """Two figures in each other's place, or rows shifted, when this repairs more than any one figure does."""
    most = max((len(case.restored) for case in cases), default=0)
    trials = []
    for hypothesis in found:
        if hypothesis.cause in PAIRED:
            effect = context.effect(hypothesis.corrections, verdict)
            restored = (verdict.relation.key, *(hypothesis.companions or effect.restored))
            if len(restored) > max(most, 1) and (hypothesis.companions or not effect.broken):
                trials.append((hypothesis, restored))
    if not trials:
        return None
    hypothesis, restored = max(trials, key=lambda trial: len(trial[1]))
    proposed = hypothesis.corrections[hypothesis.suspect.place]
    evidence = _told(proposed, hypothesis.suspect, restored, (), ())
    return Diagnosis(
        verdict,
        hypothesis.cause,
        hypothesis.clause,
        evidence,
        hypothesis.suspect,
        proposed,
        hypothesis.corrections,
        restored,
    )


def _named(verdict: Verdict, case: _Case, cases: Sequence[_Case]) -> Diagnosis:
    number, slip = case.number, case.slip
    if case.standing.bounded:
        slip = None
    unsaid = case.standing.nearest if case.standing.bounded else case.standing.expected
    proposed = slip.corrections[number.place] if slip else unsaid
    cause = slip.cause if slip else "cellule_designee"
    clause = slip.clause if slip else _expected(number, proposed, case.standing.bounded)
    others = [other.number for other in cases if other.number.place != number.place]
    alone = all(term.number is None or term.place == number.place for term in verdict.relation.terms)
    evidence = _told(proposed, number, case.restored, case.standing.kept, others, alone)
    if case.why:
        evidence = f"{evidence} ; {case.why}"
    return Diagnosis(
        verdict, cause, clause, evidence, number, proposed, {number.place: proposed}, case.restored
    )


def _expected(number: PrintedNumber, proposed: Decimal, bounded: bool) -> str:
    most = "au plus " if number.value is not None and number.value > proposed else "au moins "
    return f"{where(number)} erroné, {most if bounded else ''}{french_value(proposed, number.unit)} attendu"


def _told(
    proposed: Decimal,
    number: PrintedNumber,
    restored: Sequence[str],
    kept: Sequence[str],
    others: Sequence[PrintedNumber],
    alone: bool = False,
) -> str:
    """Why the figure was named, as clauses joined by semicolons; ``alone`` where no other figure is bound."""
    found = [f"avec {french_value(proposed, number.unit)} la relation tombe juste"]
    if more := len(restored) - 1:
        one, several = (
            "autre relation en écart tombe juste aussi",
            "autres relations en écart tombent juste aussi",
        )
        found.append(count_words(more, one, several))
    if kept:
        found.append(
            count_words(
                len(kept), "relation de ce nombre reste juste", "relations de ce nombre restent justes"
            )
        )
    if not others and not more and not alone:
        found.append("ses autres termes sont confirmés ailleurs")
    return " ; ".join(found)


def _undecided(verdict: Verdict, leading: Sequence[_Case]) -> Diagnosis:
    """Nothing decides: the few figures that could be wrong, or none."""
    rivals = tuple(case.number.place for case in leading) if len(leading) <= MOST_RIVALS else ()
    evidence = "rien d'imprimé ne dit lequel de ses nombres est faux"
    if len(rivals) > 1:
        evidence = (
            "l'un de ces nombres est faux, rien d'imprimé ne dit lequel : "
            f"{listed([where(c.number) for c in leading])}"
        )
    elif not leading:
        evidence = "aucun de ses nombres ne se corrige seul sans contredire une autre impression"
    return Diagnosis(verdict, UNKNOWN, "", evidence, rivals=rivals)


def _grouped(diagnoses: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Give every relation that one named error spoils the same diagnosis, the one that repairs the most
    first.
    """
    by_key = {d.verdict.relation.key: d for d in diagnoses}
    settled: dict[str, Diagnosis] = {}
    for leader in sorted((d for d in diagnoses if d.named), key=lambda d: -len(d.restored)):
        if leader.verdict.relation.key in settled:
            continue
        for key in leader.restored:
            if key in by_key and key not in settled:
                settled[key] = replace(leader, verdict=by_key[key].verdict, group=_group_of(leader))
    _join_rivals([d for d in diagnoses if d.verdict.relation.key not in settled], settled)
    return [settled[d.verdict.relation.key] for d in diagnoses]


def _group_of(diagnosis: Diagnosis) -> str:
    """The error by its place: the wrong figure, or the rows that stand in each other's place."""
    relation, suspect = diagnosis.verdict.relation, diagnosis.suspect
    if diagnosis.cause in PAIRED:
        lines = sorted({line for line, _ in diagnosis.corrections or ()})
        return f"{relation.report}:l{'+'.join(map(str, lines))}"
    return (
        f"{relation.report}:l{suspect.line}-{suspect.column}"
        if suspect
        else f"{relation.report}:{relation.key}"
    )


def _join_rivals(left: Sequence[Diagnosis], settled: dict[str, Diagnosis]) -> None:
    """Relations that share a figure which may be the wrong one of both are one error, until
    somebody decides.
    """
    groups: list[tuple[set[Address], str]] = []
    for diagnosis in left:
        relation = diagnosis.verdict.relation
        places = set(diagnosis.rivals or relation.places)
        group = next((group for group in groups if group[0] & places), None)
        if group is None:
            group = (set(), f"{relation.report}:{relation.key}")
            groups.append(group)
        group[0].update(places)
        settled[relation.key] = replace(diagnosis, group=group[1])
