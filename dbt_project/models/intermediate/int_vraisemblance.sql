-- What is ordinary for a figure, learned from at least nine values of the warehouse (eight others). A figure is held against
--   taux        the values of the same rate, delay or age, wherever they are printed (a percentage by its odds)
--   habitant    the same count or amount per protected inhabitant of its territory, elsewhere
--   serie       its own value of the year before (else after), and how far such values usually go in a year
--   objectif    its own objective (an objective: its own result), and how far apart these usually lie
--   evolution   the evolutions of its domain, in the same unit
--   indicateur, bloc, domaine   the figures of its indicator, of its block, of its domain, of the same unit and nature
-- The bounds are the median plus or minus `ecarts` robust deviations (never taken as less than `plancher`), widened to hold
-- all the other values with some room: what one of them reaches is no surprise. Small counts vary by chance: more room. Of several
-- families, the narrowest bounds. Measured in logarithms; evolutions as they are, percentages by their odds.
{%- set ecarts = 3 %}
{%- set plancher = {'brut': 3, 'cote': 0.15, 'log': 0.06} %}
{%- set jeu = {'brut': 2, 'cote': 0.25, 'log': 0.1} %}
with chiffres as (
  select
    rapport_code, ligne, colonne, indicateur_code, organisme_code, territoire_code, periode_code, unite, genre, domaine, bloc,
    cast(valeur as double) as valeur,
    {% for dimension in dimensions() %}{{ dimension }}_code, {% endfor %}
    concat_ws('|', {% for dimension in dimensions() %}{{ dimension }}_code{{ ', ' if not loop.last }}{% endfor %}) as membres,
    case when valeur > 0 then ln(cast(valeur as double)) end as mesure
  from {{ ref('int_observation') }}
  where revue and unite <> 'autre' and genre <> 'rang'
),

comptes as (
  select * from chiffres where valeur > 0 and genre not in ('evolution', 'parametre', 'objectif')
),

population as (
  select territoire_code, median(mesure) as habitants
  from comptes
  where indicateur_code = 'population_protegee' and unite = 'nombre'
    {% for dimension in dimensions() %}and {{ dimension }}_code in ('non_precise', 'ensemble')
    {% endfor %}
  group by territoire_code
),

annuels as (
  select *, cast(periode_code as integer) as an from comptes where length(periode_code) = 4
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

-- The objective of each result, and the result of each objective, printed in the same report for the same scope.
vises as (
  select c.rapport_code, c.ligne, c.colonne, c.unite, c.genre = 'objectif' as vise, min(v.mesure) as autre
  from chiffres as c
  inner join chiffres as v
    on
      c.rapport_code = v.rapport_code and c.indicateur_code = v.indicateur_code and c.organisme_code = v.organisme_code
      and c.territoire_code = v.territoire_code and c.membres = v.membres and c.unite = v.unite and c.periode_code = v.periode_code
  where
    c.valeur > 0 and v.valeur > 0
    and ((c.genre = 'objectif' and v.genre not in ('objectif', 'evolution', 'parametre'))
      or (v.genre = 'objectif' and c.genre not in ('objectif', 'evolution', 'parametre')))
  group by c.rapport_code, c.ligne, c.colonne, c.unite, c.genre
),

mesures as (
  select
    rapport_code, ligne, colonne, 'taux' as repere, concat_ws('|', indicateur_code, unite) as famille, 'log' as echelle,
    mesure, 0.0 as base
  from chiffres
  where valeur > 0 and unite not in ('nombre', 'EUR', 'points', '%') and genre <> 'evolution'
  union all
  select
    rapport_code, ligne, colonne, 'taux', concat_ws('|', indicateur_code, unite), 'cote',
    ln((valeur + 0.5) / (100.5 - valeur)), 0.0
  from chiffres
  where unite = '%' and valeur between 0 and 100 and genre <> 'evolution'
  union all
  select
    c.rapport_code, c.ligne, c.colonne, 'habitant', concat_ws('|', c.indicateur_code, c.unite, c.genre, c.membres), 'log',
    c.mesure - p.habitants, p.habitants
  from comptes as c
  inner join population as p on c.territoire_code = p.territoire_code
  where c.unite in ('nombre', 'EUR') and c.indicateur_code <> 'population_protegee'
  union all
  select
    c.rapport_code, c.ligne, c.colonne, 'serie', case when v.avant is null then 'avant|' else 'apres|' end || c.unite, 'log',
    c.mesure - coalesce(v.avant, v.apres), coalesce(v.avant, v.apres)
  from annuels as c
  inner join voisins as v on c.rapport_code = v.rapport_code and c.ligne = v.ligne and c.colonne = v.colonne
  union all
  select
    c.rapport_code, c.ligne, c.colonne, 'objectif', case when v.vise then 'objectif|' else 'resultat|' end || c.unite, 'log',
    c.mesure - v.autre, v.autre
  from chiffres as c
  inner join vises as v on c.rapport_code = v.rapport_code and c.ligne = v.ligne and c.colonne = v.colonne
  union all
  select rapport_code, ligne, colonne, 'evolution', concat_ws('|', domaine, unite), 'brut', valeur, 0.0
  from chiffres
  where genre = 'evolution'
  {% for repere, cles in [('indicateur', 'indicateur_code'), ('bloc', 'rapport_code, bloc'), ('domaine', 'domaine')] %}
  union all
  select rapport_code, ligne, colonne, '{{ repere }}', concat_ws('|', {{ cles }}, unite, genre), 'log', mesure, 0.0
  from chiffres
  where valeur > 0 and genre <> 'evolution' and unite <> 'points'
  {% endfor %}
),

rangs as (
  select
    *,
    row_number() over (partition by repere, famille, echelle order by mesure, rapport_code, ligne, colonne) as depuis_le_bas,
    row_number() over (partition by repere, famille, echelle order by mesure desc, rapport_code, ligne, colonne) as depuis_le_haut
  from mesures
),

medianes as (
  select
    repere, famille, echelle, median(mesure) as centre, count(*) as nb,
    percentile_cont(0.02) within group (order by mesure) as presque_bas,
    percentile_cont(0.98) within group (order by mesure) as presque_haut,
    min(case when depuis_le_bas = 1 then mesure end) as bas, min(case when depuis_le_bas = 2 then mesure end) as bas_suivant,
    max(case when depuis_le_haut = 1 then mesure end) as haut, max(case when depuis_le_haut = 2 then mesure end) as haut_suivant
  from rangs
  group by repere, famille, echelle
  having count(*) >= 9
),

ordinaires as (
  select
    m.repere, m.famille, m.echelle,
    {{ ecarts }} * greatest(
      1.4826 * median(abs(m.mesure - o.centre)),
      case m.echelle {% for echelle, nombre in plancher.items() %}when '{{ echelle }}' then {{ nombre }} {% endfor %}end
    ) as marge,
    case m.echelle {% for echelle, nombre in jeu.items() %}when '{{ echelle }}' then {{ nombre }} {% endfor %}end as jeu
  from mesures as m
  inner join medianes as o on m.repere = o.repere and m.famille = o.famille and m.echelle = o.echelle
  group by m.repere, m.famille, m.echelle
),

etendues as (
  select
    m.rapport_code, m.ligne, m.colonne, m.repere, m.echelle, m.base, o.nb,
    least(o.centre - e.marge, greatest(o.presque_bas, case when m.depuis_le_bas = 1 then o.bas_suivant else o.bas end) - e.jeu) as bas,
    greatest(o.centre + e.marge, least(o.presque_haut, case when m.depuis_le_haut = 1 then o.haut_suivant else o.haut end) + e.jeu) as haut,
    case when m.echelle <> 'log' or m.repere = 'taux' then 0 else 3 * exp(-0.5 * (m.base + o.centre)) end as hasard
  from rangs as m
  inner join medianes as o on m.repere = o.repere and m.famille = o.famille and m.echelle = o.echelle
  inner join ordinaires as e on m.repere = e.repere and m.famille = e.famille and m.echelle = e.echelle
),

bornes as (
  select
    rapport_code, ligne, colonne, repere, nb,
    case echelle
      when 'log' then exp(least(base + bas - hasard, 60)) when 'brut' then bas
      else (100.5 * exp(least(bas, 60)) - 0.5) / (1 + exp(least(bas, 60)))
    end as minimum,
    case echelle
      when 'log' then exp(least(base + haut + hasard, 60)) when 'brut' then haut
      else (100.5 * exp(least(haut, 60)) - 0.5) / (1 + exp(least(haut, 60)))
    end as maximum
  from etendues
),

-- One control for each figure: the narrowest bounds (the widest where families are at odds).
serrees as (
  select
    rapport_code, ligne, colonne,
    case when max(minimum) <= min(maximum) then max(minimum) else min(minimum) end as minimum,
    case when max(minimum) <= min(maximum) then min(maximum) else max(maximum) end as maximum,
    max(nb) as nb,
    concat_ws(
      ', '
      {%- for repere in ['bloc', 'domaine', 'evolution', 'habitant', 'indicateur', 'objectif', 'serie', 'taux'] %}
      , max(case when repere = '{{ repere }}' then repere end)
      {%- endfor %}
    ) as reperes
  from bornes
  group by rapport_code, ligne, colonne
),

lisibles as (
  select rapport_code, ligne, colonne, {{ significatif('minimum') }} as minimum, {{ significatif('maximum') }} as maximum, nb, reperes
  from serrees
),

dites as (
  select
    rapport_code, ligne, colonne, minimum, maximum,
    'plausibilite/' || ligne || '-' || colonne as relation,
    'entre ' || {{ texte_de('minimum') }} || ' et ' || {{ texte_de('maximum') }} || ' d''après ' || nb || ' semblables (' || reperes || ')' as formule
  from lisibles
)

select
  rapport_code, relation,
  'plausibilite' as nature,
  formule,
  r.role,
  r.rang,
  cast(1 as decimal(18, 6)) as poids,
  case when r.role = 'resultat' then ligne end as ligne,
  case when r.role = 'resultat' then colonne end as colonne,
  case r.role when 'minimum' then minimum when 'maximum' then maximum end as constante,
  0 as paire,
  '' as reserve
from dites
cross join (select 'maximum' as role, 1 as rang union all select 'minimum', 2 union all select 'resultat', 3) as r
