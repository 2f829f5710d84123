-- The fate of every figure of an additive indicator: leaf, total that its parts replace, or set beside the facts with a reason.
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

-- Figures that no other figure holds. Where two of them overlap, two breakdowns compete and one must go.
sommets as (
  select c.*, concat_ws('|', c.groupe, c.lieu, cast(c.precisees as varchar)) as famille
  from candidates as c
  where c.chiffre_key not in (select b_key from paires where contient)
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

conflits as (
  select s.chiffre_key, list(p.autre_key order by p.autre_key) as autres
  from sommets as s
  inner join (
    select a_key as chiffre_key, b_key as autre_key from paires union select b_key, a_key from paires
  ) as p using (chiffre_key)
  where p.autre_key in (select chiffre_key from sommets)
  group by s.chiffre_key
),

file_attente as (
  select
    s.groupe, s.chiffre_key, c.autres,
    row_number() over (
      partition by s.groupe
      order by r.couvrante desc, r.nb desc, r.total desc, r.place, s.famille, s.rapport_code, s.ligne, s.colonne
    ) as rang
  from sommets as s
  inner join conflits as c using (chiffre_key)
  inner join rangees as r using (famille)
),

glouton as (
  select groupe, cast(0 as bigint) as rang, cast([] as varchar[]) as retenues
  from file_attente
  where rang = 1

  union all

  select
    f.groupe, f.rang,
    case when list_has_any(f.autres, g.retenues) then g.retenues else list_append(g.retenues, f.chiffre_key) end
  from glouton as g
  inner join file_attente as f on g.groupe = f.groupe and f.rang = g.rang + 1
),

departs as (
  select chiffre_key from sommets where chiffre_key not in (select chiffre_key from conflits)
  union
  select unnest(retenues) from (select arg_max(retenues, rang) as retenues from glouton group by groupe)
),

atteintes as (
  select chiffre_key from departs

  union

  select d.partie_key
  from atteintes as a
  inner join {{ ref('int_decomposition') }} as d on a.chiffre_key = d.total_key
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
  c.autre_key as recouvre_key
from {{ ref('int_candidate') }} as k
left join atteintes as a using (chiffre_key)
left join couvertures as c using (chiffre_key)
order by k.groupe, k.chiffre_key
