-- The hierarchy of every dimension as a nested set: `a` contains `b` when a.gauche <= b.gauche and b.droite <= a.droite.
-- `ensemble` and `non_precise` span the whole dimension: whatever they measure overlaps whatever any member measures.
with recursive chemins as (
  select
    dimension, code, libelle, type, territoire_code, parent_code, alias,
    1 as niveau, code as racine_code, code as chemin
  from {{ ref('stg_membre') }}
  where parent_code is null

  union all

  select
    m.dimension, m.code, m.libelle, m.type, m.territoire_code, m.parent_code, m.alias,
    c.niveau + 1, c.racine_code, c.chemin || '/' || m.code
  from {{ ref('stg_membre') }} as m
  inner join chemins as c on m.dimension = c.dimension and m.parent_code = c.code
  where c.niveau < 12
),

ranges as (
  select *, row_number() over (partition by dimension order by chemin) as rang
  from chemins
),

fins as (
  select a.dimension, a.ancetre_code as code, max(r.rang) as droite
  from {{ ref('int_ascendance') }} as a
  inner join ranges as r on a.dimension = r.dimension and a.code = r.code
  group by a.dimension, a.ancetre_code
)

select
  r.dimension, r.code, r.libelle, coalesce(r.type, '') as type, r.territoire_code,
  coalesce(r.parent_code, 'ensemble') as parent_code, r.alias, r.niveau, r.racine_code, r.chemin,
  case when r.code in ('ensemble', 'non_precise') then 0 else r.rang end as gauche,
  case when r.code in ('ensemble', 'non_precise') then 1000000 else f.droite end as droite
from ranges as r
inner join fins as f on r.dimension = f.dimension and r.code = f.code
order by r.dimension, r.chemin
