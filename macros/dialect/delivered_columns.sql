{#- The columns of a table or view of any attached database, found without regard to case:
    name in lower case to {name, type}; empty if there is no such table. A table is asked for its own
    columns, since the list of all columns takes a hundred times as long. -#}
{% macro delivered_columns(relation) %}
    {%- if target.type == 'spark' -%}
        {%- set columns = {} -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do columns.update(
                {column.name | lower: {'name': column.name, 'type': column.dtype | upper}}
            ) -%}
        {%- endfor -%}
        {{ return(columns) }}
    {%- endif -%}
    {%- set place -%}
        where
            lower(database_name) = lower({{ sql_literal(relation.database) }})
            and lower(schema_name) = lower({{ sql_literal(relation.schema) }})
            and lower({}) = lower({{ sql_literal(relation.identifier) }})
    {%- endset -%}
    {%- set tables -%}
        select database_name, schema_name, table_name
        from duckdb_tables()
        {{ place.replace('{}', 'table_name') }}
        union all
        select database_name, schema_name, null
        from duckdb_views()
        {{ place.replace('{}', 'view_name') }}
    {%- endset -%}
    {%- set columns = {} -%}
    {%- for database, schema, identifier in run_query(tables).rows -%}
        {%- if identifier is none -%}
            {#- A view is not asked: it may read what is gone. -#}
            {%- set query -%}
                select column_name, data_type
                from duckdb_columns()
                {{ place.replace('{}', 'table_name') }}
                order by column_index
            {%- endset -%}
        {%- else -%}
            {%- set table = api.Relation.create(
                database=database, schema=schema, identifier=identifier
            ) -%}
            {%- set query = 'select column_name, column_type from (describe ' ~ table ~ ')' -%}
        {%- endif -%}
        {%- do columns.update(columns_by_name(query)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{% macro columns_by_name(query) %}
    {%- set columns = {} -%}
    {%- for row in run_query(query).rows -%}
        {%- do columns.update({row[0] | trim | lower: {'name': row[0], 'type': row[1]}}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}
