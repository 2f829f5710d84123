{#- Whether box `a` lies wholly in box `b`, over every dimension and the days. -#}
{% macro contenue(a, b) -%}
  list_bool_and(list_transform(
    range(1, len({{ a }}.gauches) + 1),
    lambda i: {{ b }}.gauches[i] <= {{ a }}.gauches[i] and {{ a }}.droites[i] <= {{ b }}.droites[i]
  ))
{%- endmacro %}

{#- Whether boxes `a` and `b` have something in common. -#}
{% macro chevauche(a, b) -%}
  list_bool_and(list_transform(
    range(1, len({{ a }}.gauches) + 1),
    lambda i: {{ b }}.gauches[i] <= {{ a }}.droites[i] and {{ a }}.gauches[i] <= {{ b }}.droites[i]
  ))
{%- endmacro %}

{#- Whether `a` and `b` overlap in one dimension given by its two columns. -#}
{% macro chevauche_en(a, b, dimension) -%}
  ({{ a }}.{{ dimension }}_gauche <= {{ b }}.{{ dimension }}_droite and {{ b }}.{{ dimension }}_gauche <= {{ a }}.{{ dimension }}_droite)
{%- endmacro %}
