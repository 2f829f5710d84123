-- Why figures of a concept do not stand beside those of another body, the commonest reasons first.
with comptes as (
  select concept_code, raison, count(*) as nombre
  from marts.vue_comparaison
  where not comparable
  group by concept_code, raison
)

select concept_code, raison, nombre
from comptes
qualify row_number() over (partition by concept_code order by nombre desc, raison) <= 4
order by concept_code, nombre desc, raison
