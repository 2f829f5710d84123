-- What several reports print of one figure, as relations that belong to the youngest of them (then the last in the alphabet).
--   repetition  a print, and the most precise of the older reports (the latest of equals): the year before printed again next year,
--               a stock given twice, a national figure printed by several bodies
--   evolution   an evolution whose older year its own report does not print, beside the two years wherever they stand
-- No print says that the scopes are one (they are restated from year to year): `reserve` tells both, so a gap is to be reconciled.
-- The stock of 31 December is that of its year; of the whole country, the network and nobody in particular are the same body.
with chiffres as (
  select
    o.rapport_code, o.ligne, o.colonne, o.indicateur_code, o.unite, o.genre, o.demi_intervalle, o.libelle,
    replace(o.periode_code, '-12-31', '') as periode,
    md5(concat_ws('|', o.indicateur_code, coalesce(nullif(o.perimetre, 'entier'), ''),
      case when o.territoire_code = 'france' and m.type in ('reseau', 'ensemble', 'non_precise') then 'france' else o.organisme_code end
      {%- for dimension in ['territoire'] + dimensions() %},
      {{ membre_plie('o.' ~ dimension ~ '_code') }}
      {%- endfor %})) as portee,
    dense_rank() over (order by r.periode_code, o.rapport_code) as age
  from {{ ref('int_observation') }} as o
  inner join {{ ref('stg_rapport') }} as r on o.rapport_code = r.rapport_code
  inner join {{ ref('int_membre') }} as m on m.dimension = 'organisme' and o.organisme_code = m.code
  where o.revue and o.unite <> 'autre' and o.indicateur_code <> 'a_definir' and o.organisme_code <> 'non_precise'
),

-- One print of each report for each figure: the most precise, then the first.
impressions as (
  select * from (
    select
      *,
      row_number() over (
        partition by rapport_code, portee, genre, unite, periode order by demi_intervalle, ligne, colonne
      ) as choix
    from chiffres
  ) as classees
  where choix = 1
),

progression as (
  select
    *,
    min(demi_intervalle) over (
      partition by portee, genre, unite, periode order by age rows between unbounded preceding and current row
    ) as plus_fin
  from impressions
),

-- The last of the older reports that printed the figure as precisely as any before it.
precedees as (
  select
    *,
    max(case when demi_intervalle = plus_fin then age end) over (
      partition by portee, genre, unite, periode order by age rows between unbounded preceding and 1 preceding
    ) as age_precedent
  from progression
),

repetitions as (
  select
    y.age, y.rapport_code, y.ligne, y.colonne, 'repetition' as nature,
    e.rapport_code as a_rapport, e.ligne as a_ligne, e.colonne as a_colonne, e.libelle as a_libelle,
    cast(null as varchar) as b_rapport, cast(null as integer) as b_ligne, cast(null as integer) as b_colonne,
    y.rapport_code as de, y.libelle, e.rapport_code as autre
  from precedees as y
  inner join precedees as e
    on y.portee = e.portee and y.genre = e.genre and y.unite = e.unite and y.periode = e.periode and y.age_precedent = e.age
),

-- The two years of an evolution; of several prints, that of its own report, then the latest.
annees as (
  select
    e.rapport_code as de, e.ligne, e.colonne, e.libelle, e.age, e.portee,
    n.rapport_code as a_rapport, n.ligne as a_ligne, n.colonne as a_colonne, n.libelle as a_libelle,
    a.rapport_code as b_rapport, a.ligne as b_ligne, a.colonne as b_colonne,
    greatest(e.age, n.age, a.age) as dernier,
    row_number() over (
      partition by e.rapport_code, e.ligne, e.colonne
      order by
        case when n.rapport_code = e.rapport_code then 0 else 1 end, a.demi_intervalle, abs(e.age - a.age), n.demi_intervalle,
        abs(e.age - n.age), n.unite, a.age, n.age
    ) as choix,
    max(case when a.rapport_code = e.rapport_code and n.rapport_code = e.rapport_code then 1 else 0 end) over (
      partition by e.rapport_code, e.ligne, e.colonne
    ) as imprimee_chez_soi
  from chiffres as e
  inner join impressions as n on e.portee = n.portee and n.genre in ('mesure', 'part') and substr(e.periode, 6, 4) = n.periode
  inner join impressions as a on e.portee = a.portee and n.genre = a.genre and n.unite = a.unite and substr(e.periode, 1, 4) = a.periode
  where
    e.genre = 'evolution' and length(e.periode) = 9 and substr(e.periode, 5, 1) = '/'
    and case e.unite when '%' then n.unite in ('nombre', 'EUR', 'jours') when 'points' then n.unite = '%' else n.unite = e.unite end
),

evolutions as (
  select
    r.age, r.rapport_code, a.ligne, a.colonne, 'evolution' as nature,
    a.a_rapport, a.a_ligne, a.a_colonne, a.a_libelle, a.b_rapport, a.b_ligne, a.b_colonne, a.de, a.libelle, a.b_rapport as autre
  from annees as a
  inner join (select distinct age, rapport_code from chiffres) as r on a.dernier = r.age
  where a.choix = 1 and a.imprimee_chez_soi = 0
),

toutes as (
  select * from repetitions
  union all
  select * from evolutions
)

select
  t.rapport_code,
  'entre_rapports/' || t.nature || '/' || case when t.de = t.rapport_code then '' else t.de || ':' end || t.ligne || '-' || t.colonne as relation,
  t.nature,
  case t.nature
    when 'repetition' then 'imprimé aussi dans ' || t.autre else 'évolution entre deux années imprimées, dont une dans ' || t.autre
  end as formule,
  r.role,
  cast(1 as decimal(18, 6)) as poids,
  case r.rang when 1 then t.de when 2 then t.a_rapport else t.b_rapport end as rapport_terme,
  case r.rang when 1 then t.ligne when 2 then t.a_ligne else t.b_ligne end as ligne,
  case r.rang when 1 then t.colonne when 2 then t.a_colonne else t.b_colonne end as colonne,
  cast(null as decimal(38, 6)) as constante,
  0 as paire,
  '« ' || t.libelle || ' » (' || t.de || ') ; « ' || t.a_libelle || ' » (' || t.autre || ')' as reserve
from toutes as t
inner join (
  select 'repetition' as nature, 1 as rang, 'total' as role
  union all select 'repetition', 2, 'terme'
  union all select 'evolution', 1, 'resultat'
  union all select 'evolution', 2, 'terme'
  union all select 'evolution', 3, 'base'
) as r on t.nature = r.nature
