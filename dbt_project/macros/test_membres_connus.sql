{#- Rows whose `<dimension>_code` is no member of that dimension: one look for all, each row saying its report and what is wrong. -#}
{% test membres_connus(model, dimensions) %}
{%- for dimension in dimensions %}
select m.rapport_code, '{{ dimension }}_code = ' || coalesce(m.{{ dimension }}_code, '') as defaut
from {{ model }} as m
anti join {{ ref('dim_' ~ dimension) }} as d on m.{{ dimension }}_code = d.{{ dimension }}_code
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endtest %}
