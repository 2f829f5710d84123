"""A discrepancy told in French: what is printed where, what it should be, the likely cause, the evidence, the
severity.

Belongs here: sentences, severity by effect, and the frame of diagnostics that the warehouse loads.
Does not belong here: finding the cause (causes.py), accepting a finding (the register of expectations).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from orchestration.reconciliation.causes import UNKNOWN, Diagnosis, diagnose_all, report_context
from orchestration.reconciliation.context import ReportContext
from orchestration.reconciliation.digits import print_unit
from orchestration.reconciliation.terms import Relation, Term
from orchestration.reconciliation.verdicts import Verdict
from orchestration.reconciliation.wording import (
    at_print,
    count_words,
    french_value,
    listed,
    readable,
    where_term,
)

SEVERITIES = ("faible", "moyenne", "forte")
_MODERATE, _STRONG = Decimal("0.01"), Decimal("0.10")
#: What the key of a relation holds that takes up a number written in letters: nothing is counted.
IN_LETTERS = "=effectif(lettres"
_PER_CENT_UNITS = {"%": Decimal(100), "points": Decimal(100), "pour_mille": Decimal(1000)}


@dataclass(frozen=True)
class Finding:
    """One discrepancy for readers; `lines` are 1-based, `gap` and `proposed` in base units."""

    report: str
    relation: str
    nature: str
    formula: str
    block: str
    lines: tuple[int, ...]
    statement: str
    cause: str
    clause: str
    evidence: str
    severity: str
    gap: Decimal
    proposed: str
    suspect_line: int | None
    suspect_column: int | None
    group: str = ""

    @property
    def heading(self) -> str:
        """One line for the error: the wrong figure and its likely cause, or what contradicts itself."""
        return self.clause[:1].upper() + self.clause[1:] if self.clause else self.statement

    @property
    def explanation(self) -> str:
        """Statement and likely cause, as one line."""
        if self.cause == UNKNOWN:
            return f"{self.statement} Cause inconnue ({self.evidence})."
        return f"{self.statement} Cause probable : {self.clause} ({self.evidence})."


def finding_of(diagnosis: Diagnosis) -> Finding:
    """The finding of one diagnosis."""
    verdict, relation = diagnosis.verdict, diagnosis.verdict.relation
    suspect = diagnosis.suspect
    proposed = "" if diagnosis.proposed is None else f"{readable(diagnosis.proposed):f}"
    return Finding(
        report=relation.report,
        relation=relation.key,
        nature=relation.nature,
        formula=relation.formula,
        block=next((term.number.block for term in relation.terms if term.number), ""),
        lines=tuple(sorted({place[0] for place in relation.places})),
        statement=state(verdict),
        cause=diagnosis.cause,
        clause=diagnosis.clause,
        evidence=diagnosis.evidence,
        severity=severity(diagnosis),
        gap=register_gap(verdict),
        proposed=proposed,
        suspect_line=suspect.line if suspect else None,
        suspect_column=suspect.column if suspect else None,
        group=diagnosis.group,
    )


def register_gap(verdict: Verdict) -> Decimal:
    """The gap with two digits more than print shows, as the register and the controls compare it."""
    number = verdict.relation.result.number or next(
        (term.number for term in verdict.relation.parts if term.number), None
    )
    gap = verdict.gap or Decimal(0)
    if number is None or number.value is None:
        return readable(gap, 2)
    return gap_at_print(gap, number.value, number.half_width)


def gap_at_print(gap: Decimal, value: Decimal, half_width: Decimal) -> Decimal:
    """`gap` to a hundredth of the last digit that the print of `value` shows, and never finer than 1e-6."""
    exponent = int(print_unit(value, half_width).adjusted())
    return readable(gap, min(max(2 - exponent, 0), 6))


def severity(diagnosis: Diagnosis) -> str:
    """`faible`, `moyenne` or `forte`, by what a reader of the figure is misled by.

    The effect is the gap relative to what should be printed (for percentages: in hundreds of points); from 1
    % it is `moyenne`, from 10 % `forte`. A wrong direction weighs one degree more, and so does a leaf that
    other relations prove wrong: it enters every sum.
    """
    effect = _effect(diagnosis.verdict)
    degree = (effect >= _MODERATE) + (effect >= _STRONG)
    degree += _reversed(diagnosis.verdict) or _is_leaf(diagnosis)
    return SEVERITIES[min(degree, 2)]


def _effect(verdict: Verdict) -> Decimal:
    number, gap = verdict.relation.result.number, abs(verdict.gap or Decimal(0))
    if number is not None and number.unit in _PER_CENT_UNITS:
        return gap / _PER_CENT_UNITS[number.unit]
    expected = abs(verdict.recomputed or Decimal(0))
    return gap / expected if expected else Decimal(1)


def _reversed(verdict: Verdict) -> bool:
    printed, expected = verdict.relation.result.value, verdict.recomputed
    return printed is not None and expected is not None and printed * expected < 0


def _is_leaf(diagnosis: Diagnosis) -> bool:
    suspect, result = diagnosis.suspect, diagnosis.verdict.relation.result.number
    if suspect is None or suspect is result or not diagnosis.restored:
        return False
    return suspect.role == "feuille" and suspect.nature == "constate"


def state(verdict: Verdict) -> str:
    """One French sentence: what is printed where and what its terms make of it."""
    return _STATEMENTS[verdict.relation.nature](verdict)


def _expected(verdict: Verdict, *, bare: bool = False) -> str:
    """What the result should be, as a range when the terms are too coarse for the last digit; `bare` of its
    unit.
    """
    number, enclosure = verdict.relation.result.number, verdict.enclosure
    recomputed = verdict.recomputed or Decimal(0)
    unit = "" if bare or number is None else number.unit
    if number is None or enclosure is None:
        return french_value(readable(recomputed, 2))
    if enclosure.half_width * 2 <= print_unit(number.value or Decimal(0), number.half_width):
        return french_value(at_print(recomputed, number), unit)
    low, high = at_print(enclosure.low, number), at_print(enclosure.high, number)
    return (
        french_value(low, unit) if low == high else f"entre {french_value(low)} et {french_value(high, unit)}"
    )


def _gap(verdict: Verdict, *, bare: bool = False) -> str:
    number = verdict.relation.result.number
    unit = number.unit if number and not bare else ""
    return french_value(register_gap(verdict), "points" if unit == "%" else unit)


def _sum(verdict: Verdict) -> str:
    relation = verdict.relation
    parts = [part for part in relation.parts if part.number]
    lines = sorted({part.number.line for part in parts if part.number})
    span = (
        f"lignes {lines[0]} à {lines[-1]}"
        if len(lines) > 1
        else f"ligne {lines[0]}"
        if lines
        else "constantes"
    )
    told = listed([where_term(part) for part in relation.parts]) if len(parts) <= 4 else span
    total = relation.result
    if total.number is None:
        return (
            f"La somme de {count_words(len(relation.parts), 'terme')} ({told}) fait {_expected(verdict)}, "
            f"elle devrait faire {where_term(total)} : écart de {_gap(verdict)}."
        )
    return (
        f"Le total {where_term(total)} devrait être {_expected(verdict)}, "
        f"somme de {count_words(len(relation.parts), 'terme')} ({told}) : écart de {_gap(verdict)}."
    )


def _repetition(verdict: Verdict) -> str:
    others = listed([where_term(part) for part in verdict.relation.parts])
    if verdict.relation.of_letter:
        read = french_value(verdict.relation.result.value or Decimal(0), "")
        return f"{where_term(verdict.relation.result)} porte une lettre à la place d'un chiffre ; lu {read}."
    if verdict.relation.of_heading:
        return (
            f"{where_term(verdict.relation.result)} n'est pas ce que dit son intitulé, qui voudrait "
            f"{_expected(verdict, bare=True)} ({others}) ; écart de {_gap(verdict, bare=True)}."
        )
    if verdict.relation.result.number is None:
        told = where_term(verdict.relation.result)
        return (
            f"{others} ne s'accorde pas avec {told}, écrit en lettres ou compté ; écart de {_gap(verdict)}."
        )
    return (
        f"{where_term(verdict.relation.result)} est imprimé autrement ailleurs : {others} ; écart de "
        f"{_gap(verdict)}."
    )


def _flow(verdict: Verdict) -> str:
    told = listed([_signed(part) for part in verdict.relation.parts])
    return (
        f"{where_term(verdict.relation.result)} devrait être {_expected(verdict)} d'après {told} : écart "
        f"de {_gap(verdict)}."
    )


def _signed(part: Term) -> str:
    return f"moins {where_term(part)}" if part.weight < 0 else where_term(part)


def _announced(verdict: Verdict) -> str:
    if IN_LETTERS in verdict.relation.key:
        return (
            f"{where_term(verdict.relation.result)} ne s'accorde pas avec le nombre écrit en lettres dans sa "
            f"phrase, {_expected(verdict)} : écart de {_gap(verdict)}."
        )
    return (
        f"{where_term(verdict.relation.result)} annoncés, {_expected(verdict)} énumérés : écart de "
        f"{_gap(verdict)}."
    )


def _operands(relation: Relation, link: str) -> str:
    terms, bases = (listed([_signed(t) for t in relation.having(role)]) for role in ("terme", "base"))
    return f"{terms} {link} {bases}"


def _share(verdict: Verdict) -> str:
    operands = _operands(verdict.relation, "rapporté à")
    return (
        f"La part {where_term(verdict.relation.result)} devrait être {_expected(verdict)} : "
        f"{operands} ; écart de {_gap(verdict)}."
    )


def _evolution(verdict: Verdict) -> str:
    operands = _operands(verdict.relation, "après")
    return (
        f"L'évolution {where_term(verdict.relation.result)} devrait être {_expected(verdict)} : "
        f"{operands} ; écart de {_gap(verdict)}."
    )


def _ratio(verdict: Verdict) -> str:
    operands = _operands(verdict.relation, "divisé par")
    return (
        f"{where_term(verdict.relation.result)} devrait être {_expected(verdict)} : {operands} ; écart "
        f"de {_gap(verdict)}."
    )


def _attainment(verdict: Verdict) -> str:
    operands = _operands(verdict.relation, "pour un objectif de")
    return (
        f"L'atteinte {where_term(verdict.relation.result)} devrait être {_expected(verdict)} : "
        f"{operands} ; écart de {_gap(verdict)}."
    )


def _mean(verdict: Verdict) -> str:
    terms, bases = (
        listed([where_term(t) for t in verdict.relation.having(role)]) for role in ("terme", "base")
    )
    return (
        f"La moyenne {where_term(verdict.relation.result)} devrait être {_expected(verdict)} : "
        f"{terms}, pondérés par {bases} ; écart de {_gap(verdict)}."
    )


def _bound(verdict: Verdict) -> str:
    relation = verdict.relation
    above = (verdict.gap or Decimal(0)) > 0
    terms = relation.having("maximum" if above else "minimum")
    told, degree = listed([where_term(term) for term in terms]), "supérieur" if above else "inférieur"
    sums = len({term.pair for term in terms}) < len(terms)
    limit = (
        f"la somme de {told}"
        if sums
        else f"tous ses termes ({told})"
        if len(terms) > 1
        else f"sa borne {told}"
    )
    return f"{where_term(relation.result)} ne peut pas être {degree} à {limit} : écart de {_gap(verdict)}."


_STATEMENTS: Mapping[str, Callable[[Verdict], str]] = {
    "somme": _sum,
    "repetition": _repetition,
    "flux": _flow,
    "effectif_annonce": _announced,
    "part": _share,
    "evolution": _evolution,
    "ratio": _ratio,
    "atteinte": _attainment,
    "moyenne_ponderee": _mean,
    "borne": _bound,
    "plausibilite": _bound,
    "seconde_lecture": _repetition,
}

DIAGNOSTIC_COLUMNS = (
    "rapport_code", "relation", "cause", "preuve", "valeur_proposee", "ligne", "colonne", "gravite",
    "constat", "groupe", "titre",
)  # fmt: skip


def find(numbers: pl.DataFrame, relations: pl.DataFrame, report: str = "") -> list[Finding]:
    """The findings of one report, the most severe first.

    Frames shaped like numbers.csv and relations.csv. Raises RelationRefused when they are ill-formed.
    """
    return findings_in(report_context(numbers, relations, report, readings=False))


def findings_in(context: ReportContext) -> list[Finding]:
    """The findings of a report that was read and judged, the most severe first."""
    found = [finding_of(diagnosis) for diagnosis in diagnose_all(context)]
    return sorted(found, key=lambda f: (-SEVERITIES.index(f.severity), f.lines, f.relation))


def findings_of(numbers: pl.DataFrame, relations: pl.DataFrame) -> list[Finding]:
    """The findings of all reports of two frames with a `rapport_code` column, report after report."""
    found = []
    for report in relations["rapport_code"].unique().sort():
        mine = pl.col("rapport_code") == report
        found += find(numbers.filter(mine), relations.filter(mine), report)
    return found


def diagnostics_frame(findings: Iterable[Finding]) -> pl.DataFrame:
    """The table raw.diagnostic: one row per failing relation, all columns text (DIAGNOSTIC_COLUMNS)."""
    told = sorted(findings, key=lambda finding: (finding.report, finding.relation))
    rows = [_diagnostic_row(finding) for finding in told]
    cells = {name: [row[name] for row in rows] for name in DIAGNOSTIC_COLUMNS}
    return pl.DataFrame(cells, schema=dict.fromkeys(DIAGNOSTIC_COLUMNS, pl.String))


def _diagnostic_row(finding: Finding) -> dict[str, str | None]:
    return {
        "rapport_code": finding.report,
        "relation": finding.relation,
        "cause": finding.cause,
        "preuve": f"{finding.clause} ; {finding.evidence}" if finding.clause else finding.evidence,
        "valeur_proposee": finding.proposed,
        "ligne": None if finding.suspect_line is None else str(finding.suspect_line),
        "colonne": None if finding.suspect_column is None else str(finding.suspect_column),
        "gravite": finding.severity,
        "constat": finding.statement,
        "groupe": finding.group,
        "titre": finding.heading,
    }
