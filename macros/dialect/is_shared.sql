{#- Whether other runs may change tables of the target while this one does, as in a lake. -#}
{% macro is_shared() %}
    {%- if target.type != 'duckdb' -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(adapter.is_ducklake(api.Relation.create(database=target.database))) }}
{% endmacro %}
