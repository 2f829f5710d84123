-- The concepts of the core with how much of each the reports print.
with imprimes as (
  select concept_code, count(distinct rapport_code) as nb_rapports, count(*) as nb_chiffres
  from {{ ref('int_observation') }}
  group by concept_code
)

select
  c.concept_code, c.libelle, c.definition, c.unite, c.domaine, c.parent_code, c.alias, c.comparable, c.raison,
  cast(coalesce(i.nb_rapports, 0) as integer) as nb_rapports,
  cast(coalesce(i.nb_chiffres, 0) as integer) as nb_chiffres
from {{ ref('stg_concept') }} as c
left join imprimes as i using (concept_code)
