select
  code as indicateur_code,
  libelle,
  coalesce(definition, '') as definition,
  unite,
  additivite,
  domaine
from {{ ref('indicateurs') }}
