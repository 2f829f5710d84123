select
  c.chiffre_key,
  c.indicateur_code, i.libelle as indicateur, c.domaine, c.organisme_code, c.territoire_code, c.periode_code,
  {{ colonnes_dimensions('c.{}_code') }},
  c.valeur, c.demi_intervalle, c.unite, c.nature,
  e.emploi,
  case e.emploi
    when 'total' then 'total dont les parties sont dans la table de faits'
    when 'dont' then 'partie d''un chiffre déjà compté'
    when 'comparaison' then 'ensemble plus large que l''organisme ou que l''année du rapport'
    when 'portee_inconnue' then 'plus petit qu''une de ses parties : ce qu''il mesure reste indéterminé'
    else 'autre ventilation d''un chiffre déjà compté'
  end as motif_ecart,
  e.recouvre_key as fait_recouvert_key,
  c.rapport_code, c.lignes, c.observation_key, c.libelle
from {{ ref('int_chiffre') }} as c
inner join {{ ref('int_emploi') }} as e using (chiffre_key)
inner join {{ ref('int_indicateur') }} as i using (indicateur_code)
where e.emploi in ('total', 'dont', 'comparaison', 'portee_inconnue', 'ventilation_secondaire')
order by c.chiffre_key
