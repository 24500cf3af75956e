{#- First day of the fiscal quarter or year that holds a date; `fiscal_year_start_month` moves both. -#}
{% macro fiscal_start(grain, date_sql) -%}
    {%- set shift = "interval " ~ (var('fiscal_year_start_month') - 1) ~ " month" -%}
    cast(date_trunc('{{ grain }}', {{ date_sql }} - {{ shift }}) + {{ shift }} as date)
{%- endmacro %}
