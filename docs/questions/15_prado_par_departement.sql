-- Combien d'inclusions PRADO chaque département d'Occitanie visait-il en 2019, et l'objectif est-il atteint ?
select
  t.libelle as departement,
  r.libelle as region,
  v.objectif,
  v.taux_atteinte as taux_atteinte_pct,
  v.atteinte,
  v.lignes_objectif
from marts.vue_objectifs as v
inner join marts.dim_territoire as t using (territoire_code)
inner join marts.dim_territoire as r on t.region_code = r.territoire_code
where v.indicateur_code = 'patients_prado' and t.type = 'departement'
order by v.taux_atteinte desc;
