{#- Makes a small table anew, of a query. -#}
{% macro replace_table(relation, sql) %}
    {%- if target.type == 'spark' -%}
        {%- do run_query('drop table if exists ' ~ relation) -%}
        {%- do run_query('create table ' ~ relation ~ ' using parquet as ' ~ sql) -%}
    {%- else -%}
        {%- do run_query('create or replace table ' ~ relation ~ ' as ' ~ sql) -%}
    {%- endif -%}
{% endmacro %}
