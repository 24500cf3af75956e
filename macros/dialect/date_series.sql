{#- One date a row from `first_sql` to `last_sql`, both included. No row if either is null. -#}
{% macro date_series(first_sql, last_sql) -%}
    cast(unnest(generate_series({{ first_sql }}, {{ last_sql }}, interval 1 day)) as date)
{%- endmacro %}
