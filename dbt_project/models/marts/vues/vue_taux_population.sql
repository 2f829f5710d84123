-- The whole population protected by each body and territory: no member but the whole, whether or not its parts are the leaves.
with populations as (
  select
    c.organisme_code, c.territoire_code, c.periode_code, p.annee,
    c.valeur as population, c.demi_intervalle as demi_population
  from {{ ref('int_chiffre') }} as c
  inner join {{ ref('int_periode') }} as p using (periode_code)
  where c.indicateur_code = 'population_protegee' and c.genre = 'mesure'
  {%- for dimension in dimensions() %}
    and {{ membre_plie('c.' ~ dimension ~ '_code') }} = 'non_precise'
  {%- endfor %}
),

-- The nearest year that the body prints; of two as near, the later.
rapproches as (
  select f.*, d.annee, p.periode_code as population_periode_code, p.population, p.demi_population
  from {{ ref('int_fait') }} as f
  inner join {{ ref('int_periode') }} as d using (periode_code)
  inner join populations as p
    on f.organisme_code = p.organisme_code and f.territoire_code = p.territoire_code
  where f.additivite <> 'non_additif' and f.indicateur_code <> 'population_protegee' and p.population > p.demi_population
  qualify row_number() over (
    partition by f.fait_key
    order by abs(coalesce(d.annee, 9999) - coalesce(p.annee, 9999)), p.annee desc, p.periode_code desc
  ) = 1
),

bornes as (
  select
    *,
    100000 * cast(valeur as double) / cast(population as double) as taux,
    100000 * least(
      cast(valeur - demi_intervalle as double) / cast(population - demi_population as double),
      cast(valeur - demi_intervalle as double) / cast(population + demi_population as double)
    ) as taux_min,
    100000 * greatest(
      cast(valeur + demi_intervalle as double) / cast(population - demi_population as double),
      cast(valeur + demi_intervalle as double) / cast(population + demi_population as double)
    ) as taux_max
  from rapproches
)

select
  fait_key, domaine, indicateur_code, organisme_code, territoire_code, periode_code,
  {{ colonnes_dimensions() }},
  valeur, demi_intervalle, unite,
  population, demi_population, population_periode_code,
  cast(taux as decimal(38, 6)) as taux_pour_100000,
  cast(greatest(taux_max - taux, taux - taux_min) as decimal(38, 6)) as demi_intervalle_taux,
  rapport_code, lignes, observation_key, libelle
from bornes
