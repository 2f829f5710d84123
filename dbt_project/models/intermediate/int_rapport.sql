-- The reports, and whether figures of theirs still wait for somebody to read them: until then nothing is said to be absent from them.
with lectures as (
  select rapport_code, max(case when revue then 0 else 1 end) = 1 as a_relire
  from {{ ref('int_nombre') }}
  where statut = 'observation'
  group by rapport_code
)

select r.*, coalesce(l.a_relire, false) as a_relire
from {{ ref('stg_rapport') }} as r
left join lectures as l on r.rapport_code = l.rapport_code
