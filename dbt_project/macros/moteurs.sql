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

{#- Six significant digits, as a decimal: what two engines' logarithms leave beyond them differs in the last bit. -#}
{% macro significatif(x) -%}
  cast(case when {{ x }} = 0 then 0 else round({{ x }} / power(10, floor(log10(abs({{ x }}))) - 5)) * power(10, floor(log10(abs({{ x }}))) - 5) end as decimal(38, 6))
{%- endmacro %}
