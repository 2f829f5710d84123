-- One row per member of every hierarchical dimension; organisations and territories carry two columns more.
select
  'organisme' as dimension, code, libelle, type, coalesce(territoire_code, 'non_precise') as territoire_code,
  parent_code, coalesce(alias, '') as alias
from {{ ref('organismes') }}
union all
select 'territoire', code, libelle, type, code, parent_code, coalesce(alias, '')
from {{ ref('territoires') }}
{%- for dimension, seed in seeds_des_dimensions().items() %}
union all
select '{{ dimension }}', code, libelle, '', '', parent_code, coalesce(alias, '')
from {{ ref(seed) }}
{%- endfor %}
