{#- The date some months after another; the last of the month where it is shorter. Null stays null. -#}
{% macro months_after(date_sql, months_sql) -%}
    {%- if target.type == 'spark' -%}
    add_months({{ date_sql }}, {{ months_sql }})
    {%- else -%}
    cast({{ date_sql }} + ({{ months_sql }}) * interval 1 month as date)
    {%- endif -%}
{%- endmacro %}
