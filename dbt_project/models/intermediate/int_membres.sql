-- The members that narrow each figure: what the print says beside the indicator, the body, the territory and the period.
-- A member that the indicator says already (the telephone of calls) narrows nothing, nor does the place that does the work of a whole body.
-- Many figures share a combination of members; each combination is told once.
with figures as (
  select
    observation_key, indicateur_code, coalesce(perimetre, '') as perimetre,
    {%- for dimension in dimensions() %}
    {{ dimension }}_code,
    {%- endfor %}
    concat_ws(
      '|', indicateur_code, coalesce(perimetre, ''){% for dimension in dimensions() %}, {{ dimension }}_code{% endfor %}
    ) as combinaison
  from {{ ref('int_observation') }}
),

combinaisons as (
  select distinct
    combinaison, indicateur_code, perimetre{% for dimension in dimensions() %}, {{ dimension }}_code{% endfor %}
  from figures
),

membres as (
  {%- for dimension in dimensions() %}
  select combinaison, indicateur_code, {{ loop.index }} as rang, '{{ dimension }}' as dimension, {{ dimension }}_code as code
  from combinaisons
  where {{ dimension }}_code not in ('non_precise', 'ensemble'){{ " and perimetre <> 'entier'" if dimension == 'site' }}
  {{ 'union all' if not loop.last }}
  {%- endfor %}
),

libelles as (
  select m.combinaison, d.libelle, min(m.rang) as rang, string_agg(m.dimension || '=' || m.code, '|' order by m.rang) as codes
  from membres as m
  inner join {{ ref('int_membre') }} as d on m.dimension = d.dimension and m.code = d.code
  left join {{ ref('stg_membre_implique') }} as s
    on m.indicateur_code = s.indicateur_code and m.dimension = s.dimension and m.code = s.membre_code
  where s.membre_code is null
  group by m.combinaison, d.libelle
),

dites as (
  select
    combinaison,
    string_agg(libelle, ', ' order by rang) as membres,
    md5(string_agg(codes, '|' order by rang)) as membres_key
  from libelles
  group by combinaison
)

select f.observation_key, d.membres, d.membres_key
from figures as f
inner join dites as d on f.combinaison = d.combinaison
