{#- Whole part of one whole number over another, without a detour through floating point. -#}
{% macro integer_divide(numerator, denominator) -%}
    ({{ numerator }}) // ({{ denominator }})
{%- endmacro %}
