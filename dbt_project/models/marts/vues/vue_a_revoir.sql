select
  o.observation_key, o.rapport_code, o.ligne, o.colonne, o.valeur_imprimee, o.valeur, o.demi_intervalle, o.unite, o.nature,
  o.indicateur_code, i.libelle as indicateur, o.domaine, o.organisme_code, o.periode_code, o.confiance, o.libelle, o.note,
  coalesce(l.texte, '') as texte_imprime
from {{ ref('int_observation') }} as o
inner join {{ ref('int_indicateur') }} as i using (indicateur_code)
left join {{ ref('int_ligne') }} as l using (rapport_code, ligne)
where not o.revue
order by o.confiance, o.rapport_code, o.ligne, o.colonne
