-- Comment les charges de la CPAM du Rhône se répartissent-elles par gestion, et comment évoluent-elles de 2019 à 2020 ?
select
  p.libelle as poste,
  s.libelle as site,
  sum(f.valeur) filter (f.periode_code = '2019') as charges_2019_eur,
  sum(f.valeur) filter (f.periode_code = '2020') as charges_2020_eur,
  round(100 * (charges_2020_eur / nullif(charges_2019_eur, 0) - 1), 2) as evolution_pct
from marts.fct_pilotage as f
inner join marts.dim_poste as p using (poste_code)
inner join marts.dim_site as s using (site_code)
where f.indicateur_code = 'charges_gestion' and f.organisme_code = 'cpam_rhone'
group by all
order by charges_2020_eur desc nulls last;
