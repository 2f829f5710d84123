-- Each member with itself and every member above it in its dimension.
with recursive ascendances as (
  select dimension, code, code as ancetre_code, parent_code as suivant_code, 1 as pas
  from {{ ref('stg_membre') }}

  union all

  select a.dimension, a.code, m.code, m.parent_code, a.pas + 1
  from ascendances as a
  inner join {{ ref('stg_membre') }} as m on a.dimension = m.dimension and a.suivant_code = m.code
  -- As deep as hierarchies go (int_membre): parents that run in a circle end.
  where a.pas < 12
)

select distinct dimension, code, ancetre_code
from ascendances
