{#- Whole part of one whole number over another, without a detour through floating point. -#}
{% macro integer_divide(numerator, denominator) -%}
    {%- if target.type == 'spark' -%}
    cast(
        (({{ numerator }}) - ({{ numerator }}) % ({{ denominator }})) / ({{ denominator }})
        as decimal(38, 0)
    )
    {%- else -%}
    (({{ numerator }}) // ({{ denominator }}))
    {%- endif -%}
{%- endmacro %}
