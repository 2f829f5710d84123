select
  rapport_code,
  cast(ligne as integer) as ligne,
  cast(colonne as integer) as colonne,
  champ,
  coalesce(avant, '') as avant,
  coalesce(apres, '') as apres,
  motif,
  try_cast(date as date) as date_correction
from {{ source('raw', 'correction') }}
