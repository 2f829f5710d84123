select
  c.chiffre_key as part_key,
  c.indicateur_code, i.libelle as indicateur, c.domaine, c.organisme_code, c.territoire_code, c.periode_code,
  {{ colonnes_dimensions('c.{}_code') }},
  c.valeur as part, c.demi_intervalle, c.unite, c.nature,
  c.rapport_code, c.lignes, c.observation_key, c.libelle
from {{ ref('int_chiffre') }} as c
inner join {{ ref('int_indicateur') }} as i using (indicateur_code)
where c.genre = 'part'
