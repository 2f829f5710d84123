-- Quelles évolutions imprimées sont les plus fortes, et que donnent les deux valeurs quand elles sont imprimées ?
select
  o.libelle as organisme,
  v.indicateur,
  v.libelle,
  v.periode_depart,
  v.periode_arrivee,
  v.evolution as evolution_pct,
  round(v.evolution_recalculee, 2) as recalculee_pct,
  v.lignes
from marts.vue_evolutions as v
inner join marts.dim_organisme as o using (organisme_code)
where v.unite = '%'
order by abs(v.evolution) desc, v.evolution_key
limit 25;
