-- Figures of additive indicators as boxes: per dimension an interval of members, and for flows an interval of days.
-- Two boxes that meet measure something in common, so that both in one SUM would count it twice.
with jours as (
  select
    periode_code,
    type,
    nb_jours,
    case when type = 'campagne' then campagne else coalesce(debut, 0) end as premier,
    case when type = 'campagne' then campagne else coalesce(fin, 1000000) end as dernier
  from (
    select
      *,
      {{ jours_entre("date '1900-01-01'", 'date_debut') }} as debut,
      {{ jours_entre("date '1900-01-01'", 'date_fin') }} as fin,
      -- A campaign (`2020-2021`) overlaps no calendar year: it is a point of its own.
      2000000 + cast(extract(year from date_debut) * 100 + extract(year from date_fin) % 100 as integer) as campagne
    from {{ ref('int_periode') }}
  ) as periodes
),

boites as (
  select
    c.chiffre_key, c.indicateur_code, c.unite, c.additivite, c.organisme_code, c.territoire_code, c.periode_code,
    c.valeur, c.demi_intervalle, c.rapport_code, c.ligne, c.colonne, c.bloc, c.toujours_dont, c.toujours_total, c.total_imprime,
    {%- for dimension in dimensions_hierarchiques() %}
    {{ dimension }}.gauche as {{ dimension }}_gauche, {{ dimension }}.droite as {{ dimension }}_droite,
    {%- endfor %}
    case when c.additivite = 'semi_additif' and j.type = 'annee' then j.dernier else j.premier end as jours_gauche,
    j.dernier as jours_droite,
    -- The stock of a year is that of its last day, under whichever of the two periods it is printed.
    case when c.additivite = 'semi_additif' and j.type = 'annee' then c.periode_code || '-12-31' else c.periode_code end as moment,
    c.additivite = 'additif' and j.nb_jours > 366 and j.type <> 'campagne' as cumul
  from {{ ref('int_chiffre') }} as c
  inner join jours as j on c.periode_code = j.periode_code
  {%- for dimension in dimensions_hierarchiques() %}
  inner join {{ ref('int_membre') }} as {{ dimension }}
    on {{ dimension }}.dimension = '{{ dimension }}' and c.{{ dimension }}_code = {{ dimension }}.code
  {%- endfor %}
  where c.additivite <> 'non_additif' and c.genre = 'mesure'
)

select
  chiffre_key,
  concat_ws('|', indicateur_code, unite, case when additivite = 'semi_additif' then moment end) as groupe,
  concat_ws('|', organisme_code, territoire_code, moment) as lieu,
  valeur, demi_intervalle, rapport_code, ligne, colonne, bloc, toujours_dont, toujours_total, total_imprime, cumul,
  {{ noms_des_intervalles('{}_droite < 1000000', dimensions_hierarchiques() | sort) }} as precisees,
  {{ colonnes_dimensions('{}_gauche, {}_droite', liste=intervalles()) }}
from boites
