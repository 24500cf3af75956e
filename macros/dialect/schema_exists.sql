{#- A query that counts the schemas of a name, in whatever case: 0 or 1. -#}
{% macro schema_exists(relation) -%}
    select count(*)
    from duckdb_schemas()
    where
        lower(database_name) = lower({{ sql_literal(relation.database) }})
        and lower(schema_name) = lower({{ sql_literal(relation.schema) }})
{%- endmacro %}
