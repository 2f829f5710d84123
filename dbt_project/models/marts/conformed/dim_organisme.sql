with organismes as (
  select * from {{ ref('int_membre') }} where dimension = 'organisme'
)

select
  o.code as organisme_code,
  o.libelle,
  o.type,
  o.parent_code,
  coalesce(p.libelle, 'Ensemble') as parent_libelle,
  o.racine_code,
  o.territoire_code,
  coalesce(t.libelle, 'Non précisé') as territoire_libelle,
  cast(o.niveau as integer) as niveau,
  o.chemin,
  o.alias
from organismes as o
left join organismes as p on o.parent_code = p.code
left join {{ ref('int_membre') }} as t on t.dimension = 'territoire' and o.territoire_code = t.code
order by o.chemin
