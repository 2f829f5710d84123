{#- Bounds of the product of an interval and a weight of either sign, and of a quotient of two intervals at its corners. -#}
{% macro coins(fonction, haut, bas) -%}
  {{ fonction }}(
    {{ haut }}_min / nullif({{ bas }}_min, 0), {{ haut }}_min / nullif({{ bas }}_max, 0),
    {{ haut }}_max / nullif({{ bas }}_min, 0), {{ haut }}_max / nullif({{ bas }}_max, 0)
  )
{%- endmacro %}
