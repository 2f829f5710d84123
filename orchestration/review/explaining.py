"""What a reviewed report gets wrong by itself and nobody has explained yet, and the explanation written into
the register of findings.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.reports import read_extract
from orchestration.reconciliation.findings import find
from orchestration.reconciliation.register import (
    SHORTEST_REASON,
    RegisterEntry,
    RegisterRefused,
    draft,
    read_register,
    rewritten,
)
from orchestration.review.dossier import AuditRefusal, Dossier


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


def explain(dossier: Dossier, register: Path, relation: str, words: str) -> str:
    """Write why the print contradicts itself into the register, and take out what is outlived; returns what
    was done.

    Raises ``ExtractionError`` for a relation that does not fail, or an explanation that says too little.
    """
    said = " ".join(words.split())
    if relation not in unexplained(dossier, register):
        raise ExtractionError("cette contradiction ne s'y trouve plus, ou le registre la porte déjà")
    if len(said) < SHORTEST_REASON:
        raise ExtractionError(f"« {said} » n'explique pas assez : {SHORTEST_REASON} caractères au moins")
    extract = read_extract(dossier.report)
    found = find(extract.numbers, extract.relations, dossier.report.code)
    finding = next((one for one in found if one.relation == relation), None)
    if finding is None:
        raise ExtractionError("l'extrait du rapport ne porte pas cette contradiction : rechargez la page")
    _write(dossier, register, {**draft(finding, date.today()), "explication": said})
    return "constat écrit : la nuit publie la contradiction, avec son explication"


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
    gone = {entry.key for entry in outlived(dossier, register)}
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
