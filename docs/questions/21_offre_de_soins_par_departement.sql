-- Quels départements d'Occitanie comptent le plus de professionnels libéraux pour 100 000 personnes protégées, en tout et par profession ?
select
  t.libelle as departement,
  p.libelle as profession,
  v.valeur as nombre,
  round(v.taux_pour_100000, 1) as pour_100000_proteges,
  rank() over (partition by p.libelle order by v.taux_pour_100000 desc) as rang
from marts.vue_taux_population as v
inner join marts.dim_territoire as t using (territoire_code)
inner join marts.dim_profession as p using (profession_code)
where v.indicateur_code = 'professionnels_sante_nombre' and v.rapport_code = 'drsm_occitanie_2019' and t.type = 'departement'
order by profession, rang;
