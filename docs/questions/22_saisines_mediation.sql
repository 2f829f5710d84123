-- Combien de saisines la médiation de chaque caisse a-t-elle reçues, par année ?
select o.libelle as organisme, f.periode_code, sum(f.valeur) as saisines
from marts.fct_mediation as f
inner join marts.dim_organisme as o using (organisme_code)
where f.indicateur_code = 'saisines_mediation'
group by all
order by all;
