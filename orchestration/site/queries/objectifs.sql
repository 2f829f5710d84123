select
  v.objectif_key, v.indicateur_code, v.indicateur, v.domaine, v.organisme_code, o.libelle as organisme, v.periode_code, v.unite, v.sens, v.objectif,
  v.resultat, v.resultat_periode_code, v.ecart, v.taux_atteinte, v.atteinte, v.rapport_code, v.libelle,
  a.ligne as objectif_ligne, a.colonne as objectif_colonne, b.ligne as resultat_ligne, b.colonne as resultat_colonne, a.precisions,
  b.rapport_code as resultat_rapport
from marts.vue_objectifs as v
left join marts.dim_organisme as o using (organisme_code)
left join site.chiffre as a on a.observation_key = v.objectif_observation_key
left join site.chiffre as b on b.observation_key = v.resultat_observation_key
order by v.domaine, v.indicateur, v.organisme_code, v.periode_code desc, v.objectif_key
