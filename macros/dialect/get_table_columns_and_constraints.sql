{#- The columns of a table with a contract. A lake keeps `not null` and no other constraint; a test of
    the table checks all that its YAML names. -#}
{% macro duckdb__get_table_columns_and_constraints() %}
    {%- if not adapter.is_ducklake(this) -%}
        {{ return(table_columns_and_constraints()) }}
    {%- endif -%}
    {%- set columns = [] -%}
    {%- for column in model.columns.values() -%}
        {%- set name = adapter.quote(column.name) if column.quote else column.name -%}
        {%- set is_required = column.constraints | selectattr('type', 'equalto', 'not_null') | list -%}
        {%- do columns.append(name ~ ' ' ~ column.data_type ~ (' not null' if is_required)) -%}
    {%- endfor -%}
    {{ return('(' ~ columns | join(', ') ~ ')') }}
{% endmacro %}
