-- Combien de jours d'arrêt la CPAM du Rhône a-t-elle indemnisés en 2020, par risque ?
select r.libelle as risque, sum(f.valeur) as jours
from marts.fct_prestations as f
inner join marts.dim_risque as r using (risque_code)
where f.indicateur_code = 'jours_indemnises' and f.organisme_code = 'cpam_rhone' and f.periode_code = '2020'
group by rollup (r.libelle)
order by jours desc;
