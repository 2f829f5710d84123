{{ config(meta={'dagster': {'ref': {'name': 'int_fait'}}}) }}
-- Two leaves of one additive indicator that have something in common would be counted twice in one SUM.
-- What stands under different terms of one printed sum is disjoint because the report adds it, whatever its members.
with recursive branches as (
  select total_key, partie_key as branche_key, partie_key as feuille_key
  from {{ ref('int_decomposition') }}

  union

  select b.total_key, b.branche_key, d.partie_key
  from branches as b
  inner join {{ ref('int_decomposition') }} as d on b.feuille_key = d.total_key
),

additionnees as (
  select distinct a.feuille_key as a_key, b.feuille_key as b_key
  from branches as a
  inner join branches as b on a.total_key = b.total_key and a.branche_key <> b.branche_key
  inner join {{ ref('int_decomposition') }} as d on a.total_key = d.total_key and d.declaree
)

select a.indicateur_code, a.rapport_code, a.ligne, a.valeur, b.ligne as ligne_autre, b.valeur as valeur_autre
from {{ ref('int_paire') }} as p
inner join {{ ref('int_fait') }} as a on p.a_key = a.fait_key
inner join {{ ref('int_fait') }} as b on p.b_key = b.fait_key
anti join additionnees as s on p.a_key = s.a_key and p.b_key = s.b_key
