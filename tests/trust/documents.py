"""Extracts of tiny documents, by a catalogue of one indicator where a test does not care about meaning."""

from __future__ import annotations

import hashlib
from pathlib import Path

from orchestration.extraction.catalogue import DIMENSIONS, Catalogue, Indicator
from orchestration.extraction.documents import Document
from orchestration.extraction.reports import Extract, Report, extract_report
from orchestration.notation.folding import fold_label

BLOCK = "blocs: [{bloc: b, commun: {indicateur: visites}, champs: [{lire: '%s'}]}]\n"


def catalogue() -> Catalogue:
    """One indicator and the two members that every dimension has, with one body and one territory."""
    named = {
        "organisme": {"cpam_x": "CPAM X"},
        "territoire": {"dep_00": "Ailleurs"},
        "site": {"a": "a"},
        "sexe": {"femmes": "", "hommes": ""},
    }
    rows = {
        d: {"non_precise": "", "ensemble": "", **named.get(d, {})}
        for d in ("organisme", "territoire", *DIMENSIONS)
    }
    return Catalogue(
        {"visites": Indicator("visites", "Visites", "nombre", "additif", "accueil")},
        {d: frozenset(members) for d, members in rows.items()},
        {
            d: {fold_label(label): code for code, label in members.items() if label}
            for d, members in rows.items()
        },
    )


def extract_of(
    folder: Path, text: str, template: str = BLOCK % "{} visites", known: Catalogue | None = None
) -> Extract:
    """Read ``text`` with ``template`` and what is ``known``; ``folder`` is scratch space."""
    home = folder / "scratch" / "cpam_x_2021"
    home.mkdir(parents=True, exist_ok=True)
    (home / "template.yml").write_text(template, encoding="utf-8")
    report = Report(
        code="cpam_x_2021",
        titre="X",
        organisme="cpam_x",
        territoire="dep_00",
        periode="2021",
        document="x.txt",
        folder=home,
    )
    document = Document("x.txt", text, hashlib.sha256(text.encode()).hexdigest())
    return extract_report(report, document, known or catalogue())
