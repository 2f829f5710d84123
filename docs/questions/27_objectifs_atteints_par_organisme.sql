-- Quelle part de ses objectifs imprimés chaque organisme a-t-il atteinte ?
select
  o.libelle as organisme,
  v.periode_code,
  count(*) as objectifs,
  count(*) filter (v.atteinte = 'atteint') as atteints,
  count(*) filter (v.atteinte = 'non_atteint') as non_atteints,
  count(*) filter (v.atteinte = 'non_verifiable') as sans_resultat_imprime,
  round(100 * atteints / nullif(atteints + non_atteints, 0), 0) as atteints_pct
from marts.vue_objectifs as v
inner join marts.dim_organisme as o using (organisme_code)
group by all
order by objectifs desc, organisme, v.periode_code;
