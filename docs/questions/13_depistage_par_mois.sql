-- Comment les taux de dépistage du Rhône ont-ils évolué mois par mois en 2020, et à quelle distance de l'objectif ?
with objectifs as (
  select programme_code, valeur as objectif
  from marts.fct_observation
  where indicateur_code = 'taux_depistage' and nature = 'objectif' and organisme_code = 'cpam_rhone'
  group by all
)

select
  g.libelle as programme,
  p.date_debut as mois,
  f.valeur as taux_pct,
  o.objectif as objectif_pct,
  f.valeur - o.objectif as distance_points
from marts.fct_prevention as f
inner join marts.dim_programme as g using (programme_code)
inner join marts.dim_periode as p using (periode_code)
left join objectifs as o using (programme_code)
where f.indicateur_code = 'taux_depistage' and f.organisme_code = 'cpam_rhone' and p.type = 'mois'
order by programme, mois;
