-- The findings, each with its relation and the nearest heading printed above its first line.
with titres as (
  select l.rapport_code, cast(l.ligne as integer) as ligne, trim(l.texte) as titre_imprime
  from raw.ligne as l
  where not exists (select 1 from audit.nombre as n where n.rapport_code = l.rapport_code and n.ligne = cast(l.ligne as integer))
),

constats as (
  select c.*, list_min(c.lignes) as premiere, r.titre as rapport_titre, f.unite
  from marts.dim_constat as c
  left join marts.dim_rapport as r using (rapport_code)
  left join marts.fct_controle as f using (controle_key)
)

select c.*, t.titre_imprime
from constats as c
asof left join titres as t on t.rapport_code = c.rapport_code and t.ligne <= c.premiere
order by c.rapport_code, list_position(['forte', 'moyenne', 'faible'], c.gravite), c.lignes, c.constat_code
