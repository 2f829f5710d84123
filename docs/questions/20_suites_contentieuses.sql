-- Quelles suites contentieuses la DRSM Occitanie a-t-elle données en 2019, par branche de professionnels ?
select
  p.libelle as branche,
  m.libelle as suite,
  sum(f.valeur) as nombre
from marts.fct_fraude as f
inner join marts.dim_profession as p using (profession_code)
inner join marts.dim_modalite as m using (modalite_code)
where f.indicateur_code = 'suites_contentieuses' and f.organisme_code = 'drsm_occitanie' and f.periode_code = '2019'
group by rollup (p.libelle, m.libelle)
order by branche nulls last, suite nulls last;
