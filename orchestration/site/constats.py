"""The findings as one French page that opens without a network: the gravest first, each with its printed lines.

Reads marts.dim_constat and the terms of its relations from a build or a published file; the lines as printed are there
only where the documents were present. Does not belong here: finding causes or accepting findings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, select_autoescape

from orchestration.reconciliation.wording import french, readable

TEMPLATES = Path(__file__).with_name("templates")
GRAVITIES = ("forte", "moyenne", "faible", "a_evaluer")
CAUSES = {
    "lignes_decalees": "lignes décalées", "lignes_echangees": "lignes échangées", "signe": "signe inversé",
    "echelle": "erreur d'échelle", "part_inversee": "rapport inversé", "base_finale": "rapporté à la valeur finale",
    "part_complement": "part du complément", "indice": "indice au lieu d'évolution", "autre_base": "calculé sur d'autres années",
    "arrondi_fautif": "arrondi fautif", "chiffres_permutes": "chiffres permutés", "partie_manquante": "partie oubliée",
    "partie_double": "partie comptée deux fois", "fin_recopiee": "fin recopiée d'une autre ligne",
    "valeur_repetee": "valeur répétée", "cellules_collees": "cellules collées", "part_du_reste": "rapporté au reste",
    "chiffre_errone": "chiffre erroné", "chiffre_perdu": "chiffre oublié", "chiffre_en_trop": "chiffre en trop",
    "partie_etrangere": "figure étrangère comptée", "chiffres_echanges": "chiffres échangés",
    "cellule_designee": "cellule fausse", "inconnue": "cause inconnue",
}  # fmt: skip
NATURES = {
    "somme": "somme", "part": "part", "evolution": "évolution", "ratio": "rapport", "repetition": "chiffre répété",
    "flux": "stock et flux", "effectif_annonce": "nombre annoncé",
}  # fmt: skip
STATUSES = {"a_examiner": "à examiner", "autre_ecart": "écart changé", "disparu": "disparu", "confirme": ""}
ROLES = {"total": "total", "resultat": "résultat", "terme": "terme", "base": "base"}

_FINDINGS = """
select c.*, r.titre, f.unite
from marts.dim_constat as c
left join marts.dim_rapport as r using (rapport_code)
left join marts.fct_controle as f using (controle_key)
"""
_TERMS = """
select p.controle_key, p.role, p.poids, p.constante, o.ligne, o.valeur_imprimee, o.libelle, l.texte
from marts.pont_controle_observation as p
left join marts.fct_observation as o using (observation_key)
left join marts.dim_ligne as l on l.rapport_code = o.rapport_code and l.ligne = o.ligne
where p.controle_key in (select controle_key from marts.dim_constat)
order by p.controle_key, p.role in ('total', 'resultat') desc, o.ligne, o.colonne
"""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class TermLine:
    """A term of a relation as shown: its printed line cut around the number, when the document was present."""

    role: str
    ligne: str
    imprime: str
    libelle: str
    texte: bool = False
    avant: str = ""
    milieu: str = ""
    apres: str = ""


def write_page(build: Path, target: Path) -> int:
    """Write the page of the findings of `build` (a private build or a published file); gives their number.

    Raises duckdb.Error when the file has no findings table.
    """
    with duckdb.connect(str(build), read_only=True) as connection:
        findings, terms = _fetch(connection, _FINDINGS), _fetch(connection, _TERMS)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(findings, terms), encoding="utf-8")
    return len(findings)


def _fetch(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def render(findings: Sequence[Row], terms: Sequence[Row]) -> str:
    """The page as HTML; every text is escaped."""
    ordered = sorted(findings, key=lambda f: (_rank(f["gravite"]), f["rapport_code"], f["lignes"] or []))
    counts = Counter(finding["gravite"] for finding in ordered)
    reports = {finding["rapport_code"]: _title(finding) for finding in ordered}
    by_control: dict[str, list[Row]] = {}
    for term in terms:
        by_control.setdefault(str(term["controle_key"]), []).append(term)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), trim_blocks=True)
    return environment.get_template("constats.html").render(
        constats=[_card(finding, by_control.get(str(finding["controle_key"]), [])) for finding in ordered],
        compte=[(gravity, counts[gravity]) for gravity in GRAVITIES if counts[gravity]],
        rapports=sorted(reports.items()),
    )


def _rank(gravity: str) -> int:
    return GRAVITIES.index(gravity) if gravity in GRAVITIES else len(GRAVITIES)


def _title(finding: Row) -> str:
    return str(finding["titre"] or finding["rapport_code"])


def _card(finding: Row, terms: Sequence[Row]) -> dict[str, Any]:
    unit = finding["unite"] or ""
    shown = [_term(term) for term in terms]
    result = next((term.imprime for term in shown if term.role in ("total", "résultat")), "")
    return {
        "ancre": re.sub(r"[^a-z0-9_]+", "-", str(finding["constat_code"]).lower()),
        "gravite": finding["gravite"],
        "rapport": finding["rapport_code"],
        "titre": _title(finding),
        "lignes": _lines(finding["lignes"] or []),
        "domaine": finding["domaine"] or "",
        "nature": NATURES.get(finding["nature"], finding["nature"] or ""),
        "cause": CAUSES.get(finding["cause"], finding["cause"]),
        "statut": STATUSES.get(finding["statut"], finding["statut"]),
        "imprime": result,
        "recalcule": _number(finding["valeur_recalculee"], unit),
        "ecart": _number(finding["ecart"], "points" if unit == "%" else unit),
        "tolerance": _number(finding["tolerance"], "points" if unit == "%" else unit),
        "explication": finding["explication"],
        "preuve": _new_evidence(finding),
        "termes": shown,
        "textes": any(term.texte for term in shown),
    }


def _new_evidence(finding: Row) -> str:
    """The evidence, unless the explanation already tells it."""
    evidence = str(finding["preuve"]).rstrip(".")
    return "" if evidence.split(" ; ")[0] in str(finding["explication"]) else evidence


def _lines(lines: Sequence[int]) -> str:
    if len(lines) > 6:
        return f"lignes {min(lines)} à {max(lines)}"
    return f"ligne{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"


def _number(value: Decimal | None, unit: str) -> str:
    return "?" if value is None else french(readable(value, 4), unit)


def _term(term: Row) -> TermLine:
    weight = Decimal(term["poids"])
    sign = "" if weight == 1 else "moins " if weight == -1 else f"{french(weight)} × "
    printed = term["valeur_imprimee"] or (french(term["constante"]) if term["constante"] is not None else "absent")
    cut = _cut(term["texte"] or "", printed)
    return TermLine(
        role=ROLES.get(term["role"], str(term["role"])),
        ligne="" if term["ligne"] is None else str(term["ligne"]),
        imprime=f"{sign}{printed}",
        libelle=term["libelle"] or "",
        texte=bool(term["texte"]),
        avant=cut[0],
        milieu=cut[1],
        apres=cut[2],
    )


def _cut(text: str, printed: str) -> tuple[str, str, str]:
    """The line before, at and after the number; the number is looked for with any blanks between its groups."""
    pattern = r"(?<![0-9,.])" + r"\s*".join(map(re.escape, printed.split()))
    found = re.search(pattern, text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found.group(), text[found.end() :]
