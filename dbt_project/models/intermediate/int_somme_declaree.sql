-- Sums that the reports print, between figures of one additive indicator: the total and its terms as figures.
-- A sum counts here only when it accounts for its total alone: every term a figure, no term twice, no weight below 1.
-- A sum that print does not state (it carries a reserve) says nothing of what adds up.
-- A weight above 1 is an amount printed once for several (each of two associations received it).
with termes as (
  select t.controle_key, t.role, t.poids, i.chiffre_key, c.groupe
  from {{ ref('int_terme') }} as t
  left join {{ ref('int_impression') }} as i using (observation_key)
  left join {{ ref('int_cellule') }} as c using (chiffre_key)
  where t.nature = 'somme' and t.reserve = ''
),

valables as (
  select controle_key, max(chiffre_key) filter (role = 'total') as total_key
  from termes
  group by controle_key
  having count(distinct groupe) = 1
    and count(*) = count(groupe)
    and count(*) = count(distinct chiffre_key)
    and count(*) filter (role = 'total') = 1
    and count(*) >= 2
    and bool_and(poids >= 1)
)

select v.controle_key, v.total_key, t.chiffre_key as terme_key, t.poids
from valables as v
inner join termes as t using (controle_key)
where t.role = 'terme'
