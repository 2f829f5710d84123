-- The parts that replace a figure: a sum that the report prints, or finer figures that are disjoint and add up to it within print.
-- Where several breakdowns would do, one is kept: the one that agrees, then the one with most leaves, then the most precise, then the first.
with paires as (
  select p.*
  from {{ ref('int_paire') }} as p
  inner join {{ ref('int_candidate') }} as a on p.a_key = a.chiffre_key and a.statut = 'candidate'
  inner join {{ ref('int_candidate') }} as b on p.b_key = b.chiffre_key and b.statut = 'candidate'
),

enfants as (
  select p.a_key, p.b_key
  from paires as p
  where p.contient
    and not exists (
      select 1
      from paires as haut
      inner join paires as bas on haut.b_key = bas.a_key
      where haut.contient and bas.contient and haut.a_key = p.a_key and bas.b_key = p.b_key
    )
),

deduites as (
  select
    e.a_key,
    'deduite:' || {{ noms_des_intervalles('a.{}_gauche <> b.{}_gauche or a.{}_droite <> b.{}_droite', intervalles()) }} as famille,
    e.b_key
  from enfants as e
  inner join {{ ref('int_cellule') }} as a on e.a_key = a.chiffre_key
  inner join {{ ref('int_cellule') }} as b on e.b_key = b.chiffre_key
),

familles as (
  select total_key as a_key, 'declaree:' || controle_key as famille, terme_key as b_key, poids, true as declaree
  from {{ ref('int_somme_declaree') }}
  union all
  select a_key, famille, b_key, 1, false from deduites
  union all
  select a_key, 'deduite:toutes', b_key, 1, false from enfants
),

chevauchements as (
  select distinct x.a_key, x.famille
  from familles as x
  inner join familles as y on x.a_key = y.a_key and x.famille = y.famille
  inner join paires as p on x.b_key = p.a_key and y.b_key = p.b_key
  where not x.declaree
),

sous_parties as (
  select a_key, count(*) as nb from paires where contient group by a_key
),

mesures as (
  select
    f.a_key, f.famille, f.declaree,
    abs(sum(f.poids * b.valeur) - any_value(a.valeur)) <= sum(f.poids * b.demi_intervalle) + any_value(a.demi_intervalle) as concorde,
    bool_and(k.statut = 'candidate') as complete,
    count(*) + coalesce(sum(s.nb), 0) as nb_feuilles,
    sum(b.demi_intervalle) as imprecision,
    min(concat_ws('|', b.rapport_code, lpad(cast(b.ligne as string), 8, '0'), lpad(cast(b.colonne as string), 8, '0'))) as place
  from familles as f
  inner join {{ ref('int_cellule') }} as a on f.a_key = a.chiffre_key
  inner join {{ ref('int_cellule') }} as b on f.b_key = b.chiffre_key
  inner join {{ ref('int_candidate') }} as k on f.b_key = k.chiffre_key
  left join sous_parties as s on f.b_key = s.a_key
  group by f.a_key, f.famille, f.declaree
),

choisies as (
  select m.a_key, m.famille
  from mesures as m
  left join chevauchements as c on m.a_key = c.a_key and m.famille = c.famille
  where m.complete and c.famille is null and (m.concorde or m.declaree)
  qualify row_number() over (
    partition by m.a_key
    order by m.concorde desc, m.nb_feuilles desc, m.imprecision, m.declaree desc, m.place, m.famille
  ) = 1
)

select f.a_key as total_key, f.b_key as partie_key, f.poids, f.famille, f.declaree
from choisies
inner join familles as f on choisies.a_key = f.a_key and choisies.famille = f.famille
