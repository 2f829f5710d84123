-- The published tables and their columns, with what the models say of them.
select
  t.schema_name, t.table_name, t.comment as description, t.estimated_size as lignes,
  list({'nom': c.column_name, 'type': c.data_type, 'description': coalesce(c.comment, '')} order by c.column_index) as colonnes
from duckdb_tables() as t
join duckdb_columns() as c using (database_oid, schema_oid, table_oid)
where t.database_name = current_database() and t.schema_name in ('marts', 'audit') and not t.internal and not t.temporary
group by all
order by t.schema_name desc, t.table_name
