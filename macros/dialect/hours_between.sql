{#- Hours that passed from one UTC timestamp to another, with their fraction. Null stays null. -#}
{% macro hours_between(first_sql, second_sql) -%}
    cast(date_diff('second', {{ first_sql }}, {{ second_sql }}) as double) / 3600
{%- endmacro %}
