-- Each member with itself and every member above it in its dimension.
with recursive ascendances as (
  select dimension, code, code as ancetre_code, parent_code as suivant_code
  from {{ ref('stg_membre') }}

  -- `union` ends where parents run in a circle.
  union

  select a.dimension, a.code, m.code, m.parent_code
  from ascendances as a
  inner join {{ ref('stg_membre') }} as m on a.dimension = m.dimension and a.suivant_code = m.code
)

select dimension, code, ancetre_code
from ascendances
