-- What is ordinary for a figure, learned from at least nine values of the warehouse (eight others), in log space:
--   taux        the values of the same rate, delay or age, wherever they are printed
--   habitant    the same count or amount per protected inhabitant of its territory, elsewhere
--   serie       its own value of the year before (else after), and how far such values usually go in a year
-- The bounds are the median plus or minus `ecarts` robust deviations (never taken as less than `plancher`), widened to hold
-- all the other values with some room: what one of them reaches is no surprise. Small counts vary by chance: more room.
{%- set ecarts = 4 %}
{%- set plancher = 0.06 %}
{%- set jeu = 0.1 %}
with chiffres as (
  select
    rapport_code, ligne, colonne, indicateur_code, organisme_code, territoire_code, periode_code, unite, genre, valeur,
    {% for dimension in dimensions() %}{{ dimension }}_code, {% endfor %}
    concat_ws('|', {% for dimension in dimensions() %}{{ dimension }}_code{{ ', ' if not loop.last }}{% endfor %}) as membres,
    ln(cast(valeur as double)) as mesure
  from {{ ref('int_observation') }}
  where revue and valeur > 0 and unite <> 'autre' and genre not in ('evolution', 'rang', 'parametre', 'objectif')
),

population as (
  select territoire_code, median(mesure) as habitants
  from chiffres
  where indicateur_code = 'population_protegee' and unite = 'nombre'
    {% for dimension in dimensions() %}and {{ dimension }}_code in ('non_precise', 'ensemble')
    {% endfor %}
  group by territoire_code
),

annuels as (
  select *, cast(periode_code as integer) as an from chiffres where length(periode_code) = 4
),

voisins as (
  select
    c.rapport_code, c.ligne, c.colonne,
    max(case when v.an < c.an then v.mesure end) as avant,
    max(case when v.an > c.an then v.mesure end) as apres
  from annuels as c
  inner join annuels as v
    on
      c.indicateur_code = v.indicateur_code and c.organisme_code = v.organisme_code and c.territoire_code = v.territoire_code
      and c.membres = v.membres and c.unite = v.unite and c.genre = v.genre and v.an in (c.an - 1, c.an + 1)
  group by c.rapport_code, c.ligne, c.colonne
),

mesures as (
  select rapport_code, ligne, colonne, 'taux' as repere, concat_ws('|', indicateur_code, unite) as famille, mesure, 0.0 as base
  from chiffres
  where unite not in ('nombre', 'EUR', 'points')
  union all
  select
    c.rapport_code, c.ligne, c.colonne, 'habitant', concat_ws('|', c.indicateur_code, c.unite, c.genre, c.membres),
    c.mesure - p.habitants, p.habitants
  from chiffres as c
  inner join population as p on c.territoire_code = p.territoire_code
  where c.unite in ('nombre', 'EUR') and c.indicateur_code <> 'population_protegee'
  union all
  select
    c.rapport_code, c.ligne, c.colonne, 'serie', case when v.avant is null then 'avant|' else 'apres|' end || c.unite,
    c.mesure - coalesce(v.avant, v.apres), coalesce(v.avant, v.apres)
  from annuels as c
  inner join voisins as v on c.rapport_code = v.rapport_code and c.ligne = v.ligne and c.colonne = v.colonne
),

rangs as (
  select
    *,
    row_number() over (partition by repere, famille order by mesure, rapport_code, ligne, colonne) as depuis_le_bas,
    row_number() over (partition by repere, famille order by mesure desc, rapport_code, ligne, colonne) as depuis_le_haut
  from mesures
),

medianes as (
  select
    repere, famille, median(mesure) as centre, count(*) as nb,
    percentile_cont(0.02) within group (order by mesure) as presque_bas,
    percentile_cont(0.98) within group (order by mesure) as presque_haut,
    min(case when depuis_le_bas = 1 then mesure end) as bas, min(case when depuis_le_bas = 2 then mesure end) as bas_suivant,
    max(case when depuis_le_haut = 1 then mesure end) as haut, max(case when depuis_le_haut = 2 then mesure end) as haut_suivant
  from rangs
  group by repere, famille
  having count(*) >= 9
),

ordinaires as (
  select
    m.repere, m.famille,
    {{ ecarts }} * greatest(1.4826 * median(abs(m.mesure - o.centre)), {{ plancher }}) as marge
  from mesures as m
  inner join medianes as o on m.repere = o.repere and m.famille = o.famille
  group by m.repere, m.famille
),

etendues as (
  select
    m.rapport_code, m.ligne, m.colonne, m.repere, m.base, o.nb,
    least(o.centre - e.marge, greatest(o.presque_bas, case when m.depuis_le_bas = 1 then o.bas_suivant else o.bas end) - {{ jeu }}) as bas,
    greatest(o.centre + e.marge, least(o.presque_haut, case when m.depuis_le_haut = 1 then o.haut_suivant else o.haut end) + {{ jeu }}) as haut,
    case when m.repere = 'taux' then 0 else 3 * exp(-0.5 * (m.base + o.centre)) end as hasard
  from rangs as m
  inner join medianes as o on m.repere = o.repere and m.famille = o.famille
  inner join ordinaires as e on m.repere = e.repere and m.famille = e.famille
),

bornes as (
  select
    rapport_code, ligne, colonne, repere, nb,
    cast(round(exp(base + bas - hasard), 6) as decimal(38, 6)) as minimum,
    cast(round(exp(base + haut + hasard), 6) as decimal(38, 6)) as maximum
  from etendues
)

select
  rapport_code,
  'plausibilite/' || ligne || '-' || colonne || '/' || repere as relation,
  'plausibilite' as nature,
  case repere
    when 'taux' then 'entre ' || minimum || ' et ' || maximum || ' d''après ' || nb || ' valeurs du même indicateur'
    when 'habitant' then 'entre ' || minimum || ' et ' || maximum || ' d''après ' || nb || ' territoires, par habitant protégé'
    else 'entre ' || minimum || ' et ' || maximum || ' d''après l''année voisine et ' || nb || ' passages d''une année à l''autre'
  end as formule,
  r.role,
  cast(1 as decimal(18, 6)) as poids,
  case when r.role = 'resultat' then ligne end as ligne,
  case when r.role = 'resultat' then colonne end as colonne,
  case r.role when 'minimum' then minimum when 'maximum' then maximum end as constante,
  0 as paire,
  '' as reserve
from bornes
cross join (select 'resultat' as role union all select 'minimum' union all select 'maximum') as r
