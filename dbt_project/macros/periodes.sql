{#-
  A period code is a simple code (`2020`, `2020-12`, `2020-S1`, `2020-T1`, `2020-12-31`) or two of them joined by `/`,
  which then span from the start of the first to the end of the second (`2019/2020` is an evolution, `2020-05-13/2020-12-31` an
  interval). A campaign that runs over two years is `2020-2021`.
-#}
{% macro periode_type(code) -%}
  case
    when {{ code }} in ('non_precise', 'ensemble') then {{ code }}
    when regexp_full_match({{ code }}, '[0-9]{4}') then 'annee'
    when regexp_full_match({{ code }}, '[0-9]{4}-S[12]') then 'semestre'
    when regexp_full_match({{ code }}, '[0-9]{4}-T[1-4]') then 'trimestre'
    when regexp_full_match({{ code }}, '[0-9]{4}-(0[1-9]|1[0-2])') then 'mois'
    when regexp_full_match({{ code }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then 'jour'
    when regexp_full_match({{ code }}, '[0-9]{4}/[0-9]{4}') then 'annees'
    when regexp_full_match({{ code }}, '[0-9]{4}-[0-9]{4}') then 'campagne'
    when regexp_full_match({{ code }}, '[0-9]{4}(-[0-9STst]+)*/[0-9]{4}(-[0-9STst]+)*') then 'intervalle'
  end
{%- endmacro %}

{#- First day of a simple code. -#}
{% macro periode_premier_jour(code) -%}
  case
    when regexp_full_match({{ code }}, '[0-9]{4}') then make_date({{ code }}[1:4]::integer, 1, 1)
    when regexp_full_match({{ code }}, '[0-9]{4}-S[12]')
      then make_date({{ code }}[1:4]::integer, 6 * {{ code }}[7:7]::integer - 5, 1)
    when regexp_full_match({{ code }}, '[0-9]{4}-T[1-4]')
      then make_date({{ code }}[1:4]::integer, 3 * {{ code }}[7:7]::integer - 2, 1)
    when regexp_full_match({{ code }}, '[0-9]{4}-(0[1-9]|1[0-2])')
      then make_date({{ code }}[1:4]::integer, {{ code }}[6:7]::integer, 1)
    when regexp_full_match({{ code }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then cast({{ code }} as date)
  end
{%- endmacro %}

{#- How many months a simple code lasts; 0 for a day. -#}
{% macro periode_mois(code) -%}
  case
    when regexp_full_match({{ code }}, '[0-9]{4}') then 12
    when regexp_full_match({{ code }}, '[0-9]{4}-S[12]') then 6
    when regexp_full_match({{ code }}, '[0-9]{4}-T[1-4]') then 3
    when regexp_full_match({{ code }}, '[0-9]{4}-(0[1-9]|1[0-2])') then 1
    else 0
  end
{%- endmacro %}

{#- The two ends of a code: a campaign (`2020-2021`) spans its two years. -#}
{% macro periode_bornes(code) -%}
  case
    when length({{ code }}) = 9 and substr({{ code }}, 5, 1) = '-' then substr({{ code }}, 1, 4) || '/' || substr({{ code }}, 6, 4)
    else {{ code }}
  end
{%- endmacro %}

{% macro periode_debut(code) -%}
  {{ periode_premier_jour("split_part(" ~ periode_bornes(code) ~ ", '/', 1)") }}
{%- endmacro %}

{#- Last day of a code: the last simple code's start, plus its months, minus a day. -#}
{% macro periode_fin(code) -%}
  {%- set dernier = "split_part(" ~ periode_bornes(code) ~ ", '/', -1)" -%}
  cast(
    {{ periode_premier_jour(dernier) }}
    + to_months({{ periode_mois(dernier) }})
    - to_days(case when {{ periode_mois(dernier) }} = 0 then 0 else 1 end)
  as date)
{%- endmacro %}
