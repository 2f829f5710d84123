{#- The intervals of a box: one per dimension with a hierarchy, and the days. -#}
{% macro intervalles() -%}
  {{ return((dimensions_hierarchiques() | sort) + ['jours']) }}
{%- endmacro %}

{#- Whether `a` and `b` overlap in one dimension given by its two columns. -#}
{% macro chevauche_en(a, b, dimension) -%}
  ({{ a }}.{{ dimension }}_gauche <= {{ b }}.{{ dimension }}_droite and {{ b }}.{{ dimension }}_gauche <= {{ a }}.{{ dimension }}_droite)
{%- endmacro %}

{#- Whether boxes `a` and `b` have something in common: they overlap in every dimension and in days. -#}
{% macro chevauche(a, b) -%}
  ({% for nom in intervalles() %}{{ chevauche_en(a, b, nom) }}{{ '\n      and ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- Whether box `a` lies wholly in box `b`. -#}
{% macro contenue(a, b) -%}
  (
    {%- for nom in intervalles() %}
      {{ b }}.{{ nom }}_gauche <= {{ a }}.{{ nom }}_gauche and {{ a }}.{{ nom }}_droite <= {{ b }}.{{ nom }}_droite{{ ' and' if not loop.last }}
    {%- endfor %}
  )
{%- endmacro %}

{#- The names of the dimensions for which `condition` (`{}` stands for the dimension) holds, as one text: `[age, sexe]`. -#}
{% macro noms_des_intervalles(condition, noms) -%}
  '[' || concat_ws(', '
    {%- for nom in noms %},
    case when {{ condition.replace('{}', nom) }} then '{{ nom }}' end
    {%- endfor %}) || ']'
{%- endmacro %}
