{#- Whole days from one date to another; negative if the second is earlier. Null stays null. -#}
{% macro days_between(first_date, second_date) -%}
    date_diff('day', {{ first_date }}, {{ second_date }})
{%- endmacro %}
