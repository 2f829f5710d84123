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

{#- Three significant digits, as a decimal: readable, and the same from the logarithms of two engines. -#}
{% macro significatif(x) -%}
  cast(case when {{ x }} = 0 then 0 else round({{ x }} / power(10, floor(log10(abs({{ x }}))) - 2)) * power(10, floor(log10(abs({{ x }}))) - 2) end as decimal(38, 6))
{%- endmacro %}

{#-
  Text as a decimal of 38 digits, and back. DuckDB reads and writes wide decimals a hundred and ten times slower than those of 18 digits,
  which hold all but the rarest value: these alone go the long way.
-#}
{% macro decimal_de(texte) -%}
  coalesce(cast(try_cast({{ texte }} as decimal(18, 6)) as decimal(38, 6)), cast({{ texte }} as decimal(38, 6)))
{%- endmacro %}

{% macro texte_de(decimal) -%}
  coalesce(cast(try_cast({{ decimal }} as decimal(18, 6)) as varchar), cast({{ decimal }} as varchar))
{%- endmacro %}

{#- A decimal as French readers write it: no zeros at its end, a decimal comma. -#}
{% macro nombre_lisible(decimal) -%}
  replace(regexp_replace({{ texte_de(decimal) }}, '[.]?0+$', ''), '.', ',')
{%- endmacro %}
