select
  periode_code,
  type,
  date_debut,
  date_fin,
  annee,
  parent_code,
  cast(nb_jours as integer) as nb_jours
from {{ ref('int_periode') }}
order by periode_code
