{#- A number as a decimal that can be added to two others of its kind without losing a place. Engines
    keep 38 digits, and Spark takes places from a sum that might need more of them. -#}
{% macro addable(number_sql, scale=12) -%}
    cast({{ number_sql }} as decimal(36, {{ scale }}))
{%- endmacro %}
