select
  code as rapport_code,
  titre,
  organisme as organisme_code,
  territoire as territoire_code,
  periode as periode_code,
  document,
  coalesce(document_sha256, '') as document_sha256,
  try_cast(nullif(cast(nb_lignes as varchar), '') as integer) as nb_lignes,
  coalesce(lower(cast(document_present as varchar)) = 'true', false) as document_present
from {{ source('raw', 'rapport') }}
