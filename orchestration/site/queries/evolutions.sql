select
  v.evolution_key, v.indicateur_code, v.indicateur, v.domaine, v.organisme_code, o.libelle as organisme, v.periode_code, v.evolution, v.unite,
  v.valeur_depart, v.valeur_arrivee, v.evolution_recalculee, v.rapport_code, c.ligne, c.colonne, c.precisions, c.constats, v.libelle
from marts.vue_evolutions as v
left join marts.dim_organisme as o using (organisme_code)
left join site.chiffre as c using (observation_key)
order by v.domaine, v.indicateur, v.organisme_code, v.periode_code desc, v.evolution_key
