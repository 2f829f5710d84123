-- Every term of every relation with the figure it points to; a constant has no figure, a missing term no value.
-- The terms of one relation are numbered as they sort; what the warehouse adds by itself comes numbered. How a relation is called and
-- told stands at its first term only: written at each, it would be a third of the table.
with ecrites as (
  select
    rapport_code, relation, nature, formule, role, poids, rapport_code as rapport_terme, ligne, colonne, constante, paire, reserve
  from {{ ref('stg_relation') }}
  union all
  select rapport_code, relation, nature, formule, role, poids, rapport_terme, ligne, colonne, constante, paire, reserve
  from {{ ref('int_entre_rapports') }}
),

relations as (
  select
    *,
    row_number() over (
      partition by rapport_code, relation order by role, rapport_terme, ligne nulls last, colonne, poids, constante
    ) as rang
  from ecrites
  union all
  select
    rapport_code, relation, nature, formule, role, poids, rapport_code, ligne, colonne, constante, paire, reserve, rang
  from {{ ref('int_vraisemblance') }}
)

select
  {{ cle(['r.rapport_code', 'r.relation']) }} as controle_key,
  r.rapport_code, r.nature, r.role, r.poids, r.rapport_terme, r.ligne, r.colonne, r.constante, r.paire, r.reserve,
  r.rang,
  case when r.rang = 1 then r.relation end as relation,
  case when r.rang = 1 then r.formule end as formule,
  case
    when r.ligne is null and r.constante is not null then 'constante'
    when r.ligne is null then 'manquant'
    else {{ cle(['r.rapport_terme', 'r.ligne', 'r.colonne']) }}
  end as observation_key,
  case when r.ligne is null then r.constante else o.valeur end as valeur,
  case when r.ligne is null then 0 else o.demi_intervalle end as demi_intervalle,
  o.unite, o.domaine, o.revue
from relations as r
left join {{ ref('int_observation') }} as o
  on r.rapport_terme = o.rapport_code and r.ligne = o.ligne and r.colonne = o.colonne
