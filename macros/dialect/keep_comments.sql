{#- What the tables of a run and their columns mean. DuckDB keeps it with each table; files of Spark keep
    no comments, so there they are rows of `trust.comments`, which publishing reads. -#}
{% macro keep_comments(results) %}
    {%- set rows = [] -%}
    {%- set nodes = results | map(attribute='node') if target.type == 'spark' else [] -%}
    {%- for node in nodes if node.resource_type in ('model', 'seed') -%}
        {%- set place = sql_literal(node.schema) ~ ', ' ~ sql_literal(node.alias) -%}
        {%- if node.description -%}
            {%- do rows.append('(' ~ place ~ ', null, ' ~ sql_literal(node.description) ~ ')') -%}
        {%- endif -%}
        {%- for column in node.columns.values() if column.description -%}
            {%- do rows.append(
                '(' ~ place ~ ', ' ~ sql_literal(column.name) ~ ', ' ~ sql_literal(column.description) ~ ')'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if rows -%}
        {%- do replace_table(
            build_relation('comments'),
            'select col1 as schema_name, col2 as table_name, col3 as column_name, col4 as comment from values '
            ~ rows | join(', ')
        ) -%}
    {%- endif -%}
{% endmacro %}
