"""The likely cause of a relation that fails, found by trying candidates against the whole report.

A candidate wins by what it restores elsewhere; one that breaks a relation which held is refused; where
nothing else speaks, the order of `PRIOR` does. When several candidates of one kind do equally well, the
evidence says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from orchestration.reconciliation.context import Effect, ReportContext
from orchestration.reconciliation.hypotheses import Hypothesis, hypotheses
from orchestration.reconciliation.terms import Number, Place, read_numbers, read_relations
from orchestration.reconciliation.verdicts import Verdict, judge_all
from orchestration.reconciliation.wording import at_print, counted, french, where

UNKNOWN = "inconnue"
PRIOR = (
    "lignes_decalees", "lignes_echangees", "signe", "echelle", "part_inversee", "base_finale", "part_complement",
    "indice", "autre_base", "arrondi_fautif", "chiffres_permutes", "partie_manquante", "partie_double", "fin_recopiee",
    "valeur_repetee", "cellules_collees", "part_du_reste", "chiffre_errone", "chiffre_perdu", "chiffre_en_trop",
    "partie_etrangere", "chiffres_echanges", "cellule_designee", UNKNOWN,
)  # fmt: skip
MOST_RIVALS = 3


@dataclass(frozen=True)
class Diagnosis:
    """Why a relation fails: code of the cause, French clause and evidence, the suspect, what it should be."""

    verdict: Verdict
    cause: str
    clause: str
    evidence: str
    suspect: Number | None = None
    proposed: Decimal | None = None
    corrections: Mapping[Place, Decimal] | None = None
    restored: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Trial:
    hypothesis: Hypothesis
    effect: Effect
    rivals: int = 0

    @property
    def support(self) -> int:
        return self.effect.support + 2 * len(self.hypothesis.companions)

    @property
    def merit(self) -> int:
        """The support, less what any value could have earned: a cell that is simply wrong names no slip."""
        return self.support - (2 if self.hypothesis.cause == "cellule_designee" else 0)

    @property
    def plausible(self) -> bool:
        return not self._refuted and (self.support > 0 or not self.hypothesis.needs_support)

    @property
    def _refuted(self) -> bool:
        if self.hypothesis.companions:
            return False
        return len(self.effect.broken) > len(self.effect.restored) or (
            self.hypothesis.needs_support and bool(self.effect.broken)
        )


def report_context(numbers: pl.DataFrame, relations: pl.DataFrame, report: str = "") -> ReportContext:
    """Read and judge one report. Raises RelationRefused for ill-formed frames."""
    found = read_numbers(numbers, report)
    return ReportContext(found, tuple(judge_all(read_relations(found, relations, report))))


def diagnose(verdict: Verdict, context: ReportContext) -> Diagnosis:
    """The likely cause of one failing verdict."""
    trials = [
        _Trial(hypothesis, context.effect(hypothesis.corrections, verdict)) for hypothesis in hypotheses(verdict, context)
    ]
    ranked = _ranked([trial for trial in trials if trial.plausible])
    return _told(verdict, ranked[0]) if ranked else _unexplained(verdict, context)


def diagnose_all(context: ReportContext) -> list[Diagnosis]:
    """One diagnosis per failing relation, in the order of the relations."""
    return [diagnose(verdict, context) for verdict in context.failing]


def _ranked(trials: list[_Trial]) -> list[_Trial]:
    counted_trials = [_Trial(t.hypothesis, t.effect, _rivals(t, trials)) for t in trials]
    clear = [t for t in counted_trials if t.rivals < MOST_RIVALS]
    return sorted(clear, key=lambda t: (-t.merit, min(t.rivals, 1), PRIOR.index(t.hypothesis.cause)))


def _rivals(trial: _Trial, trials: Iterable[_Trial]) -> int:
    """Other numbers that a candidate of the same kind would explain as well."""
    suspects = {
        other.hypothesis.suspect.place
        for other in trials
        if other.hypothesis.cause == trial.hypothesis.cause and other.support == trial.support
    }
    return len(suspects) - 1


def _told(verdict: Verdict, trial: _Trial) -> Diagnosis:
    hypothesis, suspect = trial.hypothesis, trial.hypothesis.suspect
    proposed = hypothesis.corrections[suspect.place]
    return Diagnosis(
        verdict=verdict,
        cause=hypothesis.cause,
        clause=hypothesis.clause,
        evidence=_evidence(trial, suspect, proposed),
        suspect=suspect,
        proposed=proposed,
        corrections=hypothesis.corrections,
        restored=trial.effect.restored or hypothesis.companions,
    )


def _evidence(trial: _Trial, suspect: Number, proposed: Decimal) -> str:
    """Why the candidate was chosen, as clauses joined by semicolons."""
    effect, found = trial.effect, [f"avec {french(proposed, suspect.unit)} la relation tombe juste"]
    told = (
        (
            trial.hypothesis.companions,
            "relation du bloc montre le même décalage",
            "relations du bloc montrent le même décalage",
        ),
        (effect.restored, "autre relation en écart tombe juste aussi", "autres relations en écart tombent juste aussi"),
        (
            effect.repeated,
            "autre impression de ce chiffre porte la même erreur",
            "autres impressions de ce chiffre portent la même erreur",
        ),
        (effect.echoed, "autre relation reprend le chiffre faux", "autres relations reprennent le chiffre faux"),
        (effect.kept, "autre relation de ce nombre reste juste", "autres relations de ce nombre restent justes"),
        (range(trial.rivals), "autre nombre l'expliquerait aussi", "autres nombres l'expliqueraient aussi"),
    )
    found += [counted(len(keys), one, several) for keys, one, several in told if len(keys)]
    if not (effect.restored or effect.kept or effect.echoed or effect.repeated or trial.hypothesis.companions):
        found.append("aucune autre relation ne porte sur ce nombre")
    return " ; ".join(found)


def _unexplained(verdict: Verdict, context: ReportContext) -> Diagnosis:
    number = verdict.relation.result.number
    confirmed = _confirmed(verdict, context)
    if number is None or verdict.recomputed is None:
        return Diagnosis(verdict, UNKNOWN, "aucune erreur simple ne l'explique", confirmed)
    proposed = at_print(verdict.recomputed, number)
    clause = f"{where(number)} ne suit pas des termes imprimés, qui donnent {french(proposed, number.unit)}"
    return Diagnosis(verdict, UNKNOWN, clause, confirmed, number, proposed, {number.place: proposed})


def _confirmed(verdict: Verdict, context: ReportContext) -> str:
    """Which terms other relations confirm, so that the doubt narrows."""
    sure = []
    for term in verdict.relation.terms:
        others = context.by_place.get(term.place, ()) if term.place else ()
        if term.number is not None and any(other.holds for other in others):
            sure.append(where(term.number))
    tried = "permutation, chiffre, signe, échelle, lignes, base et parties essayés sans succès"
    return f"{tried} ; d'autres relations confirment {', '.join(sure[:4])}" if sure else tried
