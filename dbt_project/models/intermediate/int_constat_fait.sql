-- Findings that bear on each figure: on one of its prints, or on a printed total, however far above, that it is a part of.
with recursive {{ parties_de_totaux() }},

propres as (
  select i.chiffre_key, c.constat_code
  from {{ ref('int_constat') }} as c
  inner join {{ ref('int_terme') }} as t using (controle_key)
  inner join {{ ref('int_impression') }} as i using (observation_key)
  where c.statut <> 'disparu'
),

-- Of a total, only the sums that it heads say anything of its parts.
des_totaux as (
  select p.partie_key as chiffre_key, c.constat_code
  from {{ ref('int_constat') }} as c
  inner join {{ ref('int_terme') }} as t using (controle_key)
  inner join {{ ref('int_impression') }} as i using (observation_key)
  inner join parties as p on i.chiffre_key = p.total_key
  where c.statut <> 'disparu' and t.role = 'total' and t.nature = 'somme'
)

select chiffre_key as fait_key, list(distinct constat_code order by constat_code) as constat_codes
from (select * from propres union all select * from des_totaux)
group by chiffre_key
