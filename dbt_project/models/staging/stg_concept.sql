select
  code as concept_code,
  libelle,
  definition,
  unite,
  domaine,
  coalesce(parent_code, 'ensemble') as parent_code,
  coalesce(alias, '') as alias,
  cast(comparable as boolean) as comparable,
  raison
from {{ ref('concepts') }}
