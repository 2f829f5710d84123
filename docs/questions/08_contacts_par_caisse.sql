-- Combien de visites, d'appels et de courriels chaque caisse a-t-elle reçus ?
select
  o.libelle as organisme,
  f.territoire_code,
  f.periode_code,
  sum(f.valeur) filter (f.indicateur_code = 'visites_accueil') as visites,
  sum(f.valeur) filter (f.indicateur_code = 'appels_recus') as appels,
  sum(f.valeur) filter (f.indicateur_code = 'courriels_recus') as courriels
from marts.fct_accueil as f
inner join marts.dim_organisme as o using (organisme_code)
where f.indicateur_code in ('visites_accueil', 'appels_recus', 'courriels_recus') and o.type = 'cpam'
group by all
order by all;
