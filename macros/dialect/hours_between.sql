{#- Hours that passed from one UTC timestamp to another, with their fraction. Null stays null. -#}
{% macro hours_between(first_sql, second_sql) -%}
    {%- if target.type == 'spark' -%}
    cast(
        unix_seconds(cast({{ second_sql }} as timestamp)) - unix_seconds(cast({{ first_sql }} as timestamp))
        as double
    ) / 3600
    {%- else -%}
    cast(date_diff('second', {{ first_sql }}, {{ second_sql }}) as double) / 3600
    {%- endif -%}
{%- endmacro %}
