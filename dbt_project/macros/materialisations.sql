{#-
  Tables and views made in their place. The adapter's own make each beside the old one and rename it, for readers of a live database; nobody
  reads a private build, and a night begins with an empty one. What is refused leaves the old one there: it is one transaction. What ran is not
  written to a file: `target/compiled` says it.
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
  {%- set ecrit = create_table_as(false, cible, sql) if type == 'table' else create_view_as(cible, sql) -%}
  {%- set reponse, _ = adapter.execute(('drop ' ~ ancien.type ~ ' ' ~ ancien ~ ';' if ancien else '') ~ ecrit, auto_begin=true) -%}
  {%- do store_result('main', response=reponse) -%}
  {%- do adapter.commit() -%}
  {{ return({'relations': [cible]}) }}
{%- endmacro %}
