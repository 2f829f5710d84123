-- Every period that a figure or a report names, and the years around them.
with nommees as (
  select periode_code from {{ ref('stg_nombre') }} where statut = 'observation'
  union
  select periode_code from {{ ref('stg_rapport') }}
  union
  select unnest(['ensemble', 'non_precise'])
),

annees as (
  select cast(extract(year from {{ periode_fin('periode_code') }}) as varchar) as periode_code
  from nommees
  where {{ periode_debut('periode_code') }} is not null
),

codes as (
  select periode_code from nommees
  union
  select periode_code from annees
),

bornees as (
  select
    periode_code,
    {{ periode_type('periode_code') }} as type,
    {{ periode_debut('periode_code') }} as date_debut,
    {{ periode_fin('periode_code') }} as date_fin
  from codes
)

select
  periode_code,
  type,
  date_debut,
  date_fin,
  -- The year that the code stands for: a campaign is the year in which it starts, an interval over two years is of neither.
  cast(
    case
      when type = 'campagne' then extract(year from date_debut)
      when type = 'annees' or extract(year from date_debut) = extract(year from date_fin) then extract(year from date_fin)
    end
  as integer) as annee,
  cast(extract(year from date_fin) as integer) as annee_fin,
  case
    when date_debut is null or type = 'annee' then 'ensemble'
    when extract(year from date_debut) = extract(year from date_fin) then cast(extract(year from date_fin) as varchar)
    else 'ensemble'
  end as parent_code,
  coalesce(date_diff('day', date_debut, date_fin) + 1, 0) as nb_jours
from bornees
order by periode_code
