-- What is ordinary for a figure, learned from at least nine reviewed values of the warehouse (eight others). A figure is held against
--   taux        the values of the same rate, delay or age, wherever they are printed
--   habitant    the same count or amount per protected inhabitant of its territory, elsewhere
--   serie       its own value of the year before (else after), and how far such values usually go in a year
--   objectif    its own objective (an objective: its own result), and how far apart these usually lie
--   evolution   the evolutions of its domain, in the same unit
--   libelle, indicateur, unite   the mean of the other figures of its label, of its indicator (a year beside years where they add up, a
--               month beside months), of its unit, all of the same nature, and how far figures usually lie from the mean of as scattered others
-- The bounds are the median plus or minus `ecarts` robust deviations (never taken as less than `plancher`), widened to hold
-- all the other values but a share of `rares`, with some room: what one of them reaches is no surprise. Small counts vary by chance:
-- more room. Of several families, the narrowest bounds. Measured in logarithms; evolutions as they are, percentages by their odds.
{%- set soeurs = {'libelle': 'indicateur_code, libelle', 'indicateur': 'indicateur_code', 'unite': ''} %}
{%- set dispersions = [0.2, 0.6, 1.5] %}
{%- set reperes = {
  'taux': 'mêmes taux', 'habitant': 'par habitant', 'serie': 'années voisines', 'objectif': 'objectif et résultat',
  'evolution': 'évolutions du domaine', 'libelle': 'même libellé', 'indicateur': 'même indicateur', 'unite': 'même unité'
} %}
{%- set proches = "'libelle', 'indicateur', 'unite'" %}
{%- set ecarts = {'proches': 2, 'autres': 3} %}
{%- set rares = {'proches': 0.005, 'autres': 0.01} %}
{%- set plancher = {'brut': 3, 'cote': 0.15, 'log': 0.06} %}
{%- set jeu = {'brut': 2, 'cote': 0.25, 'log': 0.1} %}
with chiffres as (
  select
    rapport_code, ligne, colonne, indicateur_code, organisme_code, territoire_code, periode_code, unite, genre, domaine, libelle, revue,
    cast(valeur as double) as valeur,
    {% for dimension in dimensions() %}{{ dimension }}_code, {% endfor %}
    concat_ws('|', {% for dimension in dimensions() %}{{ dimension }}_code{{ ', ' if not loop.last }}{% endfor %}) as membres,
    case when valeur > 0 then ln(cast(valeur as double)) end as mesure,
    case
      when additivite <> 'additif' then ''
      when substr(periode_code, 6, 1) in ('S', 'T') then substr(periode_code, 6, 1)
      else cast(length(periode_code) as varchar)
    end as duree,
    case
      when genre = 'evolution' then 'brut'
      when unite = '%' and valeur between 0 and 100 then 'cote'
      when valeur > 0 then 'log'
    end as echelle
  from {{ ref('int_observation') }}
  where unite <> 'autre'
),

comptes as (
  select * from chiffres where valeur > 0 and genre not in ('evolution', 'parametre', 'objectif', 'rang')
),

population as (
  select territoire_code, median(mesure) as habitants
  from comptes
  where revue and indicateur_code = 'population_protegee' and unite = 'nombre'
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
      and v.revue >= c.revue
  group by c.rapport_code, c.ligne, c.colonne
),

-- The objective of each result, and the result of each objective, printed in the same report for the same scope.
vises as (
  select c.rapport_code, c.ligne, c.colonne, c.unite, c.revue, c.genre = 'objectif' as vise, min(v.mesure) as autre
  from chiffres as c
  inner join chiffres as v
    on
      c.rapport_code = v.rapport_code and c.indicateur_code = v.indicateur_code and c.organisme_code = v.organisme_code
      and c.territoire_code = v.territoire_code and c.membres = v.membres and c.unite = v.unite and c.periode_code = v.periode_code
      and v.revue >= c.revue
  where
    c.valeur > 0 and v.valeur > 0
    and ((c.genre = 'objectif' and v.genre not in ('objectif', 'evolution', 'parametre', 'rang'))
      or (v.genre = 'objectif' and c.genre not in ('objectif', 'evolution', 'parametre', 'rang')))
  group by c.rapport_code, c.ligne, c.colonne, c.unite, c.revue, c.genre
),

-- Every figure beside the others like it. Their mean and spread are made of whole ten-thousandths: exact, in whatever order.
mesurees as (
  select
    rapport_code, ligne, colonne, indicateur_code, unite, genre, duree, libelle, revue, echelle,
    case echelle when 'log' then mesure when 'cote' then ln((valeur + 0.5) / (100.5 - valeur)) end as mesure
  from chiffres
  where echelle in ('log', 'cote') and unite <> 'points'
),

groupees as (
  {% for repere, cles in soeurs.items() %}
  select
    rapport_code, ligne, colonne, unite, revue, echelle, mesure, '{{ repere }}' as repere,
    concat_ws('|', {{ cles ~ ', ' if cles }}unite, genre{{ ', duree' if cles }}) as groupe,
    cast(round(10000 * mesure) as bigint) as entiere
  from mesurees
  {%- if cles %}
  where indicateur_code <> 'a_definir'
  {%- endif %}
  {{ 'union all' if not loop.last }}
  {% endfor %}
),

groupes as (
  select repere, groupe, echelle, count(*) as nombre, sum(entiere) as somme, sum(entiere * entiere) as carres
  from groupees
  where revue
  group by repere, groupe, echelle
),

entourees as (
  select
    s.rapport_code, s.ligne, s.colonne, s.repere, s.unite, s.revue, s.echelle, s.mesure,
    g.nombre - case when s.revue then 1 else 0 end as autres,
    cast(g.somme - case when s.revue then s.entiere else 0 end as double) as somme,
    cast(g.carres - case when s.revue then s.entiere * s.entiere else 0 end as double) as carres
  from groupees as s
  inner join groupes as g on s.repere = g.repere and s.groupe = g.groupe and s.echelle = g.echelle
),

mesures as (
  select
    rapport_code, ligne, colonne, 'taux' as repere, concat_ws('|', indicateur_code, unite) as famille, revue, echelle, mesure, 0.0 as base
  from mesurees
  where unite not in ('nombre', 'EUR') and genre <> 'rang' and (unite <> '%' or echelle = 'cote')
  union all
  select
    c.rapport_code, c.ligne, c.colonne, 'habitant', concat_ws('|', c.indicateur_code, c.unite, c.genre, c.duree, c.membres), c.revue, 'log',
    c.mesure - p.habitants, p.habitants
  from comptes as c
  inner join population as p on c.territoire_code = p.territoire_code
  where c.unite in ('nombre', 'EUR') and c.indicateur_code <> 'population_protegee'
  union all
  select
    c.rapport_code, c.ligne, c.colonne, 'serie', case when v.avant is null then 'avant|' else 'apres|' end || c.unite, c.revue, 'log',
    c.mesure - coalesce(v.avant, v.apres), coalesce(v.avant, v.apres)
  from annuels as c
  inner join voisins as v on c.rapport_code = v.rapport_code and c.ligne = v.ligne and c.colonne = v.colonne
  union all
  select
    c.rapport_code, c.ligne, c.colonne, 'objectif', case when v.vise then 'objectif|' else 'resultat|' end || c.unite, c.revue, 'log',
    c.mesure - v.autre, v.autre
  from chiffres as c
  inner join vises as v on c.rapport_code = v.rapport_code and c.ligne = v.ligne and c.colonne = v.colonne
  union all
  select rapport_code, ligne, colonne, 'evolution', concat_ws('|', domaine, unite), revue, 'brut', valeur, 0.0
  from chiffres
  where genre = 'evolution'
  union all
  select
    rapport_code, ligne, colonne, repere,
    concat_ws(
      '|', unite,
      case
        when autres = 1 then 'seul'
        {%- for dispersion in dispersions %}
        when carres - somme * somme / autres < (autres - 1) * {{ dispersion * dispersion }} * 1e8 then '{{ dispersion }}'
        {%- endfor %}
        else 'épars'
      end
    ),
    revue, echelle, mesure - somme / autres / 10000, somme / autres / 10000
  from entourees
  where autres > 0
),

rangs as (
  select
    *,
    row_number() over (partition by repere, famille, echelle, revue order by mesure, rapport_code, ligne, colonne) as depuis_le_bas,
    row_number() over (partition by repere, famille, echelle, revue order by mesure desc, rapport_code, ligne, colonne) as depuis_le_haut
  from mesures
),

medianes as (
  select
    repere, famille, echelle, median(mesure) as centre, count(*) as nb,
    {%- for nom, sens in [('bas', 0), ('haut', 1)] %}
    case
      when repere in ({{ proches }}) then percentile_cont({{ (sens - rares.proches) | abs }}) within group (order by mesure)
      else percentile_cont({{ (sens - rares.autres) | abs }}) within group (order by mesure)
    end as presque_{{ nom }},
    {%- endfor %}
    min(case when depuis_le_bas = 1 then mesure end) as bas, min(case when depuis_le_bas = 2 then mesure end) as bas_suivant,
    max(case when depuis_le_haut = 1 then mesure end) as haut, max(case when depuis_le_haut = 2 then mesure end) as haut_suivant
  from rangs
  where revue
  group by repere, famille, echelle
  having count(*) >= 9
),

ordinaires as (
  select
    m.repere, m.famille, m.echelle,
    case when m.repere in ({{ proches }}) then {{ ecarts.proches }} else {{ ecarts.autres }} end * greatest(
      1.4826 * median(abs(m.mesure - o.centre)),
      case m.echelle {% for echelle, nombre in plancher.items() %}when '{{ echelle }}' then {{ nombre }} {% endfor %}end
    ) as marge,
    case m.echelle {% for echelle, nombre in jeu.items() %}when '{{ echelle }}' then {{ nombre }} {% endfor %}end as jeu
  from mesures as m
  inner join medianes as o on m.repere = o.repere and m.famille = o.famille and m.echelle = o.echelle
  where m.revue
  group by m.repere, m.famille, m.echelle
),

etendues as (
  select
    m.rapport_code, m.ligne, m.colonne, m.repere, m.echelle, m.base, o.nb,
    least(
      o.centre - e.marge,
      greatest(o.presque_bas, case when m.revue and m.depuis_le_bas = 1 then o.bas_suivant else o.bas end) - e.jeu
    ) as bas,
    greatest(
      o.centre + e.marge,
      least(o.presque_haut, case when m.revue and m.depuis_le_haut = 1 then o.haut_suivant else o.haut end) + e.jeu
    ) as haut,
    case when m.echelle <> 'log' or m.repere = 'taux' then 0 else 3 * exp(-0.5 * (m.base + o.centre)) end as hasard
  from rangs as m
  inner join medianes as o on m.repere = o.repere and m.famille = o.famille and m.echelle = o.echelle
  inner join ordinaires as e on m.repere = e.repere and m.famille = e.famille and m.echelle = e.echelle
),

bornes as (
  select
    rapport_code, ligne, colonne, repere, echelle, nb,
    case echelle
      when 'log' then exp(least(base + bas - hasard, 60)) when 'brut' then bas
      else (100.5 * exp(least(base + bas, 60)) - 0.5) / (1 + exp(least(base + bas, 60)))
    end as minimum,
    case echelle
      when 'log' then exp(least(base + haut + hasard, 60)) when 'brut' then haut
      else (100.5 * exp(least(base + haut, 60)) - 0.5) / (1 + exp(least(base + haut, 60)))
    end as maximum,
    1e-9 * case repere{% for repere in reperes %} when '{{ repere }}' then {{ loop.index }}{% endfor %} end as rang
  from etendues
),

-- One control for each figure: the narrowest bounds (the widest where families are at odds), and who sets them: of two that set the
-- same, the first told above.
serrees as (
  select
    rapport_code, ligne, colonne,
    max(minimum) <= min(maximum) as accordees,
    max(case when echelle = 'cote' then 0 end) as au_moins,
    min(case when echelle = 'cote' then 100 end) as au_plus,
    {%- for nom, large, serree in [('minimum', 'min', 'max'), ('maximum', 'max', 'min')] %}
    {%- for mesure, de in [('large', large), ('serree', serree)] %}
    {{ de }}({{ nom }}) as {{ nom }}_{{ mesure }},
    {{ de }}_by(repere, {{ nom }} {{ '-' if de == 'max' else '+' }} rang * abs({{ nom }})) as repere_du_{{ nom }}_{{ mesure }},
    {{ de }}_by(nb, {{ nom }} {{ '-' if de == 'max' else '+' }} rang * abs({{ nom }})) as nb_du_{{ nom }}_{{ mesure }}{{ ',' if not (loop.last and nom == 'maximum') }}
    {%- endfor %}
    {%- endfor %}
  from bornes
  group by rapport_code, ligne, colonne
),

retenues as (
  select
    rapport_code, ligne, colonne,
    {%- for nom, borne, absolue in [('minimum', 'greatest', 'au_moins'), ('maximum', 'least', 'au_plus')] %}
    {{ borne }}(case when accordees then {{ nom }}_serree else {{ nom }}_large end, {{ absolue }}) as {{ nom }},
    case when accordees then nb_du_{{ nom }}_serree else nb_du_{{ nom }}_large end as nb_du_{{ nom }},
    case case when accordees then repere_du_{{ nom }}_serree else repere_du_{{ nom }}_large end
      {%- for repere, mots in reperes.items() %} when '{{ repere }}' then '{{ mots }}'{% endfor %}
    end as repere_du_{{ nom }}{{ ',' if not loop.last }}
    {%- endfor %}
  from serrees
),

lisibles as (
  select
    rapport_code, ligne, colonne, {{ significatif('minimum') }} as minimum, {{ significatif('maximum') }} as maximum,
    concat(nb_du_minimum, ' semblables (', repere_du_minimum, ')') as appris_du_minimum,
    concat(nb_du_maximum, ' semblables (', repere_du_maximum, ')') as appris_du_maximum
  from retenues
),

dites as (
  select
    rapport_code, ligne, colonne, minimum, maximum,
    'plausibilite/' || ligne || '-' || colonne as relation,
    concat(
      'entre ', {{ nombre_lisible('minimum') }}, ' et ', {{ nombre_lisible('maximum') }}, ' d''après ', appris_du_minimum,
      case when appris_du_maximum <> appris_du_minimum then concat(' et ', appris_du_maximum) else '' end
    ) as formule
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
