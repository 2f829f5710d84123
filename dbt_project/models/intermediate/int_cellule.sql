-- Figures of additive indicators as boxes: per dimension an interval of members, and for flows an interval of days.
-- Two boxes that meet measure something in common, so that both in one SUM would count it twice.
with membres as (
  select chiffre_key, replace(nom, '_code', '') as dimension, code
  from (
    unpivot (
      select chiffre_key, {{ colonnes_dimensions(liste=dimensions_hierarchiques()) }}
      from {{ ref('int_chiffre') }}
      where additivite <> 'non_additif' and genre = 'mesure'
    )
    on {{ colonnes_dimensions(liste=dimensions_hierarchiques()) }} into name nom value code
  )
),

bornes as (
  select
    m.chiffre_key,
    list(b.gauche order by m.dimension) as gauches,
    list(b.droite order by m.dimension) as droites,
    list(m.dimension order by m.dimension) filter (b.droite < 1000000) as precisees,
    min(b.gauche) filter (m.dimension = 'organisme') as organisme_gauche,
    max(b.droite) filter (m.dimension = 'organisme') as organisme_droite,
    min(b.gauche) filter (m.dimension = 'territoire') as territoire_gauche,
    max(b.droite) filter (m.dimension = 'territoire') as territoire_droite
  from membres as m
  inner join {{ ref('int_membre') }} as b using (dimension, code)
  group by m.chiffre_key
),

jours as (
  select
    periode_code,
    type,
    nb_jours,
    case when type = 'annees' then campagne else coalesce(debut, 0) end as premier,
    case when type = 'annees' then campagne else coalesce(fin, 1000000) end as dernier
  from (
    select
      *,
      date_diff('day', date '1900-01-01', date_debut) as debut,
      date_diff('day', date '1900-01-01', date_fin) as fin,
      -- A campaign (`2020/2021`) overlaps no calendar year: it is a point of its own.
      2000000 + cast(extract(year from date_debut) * 100 + extract(year from date_fin) % 100 as integer) as campagne
    from {{ ref('int_periode') }}
  )
)

select
  c.chiffre_key,
  concat_ws('|', c.indicateur_code, c.unite, case when c.additivite = 'semi_additif' then c.periode_code end) as groupe,
  concat_ws('|', c.organisme_code, c.territoire_code, c.periode_code) as lieu,
  c.valeur, c.demi_intervalle, c.rapport_code, c.ligne, c.colonne, c.toujours_dont, c.total_imprime,
  b.* exclude (chiffre_key, gauches, droites),
  list_append(b.gauches, j.premier) as gauches,
  list_append(b.droites, j.dernier) as droites,
  j.premier, j.dernier,
  c.additivite = 'additif' and j.nb_jours > 366 and j.type <> 'annees' as cumul
from {{ ref('int_chiffre') }} as c
inner join bornes as b using (chiffre_key)
inner join jours as j using (periode_code)
order by c.rapport_code, c.ligne, c.colonne
