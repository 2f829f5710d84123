{#- Text folded for search: no case, accents or ligatures, typographic apostrophes made plain, blanks single (single blanks are left alone: to
   write each of them again costs as much as the rest). -#}
{% macro plie(colonne) -%}
  trim(regexp_replace(replace(replace(replace(lower(strip_accents({{ colonne }})), 'œ', 'oe'), 'æ', 'ae'), '’', ''''), '\s\s+|[\t\n\f\r]', ' ', 'g'))
{%- endmacro %}

{#- How many lines above a figure its heading may stand. -#}
{% macro portee_d_un_titre() -%}
  60
{%- endmacro %}
