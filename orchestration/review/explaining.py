"""What a reviewed report gets wrong by itself and nobody has explained yet, and the explanation written into
the register of findings.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import read_extract, sealed_diagnoses
from orchestration.reconciliation.causes import CAUSES, UNKNOWN
from orchestration.reconciliation.findings import SEVERITIES, find
from orchestration.reconciliation.register import (
    SHORTEST_REASON,
    RegisterEntry,
    RegisterRefused,
    draft,
    read_register,
    rewritten,
)
from orchestration.review.dossier import AuditRefusal, Dossier
from orchestration.review.trail import Trail

#: Under what a decision of the trail names the entries of the register that it added.
REGISTERED = "constat"


def unexplained(dossier: Dossier, register: Path) -> dict[str, AuditRefusal]:
    """By relation, what reviewed figures contradict and the register does not hold; the next night refuses
    it.
    """
    known = {entry.relation for entry in _entries(dossier, register)}
    return {key: told for key, told in _contradictions(dossier).items() if key not in known}


def outlived(dossier: Dossier, register: Path) -> list[RegisterEntry]:
    """The entries of a report whose contradiction its reviewed figures do not hold any more; the next night
    refuses these too.
    """
    failing = _contradictions(dossier)
    return [entry for entry in _entries(dossier, register) if entry.relation not in failing]


def likely(dossier: Dossier) -> dict[str, tuple[str, str]]:
    """The cause (empty where none is known) and the severity of what fails, by relation, as reading found
    them.
    """
    found = sealed_diagnoses(dossier.report)
    rows = [] if found is None else found.select("relation", "cause", "gravite").rows()
    return {relation: ("" if cause == UNKNOWN else cause, severity) for relation, cause, severity in rows}


def explain(dossier: Dossier, register: Path, trail: Trail, given: Mapping[str, str]) -> str:
    """Write why the print contradicts itself into the register, as a decision that can be undone, and take
    out what is outlived; returns what was done.

    Raises ``ExtractionError`` for a relation that does not fail, an explanation that says too little, or no
    cause.
    """
    said, relation = " ".join(given.get("explication", "").split()), given.get("relation", "")
    if relation not in unexplained(dossier, register):
        raise ExtractionError("cette contradiction ne s'y trouve plus, ou le registre la porte déjà")
    if len(said) < SHORTEST_REASON:
        raise ExtractionError(f"« {said} » n'explique pas assez : {SHORTEST_REASON} caractères au moins")
    if given.get("cause") not in CAUSES or given.get("gravite") not in SEVERITIES:
        raise ExtractionError(
            "dites la cause et la gravité de l'erreur ; si rien ne la dit, choisissez « cause inconnue »"
        )
    extract = read_extract(dossier.report)
    found = find(extract.numbers, extract.relations, dossier.report.code)
    finding = next((one for one in found if one.relation == relation), None)
    if finding is None:
        raise ExtractionError("l'extrait du rapport ne porte pas cette contradiction : rechargez la page")
    entry = draft(finding, date.today()) | {
        "explication": said,
        "cause": given["cause"],
        "gravite": given["gravite"],
    }
    _write(dossier, register, entry)
    try:
        trail.record("constat écrit", 0, {}, members={REGISTERED: [entry["cle"]]})
    except OSError:
        take_out(register, [entry["cle"]])
        raise
    return "constat écrit : la nuit publie la contradiction, avec son explication"


def take_out(register: Path, keys: Collection[str]) -> None:
    """Take entries out of the register; those that it does not hold any more are none."""
    _rewrite(register, (), keys)


def forget_outlived(dossier: Dossier, register: Path) -> str:
    """Take the entries out of the register that are outlived."""
    gone = len(outlived(dossier, register))
    _write(dossier, register)
    return f"{gone} constat ôté du registre" if gone == 1 else f"{gone} constats ôtés du registre"


def _contradictions(dossier: Dossier) -> Mapping[str, AuditRefusal]:
    return {key: told for key, told in dossier.refusals.items() if not key.startswith("unite/")}


def _entries(dossier: Dossier, register: Path) -> list[RegisterEntry]:
    try:
        return [entry for entry in read_register(register) if entry.report == dossier.report.code]
    except RegisterRefused as refusal:
        raise ExtractionError(str(refusal)) from refusal


def _write(dossier: Dossier, register: Path, *added: dict[str, str]) -> None:
    """Write the register by rename, and leave it as it was where it would not be read."""
    _rewrite(register, added, {entry.key for entry in outlived(dossier, register)})


def _rewrite(register: Path, added: Iterable[dict[str, str]], gone: Collection[str]) -> None:
    text = register.read_text(encoding="utf-8")
    partial = register.with_name(f".{register.name}.{os.getpid()}")
    try:
        partial.write_text(rewritten(text, added, gone), encoding="utf-8")
        read_register(partial)
        os.replace(partial, register)
    except RegisterRefused as refusal:
        raise ExtractionError(str(refusal)) from refusal
    finally:
        partial.unlink(missing_ok=True)
