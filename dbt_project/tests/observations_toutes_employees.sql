{{ config(meta={'dagster': {'ref': {'name': 'fct_observation'}}}) }}
-- Every observation has a fate, and every leaf print stands in exactly one fact: nothing disappears on the way to the facts.
select o.observation_key, o.rapport_code, o.ligne, o.emploi
from {{ ref('fct_observation') }} as o
left join {{ ref('pont_fait_observation') }} as p using (observation_key)
where o.emploi is null or (o.emploi = 'feuille') <> (p.fait_key is not null)
