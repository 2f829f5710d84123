-- Indicators with their other names and the direction in which they improve: delays, rates of refusal and the like are better when they fall.
select
  i.* exclude (alias),
  concat_ws('|', nullif(i.alias, ''), nullif(c.alias, '')) as alias,
  coalesce(s.sens, case when i.unite in ('jours', 'minutes') then 'baisse' else 'hausse' end) as sens
from {{ ref('stg_indicateur') }} as i
left join {{ ref('stg_sens') }} as s using (indicateur_code)
left join {{ ref('stg_concept') }} as c using (concept_code)
