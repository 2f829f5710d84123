{#- A conformed dimension: its members with their parents up to the root. -#}
{% macro dimension(nom) -%}
select
  m.code as {{ nom }}_code,
  m.libelle,
  m.parent_code,
  coalesce(p.libelle, 'Ensemble') as parent_libelle,
  m.racine_code,
  r.libelle as racine_libelle,
  cast(m.niveau as integer) as niveau,
  m.chemin,
  m.alias
from {{ ref('int_membre') }} as m
left join {{ ref('int_membre') }} as p on m.dimension = p.dimension and m.parent_code = p.code
inner join {{ ref('int_membre') }} as r on m.dimension = r.dimension and m.racine_code = r.code
where m.dimension = '{{ nom }}'
order by m.chemin
{%- endmacro %}

{#- The columns that every subject fact has, in the order of its contract. -#}
{% macro colonnes_fait() -%}
  f.fait_key, f.indicateur_code, f.concept_code, f.organisme_code, f.territoire_code, f.periode_code, f.annee, {{ colonnes_dimensions('f.{}_code') }},
  f.valeur, f.demi_intervalle, f.poids, f.unite, f.nature, f.additivite,
  f.rapport_code, f.ligne, f.colonne, f.valeur_imprimee, f.observation_key, f.bloc, f.libelle, f.lignes,
  cast(f.nb_impressions as integer) as nb_impressions, cast(f.nb_divergentes as integer) as nb_divergentes, f.choix,
  p.perimetre, p.perimetre_mots,
  coalesce(k.constat_codes, cast([] as varchar[])) as constat_codes
{%- endmacro %}

{#- The leaves of one domain. -#}
{% macro fait(domaine) -%}
select
  {{ colonnes_fait() }}
from {{ ref('int_fait') }} as f
inner join {{ ref('int_perimetre') }} as p on f.observation_key = p.observation_key
left join {{ ref('int_constat_fait') }} as k using (fait_key)
where f.domaine = '{{ domaine }}'
order by f.rapport_code, f.ligne, f.colonne, f.fait_key
{%- endmacro %}

{#- The CTE `parties` of a `with recursive`: each printed total and what it is made of, however far below. -#}
{% macro parties_de_totaux() -%}
parties as (
  select total_key, partie_key from {{ ref('int_decomposition') }}

  union

  select p.total_key, d.partie_key
  from parties as p
  inner join {{ ref('int_decomposition') }} as d on p.partie_key = d.total_key
)
{%- endmacro %}

{#- The CTE `departements`: which départements make up each wider territory, and how many they are. -#}
{% macro departements_de_territoires() -%}
departements as (
  select a.ancetre_code as territoire_code, a.code as departement_code, count(*) over (partition by a.ancetre_code) as nb_departements
  from {{ ref('int_ascendance') }} as a
  inner join {{ ref('int_membre') }} as d on a.dimension = d.dimension and a.code = d.code
  where a.dimension = 'territoire' and a.code <> a.ancetre_code and d.type = 'departement'
)
{%- endmacro %}
