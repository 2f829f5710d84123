{{ config(meta={'dagster': {'ref': {'name': 'int_fait'}}}) }}
-- Two leaves of one additive indicator that have something in common would be counted twice in one SUM.
-- The terms of one printed sum are disjoint because the report adds them, whatever their members.
with sommes as (
  select a.terme_key as a_key, b.terme_key as b_key
  from {{ ref('int_somme_declaree') }} as a
  inner join {{ ref('int_somme_declaree') }} as b using (controle_key)
)

select a.indicateur_code, a.rapport_code, a.ligne, a.valeur, b.ligne as ligne_autre, b.valeur as valeur_autre
from {{ ref('int_paire') }} as p
inner join {{ ref('int_fait') }} as a on p.a_key = a.fait_key
inner join {{ ref('int_fait') }} as b on p.b_key = b.fait_key
anti join sommes as s on p.a_key = s.a_key and p.b_key = s.b_key
