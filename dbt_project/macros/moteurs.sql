{#- What the engines write differently, once each: DuckDB by default, Spark beside it. -#}

{#- Days from `debut` to `fin`. -#}
{% macro jours_entre(debut, fin) -%}
  {{ return(adapter.dispatch('jours_entre')(debut, fin)) }}
{%- endmacro %}

{% macro default__jours_entre(debut, fin) -%}
  date_diff('day', {{ debut }}, {{ fin }})
{%- endmacro %}

{% macro spark__jours_entre(debut, fin) -%}
  datediff({{ fin }}, {{ debut }})
{%- endmacro %}
