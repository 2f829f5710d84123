-- Quel est le taux de décroché de chaque organisme, par année et par public, avec son objectif quand il est imprimé ?
select
  o.libelle as organisme,
  f.periode_code,
  p.libelle as public,
  f.valeur as taux_pct,
  v.objectif,
  coalesce(v.atteinte, 'sans_objectif') as atteinte
from marts.fct_accueil as f
inner join marts.dim_organisme as o using (organisme_code)
inner join marts.dim_public as p using (public_code)
left join marts.vue_objectifs as v on f.observation_key = v.resultat_observation_key
where f.indicateur_code = 'taux_decroche'
order by public, organisme, f.periode_code;
