"""The second engine: relations recomputed in SQL from the facts and their terms, never from dbt's verdict.

Exact decimal arithmetic without division: a quotient is compared by multiplying both sides with its base, at the
corners of the intervals. `CREATE` makes the temporary table `recalcul` of a connection, one row per relation:
controle_key, rapport_code, relation, nature, formule, domaine, lignes, imprime, resultat, valeur, demi, unite,
recalcule, ecart, tolerance, manquants, verdict, troncature.
"""

from __future__ import annotations

SUM_NATURES = "('somme', 'repetition', 'flux', 'effectif_annonce')"


def corners(function: str, bound: str) -> str:
    """`least` or `greatest` of `signe x (k t - bound x b)` over the corners: t in [t1, t2], b in [b1, b2]."""
    return f"{function}(" + ", ".join(f"signe * (k * t{i} - ({bound}) * b{j})" for i in (1, 2) for j in (1, 2)) + ")"


RECOMPUTED = f"""
termes as (
  select
    p.controle_key, p.role, p.observation_key, o.ligne, o.colonne, o.valeur_imprimee, o.domaine, o.unite,
    cast(p.poids as decimal(38, 6)) as poids,
    cast(case when p.observation_key = 'constante' then p.constante else o.valeur end as decimal(38, 6)) as valeur,
    cast(case when p.observation_key = 'constante' then 0 else o.demi_intervalle end as decimal(38, 6)) as demi,
    p.role in ('total', 'resultat') as est_resultat
  from marts.pont_controle_observation as p
  left join marts.fct_observation as o using (observation_key)
),

sommes as (
  select
    controle_key,
    coalesce(max(domaine) filter (est_resultat), min(domaine), 'autre') as domaine,
    list_sort(list(distinct ligne) filter (ligne is not null)) as lignes,
    string_agg(valeur_imprimee, ' ; ' order by est_resultat desc, ligne, colonne) as imprime,
    max(valeur_imprimee) filter (est_resultat) as resultat,
    max(unite) filter (est_resultat) as unite,
    max(valeur) filter (est_resultat) as valeur,
    max(demi) filter (est_resultat) as demi,
    max(poids) filter (est_resultat) as poids,
    count(*) filter (est_resultat) as nb_resultats,
    count(*) filter (role = 'terme') as nb_termes,
    count(*) filter (role = 'base') as nb_bases,
    count(*) filter (valeur is null) as manquants,
    cast(coalesce(sum(poids * valeur) filter (role = 'terme'), 0) as decimal(38, 6)) as t,
    cast(coalesce(sum(abs(poids) * demi) filter (role = 'terme'), 0) as decimal(38, 6)) as ht,
    cast(coalesce(sum(poids * valeur) filter (role = 'base'), 0) as decimal(38, 6)) as b,
    cast(coalesce(sum(abs(poids) * demi) filter (role = 'base'), 0) as decimal(38, 6)) as hb,
    cast(coalesce(sum(case when poids * valeur <= 0 then -2 * abs(poids) * demi else 0 end)
      filter (role = 'terme'), 0) as decimal(38, 6)) as coupe_bas,
    cast(coalesce(sum(case when poids * valeur >= 0 then 2 * abs(poids) * demi else 0 end)
      filter (role = 'terme'), 0) as decimal(38, 6)) as coupe_haut
  from termes
  group by controle_key
),

bornes as (
  select
    s.*, c.rapport_code, c.relation, c.nature, c.formule,
    c.nature in {SUM_NATURES} as est_somme,
    not c.nature in {SUM_NATURES} and (c.nature <> 'evolution' or s.unite = '%') as est_quotient,
    case c.nature when 'ratio' then s.poids else 100 end as k,
    case c.nature when 'evolution' then 100 else 0 end as retrait,
    sign(s.b) as signe,
    s.t - s.ht as t1, s.t + s.ht as t2, s.b - s.hb as b1, s.b + s.hb as b2,
    s.valeur - s.demi as r1, s.valeur + s.demi as r2,
    s.valeur - case when s.valeur <= 0 then 2 * s.demi else 0 end as c1,
    s.valeur + case when s.valeur >= 0 then 2 * s.demi else 0 end as c2
  from sommes as s
  inner join marts.fct_controle as c using (controle_key)
),

comparaisons as (
  select
    *,
    manquants > 0 or nb_resultats <> 1 or nb_termes = 0 or (not est_somme and nb_bases = 0)
      or (est_quotient and abs(b) <= hb) as incomparable,
    case when est_quotient then (valeur + retrait) * b = k * t else valeur = t - b end as egal,
    case
      when est_quotient
        then {corners("least", "r2 + retrait")} <= 0 and {corners("greatest", "r1 + retrait")} >= 0
      else t1 - b2 <= r2 and r1 <= t2 - b1
    end as rencontre,
    case
      when nature = 'repetition' then t + coupe_bas <= c2 and c1 <= t + coupe_haut
      when est_quotient
        then {corners("least", "c2 + retrait")} <= 0 and {corners("greatest", "c1 + retrait")} >= 0
      when nature = 'evolution' then t1 - b2 <= c2 and c1 <= t2 - b1
      else false
    end as rencontre_coupee
  from bornes
),

recalcul as (
  select
    *,
    case when incomparable then null when est_quotient then round(cast(k as double) * cast(t as double)
      / cast(b as double) - retrait, 6) else cast(t - b as double) end as recalcule,
    cast(valeur as double) - recalcule as ecart,
    cast(case when est_quotient then demi else demi + ht + hb end as double) as tolerance,
    case
      when incomparable then 'non_verifiable'
      when egal then 'exact'
      when rencontre or rencontre_coupee then 'arrondi'
      else 'ecart'
    end as verdict,
    not incomparable and not egal and not rencontre and rencontre_coupee as troncature
  from comparaisons
)
"""


CREATE = "create or replace temp table recalcul as with " + RECOMPUTED.strip() + " select * from recalcul"
TALLY = """
select domaine, count(*), count(*) filter (verdict = 'exact'), count(*) filter (verdict = 'arrondi'),
  count(*) filter (troncature), count(*) filter (verdict = 'ecart'), count(*) filter (verdict = 'non_verifiable')
from recalcul group by domaine
"""
