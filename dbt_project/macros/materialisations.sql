{#-
  Tables and views made in their place. The adapter's own make each beside the old one and rename it, for readers of a live database; nobody
  reads a private build, and a night begins with an empty one. What is refused leaves the old one there: it is one transaction.
-#}
{% materialization table, adapter='duckdb' -%}
  {{ return(a_sa_place('table')) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
  {{ return(a_sa_place('view')) }}
{%- endmaterialization %}

{% macro a_sa_place(type) -%}
  {%- set ancien = load_cached_relation(this) -%}
  {%- set cible = this.incorporate(type=type) -%}
  {% call statement('main') -%}
    {{ 'drop ' ~ ancien.type ~ ' ' ~ ancien ~ ';' if ancien }}
    {{ create_table_as(false, cible, sql) if type == 'table' else create_view_as(cible, sql) }}
  {%- endcall %}
  {%- do adapter.commit() -%}
  {{ return({'relations': [cible]}) }}
{%- endmacro %}
