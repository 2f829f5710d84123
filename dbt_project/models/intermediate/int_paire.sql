-- Pairs of figures of one additive indicator that have something in common; `contient`: `a` holds the whole of `b`.
-- A printed sum says more than members do: its total holds its terms, and its terms have nothing in common.
with recursive soeurs as (
  select distinct a.terme_key as a_key, b.terme_key as b_key
  from {{ ref('int_somme_declaree') }} as a
  inner join {{ ref('int_somme_declaree') }} as b using (controle_key)
),

meme_groupe as (
  select
    a.groupe,
    a.chiffre_key as a_key,
    b.chiffre_key as b_key,
    {{ contenue('b', 'a') }} as b_dans_a,
    {{ contenue('a', 'b') }} as a_dans_b
  from {{ ref('int_cellule') }} as a
  inner join {{ ref('int_cellule') }} as b on a.groupe = b.groupe and a.chiffre_key <> b.chiffre_key
  where {{ chevauche('a', 'b') }}
    and (a.chiffre_key, b.chiffre_key) not in (select (a_key, b_key) from soeurs)
),

declarees as (
  select distinct t.groupe, d.total_key as a_key, d.terme_key as b_key
  from {{ ref('int_somme_declaree') }} as d
  inner join {{ ref('int_cellule') }} as t on d.total_key = t.chiffre_key
),

-- Whatever members say, a term never holds the total it is part of, however many sums lie between them.
descendances as (
  select a_key, b_key from declarees

  union

  select h.a_key, d.b_key
  from descendances as h
  inner join declarees as d on h.b_key = d.a_key
)

select
  coalesce(m.groupe, d.groupe) as groupe,
  coalesce(m.a_key, d.a_key) as a_key,
  coalesce(m.b_key, d.b_key) as b_key,
  d.a_key is not null
    or coalesce(m.b_dans_a and (not m.a_dans_b or m.a_key < m.b_key), false)
    and (m.b_key, m.a_key) not in (select (a_key, b_key) from descendances) as contient,
  d.a_key is not null as declaree
from meme_groupe as m
full join declarees as d on m.a_key = d.a_key and m.b_key = d.b_key
