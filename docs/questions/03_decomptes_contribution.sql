-- Quel risque a le plus contribué à la croissance des décomptes de la CPAM du Rhône entre 2019 et 2020 ?
with annees as (
  select
    risque_code,
    sum(valeur) filter (periode_code = '2019') as n_2019,
    sum(valeur) filter (periode_code = '2020') as n_2020
  from marts.fct_prestations
  where indicateur_code = 'decomptes' and organisme_code = 'cpam_rhone'
  group by risque_code
)

select
  r.libelle as risque,
  a.n_2019,
  a.n_2020,
  a.n_2020 - a.n_2019 as difference,
  round(100 * (a.n_2020 / a.n_2019 - 1), 1) as evolution_pct,
  round(100 * (a.n_2020 - a.n_2019) / sum(a.n_2019) over (), 2) as contribution_points
from annees as a
inner join marts.dim_risque as r using (risque_code)
order by contribution_points desc;
