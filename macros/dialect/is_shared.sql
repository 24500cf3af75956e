{#- Whether other runs may change tables of the target while this one does, as in a lake. -#}
{% macro is_shared() %}
    {{ return(target.type == 'duckdb' and adapter.is_ducklake(api.Relation.create(database=target.database))) }}
{% endmacro %}
