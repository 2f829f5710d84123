{#- Bounds of the product of an interval and a weight of either sign, and of a quotient of two intervals at its corners. -#}
{% macro coins(fonction, haut, bas) -%}
  {{ fonction }}(
    {{ haut }}_min / nullif({{ bas }}_min, 0), {{ haut }}_min / nullif({{ bas }}_max, 0),
    {{ haut }}_max / nullif({{ bas }}_min, 0), {{ haut }}_max / nullif({{ bas }}_max, 0)
  )
{%- endmacro %}

{#- What a pair adds to sum(base x (terme - m)), its base at the end that makes it greatest or least. -#}
{% macro pese(terme, m, fonction) -%}
  {{ fonction }}((p.b - p.hb) * ({{ terme }} - ({{ m }})), (p.b + p.hb) * ({{ terme }} - ({{ m }})))
{%- endmacro %}

{#- What the bases without a pair take away: base x m, at the end that makes it least or greatest. -#}
{% macro moins_par_base(m, fonction) -%}
  any_value({{ fonction }}((t.base_seule - t.demi_base_seule) * ({{ m }}), (t.base_seule + t.demi_base_seule) * ({{ m }})))
{%- endmacro %}

{#- Whether a control needs its sums as doubles: a quotient always, a sum or a difference that does not print exactly. -#}
{% macro a_convertir() -%}
  calcul = 'quotient' or (calcul in ('somme', 'difference') and not egale)
{%- endmacro %}
