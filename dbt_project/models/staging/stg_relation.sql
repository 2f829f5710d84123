select
  rapport_code,
  relation,
  nature,
  coalesce(formule, '') as formule,
  role,
  cast(coalesce(nullif(poids, ''), '1') as decimal(18, 6)) as poids,
  cast(nullif(ligne, '') as integer) as ligne,
  cast(nullif(colonne, '') as integer) as colonne,
  {{ decimal_de("nullif(constante, '')") }} as constante,
  coalesce(cast(nullif(paire, '') as integer), 0) as paire,
  coalesce(reserve, '') as reserve
from {{ source('raw', 'relation') }}
