with territoires as (
  select * from {{ ref('int_membre') }} where dimension = 'territoire'
),

-- The département, former region and region above each territory, itself included.
ancetres as (
  select
    a.code,
    max(t.code) filter (where t.type = 'departement') as departement_code,
    max(t.code) filter (where t.type = 'ex_region') as ancienne_region_code,
    max(t.code) filter (where t.type = 'region') as region_code
  from {{ ref('int_ascendance') }} as a
  inner join territoires as t on a.dimension = t.dimension and a.ancetre_code = t.code
  group by a.code
)

select
  t.code as territoire_code,
  t.libelle,
  t.type,
  t.parent_code,
  coalesce(p.libelle, 'Ensemble') as parent_libelle,
  coalesce(a.departement_code, 'non_precise') as departement_code,
  coalesce(a.ancienne_region_code, 'non_precise') as ancienne_region_code,
  coalesce(a.region_code, 'non_precise') as region_code,
  cast(t.niveau as integer) as niveau,
  t.chemin,
  t.alias
from territoires as t
inner join ancetres as a using (code)
left join territoires as p on t.parent_code = p.code
order by t.chemin
