{{ config(meta={'dagster': {'ref': {'name': 'fct_observation'}}}) }}
-- Every observation has a fate, every leaf print stands in exactly one fact, and a figure set beside the facts is covered by one
-- that is in them: nothing disappears on the way to the facts.
select o.observation_key, o.rapport_code, o.ligne, o.emploi
from {{ ref('fct_observation') }} as o
left join {{ ref('pont_fait_observation') }} as p using (observation_key)
where o.emploi is null or (o.emploi = 'feuille') <> (p.fait_key is not null)

union all

select v.observation_key, v.rapport_code, null, v.emploi
from {{ ref('vue_ventilations_secondaires') }} as v
where v.emploi <> 'total' and v.emploi <> 'dont' and v.fait_recouvert_key is null
