-- Comment les salariés de la CPAM de l'Hérault se répartissent-ils entre les sites en 2021 ?
select s.libelle as site, f.valeur as salaries, round(100 * f.valeur / sum(f.valeur) over (), 1) as part_pct
from marts.fct_ressources_humaines as f
inner join marts.dim_site as s using (site_code)
where f.indicateur_code = 'effectif_salaries' and f.organisme_code = 'cpam_herault' and f.periode_code = '2021'
order by salaries desc;
