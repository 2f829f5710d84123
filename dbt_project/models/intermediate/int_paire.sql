-- Pairs of figures of one additive indicator that have something in common; `contient`: `a` holds the whole of `b`.
-- A printed sum says more than members do: its total holds its terms, and its terms have nothing in common.
with recursive soeurs as (
  select distinct a.terme_key as a_key, b.terme_key as b_key
  from {{ ref('int_somme_declaree') }} as a
  inner join {{ ref('int_somme_declaree') }} as b on a.controle_key = b.controle_key
),

-- Two bodies have something in common only where one is the other or lies above it: each body with itself and those above it.
lignees as (
  select bas.gauche, bas.droite, haut.gauche as haut_gauche, haut.droite as haut_droite
  from {{ ref('int_ascendance') }} as a
  inner join {{ ref('int_membre') }} as bas on a.dimension = bas.dimension and a.code = bas.code
  inner join {{ ref('int_membre') }} as haut on a.dimension = haut.dimension and a.ancetre_code = haut.code
  where a.dimension = 'organisme'

  union

  select bas.gauche, bas.droite, tous.gauche, tous.droite
  from {{ ref('int_membre') }} as bas
  inner join {{ ref('int_membre') }} as tous on bas.dimension = tous.dimension and tous.code = 'ensemble'
  where bas.dimension = 'organisme'
),

-- So figures meet by equality of the group and of a body above, and only those that meet are compared in their other dimensions.
rapprochees as (
  select
    a.groupe,
    a.chiffre_key as haut_key,
    b.chiffre_key as bas_key,
    a.organisme_gauche = b.organisme_gauche and a.organisme_droite = b.organisme_droite as meme_organisme,
    {{ contenue('b', 'a') }} as bas_dans_haut,
    {{ contenue('a', 'b') }} as haut_dans_bas
  from {{ ref('int_cellule') }} as b
  inner join lignees as l on b.organisme_gauche = l.gauche and b.organisme_droite = l.droite
  inner join {{ ref('int_cellule') }} as a
    on b.groupe = a.groupe and l.haut_gauche = a.organisme_gauche and l.haut_droite = a.organisme_droite
  where a.chiffre_key <> b.chiffre_key
    and {{ chevauche('a', 'b') }}
),

meme_groupe as (
  select r.groupe, r.haut_key as a_key, r.bas_key as b_key, r.bas_dans_haut as b_dans_a, r.haut_dans_bas as a_dans_b
  from rapprochees as r
  left join soeurs as s on r.haut_key = s.a_key and r.bas_key = s.b_key
  where s.a_key is null

  union all

  select r.groupe, r.bas_key, r.haut_key, r.haut_dans_bas, r.bas_dans_haut
  from rapprochees as r
  left join soeurs as s on r.haut_key = s.a_key and r.bas_key = s.b_key
  where s.a_key is null and not r.meme_organisme
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
    or (coalesce(m.b_dans_a and (not m.a_dans_b or m.a_key < m.b_key), false) and h.a_key is null) as contient,
  d.a_key is not null as declaree
from meme_groupe as m
full join declarees as d on m.a_key = d.a_key and m.b_key = d.b_key
left join descendances as h on m.b_key = h.a_key and m.a_key = h.b_key
