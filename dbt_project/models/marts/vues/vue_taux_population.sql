-- The whole population protected in each territory, as each report prints it: no member but the whole.
with imprimees as (
  select
    c.rapport_code, c.territoire_code, c.periode_code, p.annee,
    c.valeur as population, c.demi_intervalle as demi_population, 'imprimee' as population_origine
  from {{ ref('int_chiffre') }} as c
  inner join {{ ref('int_periode') }} as p using (periode_code)
  where c.indicateur_code = 'population_protegee' and c.genre = 'mesure'
  {%- for dimension in dimensions() %}
    and {{ membre_plie('c.' ~ dimension ~ '_code') }} = 'non_precise'
  {%- endfor %}
),

-- Which départements make up each wider territory.
{{ departements_de_territoires() }},

-- A wider territory whose départements are all printed, and that is not printed itself.
sommees as (
  select
    i.rapport_code, d.territoire_code, i.periode_code, i.annee,
    cast(sum(i.population) as decimal(38, 6)) as population, cast(sum(i.demi_population) as decimal(38, 6)) as demi_population,
    'somme des départements' as population_origine
  from departements as d
  inner join imprimees as i on d.departement_code = i.territoire_code
  group by i.rapport_code, d.territoire_code, i.periode_code, i.annee
  having count(*) = any_value(d.nb_departements)
),

populations as (
  select * from imprimees
  union all
  select s.* from sommees as s anti join imprimees as i using (rapport_code, territoire_code, periode_code)
),

-- The nearest year that the report prints; of two as near, the later.
rapproches as (
  select
    f.*, e.emploi, d.annee,
    p.periode_code as population_periode_code, p.population, p.demi_population, p.population_origine
  from {{ ref('int_chiffre') }} as f
  inner join {{ ref('int_emploi') }} as e using (chiffre_key)
  inner join {{ ref('int_periode') }} as d using (periode_code)
  inner join populations as p on f.rapport_code = p.rapport_code and f.territoire_code = p.territoire_code
  where f.additivite <> 'non_additif' and f.genre = 'mesure' and f.indicateur_code <> 'population_protegee' and p.population > p.demi_population
  qualify row_number() over (
    partition by f.chiffre_key
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
  chiffre_key, emploi, domaine, indicateur_code, organisme_code, territoire_code, periode_code,
  {{ colonnes_dimensions() }},
  valeur, demi_intervalle, unite,
  population, demi_population, population_periode_code, population_origine,
  cast(taux as decimal(38, 6)) as taux_pour_100000,
  cast(greatest(taux_max - taux, taux - taux_min) as decimal(38, 6)) as demi_intervalle_taux,
  rapport_code, lignes, observation_key, libelle
from bornes
order by chiffre_key
