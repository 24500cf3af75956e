{#- Comments on a relation and its columns. A contract says which columns there are, so that DuckDB need
    not be asked, and all comments are one statement; without one the adapter's way is taken. -#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) %}
    {%- if not config.get('contract').enforced -%}
        {{ return(default__persist_docs(relation, model, for_relation, for_columns)) }}
    {%- endif -%}
    {%- set comments -%}
        {%- if for_relation and config.persist_relation_docs() and model.description %}
            {{- alter_relation_comment(relation, model.description) }}
        {%- endif %}
        {%- for column in model.columns.values() if for_columns and config.persist_column_docs() %}
            comment on column {{ relation }}.
            {{- adapter.quote(column.name) if column.quote else column.name }}
            is {{ duckdb_escape_comment(column.description) }};
        {%- endfor %}
    {%- endset -%}
    {%- if comments | trim -%}
        {%- do run_query(comments) -%}
    {%- endif -%}
{% endmacro %}
