{#- Whole days from one date to another; negative if the second is earlier. Null stays null. -#}
{% macro days_between(first_date, second_date) -%}
    date_diff(
        {%- if target.type == 'spark' -%}
        {{ second_date }}, {{ first_date }}
        {%- else -%}
        'day', {{ first_date }}, {{ second_date }}
        {%- endif -%}
    )
{%- endmacro %}
