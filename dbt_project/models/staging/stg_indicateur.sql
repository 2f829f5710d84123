select
  code as indicateur_code,
  libelle,
  coalesce(definition, '') as definition,
  unite,
  additivite,
  domaine,
  coalesce(concept_code, 'non_precise') as concept_code,
  coalesce(alias, '') as alias
from {{ ref('indicateurs') }}
