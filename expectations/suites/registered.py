"""Suite `registre`: accepted findings still occur, with the gap that was accepted, and say why.

A discrepancy that nobody registered is the subject of totals.py.
"""

from __future__ import annotations

from expectations.checks import BATCH, Check
from expectations.suites.totals import BRIDGE, FIGURES

SUITE = "registre"


def checks() -> list[Check]:
    """The checks of the suite."""
    return [
        Check(
            SUITE, BRIDGE, "chaque constat enregistré se produit encore, avec le même écart", query=_OUTDATED
        ),
        Check(SUITE, BRIDGE, "chaque constat enregistré est complet et unique", query=_INCOMPLETE),
        Check(SUITE, BRIDGE, "chaque constat enregistré est publié, chaque écart aussi", query=_UNPUBLISHED),
    ]


# A gap registered with n decimals stands for the gaps that round to it; coarser than a tenth of the gap is
# refused.
_OUTDATED = f"""
with enregistres as (
  select *, try_cast(ecart as decimal(38, 6)) as attendu,
    cast(0.5 / pow(10, length(split_part(ecart, '.', 2))) as double) + 1e-9 as precision_ecart
  from raw.constat
)
select
  k.cle || ' (' || k.rapport_code || coalesce(', lignes ' || array_to_string(r.lignes, ', '), '') || ') : '
      || case
    when r.relation is null then 'la relation ' || k.relation || ' n''existe pas'
    when r.verdict <> 'ecart' then 'l''écart ne se produit plus (' || r.verdict || ')'
    when k.attendu is null then 'l''écart enregistré « ' || k.ecart || ' » n''est pas un nombre'
    when k.precision_ecart > abs(r.ecart) then 'l''écart enregistré « ' || k.ecart || ' » est trop grossier'
    else 'écart enregistré ' || k.ecart || ', écart constaté ' || round(r.ecart, 6) end as message,
  {FIGURES}
from enregistres as k
left join recalcul as r on k.rapport_code = r.rapport_code and k.relation = r.relation
where (select count(*) from {BATCH} as lot) >= 0 and (r.relation is null or r.verdict <> 'ecart'
  or coalesce(abs(k.attendu - r.ecart) > k.precision_ecart or k.precision_ecart > abs(r.ecart), true))
"""
_INCOMPLETE = f"""
with entrees as (
  select *, count(*) over (partition by cle) as cles, count(*) over (partition by rapport_code, relation)
      as relations
  from raw.constat
)
select coalesce(lot.cle, 'entrée sans clé') || case
  when lot.cle is null or lot.cles > 1 then ' : clé absente ou répétée'
  when lot.relations > 1 then ' : relation enregistrée plusieurs fois'
  else ' : sans explication, écart, gravité ou date' end as message
from entrees as lot
where lot.cle is null or lot.cles > 1 or lot.relations > 1 or length(trim(coalesce(lot.explication, ''))) < 20
  or lot.ecart is null or lot.gravite is null or lot.date is null or (select count(*) from {BATCH} as b) < 0
"""
_UNPUBLISHED = f"""
select k.cle || ' : enregistré, absent de dim_constat' as message
from raw.constat as k
where not exists (select 1 from marts.dim_constat as d where d.constat_code = k.cle)
union all
select c.rapport_code || ', relation ' || c.relation || ' : en écart, absente de dim_constat' as message
from marts.fct_controle as c
where c.verdict = 'ecart'
  and not exists (select 1 from marts.dim_constat as d where d.rapport_code = c.rapport_code
  and d.relation = c.relation)
  and (select count(*) from {BATCH} as b) >= 0
"""
