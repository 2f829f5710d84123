{#- Rows that break a dimension: a missing `ensemble` or `non_precise`, a code twice, a parent that is no member. -#}
{% test membres_complets(model) %}
with attendus as (
  select dimension, code
  from (select distinct dimension from {{ model }}) cross join (select unnest(['ensemble', 'non_precise']) as code)
)

select dimension, code, 'membre absent' as defaut from attendus anti join {{ model }} using (dimension, code)
union all
select dimension, code, 'code en double' from {{ model }} group by all having count(*) > 1
union all
select m.dimension, m.code, 'parent inconnu : ' || m.parent_code
from {{ model }} as m
anti join {{ model }} as p on m.dimension = p.dimension and m.parent_code = p.code
where m.parent_code is not null
{% endtest %}
