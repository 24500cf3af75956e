{#- Makes the views of schema `bi`, in one transaction, since each would else be written to the disk by
    itself. Spark takes a while for each of a thousand views: there their statements are kept in the table
    `trust.bi_views`, and are run where the tables are read with DuckDB, as in publishing. -#}
{% macro make_views(statements) %}
    {%- if target.type == 'spark' -%}
        {%- set rows = [] -%}
        {%- for statement in statements -%}
            {%- do rows.append('(' ~ sql_literal(statement) ~ ')') -%}
        {%- endfor -%}
        {%- do adapter.create_schema(api.Relation.create(schema='trust')) -%}
        {%- do replace_table(build_relation('bi_views'), 'select col1 as sql from values ' ~ rows | join(', ')) -%}
    {%- else -%}
        begin transaction;
        {{- sign_changes('bi') }}
        create schema if not exists bi;
        {{ statements | join(';\n') }};
        commit;
    {%- endif -%}
{% endmacro %}
