{#- Whether a query makes the columns that the contract promises, asked in one statement. If it does not,
    dbt's own check says what differs. -#}
{% macro duckdb__get_assert_columns_equivalent(sql) %}
    {%- set query -%}
        select ({{ columns_as_list(sql) }}) = ({{ columns_as_list(get_empty_schema_sql(model.columns)) }})
    {%- endset -%}
    {%- if not (model.columns and run_query(query).rows[0][0]) -%}
        {{ return(assert_columns_equivalent(sql)) }}
    {%- endif -%}
{% endmacro %}

{% macro columns_as_list(sql) -%}
    select list(column_name || ' ' || column_type order by column_name, column_type)
    from (describe (
        {{ sql }}
    ))
{%- endmacro %}
