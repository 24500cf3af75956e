{#- A number without its decimals as the widest whole number of the engine: 38 digits. -#}
{% macro wide_integer(number_sql) -%}
    cast({{ number_sql }} as {{ 'decimal(38, 0)' if target.type == 'spark' else 'hugeint' }})
{%- endmacro %}
