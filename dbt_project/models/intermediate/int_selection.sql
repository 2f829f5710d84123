-- The fate of every figure of an additive indicator: leaf, total that its parts replace, or set beside the facts with a reason.
-- From the figures that no other figure holds (the tops), go down to their leaves. Two tops whose leaves overlap compete: the
-- breakdown that covers most is served first (among those that cover as much, the one with most figures), the other yields.
with recursive candidates as (
  select c.*
  from {{ ref('int_cellule') }} as c
  inner join {{ ref('int_candidate') }} as k using (chiffre_key)
  where k.statut = 'candidate'
),

paires as (
  select p.*
  from {{ ref('int_paire') }} as p
  where p.a_key in (select chiffre_key from candidates) and p.b_key in (select chiffre_key from candidates)
),

sommets as (
  select c.*, concat_ws('|', c.groupe, c.lieu, c.precisees) as famille
  from candidates as c
  where c.chiffre_key not in (select b_key from paires where contient)
),

descentes as (
  select chiffre_key as sommet_key, chiffre_key, cast(1 as decimal(18, 6)) as poids
  from sommets

  union

  select h.sommet_key, d.partie_key, d.poids
  from descentes as h
  inner join {{ ref('int_decomposition') }} as d on h.chiffre_key = d.total_key
),

familles as (
  select
    famille, any_value(groupe) as groupe, any_value(lieu) as lieu,
    sum(valeur) as total, sum(demi_intervalle) as tolerance, count(*) as nb,
    min(concat_ws('|', rapport_code, printf('%08d', ligne), printf('%05d', colonne))) as place
  from sommets
  group by famille
),

rangees as (
  select
    *,
    max(total) over (partition by groupe, lieu) - total
      <= tolerance + first_value(tolerance) over (partition by groupe, lieu order by total desc, famille) as couvrante
  from familles
),

file_attente as (
  select
    s.chiffre_key as sommet_key,
    row_number() over (
      partition by s.groupe
      order by r.couvrante desc, r.nb desc, r.total desc, r.place, s.famille, s.rapport_code, s.ligne, s.colonne
    ) as rang
  from sommets as s
  inner join rangees as r on s.famille = r.famille
),

feuilles as (
  select f.sommet_key, f.rang, d.chiffre_key
  from descentes as d
  inner join file_attente as f on d.sommet_key = f.sommet_key
  where d.chiffre_key not in (select total_key from {{ ref('int_decomposition') }})
),

rencontres as (
  select a_key as un_key, b_key as autre_key from paires
  union
  select b_key, a_key from paires
),

-- Rivals turn by turn, those not yet served: a rival that waits for nobody is kept, and who waits for it yields.
tours as (
  select distinct a.sommet_key as apres_key, b.sommet_key as avant_key, 1 as tour
  from feuilles as a
  inner join rencontres as r on a.chiffre_key = r.un_key
  inner join feuilles as b on r.autre_key = b.chiffre_key
  where b.rang < a.rang

  union all

  select t.apres_key, t.avant_key, t.tour + 1
  from tours as t
  where t.apres_key not in (select apres_key from tours where avant_key not in (select apres_key from tours))
    and t.avant_key not in (select apres_key from tours where avant_key not in (select apres_key from tours))
),

cedes as (
  select t.apres_key
  from tours as t
  left join tours as attente on t.tour = attente.tour and t.avant_key = attente.apres_key
  where attente.apres_key is null
),

retenus as (
  select chiffre_key from sommets where chiffre_key not in (select apres_key from cedes)
),

atteintes as (
  select d.chiffre_key, max(d.poids) as poids
  from descentes as d
  inner join retenus as r on d.sommet_key = r.chiffre_key
  group by d.chiffre_key
),

couvertures as (
  select p.chiffre_key, min(p.autre_key) as autre_key
  from (
    select b_key as chiffre_key, a_key as autre_key from {{ ref('int_paire') }}
    union
    select a_key, b_key from {{ ref('int_paire') }}
  ) as p
  inner join atteintes as a on p.autre_key = a.chiffre_key
  group by p.chiffre_key
)

select
  k.chiffre_key,
  k.groupe,
  case
    when k.statut <> 'candidate' then k.statut
    when a.chiffre_key is null then 'ventilation_secondaire'
    when k.chiffre_key in (select total_key from {{ ref('int_decomposition') }}) then 'total'
    else 'feuille'
  end as emploi,
  coalesce(a.poids, 1) as poids,
  c.autre_key as recouvre_key
from {{ ref('int_candidate') }} as k
left join atteintes as a using (chiffre_key)
left join couvertures as c using (chiffre_key)
