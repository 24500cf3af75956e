{#- Whether there is a schema, in whatever case its name is written. -#}
{% macro schema_exists(relation) %}
    {%- if target.type == 'spark' -%}
        {%- for row in list_schemas(none) if row[0] | lower == relation.schema | lower -%}
            {{ return(true) }}
        {%- endfor -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set query -%}
        select count(*)
        from duckdb_schemas()
        where
            lower(database_name) = lower({{ sql_literal(relation.database) }})
            and lower(schema_name) = lower({{ sql_literal(relation.schema) }})
    {%- endset -%}
    {{ return(run_query(query).rows[0][0] > 0) }}
{% endmacro %}
