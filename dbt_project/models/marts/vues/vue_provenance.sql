select
  o.observation_key,
  o.rapport_code, r.titre, r.document, o.ligne, o.colonne, o.valeur_imprimee, o.valeur, o.demi_intervalle, o.unite,
  o.indicateur_code, o.libelle, o.bloc, o.note,
  coalesce(l.texte, '') as texte_imprime
from {{ ref('int_observation') }} as o
inner join {{ ref('int_rapport') }} as r using (rapport_code)
left join {{ ref('int_ligne') }} as l using (rapport_code, ligne)
order by o.rapport_code, o.ligne, o.colonne
