"""Suites `totaux_<domain>` and `moteurs`: relations recomputed from the observations, and the two engines
compared.

A relation that fails is allowed only where the register expects it; whether the register is right, and
whether every expected relation was compared, are the subjects of registered.py and completeness.py.
"""

from __future__ import annotations

from expectations.checks import BATCH, Check, quoted
from expectations.contract import DOMAINS
from expectations.suites import TOTALS

BRIDGE = "marts.pont_controle_observation"
MESSAGE = (
    "r.rapport_code || ', lignes ' || array_to_string(r.lignes, ', ') || ' : ' || r.nature || ' (' || "
    "r.formule || ')'"
    " || ', imprimé « ' || coalesce(r.resultat, cast(r.valeur as varchar), '?') || ' », recalculé '"
    " || coalesce(cast(round(r.recalcule, 4) as varchar), 'impossible') || ', écart '"
    " || coalesce(cast(round(r.ecart, 4) as varchar), '?') || ', tolérance '"
    " || coalesce(cast(round(r.tolerance, 4) as varchar), '?')"
    " || case when r.manquants > 0 then ', termes sans valeur : ' || r.manquants else '' end"
)
FIGURES = (
    "r.rapport_code, r.relation, r.nature, r.lignes, r.imprime, r.valeur, r.recalcule, r.ecart, "
    "r.tolerance, r.manquants"
)


def checks() -> list[Check]:
    """One check per domain, and the agreement of the engines."""
    return [
        *(
            Check(
                TOTALS.format(domain=domain),
                BRIDGE,
                f"{domain} : les relations tiennent, ou leur écart est enregistré",
                query=_unregistered(domain),
                domain=domain,
            )
            for domain in DOMAINS
        ),
        Check("moteurs", BRIDGE, "dbt et l'audit donnent le même verdict", query=_DISAGREEMENTS),
        Check("moteurs", BRIDGE, "chaque écart a son diagnostic, et l'inverse", query=_UNDIAGNOSED),
    ]


def _unregistered(domain: str) -> str:
    """A relation of no known domain counts as `autre`, so that none is left out."""
    known = quoted([other for other in DOMAINS if other != "autre"])
    mine = f"r.domaine = '{domain}'" if domain != "autre" else f"coalesce(r.domaine not in ({known}), true)"
    return f"""
select {MESSAGE} as message, {FIGURES}
from recalcul as r
left join raw.constat as k on k.rapport_code = r.rapport_code and k.relation = r.relation
where {mine} and r.verdict = 'ecart' and k.relation is null and (select count(*) from {BATCH} as lot) >= 0
order by abs(r.ecart) desc
"""


_DISAGREEMENTS = f"""
select {MESSAGE} || ' ; verdict ' || r.verdict || ' contre ' || coalesce(c.verdict, 'aucun') || ' selon dbt'
    as message, {FIGURES}
from recalcul as r
inner join marts.fct_controle as c using (controle_key)
where (select count(*) from {BATCH} as lot) > 0 and (r.verdict is distinct from c.verdict
  or (r.verdict <> 'non_verifiable' and
    coalesce(abs(r.ecart - c.ecart) > 0.00001 * greatest(1, abs(r.ecart)), true))
  or (r.nature in ('somme', 'flux', 'repetition') and r.verdict <> 'non_verifiable'
      and abs(r.tolerance - c.tolerance) > 0.00001 * greatest(1, r.tolerance)))
"""

_UNDIAGNOSED = f"""
select
  coalesce(lot.rapport_code, d.rapport_code) || ', relation ' || coalesce(lot.relation, d.relation) || case
    when d.relation is null then ' : en écart selon dbt, sans diagnostic'
    else ' : un diagnostic, mais pas d''écart selon dbt' end as message,
  coalesce(lot.rapport_code, d.rapport_code) as rapport_code, coalesce(lot.relation, d.relation) as relation
from (select * from marts.fct_controle where verdict = 'ecart' and (select count(*) from {BATCH} as b) >= 0)
    as lot
full join raw.diagnostic as d on d.rapport_code = lot.rapport_code and d.relation = lot.relation
where d.relation is null or lot.relation is null
"""
