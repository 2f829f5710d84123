-- Findings that bear on each printed figure: it is a term of a relation that does not hold.
select t.observation_key, list(distinct c.constat_code order by c.constat_code) as constat_codes
from {{ ref('int_terme') }} as t
inner join {{ ref('int_constat') }} as c using (controle_key)
where t.ligne is not null and c.statut <> 'disparu'
group by t.observation_key
