select
  o.observation_key, o.rapport_code, o.ligne, o.colonne, o.valeur_imprimee, o.valeur, o.demi_intervalle, o.unite, o.nature,
  o.role, o.indicateur_code, o.organisme_code, o.territoire_code, o.periode_code, o.annee, o.domaine, o.concept_code,
  {{ colonnes_dimensions('o.{}_code') }},
  o.bloc, o.libelle, o.note, o.confiance, o.revue,
  case when o.revue then e.emploi else 'non_revue' end as emploi,
  p.perimetre, p.perimetre_mots,
  coalesce(k.constat_codes, cast([] as varchar[])) as constat_codes,
  o.page, o.boite
from {{ ref('int_observation') }} as o
left join {{ ref('int_impression') }} as i using (observation_key)
left join {{ ref('int_emploi') }} as e on i.chiffre_key = e.chiffre_key
inner join {{ ref('int_perimetre') }} as p on o.observation_key = p.observation_key
left join {{ ref('int_constat_observation') }} as k on o.observation_key = k.observation_key
order by o.rapport_code, o.ligne, o.colonne
