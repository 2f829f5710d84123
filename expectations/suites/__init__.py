"""The suites of the audit by subject; each module of this package writes the checks of one subject.

`SUITES` names every suite with its subject: orchestration declares one blocking check per entry.
"""

from __future__ import annotations

from collections.abc import Mapping

from expectations.checks import Check
from expectations.contract import DOMAINS

TOTALS = "totaux_{domain}"

SUITES: Mapping[str, str] = {
    "schema": "Tables, colonnes, types, clés, valeurs admises et bornes par unité",
    "references": "Aucune clé orpheline, aucun rapport lu deux fois",
    "grand_livre": "Chaque nombre imprimé est une observation ou est écarté avec son motif",
    **{
        TOTALS.format(domain=domain): f"Relations recalculées depuis les observations, domaine {domain}"
        for domain in DOMAINS
    },
    "sens": "Les termes d'une relation parlent de la même chose, dans l'ordre des années",
    "moteurs": "Les verdicts de dbt et ceux de l'audit sont les mêmes",
    "completude": "Relations attendues et relations comparées sont les mêmes",
    "registre": "Les constats enregistrés et les écarts d'aujourd'hui sont les mêmes",
    "faits": "Les feuilles des faits redonnent les totaux imprimés",
    "vraisemblance": "Valeurs hors de l'ordinaire au regard des autres organismes et années (avertissement)",
}


def all_checks() -> list[Check]:
    """Every check of every suite, in the order of SUITES."""
    from expectations.suites import (
        completeness,
        facts,
        ledger,
        meaning,
        plausibility,
        references,
        registered,
        schema,
        totals,
    )

    modules = (schema, references, ledger, totals, meaning, completeness, registered, facts, plausibility)
    checks = [check for module in modules for check in module.checks()]
    order = list(SUITES)
    return sorted(checks, key=lambda check: order.index(check.suite))
