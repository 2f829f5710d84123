select
  c.chiffre_key as part_key,
  coalesce(c.concept_code, 'non_precise') as concept_code, c.indicateur_code, i.libelle as indicateur, c.domaine,
  c.organisme_code, g.libelle as organisme, c.territoire_code, t.libelle as territoire, c.periode_code, c.annee, coalesce(m.membres, '') as membres,
  {{ colonnes_dimensions('c.{}_code') }},
  c.valeur as part, c.demi_intervalle, c.unite, c.nature,
  c.rapport_code, c.lignes, c.observation_key, c.libelle
from {{ ref('int_chiffre') }} as c
inner join {{ ref('int_indicateur') }} as i on c.indicateur_code = i.indicateur_code
inner join {{ ref('int_membre') }} as g on g.dimension = 'organisme' and c.organisme_code = g.code
inner join {{ ref('int_membre') }} as t on t.dimension = 'territoire' and c.territoire_code = t.code
left join {{ ref('int_membres') }} as m on c.observation_key = m.observation_key
where c.genre = 'part'
order by c.chiffre_key
