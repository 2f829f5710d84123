select
  rapport_code,
  cast(ligne as integer) as ligne,
  texte
from {{ source('raw', 'ligne') }}
