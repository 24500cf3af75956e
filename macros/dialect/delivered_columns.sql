{#- The columns of a table or view of any attached database, found without regard to case:
    name in lower case to {name, type}; empty if there is no such table. -#}
{% macro delivered_columns(relation) %}
    {%- set query -%}
        select column_name, data_type
        from duckdb_columns()
        where
            lower(database_name) = lower({{ sql_literal(relation.database) }})
            and lower(schema_name) = lower({{ sql_literal(relation.schema) }})
            and lower(table_name) = lower({{ sql_literal(relation.identifier) }})
        order by column_index
    {%- endset -%}
    {%- set columns = {} -%}
    {%- for row in run_query(query).rows -%}
        {%- do columns.update({row[0] | trim | lower: {'name': row[0], 'type': row[1]}}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}
