-- Combien d'indemnités journalières la CPAM du Var a-t-elle versées de 2019 à 2021, et le rapport dit-il la même évolution ?
with annees as (
  select periode_code, sum(valeur) as nombre
  from marts.fct_prestations
  where indicateur_code = 'jours_indemnises' and organisme_code = 'cpam_var'
  group by periode_code
)

select
  d.periode_code as de,
  a.periode_code as a,
  d.nombre as nombre_de,
  a.nombre as nombre_a,
  round(100 * (a.nombre / d.nombre - 1), 2) as evolution_pct,
  v.evolution as evolution_imprimee
from annees as d
inner join annees as a on d.periode_code < a.periode_code
left join marts.vue_evolutions as v
  on v.indicateur_code = 'jours_indemnises' and v.organisme_code = 'cpam_var'
  and v.periode_depart = d.periode_code and v.periode_arrivee = a.periode_code
order by de, a;
