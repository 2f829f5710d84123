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
