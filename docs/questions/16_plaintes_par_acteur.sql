-- Contre qui la CPAM du Rhône a-t-elle déposé des plaintes pénales en 2020 ?
select a.racine_libelle as groupe, a.libelle as acteur, f.valeur as plaintes, f.nb_impressions, f.lignes
from marts.fct_fraude as f
inner join marts.dim_acteur as a using (acteur_code)
where f.indicateur_code = 'plaintes_penales' and f.organisme_code = 'cpam_rhone' and f.periode_code = '2020'
order by plaintes desc, acteur;
