{#- Comments on a relation and its columns, as statements: a contract says which columns there are. -#}
{% macro comments_on(relation) %}
    {%- if config.persist_relation_docs() and model.description %}
        {{- alter_relation_comment(relation, model.description) }}
    {%- endif %}
    {%- for column in model.columns.values() if config.persist_column_docs() %}
    comment on column {{ relation }}.{{ adapter.quote(column.name) if column.quote else column.name }}
    is {{ duckdb_escape_comment(column.description) }};
    {%- endfor %}
{% endmacro %}
