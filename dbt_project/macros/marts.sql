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
  fait_key, indicateur_code, organisme_code, territoire_code, periode_code, {{ colonnes_dimensions() }},
  valeur, demi_intervalle, poids, unite, nature, additivite,
  rapport_code, ligne, colonne, valeur_imprimee, observation_key, bloc, libelle, lignes,
  cast(nb_impressions as integer) as nb_impressions, cast(nb_divergentes as integer) as nb_divergentes, choix
{%- endmacro %}

{#- The leaves of one domain. -#}
{% macro fait(domaine) -%}
select
  {{ colonnes_fait() }}
from {{ ref('int_fait') }}
where domaine = '{{ domaine }}'
{%- endmacro %}
