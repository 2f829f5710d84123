select
  rapport_code,
  relation,
  coalesce(cause, '') as cause,
  coalesce(preuve, '') as preuve,
  coalesce(cast(valeur_proposee as varchar), '') as valeur_proposee,
  coalesce(gravite, '') as gravite,
  coalesce(constat, '') as constat,
  coalesce(groupe, '') as groupe,
  coalesce(titre, '') as titre
from {{ source('raw', 'diagnostic') }}
