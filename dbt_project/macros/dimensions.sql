{#- The conformed dimensions, in the order of numbers.csv, and the seed that lists the members of each. -#}
{% macro seeds_des_dimensions() -%}
  {{ return({
    'risque': 'risques', 'canal': 'canaux', 'public': 'publics', 'profession': 'professions', 'acteur': 'acteurs',
    'programme': 'programmes', 'motif': 'motifs', 'etablissement': 'etablissements', 'poste': 'postes', 'site': 'sites',
    'age': 'ages', 'sexe': 'sexes', 'modalite': 'modalites',
  }) }}
{%- endmacro %}

{% macro dimensions() -%}
  {{ return(seeds_des_dimensions().keys() | list) }}
{%- endmacro %}

{#- The dimensions that carry a hierarchy of members: organisation and territory, then the conformed ones. -#}
{% macro dimensions_hierarchiques() -%}
  {{ return(['organisme', 'territoire'] + dimensions()) }}
{%- endmacro %}

{#- `risque_code, canal_code, ...`, each written through `gabarit` (`{}` stands for the dimension). -#}
{% macro colonnes_dimensions(gabarit='{}_code', liste=none) -%}
  {%- for dimension in (liste or dimensions()) -%}
    {{ gabarit.replace('{}', dimension) }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{#- Equality of every conformed member between two relations, `ensemble` and `non_precise` being the same whole. -#}
{% macro memes_membres(gauche, droite) -%}
  {%- for dimension in dimensions() %}
  and {{ membre_plie(gauche ~ '.' ~ dimension ~ '_code') }} = {{ membre_plie(droite ~ '.' ~ dimension ~ '_code') }}
  {%- endfor %}
{%- endmacro %}

{#- `ensemble` (the print says: all) and `non_precise` (the print says nothing) name the same whole for arithmetic. -#}
{% macro membre_plie(colonne) -%}
  case {{ colonne }} when 'ensemble' then 'non_precise' else {{ colonne }} end
{%- endmacro %}

{#- A key that depends on business columns only. -#}
{% macro cle(colonnes) -%}
  md5(concat_ws('|', {% for colonne in colonnes %}coalesce(cast({{ colonne }} as varchar), ''){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}

{#- What makes two prints the same figure. -#}
{% macro cle_chiffre(t) -%}
  md5(concat_ws('|', {{ t }}.indicateur_code, {{ t }}.genre, {{ t }}.unite, {{ t }}.periode_code
    {%- for dimension in dimensions_hierarchiques() %},
    {{ membre_plie(t ~ '.' ~ dimension ~ '_code') }}
    {%- endfor %}))
{%- endmacro %}
