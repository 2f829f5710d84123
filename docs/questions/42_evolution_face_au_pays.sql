-- Où l'évolution d'un organisme s'écarte-t-elle le plus de celle du pays ?
select
  e.indicateur, e.membres, e.periode_code, e.organisme, e.territoire,
  e.evolution, f.evolution as evolution_france, e.evolution - f.evolution as ecart, e.unite
from marts.vue_evolutions as e
join marts.vue_evolutions as f using (indicateur_code, membres, periode_code, unite)
where f.territoire = 'France' and e.territoire <> 'France'
order by abs(ecart) desc, e.indicateur, e.membres, e.organisme;
